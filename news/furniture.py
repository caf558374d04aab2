"""What stands around the words of an article and says nothing: update times, counters, links to others, the clock of a live blog. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from news.fingerprints import fold_text
from news.sentences import Sentence, split_sentences, split_words

_STAMPS = """
    mis mise a au jour jours le la les l de des du d et en par publie publiee paru parue poste postee modifie modifiee actualise
    actualisee edite editee derniere dernier fois heure heures h hr hrs min mn minute minutes seconde secondes s il y depuis
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre janv fev fevr avr juil sept oct nov dec
    lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim cet cest utc gmt am pm hier aujourd hui
    ago updated update on at last posted published modified monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december jan feb apr jun jul aug sep hours hour day days
    commentaire commentaires reaction reactions partage partages partager vue vues lecture lectures lu lue lire ecouter temps vote votes
    like likes j aime abonne abonnes comment comments share shares view views read reads minread article
    direct live maj video videos photos
"""
_STAMP_WORDS = frozenset(_STAMPS.split())
"""Of these and of numbers alone, the lines are made that say when an article was written, and how many have read it."""
_NUMBER = re.compile(r"-?\d[\d.]*(?:h\d*)?|[%]|er|1er")
_IN_BRACKETS = re.compile(r"[\[(]([^\[\]()]{1,80})[\])]")
_CLOCK_ALONE = re.compile(r"\s*\d{1,2} ?(?:h|:) ?(?:[0-5]\d)?\s*")
_LEADING_CLOCK = re.compile(r"^[\s\[(•·*–—-]*\d{1,2} ?(?:h|:) ?(?:[0-5]\d)?[\s\])]*(?:[-–—:|•·.,]\s*|(?=[A-ZÀ-ÖØ-ÞŒ«]))")
_LIVE = re.compile(r"^(?:(?:en direct|direct|live|maj|mise? a jour|videos?|actualise) )+")
_TELLING = "mis mise maj publie publiee modifie modifiee actualise actualisee update updated posted direct live video videos"
_TELLS_STAMP = frozenset(_TELLING.split())
_RELATED = re.compile(
    r"""^\W*(?:(?:a\ )?(?:lire|voir|ecouter|decouvrir|relire)(?:\ aussi|\ egalement|\ a\ ce\ sujet)?\s*:
      |(?:a\ )?(?:lire|voir|ecouter|relire)\ (?:aussi|egalement)\b
      |(?:a\ (?:lire|decouvrir|voir)|sur\ le\ meme\ (?:sujet|theme)|dans\ la\ meme\ rubrique|nos\ autres\ articles
         |articles\ (?:lies|similaires|associes)|pour\ aller\ plus\ loin|les\ plus\ lus
         |(?:read|see)\ (?:also|more)|also\ read|related(?:\ articles|\ stories)?|more\ on\ this)\s*(?:$|:))""",
    re.VERBOSE,
)
"""What links to other articles begin with, in folded letters."""

LEAST_LIVE = 3
"""Lines that begin with the time of day, in a text that goes on as things happen."""


def is_stamp(words: Sequence[str]) -> bool:
    """Whether a line says nothing but when, or how often: « Mis à jour à 14 h 32 », « 12 commentaires »."""
    return all(word in _STAMP_WORDS or _NUMBER.fullmatch(word) for word in words)


def split_told(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text that say something, their words without what is furniture."""
    told: list[Sentence] = []
    under_links = False
    for sentence in split_sentences(text):
        line = text[sentence.start : sentence.end]
        if _is_link(line):
            under_links = not sentence.is_prose
            continue
        if sentence.is_prose:
            under_links = False
        if under_links:
            continue
        words = split_words(_without_stamps(line)) if _may_hold_stamp(line) else sentence.words
        if words and not is_stamp(words):
            told.append(replace(sentence, words=words))
    return tuple(told)


def _is_link(line: str) -> bool:
    return bool(_RELATED.search(fold_text(line[:80])))


def _may_hold_stamp(line: str) -> bool:
    return "(" in line or "[" in line or _LEADING_CLOCK.match(line) is not None


def _without_stamps(line: str) -> str:
    return _LEADING_CLOCK.sub("", _IN_BRACKETS.sub(_without_stamp, line))


def _without_stamp(bracketed: re.Match[str]) -> str:
    words = split_words(bracketed[1])
    tells = not _TELLS_STAMP.isdisjoint(words) or _CLOCK_ALONE.fullmatch(bracketed[1])
    return "" if tells and is_stamp(words) else bracketed[0]


def title_words(title: str) -> tuple[str, ...]:
    """What a title says, without « EN DIRECT » before it and the hour behind it."""
    return tuple(_LIVE.sub("", " ".join(split_words(_without_stamps(title)))).split())


def is_live(text: str) -> bool:
    """Whether a text goes on as things happen, each of its parts under the time of day."""
    count = 0
    for line in text.splitlines():
        count += _LEADING_CLOCK.match(line) is not None or _CLOCK_ALONE.fullmatch(line) is not None
        if count >= LEAST_LIVE:
            return True
    return False
