"""Which words of a sentence are denied, as far as the words around them show it: « ne … pas », « non », « sans », verbs that deny. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from news.telling_words import find_telling, is_telling

_LONGEST_NEGATION = 7
"""Words from « ne » to « pas »."""
_NE = frozenset({"ne", "n"})
_SECOND = frozenset({"pas", "plus", "jamais", "guere", "point", "aucun", "aucune", "rien", "personne", "nullement", "ni"})
_ALONE = frozenset({"peut", "peuvent", "pourra", "pourrait", "pouvait", "saurait", "cesse", "ose"})
"""Verbs that « ne » denies without « pas »."""
_QUE = frozenset({"que", "qu"})
_DENIES = re.compile(
    r"(?:refus|renonc|dement|exclu[st]?$|exclure|nie$|nient$|nier$|niait$|rejet|annul|abandonn|stopp|interromp|interdi[cst]"
    r"|empech|bloqu|block|bann|echou|suspen[ds]|denie[sd]?$|reject|cancel|decline[sd]?$|scrap(?:s|ped)$|halt(?:s|ed)?$|fail(?:s|ed)?$)"
)
"""Verbs that deny what is said after them."""
_TURNING = frozenset({"non", "sans", "without"})
"""What denies the word behind it, or, where that is denied already, does not: « pas sans conséquence »."""
_DIRECTLY = frozenset({"aucun", "aucune", "nul", "nulle", "ni", "not", "no", "never", "t", "neither", "nor", "cannot"})
_NOT_DENYING = frozenset({"seulement", "uniquement", "only", "doute", "cesse", "precedent"})
"""What follows where « non », « sans » deny nothing: « non seulement », « sans doute »."""
_OPPOSITE = re.compile(
    r"i[lmnr](?=legal|licit|limit|lisib|moral|possib|recevab|regul|respons|revers|compatib|compet|suffis|complet|exact"
    r"|util|certain|connu|depend|constitu|efficac|visib|capab|valid|dispon|acti[fv]|offensi|fond)"
)
"""The beginning of words that say the opposite of what they are without it: « illégal »."""
_STEP = frozenset({"un", "premier", "grand", "faux", "nouveau", "petit", "ce", "autre", "au"})
_AFTER_PAS = frozenset({"de", "d", "du", "encore", "question"})


def find_opposite(word: str) -> str:
    """The word of which this one says the opposite; empty if there is none."""
    prefix = _OPPOSITE.match(word)
    return "" if prefix is None else word[prefix.end() :]


def list_denied(words: Sequence[str]) -> set[int]:
    """The places of words that are denied."""
    by_ne = {at for place, word in enumerate(words) if word in _NE for at in _denied_by_ne(words, place)}
    denied = set(by_ne)
    for place, word in enumerate(words):
        if word in _TURNING:
            denied ^= set(_denied_directly(words, place))
        elif word in _DIRECTLY:
            denied |= set(_denied_directly(words, place))
        elif word == "pas" and _denies_alone(words, place):
            denied |= set(_next(words, place + 1, 3))
        elif _DENIES.match(word) and is_telling(word):
            denied = _deny_by_verb(words, place, denied, is_denied=place in by_ne)
    return denied


def _deny_by_verb(words: Sequence[str], place: int, denied: set[int], *, is_denied: bool) -> set[int]:
    """« n’exclut pas »: what is denied twice is not denied."""
    return denied - {place} if is_denied else denied | {place, *_next(words, place + 1, 4)}


def _denied_by_ne(words: Sequence[str], place: int) -> Iterator[int]:
    """The verb between « ne » and « pas », or, of an auxiliary, the participle behind; « ne … que » denies nothing."""
    following = words[place + 1 : place + 3]
    if following and following[0] in _ALONE and not _QUE.intersection(following) and "pas" not in words[place : place + 3]:
        yield from _next(words, place + 2, 3)
        return
    for end in range(place + 1, min(place + _LONGEST_NEGATION, len(words))):
        if words[end] in _SECOND:
            between = [at for at in range(place + 1, end) if is_telling(words[at]) and not words[at].endswith("ment")]
            if _only_limits(words, end, has_verb=bool(between)):
                return
            yield from between or _next(words, end + 1, 3)
            return


def _only_limits(words: Sequence[str], end: int, *, has_verb: bool) -> bool:
    """« ne … plus que », « n’a pas que », « pas seulement »: nothing is denied but that there is more, or nothing else."""
    following = words[end + 1 : end + 2]
    if not _NOT_DENYING.isdisjoint(following):
        return True
    return not _QUE.isdisjoint(following) and (words[end] in {"plus", "rien", "personne"} or not has_verb)


def _denied_directly(words: Sequence[str], place: int) -> Iterator[int]:
    if _NOT_DENYING.isdisjoint(words[place + 1 : place + 2]):
        yield from _next(words, place + 1, 2)


def _denies_alone(words: Sequence[str], place: int) -> bool:
    """« Pas de panne chez … »: of a headline."""
    before = words[max(0, place - _LONGEST_NEGATION) : place]
    follows = bool(_AFTER_PAS.intersection(words[place + 1 : place + 2]))
    return follows and _NE.isdisjoint(before) and _STEP.isdisjoint(before[-1:])


def _next(words: Sequence[str], start: int, within: int) -> list[int]:
    place = find_telling(words, start, within)
    return [] if place is None else [place]
