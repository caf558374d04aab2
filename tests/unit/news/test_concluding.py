"""What a poll makes of the record of its source, and the fetch of a page of that of its entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from news.arriving import KnownEntry
from news.concluding import (
    NO_REASON,
    PageStanding,
    SourceRecord,
    Validators,
    addresses_of_page,
    conclude_page,
    conclude_page_failure,
    conclude_poll,
    conclude_told,
    is_awaited,
    judge_silence,
    problem_of,
)
from news.rhythm import Brought, begin_rhythm
from news.scheduling import PAGE_RETRY_DELAYS, PollTiming
from news.sources import ExtractedPage, FeedEntry, PageOutcome, ParsedFeed, PollKind, PollOutcome, Problem
from news.trusting import LONGEST_BELIEF, Trust

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)
QUARTER = timedelta(minutes=15)
TIMING = PollTiming(QUARTER, timedelta(minutes=5), timedelta(hours=12))
HELD = Validators("W/held", "Mon, 10 Feb 2025 11:00:00 GMT", "held")
RECORD = SourceRecord(BEFORE, NOW, "a.example", is_named=False, first_read_at=BEFORE, last_read_at=BEFORE, validators=HELD)
MALFORMED = Problem("malformed", "the feed is cut off")
TIMEOUT = Problem("timeout", "no answer", retry_after=timedelta(hours=2))
WHOLE, DAMAGED = ParsedFeed("La Gazette", ()), ParsedFeed("La Gazette", (), problem=MALFORMED)
GIVEN = Validators("W/new", "Mon, 10 Feb 2025 12:00:00 GMT", "new")


def outcome(kind: PollKind = PollKind.PARSED, **rest: Any) -> PollOutcome:
    return PollOutcome(1, "https://a.example/feed", NOW, 0.5, kind, **rest)


def parsed(feed: ParsedFeed = WHOLE) -> PollOutcome:
    return outcome(feed=feed, etag=GIVEN.etag, last_modified=GIVEN.last_modified, body_hash=GIVEN.body_hash)


def after(one: PollOutcome, record: SourceRecord = RECORD) -> SourceRecord:
    return conclude_poll(record, one, TIMING, NOW)


def test_a_poll_that_went_well_forgets_the_failures_before_it() -> None:
    failing = replace(RECORD, consecutive_failures=3, problem=TIMEOUT)
    record = after(parsed(), failing)
    assert (record.consecutive_failures, record.problem) == (0, None)
    assert (record.last_success_at, record.next_poll_at) == (NOW, NOW + QUARTER)


def test_a_poll_that_failed_is_counted_and_changes_nothing_of_what_was_read() -> None:
    record = after(outcome(PollKind.FAILED, problem=TIMEOUT), replace(RECORD, consecutive_failures=1, last_success_at=BEFORE))
    assert record == replace(RECORD, consecutive_failures=2, last_success_at=BEFORE, problem=TIMEOUT, next_poll_at=NOW + timedelta(hours=2))


def test_each_failure_in_a_row_doubles_the_wait() -> None:
    record = after(outcome(PollKind.FAILED), RECORD)
    assert (record.problem, record.next_poll_at) == (NO_REASON, NOW + 2 * QUARTER)
    assert after(outcome(PollKind.FAILED), record).next_poll_at == NOW + 4 * QUARTER


def test_only_a_body_without_damage_was_read_whole_and_every_body_was_read() -> None:
    unread = replace(RECORD, first_read_at=None, last_read_at=None)
    assert (after(parsed(), unread).first_read_at, after(parsed(), unread).last_read_at) == (NOW, NOW)
    assert (after(parsed(DAMAGED), unread).first_read_at, after(parsed(DAMAGED), unread).last_read_at) == (None, NOW)
    assert after(parsed()).first_read_at == BEFORE


def test_a_server_that_says_that_nothing_changed_has_sent_nothing_to_read_and_the_same_body_was_read() -> None:
    assert after(outcome(PollKind.UNCHANGED)).last_read_at == BEFORE
    assert after(outcome(PollKind.SAME_BODY)).last_read_at == NOW
    unread = replace(RECORD, first_read_at=None)
    assert after(outcome(PollKind.SAME_BODY), unread).first_read_at is None


def test_a_damaged_body_is_a_success_with_a_problem() -> None:
    record = after(parsed(DAMAGED))
    assert (record.problem, record.last_success_at, record.consecutive_failures) == (MALFORMED, NOW, 0)


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (parsed(), None),
        (parsed(DAMAGED), MALFORMED),
        (outcome(PollKind.FAILED, problem=TIMEOUT), TIMEOUT),
        (outcome(PollKind.FAILED, problem=TIMEOUT, feed=DAMAGED), TIMEOUT),
        (outcome(PollKind.UNCHANGED), None),
    ],
)
def test_what_was_wrong_with_a_poll_is_its_own_problem_or_its_bodys(one: PollOutcome, problem: Problem | None) -> None:
    assert problem_of(one) == problem


def test_only_a_body_without_damage_vouches_for_its_entries() -> None:
    assert after(parsed()).validators == GIVEN
    assert after(parsed(DAMAGED)).validators == Validators()


def test_a_body_that_came_again_renews_what_vouches_for_it_and_keeps_what_was_not_given_anew() -> None:
    assert after(outcome(PollKind.SAME_BODY, etag="W/new")).validators == replace(HELD, etag="W/new")
    assert after(outcome(PollKind.SAME_BODY, last_modified="now", body_hash="x")).validators == replace(HELD, last_modified="now")


def test_that_nothing_changed_is_believed_until_the_feed_must_be_asked_for_without_condition_to_be_read_within_eight_days() -> None:
    unchanged = outcome(PollKind.UNCHANGED, etag="W/new")
    read_at = NOW + 2 * QUARTER - LONGEST_BELIEF - timedelta(seconds=1)
    assert after(unchanged, replace(RECORD, last_read_at=read_at + timedelta(seconds=1))).trust == Trust(NOW)
    assert after(unchanged, replace(RECORD, last_read_at=read_at)).trust == Trust(NOW, is_doubted=True)
    assert after(unchanged, replace(RECORD, last_read_at=None)).trust == Trust(NOW)
    assert after(unchanged, replace(RECORD, last_read_at=read_at)).validators == HELD


@pytest.mark.parametrize(
    ("silent_from", "last_read_at", "is_silent"),
    [(None, NOW, False), (NOW, None, False), (NOW, NOW, True), (NOW, NOW - timedelta(seconds=1), False)],
)
def test_a_source_is_silent_when_a_body_says_so(silent_from: datetime | None, last_read_at: datetime | None, is_silent: bool) -> None:
    assert replace(RECORD, silent_from=silent_from, last_read_at=last_read_at).is_silent == is_silent


@pytest.mark.parametrize(
    ("given", "is_liar"),
    [
        ((HELD.etag, HELD.last_modified), True),
        ((HELD.etag, "later"), False),
        (("W/new", HELD.last_modified), False),
        ((None, None), False),
    ],
)
def test_a_new_entry_under_the_validators_of_before_shows_that_304_was_untrue(given: tuple[str | None, str | None], is_liar: bool) -> None:
    doubted = replace(RECORD, trust=Trust(NOW, is_doubted=True))
    one = replace(parsed(), etag=given[0], last_modified=given[1])
    record = conclude_poll(doubted, one, TIMING, NOW, Brought(1, (None,)))
    assert (record.trust.distrusted_at, record.trust.strikes) == ((NOW, 0) if is_liar else (None, 1))
    without = replace(doubted, validators=Validators())
    assert conclude_poll(without, replace(one, etag=None, last_modified=None), TIMING, NOW, Brought(1, (None,))).trust.distrusted_at is None


def test_what_a_doubted_server_brings_is_taken_to_have_come_since_the_body_before() -> None:
    rhythm = begin_rhythm(Brought(10, ()), BEFORE, TIMING.least)
    record = replace(RECORD, rhythm=rhythm, last_success_at=NOW - timedelta(minutes=1))
    news, date = replace(parsed(), feed=WHOLE), NOW - timedelta(minutes=30)

    def latest(trust: Trust) -> datetime:
        after = conclude_poll(replace(record, trust=trust), news, TIMING, NOW, Brought(1, (date,)))
        assert after.rhythm is not None
        return after.rhythm.last_news_at

    assert latest(Trust(NOW, is_doubted=True)) == date
    assert latest(Trust()) > NOW - timedelta(minutes=1)


def test_what_a_hub_tells_teaches_the_rhythm_and_is_no_poll() -> None:
    rhythm = begin_rhythm(Brought(10, tuple(NOW - timedelta(hours=hour) for hour in range(9))), NOW, TIMING.least)
    known = replace(RECORD, rhythm=rhythm, last_success_at=NOW)
    later = NOW + timedelta(hours=2)
    told = conclude_told(known, TIMING, later, Brought(1, (later,)))
    assert told.rhythm is not None
    assert told.silent_from is not None
    assert (told.rhythm.last_news_at, told.rhythm.window) == (later, 10)
    assert replace(told, rhythm=rhythm, silent_from=None) == known
    assert conclude_told(known, TIMING, later, Brought(1, ())) is known
    assert conclude_told(RECORD, TIMING, later, Brought(1, (later,))) is RECORD


def test_a_failure_leaves_the_validators_as_they_are() -> None:
    assert after(outcome(PollKind.FAILED, problem=TIMEOUT)).validators == HELD


def test_a_source_is_called_by_its_feeds_title_unless_the_configuration_names_it() -> None:
    assert (after(parsed()).name, after(parsed()).feed_title) == ("La Gazette", "La Gazette")
    named = after(parsed(), replace(RECORD, name="Gazette", is_named=True))
    assert (named.name, named.feed_title) == ("Gazette", "La Gazette")


@pytest.mark.parametrize("title", [None, ""])
def test_a_feed_without_a_title_leaves_the_source_its_name(title: str | None) -> None:
    called = replace(RECORD, name="La Gazette", feed_title="La Gazette")
    assert after(parsed(ParsedFeed(title, ())), called).name == "La Gazette"
    assert after(parsed(ParsedFeed(title, ())), called).feed_title == "La Gazette"


def test_a_title_that_cannot_be_stored_is_made_storable() -> None:
    assert after(parsed(ParsedFeed("La \ud800 Gazette", ()))).name == "La \ufffd Gazette"


@pytest.mark.parametrize(
    ("first", "last", "silence"),
    [
        (None, None, (True, None)),
        (None, BEFORE, (False, RECORD.added_at)),
        (BEFORE, BEFORE, (False, None)),
        (BEFORE, None, (False, None)),
    ],
)
def test_a_first_body_is_silent_and_after_damaged_ones_what_is_older_than_the_source(
    first: datetime | None, last: datetime | None, silence: tuple[bool, datetime | None]
) -> None:
    record = replace(RECORD, first_read_at=first, last_read_at=last)
    assert judge_silence(record, silent_first_poll=True) == silence
    assert judge_silence(record, silent_first_poll=False) == (False, None)


LINK = "https://a.example/1"


def stored(**rest: Any) -> KnownEntry:
    fields = {
        "entry_id": 5,
        "source_id": 1,
        "key": "guid:1",
        "place": LINK,
        "entry": FeedEntry("1", LINK, "Un sommet"),
        "fingerprint": "",
        "silent": False,
        "edited": False,
        "changed_at": BEFORE,
        "article_id": None,
        "own_hash": None,
        "says_hash": None,
        "page_state": "due",
        "page_attempts": 0,
        "page_fetched_at": None,
    }
    return KnownEntry(**{**fields, **rest})


def fetched(**rest: Any) -> PageOutcome:
    return PageOutcome(5, 1, LINK, NOW, 10.0, **{"page": ExtractedPage("Un sommet", "Trente maires."), **rest})


def test_a_page_is_awaited_while_it_is_due_and_the_link_is_the_one_that_was_fetched() -> None:
    assert is_awaited(stored(), fetched())
    assert not is_awaited(stored(page_state="done"), fetched())
    assert not is_awaited(stored(entry=FeedEntry("1", "https://a.example/2", "Un sommet")), fetched())


def test_an_entry_without_a_link_awaits_the_page_of_its_place() -> None:
    assert is_awaited(stored(entry=FeedEntry("1", None, "Un sommet")), fetched())


def test_a_page_that_came_is_done() -> None:
    assert conclude_page(stored(page_attempts=3), fetched(), NOW) == PageStanding("done", None, 0)


@pytest.mark.parametrize(("seconds_before", "is_again"), [(10, False), (9, True)])
def test_a_page_whose_entry_changed_while_it_was_on_its_way_is_fetched_once_more(seconds_before: int, is_again: bool) -> None:
    changed = stored(edited=True, changed_at=NOW - timedelta(seconds=seconds_before))
    expected = PageStanding("due", NOW + timedelta(hours=1), 0) if is_again else PageStanding("done", None, 0)
    assert conclude_page(changed, fetched(), NOW) == expected


def test_an_entry_that_came_while_its_page_was_on_its_way_has_not_changed() -> None:
    assert conclude_page(stored(changed_at=NOW), fetched(), NOW).state == "done"


def test_a_page_that_failed_is_tried_again_and_given_up_in_the_end() -> None:
    problem = Problem("http_503", "not now")
    assert conclude_page_failure(stored(), problem, NOW) == PageStanding("due", NOW + PAGE_RETRY_DELAYS[0], 1, problem)
    last = len(PAGE_RETRY_DELAYS)
    assert conclude_page_failure(stored(page_attempts=last - 1), problem, NOW).state == "due"
    assert conclude_page_failure(stored(page_attempts=last), problem, NOW) == PageStanding("given_up", None, last + 1, problem)


def test_a_site_that_names_its_own_wait_is_given_it() -> None:
    assert conclude_page_failure(stored(), TIMEOUT, NOW).due_at == NOW + timedelta(hours=2)


def test_a_page_gives_its_article_the_address_where_it_was_found_and_the_one_it_names() -> None:
    page = ExtractedPage("Un sommet", "Trente maires.", canonical_url="https://A.example/un-sommet?utm_source=rss")
    found = fetched(final_url="https://www.a.example/1.html", page=page)
    assert addresses_of_page(stored(), found) == ("https://a.example/1.html", "https://a.example/un-sommet")
    assert addresses_of_page(stored(), fetched()) == ()
    assert addresses_of_page(stored(), fetched(page=None, problem=TIMEOUT)) == ()
