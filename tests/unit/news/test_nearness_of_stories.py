"""How near articles are to each other is worked out with few look-ups: it comes to what the plain way gives."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from news.sketches import KIN_SIGN, Sketch, WordCounts, plain_words, sketch_article, weigh
from news.stories import MOST_NEIGHBOURS, Neighbour, place
from news.text import analyse_article

NOON = datetime(2025, 2, 10, 12, tzinfo=UTC)
TOWNS = "Rungis Lyon Kourou Brest Nantes Lille".split()  # noqa: SIM905
WORDS = """entrepôt incendie pompiers fumée canal brûle chimique chimiquement ravagé voisins évacués procureur mairie écoles sénateurs
budget recherche universités vote fusée satellite décolle lancement cheminots grève préavis trains gare voyageurs""".split()  # noqa: SIM905


def some_articles(seed: int) -> tuple[Sketch, list[Sketch]]:
    """One article and others near by, of a small vocabulary: they share words with it, and with each other."""
    chance = random.Random(seed)
    sketches = []
    for number in range(1, chance.randint(2, MOST_NEIGHBOURS + 1) + 1):
        title = f"{chance.choice(TOWNS)} : {' '.join(chance.choices(WORDS, k=5))}"
        text = " ".join(chance.choices([*WORDS, *TOWNS], k=chance.randint(3, 40)))
        at = NOON - timedelta(hours=chance.randint(0, 40))
        sketches.append(sketch_article(number, at, analyse_article(title, text)))
    counts = WordCounts(500, Counter(word for one in sketches for word in plain_words(one)))
    new, *near = (weigh(one, counts) for one in sketches)
    return new, near


def discount(elsewhere: int) -> float:
    return 1 / (1 + 0.9 * min(elsewhere, 6) / 6)


def times(count: int) -> float:
    return 1 + math.log(count)


def plain_nearness(new: Sketch, other: Sketch, near: list[Sketch]) -> float:
    """Every word of both, its weight less what others near by that hold it take of it. None of the headlines is worded otherwise."""
    held = Counter(word for one in near for word in one.words)
    weights = [dict(zip(one.words, one.weights, strict=True)) for one in (new, other)]
    counts = [dict(zip(one.words, one.counts, strict=True)) for one in (new, other)]
    own = {word: weights[0][word] * discount(held[word] - (word in other.words)) for word in new.words}
    theirs = {word: own[word] if word in own else weights[1][word] * discount(held[word] - 1) for word in other.words}
    common = [word for word in own if word in theirs]
    if sum(word[0] != KIN_SIGN for word in common) < 3:
        return 0.0
    product = sum(own[word] ** 2 * times(counts[0][word]) * times(counts[1][word]) for word in common)
    squares = [sum((told[word] * times(counted[word])) ** 2 for word in told) for told, counted in zip((own, theirs), counts, strict=True)]
    titles = [sum(told[word] for word in one.title_words if word in common) / sum(told[word] for word in one.title_words)
              for told, one in ((own, new), (theirs, other))]  # fmt: skip
    score = 0.7 * product / math.sqrt(squares[0] * squares[1]) + 0.3 * 0.8 * min(titles)
    apart = abs(new.at - other.at) / timedelta(hours=48)
    return min(1.0, score * math.exp(-apart))


@pytest.mark.parametrize("seed", range(20))
def test_nearness_is_that_of_all_words_compared(seed: int) -> None:
    new, near = some_articles(seed)
    story = place(new, [Neighbour(one, 70) for one in near])
    expected = {one.article_id: plain_nearness(new, one, near) for one in near}
    half = sorted(expected.values(), reverse=True)[: (len(near) + 1) // 2]
    assert story.nearness == pytest.approx(sum(half) / len(half), abs=0.00051)
    if story.scores is not None:
        assert story.scores == pytest.approx(expected)
