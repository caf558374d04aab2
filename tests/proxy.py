"""A proxy for tests: forwards whole addresses and tunnels (RFC 9110 §9.3.6), wherever they are said to lead, to one place.

with Proxy(site.port, password="user:word") as proxy:
    settings = RequestSettings(url, proxy=proxy.url)
"""

from __future__ import annotations

import asyncio
import base64
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Proxy:
    """See the top of this file. `heads` are the heads of the requests that came."""

    def __init__(self, port: int, password: str | None = None) -> None:
        self._port, self._password = port, password
        self.heads: list[str] = []
        self.url = ""
        self._writers: list[asyncio.StreamWriter] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop).result(10)
        credentials = f"{self._password}@" if self._password else ""
        self.url = f"http://{credentials}127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            wanted = f"Proxy-Authorization: Basic {base64.b64encode((self._password or '').encode()).decode()}"
            if self._password and wanted not in head:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            else:
                await self._forward(head, reader, writer)
        writer.close()

    async def _forward(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers.append(back)
        if head.startswith("CONNECT "):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            method, address, rest = head.split(" ", 2)
            path = "/" + address.partition("://")[2].partition("/")[2]
            back.write(f"{method} {path} {rest}".encode("latin-1"))
        await asyncio.gather(_pump(reader, back), _pump(onward, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
