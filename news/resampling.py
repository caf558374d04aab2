"""Sampling texts anew that are in stories already, once another version of the program samples otherwise. Pure.

What is kept of each is what placing it keeps (`news.placing`): nothing that its original has, and nothing that is everybody's. Which
articles are copies, and which are one story, stays as it was decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from news.copies import MOST_HOLDERS, article_number_mark, join_marks
from news.sampling import one_in_of, sample_shingles
from news.text import analyse


@dataclass(frozen=True, slots=True)
class ShownText:
    """The text of an article, and its address. The text is empty once its retention has ended: the address tells still."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Resampled:
    """What an article is known by from now on."""

    article_id: int
    shingles: int
    """How many were sampled of its text."""
    one_in: int
    """Of how many of its runs of words one was taken."""
    marks: frozenset[int]
    """Those that its original has not, and the number that its address has for it."""


def resample(article_id: int, own: ShownText, original: ShownText | None) -> Resampled:
    """Sample an article's text anew. `original`: of what it is a copy."""
    shingles, number_mark = _sample(own)
    in_original = join_marks(*_sample(original)) if original is not None else frozenset[int]()
    return Resampled(article_id, len(shingles), one_in_of(shingles), join_marks(shingles, number_mark) - in_original)


def _sample(shown: ShownText) -> tuple[frozenset[int], int | None]:
    """The shingles of its text; and its number, if it has any."""
    return sample_shingles(analyse(shown.text).tokens), article_number_mark(shown.url)


def leave_out_common(articles: Sequence[Resampled], holders: Mapping[int, Collection[int]]) -> dict[int, frozenset[int]]:
    """The marks that are to be kept of each article: those that not too many hold, as far as that is known, the earlier given among them.

    `holders`: who holds each of them already.
    """
    held = Counter({mark: len(some) for mark, some in holders.items()})
    kept = dict[int, frozenset[int]]()
    for one in articles:
        kept[one.article_id] = frozenset(mark for mark in one.marks if held[mark] < MOST_HOLDERS)
        held.update(kept[one.article_id])
    return kept
