"""What an entry is known by within its source, from poll to poll and from version to version of this program. Pure.

The key is the guid; without one, or where it occurs twice in a body, the link; without either, a hash of title, date and summary. A link
that several entries without an own guid share under different titles names none of them, so these too go by the hash.

A visitor's session, a cache buster and whatever only tracks is no part of a key: each poll shows another. A guid that is an address is
compared as one: feeds whose site moves to https rewrite all of theirs, and nothing of it is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from news.fingerprints import fingerprint, normalise_text
from news.sources import FeedEntry, PreparedEntry
from news.urls import comparing_url, lasting_url, shown_url


class Keys:
    """Gives each entry of one body its key."""

    def __init__(self, entries: Sequence[FeedEntry]) -> None:
        self._names: dict[str, str] = {}
        self._guids = Counter(self._guid_of(entry) for entry in entries if entry.guid)
        anonymous = [entry for entry in entries if entry.link and not self._has_own_guid(entry)]
        self._links = Counter(entry.link for entry in anonymous)
        self._titles: dict[str, set[str]] = defaultdict(set)
        for entry in anonymous:
            self._titles[self._name(entry.link or "")].add(normalise_text(entry.title or ""))

    def key_of(self, entry: FeedEntry) -> str:
        """The key, of the kinds `guid:`, `link:` and `hash:`."""
        if self._has_own_guid(entry):
            return f"guid:{self._guid_of(entry)}"
        if entry.link and len(self._titles[self._name(entry.link)]) == 1:
            return f"link:{self._name(entry.link)}"
        return "hash:" + fingerprint(entry.title, _date_of(entry), entry.summary)

    def former_keys_of(self, entry: FeedEntry, key: str) -> tuple[str, ...]:
        """The keys, if they are others, that earlier versions gave the entry: by the whole guid or link, and that of 0.1.0."""
        whole = f"link:{entry.link}" if key.startswith("link:") else f"guid:{entry.guid}" if key.startswith("guid:") else None
        former = whole, _with_other_scheme(whole), self._oldest_key_of(entry)
        return tuple(dict.fromkeys(one for one in former if one and one != key))

    def _guid_of(self, entry: FeedEntry) -> str:
        guid = entry.guid or ""
        return self._name(guid) if guid.startswith(("http://", "https://")) else guid

    def _name(self, address: str) -> str:
        """`named_by_link`, made once for each address."""
        name = self._names.get(address)
        if name is None:
            name = self._names[address] = named_by_link(address)
        return name

    def _has_own_guid(self, entry: FeedEntry) -> bool:
        return entry.guid is not None and self._guids[self._guid_of(entry)] == 1

    def _oldest_key_of(self, entry: FeedEntry) -> str:
        if self._has_own_guid(entry):
            return f"guid:{entry.guid}"
        if entry.link and self._links[entry.link] == 1:
            return f"link:{entry.link}"
        date = _date_of(entry)
        return "hash:" + fingerprint(entry.title, date, None if date or entry.title else entry.summary)


def named_by_link(link: str) -> str:
    """What a link names an entry by: its comparing form, and its fragment, since live pages tell their posts apart by that alone."""
    address = comparing_url(link)
    fragment = shown_url(link).partition("#")[2]
    return f"{address}#{fragment}" if fragment and "#" not in address else address


def entry_fingerprints(entry: FeedEntry) -> tuple[str, str]:
    """A hash of everything whose change makes an entry changed: title, summary, content, updated date and link.

    The second is that of earlier versions, in which another session in the link was a change.
    """
    updated = entry.updated_at.isoformat() if entry.updated_at else None
    said = (entry.title, entry.summary, entry.content, updated)
    return fingerprint(*said, lasting_url(entry.link) if entry.link else entry.link), fingerprint(*said, entry.link)


class Held(NamedTuple):
    """An entry that the archive holds."""

    entry_id: int
    fingerprint: str


class Recognised(NamedTuple):
    """What an arrived entry is to the archive."""

    held: Held | None
    """The entry that it is; None: it is new."""
    is_renamed: bool = False
    """Whether it was known under a key that earlier versions gave it."""
    is_old: bool = False
    """Whether it is new to the archive because an earlier version took it for one with another; it alerts nobody."""


def recognise(one: PreparedEntry, by_key: Mapping[str, Held], by_place: Mapping[str, Held]) -> Recognised:
    """Which of the entries on record an arrived one is.

    `by_key`: those of the source under the key and the former keys of what arrived; `by_place`: those that were named by their link, by its
    comparing form. A session that an earlier version took into the key is another one by now, so that no key can be the same.
    """
    if one.key in by_key:
        return Recognised(by_key[one.key])
    for key in one.former_keys:
        if key not in by_key:
            continue
        is_it = _kind(key) == _kind(one.key) != "hash" or by_key[key].fingerprint in one.fingerprints
        return Recognised(by_key[key], is_renamed=True) if is_it else Recognised(None, is_old=True)
    if one.address and one.address in by_place and one.key == f"link:{one.address}":
        return Recognised(by_place[one.address], is_renamed=True)
    return Recognised(None)


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _with_other_scheme(key: str | None) -> str | None:
    """A key that is an address as it was before its site moved to https, or back."""
    kind, _, address = (key or "").partition(":")
    scheme, separator, rest = address.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme)
    return f"{kind}:{other}{separator}{rest}" if other and separator else None


def _date_of(entry: FeedEntry) -> str | None:
    return entry.published_at.isoformat() if entry.published_at else None
