"""Texts from the web, on their way to a terminal."""

from __future__ import annotations

import unicodedata

# Cc: control characters, escape sequences among them; Cf: such as direction overrides that make a line read as another.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def visible(text: str) -> str:
    """`text` on one line, without characters that would steer the terminal or hide what is said."""
    flat = " ".join(text.split())
    if flat.isascii() and flat.isprintable():
        return flat
    return "".join(character for character in flat if unicodedata.category(character) not in _HIDDEN)
