"""`type = "email"`: people who are told by mail, and the server that takes it. How it is sent is in `email_sender.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable, text
from monitors.channels.command import check_argument
from monitors.channels.mailing import Security, check_mailbox, check_people, check_unsubscribe, warn_of_letters
from monitors.channels.sendmail import SendmailChannel
from monitors.channels.urls import check_host, split_url
from monitors.mail_address import MailAddress, parse_mail_address
from monitors.presentation import Presentation
from news.plans import Policy, Together
from news.tables import from_string, key, list_of, one_of
from news.wording import Wording

SMTP_PORT = 25
SMTPS_PORT = 465


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """People who are told by mail, and the server that takes it."""

    name: str
    host: str
    port: int
    security: Security
    sender: str
    recipients: tuple[str, ...]
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    policy: Policy = field(default_factory=lambda: Policy(Together.SUBJECT))
    unsubscribe: str | None = None
    """What `List-Unsubscribe` offers; None offers nothing."""

    def __post_init__(self) -> None:
        check_host(self.host)
        check_people(self.sender, self.recipients)
        if self.password is not None and self.username is None:
            raise ValueError(Wording("a password needs a username"))

    @property
    def from_address(self) -> MailAddress:
        """The address in `From`, which is the envelope's sender too."""
        return parse_mail_address(self.sender)

    @property
    def to_addresses(self) -> tuple[MailAddress, ...]:
        """The recipients, in the order given."""
        return tuple(parse_mail_address(recipient) for recipient in self.recipients)

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects, each with the key that says it."""
        return warn_of_letters(self.from_address, self.to_addresses)

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:
        from monitors.channels.email_sender import EmailSender  # noqa: PLC0415  # it brings aiosmtplib

        return EmailSender(self, presentation, limits)


def parse_smtp_url(url: str) -> tuple[str, int, Security]:
    """Host, port and security of a mail server's URL.

    `smtp://host[:25]` uses STARTTLS when the server offers it, with `?starttls=required` never goes without; `smtps://host[:465]` is TLS
    from the first byte. Anything else is a ValueError.
    """
    parts = split_url(url)
    if parts.scheme not in ("smtp", "smtps"):
        raise ValueError(Wording("a mail server's URL begins with smtp:// or smtps://"))
    if parts.username is not None or parts.password is not None:
        raise ValueError(Wording("put the login into `username` and `password`, not into the URL"))
    if parts.path not in ("", "/") or parts.fragment:
        raise ValueError(Wording("a mail server's URL ends after the port (and perhaps ?starttls=required)"))
    host = check_host(parts.hostname or "")
    security = _security_of(parts)
    return host, parts.port or (SMTPS_PORT if security == "tls" else SMTP_PORT), security


def _security_of(parts: SplitResult) -> Security:
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "smtps":
        if options:
            raise ValueError(Wording("smtps:// is encrypted from the first byte and takes no options"))
        return "tls"
    if not options:
        return "opportunistic"
    if options == {"starttls": ["required"]}:
        return "starttls"
    raise ValueError(Wording("the only option of smtp:// is ?starttls=required"))


def _check_smtp_url(url: str) -> str:
    parse_smtp_url(url)
    return url


_argument = from_string(check_argument)
_mailbox = from_string(check_mailbox)


def _read_command(value: object) -> tuple[str, ...]:
    """A program alone, or with arguments of its own."""
    return list_of(_argument, at_least_one=True)([value] if isinstance(value, str) else value)


def _check_way(smtp: str | None, above: Mapping[str, Any]) -> None:
    if "sendmail" in above and (smtp is None) == (above["sendmail"] is None):
        raise ValueError(Wording("give smtp, a mail server, or sendmail, a program of this machine: one of them"))


class Table(ChannelTable):
    """The keys of `[channels.NAME]` with `type = "email"`."""

    secrets = ("username", "password")
    type: Literal["email"] = key(one_of("email"))
    sendmail: tuple[str, ...] | None = key(_read_command, None)
    smtp: str | None = key(from_string(_check_smtp_url), None, beside=_check_way)
    username: str | None = key(text, None)
    password: str | None = key(text, None)
    sender: str = key(_mailbox, written="from")
    to: tuple[str, ...] = key(list_of(_mailbox, at_least_one=True))
    unsubscribe: str | None = key(from_string(check_unsubscribe), None)

    def check(self) -> None:
        if (self.username is None) != (self.password is None):
            raise ValueError(Wording("username and password go together: give both or neither"))
        if self.sendmail is not None and self.username is not None:
            raise ValueError(Wording("username and password are for smtp; sendmail has a configuration of its own"))

    def make_channel(self, name: str) -> EmailChannel | SendmailChannel:
        policy = self.make_policy(Together.SUBJECT)
        if self.sendmail is not None:
            return SendmailChannel(name, self.sendmail, self.sender, self.to, policy, self.unsubscribe)
        host, port, security = parse_smtp_url(self.smtp or "")
        return EmailChannel(
            name, host, port, security, self.sender, self.to, self.username, self.password, policy, unsubscribe=self.unsubscribe
        )
