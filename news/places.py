"""Where the entries of a body say their articles are, in the form in which addresses are compared. Pure.

Status pages, lists of versions and live pages give many entries one link, or links that differ only in the fragment. Such entries have
articles of their own, so each gets a place of its own at that address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from news.fingerprints import fingerprint, normalise_text
from news.judging import IdentifiedEntry, place_without_link
from news.settling import Place
from news.sources import FeedEntry
from news.urls import comparing_url, shown_url

_MARK_LENGTH = 16
"""Characters of the hash that tells the entries of one address apart: of 64 bits, enough for all that ever share one."""


def links_of(entries: Iterable[FeedEntry]) -> set[str]:
    """The comparing forms of the links of these entries."""
    return {comparing_url(entry.link) for entry in entries if entry.link}


def places_of(arrived: Sequence[IdentifiedEntry], source_url: str, known_shared: Collection[str]) -> dict[str, Place]:
    """The place of each entry, by its key.

    `source_url`: where the feed was found; an entry without a link has its place there. `known_shared`: links (comparing forms) at which
    several entries of the source have places of their own already.
    """
    titles: dict[str, set[str]] = defaultdict(set)
    fragments: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in arrived:
        if one.entry.link:
            address, title = comparing_url(one.entry.link), _title_key(one.entry)
            titles[address].add(title)
            fragments[address, _fragment_of(one.entry)].add(title)
    shared = {address for address, held in titles.items() if len(held) > 1 or address in known_shared}
    return {one.key: _place_of(one, source_url, shared, fragments) for one in arrived}


def _place_of(
    one: IdentifiedEntry, source_url: str, shared: Collection[str], fragments: Mapping[tuple[str, str], Collection[str]]
) -> Place:
    if not one.entry.link:
        return Place(place_without_link(one.key, source_url))
    address, fragment = comparing_url(one.entry.link), _fragment_of(one.entry)
    by_fragment = f"{address}#{fragment}" if fragment else None
    by_title = f"{address}#{fingerprint(_title_key(one.entry))[:_MARK_LENGTH]}"
    others = [by_title] if by_fragment is None else [by_fragment, by_title]
    if address not in shared:
        return Place(address, tuple(others))
    own = by_fragment if by_fragment is not None and len(fragments[address, fragment]) == 1 else by_title
    return Place(own, (address, *(other for other in others if other != own)))


def _fragment_of(entry: FeedEntry) -> str:
    """The fragment that stands in the shown address and not in the comparing one."""
    fragment = shown_url(entry.link or "").partition("#")[2]
    return "" if "#" in comparing_url(entry.link or "") else fragment


def _title_key(entry: FeedEntry) -> str:
    return normalise_text(entry.title or "")
