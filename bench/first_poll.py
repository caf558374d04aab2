"""A first poll of 100 feeds with 30 entries each: articles archived per second, beside trafilatura alone on the same pages.

The program polls the feeds, fetches all pages from a site on loopback, extracts, judges, indexes, matches and archives them. The baseline
calls trafilatura on the same pages, from memory, in as many processes as the program has workers, and does nothing else: no network, no
archive, no metadata. It is run as it comes, with trafilatura's defaults, which is what the goal is set against; and with the very options
that the program uses, which are faster, to see what all the rest costs. Rounds alternate.
The ratio of CPU times is what the ratio of speeds would be if all cores were busy and nobody else used them.

Run: python -m bench.first_poll
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Barrier
from pathlib import Path

import trafilatura

from bench.common import Run, make_parser, print_figure, print_load, print_machine, run_program, working_folder, write_config
from bench.pages import make_feed, make_page
from bench.site import Answers, Site, SitePlan, make_answer, running_site

PROCESSES = 2
GOAL = 0.75
SAME_OPTIONS = {"fast": True, "include_comments": False}
"""How `crawler/page_extractor.py` calls trafilatura first."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Articles per second, and what one took of all cores together."""

    per_second: float
    cpu_milliseconds: float


def hosts(feeds: int) -> tuple[str, ...]:
    """A loopback address for each feed."""
    return tuple(f"127.0.1.{number + 1}" for number in range(feeds))


def make_answers(_port: int, first: int, feeds: int, entries: int) -> Answers:
    """The feeds and their pages. Host N serves feed N, at a path of its own, so that one table serves all hosts."""
    answers: Answers = {}
    for feed, host in enumerate(hosts(feeds)):
        base = f"http://{host}:{_port}"
        numbers = list(range(first + feed * entries, first + (feed + 1) * entries))
        answers[f"/feed/{feed}".encode()] = make_answer(make_feed(f"Journal {feed}", base, numbers), "application/rss+xml")
        for number in numbers:
            url = f"{base}/article/{number}"
            answers[f"/article/{number}".encode()] = make_answer(make_page(number, url), "text/html; charset=utf-8")
    return answers


def main() -> None:
    """Poll and run the baselines in turn, then print the rates, and the ratio to each baseline."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    feeds, entries, rounds = (4, 5, 1) if options.quick else (options.feeds, options.entries, options.rounds)
    print_machine("scrapy", "trafilatura", "lxml", "feedparser", "sqlite-utils")
    plan = SitePlan(hosts(feeds), make_answers, (0, feeds, entries))
    with working_folder(options.folder) as folder, running_site(plan) as site:
        measure(folder, site, feeds, entries, rounds)


def measure(folder: Path, site: Site, feeds: int, entries: int, rounds: int) -> None:
    """Alternate the program and the two baselines; print the medians."""
    ours: list[Speed] = []
    same: list[Speed] = []
    defaults: list[Speed] = []
    count = feeds * entries
    for _ in range(rounds):
        same.append(extract_alone(count, SAME_OPTIONS))
        run, site_cpu = poll(folder, site, feeds)
        ours.append(report_run(run, site_cpu, count))
        defaults.append(extract_alone(min(count, 600), {}))
        print_load()
    for name, speeds in (
        ("trafilatura alone, same options, two processes", same),
        ("trafilatura alone, its defaults, two processes", defaults),
        ("quivive poll, everything", ours),
    ):
        print_figure(f"{name}", [speed.per_second for speed in speeds], "articles/s")
        print_figure("    CPU time of all its processes", [speed.cpu_milliseconds for speed in speeds], "ms an article")
    for name, base in (("same options", same), ("defaults", defaults)):
        goal = f"≥ {GOAL}" if base is defaults else ""
        print_figure(f"ratio to the {name}", [mine.per_second / its.per_second for mine, its in zip(ours, base, strict=True)], "", goal)
        ratios = [its.cpu_milliseconds / mine.cpu_milliseconds for mine, its in zip(ours, base, strict=True)]
        print_figure("    by CPU time, the site's included", ratios, "")


def poll(folder: Path, site: Site, feeds: int) -> tuple[Run, float]:
    """A first poll into a new archive, and the site's CPU time for it."""
    config = write_config(folder, [f"http://{host}:{site.port}/feed/{feed}" for feed, host in enumerate(hosts(feeds))])
    before = site.cpu_seconds()
    run = run_program(config, "poll", "--json")
    return run, site.cpu_seconds() - before


def report_run(run: Run, site_cpu: float, count: int) -> Speed:
    """Print where the time went; the clock runs from the start of the poll, without the program's imports; CPU time is all there is."""
    told = run.summary
    if told["articles"]["new"] != count or told["articles"]["failed"]:
        raise SystemExit(f"the poll went wrong: {told}")
    taken = run.footprint
    workers = sum(taken.workers_cpu.values())
    print(
        f"poll      {told['seconds']:.1f} s ({run.seconds:.1f} with start and end); CPU: main {taken.main_cpu:.1f}, workers {workers:.1f}, "
        f"site {site_cpu:.1f} s; per article {1000 * (taken.main_cpu + workers) / count:.1f} ms",
        flush=True,
    )
    return Speed(count / float(told["seconds"]), 1000 * (taken.cpu + site_cpu) / count)


def extract_alone(count: int, options: dict[str, bool]) -> Speed:
    """What trafilatura reaches in two processes, each with its share in memory before the clock starts."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES + 1)
    cpu = context.Array("d", PROCESSES)
    workers = [context.Process(target=_extract, args=(start, count, options, barrier, cpu)) for start in range(PROCESSES)]
    for worker in workers:
        worker.start()
    barrier.wait()
    started = time.perf_counter()
    barrier.wait()
    seconds = time.perf_counter() - started
    for worker in workers:
        worker.join()
    return Speed(count / seconds, 1000 * sum(cpu) / count)


def _extract(start: int, count: int, options: dict[str, bool], barrier: Barrier, cpu: SynchronizedArray[float]) -> None:
    pages = list(_pages(range(start, count, PROCESSES)))
    trafilatura.bare_extraction(pages[0][1], url=pages[0][0], **options)  # what is loaded at first use is no part of it
    barrier.wait()
    began = time.process_time()
    for url, page in pages:
        trafilatura.bare_extraction(page, url=url, **options)
    cpu[start] = time.process_time() - began
    barrier.wait()


def _pages(numbers: range) -> Iterator[tuple[str, bytes]]:
    for number in numbers:
        url = f"http://127.0.1.1/article/{number}"
        yield url, make_page(number, url)


if __name__ == "__main__":
    main()
