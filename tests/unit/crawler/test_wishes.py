"""How often a site wishes to be asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.feed_parser import parse_feed
from crawler.wishes import LONGEST, fresh_for
from news.freshness import NO_FEED_WISHES, FeedWishes

HOUR = timedelta(hours=1)
SYNDICATION = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


def wishes_of(inside: str) -> FeedWishes:
    item = "<item><title>Un sommet</title><link>https://a.example/1</link></item>"
    return parse_feed(f'<rss version="2.0" {SYNDICATION}><channel>{inside}{item}</channel></rss>'.encode(), "https://a.example/feed").wishes


@pytest.mark.parametrize(
    ("inside", "every"),
    [
        ("", None),
        ("<ttl> 60 </ttl>", HOUR),
        ("<ttl>soon</ttl>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        (f"<ttl>{'9' * 400}</ttl>", LONGEST),
        ("<sy:updatePeriod>\n\thourly </sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>Daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
        ("<sy:updateFrequency>2</sy:updateFrequency><sy:updatePeriod>weekly</sy:updatePeriod>", 84 * HOUR),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", HOUR),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<sy:updateFrequency>2</sy:updateFrequency>", None),
        ("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<ttl>90</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 1.5 * HOUR),
    ],
)
def test_a_feed_says_how_often_it_wants_to_be_asked(inside: str, every: timedelta | None) -> None:
    assert wishes_of(inside) == FeedWishes(every)


def test_a_feed_says_which_hours_and_days_are_to_be_skipped() -> None:
    hours = "<skipHours><hour>0</hour><hour> 4 </hour><hour>24</hour><hour>25</hour><hour>x</hour></skipHours>"
    days = "<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>"
    assert wishes_of(hours + days) == FeedWishes(None, frozenset({0, 4}), frozenset({5, 6}))
    assert wishes_of("<skipHours></skipHours>") == NO_FEED_WISHES


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=300"}, timedelta(minutes=5)),
        ({"Cache-Control": 'public, Max-Age="300"', "Age": "60"}, timedelta(minutes=4)),
        ({"Cache-Control": "max-age=300", "Age": "900"}, timedelta()),
        ({"Cache-Control": "max-age=300", "Age": "old"}, timedelta(minutes=5)),
        ({"Cache-Control": "s-maxage=300"}, None),
        ({"Cache-Control": "no-cache, max-age=300"}, timedelta()),
        ({"Cache-Control": "no-store"}, timedelta()),
        ({"Cache-Control": f"max-age={'9' * 12}"}, LONGEST),
        ({"Cache-Control": "max-age=60", "Expires": "Mon, 03 Mar 2025 12:00:00 GMT", "Date": "Mon, 03 Mar 2025 11:00:00 GMT"}, HOUR / 60),
        ({"Expires": "Mon, 03 Mar 2025 12:00:00 GMT", "Date": "Mon, 03 Mar 2025 11:00:00 GMT"}, HOUR),
        ({"Expires": "Mon, 03 Mar 2025 12:00:00 GMT"}, None),
        ({"Expires": "0", "Date": "Mon, 03 Mar 2025 11:00:00 GMT"}, timedelta()),
        ({"Expires": "Mon, 03 Mar 99999999999999999999 12:00:00 GMT", "Date": "Mon, 03 Mar 2025 11:00:00 GMT"}, timedelta()),
        ({"Expires": "Mon, 03 Mar 2025 12:00:00 GMT", "Date": "Mon, 03 Mar 2025 11:00:00 +99999999999999999999"}, None),
        ({"Expires": "Mon, 03 Mar 2025 10:00:00 GMT", "Date": "Mon, 03 Mar 2025 11:00:00 GMT"}, timedelta()),
    ],
)
def test_a_server_says_how_long_its_answer_stays_fresh(headers: dict[str, str], fresh: timedelta | None) -> None:
    assert fresh_for(headers.get) == fresh
