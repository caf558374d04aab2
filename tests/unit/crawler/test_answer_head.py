"""The head of an answer, as a strict parser wants it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.answer_head import MOST_LINE_BYTES, MOST_SAME, end_of_head, may_be_head, repaired_head, status_of


def fields(head: bytes) -> list[tuple[bytes, bytes]]:
    lines = repaired_head(head).split(b"\r\n")
    assert lines[-2:] == [b"", b""]
    return [(line.partition(b": ")[0], line.partition(b": ")[2]) for line in lines[1:-2]]


def head(*lines: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"", b""])


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([b"Content-Type: text/xml"], [(b"content-type", b"text/xml")]),
        ([b"Content-Type:text/xml  "], [(b"content-type", b"text/xml")]),
        ([b"CONTENT-TYPE : text/xml"], [(b"content-type", b"text/xml")]),
        ([b"Une ligne sans rien", b"ETag: x"], [(b"etag", b"x")]),
        ([b": sans nom", b"ETag: x"], [(b"etag", b"x")]),
        ([b"  continue rien", b"ETag: x"], [(b"etag", b"x")]),
        ([b"\xff\x00\x01: x", b"ETag: x"], [(b"etag", b"x")]),
        ([b"X-Titre: \xe9t\xe9", b"ETag: \xe9"], [(b"etag", b"\xe9")]),
        ([b"ETag: a\x00b\x7fc\rd"], [(b"etag", b"a b c d")]),
        ([b"Set-Cookie: a=1", b"Set-Cookie: b=2"], [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]),
        ([b"Content-Type: text/xml;", b"\tcharset=utf-8", b" x=y"], [(b"content-type", b"text/xml; charset=utf-8 x=y")]),
        ([b"X-Long: a", b"\tETag: b", b"ETag: c"], [(b"etag", b"c")]),
        ([b"Content-Length: 12", b"Content-Length: 12"], [(b"content-length", b"12")]),
        ([b"Content-Length: 12, 12"], [(b"content-length", b"12")]),
        ([b"Content-Length: douze"], []),
        ([b"Content-Length: -1"], []),
        ([b"Content-Length: 1" + b"0" * 20], []),
        ([b"Content-Length: 12", b"Transfer-Encoding: chunked"], [(b"transfer-encoding", b"chunked")]),
        ([b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"], [(b"transfer-encoding", b"chunked")]),
        ([b"Transfer-Encoding: identity", b"Content-Length: 3"], [(b"content-length", b"3")]),
        ([b"Location: /" + b"x" * MOST_LINE_BYTES], []),
        ([b"Location: /", *[b" " + b"x" * 4000] * 6], [(b"location", b"/ " + b" ".join([b"x" * 4000] * 4))]),
        ([b"Set-Cookie: a=1"] * 1000, [(b"set-cookie", b"a=1")] * MOST_SAME),
    ],
)
def test_only_what_is_read_is_kept_in_a_form_that_can_be_read(lines: list[bytes], kept: list[tuple[bytes, bytes]]) -> None:
    assert fields(head(*lines)) == kept


def test_lengths_that_contradict_one_another_stay_for_the_parser_to_refuse() -> None:
    assert fields(head(b"Content-Length: 12", b"Content-Length: 13")) == [(b"content-length", b"12"), (b"content-length", b"13")]


@pytest.mark.parametrize(
    ("line", "repaired"),
    [
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.0 404 Rien \xe9", b"HTTP/1.0 404 OK"),
        (b"http/1.1   302", b"HTTP/1.1 302 OK"),
        (b"HTTP/2 200", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.1 200\x00", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.1 2000", b"HTTP/1.1 2000"),
        (b"<!doctype html>", b"<!doctype html>"),
    ],
)
def test_a_status_line_is_understood_if_it_has_a_status(line: bytes, repaired: bytes) -> None:
    assert repaired_head(line + b"\r\n\r\n") == repaired + b"\r\n\r\n"


def test_lines_may_end_in_lf_and_blank_ones_come_first() -> None:
    raw = b"\r\n\nHTTP/1.1 200 OK\nETag: x\n\n"
    assert fields(raw) == [(b"etag", b"x")]
    assert status_of(raw) == 200


@pytest.mark.parametrize("empty_line", [b"\r\n\r\n", b"\n\n", b"\n\r\n"])
def test_the_end_is_found_however_the_bytes_arrive(empty_line: bytes) -> None:
    raw = b"HTTP/1.1 200 OK" + empty_line + b"<rss>"
    received = bytearray()
    ends = []
    for position in range(len(raw)):
        known = len(received)
        received += raw[position : position + 1]
        ends.append(end_of_head(received, known))
    expected = len(raw) - len(b"<rss>")
    assert next(end for end in ends if end is not None) == expected


@pytest.mark.parametrize(("start", "may_be"), [(b"", True), (b"\r\nHT", True), (b"http/1.1 2", True), (b"<!doc", False), (b"HTML", False)])
def test_what_is_no_answer_is_known_by_its_first_bytes(start: bytes, may_be: bool) -> None:
    assert may_be_head(start) is may_be


@given(st.binary(max_size=300))
def test_no_head_is_beyond_repair(rest: bytes) -> None:
    repaired = repaired_head(b"HTTP/1.1 200 OK\r\n" + rest + b"\r\n\r\n")
    assert repaired.endswith(b"\r\n\r\n")
    assert repaired.count(b"\r\n\r\n") == 1
