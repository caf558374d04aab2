"""To which addresses a source's secrets may be sent."""

from __future__ import annotations

import pytest

from crawler.credentials import is_own_host, own_cookies
from crawler.settings import RequestSettings


@pytest.mark.parametrize(
    ("origin", "url", "is_own"),
    [
        ("https://a.example/feed", "https://a.example/other?x", True),
        ("https://a.example/feed", "https://A.EXAMPLE:443/", True),
        ("https://a.example/feed", "http://a.example/", False),
        ("http://a.example/feed", "https://a.example/", True),
        ("http://a.example:8080/feed", "https://a.example/", False),
        ("http://a.example/feed", "https://a.example:8443/", False),
        ("http://a.example/feed", "http://a.example:8080/", False),
        ("https://a.example/feed", "https://www.a.example/", False),
        ("https://a.example/feed", "https://a.example.evil.example/", False),
        ("https://a.example/feed", "https://a.example@evil.example/", False),
    ],
)
def test_only_the_same_host_is_a_sources_own(origin: str, url: str, is_own: bool) -> None:
    assert is_own_host(origin, url) is is_own


@pytest.mark.parametrize(("origin", "is_secure"), [("https://a.example/", True), ("http://a.example/", False)])
def test_a_cookie_of_a_source_on_https_is_for_https_alone(origin: str, is_secure: bool) -> None:
    ((key, cookie),) = own_cookies(RequestSettings(origin, cookies=(("a", "b"),))).items()
    assert (key, cookie.pair, cookie.is_secure) == (("a.example", b"a"), b"a=b", is_secure)
