"""The law of sources: whatever three of them say of five articles, in whatever order, and whatever becomes of the pages.

Each article is kept once; each topic alerts once on each article of which any source said what it asks for, and on no other. Some sources
number their places instead of naming their articles; some have the page of each article fetched, which may fail.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from news.sources import ExtractedPage, FeedEntry, PageOutcome
from news.topics import Topic
from tests.desk import DOWN, NOW, A, B, C, Desk, entry, prose

SUBJECTS = ("zinc cuivre", "chêne hêtre", "moto vélo", "lait beurre", "flûte harpe")
"""No two articles share a word, so that nothing but their addresses and guids could make them one."""
TOPICS = ("OTAN", "Orange", "Nokia")
WORDS = st.sampled_from(("", "", "", *TOPICS))
ARTICLES = st.integers(0, len(SUBJECTS) - 1)
ITEMS = st.lists(st.tuples(ARTICLES, WORDS, WORDS), min_size=1, max_size=4, unique_by=lambda item: item[0])
POLL = st.tuples(st.just("poll"), st.sampled_from((A, B, C)), ITEMS)
PAGES = st.tuples(st.just("pages"), st.integers(0, 3), st.booleans())
STEPS = st.lists(st.one_of(POLL, POLL, PAGES), min_size=2, max_size=12)
MODES = st.fixed_dictionaries({source: st.sampled_from(("feed", "page", "auto")) for source in (A, B, C)})
LAW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass
class Press:
    """What the sources said, and the desk that was told of it."""

    desk: Desk
    numbered: frozenset[str] = frozenset()
    dated: bool = True
    polled: set[str] = field(default_factory=set)
    silent: dict[tuple[str, int], bool] = field(default_factory=dict)
    """By source and article: whether the source showed it first in its first body."""
    said: dict[int, list[tuple[str, frozenset[str]]]] = field(default_factory=lambda: defaultdict(list))
    """By article: who said which topics' words of it."""

    def do(self, step: tuple) -> None:
        """Take one of the steps."""
        if step[0] == "poll":
            self.poll(*step[1:])
        else:
            self.pages(*step[1:])

    def poll(self, source: str, items: list[tuple[int, str, str]]) -> None:
        """A body of the source."""
        for article, *words in items:
            self.silent.setdefault((source, article), source not in self.polled)
            self.said[article].append((source, frozenset(filter(None, words))))
        self.polled.add(source)
        self.desk.poll(source, *(self.entry(source, place, item) for place, item in enumerate(items)))

    def entry(self, source: str, place: int, item: tuple[int, str, str]) -> FeedEntry:
        """What the source says of an article, at that place of its feed."""
        article, in_title, in_summary = item
        subject = SUBJECTS[article].replace(" ", " et ")
        guid = str(place) if source in self.numbered else f"guid {article}"
        published = NOW - timedelta(hours=article + 1) if self.dated else None
        return entry(f"{subject} {in_title}", link(article), guid, summary=in_summary or None, published_at=published)

    def pages(self, most: int, come: bool) -> None:
        """Some of the pages that are due come, or fail."""
        for page in self.desk.archive.due_pages(self.desk.now, most):
            text = prose(SUBJECTS[int(page.url[-1])])
            if come:
                self.desk.bring(page, self.desk.tick(), ExtractedPage(None, text))
            else:
                failed = PageOutcome(page.entry_id, page.source_id, page.url, self.desk.tick(), 0.1, problem=DOWN)
                self.desk.archive.record_page(failed, self.desk.now).result()

    def end(self) -> None:
        """Let all pages come that are still awaited."""
        for _ in range(3):
            self.desk.tick(self.desk.now + timedelta(hours=13))
            self.pages(100, come=True)

    def topics_of(self, article: int) -> set[str]:
        """Those whose words anybody said of it."""
        return {topic for _, words in self.said[article] for topic in words}

    def topics_said_openly(self, article: int) -> set[str]:
        """Those whose words an entry said that came after its source's first body."""
        return {topic for source, words in self.said[article] for topic in words if not self.silent[source, article]}

    def is_old(self, article: int) -> bool:
        """Whether only first bodies showed it, and nobody has said anything else of it since."""
        by_source = defaultdict(set)
        for source, words in self.said[article]:
            by_source[source].add(words)
        return all(self.silent[source, article] and len(sayings) == 1 for source, sayings in by_source.items())


def link(article: int) -> str:
    return f"https://a.example/{article}"


def alerted(desk: Desk) -> list[tuple[str, str]]:
    return sorted((alert["topic"], alert["article_url"]) for alert in desk.log())


@LAW
@given(steps=STEPS, modes=MODES, numbered=st.frozensets(st.sampled_from((A, B, C))), dated=st.booleans())
def test_every_article_is_kept_once_and_every_topic_told_once_of_what_anybody_said(steps, modes, numbered, dated) -> None:
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder) / "archive.db", [Topic(name, name, ()) for name in TOPICS]) as desk:
        press = Press(desk, numbered, dated)
        for source, mode in modes.items():
            desk.watch(source, mode=mode)
        for step in steps:
            press.do(step)
        press.end()
        assert sorted(article["url"] for article in desk.articles()) == sorted(map(link, press.said))
        assert alerted(desk) == sorted((topic, link(article)) for article in press.said for topic in press.topics_of(article))


@LAW
@given(steps=STEPS, modes=MODES)
def test_what_first_bodies_held_is_told_only_once_something_new_is_said_of_it(steps, modes) -> None:
    topics = [Topic(name, name, ()) for name in TOPICS]
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder) / "archive.db", topics, silent=True) as desk:
        press = Press(desk)
        for source, mode in modes.items():
            desk.watch(source, mode=mode)
        for step in steps:
            press.do(step)
        press.end()
        told = alerted(desk)
        assert len(told) == len(set(told))
        assert {(topic, link(article)) for article in press.said for topic in press.topics_said_openly(article)} <= set(told)
        assert not {url for _, url in told} & {link(article) for article in press.said if press.is_old(article)}
