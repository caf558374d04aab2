"""What a dead channel costs a live one: how soon a live channel's alert is sent while 100,000 messages wait for a channel that refuses.

An archive is filled with articles that 100 topics alert a dead channel of (nothing listens at its port; with `--silent` something does
that never answers), then the real dispatcher sends from it as the daemon makes it: a look each second, and one with each alert. Meanwhile
new articles come, one after the other, of which a live webhook is told. Measured is from the moment at which an article was handed to the
archive until the webhook's receiver has the first byte. A second figure is the look alone: which channels have something due, and what the
live one has.

Run: python -m bench.waiting
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.common import make_parser, percentile, print_figure, print_load, print_machine, working_folder
from monitors import Dispatcher, Presentation
from monitors.channels.webhook import WebhookChannel
from news.query import Matcher
from news.source_specs import ArticlesMode, SourceSpec
from news.sources import FeedEntry, ParsedFeed, PollKind, PollOutcome
from news.topics import Topic
from quivive.languages import make_language
from storage import Archive, Tally, Watch

ENGLISH = Presentation(make_language("en", ZoneInfo("Europe/Paris")))

TOPICS = 100
FEED = "https://bench.example/feed"
QUARTER = timedelta(minutes=15)


def main() -> None:
    """Fill an archive with what waits, send from it, and print how soon the live channel was told."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--alerts", type=int, default=100)
    parser.add_argument("--silent", action="store_true", help="the dead channel takes connections, and never answers")
    options = parser.parse_args()
    waiting, alerts = (1_000, 5) if options.quick else (options.waiting, options.alerts)
    print_machine("aiohttp")
    with working_folder(options.folder) as folder, dead_port(silent=options.silent) as dead:
        archive = fill(folder / "waiting.db", waiting)
        try:
            asyncio.run(measure(archive, dead, alerts))
        finally:
            archive.close()
    print_load()


@contextlib.contextmanager
def dead_port(*, silent: bool) -> Iterator[int]:
    """A port at which nothing listens, or at which nobody answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if silent:
            listener.listen(128)
        yield listener.getsockname()[1]


def fill(path: Path, waiting: int) -> Archive:
    """An archive in which that many deliveries wait for the channel `dead`."""
    topics = [Topic(f"Fusée {number}", "fusée", ("dead",)) for number in range(TOPICS)]
    topics.append(Topic("Ariane", "Ariane", ("live",)))
    watch = Watch(Matcher(topics, {}), {topic.name: topic.notify for topic in topics}, silent_first_poll=False)
    archive = Archive(path, watch)
    archive.sync(watch, [SourceSpec(FEED, articles=ArticlesMode.FEED)], QUARTER, now()).result()
    for start in range(0, waiting // TOPICS, 50):
        bring(archive, *(f"La fusée {number}" for number in range(start, min(start + 50, waiting // TOPICS)))).result()
    return archive


def bring(archive: Archive, *titles: str) -> Future[Tally]:
    """Hand a poll with these new entries to the archive."""
    source = archive.find_sources([FEED])[0][0]
    entries = tuple(FeedEntry(title, f"https://bench.example/{title}", title, published_at=now()) for title in titles)
    return archive.record_poll(
        PollOutcome(source.source_id, FEED, now(), 0.1, PollKind.PARSED, 200, 1000, ParsedFeed(None, entries)), now()
    )


def now() -> datetime:
    """The clock that the dispatcher is given."""
    return datetime.now(UTC)


@dataclass
class Receiver:
    """A webhook's receiver that notes when it hears of what."""

    heard: dict[str, float] = field(default_factory=dict)
    """When the message on an article of that title came, on the clock of `time.perf_counter`."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one message, and accept it."""
        first = await reader.read(1)
        moment = time.perf_counter()
        body = first + await reader.readuntil(b"\r\n\r\n")
        length = int(body.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        title = (await reader.readexactly(length)).decode().partition('"title":"')[2].partition('"')[0]
        self.heard.setdefault(title, moment)
        self.changed.set()
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def measure(archive: Archive, dead: int, alerts: int) -> None:
    """Send from the archive, and print how late the alerts of the live channel were."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    channels = {name: WebhookChannel(name, f"http://127.0.0.1:{at}/") for name, at in (("dead", dead), ("live", port))}
    tried: list[str] = []
    dispatcher = Dispatcher(channels, archive, now, ENGLISH, lambda channel, _result: tried.append(channel))
    async with server, ticking(dispatcher):
        await asyncio.sleep(2)  # the dead channel's line is full, and the first attempts have failed
        delays = await tell(archive, dispatcher, receiver, alerts)
    await dispatcher.stop(0)
    waiting = archive.report_status(now()).contents.deliveries.pending
    print(f"{waiting} still wait for the dead channel, to which {tried.count('dead')} attempts were made meanwhile")
    for share, name in ((0.5, "median"), (0.95, "95 %"), (1.0, "longest")):
        print_figure(f"from an article to the live channel, {name}", [percentile(delays, share)], "s", "< 1 s" if share == 0.95 else "")
    print_figure("a look: channels with something due, the live one's", [look(archive) for _ in range(20)], "ms")


async def tell(archive: Archive, dispatcher: Dispatcher, receiver: Receiver, alerts: int) -> list[float]:
    """Bring one article after the other, a few a second; how long each took to be heard of, in seconds."""
    handed: dict[str, float] = {}
    for number in range(alerts):
        title = f"Ariane {number}"
        handed[title] = time.perf_counter()
        await asyncio.wrap_future(bring(archive, title))
        await dispatcher.deliver_due()
        await asyncio.sleep(0.2)
    while len(receiver.heard) < alerts:
        receiver.changed.clear()
        await receiver.changed.wait()
    return [receiver.heard[title] - moment for title, moment in handed.items()]


@contextlib.asynccontextmanager
async def ticking(dispatcher: Dispatcher) -> AsyncIterator[None]:
    """Look each second, as the daemon does."""

    async def tick() -> None:
        while True:
            await dispatcher.deliver_due()
            await asyncio.sleep(1)

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()


def look(archive: Archive) -> float:
    """Milliseconds that the daemon's look for what is due takes, once."""
    started = time.perf_counter()
    archive.due_channels(now())
    archive.due_messages("live", now(), 100, frozenset())
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
