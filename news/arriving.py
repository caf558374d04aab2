"""What becomes of each entry of a feed's body: whether it is new, changed or known, whether its page is wanted, or what it shows now.

Pure, like `settling`, which it asks where an entry can be settled with the feed's own words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from news.judging import EntryNews, Version, judge_entry, make_version, speaks_of_another, still_same_article, wants_page
from news.keys import Held, recognise
from news.places import place_on_record
from news.preparing import feed_version
from news.scheduling import next_page_refresh_at
from news.settling import Decided, Settled, Settler, not_on_record
from news.showings import Known, Place, Showing
from news.source_specs import ArticlesMode
from news.sources import FeedEntry, PreparedEntry
from news.urls import comparing_url, shown_url


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry as the archive holds it, with what has come of it so far."""

    entry_id: int
    source_id: int
    key: str
    place: str
    entry: FeedEntry
    fingerprint: str
    silent: bool
    edited: bool
    changed_at: datetime
    article_id: int | None
    own_hash: str | None
    says_hash: str | None
    """A hash of the words that it was last settled with; None before."""
    page_state: str
    page_attempts: int
    page_fetched_at: datetime | None

    @property
    def shown_url(self) -> str:
        """The address that is shown for what the entry speaks of."""
        return shown_url(self.entry.link) if self.entry.link else self.place


@dataclass(frozen=True, slots=True)
class Sifted:
    """Which entries of a body are on record."""

    known: int
    """How many of them are."""
    ids: Mapping[str, int]
    """Their numbers, by the key under which each arrived."""
    telling: Sequence[PreparedEntry]
    """Those that are new, or say something else than before."""
    changed: Mapping[int, str]
    """The ids of those that say something else, with the key under which each arrived."""
    renamed: Sequence[tuple[int, str]]
    """Ids of those that are on record under a key of an earlier version, with the key that each has now."""
    old: frozenset[str]
    """Keys of those that an earlier version took for one with another entry: old news, and not on record by themselves."""


def keys_of(arrived: Iterable[PreparedEntry]) -> set[str]:
    """The keys under which the entries may be on record."""
    return {key for one in arrived for key in (one.key, *one.former_keys)}


def links_unknown(arrived: Iterable[PreparedEntry], by_key: Mapping[str, Held]) -> set[str]:
    """The links (comparing forms) of those entries that are named by them and not on record under their key."""
    return {one.address for one in arrived if one.address and one.key not in by_key and one.key.startswith("link:")}


def sift(arrived: Sequence[PreparedEntry], by_key: Mapping[str, Held], by_place: Mapping[str, Held]) -> Sifted:
    """Which entries are known, given what the archive holds under `keys_of` them, and at `links_unknown` of them."""
    recognised = {one.key: recognise(one, by_key, by_place) for one in arrived}
    held = {key: found.held for key, found in recognised.items() if found.held}
    news = [(one, judge_entry(held[one.key].fingerprint if one.key in held else None, one)) for one in arrived]
    return Sifted(
        known=len(held),
        ids={key: found.entry_id for key, found in held.items()},
        telling=[one for one, judged in news if judged is not EntryNews.KNOWN],
        changed={held[one.key].entry_id: one.key for one, judged in news if judged is EntryNews.CHANGED},
        renamed=[(found.held.entry_id, key) for key, found in recognised.items() if found.held and found.is_renamed],
        old=frozenset(key for key, found in recognised.items() if found.is_old),
    )


@dataclass(frozen=True, slots=True)
class Body:
    """The entries of one body as they arrived, and what decides what becomes of them."""

    source_id: int
    arrived: Sequence[PreparedEntry]
    """As `prepared_entries` gives them: in the feed's order, the newest first."""
    known: Mapping[str, KnownEntry]
    """Those that the source is known to have, by the key under which they arrived."""
    places: Mapping[str, Place]
    mode: ArticlesMode
    silent: bool
    """Whether what is new in it is archived without alerting."""
    silent_before: datetime | None
    """So is what was published before; None: nothing. Set while only damaged bodies of the source were read, which may have lacked it."""
    formerly_known: frozenset[str]
    """Keys of entries that an older version took for one with another; they are old, and alert nobody."""
    next_entry_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """What becomes of one entry that is new or changed: its page is wanted, or it is settled with the feed's words, or both."""

    arrived: PreparedEntry
    entry_id: int
    place: Place
    is_new: bool
    silent: bool
    page_due_at: datetime | None
    settled: tuple[Settled, ...]
    """In the order in which the entry showed it: the last is what it shows now."""
    is_another: bool = False
    """Whether the entry kept its guid and speaks of another article now."""


def changed_or_new(body: Body) -> list[PreparedEntry]:
    """The entries that say something new, in the order of publication: feeds list the newest first."""
    return [one for one in reversed(body.arrived) if judge_entry(_fingerprint_of(body, one), one) is not EntryNews.KNOWN]


def _fingerprint_of(body: Body, one: PreparedEntry) -> str | None:
    held = body.known.get(one.key)
    return held.fingerprint if held else None


def showings_of(body: Body) -> list[tuple[PreparedEntry, list[Showing]]]:
    """What each entry that is new or changed shows, in the order of publication, if the feed's words are taken for it.

    Before that comes what a changed entry said until now, if its page was still awaited: words that were never judged would be lost.
    """
    entry_id, showings = body.next_entry_id, []
    taken = frozenset(place.own for place in body.places.values())
    for one in changed_or_new(body):
        held = body.known.get(one.key)
        showing = _make_new_showing(body, one, entry_id) if held is None else _make_showing(body, one, held, taken)
        showings.append((one, [*_never_judged(held, showing), showing]))
        entry_id += held is None
    return showings


def _never_judged(held: KnownEntry | None, showing: Showing) -> list[Showing]:
    if held is None or held.page_state != "due":
        return []
    words = make_version(held.entry, None)
    return [] if words.own_hash in {held.says_hash, showing.saying.own_hash} else [showing_of(held, words)]


def _make_new_showing(body: Body, one: PreparedEntry, entry_id: int) -> Showing:
    words, place = feed_version(one), body.places[one.key]
    shown = (one.shown_url or place.own, words, words)
    return Showing(entry_id, body.source_id, place, *shown, silent=_is_silent(body, one), categories=one.entry.categories)


def _make_showing(body: Body, one: PreparedEntry, held: KnownEntry, taken: Collection[str]) -> Showing:
    """`taken`: where the entries of the body stand."""
    words, place = feed_version(one), _place_of(body, one, held)
    return Showing(
        held.entry_id,
        body.source_id,
        place,
        one.shown_url or place.own,
        words,
        words,
        silent=held.silent,
        edited=True,
        article_id=held.article_id,
        own_hash=held.own_hash,
        is_another=speaks_of_another(held.entry, one.entry) or _is_shifted(held, place, taken),
        categories=one.entry.categories,
        refiled=set(held.entry.categories) != set(one.entry.categories),
    )


def _is_shifted(held: KnownEntry, place: Place, taken: Collection[str]) -> bool:
    """Whether another entry of the body stands where this one stood: a feed that numbers its places has moved its articles on."""
    return place.own != held.place and held.place in taken


def _is_silent(body: Body, one: PreparedEntry) -> bool:
    """Whether a new entry is old news. One without a date may be news, and alerts: to miss an alert would be worse."""
    published = one.entry.published_at
    is_old = body.silent_before is not None and published is not None and published < body.silent_before
    return body.silent or is_old or one.key in body.formerly_known


def _place_of(body: Body, one: PreparedEntry, held: KnownEntry) -> Place:
    """An entry whose link stays what it was keeps its place, also when those that shared the link are no longer listed.

    So does one that has none, also when its feed has moved.
    """
    place = body.places[one.key]
    if one.address != (comparing_url(held.entry.link) if held.entry.link else None):
        return place
    return Place(held.place, tuple(form for form in (place.own, *place.alternates) if form != held.place), place.plain)


def all_to_be_known(body: Body, showings: Sequence[tuple[PreparedEntry, Sequence[Showing]]]) -> list[Showing]:
    """All that deciding these showings may look at: what each entry shows, and what a known one showed before, at another address."""
    now = [showing for _, shown in showings for showing in shown]
    held = [(shown[-1], body.known[one.key]) for one, shown in showings if one.key in body.known]
    return now + [before for showing, known in held for before in _while_page_is_awaited(showing, known) if _has_moved(showing, known)]


def may_be_new(body: Body, showings: Sequence[tuple[PreparedEntry, Sequence[Showing]]], known: Known) -> list[Showing]:
    """Those of the showings that may prove to be new articles: what is around these is loaded before it is decided whether they are."""
    candidates = [showing for one, shown in showings for showing in _may_begin(body, one, shown)]
    return not_on_record(known, candidates, all_to_be_known(body, showings))


def _may_begin(body: Body, one: PreparedEntry, shown: Sequence[Showing]) -> Sequence[Showing]:
    """The showings of an entry that are settled with this body, in their order. None of a new one whose page is awaited."""
    held = body.known.get(one.key)
    *never_judged, showing = shown
    if not wants_page(body.mode, one.entry):
        return shown
    return [] if held is None else [*never_judged, *_while_page_is_awaited(showing, held)]


def decide_arrivals(body: Body, showings: Sequence[tuple[PreparedEntry, Sequence[Showing]]], known: Known) -> tuple[list[Arrival], Decided]:
    """What becomes of each entry that is new or changed, and all that follows. Each decision is known to those that follow."""
    settler = Settler(known)
    arrivals = [_decide(body, one, shown, settler) for one, shown in showings]
    return arrivals, settler.conclude()


def _decide(body: Body, one: PreparedEntry, shown: Sequence[Showing], settler: Settler) -> Arrival:
    held = body.known.get(one.key)
    *never_judged, showing = shown
    settled = [settler.settle(before) for before in never_judged]
    if settled:
        showing = replace(showing, article_id=settled[-1].article_id, own_hash=settled[-1].showing.saying.own_hash)
    due_at = _page_due_at(body, one, showing, held, settler)
    if due_at is None:
        settled.append(settler.settle(showing))
    elif held is not None and showing.article_id is not None:
        settled += [settler.settle(one) for one in _while_page_is_awaited(showing, held)]
    if showing.is_another and due_at is not None:
        settler.forget_saying(showing.entry_id)
    return Arrival(one, showing.entry_id, showing.place, held is None, showing.silent, due_at, tuple(settled), showing.is_another)


def _while_page_is_awaited(showing: Showing, held: KnownEntry) -> list[Showing]:
    """What a known entry shows at once. What its feed says now is a version, whatever its page will bring.

    At another address it may be another article, which its page tells; but an article that it speaks of still is filed otherwise by now.
    """
    if not _has_moved(showing, held):
        return [_without_text(showing)]
    before = make_version(held.entry, None)
    if showing.refiled and not showing.is_another and still_same_article(before.title, showing.saying):
        return [replace(showing_of(held, before), version=None, refiled=True)]
    return []


def _page_due_at(body: Body, one: PreparedEntry, showing: Showing, held: KnownEntry | None, settler: Settler) -> datetime | None:
    """When the entry's page is to be fetched; None if the feed's words are all that is wanted of it."""
    if not wants_page(body.mode, one.entry):
        return None
    if held is None:
        return None if settler.is_page_known(showing) else body.now
    return body.now if _has_moved(showing, held) else next_page_refresh_at(body.now, held.page_fetched_at)


def _has_moved(showing: Showing, held: KnownEntry) -> bool:
    return showing.place.own != held.place


def _without_text(showing: Showing) -> Showing:
    return replace(showing, version=None)


def showing_of(stored: KnownEntry, version: Version) -> Showing:
    """What an entry on record shows, with `version` offered as its article's text."""
    return Showing(
        stored.entry_id,
        stored.source_id,
        place_on_record(stored.place, stored.entry),
        stored.shown_url,
        make_version(stored.entry, None),
        version,
        silent=stored.silent,
        edited=stored.edited,
        article_id=stored.article_id,
        own_hash=stored.own_hash,
        categories=stored.entry.categories,
    )
