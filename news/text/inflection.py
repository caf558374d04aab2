"""French inflection, lightly: a word and its plural, feminine and participle forms have one stem; derived words do not.

In the manner of J. Savoy's minimal French stemmer ("A stemming procedure and stopword list for general French corpora", JASIS 1999),
on folded words, with three differences that a news alert needs. Infinitives keep their r (`publier` is no form of `publié`). An ending
is taken for a feminine only where French makes feminines that way, because the general rule makes `porte` of `port` and `fille` of `fil`.
And the common words that would still fall together with another one are named in `irregular`, one by one.

Folding has put the accents aside before, so what differs in accents only cannot be told apart: `active` is also `activé`.
"""

from __future__ import annotations

from news.text.irregular import IRREGULAR

_SHORTEST_INFLECTED = 3
_SHORTEST_PLURAL = 4
"""`lois` has a plural s; `bus`, `GPS` and `iOS` have none."""
_SHORTEST_PARTICIPLE = 5
"""`levée` is a form of `levé`; `idée` and `née` are kept, since what is left of them is another word."""
_LONGEST_ENDING = 6


def stem(word: str) -> str:
    """The stem of a folded word. Words that are no plain letters, such as `gpt4` or `c++`, are their own stem."""
    if len(word) < _SHORTEST_INFLECTED or not word.isalpha():
        return word
    known = IRREGULAR.get(word)
    if known is not None:
        return known
    singular = _singular(word)
    return IRREGULAR.get(singular) or _masculine(singular)


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL:
        return word
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    if word.endswith(("eaux", "eux")):
        return word[:-1]
    if word.endswith("aux") and len(word) > len("taux"):
        return word[:-2] + "l"
    return word


def _masculine(word: str) -> str:
    """The masculine form, of a participle the masculine singular; a word without another form stays as it is."""
    if len(word) >= _SHORTEST_PARTICIPLE and word.endswith("ee"):
        word = word.rstrip("e") + "e"
        known = IRREGULAR.get(word)
        if known is not None:
            return known
    if word[-1] not in _LAST_LETTERS:
        return word
    for length in range(_LONGEST_ENDING, 1, -1):
        rule = _FEMININES.get(word[-length:])
        if rule is not None:
            least_letters, ending = rule
            return word[:-length] + ending if len(word) >= least_letters else word
    return word


def _endings(rules: str) -> dict[str, tuple[int, str]]:
    """Reads triples: the ending, how many letters the word must have at least, and the masculine ending."""
    words = rules.split()
    return {ending: (int(least), masculine) for ending, least, masculine in zip(words[::3], words[1::3], words[2::3], strict=True)}


_FEMININES = _endings("""
    ale 5 al       elle 6 el      enne 5 en      aine 6 ain     ive 5 if
    iere 6 ier     ere 6 er       trice 7 teu    euse 6 eu      eure 6 eu      eur 5 eu
    ante 6 ant     ente 6 ent     mente 5 mente
    crite 6 crit   uite 6 uit     faite 5 fait   verte 5 vert   ferte 6 fert
    ointe 7 oint   einte 6 eint   ainte 6 aint
    onde 7 ond     aude 6 aud     oide 6 oid     ande 6 and     ourde 6 ourd
    aise 7 ai      oise 7 oi      prise 5 pri    quise 6 qui    cise 6 ci      cluse 7 clu
    romise 7 romi  oumise 6 oumi  ermise 6 ermi  admise 6 admi  ommise 6 ommi  nsmise 6 nsmi  emise 5 emi
    ue 5 u         que 3 que      gue 3 gue      ie 5 i
""")


_LAST_LETTERS = frozenset(ending[-1] for ending in _FEMININES)
