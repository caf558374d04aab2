"""A surge on its way from the archive to the receiver, in a round of `poll`."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from news.alerts import Alert, AlertKind
from quivive.config import load_config
from quivive.poll_once import poll_once
from tests.desk import OTAN, A, Desk, entry
from tests.mailbox import HookSink

NOW = datetime(2025, 3, 5, 10, 15, tzinfo=UTC)


def fill_archive(path: Path) -> None:
    """Three weeks in which nothing is written about the topic, and an hour with fourteen articles, of which nobody was told yet."""
    with Desk(path, [OTAN]) as desk:
        desk.now = NOW - timedelta(days=21)
        desk.watch(A)
        desk.archive.watch_volumes(desk.tick()).result()
        desk.poll(A)
        moments = [NOW - timedelta(minutes=10 + number) for number in range(14)]
        desk.poll(A, *(entry(f"L’OTAN, {n}", f"{A}/{n}", published_at=at) for n, at in enumerate(moments)), at=NOW - timedelta(minutes=1))


def test_a_round_announces_the_surge_that_the_archive_shows_and_sends_it_with_the_rest(tmp_path: Path) -> None:
    fill_archive(tmp_path / "archive.db")
    told: list[Alert] = []
    with HookSink() as hook:
        (tmp_path / "config.toml").write_text(
            f'[[topics]]\nname = "OTAN"\nquery = "OTAN"\nnotify = ["hook"]\n[channels.hook]\ntype = "webhook"\nurl = "{hook.url}"\n',
            encoding="utf-8",
        )
        asyncio.run(poll_once(load_config(tmp_path / "config.toml", {}), [], lambda: NOW, told.append))
        received = [json.loads(request.body) for request in hook.requests]
    assert [alert.kind for alert in told] == [AlertKind.SURGE]
    assert sorted(one["type"] for one in received) == ["alert.created"] * 14 + ["alert.surge"]
    (surge,) = [one["data"] for one in received if one["type"] == "alert.surge"]
    assert (surge["alert_id"], surge["surge"]["articles"]) == (told[0].alert_id, 14)
