"""Codings are undone by what the bytes are, within limits."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decompression import MOST_CODINGS, MOST_MEMBERS, needs_undoing, undo_codings
from crawler.problems import FetchProblem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FEED = b"<?xml version='1.0'?><rss><channel><title>Le Journal</title></channel></rss>"
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
LIMIT = 1_000_000


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def code_of(body: bytes, *names: str) -> str:
    with pytest.raises(FetchProblem) as caught:
        undo_codings(body, names, LIMIT)
    return caught.value.problem.code


@pytest.mark.parametrize("coding", COMPRESSORS)
@given(body=st.binary(max_size=300))
def test_what_was_packed_comes_out_again(coding: str, body: bytes) -> None:
    assert undo_codings(COMPRESSORS[coding](b"<r>" + body), [coding], LIMIT) == b"<r>" + body


@pytest.mark.parametrize("coding", COMPRESSORS)
def test_a_large_body_comes_out_whole(coding: str) -> None:
    body = os.urandom(200_000) + FEED * 5000
    assert undo_codings(COMPRESSORS[coding](body), [coding], LIMIT) == body


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (raw_deflate(FEED), ["deflate"]),
        (gzip.compress(FEED, mtime=0), ["x-gzip"]),
        (zlib.compress(gzip.compress(FEED, mtime=0)), ["gzip", "deflate"]),
        (gzip.compress(FEED, mtime=0), []),
        (gzip.compress(gzip.compress(FEED, mtime=0), mtime=0), ["gzip"]),
        (gzip.compress(FEED, mtime=0), ["utf-8"]),
        (gzip.compress(FEED, mtime=0), ["br"]),
        (zlib.compress(FEED), []),
        (zlib.compress(FEED), ["gzip"]),
        (zstd.compress(FEED), []),
        (zstd.compress(FEED), ["identity"]),
        (FEED, ["utf-8"]),
        (FEED, ["gzip"]),
        (FEED, ["deflate"]),
        (FEED, ["br"]),
        (FEED, ["zstd"]),
        (FEED, ["none", "gzip", "x-unheard-of"]),
        (b"\n  " + FEED, ["br"]),
        (gzip.compress(FEED[:20], mtime=0) + gzip.compress(FEED[20:], mtime=0), ["gzip"]),
        (gzip.compress(FEED[:20], mtime=0) + gzip.compress(FEED[20:], mtime=0), []),
        (zstd.compress(FEED[:20]) + zstd.compress(FEED[20:]), ["zstd"]),
        (gzip.compress(FEED, mtime=0) + bytes(512), ["gzip"]),
        (gzip.compress(FEED, mtime=0) + b"\r\n", ["gzip"]),
    ],
)
def test_the_bytes_say_more_than_the_header(body: bytes, names: list[str]) -> None:
    assert undo_codings(body, names, LIMIT).strip() == FEED


@pytest.mark.parametrize(
    "body",
    [
        b'{"version": "https://jsonfeed.org/version/1.1"}',
        "\ufeff<rss>".encode(),
        "\ufeff<rss>".encode("utf-16-le"),
        "<r>é</r>".encode("latin-1"),
    ],
)
@pytest.mark.parametrize("coding", COMPRESSORS)
def test_a_document_that_is_said_to_be_packed_and_is_not_stays_as_it_is(coding: str, body: bytes) -> None:
    assert undo_codings(body, [coding], LIMIT) == body


@pytest.mark.parametrize("coding", COMPRESSORS)
@pytest.mark.parametrize("cut", [1, 9, 30])
def test_a_body_that_was_cut_is_no_shorter_body(coding: str, cut: int) -> None:
    assert code_of(COMPRESSORS[coding](os.urandom(100))[:-cut], coding) == "truncated"


def test_a_cut_in_the_second_member_is_noticed_too() -> None:
    assert code_of(gzip.compress(FEED) + gzip.compress(FEED)[:-5], "gzip") == "truncated"


@pytest.mark.parametrize("coding", COMPRESSORS)
def test_a_bomb_is_given_up_whether_it_is_announced_or_not(coding: str) -> None:
    bomb = COMPRESSORS[coding](bytes(LIMIT + 1))
    assert code_of(bomb, coding) == "too_large"
    if coding != "br":  # which cannot be recognised
        assert code_of(bomb) == "too_large"


def test_what_all_codings_give_together_is_bounded() -> None:
    stored = [os.urandom(900_000)]
    for _ in range(3):
        stored.append(gzip.compress(stored[-1], compresslevel=0))
    assert undo_codings(stored[2], ["gzip", "gzip"], LIMIT) == stored[0]
    assert code_of(stored[3], "gzip", "gzip", "gzip") == "too_large"


def test_few_codings_are_undone_one_inside_the_other() -> None:
    body = FEED
    for _ in range(MOST_CODINGS):
        body = gzip.compress(body)
    assert undo_codings(body, ["gzip"] * MOST_CODINGS, LIMIT) == FEED
    assert code_of(gzip.compress(body), *["gzip"] * (MOST_CODINGS + 1)) == "truncated"


def test_members_without_end_are_given_up() -> None:
    assert undo_codings(gzip.compress(b"") * (MOST_MEMBERS - 1) + gzip.compress(FEED), ["gzip"], LIMIT) == FEED
    assert code_of(gzip.compress(b"") * (MOST_MEMBERS + 1), "gzip") == "truncated"


def test_a_zstd_window_beyond_what_the_web_may_use_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    assert code_of(packer.compress(FEED) + packer.flush(), "zstd") == "truncated"


@given(body=st.binary(max_size=200), names=st.lists(st.sampled_from(["gzip", "deflate", "br", "zstd", "utf-8"]), max_size=7))
def test_whatever_is_sent_comes_out_or_has_a_problem(body: bytes, names: list[str]) -> None:
    try:
        undo_codings(body, names, 1000)
    except FetchProblem as error:
        assert error.problem.code in {"truncated", "too_large"}  # noqa: PT017 - most bodies raise nothing


def test_plain_bodies_need_no_undoing() -> None:
    assert not needs_undoing(FEED, ["utf-8"])
    assert not needs_undoing(b"", ["gzip"])
    assert needs_undoing(gzip.compress(FEED), [])


def test_a_message_says_nothing_of_the_library() -> None:
    with pytest.raises(FetchProblem) as caught:
        undo_codings(gzip.compress(FEED)[:20] + b"\xff" * 20, ["gzip"], LIMIT)
    assert "its gzip data is damaged or cut short" in caught.value.problem.message
    assert "Error" not in caught.value.problem.message
