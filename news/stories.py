"""Which articles tell of the same event. Pure.

An article is placed once, when it is archived, among those of the days before and after it. What two articles have in common are the words
of their titles and beginnings, each weighed by how few articles hold it, and by how few of the affair do: what all articles on a war say
tells nothing of which event one of them reports. How headlines are worded, and the time between them, count too. A story takes the article
if the better half of its own articles are near enough to it. docs/stories.md tells how the figures were chosen, and what goes wrong.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import chain, compress, count
from typing import NamedTuple

from news.copies import CopyOf
from news.headlines import HeadlineKind
from news.sketches import COUNTED, KIN_SIGN, Sketch

__all__ = ["AFFAIR_SPAN", "COPY_SPAN", "MOST_NEIGHBOURS", "WINDOW", "Because", "Neighbour", "Placing", "central_article", "place"]

WINDOW = timedelta(hours=48)
"""Between two articles on the same event."""
AFFAIR_SPAN = timedelta(days=5)
"""What is written in so many days before and after an article tells which words are those of its affair."""
COPY_SPAN = timedelta(days=7)
"""A copy of what is older is published again, and news of its own."""
MOST_NEIGHBOURS = 12
"""That tell which words are the affair's, and of which it is told whether they are on the same event."""
NEAR_ENOUGH = 0.24
"""Chosen on the labelled half of one day's news, as are the factors below."""
JOINING = 0.29
"""Two stories are joined by an article that is as near as this to both."""

_MOST_OF_AFFAIR = 6
"""Other articles near by; a word that so many of them hold is the affair's."""
_AFFAIR_DISCOUNT = 0.9
_DISCOUNTS = tuple(1 / (1 + _AFFAIR_DISCOUNT * elsewhere / _MOST_OF_AFFAIR) for elsewhere in range(_MOST_OF_AFFAIR + 1))
"""What is left of the weight of a word that so many other articles of the affair hold, or more."""
_TITLE_SHARE = 0.3
"""What the words of one title that the other article holds count beside the words of both."""
_TITLE_FACTOR = 0.8
_DECAY = timedelta(hours=48)
_LEAST_SHARED = 3
"""Words that two articles must share: a town and one word more, in a headline and two words each, make no event of both."""
_SAME_NUMBER = 1.5
"""Both give a number: a score, a toll, a sum. That they give others tells nothing, since tolls rise."""
_DIFFERENT = {
    HeadlineKind.EXPLANATION: 0.55,
    HeadlineKind.REACTION: 0.75,
    HeadlineKind.PREVIEW: 0.65,
    HeadlineKind.QUOTE: 0.9,
    HeadlineKind.DENIAL: 0.6,
}
"""Where one of the headlines is worded so and the other is not."""
_BOTH = {HeadlineKind.EXPLANATION: 0.75, HeadlineKind.SERIES: 0.4}
_EITHER = {HeadlineKind.PAGE: 0.5}
_SAME_COLUMN = 0.2
"""The same title but for its numbers and dates: next day's bulletin, the next instalment."""
_MOST_WORDS_TOLD = 6


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that is on record, and the story that it is in."""

    sketch: Sketch
    story_id: int


class Because(StrEnum):
    """Why an article is in its story."""

    FIRST = "first"
    """None of those near to it is near enough: it begins the story."""
    COPY = "copy"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an article belongs, and why. `story_id` is None where it begins a story."""

    story_id: int | None
    because: Because
    nearness: float
    """To the better half of the story's articles, from 0 to 1; without a story, to the nearest there was."""
    nearest_id: int | None
    """The article of the story that it is nearest to, or is a copy of."""
    words: tuple[str, ...]
    """The stems that tell most of what they have in common."""
    joins: tuple[int, ...] = ()
    """Other stories that are found to be the same one."""
    scores: Mapping[int, float] | None = None
    """How near it is to each article of its story."""


def place(new: Sketch, near: Sequence[Neighbour], copy: CopyOf | None = None) -> Placing:
    """Where the article belongs. `near`: those of `AFFAIR_SPAN` that share most with it, these first; what it is a copy of, in any case.

    The words of all of them are weighed.
    """
    if not near:
        return Placing(None, Because.FIRST, 0.0, None, ())
    affair = _Affair(new, near)
    compared = [one.sketch for one in near if abs(new.at - one.sketch.at) <= WINDOW]
    scores = {sketch.article_id: affair.score(sketch) for sketch in compared}
    nearness = _nearness_of_stories(near, scores)
    original = next((one for one in near if copy and one.sketch.article_id == copy.article_id), None)
    if copy is not None and original is not None and abs(new.at - original.sketch.at) <= COPY_SPAN:
        story, because, nearest = original.story_id, Because.COPY, original.sketch
    else:
        if not nearness:
            return Placing(None, Because.FIRST, 0.0, None, ())
        story = max(nearness, key=lambda one: (nearness[one], -one))
        own = [one for one in near if one.story_id == story and one.sketch.article_id in scores]
        because, nearest = Because.WORDS, max(own, key=lambda one: (scores[one.sketch.article_id], -one.sketch.article_id)).sketch
        if nearness[story] < NEAR_ENOUGH:
            return Placing(None, Because.FIRST, round(nearness[story], 3), nearest.article_id, affair.common_words(nearest))
    joins = tuple(sorted(other for other in nearness if other != story and _are_one(nearness, story, other)))
    taken = {
        one.sketch.article_id: scores[one.sketch.article_id] for one in near if one.story_id in (story, *joins) and _is_in(one, scores)
    }
    return Placing(story, because, round(nearness.get(story, 0.0), 3), nearest.article_id, affair.common_words(nearest), joins, taken)


def _is_in(one: Neighbour, scores: Mapping[int, float]) -> bool:
    return one.sketch.article_id in scores


def _are_one(nearness: Mapping[int, float], story: int, other: int) -> bool:
    return nearness[other] >= JOINING and nearness.get(story, 0.0) >= JOINING


def _nearness_of_stories(near: Iterable[Neighbour], scores: Mapping[int, float]) -> dict[int, float]:
    """How near each story is: the mean of the better half of its articles, so that one that only resembles it draws nothing into it."""
    of_story: dict[int, list[float]] = {}
    for one in near:
        if one.sketch.article_id in scores:
            of_story.setdefault(one.story_id, []).append(scores[one.sketch.article_id])
    halves = {story: sorted(told, reverse=True)[: (len(told) + 1) // 2] for story, told in of_story.items()}
    return {story: sum(half) / len(half) for story, half in halves.items()}


class _Affair:
    """An article among those that speak of the same matter.

    Of the words of those near by, most are neither the article's nor held by others near by: they tell nothing but how much their article
    says besides, which is known (`Sketch.square`). So only the few that are shared are looked at, again and again, and all that does
    not depend on the other article is worked out once.
    """

    def __init__(self, new: Sketch, near: Sequence[Neighbour]) -> None:
        self._new = new
        sketches = [one.sketch for one in near]
        held = Counter(chain.from_iterable([one.words for one in sketches]))
        factors = [_DISCOUNTS[min(elsewhere, _MOST_OF_AFFAIR)] for elsewhere in range(len(near) + 1)]
        told = enumerate(zip(new.words, new.weights, new.counts, strict=True))
        self._common = {
            word: _Common.of(word, weight, times, factors[held[word] - 1 : held[word] + 1], is_titled=place < new.titled)
            for place, (word, weight, times) in told
            if word in held
        }
        """The words that others near by hold too."""
        self._places = {one.article_id: list(compress(count(), map(self._common.__contains__, one.words))) for one in sketches}
        """Of each of those near by, which of its words the article holds too."""
        self._square = new.square - sum([one.lost for one in self._common.values()])
        """Of what the article's words tell, where the other holds none of them."""
        self._discounts = {word: factors[holding - 1] for word, holding in held.items() if holding > 1}
        """Of the words that several of those near by hold."""
        self._lost = {word: 1 - discount * discount for word, discount in self._discounts.items() if word not in self._common}
        given = Counter(chain.from_iterable([one.numbers for one in sketches]))
        self._numbers = {number for number in new.numbers if given[number] <= _MOST_OF_AFFAIR}
        """Those that are not the affair's own: « Covid-19 », « CAC 40 »."""
        titled = zip(new.title_words, new.weights, strict=False)
        self._title = sum([self._common[word].alone if word in self._common else weight for word, weight in titled])
        """What the words of the title tell, where the other holds none of them."""

    def score(self, other: Sketch) -> float:
        """How likely both tell of the same event, from 0 to 1."""
        if not self._share_enough(other):
            return 0.0
        shared = self._shared_with(other)
        score = (1 - _TITLE_SHARE) * self._likeness(other, shared) + _TITLE_SHARE * _TITLE_FACTOR * self._title_likeness(other, shared)
        if not self._numbers.isdisjoint(other.numbers):
            score = min(1.0, score * _SAME_NUMBER)  # a column says much of the same each time, and is told by its headline still
        return score * math.exp(-abs(self._new.at - other.at) / _DECAY) * _headlines_factor(self._new, other)

    def _share_enough(self, other: Sketch) -> bool:
        places, words = self._places[other.article_id], other.words
        return len(places) >= _LEAST_SHARED and sum([words[place][0] != KIN_SIGN for place in places]) >= _LEAST_SHARED

    def _shared_with(self, other: Sketch) -> list[tuple[_Common, int, int]]:
        """The words that the other holds too, with how often they come there and how much they tell there."""
        words, counts, weights, common = other.words, other.counts, other.weights, self._common
        return [(common[words[place]], counts[place], weights[place]) for place in self._places[other.article_id]]

    def _likeness(self, other: Sketch, shared: Sequence[tuple[_Common, int, int]]) -> float:
        """The cosine of the words of both."""
        words, counts, weights, lost = other.words, other.counts, other.weights, self._lost
        places = compress(count(), map(lost.__contains__, words))
        square = other.square - sum([lost[words[place]] * (weights[place] * COUNTED[counts[place]]) ** 2 for place in places])
        own_square, product = self._square, 0.0
        for one, times, weight in shared:
            counted = COUNTED[times]
            square += (one.weight * counted) ** 2 - (weight * counted) ** 2
            own_square += one.gained
            product += one.product * counted
        return product / math.sqrt(square * own_square) if square > 0 and own_square > 0 else 0.0

    def _title_likeness(self, other: Sketch, shared: Sequence[tuple[_Common, int, int]]) -> float:
        """How much of what the title of one says the other says too, of the title of which less is said."""
        said, whole = 0.0, self._title
        for one, _, _ in shared:
            if one.is_titled:
                said += one.weight
                whole += one.weight - one.alone
        return min(_share(said, whole), self._share_of_theirs(other))

    def _share_of_theirs(self, other: Sketch) -> float:
        said = rest = 0.0
        for word, weight in zip(other.title_words, other.weights, strict=False):
            if (common := self._common.get(word)) is not None:
                said += common.weight
            else:
                rest += weight * self._discounts.get(word, 1.0)
        return _share(said, said + rest)

    def common_words(self, other: Sketch) -> tuple[str, ...]:
        """The words that both hold, those first that tell most."""
        held = zip(self._places[other.article_id], self._shared_with(other), strict=True)
        told = [
            (-one.product * COUNTED[times] / one.weight, other.words[place])
            for place, (one, times, _) in held
            if one.weight and not one.is_kin
        ]
        return tuple(word for _, word in sorted(told)[:_MOST_WORDS_TOLD])


class _Common(NamedTuple):
    """What a word of the article tells that others near by hold too."""

    weight: float
    """Beside one that holds it: that one is itself one of those near by."""
    alone: float
    """Beside one that does not."""
    lost: float
    """By how much less the square of the article's words is, since others near by hold this one."""
    gained: float
    """How much of that comes back beside one that holds it."""
    product: float
    """Its part of the product of both articles: the weight of each, times what its count counts here; that of the other is to come."""
    is_kin: bool
    is_titled: bool
    """Whether the title says it of its affair."""

    @staticmethod
    def of(word: str, told: int, times: int, factors: Sequence[float], *, is_titled: bool) -> _Common:
        """What a word tells; `factors`: what is left of that beside one that holds it, and beside one that does not."""
        counted, (beside, elsewhere) = COUNTED[times], factors
        weight, alone = told * beside, told * elsewhere
        least = (alone * counted) ** 2
        lost, gained = (told * counted) ** 2 - least, (weight * counted) ** 2 - least
        return _Common(weight, alone, lost, gained, weight * weight * counted, word[0] == KIN_SIGN, is_titled)


def _share(said: float, whole: float) -> float:
    return said / whole if whole > 0 else 0.0


def _headlines_factor(one: Sketch, other: Sketch) -> float:
    factor = _kinds_factor(one.kinds, other.kinds) if one.kinds or other.kinds else 1.0  # most are plain reports
    return factor * (_SAME_COLUMN if one.title != other.title and one.column == other.column else 1.0)


def _kinds_factor(one: frozenset[HeadlineKind], other: frozenset[HeadlineKind]) -> float:
    factor = math.prod(value for kind, value in _DIFFERENT.items() if kind in one ^ other)
    factor *= math.prod(value for kind, value in _BOTH.items() if kind in one & other)
    return factor * math.prod(value for kind, value in _EITHER.items() if kind in one | other)


def central_article(centrality: Mapping[int, float]) -> int:
    """The article that is nearest to the others of its story, by the sum of how near it is to each; of several, the first."""
    return max(centrality, key=lambda article: (round(centrality[article], 6), -article))
