"""When a source is asked, whether its server is believed, and when its silence is told, as whoever runs the program sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from storage.file.times import to_text
from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, webhook

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CRAWLER = 'delay_per_host = "0s"\nallow_addresses = ["127.0.0.0/8"]\n'
FEED = "application/rss+xml"


def told_of(home: Home) -> dict[str, Any]:
    """What is told of the only source."""
    (source_told,) = home.call("sources", "--json").lines
    assert isinstance(source_told, dict)
    return source_told


def dated(number: int, age: timedelta) -> str:
    return item(f"Article {number}", f"https://journal.example/{number}", published=format_datetime(datetime.now(UTC) - age))


def polled(home: Home, url: str, more: str = "", **keys: str) -> dict[str, Any]:
    """What is told of a source after a poll of it."""
    home.configure(
        sources=[source(url, articles="feed", **keys)], channels=[webhook("hook", "http://127.0.0.1:9/")], crawler=CRAWLER, more=more
    )
    home.call("poll")
    return told_of(home)


@pytest.mark.parametrize(
    ("said", "headers", "seconds"),
    [
        ("", {}, 900),
        ("<ttl>30</ttl>", {}, 1800),
        ("<ttl>1440</ttl>", {}, 3600),
        ("", {"Cache-Control": "public, max-age=2400"}, 2400),
        ("", {"Date": "Mon, 10 Feb 2025 10:00:00 GMT", "Expires": "Mon, 10 Feb 2025 10:20:00 GMT"}, 1200),
        ("<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>hourly</sy:updatePeriod>", {}, 3600),
    ],
)
def test_a_wish_of_a_site_makes_the_interval_longer_while_little_is_known_of_it_by_an_hour_at_most(
    home: Home, site: NewsSite, said: str, headers: Mapping[str, str], seconds: int
) -> None:
    feed = rss(dated(1, HOUR)).replace("<description>d</description>", f"<description>d</description>{said}")
    told = polled(home, site.page("/feed", feed, headers={"Content-Type": FEED, **headers}))
    assert told["interval_seconds"] == pytest.approx(seconds, abs=1)
    assert told_of(home)["next_poll_at"] == told["next_poll_at"]
    own = polled(home, site.url("/feed"), interval="10m")
    assert own["interval_seconds"] == pytest.approx(600, abs=1)


def test_a_source_that_asks_to_be_left_alone_is_and_every_failure_doubles_the_wait_until_the_first_success(
    home: Home, site: NewsSite
) -> None:
    url = site.page("/feed", "", 503, {"Retry-After": "7200"})
    assert polled(home, url)["interval_seconds"] == pytest.approx(7200, abs=1)
    site.page("/feed", "", 500)
    assert [polled(home, url)["interval_seconds"] for _ in range(2)] == [pytest.approx(3600, abs=1), pytest.approx(7200, abs=1)]
    site.page("/feed", rss(dated(1, HOUR)), headers={"Content-Type": FEED})
    assert polled(home, url)["interval_seconds"] == pytest.approx(900, abs=1)


def test_a_server_that_answers_304_for_ever_is_found_out_and_asked_without_condition(home: Home, site: NewsSite) -> None:
    url = site.publish_feed("/feed", rss(dated(1, 20 * DAY)), etag='"same"')
    polled(home, url)
    with closing(sqlite3.connect(home.archive)) as db, db:
        db.execute("UPDATE sources SET last_read_at = :at, first_read_at = :at", {"at": to_text(datetime.now(UTC) - 8 * DAY)})
    site.publish_feed("/feed", rss(dated(2, 3 * DAY), dated(1, 20 * DAY)), etag='"same"')
    conditions = []
    for _ in range(3):
        told = polled(home, url)
        conditions.append(site.requests[-1].headers.get("If-None-Match"))
    assert (conditions, told["articles"]) == (['"same"', None, None], 2)
    assert home.call("show", url, "--json").json["distrusted_at"] is not None
    assert "304" in home.call("sources", url).out


def test_a_source_that_brings_nothing_for_longer_than_it_ever_did_is_silent_and_its_end_is_told_once_too(
    home: Home, site: NewsSite, hook: HookSink
) -> None:
    old = [dated(number, 10 * DAY + number * HOUR) for number in range(100)]
    url = site.publish_feed("/feed", rss(*old))
    keys = {"crawler": CRAWLER, "more": '[health]\nnotify = ["hook"]\n', "first_poll": "silent"}
    home.configure(sources=[source(url, "Journal", articles="feed")], channels=[webhook("hook", hook.url)], **keys)
    for _ in range(3):
        home.call("poll")
    assert told_of(home)["status"] == "silent"
    site.publish_feed("/feed", rss(dated(200, HOUR), *old))
    for _ in range(2):
        home.call("poll")
    assert told_of(home)["status"] == "ok"
    told = [(one.json["data"]["health"]["before"], one.json["data"]["health"]["after"]) for one in hook.requests]
    assert told == [("new", "silent"), ("silent", "ok")]
