"""Channels that want to be told at their own times, sent to by the dispatcher: on the clock of the people's time zone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from news.alerts import DeliveryStatus, make_bundle_id
from news.pace import Pace
from news.plans import Policy
from news.schedules import parse_quiet, parse_schedule
from tests.mailbox import Reply
from tests.outbox import ARTICLE, MORNING, Clock, ListOutbox, make_alert
from tests.sending import deliver, hook_channel, make_dispatcher

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


NIGHT = Policy(quiet=parse_quiet("11:20-12:00"))  # begins at 10:20 UTC


def test_what_could_not_be_sent_before_quiet_hours_waits_for_their_end_too(hook):
    outbox, clock = ListOutbox(), Clock()
    channel = replace(hook_channel(hook.port), policy=NIGHT)
    find(outbox, 2)
    hook.reply(Reply(503), Reply(503))
    clock.now = MORNING + timedelta(minutes=2)
    deliver(outbox, channel, clock=clock)
    assert len(hook.requests) == 2
    for minutes in (6, 20, 44):
        clock.now = MORNING + timedelta(minutes=minutes)
        deliver(outbox, channel, clock=clock)
    assert len(hook.requests) == 2
    clock.now = MORNING + timedelta(minutes=45)
    deliver(outbox, channel, clock=clock)
    assert len(hook.requests) == 4
    assert len({request.headers["webhook-id"] for request in hook.requests}) == 2
    assert outbox.last.status is DeliveryStatus.SENT


def test_what_is_urgent_is_tried_again_in_quiet_hours(hook):
    outbox, clock = ListOutbox(), Clock()
    outbox.find(replace(make_alert(), urgent=True), "hook")
    hook.reply(Reply(503))
    channel = replace(hook_channel(hook.port), policy=NIGHT)
    clock.now = MORNING
    deliver(outbox, channel, clock=clock)
    clock.now = MORNING + timedelta(minutes=10)
    deliver(outbox, channel, clock=clock)
    assert outbox.last.status is DeliveryStatus.SENT


def test_what_is_in_hand_when_quiet_hours_begin_waits_for_their_end(hook):
    outbox, clock = ListOutbox(), Clock()
    channel = replace(hook_channel(hook.port), policy=replace(NIGHT, pace=Pace(at_once=1)))
    find(outbox, 3)
    clock.now = MORNING + timedelta(minutes=2)

    def night_falls(_channel, _result):
        clock.now = MORNING + timedelta(minutes=6)

    async def scene():
        dispatcher = make_dispatcher(outbox, channel, clock=clock, on_attempt=night_falls)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.deliver_due()
        await dispatcher.join()
        before_night = len(hook.requests)
        taken_up = await dispatcher.deliver_due()
        clock.now = MORNING + timedelta(minutes=45)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)
        return before_night, taken_up

    before_night, taken_up = asyncio.run(scene())
    assert before_night < 3
    assert taken_up == 0
    assert len(hook.requests) == len({request.headers["webhook-id"] for request in hook.requests}) == 3


@pytest.mark.timeout(240)  # it looks 250 times what is due, which takes a minute where other work goes on
def test_a_channel_that_is_back_has_no_more_messages_an_hour_than_it_wants(hook):
    """Ten hours of an outage, an alert every five minutes: none of them is lost, and only summaries are beyond the limit."""
    outbox, clock = ListOutbox(), Clock()
    channel = replace(hook_channel(hook.port), policy=Policy(most_per_hour=8))
    hook.always(Reply(503))
    for number in range(120):
        clock.now = MORNING + number * timedelta(minutes=5)
        article = replace(ARTICLE, article_id=number, url=f"https://a.example/{number}")
        outbox.find(make_alert("OTAN", article, clock.now), "hook")
        deliver(outbox, channel, clock=clock)
    hook.behave()
    back = len(hook.requests)
    for _ in range(120):
        clock.advance(timedelta(seconds=30))
        deliver(outbox, channel, clock=clock)
    told = [request.json for request in hook.requests[back:]]
    assert sum(one["type"] == "alert.created" for one in told) <= 8
    for _ in range(10):
        clock.advance(timedelta(minutes=15))
        deliver(outbox, channel, clock=clock)
    told = [request.json["data"] for request in hook.requests[back:]]
    urls = [alert["article"]["url"] for data in told for alert in data.get("alerts", [data])]
    assert sorted(urls) == sorted(f"https://a.example/{number}" for number in range(120))


def test_what_is_more_than_one_digest_holds_is_several_in_the_same_round(hook):
    outbox, clock = ListOutbox(), Clock()
    channel = replace(hook_channel(hook.port), policy=Policy(when=parse_schedule("daily 09:00")))
    for number in range(2_100):
        article = replace(ARTICLE, article_id=number, url=f"https://a.example/{number}")
        outbox.find(make_alert("OTAN", article, MORNING + timedelta(seconds=number)), "hook")
    clock.now = NINE_IN_PARIS
    deliver(outbox, channel, clock=clock)
    assert sorted(len(request.json["data"]["alerts"]) for request in hook.requests) == [100, 1_000, 1_000]
    assert outbox.due_channels(clock.now) == []
