"""The socket through which a running daemon is asked: beside the archive's real place, for its owner only.

Linux takes 107 bytes of a socket's path (unix(7)). A longer one is reached through a descriptor of its folder, and a name that would be
too long even so is replaced by its hash.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET_MODE = 0o600
_LONGEST_PATH_BYTES = 107
_LONGEST_NAME_BYTES = 80
_WAITING_CALLERS = 8


def socket_path(archive_path: Path) -> Path:
    """Where the socket of that archive is, by whatever name the archive is reached."""
    real_path = Path(os.path.realpath(archive_path))
    name = f"{real_path.name}.socket"
    if len(os.fsencode(name)) > _LONGEST_NAME_BYTES:
        name = f"{hashlib.sha256(os.fsencode(real_path.name)).hexdigest()[:32]}.socket"
    return real_path.with_name(name)


def open_socket(path: Path) -> socket.socket:
    """Listen there. What a dead daemon left is cleared away: the caller holds the archive's lock. Raises OSError."""
    _clear(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _address(path) as address:
            listening.bind(address)
            Path(address).chmod(SOCKET_MODE)  # nobody can have connected: it does not listen yet
        listening.listen(_WAITING_CALLERS)
        listening.settimeout(0)
    except BaseException:
        listening.close()
        raise
    return listening


def remove_socket(path: Path) -> None:
    """Take the socket away. Where that is impossible, the next daemon does."""
    with suppress(OSError):
        _clear(path)


async def connect(path: Path) -> socket.socket:
    """A connection to whoever listens there. Raises OSError: `FileNotFoundError` or `ConnectionRefusedError` if nobody does."""
    calling = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    calling.settimeout(0)
    try:
        with _address(path) as address:
            await asyncio.get_running_loop().sock_connect(calling, address)
    except BaseException:
        calling.close()
        raise
    return calling


def _clear(path: Path) -> None:
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(f"{path} is no socket; move it away")
        path.unlink()
    except FileNotFoundError:
        return


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """A path to the socket that is short enough."""
    if len(os.fsencode(path)) <= _LONGEST_PATH_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
