"""Channels that leave the configuration, come back, or change."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from news.alerts import DeliveryStatus
from quivive.languages import make_language
from tests import mailbox as receivers
from tests.mailbox import Mailbox, Reply, closed_port
from tests.outbox import ENGLISH, MORNING, Clock, ListOutbox, make_alert, make_bundle, until
from tests.sending import STEADY, deliver, email_channel, hook_channel, make_dispatcher


def test_what_waits_for_a_channel_that_is_not_configured_says_so_without_an_attempt_and_is_looked_at_hourly():
    outbox = ListOutbox(make_bundle("gone"))
    outbox.find(make_alert("OTAN"), "gone")
    clock = Clock()
    deliver(outbox, clock=clock)
    assert outbox.results == []
    assert [(one.status, one.next_attempt_at) for one in outbox.held] == [(DeliveryStatus.PENDING, MORNING + timedelta(hours=1))] * 2
    assert all("channel gone is not in the configuration" in one.error for one in outbox.held)
    clock.advance(timedelta(minutes=59))
    deliver(outbox, clock=clock)
    assert len(outbox.held) == 2
    clock.advance(timedelta(minutes=1))
    deliver(outbox, clock=clock)
    assert len(outbox.held) == 4


def test_the_outbox_is_told_which_channels_there_are_at_the_first_look_and_after_each_reload():
    told = []

    class Noting(ListOutbox):
        def sync_channels(self, channels, now):
            told.append(set(channels))
            return super().sync_channels(channels, now)

    async def scene():
        dispatcher = make_dispatcher(Noting(), hook_channel(closed_port()))
        await dispatcher.deliver_due()
        await dispatcher.deliver_due()
        dispatcher.reload({}, ENGLISH)
        await dispatcher.deliver_due()
        await dispatcher.deliver_due()
        await dispatcher.stop(0)

    asyncio.run(scene())
    assert told == [{"hook"}, set()]


def test_how_much_waits_for_an_absent_channel_is_logged_once_a_look_and_not_when_nothing_does(caplog):
    outbox, clock = ListOutbox(*(make_bundle("gone", number=number) for number in range(3))), Clock()
    deliver(outbox, clock=clock)
    deliver(outbox, clock=clock)
    clock.advance(timedelta(days=3))
    deliver(outbox, clock=clock)
    assert [record.getMessage() for record in caplog.records] == ["channel gone is not in the configuration: 3 messages wait for it"]


def test_more_than_a_portion_that_waits_for_an_absent_channel_is_held_in_one_look(monkeypatch):
    monkeypatch.setattr("monitors.dispatch.HELD_AT_ONCE", 2)
    outbox = ListOutbox(*(make_bundle("gone", number=number) for number in range(7)))
    deliver(outbox)
    assert len(outbox.held) == 7


def test_a_channel_that_stays_away_for_three_days_makes_what_waits_for_it_dead_and_that_is_told():
    told = []

    async def scene():
        outbox = ListOutbox(make_bundle("gone"))
        dispatcher = make_dispatcher(
            outbox, clock=Clock(MORNING + timedelta(days=3)), on_attempt=lambda channel, result: told.append((channel, result))
        )
        await dispatcher.deliver_due()
        await dispatcher.stop(0)
        assert outbox.pending == []

    asyncio.run(scene())
    ((channel, result),) = told
    assert (channel, result.status) == ("gone", DeliveryStatus.DEAD)
    assert "channel gone is not in the configuration" in result.error


@pytest.mark.parametrize("sealed", [True, False])
def test_a_channel_that_is_renamed_back_sends_at_once_under_the_same_id(hook, sealed):
    async def scene():
        outbox, clock = ListOutbox(), Clock()
        bundle = make_bundle("hook")
        outbox.add(bundle) if sealed else outbox.find(bundle.alerts[0], "hook")
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port, "renamed"), clock=clock)
        await dispatcher.deliver_due()
        assert len(outbox.held) == 1
        clock.advance(timedelta(seconds=1))
        dispatcher.reload({"hook": hook_channel(hook.port)}, ENGLISH)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)
        assert [request.headers["webhook-id"] for request in hook.requests] == [bundle.bundle_id]

    asyncio.run(scene())


def test_what_waits_for_its_next_attempt_says_so_too_when_its_channel_is_removed_and_goes_out_when_that_is_back(hook):
    async def scene():
        hook.reply(Reply(503, headers={"Retry-After": "7200"}))
        outbox, clock = ListOutbox(make_bundle("hook")), Clock()
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), clock=clock)
        await dispatcher.deliver_due()
        await dispatcher.join()
        dispatcher.reload({}, ENGLISH)
        clock.advance(timedelta(seconds=1))
        await dispatcher.deliver_due()
        assert len(outbox.held) == 1
        dispatcher.reload({"hook": hook_channel(hook.port)}, ENGLISH)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)
        assert outbox.last.status is DeliveryStatus.SENT

    asyncio.run(scene())


def test_what_is_in_line_when_its_channel_is_removed_is_held_at_the_next_look(hook):
    async def scene():
        hook.always(Reply(action=receivers.HOLD))
        outbox = ListOutbox(*(make_bundle("hook", number=number) for number in range(4)))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), rules=replace(STEADY, at_once=1, most_in_hand=2))
        await dispatcher.deliver_due()
        await until(lambda: len(hook.requests) == 1)
        dispatcher.reload({}, ENGLISH)
        hook.release()
        await dispatcher.join()
        await dispatcher.deliver_due()
        await dispatcher.stop(0)
        assert len(hook.requests) == 1
        assert len(outbox.held) == 3

    asyncio.run(scene())


def test_a_reloaded_configuration_counts_from_the_next_attempt_on(hook):
    clock = Clock()

    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        dispatcher = make_dispatcher(outbox, hook_channel(closed_port()), clock=clock)
        await dispatcher.deliver_due()
        await dispatcher.join()
        dispatcher.reload({"hook": hook_channel(hook.port)}, ENGLISH)
        clock.advance(timedelta(minutes=1))
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)
        return [result.status for result in outbox.results]

    assert asyncio.run(scene()) == [DeliveryStatus.PENDING, DeliveryStatus.SENT]


def test_a_reloaded_time_zone_counts_from_the_next_mail_on():
    with Mailbox() as mailbox:
        channel = replace(email_channel(mailbox.port), username=None, password=None)

        async def scene():
            outbox = ListOutbox(make_bundle("redaction"))
            dispatcher = make_dispatcher(outbox, channel)
            await dispatcher.deliver_due()
            await dispatcher.join()
            dispatcher.reload({"redaction": channel}, replace(ENGLISH, language=make_language("en", ZoneInfo("Asia/Tokyo"))))
            outbox.add(make_bundle("redaction", number=1))
            await dispatcher.deliver_due()
            await dispatcher.join()
            await dispatcher.stop(0)

        asyncio.run(scene())
        assert [mail.message["Date"][-5:] for mail in mailbox.mails] == ["+0100", "+0900"]
