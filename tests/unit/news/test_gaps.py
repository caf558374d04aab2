"""Whether entries may have come and gone between two bodies of a feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.gaps import (
    MOST_REMEMBERED,
    MOST_SIFTED,
    Gap,
    Item,
    Named,
    Naming,
    NoGap,
    Window,
    foresee_missed,
    judge_gap,
    next_window,
    recognise_renamed,
)
from news.rhythm import Brought, begin_rhythm

NOON = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


def known(*numbers: int) -> list[Item]:
    """Items on record; number N was published N hours after midnight of the day before."""
    return [Item(number, published(number)) for number in numbers]


def new(*numbers: float) -> list[Item]:
    """Items that nobody has seen yet, published like those on record."""
    return [Item(None, published(number)) for number in numbers]


def published(number: float) -> datetime:
    return NOON - timedelta(hours=36) + number * HOUR


def undated(items: list[Item]) -> list[Item]:
    return [item._replace(published_at=None) for item in items]


def window(items: list[Item], held_until: datetime = NOON) -> Window:
    return Window(tuple(items), held_until)


TEN = known(*range(36, 26, -1))
"""The newest is of noon."""


def judge(items: list[Item], body: list[Item], after: timedelta = QUARTER, *, is_damaged: bool = False) -> Gap | NoGap:
    return judge_gap(window(items), body, NOON + after, is_damaged=is_damaged)


def test_a_window_that_still_shows_the_newest_of_the_last_overlaps() -> None:
    assert judge(TEN, new(38, 37) + TEN[:8]) is NoGap.OVERLAPS
    assert judge(TEN, new(*range(45, 36, -1)) + TEN[:1], 10 * HOUR) is NoGap.OVERLAPS


def test_a_full_window_of_which_nothing_was_known_leaves_a_gap() -> None:
    gap = judge(TEN, new(*range(60, 50, -1)), 25 * HOUR)
    assert isinstance(gap, Gap)
    assert (gap.from_at, gap.to_at, gap.last_good_at) == (NOON, published(51), NOON)


def test_the_loss_is_estimated_by_how_often_the_source_publishes() -> None:
    gap = judge(TEN, new(*range(60, 50, -1)), 25 * HOUR)
    assert isinstance(gap, Gap)
    assert gap.missed == 14  # of 37 to 50
    gap = judge(undated(TEN), undated(new(*range(60, 50, -1))), 25 * HOUR)
    assert isinstance(gap, Gap)
    assert (gap.missed, gap.from_at, gap.to_at) == (None, NOON, NOON + 25 * HOUR)
    gap = judge(undated(TEN), new(*range(60, 50, -1)), 25 * HOUR)
    assert isinstance(gap, Gap)
    assert (gap.missed, gap.from_at) == (14, NOON), "by the dates there are"
    gap = judge(TEN, new(*(37 + n / 100 for n in range(9, -1, -1))))
    assert isinstance(gap, Gap)
    assert gap.missed == 0


def test_a_rhythm_that_is_known_tells_it_better_nights_considered() -> None:
    midnight = NOON - 12 * HOUR
    dates = tuple(midnight - timedelta(days=day) + hour * HOUR for day in range(1, 29) for hour in range(8, 20, 2))
    rhythm = begin_rhythm(Brought(20, dates), midnight, QUARTER)
    night = Gap(midnight - 5 * HOUR, midnight + 7 * HOUR, midnight - 5 * HOUR, 99)
    day = Gap(midnight + 7 * HOUR, midnight + 19 * HOUR, midnight, 99)
    by_night, by_day = foresee_missed(night, rhythm), foresee_missed(day, rhythm)
    assert by_night == replace(night, missed=0)
    assert by_day.missed == 5, "of six a day"
    away = replace(day, from_at=day.from_at + timedelta(days=28), to_at=day.to_at + timedelta(days=28))
    assert foresee_missed(away, rhythm).missed == by_day.missed, "what was known then"
    assert foresee_missed(day, None) is day


def test_one_of_which_little_is_known_does_not() -> None:
    gap = Gap(NOON, LATER, NOON, 99)
    few = begin_rhythm(Brought(20, tuple(NOON - n * HOUR for n in range(1, 50))), NOON, QUARTER)
    assert foresee_missed(gap, few) is gap
    enough = replace(few, entries=50.0)
    assert foresee_missed(gap, enough) == replace(gap, missed=0)


def test_of_a_source_that_was_never_read_nothing_can_be_missed() -> None:
    assert judge_gap(None, new(1, 2), NOON) is NoGap.FIRST
    assert judge_gap(None, [], NOON) is NoGap.EMPTY
    assert judge(TEN, []) is NoGap.EMPTY


def test_an_item_that_stays_at_the_top_proves_nothing() -> None:
    pinned = known(30)
    flooded = new(*range(59, 50, -1))
    assert isinstance(judge(TEN, pinned + flooded, 25 * HOUR), Gap)
    assert isinstance(judge(TEN, known(36) + flooded, 25 * HOUR), Gap)
    assert isinstance(judge(undated(TEN), undated(known(36) + flooded), 25 * HOUR), Gap)
    assert isinstance(judge(undated(TEN), undated(known(30) + flooded), 25 * HOUR), Gap)


def test_a_body_too_short_to_have_an_order_or_too_long_for_a_feed_has_no_top() -> None:
    assert judge(TEN, known(36) + new(59, 58, 57), 25 * HOUR) is NoGap.OVERLAPS
    assert isinstance(judge(TEN, known(36) + new(60, 59, 58, 57), 25 * HOUR), Gap)
    long = known(36) + new(*(80 - number / 1000 for number in range(MOST_SIFTED)))
    assert judge(TEN, long, 60 * HOUR) is NoGap.OVERLAPS
    assert isinstance(judge(TEN, long[:-1], 60 * HOUR), Gap)


def test_where_either_body_has_no_dates_the_order_counts() -> None:
    top, flooded = known(36), new(*range(59, 50, -1))
    assert isinstance(judge(TEN, undated(top + flooded), 25 * HOUR), Gap)
    assert isinstance(judge(undated(TEN), top + flooded, 25 * HOUR), Gap)
    assert judge(TEN, undated(new(38, 37) + TEN[:3])) is NoGap.OVERLAPS


@pytest.mark.parametrize(("shown", "verdict"), [(36, NoGap.OVERLAPS), (35, NoGap.OVERLAPS), (34, NoGap.OVERLAPS), (33, None)])
def test_a_feed_without_dates_whose_newest_come_last_overlaps_if_it_still_shows_one_of_them(shown: int, verdict: NoGap | None) -> None:
    found = judge(undated(TEN[::-1]), undated(known(shown) + new(*range(37, 46))))
    assert found is verdict if verdict else isinstance(found, Gap)


def test_an_old_item_at_the_end_of_the_window_proves_nothing_either() -> None:
    assert isinstance(judge(TEN, new(*range(59, 50, -1)) + known(27), 25 * HOUR), Gap)
    assert isinstance(judge(undated(TEN), undated(new(*range(59, 50, -1)) + known(27)), 25 * HOUR), Gap)


def test_a_few_that_were_withdrawn_are_no_gap() -> None:
    assert judge(TEN, new(*range(44, 36, -1)) + TEN[2:4], 9 * HOUR) is NoGap.OVERLAPS
    assert isinstance(judge(TEN, new(*range(44, 36, -1)) + TEN[3:5], 9 * HOUR), Gap)


def test_a_window_that_shrank_still_shows_the_newest() -> None:
    assert judge(TEN, new(37) + TEN[:2]) is NoGap.OVERLAPS
    assert judge(undated(TEN), undated(new(37) + TEN[:2])) is NoGap.OVERLAPS


def test_a_feed_in_any_other_order_overlaps_by_what_it_still_shows() -> None:
    by_title = [TEN[4], *new(37), TEN[9], TEN[0], TEN[7], TEN[1], TEN[3], TEN[8], TEN[2], TEN[6]]
    assert judge(TEN, by_title) is NoGap.OVERLAPS
    assert judge(undated(TEN), undated(by_title)) is NoGap.OVERLAPS
    oldest_first = TEN[::-1]
    assert judge(oldest_first, [*oldest_first[7:], *new(*range(37, 44))], 7 * HOUR) is NoGap.OVERLAPS
    assert judge(undated(oldest_first), undated([*oldest_first[7:], *new(*range(37, 44))]), 7 * HOUR) is NoGap.OVERLAPS
    assert isinstance(judge(oldest_first, new(*range(50, 60)), 24 * HOUR), Gap)


def test_an_event_that_is_dated_far_ahead_proves_nothing() -> None:
    event = [Item(99, NOON + 25 * HOUR)]
    assert isinstance(judge(event + TEN, event + new(*range(59, 50, -1)), 25 * HOUR), Gap)
    in_another_zone = [Item(99, NOON + 2 * HOUR)]
    assert judge(in_another_zone + TEN, new(*range(50, 41, -1)) + in_another_zone, 15 * HOUR) is NoGap.OVERLAPS


def test_a_site_that_calls_all_its_items_otherwise_overlaps_by_their_dates() -> None:
    assert judge(TEN, new(37, 36, 35, 34, 33)) is NoGap.OVERLAPS
    assert isinstance(judge(TEN, new(*range(60, 52, -1), 37, 30), 25 * HOUR), Gap), "one alone may be dated back"
    assert isinstance(judge(TEN, new(*range(60, 52, -1), 36, 36), 25 * HOUR), Gap), "of the same day, perhaps later"
    assert isinstance(judge(TEN, new(50, 20, 51, 21, 52, 22, 53, 23, 54, 24), 25 * HOUR), Gap), "in no order"


@pytest.mark.parametrize("size", [5, 10, 20])
def test_a_few_that_are_dated_back_and_come_last_by_chance_prove_no_overlap(size: int) -> None:
    """Feeds of readers' finds, or of partners, list what is older now and then."""
    few, many = max(3, size // 4) - 1, max(3, size // 4)
    assert isinstance(judge(TEN, new(*range(60, 60 - size + few, -1), *range(3, 3 - few, -1)), 24 * HOUR), Gap)
    assert judge(TEN, new(*range(60, 60 - size + many, -1), *range(3, 3 - many, -1)), 24 * HOUR) is NoGap.OVERLAPS


def test_an_older_state_of_a_feed_is_no_gap() -> None:
    assert judge(TEN, known(*range(20, 10, -1))) is NoGap.NOTHING_NEW
    assert judge(undated(TEN), undated(known(*range(20, 10, -1)))) is NoGap.NOTHING_NEW


def test_what_is_known_from_elsewhere_is_no_older_state() -> None:
    """A hub may have told of all that a body shows, and not of all that came before it."""
    assert isinstance(judge(TEN, known(*range(60, 50, -1)), 25 * HOUR), Gap)
    assert judge(TEN, known(36, *range(20, 11, -1))) is NoGap.OVERLAPS


def test_what_is_lost_of_a_damaged_body_may_have_been_known() -> None:
    flooded = new(*range(60, 50, -1))
    assert judge(TEN, flooded, 23 * HOUR, is_damaged=True) is NoGap.DAMAGED
    assert isinstance(judge(TEN, flooded, 24 * HOUR, is_damaged=True), Gap)
    assert isinstance(judge(TEN, flooded, 23 * HOUR), Gap)


def test_a_feed_that_was_emptied_and_filled_again_is_no_gap() -> None:
    assert judge(TEN, new(38, 37), 2 * HOUR) is NoGap.REFILLED
    assert judge(undated(TEN), undated(new(38, 37)), 2 * HOUR) is NoGap.REFILLED
    assert isinstance(judge(TEN, new(*range(42, 37, -1)), 6 * HOUR), Gap), "half of a window is full"


def test_after_longer_than_a_window_a_short_one_is_a_gap_all_the_same() -> None:
    assert judge(TEN, new(46, 45), 9 * HOUR) is NoGap.REFILLED
    assert isinstance(judge(TEN, new(47, 46), 10 * HOUR), Gap)
    assert isinstance(judge(undated(TEN), undated(new(62, 61)), 25 * HOUR), Gap)


def test_the_gap_ends_where_the_new_window_begins_pinned_items_aside() -> None:
    gap = judge(TEN, known(30) + new(60, 59, 58, 57, 56), 25 * HOUR)
    assert isinstance(gap, Gap)
    assert gap.to_at == published(56)
    gap = judge(TEN, new(90, 60, 59, 58, 57), 25 * HOUR)  # the first is dated in the future
    assert isinstance(gap, Gap)
    assert gap.to_at == published(57)


def test_a_gap_begins_with_the_newest_item_that_was_known_before_the_last_good_poll() -> None:
    late = Window((Item(99, NOON + 2 * HOUR), *TEN[3:]), NOON)
    gap = judge_gap(late, new(*range(60, 50, -1)), NOON + 25 * HOUR)
    assert isinstance(gap, Gap)
    assert (gap.from_at, gap.last_good_at) == (published(33), NOON)


def test_what_only_changed_its_id_is_known_by_address_or_by_title_and_date() -> None:
    held = [Named(1, "https://a.example/1", "Un", published(1)), Named(2, "https://a.example/2", "Deux !", published(2))]
    body = [Item(None, published(3)), Item(7, published(2)), *new(1, 2, 3)]
    namings = [
        Naming("https://a.example/1", "Autre"),
        Naming("https://a.example/2", "Deux"),
        Naming("https://b.example/1", "Un"),
        Naming(None, "DEUX"),
        Naming("https://b.example/3", "Deux"),
    ]
    assert [item.entry_id for item in recognise_renamed(body, namings, held)] == [1, 7, 1, 2, None]


def test_a_title_that_comes_again_and_again_names_nothing_without_its_date() -> None:
    held = [Named(1, "https://a.example/1", "La revue du matin", None)]
    assert recognise_renamed([Item(None, None)], [Naming("https://a.example/2", "La revue du matin")], held) == [Item(None, None)]
    assert recognise_renamed([Item(None, None)], [Naming(None, None)], held) == [Item(None, None)]


LATER = NOON + QUARTER


def test_the_next_body_is_compared_with_this_one() -> None:
    shown = next_window(window(TEN), known(37) + TEN[:9], NoGap.OVERLAPS, LATER, has_news=True)
    assert shown == Window((*known(37), *TEN[:9]), LATER)
    assert next_window(None, TEN, NoGap.FIRST, LATER, has_news=True) == window(TEN, LATER)
    assert next_window(window(TEN), known(60), Gap(NOON, LATER, NOON, 1), LATER, has_news=False) == window(known(60), LATER)


@pytest.mark.parametrize("verdict", [NoGap.EMPTY, NoGap.NOTHING_NEW, NoGap.DAMAGED])
def test_a_body_that_lost_what_was_known_does_not_count(verdict: NoGap) -> None:
    before = window(TEN)
    assert next_window(before, known(1), verdict, LATER, has_news=True) is before


def test_an_older_state_does_not_take_the_place_of_a_newer_one() -> None:
    before = window(TEN)
    after = next_window(before, TEN[2:] + known(1), NoGap.OVERLAPS, LATER, has_news=False)
    assert after == Window(before.items, LATER)


def test_what_a_hub_told_of_before_is_part_of_the_next_window() -> None:
    shown = known(38, 37) + TEN[:8]
    after = next_window(window(TEN), shown, NoGap.OVERLAPS, LATER, has_news=False)
    assert after == window(shown, LATER)
    undated_before, undated_after = window(undated(TEN)), undated(shown)
    assert next_window(undated_before, undated_after, NoGap.OVERLAPS, LATER, has_news=False) == window(undated_after, LATER)


def test_of_a_long_feed_so_much_is_remembered() -> None:
    shown = next_window(None, known(*range(2 * MOST_REMEMBERED, 0, -1)), NoGap.FIRST, LATER, has_news=True)
    assert shown is not None
    assert [item.entry_id for item in shown.items] == list(range(2 * MOST_REMEMBERED, MOST_REMEMBERED, -1))


class Watching:
    """A feed of so many entries, with some pinned above them, and what is known of it from poll to poll."""

    def __init__(self, size: int, pinned: int, *, dated: bool) -> None:
        self.gaps: list[tuple[Gap, datetime]] = []
        self.seen: set[int] = set()
        self.first = 0
        self._size, self._pinned, self._dated = size, pinned, dated
        self._window: Window | None = None

    def poll(self, latest: int, now: datetime) -> None:
        shown = [*range(-1, -1 - self._pinned, -1), *range(latest, max(0, latest - self._size), -1)]
        dates = [published(one) if self._dated else None for one in shown]
        body = [Item(one if one in self.seen else None, date) for one, date in zip(shown, dates, strict=True)]
        verdict = judge_gap(self._window, body, now)
        if isinstance(verdict, Gap):
            self.gaps.append((verdict, now))
        numbered = [Item(one, date) for one, date in zip(shown, dates, strict=True)]
        self._window = next_window(self._window, numbered, verdict, now, has_news=not self.seen.issuperset(shown))
        self.first = self.first if self.seen else max(1, latest - self._size + 1)
        self.seen.update(shown)

    def is_told(self, number: int) -> bool:
        """Whether a gap speaks of an entry: by its date, or by when it was published."""
        moment = published(number)
        return any(gap.from_at <= moment <= gap.to_at or gap.last_good_at <= moment <= found_at for gap, found_at in self.gaps)


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=12), st.integers(0, 2))
def test_whatever_is_published_is_seen_or_lies_in_a_gap(size: int, polls: list[tuple[int, bool]], pinned: int) -> None:
    """Before each poll so many entries are published, one an hour; some polls fail. What is pinned to a feed of three nobody can tell."""
    for watching in (Watching(size, pinned if size > 3 else 0, dated=True), Watching(size, 0, dated=False)):
        latest = 0
        for number, (count, fails) in enumerate(polls):
            latest += count
            if not fails:
                watching.poll(latest, published(latest) + number * timedelta(minutes=1))
        missed = set(range(watching.first, max(watching.seen, default=0))) - watching.seen
        assert [number for number in sorted(missed) if not watching.is_told(number)] == []
