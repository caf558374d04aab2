"""What counts as one host, for politeness and for fairness."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


_MOST_CACHED_CHARACTERS = 300
"""Of an address whose host is remembered: each is asked for several times while it is fetched, and foreign ones may be long."""


_MOST_CACHED = 20_000
"""As many as there may be sources on a large machine: with fewer than there are, none is found again when its turn comes round."""


def host_key(url: str) -> str:
    """What shares one delay: a host, whatever the scheme; another port is another server. "" for what is no URL."""
    return _cached_host_key(url) if len(url) <= _MOST_CACHED_CHARACTERS else _host_key(url)


@lru_cache(maxsize=_MOST_CACHED)
def _cached_host_key(url: str) -> str:
    return _host_key(url)


def _host_key(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".")
    return host if port is None or port in DEFAULT_PORTS.values() else f"{host}:{port}"
