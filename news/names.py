"""Names that people give and type: what may be one, and when two are the same. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from news.wording import Wording


def find_name(wanted: str, known: Iterable[str]) -> str | None:
    """The known name that `wanted` means, or None.

    That is the one written with the same letters, however Unicode encodes them (an é is one character or two), else the only one that
    differs but in case, accents and spacing. Of several such none is meant more than the others.
    """
    names = list(known)
    for key in (exact_key, loose_key):
        same = [name for name in names if key(name) == key(wanted)]
        if len(same) == 1:
            return same[0]
    return None


def exact_key(name: str) -> str:
    """What two spellings of one name share: the letters, composed (Unicode NFC)."""
    return unicodedata.normalize("NFC", name).strip()


def loose_key(name: str) -> str:
    """The name without case, accents and the amount of spaces."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().split())


def require_text(text: str) -> str:
    """Something that can be shown on one line. A ValueError says what is wrong with it."""
    stripped = text.strip()
    if not stripped:
        raise ValueError(Wording("must not be empty"))
    if any(unicodedata.category(character) == "Cc" for character in stripped):
        raise ValueError(Wording("must be one line without control characters"))
    return stripped
