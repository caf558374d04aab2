"""What an address proves that no entry's link names: one that a page was redirected to, or calls its own (`rel=canonical`, `og:url`). Pure.

Such an address joins what speaks of the same. Some sites show one for all that they have (the list of their press releases, a section), so
titles that are all alike ("Communiqué") are not enough: what is joined wrongly is never told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from news.fingerprints import normalise_text
from news.judging import telling_words, titles_agree
from news.other_forms import plain_form
from news.urls import is_site_root, same_site

_RUN = 3
"""Words in a row, which two texts rarely share by chance."""
_FEWEST_RUNS = 8
"""A text with fewer, under a title that tells what it is about, is too short to tell from another."""
_LEAST_COMMON_SHARE, _UNDER_A_COMMON_TITLE = 0.5, 0.85
"""Of the shorter text's runs, in one that was edited or is shown in another frame; under a title that tells little, nearly all."""
_OF_A_SENTENCE = 1 / 3
"""Of a sentence's runs, if the other text has it, be it with other figures in it."""
_TELLING_TITLE = 4
"""Telling words of a title that hardly names two articles of one source: "Communiqué de presse" has two."""
_COMMON_TITLE = 2
"""Other places of the source at which a title stands that tells little, however long it is."""
_SENTENCES = re.compile(r"[.!?\n]+")


@dataclass(frozen=True, slots=True)
class OtherEntry:
    """Another entry of the source that has an address as its link, or as where its page was found."""

    title: str
    article_id: int | None
    """The article that it shows; None while its page is awaited."""


@dataclass(frozen=True, slots=True)
class OtherEntries:
    """What the source has beside an entry whose page was read."""

    at: Mapping[str, Collection[OtherEntry]] = field(default_factory=dict)
    """By address, those of an adopted address."""
    places_of_title: int = 0
    """How many places have entries under the very title; counted where an adopted address has others."""


def adopted_addresses(own: str, final: str | None, canonical: str | None, amp: str | None = None) -> tuple[str, ...]:
    """The addresses (comparing forms) that may stand for an entry's article besides its own: where its page was found, and what that names.

    A redirect may lead to another site, as relays do. A canonical address on a foreign site is a claim that only the text can prove, and
    the content hash does; one that is the plain form of where the page was found (in an AMP cache) is on none. The root of a site is what
    it shows for anything it no longer has. `amp`: what the page calls its AMP form, which stands for the article unless its spelling
    tells so anyway. The last one is that by which the page is best known.
    """
    reached = own if final is None or is_site_root(final) else final
    plain = plain_form(reached)
    at = tuple(one for one in (reached, plain) if one is not None)
    named = _on_one_site(canonical, at)
    known = tuple(dict.fromkeys(one for one in (plain, reached, named) if one is not None))
    other_form = _on_one_site(amp, (own, *known))
    listed = known if other_form is None or plain_form(other_form) in (own, *known) else (other_form, *known)
    return tuple(address for address in listed if address != own)


def _on_one_site(address: str | None, others: Iterable[str]) -> str | None:
    """An address that a page names, if it is on the site of one of the others and stands for an article."""
    if address is None or is_site_root(address) or not any(same_site(address, one) for one in others):
        return None
    return address


def is_shared(others: Iterable[OtherEntry], title: str) -> bool:
    """Whether an address stands for none of its entries: those that the source has there speak of other things, or are several articles."""
    others = list(others)
    articles = {one.article_id for one in others if one.article_id is not None}
    return len(articles) > 1 or not all(titles_agree(one.title, title) for one in others)


def tells_little(title: str) -> bool:
    """Whether a title may well stand over several articles of a source."""
    return len(telling_words(title)) < _TELLING_TITLE


def texts_differ(one: str, other: str, title: str, places_of_title: int = 0) -> bool:
    """Whether the texts of two pages under one title are of two articles: much of the shorter one does not stand in the other.

    `places_of_title`: at how many other places the source has entries under it. The less a title tells, the more must be the same.
    """
    fewer, more = sorted((one, other), key=len)
    if tells_little(title) or places_of_title >= _COMMON_TITLE:
        return _has_sentence_of_its_own(fewer, more) or _is_less_common(fewer, more, _UNDER_A_COMMON_TITLE)
    return len(_runs(fewer)) >= _FEWEST_RUNS and _is_less_common(fewer, more, _LEAST_COMMON_SHARE)


def _has_sentence_of_its_own(text: str, other: str) -> bool:
    """Whether one thing is said in a text and not in the other. What a company or a site says below each of its texts is in both."""
    known = _runs(other)
    return any(len(runs & known) < _OF_A_SENTENCE * len(runs) for runs in map(_runs, _SENTENCES.split(text)))


def _is_less_common(text: str, other: str, share: float) -> bool:
    runs = _runs(text)
    return len(runs & _runs(other)) < share * len(runs)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = normalise_text(text).split()
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))
