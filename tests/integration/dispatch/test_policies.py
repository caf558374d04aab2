"""Channels that want to be told at their own times, sent to by the dispatcher: on the clock of the people's time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from news.alerts import make_bundle_id
from news.plans import Policy
from news.schedules import parse_quiet, parse_schedule
from tests.mailbox import Reply
from tests.outbox import ARTICLE, MORNING, Clock, ListOutbox, make_alert
from tests.sending import deliver, hook_channel

NINE_IN_PARIS = datetime.fromisoformat("2026-03-05T08:00:00Z")


def find(outbox, count):
    for number in range(count):
        article = replace(ARTICLE, article_id=number, url=f"https://a.example/{number}")
        outbox.find(make_alert("OTAN", article, MORNING + timedelta(minutes=number)), "hook")


def test_a_digest_is_one_message_at_its_time_in_paris(hook):
    outbox, clock = ListOutbox(), Clock()
    channel = replace(hook_channel(hook.port), policy=Policy(when=parse_schedule("daily 09:00")))
    find(outbox, 5)
    for moment in (MORNING + timedelta(minutes=9), NINE_IN_PARIS - timedelta(seconds=1)):
        clock.now = moment
        deliver(outbox, channel, clock=clock)
    assert hook.requests == []
    clock.now = NINE_IN_PARIS
    deliver(outbox, channel, clock=clock)
    deliver(outbox, channel, clock=clock)
    (request,) = hook.requests
    assert (request.json["type"], len(request.json["data"]["alerts"])) == ("alert.digest", 5)
    assert request.headers["webhook-id"] == make_bundle_id("hook", outbox.last.delivery_ids)


def test_a_digest_that_is_refused_comes_again_as_it_was(hook):
    outbox, clock = ListOutbox(), Clock()
    channel = replace(hook_channel(hook.port), policy=Policy(when=parse_schedule("daily 09:00")))
    find(outbox, 2)
    clock.now = MORNING + timedelta(minutes=9)
    deliver(outbox, channel, clock=clock)
    hook.reply(Reply(503))
    clock.now = NINE_IN_PARIS
    deliver(outbox, channel, clock=clock)
    clock.now += timedelta(seconds=5)
    deliver(outbox, channel, clock=clock)
    first, second = hook.requests
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_in_quiet_hours_of_paris_nothing_is_sent(hook):
    outbox, clock = ListOutbox(), Clock()
    channel = replace(hook_channel(hook.port), policy=Policy(quiet=parse_quiet("11:00-12:00")))  # MORNING is 11:15 there
    find(outbox, 3)
    clock.now = MORNING + timedelta(minutes=9)
    deliver(outbox, channel, clock=clock)
    assert (hook.requests, outbox.results) == ([], [])
    clock.now = MORNING + timedelta(minutes=45)
    deliver(outbox, channel, clock=clock)
    assert [request.json["type"] for request in hook.requests] == ["alert.created"] * 3
