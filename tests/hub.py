"""A WebSub hub on loopback: takes subscriptions, asks back, and tells its subscribers of news.

    with Hub() as hub:
        site.publish_feed("/feed", rss(…, hub=hub.url))
        …
        subscription = hub.wait_for_subscription()        # it asked back, and it was meant
        hub.tell(subscription.topic, body)                # POSTs it to every subscriber; returns the statuses

It runs in a thread of its own. How it behaves is set by its fields before it is asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


@dataclass
class Held:
    """A subscription as the hub holds it, or wanted to."""

    topic: str
    callback: str
    mode: str
    secret: str | None
    wanted_lease: str | None
    answer: int | None = None
    """The status of the subscriber's answer when it was asked back."""
    is_confirmed: bool = False


@dataclass
class Hub:
    """See the top of this file."""

    status: int = 202
    """What a request to it is answered with."""
    lease: str | None = "864000"
    """The lease that it gives, in seconds."""
    asks_back: bool = True
    asks_back_first: bool = False
    """Before it answers the request."""
    topic_asked: str | None = None
    """Another topic than that of the request, by which to ask back."""
    redirects: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Statuses and addresses, by the hub's paths that redirect."""
    requests: list[Held] = field(default_factory=list)
    seen: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    """Path, fields and body of each request, as they came."""

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hub", daemon=True)
        self._changed = threading.Condition()
        self._asking: set[asyncio.Task[None]] = set()
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

    @property
    def url(self) -> str:
        """Where it takes requests."""
        return self.url_of("/")

    def url_of(self, path: str) -> str:
        """The address of one of its paths."""
        return f"http://127.0.0.1:{self.port}{path}"

    def wait_for(self, count: int = 1, *, mode: str = "subscribe", confirmed: bool = True, timeout_seconds: float = 20) -> list[Held]:
        """Wait until so many requests of that kind were there, and were confirmed; those are returned."""

        def found() -> list[Held]:
            return [one for one in self.requests if one.mode == mode and (one.is_confirmed or not confirmed)]

        with self._changed:
            assert self._changed.wait_for(lambda: len(found()) >= count, timeout_seconds), f"the hub only had {self.requests}"
            return found()

    def wait_for_answer(self, timeout_seconds: float = 20) -> int:
        """Wait until somebody answered when asked back; the status."""
        with self._changed:
            answered = self._changed.wait_for(lambda: any(one.answer is not None for one in self.requests), timeout_seconds)
            assert answered, f"nobody answered: {self.requests}"
            return next(one.answer for one in self.requests if one.answer is not None)

    def tell(self, held: Held, body: bytes | str, content_type: str = "application/rss+xml", **how: str | None) -> int:
        """POST this to a subscriber, signed as was agreed; the status of its answer.

        `method`: of the signature; `signature`: another one, None for none; `topic`: what the Link header calls the topic.
        """
        raw = body.encode() if isinstance(body, str) else body
        method = how.get("method") or "sha256"
        signature = how.get("signature", f"{method}={hmac.new((held.secret or '').encode(), raw, HASHES[method]).hexdigest()}")
        headers = {"Content-Type": content_type, "Link": f'<{self.url}>; rel="hub", <{how.get("topic") or held.topic}>; rel="self"'}
        if signature is not None:
            headers["X-Hub-Signature"] = signature
        return self.post(held.callback, raw, headers)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """POST anything; the status of the answer."""
        return asyncio.run_coroutine_threadsafe(self._post(url, body, headers), self._loop).result(40)

    def get(self, url: str, **parameters: str) -> tuple[int, str]:
        """GET with these parameters, of which each name gets `hub.` before it; status and body."""
        return asyncio.run_coroutine_threadsafe(self._get(url, parameters), self._loop).result(40)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
            await response.read()
            return response.status

    async def _get(self, url: str, parameters: Mapping[str, str]) -> tuple[int, str]:
        asked = {f"hub.{name}": value for name, value in parameters.items()}
        async with aiohttp.ClientSession() as session, session.get(url, params=asked) as response:
            return response.status, await response.text()

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.seen.append((request.path, request.headers, body))
        if request.path in self.redirects:
            status, to = self.redirects[request.path]
            return web.Response(status=status, headers={"Location": to})
        form = await request.post()
        held = Held(
            topic=str(form["hub.topic"]),
            callback=str(form["hub.callback"]),
            mode=str(form["hub.mode"]),
            secret=str(form["hub.secret"]) if "hub.secret" in form else None,
            wanted_lease=str(form["hub.lease_seconds"]) if "hub.lease_seconds" in form else None,
        )
        with self._changed:
            self.requests.append(held)
            self._changed.notify_all()
        if self.status < 300 and self.asks_back:
            asking = asyncio.ensure_future(self._ask_back(held))
            self._asking.add(asking)
            if self.asks_back_first:
                await asking
        return web.Response(status=self.status)

    async def _ask_back(self, held: Held) -> None:
        challenge = "un défi+&= " + "x" * 100
        parameters = {"mode": held.mode, "topic": self.topic_asked or held.topic, "challenge": challenge}
        if self.lease is not None and held.mode == "subscribe":
            parameters["lease_seconds"] = self.lease
        status, text = await self._get(held.callback, parameters)
        with self._changed:
            held.answer = status
            held.is_confirmed = 200 <= status < 300 and text == challenge
            self._changed.notify_all()

    async def _start(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._take), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        await self._runner.cleanup()
        for asking in self._asking:
            asking.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
