"""Why a topic, or a query, matches an article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """Why a topic matched: which term of the query, what was found, where, and the passage around it.

    `passage` is original text with the found words between `[` and `]`; `field` is `title` or `text`.
    """

    term: str
    found: str
    field: str
    passage: str


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic that matches a version of an article, with its hits (at least one for each positive operand that holds)."""

    topic: str
    hits: tuple[Hit, ...]
    urgent: bool = False
    """Whether the topic's query for what is urgent matches too."""
