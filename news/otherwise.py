"""What an article says otherwise than others of its story, to a topic that matches them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from news.articles import ArticleFacts
from news.disagreeing import LONGEST_TEXT, Said
from news.query import Matcher
from news.text import analyse_article


@dataclass(frozen=True, slots=True)
class Told:
    """A version of an article as its source tells it. `facts`: what filters of topics ask for, where there are any."""

    article_id: int
    source: str
    title: str
    text: str
    facts: ArticleFacts | None = None


def read_said(matcher: Matcher, topic: str, told: Told) -> Said:
    """What an article says where it speaks of what the topic asks for; nothing if there is no such topic.

    Its title is the first of its lines. It is compared as it is seen now, also where the topic matches another version alone.
    """
    text = f"{told.title}\n{told.text}"[:LONGEST_TEXT]
    places = matcher.find_places(topic, analyse_article(told.title, text), told.facts)
    return Said(told.article_id, told.source, text, () if places is None else places.found)
