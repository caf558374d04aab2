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

from monitors.attempts import Outcome, Progress, Sender, TimeLimits, judge_attempt, judge_interruption, retry
from monitors.channels import Channel
from monitors.line import Line
from monitors.outbox import Outbox
from monitors.presentation import Presentation
from monitors.samples import make_test_bundle
from news.alerts import AttemptResult, Bundle, DeliveryStatus
from news.wording import Wording

HELD_AT_ONCE = 1000
"""What waits for an absent channel is held in portions: others write in between."""

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
    at_once: int = 4
    """Attempts under way on one channel."""
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
        self._channels = dict(channels)
        self._outbox = outbox
        self._clock = clock
        self._presentation = presentation
        self._on_attempt = on_attempt
        self._rules = rules or SendingRules()
        self._senders: dict[str, Sender] = {}
        self._lines: dict[str, Line] = {}
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
        await asyncio.to_thread(self._reader.shutdown)  # the archive may be closed when nobody reads it
        self._raise_failure()

    def reload(self, channels: Mapping[str, Channel], presentation: Presentation) -> None:
        """From the next attempt on, use these channels and this presentation. Where both are as they were, the sender stays."""
        kept = {name for name, channel in channels.items() if self._channels.get(name) == channel and presentation == self._presentation}
        self._presentation = presentation
        self._senders = {name: sender for name, sender in self._senders.items() if name in kept}
        self._channels = dict(channels)
        self._are_channels_new = True

    async def _sync_channels(self, now: datetime) -> None:
        if self._are_channels_new:
            self._are_channels_new = False
            await asyncio.wrap_future(self._outbox.sync_channels(tuple(self._channels), now))

    async def _read(self, question: Callable[..., list[T]], *arguments: object) -> list[T]:
        """Ask the outbox in its thread; nothing, once sending has ended."""
        if self._stopping:
            return []
        return await asyncio.get_running_loop().run_in_executor(self._reader, partial(question, *arguments))

    async def _look_after(self, name: str, now: datetime) -> int:
        """Take up what is due for a channel; returns how many messages."""
        if name not in self._channels:
            await self._hold(name, now)
            return 0
        if name not in self._lines:
            self._lines[name] = Line(partial(self._take, name), self._deliver, self._rules.at_once, self._rules.most_in_hand)
        return await self._lines[name].fill(now)

    async def _take(self, name: str, moment: datetime, limit: int, in_hand: Collection[str]) -> list[Bundle]:
        """The messages to a channel that are due at a moment; what is planned only now comes after what was sealed before."""
        channel = self._channels.get(name)
        if channel is None or self._stopping:
            return []
        sealed = await self._read(self._outbox.due_messages, name, moment, limit, in_hand)
        room = limit - len(sealed)
        policy = replace(channel.policy, zone=self._presentation.language.timezone)
        if not room or not await asyncio.wrap_future(self._outbox.seal_messages(name, policy, moment, room)):
            return sealed
        return await self._read(self._outbox.due_messages, name, moment, limit, in_hand)

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

    async def _deliver(self, bundle: Bundle) -> None:
        channel = self._channels.get(bundle.channel)
        if channel is None:  # removed while this waited in its line: the next look holds it, with the reason
            return
        progress = Progress()
        try:
            outcome = await self._attempt(channel, bundle, progress)
        except asyncio.CancelledError:
            await self._record(bundle.channel, judge_interruption(bundle, progress, self._clock()))
            raise
        await self._record(bundle.channel, judge_attempt(bundle, outcome, progress, self._clock(), self._rules.jitter()))

    async def _record(self, name: str, result: AttemptResult) -> None:
        # Shielded: stopping may end the wait, but must not take back the write; the message has been sent.
        await asyncio.shield(asyncio.wrap_future(self._outbox.record_attempt(result)))
        self._tell(name, result)

    async def _attempt(self, channel: Channel, bundle: Bundle, progress: Progress) -> Outcome:
        try:
            return await self._send(channel, bundle, progress)
        except Exception as error:  # noqa: BLE001  # logged, recorded, and told in the delivery log
            # A message that cannot be made must not end the program at every start: it is tried again, and at last given up, visibly.
            _log.exception("sending failed in a way that is not foreseen")
            return retry(Wording("sending failed in a way that is not foreseen ({name}): report it as a bug", name=type(error).__name__))

    async def _send(self, channel: Channel, bundle: Bundle, progress: Progress) -> Outcome:
        if bundle.channel not in self._senders:
            self._senders[bundle.channel] = channel.make_sender(self._presentation, self._rules.limits)
        return await self._senders[bundle.channel].send(bundle, self._clock(), progress)

    def _tell(self, name: str, result: AttemptResult) -> None:
        if self._on_attempt is not None:
            self._on_attempt(name, result)

    def _tasks(self) -> list[asyncio.Task[None] | asyncio.Task[int]]:
        return [task for line in self._lines.values() for task in line.tasks()]

    def _raise_failure(self) -> None:
        """Raise the first unexpected error, once."""
        failures = [error for line in self._lines.values() for error in line.failures]
        for line in self._lines.values():
            line.failures.clear()
        if failures:
            raise failures[0]


async def send_test(channel: Channel, now: datetime, presentation: Presentation) -> AttemptResult:
    """Send one message marked as a test. It is tried once: the result is `sent`, or `dead` with the reason."""
    bundle = make_test_bundle(channel.name, now)
    progress = Progress()
    outcome = await channel.make_sender(presentation, SendingRules().limits).send(bundle, now, progress)
    result = judge_attempt(bundle, outcome, progress, now, 0.0)
    if result.status is DeliveryStatus.PENDING:
        return replace(result, status=DeliveryStatus.DEAD, next_attempt_at=None)
    return result


def _heed(look: asyncio.Task[int]) -> None:
    """Whoever asked for a look may have been cancelled meanwhile: then nobody is left to be told of what it met."""
    if not look.cancelled():
        look.exception()
