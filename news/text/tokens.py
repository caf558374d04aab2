"""Where one word ends and the next begins, and what a word looks like when case, accents and ligatures are put aside.

A text is first cut into chunks: runs of characters without a space or a sign that always divides (dashes, slashes, quotes, commas …).
A chunk is folded character by character, with the place of each folded character in the original, and then cut into tokens.
Chunks repeat (most of a French text is made of a few thousand of them), so the result is remembered per chunk by `news.text.analysis`.

The rules only look at folded characters: the same text in capitals, without accents or in another Unicode normal form gives the
same tokens. Where a sign might or might not belong to a name the chunk is divided: a divided name is still found, because the query
is divided in the same way and becomes a phrase, whereas words wrongly glued together ("l'OTAN.Les …") could never be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from news.text.remembering import Remembered

TOKEN_SIGNS = ".&+#"  # noqa: S105
"""The ASCII signs that a token can hold besides letters and digits (C++, C#, .NET, AT&T, Next.ink, 3.5)."""

APOSTROPHES = frozenset(
    "'`\u0091\u0092\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u0374\u0384\u055a\u05f3\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd"
    "\u2018\u2019\u201b\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07\uff40"
)
"""Everything that is typed, printed or mangled (U+0091 and U+0092: Windows-1252 read as Latin-1) as an apostrophe."""

_SPACES = r" \t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What a regular expression takes for a space, written out: so one table says whether a character divides, and each of a text is asked."""
_DIVIDERS = _SPACES + r",;:!?()\[\]{}<>«»‹›“”„\"…|*~^$€£%°•·/\\_=@\-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
IS_DIVIDER = re.compile(rf"[{_DIVIDERS}]")
"""Matches a character that divides words wherever it stands. A comma between two digits does not, and of a plus its neighbours decide."""
_LONE = rf"\+(?![^{_DIVIDERS}.'’])"
_RUN = rf"[^{_DIVIDERS}]+(?:(?<=\d),(?=\d)[^{_DIVIDERS}]+)*"
_CHUNK_WITHOUT_PLUS = re.compile(rf"({_RUN})")
"""What the next one is for a text without a plus, as nearly all are, in two thirds of the time."""
_CHUNK = re.compile(rf"((?!{_LONE}){_RUN}|(?<=[^\W_]\s){_LONE}(?!\s+\d))")
"""In parentheses, so that `split` gives the chunks too. A plus that stands alone is a word after a word, so that `Canal +` can be told
from `Canal`; elsewhere, and before a number (« hausse de + 12 % »), it is none."""

_NAME_ENDINGS = (
    "ai|app|be|biz|bzh|ch|co|com|dev|eu|fm|fr|gg|gov|info|ink|io|lu|mil|mobi|net|news|online|org|pro|shop"
    "|store|tech|tv|uk|us|xyz"
    "|apk|bat|bin|cfg|cpp|css|csv|dll|dmg|doc|docx|exe|gif|gz|htm|html|ini|iso|jar|jpeg|jpg|js|json|md|mov|mp3|mp4|msi|pdf|php|png|ppt"
    "|pptx|ps1|py|rar|rss|rtf|sh|sql|svg|tar|toml|ts|txt|wav|webp|xls|xlsx|xml|yaml|yml|zip"
)
"""What may follow a dot inside a name: domains, file types, libraries. After any other word a dot is taken as a full stop, because
extraction often loses the space after it. Left out on purpose: domains that are how a French sentence begins (.ca, .de, .la, .il, .me)."""

SENTENCE_BEGINNINGS = "info|net|pro|tech|news|online|shop|store|app|eu|co|lu"
"""Endings of names that also begin sentences. With a capital and small letters (`l’OTAN.Info`) they do: sites write themselves in small
letters, headlines in capitals. In the corpus of French feeds and articles, of 324 names with an ending one is written so, Hardware.Info;
a query finds such a name in both ways (`news.query.spellings`)."""
_LOST_SPACE = re.compile(rf"(?<=[^\W_])\.(?=(?:{'|'.join(map(str.capitalize, SENTENCE_BEGINNINGS.split('|')))})(?![^\W_]))")

_CARBON_DIOXIDE = re.compile(r"(?<=\bCO)²(?![^\W_])", re.IGNORECASE)
"""Newspapers write CO² for CO₂; after any other word a raised digit calls a footnote, or is a power."""

# No possessive quantifiers: in Python 3.11.0 to 3.11.4 they lose characters within groups. What follows each run below cannot begin
# with what the run is made of, so that giving characters back never helps, and costs no more than reading the run once more.
_A = r"[^\W_]"
_TOKEN = re.compile(
    rf"""
    (?<!{_A})(?P<joined>aujourd'+hui|presqu'+iles?|quelqu'+une?|(?:o|entr|prud|grand)'+{_A}+)(?!{_A})
  | (?<!{_A})(?P<elided>(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'+)
  | (?P<dotted>(?:(?<![\w.])|{_A}+(?:\.{_A}+){{0,4}})\.(?:{_NAME_ENDINGS})(?!{_A}))
  | (?<![\w.])(?P<initials>(?:[^\W\d_]\.){{1,12}}[^\W\d_])(?!{_A})
  | (?P<sign>{_A}{{1,2}}&{_A}+ | {_A}+&{_A}{{1,2}}(?!{_A}) | (?<!{_A})[^\W\d_]\#)
  | (?P<plus>^\+$)
  | (?P<plain>{_A}+(?:[.,](?<=\d[.,])(?=\d){_A}+)*(?:\+\+|\+(?!{_A}))?)
    """,
    re.VERBOSE,
)

_LETTERS_WITHOUT_DECOMPOSITION = {
    "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n",
}  # fmt: skip


LONGEST_EXACT = 500
"""Characters of a word whose exact letters are brought into normal form."""


class Token(NamedTuple):
    """A folded word, and where it stands in the original (of the chunk, or of the text)."""

    text: str
    start: int
    end: int


def cut_text(text: str) -> list[str]:
    """The text in pieces: what divides, a chunk, what divides, and so on; it begins and ends with what divides, which may be nothing."""
    return (_CHUNK if "+" in text else _CHUNK_WITHOUT_PLUS).split(text)


def cut_chunk(chunk: str) -> tuple[Token, ...]:
    """The tokens of one chunk, with offsets into it. Elided articles and conjunctions (`l'`, `qu'`) are no tokens."""
    if chunk.isalnum():  # one word without any sign, as nearly all are
        whole = chunk.lower() if chunk.isascii() else chunk.translate(_folded_characters)
        if whole.isalnum():
            return (Token(whole, 0, len(chunk)),)
    folded, starts, ends = _fold(_as_meant(chunk))
    return tuple(
        Token(_spelling(match), starts[match.start()], ends[match.end() - 1])
        for match in _TOKEN.finditer(folded)
        if match.lastgroup != "elided"
    )


def _as_meant(chunk: str) -> str:
    """The chunk, letter for letter as long, with a space where one was lost behind a full stop, and CO² written as the formula it is."""
    if "." in chunk:
        chunk = _LOST_SPACE.sub(" ", chunk)
    return _CARBON_DIOXIDE.sub("2", chunk) if "²" in chunk else chunk


def exact_letters(original: str) -> str:
    """The letters of a word as someone typed them: Unicode's normal form, kind of apostrophe and invisible characters aside.

    Of a word beyond any name nothing is put aside: the normal form of a long run of marks takes time that grows with its square.
    """
    if len(original) > LONGEST_EXACT:
        return original
    visible = "".join("'" if character in APOSTROPHES else character for character in original if not _is_invisible(character))
    return unicodedata.normalize("NFC", visible)


def in_capitals(letters: str) -> tuple[str, str]:
    """The letters of a word in capitals, with its accents and without: French headlines have both."""
    capitals = letters.upper()
    return capitals, unicodedata.normalize("NFC", _without_marks(capitals))


def _spelling(match: re.Match[str]) -> str:
    """The token that stands for what was found: O.T.A.N. is OTAN, aujourd'hui is typed in many ways, 3,5 is 3.5."""
    found = match.group()
    if match.lastgroup == "joined":
        return found.replace("'", "")
    if match.lastgroup == "initials":
        return found.replace(".", "")
    return found.replace(",", ".")


def _fold(chunk: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """The folded chunk, and for each of its characters where its original begins and ends."""
    if chunk.isascii():
        return chunk.lower().replace("`", "'"), range(len(chunk)), range(1, len(chunk) + 1)
    each = [_folded_characters[ord(character)] for character in chunk]
    if None not in each and len(whole := "".join(map(str, each))) == len(chunk):  # one letter for one, as nearly always
        return whole, range(len(chunk)), range(1, len(chunk) + 1)
    return _join_folded(each)


def _join_folded(each: list[str | None]) -> tuple[str, Sequence[int], Sequence[int]]:
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, letters in enumerate(each):
        if letters is None:
            if ends:
                ends[-1] = index + 1
            continue
        folded.append(letters)
        starts.extend([index] * len(letters))
        ends.extend([index + 1] * len(letters))
    return "".join(folded), starts, ends


def _fold_character(code: int) -> str | None:
    """What one character counts as: letters, an apostrophe, a sign, a space (it divides), or None (it is not there)."""
    character = chr(code)
    if character in APOSTROPHES:
        return "'"
    if character in TOKEN_SIGNS or character == ",":
        return character
    if _is_invisible(character) or unicodedata.category(character).startswith("M"):
        return None
    if not _is_letter_or_digit(character):
        return " "
    plain = _without_marks(_without_marks(character).casefold())
    letters = "".join(_LETTERS_WITHOUT_DECOMPOSITION.get(letter, letter) for letter in plain if _stays(letter))
    return letters or " "


_folded_characters = Remembered(_fold_character, most=4096)


def _stays(letter: str) -> bool:
    """Some letters decompose into more than letters: ŀ into l and a dot, ŉ into an apostrophe and n."""
    return letter.isalnum() and letter not in APOSTROPHES


def _without_marks(letters: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letters)
    return "".join(letter for letter in decomposed if not unicodedata.category(letter).startswith("M"))


def _is_invisible(character: str) -> bool:
    """Soft hyphen, zero-width space and joiners, marks of writing direction: they are never part of a word, nor do they divide it."""
    return unicodedata.category(character) == "Cf"


def _is_letter_or_digit(character: str) -> bool:
    """Letters, digits, Roman numerals and the 2 of CO₂. Not ™, ², ½, ᵀᴹ: glued to a name they are no part of it (1ʳᵉ is a word)."""
    if "\u1d2c" <= character <= "\u1d42":  # raised capitals
        return False
    category = unicodedata.category(character)
    return category.startswith("L") or category in {"Nd", "Nl"} or "\u2080" <= character <= "\u2089"
