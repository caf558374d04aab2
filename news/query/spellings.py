"""The ways in which one name is typeset, of which a text may hold any: a query finds all of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from news.text.tokens import SENTENCE_BEGINNINGS

_TIGHT_PLUS = re.compile(r"(?<=[^\W_])\+(?![\w+])")
_SPACED_PLUS = re.compile(r"(?<=[^\W_])\s+\+(?![\w+])")
_SITE_ENDING = re.compile(rf"(?<=[^\W_]\.)(?:{SENTENCE_BEGINNINGS})(?![^\W_])", re.IGNORECASE)


def spellings_of(text: str) -> list[str]:
    """`text` and the other ways to write its names, each once: `Canal+` and `Canal +`; `hardware.info` and `Hardware.Info`.

    Of several such names in a text all are written the one way or all the other.
    """
    with_plus = (text, _with_tight_plus(text), _with_spaced_plus(text))
    return list(dict.fromkeys(spelling for one in with_plus for spelling in (one, *_with_endings(one))))


def _with_tight_plus(text: str) -> str:
    return _SPACED_PLUS.sub("+", text)


def _with_spaced_plus(text: str) -> str:
    return _TIGHT_PLUS.sub(" +", _with_tight_plus(text))


def _with_endings(text: str) -> tuple[str, str]:
    """As one word, and as a sentence that ends and another that begins, which is how a text is read that writes `.Info`."""
    return _change_endings(text, str.lower), _change_endings(text, str.capitalize)


def _change_endings(text: str, change: Callable[[str], str]) -> str:
    return _SITE_ENDING.sub(lambda ending: change(ending.group()), text)
