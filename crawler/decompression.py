"""Undoes Content-Encoding (RFC 9110 §8.4), within the size limit, and notices a body that was cut.

Scrapy's own middleware returns what it can of a cut body without a word: the tail of a feed would be lost unseen.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.problems import FetchProblem, make_problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED_ENCODINGS = b"gzip, deflate, br, zstd"
_CHUNK = 65_536


class _Stream(Protocol):
    """A decompressor: gives at most about `_CHUNK` bytes a step; knows when its stream has ended."""

    def steps(self, body: bytes) -> Iterator[bytes]: ...


class _Zlib:
    def __init__(self, window_bits: int) -> None:
        self._inflate = zlib.decompressobj(window_bits)

    def steps(self, body: bytes) -> Iterator[bytes]:
        rest = body
        while not self._inflate.eof:
            chunk = self._inflate.decompress(rest, _CHUNK)
            rest = self._inflate.unconsumed_tail
            if not chunk and not rest and not self._inflate.eof:
                raise EOFError
            yield chunk


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def steps(self, body: bytes) -> Iterator[bytes]:
        rest = body
        while not self._decompressor.is_finished():
            chunk = self._decompressor.process(rest, output_buffer_limit=_CHUNK)
            rest = b""
            if not chunk and not self._decompressor.is_finished():
                raise EOFError
            yield chunk


class _Zstandard:
    def __init__(self) -> None:
        self._decompressor = zstd.ZstdDecompressor()

    def steps(self, body: bytes) -> Iterator[bytes]:
        rest = body
        while not self._decompressor.eof:
            chunk = self._decompressor.decompress(rest, max_length=_CHUNK)
            rest = b""
            if not chunk and self._decompressor.needs_input:
                raise EOFError
            yield chunk


def _deflate(body: bytes) -> _Stream:
    """The zlib format, as the RFC says; or raw deflate, as some servers send it."""
    has_zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _Zlib(zlib.MAX_WBITS if has_zlib_header else -zlib.MAX_WBITS)


_STREAMS: dict[str, Callable[[bytes], _Stream]] = {
    "gzip": lambda _body: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda _body: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": lambda _body: _Brotli(),
    "zstd": lambda _body: _Zstandard(),
}


def decompress(body: bytes, encodings: list[str], max_size: int) -> bytes:
    """The body without these encodings (as listed in the header, undone from the last).

    Raises FetchProblem: `too_large` beyond `max_size` bytes, `truncated` if it was cut, is damaged or has an unknown encoding.
    """
    for encoding in reversed(encodings):
        if encoding == "identity" or not body:
            continue
        if encoding not in _STREAMS:
            raise FetchProblem(make_problem("truncated", f"unknown Content-Encoding {encoding[:40]!r}"))
        body = _undo(encoding, body, max_size)
    return body


def _undo(encoding: str, body: bytes, max_size: int) -> bytes:
    plain = bytearray()
    try:
        for chunk in _STREAMS[encoding](body).steps(body):
            plain += chunk
            if len(plain) > max_size:
                raise FetchProblem(make_problem("too_large", f"more than {max_size} bytes after decompression"))
    except (EOFError, zlib.error, zstd.ZstdError, brotli.error) as error:
        raise FetchProblem(make_problem("truncated", f"{encoding}: {error or 'cut short'}")) from error
    return bytes(plain)


class DecompressionMiddleware:
    """A downloader middleware: asks for compressed answers, and gives on plain ones."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecompressionMiddleware:
        """Made by scrapy."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what we can undo."""
        request.headers.setdefault(b"Accept-Encoding", ACCEPTED_ENCODINGS)

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002  # scrapy's signature
        """Give on the plain body; raises FetchProblem, see `decompress`."""
        header = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        encodings = [part.strip().lower() for part in header.split(",") if part.strip()]
        if not encodings:
            return response
        del response.headers["Content-Encoding"]
        return response.replace(body=decompress(response.body, encodings, self._max_size))
