"""Checks of single strings of the configuration. Each returns the string, or raises ValueError with a message for the user.

Those of a channel's strings are with the channel, in `monitors/`.
"""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from news.names import require_text
from news.wording import Wording


def join_lines(text: str) -> str:
    """A query, which may be written over several lines, as one."""
    return require_text(" ".join(text.split()))


def check_header_text(text: str) -> str:
    """Something that an HTTP header can carry (visible US-ASCII and spaces, RFC 9110 §5.5)."""
    stripped = require_text(text)
    if not stripped.isascii():
        raise ValueError(Wording("must be plain ASCII: it is sent in an HTTP header"))
    return stripped


def check_feed_url(text: str) -> str:
    """The address of a feed, as written but for a fragment, which no server ever sees."""
    parts = _split_http_url(text, "https://www.example.org/feed")
    if parts.username is not None or parts.password is not None:
        raise ValueError(Wording("must not hold a user name or password: the URLs of sources are shown in lists and logs"))
    return text.strip().partition("#")[0]


def split_listen(text: str) -> tuple[str, int]:
    """Host and port of a place to listen at, as `check_listen` passed it."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def check_listen(text: str) -> str:
    """A place to listen at: a loopback address and a port."""
    wrong = ValueError(Wording("must be an address and a port, such as 127.0.0.1:8787"))
    try:
        host, port = split_listen(text.strip())
        address = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise wrong from None
    if not 0 < port < 65_536:
        raise wrong
    if not address.is_loopback:
        raise ValueError(
            Wording("must be a loopback address, such as 127.0.0.1:8787: a reverse proxy that speaks TLS is to stand before this program")
        )
    return text.strip()


def check_public_url(text: str) -> str:
    """The address by which the world reaches what listens here."""
    parts = _split_http_url(text, "https://veille.example.org")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError(Wording("must hold no user name, no ? and no #: hubs are told it, with a path behind it"))
    return text.strip()


def _split_http_url(text: str, example: str) -> SplitResult:
    if len(text.split()) > 1:
        raise ValueError(Wording("must be one URL without spaces"))
    with suppress(ValueError):  # a port that is no number, brackets that hold no IPv6 address
        parts = urlsplit(text.strip())
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    raise ValueError(Wording("must be a complete http or https URL such as {example}", example=example))
