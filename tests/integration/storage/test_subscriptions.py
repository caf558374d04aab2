"""Subscriptions at hubs, kept in the archive over restarts and changes of the address at which the program listens."""

from __future__ import annotations

from dataclasses import replace

from news.sources import FeedLink, ParsedFeed
from news.websub import Asking, Mode
from tests.desk import A, B, Desk, entry, outcome_of

HUB = "https://hub.example/"
HERE = "https://veille.example/websub/"


def subscribe(desk: Desk) -> None:
    """Watch a source with a hub that was asked to tell of it at `HERE`, and confirmed that it will."""
    desk.watch(A)
    now = desk.tick()
    outcome = outcome_of(desk.source(A), now, [])
    feed = ParsedFeed(None, (entry("Un", "https://a.example/1"),), links=(FeedLink("hub", HUB), FeedLink("self", A)))
    desk.archive.record_poll(replace(outcome, feed=feed), now).result()
    (due,) = desk.archive.hubs.due_subscriptions(now, 10, ())
    asking = Asking(due.subscription_id, Mode.SUBSCRIBE, now, callback=HERE + due.callback)
    desk.archive.hubs.record_asking(asking, now).result()
    assert desk.archive.hubs.confirm(due.callback, "subscribe", A, "864000", now).result()


def asked_next(desk: Desk) -> list[str]:
    return [due.url for due in desk.archive.hubs.due_subscriptions(desk.now, 10, ())]


def test_a_hub_that_tells_us_where_we_listen_no_more_is_asked_again_at_once(desk: Desk) -> None:
    subscribe(desk)
    desk.archive.hubs.move_callbacks(HERE, desk.tick()).result()
    assert asked_next(desk) == []
    desk.archive.hubs.move_callbacks("https://elsewhere.example/websub/", desk.tick()).result()
    assert asked_next(desk) == [HUB]


def test_the_hub_of_a_source_that_is_no_longer_wanted_is_told_so_and_one_that_was_never_asked_is_forgotten(desk: Desk) -> None:
    subscribe(desk)
    desk.watch(B)
    body = ParsedFeed(None, (entry("Deux", "https://b.example/1"),), links=(FeedLink("hub", HUB), FeedLink("self", B)))
    desk.archive.record_poll(replace(outcome_of(desk.source(B), desk.tick(), []), feed=body), desk.now).result()
    desk.specs.clear()
    desk.sync()
    (due,) = desk.archive.hubs.due_subscriptions(desk.now, 10, ())
    assert (due.topic, due.mode) == (A, Mode.UNSUBSCRIBE)
    assert desk.rows("SELECT topic FROM subscriptions") == [(A,)]
