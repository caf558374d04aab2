"""What the URLs and hosts of channels have in common. No error repeats the URL: it may hold a secret."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from monitors.mail_address import a_labels
from news.wording import Wording


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, so that nothing sent to it crosses a network."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def split_url(url: str) -> SplitResult:
    """The parts of a URL that can be connected to. ValueError for any other."""
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError(Wording("the URL holds spaces or control characters"))
    parts = urlsplit(url)  # a ValueError of its own for broken IPv6 literals
    if parts.port == 0:  # reading the port raises ValueError when it is no number or too large
        raise ValueError(Wording("port 0 cannot be connected to"))
    return parts


def check_host(host: str) -> str:
    """The host as the name servers know it."""
    if not host:
        raise ValueError(Wording("the host is missing"))
    try:
        return a_labels(host)
    except ValueError:
        raise ValueError(Wording("the host name cannot be one")) from None
