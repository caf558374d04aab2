"""`first_poll = "digest"`: what new sources hold is one message, and what comes after it another."""

from __future__ import annotations

from pathlib import Path

from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, story, topic, webhook


def test_what_new_sources_hold_is_one_message_and_news_are_told_by_themselves(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with NewsSite() as site, HookSink() as hook:
        held = {
            feed: [item(f"L’OTAN {feed} {number}", site.page(f"/{feed}/{number}", story(f"L’OTAN {feed} {number}"))) for number in range(2)]
            for feed in "ab"
        }
        for feed, items in held.items():
            site.publish_feed(f"/{feed}", rss(*items))
        home.configure(
            sources=[source(site.url(f"/{feed}"), feed) for feed in held],
            topics=[topic("OTAN", "otan", ["hook"])],
            channels=[webhook("hook", hook.url)],
            first_poll="digest",
        )
        home.call("poll")
        (request,) = hook.requests
        assert (request.json["type"], request.json["data"]["kind"]) == ("alert.digest", "first_poll")
        assert sorted(alert["article"]["title"] for alert in request.json["data"]["alerts"]) == [
            f"L’OTAN {feed} {number}" for feed in held for number in range(2)
        ]
        site.publish_feed("/a", rss(item("L’OTAN, encore", site.page("/a/9", story("L’OTAN, encore"))), *held["a"]))
        home.call("poll")
        assert [request.json["type"] for request in hook.requests] == ["alert.digest", "alert.created"]
