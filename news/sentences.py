"""Texts as sentences, and sentences as words that are the same however they are set: to tell what two texts say otherwise. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from news.fingerprints import fold_text

_END = re.compile(r"\n+|(?<=[.!?…])(?:[ \u00a0\u202f]?[»”\"’)\]])*[ \t\u00a0\u202f]++(?=[«“\"(\[—–-]*+[ \t\u00a0\u202f]*+[A-ZÀ-ÖØ-ÞŒ0-9])")
"""A line's end, or a full stop with what closes behind it, where what follows begins a sentence. What is repeated gives nothing back: a
page with thousands of spaces in a row would take minutes."""
_ABBREVIATED = re.compile(r"(?:^|[\s('’«.-])(?:[A-ZÉ]|MM?|Mmes?|Mlle|Drs?|Mgr|Me|St|Ste|Mr|Mrs|Ms|art|cf|env|n|p|vol)\.$")
"""What has a full stop that ends no sentence: initials and titles."""
_PROSE_END = re.compile(r"[.!?…][»”\"’)\]\s]*$")

_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:[ \u00a0\u202f\u2009'’]|(?<=\d)\.(?=\d{3}))\d{3})+(?![\d])")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}) ?(?:h(?:eures?)?|:) ?([0-5]\d)?(?![\d:\w])")
_WORD = re.compile(r"(?:(?<![\w)])[-\u2212](?=\d))?\d+(?:[.,]\d+)?(?:h\d*)?|[^\W\d_]+|[%€$£¥]")
_PER_CENT = re.compile(r"(?<=\d) ?(?:pour cent|per cent|percent)\b")

_MONEY = re.compile(r"(?:\bd(?:e |['’]))?\b(?:(euros?)|dollars?)\b")

_SAME = {
    "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8", "neuf": "9", "dix": "10",
    "onze": "11", "douze": "12", "treize": "13", "quatorze": "14", "quinze": "15", "seize": "16", "vingt": "20", "trente": "30",
    "quarante": "40", "cinquante": "50", "soixante": "60", "cent": "100", "mille": "1000",
    "two": "2", "three": "3", "four": "4", "five": "5", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
"""Words that are also written in another way, which says nothing else."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a line that is none, of a text: where it stands there, its words, and whether it ends as sentences do."""

    start: int
    end: int
    words: tuple[str, ...]
    is_prose: bool


def split_words(text: str) -> tuple[str, ...]:
    """The words of a text, case, accents, punctuation and the way in which numbers, times and amounts are written aside.

    Unlike the words of the index, they hold what small words say (« ne », « n’ »), and signs that belong to numbers.
    """
    folded = _GROUPED.sub(_ungroup, fold_text(text))
    folded = _MONEY.sub(lambda found: "€" if found[1] else "$", _CLOCK.sub(_tell_clock, _PER_CENT.sub("%", folded)))
    return tuple(_SAME.get(word, word) for word in (found.replace(",", ".").replace("\u2212", "-") for found in _WORD.findall(folded)))


def _ungroup(number: re.Match[str]) -> str:
    return re.sub(r"\D", "", number[0])


def _tell_clock(time: re.Match[str]) -> str:
    return f"{int(time[1])}h{time[2] or '00'}"


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text in order, without those that hold no word."""
    return tuple(
        Sentence(start, end, words, bool(_PROSE_END.search(text, start, end)))
        for start, end in _spans(text)
        if (words := split_words(text[start:end]))
    )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _END.finditer(text):
        ends_line = "\n" in gap[0]
        if not ends_line and _ABBREVIATED.search(text[max(0, gap.start() - 12) : gap.start()]):
            continue
        end = gap.start() if ends_line else gap.end()
        yield start, end
        start = gap.end()
    yield start, len(text)
