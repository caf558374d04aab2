"""A news site for the benchmarks, in a process of its own: answers that were rendered before, from memory, over many loopback addresses.

The crawler and the site share the machine, so it does as little as it can: it reads the first line and three headers of a request, no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import multiprocessing
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import psutil

Answers = dict[bytes, bytes | list[bytes]]
"""Whole answers, header and all, by what was asked: b"/path"; b"304 /path" for a conditional request. Of several, each is given once, in
turn, and the last for ever."""


@dataclass(slots=True)
class Site:
    """A site in a process of its own, so that its CPU time can be told from the program's."""

    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """CPU time that the site took so far."""
        times = self.process.cpu_times()
        return times.user + times.system


def make_answer(body: bytes, content_type: str, *headers: str, compress: bool = True) -> bytes:
    """A 200 with this body, gzipped as nearly all real servers do."""
    packed = gzip.compress(body, 6) if compress else body
    encoding = ["Content-Encoding: gzip"] if compress else []
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", f"Content-Length: {len(packed)}", *encoding, *headers]
    return "\r\n".join([*lines, "", ""]).encode() + packed


NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What a site is to be. `make_answers` is called with the port, in the site's own process, and must be importable."""

    hosts: tuple[str, ...]
    make_answers: Callable[..., Answers]
    arguments: tuple[object, ...] = ()
    certificate: str | None = None
    """A PEM file with key and chain: then it speaks TLS."""
    port: int | None = None
    """None: the first that is free."""


@contextlib.contextmanager
def running_site(plan: SitePlan) -> Iterator[Site]:
    """A site for as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    stop = context.Event()
    process = context.Process(target=_serve, args=(plan, tell, stop), daemon=True)
    process.start()
    tell.close()
    try:
        yield Site(told.recv(), psutil.Process(process.pid))
    finally:
        stop.set()
        process.join(10)


def _serve(plan: SitePlan, tell: Connection, stop: Event) -> None:
    asyncio.run(_serve_until(plan, tell, stop))


async def _serve_until(plan: SitePlan, tell: Connection, stop: Event) -> None:
    loop = asyncio.get_running_loop()
    sockets = _bind(plan.hosts, range(18_080, 30_000, 7) if plan.port is None else [plan.port])
    port = sockets[0].getsockname()[1]
    answers = plan.make_answers(port, *plan.arguments)
    context = None
    if plan.certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(plan.certificate)
    servers = [await loop.create_server(lambda: _Conversation(answers), sock=one, ssl=context, backlog=512) for one in sockets]
    tell.send(port)
    await asyncio.to_thread(stop.wait)
    for server in servers:
        server.close()


def _bind(hosts: tuple[str, ...], ports: Iterable[int]) -> list[socket.socket]:
    """All addresses on one port, below the range from which the system takes the ports of outgoing connections."""
    for port in ports:
        sockets: list[socket.socket] = []
        try:
            for host in hosts:
                sockets.append(socket.socket())
                sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sockets[-1].bind((host, port))
        except OSError:
            for one in sockets:
                one.close()
        else:
            return sockets
    raise RuntimeError("no port is free on all addresses")


class _Conversation(asyncio.Protocol):
    """Answers requests without a body, one after the other."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            self._transport.write(self._answer(data[:end]))
            data = data[end + 4 :]
        self._rest = data

    def _answer(self, request: bytes) -> bytes:
        path = request[4 : request.find(b" ", 4)]
        if b"f-None-Match:" in request or b"f-none-match:" in request:
            known = self._answers.get(b"304 " + path)
            if known is not None:
                return _next_of(known)
        return _next_of(self._answers.get(path, _NOT_FOUND))


def _next_of(answer: bytes | list[bytes]) -> bytes:
    if isinstance(answer, bytes):
        return answer
    return answer.pop(0) if len(answer) > 1 else answer[0]
