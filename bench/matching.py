"""How many articles a second are analysed and matched, with 5 to 100,000 topics. Run `python -m bench.matching`.

Articles of about 4,000 characters and topics are invented (`bench.french`), the same in every run: no file, no network.
"""

from __future__ import annotations

import os
import platform
import random
import time
from collections.abc import Callable

from bench.french import VOCABULARY_SIZE, make_paragraphs, make_title, vocabulary
from news.analysis import ANALYSIS_VERSION, AnalysedArticle, analyse, analyse_article
from news.matching import Matcher
from news.topics import Entity, Topic

ARTICLES = 300
CHARACTERS = 4_000
TOPIC_COUNTS = (5, 1_000, 10_000, 100_000)
ENTITIES = 50
_TOO_COMMON = 1_000
"""The first words by rank are grammar, and words that are in every tenth article: of those alone nobody makes a topic."""


def make_entities(chance: random.Random) -> dict[str, Entity]:
    """Entities of four names each."""
    keys = [f"entity{number}" for number in range(ENTITIES)]
    return {key: Entity(key, tuple(_pick(chance) for _ in range(4))) for key in keys}


def make_topic(chance: random.Random, number: int) -> Topic:
    """One of five kinds of queries, over words of all frequencies."""
    a, b, c, d, e = (_pick(chance) for _ in range(5))
    queries = (
        f"@entity{number % ENTITIES} AND {a}",
        f'"{a} {b}" OR {c} {d}',
        f"({a} OR {b} OR {c}) {d} -{e}",
        f"={a.capitalize()} {b}",
        f"{a} {b} {c}",
    )
    return Topic(f"topic {number}", queries[number % len(queries)])


def measure_topics(count: int, articles: list[tuple[str, str]], chance: random.Random) -> str:
    """Compiles so many topics and matches all articles against them, their analysis included."""
    entities = make_entities(chance)
    topics = [make_topic(chance, number) for number in range(count)]
    start = time.perf_counter()
    matcher = Matcher(topics, entities)
    compiling = time.perf_counter() - start
    matches = sum(len(matcher.match(article)) for article in _analyse_all(articles)) / len(articles)
    seconds = _best_seconds(lambda: [matcher.match(article) for article in _analyse_all(articles)])
    speed = len(articles) / seconds
    return (
        f"{count:6,} topics: {speed:6,.0f} articles/s, analysis included; {matches:.1f} matches an article; compiled in {compiling:.2f} s"
    )


def measure_analysis(articles: list[tuple[str, str]]) -> str:
    """Analyses all texts, first with nothing remembered of their words, then again."""
    start = time.perf_counter()
    for _, text in articles:
        analyse(text)
    first = time.perf_counter() - start
    again = _best_seconds(lambda: [analyse(text) for _, text in articles])
    return f"analysis: {first / len(articles) * 1000:.2f} ms an article at the start, {again / len(articles) * 1000:.2f} ms later"


def _pick(chance: random.Random) -> str:
    """A word as common or as rare as chance will have it."""
    rank = _TOO_COMMON * (VOCABULARY_SIZE / _TOO_COMMON) ** chance.random()
    return vocabulary()[min(int(rank), VOCABULARY_SIZE - 1)]


def _analyse_all(articles: list[tuple[str, str]]) -> list[AnalysedArticle]:
    return [analyse_article(title, text) for title, text in articles]


def _best_seconds(work: Callable[[], object]) -> float:
    """The best of three rounds: what else runs on the machine can only slow it down."""
    rounds = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - start)
    return min(rounds)


def main() -> None:
    """Prints the machine, the analysis alone, and a line for each number of topics."""
    chance = random.Random(20260304)
    articles = [(make_title(chance), "\n\n".join(make_paragraphs(chance, CHARACTERS))) for _ in range(ARTICLES)]
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores (one is used), Python {platform.python_version()}")
    print(f"{ARTICLES} articles of {CHARACTERS:,} characters, analysis version {ANALYSIS_VERSION}")
    print(measure_analysis(articles))
    for count in TOPIC_COUNTS:
        print(measure_topics(count, articles, chance))


if __name__ == "__main__":
    main()
