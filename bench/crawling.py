"""What fetching costs: time of the main process and in all, for unchanged feeds (304), changed feeds and pages, from a site on loopback.

    python bench/crawling.py [--feeds 1500] [--pages 600]

Parsing runs in worker processes and is not part of the main process's time.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from multiprocessing.queues import Queue

from crawler import Crawl, CrawlSettings
from news.sources import DuePage, DueSource, PageOutcome, PollOutcome

PARAGRAPH = "<p>La rédaction a suivi cette affaire pendant plusieurs semaines, et en rend compte ici, sources à l’appui.</p>"
ARTICLE = f"<article><h1>Un titre</h1>{PARAGRAPH * 40}</article>"
PAGE = f"<!DOCTYPE html><html lang='fr'><head><title>Un titre</title></head><body>{ARTICLE}</body></html>"
ITEM = "<item><title>Un titre</title><link>http://127.0.0.1/{0}</link><guid>{0}</guid><description>{1}</description></item>"
FEED = (
    "<rss version='2.0'><channel><title>T</title>"
    + "".join(ITEM.format(number, "texte " * 60) for number in range(30))
    + "</channel></rss>"
)
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


def answer(kind: str, body: str) -> bytes:
    """An HTTP response as it goes over the wire, of a document that does not change."""
    raw = body.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(raw)}\r\n\r\n".encode() + raw


ANSWERS = {b"/u": UNCHANGED, b"/f": answer("application/rss+xml", FEED), b"/p": answer("text/html", PAGE), b"/r": answer("text/plain", "")}


def serve(port: Queue[int]) -> None:
    """The site, in a process of its own so that its time is not counted."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(ANSWERS[head[4:6]])
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@dataclass(slots=True)
class Tally:
    """Counts outcomes, and those with a problem."""

    outcomes: int = 0
    problems: int = 0

    async def take(self, outcome: PollOutcome | PageOutcome) -> None:
        self.outcomes += 1
        self.problems += outcome.problem is not None


async def measure(crawl: Crawl, name: str, count: int, make: Callable[[int], DueSource | DuePage]) -> None:
    """Fetch `count` of what `make` makes, and print what each cost."""
    started, started_cpu = time.perf_counter(), time.process_time()
    for number in range(count):
        if not crawl.add(make(number)):  # the queue is full
            await crawl.join()
            crawl.add(make(number))
    await crawl.join()
    wall, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    print(f"{name:16} {count:6}   {cpu / count * 1000:6.2f} ms main process   {wall / count * 1000:6.2f} ms in all   each")


async def run(feeds: int, pages: int) -> None:
    """What unchanged feeds, feeds of one entry and pages cost the crawl; outcomes are counted, not kept."""
    port: Queue[int] = multiprocessing.Queue()
    site = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    site.start()
    base = f"http://127.0.0.1:{port.get()}"
    settings = CrawlSettings(
        "quivive-bench", delay_per_host=timedelta(0), concurrency_per_host=16, allow_addresses=(ip_network("127.0.0.0/8"),)
    )
    tally = Tally()
    crawl = Crawl(settings, lambda: datetime.now(UTC), {DueSource: tally.take, DuePage: tally.take})
    running = asyncio.create_task(crawl.run())
    crawl.add(DueSource(0, f"{base}/f"))  # starts the workers
    await crawl.join()
    await measure(crawl, "unchanged feeds", feeds, lambda number: DueSource(number, f"{base}/u{number}", etag='"1"'))
    await measure(crawl, "changed feeds", feeds // 3, lambda number: DueSource(number, f"{base}/f{number}"))
    await measure(crawl, "pages", pages, lambda number: DuePage(number, 1, f"{base}/p{number}"))
    await crawl.stop()
    await running
    site.terminate()
    print(f"{tally.outcomes} outcomes, {tally.problems} with a problem")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1500)
    parser.add_argument("--pages", type=int, default=600)
    arguments = parser.parse_args()
    asyncio.run(run(arguments.feeds, arguments.pages))
