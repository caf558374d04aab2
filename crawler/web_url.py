"""Links as documents write them, to absolute http(s) URLs; and these as servers are asked for them."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from news.urls import without_feed_scheme

_MAX_LENGTH = 4096
_ABSOLUTE = re.compile(r"https?://[^/?#\\]", re.IGNORECASE)
_ASKED = re.compile(r"(https?://[a-z0-9.-]+(?::\d{1,5})?)(/[^?\\]*)?(\?.*)?", re.IGNORECASE | re.DOTALL)
"""A host in plain letters, so that every parser of addresses reads the same one; path; query."""
_NOT_AS_WRITTEN = re.compile(r"%(?![0-9a-f]{2})|/(?:\.|%2e){1,2}(?:/|$)|[\x00-\x1f\x7f\ud800-\udfff]", re.IGNORECASE)
"""What nobody sends as it is written: a lone percent sign, a step up or down in the path, control characters."""
_PATH_SAFE = "%/:@!$&'()*+,;=~|[]"
_QUERY_SAFE = _PATH_SAFE + "?`{}^\\"
"""Signs that browsers send as they are (https://url.spec.whatwg.org/#query-percent-encode-set)."""


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


def asked_url(url: str) -> str | None:
    """The URL letter for letter as browsers ask a server for it, without a fragment; None where it must be brought into form first.

    What is escaped stays so, and in the same letters: some servers tell `%27` from `'`, or have signed what they wrote.
    """
    found = _ASKED.fullmatch(url.partition("#")[0])
    if found is None or _NOT_AS_WRITTEN.search(found[2] or "") or _NOT_AS_WRITTEN.search(found[3] or ""):
        return None
    return found[1].lower() + quote(found[2] or "/", _PATH_SAFE) + quote(found[3] or "", _QUERY_SAFE)
