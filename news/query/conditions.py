"""Makes the conditions of a query, such as `source:numerama` and `since:7d`, and tells whether a filter holds for an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from news.articles import ArticleFacts, SourceFacts
from news.query.lexer import Kind, Lexeme
from news.query.moments import MomentParser, read_moment
from news.query.terms import MisreadError
from news.query.tree import Condition, Fact, Filter, Since, Until
from news.text.analysis import analyse
from news.wording import Wording

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{1,8}){0,5}", re.IGNORECASE)
_VALUES: Final = frozenset({Kind.WORD, Kind.PHRASE, Kind.VALUE})
_MOMENTS: Final = Wording("a date (2026-03-01), a date with time (2026-03-01T10:15) or an age (30s 15m 12h 7d 4w)")


def make_condition(field: Lexeme, lexeme: Lexeme, moments: MomentParser | None) -> Condition:
    """The condition of `field` for the value that was typed after it. Raises MisreadError."""
    if lexeme.kind not in _VALUES:
        raise MisreadError(
            Wording(
                "{written} cannot stand after {field}; expected a value as it is, or in quotes", written=lexeme.source, field=field.source
            )
        )
    name = field.source + lexeme.source
    if field.text in {"since", "until"}:
        return _make_time(name, field, lexeme, moments)
    fact = Fact(field.text)
    if fact is Fact.URL:
        return _make_url(name, lexeme)
    if fact is Fact.LANGUAGE:
        return _make_language(name, lexeme)
    tokens = analyse(lexeme.text).tokens
    if not tokens:
        raise MisreadError(Wording("there is no word in {written}; expected letters or digits", written=lexeme.source))
    return Filter(name, fact, lexeme.text, tokens)


def _make_time(name: str, field: Lexeme, lexeme: Lexeme, moments: MomentParser | None) -> Since | Until:
    if moments is None:
        raise MisreadError(
            Wording(
                "{written} cannot be asked here: a topic judges articles as they come; expected it only in a search of the archive",
                written=field.source,
            )
        )
    try:
        if field.text == "since":
            return Since(name, read_moment(moments.since, lexeme.text))
        return Until(name, read_moment(moments.until, lexeme.text))
    except ValueError as error:
        raise MisreadError(Wording("{written} is no moment; expected {moments}", written=lexeme.source, moments=_MOMENTS)) from error


def _make_url(name: str, lexeme: Lexeme) -> Filter:
    part = lexeme.text.strip().lower()
    if not part or "*" in part:
        raise MisreadError(
            Wording("{written} is no part of an address; expected one without *, such as url:example.org/politique", written=lexeme.source)
        )
    return Filter(name, Fact.URL, part, ())


def _make_language(name: str, lexeme: Lexeme) -> Filter:
    code = lexeme.text.strip()
    if _LANGUAGE.fullmatch(code) is None:
        raise MisreadError(
            Wording("{written} is no code of a language; expected one of two or three letters, such as lang:fr", written=lexeme.source)
        )
    return Filter(name, Fact.LANGUAGE, "-".join(_subtags(code)), ())


def found_fact(condition: Filter, facts: ArticleFacts) -> str | None:
    """The fact that fulfils a filter, such as the name of a source; None if none does."""
    return next(_found_facts(condition, facts), None)


def _found_facts(condition: Filter, facts: ArticleFacts) -> Iterator[str]:
    fact, tokens = condition.fact, condition.tokens
    if fact is Fact.SOURCE:
        yield from (source.name for source in facts.sources if _is_source(condition, source))
    elif fact is Fact.TAG:
        yield from (tag for source in facts.sources for tag in source.tags if analyse(tag).tokens == tokens)
    elif fact is Fact.AUTHOR and facts.author is not None and _stands_in(tokens, analyse(facts.author).tokens):
        yield facts.author
    elif fact is Fact.LANGUAGE and facts.language is not None and _is_language(condition.value, facts.language):
        yield facts.language
    elif fact is Fact.URL and condition.value in facts.url.lower():
        yield facts.url


def _is_source(condition: Filter, source: SourceFacts) -> bool:
    return _stands_in(condition.tokens, analyse(source.name).tokens) or _is_host(condition.value, urlsplit(source.url).hostname or "")


def _is_host(value: str, host: str) -> bool:
    """Whether the labels of `value` stand in the host. The ending alone (`fr`), or `www`, names nobody."""
    labels = tuple(label for label in host.lower().split(".") if label != "www")
    wanted = tuple(label for label in value.strip().lower().split(".") if label != "www")
    return bool(wanted) and (_stands_in(wanted, labels[:-1]) or (len(wanted) > 1 and _stands_in(wanted, labels)))


def _is_language(wanted: str, language: str) -> bool:
    """Basic filtering of RFC 4647: `fr` is also fr-FR, `fr-ca` is not fr-FR."""
    subtags = tuple(wanted.split("-"))
    return tuple(_subtags(language.strip()))[: len(subtags)] == subtags


def _subtags(language: str) -> list[str]:
    return language.lower().replace("_", "-").split("-")


def _stands_in(words: tuple[str, ...], among: tuple[str, ...]) -> bool:
    count = len(words)
    return any(among[first : first + count] == words for first in range(len(among) - count + 1))
