"""Answers that browsers read are read, whatever a strict parser thinks of them; and what cannot be read is told in plain words."""

from __future__ import annotations

import asyncio
import gzip
import inspect
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiohttp.base_protocol import BaseProtocol
from aiohttp.client_proto import ResponseHandler

from crawler.tolerant_connections import MOST_INTERIM_ANSWERS, TolerantConnector, TolerantResponseHandler
from news.sources import PollKind, PollOutcome
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import RunningCrawl, crawl_settings

FEED = rss(item("Une ligne de tramway", "https://journal.example/1", "g1")).encode()
LENGTH = b"Content-Length: %d" % len(FEED)
INTERNALS = ("Error", "Exception", "aiohttp", "zlib", "message=", "<GET", "download", "_ssl", "http_parser", "this machine's network")


@pytest.fixture(scope="module")
def crawl() -> Iterator[RunningCrawl]:
    with RunningCrawl(crawl_settings(timeout=timedelta(seconds=5), max_body=2_000_000, workers=1)) as running:
        yield running


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


def answer(*lines: bytes, body: bytes = FEED, status: bytes = b"HTTP/1.1 200 OK", newline: bytes = b"\r\n") -> bytes:
    return newline.join([status, *lines, b"", b""]) + body


def is_read(outcome: PollOutcome) -> bool:
    assert outcome.problem is None, outcome.problem.message
    return outcome.kind is PollKind.PARSED and outcome.feed is not None and len(outcome.feed.entries) == 1


@pytest.mark.parametrize(
    "raw",
    [
        answer(LENGTH, b'Content-Disposition: inline; filename="actualit\xe9s.xml"'),
        answer(LENGTH, b"Set-Cookie: ville=Or\xe9e; Path=/"),
        answer(LENGTH, b"Server: G\xe2teau", b"\xc9t\xe9: oui"),
        answer(LENGTH, b"Content-Type: application/rss+xml; charset=\xe9"),
        answer(LENGTH, b"ETag: \xe9"),
        answer(LENGTH, status=b"HTTP/1.1 200 D\xe9j\xe0 vu"),
        answer(b"Une ligne sans rien", LENGTH),
        answer(b": sans nom", LENGTH),
        answer(b" continue la ligne de statut", LENGTH),
        answer(b"Un nom avec: des blancs", LENGTH),
        answer(b"X-Nul: a\x00b", LENGTH),
        answer(b"X-CR: a\rb", LENGTH),
        answer(LENGTH, LENGTH),
        answer(b"Content-Length: douze"),
        answer(b"Content-Length : %d" % len(FEED)),
        answer(LENGTH, newline=b"\n"),
        answer(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(FEED), FEED)),
        answer(*[b"X-%d: y" % number for number in range(500)], LENGTH),
        answer(b"Content-Security-Policy: " + b"x" * 100_000, LENGTH),
        answer(LENGTH, status=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK"),
        answer(LENGTH, status=b"HTTP/2 200"),
        answer(LENGTH, b"Upgrade: h2,h2c", b"Connection: Upgrade"),
        answer(LENGTH) + b"HTTP/1.1 200 OK\r\n\r\n" * 100,
        answer(b"Content-Encoding: utf-8", LENGTH),
        answer(b"Content-Encoding: gzip", LENGTH),
        answer(body=gzip.compress(FEED)),
        answer(b"Content-Encoding: br", body=gzip.compress(FEED)),
    ],
)
def test_what_browsers_overlook_does_not_cost_the_body(crawl: RunningCrawl, site: NewsSite, raw: bytes) -> None:
    assert is_read(crawl.poll(site.answer_raw("/feed", raw)))


def test_an_answer_may_come_in_many_packets(crawl: RunningCrawl, site: NewsSite) -> None:
    raw = answer(b"Sans deux-points", LENGTH, b"Server: \xe9")
    assert is_read(crawl.poll(site.answer_raw("/feed", *[raw[position : position + 1] for position in range(len(raw))])))


def test_a_page_with_a_header_in_latin_1_is_read(crawl: RunningCrawl, site: NewsSite) -> None:
    page = article("Un phare à vendre").encode()
    outcome = crawl.fetch(site.answer_raw("/a", answer(b"Content-Type: text/html", b"X-Titre: \xe9t\xe9", body=page)))
    assert outcome.page is not None
    assert outcome.page.title == "Un phare à vendre"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "connection"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "not_http"),
        (b"<!doctype html><html></html>", "not_http"),
        (b"HTTP/1.1 abc\r\n\r\n", "not_http"),
        (b"HTTP/1.1 200 OK\r\nX: y", "connection"),
        (answer(b"Content-Length: 3", b"Content-Length: 4"), "not_http"),
        (answer(b"X: " + b"x" * 300_000, LENGTH), "not_http"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * (MOST_INTERIM_ANSWERS + 1) + answer(LENGTH), "not_http"),
        (answer(b"Transfer-Encoding: chunked", body=b"zzz\r\n"), "truncated"),
        (answer(b"Content-Length: 100000"), "truncated"),
        (answer(b"Content-Length: 3000000"), "too_large"),
        (answer(body=b"x" * 2_000_001), "too_large"),
        (answer(body=gzip.compress(FEED)[:-12]), "truncated"),
        (answer(*[b"Content-Encoding: gzip"] * 20, body=gzip.compress(FEED)), "truncated"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "http_101"),
    ],
)
def test_what_cannot_be_read_is_told_without_the_words_of_a_parser(crawl: RunningCrawl, site: NewsSite, raw: bytes, code: str) -> None:
    problem = crawl.poll(site.answer_raw("/feed", raw)).problem
    assert problem is not None
    assert problem.code == code
    assert not [word for word in INTERNALS if word in problem.message], problem.message


def test_a_timeout_is_told_without_the_name_of_an_error(site: NewsSite) -> None:
    with RunningCrawl(crawl_settings(timeout=timedelta(seconds=1), workers=1)) as impatient:
        problem = impatient.poll(site.stall("/feed")).problem
    assert problem is not None
    assert (problem.code, "Error" in problem.message) == ("timeout", False)


def test_a_reset_blames_nobody_in_particular(crawl: RunningCrawl, site: NewsSite) -> None:
    problem = crawl.poll(site.reset("/feed")).problem
    assert problem is not None
    assert not [word for word in INTERNALS if word in problem.message], problem.message


def test_a_connection_is_used_again_after_a_repaired_answer(crawl: RunningCrawl, site: NewsSite) -> None:
    site.page("/feed", FEED, headers={"X-Long": "y" * 50_000})
    assert is_read(crawl.poll(site.url("/feed")))
    assert is_read(crawl.poll(site.url("/feed")))
    assert len({request.peer for request in site.requests}) == 1


def test_a_cookie_that_a_redirect_sets_comes_back_within_that_fetch_only(crawl: RunningCrawl, site: NewsSite) -> None:
    site.gate("/feed", "vu=1", FEED)
    assert is_read(crawl.poll(site.url("/feed")))
    assert [request.headers.get("Cookie") for request in site.requests] == [None, "vu=1"]
    assert is_read(crawl.poll(site.url("/feed")))
    assert [request.headers.get("Cookie") for request in site.requests] == [None, "vu=1", None, "vu=1"]


def test_a_cookie_goes_to_no_other_site(crawl: RunningCrawl, site: NewsSite) -> None:
    with NewsSite(host="localhost") as other:
        site.page("/feed", "", status=302, headers={"Location": other.publish_feed("/feed", FEED), "Set-Cookie": "vu=1"})
        assert is_read(crawl.poll(site.url("/feed")))
        assert "Cookie" not in other.requests[-1].headers


@pytest.mark.parametrize("status", [200, 204, 400, 412, 431])
def test_a_condition_that_is_refused_is_dropped_and_the_feed_read(crawl: RunningCrawl, site: NewsSite, status: int) -> None:
    site.refuse_condition("/feed", FEED, status)
    outcome = crawl.poll(site.url("/feed"), etag='"p"', last_modified="Mon, 10 Feb 2025 09:00:00 GMT")
    assert is_read(outcome)
    assert [("If-None-Match" in request.headers, "If-Modified-Since" in request.headers) for request in site.requests] == [
        (True, True),
        (False, False),
    ]


EARLIER, LATER = "Mon, 10 Feb 2025 09:00:00 GMT", "Mon, 10 Feb 2025 10:00:00 GMT"


@pytest.mark.parametrize(
    ("etag", "last_modified", "said"),
    [
        ('"1"', EARLIER, {"ETag": '"2"', "Last-Modified": EARLIER}),
        ('W/"1"', None, {"ETag": '"2"'}),
        (None, EARLIER, {"ETag": '"2"', "Last-Modified": LATER}),
    ],
)
def test_a_304_that_names_another_version_than_the_one_that_is_known_is_not_believed(
    crawl: RunningCrawl, site: NewsSite, etag: str | None, last_modified: str | None, said: dict[str, str]
) -> None:
    site.refuse_condition("/feed", FEED, 304, said)
    assert is_read(crawl.poll(site.url("/feed"), etag=etag, last_modified=last_modified))
    assert site.count("/feed") == 2


@pytest.mark.parametrize(
    ("etag", "last_modified", "said"),
    [
        ('"1"', EARLIER, {}),
        ('"1-gzip"', None, {"ETag": '"1"'}),
        ('"1"', EARLIER, {"ETag": 'W/"1--gzip"', "Last-Modified": LATER}),
        (None, EARLIER, {"ETag": '"2"', "Last-Modified": EARLIER}),
        (None, EARLIER, {"Last-Modified": "hier"}),
    ],
)
def test_a_304_that_names_the_known_version_however_it_is_packed_is_believed(
    crawl: RunningCrawl, site: NewsSite, etag: str | None, last_modified: str | None, said: dict[str, str]
) -> None:
    site.refuse_condition("/feed", FEED, 304, said)
    outcome = crawl.poll(site.url("/feed"), etag=etag, last_modified=last_modified)
    assert (outcome.kind, site.count("/feed")) == (PollKind.UNCHANGED, 1)


def test_a_412_without_a_condition_is_asked_once(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.page("/feed", "non", status=412), etag='"p"')
    assert outcome.problem is not None
    assert (outcome.problem.code, site.count("/feed")) == ("http_412", 2)


@pytest.mark.parametrize(("status", "advice"), [(404, "withdrawn"), (410, "withdrawn"), (401, 'articles = "feed"')])
def test_a_page_that_is_not_there_is_no_reason_to_remove_the_source(crawl: RunningCrawl, site: NewsSite, status: int, advice: str) -> None:
    problem = crawl.fetch(site.page("/a", "rien", status=status)).problem
    assert problem is not None
    assert advice in problem.message
    assert "remove the source" not in problem.message
    feed_problem = crawl.poll(site.page("/feed", "rien", status=status)).problem
    assert feed_problem is not None
    assert advice not in feed_problem.message


def test_the_parts_of_aiohttp_that_the_connections_take_hold_of_are_still_there() -> None:
    async def make() -> TolerantResponseHandler:
        async with TolerantConnector() as connector:
            protocol = connector._factory()
        assert isinstance(protocol, TolerantResponseHandler)
        return protocol

    protocol = asyncio.run(make())
    assert {"set_response_params", "data_received", "connection_lost", "should_close", "close", "abort"} <= set(vars(ResponseHandler))
    assert {"_pause_reading_for_buffer", "_resume_reading_for_buffer"} <= set(vars(BaseProtocol))
    assert (protocol._reading_paused, protocol._payload, protocol.should_close) == (False, None, False)
    assert "self._payload = payload" in inspect.getsource(ResponseHandler.data_received)


WRITTEN = [
    "/a%2fb%3Fc", "/%7Elise/%41", "/t?a=%2F%3A&b=%27c%27", "/t?q=l'hiver+(a)", "/t?tags[]=1", "/a|b?c={d}", "/a?b=1&",
    "/spip.php?article12",
]  # fmt: skip


@pytest.mark.parametrize("path", WRITTEN)
def test_a_page_is_asked_for_letter_for_letter(crawl: RunningCrawl, site: NewsSite, path: str) -> None:
    site.page(path, article("Une ligne de tramway", *["Le tramway ira jusqu’au port, et reviendra par les quais."] * 3))
    assert crawl.fetch(site.url(path)).page is not None
    assert site.count(path) == 1


@pytest.mark.parametrize("path", WRITTEN)
def test_a_redirect_is_followed_letter_for_letter(crawl: RunningCrawl, site: NewsSite, path: str) -> None:
    site.page(path, article("Une ligne de tramway", *["Le tramway ira jusqu’au port, et reviendra par les quais."] * 3))
    outcome = crawl.fetch(
        site.answer_raw("/ancien", b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + path.encode() + b"\r\n\r\n")
    )
    assert outcome.page is not None
    assert outcome.final_url == site.url(path)
    assert site.count(path) == 1


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/été".encode(), "/%C3%A9t%C3%A9"),
        ("/été".encode("latin-1"), "/%E9t%E9"),
        (b"/a b", "/a%20b"),
        (b"/c/./d/../e", "/c/e"),
        (b"/100%", "/100%25"),
    ],
)
def test_a_redirect_to_what_is_no_address_as_it_stands_is_followed_as_browsers_do(
    crawl: RunningCrawl, site: NewsSite, location: bytes, asked: str
) -> None:
    site.page(asked, article("Une ligne de tramway", *["Le tramway ira jusqu’au port, et reviendra par les quais."] * 3))
    outcome = crawl.fetch(site.answer_raw("/ancien", b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"))
    assert outcome.page is not None
    assert site.count(asked) == 1
