"""The daemon's side: a socket through which the archive's owner asks it to poll now. Nothing said there can hold it up or end it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from news.errors import QuiviveError
from news.wording import Wording
from quivive.beside.errand import Errand, run_errand
from quivive.beside.messages import (
    LONGEST_REQUEST_BYTES,
    Answer,
    Finished,
    Progress,
    Refused,
    Request,
    Told,
    Unknown,
    read_request,
    write_line,
)
from quivive.beside.place import open_socket, remove_socket, socket_path

if TYPE_CHECKING:
    from quivive.service import Service

log = structlog.get_logger("quivive")

_SECONDS_TO_ASK = 10.0
"""From the connection to the request."""
_SECONDS_TO_READ = 10.0
"""For an answer. Whoever does not read it is left alone."""
_MOST_CALLERS = 8
_PROGRESS_SECONDS = 1.0


class Desk:
    """Takes requests while the service works."""

    def __init__(self, service: Service, clock: Callable[[], datetime]) -> None:
        self._service = service
        self._clock = clock
        self._path = socket_path(service.archive.path)
        self._server: asyncio.Server | None = None
        self._callers: dict[asyncio.Task[None], Caller] = {}

    async def open(self) -> None:
        """Begin to take requests. Where that is impossible it is said once, and the daemon works all the same."""
        try:
            self._server = await asyncio.start_unix_server(self._receive, sock=open_socket(self._path), limit=LONGEST_REQUEST_BYTES)
        except OSError as error:
            log.warning("`quivive poll` cannot ask this daemon", socket=str(self._path), reason=error.strerror or str(error))

    def close(self) -> None:
        """Take no more requests; tell those who wait that the daemon is stopping."""
        if self._server is not None:
            self._server.close()  # and the socket with it
            remove_socket(self._path)
        for task, caller in list(self._callers.items()):
            caller.take_leave(Refused(Wording("the daemon is stopping; what it had begun is resumed at its next start")))
            task.cancel()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller, task = Caller(writer), asyncio.current_task()
        assert task is not None
        if len(self._callers) >= _MOST_CALLERS:
            caller.take_leave(Refused(Wording("the daemon is polling for too many others already; try again later")))
            return
        self._callers[task] = caller
        try:
            await self._serve(reader, caller)
        except (OSError, TimeoutError, ValueError):  # hung up, silent, or without an end of the line: nobody is left to be told
            writer.transport.abort()
        except asyncio.CancelledError:
            pass  # only `close` and the end of the program cancel it, and asyncio (3.11) would log that with a traceback
        finally:
            del self._callers[task]
            caller.hang_up()

    async def _serve(self, reader: asyncio.StreamReader, caller: Caller) -> None:
        async with asyncio.timeout(_SECONDS_TO_ASK):
            request = read_request(await reader.readline())
        if request is None:
            await caller.say(Refused(Wording("the daemon does not understand this version of the command; restart it after an upgrade")))
            return
        working, leaving = asyncio.create_task(self._work(request, caller)), asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await caller.say(_result(working))
        finally:
            working.cancel()
            leaving.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)

    async def _work(self, request: Request, caller: Caller) -> Answer:
        await caller.say(Progress(0, 0, 0))  # at once: the caller now knows that somebody is there
        sources, unknown = await self._service.find_sources(request.poll)
        if unknown:
            return Unknown(tuple(unknown))
        log.info("asked to poll now", sources=len(sources))
        loop = asyncio.get_running_loop()
        said_at = loop.time()

        async def tell(errand: Errand) -> None:
            nonlocal said_at
            told, errand.untold = errand.untold, []
            for alert in told:
                await caller.say(Told(alert))
            if loop.time() - said_at >= _PROGRESS_SECONDS:
                said_at = loop.time()
                await caller.say(Progress(errand.totals.polled, len(sources), errand.totals.articles_new))

        return Finished(await run_errand(self._service, sources, self._clock, tell))


def _result(working: asyncio.Task[Answer]) -> Answer:
    try:
        return working.result()
    except QuiviveError as error:  # the archive's trouble is the daemon's too, which says so itself
        return Refused(str(error))


class Caller:
    """Somebody who asked, and is told as long as they listen."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def say(self, answer: Answer) -> None:
        """Raises OSError or TimeoutError once they have left, or do not read."""
        self._writer.write(write_line(answer))
        async with asyncio.timeout(_SECONDS_TO_READ):
            await self._writer.drain()

    def take_leave(self, answer: Answer) -> None:
        """Say it last, and wait for nothing."""
        self._writer.write(write_line(answer))
        self._writer.close()

    def hang_up(self) -> None:
        self._writer.close()
