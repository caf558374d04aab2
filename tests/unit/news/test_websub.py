"""From which hubs to be told of news, and what to make of what comes from them."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.sources import FeedLink, Problem
from news.websub import (
    LONGEST_LEASE,
    MOST_HUBS,
    NOT_ASKED_BACK,
    SHORTEST_LEASE,
    UNNAMED_LEASE,
    Asking,
    Changes,
    Mode,
    Refusal,
    Subscription,
    SubscriptionState,
    Wanted,
    after_asking,
    after_confirming,
    after_denial,
    after_telling,
    compare_subscriptions,
    find_hubs,
    is_live,
    is_meant,
    is_signed,
    judge_telling,
    leave,
    listen_elsewhere,
    mode_of,
    poll_at_when_told,
    with_header_links,
)

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
HUB, TOPIC, URL = "https://hub.example/", "https://journal.example/feed", "https://journal.example/feed?all"
FOUND = Subscription(1, 7, HUB, TOPIC, "token", "secret", next_attempt_at=NOW)
ACTIVE = after_confirming(FOUND, "864000", NOW)
LEAVING = replace(ACTIVE, state=SubscriptionState.LEAVING, next_attempt_at=NOW)
PROBLEM = Problem("http_500", "The site has an internal error (500): nothing if it passes.")


def links(**said: str | tuple[str, ...]) -> list[FeedLink]:
    return [FeedLink(relation, url) for relation, urls in said.items() for url in ((urls,) if isinstance(urls, str) else urls)]


def asked(known: Subscription, problem: Problem | None = None, sent_at: datetime = NOW) -> Subscription | None:
    return after_asking(known, Asking(known.subscription_id, mode_of(known), sent_at, problem), NOW)


def asked_on(known: Subscription, problem: Problem | None = None) -> Subscription:
    after = asked(known, problem)
    assert after is not None
    return after


def test_the_topic_is_what_the_feed_calls_its_own_address_else_where_it_was_read() -> None:
    assert find_hubs(links(self=TOPIC, hub=HUB), URL) == (Wanted(HUB, TOPIC),)
    assert find_hubs(links(hub=HUB), f"{URL}#top") == (Wanted(HUB, URL),)


def test_each_of_a_few_hubs_is_wanted_once() -> None:
    many = tuple(f"https://hub{number}.example/" for number in range(9))
    assert [one.hub for one in find_hubs(links(hub=(many[0], f"{many[0]}#x", *many)), URL)] == list(many[:MOST_HUBS])
    assert find_hubs(links(self=TOPIC), URL) == ()


def test_the_head_of_an_answer_comes_before_its_body_if_it_names_a_hub() -> None:
    of_body = links(hub=HUB, self=TOPIC, next="https://journal.example/2")
    of_head = links(hub="https://other.example/", self=URL)
    assert find_hubs(with_header_links(of_body, of_head), "x:") == (Wanted("https://other.example/", URL),)
    assert FeedLink("next", "https://journal.example/2") in with_header_links(of_body, of_head)
    assert with_header_links(of_body, links(self=URL)) == tuple(of_body)
    assert find_hubs(with_header_links(of_body, links(hub="https://other.example/")), "x:") == (Wanted("https://other.example/", TOPIC),)


def test_what_is_wanted_is_begun_and_what_is_wanted_no_more_is_left() -> None:
    other = Wanted("https://other.example/", TOPIC)
    changes = compare_subscriptions([ACTIVE], [other], NOW)
    assert (changes.new, changes.changed) == ((other,), (LEAVING,))
    assert compare_subscriptions([ACTIVE], [Wanted(HUB, TOPIC)], NOW) == Changes((), ())


def test_a_topic_that_changed_is_another_subscription() -> None:
    changes = compare_subscriptions([ACTIVE], [Wanted(HUB, URL)], NOW)
    assert (changes.new, [one.state for one in changes.changed]) == ((Wanted(HUB, URL),), [SubscriptionState.LEAVING])


def test_what_was_to_be_left_and_is_wanted_again_is_begun_again() -> None:
    changes = compare_subscriptions([replace(LEAVING, failures=2)], [Wanted(HUB, TOPIC)], NOW)
    [again] = changes.changed
    assert (changes.new, again.state, again.failures, again.next_attempt_at) == ((), SubscriptionState.FOUND, 0, NOW)
    assert mode_of(again) is Mode.SUBSCRIBE


def test_what_no_hub_was_asked_for_is_forgotten_when_it_is_wanted_no_more() -> None:
    assert compare_subscriptions([FOUND], [], NOW) == Changes((), (), (FOUND,))
    for known in (ACTIVE, replace(FOUND, callback="https://veille.example/websub/token")):
        after = leave(known, NOW)
        assert after is not None
        assert after.state is SubscriptionState.LEAVING


def test_what_is_left_is_left_once_and_its_hub_told_at_once() -> None:
    assert (LEAVING.state, LEAVING.next_attempt_at, mode_of(LEAVING)) == (SubscriptionState.LEAVING, NOW, Mode.UNSUBSCRIBE)
    tried = replace(LEAVING, failures=2)
    assert leave(tried, NOW + timedelta(hours=1)) is tried


def test_a_hub_that_took_the_request_is_given_time_to_ask_back_and_asked_again_ever_more_seldom() -> None:
    known, pauses = FOUND, []
    for _ in range(10):
        known = asked_on(known)
        assert known.next_attempt_at is not None
        pauses.append(known.next_attempt_at - NOW)
    assert (known.state, known.message) == (SubscriptionState.ASKED, NOT_ASKED_BACK)
    minutes = [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    assert pauses == [timedelta(minutes=some) for some in minutes]


def test_a_hub_that_refuses_is_asked_again_later_and_as_late_as_it_says() -> None:
    refused = asked_on(FOUND, PROBLEM)
    assert (refused.state, refused.message, refused.failures) == (SubscriptionState.REFUSED, PROBLEM.message, 1)
    assert refused.next_attempt_at == NOW + timedelta(minutes=10)
    assert asked_on(FOUND, replace(PROBLEM, retry_after=timedelta(hours=3))).next_attempt_at == NOW + timedelta(hours=3)
    assert asked_on(FOUND, replace(PROBLEM, retry_after=timedelta(seconds=3))).next_attempt_at == NOW + timedelta(minutes=10)
    assert asked_on(FOUND, replace(PROBLEM, retry_after=timedelta(days=300))).next_attempt_at == NOW + timedelta(days=1)


def test_a_renewal_that_fails_ends_nothing_before_the_lease_does() -> None:
    running = replace(ACTIVE, confirmed_at=NOW - timedelta(days=8))
    for problem in (PROBLEM, None):
        assert asked_on(running, problem).state is SubscriptionState.ACTIVE
        over = replace(running, lease_ends_at=NOW)
        assert asked_on(over, problem).state is (SubscriptionState.REFUSED if problem else SubscriptionState.ASKED)


def test_a_hub_that_asked_back_before_it_answered_has_done_all_there_is_to_do() -> None:
    for sent_at in (NOW, NOW - timedelta(seconds=1)):
        assert asked(ACTIVE, None, sent_at) == ACTIVE
    later = asked(ACTIVE, None, NOW + timedelta(seconds=1))
    assert later is not None
    assert later.failures == 1


def test_the_answer_to_a_request_of_the_other_kind_changes_nothing() -> None:
    assert after_asking(LEAVING, Asking(1, Mode.SUBSCRIBE, NOW, PROBLEM), NOW) is LEAVING
    assert after_asking(ACTIVE, Asking(1, Mode.UNSUBSCRIBE, NOW, PROBLEM), NOW) is ACTIVE


def test_a_hub_is_asked_three_times_to_let_go_and_not_at_all_where_it_holds_nothing() -> None:
    first = asked_on(LEAVING, PROBLEM)
    assert first.next_attempt_at == NOW + timedelta(minutes=10)
    assert asked(asked_on(first)) is None
    assert asked(replace(LEAVING, lease_ends_at=None)) is None
    assert asked(replace(LEAVING, lease_ends_at=NOW)) is None


@pytest.mark.parametrize(
    ("said", "lease"),
    [
        ("864000", timedelta(days=10)),
        (" 3600 ", timedelta(hours=1)),
        ("1", SHORTEST_LEASE),
        ("0", SHORTEST_LEASE),
        ("9" * 5000, LONGEST_LEASE),
        ("-5", UNNAMED_LEASE),
        ("1.5", UNNAMED_LEASE),
        ("٣٦٠٠", UNNAMED_LEASE),
        ("", UNNAMED_LEASE),
        (None, UNNAMED_LEASE),
    ],
)
def test_a_lease_holds_as_long_as_the_hub_says_within_reason(said: str | None, lease: timedelta) -> None:
    active = after_confirming(replace(FOUND, failures=3, message="x"), said, NOW)
    assert (active.state, active.lease_ends_at, active.confirmed_at) == (SubscriptionState.ACTIVE, NOW + lease, NOW)
    assert (active.failures, active.message) == (0, None)


def test_a_lease_is_renewed_when_a_quarter_of_it_is_left_and_never_more_often_than_each_minute() -> None:
    assert ACTIVE.next_attempt_at == NOW + timedelta(days=7.5)
    assert after_confirming(FOUND, "60", NOW).next_attempt_at == NOW + timedelta(minutes=1)


def test_a_subscription_is_live_until_its_lease_ends() -> None:
    assert is_live(ACTIVE, NOW + timedelta(days=10, seconds=-1))
    assert not is_live(ACTIVE, NOW + timedelta(days=10))
    assert not is_live(FOUND, NOW)
    assert not is_live(LEAVING, NOW)


def test_the_address_that_a_hub_was_given_is_remembered_whatever_it_answers() -> None:
    for problem in (None, PROBLEM):
        after = after_asking(FOUND, Asking(1, Mode.SUBSCRIBE, NOW, problem, "https://veille.example/websub/token"), NOW)
        assert after is not None
        assert after.callback == "https://veille.example/websub/token"


def test_a_hub_that_was_given_another_address_than_ours_is_asked_again_at_once() -> None:
    known = replace(ACTIVE, callback="https://veille.example/websub/token", failures=3)
    assert listen_elsewhere(known, "https://veille.example/websub/", NOW) is known
    assert listen_elsewhere(ACTIVE, "https://other.example/websub/", NOW) is ACTIVE
    moved = listen_elsewhere(known, "https://other.example/websub/", NOW)
    assert (moved.next_attempt_at, moved.failures, moved.state) == (NOW, 0, SubscriptionState.ACTIVE)
    leaving = replace(known, state=SubscriptionState.LEAVING)
    assert listen_elsewhere(leaving, "https://other.example/websub/", NOW) is leaving


def test_only_what_is_wanted_now_and_for_its_own_topic_is_meant() -> None:
    assert is_meant(FOUND, "subscribe", TOPIC)
    assert is_meant(ACTIVE, "subscribe", TOPIC)
    assert is_meant(LEAVING, "unsubscribe", TOPIC)
    for known, mode, topic in (
        (None, "subscribe", TOPIC),
        (FOUND, "subscribe", URL),
        (FOUND, "subscribe", ""),
        (ACTIVE, "unsubscribe", TOPIC),
        (LEAVING, "subscribe", TOPIC),
        (FOUND, "denied", TOPIC),
        (FOUND, "", TOPIC),
    ):
        assert not is_meant(known, mode, topic)


def test_a_hub_may_deny_what_it_granted_and_is_asked_again_after_a_day() -> None:
    denied = after_denial(ACTIVE, TOPIC, " not \n here " + "x" * 500, NOW)
    assert (denied.state, denied.lease_ends_at, denied.failures) == (SubscriptionState.REFUSED, None, 1)
    assert denied.next_attempt_at == NOW + timedelta(days=1)
    assert denied.message is not None
    assert denied.message.startswith("the hub denies it: not here x")
    assert len(denied.message) < 230
    assert after_denial(ACTIVE, TOPIC, None, NOW).message == "the hub denies it"


def test_a_denial_of_another_topic_or_of_what_is_left_changes_nothing() -> None:
    assert after_denial(ACTIVE, URL, "x", NOW) is ACTIVE
    assert after_denial(LEAVING, TOPIC, "x", NOW) is LEAVING


def sign(body: bytes, method: str, secret: str = "secret") -> str:
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_specification_is_understood(method: str) -> None:
    signature = sign(b"body", method)
    assert is_signed(b"body", "secret", signature)
    assert is_signed(b"body", "secret", f" {signature.upper()} ")
    assert not is_signed(b"bodY", "secret", signature)
    assert not is_signed(b"body", "secreT", signature)
    assert not is_signed(b"body", "secret", signature[:-1])


@pytest.mark.parametrize(
    "signature", ["md5=" + "0" * 32, sign(b"body", "md5"), "sha256", "sha256=", "=", "é=é", "sha256=é", "sha256=\udcff"]
)
def test_what_is_no_signature_of_the_specification_is_none(signature: str) -> None:
    assert not is_signed(b"body", "secret", signature)


def test_why_something_told_is_ignored() -> None:
    good = sign(b"body", "sha1")
    assert judge_telling(ACTIVE, b"body", good, []) is None
    assert judge_telling(ACTIVE, b"body", good, [URL, TOPIC]) is None
    assert judge_telling(FOUND, b"body", good, [TOPIC]) is None  # a hub that asks back later
    assert judge_telling(ACTIVE, b"body", None, []) is Refusal.NO_SIGNATURE
    assert judge_telling(ACTIVE, b"body", "", []) is Refusal.NO_SIGNATURE
    assert judge_telling(ACTIVE, b"other", good, []) is Refusal.WRONG_SIGNATURE
    assert judge_telling(ACTIVE, b"body", good, [URL]) is Refusal.ANOTHER_TOPIC
    assert judge_telling(LEAVING, b"body", good, []) is Refusal.NOT_WANTED


def test_when_a_hub_told_last_is_remembered() -> None:
    assert after_telling(ACTIVE, NOW) == replace(ACTIVE, told_at=NOW)


def test_a_source_is_polled_at_once_when_a_hub_tells_of_news_but_not_too_often() -> None:
    least, planned = timedelta(minutes=5), NOW + timedelta(hours=1)
    assert poll_at_when_told(NOW, planned, NOW - timedelta(hours=1), least) == NOW
    assert poll_at_when_told(NOW, planned, NOW - timedelta(minutes=2), least) == NOW + timedelta(minutes=3)
    assert poll_at_when_told(NOW, planned, None, least) == NOW
    assert poll_at_when_told(NOW, NOW + timedelta(minutes=1), NOW - timedelta(minutes=2), least) == NOW + timedelta(minutes=1)
