"""Articles whose text is largely that of another: a dispatch under a new headline, a teaser, a page under a new address. Pure.

A text is known by a sample of its shingles: of its runs of five words one in sixteen is taken, always the same ones for the same words, and
kept as a hash, so that two texts share about as much of their samples as of their words. What many articles say that are no copies of each
other (a notice of an agency, what a column says of itself every week) says nothing, and is left out on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from itertools import compress, repeat
from urllib.parse import urlsplit
from zlib import crc32

from news.text import Analysis, analyse

__all__ = [
    "MOST_HOLDERS",
    "SAMPLING_VERSION",
    "CopyOf",
    "CopyReason",
    "OtherText",
    "SampledText",
    "article_number_mark",
    "column_key",
    "column_of",
    "find_copy",
    "sample_joined",
    "sample_shingles",
]

SAMPLING_VERSION = 2
"""Raise it with every change of which runs are sampled, and of their hashes: those of a text that is known must be made anew."""
SHINGLE_WORDS = 5
SAMPLED_ONE_IN = 16
"""A divisor of 256: it is a byte that decides."""
LEAST_SHARE = 0.3
"""Of the sample of the shorter text. A text of which one word in ten was changed shares about 0.59 of its shingles."""
LEAST_SHARED = 2
"""Five words that are the same by chance give one; a teaser of 400 characters has about four."""
COLUMN_SHARE = 0.7
"""What a source calls by the same title again must share more: every week, the column says the same of itself."""
COLUMN_PAUSE = timedelta(hours=12)
"""Within less, the same title of the same source is the same article again, rewritten."""
MOST_HOLDERS = 8
"""Articles, copies aside, that hold a shingle; what as many of them hold is everybody's."""
MOST_ORIGINALS = 3
"""Articles of which nothing is in the others. A text that has parts of so many is a newsletter or a review of the press."""
SAME_TITLE_SHARE = 0.25
"""Of the words of the shorter title, by which a page under a new address still speaks of the same."""

_HASH_BYTES = 6
_BEGUN_WITH = 2
"""With another, other runs would be sampled. With this one the labelled articles are placed much as before (docs/stories.md)."""
_TURNED = [bytes((byte << place | byte >> 8 - place) & 255 for byte in range(256)) for place in range(SHINGLE_WORDS)]
"""For each place in a run, every byte with its bits turned round by so many."""
_IS_SAMPLED = bytes(byte % SAMPLED_ONE_IN == 0 for byte in range(256))
_NUMBER = re.compile(r"(?<![0-9])([0-9]{5,12})(?![0-9])")
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])(?:[0-9]{4}|[0-9]{6})?|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])")

_OF_DATES = frozenset(
    analyse(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi"
        " dimanche 1er january february march april may june july august september october november december monday tuesday wednesday"
        " thursday friday saturday sunday"
    ).tokens
)


class CopyReason(StrEnum):
    """By what an article is taken for the copy of another."""

    TEXT = "text"
    NUMBER = "number"
    """The number that its site gives an article stands in both addresses."""


@dataclass(frozen=True, slots=True)
class CopyOf:
    """What an article is a copy of, and the share of the shorter text that they have in common; 0 where only the number tells."""

    article_id: int
    share: float
    reason: CopyReason


@dataclass(frozen=True, slots=True)
class SampledText:
    """A text that is to be compared with those that are known."""

    source_id: int
    at: datetime
    title: str
    title_stems: frozenset[str]
    shingles: frozenset[int]
    number_mark: int | None


@dataclass(frozen=True, slots=True)
class OtherText:
    """An article on record that shares some shingles with a text, or the number in its address."""

    article_id: int
    source_id: int
    at: datetime
    title: str
    title_stems: frozenset[str]
    shared: frozenset[int]
    """The text's shingles that this one has too."""
    shingles: int
    """How many it has, of which too many others hold some."""
    same_number: bool


def sample_shingles(tokens: Sequence[str]) -> frozenset[int]:
    """The sampled shingles of a text's words, as numbers of 48 bits."""
    return sample_joined(" ".join(tokens))


def sample_joined(tokens: str) -> frozenset[int]:
    """The same of words that are joined by spaces, as they come from another process.

    Which runs are sampled is told by the bytes of their words, so that only these are put together and hashed: each word gives a byte, and
    a run those of its five words xor-ed, which is done for all runs of the text at once, as numbers of as many bytes. Each is turned round
    by its place in the run first: else the order of the words would not count, nor would a word that comes twice.
    """
    words = tokens.encode().split(b" ")
    runs = len(words) - SHINGLE_WORDS + 1
    if runs < 1:
        return frozenset()
    bytes_of_words, mixed = bytes([checksum & 255 for checksum in map(crc32, words, repeat(_BEGUN_WITH))]), 0
    for place, turned in enumerate(_TURNED):
        mixed ^= int.from_bytes(bytes_of_words[place : place + runs].translate(turned))
    starts = compress(range(runs), mixed.to_bytes(runs).translate(_IS_SAMPLED))
    sampled = [b" ".join(words[start : start + SHINGLE_WORDS]) for start in starts]
    return frozenset([int.from_bytes(blake2b(run, digest_size=_HASH_BYTES).digest()) for run in sampled])  # `_hash`, called for none


def article_number_mark(url: str) -> int | None:
    """A hash of the site and of the number that the address has for the article; None where there is no such number.

    Dates are none. It is the first number in the last part of the path that has any: what follows it names a section (lemonde.fr).
    """
    address = urlsplit(url)
    for part in reversed(address.path.split("/")):
        numbers = [number for number in _NUMBER.findall(part) if not _DATE.fullmatch(number)]
        if numbers:
            host = (address.hostname or "").removeprefix("www.")
            return _hash(f"{host} {numbers[0]}".encode())
    return None


def find_copy(new: SampledText, others: Collection[OtherText], common: int = 0) -> CopyOf | None:
    """What the article is a copy of; None where it is no copy. `common`: how many of its shingles too many articles hold.

    Of several that it shares enough with, the one that it shares most with, and of these the one that came first.
    """
    if _is_digest(others):
        return None
    shares = {other.article_id: _share(len(new.shingles) - common, other) for other in others}
    copies = [other for other in others if shares[other.article_id] >= _least_share(new, other)]
    if copies:
        best = max(copies, key=lambda other: (shares[other.article_id], -other.article_id))
        return CopyOf(best.article_id, round(shares[best.article_id], 3), CopyReason.TEXT)
    renamed = [other for other in others if _is_renamed(new, other)]
    if renamed:
        first = min(renamed, key=lambda other: other.article_id)
        return CopyOf(first.article_id, round(shares[first.article_id], 3), CopyReason.NUMBER)
    return None


def _share(shingles: int, other: OtherText) -> float:
    """The share of the shorter sample that both have; 0 where that is too little to tell."""
    shared = len(other.shared)
    return min(1.0, shared / max(1, min(shingles, other.shingles))) if shared >= LEAST_SHARED else 0.0


def _least_share(new: SampledText, other: OtherText) -> float:
    is_column = new.source_id == other.source_id and column_key(new.title) == column_key(other.title)
    return COLUMN_SHARE if is_column and abs(new.at - other.at) >= COLUMN_PAUSE else LEAST_SHARE


def _is_digest(others: Iterable[OtherText]) -> bool:
    """Whether the text is put together of parts of several articles that share nothing with each other."""
    parts: list[frozenset[int]] = []
    for other in sorted(others, key=lambda other: other.article_id):
        if other.shared and all(other.shared.isdisjoint(earlier) for earlier in parts):
            parts.append(other.shared)
    return len([part for part in parts if len(part) >= LEAST_SHARED]) >= MOST_ORIGINALS


def _is_renamed(new: SampledText, other: OtherText) -> bool:
    """Whether the site's number is the same, and the words of the titles do not contradict that both show the same article."""
    if not other.same_number:
        return False
    shorter = min(len(new.title_stems), len(other.title_stems))
    return shorter == 0 or len(new.title_stems & other.title_stems) >= SAME_TITLE_SHARE * shorter


def column_key(title: str) -> str:
    """A title without numbers and the names of days and months: what a column is called every time."""
    return column_of(analyse(title))


def column_of(title: Analysis) -> str:
    """`column_key` of an analysed title."""
    return " ".join(word for word in title.tokens if not word[0].isdigit() and word not in _OF_DATES)


def _hash(words: bytes) -> int:
    return int.from_bytes(blake2b(words, digest_size=_HASH_BYTES).digest())
