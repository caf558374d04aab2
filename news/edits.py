"""What an edit of an article says otherwise than before: its title, and sentence by sentence its text. Pure.

What is only set otherwise (spaces, quotes, case, the way a number is written), moved, joined or cut into other sentences is no
difference, nor is what `news.furniture` knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from news.furniture import is_live, split_told, title_words
from news.sentences import Sentence

MOST_PAIRED = 60
"""Sentences of each text that are compared with one another; a text in which more have changed was written anew."""
_LEAST_ALIKE = 0.5
"""Of the words of two sentences, for one to have become the other."""
_LEAST_HELD, _FEWEST_HELD = 0.8, 3
"""Of the words of the shorter one, where the other says it with more words; and how many these are at least."""
_FEWEST_PROSE = 3
"""Sentences that a text must have for lines without a full stop to be taken for headings and links."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A sentence before the edit and after it; one of them is None where it was added, or taken away."""

    before: Sentence | None
    after: Sentence | None


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit changed. `sentences`: in the order of the text after it, those that were taken away last."""

    is_retitled: bool
    sentences: tuple[Edited, ...]
    is_live: bool = False
    """Whether the text goes on as things happen: then what stands beside a passage has nothing to do with it."""


def find_edit(before: tuple[str, str], after: tuple[str, str]) -> Edit:
    """What became of a title and a text."""
    is_retitled = title_words(before[0]) != title_words(after[0])
    if before[1] == after[1]:
        return Edit(is_retitled, ())
    return Edit(is_retitled, tuple(_find_sentences(before[1], after[1])), is_live(before[1]))


def _find_sentences(before: str, after: str) -> list[Edited]:
    old, new = split_told(before), split_told(after)
    gone, come = _not_in(old, new), _not_in(new, old)
    pairs = _pair(old, new, {*gone, *come})
    paired = {sentence for pair in pairs for sentence in (pair.before, pair.after)}
    left = [one for one in gone if one not in paired]
    if is_live(before):
        left = _without_rolled_off(left, old, come, new)
    added = [Edited(None, one) for one in come if one not in paired and _is_telling(one, new)]
    removed = [Edited(one, None) for one in left if _is_telling(one, old)]
    return [*sorted([*pairs, *added], key=_place), *removed]


def _place(one: Edited) -> int:
    return one.after.start if one.after is not None else -1


def _not_in(sentences: Sequence[Sentence], others: Sequence[Sentence]) -> list[Sentence]:
    """Those whose words do not stand in the other text, in a row, whatever its sentences."""
    known = {one.words for one in others}
    rest = [one for one in sentences if one.words not in known]
    if not rest:
        return []
    row = f" {' '.join(word for one in others for word in one.words)} "
    return [one for one in rest if f" {' '.join(one.words)} " not in row]


def _pair(old: Sequence[Sentence], new: Sequence[Sentence], changed: set[Sentence]) -> list[Edited]:
    """Each sentence with the one that it has become, the most alike first; one of the two is among those that changed.

    The other may stand in the other text, within a longer one: that is the one that it has become.
    """
    left, right = _without_equal(old, new), _without_equal(new, old)
    counts = [Counter(one.words) for one in right]
    ranked = []
    for place, one in enumerate(left):
        words = Counter(one.words)
        for other_place, others in enumerate(counts):
            alike = _likeness(words, others) if one in changed or right[other_place] in changed else 0.0
            if alike:
                ranked.append((-alike, abs(place - other_place), place, other_place))
    taken: set[int] = set()
    other_taken: set[int] = set()
    pairs = []
    for _, _, place, other_place in sorted(ranked):
        if place not in taken and other_place not in other_taken:
            taken.add(place)
            other_taken.add(other_place)
            pairs.append(Edited(left[place], right[other_place]))
    return pairs


def _without_equal(sentences: Sequence[Sentence], others: Sequence[Sentence]) -> list[Sentence]:
    """Those that the other text does not have; of many the first."""
    known = {one.words for one in others}
    return [one for one in sentences if one.words not in known][:MOST_PAIRED]


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two sentences have in common; 0 where one cannot have become the other."""
    common = (one & other).total()
    share = 2 * common / (one.total() + other.total())
    shorter = min(one.total(), other.total())
    is_held = common >= _FEWEST_HELD and common >= _LEAST_HELD * shorter
    return share if share >= _LEAST_ALIKE or is_held else 0.0


def _without_rolled_off(left: list[Sentence], old: Sequence[Sentence], come: Sequence[Sentence], new: Sequence[Sentence]) -> list[Sentence]:
    """Without what a live blog shows no longer at its one end, while it goes on at the other."""
    if come and new[0] == come[0]:
        rolled = _run(old[::-1], set(left))
    elif come and new[-1] == come[-1]:
        rolled = _run(old, set(left))
    else:
        rolled = set()
    return [one for one in left if one not in rolled]


def _run(sentences: Sequence[Sentence], among: set[Sentence]) -> set[Sentence]:
    """Those at the beginning that are all among some, whatever is said again and again between them."""
    often = Counter(one.words for one in sentences)
    run: set[Sentence] = set()
    for one in sentences:
        if one in among:
            run.add(one)
        elif often[one.words] == 1:
            break
    return run


def _is_telling(one: Sentence, text: Sequence[Sentence]) -> bool:
    """Whether a line that was added or taken away is more than a heading or the title of another article."""
    return one.is_prose or sum(other.is_prose for other in text) < _FEWEST_PROSE
