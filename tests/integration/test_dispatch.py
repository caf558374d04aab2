"""Sending what is due: the promises that both channels keep, and those of the dispatcher itself."""

import asyncio
import re
import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from monitors import Dispatcher, SendingRules, TimeLimits, send_test
from monitors.channels.email import EmailChannel
from monitors.channels.webhook import WebhookChannel
from news.alerts import DeliveryStatus, RecipientStatus
from tests import mailbox as receivers
from tests.mailbox import HookSink, Mailbox, Reply, closed_port, silent_port
from tests.outbox import MORNING, PARIS, Clock, ListOutbox, done, make_alert, make_bundle, until

STEADY = SendingRules(jitter=lambda: 0.0)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def email_channel(port, name="redaction"):
    return EmailChannel(name, "127.0.0.1", port, "opportunistic", "q@example.org", ("a@example.org",), "quivive", "hunter2")


def hook_channel(port, name="hook"):
    return WebhookChannel(name, f"http://127.0.0.1:{port}/T0KEN", SECRET)


def make_dispatcher(outbox, *channels, clock=None, rules=STEADY, on_attempt=None):
    named = {channel.name: channel for channel in channels}
    return Dispatcher(named, outbox, clock or Clock(), PARIS, on_attempt, rules)


def deliver(outbox, *channels, clock=None, rules=STEADY):
    """One round: everything that is due is sent, and waited for."""

    async def round_of_sending():
        dispatcher = make_dispatcher(outbox, *channels, clock=clock, rules=rules)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)

    asyncio.run(round_of_sending())


@dataclass
class Mails:
    """Email, as the contract sees it."""

    receiver: Mailbox
    make = staticmethod(email_channel)

    def ids(self):
        return [mail.message_id for mail in self.receiver.mails]

    def fail_once(self):
        self.receiver.greylist(1)

    def refuse(self):
        self.receiver.refuse()

    def lose_the_answer_once(self):
        self.receiver.answer("DATA", receivers.ACCEPT_THEN_DROP, times=1)

    def hang(self):
        self.receiver.answer("DATA", receivers.HANG)

    def has_been_asked(self):
        return self.receiver.hanging > 0

    def is_marked_as_test(self):
        return "[TEST]" in self.receiver.mails[0].subject


@dataclass
class Hooks:
    """Webhook, as the contract sees it."""

    receiver: HookSink
    make = staticmethod(hook_channel)

    def ids(self):
        return [request.headers["webhook-id"] for request in self.receiver.requests]

    def fail_once(self):
        self.receiver.reply(Reply(503))

    def refuse(self):
        self.receiver.always(Reply(410))

    def lose_the_answer_once(self):
        self.receiver.reply(Reply(action=receivers.DROP))

    def hang(self):
        self.receiver.always(Reply(action=receivers.HANG))

    def has_been_asked(self):
        return bool(self.receiver.requests)

    def is_marked_as_test(self):
        return self.receiver.requests[0].json["type"] == "alert.test"


@pytest.fixture(params=["email", "webhook"])
def kind(request):
    if request.param == "email":
        with Mailbox(users={"quivive": "hunter2"}) as mailbox:
            yield Mails(mailbox)
    else:
        with HookSink() as hook:
            yield Hooks(hook)


def channel_and_outbox(kind):
    channel = kind.make(kind.receiver.port)
    return channel, ListOutbox(make_bundle(channel.name))


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
    result = asyncio.run(send_test(kind.make(kind.receiver.port), MORNING, PARIS))
    assert (result.status, result.error) == (DeliveryStatus.SENT, None)
    assert kind.is_marked_as_test()


def test_a_test_message_that_fails_is_not_tried_again(kind):
    result = asyncio.run(send_test(kind.make(closed_port()), MORNING, PARIS))
    assert (result.status, result.next_attempt_at) == (DeliveryStatus.DEAD, None)
    assert result.error


@pytest.fixture
def hook():
    with HookSink() as hook:
        yield hook


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
def test_one_round_tries_all_that_is_due_once_however_little_a_line_holds(most_in_hand):
    outbox = ListOutbox(*(make_bundle("hook", number=number) for number in range(9)))
    deliver(outbox, hook_channel(closed_port()), rules=replace(STEADY, most_in_hand=most_in_hand))
    assert len(outbox.results) == 9
    assert {bundle.attempts for bundle in outbox.pending} == {1}


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
        dispatcher.reload({"hook": hook_channel(hook.port)}, PARIS)
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
        dispatcher.reload({}, PARIS)
        clock.advance(timedelta(seconds=1))
        await dispatcher.deliver_due()
        assert len(outbox.held) == 1
        dispatcher.reload({"hook": hook_channel(hook.port)}, PARIS)
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
        dispatcher.reload({}, PARIS)
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
        dispatcher.reload({"hook": hook_channel(hook.port)}, PARIS)
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
            dispatcher.reload({"redaction": channel}, ZoneInfo("Asia/Tokyo"))
            outbox.add(make_bundle("redaction", number=1))
            await dispatcher.deliver_due()
            await dispatcher.join()
            await dispatcher.stop(0)

        asyncio.run(scene())
        assert ["Europe/Paris" in mail.text for mail in mailbox.mails] == [True, False]
        assert ["(Asia/Tokyo)" in mail.text and "(Asia/Tokyo)" in mail.html for mail in mailbox.mails] == [False, True]


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

    asyncio.run(scene())


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


def test_stopping_waits_for_the_thread_that_reads(hook):
    async def scene():
        outbox = ListOutbox(make_bundle("hook"))
        dispatcher = make_dispatcher(outbox, hook_channel(hook.port))
        await dispatcher.deliver_due()
        await dispatcher.stop(0)
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("outbox")]

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


def test_loading_the_room_loads_neither_http_nor_smtp_client():
    import subprocess
    import sys

    program = "import sys, monitors; print([name for name in ('aiohttp', 'aiosmtplib', 'standardwebhooks') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
