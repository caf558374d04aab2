"""What each source showed last, the gaps that are found by it, and what is recorded of filling them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from news.alerts import AlertKind
from news.repairing import LEAST_BETWEEN_ALERTS, RETRY_DELAYS
from news.sources import DueRepair, FeedEntry, FeedLink, ParsedFeed, PollKind, PollOutcome, Problem, RepairOutcome, RepairWay
from news.topics import Topic
from quivive.cli.json_answers import coverage_json
from quivive.cli.json_whole import whole_json
from storage import Tally
from storage.file.times import to_text
from tests.desk import DAMAGE, NOW, A, B, Desk, entry

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEXT = FeedLink("next", "https://a.example/feed/2")
ABSENT = Problem("http_404", "nothing is there")
OTAN = Topic("OTAN", "OTAN", ("hook",))


def story(number: int, **changes: Any) -> FeedEntry:
    """The article that was published so many hours after noon."""
    told = entry(f"L’OTAN, sommet {number}", f"https://a.example/{number}", f"id-{number}", published_at=NOW + number * HOUR)
    return replace(told, **changes)


def stories(latest: int, count: int = 5) -> list[FeedEntry]:
    """What a feed shows, the newest first."""
    return [story(number) for number in range(latest, latest - count, -1)]


def at(hour: float) -> datetime:
    return NOW + hour * HOUR


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    """A desk that has polled a source in silence at noon: the articles 0 to -4."""
    with Desk(tmp_path / "archive.db", [OTAN], silent=True) as running:
        running.follow(OTAN, health_notify=("hook",))
        running.watch(A, name="Le Journal")
        running.poll(A, *stories(0), at=NOW)
        yield running


def poll(desk: Desk, entries: Sequence[FeedEntry], when: datetime, *links: FeedLink, **rest: Any) -> Tally:
    source = desk.source(A)
    feed = ParsedFeed(None, tuple(entries), links=links, problem=rest.pop("damage", None))
    outcome = PollOutcome(source.source_id, source.url, when, 0.1, PollKind.PARSED, 200, 1000, feed, **rest)
    desk.now = when
    return desk.archive.record_poll(outcome, when).result()


def gaps(desk: Desk) -> list[dict[str, Any]]:
    (thing,) = desk.archive.find_things(A, ())
    told: Any = whole_json(desk.archive.tell_whole(thing, [], {}, desk.now))
    return list(told["gaps"])


def due(desk: Desk, when: datetime | None = None, in_hand: Sequence[int] = ()) -> list[DueRepair]:
    return desk.archive.due_repairs(when or desk.now, 100, in_hand)


def bring(desk: Desk, *entries: FeedEntry, links: Sequence[FeedLink] = (), sitemaps: tuple[str, ...] = (), **rest: Any) -> Tally:
    """The place that is due shows these entries."""
    (place,) = due(desk)
    feed = ParsedFeed(None, entries, links=tuple(links))
    outcome = RepairOutcome(place.gap_id, place.source_id, place.way, place.url, desk.now, 0.1, 200, feed=feed, sitemaps=sitemaps)
    return desk.archive.record_repair(replace(outcome, **rest), desk.now).result()


def fail(desk: Desk, problem: Problem = ABSENT) -> Tally:
    return bring(desk, feed=None, problem=problem)


def fail_all(desk: Desk) -> Tally:
    """Nothing is where it is looked for."""
    tally = Tally()
    while due(desk):
        tally = fail(desk)
    return tally


def told(desk: Desk) -> list[str]:
    """Of which articles alerts were made, the oldest first."""
    return [one["article_title"] for one in reversed(desk.log()) if one["kind"] != "health"]


def health(desk: Desk) -> list[dict[str, Any]]:
    return desk.log(kind=AlertKind.HEALTH)


def test_the_first_poll_of_a_source_leaves_no_gap_and_reads_no_archive(desk: Desk) -> None:
    assert gaps(desk) == []
    assert due(desk) == []


def test_bodies_that_overlap_leave_none(desk: Desk) -> None:
    assert poll(desk, stories(3), at(4)).gap is None
    assert poll(desk, stories(7), at(8)).gap is None
    assert gaps(desk) == []


def test_one_that_shows_nothing_of_the_last_leaves_one_with_its_span_and_loss(desk: Desk) -> None:
    tally = poll(desk, stories(20), at(21))
    assert tally.gap is not None
    assert tally.gap.message == "none of the 5 entries was known: about 15 others may have come and gone since the last poll"
    (gap,) = gaps(desk)
    assert (gap["from_at"], gap["to_at"]) == ("2025-02-10T12:00:00Z", "2025-02-11T04:00:00Z")
    assert (gap["state"], gap["entries"], gap["missed"], gap["found"]) == ("open", 5, 15, 0)
    assert gap["found_at"] == "2025-02-11T09:00:00Z"


def test_the_loss_is_estimated_by_the_rhythm_of_the_source_once_that_is_known(desk: Desk) -> None:
    midnight = NOW.replace(hour=0)
    by_day = [
        story(100 - day * 24 + hour, published_at=midnight - day * DAY + hour * HOUR) for day in range(1, 29) for hour in range(8, 20, 2)
    ]
    desk.watch(B)
    desk.poll(B, *reversed(by_day), at=midnight - 2 * HOUR)
    morning = [story(1000 + minute, published_at=midnight + 7 * HOUR + minute * MINUTE) for minute in range(100, 0, -1)]
    desk.poll(B, *morning, at=midnight + 9 * HOUR)
    assert desk.rows("SELECT missed FROM gaps") == [(0,)], "it says nothing at night"


def test_the_next_body_is_compared_with_the_one_that_left_it(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    assert poll(desk, stories(22), at(23)).gap is None
    assert len(gaps(desk)) == 1


def test_a_feed_that_is_dated_by_the_day_is_compared_with_what_it_showed_last(desk: Desk) -> None:
    day = NOW.replace(hour=0)
    for latest in range(3, 20, 3):
        shown = [story(number, published_at=day) for number in range(latest, latest - 5, -1)]
        assert poll(desk, shown, at(latest)).gap is None
    assert poll(desk, [story(number, published_at=day) for number in range(60, 55, -1)], at(60)).gap is not None


def test_what_was_shown_is_remembered_by_the_archive(desk: Desk) -> None:
    desk.reopen()
    assert poll(desk, stories(3), at(4)).gap is None
    desk.reopen()
    assert poll(desk, stories(20), at(21)).gap is not None


def test_an_outage_longer_than_a_window_leaves_a_gap_and_a_shorter_one_none(desk: Desk) -> None:
    for hour in range(1, 4):
        desk.fail_poll(A, at=at(hour))
    assert poll(desk, stories(4), at(4)).gap is None
    desk.fail_poll(A, at=at(5))
    assert poll(desk, stories(30), at(31)).gap is not None


def test_a_source_that_was_taken_out_and_put_back_has_a_gap_if_it_was_away_for_too_long(desk: Desk) -> None:
    specs, desk.specs = desk.specs, []
    desk.sync()
    desk.specs = specs
    desk.sync()
    assert poll(desk, stories(3), at(4)).gap is None
    desk.specs = []
    desk.sync()
    desk.specs = specs
    desk.sync()
    tally = poll(desk, stories(30), at(31))
    assert tally.gap is not None
    assert tally.entries_silent == 0


def test_an_archive_of_an_earlier_version_goes_by_the_entries_it_has(desk: Desk) -> None:
    desk.archive._submit(lambda db: db.conn.execute("DELETE FROM windows")).result()
    assert poll(desk, stories(3), at(4)).gap is None
    desk.archive._submit(lambda db: db.conn.execute("DELETE FROM windows")).result()
    assert poll(desk, stories(30), at(31)).gap is not None


def test_a_feed_that_gives_all_its_entries_other_ids_or_other_addresses_leaves_none(desk: Desk) -> None:
    assert poll(desk, [replace(one, guid=f"new-{one.guid}") for one in stories(1)], at(2)).gap is None
    assert poll(desk, [replace(one, guid=None, link=f"{one.link}/moved") for one in stories(2)], at(3)).gap is None


def test_a_feed_whose_ids_number_its_places_is_known_by_what_stands_there(desk: Desk) -> None:
    numbered = [replace(one, guid=str(place)) for place, one in enumerate(stories(0))]
    poll(desk, numbered, at(0.5))
    assert poll(desk, [replace(one, guid=str(place)) for place, one in enumerate(stories(2))], at(3)).gap is None
    assert poll(desk, [replace(one, guid=str(place)) for place, one in enumerate(stories(40))], at(41)).gap is not None


def test_a_feed_that_is_empty_for_a_while_is_compared_with_what_it_showed_before(desk: Desk) -> None:
    poll(desk, [], at(1))
    assert poll(desk, stories(2), at(3)).gap is None
    poll(desk, [], at(4))
    poll(desk, [], at(5))
    poll(desk, stories(40), at(41))
    (gap,) = gaps(desk)
    assert gap["from_at"] == "2025-02-10T14:00:00Z"
    assert coverage(desk, at(41))["last_good_at"] == "2025-02-12T05:00:00Z"


def test_what_a_hub_tells_is_no_window(desk: Desk) -> None:
    """It tells of a few entries only; the polls alone prove that none was left out."""
    source = desk.source(A)
    subscription = 1
    for number in range(1, 9):
        feed = ParsedFeed(None, (story(number),))
        outcome = PollOutcome(source.source_id, A, at(number), 0.1, PollKind.PARSED, 200, 100, feed)
        assert desk.archive.hubs.record_told(subscription, outcome, at(number)).result().gap is None
        if number % 3 == 0:
            assert poll(desk, stories(number), at(number + 0.5)).gap is None
    assert poll(desk, stories(8), at(9)).gap is None
    assert gaps(desk) == []
    assert poll(desk, stories(30), at(31)).gap is not None


def test_a_damaged_body_does_not_take_the_place_of_a_whole_one(desk: Desk) -> None:
    assert poll(desk, stories(20, 2), at(20), damage=DAMAGE).gap is None
    assert poll(desk, stories(3), at(21)).gap is None


def test_a_source_of_which_only_damaged_bodies_were_read_is_compared_with_what_they_brought_also_if_no_window_was_kept(desk: Desk) -> None:
    desk.watch(B)
    desk.poll(B, *stories(0), at=at(1), damage=DAMAGE)
    desk.archive._writer.submit(lambda db: db.conn.execute("DELETE FROM windows")).result()  # as earlier versions left it
    assert desk.poll(B, *stories(20), at=at(21)).gap is not None


def test_the_places_that_are_due_are_the_ways_of_the_feed(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    (place,) = due(desk)
    assert (place.way, place.url, place.source_id) == (RepairWay.ARCHIVE, NEXT.url, desk.source(A).source_id)
    assert due(desk, at(20)) == []
    assert due(desk, in_hand=[place.source_id]) == []


def test_a_source_that_is_not_configured_is_left_alone(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    specs, desk.specs = desk.specs, []
    desk.sync()
    assert due(desk) == []
    desk.specs = specs
    desk.sync()
    assert len(due(desk)) == 1


def test_of_each_source_one_place_is_due_its_newest_gaps(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    poll(desk, stories(60), at(61), FeedLink("next", "https://a.example/feed/3"))
    assert [place.url for place in due(desk)] == ["https://a.example/feed/3"]


def test_what_was_missed_is_recorded_like_what_a_poll_brings_and_told_once(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    tally = bring(desk, *stories(15, 10), links=[FeedLink("next", "https://a.example/feed/3")])
    assert (tally.entries_new, tally.articles_new, tally.gap_became) == (10, 10, None)
    (gap,) = gaps(desk)
    assert (gap["state"], gap["found"], gap["reached_at"]) == ("open", 10, "2025-02-10T18:00:00Z")
    tally = bring(desk, *stories(5, 10))
    assert (tally.entries_new, tally.gap_became) == (5, "repaired")
    (gap,) = gaps(desk)
    assert (gap["state"], gap["found"], gap["repaired_at"], gap["next_repair_at"]) == ("repaired", 15, "2025-02-11T09:00:00Z", None)
    assert sorted(told(desk)) == sorted(f"L’OTAN, sommet {number}" for number in range(1, 21))
    assert due(desk) == []
    assert health(desk) == []


def test_what_was_missed_counts_for_no_volume(desk: Desk) -> None:
    poll(desk, stories(5), at(0))
    poll(desk, stories(20), at(24))
    counted = "SELECT count(*), sum(counted) FROM alerts WHERE article_id IS NOT NULL"
    (before, _), *_ = desk.rows(counted)
    bring(desk, *stories(19, 16))
    (after, uncounted), *_ = desk.rows(counted)
    assert after - before == uncounted > 0


def test_what_is_older_than_the_gap_is_left_where_it_is(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    bring(desk, *stories(15, 30))
    assert desk.archive.count_articles() == 25


def test_an_archive_corrects_nothing_that_is_known(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    poll(desk, [story(21), replace(story(20), title="L’OTAN, corrigé"), *stories(19, 3)], at(22))
    tally = bring(desk, *stories(20, 30))
    assert tally.articles_revised == 0
    assert "L’OTAN, corrigé" in [one["title"] for one in desk.articles()]


def test_a_sitemap_brings_nothing_twice(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    fail(desk)  # the pages of WordPress
    bring(desk, feed=None, sitemaps=("https://a.example/s.xml",))
    listed = [replace(story(number), guid=None, link=f"https://a.example/{number}?utm_source=s") for number in range(20, -3, -1)]
    tally = bring(desk, *listed)
    assert (tally.entries_new, tally.gap_became) == (15, "repaired")
    assert gaps(desk)[0]["found"] == 15
    assert desk.archive.count_articles() == 25


def test_what_is_known_by_its_id_is_known_at_any_address(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    moved = [replace(one, link=f"{one.link}/archived") for one in stories(18, 3)]
    assert bring(desk, *moved, *stories(15, 20)).entries_new == 15


def test_a_place_that_was_read_already_brings_nothing(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    (place,) = due(desk)
    bring(desk, *stories(15, 20))
    outcome = RepairOutcome(place.gap_id, place.source_id, place.way, place.url, desk.now, 0.1, feed=ParsedFeed(None, tuple(stories(-50))))
    assert desk.archive.record_repair(outcome, desk.now).result() == Tally()
    assert desk.archive.count_articles() == 25


def test_what_another_site_says_is_not_taken(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    assert bring(desk, *stories(15, 10), final_url="https://evil.example/2").entries_new == 0
    assert due(desk)[0].way is RepairWay.PAGED
    assert gaps(desk)[0]["problem"] == {"code": "elsewhere", "message": "it leads to another site: https://evil.example/2"}


def test_where_the_feed_redirects_to_is_its_own_site(desk: Desk) -> None:
    moved = FeedLink("next", "https://www.a.example/feed/2")
    poll(desk, stories(20), at(21), moved, final_url="https://www.a.example/feed")
    assert due(desk)[0].url == moved.url
    assert bring(desk, *stories(15, 20), final_url="https://a.example/feed/2").gap_became == "repaired"


def test_a_place_that_fails_is_tried_again_also_after_a_restart(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    fail(desk, Problem("timeout", "the server did not answer"))
    desk.reopen()
    assert due(desk) == []
    assert due(desk, desk.now + RETRY_DELAYS[0])[0].url == NEXT.url
    assert gaps(desk)[0]["problem"]["code"] == "timeout"


def test_a_gap_that_could_not_be_filled_is_told_once_to_those_who_look_after_the_watch(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    tally = fail_all(desk)
    assert tally.gap_became == "given_up"
    assert [alert.kind for alert in tally.alerts] == ["health"]
    (alert,) = health(desk)
    assert alert["health"]["event"] == "gap"
    assert (alert["health"]["since"], alert["health"]["until"]) == ("2025-02-10T12:00:00Z", "2025-02-11T04:00:00Z")
    assert alert["health"]["code"] == "no_archive"
    assert alert["health"]["message"] == "the site offers no archive or sitemap of news that goes back to what was known"
    assert [one["channel"] for one in alert["deliveries"]] == ["hook"]


def test_one_that_was_filled_in_part_is_told_with_what_lacks(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    bring(desk, *stories(15, 5))
    fail_all(desk)
    (alert,) = health(desk)
    assert (alert["health"]["since"], alert["health"]["until"]) == ("2025-02-10T12:00:00Z", "2025-02-10T23:00:00Z")
    assert gaps(desk)[0]["state"] == "partly"


def test_a_site_without_an_archive_is_not_searched_again_for_a_week_nor_told_of_each_hour(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    fail_all(desk)
    poll(desk, stories(60), at(61))
    assert (gaps(desk)[0]["state"], due(desk)) == ("given_up", [])
    assert len(health(desk)) == 2, "more than a day after the first"
    poll(desk, stories(80), at(81))
    assert len(health(desk)) == 2
    assert gaps(desk)[0]["problem"]["code"] == "not_searched"
    poll(desk, stories(180), at(21 + 7 * 24 - 1))
    assert due(desk) == []
    poll(desk, stories(400), at(21 + 7 * 24))
    assert len(due(desk)) == 1


def test_whoever_is_told_daily_is_told_after_a_day(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    fail_all(desk)
    hours = LEAST_BETWEEN_ALERTS / HOUR
    poll(desk, stories(42), at(21 + hours - 1))
    assert len(health(desk)) == 1
    poll(desk, stories(64), at(21 + hours))
    assert len(health(desk)) == 2


def test_the_places_wait_no_longer_when_the_clock_goes_back(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    fail(desk, Problem("timeout", "the server did not answer"))
    desk.archive.set_back(timedelta(days=1), at(21) - DAY).result()
    assert len(due(desk, at(21) - DAY + RETRY_DELAYS[0])) == 1
    desk.archive._submit(lambda db: db.conn.execute("UPDATE gaps SET next_repair_at = '2031-01-01T00:00:00.000000Z'")).result()
    desk.archive.mend_clock_jumps(at(22)).result()
    assert len(due(desk, at(22))) == 1


def test_after_a_year_only_the_last_hundred_gaps_of_a_source_are_kept(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    copy = """INSERT INTO gaps (source_id, from_at, to_at, message, found_at, reached_at, state)
              SELECT source_id, from_at, to_at, message, found_at, reached_at, 'given_up' FROM gaps WHERE id = 1"""
    for _ in range(120):
        desk.archive._submit(lambda db: db.conn.execute(copy)).result()
    assert desk.archive.forget_gaps(at(21) + 365 * DAY).result() == 0
    assert [desk.archive.forget_gaps(at(22) + 365 * DAY).result() for _ in range(2)] == [20, 0]
    assert desk.rows("SELECT count(*), min(id) FROM gaps") == [(101, 1)], "one is still open"


def coverage(desk: Desk, when: datetime) -> dict[str, Any]:
    (source,) = desk.archive.report_coverage(when)
    told: Any = coverage_json(source)
    return dict(told)


def hours(desk: Desk, when: datetime) -> float:
    """How many hours of the last 30 days are covered."""
    return round(coverage(desk, when)["coverage"] * 30 * 24, 1)


def test_the_time_between_bodies_that_overlap_is_covered_failed_polls_or_not(desk: Desk) -> None:
    assert hours(desk, at(1)) == 0
    poll(desk, stories(2), at(3))
    assert hours(desk, at(4)) == 3
    desk.fail_poll(A, at=at(5))
    assert hours(desk, at(5)) == 3
    poll(desk, stories(5), at(6))
    assert hours(desk, at(6)) == 6


def leave_unchanged(desk: Desk, when: datetime) -> None:
    desk.archive.record_poll(PollOutcome(desk.source(A).source_id, A, when, 0.1, PollKind.UNCHANGED, 304), when).result()


def test_an_unchanged_feed_covers_the_time_too(desk: Desk) -> None:
    leave_unchanged(desk, at(2))
    assert hours(desk, at(3)) == 2


@pytest.mark.parametrize(("unchanged_at", "well_until"), [((2, 9), 9), ((2, 9 * 24), 0)])
def test_before_a_gap_all_was_well_at_the_last_304_that_was_believed(desk: Desk, unchanged_at: tuple[int, ...], well_until: int) -> None:
    """After a 304 that is doubted, which one of nine days is, at the last body."""
    for hour in unchanged_at:
        leave_unchanged(desk, at(hour))
    assert poll(desk, stories(300), at(301)).gap is not None
    assert desk.rows("SELECT last_good_at FROM gaps") == [(to_text(at(well_until)),)]


@pytest.mark.parametrize("latest", [0, 2])
def test_a_feed_that_shows_nothing_covers_nothing_until_it_shows_what_it_did(desk: Desk, latest: int) -> None:
    """With something new, or without."""
    poll(desk, [], at(2))
    assert hours(desk, at(3)) == 0
    poll(desk, stories(latest), at(4))
    assert hours(desk, at(4)) == 4


def test_a_gap_covers_nothing_until_it_is_filled(desk: Desk) -> None:
    poll(desk, stories(20), at(21), NEXT)
    assert (hours(desk, at(21)), coverage(desk, at(21))["gaps"], coverage(desk, at(21))["missed"]) == (5, 1, 15)
    bring(desk, *stories(15, 5), links=[FeedLink("next", "https://a.example/feed/3")])
    assert hours(desk, at(21)) == 10
    (thing,) = desk.archive.find_things(A, ())
    told: Any = whole_json(desk.archive.tell_whole(thing, [], {}, at(21)))
    assert told["coverage"] == coverage(desk, at(21))["coverage"]
    bring(desk, *stories(10, 20))
    assert (hours(desk, at(21)), coverage(desk, at(21))["gaps"], coverage(desk, at(21))["missed"]) == (21, 0, 0)


def test_a_source_that_was_never_read_is_not_covered(desk: Desk) -> None:
    desk.watch(B)
    told: Any = [coverage_json(source) for source in desk.archive.report_coverage(at(1))]
    assert [(one["url"], one["coverage"], one["last_good_at"]) for one in told if one["url"] == B] == [(B, 0.0, None)]


def test_status_tells_of_gaps_what_is_done_about_them(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    (gap,) = desk.status()["gaps"]
    assert (gap["count"], gap["open"], gap["problem"]) == (1, 1, None)
    fail_all(desk)
    (gap,) = desk.status()["gaps"]
    assert (gap["count"], gap["open"], gap["problem"]["code"]) == (1, 0, "no_archive")


def test_a_gap_that_was_found_late_is_told_when_it_was_found(desk: Desk) -> None:
    shown = [story(number, published_at=NOW + number * HOUR) for number in range(105, 100, -1)]
    poll(desk, shown, at(24 * 60))
    assert [gap["polled_at"] for gap in desk.status(at(24 * 60))["gaps"]] == ["2025-04-11T12:00:00Z"]
    assert desk.archive.count_unfilled(at(24 * 60)) == {A: 1}
    assert coverage(desk, at(24 * 60))["gaps"] == 0, "what it lacks is older than what is measured"


def test_nothing_is_kept_of_a_search_that_is_over_but_what_came_of_it(desk: Desk) -> None:
    poll(desk, stories(20), at(21))
    assert json.loads(desk.rows("SELECT window FROM gaps")[0][0])[0][1] == NOW.timestamp()
    fail_all(desk)
    assert desk.rows("SELECT window, visited, steps FROM gaps") == [(None, "[]", "[]")]
