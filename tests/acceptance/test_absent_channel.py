"""A channel that is renamed in the configuration of a running daemon, and renamed back."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mailbox import HookSink, Reply
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, Running, source, story, topic, wait_until, webhook


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        site.publish_feed("/feed", rss(item("L’OTAN", site.page("/1", story("L’OTAN")))))
        yield site


def call_channel(name: str, home: Home, site: NewsSite, hook: HookSink) -> None:
    home.configure(sources=[source(site.url("/feed"))], topics=[topic("OTAN", "otan", [name])], channels=[webhook(name, hook.url)])


def reload(daemon: Running, times: int) -> None:
    daemon.send(signal.SIGHUP)
    daemon.wait_for_log("configuration taken over", times)


def test_what_waits_for_a_channel_says_so_while_that_is_renamed_and_goes_out_at_once_when_it_is_back(
    tmp_path: Path, site: NewsSite
) -> None:
    home = Home(tmp_path)

    def delivery() -> dict[str, object]:
        [one] = home.call("alerts", "--json").lines[0]["deliveries"]
        return one

    with HookSink() as hook:
        hook.reply(Reply(503, headers={"Retry-After": "7200"}))
        call_channel("hook", home, site, hook)
        with home.start("run") as daemon:
            hook.wait_for(1)
            daemon.wait_for_log("503")
            call_channel("renamed", home, site, hook)
            reload(daemon, 1)
            wait_until(
                lambda: "channel hook is not in the configuration" in str(delivery()["last_error"]), "the reason in the delivery log"
            )
            assert (delivery()["status"], delivery()["attempts"]) == ("pending", 1)
            call_channel("hook", home, site, hook)
            reload(daemon, 2)
            first, second = hook.wait_for(2)
            wait_until(lambda: delivery()["status"] == "sent", "the delivery to be noted as sent")
            daemon.terminate()
            assert daemon.wait() == 0
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
