"""How bytes come in: scrapy's aiohttp handler, with an address guard, bounded connections, and downloads that can be dropped."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import ip_address, ip_network
from typing import ClassVar, Protocol, TypeVar, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.problems import FetchProblem, make_problem
from crawler.scrapy_insides import AiohttpDownloadHandler, BaseStreamingDownloadHandler, ClientResponse
from crawler.tolerant_connections import TolerantConnector
from news.addresses import Networks, reason_to_refuse

KEEP_ALIVE_SECONDS = 30
"""An idle TLS connection costs about 0.3 MB: feeds polled every few minutes do not pay for keeping theirs."""
DNS_CACHE_SECONDS = 60
Result = TypeVar("Result")
MAX_HEADER_BYTES = 65_536
"""aiohttp's own limit of 8 kB for one header refuses real sites with long Content-Security-Policy headers."""

PROXY = "proxy"
"""The key in a request's meta under which scrapy's handler finds a proxy's address."""
EVERYWHERE: Networks = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class Dropped(Exception):
    """A download that was given up because the crawl is being stopped. Not a failure: the work is still due."""


def _without_charset(response: Response) -> Response:
    """The answer as mere bytes. Scrapy's text responses look for a charset in the whole body at the next `replace`, on the event loop."""
    return Response(
        response.url, status=response.status, headers=response.headers, body=response.body, flags=response.flags, protocol=response.protocol
    )


class Downloads:
    """The downloads in progress, so that stopping can drop them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self._dropped = False

    async def run(self, handler: AiohttpDownloadHandler, request: Request) -> Response:
        """Download; raises Dropped once `drop` was called."""
        return await self._droppable(lambda: AiohttpDownloadHandler.download_request(handler, request), request.url)

    async def sleep(self, seconds: float, url: str) -> None:
        """Let a request to `url` wait; raises Dropped once `drop` was called."""
        await self._droppable(lambda: asyncio.sleep(seconds), url)

    async def _droppable(self, begin: Callable[[], Awaitable[Result]], url: str) -> Result:
        if self._dropped:
            raise Dropped(url)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            return await begin()
        except asyncio.CancelledError as error:
            task.uncancel()
            if not self._was_dropped():
                # Nobody else cancels: a library let a cancellation of its own out. Scrapy would wait for the answer for ever.
                raise FetchProblem(make_problem("connection", "the attempt was broken off")) from error
            raise Dropped(url) from error
        finally:
            self._tasks.discard(task)

    def _was_dropped(self) -> bool:
        """Whether `drop` was called meanwhile; a call, since the type checker trusts what the field was before the wait."""
        return self._dropped

    def drop(self) -> None:
        """Give up all downloads, now and from now on."""
        self._dropped = True
        for task in tuple(self._tasks):
            task.cancel()


class HasDownloads(Protocol):
    """What this handler needs of the spider."""

    downloads: Downloads


class GuardedResolver(AbstractResolver):
    """Resolves names, and leaves out every address that must not be connected to."""

    def __init__(self, allowed: Networks, inner: AbstractResolver) -> None:
        self._allowed = allowed
        self._inner = inner

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The permitted addresses of `host`. Raises FetchProblem if it has none but forbidden ones, OSError if it has none at all."""
        answers = await self._inner.resolve(host, port, family)
        refusals = [reason_to_refuse(ip_address(answer["host"].partition("%")[0]), self._allowed) for answer in answers]
        permitted = [answer for answer, refusal in zip(answers, refusals, strict=True) if refusal is None]
        if answers and not permitted:
            raise FetchProblem(make_problem("forbidden_address", f"{host}: {refusals[0]}"))
        return permitted

    async def close(self) -> None:
        await self._inner.close()


def make_resolver(allowed: Networks) -> GuardedResolver:
    """A guarded resolver over aiodns, or over threads where aiodns cannot start (no resolv.conf, for one)."""
    try:
        return GuardedResolver(allowed, aiohttp.AsyncResolver())
    except (RuntimeError, OSError):
        return GuardedResolver(allowed, aiohttp.ThreadedResolver())


class GuardedDownloadHandler(AiohttpDownloadHandler):
    """Replaces the session that scrapy's handler would make: it has no hook for a resolver or for the age of idle connections."""

    experimental: ClassVar[bool] = False  # else scrapy warns of it at every start; that it is, pyproject.toml knows

    def __init__(self, crawler: Crawler) -> None:
        BaseStreamingDownloadHandler.__init__(self, crawler)
        self._downloads = cast("HasDownloads", crawler.spider).downloads
        self._ssl_context: ssl.SSLContext = ssl.create_default_context()
        self._resolver = make_resolver(self._allowed_addresses(crawler))
        self._proxied: ProxiedDownloadHandler | None = None
        connector = TolerantConnector(
            resolver=self._resolver,
            limit=self._pool_size_total,
            limit_per_host=self._pool_size_per_host,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            ttl_dns_cache=DNS_CACHE_SECONDS,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            response_class=ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    @staticmethod
    def _allowed_addresses(crawler: Crawler) -> Networks:
        allowed: Networks = crawler.settings["QUIVIVE_ALLOW_ADDRESSES"]
        return allowed

    async def download_request(self, request: Request) -> Response:
        """Download, unless or until everything is dropped."""
        handler: AiohttpDownloadHandler = self
        if request.meta.get(PROXY):
            self._proxied = handler = self._proxied or ProxiedDownloadHandler(self.crawler)
        return _without_charset(await self._downloads.run(handler, request))

    @staticmethod
    def _extract_headers(response: ClientResponse) -> Headers:
        """The headers byte for byte: what is no UTF-8 in them could not be encoded again."""
        return Headers(list(response.raw_headers))

    async def close(self) -> None:
        await super().close()
        await self._resolver.close()
        if self._proxied is not None:
            await self._proxied.close()


class ProxiedDownloadHandler(GuardedDownloadHandler):
    """Downloads what goes through a proxy that the user named.

    All its connections lead to proxies, which may be anywhere, as on this machine; the names of sites are resolved by the proxy, and what
    they must not mean is for it to say.
    """

    @staticmethod
    def _allowed_addresses(_: Crawler) -> Networks:
        return EVERYWHERE
