"""An honest source beside each attack: how late its alerts are, how many are lost, and how long the daemon takes to end.

For each attack the real daemon watches an honest source, which publishes an item about once a second, and something hostile, slow or
broken beside it: answers that are encoded hundreds of times over, a source of 300 pages of 9 MB of small tags, a robots.txt that is dear
to judge, a channel that refuses with 50,000 deliveries waiting, a mail server that does not answer, 5,000 sources that are due at once.
Measured is from the moment at which an item stands in the honest feed (polled once a second) until a webhook's receiver has its alert; at
the end the daemon gets SIGTERM. The quiet run without any attack is the measure for the others.

All servers are on loopback, in this process or beside it, and share the machine's cores with the daemon.

Run: python -m bench.hostile [NAME…]
"""

from __future__ import annotations

import gzip
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.common import make_parser, percentile, print_load, print_machine
from bench.site import SitePlan, make_answer, running_site
from tests.mailbox import HookSink, Mailbox, closed_port
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, Running, email, source, topic, wait_until, webhook

GOAL_SECONDS = 5.0
GOAL_END_SECONDS = 10.0
_CRAWLER = (
    'interval = "1s"\nmin_interval = "1s"\nmax_interval = "1h"\ndelay_per_host = "0s"\nconcurrency_per_host = 16\n'
    'timeout = "30s"\nallow_addresses = ["127.0.0.0/8"]\n'
)
_PATIENCE = 120.0
_HOSTILE_HOST = "127.0.0.2"


@dataclass
class Scene:
    """What is watched besides the honest source, and what must have happened before the first honest item is published."""

    sources: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    honest_channels: list[str] = field(default_factory=lambda: ["live"])
    is_under_way: Callable[[Home], bool] = lambda _: True


Attack = Callable[["Size"], AbstractContextManager[Scene]]


@dataclass(frozen=True)
class Size:
    """How large the attacks are, and how many honest items there are."""

    items: int = 20
    pages: int = 300
    page_bytes: int = 9_000_000
    waiting: int = 50_000
    sources: int = 5_000
    encodings: int = 401


QUICK = Size(items=2, pages=5, page_bytes=500_000, waiting=200, sources=100, encodings=40)


@contextmanager
def nothing(_: Size) -> Iterator[Scene]:
    """Honest sources alone: what the attacks are compared with."""
    yield Scene()


@contextmanager
def nested_encodings(size: Size) -> Iterator[Scene]:
    """A feed and a robots.txt that are said to be, and a feed that is, encoded many times over."""
    body = b"x" * 200
    for _ in range(min(size.encodings, 60)):
        body = gzip.compress(body)
    with NewsSite(host=_HOSTILE_HOST) as site:
        headers = {"Content-Encoding": ", ".join(["gzip"] * size.encodings), "Content-Type": "application/rss+xml"}
        for number in range(20):
            site.page(f"/feed{number}", body, headers=headers)
        site.page("/robots.txt", body, headers=headers)
        yield Scene([source(site.url(f"/feed{number}")) for number in range(20)], is_under_way=lambda _: site.count("/feed0") > 0)


@contextmanager
def dear_pages(size: Size) -> Iterator[Scene]:
    """A source whose pages are large and made of small tags."""
    piece = "<div><b>a</b><i>b</i></div>"
    page = "<!DOCTYPE html><html><head><title>Page</title></head><body>" + piece * (size.page_bytes // len(piece)) + "</body></html>"
    with NewsSite(host=_HOSTILE_HOST) as site:
        items = [item(f"Page {number}", site.page(f"/page/{number}", page)) for number in range(size.pages)]
        url = site.publish_feed("/feed", rss(*items))
        yield Scene(
            [source(url, articles="page")], is_under_way=lambda _: site.count("/page/0") + site.count(f"/page/{size.pages - 1}") > 0
        )


@contextmanager
def dear_robots(size: Size) -> Iterator[Scene]:
    """A robots.txt of half a megabyte of rules, and long addresses to judge by them."""
    with NewsSite(host=_HOSTILE_HOST) as site:
        site.robots("User-agent: *\n" + "Disallow: /*aab\n" * (512_000 // 16))
        items = [item(f"Page {number}", site.url("/" + "a" * 1_900 + str(number))) for number in range(size.pages)]
        url = site.publish_feed("/feed", rss(*items))
        yield Scene([source(url, articles="page")], is_under_way=lambda _: site.count("/robots.txt") > 0)


@contextmanager
def dead_channel(size: Size) -> Iterator[Scene]:
    """A channel that refuses, with tens of thousands of deliveries waiting for it."""
    names = [f"dead{number}" for number in range(100)]
    with NewsSite(host=_HOSTILE_HOST) as site:
        items = [item(f"La fusée {number}", f"https://hostile.example/{number}") for number in range(max(1, size.waiting // len(names)))]
        url = site.publish_feed("/feed", rss(*items))
        topics = [topic(name, "fusée", ["dead"]) for name in names]

        def waits(home: Home) -> bool:
            done = home.quivive("status", "--json", timeout=_PATIENCE)
            return done.status == 0 and done.json["deliveries"]["pending"] >= len(items) * len(names)

        yield Scene([source(url, articles="feed")], topics, [webhook("dead", f"http://127.0.0.1:{closed_port()}/")], is_under_way=waits)


@contextmanager
def slow_mail(_: Size) -> Iterator[Scene]:
    """A mail server that says nothing after the message, to the same topic as the webhook."""
    with Mailbox() as mailbox:
        mailbox.answer("DATA", "HOLD")
        yield Scene(channels=[email("mail", mailbox.url)], honest_channels=["live", "mail"])
        mailbox.release()


@contextmanager
def many_sources(size: Size) -> Iterator[Scene]:
    """Thousands of sources that are all due at the start, fifty a host."""
    hosts = tuple(f"127.1.{number // 250}.{number % 250 + 1}" for number in range(max(1, size.sources // 50)))
    with running_site(SitePlan(hosts, _small_feeds)) as site:
        urls = [f"http://{host}:{site.port}/feed{number}" for host in hosts for number in range(50)]
        yield Scene([source(url, articles="feed", interval="10m") for url in urls])


def _small_feeds(_: int) -> dict[bytes, bytes]:
    feed = make_answer(rss(item("Rien de neuf", "https://quiet.example/1")).encode(), "application/rss+xml")
    return {f"/feed{number}".encode(): feed for number in range(50)}


ATTACKS: dict[str, Attack] = {
    "nothing": nothing,
    "nested encodings": nested_encodings,
    "dear pages": dear_pages,
    "dear robots.txt": dear_robots,
    "dead channel": dead_channel,
    "slow mail": slow_mail,
    "many sources": many_sources,
}


@dataclass(frozen=True)
class Outcome:
    """Seconds from publication to alert of each honest item that was told; how many were not, or twice; seconds to end after SIGTERM."""

    delays: Sequence[float]
    lost: int
    repeated: int
    ending: float
    status: int

    def describe(self, name: str) -> str:
        """The figures of an attack on one line, with MISSED where a goal is."""
        shares = [percentile(self.delays, share) if self.delays else float("nan") for share in (0.5, 0.95, 1.0)]
        late = "" if shares[1] <= GOAL_SECONDS and not self.lost and self.ending <= GOAL_END_SECONDS else "  MISSED"
        return (
            f"{name:18} alerts after {shares[0]:5.1f} s (median) {shares[1]:5.1f} s (95 %) {shares[2]:5.1f} s (latest), "
            f"{self.lost} lost, {self.repeated} repeated; ended {self.ending:.1f} s after SIGTERM with {self.status}{late}"
        )


def run(attack: Attack, size: Size, folder: Path) -> Outcome:
    """The daemon under an attack, from its start to its end."""
    with ExitStack() as stack:
        honest = stack.enter_context(NewsSite())
        hook = stack.enter_context(HookSink())
        scene = stack.enter_context(attack(size))
        honest.publish_feed("/feed", rss(item("Au début", "https://honest.example/0")))
        home = Home(folder)
        home.configure(
            sources=[source(honest.url("/feed"), "Honnête", articles="feed"), *scene.sources],
            topics=[topic("Ariane", "Ariane", scene.honest_channels), *scene.topics],
            channels=[webhook("live", hook.url), *scene.channels],
            crawler=_CRAWLER,
        )
        with home.start("run", stderr=_log_to(folder)) as daemon:
            wait_until(lambda: honest.count("/feed") > 0, "the first poll of the honest source", _PATIENCE)
            wait_until(lambda: scene.is_under_way(home), "the attack to be under way", 10 * _PATIENCE)
            published = _publish(honest, size.items)
            heard = _listen(hook, size.items)
            ending, status = _end(daemon)
    delays = [heard[title][0] - moment for title, moment in published.items() if title in heard]
    repeated = sum(len(moments) - 1 for moments in heard.values())
    return Outcome(delays, len(published) - len(delays), repeated, ending, status)


def _log_to(folder: Path) -> int:
    return os.open(folder / "daemon.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)


def _publish(honest: NewsSite, count: int) -> dict[str, float]:
    """One item after the other, about a second apart; when each stood in the feed."""
    published: dict[str, float] = {}
    items: list[str] = []
    for number in range(count):
        title = f"Ariane {number}"
        items.insert(0, item(title, f"https://honest.example/ariane/{number}"))
        honest.publish_feed("/feed", rss(*items))
        published[title] = time.time()
        time.sleep(1)
    return published


def _listen(hook: HookSink, count: int) -> dict[str, list[float]]:
    """By title, when its alert was heard; waits until all were, or the patience is at its end."""
    deadline = time.monotonic() + _PATIENCE
    while len({request.json["data"]["article"]["title"] for request in hook.requests}) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    heard: dict[str, list[float]] = {}
    for request in hook.requests:
        heard.setdefault(request.json["data"]["article"]["title"], []).append(request.at)
    return heard


def _end(daemon: Running) -> tuple[float, int]:
    started = time.monotonic()
    daemon.terminate()
    status = daemon.wait(_PATIENCE)
    return time.monotonic() - started, status


def main() -> None:
    """Run the attacks that are asked for, or all."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ATTACKS))
    options = parser.parse_args()
    unknown = set(options.names) - set(ATTACKS)
    if unknown:
        parser.error(f"no such attack: {', '.join(sorted(unknown))}")
    print_machine("scrapy", "aiohttp")
    print(f"goal      95 % of the honest alerts within {GOAL_SECONDS:.0f} s, none lost, ended within {GOAL_END_SECONDS:.0f} s of SIGTERM")
    for name in options.names or ATTACKS:
        with tempfile.TemporaryDirectory(prefix="quivive-bench-") as folder:
            outcome = run(ATTACKS[name], QUICK if options.quick else Size(), Path(folder))
        print(outcome.describe(name), flush=True)
    print_load()


if __name__ == "__main__":
    main()
