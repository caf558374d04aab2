"""Topics filed under the words that they ask for: how one article meets a few dozen of a hundred thousand topics.

A way to match is filed under its two rarest words, so that an article comes upon it only if it holds both. Words, beginnings of words
and pairs of neighbouring words have numbers here: whether an article holds one of many words is then asked of two sets of small
numbers, without going to the words themselves, which lie scattered in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count

from news.query.finding import PreparedArticle
from news.query.terms import SHORTEST_BEGINNING
from news.query.wanted import Form, Wanted
from news.text.inflection import stem
from news.text.remembering import Remembered

_MOST_COMBINATIONS = 100
"""Under so many twos of words one way is filed at most; one with more is filed under single words."""
_NO_WORD = 0
"""Stands for the second word where there is only one, as if every article held it."""
_REMEMBERED_TOKENS = 32_768
"""Most of a day's news are as many different words."""
_LONGEST_REMEMBERED_TOKEN = 40


class Filing:
    """Topics, by number, under the words of which an article must hold some (see `required_words`), each way to match on its own.

    Tokens and stems are not told apart: that lets a few more articles pass, and in the end the query is asked.
    """

    def __init__(self, ways: Iterable[tuple[int, list[frozenset[Wanted]]]]) -> None:
        self._always: set[int] = set()
        self._words: dict[str, int] = {}
        self._beginnings: dict[str, int] = {}
        self._pairs: dict[tuple[str, ...], int] = {}
        self._numbers = count(_NO_WORD + 1)
        self._filed: dict[int, dict[int, list[int]]] = {}
        for topic, required in ways:
            self._add(topic, required)
        self._others = [frozenset(self._filed.get(number, ())) for number in range(next(self._numbers))]
        """By the number of a first word its second words: sets are compared faster than dictionaries."""
        numbers = _TokenNumbers(self._words, self._beginnings)
        self._of_token = Remembered(numbers.find, _REMEMBERED_TOKENS, lambda token, _: len(token) <= _LONGEST_REMEMBERED_TOKEN)

    def _add(self, topic: int, required: list[frozenset[Wanted]]) -> None:
        """Files one way to match under its two rarest words; for a choice of words, under each of them."""
        if not required:
            self._always.add(topic)
            return
        rarest, *others = [[self._number(wanted) for wanted in choice] for choice in required[:2]]
        seconds = others[0] if others and len(rarest) * len(others[0]) <= _MOST_COMBINATIONS else [_NO_WORD]
        for first in rarest:
            under = self._filed.setdefault(first, {})
            for second in seconds:
                under.setdefault(second, []).append(topic)

    def _number(self, wanted: Wanted) -> int:
        if wanted.form is Form.PAIR:
            pair = tuple(wanted.word.split(" "))
            return self._pairs.get(pair) or self._pairs.setdefault(pair, next(self._numbers))
        known = self._beginnings if wanted.form is Form.PREFIX else self._words
        return known.get(wanted.word) or known.setdefault(wanted.word, next(self._numbers))

    def candidates(self, article: PreparedArticle) -> set[int]:
        """The topics that ask for nothing the article does not hold, so far as two words tell; no other can match it."""
        held = self._held(article)
        found = set(self._always)
        others = self._others
        for first in held:
            if not held.isdisjoint(others[first]):
                for second in held & others[first]:
                    found.update(self._filed[first][second])
        return found

    def _held(self, article: PreparedArticle) -> set[int]:
        """The numbers of all that an article holds and someone asks for."""
        held = {_NO_WORD}
        for field in article.fields:
            tokens = field.words.tokens
            # Of most tokens nobody asks anything: a set of the answers first, and there are few to go through.
            held.update(chain.from_iterable(set(map(self._of_token.__getitem__, tokens))))
            if self._pairs:
                neighbours = zip(tokens, tokens[1:], strict=False)  # noqa: RUF007 (pairwise takes half as long again)
                held.update(filter(None, map(self._pairs.get, neighbours)))
        return held


class _TokenNumbers:
    """Finds the numbers of a token: its own, its stem's and its beginnings', of those that someone asks for."""

    def __init__(self, words: dict[str, int], beginnings: dict[str, int]) -> None:
        self._words = words
        self._beginnings = beginnings
        self._lengths = _lengths_by_start(beginnings)

    def find(self, token: str) -> tuple[int, ...]:
        """The numbers of all that the token stands for, in no order and without repeats."""
        return tuple(self._numbers_of(token))

    def _numbers_of(self, token: str) -> Iterator[int]:
        for word in {token, stem(token)} & self._words.keys():
            yield self._words[word]
        for length in self._lengths.get(token[:SHORTEST_BEGINNING], ()):
            if token[:length] in self._beginnings:
                yield self._beginnings[token[:length]]


def _lengths_by_start(beginnings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For the first letters of words: how long the beginnings are that someone looks for and that start so."""
    lengths: dict[str, set[int]] = {}
    for beginning in beginnings:
        lengths.setdefault(beginning[:SHORTEST_BEGINNING], set()).add(len(beginning))
    return {start: tuple(sorted(found)) for start, found in lengths.items()}
