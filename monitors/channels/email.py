"""`type = "email"`: people who are told by mail, and the server that takes it. How it is sent is in `email_sender.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import SplitResult, parse_qs

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable, Text
from monitors.channels.command import check_argument
from monitors.channels.mailing import Mailbox, Security, Unsubscribe, check_people, warn_of_letters
from monitors.channels.sendmail import SendmailChannel
from monitors.channels.urls import check_host, split_url
from monitors.mail_address import MailAddress, parse_mail_address
from monitors.presentation import Presentation
from news.plans import Policy, Together
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


def _check_smtp_url(text: str) -> str:
    parse_smtp_url(text)
    return text


def _read_program(value: object) -> object:
    """A program alone, or with arguments of its own."""
    return [value] if isinstance(value, str) else value


Argument = Annotated[str, AfterValidator(check_argument)]


class Table(ChannelTable):
    """The keys of `[channels.NAME]` with `type = "email"`."""

    secrets: ClassVar[tuple[str, ...]] = ("username", "password")
    type: Literal["email"]
    sendmail: Annotated[tuple[Argument, ...], BeforeValidator(_read_program), Field(strict=False, min_length=1)] | None = None
    smtp: Annotated[str, AfterValidator(_check_smtp_url)] | None = None
    username: Text | None = Field(default=None, repr=False)
    password: Text | None = Field(default=None, repr=False)
    sender: Mailbox = Field(alias="from")
    to: Annotated[tuple[Mailbox, ...], Field(strict=False, min_length=1)]
    unsubscribe: Unsubscribe | None = None

    @field_validator("smtp")
    @classmethod
    def _check_way(cls, smtp: str | None, read: ValidationInfo) -> str | None:
        if "sendmail" in read.data and (smtp is None) == (read.data["sendmail"] is None):
            raise ValueError(Wording("give smtp, a mail server, or sendmail, a program of this machine: one of them"))
        return smtp

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError(Wording("username and password go together: give both or neither"))
        if self.sendmail is not None and self.username is not None:
            raise ValueError(Wording("username and password are for smtp; sendmail has a configuration of its own"))
        return self

    def make_channel(self, name: str) -> EmailChannel | SendmailChannel:
        policy = self.make_policy(Together.SUBJECT)
        if self.sendmail is not None:
            return SendmailChannel(name, self.sendmail, self.sender, self.to, policy, self.unsubscribe)
        host, port, security = parse_smtp_url(self.smtp or "")
        return EmailChannel(
            name, host, port, security, self.sender, self.to, self.username, self.password, policy, unsubscribe=self.unsubscribe
        )
