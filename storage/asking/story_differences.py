"""What an article says otherwise than the others of its story, where it speaks of what topics ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from news.alerts import Difference
from news.disagreeing import MOST_DIFFERENCES, Said, find_differences
from news.otherwise import Told, read_said
from news.query import Matcher
from news.story_answers import StoryArticle, StoryRecord
from news.topics import Entity, Topic
from storage.file.database import Database
from storage.file.rows import select_in
from storage.recording.facts import list_facts

MOST_OTHERS = 16
"""Articles of a story that an article is compared with: those nearest to it in time."""
_MOST_TOPICS = 5


def list_differences(
    db: Database, article_id: int, story: StoryRecord, topics: Sequence[Topic], entities: Mapping[str, Entity]
) -> tuple[Difference, ...]:
    """Its passages beside those of others that the same topics match, of earlier and later ones; each difference once."""
    ids = [one.article_id for one in story.articles]
    matching = _list_matching(db, ids)
    asked = [topic for topic in topics if topic.name in matching[article_id]][:_MOST_TOPICS]
    if not asked:
        return ()
    matcher, place = Matcher(asked, entities), ids.index(article_id)
    told = _load(db, _nearest(story.articles, place), needs_facts=matcher.needs_facts)
    found: dict[tuple[str, str], Difference] = {}
    for topic in asked:
        said = {one: read_said(matcher, topic.name, told[one]) for one in ids if one in told and topic.name in matching[one]}
        for difference in _compare(said, article_id) if article_id in said else ():
            found.setdefault((difference.kind, difference.why), difference)
    return tuple(found.values())[:MOST_DIFFERENCES]


def _compare(said: Mapping[int, Said], article_id: int) -> Iterator[Difference]:
    """What an article says otherwise than those before it, then what those after it say otherwise than it does."""
    order = list(said)
    this, place = said[article_id], order.index(article_id)
    yield from find_differences(this, [said[one] for one in order[:place]])
    for later in order[place + 1 :]:
        for one in find_differences(said[later], [this]):
            source = said[later].source
            yield replace(one, passage=one.other_passage, other_passage=one.passage, other_source=source, other_id=later)


def _list_matching(db: Database, article_ids: Sequence[int]) -> dict[int, set[str]]:
    matching: dict[int, set[str]] = {article_id: set() for article_id in article_ids}
    for row in select_in(db, "SELECT DISTINCT article_id, topic FROM matches WHERE article_id IN ({marks})", article_ids):
        matching[row["article_id"]].add(row["topic"])
    return matching


def _nearest(articles: Sequence[StoryArticle], place: int) -> list[int]:
    order = sorted(range(len(articles)), key=lambda one: abs(one - place))
    return [articles[one].article_id for one in order[: MOST_OTHERS + 1]]


def _load(db: Database, article_ids: Sequence[int], *, needs_facts: bool) -> dict[int, Told]:
    """Each article as it is now; those whose texts are deleted are left out."""
    facts = list_facts(db, article_ids) if needs_facts else {}
    rows = select_in(
        db,
        """SELECT articles.id, sources.name AS source, revisions.title, text
           FROM articles JOIN revisions ON revisions.id = revision_id JOIN sources ON sources.id = articles.source_id
           WHERE articles.id IN ({marks}) AND deleted_at IS NULL""",
        article_ids,
    )
    return {row["id"]: Told(row["id"], row["source"], row["title"], row["text"], facts.get(row["id"])) for row in rows}
