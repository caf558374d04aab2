"""The law of the query language, told over generated queries and articles: a topic matches a version if and only if search finds it.

Every query is made as a little tree (`Spec`), written down as a user might write it, and then judged five times: by the matcher of
topics, by `holds`, by `explain`, by the index with verification as search uses it, and by `expected`, which knows neither the parser nor
any of these: it tries all positions of the words of an article against the tree that the query was made from.

    python -m tests.query_law 1000000

judges that many pairs of a query and an article, others each time, and shows the simplest that differs.
"""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import product

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from news.articles import ArticleFacts, SourceFacts
from news.errors import QueryError
from news.query import Matcher, MomentParser, Query, explain, holds, needs_facts, parse_query, prepare
from news.text import TOKEN_SIGNS, AnalysedArticle, Analysis, analyse, analyse_article, index_columns
from news.text.tokens import exact_letters
from news.topics import Entity, Topic
from storage.asking.match_expression import compile_expression

ENTITIES = {
    "otan": Entity("otan", ("OTAN", "Alliance atlantique", "=Nato", "Organisation du traité de l’Atlantique Nord")),
    "orange": Entity("orange", ("=Orange", "Orange Business", "groupe Orange"), frozenset({"=Orange"})),
    "ete": Entity("ete", ("=Été", "=Canal+"), frozenset({"=Été", "=Canal+"})),
    "free": Entity("free", ("=Free", "Free Mobile", "=Mobile Free")),
}

DAY = datetime(2026, 3, 1, tzinfo=UTC)
MOMENTS = MomentParser(datetime.fromisoformat, lambda text: datetime.fromisoformat(text) + timedelta(days=1))


Spec = tuple
"""("word", text) ("phrase", text) ("exact", text) ("prefix", letters) ("entity", key) ("near", n, ordered, left, right) with lists of
words, phrases and entities, ("field", title or text, Spec) ("filter", field, value) ("time", since or until, day)
("and", a, b) ("or", a, b) ("not", a)."""

_WORDS = [
    "contrat",
    "contrats",
    "Contrat",
    "OTAN",
    "l’OTAN",
    "Nato",
    "alliance",
    "atlantiques",
    "nationaux",
    "nationale",
    "Free",
    "free",
    "mobile",
    "Orange",
    "orange",
    "business",
    "groupe",
    "œuvre",
    "oeuvres",
    "été",
    "ete",
    "publié",
    "publiées",
    "C++",
    "Canal+",
    "otan.info",
    "C",
    "AT&T",
    "3,5",
    "aujourd’hui",
    "near",
    "title",
    "militaires",
    "du",
    "5",
]
_COMMON = ["contrat", "contrats", "OTAN", "Orange", "militaires"]
"""Many texts hold several of these, so that it matters how near they are."""
_PHRASES = [
    "contrat militaire",
    "Free Mobile",
    "orange business",
    "alliance atlantique",
    "GPT-5",
    "d’orange",
    "contrat de l’OTAN",
    "OTAN OTAN",
    "near and or",
    "groupe orange business",
    "œuvre d’été",
    "5G/4G",
    "OTAN–Nato",
    "nato",
    "Canal+ Orange",
    "groupe Canal +",
    "free.tech",
]
_DASHED = [
    "GPT-5",
    "4G/5G",
    "OTAN–Nato",
    "Free-Mobile",
    "l’OTAN/Nato",
    "contrat-militaire",
    "contrats‑alliances-nationales",
    "OTAN-du-contrat",
    "Canal+/Free",
    "l’OTAN.Info",
]
_BEGINNINGS = ["mil", "MILIT", "contr", "ora", "œuv", "oeu", "nat", "OTA", "été", "aujourdh", "fre"]
_VALUES = {
    "source": ["numerama", "Numerama.com", "La Gazette", "gazette", "com", "www", "journal.example", "Free"],
    "author": ["Dupont", "Marie Dupont", "marie", "Du Pont", "dupon"],
    "tag": ["tech", "Tech", "défense", "intelligence artificielle", "intelligence"],
    "lang": ["fr", "FR", "en", "fr-CA"],
    "url": ["example.org", "EXAMPLE", "/a/", "?id=1", "absent"],
}


def _near(pair: tuple[list[Spec], list[Spec], int, bool]) -> Spec:
    left, right, distance, ordered = pair
    return ("near", distance, ordered, left, right)


WORD = st.sampled_from(_WORDS).map(lambda text: ("word", text))
PHRASE = st.sampled_from(_PHRASES).map(lambda text: ("phrase", text)) | st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(
    lambda words: ("phrase", " ".join(words))
)
ENTITY = st.sampled_from(sorted(ENTITIES)).map(lambda key: ("entity", key))
COMMON = st.sampled_from(_COMMON).map(lambda text: ("word", text))
ALTERNATIVES = st.lists(COMMON, min_size=1, max_size=2) | st.lists(COMMON | WORD | PHRASE | ENTITY, min_size=1, max_size=3)
NEAR = st.tuples(ALTERNATIVES, ALTERNATIVES, st.sampled_from([1, 1, 2, 3, 5, 1000]), st.booleans()).map(_near)
TERM = st.one_of(
    WORD,
    WORD,
    PHRASE,
    ENTITY,
    NEAR,
    NEAR,
    st.sampled_from(_DASHED).map(lambda text: ("word", text)),
    st.sampled_from(_WORDS + _PHRASES).map(lambda text: ("exact", text)),
    st.sampled_from(_BEGINNINGS).map(lambda text: ("prefix", text)),
)
FILTER = st.sampled_from([(field, value) for field, values in _VALUES.items() for value in values]).map(lambda pair: ("filter", *pair))
TIME = st.tuples(st.sampled_from(["since", "until"]), st.integers(-2, 2)).map(lambda pair: ("time", *pair))


def _joined(parts: st.SearchStrategy[Spec]) -> st.SearchStrategy[Spec]:
    return st.one_of(
        st.tuples(st.just("and"), parts, parts),
        st.tuples(st.just("or"), parts, parts),
        st.tuples(st.just("and"), parts, st.tuples(st.just("not"), parts)),
        st.tuples(st.just("not"), parts),
    )


WORDS_ONLY = st.recursive(TERM, _joined, max_leaves=4)
IN_FIELD = st.tuples(st.just("field"), st.sampled_from(["title", "text"]), WORDS_ONLY)
SPECS = st.recursive(st.one_of(TERM, TERM, IN_FIELD, FILTER, TIME), _joined, max_leaves=7)


def write(spec: Spec) -> str:  # noqa: C901, PLR0911, PLR0912 (a case for each form of the language)
    """The query as a user writes it; groups in parentheses."""
    match spec:
        case ("word", text):
            return text
        case ("phrase", text):
            return f'"{text}"'
        case ("exact", text):
            return f'="{text}"'
        case ("prefix", letters):
            return f"{letters}*"
        case ("entity", key):
            return f"@{key}"
        case ("near", distance, ordered, left, right):
            operator = f"{'ONEAR' if ordered else 'NEAR'}/{distance}"
            sides = [" OR ".join(map(write, side)) for side in (left, right)]
            return f"(({sides[0]}) {operator} ({sides[1]}))"
        case ("field", field, inner):
            return f"{field}:({write(inner)})"
        case ("filter", field, value):
            return f'{field}:"{value}"'
        case ("time", side, days):
            return f"{side}:{(DAY + timedelta(days=days)).date()}T00:00:00Z"
        case (operator, first, second):
            return f"({write(first)}) {operator.upper()} ({write(second)})"
        case ("not", inner):
            return f"NOT ({write(inner)})"
    raise TypeError(spec)


def is_sayable(spec: Spec) -> bool:
    """Whether the whole and every branch of an OR asks for something."""
    return _branches_are_positive(spec) and _is_positive(spec)


def _is_positive(spec: Spec) -> bool:
    if spec[0] == "not":
        return not _is_positive(spec[1])
    if spec[0] == "and":
        return _is_positive(spec[1]) or _is_positive(spec[2])
    return _is_positive(spec[2]) if spec[0] == "field" else True


def _branches_are_positive(spec: Spec) -> bool:
    parts = [part for part in spec[1:] if isinstance(part, tuple)]
    return all(map(_branches_are_positive, parts)) and (spec[0] != "or" or all(map(_is_positive, parts)))


_BOTH = ("title", "text")


def expected(spec: Spec, article: AnalysedArticle, facts: ArticleFacts, fields: tuple[str, ...] = _BOTH) -> bool:  # noqa: PLR0911
    """Whether the query holds, found out by trying everything."""
    match spec:
        case ("and", first, second):
            return expected(first, article, facts, fields) and expected(second, article, facts, fields)
        case ("or", first, second):
            return expected(first, article, facts, fields) or expected(second, article, facts, fields)
        case ("not", inner):
            return not expected(inner, article, facts, fields)
        case ("field", field, inner):
            return expected(inner, article, facts, (field,))
        case ("filter", field, value):
            return _expected_filter(field, value, facts)
        case ("time", "since", days):
            return facts.time >= DAY + timedelta(days=days)
        case ("time", "until", days):
            return facts.time < DAY + timedelta(days=days + 1)
    texts = {"title": (article.title, article.title_tokens), "text": (article.text, article.text_tokens)}
    return any(_stands_in(_in_headline(spec) if field == "title" and _is_headline(article) else spec, *texts[field]) for field in fields)


def _is_headline(article: AnalysedArticle) -> bool:
    letters = [letter for letter in article.title if letter.isupper() or letter.islower()]
    return len(article.title_tokens) > 1 and sum(map(str.isupper, letters)) >= 0.8 * len(letters)


def _in_headline(spec: Spec) -> Spec:
    """The same spec, in which entities stand for what they are called in a headline."""
    if spec[0] == "entity":
        return ("headline", spec[1])
    return (*spec[:3], *([_in_headline(one) for one in side] for side in spec[3:])) if spec[0] == "near" else spec


def _stands_in(spec: Spec, text: str, words: Analysis) -> bool:
    if spec[0] != "near":
        return any(_stands_at(spec, text, words, first, last) for first, last in _stretches(words))
    _, distance, ordered, left, right = spec
    lefts, rights = (
        [place for place in _stretches(words) if any(_stands_at(one, text, words, *place) for one in side)] for side in (left, right)
    )
    for (left_first, left_last), (right_first, right_last) in product(lefts, rights):
        if left_last < right_first <= left_last + distance:
            return True
        if not ordered and right_last < left_first <= right_last + distance:
            return True
    return False


def _stretches(words: Analysis) -> Iterator[tuple[int, int]]:
    return ((first, last) for first in range(len(words)) for last in range(first, len(words)))


_asked = cache(analyse)


def _stands_at(spec: Spec, text: str, words: Analysis, first: int, last: int) -> bool:
    kind, wanted = spec
    tokens = words.tokens[first : last + 1]
    if kind == "prefix":
        return first == last and tokens[0].startswith(_asked(wanted).tokens[0])
    if kind == "headline":
        shipped = [("exact", spelt) for name in ENTITIES[wanted].shipped for spelt in _capitals(name[1:])]
        return any(_stands_at(one, text, words, first, last) for one in [("entity", wanted), *shipped])
    if kind == "entity":
        names = [("exact", name[1:]) if name.startswith("=") else ("phrase", name) for name in ENTITIES[wanted].names]
        return any(_stands_at(name, text, words, first, last) for name in names)
    return any(_stands_spelt_at(kind, spelling, text, words, (first, last)) for spelling in _spellings(wanted))


def _capitals(name: str) -> list[str]:
    return [name.upper(), name.upper().replace("É", "E")]


@cache
def _spellings(wanted: str) -> tuple[str, ...]:
    """How the names that these queries ask for are also typeset."""
    tight = wanted.replace("Canal +", "Canal+").replace("CANAL +", "CANAL+")
    endings = [("otan.info", "otan.Info"), ("OTAN.Info", "OTAN.info"), ("free.tech", "free.Tech")]
    return tuple(
        dict.fromkeys(
            [
                wanted,
                tight,
                tight.replace("Canal+", "Canal +").replace("CANAL+", "CANAL +"),
                *(wanted.replace(one, other) for one, other in endings),
            ]
        )
    )


def _stands_spelt_at(kind: str, wanted: str, text: str, words: Analysis, place: tuple[int, int]) -> bool:
    first, last = place
    tokens = words.tokens[first : last + 1]
    asked = _asked(wanted)
    if kind == "word" and len(asked) == 1:
        return words.stems[first : last + 1] == asked.stems
    if len(asked) != len(tokens):
        return False
    if kind == "word":
        ends_agree = all(words.stems[place] == asked.stems[end] for place, end in ((first, 0), (last, -1)))
        return ends_agree and tokens[1:-1] == asked.tokens[1:-1]
    if kind == "exact":
        return _letters(text, words, range(first, last + 1)) == _letters(wanted, asked, range(len(asked)))
    return tokens == asked.tokens


def _letters(text: str, words: Analysis, positions: range) -> list[str]:
    return [exact_letters(text[slice(*words.place(position))]) for position in positions]


def _expected_filter(field: str, value: str, facts: ArticleFacts) -> bool:
    asked = f" {' '.join(analyse(value).tokens)} "
    if field == "source":
        names = [f" {' '.join(analyse(source.name).tokens)} " for source in facts.sources]
        hosts = {
            "https://www.numerama.com/feed/": ("numerama", "numerama.com"),
            "https://journal.example/rss": ("journal", "journal.example"),
        }
        return any(asked in name for name in names) or any(value.lower() in hosts.get(source.url, ()) for source in facts.sources)
    if field == "author":
        return facts.author is not None and asked in f" {' '.join(analyse(facts.author).tokens)} "
    if field == "tag":
        return any(asked == f" {' '.join(analyse(tag).tokens)} " for source in facts.sources for tag in source.tags)
    if field == "lang":
        language = (facts.language or "").lower().replace("_", "-")
        return language == value.lower() or language.startswith(value.lower() + "-")
    return value.lower() in facts.url.lower()


_PIECES = [
    *_WORDS,
    "Orange Business",
    "groupe Orange",
    "Alliance atlantique",
    "Alliance",
    "militaire",
    "l’",
    "d'",
    "qu’",
    "№",
    "e\u0301te\u0301",
    "Œuvres",
    "CONTRATS",
    "milit\u00adaire",
    "GPT‑5",
    "l'Organisation du traité de l’Atlantique Nord",
    "AND",
    "NEAR(",
    '"',
    "*",
    ":",
    "c++11",
    "Naturel",
    "OTAN.Les",
    "OTAN.Info",
    "Free.Tech",
    "FREE.TECH",
    "Canal +",
    "Canal",
    "canaux",
    "+",
    "+ 5",
    "info",
    "freemium",
    "OTAN",
    "contrat",
    "Nato",
    "militaire",
    "et",
    "x",
]
_BETWEEN = [" ", " ", " ", " ", ", ", "-", "–", "/", "\u00a0", "\u202f", ". ", "\n", " d'", " l’", " qu\u02bc", " d`", " l\uff07"]

TEXTS = st.lists(st.tuples(st.sampled_from(_COMMON) | st.sampled_from(_PIECES), st.sampled_from(_BETWEEN)), max_size=9).map(
    lambda pieces: "".join(piece + between for piece, between in pieces)
)
SOURCES = st.lists(
    st.sampled_from(
        [
            SourceFacts("Numerama", "https://www.numerama.com/feed/", ("tech",)),
            SourceFacts("La Gazette de l’IA", "https://www.gazette.fr/rss", ("Tech", "Défense")),
            SourceFacts("Le journal", "https://journal.example/rss", ("Intelligence-artificielle",)),
            SourceFacts("Free", "not a url", ()),
        ]
    ),
    max_size=2,
    unique=True,
).map(tuple)
TITLES = TEXTS | TEXTS.map(str.upper)
FACTS = st.builds(
    ArticleFacts,
    url=st.sampled_from(["https://example.org/a/1", "https://www.Example.org/b?id=1"]),
    author=st.sampled_from([None, "Marie Dupont", "Jean Du Pont et Marie"]),
    language=st.sampled_from([None, "fr", "fr-FR", "FR_ca", "en"]),
    time=st.integers(-50, 50).map(lambda hours: DAY + timedelta(hours=hours)),
    sources=SOURCES,
)
ARTICLES = st.lists(st.tuples(st.builds(analyse_article, TITLES, TEXTS), FACTS), min_size=4, max_size=4)
MANY_SPECS = st.tuples(SPECS, SPECS, SPECS, NEAR).map(list)
EXAMPLES_A_PORTION = 1_000
CASES_AN_EXAMPLE = 16
"""Four queries, one of them on nearness alone, each judged on four articles."""


def make_index(articles: list[AnalysedArticle]) -> sqlite3.Connection:
    """An index as the archive's, of articles numbered from 0."""
    database = sqlite3.connect(":memory:")
    tokenizer = f"ascii tokenchars '{TOKEN_SIGNS}'"
    database.execute(f"CREATE VIRTUAL TABLE t USING fts5(title, title_stems, text, text_stems, content='', tokenize=\"{tokenizer}\")")
    rows = [(number, *index_columns(article)) for number, article in enumerate(articles)]
    database.executemany("INSERT INTO t (rowid, title, title_stems, text, text_stems) VALUES (?, ?, ?, ?, ?)", rows)
    return database


def search(database: sqlite3.Connection, query: Query, judge: Callable[[int], bool]) -> set[int]:
    """The articles that the index finds; `judge` verifies where the index cannot say the same."""
    compiled = compile_expression(query)
    if compiled.expression is None:
        rows = database.execute("SELECT rowid FROM t").fetchall()
    else:
        rows = database.execute("SELECT rowid FROM t WHERE t MATCH ?", (compiled.expression,)).fetchall()
    return {row for (row,) in rows if compiled.exact or judge(row)}


def check_law(articles: list[tuple[AnalysedArticle, ArticleFacts]], specs: list[Spec]) -> None:
    """All five judge the same of every query and every article, and only a query that asks for something is read."""
    database = make_index([article for article, _ in articles])
    try:
        topics = []
        for spec in specs:
            text = write(spec)
            query = _read(text)
            assert (query is not None) == is_sayable(spec), text
            if query is None:
                continue
            hits = {row for row, (article, facts) in enumerate(articles) if expected(spec, article, facts)}
            assert {row for row, version in enumerate(articles) if holds(query, *version)} == hits, f"holds: {text}"
            assert {row for row, version in enumerate(articles) if explain(query, prepare(*version)) is not None} == hits, (
                f"explain: {text}"
            )
            assert search(database, query, partial(_holds, query, articles)) == hits, f"search: {text}"
            if "since:" not in text and "until:" not in text:
                topics.append((text, hits))
        _check_matcher(topics, articles)
    finally:
        database.close()


def _holds(query: Query, articles: list[tuple[AnalysedArticle, ArticleFacts]], row: int) -> bool:
    return holds(query, *articles[row])


def _check_matcher(topics: list[tuple[str, set[int]]], articles: list[tuple[AnalysedArticle, ArticleFacts]]) -> None:
    matcher = Matcher([Topic(str(number), text) for number, (text, _) in enumerate(topics)], ENTITIES)
    assert matcher.needs_facts == any(needs_facts(parse_query(text, ENTITIES)) for text, _ in topics)
    for row, (article, facts) in enumerate(articles):
        matched = {int(match.topic) for match in matcher.match(article, facts if matcher.needs_facts else None)}
        assert matched == {number for number, (_, hits) in enumerate(topics) if row in hits}, [text for text, _ in topics]


def _read(text: str) -> Query | None:
    try:
        return parse_query(text, ENTITIES, moments=MOMENTS)
    except QueryError:
        return None


def main(cases: int) -> None:
    """Judges about that many cases on all cores, with a line of progress."""
    portions = -(-cases // (EXAMPLES_A_PORTION * CASES_AN_EXAMPLE))
    first = random.SystemRandom().randrange(2**32)
    print(f"seeds {first} to {first + portions - 1}", file=sys.stderr)  # noqa: T201
    done = 0
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for examples in pool.map(judge_portion, range(first, first + portions)):
            done += examples * CASES_AN_EXAMPLE
            print(f"\r{done:>12,} of {cases:,} cases", end="", file=sys.stderr, flush=True)  # noqa: T201
    print(f"\n{done:,} cases: topics, search and the naive judge agree in all")  # noqa: T201


def judge_portion(number: int) -> int:
    """Judges a portion of its own seed; returns how many examples. Hypothesis remembers all that it tried, so a run has many portions."""
    done = 0

    @seed(number)
    @settings(
        max_examples=EXAMPLES_A_PORTION,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(ARTICLES, MANY_SPECS)
    def law(articles: list[tuple[AnalysedArticle, ArticleFacts]], specs: list[Spec]) -> None:
        nonlocal done
        check_law(articles, specs)
        done += 1

    law()
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
