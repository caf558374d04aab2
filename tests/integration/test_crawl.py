"""What a crawl says about well-behaved and misbehaving sites, each met on loopback."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import trustme

from crawler.problems import PROBLEMS
from news.sources import PollKind
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import RunningCrawl, crawl_settings

FEED = rss(item("L’OTAN et OpenAI", "https://journal.example/1", "g1"), item("Deux", "https://journal.example/2", "g2"))


@pytest.fixture(scope="module")
def crawl() -> Iterator[RunningCrawl]:
    """One crawl for all tests here: it must survive everything they do to it."""
    settings = crawl_settings(timeout=timedelta(seconds=3), max_body=2_000_000, concurrency=8, worker_time_limit=timedelta(seconds=15))
    with RunningCrawl(settings) as running:
        yield running


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_feed_gives_its_entries_and_the_validators_that_vouch_for_them(crawl: RunningCrawl, site: NewsSite) -> None:
    url = site.publish_feed("/feed", FEED, etag='W/"1"', last_modified="Mon, 10 Feb 2025 09:00:00 GMT")
    outcome = crawl.poll(url)
    assert (outcome.kind, outcome.http_status, outcome.problem, outcome.final_url) == (PollKind.PARSED, 200, None, None)
    assert outcome.feed is not None
    assert [(entry.guid, entry.title) for entry in outcome.feed.entries] == [("g1", "L’OTAN et OpenAI"), ("g2", "Deux")]
    assert outcome.feed.entries[0].published_at == datetime(2025, 2, 10, 9, 0, tzinfo=UTC)
    assert (outcome.etag, outcome.last_modified) == ('W/"1"', "Mon, 10 Feb 2025 09:00:00 GMT")
    assert outcome.body_hash == hashlib.sha256(FEED.encode()).hexdigest()
    assert outcome.body_bytes == len(FEED.encode())


def test_a_known_feed_is_asked_for_conditionally_and_a_304_keeps_its_validators(crawl: RunningCrawl, site: NewsSite) -> None:
    url = site.publish_feed("/feed", FEED, etag='W/"é?"'.replace("é", "e"))
    outcome = crawl.poll(url, etag='W/"e?"', last_modified="Mon, 10 Feb 2025 09:00:00 GMT", body_hash="h")
    assert (outcome.kind, outcome.http_status, outcome.feed) == (PollKind.UNCHANGED, 304, None)
    assert (outcome.etag, outcome.last_modified, outcome.body_hash) == ('W/"e?"', "Mon, 10 Feb 2025 09:00:00 GMT", "h")
    assert site.requests[-1].headers["If-None-Match"] == 'W/"e?"'
    assert site.requests[-1].headers["If-Modified-Since"] == "Mon, 10 Feb 2025 09:00:00 GMT"


def test_the_same_body_as_last_time_is_not_read_again(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.publish_feed("/feed", FEED, etag='"2"'), body_hash=hashlib.sha256(FEED.encode()).hexdigest())
    assert (outcome.kind, outcome.feed, outcome.etag) == (PollKind.SAME_BODY, None, '"2"')


def test_every_request_says_who_asks_and_sends_no_cookie_or_referer(crawl: RunningCrawl, site: NewsSite) -> None:
    site.page("/feed", FEED, headers={"Set-Cookie": "a=b", "Content-Type": "application/rss+xml"})
    crawl.poll(site.url("/feed"))
    crawl.poll(site.url("/feed"))
    headers = site.requests[-1].headers
    assert headers["User-Agent"] == "quivive-test/1.0 (+https://journal.example/bot)"
    assert "Cookie" not in headers
    assert "Referer" not in headers


def test_a_feed_is_fetched_whatever_robots_txt_says(crawl: RunningCrawl, site: NewsSite) -> None:
    site.robots("User-agent: *\nDisallow: /")
    assert crawl.poll(site.publish_feed("/feed", FEED)).kind is PollKind.PARSED
    assert site.count("/robots.txt") == 0


def test_redirects_are_followed_and_their_end_is_told(crawl: RunningCrawl, site: NewsSite) -> None:
    url = site.publish_feed("/new/feed", FEED)
    site.redirect("/middle", "feed", status=307)
    site.redirect("/new/middle", "feed", status=307)
    outcome = crawl.poll(site.redirect("/old", "/new/middle", status=301))
    assert (outcome.kind, outcome.final_url) == (PollKind.PARSED, url)


@pytest.mark.parametrize("written", ["\\new\\feed", "\\\\{address}\\new/feed", "http:\\\\{address}\\new\\feed"])
def test_a_redirect_may_be_written_as_windows_writes_paths(crawl: RunningCrawl, site: NewsSite, written: str) -> None:
    url = site.publish_feed("/new/feed", FEED)
    target = written.replace("{address}", site.url("/").split("/")[2])
    outcome = crawl.poll(site.redirect("/old", target))
    assert (outcome.kind, outcome.final_url) == (PollKind.PARSED, url)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_compressed_feeds_are_read(crawl: RunningCrawl, site: NewsSite, encoding: str) -> None:
    site.page("/feed", compress(encoding, FEED.encode()), headers={"Content-Encoding": encoding, "Content-Type": "application/rss+xml"})
    outcome = crawl.poll(site.url("/feed"))
    assert outcome.kind is PollKind.PARSED
    assert outcome.body_hash == hashlib.sha256(FEED.encode()).hexdigest()
    assert encoding in site.requests[-1].headers["Accept-Encoding"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_feed_that_was_cut_is_no_shorter_feed(crawl: RunningCrawl, site: NewsSite, encoding: str) -> None:
    cut = compress(encoding, FEED.encode())[:-20]
    site.page("/feed", cut, headers={"Content-Encoding": encoding, "Content-Type": "application/rss+xml"})
    outcome = crawl.poll(site.url("/feed"))
    assert outcome.kind is PollKind.FAILED
    assert code(outcome) == "truncated"


def compress(encoding: str, body: bytes) -> bytes:
    import gzip
    import sys
    import zlib

    import brotli

    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    compressors = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}
    packed: bytes = compressors[encoding](body)
    return packed


def code(outcome: object) -> str | None:
    problem = getattr(outcome, "problem", None)
    return problem.code if problem else None


def test_a_feed_that_ends_in_the_middle_gives_what_it_has_and_vouches_for_nothing(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.publish_feed("/feed", FEED[: FEED.index("Deux")], etag='"1"'))
    assert outcome.kind is PollKind.PARSED
    assert outcome.feed is not None
    assert outcome.feed.entries[0].guid == "g1"
    assert code(outcome) == "malformed"
    assert (outcome.etag, outcome.last_modified, outcome.body_hash) == (None, None, None)


def test_a_feed_shorter_than_its_content_length_failed(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.truncate("/feed", FEED))
    assert (outcome.kind, code(outcome), outcome.body_hash) == (PollKind.FAILED, "truncated", None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (article("Une page"), "not_a_feed"),
        ("Erreur de connexion à la base", "not_a_feed"),
        ("", "empty"),
        ("  \n", "empty"),
        (b"%PDF-1.4 x", "not_a_feed"),
    ],
)
def test_what_is_no_feed_fails_by_name(crawl: RunningCrawl, site: NewsSite, body: str | bytes, expected: str) -> None:
    outcome = crawl.poll(site.publish_feed("/feed", body))
    assert (outcome.kind, code(outcome)) == (PollKind.FAILED, expected)


def test_a_wrongly_labelled_feed_is_read_as_it_is_written(crawl: RunningCrawl, site: NewsSite) -> None:
    utf8 = FEED.replace('encoding="utf-8"', 'encoding="iso-8859-1"').encode()
    outcome = crawl.poll(site.publish_feed("/feed", utf8, content_type="application/rss+xml; charset=iso-8859-1"))
    assert outcome.feed is not None
    assert outcome.feed.entries[0].title == "L’OTAN et OpenAI"


def test_an_entity_bomb_is_harmless(crawl: RunningCrawl, site: NewsSite) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]>' + FEED.partition("?>")[2].replace("Deux", "&l11;")
    outcome = crawl.poll(site.publish_feed("/feed", bomb))
    assert outcome.feed is not None
    assert len(outcome.feed.entries) == 2
    assert sum(len(entry.title or "") for entry in outcome.feed.entries) < 100


@pytest.mark.parametrize("fault", ["endless", "large", "bomb", "announced"])
def test_a_body_beyond_the_limit_is_given_up(crawl: RunningCrawl, site: NewsSite, fault: str) -> None:
    urls = {
        "endless": lambda: site.endless("/feed"),
        "large": lambda: site.publish_feed("/feed", rss(item("x" * 50_000_000, "https://journal.example/1"))),
        "bomb": lambda: site.bomb("/feed", 50_000_000),
        "announced": lambda: site.publish_feed("/feed", b"x" * 2_000_001),
    }
    outcome = crawl.poll(urls[fault]())
    assert (outcome.kind, code(outcome)) == (PollKind.FAILED, "too_large")


@pytest.mark.parametrize("fault", ["stall", "trickle"])
def test_a_feed_that_takes_too_long_is_given_up(crawl: RunningCrawl, site: NewsSite, fault: str) -> None:
    outcome = crawl.poll(getattr(site, fault)("/feed"))
    assert (outcome.kind, code(outcome)) == (PollKind.FAILED, "timeout")


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418, 500, 502, 503, 204, 999])
def test_a_status_that_is_no_success_is_the_problem(crawl: RunningCrawl, site: NewsSite, status: int) -> None:
    outcome = crawl.poll(site.page("/feed", "" if status == 204 else "Erreur", status=status))
    expected = "empty" if status == 204 else f"http_{status}"
    assert (outcome.kind, outcome.http_status, code(outcome)) == (PollKind.FAILED, status, expected)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 10 Feb 2025 12:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 10 Feb 2025 11:00:00 GMT", None),
        ("bientôt", None),
    ],
)
def test_retry_after_is_told_in_seconds_or_as_a_date(crawl: RunningCrawl, site: NewsSite, header: str, expected: timedelta | None) -> None:
    outcome = crawl.poll(site.page("/feed", "trop", status=429, headers={"Retry-After": header}))
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.problem.retry_after) == ("http_429", expected)


def test_a_host_that_does_not_exist_is_a_dns_problem(crawl: RunningCrawl) -> None:
    assert code(crawl.poll("http://journal.invalid/feed")) == "dns"
    assert code(crawl.fetch("http://journal.invalid/article")) == "dns"


def test_a_closed_port_is_a_refusal(crawl: RunningCrawl) -> None:
    url = f"http://127.0.0.1:{unused_port()}/feed"
    assert code(crawl.poll(url)) == "refused"
    assert code(crawl.fetch(url)) == "refused"


def test_an_untrusted_certificate_is_a_tls_problem(crawl: RunningCrawl) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with NewsSite(tls=context) as site:
        outcome = crawl.poll(site.publish_feed("/feed", FEED))
    assert (outcome.kind, code(outcome)) == (PollKind.FAILED, "tls")


def test_https_on_a_plain_port_is_a_tls_problem(crawl: RunningCrawl, site: NewsSite) -> None:
    assert code(crawl.poll(site.url("/feed").replace("http:", "https:"))) == "tls"


def test_a_connection_that_is_reset_is_a_connection_problem(crawl: RunningCrawl, site: NewsSite) -> None:
    assert code(crawl.poll(site.reset("/feed"))) == "connection"


def test_a_redirect_loop_is_given_up(crawl: RunningCrawl, site: NewsSite) -> None:
    assert code(crawl.poll(site.redirect("/feed", "/feed"))) == "redirect_loop"
    assert site.count("/feed") == 11


@pytest.mark.parametrize("url", ["journal.example/feed", "ftp://journal.example/feed", "http://", "http://[::1/feed", "file:///etc/passwd"])
def test_what_is_no_web_address_is_an_unsupported_url(crawl: RunningCrawl, url: str) -> None:
    assert code(crawl.poll(url)) == "unsupported_url"
    assert code(crawl.fetch(url)) == "unsupported_url"


@pytest.mark.parametrize("target", ["ftp://journal.example/feed", "file:///etc/passwd", "http://[bad/"])
def test_a_redirect_to_what_is_no_web_address_is_an_unsupported_url(crawl: RunningCrawl, site: NewsSite, target: str) -> None:
    assert code(crawl.poll(site.redirect("/feed", target))) == "unsupported_url"


@pytest.fixture(scope="module")
def guarded() -> Iterator[RunningCrawl]:
    """A crawl that may reach 127.0.0.1 and nothing else that is special."""
    with RunningCrawl(crawl_settings(allow_addresses=(ip_network("127.0.0.1/32"),))) as running:
        yield running


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "10.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "0x7f.2",
        "2130706434",
        "127.2",
        "127.0.0.2.",
        "169.254.169.254",
        "[64:ff9b::a00:1]",
    ],
)
def test_special_addresses_are_refused_however_they_are_written(guarded: RunningCrawl, host: str) -> None:
    assert code(guarded.poll(f"http://{host}/feed")) == "forbidden_address"
    assert code(guarded.fetch(f"http://{host}/a")) == "forbidden_address"


def test_a_redirect_to_a_special_address_is_refused(guarded: RunningCrawl, site: NewsSite) -> None:
    with NewsSite() as inner:
        target = inner.publish_feed("/feed", FEED).replace("127.0.0.1", "127.0.0.2")
        assert code(guarded.poll(site.redirect("/feed", target))) == "forbidden_address"
        assert code(guarded.fetch(site.redirect("/a", target))) == "forbidden_address"
        assert inner.requests == []


def test_a_robots_txt_that_redirects_to_a_special_address_is_not_followed(guarded: RunningCrawl, site: NewsSite) -> None:
    site.redirect("/robots.txt", "http://10.0.0.1/robots.txt")
    assert code(guarded.fetch(site.page("/a", article("A")))) in {"forbidden_address", "robots"}
    assert site.count("/a") == 0


def test_a_page_gives_its_article(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.fetch(site.page("/a", article("L’OTAN choisit OpenAI")))
    assert (outcome.problem, outcome.http_status, outcome.final_url) == (None, 200, None)
    assert outcome.page is not None
    assert outcome.page.title == "L’OTAN choisit OpenAI"
    assert outcome.page.text.startswith("Paragraphe 0 : la rédaction")
    assert "Menu" not in outcome.page.text
    assert outcome.page.language == "fr"


def test_a_page_behind_a_redirect_tells_where_it_is(crawl: RunningCrawl, site: NewsSite) -> None:
    url = site.page("/new", article("Un titre"))
    assert crawl.fetch(site.redirect("/old", "/new", status=308)).final_url == url


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"%PDF-1.7 \x00\x01", {"Content-Type": "application/pdf"}, "not_html"),
        (b"%PDF-1.7 \x00\x01", {}, "not_html"),
        (b"\x89PNG\r\n", {"Content-Type": "image/png"}, "not_html"),
        (b"\x00\x01\x02" * 50, {"Content-Type": "application/octet-stream"}, "not_html"),
        (b"", {}, "empty"),
        (b"<html><body></body></html>", {}, "no_text"),
        (b"<!-- -->", {}, "no_text"),
    ],
)
def test_a_page_without_an_article_says_why(
    crawl: RunningCrawl, site: NewsSite, body: bytes, headers: dict[str, str], expected: str
) -> None:
    outcome = crawl.fetch(site.page("/a", body, headers=headers))
    assert (outcome.page, code(outcome)) == (None, expected)


def test_a_200_that_is_an_error_message_is_given_on_as_the_little_text_it_is(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.fetch(site.page("/a", "<html><body><h1>Erreur</h1><p>La base de données ne répond pas.</p></body></html>"))
    assert outcome.page is None or len(outcome.page.text) < 100


@pytest.mark.parametrize(
    ("fault", "expected"), [("stall", "timeout"), ("endless", "too_large"), ("reset", "connection"), ("truncate", "truncated")]
)
def test_a_page_that_fails_says_how(crawl: RunningCrawl, site: NewsSite, fault: str, expected: str) -> None:
    url = site.truncate("/a", article("A"), "text/html") if fault == "truncate" else getattr(site, fault)("/a")
    assert code(crawl.fetch(url)) == expected


@pytest.mark.parametrize("status", [403, 404, 410, 429, 500])
def test_a_page_with_an_error_status_has_no_text(crawl: RunningCrawl, site: NewsSite, status: int) -> None:
    outcome = crawl.fetch(site.page("/a", article("Erreur"), status=status, headers={"Retry-After": "60"}))
    assert (outcome.page, outcome.http_status, code(outcome)) == (None, status, f"http_{status}")
    assert outcome.problem is not None
    assert outcome.problem.retry_after == timedelta(seconds=60)


@pytest.fixture
def fresh() -> Iterator[RunningCrawl]:
    """A crawl that remembers no robots.txt: ports come again, and with them what was remembered of another test's site."""
    with RunningCrawl(crawl_settings(workers=1)) as running:
        yield running


def test_robots_txt_decides_about_pages_and_is_asked_once(fresh: RunningCrawl, site: NewsSite) -> None:
    site.robots("User-agent: *\nDisallow: /private\nAllow: /private/public")
    for path in ("/private/a", "/private/public/a", "/a"):
        site.page(path, article("A"))
    codes = [code(fresh.fetch(site.url(path))) for path in ("/private/a", "/private/public/a", "/a")]
    assert codes == ["robots", None, None]
    assert (site.count("/robots.txt"), site.count("/private/a")) == (1, 0)


def test_robots_txt_also_decides_about_where_a_redirect_leads(fresh: RunningCrawl, site: NewsSite) -> None:
    with NewsSite() as other:
        other.robots("User-agent: quivive-test\nDisallow: /")
        assert code(fresh.fetch(site.redirect("/a", other.page("/a", article("A"))))) == "robots"
        assert other.count("/a") == 0


@pytest.mark.parametrize(("status", "expected"), [(404, None), (403, None), (500, "robots"), (503, "robots")])
def test_a_missing_robots_txt_allows_and_a_failing_one_does_not(
    fresh: RunningCrawl, site: NewsSite, status: int, expected: str | None
) -> None:
    site.robots("User-agent: *\nDisallow: /", status=status)
    outcome = fresh.fetch(site.page("/a", article("A")))
    assert code(outcome) == expected
    assert outcome.problem is None or f"http_{status}" in outcome.problem.message


def test_robots_txt_may_redirect_and_endless_redirects_allow(fresh: RunningCrawl, site: NewsSite) -> None:
    site.redirect("/robots.txt", "/robots.txt")
    assert code(fresh.fetch(site.page("/a", article("A")))) is None
    assert site.count("/robots.txt") == 6


def test_robots_txt_can_be_disobeyed_by_configuration(site: NewsSite) -> None:
    site.robots("User-agent: *\nDisallow: /")
    with RunningCrawl(crawl_settings(obey_robots=False)) as disobedient:
        assert code(disobedient.fetch(site.page("/a", article("A")))) is None
    assert site.count("/robots.txt") == 0


def test_no_fault_stops_the_others(crawl: RunningCrawl, site: NewsSite) -> None:
    faulty = [
        crawl.start_poll(url)
        for url in (
            site.stall("/stall"),
            site.trickle("/trickle"),
            site.endless("/endless"),
            site.reset("/reset"),
            "http://journal.invalid/",
        )
    ]
    good = [crawl.start_poll(site.publish_feed(f"/feed{number}", FEED)) for number in range(20)]
    assert {future.result(40).kind for future in good} == {PollKind.PARSED}
    assert {future.result(40).kind for future in faulty} == {PollKind.FAILED}


def test_every_message_tells_what_to_do(crawl: RunningCrawl, site: NewsSite) -> None:
    problem = crawl.poll(site.url("/nothing")).problem
    assert problem is not None
    assert PROBLEMS["http_404"].advice in problem.message
