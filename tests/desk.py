"""An archive on a real file, and short words to bring it what a crawl would: for the tests of the storage room.

    with Desk(tmp_path / "archive.db", topics=[Topic("OTAN", "OTAN", ("hook",))]) as desk:
        desk.watch("https://a.example/feed")
        desk.poll("https://a.example/feed", entry("L’OTAN", link="https://a.example/1"))
        desk.page("https://a.example/1", "…")
        assert desk.alerts() == [("OTAN", "new")]

Every step is a minute after the one before, unless `at` says when it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from news.alerts import Bundle
from news.plans import Policy, Together
from news.query import Matcher, parse_query
from news.source_specs import ArticlesMode, SourceSpec
from news.sources import DuePage, DueSource, ExtractedPage, FeedEntry, PageOutcome, ParsedFeed, PollKind, PollOutcome, Problem
from news.topics import Entity, Topic
from quivive.cli.json_answers import alert_json, exported_article_json, source_json
from quivive.cli.json_status import status_json
from storage import AlertRequest, Archive, Patience, SearchRequest, Tally, Watch
from tests.empty_archive import lay_down

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
A, B, C = "https://a.example/feed", "https://b.example/feed", "https://c.example/feed"
OTAN = Topic("OTAN", "OTAN", ("hook",))
DAMAGE = Problem("malformed", "the feed ends in the middle of an element")
DOWN = Problem("timeout", "the server did not answer")


def prose(subject: str, sentences: int = 10) -> str:
    """A text on a subject: of 10 sentences it is long enough to be an identity, and too short to be a feed's full text."""
    return " ".join(f"La rédaction suit {subject} depuis {number} semaines et en rend compte ici." for number in range(2, sentences + 2))


def entry(title: str | None, link: str | None = None, guid: str | None = None, **rest: Any) -> FeedEntry:
    """An entry of a feed; published an hour before `NOW`, unless it says otherwise."""
    return FeedEntry(guid=guid, link=link, title=title, **{"published_at": NOW - timedelta(hours=1), **rest})


def outcome_of(source: DueSource, at: datetime, entries: Sequence[FeedEntry], **rest: Any) -> PollOutcome:
    """A poll that brought a feed with these entries."""
    feed = ParsedFeed(rest.pop("title", None), tuple(entries), problem=rest.pop("damage", None))
    return PollOutcome(source.source_id, source.url, at, 0.1, PollKind.PARSED, 200, 1000, feed, **rest)


class Desk:
    """See the top of this file. `silent`: the first poll of a source archives without alerting. `from_nothing`: the file too is made."""

    def __init__(
        self,
        path: Path,
        topics: Sequence[Topic] = (OTAN,),
        *,
        silent: bool = False,
        mail: Sequence[str] = (),
        patience: Patience | None = None,
        entities: Mapping[str, Entity] | None = None,
        from_nothing: bool = False,
    ) -> None:
        self._entities = entities or {}
        self.path = path
        self.now = NOW
        self.specs: list[SourceSpec] = []
        self._silent, self.mail = silent, frozenset(mail)
        self.watch_of(topics)
        if not from_nothing:
            lay_down(path)
        self.archive = Archive(path, self._watch, patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.archive.close()

    def reopen(self) -> None:
        """End the archive and open it again, as another run of the program does."""
        self.archive.close()
        self.archive = Archive(self.path, self._watch)

    def watch_of(self, topics: Sequence[Topic], **changes: Any) -> None:
        """Make the topics those of the next `sync`."""
        channels = {topic.name: topic.notify for topic in topics}
        queries = {topic.name: topic.query for topic in topics}
        settings: dict[str, Any] = {"silent_first_poll": self._silent, "query_of_topic": queries, **changes}
        self._watch = Watch(Matcher(topics, self._entities), channels, **settings)

    def follow(self, *topics: Topic, **changes: Any) -> None:
        """Put these topics in force instead of those before."""
        self.watch_of(topics, **changes)
        self.sync()

    def watch(self, *urls: str, mode: str = "feed", **rest: Any) -> None:
        """Add sources to the configuration."""
        self.specs += [SourceSpec(url, articles=ArticlesMode(mode), **rest) for url in urls]
        self.sync()

    def sync(self) -> None:
        """Let the archive take over the configuration."""
        self.archive.sync(self._watch, self.specs, QUARTER, self.tick()).result()

    def tick(self, at: datetime | None = None) -> datetime:
        """The moment of the next step."""
        self.now = at or self.now + timedelta(minutes=1)
        return self.now

    def source(self, url: str) -> DueSource:
        """The configured source at that URL."""
        return self.archive.find_sources([url])[0][0]

    def poll(self, url: str, *entries: FeedEntry, at: datetime | None = None, **rest: Any) -> Tally:
        """A poll of the source that brought these entries, the newest first as in a feed."""
        now = self.tick(at)
        return self.archive.record_poll(outcome_of(self.source(url), now, entries, **rest), now).result()

    def fail_poll(self, url: str, problem: Problem = DOWN, at: datetime | None = None) -> Tally:
        """A poll of the source that failed."""
        now, source = self.tick(at), self.source(url)
        return self.archive.record_poll(PollOutcome(source.source_id, url, now, 0.1, PollKind.FAILED, problem=problem), now).result()

    def due_page(self, link: str) -> DuePage:
        """The page at that address, which must be due."""
        due = {page.url: page for page in self.archive.due_pages(self.now, 1000)}
        assert link in due, f"{link} is not due at {self.now}; due are {sorted(due)}"
        return due[link]

    def page(self, link: str, text: str, *, final: str | None = None, at: datetime | None = None, **rest: Any) -> Tally:
        """The fetch of a due page that brought a text."""
        now = self.tick(at)
        return self.bring(self.due_page(link), now, ExtractedPage(rest.pop("title", None), text, **rest), final)

    def bring(self, page: DuePage, now: datetime, extracted: ExtractedPage, final: str | None = None) -> Tally:
        """The outcome of a fetch that began when the page was due."""
        outcome = PageOutcome(page.entry_id, page.source_id, page.url, now, 0.1, 200, final, extracted)
        return self.archive.record_page(outcome, now).result()

    def fail_page(self, link: str, problem: Problem = DOWN, at: datetime | None = None) -> Tally:
        """The fetch of a due page that failed."""
        now = self.tick(at)
        page = self.due_page(link)
        return self.archive.record_page(PageOutcome(page.entry_id, page.source_id, page.url, now, 0.1, problem=problem), now).result()

    def rebuild(self) -> int:
        """Let everything be made anew that a new version asks for; returns how many steps that took."""
        steps = 0
        while self.archive.rebuild_step().result() is not None:
            steps += 1
        return steps

    def seal(self, channel: str, at: datetime | None = None, limit: int = 1000) -> int:
        """Plan what is due for a channel: what is told together is one message, if it is one of `mail`."""
        policy = Policy(Together.SUBJECT if channel in self.mail else Together.NONE)
        return self.archive.seal_messages(channel, policy, at or self.now, limit).result()

    def due(self, at: datetime | None = None) -> list[Bundle]:
        """The messages that are due, now or at another moment, for all channels, those with the oldest alerts first."""
        now = at or self.now
        found = []
        for channel in self.archive.due_channels(now):
            self.seal(channel, now)
            found += self.archive.due_messages(channel, now, 1000, frozenset())
        return sorted(found, key=lambda bundle: bundle.alerts[0].created_at)

    def articles(self) -> list[dict[str, Any]]:
        """Every article as `export` prints it."""
        return [exported_article_json(article) for article in self.archive.export(None)]

    def article(self) -> dict[str, Any]:
        (only,) = self.articles()
        return only

    def alerts(self) -> list[tuple[str, str]]:
        """Topic and kind of each alert, oldest first."""
        return [(alert.topic, alert.kind) for alert in reversed(self.archive.report_alerts().alerts)]

    def log(self, **asked: Any) -> list[dict[str, Any]]:
        """The delivery log as `alerts --json` prints it; `asked` as `AlertRequest` has it."""
        return [alert_json(alert) for alert in self.archive.report_alerts(AlertRequest(**asked)).alerts]

    def sources(self) -> list[dict[str, Any]]:
        """The sources as `sources --json` prints them."""
        return [source_json(source) for source in self.archive.report_sources()]

    def status(self, at: datetime | None = None) -> dict[str, Any]:
        """One look at everything as `status --json` prints it."""
        return status_json(self.archive.report_status(at or self.now), self.archive.report_pages(10))

    def found(self, query: str, **rest: Any) -> list[str]:
        """The titles that a search finds, in its order."""
        answer = self.archive.search(SearchRequest(parse_query(query, {}), **rest))
        return [found.article.title for found in answer.articles]

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a second connection sees."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()
