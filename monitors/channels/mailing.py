"""What all channels of mails have in common: who sends, who is told, and how they can have it stopped."""

from __future__ import annotations

from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from monitors.mail_address import MailAddress, parse_mail_address
from news.names import require_text
from news.wording import Wording

Security = Literal["opportunistic", "starttls", "tls"]
"""`opportunistic`: STARTTLS when the server offers it; `starttls`: never without; `tls`: TLS from the first byte."""

LONGEST_UNSUBSCRIBE = 900
"""Characters: the header is one line, and no line may have more than 998 (RFC 5322 §2.1.1)."""
_NEEDS_SMTPUTF8 = Wording("has letters beyond ASCII before the @, which only a server with SMTPUTF8 takes; without it")


class People(Protocol):
    """Who sends the mails of a channel and who gets them, as servers are told, and how they can have it stopped."""

    @property
    def from_address(self) -> MailAddress: ...
    @property
    def to_addresses(self) -> tuple[MailAddress, ...]: ...
    @property
    def unsubscribe(self) -> str | None: ...


def check_people(sender: str, recipients: tuple[str, ...]) -> None:
    """Raise ValueError unless there is somebody to tell, and every address is one."""
    if not recipients:
        raise ValueError(Wording("an email channel needs at least one recipient"))
    for mailbox in (sender, *recipients):
        parse_mail_address(mailbox)


def warn_of_letters(sender: MailAddress, recipients: tuple[MailAddress, ...]) -> list[tuple[str, str]]:
    """Addresses that not every server can be told, each with the key that says it."""
    found: list[tuple[str, str]] = []
    if sender.needs_smtputf8:
        said = Wording("{address} {needs} nobody is told: use a sender without such letters", address=sender.spec, needs=_NEEDS_SMTPUTF8)
        found.append(("from", said))
    for index, address in enumerate(recipients):
        if address.needs_smtputf8:
            said = Wording("{address} {needs} the others are told and this one is not", address=address.spec, needs=_NEEDS_SMTPUTF8)
            found.append((f"to.{index}", said))
    return found


def check_mailbox(text: str) -> str:
    """A mail address, bare or as `Name <local@domain>` (RFC 5322 §3.4). Raises ValueError for any other text."""
    mailbox = require_text(text)
    try:
        parse_mail_address(mailbox)
    except ValueError:
        raise ValueError(Wording('must be one mail address, such as "quivive@example.org" or "Quivive <quivive@example.org>"')) from None
    return mailbox


def check_unsubscribe(text: str) -> str:
    """A URL that can stand in List-Unsubscribe (RFC 2369 §2). Raises ValueError for any other."""
    wrong = ValueError(Wording('must be a mailto: or https: URL, such as "mailto:redaction@example.org?subject=stop", in ASCII'))
    if len(text) > LONGEST_UNSUBSCRIBE or not text.isascii() or not text.isprintable() or set(text) & set('<> ",\\'):
        raise wrong
    try:
        parts = urlsplit(text)
        if parts.scheme == "mailto":
            parse_mail_address(unquote(parts.path))
            return text
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong
    return text
