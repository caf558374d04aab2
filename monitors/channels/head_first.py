"""Answers to a webhook, of which a 2xx is taken by its status alone, whatever its headers and its body are.

The library reads head and body in one go where they come together, and throws away the status with a body that is broken: the alert would
be sent again to a receiver that has said that it has it.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler

LONGEST_HEAD = 65_536
"""Bytes that are held back for the end of a head; the library's own limits for lines and headers are below it."""

IDLE_SECONDS = 2.0
"""How long a connection waits for the next message. Servers keep theirs for 5 s and more; one that has just ended would cost an attempt."""

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_SUCCESS = re.compile(rb"HTTP/1\.[01] (2\d\d)\b")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1(?!01)\d\d\b")
"""An answer before the answer (RFC 9110 §15.2); 101 is the last word in this version of HTTP."""


class HeadFirstConnector(aiohttp.TCPConnector):
    """Makes connections that look at an answer's head before anything else of it."""

    def __init__(self, tls: ssl.SSLContext, resolver: AbstractResolver | None = None) -> None:
        super().__init__(ssl=tls, resolver=resolver, keepalive_timeout=IDLE_SECONDS)
        self._factory = partial(_receiving_side, self._loop)


def _receiving_side(loop: asyncio.AbstractEventLoop) -> ResponseHandler:
    return _HeadFirst(loop)


class _HeadFirst(ResponseHandler):
    """The side of a connection that receives."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._held: bytearray | None = bytearray()
        """What has come of a head; None once it has been passed on."""
        self._succeeded = False
        self._may_be_kept = True
        self._was_used = False

    def set_response_params(self, **how: Any) -> None:
        """A request begins. On a connection that is used again, nothing of its answer has come."""
        if self._was_used:
            self._held, self._succeeded = bytearray(), False
        self._was_used = True
        super().set_response_params(**how)

    @property
    def should_close(self) -> bool:
        """Whether no other request may follow: what still comes of a success would be taken for the answer to that."""
        return super().should_close or not self._may_be_kept

    def close(self) -> None:
        """Close at once: an orderly end of TLS would wait for the other side, and nothing that matters is still to be sent."""
        self.abort()

    def data_received(self, data: bytes) -> None:
        """Hold back what comes until a head is whole."""
        if self._held is None:
            if not self._succeeded:
                super().data_received(data)
            elif self._may_be_kept:  # nobody asked for that
                self._may_be_kept = False
                self.abort()
            return
        self._held += data
        while end := _END_OF_HEAD.search(self._held):
            head = bytes(self._held[: end.end()])
            del self._held[: end.end()]
            if not _INTERIM.match(head):
                self._decide(head, bytes(self._held))
                return
        if len(self._held) > LONGEST_HEAD:
            self._pass_on(bytes(self._held))  # to be refused as too long

    def _decide(self, head: bytes, rest: bytes) -> None:
        success = _SUCCESS.match(head)
        if success:
            self._succeeded = True
            self._may_be_kept = _is_whole(success[1], head, rest)
            self._pass_on(b"HTTP/1.1 %b OK\r\nContent-Length: 0\r\n\r\n" % success[1])
        else:
            self._pass_on(head, rest)

    def _pass_on(self, *pieces: bytes) -> None:
        self._held = None
        for piece in pieces:
            super().data_received(piece)


def _is_whole(status: bytes, head: bytes, rest: bytes) -> bool:
    """Whether a success has come with all of its body, and the receiver keeps the connection (RFC 9112 §6.3, §9.3).

    Whatever is not plain is none: a new connection costs little, and an answer that is taken for another's costs an alert.
    """
    lines = head.lower().splitlines()
    fields = [(name.strip(), value.strip()) for name, _, value in (line.partition(b":") for line in lines[1:])]
    stated = [value for name, value in fields if name == b"content-length"]
    is_kept = lines[0].startswith(b"http/1.1") and all(value == b"keep-alive" for name, value in fields if name == b"connection")
    if not is_kept or any(name == b"transfer-encoding" for name, _ in fields):
        return False
    return not rest if status == b"204" else stated == [b"%d" % len(rest)]
