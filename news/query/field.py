"""A field of an article, its title or its text, ready to be asked what stands where."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from news.query.tree import Operand, TextField
from news.text.analysis import Analysis

Span: TypeAlias = tuple[int, int]
"""Where something stands in a text: its start and end, in characters."""
Place: TypeAlias = tuple[int, int]
"""Where something stands among the words of a field: the positions of its first and its last word."""
Alternatives: TypeAlias = tuple[Operand, ...]
"""Things of which one is wanted, as on either side of NEAR."""
Limits: TypeAlias = tuple[list[int], list[int]]
"""All positions where one of several things begins, and all where one ends, both in order."""

_MOST_CAPITALS = 0.8
"""The share of capitals among the letters of a title from which it is in capitals."""


@dataclass(frozen=True)
class Field:
    """One field of an article. What is known of its words is worked out when first asked for: a search asks for little of it."""

    name: TextField
    text: str
    words: Analysis
    repeated_stems: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    """Where a stem stands that stands in several places and was asked for."""
    letters: dict[int, str] = dataclasses.field(default_factory=dict)
    """The exact letters of words that were compared by their letters."""
    limits: dict[Alternatives, Limits] = dataclasses.field(default_factory=dict)
    """Of alternatives that were asked for, where they begin and where they end; many queries ask for the same ones."""

    @cached_property
    def is_headline(self) -> bool:
        """Whether it is a title all in capitals (but for a letter here and there, as in iPHONE), of two words at least."""
        if self.name is not TextField.TITLE:
            return False
        capitals = sum(map(str.isupper, self.text))
        return capitals >= _MOST_CAPITALS * (capitals + sum(map(str.islower, self.text))) and len(self.words) > 1

    @cached_property
    def first_token(self) -> dict[str, int]:
        """Where each token first stands."""
        return _first_places_of(self.words.tokens)

    @cached_property
    def first_stem(self) -> dict[str, int]:
        """Where each stem first stands."""
        return _first_places_of(self.words.stems)

    @cached_property
    def last_stem(self) -> dict[str, int]:
        """Where each stem stands last: most stand nowhere else than first."""
        return dict(zip(self.words.stems, range(len(self.words)), strict=True))

    @cached_property
    def ordered_tokens(self) -> list[str]:
        """The different tokens in alphabetical order."""
        return sorted(self.first_token)


def _first_places_of(words: tuple[str, ...]) -> dict[str, int]:
    return dict(zip(reversed(words), range(len(words) - 1, -1, -1), strict=True))
