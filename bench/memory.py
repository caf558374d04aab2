"""How much memory the program takes: the main process and each worker, at their peak while they poll.

Two sites on loopback: 100 feeds with 30 pages each over HTTP, and 300 hosts with a feed and 5 pages each over HTTPS, where every connection
has a TLS state of its own. The certificates come from an authority made for the run, which the program trusts through SSL_CERT_FILE as it
would a company's own; nothing is checked less. Peaks of resident memory (RSS, shared libraries included) are sampled ten times a second.

Run: python -m bench.memory
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import trustme

from bench.common import Run, make_parser, print_figure, print_load, print_machine, run_program, working_folder, write_config
from bench.pages import make_feed, make_page
from bench.site import Answers, SitePlan, make_answer, running_site

MEBI = 2**20


def hosts(count: int) -> tuple[str, ...]:
    """As many addresses of the loopback network: to the program each is a host of its own."""
    return tuple(f"127.0.{20 + number // 200}.{1 + number % 200}" for number in range(count))


def make_answers(port: int, scheme: str, count: int, entries: int) -> Answers:
    """A feed and its pages for each host."""
    answers: Answers = {}
    for feed, host in enumerate(hosts(count)):
        base = f"{scheme}://{host}:{port}"
        numbers = list(range(feed * entries, (feed + 1) * entries))
        answers[f"/feed/{feed}".encode()] = make_answer(make_feed(f"Journal {feed}", base, numbers), "application/rss+xml")
        for number in numbers:
            page = make_page(number, f"{base}/article/{number}")
            answers[f"/article/{number}".encode()] = make_answer(page, "text/html; charset=utf-8")
    return answers


def main() -> None:
    """Poll both sites as often as asked, each time into a new archive, and print the peaks."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    http, https, rounds = ((3, 4), (3, 2), 1) if options.quick else ((100, 30), (300, 5), options.rounds)
    print_machine("scrapy", "aiohttp", "trafilatura")
    with working_folder(options.folder) as folder:
        report(f"HTTP, {http[0]} feeds × {http[1]} pages", poll_http(folder, *http, rounds=rounds), 250)
        report(f"HTTPS, {https[0]} hosts × {https[1]} pages", poll_https(folder, *https, rounds=rounds), 450)
    print_load()


def poll_http(folder: Path, feeds: int, entries: int, *, rounds: int) -> list[Run]:
    """First polls of feeds with many pages each, from new archives, over HTTP."""
    with running_site(SitePlan(hosts(feeds), make_answers, ("http", feeds, entries))) as site:
        urls = [f"http://{host}:{site.port}/feed/{feed}" for feed, host in enumerate(hosts(feeds))]
        return [poll(folder, urls, feeds * entries) for _ in range(rounds)]


def poll_https(folder: Path, feeds: int, entries: int, *, rounds: int) -> list[Run]:
    """First polls of many hosts with few pages each, from new archives: every connection has a TLS state."""
    authority, chain = folder / "authority.pem", folder / "chain.pem"
    maker = trustme.CA()
    maker.cert_pem.write_to_path(authority)
    maker.issue_cert(*hosts(feeds)).private_key_and_cert_chain_pem.write_to_path(chain)
    with running_site(SitePlan(hosts(feeds), make_answers, ("https", feeds, entries), certificate=str(chain))) as site:
        urls = [f"https://{host}:{site.port}/feed/{feed}" for feed, host in enumerate(hosts(feeds))]
        again = partial(poll, folder, urls, feeds * entries, SSL_CERT_FILE=str(authority))
        return [again() for _ in range(rounds)]


def poll(folder: Path, urls: Sequence[str], articles: int, **variables: str) -> Run:
    """A first poll into a new archive."""
    run = run_program(write_config(folder, urls), "poll", "--json", **variables)
    if run.summary["articles"]["new"] != articles:
        raise SystemExit(f"the poll went wrong: {run.output}")
    return run


def report(name: str, runs: Sequence[Run], main_goal: int) -> None:
    """Print the peaks of the main process and of the largest worker beside their goals."""
    print_figure(f"{name}: main process, peak", [run.footprint.main_peak / MEBI for run in runs], "MiB", f"< {main_goal} MB")
    print_figure(f"{name}: largest worker, peak", [run.footprint.worker_peak / MEBI for run in runs], "MiB", "< 200 MB")
    print_figure(f"{name}: it took", [float(run.summary["seconds"]) for run in runs], "s")


if __name__ == "__main__":
    main()
