"""Makes the head of an HTTP answer readable: what browsers overlook in it must not cost the body.

Real servers send headers in Latin-1, lines without a colon, a length beside `chunked`, folded lines and lines that end in nothing but LF.
A strict parser refuses the whole answer for any of them, for ever. Here only the headers that somebody in this room reads are kept, each
in a form that every parser takes, so that nothing in the others matters.

Pure, and linear in the size of the head, which is at most MOST_HEAD_BYTES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_HEAD_BYTES = 262_144
"""As in Chromium. A longer head is refused."""
MOST_LINES = 2000
"""What comes after them is overlooked: a head of a quarter of a million empty names must not take long."""
MOST_LINE_BYTES = 16_384
"""A line that is longer is overlooked; what is read here (addresses, validators, a type) is never as long."""
MOST_SAME = 20
"""Lines of one name that are kept."""

WANTED = frozenset(
    {
        b"age",
        b"cache-control",
        b"connection",
        b"content-encoding",
        b"content-language",
        b"content-length",
        b"content-type",
        b"date",
        b"etag",
        b"expires",
        b"keep-alive",
        b"last-modified",
        b"link",
        b"location",
        b"retry-after",
        b"set-cookie",
        b"transfer-encoding",
        # What walls against programs are told by (feed_walls.py).
        b"cf-mitigated",
        b"server",
        b"sg-captcha",
        b"x-amzn-waf-action",
        b"x-datadome",
        b"x-kpsdk-ct",
        b"x-sucuri-block",
        b"x-vercel-mitigated",
    }
)
"""The headers that are read. One that shall be read from now on is added here."""

_STATUS_LINE = re.compile(rb"HTTP/(\d)(?:\.(\d))?[ \t]+(\d{3})(?:[^\d].*)?", re.IGNORECASE | re.DOTALL)
_NO_CONTROLS = bytes(byte if byte == 9 or 32 <= byte != 127 else 32 for byte in range(256))
_END = re.compile(rb"\n\r?\n")

Field = tuple[bytes, bytes]


def end_of_head(received: bytes | bytearray, known: int = 0) -> int | None:
    """Where the head in what was received ends (behind its empty line); None if it has not ended. Up to `known` there is no end."""
    found = _END.search(received, max(0, known - 2))
    return found.end() if found else None


def may_be_head(received: bytes | bytearray) -> bool:
    """Whether what was received so far can be the beginning of an HTTP answer."""
    start = bytes(received[:64]).lstrip(b"\r\n")[:5].upper()
    return b"HTTP/".startswith(start)


def status_of(head: bytes) -> int | None:
    """The status of the answer with this head; None if there is none to be read."""
    found = _STATUS_LINE.fullmatch(head.lstrip(b"\r\n").partition(b"\n")[0].rstrip(b"\r"))
    return int(found[3]) if found else None


def repaired_head(head: bytes) -> bytes:
    """The head as a strict parser wants it, with only what is WANTED. What has no status line is left as it is."""
    lines = _lines(head)
    found = _STATUS_LINE.fullmatch(lines[0])
    if found is None:
        return head
    version = b"1.0" if (found[1], found[2]) == (b"1", b"0") else b"1.1"
    fields = [b"%s: %s" % field for field in _framed(_kept(lines[1:]))]
    return b"\r\n".join([b"HTTP/%s %s OK" % (version, found[3]), *fields, b"", b""])


def _lines(head: bytes) -> list[bytes]:
    return [line.rstrip(b"\r") for line in head.lstrip(b"\r\n").split(b"\n", MOST_LINES)[:MOST_LINES]]


def _kept(lines: list[bytes]) -> list[Field]:
    seen: dict[bytes, int] = {}
    kept: list[Field] = []
    for name, value in _fields(lines):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= MOST_SAME:
            kept.append((name, value.translate(_NO_CONTROLS).strip()))
    return kept


def _fields(lines: list[bytes]) -> Iterator[Field]:
    """The wanted fields; a line that begins with a blank goes on with the one before (RFC 9112 §5.2)."""
    field: Field | None = None
    for line in lines:
        if line[:1] in {b" ", b"\t"}:
            if field and len(field[1]) + len(line) <= MOST_LINE_BYTES:
                field = (field[0], field[1] + b" " + line.strip())
            continue
        if field:
            yield field
        field = _field(line)
    if field:
        yield field


def _field(line: bytes) -> Field | None:
    name, colon, value = line.partition(b":")
    wanted = name.strip().lower() if len(name) < 64 else b""
    return (wanted, value) if colon and wanted in WANTED and len(line) <= MOST_LINE_BYTES else None


def _framed(fields: list[Field]) -> list[Field]:
    """The fields with one word on where the body ends: `chunked` goes before a length (RFC 9112 §6.3), a length that is none is dropped.

    Lengths that contradict one another stay: then nobody knows where the body ends, and the parser refuses the answer.
    """
    lengths = {part.strip() for name, value in fields if name == b"content-length" for part in value.split(b",")}
    is_chunked = any(name == b"transfer-encoding" and b"chunked" in value.lower() for name, value in fields)
    framed = [field for field in fields if field[0] not in {b"content-length", b"transfer-encoding"}]
    if is_chunked:
        return [*framed, (b"transfer-encoding", b"chunked")]
    return framed + [(b"content-length", length) for length in sorted(lengths) if length.isdigit() and len(length) < 19]
