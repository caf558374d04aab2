"""People who are told by mail that a program of this machine takes: `sendmail`, or what goes by its name. `sendmail_sender.py` runs it."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitors.attempts import Sender, TimeLimits
from monitors.channels.mailing import check_people, warn_of_letters
from monitors.mail_address import MailAddress, parse_mail_address
from monitors.presentation import Presentation
from news.plans import Policy, Together


@dataclass(frozen=True, slots=True)
class SendmailChannel:
    """`program`: what is run, with arguments of the user's own before those that every sendmail knows."""

    name: str
    program: tuple[str, ...]
    sender: str
    recipients: tuple[str, ...]
    policy: Policy = field(default_factory=lambda: Policy(Together.SUBJECT))
    unsubscribe: str | None = None

    def __post_init__(self) -> None:
        check_people(self.sender, self.recipients)

    @property
    def from_address(self) -> MailAddress:
        """The address in `From`, which is the envelope's sender too."""
        return parse_mail_address(self.sender)

    @property
    def to_addresses(self) -> tuple[MailAddress, ...]:
        """The recipients, in the order given, each once."""
        addresses = (parse_mail_address(recipient) for recipient in self.recipients)
        return tuple({one.spec: one for one in addresses}.values())

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects: whether the program is there is only known where it is run."""
        return warn_of_letters(self.from_address, self.to_addresses)

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:
        from monitors.channels.sendmail_sender import SendmailSender  # noqa: PLC0415  # it brings asyncio

        return SendmailSender(self, presentation, limits)
