"""Walls that are known by repetition: one text under several titles, that speaks of none of them.

Whether a single page's text is an article's at all is told in `news.earning`.
"""

from __future__ import annotations

import re

from news.fingerprints import normalise_text

TITLES_THAT_UNMASK = 3
"""A text seen under this many different titles is no identity, and a wall where those titles do not speak of it."""

LEAST_TELLING_LETTERS = 4
"""Shorter words stand in any text."""

_LONG_WORD = re.compile(rf"\w{{{LEAST_TELLING_LETTERS},}}")


def speaks_of(text: str, title: str) -> bool:
    """Whether at least half of the title's longer words stand in the text, as they do in an article and not in a wall."""
    words = set(_LONG_WORD.findall(normalise_text(title)))
    if not words:
        return True
    present = words & set(_LONG_WORD.findall(normalise_text(text)))
    return 2 * len(present) >= len(words)
