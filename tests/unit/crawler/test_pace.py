"""How fast each host may be asked."""

from __future__ import annotations

import math

import pytest

from crawler.pace import (
    HOP_PATIENCE_SECONDS,
    LONGEST_REST_SECONDS,
    MOST_CRAWL_DELAY_SECONDS,
    MOST_SLOWED_SECONDS,
    REFUSAL_REST_SECONDS,
    HostPaces,
)

HOST = "a.example"


def asked(paces: HostPaces, now: float) -> None:
    paces.begin(HOST, now)
    paces.end(HOST)


def wait_after(paces: HostPaces, delay: float, now: float) -> float:
    """How long the host rests after it was asked at `now`."""
    asked(paces, now)
    return paces.free_at(HOST, delay, now) - now


def test_a_host_that_was_never_asked_is_free() -> None:
    assert HostPaces().free_at(HOST, 5, 0) == -math.inf


def test_a_host_is_free_again_when_the_delay_since_the_beginning_of_its_last_request_is_over() -> None:
    assert wait_after(HostPaces(), 1.5, 100) == 1.5


def test_each_refusal_doubles_the_delay_up_to_a_minute() -> None:
    paces, waits = HostPaces(), []
    for now in range(1000, 9000, 1000):
        paces.refuse(HOST, 503, 1, began=now, now=now, retry_after=None)
        waits.append(wait_after(paces, 1, now + 500))  # a rest is over by then
    assert waits == [2, 4, 8, 16, 32, MOST_SLOWED_SECONDS, MOST_SLOWED_SECONDS, MOST_SLOWED_SECONDS]


def test_a_host_that_refuses_again_and_again_is_left_alone_for_some_minutes_until_it_gives_a_good_answer() -> None:
    paces, rests = HostPaces(), []
    for now in range(1000, 7000, 1000):
        paces.refuse(HOST, 503, 1, began=now, now=now, retry_after=None)
        rests.append(paces.rest_of(HOST, now))
    assert rests == [0, 0, 0, REFUSAL_REST_SECONDS, REFUSAL_REST_SECONDS, REFUSAL_REST_SECONDS]
    assert paces.status_of(HOST) == 503
    paces.recover(HOST)
    paces.refuse(HOST, 503, 1, began=9000, now=9000, retry_after=None)
    assert paces.rest_of(HOST, 9000) == 0


def test_a_longer_retry_after_counts_beside_the_rest_for_refusals() -> None:
    paces = HostPaces()
    for now in range(4):
        paces.refuse(HOST, 503, 1, began=now, now=now, retry_after=900)
    assert paces.rest_of(HOST, 3) == 900


def test_a_host_without_a_delay_is_given_one_of_a_second_when_it_refuses() -> None:
    paces = HostPaces()
    paces.refuse(HOST, 429, 0, began=10, now=10, retry_after=None)
    assert wait_after(paces, 0, 10) == 1


def test_refusals_of_requests_that_were_made_together_count_once() -> None:
    paces = HostPaces()
    for answered in (11, 12, 13):
        paces.refuse(HOST, 429, 1, began=10, now=answered, retry_after=None)
    assert wait_after(paces, 1, 20) == 2
    paces.refuse(HOST, 429, 1, began=20, now=21, retry_after=None)
    assert wait_after(paces, 1, 30) == 4


def test_a_slowed_host_recovers_step_by_step_and_wholly() -> None:
    paces = HostPaces()
    for now in (10, 20, 30):
        paces.refuse(HOST, 429, 1, began=now, now=now, retry_after=None)
    waits = []
    for now in range(100, 1300, 100):
        paces.recover(HOST)
        waits.append(wait_after(paces, 1, now))
    assert waits[:2] == [pytest.approx(6.4), pytest.approx(5.12)]
    assert waits == sorted(waits, reverse=True)
    assert waits[-1] == 1


def test_a_good_answer_makes_no_host_faster_that_was_not_slowed_down() -> None:
    paces = HostPaces()
    paces.recover(HOST)
    assert len(paces) == 0
    asked(paces, 10)
    paces.recover(HOST)
    assert wait_after(paces, 1, 20) == 1


def test_the_delay_that_a_slowed_host_has_is_never_below_the_configured_one() -> None:
    paces = HostPaces()
    paces.refuse(HOST, 429, 0, began=1, now=1, retry_after=None)
    assert wait_after(paces, 5, 10) == 5


def test_retry_after_holds_for_the_whole_host_and_is_bounded() -> None:
    paces = HostPaces()
    paces.refuse(HOST, 503, 1, began=100, now=100, retry_after=30)
    assert paces.free_at(HOST, 1, 100) == 130
    assert (paces.rest_of(HOST, 110), paces.rest_of(HOST, 140), paces.status_of(HOST)) == (20, 0, 503)
    paces.refuse(HOST, 429, 1, began=200, now=200, retry_after=86_400)
    assert (paces.rest_of(HOST, 200), paces.status_of(HOST)) == (LONGEST_REST_SECONDS, 429)
    assert paces.rest_of("b.example", 200) == 0


def test_a_shorter_retry_after_takes_nothing_of_a_longer_one() -> None:
    paces = HostPaces()
    paces.refuse(HOST, 429, 1, began=0, now=0, retry_after=50)
    paces.refuse(HOST, 429, 1, began=0, now=1, retry_after=5)
    assert paces.free_at(HOST, 1, 1) == 50


def test_nobody_waits_for_a_host_that_rests_for_more_than_a_minute_but_who_comes_in_its_last_minute_does() -> None:
    paces = HostPaces()
    paces.refuse(HOST, 429, 1, began=0, now=0, retry_after=100)
    assert paces.free_at(HOST, 1, 0) < 0
    assert paces.free_at(HOST, 1, 40) == 100


def test_a_crawl_delay_counts_where_it_is_longer_as_far_as_a_minute_and_can_be_taken_back() -> None:
    paces = HostPaces()
    for said, waits in ((10, 10), (0.5, 1), (3600, MOST_CRAWL_DELAY_SECONDS), (0, 1)):
        paces.heed_crawl_delay(HOST, said, 0)
        assert wait_after(paces, 1, 0) == waits


def test_a_host_without_a_crawl_delay_is_not_remembered_for_it() -> None:
    paces = HostPaces()
    paces.heed_crawl_delay(HOST, 0, 0)
    assert len(paces) == 0


def test_a_redirect_takes_the_next_turn_of_its_host_and_others_wait_behind_it() -> None:
    paces = HostPaces()
    asked(paces, 100)
    assert paces.take_turn(HOST, 2, 100.5) == 102
    assert paces.take_turn(HOST, 2, 100.5) == 104
    assert paces.free_at(HOST, 2, 100.5) == 106
    assert paces.take_turn(HOST, 2, 200) == 200


def test_a_redirect_waits_ten_seconds_at_most() -> None:
    paces = HostPaces()
    paces.heed_crawl_delay(HOST, 60, 0)
    asked(paces, 100)
    assert paces.take_turn(HOST, 0, 100) == 100 + HOP_PATIENCE_SECONDS


def test_a_turn_that_was_given_away_is_not_forgotten_by_one_that_was_earlier() -> None:
    paces = HostPaces()
    paces.take_turn(HOST, 2, 100)
    paces.begin(HOST, 99)
    assert paces.free_at(HOST, 2, 100) == 102


def test_the_hosts_asked_longest_ago_are_forgotten_but_none_that_rests_or_answers() -> None:
    paces = HostPaces(most=40)
    paces.refuse("rests.example", 429, 1, began=0, now=0, retry_after=600)
    paces.begin("answers.example", 0)
    for number in range(200):
        paces.begin(f"host{number}.example", 10)
        paces.end(f"host{number}.example")
    assert len(paces) <= 40
    assert paces.rest_of("rests.example", 10) == 590
    assert paces.in_flight("answers.example") == 1
    assert paces.free_at("host199.example", 1, 10) == 11


def test_a_host_that_was_asked_again_lately_is_not_forgotten() -> None:
    paces = HostPaces(most=40)
    asked(paces, 1)
    for number in range(39):
        paces.begin(f"host{number}.example", 2)
        paces.end(f"host{number}.example")
    asked(paces, 3)
    paces.begin("another.example", 4)
    assert paces.free_at(HOST, 1, 4) == 4
    assert paces.free_at("host0.example", 1, 4) == -math.inf
