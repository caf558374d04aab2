"""How a source is asked in a way of its own, and how a page that lists articles is read: the checks of these keys of `[[sources]]`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import ListingRules, RequestSettings
from news.wording import Wording

if TYPE_CHECKING:
    from quivive.config.file import ConfigFile
    from quivive.config.model import FeedTable

SECRET_KEYS = frozenset({"headers", "cookies", "username", "password", "password_file", "proxy", "proxy_file"})
"""What whoever only reads the archive need not have."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header or cookie (RFC 9110 §5.6.2)."""
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
"""RFC 6265 §4.1.1."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_INSTEAD = {
    "authorization": Wording("; write username and password, unless it is of another kind than Basic"),
    "cookie": Wording('; write cookies = { NAME = "…" }'),
    "user-agent": Wording("; write user_agent"),
}
_OURS = frozenset(
    {"accept-encoding", "connection", "content-length", "cookie", "host", "if-modified-since", "if-none-match", "keep-alive"}
    | {"proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Headers that say how the connection or the answer is meant, which is for the program to say."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How one source is asked and read, as far as that is its own."""

    request: RequestSettings | None = field(default=None, repr=False)
    listing: ListingRules | None = None


def read_asking(file: ConfigFile, key: str, table: FeedTable) -> Asking:
    """What a table says of asking and reading its source; what does not fit together is noted."""
    if table.username is None and table.password is not None:
        file.add_fault(f"{key}.username", Wording("is missing; a password goes with a user name"))
    for name in ("title", "link", "date", "summary"):
        if getattr(table, name) is not None and table.item is None:
            file.add_fault(f"{key}.item", Wording("is missing; {name} is looked for within each item of a page", name=name))
            break
    return Asking(_request(table), _listing(table))


def _request(table: FeedTable) -> RequestSettings | None:
    request = RequestSettings(
        origin=table.url,
        headers=tuple((table.headers or {}).items()),
        cookies=tuple((table.cookies or {}).items()),
        username=table.username,
        password=table.password,
        proxy=table.proxy,
        user_agent=table.user_agent,
    )
    return None if request == RequestSettings(table.url) else request


def _listing(table: FeedTable) -> ListingRules | None:
    return None if table.item is None else ListingRules(table.item, table.title, table.link, table.date, table.summary)


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
    """A CSS selector."""
    from crawler import check_selector  # noqa: PLC0415  # it brings lxml, which few configurations need

    try:
        check_selector(text)
    except ValueError as error:
        raise ValueError(Wording("is no CSS selector: {reason}", reason=error)) from None
    return text


def check_css_of_elements(text: str) -> str:
    """A CSS selector of elements."""
    if "::" in text:
        raise ValueError(Wording("must select elements, and no text or attribute of them"))
    return check_css(text)
