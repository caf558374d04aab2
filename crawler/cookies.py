"""Cookies within one fetch (RFC 6265, no more of it than that needs): what a redirect sets comes back on its later hops.

Pure. Nothing is kept from one fetch to the next: a reader of feeds has no session. Paths and dates are overlooked, since a fetch takes
seconds; what shall be deleted is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_COOKIES = 20
MOST_COOKIE_BYTES = 4096
"""Of one, name and value together, as in browsers; and of all that are sent together: servers refuse longer headers."""
_SENDABLE = frozenset(range(32, 127))
_GONE = (b"max-age=0", b"max-age=-", b"expires=thu, 01-jan-1970", b"expires=thu, 01 jan 1970")
"""What sites write to delete a cookie."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie; `pair` is sent as it came."""

    pair: bytes
    is_secure: bool


Cookies = Mapping[tuple[str, bytes], Cookie]
"""By domain (with a leading dot: subdomains too) and name."""


def kept_cookies(known: Cookies, url: str, headers: Iterable[bytes]) -> Cookies:
    """The cookies that are known after an answer from `url` with these Set-Cookie headers."""
    host, _ = _place(url)
    kept = dict(known)
    for header in headers:
        pair, *attributes = (part.strip() for part in header[: 2 * MOST_COOKIE_BYTES].split(b";"))
        name, equals, value = pair.partition(b"=")
        key = (_domain(host, attributes), name.strip())
        kept.pop(key, None)
        is_gone = any(attribute.lower().startswith(_GONE) for attribute in attributes)
        if equals and name and value and not is_gone and _may_be_sent(pair) and len(kept) < MOST_COOKIES:
            kept[key] = Cookie(pair, any(attribute.lower() == b"secure" for attribute in attributes))
    return kept


def matching_cookies(known: Cookies, url: str) -> bytes:
    """The Cookie header for a request to `url`; empty if there is none."""
    host, is_secure = _place(url)
    sent = b""
    for (domain, _), cookie in known.items():
        is_meant = host == domain.removeprefix(".") or (domain.startswith(".") and host.endswith(domain))
        if is_meant and (is_secure or not cookie.is_secure) and len(sent) + len(cookie.pair) <= MOST_COOKIE_BYTES:
            sent += b"; " * bool(sent) + cookie.pair
    return sent


def _place(url: str) -> tuple[str, bool]:
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip("."), parts.scheme == "https"


def _may_be_sent(pair: bytes) -> bool:
    """Whether it may stand in a request header. What is no ASCII may not (RFC 6265 §4.1.1), and no gate was seen that needs it."""
    return len(pair) <= MOST_COOKIE_BYTES and _SENDABLE.issuperset(pair)


def _domain(host: str, attributes: list[bytes]) -> str:
    """The domain that a cookie is for: the host alone, or a parent of it that the cookie names; never a whole top-level domain."""
    if host[-1:].isdigit() or ":" in host:  # an address has no parent
        return host
    for attribute in attributes:
        name, _, value = attribute.partition(b"=")
        if name.strip().lower() == b"domain":
            domain = value.strip().decode("latin-1").lower().lstrip(".")
            if "." in domain and (host == domain or host.endswith("." + domain)):
                return "." + domain
    return host
