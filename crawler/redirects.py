"""Guards every hop: only http and https, no forbidden address, not too many redirects.

Scrapy's own redirect middleware keeps the politeness slot of the first host for all later ones, and tells a loop only by a message.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from w3lib.url import safe_url_string
from yarl import URL

from crawler.addresses import Networks, reason_to_refuse_host
from crawler.hosts import host_key
from crawler.problems import FetchProblem, make_problem

MAX_REDIRECTS = 10
HOPS = "quivive_hops"
"""The key in a request's meta under which the number of redirects so far stands."""
MAX_HOPS = "quivive_max_hops"
"""The key under which a limit other than MAX_REDIRECTS stands."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def check_url(url: str, allowed: Networks) -> None:
    """Raise FetchProblem if the URL must not be fetched, as far as it tells by itself. Read by the same parser that connects."""
    try:
        parts = URL(url)
        host = parts.raw_host
    except ValueError as error:
        raise FetchProblem(make_problem("unsupported_url", f"{url[:200]}: {error}")) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise FetchProblem(make_problem("unsupported_url", url[:200]))
    if reason := reason_to_refuse_host(host, allowed):
        raise FetchProblem(make_problem("forbidden_address", reason))


class RedirectMiddleware:
    """A downloader middleware: checks each URL before it is asked, and follows redirects (RFC 9110 §15.4)."""

    def __init__(self, allowed: Networks) -> None:
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectMiddleware:
        """Made by scrapy."""
        return cls(crawler.settings["QUIVIVE_ALLOW_ADDRESSES"])

    def process_request(self, request: Request) -> None:
        """Refuse what must not be fetched (FetchProblem), and say which host's turn this is."""
        check_url(request.url, self._allowed)
        request.meta["download_slot"] = host_key(request.url)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The next request, if the answer is a redirect; FetchProblem if there were too many or it leads nowhere."""
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or not location:
            return response
        hops = request.meta.get(HOPS, 0) + 1
        if hops > request.meta.get(MAX_HOPS, MAX_REDIRECTS):
            raise FetchProblem(make_problem("redirect_loop", f"more than {hops - 1} redirects"))
        meta: dict[str, Any] = {**request.meta, HOPS: hops}
        return _redirected(request, location, meta)


def _redirected(request: Request, location: bytes, meta: dict[str, Any]) -> Request:
    try:
        url = urljoin(request.url, safe_url_string(location, encoding="utf-8"))
        return request.replace(url=url.partition("#")[0], meta=meta, dont_filter=True)
    except ValueError as error:
        raise FetchProblem(make_problem("unsupported_url", location.decode("latin-1")[:200])) from error
