"""Queries over articles: whether a query holds, why, and which of ten thousand topics speak of this article.

Search verifies with the same functions what its index could not express, so both find the same articles by construction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from news.alerts import Hit, TopicMatch
from news.analysis import AnalysedArticle
from news.articles import ArticleFacts
from news.errors import QueryError
from news.finding import Find, PreparedArticle, find, prepare
from news.passages import make_passage_of_all, merge_spans
from news.query import Fact, Filter, Query, Since, Until, check_entities, leaves, parse_query
from news.query.terms import SHORTEST_BEGINNING
from news.query.wanted import Cost, Form, Wanted, length_cost, mentioned_words, required_words
from news.topics import Entity, Topic

PASSAGE_WIDTH = 160
"""Characters of the passage in a hit, about."""
_MOST_HITS = 10

Guards: TypeAlias = tuple[tuple[tuple[str, bool], ...], ...]
"""Sets of words, each with whether it is a stem; of each set an article holds one if the query can match it."""


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
        self._by_form: dict[Form, dict[str, list[int]]] = {form: {} for form in Form}
        self._always: list[int] = []
        self._guards: list[Guards] = []
        cost = _make_cost(queries)
        for number, query in enumerate(queries):
            self._file(number, required_words(query.root, cost))
        self._beginning_lengths = _lengths_by_start(self._by_form[Form.PREFIX])

    def _file(self, number: int, required: list[frozenset[Wanted]]) -> None:
        """A topic is met under its rarest words; what else it requires is asked before its query is, but for beginnings of words."""
        self._guards.append(tuple(_make_guard(words) for words in required[1:] if all(one.form is not Form.PREFIX for one in words)))
        if not required:
            self._always.append(number)
            return
        for wanted in required[0]:
            self._by_form[wanted.form].setdefault(wanted.word, []).append(number)

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
                matches.append(TopicMatch(name, _make_hits(finds)))
        return matches

    def candidates(self, article: AnalysedArticle) -> list[str]:
        """The topics that this article has to be compared with; no other can match it."""
        return [self._topics[number][0] for number in sorted(self._candidates(prepare(article)))]

    def _candidates(self, article: PreparedArticle) -> set[int]:
        """The topics all of whose required words the article holds; all others need not be looked at."""
        numbers = set(self._always)
        for field in article.fields:
            _collect(self._by_form[Form.TOKEN], field.first_token, numbers)
            _collect(self._by_form[Form.STEM], field.first_stem, numbers)
            if self._beginning_lengths:
                self._collect_beginnings(field.first_token, numbers)
        title, text = article.fields
        tokens, stems = title.first_token | text.first_token, title.first_stem | text.first_stem
        return {number for number in numbers if _lets_pass(self._guards[number], tokens, stems)}

    def _collect_beginnings(self, words: Iterable[str], numbers: set[int]) -> None:
        beginnings = self._by_form[Form.PREFIX]
        for word in words:
            for length in self._beginning_lengths.get(word[:SHORTEST_BEGINNING], ()):
                found = beginnings.get(word[:length])
                if found is not None:
                    numbers.update(found)


def _make_guard(words: frozenset[Wanted]) -> tuple[tuple[str, bool], ...]:
    return tuple((wanted.word, wanted.form is Form.STEM) for wanted in words)


def _lets_pass(guards: Guards, tokens: Collection[str], stems: Collection[str]) -> bool:
    """Whether of all the sets of words that are required one word is held."""
    for words in guards:
        for word, is_stem in words:
            if word in (stems if is_stem else tokens):
                break
        else:
            return False
    return True


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
    return lambda wanted: popularity[wanted] * length_cost(wanted)


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
    finds = find(query.root, prepare(article, facts))
    return None if finds is None else _make_hits(finds)


def holds(query: Query, article: AnalysedArticle, facts: ArticleFacts | None = None) -> bool:
    """Whether the query matches this version. Raises ValueError as `evaluate` does."""
    return find(query.root, prepare(article, facts)) is not None


def _collect(wanted: Mapping[str, list[int]], words: Iterable[str], numbers: set[int]) -> None:
    for word in words:
        found = wanted.get(word)
        if found is not None:
            numbers.update(found)


def _make_hits(finds: list[Find]) -> tuple[Hit, ...]:
    distinct: dict[str, Find] = {}
    for found in finds:
        distinct.setdefault(found.name, found)
    return tuple(_make_hit(found) for found in islice(distinct.values(), _MOST_HITS))


def _make_hit(found: Find) -> Hit:
    spans = merge_spans(found.spans)
    letters = " … ".join(found.text[start:end] for start, end in spans)
    return Hit(found.name, letters, found.field, make_passage_of_all(found.text, spans, PASSAGE_WIDTH))
