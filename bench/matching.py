"""How many articles a second are analysed and matched, with 5, 1,000 and 10,000 topics. Run: python -m bench.matching.

Articles of about 4,000 characters and topics are made here, from a seeded random generator: no file, no network.
"""

from __future__ import annotations

import platform
import random
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from news.analysis import ANALYSIS_VERSION, analyse, analyse_article
from news.matching import Matcher
from news.topics import Entity, Topic

ARTICLES = 300
CHARACTERS = 4_000
TOPIC_COUNTS = (5, 1_000, 10_000)

COMMON = (
    "le la les de des du un une et à en dans sur pour par avec que qui ne pas plus son sa ses ce cette est sont a ont été l’entreprise "
    "d’un qu’il l’intelligence artificielle selon aussi mais comme aujourd’hui"
).split()
SYLLABLES = "ba bé ca ché da dé fo fé ga gra ja ki la lé ma mé mo na né pa pré qui ra ré sa sé si ta té ti tra va vé vi zo œu".split()
ENDINGS = "tion ment eur euse el elle al aux é ée és ant ante ique ité isme iste age if ive s".split()


def make_vocabulary(chance: random.Random, size: int = 30_000) -> list[str]:
    """Words that look French, the first ones the most frequent."""
    words = {"".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) + chance.choice(ENDINGS) for _ in range(size * 2)}
    return chance.sample(sorted(words), min(size, len(words)))


def make_text(chance: random.Random, vocabulary: list[str]) -> str:
    """A text in which half of the words are the commonest, and the others thin out as in real texts (Zipf)."""
    words: list[str] = []
    length = 0
    while length < CHARACTERS:
        word = chance.choice(COMMON) if chance.random() < 0.5 else vocabulary[int(len(vocabulary) ** chance.random()) - 1]
        word = word.capitalize() if chance.random() < 0.08 else word
        word += chance.choice(",. ") if chance.random() < 0.12 else ""
        words.append(word)
        length += len(word) + 1
    return " ".join(words)


def make_topic(chance: random.Random, number: int, vocabulary: list[str]) -> Topic:
    """One of five kinds of queries, over words of all frequencies."""

    def pick() -> str:
        return vocabulary[int(len(vocabulary) ** chance.uniform(0.5, 1)) - 1]

    kind = number % 5
    if kind == 0:
        query = f"@entity{number % 50} AND {pick()}"
    elif kind == 1:
        query = f'"{pick()} {pick()}" OR {pick()} {pick()}'
    elif kind == 2:  # noqa: PLR2004
        query = f"({pick()} OR {pick()} OR {pick()}) {pick()} -{pick()}"
    elif kind == 3:  # noqa: PLR2004
        query = f"={pick().capitalize()} {pick()}"
    else:
        query = f"{pick()} {pick()} {pick()}"
    return Topic(f"topic {number}", query)


def per_second(work: Callable[[], object], count: int) -> float:
    """Pieces of work per second, the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return count / best


def main() -> None:
    """Prints a line for the machine, one for the analysis, and one for each number of topics."""
    chance = random.Random(20260304)  # noqa: S311
    vocabulary = make_vocabulary(chance)
    texts = [make_text(chance, vocabulary) for _ in range(ARTICLES)]
    entities = {f"entity{n}": Entity(f"entity{n}", tuple(chance.choice(vocabulary[100:]) for _ in range(4))) for n in range(50)}
    print(f"{platform.machine()} {platform.processor() or platform.system()}, Python {platform.python_version()}, ", end="")
    print(f"SQLite {sqlite3.sqlite_version}, analysis version {ANALYSIS_VERSION}, one process")
    print(f"{ARTICLES} articles of {CHARACTERS:,} characters")
    start = time.perf_counter()
    for text in texts:
        analyse(text)
    print(f"analysis, words never seen before: {(time.perf_counter() - start) / ARTICLES * 1000:.2f} ms an article")
    print(f"analysis, words seen before: {1000 / per_second(lambda: [analyse(text) for text in texts], ARTICLES):.2f} ms an article")
    for count in TOPIC_COUNTS:
        start = time.perf_counter()
        matcher = Matcher([make_topic(chance, number, vocabulary) for number in range(count)], entities)
        compiling = time.perf_counter() - start
        matches = sum(len(matcher.match(analyse_article("", text))) for text in texts)
        speed = per_second(lambda matcher=matcher: [matcher.match(analyse_article("", text)) for text in texts], ARTICLES)  # type: ignore[misc]
        print(
            f"{count:6,} topics: {speed:7,.0f} articles/s with analysis, {matches / ARTICLES:.1f} matches an article, compiled in {compiling:.2f} s"
        )


if __name__ == "__main__":
    main()
