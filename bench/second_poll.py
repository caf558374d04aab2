"""A second poll of 2,000 sources: polls per second, each of them recorded in the archive.

After a first poll, every source is polled again: once all answer 304 Not Modified, once all send the very bytes of last time. Each source
is on a loopback address of its own, so that each poll makes a connection; the site runs in a process of its own on the same machine.
The program is measured from opening the archive to its summary, as `quivive poll --json` tells; starting Python is in the second figure.

Run: python -m bench.second_poll
"""

from __future__ import annotations

from pathlib import Path

from bench.common import Run, make_parser, print_figure, print_load, print_machine, run_program, working_folder, write_config
from bench.pages import make_feed
from bench.site import NOT_MODIFIED, Answers, Site, SitePlan, make_answer, running_site

GOAL = "≥ 500"


def hosts(count: int) -> tuple[str, ...]:
    """As many addresses of the loopback network: to the program each is a host of its own."""
    return tuple(f"127.0.{2 + number // 200}.{1 + number % 200}" for number in range(count))


def make_answers(port: int, sources: int, *, with_etag: bool) -> Answers:
    """Feeds of one entry each, with a validator or without."""
    answers: Answers = {}
    for number, host in enumerate(hosts(sources)):
        path = f"/feed/{number}".encode()
        body = make_feed(f"Journal {number}", f"http://{host}:{port}", [number])
        answers[path] = make_answer(body, "application/rss+xml", *(['ETag: "one"'] if with_etag else []))
        if with_etag:
            answers[b"304 " + path] = NOT_MODIFIED
    return answers


def main() -> None:
    """Poll both kinds of sources a second time, as often as asked, and print the rates."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--sources", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sources, rounds = (20, 1) if options.quick else (options.sources, options.rounds)
    print_machine("scrapy", "aiohttp", "sqlite-utils")
    with working_folder(options.folder) as folder:
        for with_etag, name in ((True, "304 Not Modified"), (False, "200 with the same body")):
            with running_site(SitePlan(hosts(sources), _answers_with_etag if with_etag else _answers_without, (sources,))) as site:
                measure(folder, site, sources, rounds, name)


def _answers_with_etag(port: int, sources: int) -> Answers:
    return make_answers(port, sources, with_etag=True)


def _answers_without(port: int, sources: int) -> Answers:
    return make_answers(port, sources, with_etag=False)


def measure(folder: Path, site: Site, sources: int, rounds: int, name: str) -> None:
    """One first poll, then the measured ones."""
    urls = [f"http://{host}:{site.port}/feed/{number}" for number, host in enumerate(hosts(sources))]
    config = write_config(folder, urls, articles="feed")
    run_program(config, "poll", "--json")
    speeds: list[float] = []
    whole: list[float] = []
    for _ in range(rounds):
        before = site.cpu_seconds()
        run = run_program(config, "poll", "--json")
        check(run, sources)
        speeds.append(sources / float(run.summary["seconds"]))
        whole.append(sources / run.seconds)
        print(
            f"poll      {run.summary['seconds']:.2f} s; CPU: main {run.footprint.main_cpu:.1f}, site {site.cpu_seconds() - before:.1f} s; "
            f"peak {run.footprint.main_peak / 2**20:.0f} MiB",
            flush=True,
        )
    print_load()
    print_figure(f"{name}: polls per second", speeds, "polls/s", GOAL)
    print_figure(f"{name}: with starting and ending the program", whole, "polls/s")


def check(run: Run, sources: int) -> None:
    """Every source was polled, nothing was new, nothing failed."""
    told = run.summary
    if told["sources"] != {"polled": sources, "unchanged": sources, "failed": 0}:
        raise SystemExit(f"the poll went wrong: {told}")


if __name__ == "__main__":
    main()
