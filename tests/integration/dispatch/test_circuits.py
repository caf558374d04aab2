"""A channel that answers nobody is left alone for a while; what waits for it is not lost, and no storm when it is back."""

import asyncio
from datetime import timedelta

import pytest

from monitors.channels.webhook import WebhookChannel
from news.alerts import DeliveryStatus
from news.circuits import FAILURES_TO_OPEN, FIRST_PAUSE
from news.pace import Pace
from news.plans import Policy
from tests.mailbox import HookSink, Reply, closed_port
from tests.outbox import ENGLISH, MORNING, Clock, ListOutbox, make_alert, make_bundle
from tests.sending import hook_channel, make_dispatcher

MESSAGES = 30


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outbox():
    return ListOutbox(*(make_bundle("hook", number=number) for number in range(MESSAGES)))


def look(outbox, clock, port, on_attempt=None, channel=None):
    """One look of a program that starts, and ends when all that it began has ended."""

    async def looking():
        dispatcher = make_dispatcher(outbox, channel or hook_channel(port), clock=clock, on_attempt=on_attempt)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)

    asyncio.run(looking())


def test_a_channel_that_answers_nobody_is_asked_a_few_times_and_then_left_alone(outbox, clock):
    async def scene():
        dispatcher = make_dispatcher(outbox, hook_channel(closed_port()), clock=clock)
        await dispatcher.deliver_due()
        await dispatcher.join()
        asked = len(outbox.results)
        assert FAILURES_TO_OPEN <= asked < FAILURES_TO_OPEN + 4  # those that were under way
        clock.advance(FIRST_PAUSE - timedelta(seconds=1))
        assert await dispatcher.deliver_due() == 0
        clock.advance(timedelta(seconds=1))
        await dispatcher.deliver_due()
        await dispatcher.join()
        assert len(outbox.results) == asked + 1
        assert [circuit.pauses for _, circuit in outbox.load_circuits()] == [2]
        await dispatcher.stop(0)
        assert len(outbox.pending) == MESSAGES

    asyncio.run(scene())


def test_one_that_is_back_gets_all_that_waits_once_and_is_then_told_as_usual(outbox, clock):
    port = closed_port()
    look(outbox, clock, port)
    clock.advance(FIRST_PAUSE)
    with HookSink(port=port) as hook:
        look(outbox, clock, port)
        assert len(hook.requests) == len({request.headers["webhook-id"] for request in hook.requests}) == MESSAGES
    assert outbox.pending == []
    assert outbox.load_circuits() == []


def test_a_program_that_starts_asks_once_and_goes_on_with_the_pause(outbox, clock):
    port = closed_port()
    look(outbox, clock, port)
    asked = len(outbox.results)
    look(outbox, clock, port)
    assert len(outbox.results) == asked + 1
    assert [circuit.pauses for _, circuit in outbox.load_circuits()] == [2]


def test_a_receiver_that_asks_to_be_left_alone_is_also_after_a_restart(outbox, clock):
    with HookSink() as hook:
        hook.always(Reply(429, headers={"Retry-After": "120"}))
        look(outbox, clock, hook.port)
        asked = len(hook.requests)
        assert asked <= 4
        clock.advance(timedelta(seconds=119))
        look(outbox, clock, hook.port)
        assert len(hook.requests) == asked


def test_whoever_asks_for_what_is_dead_need_not_wait_for_the_end_of_a_pause(outbox, clock):
    async def scene():
        with HookSink() as hook:
            dispatcher = make_dispatcher(outbox, hook_channel(hook.port), clock=clock)
            hook.always(Reply(500))
            await dispatcher.deliver_due()
            await dispatcher.join()
            hook.behave()
            outbox.circuits.clear()
            await dispatcher.deliver_due()
            await dispatcher.join()
            await dispatcher.stop(0)
            assert outbox.results[-1].status is DeliveryStatus.SENT

    asyncio.run(scene())


def test_a_channel_that_leads_elsewhere_now_is_told_at_once(outbox, clock):
    async def scene():
        with HookSink() as hook:
            dispatcher = make_dispatcher(outbox, hook_channel(closed_port()), clock=clock)
            await dispatcher.deliver_due()
            await dispatcher.join()
            asked = len(outbox.results)
            dispatcher.reload({"hook": hook_channel(hook.port)}, ENGLISH)
            await dispatcher.deliver_due()
            await dispatcher.join()
            await dispatcher.stop(0)
            assert len(hook.requests) == MESSAGES - asked  # the others wait for their next attempt
            assert outbox.load_circuits() == []

    asyncio.run(scene())


def test_what_waits_has_its_three_days_and_is_given_up_with_the_reason_also_if_it_was_never_tried(outbox, clock):
    told = []

    async def scene():
        dispatcher = make_dispatcher(
            outbox, hook_channel(closed_port()), clock=clock, on_attempt=lambda _channel, result: told.append(result)
        )
        for _ in range(3):  # those that open the circuit; the one on probation; what is seen to in the pause after that
            await dispatcher.deliver_due()
            await dispatcher.join()
            if len(told) < MESSAGES // 2:
                clock.now = max(clock.now, MORNING + timedelta(days=3))
        await dispatcher.stop(0)

    asyncio.run(scene())
    assert outbox.pending == []
    given_up = [result for result in told if result.status is DeliveryStatus.DEAD]
    assert len(given_up) >= MESSAGES - 10
    reasons = {result.error.partition(": Connect")[0] for result in given_up}
    assert reasons == {"given up after 3 days; last: 127.0.0.1: could not connect"}


def test_what_is_found_in_a_pause_is_sealed_so_that_its_days_begin(outbox, clock):
    async def scene():
        dispatcher = make_dispatcher(outbox, hook_channel(closed_port()), clock=clock)
        await dispatcher.deliver_due()
        await dispatcher.join()
        clock.advance(timedelta(seconds=1))
        outbox.find(make_alert("Ariane", created_at=clock.now), "hook")
        await dispatcher.deliver_due()
        await dispatcher.stop(0)
        assert max(bundle.give_up_at for bundle in outbox.pending) == MORNING + timedelta(days=3, seconds=1)

    asyncio.run(scene())


def test_where_repeats_are_not_known_by_an_id_each_message_is_on_record_before_the_next_is_sent(outbox, clock):
    with HookSink() as hook:
        sent_when_recorded = []
        really = outbox.record_attempts

        def record(results):
            sent_when_recorded.append((len(hook.requests), len(outbox.results) + len(results)))
            return really(results)

        outbox.record_attempts = record
        pace = Pace(at_once=1, knows_repeats=False)
        look(outbox, clock, None, channel=WebhookChannel("hook", hook.url, policy=Policy(pace=pace)))
        assert sent_when_recorded == [(number, number) for number in range(1, MESSAGES + 1)]
