"""Nothing that foreign bytes can make long is done on the event loop: each way in gets its worst from a real site, and the loop is watched.

`docs/security.md` states the rule. A new way in for foreign bytes gets its line here.
"""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import brotli
import pytest

from news.sources import PageOutcome
from tests.loop_watch import watch_loop
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import RunningCrawl, crawl_settings

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONGEST_SECONDS = 0.1
MEGABYTE = 1_000_000
LARGE = 9_900_000
"""Just below what may be fetched."""

Attack = Callable[[NewsSite], str]


SETTINGS = crawl_settings(workers=2, worker_time_limit=timedelta(seconds=2), timeout=timedelta(seconds=15))
"""The limits that the program has by default, but for the time that a document may take."""


@pytest.fixture(scope="module")
def crawl() -> Iterator[RunningCrawl]:
    with RunningCrawl(SETTINGS) as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[RunningCrawl]:
    """A crawl that remembers no robots.txt of another test's site."""
    with RunningCrawl(SETTINGS) as running:
        yield running


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


def answer(*lines: bytes, body: bytes = b"", status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join([status, *lines, b"", b""]) + body


def coded(body: bytes, *codings: str) -> Attack:
    return lambda site: site.page("/a", body, headers={"Content-Encoding": ", ".join(codings)})


def raw(*parts: bytes) -> Attack:
    return lambda site: site.answer_raw("/a", *parts)


def robots(text: str, path: str = "/a") -> Attack:
    def attack(site: NewsSite) -> str:
        site.robots(text)
        return site.page(path, article("Un titre"))

    return attack


def redirected(location: bytes, *lines: bytes) -> Attack:
    return raw(answer(b"Location: " + location, *lines, b"Content-Length: 0", status=b"HTTP/1.1 302 Found"))


def nested(times: int) -> bytes:
    body = b"<rss/>"
    for _ in range(times):
        body = gzip.compress(body)
    return body


def empty_blocks(size: int) -> bytes:
    """A gzip body of empty deflate blocks (RFC 1951 §3.2.6): it gives nothing, however long it is."""
    bits = "0100000000" * 8
    unit = bytes(int(bits[start : start + 8][::-1], 2) for start in range(0, len(bits), 8))
    return gzip.compress(b"")[:10] + unit * (size // len(unit))


def bomb_of_windows(size: int) -> bytes:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    return packer.compress(bytes(size)) + packer.flush()


def chunked(chunk: bytes, times: int, trailer: bytes = b"") -> Attack:
    return raw(answer(b"Transfer-Encoding: chunked", body=chunk * times + b"0\r\n" + trailer + b"\r\n"))


AAB = "User-agent: *\n" + "Disallow:/*aab\n" * 34_000
LONG_PATH = "/" + "a" * 4000

ATTACKS: dict[str, Callable[[], Attack]] = {
    "gzip 401 times, one inside the other": lambda: coded(nested(401), *["gzip"] * 401),
    "gzip 5 times around a bomb": lambda: coded(
        gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(bytes(LARGE)))))), *["gzip"] * 5
    ),
    "gzip of 60 MB": lambda: coded(gzip.compress(bytes(60 * MEGABYTE)), "gzip"),
    "gzip of 60 MB, unsaid": lambda: coded(gzip.compress(bytes(60 * MEGABYTE)), "utf-8"),
    "gzip of nothing but empty blocks": lambda: coded(empty_blocks(LARGE), "gzip"),
    "gzip of half a million members": lambda: coded(gzip.compress(b"") * (LARGE // 20), "gzip"),
    "gzip of what does not shrink": lambda: coded(gzip.compress(os.urandom(LARGE), compresslevel=1), "gzip"),
    "br of 60 MB": lambda: coded(brotli.compress(bytes(60 * MEGABYTE), quality=1), "br"),
    "br of what does not shrink": lambda: coded(brotli.compress(os.urandom(LARGE), quality=1), "br"),
    "zstd with a window of 128 MB": lambda: coded(bomb_of_windows(LARGE), "zstd"),
    "ten thousand names of codings": lambda: coded(b"<rss/>", *["x"] * 4000),
    "a head of empty lines' worth of names": lambda: raw(b"HTTP/1.1 200 OK\n" + b"a\n" * 131_000 + b"\n"),
    "a head of colons": lambda: raw(answer(*[b":"] * 87_000)),
    "a head without an end": lambda: raw(b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"y" * 65_000 + b"\r\n"] * 10),
    "a head of one folded line": lambda: raw(answer(b"ETag: x", *[b" y"] * 65_000)),
    "a head of cookies": lambda: raw(answer(*[b"Set-Cookie: " + b"a=b;" * 3000] * 20)),
    "a head of control characters": lambda: raw(answer(*[b"ETag: " + b"\x00\xff\r" * 5000] * 16)),
    "interim answers without an end": lambda: raw(b"HTTP/1.1 103 E\r\n\r\n" * 100_000),
    "answers that nobody asked for": lambda: raw(
        answer(b"Content-Length: 0"), *[b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 6000] * 10
    ),
    "answers behind a body of one byte": lambda: raw(answer(b"Content-Length: 1", body=b"x" + b"HTTP/1.1 200 OK\r\nX:\r\n\r\n" * 10_000)),
    "chunks of one byte": lambda: chunked(b"1\r\nx\r\n", 300_000),
    "chunks with long extensions": lambda: chunked(b"1;" + b"x" * 8000 + b"\r\nx\r\n", 500),
    "trailers without an end": lambda: chunked(b"1\r\nx\r\n", 1, b"a: b\r\n" * 300_000),
    "a large plain body": lambda: raw(
        answer(b"Content-Type: application/rss+xml", body=rss(item("a" * LARGE, "https://a.example/")).encode())
    ),
    "a large body of bytes that fit no charset": lambda: raw(answer(b"Content-Type: text/html; charset=utf-8", body=b"\xff" * LARGE)),
    "entries by the ten thousand": lambda: raw(
        answer(body=rss(*[f"<item><guid>{number}</guid></item>" for number in range(20_000)]).encode())
    ),
    "a charset that takes its time": lambda: raw(answer(b"Content-Type: text/html; charset=punycode", body=b"a-" * (LARGE // 2))),
    "a content type without an end": lambda: raw(answer(b"Content-Type: " + b"text/html;charset=" * 900, body=b"<html>")),
    "a redirect with dots": lambda: redirected(b"/" + b"../" * 2700),
    "a redirect too long": lambda: redirected(b"/" + b"a" * 16_000),
    "a redirect to a long host": lambda: redirected(b"http://" + "é".encode() * 4000 + b"/"),
    "a redirect to a long host in dots": lambda: redirected(b"http://" + b"a." * 4000 + b"example/"),
    "a redirect to a host of the longest length": lambda: redirected("http://{}/".format(".".join(["é" * 30] * 4)).encode()),
    "a redirect to a host full of numbers": lambda: redirected(b"http://" + b"0x." * 80 + b"/"),
    "a redirect with a long user": lambda: redirected(b"http://" + b"@" * 8000 + b"a.example/"),
    "a redirect of bytes": lambda: redirected(b"/" + bytes(range(128, 256)) * 60),
    "a redirect of percent signs": lambda: redirected(b"/?" + b"%" * 8000),
    "a redirect with cookies": lambda: redirected(b"/a", *[b"Set-Cookie: " + b"c=" + b"d" * 4000 + b";" * 10_000] * 20),
    "a wait of many digits": lambda: raw(answer(b"Retry-After: " + b"9" * 16_000, status=b"HTTP/1.1 503 X")),
    "a wait in a date without an end": lambda: raw(answer(b"Retry-After: " + b"Mon, 1 Jan " * 1400, status=b"HTTP/1.1 503 X")),
    "a validator without an end": lambda: raw(answer(b"ETag: " + b"x" * 16_000, b"Last-Modified: " + b"y" * 16_000, body=b"<rss/>")),
}

ROBOTS: dict[str, Callable[[], Attack]] = {
    "that compares for long": lambda: robots(AAB, LONG_PATH),
    "of 10 MB": lambda: robots("Disallow: /*aab$\n" * 600_000),
    "of one group for thousands": lambda: robots("".join(f"User-agent: a{n}\n" for n in range(12_000)) + "Allow: /$\n" * 25_000),
    "just below what is quick": lambda: robots("User-agent: *\n" + "Disallow:/*aab\n" * 1300, "/" + "a" * 400),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_answer_keeps_the_event_loop_from_its_work(crawl: RunningCrawl, site: NewsSite, name: str) -> None:
    longest, _ = attack(crawl, site, ATTACKS[name]())
    assert longest < LONGEST_SECONDS
    with NewsSite() as other:  # the same one may have asked to be left alone for ever
        assert crawl.poll(other.publish_feed("/feed", rss(item("Un titre", "https://a.example/")))).problem is None


@pytest.mark.parametrize("name", ROBOTS)
def test_no_robots_txt_keeps_the_event_loop_from_its_work(fresh: RunningCrawl, site: NewsSite, name: str) -> None:
    longest, fetched = attack(fresh, site, ROBOTS[name]())
    assert longest < LONGEST_SECONDS
    assert site.count("/robots.txt") == 1
    assert fetched.problem is None or fetched.problem.code == "robots"


def test_many_connections_that_do_so_at_once_do_not_either(crawl: RunningCrawl, site: NewsSite) -> None:
    chunked(b"1\r\nx\r\n", 60_000)(site)
    with watch_loop(crawl.loop) as watch:
        for outcome in [crawl.start_poll(site.url("/a")) for _ in range(16)]:
            outcome.result(120)
    assert watch.longest_seconds < LONGEST_SECONDS


def attack(crawl: RunningCrawl, site: NewsSite, prepare: Attack) -> tuple[float, PageOutcome]:
    """The longest time for which the loop was away while a feed and a page were made of the attack, and what came of the page."""
    url = prepare(site)
    crawl.poll(site.publish_feed("/warm-up", rss()))
    with watch_loop(crawl.loop) as watch:
        poll, fetch = crawl.start_poll(url), crawl.start_fetch(url)
        poll.result(60)
        fetched = fetch.result(60)
    return watch.longest_seconds, fetched
