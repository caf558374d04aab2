"""Guards every hop: only http and https, no forbidden address, not too many redirects; and asks once more where that helps.

Scrapy's own redirect middleware keeps the politeness slot of the first host for all later ones, and tells a loop only by a message.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import Any
from urllib.parse import quote_from_bytes, urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from w3lib.url import safe_url_string
from yarl import URL

from crawler.cookies import Cookies, kept_cookies, matching_cookies
from crawler.credentials import own_headers, own_names
from crawler.hosts import host_key
from crawler.problems import FetchProblem, make_problem
from crawler.settings import RequestSettings
from crawler.web_url import asked_url
from news.addresses import Networks, reason_to_refuse_host
from news.header_times import parse_http_date
from news.sources import Problem

MAX_REDIRECTS = 10
HOPS = "quivive_hops"
"""The key in a request's meta under which the number of redirects so far stands."""
MOVED_TO = "quivive_moved_to"
"""The key under which the address stands to which permanent redirects led (RFC 9110 §15.4.2, §15.4.9), before any other."""
MAX_HOPS = "quivive_max_hops"
"""The key under which a limit other than MAX_REDIRECTS stands."""
MOST_URL_BYTES = 8192
"""Of an address that is fetched. Most servers refuse longer ones; parsers of addresses take their time with them."""
MOST_HOST_BYTES = 255
"""RFC 1035 §2.3.4. Putting a longer name into its ASCII form (RFC 5891) takes time that grows with the square of its length."""
COOKIES = "quivive_cookies"
"""The key under which the cookies stand that this very fetch was given on its way."""
VERBATIM = "verbatim_url"
"""Scrapy's own key: whether the address is sent as it is. Else yarl writes it anew, and unescapes what has no need to be escaped."""
OWN = "quivive_own"
"""The key under which the `RequestSettings` of a source stand that is asked in a way of its own."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_CONDITIONS = (b"If-None-Match", b"If-Modified-Since")
_REFUSES_CONDITION = frozenset({400, 412, 431})
"""Some servers answer so to validators of their own (RFC 9110 §13.1.2 wants 200 or 304), and would for ever."""
_ASCII_SIGNS = string.punctuation + " "
_MOST_REMEMBERED_CHARACTERS = 300
"""Of an address that is remembered: foreign ones may be long."""
_ETAG = re.compile(rb"""(?:W/)?["']?(.*?)(?:[-:;]{1,3}(?:gzip|gz|br|deflate|df|zstd))?["']?""", re.IGNORECASE | re.DOTALL)


def check_url(url: str, allowed: Networks) -> None:
    """Raise FetchProblem if the URL must not be fetched, as far as it tells by itself. Read by the same parser that connects."""
    find = _remembered_fault if len(url) <= _MOST_REMEMBERED_CHARACTERS else _find_fault
    if problem := find(url, tuple(allowed)):
        raise FetchProblem(problem)


def _find_fault(url: str, allowed: Networks) -> Problem | None:
    if len(url) > MOST_URL_BYTES or _host_bytes(url) > MOST_HOST_BYTES:
        return make_problem("unsupported_url", f"{url[:200]}… is too long")
    try:
        parts = URL(url)
        host = parts.raw_host
    except ValueError as error:
        return make_problem("unsupported_url", f"{url[:200]}: {error}")
    if parts.scheme not in {"http", "https"} or not host:
        return make_problem("unsupported_url", url[:200])
    reason = reason_to_refuse_host(host, allowed)
    return make_problem("forbidden_address", reason) if reason else None


_remembered_fault = lru_cache(maxsize=20_000)(_find_fault)
"""A feed's address is checked at every poll, and says the same each time."""


def _host_bytes(url: str) -> int:
    """The length of what stands between the slashes, or more; found without reading it."""
    return len(re.split(r"[/\\?#]", url.partition(":")[2].lstrip("/\\"), maxsplit=1)[0].rpartition("@")[2].encode())


class RedirectMiddleware:
    """A downloader middleware: checks each URL before it is asked, follows redirects (RFC 9110 §15.4), drops a condition that is refused.

    A cookie that a redirect sets comes back within that fetch and is forgotten after it: without it, cookie gates redirect for ever.
    """

    def __init__(self, allowed: Networks) -> None:
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectMiddleware:
        return cls(crawler.settings["QUIVIVE_ALLOW_ADDRESSES"])

    def process_request(self, request: Request) -> None:
        """Refuse what must not be fetched (FetchProblem), and say which host's turn this is."""
        check_url(request.url, self._allowed)
        request.meta["download_slot"] = host_key(request.url)
        if cookies := matching_cookies(request.meta.get(COOKIES, {}), request.url):
            request.headers["Cookie"] = cookies
        else:
            request.headers.pop("Cookie", None)
        _put_own_headers(request)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The next request, if the answer is a redirect; FetchProblem if there were too many or it leads nowhere."""
        if _evades_condition(request, response):
            return _unconditional(request)
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or not location:
            return response
        hops = request.meta.get(HOPS, 0) + 1
        if hops > request.meta.get(MAX_HOPS, MAX_REDIRECTS):
            raise FetchProblem(make_problem("redirect_loop", f"more than {hops - 1} redirects"))
        known: Cookies = request.meta.get(COOKIES, {})
        cookies = kept_cookies(known, request.url, response.headers.getlist("Set-Cookie"))
        return _redirected(request, response.status, location, {**request.meta, HOPS: hops, COOKIES: cookies})


def _put_own_headers(request: Request) -> None:
    """The headers that are for the source's own host alone: put there, and taken off wherever else a redirect leads."""
    settings: RequestSettings | None = request.meta.get(OWN)
    if settings is None:
        return
    for name in own_names(settings):
        request.headers.pop(name, None)
    for name, value in own_headers(settings, request.url).items():
        request.headers[name] = value


def _evades_condition(request: Request, response: Response) -> bool:
    """Whether an answer to a conditional request says neither truly that nothing changed nor what did.

    It refuses the question, is empty where 304 was meant, or is a 304 that names another version than the one that was asked for.
    """
    if not any(name in request.headers for name in _CONDITIONS):
        return False
    if response.status == 304:
        return _names_another_version(request, response)
    return response.status in _REFUSES_CONDITION or (200 <= response.status < 300 and not response.body)


def _names_another_version(request: Request, unchanged: Response) -> bool:
    """Whether a 304 names what there is now (RFC 9110 §15.4.5), and that is not what is known: some servers look at one validator only."""
    asked, named = (_version(message.headers.get(name)) for message, name in ((request, "If-None-Match"), (unchanged, "ETag")))
    if asked and named:
        return asked != named
    known, latest = (
        parse_http_date((message.headers.get(name) or b"").decode("latin-1"))
        for message, name in ((request, "If-Modified-Since"), (unchanged, "Last-Modified"))
    )
    return known is not None and latest is not None and latest > known


def _version(etag: bytes | None) -> bytes:
    """What an entity tag names, without how it is compared and how the body was packed (`W/`, and Apache's `-gzip`)."""
    found = _ETAG.fullmatch((etag or b"").strip())
    return found[1] if found else b""


def _unconditional(request: Request) -> Request:
    headers = request.headers.copy()
    for name in _CONDITIONS:
        headers.pop(name, None)
    return request.replace(headers=headers, dont_filter=True)


def _as_text(location: bytes) -> str:
    """A Location as text: it may be in UTF-8, or hold any bytes, which stay the bytes that they are."""
    try:
        return location.decode().strip()
    except UnicodeDecodeError:
        return quote_from_bytes(location.strip(), _ASCII_SIGNS)


def _with_slashes(location: bytes) -> bytes:
    """The location with each backslash of its path a slash, as browsers take it (https://url.spec.whatwg.org/#relative-state)."""
    path = re.split(rb"[?#]", location, maxsplit=1)[0]
    return path.replace(b"\\", b"/") + location[len(path) :]


def _redirected(request: Request, status: int, location: bytes, meta: dict[str, Any]) -> Request:
    if len(location) > MOST_URL_BYTES or _host_bytes(location.decode("latin-1")) > 2 * MOST_HOST_BYTES:
        raise FetchProblem(make_problem("unsupported_url", f"{location[:100].decode('latin-1')}… is too long"))
    try:
        written = _with_slashes(location)
        exact = asked_url(urljoin(request.url, _as_text(written)))
        url = exact or urljoin(request.url, safe_url_string(written, encoding="utf-8")).partition("#")[0]
        # Only what no other redirect came before: after one of those, the next may speak of something else tomorrow.
        if status in _PERMANENT and (meta[HOPS] == 1 or meta.get(MOVED_TO) == request.url):
            meta[MOVED_TO] = url
        return request.replace(url=url, meta={**meta, VERBATIM: exact is not None}, dont_filter=True)
    except ValueError as error:
        raise FetchProblem(make_problem("unsupported_url", location.decode("latin-1")[:200])) from error
