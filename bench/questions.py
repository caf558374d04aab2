"""Queries for the program that measures search: every form of question, each asked once and never again.

Words are drawn from all ranks of a Zipf vocabulary (`bench/french.py`); what must stand side by side or near one another is taken from
the texts themselves, so that there is something to be found.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product

from bench.big_archive import SOURCES
from bench.french import vocabulary
from news.text import analyse
from news.topics import Entity

_COMMONEST, _RAREST = 80, 20_000
"""Ranks between which words are drawn, evenly on a logarithmic scale: news words up to words that two articles of a thousand hold."""
_COMMONEST_NAME = 400
"""Names are rarer: the word of this rank stands in one article of eight, that of rank 4,000 in one of eighty."""
_OF_A_TENTH = range(360, 660)
"""Ranks of the words that a tenth of all articles hold: from one in seven to one in thirteen."""
_BEGINNING = 4
_REALISTIC_BREADTH = range(5, 61)
"""Words that four letters cover. In the French vocabulary of the Snowball project (18,839 words of more than four letters) a word shares
its first four letters with 10 words in the median, of 90 % with 1 to 58; the invented vocabulary has beginnings that are far broader."""
_APART = 10
_MOST_TRIES = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: in the program's language, and as an FTS5 expression for one table of title and text.

    Where FTS5 cannot say the same (`said_by_fts5` is False), its expression is of the words alone.
    """

    query: str
    plain: str
    said_by_fts5: bool = True
    entities: Mapping[str, Entity] = field(default_factory=dict)


@cache
def _ranks() -> dict[str, int]:
    return {word: rank for rank, word in enumerate(vocabulary())}


@cache
def _beginnings() -> Counter[str]:
    """How many words begin with the same letters; nobody asks for those that grammar begins with (`pour*`)."""
    beginnings = Counter(_folded(word)[:_BEGINNING] for word in vocabulary())
    for word in vocabulary()[:_COMMONEST]:
        beginnings.pop(_folded(word)[:_BEGINNING], None)
    return beginnings


def _folded(word: str) -> str:
    return analyse(word).tokens[0]


def words_covered(asked: Asked) -> int:
    """How many words of the vocabulary begin as a question of the form `prefix` asks."""
    return _beginnings()[asked.query.removesuffix("*")]


def draw(chance: random.Random, commonest: int = _COMMONEST) -> str:
    """A word of the vocabulary; the rare ones are as likely to be drawn as the common ones, by the logarithm of their rank."""
    return vocabulary()[int(commonest * (_RAREST / commonest) ** chance.random())]


class Inquirer:
    """Thinks of questions about the texts of a table `plain` (rowid, title, text); none comes twice."""

    def __init__(self, chance: random.Random, connection: sqlite3.Connection) -> None:
        self.chance = chance
        self._connection = connection
        self._last = connection.execute("SELECT max(rowid) FROM plain").fetchone()[0]
        self._known: set[tuple[str, str]] = set()

    def ask(self, form: str) -> Asked:
        """A question of one of the `FORMS` that was not asked before."""
        for _ in range(_MOST_TRIES):
            asked = FORMS[form](self)
            if (asked.query, asked.plain) not in self._known:
                self._known.add((asked.query, asked.plain))
                return asked
        raise SystemExit(f"there are not enough different questions of the form {form!r}; ask for fewer with --queries")

    def find_pair(self, apart: int, first_from: int = _COMMONEST) -> tuple[str, str]:
        """Two words of one text, at most so far apart, in their order; the first is of that rank or rarer, the second no grammar."""
        while True:
            number = self.chance.randint(1, self._last)
            words = self._connection.execute("SELECT text FROM plain WHERE rowid = ?", (number,)).fetchone()[0].split()
            place = self.chance.randrange(len(words) - apart)
            one, two = words[place], words[place + self.chance.randint(1, apart)]
            is_near = one.isalpha() and _ranks().get(one, -1) >= first_from and _ranks().get(two, -1) >= _COMMONEST
            if is_near and one != two:
                return one, two


def ask_two_words(inquirer: Inquirer) -> Asked:
    """Two words that need not stand in one article: that few hold both is what makes it dear."""
    one, two = draw(inquirer.chance), draw(inquirer.chance)
    return Asked(f"{one} {two}", f'"{one}" "{two}"')


def ask_phrase(inquirer: Inquirer) -> Asked:
    """Two words that stand side by side somewhere; the first may be any, grammar too."""
    one, two = inquirer.find_pair(1, first_from=-1)
    return Asked(f'"{one} {two}"', f'"{one} {two}"')


def ask_boolean(inquirer: Inquirer) -> Asked:
    """One of two words, a third, and not a fourth."""
    one, two, three, four = (draw(inquirer.chance) for _ in range(4))
    return Asked(f"({one} OR {two}) AND {three} AND NOT {four}", f'("{one}" OR "{two}") AND "{three}" NOT "{four}"')


def ask_near(inquirer: Inquirer) -> Asked:
    """Two words that are near one another somewhere, in any order."""
    one, two = inquirer.find_pair(_APART)
    return Asked(f"{one} NEAR/{_APART} {two}", _near([one], [two]))


def ask_ordered_near(inquirer: Inquirer) -> Asked:
    """The same, in the order in which they stood."""
    one, two = inquirer.find_pair(_APART)
    return Asked(f"{one} ONEAR/{_APART} {two}", _near([one], [two]), said_by_fts5=False)


def ask_near_group(inquirer: Inquirer) -> Asked:
    """One of three words near a fourth."""
    one, two = inquirer.find_pair(_APART)
    group = [one, draw(inquirer.chance), draw(inquirer.chance)]
    return Asked(f"({' OR '.join(group)}) NEAR/{_APART} {two}", _near(group, [two]))


def _near(left: list[str], right: list[str]) -> str:
    """FTS5 counts the words between, the program the steps from word to word."""
    return " OR ".join(f'NEAR("{one}" "{two}", {_APART - 1})' for one, two in product(left, right))


def ask_entity(inquirer: Inquirer) -> Asked:
    """Any of eight names: five words and three pairs of words."""
    names = [draw(inquirer.chance, _COMMONEST_NAME) for _ in range(5)]
    names += [" ".join(inquirer.find_pair(1)) for _ in range(3)]
    return Asked("@someone", " OR ".join(f'"{name}"' for name in names), entities={"someone": Entity("someone", tuple(names))})


def ask_prefix(inquirer: Inquirer) -> Asked:
    """The first four letters of a word, if they cover as many words as four letters do in French."""
    while True:
        beginning = _folded(draw(inquirer.chance))[:_BEGINNING]
        if len(beginning) == _BEGINNING and _beginnings()[beginning] in _REALISTIC_BREADTH:
            return Asked(f"{beginning}*", f'"{beginning}" *')


def ask_common_word(inquirer: Inquirer) -> Asked:
    """A word that about a tenth of all articles hold."""
    word = vocabulary()[inquirer.chance.choice(_OF_A_TENTH)]
    return Asked(word, f'"{word}"')


def ask_word_of_source(inquirer: Inquirer) -> Asked:
    """A word, in what one source has shown."""
    word = draw(inquirer.chance)
    return Asked(f"{word} source:source{inquirer.chance.randint(1, SOURCES)}", f'"{word}"', said_by_fts5=False)


FORMS: dict[str, Callable[[Inquirer], Asked]] = {
    "two words": ask_two_words,
    "phrase": ask_phrase,
    "boolean": ask_boolean,
    "NEAR": ask_near,
    "ONEAR": ask_ordered_near,
    "NEAR with a group": ask_near_group,
    "entity of 8 names": ask_entity,
    "prefix": ask_prefix,
    "common word": ask_common_word,
    "word of a source": ask_word_of_source,
}
