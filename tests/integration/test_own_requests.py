"""A source may be asked in a way of its own; what is secret of it goes to its own host and to no other."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from crawler import RequestSettings
from news.sources import PollKind, PollOutcome
from tests.news_site import NewsSite, article, item, rss
from tests.processes import story
from tests.proxy import Proxy
from tests.running_crawl import RunningCrawl, crawl_settings

FEED = rss(item("Un", "https://journal.example/1", "g1"))
SECRETS = ("X-Key", "Cookie", "Authorization")


class _ForAll(dict[int, RequestSettings]):
    """The settings of whichever source is asked, since tests number theirs as they come."""

    now: RequestSettings | None = None

    def get(self, _number: int, _default: Any = None) -> Any:
        return self.now


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def own() -> _ForAll:
    return _ForAll()


@pytest.fixture(scope="module")
def crawl(own: _ForAll, ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCrawl]:
    pem: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(pem))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(pem))  # where OpenSSL looks for whom to trust
        with RunningCrawl(crawl_settings(requests=own)) as running:
            yield running


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture
def other() -> Iterator[NewsSite]:
    with NewsSite(host="127.0.0.2") as running:
        yield running


def settings(origin: str, **changes: Any) -> RequestSettings:
    return RequestSettings(
        origin, headers=(("X-Key", "k3y"),), cookies=(("session", "s3ssion"),), username="rédac", password="w0rd", **changes
    )


def secrets_of(site: NewsSite, path: str) -> dict[str, str]:
    """Which of the secrets the last request for that path carried."""
    request = [one for one in site.requests if one.path == path][-1]
    return {name: request.headers[name] for name in SECRETS if name in request.headers}


def test_headers_cookies_and_password_are_sent_to_the_sources_own_host(crawl: RunningCrawl, own: _ForAll, site: NewsSite) -> None:
    url = site.publish_feed("/feed", FEED)
    own.now = settings(url, user_agent="Mozilla/5.0 (quivive)")
    assert crawl.poll(url).kind is PollKind.PARSED
    assert secrets_of(site, "/feed") == {"X-Key": "k3y", "Cookie": "session=s3ssion", "Authorization": "Basic csOpZGFjOncwcmQ="}
    assert site.requests[-1].headers["User-Agent"] == "Mozilla/5.0 (quivive)"


def test_its_pages_on_the_same_host_get_them_too_and_robots_does_not(crawl: RunningCrawl, own: _ForAll, site: NewsSite) -> None:
    own.now = settings(site.url("/feed"))
    assert crawl.fetch(site.page("/a", article("Un", story("Un")))).problem is None
    assert len(secrets_of(site, "/a")) == 3
    assert secrets_of(site, "/robots.txt") == {}


def test_a_redirect_to_another_host_or_port_and_back_takes_them_off_and_puts_them_on(
    crawl: RunningCrawl, own: _ForAll, site: NewsSite, other: NewsSite
) -> None:
    site.publish_feed("/back", FEED)
    other.redirect("/away", site.url("/back"))
    url = site.redirect("/feed", other.url("/away"))
    own.now = settings(url)
    assert crawl.poll(url).kind is PollKind.PARSED
    assert len(secrets_of(site, "/feed")) == 3
    assert secrets_of(other, "/away") == {}
    assert len(secrets_of(site, "/back")) == 3


def test_pages_on_another_host_never_get_them(crawl: RunningCrawl, own: _ForAll, site: NewsSite, other: NewsSite) -> None:
    own.now = settings(site.url("/feed"))
    crawl.fetch(other.page("/a", article("Un", story("Un"))))
    assert secrets_of(other, "/a") == {}


def test_another_port_of_the_host_is_another_site(crawl: RunningCrawl, own: _ForAll, site: NewsSite) -> None:
    with NewsSite() as neighbour:
        own.now = settings(site.url("/feed"))
        crawl.poll(neighbour.publish_feed("/feed", FEED))
        assert "Authorization" not in secrets_of(neighbour, "/feed")
        assert "X-Key" not in secrets_of(neighbour, "/feed")


@pytest.mark.parametrize("password", [None, "user:word"])
def test_a_source_is_fetched_through_its_proxy_whose_address_needs_no_leave(
    crawl: RunningCrawl, own: _ForAll, site: NewsSite, password: str | None
) -> None:
    site.publish_feed("/feed", FEED)
    with Proxy(site.port, password) as proxy:
        own.now = RequestSettings("http://journal.example/feed", proxy=proxy.url)
        outcome = crawl.poll("http://journal.example/feed")
    assert (outcome.kind, outcome.problem) == (PollKind.PARSED, None)
    assert proxy.heads[0].startswith("GET http://journal.example/feed HTTP/1.1")


def test_a_page_and_the_robots_txt_that_it_waits_for_go_through_the_proxy(crawl: RunningCrawl, own: _ForAll, site: NewsSite) -> None:
    site.page("/a", article("Un", story("Un")))
    site.robots("User-agent: *\nDisallow: /b")
    with Proxy(site.port) as proxy:
        own.now = RequestSettings("http://journal.example/feed", proxy=proxy.url)
        assert crawl.fetch("http://journal.example/a").problem is None
        refused = crawl.fetch("http://journal.example/b")
    assert refused.problem is not None
    assert refused.problem.code == "robots"
    assert proxy.heads[0].startswith("GET http://journal.example/robots.txt ")
    assert (site.count("/a"), site.count("/b")) == (1, 0)


def test_https_goes_through_a_tunnel_and_the_sites_certificate_is_checked(crawl: RunningCrawl, own: _ForAll, ca: trustme.CA) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("journal.example").configure_cert(context)
    with NewsSite(tls=context) as site, Proxy(site.port, password="user:word") as proxy:
        site.publish_feed("/feed", FEED)
        own.now = RequestSettings("https://journal.example/feed", proxy=proxy.url, headers=(("X-Key", "k3y"),))
        outcome = crawl.poll("https://journal.example/feed")
        assert (outcome.kind, outcome.problem) == (PollKind.PARSED, None)
        assert secrets_of(site, "/feed") == {"X-Key": "k3y"}
        assert proxy.heads[0].startswith("CONNECT journal.example:443 ")
        assert "k3y" not in proxy.heads[0]
        wrong = crawl.poll("https://other.example/feed")
        assert wrong.problem is not None
        assert wrong.problem.code == "tls"


def test_special_addresses_are_refused_before_a_proxy_is_asked(crawl: RunningCrawl, own: _ForAll, site: NewsSite) -> None:
    with Proxy(site.port) as proxy:
        own.now = RequestSettings("http://journal.example/feed", proxy=proxy.url)
        outcome = crawl.poll("http://169.254.169.254/latest")
    assert outcome.problem is not None
    assert outcome.problem.code == "forbidden_address"
    assert proxy.heads == []


def failed_with(outcome: PollOutcome, *secrets: str) -> str:
    assert outcome.problem is not None
    for secret in secrets:
        assert secret not in outcome.problem.message
    return outcome.problem.code


def test_a_proxy_that_cannot_be_used_is_told_without_its_password(crawl: RunningCrawl, own: _ForAll, site: NewsSite) -> None:
    with Proxy(site.port, password="user:s3cret") as proxy:
        own.now = RequestSettings("https://journal.example/feed", proxy=proxy.url.replace("s3cret", "wr0ng"))
        assert failed_with(crawl.poll("https://journal.example/feed"), "wr0ng") == "proxy"
        own.now = RequestSettings("http://journal.example/feed", proxy=proxy.url.replace("s3cret", "wr0ng"))
        assert failed_with(crawl.poll("http://journal.example/feed"), "wr0ng") == "http_407"
        own.now = RequestSettings("http://journal.example/feed", proxy=proxy.url)
        address = proxy.url
    own.now = RequestSettings("http://journal.example/feed", proxy=address)
    assert failed_with(crawl.poll("http://journal.example/feed"), "s3cret") == "proxy"


def test_nothing_secret_is_in_what_the_settings_show_of_themselves() -> None:
    shown = repr(settings("https://journal.example/", proxy="http://u:p4ss@proxy.example"))
    for secret in ("k3y", "s3ssion", "w0rd", "rédac", "p4ss"):
        assert secret not in shown
