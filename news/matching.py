"""Queries over articles: whether a query holds, why, and which of ten thousand topics speak of this article.

Search verifies with the same functions what its index could not express, so both find the same articles by construction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from news.alerts import Hit, TopicMatch
from news.analysis import AnalysedArticle
from news.errors import QueryError
from news.finding import Fields, Find, find, prepare, span
from news.passages import make_passage
from news.query import Query, check_entities, parse_query, wanted_terms
from news.query.wanted import Cost, Form, length_cost, mentioned_words
from news.topics import Entity, Topic

PASSAGE_WIDTH = 160
"""Characters of the passage in a hit, about."""
_MOST_HITS = 10


class Matcher:
    """All topics, compiled once. Raises QueryError for the first query that cannot be read (see `check_topics`)."""

    def __init__(self, topics: Sequence[Topic], entities: Mapping[str, Entity]) -> None:
        self._topics = [(topic.name, parse_query(topic.query, entities)) for topic in topics]
        self._by_form: dict[Form, dict[str, list[int]]] = {Form.TOKEN: {}, Form.STEM: {}}
        cost = _make_cost([query for _, query in self._topics])
        for number, (_, query) in enumerate(self._topics):
            for wanted in wanted_terms(query.root, cost):
                self._by_form[wanted.form].setdefault(wanted.word, []).append(number)

    def match(self, article: AnalysedArticle) -> list[TopicMatch]:
        """The topics that match this version, in the order they were given, each with its hits."""
        fields = prepare(article)
        matches = []
        for number in sorted(self._candidates(fields)):
            name, query = self._topics[number]
            finds = find(query.root, fields)
            if finds is not None:
                matches.append(TopicMatch(name, _make_hits(finds)))
        return matches

    def candidates(self, article: AnalysedArticle) -> list[str]:
        """The topics that this article has to be compared with; no other can match it."""
        return [self._topics[number][0] for number in sorted(self._candidates(prepare(article)))]

    def _candidates(self, fields: Fields) -> set[int]:
        """The topics one of whose wanted words the article holds; all others need not be looked at."""
        numbers: set[int] = set()
        for field in fields:
            _collect(self._by_form[Form.TOKEN], field.first_token, numbers)
            _collect(self._by_form[Form.STEM], field.first_stem, numbers)
        return numbers


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


def evaluate(query: Query, article: AnalysedArticle) -> tuple[Hit, ...] | None:
    """Why the query matches this version: a hit for each positive term that holds, at most ten; None if it does not match."""
    finds = find(query.root, prepare(article))
    return None if finds is None else _make_hits(finds)


def holds(query: Query, article: AnalysedArticle) -> bool:
    """Whether the query matches this version."""
    return find(query.root, prepare(article)) is not None


def _collect(wanted: Mapping[str, list[int]], words: Mapping[str, int], numbers: set[int]) -> None:
    for word in words:
        found = wanted.get(word)
        if found is not None:
            numbers.update(found)


def _make_hits(finds: list[Find]) -> tuple[Hit, ...]:
    distinct: dict[str, Find] = {}
    for found in finds:
        distinct.setdefault(found.term.name, found)
    return tuple(_make_hit(found) for found in islice(distinct.values(), _MOST_HITS))


def _make_hit(found: Find) -> Hit:
    text = found.field.text
    place = span(found.field, found.first, found.last)
    passage = make_passage(text, [place], place, PASSAGE_WIDTH)
    return Hit(found.term.name, text[place[0] : place[1]], found.field.name, passage)
