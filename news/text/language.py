"""In which language a text is written, told by its little words: those that hold a sentence together, and that no other language shares.

For texts whose feed and page declare no language. A sentence has some ten of them in every twenty words, so that a headline with two of
them is told, and a text is told surely. Not a library: those that were looked at tell a hundred languages by their letters, need megabytes
of model, and are unsure of headlines, whose letters are those of names.
"""

from __future__ import annotations

from collections import Counter

from news.text.analysis import analyse

_READ_CHARACTERS = 5_000
"""Of a text; more of it tells nothing more."""
_LEAST = 1.0
"""Little words of the language for a text to be told, each counted as in `_WEIGHTS`."""
_LEAD = 1.5
"""How many times as many of them as of any other language."""


def _read(words: str) -> frozenset[str]:
    return frozenset(analyse(words).tokens)


_LITTLE_WORDS = {
    "fr": _read(
        "le la les un une des du de et est au aux en dans par pour sur avec sans sous ce cette ces son sa ses leur leurs il elle ils "
        "elles nous vous je qui que quoi dont où ne pas plus moins très mais ou donc car si se sont être avoir fait ont été avait "
        "était comme chez vers entre selon après avant depuis pendant alors aussi tout tous toute toutes même deux trois votre notre "
        "mon ma mes lui a à cela ça ici voici voilà contre afin ainsi encore peut faut chaque presque rien bien quand comment pourquoi"
    ),
    "en": _read(
        "a the of and to is are was were be been being has have had it its this that these those with for from by at as an not but or "
        "which who whom whose what when where how why will would can could should may might must they their them he she his her we our "
        "you your my into about over after before between through than then there here more most some any all new says said if so up "
        "out"
    ),
    "de": _read(
        "der die das den dem des ein eine einen einem einer und ist sind war waren wird werden wurde hat haben hatte nicht auch auf "
        "aus bei mit nach von vor zu zum zur im für über unter wie als aber oder wenn dass sich sie er es wir ihr ich noch nur mehr "
        "durch gegen"
    ),
    "es": _read(
        "a el la los las un una unos unas y es son fue era ser está están ha han por para con sin sobre entre del al que como más pero "
        "o su sus se lo le les este esta estos estas ese esa muy también ya desde hasta cuando donde porque según tras"
    ),
    "it": _read(
        "a il lo la i gli le un uno una e è sono era essere ha hanno di del della dei delle degli da dal dalla dai nel nella nei nelle "
        "con per su sul sulla che chi non più ma anche come questo questa questi queste suo sua loro si al alla ai alle tra fra dopo "
        "prima"
    ),
    "nl": _read(
        "de het een en van in is zijn was waren wordt worden heeft hebben had niet ook op uit bij met naar voor door over onder als "
        "maar of dat die deze dit er ze hij zij wij je ik nog meer dan tegen om te aan"
    ),
    "pt": _read(
        "o a os as um uma uns umas e é são foi era ser está estão tem têm de do da dos das em no na nos nas por pelo pela para com sem "
        "sobre entre que como mais mas ou seu sua seus suas se não ao aos à às este esta isso muito também já desde até quando porque"
    ),
}


_SHARED_BY = Counter(word for words in _LITTLE_WORDS.values() for word in words)
_WEIGHTS = {language: {word: 1 / _SHARED_BY[word] for word in words} for language, words in _LITTLE_WORDS.items()}
"""A word that several languages have (`de`, `la`, `on`) says so much less."""


def little_words(*languages: str) -> frozenset[str]:
    """The little words of these languages, folded: they say nothing of what a text is about."""
    return frozenset().union(*(_LITTLE_WORDS[language] for language in languages))


def language_of(text: str) -> str | None:
    """The code (ISO 639-1) of the language of `text`; None for what is too short, mixed, or in a language that is not known here."""
    tokens = Counter(analyse(text[:_READ_CHARACTERS]).tokens)
    found = {language: sum(tokens[word] * weight for word, weight in words.items()) for language, words in _WEIGHTS.items()}
    (best, most), (_, second), *_ = sorted(found.items(), key=lambda one: one[1], reverse=True)
    return best if most >= _LEAST and most >= _LEAD * second else None
