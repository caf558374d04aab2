"""The command's side: asking a running daemon to poll now."""

from __future__ import annotations

import asyncio
import pwd
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from news.alerts import Alert
from news.errors import DaemonRefuses, UsageError
from news.wording import Wording
from quivive.beside.messages import (
    LONGEST_ANSWER_BYTES,
    Answer,
    Finished,
    Progress,
    Refused,
    Request,
    Told,
    Unknown,
    read_answer,
    write_line,
)
from quivive.beside.place import connect, socket_path
from quivive.rounds import RoundSummary
from storage import find_writer

_LONGEST_SILENCE_SECONDS = 60.0
"""Of a daemon that says how far it is every second. On a machine that swaps it may be late."""


async def ask(
    archive_path: Path, names: Sequence[str], announce: Callable[[Alert], None], progress: Callable[[Progress], None]
) -> RoundSummary | None:
    """Have the daemon that writes this archive poll these sources now (all, if none is named); None if none listens.

    Raises `UsageError` for a source that it does not know, `DaemonRefuses` if it does not do it, or not to its end. Cancelling this stops
    nothing of what it has begun.
    """
    path = socket_path(archive_path)
    try:
        calling = await connect(path)
    except PermissionError:
        _refuse_another_user(archive_path, path)
        return None
    except OSError:
        return None  # nobody listens: a socket that is there was left by the dead
    return await _talk(calling, archive_path, names, announce, progress)


def _refuse_another_user(archive_path: Path, path: Path) -> None:
    """Raise if somebody else's daemon is at work there."""
    if writer := find_writer(archive_path):
        try:
            owner = pwd.getpwuid(path.lstat().st_uid).pw_name
        except (OSError, KeyError):
            owner = "OWNER"
        raise DaemonRefuses(
            Wording(
                "{path}: process {pid} writes this archive for {owner}; poll as {owner} (sudo -u {owner} …)",
                path=archive_path,
                pid=writer.pid,
                owner=owner,
            )
        )


async def _talk(
    calling: socket.socket,
    archive_path: Path,
    names: Sequence[str],
    announce: Callable[[Alert], None],
    progress: Callable[[Progress], None],
) -> RoundSummary:
    reader, writer = await asyncio.open_unix_connection(sock=calling, limit=LONGEST_ANSWER_BYTES)
    try:
        writer.write(write_line(Request(tuple(names))))
        while not isinstance(answer := await _hear(reader, archive_path), Finished):
            if isinstance(answer, Told):
                announce(answer.alert)
            elif isinstance(answer, Progress):
                progress(answer)
            elif isinstance(answer, Unknown):
                raise UsageError(
                    Wording(
                        "the running daemon has no source called {names}; if it is new, have the daemon reload (SIGHUP) first",
                        names=", ".join(answer.unknown),
                    )
                )
            else:
                raise DaemonRefuses(answer.reason)
        return answer.summary
    finally:
        writer.close()


async def _hear(reader: asyncio.StreamReader, archive_path: Path) -> Answer:
    try:
        async with asyncio.timeout(_LONGEST_SILENCE_SECONDS):  # Python 3.11's wait_for forgets a Ctrl-C that comes with an answer
            line = await reader.readline()
    except TimeoutError:
        message = Wording("{path}: the daemon does not answer; `quivive status` tells how it is", path=archive_path)
        raise DaemonRefuses(message) from None
    except (OSError, ValueError) as error:
        message = Wording("{path}: the daemon cannot be understood ({reason})", path=archive_path, reason=str(error))
        raise DaemonRefuses(message) from error
    if not line:
        message = Wording("{path}: the daemon ended before it was done; what it had begun is resumed at its next start", path=archive_path)
        raise DaemonRefuses(message)
    return read_answer(line) or Refused(Wording("the daemon answers as another version does; restart it after an upgrade"))
