"""How many articles a second are analysed and matched, with 5 to 100,000 topics. Run `python -m bench.matching`.

Articles and topics are invented (`bench.french`), the same in every run: no file, no network, one core.

A topic is one of ten kinds of queries (`Inventor.topic`): two or three words joined by AND, a choice with OR, an entity of four names,
exact letters, a phrase, NEAR, the beginning of a word, a word of the title, an exclusion. Its words are drawn evenly over the logarithm
of their rank in Zipf's law, so the topics hold as many words of ranks 300 to 600 as of 30,000 to 60,000; the 300 commonest words, of
which nobody makes a topic, are left out. An article then matches one or two of 1,000 topics, and 140 of 100,000; as 140 alerts for every
article are more than most would bear, 100,000 are measured once more without the 1,000 commonest words: an article then matches 28, three
of 10,000. The hits and passages of every match are made.

Beside it, on the same topics in the same run: a loop over one regular expression for each topic, and the Aho-Corasick automaton of
`ahocorasick-rs` over all the literal names. Both only answer which literals occur, as letters: no word boundaries (the automaton), no
inflection, no accents put aside, no AND, no NOT, no NEAR, no passages.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import psutil
from ahocorasick_rs import AhoCorasick

from bench.common import print_figure, print_load, print_machine
from bench.french import VOCABULARY_SIZE, make_paragraphs, make_title, make_words, vocabulary
from news.query import EntityTerm, Matcher, Near, Term, parse_query, positive_terms
from news.text import ANALYSIS_VERSION, AnalysedArticle, analyse_article
from news.topics import Entity, Topic
from quivive.collector import calm_collector, leave_out_what_stays

CHARACTERS = 4_000
ENTITIES = 500
GOALS = {1_000: "2,000", 100_000: "400"}
"""Articles a second on one core, analysis included."""
_COMMONEST_RANK = 300
_COMMONEST_RARER_RANK = 1_000
_MOST_EXPRESSIONS = 1_000
_ARTICLES_FOR_EXPRESSIONS = 20


@dataclass(frozen=True, slots=True)
class Inventor:
    """Makes topics as people write them, of words as common as it is told."""

    chance: random.Random
    commonest_rank: int
    """Words that are more common are in no topic, but for phrases."""

    def word(self) -> str:
        """A word as common or as rare as chance will have it."""
        rank = self.commonest_rank * (VOCABULARY_SIZE / self.commonest_rank) ** self.chance.random()
        return vocabulary()[min(int(rank), VOCABULARY_SIZE - 1)]

    def phrase(self) -> str:
        """A word as common as in articles, grammar included, and one that says what it is about."""
        return f"{make_words(self.chance, 1)[0]} {self.word()}"

    def entities(self) -> dict[str, Entity]:
        """Entities of four names: three words, the first in exactly these letters, and a phrase."""
        keys = [f"entity{number}" for number in range(ENTITIES)]
        return {key: Entity(key, (f"={self.word()}", self.word(), self.word(), self.phrase())) for key in keys}

    def topic(self, number: int) -> Topic:
        """One of ten kinds of queries, in turn."""
        a, b, c, d = (self.word() for _ in range(4))
        queries = (
            f"{a} AND {b}",
            f"{a} AND {b} AND {c}",
            f"({a} OR {b} OR {c}) AND {d}",
            f"@entity{number // 10 % ENTITIES} AND {a}",
            f"({a} AND {b}) OR ({c} AND {d})",
            f'"{self.phrase()}"',
            f"{a} NEAR/8 ({b} OR {c})",
            f"{a[:5]}* AND {b}",
            f"title:{a} AND {b}",
            f"={a} AND {b} AND NOT {c}",
        )
        return Topic(f"topic {number}", queries[number % len(queries)])


@dataclass(frozen=True, slots=True)
class Taken:
    """CPU time and wall time of one round, in seconds."""

    cpu: float
    wall: float


def take(work: Callable[[], object]) -> Taken:
    """CPU time and wall time of doing the work once."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Taken(time.process_time() - cpu, time.perf_counter() - wall)


def print_speed(name: str, articles: int, rounds: Sequence[Taken], goal: str = "") -> None:
    """Articles a second, by CPU time and by the clock on the wall, which counts other programs too."""
    print_figure(f"{name}, CPU time", [articles / taken.cpu for taken in rounds], "articles/s", goal)
    print_figure(f"{name}, wall time", [articles / taken.wall for taken in rounds], "articles/s")


def measure_analysis(articles: list[tuple[str, str]], rounds: int) -> None:
    """The analysis alone, first with nothing remembered of the words, then again."""
    first = take(lambda: _analyse_all(articles))
    again = [take(lambda: _analyse_all(articles)) for _ in range(rounds)]
    print_figure("analysis alone, at the start", [first.cpu / len(articles) * 1000], "ms an article")
    print_figure("analysis alone, later", [taken.cpu / len(articles) * 1000 for taken in again], "ms an article")


def measure_topics(topics: list[Topic], entities: dict[str, Entity], articles: list[tuple[str, str]], rounds: int, kind: str = "") -> None:
    """Compiles the topics, and matches all articles against them, their analysis included."""
    name = f"{len(topics):,} topics{kind}"
    made: list[Matcher] = []
    compiling = take(lambda: made.append(Matcher(topics, entities)))
    matcher = made[0]
    matches = sum(len(matcher.match(article)) for article in _analyse_all(articles))
    print_speed(name, len(articles), [take(lambda: _match_all(matcher, articles)) for _ in range(rounds)], GOALS.get(len(topics), ""))
    print_figure(f"{name}, matches", [matches / len(articles)], "an article")
    print_figure(f"{name}, compiled once, CPU time", [compiling.cpu], "s")
    print_figure(f"{name}, memory of the whole program", [psutil.Process().memory_info().rss / 2**20], "MiB")


def measure_expressions(literals: list[list[str]], articles: list[tuple[str, str]], rounds: int) -> None:
    """A loop over one compiled regular expression for each topic."""
    expressions = [re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})", re.IGNORECASE) for names in literals]
    some = articles[:_ARTICLES_FOR_EXPRESSIONS]
    taken = [take(lambda: [[one.search(text) for one in expressions] for _, text in some]) for _ in range(rounds)]
    print_speed(f"{len(literals):,} topics, loop of re (literals only)", len(some), taken)


def measure_automaton(literals: list[list[str]], articles: list[tuple[str, str]], rounds: int) -> None:
    """One automaton of all literals of all topics, with all that overlap."""
    patterns = list(dict.fromkeys(name.lower() for names in literals for name in names))
    automaton = AhoCorasick(patterns)
    taken = [take(lambda: [_literals_in(automaton, title, text) for title, text in articles]) for _ in range(rounds)]
    print_speed(f"{len(literals):,} topics, ahocorasick-rs (literals only)", len(articles), taken)


def _literals_in(automaton: AhoCorasick, title: str, text: str) -> set[int]:
    return {pattern for pattern, _, _ in automaton.find_matches_as_indexes(f"{title}\n{text}".lower(), overlapping=True)}


def literals_of(topic: Topic, entities: dict[str, Entity]) -> list[str]:
    """What stands in a query to be found, letter for letter."""
    return [name for term in positive_terms(parse_query(topic.query, entities).root) for name in _literals(term)]


def _literals(term: Term) -> list[str]:
    if isinstance(term, EntityTerm):
        return [name for one in term.names for name in _literals(one)]
    if isinstance(term, Near):
        return [name for one in term.left + term.right for name in _literals(one)]
    return [term.name.removeprefix("title:").strip('="*')]


def _match_all(matcher: Matcher, articles: list[tuple[str, str]]) -> None:
    for title, text in articles:
        matcher.match(analyse_article(title, text))


def _analyse_all(articles: list[tuple[str, str]]) -> list[AnalysedArticle]:
    return [analyse_article(title, text) for title, text in articles]


def main() -> None:
    """Prints the machine, the analysis alone, and for each number of topics ours, then what only looks for literals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke run of seconds: shows that it works, its figures mean nothing")
    quick = parser.parse_args().quick
    counts, count_of_articles, rounds = ((5, 1_000), 30, 1) if quick else ((5, 1_000, 10_000, 100_000), 300, 5)
    calm_collector()  # as the program does
    leave_out_what_stays()
    chance = random.Random(20260304)
    articles = [(make_title(chance), "\n\n".join(make_paragraphs(chance, CHARACTERS))) for _ in range(count_of_articles)]
    inventor = Inventor(chance, _COMMONEST_RANK)
    entities = inventor.entities()
    topics = [inventor.topic(number) for number in range(counts[-1])]
    print_machine("ahocorasick-rs")
    print(f"{len(articles)} articles of {CHARACTERS:,} characters, analysis version {ANALYSIS_VERSION}; one core is used\n")
    measure_analysis(articles, rounds)
    for count in counts:
        print()
        measure_topics(topics[:count], entities, articles, rounds)
        gc.collect()
        literals = [literals_of(topic, entities) for topic in islice(topics, count)]
        measure_automaton(literals, articles, rounds)
        if count <= _MOST_EXPRESSIONS:
            measure_expressions(literals, articles, min(rounds, 3))
    rarer = Inventor(chance, _COMMONEST_RARER_RANK)
    print()
    measure_topics([rarer.topic(number) for number in range(counts[-1])], rarer.entities(), articles, rounds, " of rarer words")
    print()
    print_load()


if __name__ == "__main__":
    main()
