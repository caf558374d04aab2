"""What counts as one host, for politeness and for fairness."""

from __future__ import annotations

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def host_key(url: str) -> str:
    """What shares one delay: a host, whatever the scheme; another port is another server. "" for what is no URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".")
    return host if port is None or port in DEFAULT_PORTS.values() else f"{host}:{port}"
