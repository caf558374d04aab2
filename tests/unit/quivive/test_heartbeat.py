"""The sign of life comes from the loop and the writing thread together."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from pathlib import Path

from news.query.matching import Matcher
from quivive.heartbeat import keep_beating
from quivive.service_manager import ServiceManager
from storage import Archive, Watch

PATIENCE = 20.0


def test_a_writing_thread_that_hangs_stops_the_sign_of_life_until_it_goes_on(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.db", Watch(Matcher([], {}), {}))
    address = str(tmp_path / "notify")
    go_on, hangs = threading.Event(), threading.Event()

    def hang(_db: object) -> None:
        hangs.set()
        assert go_on.wait(PATIENCE)

    async def scene(listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        beating = asyncio.create_task(keep_beating(ServiceManager({"NOTIFY_SOCKET": address}, os.getpid()), archive, 0.01))
        await asyncio.wait_for(loop.sock_recv(listener, 100), PATIENCE)
        archive._writer.submit(hang)
        await asyncio.to_thread(hangs.wait, PATIENCE)
        asked = archive.answer()  # as the beat does: behind what hangs
        while select_now(listener):
            await loop.sock_recv(listener, 100)
        assert not asked.done()
        assert not select_now(listener)
        go_on.set()
        assert await asyncio.wait_for(loop.sock_recv(listener, 100), PATIENCE) == b"WATCHDOG=1"
        beating.cancel()

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(0)
        asyncio.run(scene(listener))
    archive.close()


def select_now(listener: socket.socket) -> bool:
    """Whether something waits to be read."""
    try:
        return bool(listener.recv(100, socket.MSG_PEEK))
    except BlockingIOError:
        return False
