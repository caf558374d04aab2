"""Telling people by mail: one message for a bundle, which each recipient takes or refuses alone.

What a server's answers mean for a message, and why, is in docs/delivery.md.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from aiosmtplib import SMTP

from monitors.attempts import Outcome, Progress, TimeLimits, conclude, redact, retry
from monitors.channels.mail_sessions import MailSessions
from monitors.channels.mailing import People
from monitors.channels.smtp import TROUBLE, MailAccount, MailServer, Transactions, explain
from monitors.mail_address import MailAddress
from monitors.presentation import Presentation
from monitors.rendering_email import LetterWriter, email_bytes
from news.alerts import Bundle, RecipientStatus
from news.wording import Wording

_SHORTEST_NAME_HIDDEN = 6
_NEEDS_SMTPUTF8 = Wording("has letters beyond ASCII before the @, for which the server would need SMTPUTF8; give an address without")


class MailChannel(MailAccount, People, Protocol):
    """What is known of a channel whose mails a server takes: its account there, and the people as the configuration names them."""

    @property
    def sender(self) -> str: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...


class EmailSender:
    """Sends the mails of one channel.

    A server may take a message for some recipients, refuse it for others and put off the rest. Who has it is noted as soon as the server
    says so; the archive keeps it, and the next attempt is for the others.
    """

    def __init__(self, channel: MailChannel, presentation: Presentation, limits: TimeLimits) -> None:
        self._channel = channel
        self._writer = LetterWriter(presentation, channel.unsubscribe)
        self._limits = limits
        self._sessions = MailSessions(MailServer(channel, limits))
        self._recipients = tuple({one.spec: one for one in channel.to_addresses}.values())

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:
        """One session with the server, perhaps that of the last letter. What goes wrong before anybody was offered it is worth a retry."""
        settled = {one.recipient: one for one in bundle.recipients if one.status is not RecipientStatus.OWED}
        owed = [recipient for recipient in self._recipients if recipient.spec not in settled]
        for recipient in owed:
            progress.note(recipient.spec, RecipientStatus.OWED)  # until the server says more, and if it never does
        if owed:
            try:
                client = await self._sessions.take()
            except TROUBLE as error:
                return retry(self._clean(explain(error)))
            is_sound = False
            try:
                is_sound = await self._offer(client, bundle, now, owed, progress)
            finally:
                self._sessions.give_back(client, is_sound=is_sound)
        known = settled | progress.recipients
        ours = {recipient.spec for recipient in self._recipients}
        return conclude(one for one in known.values() if one.recipient in ours or one.status is RecipientStatus.HAS)

    async def _offer(self, client: SMTP, bundle: Bundle, now: datetime, owed: Sequence[MailAddress], progress: Progress) -> bool:
        """Where some addresses need SMTPUTF8, those are given a message of their own: the others' then goes wherever mail goes.

        Returns whether the session is sound: another letter may follow.
        """
        sender = self._channel.from_address
        plain = [] if sender.needs_smtputf8 else [recipient for recipient in owed if not recipient.needs_smtputf8]
        other = [recipient for recipient in owed if recipient not in plain]
        transactions = Transactions(client, sender, self._limits, progress, self._clean)
        if plain:
            shown = [recipient for recipient in self._recipients if not recipient.needs_smtputf8]
            await transactions.offer(plain, self._letter(bundle, shown, now, utf8=False), utf8=False)
        if other and client.supports_extension("smtputf8"):
            await transactions.offer(other, self._letter(bundle, self._recipients, now, utf8=True), utf8=True)
        elif other:
            self._note_unaddressable(other, progress)
        return transactions.are_sound

    async def close(self) -> None:
        """Say goodbye to the server."""
        self._sessions.close()

    def _note_unaddressable(self, recipients: Sequence[MailAddress], progress: Progress) -> None:
        sender = self._channel.from_address
        for recipient in recipients:
            if sender.needs_smtputf8:  # once the configuration is mended, nobody has missed anything
                progress.note(
                    recipient.spec,
                    RecipientStatus.OWED,
                    Wording("the sender {sender} {needs}", sender=sender.spec, needs=_NEEDS_SMTPUTF8),
                )
            else:
                progress.note(recipient.spec, RecipientStatus.REFUSED, Wording("the address {needs}", needs=_NEEDS_SMTPUTF8))

    def _letter(self, bundle: Bundle, shown: Sequence[MailAddress], now: datetime, *, utf8: bool) -> bytes:
        return email_bytes(self._writer.render_email(bundle, self._channel.from_address, shown, now), utf8=utf8)

    def _clean(self, text: str) -> str:
        return redact(text, *_secrets_of(self._channel))


def _secrets_of(channel: MailChannel) -> list[str]:
    """What servers like to say back of a login, the longest first: the password, and how it was sent.

    The user name only where it is no short word and in nobody's address.
    """
    username, password = channel.username or "", channel.password or ""
    forms = (password, f"\0{username}\0{password}", username)
    encoded = [b64encode(form.encode()).decode() for form in forms if password]
    known = " ".join((channel.sender, *channel.recipients))
    told = [username] if len(username) >= _SHORTEST_NAME_HIDDEN and username not in known else []
    return sorted([*encoded, password, *told], key=len, reverse=True)
