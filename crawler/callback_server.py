"""Where hubs reach us: asks back whether a subscription is meant (WebSub §5.3), and takes what they tell of (§7). Answers nothing else.

It listens on the loopback network, for a proxy that speaks TLS to the world. Whoever comes may know any address; only those that end in the
token of a subscription are answered by anything but 404, and only for them a body is read.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from crawler.callback_request import MOST_HEAD_BYTES, Head, Refused, read_body, read_head
from crawler.link_header import parse_links
from news.websub import Mode, Refusal, Subscription, judge_telling

PATH = "/websub/"
MOST_CONNECTIONS = 64
"""At a time; who comes beyond them finds the door closed, and comes again."""
MOST_BODIES = 4
"""That are received at a time."""
LONGEST_SECONDS = 30.0
"""For one connection, which serves one request."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_MOST_CHALLENGE = 4096

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What a hub sent for a subscription, with a valid signature: part of the feed, or nothing."""

    subscription: Subscription
    body: bytes
    content_type: str | None


class HubDesk(Protocol):
    """Where the server asks what is known of subscriptions, and brings what hubs say."""

    async def find(self, token: str) -> Subscription | None:
        """The subscription with this token."""

    async def confirm(self, token: str, mode: str, topic: str, lease_seconds: str | None) -> bool:
        """Take note that the hub asks back; whether the request was meant."""

    async def deny(self, token: str, topic: str, reason: str | None) -> bool:
        """Take note that the hub denies a subscription; whether there is one of that kind."""

    def take(self, told: Told) -> bool:
        """Begin to take in what a hub told, without waiting for it; false if there is no room just now."""

    def ignore(self, known: Subscription, refusal: Refusal) -> None:
        """Take note that something was ignored, and why."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes = b""


class CallbackServer:
    """Listens from `open` to `close`."""

    def __init__(self, desk: HubDesk, most_body: int) -> None:
        self._desk = desk
        self._most_body = most_body
        self._bodies = asyncio.Semaphore(MOST_BODIES)
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; the port, which is another if 0 is asked for. Raises OSError."""
        self._server = await asyncio.start_server(self._meet, host, port, limit=MOST_HEAD_BYTES, backlog=MOST_CONNECTIONS)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listen no more, and break off what is being said; hubs say it again."""
        if self._server is not None:
            self._server.close()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._talks) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._talks.add(task)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._talk(reader, writer)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # nobody waits for an answer any more, or for none
        except Exception:  # noqa: BLE001 - a bug, which is told; the others who listen and speak here are not to suffer from it
            _log.exception("a request of a hub failed in a way that is not foreseen")
        finally:
            self._talks.discard(task)
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()  # who does not read is not waited for
            else:
                writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await read_head(reader)
            answer = await self._answer(head, reader, writer)
        except Refused as refused:
            answer = _Answer(refused.status)
        writer.write(_as_bytes(answer))
        await writer.drain()
        with suppress(OSError):
            writer.write_eof()
        await self._let_finish(reader)

    async def _let_finish(self, reader: asyncio.StreamReader) -> None:
        """Read on for a moment what is sent all the same: a connection that is closed on unread bytes is reset, and the answer lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                while await reader.read(MOST_HEAD_BYTES):
                    pass

    async def _answer(self, head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> _Answer:
        _, found, token = head.path.rpartition(PATH)
        known = await self._desk.find(token) if found and _TOKEN.fullmatch(token) else None
        if known is None:
            return _Answer(404)
        if head.method == "GET":
            return await self._answer_question(head, token)
        if head.method != "POST":
            return _Answer(405)
        return await self._take(head, known, reader, writer)

    async def _answer_question(self, head: Head, token: str) -> _Answer:
        mode, topic = head.query.get("hub.mode", ""), head.query.get("hub.topic", "")
        if mode == Mode.DENIED:
            return _Answer(200 if await self._desk.deny(token, topic, head.query.get("hub.reason")) else 404)
        challenge = head.query.get("hub.challenge", "").encode()
        if not 0 < len(challenge) <= _MOST_CHALLENGE:
            return _Answer(404)
        is_meant = await self._desk.confirm(token, mode, topic, head.query.get("hub.lease_seconds"))
        return _Answer(200, challenge) if is_meant else _Answer(404)

    async def _take(self, head: Head, known: Subscription, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> _Answer:
        async with self._bodies:
            if head.fields.get("expect", "").lower() == "100-continue":
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await read_body(reader, head, self._most_body)
            topics = [link.url for link in parse_links([head.fields.get("link", "")], known.topic) if "self" in link.relations]
            # In a thread: a hash of megabytes would hold up the event loop.
            refusal = await asyncio.to_thread(judge_telling, known, body, head.fields.get("x-hub-signature"), topics)
        if refusal is not None:
            self._desk.ignore(known, refusal)
            if refusal is Refusal.ANOTHER_TOPIC:  # signed as agreed: there is news, and its head is no proof of whose (§7)
                return _Answer(202 if self._desk.take(Told(known, b"", None)) else 503)
            # As if it were taken (§7.1): whoever guesses at signatures learns nothing.
            return _Answer(410 if refusal is Refusal.NOT_WANTED else 202)
        return _Answer(202 if self._desk.take(Told(known, body, head.fields.get("content-type"))) else 503)


def _as_bytes(answer: _Answer) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Length: {len(answer.body)}",
        "Content-Type: text/plain; charset=utf-8",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        *(["Retry-After: 30"] if answer.status == 503 else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + answer.body
