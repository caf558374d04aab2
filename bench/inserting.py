"""Inserting into a big archive: CPU time of one more article of about 4 kB, of the whole process and of the thread that writes.

Into an archive as `bench/search.py` makes it come feeds of 25 new entries, and then their pages, through `Archive.record_poll` and
`record_page` as in the daemon, with 100 topics: judged, analysed, matched, indexed and committed in the program's own groups. The pages
come in three ways: each once the one before is committed, as when little is new; 100 a second in irregular gaps, as when many feeds
have news; all at once, as after an interruption. A batch is four feeds and their 100 pages. Fetching and extraction are not part of it.

A further run tells where the time of the writing thread goes, and what of it is the insert alone: index, tables and commit, without
reading and judging the text and comparing it with the topics, which cost the same in a small archive. The archive grows by what is
inserted; with `--folder` it is kept, and can be used again: each run brings new articles.

Run: python -m bench.inserting
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bench.big_archive import BETWEEN, CHARACTERS, FIRST, SOURCES, make_archive, source_name, source_url
from bench.common import make_parser, print_load, print_machine, working_folder
from bench.french import make_paragraphs, make_title
from bench.matching import Inventor
from bench.stopwatch import Place, Stopwatch
from news.query import Matcher
from news.settling import Settler
from news.source_specs import ArticlesMode, SourceSpec
from news.sources import DuePage, ExtractedPage, FeedEntry, PageOutcome, ParsedFeed, PollKind, PollOutcome
from news.topics import Topic
from quivive.collector import calm_collector, leave_out_what_stays
from storage import Archive, Tally, Watch
from storage.file import words, writer
from storage.recording import articles, beforehand, bodies, pages, polls, settle_one

GOAL_MILLISECONDS = 2
GOAL_ARTICLES = 1_000_000
_FEEDS, _ENTRIES = 4, 25
_BATCH = _FEEDS * _ENTRIES
_TOPICS = 100
_PAGES_A_SECOND = 100
_COMMONEST_OF_TOPICS = 300
_QUARTER = timedelta(minutes=15)
_SECTIONS: dict[str, list[Place]] = {
    "analysing": [(beforehand, "analysed_words"), (words, "index_columns")],
    "judging": [
        (polls, "prepared_entries"),
        (pages, "page_version"),
        (pages, "judge_page_text"),
        (bodies, "decide_arrivals"),
        (Settler, "settle"),
    ],
    "loading": [
        (bodies, "load_known"),
        (settle_one, "load_known"),
        (polls, "load_body"),
        (bodies, "list_held"),
        (bodies, "list_entries"),
    ],
    "matching": [(articles, "match_versions"), (articles, "decide_consequences")],
    "word index": [(articles, "leave_waiting"), (writer, "index_waiting")],
    "other tables": [(writer.Writer, "_run_one")],
    "commit": [(writer.Writer, "_commit")],
}
"""The functions of the program in which the writing thread spends its time. FTS5 gathers words, and writes them to its tables in the
commit."""

_INSERT_ALONE = ("word index", "other tables", "commit")


@dataclass(frozen=True, slots=True)
class Taken:
    """CPU milliseconds for each article of a batch: of the whole process, and of the thread that writes."""

    process: float
    writing: float


class Newsroom:
    """Feeds with new articles for an archive; texts and addresses differ from all that it holds."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._number = archive.count_articles()
        self._chance = random.Random(self._number)
        self._pages: dict[str, ExtractedPage] = {}
        self._feeds = [archive.find_sources([feed_url(number)])[0][0] for number in range(_FEEDS)]

    @property
    def now(self) -> datetime:
        """The moment after all articles so far."""
        return FIRST + (self._number + 1) * BETWEEN

    def write(self) -> tuple[FeedEntry, ...]:
        """A feed of new entries; their pages can be had from then on."""
        return tuple(self._write_one() for _ in range(_ENTRIES))

    def _write_one(self) -> FeedEntry:
        self._number += 1
        link, title, paragraphs = f"https://new.example/{self._number}", make_title(self._chance), make_paragraphs(self._chance, CHARACTERS)
        self._pages[link] = ExtractedPage(title, "\n\n".join(paragraphs), language="fr")
        return FeedEntry(link, link, title, summary=paragraphs[0], published_at=self.now - BETWEEN)

    def bring_feed(self, number: int, entries: tuple[FeedEntry, ...]) -> list[DuePage]:
        """The poll of a feed of ours that shows these entries; returns what is to be fetched."""
        source, feed = self._feeds[number], ParsedFeed(None, entries)
        outcome = PollOutcome(source.source_id, source.url, self.now, 0.1, PollKind.PARSED, 200, 10_000, feed)
        return self._archive.record_poll(outcome, self.now).result().pages

    def bring_page(self, page: DuePage) -> Future[Tally]:
        """The fetch of an article's page."""
        outcome = PageOutcome(page.entry_id, page.source_id, page.url, self.now, 0.1, 200, page=self._pages.pop(page.url))
        return self._archive.record_page(outcome, self.now)


def one_by_one(newsroom: Newsroom, due: list[DuePage]) -> list[Tally]:
    """Each page once the one before is in the archive."""
    return [newsroom.bring_page(page).result() for page in due]


def at_a_rate(newsroom: Newsroom, due: list[DuePage]) -> list[Tally]:
    """So many a second on average, at times that know nothing of one another."""
    chance = random.Random(1)
    brought = []
    for page in due:
        time.sleep(chance.expovariate(_PAGES_A_SECOND))
        brought.append(newsroom.bring_page(page))
    return [future.result() for future in brought]


def all_at_once(newsroom: Newsroom, due: list[DuePage]) -> list[Tally]:
    """All pages at one moment, as after a first poll: the writer commits them in groups as large as it makes any."""
    return [future.result() for future in [newsroom.bring_page(page) for page in due]]


Arrival = Callable[[Newsroom, list[DuePage]], list[Tally]]
ARRIVALS: dict[str, Arrival] = {"one by one": one_by_one, f"{_PAGES_A_SECOND} a second": at_a_rate, "all at once": all_at_once}


def main() -> None:
    """Build what is missing, insert, and print."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--articles", type=int, default=100_000, help="that the archive holds before")
    parser.add_argument("--distinct", type=int, help="texts that differ, of an archive that must be built (default: all)")
    parser.add_argument("--insert", type=int, default=2_000, help="articles that come in each way")
    options = parser.parse_args()
    count, batches = (60, 1) if options.quick else (options.articles, max(1, options.insert // _BATCH))
    print_machine("sqlite-utils")
    with working_folder(options.folder) as folder:
        measure(make_archive(folder, count, options.distinct or count), count, batches)
        print_load()


def measure(path: Path, count: int, batches: int) -> None:
    """Insert so many batches in each way, and once more to see where the time goes."""
    watch = make_watch()
    with closing(Archive(path, watch)) as archive:
        prepare(archive, watch)
        newsroom = Newsroom(archive)
        calm_collector()
        leave_out_what_stays()
        insert(newsroom, all_at_once, 1)  # the first batch meets a cold cache
        for name, arrival in ARRIVALS.items():
            taken = insert(newsroom, arrival, batches)
            print(f"{name:<14} process {figures([one.process for one in taken])}; ", end="")
            print(f"writing thread {figures([one.writing for one in taken])}", flush=True)
        print_sections(newsroom, batches, f"goal: < {GOAL_MILLISECONDS}" if count >= GOAL_ARTICLES else "no goal")


def make_watch() -> Watch:
    """100 topics of all kinds, nobody to tell, and alerts from the first poll on."""
    inventor = Inventor(random.Random(3), _COMMONEST_OF_TOPICS)
    topics: list[Topic] = [inventor.topic(number) for number in range(_TOPICS)]
    return Watch(Matcher(topics, inventor.entities()), {topic.name: () for topic in topics}, silent_first_poll=False)


def feed_url(number: int) -> str:
    """One of the feeds that bring new articles."""
    return f"https://new{number}.example/feed"


def prepare(archive: Archive, watch: Watch) -> None:
    """Take over a configuration with the archive's own sources, and ours."""
    specs = [SourceSpec(source_url(number), source_name(number), ArticlesMode.FEED) for number in range(1, SOURCES + 1)]
    specs += [SourceSpec(feed_url(number), articles=ArticlesMode.PAGE) for number in range(_FEEDS)]
    archive.sync(watch, specs, _QUARTER, FIRST).result()


def insert(newsroom: Newsroom, arrival: Arrival, batches: int) -> list[Taken]:
    """So many batches; what each article of each took."""
    return [_insert_batch(newsroom, arrival) for _ in range(batches)]


def _insert_batch(newsroom: Newsroom, arrival: Arrival) -> Taken:
    feeds = [newsroom.write() for _ in range(_FEEDS)]
    clock = _writer_clock()
    process, writing = time.process_time(), time.clock_gettime(clock)
    due = [newsroom.bring_feed(number, entries) for number, entries in enumerate(feeds)]
    in_turn = [page for pages_of_hosts in zip(*due, strict=True) for page in pages_of_hosts]
    tallies = arrival(newsroom, in_turn)
    process, writing = time.process_time() - process, time.clock_gettime(clock) - writing
    added = sum(tally.articles_new for tally in tallies)
    if added != _BATCH:
        raise SystemExit(f"of {_BATCH} new articles only {added} were added: what was measured is not inserting")
    return Taken(1000 * process / _BATCH, 1000 * writing / _BATCH)


def _writer_clock() -> int:
    """The CPU clock of the thread that writes the archive; there is one archive at a time."""
    (ident,) = [thread.ident for thread in threading.enumerate() if thread.name == "archive-writer"]
    assert ident is not None  # it runs
    return time.pthread_getcpuclockid(ident)


def print_sections(newsroom: Newsroom, batches: int, goal: str) -> None:
    """Where the writing thread's time goes, of pages that come at a rate; measuring it costs a little itself."""
    stopwatch = Stopwatch()
    with stopwatch.watching(_SECTIONS):
        taken = insert(newsroom, at_a_rate, batches)
    total = sum(one.writing for one in taken) / batches
    each = {section: 1000 * stopwatch.seconds[section] / (batches * _BATCH) for section in _SECTIONS}
    parts = [f"{section} {spent:.2f} ms ({spent / total:.0%})" for section, spent in each.items()]
    print(f"shares         of {total:.2f} ms in the writing thread: {', '.join(parts)}", flush=True)
    print(f"insert alone   {sum(each[section] for section in _INSERT_ALONE):.2f} ms an article, mean of all batches ({goal})", flush=True)


def figures(milliseconds: list[float]) -> str:
    """Of the batches; the mean holds what is only done now and then, such as merging pieces of the index."""
    median, mean, most = statistics.median(milliseconds), statistics.mean(milliseconds), max(milliseconds)
    return f"median {median:.2f} ms an article, mean {mean:.2f}, worst batch {most:.2f}"


if __name__ == "__main__":
    main()
