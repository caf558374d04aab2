"""Each channel has a line of its own, which holds little and fetches the rest as it empties."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from news.alerts import DeliveryStatus
from tests import mailbox as receivers
from tests.mailbox import Mailbox, Reply, silent_port
from tests.outbox import MORNING, Clock, ListOutbox, make_alert, make_bundle, until
from tests.sending import STEADY, deliver, email_channel, hook_channel, make_dispatcher


@pytest.mark.parametrize("dead", [email_channel, hook_channel])
def test_a_channel_that_hangs_delays_no_other(dead, hook):
    async def scene():
        with silent_port() as port:
            outbox = ListOutbox(*(make_bundle("dead", number=number) for number in range(20)), make_bundle("alive", number=20))
            dispatcher = make_dispatcher(outbox, dead(port, "dead"), hook_channel(hook.port, "alive"))
            assert await dispatcher.deliver_due() == 21
            await until(lambda: bool(outbox.results))
            assert outbox.last.status is DeliveryStatus.SENT
            outbox.add(make_bundle("alive", number=21))
            assert await dispatcher.deliver_due() == 1
            await until(lambda: len(outbox.results) == 2)
            await dispatcher.stop(0)
            assert len(outbox.pending) == 20

    asyncio.run(scene())


def test_a_channel_has_only_so_many_attempts_under_way(hook):
    async def scene():
        hook.always(Reply(action=receivers.HANG))
        outbox = ListOutbox(*(make_bundle("hook", number=number) for number in range(9)))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), rules=replace(STEADY, at_once=3))
        assert await dispatcher.deliver_due() == 9
        await until(lambda: len(hook.requests) == 3)
        await dispatcher.stop(0)
        assert len(hook.requests) == 3
        assert len(outbox.pending) == 9

    asyncio.run(scene())


def test_what_is_in_hand_is_not_begun_again(hook):
    async def scene():
        hook.always(Reply(action=receivers.HOLD))
        outbox = ListOutbox(make_bundle("hook"))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        assert [await dispatcher.deliver_due() for _ in range(3)] == [1, 0, 0]
        assert await asyncio.gather(dispatcher.deliver_due(), dispatcher.deliver_due()) == [0, 0]
        hook.release()
        await dispatcher.join()
        await dispatcher.stop(0)
        assert len(hook.requests) == 1

    asyncio.run(scene())


def test_a_backlog_larger_than_a_line_holds_is_sent_whole_once_each_and_starves_no_other_channel(hook):
    async def scene():
        with silent_port() as port:
            backlog = [make_bundle("hook", number=number) for number in range(450)]
            outbox = ListOutbox(*(make_bundle("dead", number=number) for number in range(450)), *backlog)
            all_recorded = asyncio.Event()
            dispatcher = make_dispatcher(
                outbox,
                email_channel(port, "dead"),
                hook_channel(hook.port),
                rules=replace(STEADY, most_in_hand=3),
                on_attempt=lambda _channel, _result: len(outbox.results) == len(backlog) and all_recorded.set(),
            )
            assert await dispatcher.deliver_due() == 6
            await all_recorded.wait()
            await dispatcher.stop(0)
            assert len(hook.requests) == len({request.headers["webhook-id"] for request in hook.requests}) == len(backlog)
            assert len(outbox.pending) == 450

    asyncio.run(scene())


@pytest.mark.parametrize("most_in_hand", [1, 2, 3])
def test_one_round_tries_all_that_is_due_once_however_little_a_line_holds(most_in_hand, hook):
    hook.reply(*[Reply(500), Reply(500), Reply()] * 3)  # more in a row, and the channel would be left alone
    outbox = ListOutbox(*(make_bundle("hook", number=number) for number in range(9)))
    deliver(outbox, hook_channel(hook.port), rules=replace(STEADY, most_in_hand=most_in_hand))
    assert len(outbox.results) == 9
    assert [bundle.attempts for bundle in outbox.pending] == [1] * 6


def test_what_became_due_while_a_full_line_was_looked_at_is_part_of_the_round(hook):
    async def scene():
        hook.always(Reply(action=receivers.HOLD))
        clock = Clock()
        outbox = ListOutbox(*(make_bundle("hook", number=number) for number in range(3)))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), clock=clock, rules=replace(STEADY, most_in_hand=2))
        assert await dispatcher.deliver_due() == 2
        clock.advance(timedelta(minutes=1))
        outbox.add(make_bundle("hook", number=9, created_at=clock.now))
        assert await dispatcher.deliver_due() == 0
        hook.release()
        await dispatcher.join()
        await dispatcher.stop(0)
        assert outbox.pending == []

    asyncio.run(scene())


def test_an_alert_is_sealed_as_its_channel_wants_it_before_it_is_sent(hook):
    with Mailbox(users={"quivive": "hunter2"}) as mailbox:
        outbox = ListOutbox()
        for topic in ("Ariane", "OTAN"):
            outbox.find(make_alert(topic), "hook", "redaction")
        deliver(outbox, hook_channel(hook.port), email_channel(mailbox.port))
        assert (len(hook.requests), len(mailbox.mails)) == (2, 1)
        assert [result.status for result in outbox.results] == [DeliveryStatus.SENT] * 3


def test_a_line_that_is_full_of_retries_seals_nothing_more(hook):
    async def scene():
        hook.always(Reply(action=receivers.HANG))
        outbox = ListOutbox(make_bundle("hook"))
        outbox.find(make_alert("OTAN"), "hook")
        outbox.find(make_alert("Ariane", created_at=MORNING + timedelta(seconds=1)), "hook")
        clock = Clock(MORNING + timedelta(seconds=1))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port), clock=clock, rules=replace(STEADY, most_in_hand=2))
        assert await dispatcher.deliver_due() == 2
        assert len(outbox.pending) == 2
        await dispatcher.stop(0)

    asyncio.run(scene())
