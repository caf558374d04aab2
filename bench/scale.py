"""An hour of 100,000 sources at a mean interval of ten minutes: does it fit into an hour of two cores? Without a network.

167 polls a second are due. 2 of 100 bring one new entry among 10, the others are answered with 304. What looks for them in the archive,
gives them their turn, decides and records is the program's own: `Archive.due_sources`, the crawl's frontier, `Archive.record_poll` with
100 topics, the jobs of every minute and hour. Bodies are read in a worker process by the program's own function. Time is an argument to
all of that: here it passes as fast as the main process works. A second in which all that is due was recorded is over at once; where that
takes more than a second of CPU, the clock goes on by as much, and sources become late.

So there are two cores: that of the main process, in which Python lets fetching, deciding and recording share one, and that of a worker.
Fetching itself is not done. `--fetching` adds the milliseconds of CPU that it takes for a poll (see bench.steady) to the clock.

Run: python -m bench.scale
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from multiprocessing import get_context

import psutil

from bench.common import make_parser, measure_pace, percentile, print_figure, print_load, print_machine, working_folder
from bench.french import make_paragraphs, make_title
from bench.matching import Inventor
from crawler.frontier import Frontier
from crawler.reading import preload, read_feed
from news.query import Matcher
from news.source_specs import ArticlesMode, SourceSpec
from news.sources import DueSource, ParsedFeed, PollKind, PollOutcome, Problem
from quivive.collector import calm_collector, leave_out_what_stays
from quivive.jobs import TICK_SECONDS, TIDY_SECONDS, VOLUME_SECONDS
from quivive.service import PORTION
from storage import Archive, Watch
from storage.recording.sources import get_longest_overdue

SOURCES, MINUTES = 100_000, 60
INTERVAL = timedelta(minutes=10)
NEWS_EVERY = 50
"""One source of so many brings something at each poll."""
ITEMS, CHARACTERS = 10, 300
START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
MOST_LATE = timedelta(minutes=1)
CONCURRENCY = 64
REPORT = timedelta(minutes=5)
_TOPICS = 100
_TICK = timedelta(seconds=TICK_SECONDS)


@dataclass(slots=True)
class Piece:
    """What some minutes took: CPU seconds of the main process, those of them for finding what is due, and of the worker."""

    main: float = 0.0
    finding: float = 0.0
    worker: float = 0.0
    polls: int = 0
    articles: int = 0
    late: list[float] = field(default_factory=list)
    """Seconds by which the most overdue source was late when its portion was recorded."""
    memory: float = 0.0
    """MB of the main process at the end."""


def main() -> None:
    """Make the sources known, poll each once, then let an hour pass."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("--minutes", type=int, default=MINUTES)
    parser.add_argument("--fetching", type=float, default=0.0, metavar="MS", help="CPU of the main process for fetching, a poll")
    options = parser.parse_args()
    sources, minutes = (500, 20) if options.quick else (options.sources, options.minutes)
    print_machine("feedparser", "sqlite-utils")
    with working_folder(options.folder) as folder, ProcessPoolExecutor(1, get_context("spawn"), preload) as worker:
        for name in folder.glob("scale.db*"):
            name.unlink()
        watch = make_watch()
        with closing(Archive(folder / "scale.db", watch)) as archive:
            hour = Hour(archive, worker, options.fetching / 1000)
            calm_collector()  # as the daemon does
            leave_out_what_stays()
            hour.begin(watch, sources)
            pieces = hour.live(minutes)
        size = (folder / "scale.db").stat().st_size / 1e6
    print_load()
    report(pieces, minutes, size)


def make_watch() -> Watch:
    """100 topics, nobody to tell, and every source polled every ten minutes whatever its rhythm says."""
    inventor = Inventor(random.Random(3), 300)
    topics = [inventor.topic(number) for number in range(_TOPICS)]
    channels: dict[str, tuple[str, ...]] = {topic.name: () for topic in topics}
    return Watch(Matcher(topics, inventor.entities()), channels, least_interval=INTERVAL, most_interval=INTERVAL)


class Hour:
    """The sources, the clock, and what is spent."""

    def __init__(self, archive: Archive, worker: ProcessPoolExecutor, fetching: float) -> None:
        self._archive, self._worker, self._fetching = archive, worker, fetching
        self._now = START
        self._frontier = Frontier(CONCURRENCY, 1.0)
        self._process = psutil.Process()
        self._bodies: dict[int, int] = {}
        """How many bodies a source with news has shown, by its number."""
        self._watched_at = self._tidied_at = START
        self._not_ours = 0.0
        """CPU seconds of this process that the program would not have taken."""

    def begin(self, watch: Watch, sources: int) -> None:
        """Every source is known and was polled once, evenly over the ten minutes before. One without news has shown an empty feed."""
        specs = [SourceSpec(f"https://site{number}.example/feed", articles=ArticlesMode.FEED) for number in range(sources)]
        self._now = START - INTERVAL
        self._archive.sync(watch, specs, INTERVAL, self._now).result()
        numbers = sorted((number, url) for url, number in self._archive.number_sources().items())
        for start in range(0, sources, PORTION):
            self._now = START - INTERVAL + INTERVAL * (start / sources)
            self._record([DueSource(number, url) for number, url in numbers[start : start + PORTION]], Piece())
        self._now = START
        print(f"begun     {sources} sources, {self._archive.count_articles()} articles", flush=True)

    def live(self, minutes: int) -> list[Piece]:
        """Let so many minutes pass; what each five of them took."""
        pieces = []
        for passed in range(int(REPORT.total_seconds()) // 60, minutes + 1, int(REPORT.total_seconds()) // 60):
            piece = Piece()
            while self._now < START + timedelta(minutes=passed):
                self._tick(piece)
            piece.memory = self._process.memory_info().rss / 1e6
            pieces.append(piece)
            print(
                f"minute {passed:3d} {piece.polls} polls, {piece.articles} new; CPU a poll {1000 * piece.main / piece.polls:.2f} ms; "
                f"latest {max(piece.late):.2f} s; {piece.memory:.0f} MB; pace {measure_pace():.2f} ms",
                flush=True,
            )
        return pieces

    def _tick(self, piece: Piece) -> None:
        """One look at what is due, as the daemon's; then the next second, or a later moment where it took longer."""
        moment = self._now
        while True:
            before = self._main_seconds()
            due = self._archive.due_sources(self._now, PORTION)
            found = self._main_seconds()
            piece.finding += found - before
            if not due:
                break
            overdue = self._longest_overdue()
            self._record(due, piece)
            self._pass(before, piece, len(due))
            piece.late.append((self._now - overdue).total_seconds())
        before = self._main_seconds()
        self._do_jobs()
        self._pass(before, piece)
        self._now = max(self._now, moment + _TICK)

    def _pass(self, before: float, piece: Piece, polls: int = 0) -> None:
        """Let as much time pass as the main process took since it had taken `before`, and fetching so many feeds would."""
        taken = self._main_seconds() - before
        piece.main += taken
        piece.polls += polls
        self._now += timedelta(seconds=taken + self._fetching * polls)

    def _record(self, due: Sequence[DueSource], piece: Piece) -> None:
        """Give each its turn, have its body read where it has one, and write all of it."""
        for source in due:
            self._frontier.add(source, urgent=True)
        while begun := list(self._begin_some()):
            bodies = {source: body for source in begun if (body := self._body_of(source)) is not None}
            reading = {source: self._worker.submit(read_timed, body, source.url) for source, body in bodies.items()}
            read = {source: future.result() for source, future in reading.items()}
            outcomes = [self._outcome(source, bodies.get(source), read) for source in begun]
            recorded = [self._archive.record_poll(outcome, self._now) for outcome in outcomes]
            piece.articles += sum(future.result().articles_new for future in recorded)
            piece.worker += sum(seconds for _, seconds in read.values())
            for source in begun:
                self._frontier.release(source)

    def _begin_some(self) -> Iterator[DueSource]:
        """As many as may be in flight."""
        moment = self._now.timestamp()
        while (work := self._frontier.take(moment)) is not None:
            assert isinstance(work, DueSource)
            yield work

    def _body_of(self, source: DueSource) -> bytes | None:
        """The next body of a source that has news; None of the others."""
        if source.source_id % NEWS_EVERY:
            return None
        with self._beside():
            version = self._bodies[source.source_id] = self._bodies.get(source.source_id, 0) + 1
            return make_body(source.source_id, version)

    def _outcome(self, source: DueSource, body: bytes | None, read: Mapping[DueSource, tuple[ParsedFeed | Problem, float]]) -> PollOutcome:
        """What the poll of a source brought: news; at first an empty feed; then nothing, or the same if it is asked without condition."""
        if body is not None:
            feed, _ = read[source]
            assert isinstance(feed, ParsedFeed)
            body_hash = hashlib.sha256(body).hexdigest()
            return PollOutcome(
                source.source_id, source.url, self._now, 0.1, PollKind.PARSED, 200, len(body), feed, etag=body_hash[:8], body_hash=body_hash
            )
        if source.body_hash is None:
            feed = ParsedFeed(None, ())
            return PollOutcome(source.source_id, source.url, self._now, 0.1, PollKind.PARSED, 200, 200, feed, etag="one", body_hash="one")
        kind, status = (PollKind.UNCHANGED, 304) if source.etag else (PollKind.SAME_BODY, 200)
        return PollOutcome(source.source_id, source.url, self._now, 0.1, kind, status, etag="one", body_hash=source.body_hash)

    def _do_jobs(self) -> None:
        """What the daemon does beside, every minute and every hour."""
        if self._now >= self._watched_at:
            self._watched_at = self._now + timedelta(seconds=VOLUME_SECONDS)
            while self._archive.watch_volumes(self._now).result().has_more:
                pass
        if self._now >= self._tidied_at:
            self._tidied_at = self._now + timedelta(seconds=TIDY_SECONDS)
            self._archive.prune_poll_log(self._now).result()
            while self._archive.prune_sketches(self._now).result():
                pass

    def _longest_overdue(self) -> datetime:
        """When what waits longest was due."""
        with self._beside():
            return self._now - self._archive._ask(get_longest_overdue, self._now)  # noqa: SLF001  # `status` asks more beside

    def _main_seconds(self) -> float:
        """CPU seconds of all threads of this process, but for what is only ours."""
        return time.process_time() - self._not_ours

    @contextmanager
    def _beside(self) -> Iterator[None]:
        """What is done meanwhile the program would not do."""
        before = time.process_time()
        yield
        self._not_ours += time.process_time() - before


def read_timed(body: bytes, url: str) -> tuple[ParsedFeed | Problem, float]:
    """The feed in a body, as a worker process reads it, and the CPU seconds that it took."""
    before = time.process_time()
    feed = read_feed(body, url, "application/rss+xml", None)
    return feed, time.process_time() - before


def make_body(source: int, version: int) -> bytes:
    """A feed of some items, the newest of them new since the version before."""
    items = "".join(_item(source, number) for number in range(version + ITEMS - 1, version - 1, -1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Journal {source}</title><link>https://site{source}.example/</link>{items}</channel></rss>""".encode()


def _item(source: int, number: int) -> str:
    chance = random.Random(f"{source} {number}")
    link, moment = f"https://site{source}.example/article/{number}", START + (number - ITEMS - 1) * INTERVAL
    text = make_paragraphs(chance, CHARACTERS)[0]
    return f"""<item><title>{escape(make_title(chance))}</title><link>{link}</link><guid isPermaLink="true">{link}</guid>
<pubDate>{format_datetime(moment)}</pubDate><description>{escape(text)}</description></item>"""


def report(pieces: list[Piece], minutes: int, size: float) -> None:
    """The figures, by pieces of five minutes, and what gives first."""
    polls, main, worker = (sum(getattr(piece, name) for piece in pieces) for name in ("polls", "main", "worker"))
    late = [seconds for piece in pieces for seconds in piece.late]
    print_figure("CPU of the main process, without fetching", [1000 * piece.main / piece.polls for piece in pieces], "ms a poll")
    print_figure("    of it to find what is due", [1000 * piece.finding / piece.polls for piece in pieces], "ms a poll")
    print_figure("CPU of the worker", [1000 * piece.worker / piece.polls for piece in pieces], "ms a poll")
    print_figure("memory of the main process", [piece.memory for piece in pieces], "MB", "flat")
    print_figure("how late: 95 % of portions", [percentile(late, 0.95)], "s")
    print_figure("how late: the latest", [max(late)], "s", f"< {MOST_LATE.total_seconds():.0f}")
    print_figure("the archive at the end", [size], "MB")
    seconds = 60 * minutes
    print(
        f"of {seconds} s the main process took {main:.0f} s of CPU, the worker {worker:.0f} s, for {polls} polls, {polls / seconds:.0f}/s"
    )
    print(f"what is left for fetching: {1000 * (seconds - main) / polls:.2f} ms of CPU a poll, if the main process has a core of its own")
    first, rate = min(("the main process", polls / main), ("the worker", polls / max(worker, 1e-9)), key=lambda one: one[1])
    print(f"what gives first: {first}, at {rate:.0f} polls/s without fetching")


if __name__ == "__main__":
    main()
