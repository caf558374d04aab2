"""Checks of single strings of the configuration. Each returns the string, or raises ValueError with a message for the user.

What makes a channel good is said once, in `monitors/`, which refuses to make a bad one; here it becomes a message for whoever edits the
file. Messages on channels never repeat the string: it may hold a secret.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import SplitResult, urlsplit


def require_text(text: str) -> str:
    """Something that can be shown on one line."""
    stripped = text.strip()
    if not stripped:
        raise ValueError("must not be empty")
    if any(unicodedata.category(character) == "Cc" for character in stripped):
        raise ValueError("must be one line without control characters")
    return stripped


def join_lines(text: str) -> str:
    """A query, which may be written over several lines, as one."""
    return require_text(" ".join(text.split()))


def check_header_text(text: str) -> str:
    """Something that an HTTP header can carry (visible US-ASCII and spaces, RFC 9110 §5.5)."""
    stripped = require_text(text)
    if not stripped.isascii():
        raise ValueError("must be plain ASCII: it is sent in an HTTP header")
    return stripped


def check_feed_url(text: str) -> str:
    """The address of a feed, as written but for a fragment, which no server ever sees."""
    parts = _split_http_url(text, "https://www.example.org/feed")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password: the URLs of sources are shown in lists and logs")
    return text.strip().partition("#")[0]


def _split_http_url(text: str, example: str) -> SplitResult:
    wrong = ValueError(f"must be a complete http or https URL such as {example}")
    if any(character.isspace() for character in text.strip()):
        raise ValueError("must be one URL without spaces")
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that hold no IPv6 address
        raise wrong from None
    if not usable:
        raise wrong
    return parts


def check_webhook_url(text: str) -> str:
    """The address of a webhook's receiver, as written."""
    import monitors  # noqa: PLC0415  # it brings asyncio; a configuration without channels need not wait for it

    _split_http_url(text, "https://www.example.org/hook")
    monitors.check_webhook_url(text.strip())
    return text.strip()


def check_smtp_url(text: str) -> str:
    """The address of a mail server, `smtp://host:587` or `smtps://host`."""
    import monitors  # noqa: PLC0415  # as above

    monitors.parse_smtp_url(text)
    return text


def check_mailbox(text: str) -> str:
    """A mail address, bare or as `Name <local@domain>` (RFC 5322 §3.4)."""
    import monitors  # noqa: PLC0415  # as above

    mailbox = require_text(text)
    try:
        monitors.parse_mail_address(mailbox)
    except ValueError:
        raise ValueError('must be one mail address, such as "quivive@example.org" or "Quivive <quivive@example.org>"') from None
    return mailbox


def check_webhook_secret(text: str) -> str:
    """A signing secret as the Standard Webhooks specification writes it: `whsec_` and base64."""
    import monitors  # noqa: PLC0415  # as above

    wrong = ValueError("must be whsec_ followed by base64 (Standard Webhooks); `openssl rand -base64 32` makes one")
    if not text.startswith("whsec_"):
        raise wrong
    try:
        monitors.check_secret(text)
    except ValueError:
        raise wrong from None
    return text
