"""Where the entries of a body say their articles are, in the form in which addresses are compared. Pure.

Status pages, lists of versions and live pages give many entries one link, or links that differ only in the fragment. Such entries have
articles of their own, so each gets a place of its own at that address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from news.fingerprints import fingerprint
from news.judging import place_without_link
from news.settling import Place
from news.sources import PreparedEntry

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
            fragments[one.address, _fragment_of(one)].add(one.words.title_key)
    shared = {address for address, held in titles.items() if len(held) > 1 or address in known_shared}
    return {one.key: _place_of(one, source_url, shared, fragments) for one in arrived}


def _place_of(one: PreparedEntry, source_url: str, shared: Collection[str], fragments: Mapping[tuple[str, str], Collection[str]]) -> Place:
    if not one.address:
        return Place(place_without_link(one.key, source_url))
    fragment = _fragment_of(one)
    by_fragment = f"{one.address}#{fragment}" if fragment else None
    by_title = f"{one.address}#{fingerprint(one.words.title_key)[:_MARK_LENGTH]}"
    others = [by_title] if by_fragment is None else [by_fragment, by_title]
    if one.address not in shared:
        return Place(one.address, tuple(others))
    own = by_fragment if by_fragment is not None and len(fragments[one.address, fragment]) == 1 else by_title
    return Place(own, (one.address, *(other for other in others if other != own)))


def _fragment_of(one: PreparedEntry) -> str:
    """The fragment that stands in the shown address and not in the comparing one."""
    return "" if "#" in (one.address or "") else (one.shown_url or "").partition("#")[2]
