"""Connections that read what browsers read, and are never busy for long with what one packet brings.

aiohttp has no hook between the bytes of an answer and its parser: this file, and no other of this room, takes hold of inner parts of it,
the connector's `_factory` and the protocol `ResponseHandler`. `tests/unit/crawler/test_private_parts.py` fails if they change.
"""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import BadHttpMessage

from crawler.answer_head import MOST_HEAD_BYTES, end_of_head, may_be_head, repaired_head, status_of

MOST_INTERIM_ANSWERS = 20
"""Of status 1xx before the answer itself (RFC 9110 §15.2). Some hundred fit in one packet, without end."""
_SLICE = 65_536
_LINES_IN_SLICE = 250
"""Bytes that a parser gets in one turn of the event loop, and about how many line ends: each may end a chunk (RFC 9112 §7.1).

A packet may hold a quarter of a megabyte, and that tens of thousands of chunks, or thousands of answers that nobody asked for; and as many
connections as are open at once may each bring one in the same turn.
"""


class TolerantConnector(aiohttp.TCPConnector):
    """Makes connections whose answers are repaired before they are parsed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        protocol: type[ResponseHandler] = TolerantResponseHandler
        self._factory = functools.partial(protocol, loop=self._loop)


class TolerantResponseHandler(ResponseHandler):
    """One connection. Collects the head of each answer, repairs it, and passes the body on, a slice in each turn of the event loop.

    What waits for its turn is at most what came with one packet: meanwhile nothing is read.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._head: bytearray | None = None
        """What has come of a head that is awaited; None where a body is, or nothing."""
        self._interim_answers = 0
        self._waiting = bytearray()
        self._turn: asyncio.Handle | None = None
        self._lost: tuple[BaseException | None] | None = None
        """Why the connection was lost, if that is known before all of its bytes had their turn."""

    @property
    def should_close(self) -> bool:
        """Asked by aiohttp before it keeps the connection for another request."""
        return bool(self._waiting) or super().should_close

    def set_response_params(self, **options: Any) -> None:
        """Called by aiohttp for each request: an answer is awaited from now on."""
        self._head = bytearray()
        self._interim_answers = 0
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop with what has come, and by aiohttp with nothing, to go on after a pause."""
        if not data:
            self._receive_slice(data)
            self._await_turn()
            return
        if self._head is None:
            self._receive_body(data)
            return
        known = len(self._head)
        self._head += data
        while self._head is not None:
            end = end_of_head(self._head, known)
            if end is None or end > MOST_HEAD_BYTES:
                self._wait_for_more(self._head)
                return
            head, rest = bytes(self._head[:end]), self._head[end:]
            known = 0
            self._receive_head(head, rest)

    def _wait_for_more(self, head: bytearray) -> None:
        if not may_be_head(head):
            self._head = None
            super().data_received(bytes(head))  # its parser knows best what to say
        elif len(head) > MOST_HEAD_BYTES:
            self._refuse("the header is too large")

    def _receive_head(self, head: bytes, rest: bytearray) -> None:
        status = status_of(head)
        if status is not None and 100 <= status < 200 and status != 101:
            self._interim_answers += 1
            self._head = rest
            if self._interim_answers > MOST_INTERIM_ANSWERS:
                self._refuse("too many interim answers")
            return
        self._head = None
        super().data_received(repaired_head(head))
        self._receive_body(bytes(rest))

    def _receive_body(self, data: bytes) -> None:
        if not self._waiting and len(data) <= _slice_size(data):
            self._receive_slice(data)
            return
        self._waiting += data
        self._pause_reading_for_buffer()
        self._await_turn()

    def _await_turn(self) -> None:
        """See to it that the next slice gets its turn, unless the reader of the body has asked for a pause."""
        if self._waiting and self._turn is None and not self._reading_paused:
            self._turn = self._loop.call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._turn = None
        size = _slice_size(self._waiting)
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._receive_slice(data)
        if self._waiting:
            self._await_turn()
            return
        self._resume_reading_for_buffer()
        self._tell_lost()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Called by the event loop. The end of the connection comes after the bytes that came before it."""
        self._lost = (exc,)
        if not self._waiting:
            self._tell_lost()

    def close(self) -> None:
        """Called by aiohttp: nobody reads any more."""
        super().close()
        self._drop_waiting()

    def abort(self) -> None:
        """Called by aiohttp: nobody reads any more."""
        super().abort()
        self._drop_waiting()

    def _drop_waiting(self) -> None:
        self._waiting.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        self._tell_lost()

    def _tell_lost(self) -> None:
        if self._lost is not None:
            (exc,), self._lost = self._lost, None
            super().connection_lost(exc)

    def _receive_slice(self, data: bytes) -> None:
        if data and self._payload is not None and self._payload.is_eof():
            self.force_close()  # nobody asked for what comes behind an answer
            if self.transport is not None:
                self.transport.close()
            return
        super().data_received(data)
        self._tell_reader()

    def _tell_reader(self) -> None:
        """Tell whoever reads the body that the parser gave it up, such as for a damaged chunk: aiohttp lets them wait for the rest."""
        error = self.exception()
        if error is not None and self._payload is not None and not self._payload.is_eof() and self._payload.exception() is None:
            self._payload.set_exception(aiohttp.ClientPayloadError("the body is damaged"), error)

    def _refuse(self, reason: str) -> None:
        self._head = None
        if self.transport is not None:
            self.transport.close()
        self.set_exception(BadHttpMessage(reason))


def _slice_size(data: bytes | bytearray) -> int:
    """How much of this may be given to a parser in one turn."""
    lines = data.count(b"\n", 0, _SLICE)
    return _SLICE if lines <= _LINES_IN_SLICE else _SLICE * _LINES_IN_SLICE // lines
