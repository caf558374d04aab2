"""Queries over articles: whether a query holds, why, and which of ten thousand topics speak of this article.

Search verifies with the same functions what its index could not express, so both find the same articles by construction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from sys import intern
from typing import NamedTuple

from news.alerts import Hit, TopicMatch
from news.analysis import AnalysedArticle
from news.articles import ArticleFacts
from news.errors import QueryError
from news.finding import Find, PreparedArticle, Quote, find, prepare
from news.passages import make_passage_of_all, merge_spans
from news.query import Fact, Filter, Or, Query, Since, Until, check_entities, leaves, parse_query
from news.query.terms import SHORTEST_BEGINNING
from news.query.wanted import Cost, Form, Wanted, mentioned_words, required_words, word_cost
from news.topics import Entity, Topic

PASSAGE_WIDTH = 160
"""Characters of the passage in a hit, about."""
_MOST_HITS = 10

_MOST_PAIRS = 100
"""Under so many pairs of words a topic is filed at most; one with more is filed under single words."""
_NO_WORD = ""
"""Stands for the second word where there is only one, as if every article held it."""


class Way(NamedTuple):
    """A way in which an article can match the topic of this number, if it holds one word of each of these sets too.

    The words are tokens, stems and beginnings mixed (see `_key`): that lets a few more articles pass, and in the end the query is asked.
    """

    number: int
    others: tuple[frozenset[str], ...]


class Matcher:
    """All topics, compiled once. Raises QueryError for the first query that cannot be read (see `check_topics`)."""

    def __init__(self, topics: Sequence[Topic], entities: Mapping[str, Entity]) -> None:
        self._topics = [(topic.name, parse_query(topic.query, entities)) for topic in topics]
        queries = [query for _, query in self._topics]
        self.needs_facts = any(map(needs_facts, queries))
        """Whether a topic has filters, so that `match` must be given facts."""
        self._by_sightings = {number for number, query in enumerate(queries) if needs_sightings(query)}
        self.needs_sightings = bool(self._by_sightings)
        """Whether a topic can begin to match when another source shows a known article."""
        self._ways: dict[str, dict[str, list[Way]]] = {}
        """Under two words that an article must both hold."""
        self._always: set[int] = set()
        cost = _make_cost(queries)
        for number, query in enumerate(queries):
            for branch in query.root.operands if isinstance(query.root, Or) else (query.root,):
                self._file(number, required_words(branch, cost))
        wanted = {word for query in queries for word in mentioned_words(query.root)}
        self._beginnings = frozenset(one.word for one in wanted if one.form is Form.PREFIX)
        self._beginning_lengths = _lengths_by_start(self._beginnings)

    def _file(self, number: int, required: list[frozenset[Wanted]]) -> None:
        """Files one branch of a query under its two rarest words; for a choice of words, under each of them."""
        if not required:
            self._always.add(number)
            return
        rarest, *others = [frozenset(map(_key, words)) for words in required]
        second = others.pop(0) if others and len(rarest) * len(others[0]) <= _MOST_PAIRS else {_NO_WORD}
        way = Way(number, tuple(others))
        for word in rarest:
            ways = self._ways.setdefault(word, {})
            for other in second:
                ways.setdefault(other, []).append(way)

    def match(self, article: AnalysedArticle, facts: ArticleFacts | None = None) -> list[TopicMatch]:
        """The topics that match this version, in the order they were given, each with its hits.

        Raises ValueError if the topics need facts and none are given.
        """
        prepared = prepare(article, facts)
        return self._matches(self._candidates(prepared), prepared)

    def match_sighting(self, article: AnalysedArticle, before: ArticleFacts, after: ArticleFacts) -> list[TopicMatch]:
        """The topics that match only since another source has shown the article.

        Others have judged this version already, or came into the configuration since and judge what comes from then on.
        """
        prepared, until_now = prepare(article, after), prepare(article, before)
        numbers = self._candidates(prepared) & self._by_sightings
        return self._matches({number for number in numbers if find(self._topics[number][1].root, until_now) is None}, prepared)

    def _matches(self, numbers: set[int], article: PreparedArticle) -> list[TopicMatch]:
        matches = []
        for number in sorted(numbers):
            name, query = self._topics[number]
            finds = find(query.root, article)
            if finds is not None:
                matches.append(TopicMatch(name, _make_hits(finds, article)))
        return matches

    def candidates(self, article: AnalysedArticle) -> list[str]:
        """The topics that this article has to be compared with; no other can match it."""
        return [self._topics[number][0] for number in sorted(self._candidates(prepare(article)))]

    def _candidates(self, article: PreparedArticle) -> set[int]:
        """The topics that ask for no word which the article does not hold; all others need not be looked at."""
        words = self._words(article)
        numbers = set(self._always)
        for word in self._ways.keys() & words:
            ways = self._ways[word]
            for other in ways.keys() & words:
                numbers.update(number for number, others in ways[other] if not any(map(words.isdisjoint, others)))
        return numbers

    def _words(self, article: PreparedArticle) -> set[str]:
        """The words of an article as topics are filed under them."""
        title, text = article.fields
        tokens = title.first_token.keys() | text.first_token.keys()
        words = tokens | title.first_stem.keys() | text.first_stem.keys() | {_NO_WORD}
        if self._beginnings:
            words.update(f"{beginning}*" for beginning in self._beginnings_of(tokens))
        return words

    def _beginnings_of(self, tokens: Iterable[str]) -> Iterator[str]:
        for token in tokens:
            for length in self._beginning_lengths.get(token[:SHORTEST_BEGINNING], ()):
                if token[:length] in self._beginnings:
                    yield token[:length]


def _key(wanted: Wanted) -> str:
    """A wanted word as topics are filed under it. No token holds a `*`."""
    return intern(f"{wanted.word}*" if wanted.form is Form.PREFIX else wanted.word)


def _lengths_by_start(beginnings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For the first letters of words: how long the beginnings are that someone looks for and that start so."""
    lengths: dict[str, set[int]] = {}
    for beginning in beginnings:
        lengths.setdefault(beginning[:SHORTEST_BEGINNING], set()).add(len(beginning))
    return {start: tuple(sorted(found)) for start, found in lengths.items()}


def needs_facts(query: Query) -> bool:
    """Whether the query can only be judged with the facts about an article, because it has filters."""
    return any(isinstance(leaf, Filter | Since | Until) for leaf in leaves(query.root))


def needs_sightings(query: Query) -> bool:
    """Whether it matters to the query which sources have shown an article."""
    return any(isinstance(leaf, Filter) and leaf.fact in {Fact.SOURCE, Fact.TAG} for leaf in leaves(query.root))


def _make_cost(queries: Sequence[Query]) -> Cost:
    """A word that many topics speak of is common in the news too, and choosing it would bring all of them at once."""
    popularity = Counter(word for query in queries for word in set(mentioned_words(query.root)))
    return lambda wanted: popularity[wanted] * word_cost(wanted)


def check_topics(topics: Sequence[Topic], entities: Mapping[str, Entity]) -> list[tuple[str, QueryError]]:
    """Every topic whose query cannot be read, as (its name, error), then every faulty entity name, as (`@key`, error)."""
    faults: list[tuple[str, QueryError]] = []
    for topic in topics:
        try:
            parse_query(topic.query, entities)
        except QueryError as error:
            faults.append((topic.name, error))
    faults += [(f"@{key}", error) for key, error in check_entities(entities)]
    return faults


def evaluate(query: Query, article: AnalysedArticle, facts: ArticleFacts | None = None) -> tuple[Hit, ...] | None:
    """Why the query matches this version: a hit for each positive term and filter that holds, at most ten; None if it does not match.

    Raises ValueError if the query needs facts (see `needs_facts`) and none are given.
    """
    prepared = prepare(article, facts)
    finds = find(query.root, prepared)
    return None if finds is None else _make_hits(finds, prepared)


def holds(query: Query, article: AnalysedArticle, facts: ArticleFacts | None = None) -> bool:
    """Whether the query matches this version. Raises ValueError as `evaluate` does."""
    return find(query.root, prepare(article, facts)) is not None


def _make_hits(finds: list[Find], article: PreparedArticle) -> tuple[Hit, ...]:
    distinct: dict[str, Find] = {}
    for found in finds:
        distinct.setdefault(found.name, found)
    return tuple(_make_hit(found, article) for found in islice(distinct.values(), _MOST_HITS))


def _make_hit(found: Find, article: PreparedArticle) -> Hit:
    known = article.quotes.get((found.text, found.spans))
    if known is None:
        known = article.quotes[found.text, found.spans] = _make_quote(found)
    return Hit(found.name, known.found, found.field, known.passage)


def _make_quote(found: Find) -> Quote:
    spans = merge_spans(found.spans)
    letters = " … ".join(found.text[start:end] for start, end in spans)
    return Quote(letters, make_passage_of_all(found.text, spans, PASSAGE_WIDTH))
