"""A surge on its way from the feed to the receiver, in two rounds of `poll` some weeks apart."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from news.alerts import Alert, AlertKind
from quivive.config import load_config
from quivive.poll_once import poll_once
from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss

NOW = datetime(2025, 3, 5, 10, 15, tzinfo=UTC)


def poll(folder: Path, at: datetime) -> list[Alert]:
    """One round at that time; the alerts it announced."""
    told: list[Alert] = []
    asyncio.run(poll_once(load_config(folder / "config.toml", {}), [], lambda: at, told.append))
    return told


def test_a_round_tells_the_receiver_of_the_surge_that_its_articles_make(tmp_path: Path) -> None:
    with NewsSite() as site, HookSink() as hook:
        site.page("/robots.txt", "")
        site.publish_feed("/feed", rss())
        (tmp_path / "config.toml").write_text(
            '[crawler]\ndelay_per_host = "0s"\nconcurrency_per_host = 16\nallow_addresses = ["127.0.0.0/8"]\n'
            f'[[sources]]\nurl = "{site.url("/feed")}"\narticles = "feed"\n'
            f'[[topics]]\nname = "OTAN"\nquery = "OTAN"\nnotify = ["hook"]\n[channels.hook]\ntype = "webhook"\nurl = "{hook.url}"\n',
            encoding="utf-8",
        )
        assert poll(tmp_path, NOW - timedelta(days=20)) == []
        site.publish_feed(
            "/feed",
            rss(*(item(f"L’OTAN, dépêche {n}", site.url(f"/{n}"), published=f"Wed, 05 Mar 2025 10:0{n}:00 +0100") for n in range(6))),
        )
        told = poll(tmp_path, NOW)
        assert [alert.kind for alert in told] == [*[AlertKind.NEW] * 6, AlertKind.SURGE]
        received = [json.loads(request.body) for request in hook.requests]
        (surge,) = [one for one in received if one["type"] == "alert.surge"]
        assert (surge["data"]["surge"]["articles"], surge["data"]["alert_id"]) == (6, told[-1].alert_id)
