"""What inflection joins: on a vocabulary, how many words fall together, and which of them are not forms of one word.

    python -m bench.inflection VOCABULARY      a text; its words are taken, with their accents

And what it should join: how many of the feminines in `bench/feminines.txt` (offices, trades, peoples) are found by their masculine.

A pair of words with one stem is, as far as their spelling tells,
- regular: a plural, a feminine, a form of the same participle;
- the same letters, other accents (`cote`, `côté`): equal by intent, since people type without accents;
- a participle and the present tense or a noun (`annonce`, `annoncé`): the same, since `annoncé` is also typed `annonce`;
- a participle and another word (`accident`, `accidenté`), whose folded form looks like a feminine: a false join.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

from news.text import analyse

_WORD = re.compile(r"[^\W\d_]+")
_PARTICIPLE = re.compile(r"é(?:e|s|es)?$")
_PRESENT = re.compile(r"es?$")

FEMININES = Path(__file__).with_name("feminines.txt")
KINDS = ("regular", "other accents", "participle and present or noun", "participle and another word")


def find_families(text: str) -> list[list[str]]:
    """The distinct words of a text that share a stem, of stems that have several."""
    families: dict[str, set[str]] = {}
    for word in set(_WORD.findall(text.lower())):
        words = analyse(word)
        if len(words) == 1:
            families.setdefault(words.stems[0], set()).add(word)
    return [sorted(family) for _, family in sorted(families.items()) if len(family) > 1]


def judge_pair(one: str, other: str) -> str:
    """Which of `KINDS` a pair of words with one stem is."""
    if analyse(one).tokens == analyse(other).tokens:
        return "other accents"
    participles = [word for word in (one, other) if _PARTICIPLE.search(word)]
    if len(participles) != 1:
        return "regular"
    (rest,) = {one, other} - set(participles)
    return "participle and present or noun" if _PRESENT.search(rest) else "participle and another word"


def count_joins(text: str) -> tuple[Counter[str], list[str]]:
    """How many pairs of each kind a vocabulary holds, and the false joins."""
    counts: Counter[str] = Counter()
    false_joins = []
    for family in find_families(text):
        for one, other in combinations(family, 2):
            kind = judge_pair(one, other)
            counts[kind] += 1
            if kind == KINDS[-1]:
                false_joins.append(f"{one} = {other}")
    return counts, false_joins


def missed_feminines(text: str) -> tuple[list[str], int]:
    """The feminines that are not found by their masculine, of lines that hold both, and how many there are in all."""
    missed, count = [], 0
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            masculine, *feminines = line.split()
            count += len(feminines)
            missed += [f"{masculine} {feminine}" for feminine in feminines if analyse(masculine).stems != analyse(feminine).stems]
    return missed, count


def main(vocabulary: Path) -> None:
    """Prints the counts and the false joins."""
    text = vocabulary.read_text(encoding="utf-8")
    counts, false_joins = count_joins(text)
    print(f"{len(set(_WORD.findall(text.lower()))):,} words, {len(find_families(text)):,} families of several, {counts.total():,} pairs")
    for kind in KINDS:
        print(f"{counts[kind]:>7,}  {kind}")
    print("false joins: " + "; ".join(false_joins))
    missed, count = missed_feminines(FEMININES.read_text(encoding="utf-8"))
    print(f"{count - len(missed)} of {count} feminines are found by their masculine{': not ' if missed else ''}{', '.join(missed)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
