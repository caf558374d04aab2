"""Sending what is due: every channel has a line of its own, so that a dead or slow one delays no other.

At least once: the result is recorded only after the other side's answer, and what was not recorded is sent again, under the same id.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitors.attempts import Outcome, Sender, judge_attempt, retry
from monitors.channels import Channel, EmailChannel
from monitors.outbox import Outbox
from monitors.samples import make_test_bundle
from news.alerts import AttemptResult, Bundle, DeliveryStatus

BATCH = 200
"""Bundles asked of the outbox at a time."""
ABSENT_CHANNEL_WAIT = timedelta(hours=1)

_log = logging.getLogger(__name__)
"""Until it is looked again whether the channel is back in the configuration."""


def _chance() -> float:
    return random.uniform(-1, 1)  # noqa: S311 — spreads retries, guards nothing


@dataclass(frozen=True, slots=True)
class SendingRules:
    """How hard dispatch tries."""

    seconds_per_attempt: float = 30.0
    at_once: int = 4
    """Attempts under way on one channel."""
    most_in_hand: int = 1000
    """Bundles that one channel's line holds in memory; of those beyond only the ids are kept, until there is room."""
    jitter: Callable[[], float] = _chance


@dataclass(slots=True)
class _Line:
    """What is in hand for one channel."""

    gate: asyncio.Semaphore
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)


class Dispatcher:
    """Sends the due bundles of an outbox. Belongs to one event loop; `deliver_due` is to be called again and again."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        outbox: Outbox,
        clock: Callable[[], datetime],
        timezone: ZoneInfo,
        on_attempt: Callable[[Bundle, AttemptResult], None] | None = None,
        rules: SendingRules | None = None,
    ) -> None:
        self._channels = dict(channels)
        self._outbox = outbox
        self._clock = clock
        self._timezone = timezone
        self._on_attempt = on_attempt
        self._rules = rules or SendingRules()
        self._senders: dict[str, Sender] = {}
        self._lines: dict[str, _Line] = {}
        self._failures: list[BaseException] = []
        self._stopping = False
        self._taking = asyncio.Lock()
        # A thread of its own: the loop's common ones may all be waiting for name servers.
        self._reader = ThreadPoolExecutor(1, "outbox")

    async def deliver_due(self) -> int:
        """Begin to send every due bundle that is not in hand; return how many. Does not wait for the sending.

        Raises what has gone wrong, against all expectation, in sending before.
        """
        self._raise_failure()
        started = 0
        async with self._taking:
            while not self._stopping:
                batch = await self._read_due()
                if not batch:
                    break
                started += sum(self._take(bundle) for bundle in batch)
        return started

    async def join(self) -> None:
        """Wait until nothing is being sent; raise what has gone wrong against all expectation."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)
        self._raise_failure()

    async def stop(self, grace_seconds: float) -> None:
        """Begin nothing more, give what is under way `grace_seconds` to end, then drop it: it stays pending in the outbox."""
        self._stopping = True
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=grace_seconds)
        for task in self._tasks():
            task.cancel()
        await asyncio.gather(*self._tasks(), return_exceptions=True)
        await asyncio.to_thread(self._reader.shutdown)  # the archive may be closed when nobody reads it
        self._raise_failure()

    def reload(self, channels: Mapping[str, Channel], timezone: ZoneInfo) -> None:
        """From the next attempt on, use these channels, and tell times in this zone. What is unchanged keeps its sender."""
        kept = {name for name, channel in channels.items() if self._channels.get(name) == channel and timezone == self._timezone}
        self._senders = {name: sender for name, sender in self._senders.items() if name in kept}
        self._channels = dict(channels)
        self._timezone = timezone

    async def _read_due(self) -> list[Bundle]:
        """The next due bundles that are not in hand. Empty when there are none, or only such as the outbox was asked not to bring."""
        in_hand = {bundle_id for line in self._lines.values() for bundle_id in (*line.tasks, *line.parked)}
        read = partial(self._outbox.due_bundles, self._clock(), BATCH, in_hand)
        due = await asyncio.get_running_loop().run_in_executor(self._reader, read)
        return [bundle for bundle in due if bundle.bundle_id not in in_hand]

    def _take(self, bundle: Bundle) -> bool:
        """Put a bundle in its channel's line; False if it had to be parked, or sending has ended meanwhile."""
        if self._stopping:
            return False
        line = self._lines.setdefault(bundle.channel, _Line(asyncio.Semaphore(self._rules.at_once)))
        if len(line.tasks) >= self._rules.most_in_hand:
            line.parked.add(bundle.bundle_id)
            return False
        task = asyncio.create_task(self._deliver(bundle, line), name=f"deliver {bundle.bundle_id}")
        line.tasks[bundle.bundle_id] = task
        task.add_done_callback(partial(self._let_go, line, bundle.bundle_id))
        return True

    def _let_go(self, line: _Line, bundle_id: str, task: asyncio.Task[None]) -> None:
        del line.tasks[bundle_id]
        if len(line.tasks) <= self._rules.most_in_hand // 2:
            line.parked.clear()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failures.append(error)

    async def _deliver(self, bundle: Bundle, line: _Line) -> None:
        async with line.gate:
            if self._stopping:
                return
            outcome = await self._attempt(bundle)
            result = judge_attempt(bundle, outcome, self._clock(), self._rules.jitter())
            # Shielded: stopping may end the wait, but must not take back the write; the message has been sent.
            await asyncio.shield(asyncio.wrap_future(self._outbox.record_attempt(result)))
        if self._on_attempt is not None:
            self._on_attempt(bundle, result)

    async def _attempt(self, bundle: Bundle) -> Outcome:
        channel = self._channels.get(bundle.channel)
        if channel is None:
            reason = f"channel {bundle.channel} is not in the configuration; put it back, or this is given up 3 days after the alert"
            return retry(reason, ABSENT_CHANNEL_WAIT)
        try:
            return await self._send(channel, bundle)
        except Exception as error:  # noqa: BLE001  # logged, recorded, and told in the delivery log
            # A message that cannot be made must not end the program at every start: it is tried again, and at last given up, visibly.
            _log.exception("sending failed in a way that is not foreseen")
            return retry(f"sending failed in a way that is not foreseen ({type(error).__name__}): report it as a bug")

    async def _send(self, channel: Channel, bundle: Bundle) -> Outcome:
        if bundle.channel not in self._senders:
            self._senders[bundle.channel] = make_sender(channel, self._timezone)
        return await send_within(self._senders[bundle.channel], bundle, self._clock(), self._rules.seconds_per_attempt)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for line in self._lines.values() for task in line.tasks.values()]

    def _raise_failure(self) -> None:
        """Raise the first unexpected error, once."""
        if self._failures:
            failures, self._failures = self._failures, []
            raise failures[0]


def make_sender(channel: Channel, timezone: ZoneInfo) -> Sender:
    """What sends to this channel."""
    # The libraries below cost a command that sends nothing 0.4 s: they come with the first message.
    if isinstance(channel, EmailChannel):
        from monitors.channels.email import EmailSender  # noqa: PLC0415

        return EmailSender(channel, timezone)
    from monitors.channels.webhook import WebhookSender  # noqa: PLC0415

    return WebhookSender(channel)


async def send_within(sender: Sender, bundle: Bundle, now: datetime, seconds: float) -> Outcome:
    """Send, and call it a failed attempt if that takes longer than `seconds` altogether."""
    try:
        async with asyncio.timeout(seconds):
            return await sender.send(bundle, now)
    except TimeoutError:
        return retry(f"no answer within {seconds:g} s")


async def send_test(channel: Channel, now: datetime, timezone: ZoneInfo) -> AttemptResult:
    """Send one message marked as a test. It is tried once: the result is `sent`, or `dead` with the reason."""
    bundle = make_test_bundle(channel.name, now)
    outcome = await send_within(make_sender(channel, timezone), bundle, now, SendingRules().seconds_per_attempt)
    result = judge_attempt(bundle, outcome, now, 0.0)
    if result.status is DeliveryStatus.PENDING:
        return AttemptResult(result.bundle_id, result.delivery_ids, now, DeliveryStatus.DEAD, None, result.error)
    return result
