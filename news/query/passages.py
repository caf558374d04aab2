"""Passages: a piece of the original text around what was found, the finds between `[` and `]`, cut between words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from news.query.field import Field, Span
from news.query.finding import PreparedArticle, places, span
from news.query.tree import Node, Query, Term, positive_terms

SNIPPET_WIDTH = 240
"""Characters of a search result's snippet, about."""

_MOST_FINDS = 5000
_MOST_FINDS_OF_TERM = 1000
"""In one field; a bound on work for texts that repeat one word and queries of many, more than any reader looks at."""

_SPACE, _NO_SPACE = re.compile(r"\s"), re.compile(r"\S")

_LEAST_CUT_WORD = 30
"""A word longer than this (an address, a script without spaces) is cut in its middle rather than left out."""


def make_snippet(query: Query, article: PreparedArticle, width: int = SNIPPET_WIDTH) -> str:
    """The passage of the text (of the title, if the text has none) with the most different finds, all of them marked.

    Without any find, as for a query that does not match, it is the beginning of the text.
    """
    title, text = article.fields
    for field in (text, title):
        finds = list(islice(_finds(query, field), _MOST_FINDS))
        if finds:
            return make_passage(field.text, [span for _, span in finds], _densest(finds, width), width)
    return make_passage(text.text or title.text, [], (0, 0), width)


def make_passage(text: str, finds: Sequence[Span], around: Span, width: int) -> str:
    """About `width` characters of `text` around the span `around`, with every find inside marked, whitespace collapsed."""
    start, end = _window(text, around, width)
    pieces: list[str] = []
    place = start
    for find_start, find_end in merge_spans(finds):
        if find_start < place or find_end > end:
            continue
        pieces += [text[place:find_start], "[", text[find_start:find_end], "]"]
        place = find_end
    pieces.append(text[place:end])
    passage = " ".join("".join(pieces).split())
    before = "… " if _NO_SPACE.search(text, 0, start) else ""
    after = " …" if _NO_SPACE.search(text, end) else ""
    return f"{before}{passage}{after}"


def make_passage_of_all(text: str, finds: Sequence[Span], width: int) -> str:
    """A passage with all finds, which are in order and do not overlap; if they are far apart, a passage for each, one after the other."""
    whole = (finds[0][0], finds[-1][1])
    if whole[1] - whole[0] <= width:
        return make_passage(text, finds, whole, width)
    passages = [make_passage(text, finds, find, width // len(finds)) for find in finds]
    return " ".join([passages[0], *(passage.removeprefix("… ") for passage in passages[1:])])


def merge_spans(spans: Sequence[Span]) -> list[Span]:
    """The same places in order, without overlaps."""
    if len(spans) == 1:
        return [spans[0]]
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def list_places(root: Node, article: PreparedArticle) -> list[Span]:
    """Where in the text anything stands that a query asks for, in order; what it excludes is not asked for."""
    text = article.fields[1]
    found = [one for term in dict.fromkeys(positive_terms(root)) for one in _spans(term, text)]
    return merge_spans(found) if found else []


def _window(text: str, around: Span, width: int) -> Span:
    """Spreads the width evenly on both sides; what one side cannot use, the other gets."""
    spare = max(0, width - (around[1] - around[0]))
    start = max(0, around[0] - spare // 2)
    end = min(len(text), around[1] + spare - (around[0] - start))
    start = max(0, min(start, end - width))
    return _next_word_start(text, start, around[0]), _last_word_end(text, end, around[1])


def _next_word_start(text: str, start: int, limit: int) -> int:
    if start == 0 or text[start - 1].isspace():
        return start
    space = _SPACE.search(text, start, min(limit, start + _LEAST_CUT_WORD))
    if space is not None:
        return space.end()
    return limit if limit - start <= _LEAST_CUT_WORD else start


def _last_word_end(text: str, end: int, limit: int) -> int:
    if end >= len(text) or text[end].isspace():
        return end
    for index in range(end, max(limit, end - _LEAST_CUT_WORD), -1):
        if text[index - 1].isspace():
            return index - 1
    return limit if end - limit <= _LEAST_CUT_WORD else end


def _finds(query: Query, field: Field) -> Iterator[tuple[Term, Span]]:
    for term in dict.fromkeys(positive_terms(query.root)):
        yield from ((term, span) for span in _spans(term, field))


def _spans(term: Term, field: Field) -> list[Span]:
    if term.field is not None and term.field is not field.name:
        return []
    return [span(field, first, last) for first, last in islice(places(term, field), _MOST_FINDS_OF_TERM)]


def _densest(finds: list[tuple[Term, Span]], width: int) -> Span:
    """The stretch of text, at most `width` wide, with the most different terms, then the most finds, then the earliest."""
    ordered = sorted(finds, key=lambda find: find[1])
    best, best_score = ordered[0][1], (0, 0)
    inside: Counter[Term] = Counter()
    low = 0
    for high, (term, (_, end)) in enumerate(ordered):
        inside[term] += 1
        while low < high and end - ordered[low][1][0] > width:
            _leave(inside, ordered[low][0])
            low += 1
        score = (len(inside), high - low + 1)
        if score > best_score:
            best, best_score = (ordered[low][1][0], max(span[1] for _, span in ordered[low : high + 1])), score
    return best


def _leave(inside: Counter[Term], term: Term) -> None:
    inside[term] -= 1
    if not inside[term]:
        del inside[term]
