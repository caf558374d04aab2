"""Hashes that stand for a text or a thing: content hashes, entry fingerprints and derived ids. All are SHA-256.

Content hashes are comparable only within one version of the normalisation (`NORMALISATION_VERSION`). An archive has those of earlier
versions too: for good where the texts are gone, and elsewhere until they are made anew (`earlier_hashes`).
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping

from news.text import one_byte

NORMALISATION_VERSION = 1
"""Raise it with every change to `normalise_text`, and keep the function as it was in `EARLIER_NORMALISATIONS`."""

EARLIER_NORMALISATIONS: Mapping[int, Callable[[str], str]] = {}
"""What `normalise_text` was in earlier versions, by their numbers. A text that arrives is compared under each of them."""

LEAST_IDENTIFYING_CHARACTERS = 400
"""Normalised texts shorter than this are no identity: teasers, consent walls and error pages share theirs."""

_WORD = re.compile(r"[^\W_]+")
_LATIN_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]")
"""The combining marks of the Latin letters; U+034F among them joins graphemes and is none."""
_PERHAPS_MARK = re.compile("[\u0370-\u1fff\u20d0-\U0010ffff]")
"""Where the other combining marks are, without the punctuation that every French text has."""


def normalise_text(text: str) -> str:
    """The letters and digits of `text`, case, accents, ligatures, punctuation and spacing aside, words one space apart."""
    letters = one_byte.as_bytes(text)
    if letters is None:
        return _normalise_any(text)
    letters = letters.translate(_NORMAL_LETTERS)
    for letter, several in _NORMAL_LIGATURES:
        letters = letters.replace(letter, several)
    return one_byte.as_text(b" ".join(letters.split()))


def _normalise_any(text: str) -> str:
    return " ".join(_WORD.findall(fold_text(text)))


def fold_text(text: str) -> str:
    """`text` with its punctuation and spaces, case, accents and ligatures aside."""
    # The marks go before the decomposition too: it sorts a run of them, in time that grows with the square of its length.
    folded = _without_marks(text.casefold()).replace("œ", "oe").replace("æ", "ae")
    # Folded twice: some letters have a case only once they are decomposed (mathematical and squared capitals).
    decomposed = unicodedata.normalize("NFKD", folded).casefold()
    return _without_marks(decomposed)


def _without_marks(text: str) -> str:
    return _PERHAPS_MARK.sub(_without_mark, _LATIN_MARKS.sub("", text))


def _without_mark(match: re.Match[str]) -> str:
    return "" if unicodedata.combining(match[0]) else match[0]


def _normal_letters(character: str) -> str:
    """What one of `one_byte.CHARACTERS` counts as. None of them counts otherwise because of its neighbours, so each can be asked alone."""
    return "".join(letter if _WORD.match(letter) else " " for letter in fold_text(character))


_NORMAL_LETTERS, _NORMAL_LIGATURES = one_byte.tables(_normal_letters)


def without_title_line(text: str, title: str, normalise: Callable[[str], str] | None = None) -> str:
    """`text` without its first line, if that line only repeats the title. `normalise`: that of an earlier version, if not today's."""
    normalise = normalise or normalise_text
    first, _, rest = text.lstrip().partition("\n")
    return rest if title and normalise(first) == normalise(title) else text


def content_hash(title: str, text: str, normalise: Callable[[str], str] | None = None) -> tuple[str, int]:
    """The hash of an article's normalised text without its title line, and that text's length in characters."""
    normalise = normalise or normalise_text
    normalised = normalise(without_title_line(text, title, normalise))
    return hashlib.sha256(normalised.encode()).hexdigest(), len(normalised)


def earlier_hashes(title: str, text: str) -> tuple[str, ...]:
    """The content hashes that earlier versions gave this text."""
    return tuple(content_hash(title, text, normalise)[0] for normalise in EARLIER_NORMALISATIONS.values())


def fingerprint(*parts: str | None) -> str:
    """A hash that differs when any part differs; None and the empty string are different."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"\x00" if part is None else b"\x01" + str(len(part)).encode() + b":" + part.encode(errors="replace"))
    return digest.hexdigest()


def derived_id(kind: str, *parts: str) -> str:
    """An id that the same parts always give: 26 characters of RFC 4648 base32 (130 bits), lower case."""
    digest = hashlib.sha256()
    for part in (kind, *parts):
        raw = part.encode(errors="replace")
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return base64.b32encode(digest.digest())[:26].decode().lower()
