"""Sending what is due: the promises that all kinds of channels keep."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

from monitors import TimeLimits, send_test
from news.alerts import DeliveryStatus
from tests.mailbox import closed_port, silent_port
from tests.outbox import ENGLISH, MORNING, Clock, ListOutbox, make_bundle
from tests.sending import SECRET, STEADY, channel_and_outbox, deliver, make_dispatcher


def test_what_is_due_is_sent_once_and_recorded_as_sent(kind):
    channel, outbox = channel_and_outbox(kind)
    deliver(outbox, channel)
    deliver(outbox, channel)
    assert len(kind.ids()) == 1
    assert [(result.status, result.error) for result in outbox.results] == [(DeliveryStatus.SENT, None)]


def test_a_failure_is_recorded_with_its_reason_and_repeated_when_due(kind):
    channel, outbox = channel_and_outbox(kind)
    clock = Clock()
    kind.fail_once()
    deliver(outbox, channel, clock=clock)
    assert outbox.last.status is DeliveryStatus.PENDING
    assert outbox.last.error
    assert outbox.last.next_attempt_at == MORNING + timedelta(seconds=5)
    clock.advance(timedelta(seconds=4))
    deliver(outbox, channel, clock=clock)
    assert len(outbox.results) == 1
    clock.advance(timedelta(seconds=1))
    deliver(outbox, channel, clock=clock)
    assert outbox.last.status is DeliveryStatus.SENT


def test_a_final_answer_makes_it_dead_with_what_was_answered(kind):
    channel, outbox = channel_and_outbox(kind)
    kind.refuse()
    deliver(outbox, channel)
    assert (outbox.last.status, outbox.last.next_attempt_at) == (DeliveryStatus.DEAD, None)
    assert outbox.last.error
    assert outbox.pending == []


def test_a_repeat_after_a_lost_answer_has_the_same_id(kind):
    channel, outbox = channel_and_outbox(kind)
    clock = Clock()
    kind.lose_the_answer_once()
    deliver(outbox, channel, clock=clock)
    clock.advance(timedelta(minutes=1))
    deliver(outbox, channel, clock=clock)
    assert [result.status for result in outbox.results] == [DeliveryStatus.PENDING, DeliveryStatus.SENT]
    first, second = kind.ids()
    assert first == second


def test_a_receiver_that_hangs_costs_one_attempt_of_limited_time(kind):
    channel, outbox = channel_and_outbox(kind)
    kind.hang()
    deliver(outbox, channel, rules=replace(STEADY, limits=TimeLimits(0.3, 5, 0.3)))
    assert outbox.last.status is DeliveryStatus.PENDING
    assert re.search(r"no answer .*within 0\.3 s", outbox.last.error)


def test_a_port_that_never_says_a_word_costs_no_more(kind):
    with silent_port() as port:
        channel = kind.make(port)
        outbox = ListOutbox(make_bundle(channel.name))
        deliver(outbox, channel, rules=replace(STEADY, limits=TimeLimits(0.1, 0.1, 0.1)))
        assert outbox.last.status is DeliveryStatus.PENDING


def test_a_receiver_that_is_not_there_for_three_days_makes_it_dead(kind):
    channel = kind.make(closed_port())
    outbox = ListOutbox(make_bundle(channel.name))
    clock = Clock()

    async def three_days():
        dispatcher = make_dispatcher(outbox, channel, clock=clock)
        while outbox.pending:
            await dispatcher.deliver_due()
            await dispatcher.join()
            if outbox.last.next_attempt_at:
                clock.now = outbox.last.next_attempt_at
        await dispatcher.stop(0)

    asyncio.run(three_days())
    waits = [b.attempted_at - a.attempted_at for a, b in zip(outbox.results, outbox.results[1:], strict=False)]
    assert [wait.total_seconds() for wait in waits[:11]] == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert set(waits[11:]) == {timedelta(hours=1)}
    assert outbox.last.status is DeliveryStatus.DEAD
    assert outbox.last.error.startswith("given up after 3 days; last: ")
    assert timedelta(days=2, hours=22) < outbox.last.attempted_at - MORNING <= timedelta(days=3)


def test_no_secret_is_in_any_error(kind):
    for port in (closed_port(), kind.receiver.port):
        channel = kind.make(port)
        outbox = ListOutbox(make_bundle(channel.name))
        kind.fail_once()
        deliver(outbox, channel)
        assert outbox.last.error
        assert not any(secret in outbox.last.error for secret in ("hunter2", "T0KEN", SECRET, SECRET[6:]))


def test_a_test_message_is_marked_as_one_and_sent_once(kind):
    result = asyncio.run(send_test(kind.make(kind.receiver.port), MORNING, ENGLISH))
    assert (result.status, result.error) == (DeliveryStatus.SENT, None)
    assert kind.is_marked_as_test()


def test_a_test_message_that_fails_is_not_tried_again(kind):
    result = asyncio.run(send_test(kind.make(closed_port()), MORNING, ENGLISH))
    assert (result.status, result.next_attempt_at) == (DeliveryStatus.DEAD, None)
    assert result.error


def test_loading_the_room_loads_neither_http_nor_smtp_client():
    import subprocess
    import sys

    program = "import sys, monitors; print([name for name in ('aiohttp', 'aiosmtplib', 'standardwebhooks') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
