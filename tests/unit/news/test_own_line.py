"""Whether it is our own line that is down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.own_line import (
    LATELY,
    LINE_CODES,
    LONGEST_DOUBT,
    Line,
    Seen,
    count_hosts,
    find_outage,
    is_refuted,
    next_poll_after_refutation,
    next_probe,
    probe_wait,
)

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def seen(host: str, code: str | None = "dns", since: datetime | None = NOW - MINUTE) -> Seen:
    return Seen(f"https://{host}/feed", NOW, code, since if code else None)


def cut_off(number: int) -> list[Seen]:
    return [seen(f"h{one}.example") for one in range(number)]


@pytest.mark.parametrize(("hosts", "needed"), [(3, 3), (12, 3), (79, 3), (80, 4), (200, 10), (10_000, 10)])
def test_so_many_hosts_must_be_unreachable_at_once(hosts: int, needed: int) -> None:
    assert find_outage(cut_off(needed - 1), hosts, NOW) is None
    assert find_outage(cut_off(needed), hosts, NOW) == NOW - MINUTE


@pytest.mark.parametrize("code", sorted(LINE_CODES))
def test_it_is_told_by_what_a_dead_line_makes_of_a_poll(code: str) -> None:
    assert find_outage([seen(f"{one}.example", code) for one in "abc"], 3, NOW) is not None


@pytest.mark.parametrize("code", ["http_503", "truncated", "not_a_feed", "malformed"])
def test_any_other_failure_is_an_answer(code: str) -> None:
    assert find_outage([seen(f"{one}.example", code) for one in "abc"], 3, NOW) is None


def test_it_began_with_the_first_source_that_was_cut_off() -> None:
    latest = [*cut_off(2), seen("x.example", since=NOW - 9 * MINUTE)]
    assert find_outage(latest, 3, NOW) == NOW - 9 * MINUTE


def test_one_source_or_two_prove_nothing_even_if_there_are_no_others() -> None:
    assert find_outage(cut_off(1), 1, NOW) is None
    assert find_outage(cut_off(2), 2, NOW) is None


def test_where_all_sources_are_on_one_host_or_two_all_of_these_are_a_proof() -> None:
    latest = [Seen(f"https://a.example/{one}", NOW, "refused", NOW - MINUTE) for one in range(3)]
    assert find_outage(latest, 1, NOW) is not None
    assert find_outage(latest, 2, NOW) is None


def test_one_host_among_several_proves_nothing_however_many_sources_it_has() -> None:
    latest = [Seen(f"https://a.example/{one}", NOW, "timeout", NOW - MINUTE) for one in range(9)]
    assert find_outage(latest, 3, NOW) is None


def test_sources_that_have_been_failing_for_longer_prove_nothing() -> None:
    old = NOW - LATELY - SECOND
    assert find_outage([*cut_off(2), seen("x.example", since=old)], 3, NOW) is None
    assert find_outage([*cut_off(2), seen("x.example", since=NOW - LATELY)], 3, NOW) is not None
    assert find_outage([*cut_off(2), seen("x.example", since=None)], 3, NOW) is None


def test_next_to_nobody_may_answer_meanwhile() -> None:
    answers = [seen("lan.example", None)]
    assert find_outage([*answers, *cut_off(3)], 9, NOW) is None
    assert find_outage([*answers, *cut_off(4)], 9, NOW) is not None


def test_what_answered_before_the_outage_disproves_nothing() -> None:
    assert find_outage([*cut_off(3), *(seen(f"old{one}.example", None) for one in range(50))], 60, NOW) is not None


def test_the_last_word_of_a_host_counts() -> None:
    answered_after = [seen("h0.example", None), *cut_off(3)]
    assert find_outage(answered_after, 3, NOW) is None
    answered_before = [seen("h0.example"), seen("h0.example", None), seen("h1.example"), seen("h2.example")]
    assert find_outage(answered_before, 3, NOW) is not None


def test_another_port_is_another_host() -> None:
    assert count_hosts(["http://127.0.0.1:1/a", "http://127.0.0.1:2/a", "http://127.0.0.1:2/b", "https://www.a.fr/", "http://a.fr/"]) == 3
    assert count_hosts(["http://[::1", "http://a:99999/"]) == 2


@pytest.mark.parametrize(
    ("sources", "least", "wait"),
    [
        (1, 5 * MINUTE, 5 * MINUTE),
        (3, 5 * MINUTE, 100 * SECOND),
        (200, 5 * MINUTE, 30 * SECOND),
        (0, 5 * MINUTE, 5 * MINUTE),
        (3, 2 * SECOND, 2 * SECOND),
    ],
)
def test_no_source_is_probed_more_often_than_it_may_be_polled(sources: int, least: timedelta, wait: timedelta) -> None:
    assert probe_wait(sources, least) == wait


def test_a_probe_is_due_when_its_time_has_come_and_a_clock_that_was_ahead_puts_none_off() -> None:
    line = next_probe(Line(NOW, NOW, NOW, 30.0), NOW, was_cut_off=True)
    assert [line.is_probe_due(NOW + at * SECOND) for at in (0, 29, 30)] == [False, False, True]
    assert line.is_probe_due(NOW - SECOND)


def addresses(number: int) -> list[str]:
    return [one.url for one in cut_off(number)]


@pytest.mark.parametrize(
    ("cut_off_hosts", "answering", "lasting", "is_over"),
    [
        (3, 1, timedelta(), False),
        (3, 1, LONGEST_DOUBT - SECOND, False),
        (3, 1, LONGEST_DOUBT, True),
        (4, 1, LONGEST_DOUBT, False),
        (3, 0, LONGEST_DOUBT, False),
        (3, 2, timedelta(), True),
        (7, 2, timedelta(), True),
        (8, 2, timedelta(), False),
        (11, 3, timedelta(), True),
    ],
)
def test_it_is_not_our_line_if_enough_others_answer_meanwhile(
    cut_off_hosts: int, answering: int, lasting: timedelta, is_over: bool
) -> None:
    line = Line(NOW - HOUR, NOW, NOW, 30.0)
    assert is_refuted(line, addresses(cut_off_hosts), addresses(answering), NOW + lasting) is is_over


def test_a_witness_is_asked_after_each_probe_that_was_not_answered() -> None:
    line = Line(NOW, NOW, NOW, 30.0)
    assert next_probe(line, NOW, was_cut_off=True).is_witness_due
    assert not next_probe(next_probe(line, NOW, was_cut_off=True), NOW, was_cut_off=False).is_witness_due


def test_what_was_cut_off_is_polled_again_when_it_proves_nothing_of_the_line_any_more() -> None:
    line = Line(NOW, NOW + MINUTE, NOW, 30.0)
    again_at = next_poll_after_refutation(line, NOW + 2 * MINUTE)
    assert find_outage([seen(f"{one}.example", since=NOW) for one in "abc"], 3, again_at) is None
    assert next_poll_after_refutation(line, NOW + HOUR) == NOW + HOUR


def test_sources_that_were_never_read_are_a_proof_only_if_all_were_tried_and_nobody_answers() -> None:
    never = [replace(one, was_well=False) for one in cut_off(5)]
    assert find_outage(never, 6, NOW) is None
    assert find_outage(never, 5, NOW) == NOW - MINUTE
    assert find_outage([*never, seen("x.example", "http_404")], 5, NOW) is None
    assert find_outage([*cut_off(2), *never[2:]], 5, NOW) is not None
