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
    DENIAL = "denial"
    """That something is not, no longer or never so, where other headlines on the matter deny nothing."""
    SERIES = "series"
    PAGE = "page"
    """A page about a person or a matter, under whose name everything about it is gathered."""


_EXPLANATION = re.compile(
    r"""\b(?:pourquoi|comment|quel(?:le)?s?\s(?:est|sont|était|étaient)|ce\squ['’]il\sfaut|choses\sà|qui\sest|qu['’]est-ce|où\sen
    |à\squelle\sheure|sur\squelle\schaîne|les\sraisons|tout\s(?:savoir|comprendre)|pour\scomprendre|les\sclés|les\senjeux
    |règles\sà|faut-il|peut-on|\w+-t-(?:il|elle|on|ils|elles)|petite\shistoire
    |why|how|what\s(?:is|are|to\sknow)|things\sto\sknow|explained|explainer|hands-on)\b|\?\s*$
    |^\W*(?:l['’]|le\s|grand\s)?(?:décryptage|analyse|portrait|récit|enquête|reportage|tribune|édito(?:rial)?|chronique|entretien|interview
    |opinion|profile|review|guide|story)\b[^:.|–—-]{0,20}(?:[:.|–—]|\s-\s)""",
    re.VERBOSE,
)
"""What names a kind of article does so at the beginning: « Enquête : », while « une enquête ouverte » is news."""
_LIVE = re.compile(r"ce\sque?\s(?:l['’])?on\ssait|revivez|en direct|en images|en vidéo|what we know|as it happened")
"""Reports of the event itself, though they are worded as explanations."""
_REACTION = re.compile(
    r"""\b(?<!\bla\s)(?<!\ble\s)(?<!\bles\s)(?<!\bune\s)(?<!\bun\s)(?<!\bancien\s)(?:
    réagi\w*|réactions?|dénonce(?:nt)?|salue(?:nt)?|critique(?:nt)?(?=\s(?:l[ae]s?\s|l['’]|une?\s|des\s|s(?:a|on|es)\s))|estime(?:nt)?
    |déplore(?:nt)?|appell\w+\s(?:à|au|aux)|regrette(?:nt)?|s['’]inqui\w+|mécontent\w*|rassuré\w*|réclame(?:nt)?|demande(?:nt)?
    |conteste(?:nt)?|rejette(?:nt)?|juge(?:nt)?|se\sdésolidaris\w+|fustige(?:nt)?|s['’]indign\w+|confie(?:nt)?|témoigne(?:nt)?
    |reacts?|reactions?|slams?|welcomes?|criticis\w+|criticiz\w+|condemns?|urges?|calls\s(?:on|for)|demands?|denies)\b""",
    re.VERBOSE,
)
"""Verbs; behind an article the same letters are a noun: « la juge », « la demande »."""
_PREVIEW = re.compile(
    r"""\b(?:se\sprépar\w+|prépar(?:e|ent)|attendue?s?|prévue?s?|à\sla\sveille|avant\s(?:la|le|les)|va|vont|bientôt
    |will|upcoming|expected|ahead\sof|preview|what\sto\sexpect)\b""",
    re.VERBOSE,
)
_FUTURE = re.compile(r"\b[a-zà-ÿ]\w{2,}(?:er|ir)(?:a|ont)\b")
"""A verb, as written: names begin with a capital."""
_DENIAL = re.compile(
    r"""\bn(?:e\s|['’])\S+(?:\s\S+){0,2}?\s(?:pas|plus|jamais|rien|guère)\b|\b(?:aucune?|pas\sde|pas\sd['’]|non|not|no|never|nobody)\b
    |n['’]t\b""",
    re.VERBOSE,
)
_QUOTE = re.compile(r"[«\"“][^»\"”]{8,}[»\"”]")
_QUOTED = re.compile(r"[«\"“][^»\"”]*[»\"”]")
"""What somebody says in a headline does not tell what kind of text it announces."""
_SERIES = re.compile(r"\(\d+/\d+\)|#\d+|\b(?:épisode|episode)\s\d+")
_WORD = re.compile(r"\w[\w'’-]*")
_MOST_WORDS_OF_PAGE = 5
_JOINING = frozenset(("de", "la", "le", "les", "du", "des", "en", "et", "of", "the", "and"))


def kinds_of_headline(title: str) -> frozenset[HeadlineKind]:
    """What the headline announces, in as many ways as it says so."""
    own = _QUOTED.sub("«»", title)
    said = own.lower()  # once: patterns that put case aside take twice as long
    kinds = [kind for kind, pattern in _PATTERNS if pattern.search(said)]
    if HeadlineKind.PREVIEW not in kinds and _FUTURE.search(own):
        kinds.append(HeadlineKind.PREVIEW)
    if _QUOTE.search(title):
        kinds.append(HeadlineKind.QUOTE)
    if HeadlineKind.EXPLANATION in kinds and _LIVE.search(title.lower()):
        kinds.remove(HeadlineKind.EXPLANATION)
    if _is_name(title):
        kinds.append(HeadlineKind.PAGE)
    return frozenset(kinds)


_PATTERNS = (
    (HeadlineKind.EXPLANATION, _EXPLANATION),
    (HeadlineKind.REACTION, _REACTION),
    (HeadlineKind.PREVIEW, _PREVIEW),
    (HeadlineKind.DENIAL, _DENIAL),
    (HeadlineKind.SERIES, _SERIES),
)
"""They are searched in small letters, without what somebody says."""


def _is_name(title: str) -> bool:
    """Whether the title only names something, in a few words all of which are capitalised."""
    words = _WORD.findall(title)
    return 0 < len(words) <= _MOST_WORDS_OF_PAGE and all(word[0].isupper() or word in _JOINING for word in words)
