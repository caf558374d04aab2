"""Connections that read what browsers read, and are never busy for long with what one packet brings.

aiohttp has no hook between the bytes of an answer and its parser: this file, and no other, takes hold of two of its inner parts, the
connector's `_factory` and the protocol `ResponseHandler`. `tests/integration/test_http_answers.py` fails if they change.
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
_SLICE = 16_384
"""What the parser gets at once. Behind the end of the answer nothing more is given to it: a packet holds thousands of false answers."""


class TolerantConnector(aiohttp.TCPConnector):
    """Makes connections whose answers are repaired before they are parsed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        protocol: type[ResponseHandler] = TolerantResponseHandler
        self._factory = functools.partial(protocol, loop=self._loop)


class TolerantResponseHandler(ResponseHandler):
    """One connection. Collects the head of each answer, repairs it, and passes the body on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._head: bytearray | None = None
        """What has come of a head that is awaited; None where a body is, or nothing."""
        self._interim_answers = 0

    def set_response_params(self, **options: Any) -> None:
        """Called by aiohttp for each request: an answer is awaited from now on."""
        self._head = bytearray()
        self._interim_answers = 0
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop with what has come, and by aiohttp with nothing, to go on after a pause."""
        if self._head is None or not data:
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
        if len(data) <= _SLICE:
            self._receive_slice(data)
            return
        for start in range(0, len(data), _SLICE):
            self._receive_slice(data[start : start + _SLICE])

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
