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


_EXPLANATION = r"""
    (?:pourquoi|comment|quel(?:le)?s?\s(?:est|sont|était|étaient)|ce\squ['’]il\sfaut|choses\sà|qui\sest|qu['’]est-ce|où\sen
    |à\squelle\sheure|sur\squelle\schaîne|les\sraisons|tout\s(?:savoir|comprendre)|pour\scomprendre|les\sclés|les\senjeux
    |règles\sà|faut-il|peut-on|t(?<=\w-t)-(?:il|elle|on|ils|elles)|petite\shistoire
    |why|how|what\s(?:is|are|to\sknow)|things\sto\sknow|explained|explainer|hands-on)\b
    |(?<=\?)\s*$
    |(?<=^\ )\W*(?:l['’]|le\s|grand\s)?(?:décryptage|analyse|portrait|récit|enquête|reportage|tribune|édito(?:rial)?|chronique|entretien
    |interview|opinion|profile|review|guide|story)\b[^:.|–—-]{0,20}(?:[:.|–—]|\s-\s)
"""
"""What names a kind of article does so at the beginning: « Enquête : », while « une enquête ouverte » is news."""
_LIVE = re.compile(r"ce\sque?\s(?:l['’])?on\ssait|revivez|en direct|en images|en vidéo|what we know|as it happened")
"""Reports of the event itself, though they are worded as explanations."""
_REACTION = r"""
    (?<!\bl[ae]\s)(?<!\bun\s)(?<!\bles\s)(?<!\bune\s)(?<!\bancien\s)(?:
    réagi\w*|réactions?|dénonce(?:nt)?|salue(?:nt)?|critique(?:nt)?(?=\s(?:l[ae]s?\s|l['’]|une?\s|des\s|s(?:a|on|es)\s))|estime(?:nt)?
    |déplore(?:nt)?|appell\w+\s(?:à|au|aux)|regrette(?:nt)?|s['’]inqui\w+|mécontent\w*|rassuré\w*|réclame(?:nt)?|demande(?:nt)?
    |conteste(?:nt)?|rejette(?:nt)?|juge(?:nt)?|se\sdésolidaris\w+|fustige(?:nt)?|s['’]indign\w+|confie(?:nt)?|témoigne(?:nt)?
    |reacts?|reactions?|slams?|welcomes?|criticis\w+|criticiz\w+|condemns?|urges?|calls\s(?:on|for)|demands?|denies)\b
"""
"""Verbs; behind an article the same letters are a noun: « la juge », « la demande »."""
_PREVIEW = r"""
    (?:se\sprépar\w+|prépar(?:e|ent)|attendue?s?|prévue?s?|à\sla\sveille|avant\s(?:la|le|les)|va|vont|bientôt
    |will|upcoming|expected|ahead\sof|preview|what\sto\sexpect)\b
"""
_FUTURE = re.compile(r"\b[a-zà-ÿ]\w{2,}(?:er|ir)(?:a|ont)\b")
"""A verb, as written: names begin with a capital."""
_DENIAL = r"""
    (?:n(?:e\s|['’])\S+(?:\s\S+){0,2}?\s(?:pas|plus|jamais|rien|guère)|aucune?|pas\sde|pas\sd['’]|non|not|no|never|nobody|t(?<=n['’]t))\b
"""
_SERIES = r"(?<=\()\d+/\d+\)|(?<=\#)\d+|[ée]pisode\s\d+"
_QUOTE = re.compile(r"[«\"“][^»\"”]{8,}[»\"”]")
_QUOTED = re.compile(r"[«\"“][^»\"”]*[»\"”]")
"""What somebody says in a headline does not tell what kind of text it announces."""
_WORD = re.compile(r"\w[\w'’-]*")
_MOST_WORDS_OF_PAGE = 5
_MOST_READ = 1_000
"""Characters of a headline. Of quotation marks that are never closed each would be followed to the end: 100,000 take minutes."""
_JOINING = frozenset(("de", "la", "le", "les", "du", "des", "en", "et", "of", "the", "and"))


_WORDINGS = {
    HeadlineKind.EXPLANATION: _EXPLANATION,
    HeadlineKind.REACTION: _REACTION,
    HeadlineKind.PREVIEW: _PREVIEW,
    HeadlineKind.DENIAL: _DENIAL,
    HeadlineKind.SERIES: _SERIES,
}
"""They are searched in small letters, without what somebody says. Each is tried behind every sign that is no letter or digit: where a word
begins, behind a bracket, behind a question mark. Before the first word stands a space."""


def _compile(*wordings: str) -> re.Pattern[str]:
    r"""A pattern for any of these. It begins with a sign: such a search leaps from one to the next, one for `\b` tries every letter."""
    return re.compile(rf"\W(?:{'|'.join(wordings)})", re.VERBOSE)


_PATTERNS = {kind: _compile(wording) for kind, wording in _WORDINGS.items()}
_ANY = _compile(*_WORDINGS.values())
"""Of the labelled headlines three in four are worded in none of these ways, which a single search tells."""


def kinds_of_headline(title: str) -> frozenset[HeadlineKind]:
    """What the headline announces, in as many ways as it says so. What calls itself one and goes on for pages is read at its beginning."""
    title = title[:_MOST_READ]
    own = _QUOTED.sub("«»", title)
    kinds = _kinds_by_wording(own)
    if HeadlineKind.PREVIEW not in kinds and _is_of_future(own):
        kinds.append(HeadlineKind.PREVIEW)
    if _QUOTE.search(title):
        kinds.append(HeadlineKind.QUOTE)
    if HeadlineKind.EXPLANATION in kinds and _LIVE.search(title.lower()):
        kinds.remove(HeadlineKind.EXPLANATION)
    if _is_name(title):
        kinds.append(HeadlineKind.PAGE)
    return frozenset(kinds)


def _kinds_by_wording(own: str) -> list[HeadlineKind]:
    said = f" {own.lower()}"  # once: patterns that put case aside take twice as long
    first = _ANY.search(said)
    return [kind for kind, pattern in _PATTERNS.items() if pattern.search(said, first.start())] if first else []


def _is_of_future(own: str) -> bool:
    """Whether a verb says that something will be. Its endings, which few titles have, are looked for first: the pattern tries each word."""
    return ("era" in own or "ira" in own or "ront" in own) and _FUTURE.search(own) is not None


def _is_name(title: str) -> bool:
    """Whether the title only names something, in a few words all of which are capitalised."""
    count = 0
    for count, word in enumerate(_WORD.finditer(title), start=1):  # most titles tell by their second word
        if count > _MOST_WORDS_OF_PAGE or not (word[0][0].isupper() or word[0] in _JOINING):
            return False
    return count > 0
