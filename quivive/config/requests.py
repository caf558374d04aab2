"""Checks of what `[[sources]]` may say of asking a source in a way of its own, and of reading a page that lists articles.

Each returns the string, or raises ValueError with a message for the user, in which the string is not: it may be a secret.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from news.wording import Wording

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header or cookie (RFC 9110 §5.6.2)."""
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
"""RFC 6265 §4.1.1."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_INSTEAD = {
    "cookie": Wording('; write cookies = { NAME = "…" }'),
    "user-agent": Wording("; write user_agent"),
}
_OURS = frozenset(
    {"accept-encoding", "connection", "content-length", "cookie", "host", "if-modified-since", "if-none-match", "keep-alive"}
    | {"proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Headers that say how the connection or the answer is meant, which is for the program to say."""


def check_token(text: str) -> str:
    """The name of a header or cookie."""
    if not _TOKEN.fullmatch(text):
        raise ValueError(Wording("must be a name of letters, digits and dashes"))
    return text


def check_header_name(text: str) -> str:
    """The name of a header that may be set for a source."""
    if check_token(text).lower() in _OURS:
        raise ValueError(Wording("cannot be set{instead}", instead=_INSTEAD.get(text.lower(), "")))
    return text


def check_cookie_value(text: str) -> str:
    """The value of a cookie, as it is sent."""
    if not _COOKIE_VALUE.fullmatch(text):
        raise ValueError(Wording("must hold no space, comma, semicolon, quote or backslash, and plain ASCII alone"))
    return text


def check_username(text: str) -> str:
    """A user name of HTTP Basic (RFC 7617 §2), which ends it with a colon."""
    if not text or ":" in text or _CONTROLS.search(text):
        raise ValueError(Wording("must be a name without a colon"))
    return text


def check_proxy(text: str) -> str:
    """The address of a proxy, perhaps with user name and password in it."""
    wrong = ValueError(Wording("must be an http or https URL such as http://user:password@proxy.example:3128"))
    try:
        parts = urlsplit(text.strip())
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and not parts.path.strip("/")
    except ValueError:
        raise wrong from None
    if not is_usable or any(sign.isspace() for sign in text.strip()):
        raise wrong
    return text.strip()


def check_css(text: str) -> str:
    """The selector, if it is CSS as parsel reads it. Raises ValueError with what is wrong with it."""
    from crawler import check_selector  # noqa: PLC0415  # it brings lxml, which few configurations need

    try:
        check_selector(text)
    except ValueError as error:
        raise ValueError(Wording("is no CSS selector: {reason}", reason=error)) from None
    return text


def check_css_of_elements(text: str) -> str:
    """As `check_css`, and refuse what selects texts or attributes."""
    if "::" in text:
        raise ValueError(Wording("must select elements, and no text or attribute of them"))
    return check_css(text)
