"""The one analysis of text. Topics, search and the index use the same tokens, so the same query finds the same articles everywhere.

A word is kept in two forms: folded as written (`tokens`), and with its inflection removed (`stems`). The position of a word is its
index; what is no word (elided articles, punctuation) has no position. Offsets point into the original text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from news.inflection import stem
from news.tokens import TOKEN_SIGNS, cut_chunk, find_chunks

__all__ = ["ANALYSIS_VERSION", "TOKEN_SIGNS", "AnalysedArticle", "Analysis", "analyse", "analyse_article", "index_columns"]

ANALYSIS_VERSION = 2
"""Raise it with every change to tokens or stems: an index made by another version must be rebuilt before it is searched."""

_LONGEST_REMEMBERED_CHUNK = 40
_REMEMBERED_CHUNKS = 32_768


@dataclass(frozen=True, slots=True)
class Analysis:
    """The words of a text, in order. All four run in parallel; `starts` and `ends` are offsets into the original text."""

    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True, slots=True)
class AnalysedArticle:
    """One version of an article's title and text, with their words."""

    title: str
    text: str
    title_tokens: Analysis
    text_tokens: Analysis


def analyse(text: str) -> Analysis:
    """The words of `text`. Any string will do; the cost grows with its length only."""
    tokens: list[str] = []
    stems: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in find_chunks(text):
        chunk = match.group()
        words = _remembered_words(chunk) if len(chunk) <= _LONGEST_REMEMBERED_CHUNK else _words(chunk)
        offset = match.start()
        for token, word_stem, start, end in words:
            tokens.append(token)
            stems.append(word_stem)
            starts.append(offset + start)
            ends.append(offset + end)
    return Analysis(tuple(tokens), tuple(stems), tuple(starts), tuple(ends))


def analyse_article(title: str, text: str) -> AnalysedArticle:
    """Analyses both fields of an article; positions in title and text are counted apart."""
    return AnalysedArticle(title, text, analyse(title), analyse(text))


def index_columns(analysed: AnalysedArticle) -> tuple[str, str, str, str]:
    """What the full-text index stores: title, title_stems, text, text_stems, each word followed by one space and the next.

    Words hold no space, quote or NUL; a tokenizer that keeps letters, digits, `TOKEN_SIGNS` and everything beyond ASCII
    together finds exactly these words at exactly these positions.
    """
    title, text = analysed.title_tokens, analysed.text_tokens
    return " ".join(title.tokens), " ".join(title.stems), " ".join(text.tokens), " ".join(text.stems)


def _words(chunk: str) -> tuple[tuple[str, str, int, int], ...]:
    return tuple((token.text, stem(token.text), token.start, token.end) for token in cut_chunk(chunk))


_remembered_words = lru_cache(maxsize=_REMEMBERED_CHUNKS)(_words)
