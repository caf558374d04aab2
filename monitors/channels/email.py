"""`type = "email"`: people who are told by mail, and the server that takes it. How it is sent is in `email_sender.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import SplitResult, parse_qs

from pydantic import AfterValidator, Field, model_validator

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable, Text
from monitors.channels.urls import check_host, split_url
from monitors.mail_address import MailAddress, parse_mail_address
from monitors.presentation import Presentation
from news.delivering import Policy, Together
from news.names import require_text
from news.wording import Wording

Security = Literal["opportunistic", "starttls", "tls"]
"""`opportunistic`: STARTTLS when the server offers it; `starttls`: never without; `tls`: TLS from the first byte."""


_NEEDS_SMTPUTF8 = Wording("has letters beyond ASCII before the @, which only a server with SMTPUTF8 takes; without it")

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

    def __post_init__(self) -> None:
        check_host(self.host)
        if not self.recipients:
            raise ValueError(Wording("an email channel needs at least one recipient"))
        for mailbox in (self.sender, *self.recipients):
            parse_mail_address(mailbox)
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
        found: list[tuple[str, str]] = []
        if self.from_address.needs_smtputf8:
            spec = self.from_address.spec
            said = Wording("{address} {needs} nobody is told: use a sender without such letters", address=spec, needs=_NEEDS_SMTPUTF8)
            found.append(("from", said))
        for index, address in enumerate(self.to_addresses):
            if address.needs_smtputf8:
                said = Wording("{address} {needs} the others are told and this one is not", address=address.spec, needs=_NEEDS_SMTPUTF8)
                found.append((f"to.{index}", said))
        return found

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


def _check_smtp_url(text: str) -> str:
    parse_smtp_url(text)
    return text


def _check_mailbox(text: str) -> str:
    mailbox = require_text(text)
    try:
        parse_mail_address(mailbox)
    except ValueError:
        raise ValueError(Wording('must be one mail address, such as "quivive@example.org" or "Quivive <quivive@example.org>"')) from None
    return mailbox


Mailbox = Annotated[str, AfterValidator(_check_mailbox)]
"""A mail address, bare or as `Name <local@domain>` (RFC 5322 §3.4)."""


class Table(ChannelTable):
    """The keys of `[channels.NAME]` with `type = "email"`."""

    secrets: ClassVar[tuple[str, ...]] = ("username", "password")
    type: Literal["email"]
    smtp: Annotated[str, AfterValidator(_check_smtp_url)]
    username: Text | None = Field(default=None, repr=False)
    password: Text | None = Field(default=None, repr=False)
    sender: Mailbox = Field(alias="from")
    to: Annotated[tuple[Mailbox, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError(Wording("username and password go together: give both or neither"))
        return self

    def make_channel(self, name: str) -> EmailChannel:
        host, port, security = parse_smtp_url(self.smtp)
        policy = self.make_policy(Together.SUBJECT)
        return EmailChannel(name, host, port, security, self.sender, self.to, self.username, self.password, policy)
