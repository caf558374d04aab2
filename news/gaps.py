"""Whether entries of a source may have come and gone between two bodies of its feed: a gap. Pure.

What a body shows is a window on what the source publishes, mostly the newest entries, newest first. Where the new window still shows the
newest of the old one, nothing can have slipped through between them.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from news.fingerprints import normalise_text
from news.rhythm import Rhythm, entries_per_instalment, expected, rates_of

MOST_REMEMBERED = 500
"""Items of a window that are remembered; more than any feed needs to show that it overlaps with the last."""
MOST_SIFTED = 2_000
"""Of more items none is taken for pinned: no feed is so long, and a sitemap has no top."""
FEWEST_ENTRIES = 50
"""From which a rhythm tells more than the windows before and after a gap."""
LONGEST_DAMAGE = timedelta(days=1)
"""A damaged body may lack what was known. For longer than this it is no excuse: then it is judged like any other."""
UNDATED_SPAN = timedelta(days=1)
"""What a window without dates is taken to span."""
LEAST_OLDER, OLDER_SHARE = 3, 4
"""So many at the end of a body, or this part of it if that is more, must be older than what was known, where no name tells that it is."""
FAR_AHEAD = timedelta(days=1)
"""An item that is dated so far in the future (an event, a mistake) stays at the top for long, and proves nothing. Less is a wrong zone."""


class Item(NamedTuple):
    """An item of a window: its number on record, None if it was not there before; and when it was published, if it says so."""

    entry_id: int | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Window:
    """What a source showed when it last showed anything."""

    items: tuple[Item, ...]
    """In the order of the body."""
    held_until: datetime
    """The last good poll at which that was what it showed."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which entries may have come and gone."""

    from_at: datetime
    """When the newest entry was published that was known before; the last good poll, if none says so or it was earlier."""
    to_at: datetime
    """When the oldest entry of the new window was published; when that was read, if none says so."""
    last_good_at: datetime
    """The last good poll before it: until then nothing was missed."""
    missed: int | None
    """How many entries that may have been, by how often the source publishes; None: no dates tell it."""


class NoGap(StrEnum):
    """Why nothing can have come and gone unseen between the last body and this one."""

    FIRST = "first"
    """Nothing was read of the source before."""
    EMPTY = "empty"
    OVERLAPS = "overlaps"
    NOTHING_NEW = "nothing_new"
    """All it shows is known, and none of it is new: an older state of the feed."""
    DAMAGED = "damaged"
    """What was known may be in what was lost of it."""
    REFILLED = "refilled"
    """The feed was emptied, and what it shows is all that has come since."""


def judge_gap(window: Window | None, body: Sequence[Item], now: datetime, *, is_damaged: bool = False) -> Gap | NoGap:
    """Whether entries may have come and gone between the window that was known and a body that was read at `now`."""
    if window is None or not body:
        return NoGap.FIRST if body else NoGap.EMPTY
    if not _shows_newest_of(window, body) and _is_older_state(window, body):
        return NoGap.NOTHING_NEW
    if reaches_back(window, body):
        return NoGap.OVERLAPS
    return _excuse(window, body, now - window.held_until, is_damaged=is_damaged) or _gap_between(window, body, now)


def _excuse(window: Window, body: Sequence[Item], away: timedelta, *, is_damaged: bool) -> NoGap | None:
    """Why a body that shows nothing of the window may have left nothing out all the same."""
    if is_damaged and away < LONGEST_DAMAGE:
        return NoGap.DAMAGED
    return NoGap.REFILLED if _was_refilled(window, body, away) else None


def reaches_back(window: Window, body: Sequence[Item]) -> bool:
    """Whether a body goes back to what was newest in the window, so that it shows all that came since."""
    return _shows_newest_of(window, body) or _reaches_by_date(window, body)


def _is_older_state(window: Window, body: Sequence[Item]) -> bool:
    """Whether a body shows nothing that is new or later than what was known, as servers do that answer from a copy."""
    newest = newest_known(window)
    is_later = any(item.published_at and newest and item.published_at > newest for item in body)
    return not is_later and all(item.entry_id is not None for item in body)


def _shows_newest_of(window: Window, body: Sequence[Item]) -> bool:
    """Whether a body still shows what was newest in the window.

    Some of the newest may be missing, which the publisher withdrew; an item that stays at the top for weeks proves nothing. Where at least
    half of the window is still shown, in whatever order the feed stands, it cannot have been overrun.
    """
    items = _telling(window)
    known = {item.entry_id for item in items}
    kept = {item.entry_id for item in without_pinned(body)}
    if 2 * len(known & kept) >= len(known):
        return True
    if not (is_dated(items) and is_dated(body)):
        return _reaches_by_place(items, body)
    newest_first = sorted(items, key=lambda item: item.published_at or window.held_until, reverse=True)
    return _shows_newest(newest_first, kept)


def _telling(window: Window) -> Sequence[Item]:
    """The items of a window without those that are dated far ahead, unless all are."""
    latest = window.held_until + FAR_AHEAD
    return [item for item in window.items if not item.published_at or item.published_at <= latest] or window.items


def _shows_newest(newest_first: Sequence[Item], kept: Collection[int | None]) -> bool:
    """Whether one of the newest items is among those kept: all of the newer ones were withdrawn, which are few."""
    withdrawn = next((place for place, item in enumerate(newest_first) if item.entry_id in kept), None)
    return withdrawn is not None and withdrawn <= max(1, len(newest_first) // 4)


def _reaches_by_place(items: Sequence[Item], body: Sequence[Item]) -> bool:
    """As `reaches_back`, where only the order tells what is newer: what is new stands above all that is known, or below all of it."""
    new = [place for place, item in enumerate(body) if item.entry_id is None]
    first, last = (new[0], new[-1]) if new else (len(body), -1)
    below = {item.entry_id for item in body[last + 1 :]}
    above = {item.entry_id for item in body[:first]}
    return _shows_newest(items, below) or _shows_newest(items[::-1], above)


def _reaches_by_date(window: Window, body: Sequence[Item]) -> bool:
    """Whether a body ends in what is older than the newest that was known, though under other names, as after a site's relaunch.

    Some that are dated back may come last by chance; and what is only dated by the day may be as old as the newest, and later than it.
    """
    newest, last = newest_known(window), without_pinned(body)[-max(LEAST_OLDER, len(body) // OLDER_SHARE) :]
    shown = {item.entry_id for item in window.items}
    older = [item for item in last if newest and item.published_at and item.published_at < newest and item.entry_id not in shown]
    return 1 < len(older) == len(last) and is_newest_first(body)


def newest_known(window: Window) -> datetime | None:
    """When the newest item of a window was published, those dated in its future aside."""
    return max((item.published_at for item in window.items if item.published_at and item.published_at <= window.held_until), default=None)


def is_dated(items: Sequence[Item]) -> bool:
    """Whether all say when they were published."""
    return all(item.published_at for item in items)


def is_newest_first(body: Sequence[Item]) -> bool:
    """Whether at most a quarter of the items stand above a newer one."""
    dates = [item.published_at for item in body if item.published_at]
    rising = sum(upper < lower for upper, lower in pairwise(dates))
    return 4 * rising <= len(dates) - 1


def without_pinned(body: Sequence[Item]) -> list[Item]:
    """The items of a body without known ones that stand above most of what is new and newer, in a feed that lists the newest first."""
    if len(body) > MOST_SIFTED or not is_newest_first(body):
        return list(body)
    most = sum(1 for item in body if _is_dated_news(item)) / 2
    kept: list[Item] = []
    below: list[datetime] = []  # when what is new and stands below was published, the earliest first
    for item in reversed(body):
        later_below = len(below) - bisect_right(below, item.published_at) if item.published_at else 0
        if item.entry_id is None or later_below <= most:
            kept.append(item)
        if item.entry_id is None and item.published_at:
            insort(below, item.published_at)
    return kept[::-1]


def _is_dated_news(item: Item) -> bool:
    return item.entry_id is None and item.published_at is not None


def _was_refilled(window: Window, body: Sequence[Item], away: timedelta) -> bool:
    """Whether a feed shows so little, so soon, that it must have been emptied: nothing was pushed out of a window that is not full."""
    return 2 * len(body) < len(window.items) and away <= (_span(window.items) or UNDATED_SPAN)


def _span(items: Sequence[Item]) -> timedelta:
    dates = [item.published_at for item in items if item.published_at]
    return max(dates) - min(dates) if dates else timedelta()


def _gap_between(window: Window, body: Sequence[Item], now: datetime) -> Gap:
    from_at = newest_known(window) or window.held_until
    later = [item.published_at for item in without_pinned(body) if item.published_at and from_at < item.published_at <= now]
    to_at = min(later, default=now)
    return Gap(from_at, to_at, window.held_until, _estimate_missed(window.items, body, to_at - from_at))


def _estimate_missed(before: Sequence[Item], after: Sequence[Item], stretch: timedelta) -> int | None:
    """How many items there may be within a stretch, one standing at either end of it, if they come as often as before and after it."""
    pauses = sum(max(0, sum(1 for item in items if item.published_at) - 1) for items in (before, after))
    spans = _span(before) + _span(after)
    return max(0, round(pauses * (stretch / spans)) - 1) if spans else None


def foresee_missed(gap: Gap, rhythm: Rhythm | None) -> Gap:
    """The gap with what the source's rhythm lets expect in it, nights and weekends considered, where enough is known of that."""
    if rhythm is None or rhythm.entries < FEWEST_ENTRIES:
        return gap
    rates = rates_of(rhythm, max(rhythm.at, gap.last_good_at))  # as it was known then: the time away was no silence
    awaited = expected(rates, gap.from_at, gap.to_at) * entries_per_instalment(rhythm)
    return replace(gap, missed=max(0, round(awaited) - 1))


class Named(NamedTuple):
    """What an item of a window was called when it was last shown."""

    entry_id: int
    place: str
    """Its address, in the comparing form."""
    title: str | None
    published_at: datetime | None


class Naming(NamedTuple):
    """What an item of a body is called."""

    address: str | None
    """Its link, in the comparing form."""
    title: str | None


def recognise_renamed(body: Sequence[Item], namings: Sequence[Naming], held: Sequence[Named]) -> list[Item]:
    """The body, in which what only changed its id is known: it stands at the same address, or has the same title and date.

    `namings`: of each item of the body.
    """
    by_place = {named.place: named.entry_id for named in held}
    by_title = {(normalise_text(named.title), named.published_at): named.entry_id for named in held if named.title and named.published_at}
    return [
        item if item.entry_id is not None else replace_id(item, by_place.get(naming.address or "") or _by_title(item, naming, by_title))
        for item, naming in zip(body, namings, strict=True)
    ]


def replace_id(item: Item, entry_id: int | None) -> Item:
    """The item, as what is on record under that number."""
    return item._replace(entry_id=entry_id)


def _by_title(item: Item, naming: Naming, by_title: Mapping[tuple[str, datetime], int]) -> int | None:
    return by_title.get((normalise_text(naming.title), item.published_at)) if naming.title and item.published_at else None


def next_window(window: Window | None, body: Sequence[Item], verdict: Gap | NoGap, polled_at: datetime, *, has_news: bool) -> Window | None:
    """What is remembered after a body, whose items all have their numbers by now; the very `window` if it stays as it is.

    A body with nothing in it, an older state, and one that lost what was known, is no window to compare the next one with. One without
    news changes nothing, since a server may answer from an older state now and then; but what a hub told of before is later than that.
    """
    if verdict in {NoGap.EMPTY, NoGap.NOTHING_NEW, NoGap.DAMAGED}:
        return window
    if window is not None and verdict is NoGap.OVERLAPS and not (has_news or _goes_further(window, body)):
        return replace(window, held_until=polled_at)
    return Window(tuple(body[:MOST_REMEMBERED]), polled_at)


def _goes_further(window: Window, body: Sequence[Item]) -> bool:
    """Whether a body shows what came after a window, as far as dates tell it."""
    known, newest = {item.entry_id for item in window.items}, newest_known(window)
    others = [item for item in body if item.entry_id not in known]
    return any(newest is None or item.published_at is None or item.published_at > newest for item in others)
