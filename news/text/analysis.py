"""The one analysis of text. Topics, search and the index use the same tokens, so the same query finds the same articles everywhere.

A word is kept in two forms: folded as written (`tokens`), and with its inflection removed (`stems`). The position of a word is its
index; what is no word (elided articles, punctuation) has no position. Offsets point into the original text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from operator import attrgetter
from typing import NamedTuple

from news.text import one_byte
from news.text.inflection import stem
from news.text.remembering import Remembered
from news.text.tokens import IS_DIVIDER, TOKEN_SIGNS, cut_chunk, cut_text

__all__ = [
    "ANALYSIS_VERSION",
    "TOKEN_SIGNS",
    "AnalysedArticle",
    "Analysis",
    "Chunk",
    "KnownAnalysis",
    "analyse",
    "analyse_article",
    "index_columns",
    "joined",
    "joined_words",
    "read_chunk",
]

ANALYSIS_VERSION = 4
"""Raise it with every change to tokens or stems: an index made by another version must be rebuilt before it is searched."""

_LONGEST_REMEMBERED_CHUNK = 40
_MOST_REMEMBERED_WORDS = 3
"""Of a chunk. Chunks of more are rare, and seldom come again."""
_REMEMBERED_CHUNKS = 65_536
"""About 400 bytes each; some thousand news articles hold as many different ones."""


class Chunk(NamedTuple):
    """The words of one chunk; places are where each begins and ends in the chunk."""

    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


_tokens_of, _stems_of = attrgetter("tokens"), attrgetter("stems")


class Analysis:
    """The words of a text, in order: `tokens` and `stems` run in parallel.

    Each is worked out when first asked for, and so is where the words stand: most texts are only asked which words they hold.
    """

    def __init__(self, pieces: list[str]) -> None:
        """`pieces` are a text as `cut_text` cuts it."""
        self._pieces = pieces
        self._chunks = list(map(_remembered_chunks.__getitem__, pieces[1::2]))

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(map(_tokens_of, self._chunks)))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The words, folded and without their inflection."""
        return tuple(chain.from_iterable(map(_stems_of, self._chunks)))

    def first_tokens(self, count: int) -> Sequence[str]:
        """The first of `tokens`, for who needs no others."""
        return self.tokens[:count]

    def first_stems(self, count: int) -> Sequence[str]:
        """The first of `stems`, for who needs no others."""
        return self.stems[:count]

    def __len__(self) -> int:
        return len(self.tokens)

    def place(self, position: int) -> tuple[int, int]:
        """Where the word at that position begins and ends in the original text."""
        number = bisect_right(self._words_up_to, position)
        chunk = self._chunks[number]
        start, end = chunk.places[position - self._words_up_to[number] + len(chunk.places)]
        offset = self._chunk_starts[number]
        return offset + start, offset + end

    def places(self) -> list[tuple[int, int]]:
        """Where each word begins and ends."""
        return [self.place(position) for position in range(len(self))]

    @cached_property
    def _words_up_to(self) -> list[int]:
        """For each chunk the number of words up to its end."""
        return list(accumulate(map(len, map(_tokens_of, self._chunks))))

    @cached_property
    def _chunk_starts(self) -> list[int]:
        return list(accumulate(map(len, self._pieces)))[::2]


class KnownAnalysis(Analysis):
    """An analysis that was made before, perhaps in another process, and kept as `joined` gives it.

    The text is cut anew only where somebody asks where its words stand, which few do.
    """

    def __init__(self, text: str, tokens: str, stems: str) -> None:
        """`tokens` and `stems` are what `joined` gave for the analysis of this very text."""
        self._text = text
        self.joined_tokens = tokens
        self.joined_stems = stems

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return tuple(self.joined_tokens.split(" ")) if self.joined_tokens else ()

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The words, folded and without their inflection."""
        return tuple(self.joined_stems.split(" ")) if self.joined_stems else ()

    def first_tokens(self, count: int) -> Sequence[str]:
        """The first of `tokens`, in the same way as `first_stems`."""
        return self.joined_tokens.split(" ", count)[:count] if self.joined_tokens else ()

    def first_stems(self, count: int) -> Sequence[str]:
        """The first of `stems`; the others, of a text the most, are not taken apart for them."""
        return self.joined_stems.split(" ", count)[:count] if self.joined_stems else ()

    @cached_property
    def _pieces(self) -> list[str]:  # type: ignore[override] # a plain attribute in the parent; read only there
        return cut_text(self._text)

    @cached_property
    def _chunks(self) -> list[Chunk]:  # type: ignore[override]
        return list(map(_remembered_chunks.__getitem__, self._pieces[1::2]))


@dataclass(frozen=True, slots=True)
class AnalysedArticle:
    """One version of an article's title and text, with their words."""

    title: str
    text: str
    title_tokens: Analysis
    text_tokens: Analysis


_whole = [((0, length),) for length in range(_LONGEST_REMEMBERED_CHUNK + 1)]
"""The places of a single word that takes up its chunk of that length, made once: they are the greater part of what is remembered."""


def read_chunk(chunk: str) -> Chunk:
    """The words of one of the chunks into which `cut_text` cuts a text. It is not remembered."""
    words = cut_chunk(chunk)
    if len(words) != 1:
        tokens = tuple([word.text for word in words])
        return Chunk(tokens, tuple(map(stem, tokens)), tuple([(word.start, word.end) for word in words]))
    token, start, end = words[0]
    tokens, stemmed = (token,), stem(token)
    stems = tokens if stemmed == token else (stemmed,)
    is_whole = start == 0 and end == len(chunk) < len(_whole)
    return Chunk(tokens, stems, _whole[end] if is_whole else ((start, end),))


def _is_common(chunk: str, read: Chunk) -> bool:
    return len(chunk) <= _LONGEST_REMEMBERED_CHUNK and len(read.tokens) <= _MOST_REMEMBERED_WORDS


_remembered_chunks = Remembered(read_chunk, _REMEMBERED_CHUNKS, _is_common)


_DIVIDED, _ = one_byte.tables(lambda character: " " if IS_DIVIDER.match(character) else character)
_DECIMAL_COMMA = re.compile(rb",(?<=[0-9],)(?=[0-9])")
"""Begins with the comma, so that the text is searched for that alone."""
_KEPT_COMMA = b"\x1a"
"""Stands for a comma between two digits, which divides nothing; it is a control character that no text has."""


def _read_joined(chunk: bytes) -> tuple[str, str]:
    """The tokens and the stems of a chunk, each followed by a space."""
    read = read_chunk(one_byte.as_text(chunk.replace(_KEPT_COMMA, b",")))
    tokens, stems = ("".join(f"{word} " for word in words) for words in (read.tokens, read.stems))
    return tokens, tokens if tokens == stems else stems


_remembered_joined = Remembered(_read_joined, _REMEMBERED_CHUNKS, lambda chunk, _: len(chunk) <= _LONGEST_REMEMBERED_CHUNK)


def joined_words(text: str) -> tuple[str, str]:
    """What `joined` gives for the analysis of `text`, in less than half the time where `one_byte.CHARACTERS` are all that it has."""
    letters = one_byte.as_bytes(text)
    if letters is None or b"+" in letters or _KEPT_COMMA in letters:
        return joined(analyse(text))
    chunks = _DECIMAL_COMMA.sub(_KEPT_COMMA, letters).translate(_DIVIDED).split()
    words = list(map(_remembered_joined.__getitem__, chunks))
    return "".join([tokens for tokens, _ in words])[:-1], "".join([stems for _, stems in words])[:-1]


def analyse(text: str) -> Analysis:
    """The words of `text`. Any string will do; the cost grows with its length only."""
    return Analysis(cut_text(text))


def analyse_article(title: str, text: str) -> AnalysedArticle:
    """Analyses both fields of an article; positions in title and text are counted apart."""
    return AnalysedArticle(title, text, analyse(title), analyse(text))


def joined(analysis: Analysis) -> tuple[str, str]:
    """The tokens and the stems, each as one text: words hold no space. A quarter of the memory that tuples take."""
    if isinstance(analysis, KnownAnalysis):
        return analysis.joined_tokens, analysis.joined_stems
    return " ".join(analysis.tokens), " ".join(analysis.stems)


def index_columns(analysed: AnalysedArticle) -> tuple[str, str, str, str]:
    """What the full-text index stores: title, title_stems, text, text_stems, each word followed by one space and the next.

    Words hold no space, quote or NUL; a tokenizer that keeps letters, digits, `TOKEN_SIGNS` and everything beyond ASCII
    together finds exactly these words at exactly these positions.
    """
    return *joined(analysed.title_tokens), *joined(analysed.text_tokens)
