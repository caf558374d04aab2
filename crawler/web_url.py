"""Links as documents write them, to absolute http(s) URLs."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from news.urls import without_feed_scheme

_MAX_LENGTH = 4096
_ABSOLUTE = re.compile(r"https?://[^/?#\\]", re.IGNORECASE)


def absolute_url(link: str | None, base: str) -> str | None:
    """The http(s) URL that `link` means in a document at `base`; None for anything else (mailto:, javascript:, nonsense)."""
    bare = without_feed_scheme("".join((link or "").split("\n")).strip())
    if not bare or len(bare) > _MAX_LENGTH:
        return None
    try:
        url = bare if _ABSOLUTE.match(bare) else urljoin(base, bare)  # which would change the letters of one that is whole
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return url.replace(" ", "%20") if is_web else None
