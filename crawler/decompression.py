"""Undoes Content-Encoding (RFC 9110 §8.4) by what the bytes are, within limits, and notices a body that was cut.

Servers say gzip over plain text, name charsets as encodings, and send gzip without a word; browsers and curl users never notice.
Scrapy's own middleware returns what it can of a cut body in silence: the tail of a feed would be lost unseen.

A hostile body may take half a second, so it is done in a thread: see `DecompressionMiddleware`.
"""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import brotli
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.problems import FetchProblem, make_problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED_ENCODINGS = b"gzip, deflate, br, zstd"
MOST_CODINGS = 5
"""As curl and urllib3 allow. A small body named gzip 400 times is a day's work for a millisecond's upload."""
MOST_MEMBERS = 10_000
"""Of a gzip body (RFC 1952 §2.2) or frames of a zstd one. Block-compressed files have one for each 64 kB; each costs, however empty."""
_SMALL = 262_144
"""Bytes. Nearly every honest body is smaller when it is compressed: these do not wait for the large ones."""
_STEP = 65_536
"""Bytes that go in, and come out at most, at one step: no step is long, and the rest of the body is not copied at each."""
_ZSTD_WINDOW_LOG = 23
"""RFC 9659: a zstd window on the web is at most 8 MB. The library's default lets a frame ask for 128 MB."""
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TEXT_HEAD = 256
_NO_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f")


class Damaged(Exception):
    """The coding is damaged, or ends before its end."""


class _Decompressor(Protocol):
    """One stream; `push` takes bytes and gives at most `_STEP` of what they hold, an empty `data` gives more of what was pushed."""

    ended: bool
    rest: bytes
    """What was pushed and lies behind the end."""

    def push(self, data: bytes) -> bytes: ...

    def wants_input(self) -> bool: ...


class _Zlib:
    def __init__(self, window_bits: int) -> None:
        self._inflate = zlib.decompressobj(window_bits)
        self.ended = False
        self.rest = b""

    def push(self, data: bytes) -> bytes:
        out = self._inflate.decompress(data or self._inflate.unconsumed_tail, _STEP)
        self.ended, self.rest = self._inflate.eof, self._inflate.unused_data
        return out

    def wants_input(self) -> bool:
        return not self._inflate.unconsumed_tail


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self.ended = False
        self.rest = b""

    def push(self, data: bytes) -> bytes:
        out: bytes = self._decompressor.process(data, output_buffer_limit=_STEP)
        self.ended = self._decompressor.is_finished()
        return out

    def wants_input(self) -> bool:
        return bool(self._decompressor.can_accept_more_data())


class _Zstandard:
    def __init__(self) -> None:
        self._decompressor = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        self.ended = False
        self.rest = b""

    def push(self, data: bytes) -> bytes:
        out = self._decompressor.decompress(data, max_length=_STEP)
        self.ended, self.rest = self._decompressor.eof, self._decompressor.unused_data
        return out

    def wants_input(self) -> bool:
        return self._decompressor.needs_input


def _make_deflate(body: bytes) -> _Decompressor:
    """The zlib format, as the RFC says; or raw deflate, as some servers send it."""
    return _Zlib(zlib.MAX_WBITS if _is_zlib(body) else -zlib.MAX_WBITS)


def _is_zlib(body: bytes) -> bool:
    return len(body) > 1 and body[0] == 0x78 and int.from_bytes(body[:2], "big") % 31 == 0


@dataclass(frozen=True, slots=True)
class _Coding:
    """A content coding: how one of its streams is undone, and what further streams behind the first begin with."""

    name: str
    make: Callable[[bytes], _Decompressor]
    magic: bytes | None = None
    """What each of its streams begins with; None if that cannot be told."""


_GZIP_CODING = _Coding("gzip", lambda _body: _Zlib(zlib.MAX_WBITS | 16), _GZIP)
_ZSTD_CODING = _Coding("zstd", lambda _body: _Zstandard(), _ZSTD)
_DEFLATE_CODING = _Coding("deflate", _make_deflate)
_CODINGS = {
    "gzip": _GZIP_CODING,
    "x-gzip": _GZIP_CODING,
    "deflate": _DEFLATE_CODING,
    "br": _Coding("br", lambda _body: _Brotli()),
    "zstd": _ZSTD_CODING,
}


class _Budget:
    """What all codings of one body may give together."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._left = 2 * max_size

    def spend(self, size: int, total: int) -> None:
        """Take `size` more bytes, `total` in this coding so far; raises FetchProblem (`too_large`) if that is too much."""
        self._left -= size
        if total > self._max_size or self._left < 0:
            raise FetchProblem(make_problem("too_large", f"more than {self._max_size} bytes after decompression"))


def undo_codings(body: bytes, names: Sequence[str], max_size: int) -> bytes:
    """The body without its codings. `names` are as listed in the header, in lower case; they are undone from the last.

    A coding that is named and not there, or that is none, does no harm; gzip, zlib and zstd that nobody named are recognised by their
    first bytes. Raises FetchProblem: `too_large` beyond `max_size` bytes, `truncated` if it was cut, is damaged, or is coded too often.
    """
    budget = _Budget(max_size)
    known = [_CODINGS[name] for name in names if name in _CODINGS]
    if len(known) > MOST_CODINGS:
        raise FetchProblem(make_problem("truncated", f"more than {MOST_CODINGS} encodings, one inside the other"))
    for coding in reversed(known):
        body = _undo(coding, body, budget)
    for _ in range(MOST_CODINGS - len(known)):
        coding_unsaid = _recognised(body)
        if coding_unsaid is None:
            break
        body = _undo(coding_unsaid, body, budget)
    return body


def needs_undoing(body: bytes, names: Sequence[str]) -> bool:
    """Whether `undo_codings` has anything to do."""
    return bool(body) and (any(name in _CODINGS for name in names) or _recognised(body) is not None)


def _recognised(body: bytes) -> _Coding | None:
    if body.startswith(_GZIP):
        return _GZIP_CODING
    if body.startswith(_ZSTD):
        return _ZSTD_CODING
    return _DEFLATE_CODING if _is_zlib(body) and not _looks_like_text(body) else None


def _undo(coding: _Coding, body: bytes, budget: _Budget) -> bytes:
    if not body or _is_absent(coding, body):
        return body
    plain = bytearray()
    try:
        for chunk in _chunks(coding, body):
            plain += chunk
            budget.spend(len(chunk), len(plain))
    except (Damaged, zlib.error, zstd.ZstdError, brotli.error) as error:
        raise FetchProblem(make_problem("truncated", f"its {coding.name} data is damaged or cut short")) from error
    return bytes(plain)


def _is_absent(coding: _Coding, body: bytes) -> bool:
    """Whether the body is not coded so, although somebody says it is: the first bytes of gzip and zstd are sure, else text shows it."""
    return not body.startswith(coding.magic) if coding.magic else body.startswith((_GZIP, _ZSTD)) or _looks_like_text(body)


def _looks_like_text(body: bytes) -> bool:
    """Whether these are the first bytes of a document (XML, HTML, JSON): compressed ones hold control characters at once."""
    head = body[:_TEXT_HEAD]
    if head.startswith(_MARKS):
        return True
    return head.lstrip()[:1] in {b"<", b"{", b"["} and _NO_TEXT.isdisjoint(head)


def _chunks(coding: _Coding, body: bytes) -> Iterator[bytes]:
    """What all streams in the body hold; raises Damaged, or the library's own error. What follows them is padding, as for gzip(1)."""
    position = 0
    for _ in range(MOST_MEMBERS):
        position = yield from _stream(coding.make(body[position : position + 2]), body, position)
        if coding.magic is None or not body.startswith(coding.magic, position):
            return
    raise Damaged


def _stream(stream: _Decompressor, body: bytes, position: int) -> Generator[bytes, None, int]:
    """What the stream that begins at this position holds; returns the position behind its end."""
    chunk = b""
    while not stream.ended:
        data = body[position : position + _STEP] if not chunk and stream.wants_input() else b""
        if not chunk and not data:
            raise Damaged
        position += len(data)
        chunk = stream.push(data)
        yield chunk
    return position - len(stream.rest)


class DecompressionMiddleware:
    """A downloader middleware: asks for compressed answers, and gives on plain ones.

    One thread for small bodies and one for all others: decompressors leave the interpreter to the event loop while they work, and what
    a site sends to keep one busy takes the other from nobody.
    """

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._small = ThreadPoolExecutor(1, "decompression-small")
        self._large = ThreadPoolExecutor(1, "decompression-large")
        for threads in (self._small, self._large):
            threads.submit(int)  # starts it now: one that finds no memory later would never say so, and the event loop would wait for it

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecompressionMiddleware:
        middleware = cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))
        crawler.signals.connect(middleware.close, signals.spider_closed)
        return middleware

    def close(self) -> None:
        """End the threads: each reload that changes `[crawler]` makes a crawl, and with it two of them."""
        for threads in (self._small, self._large):
            threads.shutdown(wait=False)

    def process_request(self, request: Request) -> None:
        request.headers.setdefault(b"Accept-Encoding", ACCEPTED_ENCODINGS)

    async def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002  # scrapy's signature
        """Give on the plain body; raises FetchProblem, see `undo_codings`."""
        header = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        names = [part.strip().lower() for part in header.split(",") if part.strip()]
        if not needs_undoing(response.body, names):
            return response
        thread = self._small if len(response.body) <= _SMALL else self._large
        plain = await asyncio.get_running_loop().run_in_executor(thread, undo_codings, response.body, names, self._max_size)
        return response.replace(body=plain)
