"""A daemon that starts when 5,000 sources are due at once: when it has polled the first, and when the last.

All were polled before, each on an address of its own; of a hundred, 98 answer 304 Not Modified or the very bytes of last time, and 2 have
one new item. Times are from starting the process to the moment at which a poll is in the archive, read beside the daemon every 50 ms.

Run: python -m bench.wave
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from bench.common import make_parser, print_figure, print_load, print_machine, run_program, working_folder, write_config
from bench.idle import running_daemon
from bench.site import SitePlan, running_site
from bench.steady import ALL_ADDRESSES, CONCURRENCY, count, host, make_answers

FIRST_GOAL, LAST_GOAL = "< 2", "< 20"
INTERVAL = "2s"
"""Short: by the time that the daemon starts, all are due again."""
LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Wave:
    """Seconds from the start of the process to the first and the last poll of the wave."""

    first: float
    last: float


def main() -> None:
    """Poll all once, then start the daemon on a copy of that archive, as often as asked."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--sources", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sources, rounds = (50, 1) if options.quick else (options.sources, options.rounds)
    print_machine("scrapy", "aiohttp", "apscheduler")
    plan = SitePlan((ALL_ADDRESSES,), make_answers, (sources,))
    with working_folder(options.folder) as folder, running_site(plan) as site:
        urls = [f"http://{host(number)}:{site.port}/feed/{number}" for number in range(sources)]
        config = write_config(
            folder, urls, articles="feed", interval="1h", min_interval=INTERVAL, max_interval="1h", concurrency=CONCURRENCY
        )
        run_program(config, "poll", "--json")
        known = folder / "known.db"
        shutil.move(folder / "archive.db", known)
        config.write_text(config.read_text(encoding="utf-8").replace('"1h"', f'"{INTERVAL}"'), encoding="utf-8")
        waves = [measure(config, known, sources) for _ in range(rounds)]
        print_load()
        print_figure(f"the first of {sources} sources that are due at a start", [wave.first for wave in waves], "s", FIRST_GOAL)
        print_figure("the last of them", [wave.last for wave in waves], "s", LAST_GOAL)


def measure(config: Path, known: Path, sources: int) -> Wave:
    """Start the daemon once on a copy of the archive of which all sources are due."""
    archive = config.with_name("archive.db")
    for old in archive.parent.glob("archive.db*"):
        old.unlink()
    shutil.copy(known, archive)
    before = count(archive, "SELECT max(id) FROM polls")
    started = time.perf_counter()
    with running_daemon(config):
        first = _seconds_until(archive, f"SELECT count(*) FROM polls WHERE id > {before}", 1, started)
        last = _seconds_until(archive, f"SELECT count(DISTINCT source_id) FROM polls WHERE id > {before}", sources, started)
    print(f"wave      first after {first:.2f} s, last after {last:.1f} s", flush=True)
    return Wave(first, last)


def _seconds_until(archive: Path, question: str, wanted: int, started: float) -> float:
    """When so many are there, in seconds since `started`."""
    while count(archive, question) < wanted:
        if time.perf_counter() - started > LONGEST_SECONDS:
            raise SystemExit("the wave did not end")
        time.sleep(0.05)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
