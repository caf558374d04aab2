"""A request as it comes to a callback: its head, read strictly, and its body, within bounds. What is odd about it is refused, not repaired.

The server is not for browsers: a hub, or the proxy before us, sends a request line, some fields and a body of a length that it names.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

MOST_HEAD_BYTES = 16_384
MOST_FIELDS = 20
"""Parameters of a query. A hub sends five."""
MOST_CHUNKS = 20_000
_CHUNKS_IN_TURN = 100
"""Chunks that are read before the event loop may turn to something else."""
_LINE = re.compile(r"([A-Z]{3,10}) (/[!-~]*) HTTP/1\.[01]")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]++):([ -~\t\x80-\xff]*+)")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


class Refused(Exception):
    """A request that gets this status, and no more."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request. Fields by their names in lower case; of several of one name, joined by commas (RFC 9110 §5.3)."""

    method: str
    path: str
    query: Mapping[str, str]
    fields: Mapping[str, str]


def parse_head(head: bytes) -> Head:
    """A head, its empty line included. Raises Refused."""
    first, *rest = head.decode("latin-1").split("\r\n")[:-2]
    line = _LINE.fullmatch(first)
    if line is None:
        raise Refused(400)
    fields: dict[str, str] = {}
    for one in rest:
        field = _FIELD.fullmatch(one)
        if field is None:
            raise Refused(400)
        name, value = field[1].lower(), field[2].strip()
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    try:
        parts = urlsplit(line[2])
        query = dict(reversed(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MOST_FIELDS)))
    except ValueError as error:
        raise Refused(400) from error
    return Head(line[1], parts.path, query, fields)


async def read_head(reader: asyncio.StreamReader) -> Head:
    """The head of the next request. Raises Refused, or what the connection raises."""
    try:
        return parse_head(await reader.readuntil(b"\r\n\r\n"))
    except asyncio.LimitOverrunError as error:
        raise Refused(431) from error


async def read_body(reader: asyncio.StreamReader, head: Head, most: int) -> bytes:
    """The body, of at most that many bytes. Raises Refused, or what the connection raises."""
    if head.fields.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415)
    coding = head.fields.get("transfer-encoding")
    if coding is not None:
        if coding.lower() != "chunked" or "content-length" in head.fields:
            raise Refused(400)
        return await _read_chunks(reader, most)
    length = head.fields.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 18:
        raise Refused(400)
    if int(length) > most:
        raise Refused(413)
    return await reader.readexactly(int(length))


async def _read_chunks(reader: asyncio.StreamReader, most: int) -> bytes:
    body = bytearray()
    for number in range(MOST_CHUNKS):
        size = await _read_chunk_size(reader)
        if len(body) + size > most:
            raise Refused(413)
        if size == 0:
            return bytes(body)  # trailers are of no use, and nothing is read behind them
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise Refused(400)
        if number % _CHUNKS_IN_TURN == 0:
            await asyncio.sleep(0)
    raise Refused(413)


async def _read_chunk_size(reader: asyncio.StreamReader) -> int:
    try:
        line = _CHUNK.fullmatch(await reader.readuntil(b"\n"))
    except asyncio.LimitOverrunError as error:
        raise Refused(400) from error
    if line is None:
        raise Refused(400)
    return int(line[1], 16)
