"""Telling what was found, when that is very much at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from quivive.config import load_config
from quivive.service import Service
from quivive.wiring import open_archive
from storage import Tally
from tests.desk import OTAN, A, Desk, entry

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)


def test_hundreds_of_alerts_are_told_a_few_at_a_time_with_turns_for_everybody_else_between(tmp_path: Path) -> None:
    with Desk(tmp_path / "other.db", [OTAN]) as desk:
        desk.watch(A)
        (alert,) = desk.poll(A, entry("L’OTAN se réunit", "https://a.example/1")).alerts

    turns = 0
    told: list[int] = []

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def tell() -> None:
        (tmp_path / "config.toml").touch()
        configuration = load_config(tmp_path / "config.toml", {})
        archive = open_archive(configuration, NOW)
        service = Service(configuration, archive, lambda: NOW, lambda _alert: told.append(turns))
        others = asyncio.create_task(take_turns())
        await service.follow_up(Tally(alerts=[alert] * 230))
        others.cancel()
        await service.stop(0)
        archive.close()

    asyncio.run(tell())
    assert [len(list(some)) for _, some in groupby(told)] == [50, 50, 50, 50, 30]
