"""Handing mails to `sendmail`: one run for each recipient, so that each has an answer of its own, as with a server.

What its exit status means (sysexits.h) is in docs/delivery.md.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitors.attempts import Outcome, Progress, TimeLimits, conclude
from monitors.channels.mailing import People
from monitors.channels.running import Ended, Surroundings, run_program
from monitors.mail_address import MailAddress
from monitors.presentation import Presentation
from monitors.rendering_email import LetterWriter, email_bytes
from news.alerts import Bundle, RecipientStatus
from news.wording import Wording, system_reason

_FINAL = frozenset({os.EX_DATAERR, os.EX_NOUSER})
"""What speaks of the message or the recipient. All else speaks of this machine, its line or its configuration, which may be mended:
`EX_NOHOST` too, by which msmtp says that its own server was not found, and `EX_UNAVAILABLE`, which means anything."""
_NAMES = {
    getattr(os, name): name
    for name in (
        "EX_USAGE", "EX_DATAERR", "EX_NOINPUT", "EX_NOUSER", "EX_NOHOST", "EX_UNAVAILABLE", "EX_SOFTWARE", "EX_OSERR", "EX_OSFILE",
        "EX_CANTCREAT", "EX_IOERR", "EX_TEMPFAIL", "EX_PROTOCOL", "EX_NOPERM", "EX_CONFIG",
    )
}  # fmt: skip


class Letterbox(People, Protocol):
    """What is known of a channel whose mails a program takes."""

    @property
    def program(self) -> tuple[str, ...]: ...


class SendmailSender:
    """Hands over the mails of one channel."""

    def __init__(self, channel: Letterbox, presentation: Presentation, limits: TimeLimits) -> None:
        self._channel = channel
        self._limits = limits
        self._writer = LetterWriter(presentation, channel.unsubscribe)
        self._surroundings = Surroundings(Path(presentation.configuration).parent, presentation.environment)

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:
        """One run for each recipient who is owed it, one after the other."""
        settled = {one.recipient: one for one in bundle.recipients if one.status is not RecipientStatus.OWED}
        recipients = self._channel.to_addresses
        owed = [recipient for recipient in recipients if recipient.spec not in settled]
        for recipient in owed:
            progress.note(recipient.spec, RecipientStatus.OWED)  # until the program says more, and if it never does
        letter = self._letter(bundle, now) if owed else b""
        for recipient in owed:
            status, reason = await self._hand_over(recipient, letter)
            progress.note(recipient.spec, status, reason)
        known = settled | progress.recipients
        ours = {recipient.spec for recipient in recipients}
        return conclude(one for one in known.values() if one.recipient in ours or one.status is RecipientStatus.HAS)

    async def close(self) -> None:
        """End nothing: each message starts a program of its own."""

    def _letter(self, bundle: Bundle, now: datetime) -> bytes:
        """The mail with the line ends of this machine, as sendmail wants it."""
        sender, shown = self._channel.from_address, self._channel.to_addresses
        utf8 = any(address.needs_smtputf8 for address in (sender, *shown))
        return email_bytes(self._writer.render_email(bundle, sender, shown, now), utf8=utf8).replace(b"\r\n", b"\n")

    async def _hand_over(self, recipient: MailAddress, letter: bytes) -> tuple[RecipientStatus, str | None]:
        # -i: a line of one full stop is no end. --: whatever follows is an address, also one that begins with a dash.
        command = (*self._channel.program, "-i", "-f", self._channel.from_address.spec, "--", recipient.spec)
        program, seconds = self._channel.program[0], self._limits.acceptance
        try:
            ended = await run_program(command, self._surroundings, letter, seconds)
        except TimeoutError:
            reason = Wording("{program} had not ended after {seconds} s, and was killed", program=program, seconds=f"{seconds:g}")
            return RecipientStatus.OWED, reason
        except OSError as error:
            return RecipientStatus.OWED, Wording("{program} cannot be run: {reason}", program=program, reason=system_reason(error))
        return judge_status(program, ended)


def judge_status(program: str, ended: Ended) -> tuple[RecipientStatus, str | None]:
    """How a recipient stands for whom the program has ended so, and why."""
    if ended.status == os.EX_OK:
        return RecipientStatus.HAS, None
    name = _NAMES.get(ended.status)
    how = Wording("status {status}", status=f"{ended.status} ({name})" if name else ended.status)
    if ended.status < 0:
        how = Wording("signal {signal}", signal=-ended.status)
    reason = Wording("{program} ended with {ended}", program=program, ended=how)
    if ended.said:
        reason = Wording("{program} ended with {ended}: {said}", program=program, ended=how, said=ended.said)
    return RecipientStatus.REFUSED if ended.status in _FINAL else RecipientStatus.OWED, reason
