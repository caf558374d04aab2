"""Articles whose text is largely that of another: a dispatch under a new headline, a teaser, a page under a new address. Pure.

Texts are compared by samples of their shingles (`news.sampling`). What many articles say that are no copies of each other (a notice of an
agency, what a column says of itself every week) tells nothing, and does not count; nor does what one source says of many of its articles.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from news.sampling import SAMPLED_ONE_IN, hash_mark, one_in_of, thin_out
from news.text import Analysis, analyse

__all__ = [
    "MOST_HOLDERS",
    "CopyOf",
    "CopyReason",
    "OtherText",
    "SampledText",
    "article_number_mark",
    "column_key",
    "column_of",
    "find_copy",
    "join_marks",
]

LEAST_SHARE = 0.3
"""Of the sample of the shorter text. A text of which one word in ten was changed shares about 0.59 of its shingles."""
LEAST_SHARED = {SAMPLED_ONE_IN: 2, 1: 8}
"""How many shingles two texts must share, by of how many runs one is taken. Of one in sixteen, five words that are the same by chance give
one, and a teaser of 400 characters has about four. Of all runs eight are twelve words: more than « Lire la suite sur notre site », which
is all that some feeds say of any article."""
SHORT_SHARE, SHORT_SHARED = 0.8, 32
"""Two short texts must share four fifths of the shorter, or so many runs. What a programme says of itself and the lead of a series are up
to three quarters of the descriptions of articles that have nothing else in common, and have up to 29 words."""
COLUMN_SHARE = 0.7
"""What a source calls by the same title again must share more: every week, the column says the same of itself."""
COLUMN_PAUSE = timedelta(hours=12)
"""Within less, the same title of the same source is the same article again, rewritten."""
MOST_HOLDERS = 8
"""Articles, copies aside, that hold a shingle: what so many hold is everybody's. So is what so many articles of one source say, though by
it they are copies: « Cet article est réservé à nos abonnés… »."""
MOST_ORIGINALS = 3
"""Articles of which nothing is in the others. A text that has parts of so many is a newsletter or a review of the press."""
SAME_TITLE_SHARE = 0.25
"""Of the words of the shorter title, by which a page under a new address still speaks of the same."""

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
    """The text's shingles that this one has too: of a short and a longer text, only such as are in both samples."""
    shingles: int
    """How many were sampled of it, those that too many articles hold among them."""
    one_in: int
    """Of how many of its runs one was taken."""
    same_number: bool


def article_number_mark(url: str) -> int | None:
    """A hash of the site and of the number that the address has for the article; None where there is no such number.

    Dates are none. It is the first number in the last part of the path that has any: what follows it names a section (lemonde.fr).
    """
    address = urlsplit(url)
    for part in reversed(address.path.split("/")):
        numbers = [number for number in _NUMBER.findall(part) if not _DATE.fullmatch(number)]
        if numbers:
            host = (address.hostname or "").removeprefix("www.")
            return hash_mark(f"{host} {numbers[0]}".encode())
    return None


def find_copy(new: SampledText, others: Collection[OtherText], common: frozenset[int] = frozenset()) -> CopyOf | None:
    """What the article is a copy of; None where it is no copy. `common`: what too many articles hold.

    Of several that it shares enough with, the one that it shares most with, and of these the one that came first.
    """
    pairs = [_compare(new, other, common) for other in others]
    if _is_digest(pairs):
        return None
    copies = [pair for pair in pairs if pair.share >= _least_share(new, pair)]
    if copies:
        best = max(copies, key=lambda pair: (pair.share, -pair.other.article_id))
        return CopyOf(best.other.article_id, round(best.share, 3), CopyReason.TEXT)
    renamed = [pair for pair in pairs if _is_renamed(new, pair.other)]
    if renamed:
        first = min(renamed, key=lambda pair: pair.other.article_id)
        return CopyOf(first.other.article_id, round(first.share, 3), CopyReason.NUMBER)
    return None


def join_marks(shingles: frozenset[int], number_mark: int | None) -> frozenset[int]:
    """The shingles, and the number that its address has for the article, if it has any."""
    return shingles if number_mark is None else shingles | {number_mark}


@dataclass(frozen=True, slots=True)
class _Pair:
    """A text and another, by what of both was sampled alike."""

    other: OtherText
    shared: frozenset[int]
    one_in: int
    are_texts: bool
    """Whether both are more than a phrase."""
    shorter: float
    """How many such shingles the shorter text has. Of a short text on record only the number of all its shingles is known: beside a longer
    one it is taken to have one in sixteen of these."""

    @property
    def shares_enough(self) -> bool:
        return self.are_texts and len(self.shared) >= LEAST_SHARED[self.one_in]

    @property
    def share(self) -> float:
        """Of the shorter text that both have; 0 where what they share is too little to tell."""
        return min(1.0, len(self.shared) / max(1.0, self.shorter)) if self.shares_enough else 0.0


def _compare(new: SampledText, other: OtherText, common: frozenset[int]) -> _Pair:
    own_one_in = one_in_of(new.shingles)
    are_texts = _is_text(len(new.shingles), own_one_in) and _is_text(other.shingles, other.one_in)
    one_in = max(other.one_in, own_one_in)
    mine, their_number = thin_out(new.shingles - common, one_in), other.shingles * other.one_in / one_in
    return _Pair(other, other.shared, one_in, are_texts, min(len(mine), their_number))


def _is_text(shingles: int, one_in: int) -> bool:
    """Whether a text with so many shingles has so many runs that it is more than a phrase."""
    return one_in > 1 or shingles >= LEAST_SHARED[1]


def _least_share(new: SampledText, pair: _Pair) -> float:
    other = pair.other
    is_column = new.source_id == other.source_id and column_key(new.title) == column_key(other.title)
    least = COLUMN_SHARE if is_column and abs(new.at - other.at) >= COLUMN_PAUSE else LEAST_SHARE
    return least if pair.one_in > 1 else max(least, min(SHORT_SHARE, SHORT_SHARED / max(1.0, pair.shorter)))


def _is_digest(pairs: Iterable[_Pair]) -> bool:
    """Whether the text is put together of parts of several articles that share nothing with each other."""
    parts: list[_Pair] = []
    for pair in sorted(pairs, key=lambda pair: pair.other.article_id):
        if pair.shared and all(pair.shared.isdisjoint(earlier.shared) for earlier in parts):
            parts.append(pair)
    return len([part for part in parts if part.shares_enough]) >= MOST_ORIGINALS


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
