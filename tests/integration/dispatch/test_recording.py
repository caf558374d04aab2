"""What came of an attempt is recorded, told, and missed when it cannot be."""

import asyncio
from dataclasses import replace

import pytest

from monitors import SendingRules
from news.alerts import DeliveryStatus
from tests import mailbox as receivers
from tests.mailbox import Reply
from tests.outbox import ListOutbox, done, make_bundle, until
from tests.sending import STEADY, hook_channel, make_dispatcher


def test_nothing_is_recorded_before_the_receiver_has_answered(hook):
    async def scene():
        hook.always(Reply(action=receivers.HOLD))
        outbox = ListOutbox(make_bundle("hook"))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        await dispatcher.deliver_due()
        await until(lambda: len(hook.requests) == 1)
        assert outbox.results == []
        hook.release()
        await dispatcher.join()
        await dispatcher.stop(0)
        assert outbox.last.status is DeliveryStatus.SENT

    asyncio.run(scene())


def test_every_attempt_is_told_after_it_was_recorded(hook):
    told = []

    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        dispatcher = make_dispatcher(
            outbox, hook_channel(hook.port), on_attempt=lambda channel, result: told.append((channel, result, list(outbox.results)))
        )
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)

    asyncio.run(scene())
    ((channel, result, recorded),) = told
    assert channel == "hook"
    assert recorded == [result]


def test_an_archive_that_cannot_record_is_not_passed_over_in_silence(hook):
    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        outbox.on_record = lambda result: done(OSError("disk full"))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        await dispatcher.deliver_due()
        with pytest.raises(OSError, match="disk full"):
            await dispatcher.join()
        await dispatcher.stop(0)

    asyncio.run(scene())


def test_the_next_round_raises_what_went_wrong_in_the_last(hook):
    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        outbox.on_record = lambda result: done(OSError("disk full"))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        await dispatcher.deliver_due()
        await until(lambda: not dispatcher._tasks())
        with pytest.raises(OSError, match="disk full"):
            await dispatcher.deliver_due()
        await dispatcher.stop(0)

    asyncio.run(scene())


def test_a_result_that_could_not_be_recorded_is_not_sent_on_and_on(hook):
    class Forgetful(ListOutbox):
        def record_attempt(self, result):
            self.results.append(result)
            return done(OSError("disk full"))

    async def scene():
        outbox = Forgetful(*(make_bundle("hook", number=number) for number in range(9)))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), rules=replace(STEADY, most_in_hand=2))
        await dispatcher.deliver_due()
        with pytest.raises(OSError, match="disk full"):
            await dispatcher.join()
        await dispatcher.stop(0)
        assert len(hook.requests) == 2

    asyncio.run(scene())


def test_messages_that_could_not_be_fetched_in_the_course_of_a_round_are_not_passed_over_in_silence(hook):
    async def scene():
        outbox = ListOutbox(*(make_bundle("hook", number=number) for number in range(9)))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), rules=replace(STEADY, most_in_hand=2))
        await dispatcher.deliver_due()
        outbox.seal_messages = outbox.due_messages = lambda *_: 1 / 0
        with pytest.raises(ZeroDivisionError):
            await dispatcher.join()
        await dispatcher.stop(0)
        assert len(outbox.results) == 2

    asyncio.run(scene())


def test_an_outbox_that_cannot_be_read_raises():
    class Broken(ListOutbox):
        def due_channels(self, now):
            raise OSError("no such file")

    async def scene():
        dispatcher = make_dispatcher(Broken())
        with pytest.raises(OSError, match="no such file"):
            await dispatcher.deliver_due()
        await dispatcher.stop(0)

    asyncio.run(scene())


def test_retries_are_spread_by_chance_unless_a_test_says_otherwise():
    drawn = {SendingRules().jitter() for _ in range(100)}
    assert len(drawn) > 50
    assert -1 <= min(drawn) < -0.5 < 0.5 < max(drawn) <= 1
