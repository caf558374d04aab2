"""Alerts that go to a second channel, and acknowledging them, as somebody types it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mailbox import HookSink, Reply
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, story, topic, webhook

ESCALATE = '\nescalate = { after = "30m", to = "Astreinte" }\n'


@pytest.fixture
def hook() -> Iterator[HookSink]:
    with HookSink() as hook:
        yield hook


@pytest.fixture
def home(tmp_path: Path, hook: HookSink) -> Iterator[Home]:
    home = Home(tmp_path)
    with NewsSite() as site:
        site.publish_feed("/feed", rss(item("L’OTAN", site.page("/1", story("L’OTAN")))))
        home.configure(
            sources=[source(site.url("/feed"))],
            topics=[topic("OTAN", "otan", ["hook"])],
            channels=[webhook("hook", hook.url) + ESCALATE, webhook("astreinte", hook.url)],
        )
        yield home


def deliveries(home: Home) -> dict[str, Any]:
    (alert,) = home.call("alerts", "--json", "--topic", "OTAN").lines
    return {one["channel"]: one for one in alert["deliveries"]}


def let_half_an_hour_pass(home: Home) -> None:
    with sqlite3.connect(home.archive) as archive:
        archive.execute("UPDATE deliveries SET escalate_at = '2026-01-01T00:00:00.000000Z' WHERE escalate_at IS NOT NULL")
    archive.close()


def test_what_a_channel_refuses_for_good_is_told_to_the_second_in_the_same_round(home: Home, hook: HookSink) -> None:
    hook.reply(Reply(410))
    assert home.quivive("poll").status == 1  # something was given up
    first, second = hook.requests
    assert first.json["data"]["alert_id"] == second.json["data"]["alert_id"]
    assert first.headers["webhook-id"] != second.headers["webhook-id"]
    told = deliveries(home)
    assert (told["hook"]["status"], told["astreinte"]["status"], told["astreinte"]["escalated_because"]) == ("dead", "sent", "dead")
    assert "escalated from hook, where it was given up" in home.call("alerts").out


def test_the_daemon_tells_the_second_channel_what_nobody_acknowledges_in_time(home: Home, hook: HookSink) -> None:
    home.write_config(home.config.read_text(encoding="utf-8").replace('"30m"', '"1s"'))
    with home.start("run") as daemon:
        first, second = hook.wait_for(2)
        daemon.wait_for_log("alert escalated")
        daemon.terminate()
        assert daemon.wait() == 0
    assert first.json["data"]["alert_id"] == second.json["data"]["alert_id"]
    assert deliveries(home)["hook"]["escalates_at"] is None
    assert "escalated from hook, where nobody acknowledged it in time" in home.call("show", deliveries(home)["astreinte"]["id"]).out


def test_an_alert_is_acknowledged_by_the_first_letters_of_its_id_and_listed_so(home: Home, hook: HookSink) -> None:
    home.call("poll")
    (alert,) = home.call("alerts", "--json").lines
    assert alert["acknowledged_at"] is None
    assert alert["deliveries"][0]["escalates_at"]
    assert "escalates" in home.call("alerts").out
    assert home.call("alerts", "ack", alert["id"][:8]).out == "1 alert is acknowledged\n"
    refused = home.call("alerts", "ack", "nonsense")
    assert (refused.status, "nonsense" in refused.err) == (2, True)
    let_half_an_hour_pass(home)
    home.call("poll")
    assert len(hook.requests) == 1
    (alert,) = home.call("alerts", "--json").lines
    assert alert["acknowledged_at"]
    assert "acknowledged" in home.call("alerts").out
    assert "acknowledged" in home.call("show", alert["id"]).out


def test_check_says_to_whom_and_when(home: Home) -> None:
    assert "channel hook: at once, to astreinte if given up, or not acknowledged within 30 min\n" in home.call("check").out
