"""What is sent for one source alone: its headers, cookies and password, to its own host and to no other. Pure."""

from __future__ import annotations

import base64
from urllib.parse import SplitResult, urlsplit

from crawler.cookies import Cookie, Cookies
from crawler.settings import RequestSettings

_PORTS = {"http": 80, "https": 443}


def own_headers(settings: RequestSettings, url: str) -> dict[str, str]:
    """The headers of a request to `url` that are this source's own; none for any other host."""
    if not is_own_host(settings.origin, url):
        return {}
    headers = dict(settings.headers)
    if settings.username is not None:
        pair = f"{settings.username}:{settings.password or ''}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers


def own_names(settings: RequestSettings) -> list[str]:
    """The names of all headers that `own_headers` may give."""
    return [*(name for name, _ in settings.headers), *(["Authorization"] if settings.username is not None else [])]


def own_cookies(settings: RequestSettings) -> Cookies:
    """The cookies that a fetch begins with, as if the source's host had set them; over https alone where the source is."""
    parts = urlsplit(settings.origin)
    host, is_secure = (parts.hostname or "").lower(), parts.scheme == "https"
    pairs = {name: f"{name}={value}".encode("ascii") for name, value in settings.cookies}
    return {(host, name.encode("ascii")): Cookie(pair, is_secure) for name, pair in pairs.items()}


def is_own_host(origin: str, url: str) -> bool:
    """Whether what is meant for `origin` may be sent to `url`: the same host, port and scheme, or https where it was http."""
    own, other = urlsplit(origin), urlsplit(url)
    if (own.hostname or "").lower() != (other.hostname or "").lower():
        return False
    is_upgraded = (own.scheme, _port(own), other.scheme, _port(other)) == ("http", 80, "https", 443)
    return is_upgraded or (own.scheme == other.scheme and _port(own) == _port(other))


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)
