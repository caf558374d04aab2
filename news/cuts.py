"""Texts that are only a part of an article: cut by a feed, kept for subscribers by a page, spread over pages that were not all had. Pure.

What is short is not told by one sign alone. Sites mark all they have as not free and show it all the same, in French as in English an
article may end in « … », and may speak of subscriptions. So a sign only says that there is more to read; it takes nothing from anybody:
of the page's text and the feed's the longer one is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from news.sources import ExtractedPage, FeedEntry, LacksParts, Problem
from news.wording import Wording

LEAST_FULL_TEXT = 1_500
"""Characters of feed content from which `articles = "auto"` takes it for the full text. French news items run from 1,500 up."""

PAYWALL = "paywall"
CUT_SHORT = "cut_short"
PARTS_MISSING = str(LacksParts.FOR_NOW)
PARTS_LEFT_OUT = str(LacksParts.FOR_GOOD)
"""The codes of problems of a page that shows only a part of its article. `docs/problems.md` explains them."""

_CUT_MARKS = ("[…]", "[...]", "(…)", "…", "...", "lire la suite", "continuer la lecture", "read more", "lire l'article", "lire l’article")
_SURE_MARKS = ("[…]", "[...]", "(…)", "(...)")
_LONGEST_FAREWELL = 400
"""Characters of what blogs append to each entry, also after a cut: « L’article … est apparu en premier sur … »."""

_LONGEST_INVITATION = 700
"""Characters at the end of a page's text among which it invites people to subscribe: a button, the offers, their prices."""
_INVITATION = re.compile(
    r"\b(?:suite|article|contenu|texte|dossier|lecture)\b[^.!?]{0,60}\br[ée]serv[ée]e?s? (?:à|aux) (?:nos |tous nos |ses )?"
    r"(?:abonn|membres|lecteurs abonn|souscripteurs|adhérents)"
    r"|\bil vous reste \d+ ?% (?:de|à)\b|\bvous n'avez lu que \d"
    r"|\bpour (?:lire|découvrir|consulter|accéder à|poursuivre|continuer) (?:la suite|la lecture|l'intégralité|la totalité)\b"
    r"|\b(?:abonnez-vous|connectez-vous|identifiez-vous|inscrivez-vous) (?:gratuitement )?(?:pour|et|afin d[e']) ?"
    r"(?:lire|lisez|accéder|découvrir|continuer|poursuivre|débloquer|consulter)"
    r"|\b(?:lire|lisez|découvrez) la suite (?:de (?:cet|l') ?article )?(?:en vous|avec|pour|dès) "
    r"|\bdéjà (?:abonnée?|abonné·e|un compte|inscrite?) ?\?"
    r"|\bsubscribe (?:now )?to (?:continue|read|unlock|keep)|\balready a (?:subscriber|member) ?\?"
    r"|\bto (?:continue|keep) reading[^.!?]{0,60}\b(?:subscri|sign|log|account|trial)"
    r"|\bthis (?:article|content|story) is (?:only )?(?:for|exclusive to|available to|reserved for)[^.!?]{0,40}\b(?:subscriber|member)"
)
_WORDS_OF_INVITATIONS = (
    *("réserv", "reserv", "il vous reste", "vous n'avez lu", "la suite", "la lecture", "l'intégralité", "la totalité", "z-vous"),
    *("déjà ", "subscri", "member", "reading"),
)
"""Every invitation has one of these: looking for them first takes a tenth of the time, and nearly no article has any at its end."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why a text is only a part of its article: a problem's code, and what says so, in words that may follow "since"."""

    code: str
    because: Wording


def carries_full_text(entry: FeedEntry) -> bool:
    """Whether the feed carries the whole article, so that `auto` need not fetch its page."""
    content = entry.content or ""
    if len(content) < LEAST_FULL_TEXT:
        return False
    end = content[-_LONGEST_FAREWELL:].rstrip().lower()
    return not end.endswith(_CUT_MARKS) and not any(mark in end for mark in _CUT_MARKS[:2])


def find_shortfall(page: ExtractedPage) -> Shortfall | None:
    """Why a page's text is only a part of its article; None if nothing says so."""
    if page.lacks_parts is LacksParts.FOR_NOW:
        return Shortfall(PARTS_MISSING, Wording("a further page of it could not be had just then"))
    if page.lacks_parts is LacksParts.FOR_GOOD:
        return Shortfall(PARTS_LEFT_OUT, Wording("it goes on on pages that cannot be had, or are more than are read"))
    if _invites(page.text):
        return Shortfall(PAYWALL, Wording("its text ends where it invites to subscribe"))
    if page.is_for_subscribers and len(page.text) < LEAST_FULL_TEXT:
        return Shortfall(PAYWALL, Wording("it says that the rest is for subscribers"))
    if _is_cut(page.text):
        return Shortfall(CUT_SHORT, Wording("its text breaks off"))
    return None


def tell_shortfall(shortfall: Shortfall) -> Problem:
    """What is on record of a page whose text was taken although it is only a part."""
    return Problem(shortfall.code, Wording("the page shows only a part of its article, since {because}", because=shortfall.because))


def tell_longer_text_is_kept(shortfall: Shortfall) -> Problem:
    """Why a page's text does not take the place of a longer one that is known: the feed's, or what the page showed before."""
    message = Wording(
        "the page shows only a part of its article, since {because}; the longer text that is known is kept", because=shortfall.because
    )
    return Problem(shortfall.code, message)


def _invites(text: str) -> bool:
    end = " ".join(text[-_LONGEST_INVITATION:].replace("’", "'").lower().split())
    return any(word in end for word in _WORDS_OF_INVITATIONS) and _INVITATION.search(end) is not None


def _is_cut(text: str) -> bool:
    """Whether a text ends in a mark that says that it is cut; in one that may be the author's own only if it is short."""
    end = text.rstrip().lower()
    return end.endswith(_SURE_MARKS) or (len(text) < LEAST_FULL_TEXT and end.endswith(_CUT_MARKS))
