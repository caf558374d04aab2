"""Polls per second that the daemon sustains: 10,000 sources, each on an address of its own, nearly all of which have nothing new.

Of a hundred sources 90 answer 304 Not Modified, 8 send the very bytes of last time, and 2 have one new item at each poll, among 20. All
are due more often than the daemon can manage, and each host is asked for one thing at a time, with a second between two requests: what is
measured is the daemon, not the schedule. Every poll is recorded in the archive; they are counted there. The site runs in a process of its
own on the same machine, and takes its share of it.

Beside it, in turns: a bare aiohttp client that makes the same conditional requests to the same site, as many at a time, and throws the
answers away. It is what the daemon could come to at most, if it read, decided and recorded nothing. With `--reader PYTHON`, an interpreter
in whose environment lemon24/reader is installed, that library updates the first thousand of the same feeds for the second time.

Run: python -m bench.steady
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import subprocess
import sys
import time
import tomllib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil

from bench.common import environment, make_parser, measure_pace, print_figure, print_load, print_machine, working_folder, write_config
from bench.idle import running_daemon
from bench.pages import make_feed
from bench.site import NOT_MODIFIED, Answers, Site, SitePlan, make_answer, running_site

RATE_GOAL, MEMORY_GOAL = "≥ 250", "< 400"
CONCURRENCY = 64
ALL_ADDRESSES = "0.0.0.0"
"""Of the loopback network too: one socket is there for all of them."""
ITEMS, ITEMS_ELSEWHERE = 20, 2
"""Of a feed that has news at each poll, and of one that has none, which is read once, before anything is measured."""
VERSIONS = 20
"""Bodies of a source that has news at each poll; the last of them stays."""
MOST_FOR_READER = 1_000
_READER = """
import sys, time
from reader import make_reader
reader = make_reader(sys.argv[1])
urls = sys.stdin.read().split()
for url in urls:
    reader.add_feed(url)
reader.update_feeds(workers=20, scheduled=False)
started = time.perf_counter()
reader.update_feeds(workers=20, scheduled=False)
print(len(urls) / (time.perf_counter() - started))
"""
LONGEST_FIRST_ROUND_SECONDS = 900


def kind_of(number: int) -> str:
    """What a source does at its later polls: 2 in a hundred have news, 8 send the same body, the others say 304."""
    place = number % 50
    return "news" if place == 0 else "same" if place <= 4 else "304"


def host(number: int) -> str:
    """An address of the loopback network for each source."""
    return f"127.{1 + number // 40_000}.{number // 200 % 200}.{1 + number % 200}"


def make_answers(port: int, sources: int) -> Answers:
    """The first body of each source, and what it answers later."""
    answers: Answers = {}
    for number in range(sources):
        path, base, kind = f"/feed/{number}".encode(), f"http://{host(number)}:{port}", kind_of(number)
        items, count, tag = (ITEMS, VERSIONS, []) if kind == "news" else (ITEMS_ELSEWHERE, 1, ['ETag: "one"'] if kind == "304" else [])
        first = 1000 * number + items
        versions: list[bytes] = []
        for last in range(first, first + count):
            feed = make_feed(f"Journal {number}", base, list(range(last, last - items, -1)))
            versions.append(make_answer(feed, "application/rss+xml", *tag))
        answers[path] = versions if kind == "news" else versions[0]
        if kind == "304":
            answers[b"304 " + path] = NOT_MODIFIED
    return answers


@dataclass(frozen=True, slots=True)
class Steady:
    """What the daemon came to over some seconds: polls and articles a second, its memory and CPU seconds a poll."""

    rate: float
    articles: float
    memory: float
    cpu_milliseconds: float
    shares: dict[str, int]


def main() -> None:
    """Let every source be read once, then measure the daemon and the bare client in turns."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader", metavar="PYTHON", help="an interpreter that can import lemon24/reader")
    parser.add_argument("--again", action="store_true", help="go on with the archive that a run before left in --folder")
    parser.add_argument("--ask", metavar="PORT", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask is not None:
        print(asyncio.run(ask_barely(options.ask, options.sources, options.seconds)))
        return
    sources, seconds, rounds = (100, 3.0, 1) if options.quick else (options.sources, options.seconds, options.rounds)
    print_machine("scrapy", "aiohttp", "sqlite-utils")
    port = port_of(Path(options.folder) / "config.toml") if options.again else None
    plan = SitePlan((ALL_ADDRESSES,), make_answers, (sources,), port=port)
    with working_folder(options.folder) as folder, running_site(plan) as site:
        config = folder / "config.toml" if options.again else configure(folder, site, sources)
        measure(config, site, sources, seconds, rounds)
        if options.reader:
            print_figure(
                "lemon24/reader, 20 threads, its second update", [measure_reader(options.reader, folder, site, sources)], "polls/s"
            )


def measure_reader(python: str, folder: Path, site: Site, sources: int) -> float:
    """Feeds a second of another program that archives them."""
    urls = [f"http://{host(number)}:{site.port}/feed/{number}" for number in range(min(sources, MOST_FOR_READER))]
    database = folder / "reader.sqlite"
    database.unlink(missing_ok=True)
    command = [python, "-c", _READER, str(database)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, input="\n".join(urls)).stdout)


def port_of(config: Path) -> int:
    """The port that a configuration of a run before asks its site at."""
    with config.open("rb") as file:
        return urlsplit(tomllib.load(file)["sources"][0]["url"]).port or 80


def configure(folder: Path, site: Site, sources: int) -> Path:
    """A configuration by which all sources are due more often than they can be polled."""
    urls = [f"http://{host(number)}:{site.port}/feed/{number}" for number in range(sources)]
    interval = "1s" if sources < 1000 else "15s"
    return write_config(
        folder,
        urls,
        articles="feed",
        interval=interval,
        min_interval=interval,
        max_interval=interval,
        concurrency=CONCURRENCY,
        delay_per_host="1s",
        concurrency_per_host=1,
    )


def measure(config: Path, site: Site, sources: int, seconds: float, rounds: int) -> None:
    """Print what the daemon sustains, beside the bare client."""
    archive = config.with_name("archive.db")
    steady, bare = [], []
    with running_daemon(config) as daemon:
        await_first_round(archive, sources)
        peak = 0.0
        for _ in range(rounds):
            bare.append(measure_bare(daemon, site, sources, seconds / 3))
            time.sleep(1 if sources < 1000 else 10)  # what was due meanwhile makes a crowd that thins out
            found = watch(archive, daemon, site, seconds)
            steady.append(found)
            peak = max(peak, found.memory)
        print_load()
    print(f"kinds of polls in the last round: {json.dumps(steady[-1].shares)}")
    print_figure("polls per second, sustained", [one.rate for one in steady], "polls/s", RATE_GOAL)
    print_figure("new articles per second", [one.articles for one in steady], "articles/s")
    print_figure("memory of the main process", [one.memory for one in steady], "MB", MEMORY_GOAL)
    print_figure("CPU of the main process", [one.cpu_milliseconds for one in steady], "ms a poll")
    print_figure("a bare aiohttp client, nothing read or recorded", bare, "requests/s")


def await_first_round(archive: Path, sources: int) -> None:
    """Wait until every source was read once."""
    started = time.monotonic()
    while count(archive, "SELECT count(*) FROM sources WHERE last_polled_at IS NOT NULL") < sources:
        if time.monotonic() - started > LONGEST_FIRST_ROUND_SECONDS:
            raise SystemExit("the first round did not end")
        time.sleep(0.5)
    seconds = time.monotonic() - started
    print(f"first     round of {sources} sources took {seconds:.0f} s", flush=True)


def count(archive: Path, question: str) -> int:
    """A number from the archive, read beside the daemon; 0 while there is none."""
    try:
        with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True, timeout=10)) as connection:
            return int(connection.execute(question).fetchone()[0] or 0)
    except sqlite3.OperationalError:
        return 0


def watch(archive: Path, daemon: psutil.Process, site: Site, seconds: float) -> Steady:
    """Count what the daemon records in some seconds."""
    last = count(archive, "SELECT max(id) FROM polls")
    articles, cpu, started = count(archive, "SELECT max(id) FROM articles"), cpu_of(daemon), time.perf_counter()
    site_cpu, memory = site.cpu_seconds(), 0.0
    while (passed := time.perf_counter() - started) < seconds:
        memory = max(memory, daemon.memory_info().rss / 1e6)
        time.sleep(0.2)
    polls, spent = count(archive, "SELECT max(id) FROM polls") - last, cpu_of(daemon) - cpu
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True, timeout=10)) as connection:
        shares = dict(connection.execute("SELECT kind, count(*) FROM polls WHERE id > ? GROUP BY kind", (last,)).fetchall())
    if shares.get("failed"):
        raise SystemExit(f"polls failed: {shares}")
    news = count(archive, "SELECT max(id) FROM articles") - articles
    print(
        f"round     {polls / passed:.0f} polls/s; cores: main {spent / passed:.2f}, site {(site.cpu_seconds() - site_cpu) / passed:.2f}; "
        f"{memory:.0f} MB; pace {measure_pace():.2f} ms",
        flush=True,
    )
    return Steady(polls / passed, news / passed, memory, 1000 * spent / max(1, polls), shares)


def cpu_of(process: psutil.Process) -> float:
    """CPU seconds of the process alone."""
    times = process.cpu_times()
    return float(times.user + times.system)


def measure_bare(daemon: psutil.Process, site: Site, sources: int, seconds: float) -> float:
    """Requests per second of the bare client, in a process of its own, while the daemon stands still."""
    daemon.suspend()
    try:
        command = [sys.executable, "-m", "bench.steady", "--ask", str(site.port), "--sources", str(sources), "--seconds", str(seconds)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout)
    finally:
        daemon.resume()


async def ask_barely(port: int, sources: int, seconds: float) -> float:
    """Conditional requests to the sources that answer 304 or the same body, on connections as new as the daemon's; how many a second."""
    numbers = [number for number in range(sources) if kind_of(number) != "news"]
    asked, started, turn = 0, time.perf_counter(), iter(())
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONCURRENCY, force_close=True)) as session:

        async def ask() -> None:
            nonlocal asked, turn
            while time.perf_counter() - started < seconds:
                number = next(turn, None)
                if number is None:
                    turn = iter(numbers)
                    continue
                async with session.get(f"http://{host(number)}:{port}/feed/{number}", headers={"If-None-Match": '"one"'}) as response:
                    await response.read()
                asked += 1

        await asyncio.gather(*(ask() for _ in range(CONCURRENCY)))
    return asked / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
