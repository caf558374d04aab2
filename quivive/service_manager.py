"""Telling the service manager how it goes: the protocol of sd_notify(3), datagrams to the socket that `$NOTIFY_SOCKET` names.

Own lines, as the protocol is one: of the small libraries for it none that is kept up knows the moment of a reload, and all of them send
from where they are called, which would be the event loop.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import MutableMapping

import structlog

log = structlog.get_logger("quivive")

_PATIENCE_SECONDS = 2.0
"""For one message. A service manager that does not read must not hold up the watch."""


class ServiceManager:
    """What started this program, if it wants to be told; otherwise nothing is sent. Takes its variables out of the environment.

    They are for this process only: a worker that inherited them could speak in its name.
    """

    def __init__(self, environ: MutableMapping[str, str], pid: int) -> None:
        self._address = environ.pop("NOTIFY_SOCKET", "")
        microseconds, of_pid = environ.pop("WATCHDOG_USEC", "0"), environ.pop("WATCHDOG_PID", str(pid))
        is_ours = bool(self._address) and of_pid == str(pid) and microseconds.strip("0").isdecimal()
        self.watchdog_seconds = int(microseconds) / 1e6 if is_ours else None
        """How long it waits for a sign of life before it ends this program; None: for ever."""
        self._has_failed = False

    async def tell(self, *assignments: str) -> None:
        """Send assignments, such as `READY=1`. What cannot be sent is said in the log, once."""
        if not self._address:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._send("\n".join(assignments).encode())
        except (OSError, TimeoutError) as error:
            if not self._has_failed:
                self._has_failed = True
                log.warning("the service manager cannot be told", socket=self._address, reason=str(error) or "it does not read")

    async def tell_of_reload(self) -> None:
        """Say that the configuration is being read again. The moment tells this reload from an earlier one."""
        await self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    async def tell_of_opening(self, extend_seconds: float) -> None:
        """Say that starting takes longer, and for how much longer to wait, at most."""
        await self.tell(f"EXTEND_TIMEOUT_USEC={int(extend_seconds * 1e6)}", "STATUS=opening the archive")

    async def _send(self, message: bytes) -> None:
        # "@" stands for the zero byte at the beginning of an abstract address.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.settimeout(0)
            sender.connect(address)
            await asyncio.get_running_loop().sock_sendall(sender, message)
