"""Making one attempt after the other: sending a message, judging what came of it, writing that down and telling of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitors.attempts import Outcome, Progress, TimeLimits, judge_attempt, judge_interruption, retry
from monitors.channels import Channel
from monitors.presentation import Presentation
from monitors.recorder import Recorder
from monitors.senders import Senders
from monitors.switchboard import Switchboard
from news.alerts import AttemptResult, Bundle
from news.delivering import hold_sealed
from news.plans import Policy
from news.wording import Wording

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Attempting:
    """Belongs to one event loop. `channels` and `presentation` may be others from one attempt to the next."""

    channels: Mapping[str, Channel]
    presentation: Presentation
    recorder: Recorder
    switchboard: Switchboard
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    limits: TimeLimits
    tell: Callable[[str, AttemptResult], None]
    """Told, with the channel's name, what is on record."""
    senders: Senders = field(init=False)

    def __post_init__(self) -> None:
        self.senders = Senders(self.limits)

    async def attempt(self, bundle: Bundle) -> AttemptResult | None:
        """Send a message once. None if its channel is gone, or its quiet hours have begun: the next look holds it, with the reason."""
        channel = self.channels.get(bundle.channel)
        if channel is None or (not bundle.is_pressing and hold_sealed(self.policy_of(channel), self.clock())):
            return None
        progress = Progress()
        try:
            outcome = await self._try(channel, bundle, progress)
        except asyncio.CancelledError:
            await self.record(bundle.channel, judge_interruption(bundle, progress, self.clock()))
            raise
        self.switchboard.note(bundle.channel, bundle.bundle_id, outcome, progress)
        return judge_attempt(bundle, outcome, progress, self.clock(), self.jitter())

    def policy_of(self, channel: Channel) -> Policy:
        """How the channel wants to be told, on the clock of the people who are."""
        return replace(channel.policy, zone=self.presentation.language.timezone)

    async def record(self, channel: str, result: AttemptResult) -> None:
        """Done when it is on disk. Stopping may end the wait, and takes back nothing: the message has been sent."""
        await self.recorder.record(result)
        await self.switchboard.save()
        self.tell(channel, result)

    async def _try(self, channel: Channel, bundle: Bundle, progress: Progress) -> Outcome:
        try:
            async with self.senders.lend(channel, self.presentation) as sender:
                return await sender.send(bundle, self.clock(), progress)
        except Exception as error:  # noqa: BLE001  # logged, recorded, and told in the delivery log
            # A message that cannot be made must not end the program at every start: it is tried again, and at last given up, visibly.
            _log.exception("sending failed in a way that is not foreseen")
            return retry(Wording("sending failed in a way that is not foreseen ({name}): report it as a bug", name=type(error).__name__))
