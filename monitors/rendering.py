"""What mail and webhook have in common when an alert becomes a message: clean lines, times, links, marked passages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from news.matches import Hit

# Controls and Unicode's line ends break headers and logs, lone surrogates break UTF-8, and direction overrides let a headline show
# another text than it holds, and what is no character (U+FFFE, U+FFFF) is in no XML. No-break spaces stay: French typography needs them.
_UNWANTED = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
_SPACES_KEPT = re.compile("[\u00a0\u202f]+")
_MARKED = re.compile(r"\[([^\[\]]+)\]")


def one_line(text: str, limit: int | None = None) -> str:
    """`text` as one clean line: runs of white space and controls become a space; cut to `limit` characters with an ellipsis."""
    line = _UNWANTED.sub(_one_space, text).strip()
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _one_space(run: re.Match[str]) -> str:
    return run[0][0] if _SPACES_KEPT.fullmatch(run[0]) else " "


def rfc3339(moment: datetime) -> str:
    """An aware time as RFC 3339 in UTC with `Z`, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def safe_link(url: str) -> str | None:
    """`url` if it may become a link (http or https, nothing that could break out of it), otherwise None: it is shown as text."""
    if url != one_line(url).replace(" ", "%20"):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def marked_parts(hit: Hit) -> Iterator[tuple[str, bool]]:
    """The hit's passage in pieces, each with whether it is a found word; found words come without their brackets.

    The article itself may hold brackets (`[Mise à jour]`); they are told from ours by what was found, and stay text.
    """
    passage = one_line(hit.passage)
    found = hit.found.casefold()
    marks = list(_MARKED.finditer(passage))
    ours = [mark for mark in marks if mark[1].casefold() in found] or marks
    position = 0
    for mark in ours:
        if mark.start() > position:
            yield passage[position : mark.start()], False
        yield mark[1], True
        position = mark.end()
    if position < len(passage):
        yield passage[position:], False
