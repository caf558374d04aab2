"""Where the entries of a body say their articles are, in the form in which addresses are compared. Pure.

Status pages, lists of versions and live pages give many entries one link, or links that differ only in the fragment. Such entries have
articles of their own, so each gets a place of its own at that address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from news.fingerprints import fingerprint, normalise_text
from news.judging import place_without_link
from news.other_forms import plain_form
from news.showings import Place
from news.sources import FeedEntry, PreparedEntry
from news.urls import comparing_url, shown_url

_MARK_LENGTH = 16
"""Characters of the hash that tells the entries of one address apart: of 64 bits, enough for all that ever share one."""


def places_of(arrived: Sequence[PreparedEntry], source_url: str, known_shared: Collection[str]) -> dict[str, Place]:
    """The place of each entry, by its key.

    `source_url`: where the feed was found; an entry without a link has its place there. `known_shared`: links (comparing forms) at which
    several entries of the source have places of their own already.
    """
    titles: dict[str, set[str]] = defaultdict(set)
    fragments: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in arrived:
        if one.address:
            titles[one.address].add(one.words.title_key)
            fragments[one.address, _fragment_of(one.address, one.shown_url)].add(one.words.title_key)
    shared = {address for address, held in titles.items() if len(held) > 1 or address in known_shared}
    return {one.key: _place_of(one, source_url, shared, fragments) for one in arrived}


def place_on_record(own: str, entry: FeedEntry) -> Place:
    """The place of an entry that has `own` for one already, with what else may stand for the same article."""
    if not entry.link:
        return Place(own)
    address = comparing_url(entry.link)
    forms = _forms_of(address, _fragment_of(address, shown_url(entry.link)), normalise_text(entry.title or ""))
    return Place(own, tuple(form for form in forms if form != own), plain_form(own))


def _place_of(one: PreparedEntry, source_url: str, shared: Collection[str], fragments: Mapping[tuple[str, str], Collection[str]]) -> Place:
    if not one.address:
        return Place(place_without_link(one.key, source_url))
    fragment = _fragment_of(one.address, one.shown_url)
    forms = _forms_of(one.address, fragment, one.words.title_key)
    own = one.address
    if one.address in shared:  # the fragment tells it apart, where one is only its own, else the title
        own = forms[1] if len(fragments.get((one.address, fragment), ())) == 1 else forms[-1]
    return Place(own, tuple(form for form in forms if form != own), one.plain_address if own == one.address else None)


def _forms_of(address: str, fragment: str, title_key: str) -> tuple[str, ...]:
    """All that may be the place of an entry at an address: the address alone, with the fragment if there is one, with the title's mark."""
    by_title = f"{address}#{fingerprint(title_key)[:_MARK_LENGTH]}"
    return (address, f"{address}#{fragment}", by_title) if fragment else (address, by_title)


def _fragment_of(address: str, shown: str | None) -> str:
    """The fragment that stands in the shown address and not in the comparing one."""
    return "" if "#" in address else (shown or "").partition("#")[2]
