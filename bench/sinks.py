"""Receivers that cost as little as they can: a webhook's and a mail server's, each in a process of its own.

Run: python -m bench.sinks webhook|mail
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from bench.common import environment

_NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


class WebhookSink(asyncio.Protocol):
    """Takes every POST, and keeps the connection. With a log, notes the id and the time of each."""

    def __init__(self, log: TextIO | None = None) -> None:
        self._log = log

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._came = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer each message that has come whole."""
        self._came += data
        while (end := self._came.find(b"\r\n\r\n")) >= 0:
            head = self._came[:end].lower()
            whole = end + 4 + int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            if len(self._came) < whole:
                return
            self._came = self._came[whole:]
            if self._log is not None:
                self._log.write(f"{head.partition(b'webhook-id:')[2].split(maxsplit=1)[0].decode()} {time.time()}\n")
            self._transport.write(_NO_CONTENT)


class MailSink(asyncio.Protocol):
    """Takes every mail for everybody."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._came, self._is_letter = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and each letter, that has come whole."""
        self._came += data
        while (end := self._came.find(b"\r\n.\r\n" if self._is_letter else b"\r\n")) >= 0:
            command = self._came[:4].upper()
            self._came = self._came[end + (5 if self._is_letter else 2) :]
            self._transport.write(self._answer(command))

    def _answer(self, command: bytes) -> bytes:
        if self._is_letter:
            self._is_letter = False
            return b"250 kept\r\n"
        if command == b"DATA":
            self._is_letter = True
            return b"354 go on\r\n"
        if command == b"EHLO":
            return b"250-sink\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n"
        return b"250 ok\r\n"


@contextlib.contextmanager
def running_sink(kind: str, log: Path | None = None) -> Iterator[int]:
    """A receiver (`webhook` or `mail`) in a process of its own; the port at which it listens. A webhook's may keep a log."""
    command = [sys.executable, "-m", "bench.sinks", kind, *([] if log is None else [str(log)])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


async def _serve(make: Callable[[], asyncio.Protocol]) -> None:
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Be the sink that the first argument names, on a free port, which is printed; a webhook's log goes to the file of the second."""
    kind, *paths = sys.argv[1:]
    with contextlib.ExitStack() as files:
        log = files.enter_context(Path(paths[0]).open("w", buffering=1, encoding="utf-8")) if paths else None
        asyncio.run(_serve(MailSink if kind == "mail" else partial(WebhookSink, log)))


if __name__ == "__main__":
    main()
