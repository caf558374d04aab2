"""Articles with whole texts on the same and on neighbouring events of one affair, as several outlets write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import combinations
from pathlib import Path

from storage import StoryRequest
from tests.desk import NOW, Desk, entry

INVENTED = Path(__file__).resolve().parents[2] / "data" / "stories.txt"
LONGEST_AGO = timedelta(hours=60)


def read_invented() -> list[tuple[str, str, int, str, str]]:
    """Event, outlet, hours after the first, title and text of each article, the earliest first."""
    articles = []
    for paragraph in INVENTED.read_text(encoding="utf-8").split("\n\n")[1:]:
        head, text = paragraph.strip().split("\n", 1)
        event, outlet, hours, title = head.split(" | ", 3)
        articles.append((event, outlet, int(hours), title, text))
    return sorted(articles, key=lambda article: article[2])


def pairs(group_of: Mapping[str, object]) -> set[tuple[str, str]]:
    members: dict[object, list[str]] = defaultdict(list)
    for one, group in group_of.items():
        members[group].append(one)
    return {pair for group in members.values() for pair in combinations(sorted(group), 2)}


def stories_of(desk: Desk, articles: Iterable[tuple[str, str, int, str, str]]) -> dict[str, object]:
    """Of each address the story in which the archive placed it."""
    for number, (_, outlet, hours, title, text) in enumerate(articles):
        at = NOW - LONGEST_AGO + timedelta(hours=hours)
        desk.poll(f"https://{outlet}.example/rss", entry(title, f"https://{outlet}.example/{number}", summary=text, published_at=at))
    return {one.url: story.story_id for story in desk.archive.list_stories(StoryRequest(limit=100)) for one in story.articles}


def test_outlets_on_one_event_are_together_and_the_next_event_of_the_affair_is_not(tmp_path: Path) -> None:
    articles = read_invented()
    with Desk(tmp_path / "archive.db") as desk:
        for outlet in sorted({article[1] for article in articles}):
            desk.watch(f"https://{outlet}.example/rss", name=outlet)
        placed = stories_of(desk, articles)
    events = {f"https://{outlet}.example/{number}": event for number, (event, outlet, *_) in enumerate(articles)}
    told, wanted = pairs(placed), pairs(events)
    f1 = 2 * len(told & wanted) / (len(told) + len(wanted))
    assert (len(articles), len(set(events.values())), placed.keys()) == (41, 13, events.keys())
    assert f1 >= 0.9, (sorted(told - wanted), sorted(wanted - told))
