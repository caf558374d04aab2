"""A news site on loopback that misbehaves on request.

    with NewsSite() as site:
        feed = site.publish_feed("/feed", rss, etag='"1"')      # each call returns the URL
        site.page("/a", "<html>…</html>")
        site.redirect("/old", to="/a")
        site.stall("/slow")
        …
        assert site.count("/feed") == 2
        assert site.requests[-1].headers["If-None-Match"] == '"1"'

It runs in a thread of its own, so tests may use it from synchronous and asynchronous code. What is set for a path replaces what was
set before; an unknown path is a 404. Paths include the query string.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request as it arrived; header names are looked up in any case, `at` is in seconds on a steady scale.

    `peer` is the other end of the connection: two requests with the same one came on one connection.
    """

    path: str
    headers: Mapping[str, str]
    at: float
    peer: object = None


class NewsSite:
    """A web site on a free port of 127.0.0.1; with `tls`, on https."""

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[SeenRequest] = []
        self.host = host
        self._tls = tls
        self._behaviours: dict[str, Behaviour] = {}
        self._loop = asyncio.new_event_loop()
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._loop.run_forever, name="news-site", daemon=True)
        self._runner: web.AppRunner | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def switch_off(self) -> None:
        """Close every connection and refuse new ones, as a site does whose machine is off."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)

    def switch_on(self) -> None:
        """Answer again, on the same port."""
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    def url(self, path: str = "/") -> str:
        """The absolute URL of a path on this site."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}{path}"

    def publish_feed(
        self,
        path: str,
        body: str | bytes,
        content_type: str = "application/rss+xml; charset=utf-8",
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> str:
        """A feed, which answers 304 to a conditional GET with the same validators."""
        raw = body.encode() if isinstance(body, str) else body
        validators = {name: value for name, value in (("ETag", etag), ("Last-Modified", last_modified)) if value}

        async def answer(request: web.Request) -> web.StreamResponse:
            same_etag = etag is not None and request.headers.get("If-None-Match") == etag
            same_date = last_modified is not None and request.headers.get("If-Modified-Since") == last_modified
            if same_etag or (same_date and "If-None-Match" not in request.headers):
                return web.Response(status=304, headers=validators)
            return web.Response(body=raw, headers={"Content-Type": content_type, **validators})

        return self._set(path, answer)

    def page(self, path: str, html: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> str:
        """An HTML page; also any other answer, by its status and headers."""
        raw = html.encode() if isinstance(html, str) else html

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(body=raw, status=status, headers={"Content-Type": "text/html; charset=utf-8", **(headers or {})})

        return self._set(path, answer)

    def robots(self, text: str, status: int = 200) -> str:
        """The site's robots.txt."""
        return self.page("/robots.txt", text, status, {"Content-Type": "text/plain"})

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """A redirect, to a path of this site or to any URL; to itself, it is a loop."""
        return self.page(path, "", status, {"Location": to})

    def gate(self, path: str, cookie: str, body: str | bytes) -> str:
        """Redirects to itself and sets a cookie, until the cookie comes with the request."""
        raw = body.encode() if isinstance(body, str) else body

        async def answer(request: web.Request) -> web.StreamResponse:
            if cookie in request.headers.get("Cookie", ""):
                return web.Response(body=raw, headers={"Content-Type": "application/rss+xml"})
            return web.Response(status=302, headers={"Location": path, "Set-Cookie": f"{cookie}; Path=/"})

        return self._set(path, answer)

    def refuse_condition(self, path: str, body: str | bytes, status: int = 412, headers: Mapping[str, str] | None = None) -> str:
        """Answers a conditional request with a refusal, or another status and headers, and gives the feed to any other."""
        raw = body.encode() if isinstance(body, str) else body

        async def answer(request: web.Request) -> web.StreamResponse:
            is_conditional = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
            return web.Response(status=status, headers=headers) if is_conditional else web.Response(body=raw, headers={"ETag": '"p"'})

        return self._set(path, answer)

    def stall(self, path: str) -> str:
        """Takes the request and never answers."""

        async def answer(_: web.Request) -> web.StreamResponse:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

        return self._set(path, answer)

    def hold(self, path: str) -> Callable[[], object]:
        """Keeps requests to a path waiting until what is returned is called; then they are answered as that path answers now."""
        usual, let_go = self._behaviours[path], asyncio.Event()

        async def answer(request: web.Request) -> web.StreamResponse:
            await let_go.wait()
            return await usual(request)

        self._set(path, answer)
        return lambda: self._loop.call_soon_threadsafe(let_go.set)

    def trickle(self, path: str, interval_seconds: float = 0.05) -> str:
        """Answers at once, then sends a byte now and then, for ever."""
        return self._set(path, lambda request: _stream_for_ever(request, b"<", interval_seconds))

    def endless(self, path: str) -> str:
        """Sends a body that never ends, as fast as it is read."""
        return self._set(path, lambda request: _stream_for_ever(request, b"<item>x</item>" * 4096, 0))

    def truncate(self, path: str, body: str | bytes, content_type: str = "application/rss+xml") -> str:
        """Promises more bytes than it sends."""
        raw = body.encode() if isinstance(body, str) else body

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": content_type, "Content-Length": str(len(raw) + 1000)})
            await response.prepare(request)
            await response.write(raw)
            assert request.transport is not None
            request.transport.close()
            return response

        return self._set(path, answer)

    def bomb(self, path: str, size: int, content_type: str = "application/rss+xml") -> str:
        """A small gzip body that holds `size` bytes."""
        packed = gzip.compress(bytes(size))
        return self.page(path, packed, headers={"Content-Type": content_type, "Content-Encoding": "gzip"})

    def reset(self, path: str) -> str:
        """Takes the request and resets the connection (TCP RST)."""

        async def answer(request: web.Request) -> web.StreamResponse:
            assert request.transport is not None
            request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.transport.abort()
            return web.Response()

        return self._set(path, answer)

    def answer_raw(self, path: str, *parts: bytes) -> str:
        """Sends these bytes and nothing else, then closes the connection. What is more than one part is sent as so many packets."""

        async def answer(request: web.Request) -> web.StreamResponse:
            assert request.transport is not None
            for part in parts:
                request.transport.write(part)
                await asyncio.sleep(0)
            request.transport.close()
            return web.Response()

        return self._set(path, answer)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        with self._arrived:
            return sum(request.path == path for request in self.requests)

    def wait_for(self, path: str, times: int = 1, timeout_seconds: float = 20) -> None:
        """Wait until a path was asked for that often; an AssertionError if it was not."""
        with self._arrived:
            seen = self._arrived.wait_for(lambda: sum(request.path == path for request in self.requests) >= times, timeout_seconds)
        assert seen, f"{path} was not asked for {times} times"

    def _set(self, path: str, behaviour: Behaviour) -> str:
        self._behaviours[path] = behaviour
        return self.url(path)

    async def _start(self) -> None:
        server = web.Server(self._answer)
        self._runner = runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, self.host if self.host.startswith("127.") else "127.0.0.1", self.port, ssl_context=self._tls).start()
        self.port = runner.addresses[0][1]

    async def _stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
        stalled = asyncio.all_tasks() - {asyncio.current_task()}
        for task in stalled:
            task.cancel()
        await asyncio.gather(*stalled, return_exceptions=True)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        with self._arrived:
            peer = request.transport.get_extra_info("peername") if request.transport else None
            self.requests.append(SeenRequest(request.path_qs, request.headers, self._loop.time(), peer))
            self._arrived.notify_all()
        behaviour = self._behaviours.get(request.path_qs)
        return await behaviour(request) if behaviour else web.Response(status=404, text="nothing here")


async def _stream_for_ever(request: web.BaseRequest, chunk: bytes, interval_seconds: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    await response.prepare(request)
    while True:
        await response.write(chunk)
        await asyncio.sleep(interval_seconds)


def rss(*items: str, title: str = "Le Journal") -> str:
    """An RSS document with these items (see `item`)."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://journal.example/</link><description>d</description>{''.join(items)}</channel></rss>"
    )


def item(title: str, link: str, guid: str | None = None, published: str = "Mon, 10 Feb 2025 10:00:00 +0100", description: str = "") -> str:
    """One item of an RSS document; texts must be escaped already."""
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid or link}</guid>"
        f"<pubDate>{published}</pubDate><description>{description}</description></item>"
    )


def article(title: str, *paragraphs: str, language: str = "fr") -> str:
    """An ordinary HTML article page; without paragraphs it gets some long enough to be taken for an article."""
    texts = paragraphs or tuple(
        f"Paragraphe {number} : la rédaction a suivi cette affaire pendant plusieurs semaines, et en rend compte ici."
        for number in range(8)
    )
    body = "".join(f"<p>{text}</p>" for text in texts)
    head = f"<head><meta charset='utf-8'><title>{title} - Le Journal</title></head>"
    return f"<!DOCTYPE html><html lang='{language}'>{head}<body><nav>Menu</nav><article><h1>{title}</h1>{body}</article></body></html>"
