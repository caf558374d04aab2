"""How a source is doing, by several polls, and what of it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.health import (
    EMPTY_BEFORE_FAILING,
    GONE_FIRST,
    GONE_GRACE,
    NO_ENTRIES,
    Condition,
    Named,
    Polled,
    Trouble,
    Verdict,
    conclude_condition,
    decide_telling,
    verdict_on,
    wait_while_gone,
)
from news.health_news import HealthNews
from news.moving import POLLS_BEFORE_ADOPTING, Move
from news.sources import Problem, SourceStatus

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
SOURCE = Named("Le Journal", "https://a.example/feed")
WELL = Condition(SourceStatus.OK, NOW - DAY)
ADOPTED = Move("https://new.example/feed", NOW - DAY, POLLS_BEFORE_ADOPTING)


def problem(code: str | None) -> Problem | None:
    return NO_ENTRIES if code == "no_entries" else Problem(code, f"about {code}") if code else None


def poll(condition: Condition, code: str | None, at: datetime, **seen: object) -> tuple[Condition, HealthNews | None]:
    polled = Polled(problem(code), **seen)  # type: ignore[arg-type]
    return decide_telling(condition, conclude_condition(condition, polled, at), polled, SOURCE, at)


def polls(codes: Sequence[str | None], condition: Condition = WELL, every: timedelta = QUARTER) -> tuple[list[str], list[tuple[str, str]]]:
    """The status after each poll, and what was told: before and after."""
    statuses, told = [], []
    for number, code in enumerate(codes):
        condition, news = poll(condition, code, NOW + number * every)
        statuses.append(condition.status.value)
        if news is not None:
            told.append((str(news.before), news.after))
    return statuses, told


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (None, Verdict.WELL),
        ("timeout", Verdict.BROKEN),
        ("malformed", Verdict.BROKEN),
        ("http_503", Verdict.BROKEN),
        ("not_a_feed", Verdict.BROKEN),
        ("no_entries", Verdict.EMPTY),
        ("http_403", Verdict.REFUSED),
        ("http_429", Verdict.REFUSED),
        ("http_404", Verdict.MISSING),
        ("http_410", Verdict.MISSING),
        *(
            (code, Verdict.WALLED)
            for code in ("bot_wall", "consent_wall", "login_wall", "subscription_wall", "http_401", "http_402", "http_451")
        ),
    ],
)
def test_each_problem_says_something_of_its_source(code: str | None, verdict: Verdict) -> None:
    assert verdict_on(problem(code)) is verdict


def test_a_source_that_fails_is_failing_at_once_and_told_at_the_third_poll_in_a_row_and_its_end_once() -> None:
    statuses, told = polls(["timeout", "http_503", "dns", "dns", "dns", None, None])
    assert (statuses, told) == (["failing"] * 5 + ["ok"] * 2, [("ok", "failing"), ("failing", "ok")])


def test_one_poll_or_two_that_fail_are_told_to_nobody() -> None:
    assert polls(["timeout", "timeout", None, "timeout", None])[1] == []


def test_what_is_told_says_since_when_why_and_what_to_do() -> None:
    condition = WELL
    for number in range(3):
        condition, news = poll(condition, "http_503", NOW + number * QUARTER)
    assert news is not None
    assert (news.since, news.until, news.code, news.message, news.url, news.name) == (
        NOW,
        None,
        "http_503",
        "about http_503",
        SOURCE.url,
        "Le Journal",
    )
    _, over = poll(condition, None, NOW + DAY)
    assert over is not None
    assert (over.since, over.until, over.code, over.message, over.is_over) == (NOW, NOW + DAY, None, "", True)


def test_the_state_began_with_the_first_poll_that_was_so() -> None:
    first, _ = poll(WELL, "timeout", NOW)
    second, _ = poll(first, "timeout", NOW + QUARTER)
    well, _ = poll(second, None, NOW + DAY)
    assert (first.since, second.since, well.since) == (NOW, NOW, NOW + DAY)


def test_a_site_that_refuses_is_taken_at_its_word_the_third_time() -> None:
    assert polls(["http_403", "http_429", "http_403", None]) == (
        ["failing", "failing", "blocked", "ok"],
        [("ok", "blocked"), ("blocked", "ok")],
    )


def test_one_that_was_blocked_stays_so_whatever_refuses_it_next() -> None:
    blocked = Condition(SourceStatus.BLOCKED, NOW, Trouble(NOW, 9, Verdict.WALLED, 9, SourceStatus.BLOCKED))
    assert poll(blocked, "http_403", NOW + QUARTER)[0].status is SourceStatus.BLOCKED


def test_a_wall_is_seen_at_once_and_told_the_third_time() -> None:
    assert polls(["bot_wall"] * 4) == (["blocked"] * 4, [("ok", "blocked")])


def test_a_source_is_gone_the_third_time_that_nothing_is_there() -> None:
    assert polls(["http_404", "http_410", "http_404", "http_404"]) == (["failing", "failing", "gone", "gone"], [("ok", "gone")])
    gone = Condition(SourceStatus.GONE, NOW, Trouble(NOW, 9, Verdict.MISSING, 9, SourceStatus.GONE))
    other, _ = poll(gone, "http_503", NOW)
    assert (other.status, poll(other, "http_404", NOW)[0].status) == (SourceStatus.FAILING, SourceStatus.FAILING)


def test_another_trouble_is_told_once_it_lasts_too() -> None:
    statuses, told = polls(["timeout"] * 3 + ["http_404"] * 4)
    assert (statuses[-3:], told) == (["failing", "gone", "gone"], [("ok", "failing"), ("failing", "gone")])


def test_a_site_that_changes_its_answer_with_each_poll_is_told_of_once() -> None:
    assert polls(["timeout", "http_403", "http_404"] * 5)[1] == [("ok", "failing")]


def test_a_feed_that_lists_nothing_fails_only_after_days() -> None:
    days = EMPTY_BEFORE_FAILING // DAY
    statuses, told = polls(["no_entries"] * (days + 2), every=DAY)
    assert statuses == ["ok"] * days + ["failing"] * 2
    assert told == [("ok", "failing")]
    assert polls(["no_entries", None])[1] == []


def test_one_that_fails_and_then_lists_nothing_is_not_failing_any_more_until_it_has_for_days() -> None:
    assert polls(["timeout", "no_entries", "no_entries"])[0] == ["failing", "ok", "ok"]
    moved = replace(WELL, status=SourceStatus.MOVED)
    assert polls(["no_entries"], moved)[0] == ["moved"]


def test_a_move_is_told_once_when_it_is_believed() -> None:
    almost = replace(ADOPTED, polls=POLLS_BEFORE_ADOPTING - 1)
    before, none = poll(WELL, None, NOW, move=almost)
    moved, news = poll(before, None, NOW, move=ADOPTED)
    again, nothing = poll(moved, None, NOW, move=moved.move)
    assert (before.status, none, moved.status, again.status, nothing) == (
        SourceStatus.OK,
        None,
        SourceStatus.MOVED,
        SourceStatus.MOVED,
        None,
    )
    assert news is not None
    assert (news.before, news.after) == ("ok", "moved")
    assert "https://new.example/feed" in news.message


def test_one_that_has_moved_and_fails_is_failing_and_afterwards_moved_as_before() -> None:
    told = replace(ADOPTED, is_told=True)
    condition = Condition(SourceStatus.MOVED, NOW, move=told)
    after: list[tuple[str, str | None]] = []
    for code in ("timeout", "timeout", "timeout", None, None):
        condition, news = poll(condition, code, NOW, move=told)
        after.append((condition.status.value, news and news.after))
    assert after == [("failing", None), ("failing", None), ("failing", "failing"), ("moved", "ok"), ("moved", None)]


def test_silence_and_its_end_are_told_once_each_and_trouble_comes_first() -> None:
    silent, news = poll(WELL, None, NOW, is_silent=True)
    still, none = poll(silent, None, NOW, is_silent=True)
    failing, nothing = poll(still, "timeout", NOW, is_silent=True)
    back, over = poll(failing, None, NOW + DAY)
    assert [one.status for one in (silent, still, failing, back)] == ["silent", "silent", "failing", "ok"]
    assert (news and (news.before, news.after), none, nothing) == (("ok", "silent"), None, None)
    assert (over and (over.before, over.after, over.until)) == ("silent", "ok", NOW + DAY)


@pytest.mark.parametrize(("is_silent", "end"), [(False, ("failing", "ok")), (True, ("failing", "silent"))])
def test_after_silence_and_a_trouble_how_the_source_stands_then_is_told_once(is_silent: bool, end: tuple[str, str]) -> None:
    condition, told = WELL, []
    for number, code in enumerate([None, "timeout", "timeout", "timeout", None, None]):
        condition, news = poll(condition, code, NOW + number * QUARTER, is_silent=number < 4 or is_silent)
        if news is not None:
            told.append((str(news.before), news.after))
    assert told == [("ok", "silent"), ("ok", "failing"), end]
    _, over = poll(condition, None, NOW + DAY)
    assert (over and (over.before, over.after)) == (("silent", "ok") if is_silent else None)


def test_a_source_that_comes_back_silent_is_not_called_well() -> None:
    condition, told = WELL, []
    for number, code in enumerate(["timeout", "timeout", "timeout", None, None]):
        condition, news = poll(condition, code, NOW + number * QUARTER, is_silent=True)
        told += [news.after] if news else []
    assert (condition.status, told) == (SourceStatus.SILENT, ["failing", "silent"])


def test_a_source_that_is_gone_is_looked_for_every_day_and_after_a_week_every_week() -> None:
    gone = Condition(SourceStatus.GONE, NOW, Trouble(NOW, 3, Verdict.MISSING, 3))
    waits = [wait_while_gone(gone, "http_410", NOW + age) for age in (timedelta(), GONE_FIRST - QUARTER, GONE_FIRST, 99 * DAY)]
    assert waits == [DAY, DAY, 7 * DAY, 7 * DAY]
    assert wait_while_gone(replace(gone, status=SourceStatus.FAILING), "http_410", NOW) is None
    assert wait_while_gone(WELL, None, NOW) is None


def test_what_only_is_not_there_is_looked_for_as_usual_during_the_first_hour() -> None:
    gone = Condition(SourceStatus.GONE, NOW, Trouble(NOW, 3, Verdict.MISSING, 3))
    assert [wait_while_gone(gone, "http_404", NOW + age) for age in (timedelta(), GONE_GRACE - QUARTER, GONE_GRACE)] == [None, None, DAY]
