"""Queries over articles: whether a query holds, why, and which of a hundred thousand topics speak of this article.

Search verifies with the same functions what its index could not express, so both find the same articles by construction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from news.articles import ArticleFacts
from news.errors import QueryError
from news.matches import Hit, TopicMatch
from news.query.entities import check_entities
from news.query.field import Span
from news.query.filing import Filing
from news.query.finding import Occurrence, Occurrences, PreparedArticle, Quote, find, prepare, share_terms
from news.query.parser import parse_query
from news.query.passages import list_places, make_passage_of_all, merge_spans
from news.query.tree import Fact, Filter, Node, Or, Query, Since, Until, leaves
from news.query.wanted import Cost, Wanted, mentioned_words, pairs_of, required_words, word_cost
from news.text.analysis import AnalysedArticle
from news.topics import Entity, Topic

PASSAGE_WIDTH = 160
"""Characters of the passage in a hit, about."""
_MOST_HITS = 10


@dataclass(frozen=True, slots=True)
class TopicPlaces:
    """What a topic finds in a version: its match, if it has one, and all places in the text where anything stands that it asks for."""

    match: TopicMatch | None
    found: tuple[Span, ...]


class Matcher:
    """All topics, compiled once. Raises QueryError for the first query that cannot be read (see `check_topics`)."""

    def __init__(self, topics: Sequence[Topic], entities: Mapping[str, Entity]) -> None:
        parsed = [(topic.name, parse_query(topic.query, entities)) for topic in topics]
        urgent = {number: parse_query(topic.urgent, entities) for number, topic in enumerate(topics) if topic.urgent}
        queries = [query for _, query in parsed]
        self.needs_facts = any(map(needs_facts, [*queries, *urgent.values()]))
        """Whether a topic has filters, so that `match` must be given facts."""
        self._by_sightings = {number for number, query in enumerate(queries) if needs_sightings(query)}
        self.needs_sightings = bool(self._by_sightings)
        """Whether a topic can begin to match when another source shows a known article."""
        terms: dict[Node, Node] = {}
        self._topics = [(name, share_terms(query.root, terms)) for name, query in parsed]
        self._urgent = {number: share_terms(query.root, terms) for number, query in urgent.items()}
        self._numbers = {name: number for number, (name, _) in enumerate(self._topics)}
        self._filing = Filing(_ways([root for _, root in self._topics]))

    def match(self, article: AnalysedArticle, facts: ArticleFacts | None = None) -> list[TopicMatch]:
        """The topics that match this version, in the order they were given, each with its hits.

        Raises ValueError if the topics need facts and none are given.
        """
        prepared = prepare(article, facts)
        return self._matches(self._filing.candidates(prepared), prepared)

    def match_sighting(self, article: AnalysedArticle, before: ArticleFacts, after: ArticleFacts) -> list[TopicMatch]:
        """The topics that match only since another source has shown the article.

        Others have judged this version already, or came into the configuration since and judge what comes from then on.
        """
        prepared, until_now = prepare(article, after), prepare(article, before)
        numbers = self._filing.candidates(prepared) & self._by_sightings
        return self._matches({number for number in numbers if find(self._topics[number][1], until_now) is None}, prepared)

    def find_places(self, topic: str, article: AnalysedArticle, facts: ArticleFacts | None = None) -> TopicPlaces | None:
        """Whether a topic matches this version, and where in its text what it asks for stands; None if there is no such topic.

        Raises ValueError as `match` does.
        """
        number = self._numbers.get(topic)
        if number is None:
            return None
        prepared = prepare(article, facts)
        matches = self._matches({number}, prepared)
        return TopicPlaces(matches[0] if matches else None, tuple(list_places(self._topics[number][1], prepared)))

    def _matches(self, numbers: set[int], article: PreparedArticle) -> list[TopicMatch]:
        matches = []
        for number in sorted(numbers):
            name, root = self._topics[number]
            occurrences = find(root, article)
            if occurrences is not None:
                urgent = self._urgent.get(number)
                is_urgent = urgent is not None and find(urgent, article) is not None
                matches.append(TopicMatch(name, _make_hits(occurrences, article), is_urgent))
        return matches

    def candidates(self, article: AnalysedArticle) -> list[str]:
        """The topics that this article has to be compared with; no other can match it."""
        return [self._topics[number][0] for number in sorted(self._filing.candidates(prepare(article)))]


def _ways(roots: Sequence[Node]) -> Iterator[tuple[int, list[frozenset[Wanted]]]]:
    """Each branch of each query by the number of its topic, and the words it requires."""
    cost = _make_cost(roots)
    for number, root in enumerate(roots):
        for branch in root.operands if isinstance(root, Or) else (root,):
            yield number, required_words(branch, cost, pairs_of)


def needs_facts(query: Query) -> bool:
    """Whether the query can only be judged with the facts about an article, because it has filters."""
    return any(isinstance(leaf, Filter | Since | Until) for leaf in leaves(query.root))


def needs_sightings(query: Query) -> bool:
    """Whether it matters to the query which sources have shown an article."""
    return any(isinstance(leaf, Filter) and leaf.fact in {Fact.SOURCE, Fact.TAG} for leaf in leaves(query.root))


def _make_cost(roots: Iterable[Node]) -> Cost:
    """A word that many topics speak of is common in the news too, and choosing it would bring all of them at once."""
    popularity = Counter(word for root in roots for word in set(mentioned_words(root, pairs_of)))
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


def explain(query: Query, article: PreparedArticle) -> tuple[Hit, ...] | None:
    """Why the query matches this version: a hit for each positive term and filter that holds, at most ten; None if it does not match.

    Raises ValueError if the query needs facts (see `needs_facts`) and none were given.
    """
    occurrences = find(query.root, article)
    return None if occurrences is None else _make_hits(occurrences, article)


def holds(query: Query, article: AnalysedArticle, facts: ArticleFacts | None = None) -> bool:
    """Whether the query matches this version. Raises ValueError as `explain` does."""
    return find(query.root, prepare(article, facts)) is not None


def _make_hits(occurrences: Occurrences, article: PreparedArticle) -> tuple[Hit, ...]:
    hits: dict[str, Hit] = {}
    for found in occurrences:
        if found.name not in hits:
            hits[found.name] = found.hit or _make_hit(found, article)
            if len(hits) == _MOST_HITS:
                break
    return tuple(hits.values())


def _make_hit(found: Occurrence, article: PreparedArticle) -> Hit:
    known = article.quotes.get((found.text, found.spans))
    if known is None:
        known = article.quotes[found.text, found.spans] = _make_quote(found)
    found.hit = Hit(found.name, known.found, found.field, known.passage)
    return found.hit


def _make_quote(found: Occurrence) -> Quote:
    spans = merge_spans(found.spans) if len(found.spans) > 1 else found.spans
    letters = " … ".join(found.text[start:end] for start, end in spans)
    return Quote(letters, make_passage_of_all(found.text, spans, PASSAGE_WIDTH))
