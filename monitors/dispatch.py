"""Sending what is due: every channel has a line of its own, so that a dead or slow one delays no other.

At least once: the result is recorded only after the other side's answer, and what was not recorded is sent again, under the same id.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from monitors.attempting import Attempting
from monitors.attempts import Progress, TimeLimits, judge_attempt
from monitors.channels import Channel
from monitors.line import Counter, Line
from monitors.outbox import Outbox
from monitors.presentation import Presentation
from monitors.recorder import Recorder
from monitors.samples import make_samples
from monitors.switchboard import Switchboard
from news.alerts import AttemptResult, Bundle, DeliveryStatus
from news.delivering import hold_sealed
from news.pace import MOST_AT_ONCE

HELD_AT_ONCE = 1000
"""What waits for an absent channel is held in portions: others write in between."""
SEALED_BEHIND = 20
"""Deliveries to a channel that is left alone that are sealed at a look."""

_log = logging.getLogger(__name__)

T = TypeVar("T")


def _chance() -> float:
    return random.uniform(-1, 1)  # noqa: S311 — spreads retries, guards nothing


@dataclass(frozen=True, slots=True)
class SendingRules:
    """How many attempts run at once, how long each may take, and what may lie in memory meanwhile."""

    limits: TimeLimits = field(default_factory=TimeLimits)
    seconds_to_record: float = 1.0
    """How long stopping waits for the archive to note what was broken off."""
    at_once: int = MOST_AT_ONCE
    """Attempts under way on one channel at most, whatever it could bear."""
    most_in_hand: int = 100
    """Messages that one channel's line holds in memory."""
    jitter: Callable[[], float] = _chance


class Dispatcher:
    """Sends what is due in an outbox. Belongs to one event loop; `deliver_due` is to be called again and again.

    `on_attempt` is told, with the channel's name, what came of each attempt and what was given up, once that is recorded.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        outbox: Outbox,
        clock: Callable[[], datetime],
        presentation: Presentation,
        on_attempt: Callable[[str, AttemptResult], None] | None = None,
        rules: SendingRules | None = None,
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._tell = on_attempt or (lambda _channel, _result: None)
        self._rules = rules or SendingRules()
        self._switchboard = Switchboard(outbox, clock, self._rules.jitter)
        self._attempting = Attempting(
            channels=dict(channels),
            presentation=presentation,
            recorder=Recorder(outbox.record_attempts),
            switchboard=self._switchboard,
            clock=clock,
            jitter=self._rules.jitter,
            limits=self._rules.limits,
            tell=self._tell,
        )
        self._lines: dict[str, Line] = {}
        self._paused: dict[str, datetime] = {}
        """The channels that are left alone, and until when: what waits for them has been looked through."""
        self._are_channels_new = True
        self._stopping = False
        self._looking = asyncio.Lock()
        self._next_look: asyncio.Task[int] | None = None
        # A thread of its own: the loop's common ones may all be waiting for name servers.
        self._reader = ThreadPoolExecutor(1, "outbox")
        self._reader.submit(int)  # starts it now: one that finds no memory later would never say so, and the loop would wait for it

    async def deliver_due(self) -> int:
        """Begin to send what is due and not in hand; return how many messages were taken up. Does not wait for the sending.

        A line that cannot hold all that is due takes up the rest by itself. Raises what has gone wrong, against all expectation, before.
        """
        self._raise_failure()
        if self._next_look is None:  # those who ask while one goes on share the one after it
            self._next_look = asyncio.create_task(self._look(), name="look what is due")
            self._next_look.add_done_callback(_heed)
        return await asyncio.shield(self._next_look)

    @property
    def is_busy(self) -> bool:
        """Whether something is being sent, or looked for."""
        return self._next_look is not None or self._looking.locked() or bool(self._tasks())

    async def _look(self) -> int:
        async with self._looking:
            self._next_look = None
            if self._stopping:
                return 0
            now = self._clock()
            await self._sync_channels(now)
            await self._attempting.senders.close_retired()
            await self._switchboard.load(self._read)
            names = await self._read(self._outbox.due_channels, now)
            return sum(await asyncio.gather(*(self._look_after(name, now) for name in names)))

    async def join(self) -> None:
        """Wait until all that was due at the last look is sent or was tried; raise what has gone wrong against all expectation."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)
        self._raise_failure()

    async def stop(self, grace_seconds: float) -> None:
        """Begin nothing more, give what is under way `grace_seconds` to end, then break it off: it stays due in the outbox."""
        self._stopping = True
        for line in self._lines.values():
            line.close()
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=grace_seconds)
        if tasks := self._tasks():
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=self._rules.seconds_to_record)  # each notes that it was broken off
        for task in self._tasks():
            task.cancel()
        await asyncio.gather(*self._tasks(), return_exceptions=True)
        await self._attempting.senders.close()
        await asyncio.to_thread(self._reader.shutdown)  # the archive may be closed when nobody reads it
        self._raise_failure()

    def reload(self, channels: Mapping[str, Channel], presentation: Presentation) -> None:
        """From the next attempt on, use these channels and this presentation. Where both are as they were, the sender stays."""
        former = self._attempting.channels
        changed = {name for name, channel in former.items() if channels.get(name) != channel}
        spoken_to_otherwise = set(former) if presentation != self._attempting.presentation else set()
        self._attempting.senders.retire(changed | spoken_to_otherwise)
        self._attempting.channels, self._attempting.presentation = dict(channels), presentation
        self._switchboard.forget(changed)
        for name in set(self._lines) & set(channels):
            self._lines[name].keep_pace(channels[name].policy.pace)
        self._are_channels_new = True

    async def _sync_channels(self, now: datetime) -> None:
        if self._are_channels_new:
            self._are_channels_new = False
            await asyncio.wrap_future(self._outbox.sync_channels(tuple(self._attempting.channels), now))
            await self._switchboard.save()

    async def _read(self, question: Callable[..., list[T]], *arguments: object) -> list[T]:
        """Ask the outbox in its thread; nothing, once sending has ended."""
        if self._stopping:
            return []
        return await asyncio.get_running_loop().run_in_executor(self._reader, partial(question, *arguments))

    async def _look_after(self, name: str, now: datetime) -> int:
        """Take up what is due for a channel; returns how many messages."""
        channel = self._attempting.channels.get(name)
        if channel is None:
            await self._hold(name, now)
            return 0
        if self._switchboard.get(name).is_open(now):
            await self._leave_alone(name, now)
            return 0
        if name not in self._lines:
            self._lines[name] = Line(partial(self._take, name), self._make_counter(name), channel.policy.pace, self._rules.most_in_hand)
        return await self._lines[name].fill(now)

    def _make_counter(self, name: str) -> Counter:
        return Counter(partial(self._most_at_once, name), self._attempting.attempt, partial(self._attempting.record, name))

    def _most_at_once(self, name: str) -> int:
        channel = self._attempting.channels.get(name)
        wanted = channel.policy.pace.at_once if channel else self._rules.at_once
        return self._switchboard.most_at_once(name, min(wanted, self._rules.at_once))

    async def _take(self, name: str, moment: datetime, limit: int, in_hand: Collection[str]) -> list[Bundle]:
        """The messages to a channel that are due at a moment; what is planned only now comes after what was sealed before."""
        if name not in self._attempting.channels or self._stopping:
            return []
        await self._put_off(name, moment)
        sealed = await self._read(self._outbox.due_messages, name, moment, limit, in_hand)
        while room := limit - len(sealed):
            planned = await self._seal(name, moment, room)
            if planned:
                sealed = await self._read(self._outbox.due_messages, name, moment, limit, in_hand)
            if planned < room:
                break  # nothing more waits; else a thousand may have become one message, a digest, which leaves room for others
        return sealed

    async def _put_off(self, name: str, moment: datetime) -> None:
        """Let what was sealed before the channel's quiet hours wait for their end. `moment` may be long ago: a line is filled slowly."""
        hold = hold_sealed(self._attempting.policy_of(self._attempting.channels[name]), max(moment, self._clock()))
        if hold is None:
            return
        while not self._stopping:  # some at a time: others write in between
            put_off = await asyncio.wrap_future(self._outbox.put_off(name, hold, moment, HELD_AT_ONCE))
            if put_off < HELD_AT_ONCE:
                break

    async def _seal(self, name: str, moment: datetime, limit: int) -> int:
        channel = self._attempting.channels.get(name)
        if channel is None:  # it has left meanwhile
            return 0
        return await asyncio.wrap_future(self._outbox.seal_messages(name, self._attempting.policy_of(channel), moment, limit))

    async def _leave_alone(self, name: str, now: datetime) -> None:
        """Seal what is due for a channel that answers nobody all the same, so that its days to succeed run; give up what has had them.

        The latter is looked for once in each pause: what waits may be a great deal.
        """
        if not self._stopping:
            await self._seal(name, now, SEALED_BEHIND)
        circuit = self._switchboard.get(name)
        if circuit.until is None or self._paused.get(name) == circuit.until:
            return
        self._paused[name] = circuit.until
        given_up = partial(self._outbox.give_up_overdue, name, circuit.reason, now, HELD_AT_ONCE)
        while not self._stopping and (results := await asyncio.wrap_future(given_up())):
            for result in results:
                self._tell(name, result)

    async def _hold(self, name: str, now: datetime) -> None:
        """Let what is due for an absent channel wait, with the reason."""
        held = 0
        while not self._stopping and (results := await asyncio.wrap_future(self._outbox.hold_for_channel(name, now, HELD_AT_ONCE))):
            for result in results:
                if result.status is DeliveryStatus.DEAD:
                    self._tell(name, result)
            held += sum(result.status is DeliveryStatus.PENDING for result in results)
        if held:
            _log.warning("channel %s is not in the configuration: %d messages wait for it", name, held)

    def _tasks(self) -> list[asyncio.Task[None] | asyncio.Task[int]]:
        return [task for line in self._lines.values() for task in line.tasks()]

    def _raise_failure(self) -> None:
        """Raise the first unexpected error, once."""
        failures = [error for line in self._lines.values() for error in line.failures]
        for line in self._lines.values():
            line.failures.clear()
        if failures:
            raise failures[0]


async def send_test(channel: Channel, now: datetime, presentation: Presentation, kind: str = "new") -> AttemptResult:
    """Send one message marked as a test, of a form that `make_samples` has. It is tried once: the result is `sent`, or `dead` with why."""
    bundle = make_samples(channel.name, now)[kind]
    progress = Progress()
    sender = channel.make_sender(presentation, SendingRules().limits)
    try:
        outcome = await sender.send(bundle, now, progress)
    finally:
        await sender.close()
    result = judge_attempt(bundle, outcome, progress, now, 0.0)
    if result.status is DeliveryStatus.PENDING:
        return replace(result, status=DeliveryStatus.DEAD, next_attempt_at=None)
    return result


def _heed(look: asyncio.Task[int]) -> None:
    """Whoever asked for a look may have been cancelled meanwhile: then nobody is left to be told of what it met."""
    if not look.cancelled():
        look.exception()
