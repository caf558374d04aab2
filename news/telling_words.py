"""Words that tell what a sentence is about, by keys that their other forms share, and those that stand around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from news.text import stem

_LONGEST_KEY = 7
"""Letters by which two forms of a word are the same: « envisage », « envisageait »."""
_VERB_ENDING = re.compile(r"(?<=\w{4})(?:er(?:ont|aient|ait|ons|ez|a)?|aient|ait|ant|ent|ez|es|e|ed|ing)$")
_FIGURES = re.compile(r"-?\d+(?:\.\d+)?|\d{1,2}h\d\d")

_SMALL_WORDS = """
    a au aux avec c ce ces cet cette ceux celle celui celles ci comme d dans de des deja dont du elle elles en encore entre et
    eu etait etaient ete etre eux est il ils j je l la le les leur leurs lui m ma mais me meme memes mes moins mon n nos notre
    nous on ont or ou par parmi pas pendant peu plus pour pourrait pourra pourraient puis qu quand que qui quoi s sa sans se
    selon sera serait seraient seront ses si son sont sous sur t ta te tes ton tous tout toute toutes tres tu un une va vers
    voici voila vont vos votre vous y ainsi alors apres avant avoir ayant avait avaient aura auraient aurait bien car cela chez
    depuis deux fait faire jusqu lors lorsqu non ne ni aucun aucune jamais rien quelque quelques environ pres quasi presque
    autour plusieurs autre autres chaque donc sauf the of to in on at by for with from and or but is are was were be been has
    have had will would its it this that which as an not no about around nearly almost than more less over under
    toujours encore vraiment finalement enfin aussi egalement seulement desormais aujourd hui hier demain officiellement
    peut peuvent pouvait pouvaient pourront doit doivent devait devra devrait devront devraient veut veulent voulait voudrait
    cas moment maniere facon sorte
    longer still ever has can could may might should must did does do any also only yet he she they we you their his her
"""
_SMALL = frozenset(_SMALL_WORDS.split())


def make_key(word: str) -> str:
    """By what a word and its other forms are the same."""
    return _VERB_ENDING.sub("", stem(word))[:_LONGEST_KEY]


def is_telling(word: str) -> bool:
    """Whether a word tells what a sentence is about; numbers and what stands in every sentence do not."""
    return word not in _SMALL and len(word) > 1 and not _FIGURES.fullmatch(word)


def list_keys(words: Sequence[str]) -> list[str]:
    """The keys of the telling words, in order."""
    return [make_key(word) for word in words if is_telling(word)]


def list_beside(keys: Sequence[str], at: int, count: int) -> frozenset[str]:
    """The keys on either side of one, so many on each."""
    return frozenset([*keys[max(0, at - count) : at], *keys[at + 1 : at + 1 + count]])


def find_telling(words: Sequence[str], start: int, within: int) -> int | None:
    """The place of the first telling word from `start` on, `within` so many words."""
    return next((at for at in range(start, min(start + within, len(words))) if is_telling(words[at])), None)
