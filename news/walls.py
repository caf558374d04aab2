"""Walls that are known by repetition: one text under several titles, that speaks of none of them.

Whether a single page's text is an article's at all is told in `news.earning`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from news.fingerprints import normalise_text
from news.sources import Problem

TITLES_THAT_UNMASK = 3
"""A text seen under this many different titles is no identity, and a wall where those titles do not speak of it."""

LEAST_TELLING_LETTERS = 4
"""Shorter words stand in any text."""

UNMASKED = Problem("wall", "the page shows the same text as other articles; the feed's text is kept")
"""Why a page that was taken for an article's is given up after all."""

_LONG_WORD = re.compile(rf"\w{{{LEAST_TELLING_LETTERS},}}")


def speaks_of(text: str, title: str) -> bool:
    """Whether at least half of the title's longer words stand in the text, as they do in an article and not in a wall."""
    words = set(_LONG_WORD.findall(normalise_text(title)))
    if not words:
        return True
    present = words & set(_LONG_WORD.findall(normalise_text(text)))
    return 2 * len(present) >= len(words)


@dataclass(frozen=True, slots=True)
class Holder:
    """An article that has the text of a page for its own which proves to be a wall."""

    title: str
    text: str
    entry_id: int | None
    """The first entry that shows the article; None if it shows another by now, and so has no words for this one."""


def find_deceived(holders: Iterable[Holder]) -> list[int]:
    """The entries whose articles are to have the feed's text back: all but those whose title the text speaks of."""
    return [one.entry_id for one in holders if one.entry_id is not None and not speaks_of(one.text, one.title)]


def is_worth_remembering(title_key: str, held: Collection[str]) -> bool:
    """Whether a title under which a text was seen is to be kept beside those that are `held` of that text.

    The empty text of a feed of titles has thousands: as many as unmask a wall are enough.
    """
    return len(held) < TITLES_THAT_UNMASK and title_key not in held


def titles_to_remember(held: Mapping[str, Collection[str]], seen: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the titles (keys) under which texts (by hash) were seen that are worth keeping beside the ones that are `held`."""
    known = {text_hash: set(titles) for text_hash, titles in held.items()}
    new = []
    for text_hash, title_key in sorted(set(seen)):
        titles = known.setdefault(text_hash, set())
        if is_worth_remembering(title_key, titles):
            titles.add(title_key)
            new.append((text_hash, title_key))
    return new
