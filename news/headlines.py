"""What kind of text a headline announces, by how it is worded, in French and English. Pure.

Of one affair there are reports, explanations, reactions and previews. They use the same words, and each is a story of its own: what is told
is that two headlines announce the same kind of text, never what the text says.
"""

from __future__ import annotations

import re
from enum import StrEnum


class HeadlineKind(StrEnum):
    """What a headline announces beside its subject. A plain report is none of these."""

    EXPLANATION = "explanation"
    REACTION = "reaction"
    PREVIEW = "preview"
    QUOTE = "quote"
    SERIES = "series"
    PAGE = "page"
    """A page about a person or a matter, under whose name everything about it is gathered."""


_EXPLANATION = re.compile(
    r"""\b(?:pourquoi|comment|quel(?:le)?s?\s(?:est|sont|était|étaient)|ce\squ['’]il\sfaut|choses\sà|qui\sest|qu['’]est-ce|où\sen
    |à\squelle\sheure|sur\squelle\schaîne|les\sraisons|tout\s(?:savoir|comprendre)|pour\scomprendre|décryptage|analyse|portrait|les\sclés
    |enjeux|règles|faut-il|peut-on|\w+-t-(?:il|elle|on|ils|elles)|récit|enquête|reportage|tribune|édito(?:rial)?|chronique|entretien
    |interview|retour\ssur|histoire|guide
    |why|how|what\s(?:is|are|to\sknow)|things\sto\sknow|explained|explainer|opinion|profile|review|hands-on)\b|\?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_LIVE = re.compile(r"ce\sque?\s(?:l['’])?on\ssait|revivez|en direct|en images|en vidéo|what we know|as it happened", re.IGNORECASE)
"""Reports of the event itself, though they are worded as explanations."""
_REACTION = re.compile(
    r"""\b(?:réagi\w*|réactions?|dénonce\w*|salue\w*|critique\w*|estime\w*|déplore\w*|appell\w+\s(?:à|au|aux)|regrette\w*|s['’]inqui\w+
    |mécontent\w*|rassuré\w*|réclame\w*|demande\w*|conteste\w*|rejette\w*|juge(?:nt)?|se\sdésolidaris\w+|fustige\w*|s['’]indign\w+
    |confie\w*|témoigne\w*
    |reacts?|reactions?|slams?|welcomes?|criticis\w+|criticiz\w+|condemns?|urges?|calls\s(?:on|for)|demands?|denies)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PREVIEW = re.compile(
    r"""\b(?:se\sprépar\w+|prépar(?:e|ent)|attendue?s?|prévue?s?|à\sla\sveille|avant\s(?:la|le|les)|va|vont|bientôt|\w{3,}(?:er|ir)(?:a|ont)
    |will|upcoming|expected|ahead\sof|preview|what\sto\sexpect)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_QUOTE = re.compile(r"[«\"“][^»\"”]{8,}[»\"”]")
_SERIES = re.compile(r"\(\d+/\d+\)|#\d+|\b(?:épisode|episode)\s\d+", re.IGNORECASE)
_WORD = re.compile(r"\w[\w'’-]*")
_MOST_WORDS_OF_PAGE = 5
_JOINING = frozenset(("de", "la", "le", "les", "du", "des", "en", "et", "of", "the", "and"))


def kinds_of_headline(title: str) -> frozenset[HeadlineKind]:
    """What the headline announces, in as many ways as it says so."""
    kinds = {kind for kind, pattern in _PATTERNS.items() if pattern.search(title)}
    if _LIVE.search(title):
        kinds.discard(HeadlineKind.EXPLANATION)
    if _is_name(title):
        kinds.add(HeadlineKind.PAGE)
    return frozenset(kinds)


_PATTERNS = {
    HeadlineKind.EXPLANATION: _EXPLANATION,
    HeadlineKind.REACTION: _REACTION,
    HeadlineKind.PREVIEW: _PREVIEW,
    HeadlineKind.QUOTE: _QUOTE,
    HeadlineKind.SERIES: _SERIES,
}


def _is_name(title: str) -> bool:
    """Whether the title only names something, in a few words all of which are capitalised."""
    words = _WORD.findall(title)
    return 0 < len(words) <= _MOST_WORDS_OF_PAGE and all(word[0].isupper() or word in _JOINING for word in words)
