"""What a channel is, as the configuration describes it: a mail server with recipients, or a URL. How each sends is in its own file.

Making a channel checks it: one that exists can be spoken to, and a mistake in it is a ValueError that says what to do, never a surprise
while sending. No message of such an error repeats the URL or a secret.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from email.utils import getaddresses, parseaddr
from ipaddress import ip_address
from typing import ClassVar, Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

from news.delivering import Policy, Together

_ADDRESS = re.compile(r"""[^\s<>"(),:;@\[\]\\]+ @ (?P<domain> [\w-]+ (\.[\w-]+)* )""", re.VERBOSE)
"""An address as people have them; the stranger forms that RFC 5321 also allows (quotes, address literals) confuse more than they serve."""

Security = Literal["opportunistic", "starttls", "tls"]
"""`opportunistic`: STARTTLS when the server offers it; `starttls`: never without; `tls`: TLS from the first byte."""

SMTP_PORT = 25
SMTPS_PORT = 465
SECRET_PREFIX = "whsec_"  # noqa: S105 — the prefix that the specification gives to secrets, not a secret


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """People who are told by mail, and the server that takes it.

    `ca_file` names a PEM file of the authorities to trust instead of the system's.
    """

    policy: ClassVar[Policy] = Policy(Together.SUBJECT)
    name: str
    host: str
    port: int
    security: Security
    sender: str
    recipients: tuple[str, ...]
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    def __post_init__(self) -> None:
        _check_host(self.host)
        check_address(self.sender)
        if not self.recipients:
            raise ValueError("an email channel needs at least one recipient")
        for recipient in self.recipients:
            check_address(recipient)
        if self.password is not None and self.username is None:
            raise ValueError("a password needs a username")


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """A URL that is told by POST. With a `secret` (`whsec_` and base64) the messages are signed."""

    policy: ClassVar[Policy] = Policy()
    name: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    def __post_init__(self) -> None:
        check_webhook_url(self.url)
        if self.secret is not None:
            check_secret(self.secret)


Channel = EmailChannel | WebhookChannel


def parse_smtp_url(url: str) -> tuple[str, int, Security]:
    """Host, port and security of a mail server's URL.

    `smtp://host[:25]` uses STARTTLS when the server offers it, with `?starttls=required` never goes without; `smtps://host[:465]` is TLS
    from the first byte. Anything else is a ValueError.
    """
    parts = _split_url(url)
    if parts.scheme not in ("smtp", "smtps"):
        raise ValueError("a mail server's URL begins with smtp:// or smtps://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("put the login into `username` and `password`, not into the URL")
    if parts.path not in ("", "/") or parts.fragment:
        raise ValueError("a mail server's URL ends after the port (and perhaps ?starttls=required)")
    host = parts.hostname or ""
    _check_host(host)
    security = _security_of(parts)
    return host, parts.port or (SMTPS_PORT if security == "tls" else SMTP_PORT), security


def address_of(mailbox: str) -> str:
    """The bare address of a mailbox that may have a display name: what the SMTP dialogue speaks of."""
    return parseaddr(mailbox)[1]


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, so that nothing sent to it crosses a network."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _security_of(parts: SplitResult) -> Security:
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "smtps":
        if options:
            raise ValueError("smtps:// is encrypted from the first byte and takes no options")
        return "tls"
    if not options:
        return "opportunistic"
    if options == {"starttls": ["required"]}:
        return "starttls"
    raise ValueError("the only option of smtp:// is ?starttls=required")


def _split_url(url: str) -> SplitResult:
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("the URL holds spaces or control characters")
    parts = urlsplit(url)  # a ValueError of its own for broken IPv6 literals
    if parts.port == 0:  # reading the port raises ValueError when it is no number or too large
        raise ValueError("port 0 cannot be connected to")
    return parts


def _check_host(host: str) -> None:
    try:
        host.encode("idna")
    except UnicodeError:
        raise ValueError("the host name cannot be one") from None
    if not host:
        raise ValueError("the host is missing")


def check_webhook_url(url: str) -> None:
    """Raise ValueError for what is no URL that can be posted to."""
    parts = _split_url(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError("a webhook's URL begins with https:// or http://")
    _check_host(parts.hostname or "")


def check_address(text: str) -> None:
    """Raise ValueError for what is not one mailbox, with or without a display name, or could reach into the dialogue or another header."""
    addresses = getaddresses([text])
    match = _ADDRESS.fullmatch(addresses[0][1]) if len(addresses) == 1 else None
    if match is None or not text.isprintable() or "=?" in text:
        raise ValueError(f"{text!r} is not one email address")
    domain = match["domain"]
    try:
        domain.encode("idna")
    except UnicodeError:
        raise ValueError(f"{text!r} has a domain that cannot be one") from None


def check_secret(secret: str) -> None:
    """Raise ValueError for what is not base64, with `whsec_` before it or without.

    The signing library ignores what is not base64: a mistyped secret would sign, and no receiver could verify it.
    """
    encoded = secret.removeprefix(SECRET_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError("a webhook secret is whsec_ followed by base64")
