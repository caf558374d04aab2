"""Cookies within one fetch."""

from __future__ import annotations

import pytest

from crawler.cookies import MOST_COOKIE_BYTES, MOST_COOKIES, kept_cookies, matching_cookies

SITE = "https://www.journal.example/feed"


@pytest.mark.parametrize(
    ("headers", "url", "sent"),
    [
        ([b"vu=1"], SITE, b"vu=1"),
        ([b"vu=1; Path=/; HttpOnly"], "https://www.journal.example/ailleurs", b"vu=1"),
        ([b"vu=1", b"b = 2"], SITE, b"vu=1; b = 2"),
        ([b"vu=1", b"vu=2"], SITE, b"vu=2"),
        ([b"vu=1"], "https://journal.example/", b""),
        ([b"vu=1; Domain=journal.example"], "https://journal.example/", b"vu=1"),
        ([b"vu=1; domain=.journal.example"], "https://img.journal.example/", b"vu=1"),
        ([b"vu=1; Domain=autre.example"], "https://autre.example/", b""),
        ([b"vu=1; Domain=example"], "https://autre.example/", b""),
        ([b"vu=1; Secure"], "http://www.journal.example/", b""),
        ([b"vu=1", b"vu=; Max-Age=0"], SITE, b""),
        ([b"vu=1", b"vu=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], SITE, b""),
        ([b"sans signe"], SITE, b""),
        ([b"=sans nom"], SITE, b""),
        ([b"ville=Or\xe9e"], SITE, b""),
        ([b"a=b\r\nX: y"], SITE, b""),
        ([b"a=" + b"x" * MOST_COOKIE_BYTES], SITE, b""),
        ([], SITE, b""),
    ],
)
def test_a_cookie_comes_back_where_it_is_meant_for(headers: list[bytes], url: str, sent: bytes) -> None:
    assert matching_cookies(kept_cookies({}, SITE, headers), url) == sent


def test_an_address_has_no_parent_domain() -> None:
    known = kept_cookies({}, "http://127.0.0.1:8000/", [b"a=1; Domain=0.0.1"])
    assert (matching_cookies(known, "http://127.0.0.1:9000/"), matching_cookies(known, "http://126.0.0.1/")) == (b"a=1", b"")


def test_cookies_are_few() -> None:
    known = kept_cookies({}, SITE, [b"c%d=1" % number for number in range(1000)])
    assert len(known) == MOST_COOKIES
