"""Stopping begins nothing more, and loses nothing."""

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import replace

import pytest

from news.alerts import DeliveryStatus, RecipientStatus
from tests import mailbox as receivers
from tests.mailbox import Mailbox, Reply
from tests.outbox import MORNING, ListOutbox, make_alert, make_bundle, until
from tests.sending import STEADY, channel_and_outbox, email_channel, hook_channel, make_dispatcher


def test_stopping_lets_what_is_in_hand_finish(hook):
    async def scene():
        hook.always(Reply(action=receivers.HOLD))
        outbox = ListOutbox(make_bundle("hook"))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        await dispatcher.deliver_due()
        await until(lambda: len(hook.requests) == 1)
        stopping = asyncio.create_task(dispatcher.stop(30))
        await asyncio.sleep(0)
        hook.release()
        await stopping
        assert outbox.last.status is DeliveryStatus.SENT

    asyncio.run(scene())


def test_it_is_told_whether_anything_is_looked_for_or_sent(hook):
    async def scene():
        hook.always(Reply(action=receivers.HOLD))
        dispatcher = make_dispatcher(ListOutbox(make_bundle("hook")), hook_channel(hook.port))
        assert not dispatcher.is_busy
        looking = asyncio.create_task(dispatcher.deliver_due())
        await asyncio.sleep(0)
        assert dispatcher.is_busy
        await looking
        await until(lambda: len(hook.requests) == 1)
        assert dispatcher.is_busy
        hook.release()
        await dispatcher.join()
        assert not dispatcher.is_busy
        await dispatcher.stop(30)

    asyncio.run(scene())


def test_stopping_breaks_off_what_does_not_finish_in_time_and_it_is_due_again_with_the_reason(kind):
    async def scene():
        kind.hang()
        channel, outbox = channel_and_outbox(kind)
        dispatcher = make_dispatcher(outbox, channel)
        await dispatcher.deliver_due()
        await until(kind.has_been_asked)
        await dispatcher.stop(0.01)
        assert (outbox.last.status, outbox.last.next_attempt_at) == (DeliveryStatus.PENDING, MORNING)
        assert outbox.last.error == "the program was stopped before the other side had answered; it is sent again under the same id"
        assert len(outbox.pending) == 1
        assert await dispatcher.deliver_due() == 0

    asyncio.run(scene())


def test_stopping_keeps_who_is_known_to_have_it():
    with Mailbox() as mailbox:

        async def scene():
            mailbox.take_at_most(1)
            mailbox.answer("DATA", receivers.ACCEPT, times=1)
            mailbox.answer("DATA", receivers.HANG)
            outbox = ListOutbox(make_bundle("redaction"))
            channel = replace(email_channel(mailbox.port), recipients=("a@example.org", "b@example.org"), username=None, password=None)
            dispatcher = make_dispatcher(outbox, channel)
            await dispatcher.deliver_due()
            await until(lambda: mailbox.hanging > 0)
            await dispatcher.stop(0)
            assert {one.recipient: one.status for one in outbox.last.recipients} == {
                "a@example.org": RecipientStatus.HAS,
                "b@example.org": RecipientStatus.OWED,
            }
            mailbox.behave()
            second = make_dispatcher(outbox, channel)
            await second.deliver_due()
            await second.join()
            await second.stop(0)
            assert outbox.last.status is DeliveryStatus.SENT

        asyncio.run(scene())
        assert [mail.recipients for mail in mailbox.mails] == [("a@example.org",), ("b@example.org",)]


def test_stopping_does_not_wait_for_an_archive_that_cannot_write(hook):
    async def scene():
        hook.always(Reply(action=receivers.HANG))
        outbox = ListOutbox(make_bundle("hook"))
        outbox.on_record = lambda result: Future()
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), rules=replace(STEADY, seconds_to_record=0.01))
        await dispatcher.deliver_due()
        await until(lambda: len(hook.requests) == 1)
        await dispatcher.stop(0)
        return outbox.results

    (given_up,) = asyncio.run(scene())  # it was told what became of the attempt, and never answered
    assert given_up.status is DeliveryStatus.PENDING


def test_stopping_begins_nothing_that_waits_in_its_line(hook):
    async def scene():
        hook.always(Reply(action=receivers.HOLD))
        outbox = ListOutbox(*(make_bundle("hook", number=number) for number in range(9)))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), rules=replace(STEADY, at_once=1, most_in_hand=3))
        await dispatcher.deliver_due()
        await until(lambda: len(hook.requests) == 1)
        stopping = asyncio.create_task(dispatcher.stop(30))
        await asyncio.sleep(0)
        hook.release()
        await stopping
        assert len(hook.requests) == len(outbox.results) == 1
        assert len(outbox.pending) == 8

    asyncio.run(scene())


@pytest.mark.parametrize("halfway", ["sync_channels", "seal_messages", "hold_for_channel"])
def test_stopping_begins_nothing_that_a_look_under_way_brings(hook, halfway):
    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        outbox.find(make_alert("OTAN"), "hook", "gone")
        asked, answer = asyncio.Event(), Future()
        really = getattr(outbox, halfway)

        def ask(*arguments):
            asked.set()
            really(*arguments).add_done_callback(lambda done: answer.set_running_or_notify_cancel())
            return answer

        setattr(outbox, halfway, ask)
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        looking = asyncio.create_task(dispatcher.deliver_due())
        await asked.wait()
        await dispatcher.stop(0)
        answer.set_result(1 if halfway == "seal_messages" else [])
        assert await looking == 0
        await dispatcher.join()
        assert (hook.requests, outbox.results) == ([], [])

    asyncio.run(scene())


def test_after_stopping_nothing_is_looked_for(hook):
    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        await dispatcher.stop(0)
        assert await dispatcher.deliver_due() == 0
        await dispatcher.join()
        assert (hook.requests, len(outbox.pending)) == ([], 1)

    asyncio.run(scene())


def readers() -> set[threading.Thread]:
    """The threads that read outboxes, those of other tests that nobody has stopped among them."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("outbox")}


def test_stopping_waits_for_the_thread_that_reads(hook):
    async def scene():
        before = readers()
        dispatcher = make_dispatcher(ListOutbox(make_bundle("hook")), hook_channel(hook.port))
        await dispatcher.deliver_due()
        assert len(readers() - before) == 1
        await dispatcher.stop(0)
        assert readers() <= before

    asyncio.run(scene())


def test_stopping_does_not_take_back_a_result_that_is_being_written(hook):
    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        writing = Future()
        outbox.on_record = lambda result: writing
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        await dispatcher.deliver_due()
        await until(lambda: bool(outbox.results))
        await dispatcher.stop(0)
        assert not writing.cancelled()

    asyncio.run(scene())


def test_the_thread_that_reads_the_outbox_is_there_before_memory_can_be_short_and_ends_with_the_dispatcher():
    async def scene():
        before = readers()
        dispatcher = make_dispatcher(ListOutbox())
        started = readers() - before
        assert len(started) == 1
        await dispatcher.stop(0)
        assert not started & readers()

    asyncio.run(scene())
