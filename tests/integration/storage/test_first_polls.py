"""What sources hold when they are first seen, told in one message (`first_poll = "digest"`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from news.alerts import Bundle, RollKind
from news.plans import Policy, Together
from news.topics import Topic
from tests.desk import A, B, C, Desk, entry, prose

DIGEST = {"silent_first_poll": True, "digest_first_poll": True}
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db") as desk:
        desk.follow(Topic("Espace", "fusée", ("hook",)), **DIGEST)
        yield desk


def entries(count: int, host: str = "a", start: int = 0) -> list[object]:
    return [entry(f"La fusée {number}", f"https://{host}.example/{number}") for number in range(start, start + count)]


def tell(desk: Desk, policy: Policy | None = None, limit: int = 100) -> list[Bundle]:
    """What a look of the dispatcher finds to be sent."""
    if desk.archive.can_release_first_polls(desk.now):
        desk.archive.release_first_polls(desk.now).result()
    desk.archive.seal_messages("hook", policy or Policy(), desk.now, limit).result()
    return desk.archive.due_messages("hook", desk.now, 1000, frozenset())


def test_all_that_sources_hold_when_first_seen_is_one_message_once_each_was_polled(desk: Desk) -> None:
    desk.watch(A, B)
    tally = desk.poll(A, *entries(3))
    assert (len(tally.alerts), tally.entries_silent) == (3, 0)
    assert tell(desk) == []
    (held,) = {(one["deliveries"][0]["status"], one["deliveries"][0]["reason"], one["deliveries"][0]["held_until"]) for one in desk.log()}
    assert held == ("held", "digest", "2025-02-10T13:03:00Z")
    desk.reopen()
    desk.poll(B, *entries(2, "b"))
    (bundle,) = tell(desk)
    assert bundle.roll is not None
    assert (bundle.roll.kind, len(bundle.alerts)) == (RollKind.FIRST_POLL, 5)
    assert {(one["deliveries"][0]["status"], one["deliveries"][0]["told_in"]) for one in desk.log()} == {("pending", "first_poll")}
    assert tell(desk) == [bundle]
    assert not desk.archive.can_release_first_polls(desk.now)


def test_what_comes_after_it_is_told_by_itself(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, *entries(2))
    assert len(tell(desk)) == 1
    desk.poll(A, *entries(2, start=1))
    assert [len(bundle.alerts) for bundle in tell(desk)] == [2, 1]


def test_news_of_a_source_do_not_wait_for_the_first_polls_of_others(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, *entries(2))
    tell(desk)
    desk.watch(B, C)
    desk.poll(A, *entries(1, start=7), *entries(2))
    desk.poll(B, *entries(1, "b"))
    assert [len(bundle.alerts) for bundle in tell(desk)] == [2, 1]
    assert [one["deliveries"][0]["status"] for one in desk.log()][:2] == ["held", "pending"]


def test_pages_of_news_hold_no_first_poll_up(desk: Desk) -> None:
    desk.watch(A, mode="page")
    nothing = entry("Rien", "https://a.example/0")
    desk.poll(A, nothing)
    desk.page("https://a.example/0", prose("rien du tout"))
    desk.poll(A, entry("Demain", "https://a.example/1"), nothing)
    desk.due_page("https://a.example/1")
    desk.watch(B)
    desk.poll(B, *entries(2, "b"))
    assert [len(bundle.alerts) for bundle in tell(desk)] == [2]


def test_sources_that_left_the_configuration_hold_no_first_poll_up(desk: Desk) -> None:
    desk.watch(A, B)
    desk.watch(C, mode="page")
    desk.poll(C, entry("Rien", "https://c.example/1"))
    desk.poll(A, *entries(2))
    assert tell(desk) == []
    del desk.specs[1:]
    desk.sync()
    assert [len(bundle.alerts) for bundle in tell(desk)] == [2]


def test_its_pages_are_waited_for_until_each_was_asked_for_once(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, *(entry(title, f"https://a.example/{number}") for number, title in enumerate(("Demain", "Hier", "La fusée"))))
    desk.page("https://a.example/0", prose("la fusée de demain"))
    assert tell(desk) == []
    desk.page("https://a.example/1", prose("l’histoire d’hier"))
    assert tell(desk) == []
    desk.fail_page("https://a.example/2")
    (bundle,) = tell(desk)
    assert sorted(alert.about.title for alert in bundle.alerts) == ["Demain", "La fusée"]


def test_a_source_that_cannot_be_polled_holds_nothing_up(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, *entries(2))
    assert tell(desk) == []
    desk.fail_poll(B)
    assert len(tell(desk)) == 1


def test_the_last_of_it_takes_with_it_what_was_held(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, *entries(2))
    assert tell(desk) == []
    desk.poll(B, *entries(1, "b"))
    desk.archive.seal_messages("hook", Policy(), desk.now, 100).result()
    assert [len(bundle.alerts) for bundle in desk.archive.due_messages("hook", desk.now, 100, frozenset())] == [3]


def test_what_came_after_the_moment_at_which_it_was_asked_what_is_due_is_in_the_message_too(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, *entries(2))
    asked_at = desk.now
    desk.poll(B, *entries(1, "b"))
    desk.archive.seal_messages("hook", Policy(), asked_at, 100).result()
    assert [len(bundle.alerts) for bundle in desk.archive.due_messages("hook", asked_at, 100, frozenset())] == [3]


def test_nothing_is_waited_for_longer_than_an_hour(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, *entries(2))
    assert tell(desk) == []
    desk.tick(desk.now + HOUR)
    assert [len(bundle.alerts) for bundle in tell(desk)] == [2]


def test_hundreds_of_articles_are_one_message_however_few_are_asked_for(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, *entries(150))
    (bundle,) = tell(desk, Policy(Together.SUBJECT), limit=10)
    assert len(bundle.alerts) == 150


def test_an_article_that_another_source_shows_later_is_told_once(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, *entries(1))
    tell(desk)
    desk.watch(B)
    desk.poll(B, entry("Rien", "https://b.example/1"))
    assert desk.poll(B, *entries(1), entry("Rien", "https://b.example/1")).alerts == []
    assert len(desk.log()) == 1


def test_what_a_silent_first_poll_archived_stays_silent_when_first_polls_are_told_from_now_on(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook",)), silent_first_poll=True)
    desk.watch(A)
    assert desk.poll(A, *entries(1)).alerts == []
    desk.follow(Topic("Espace", "fusée", ("hook",)), **DIGEST)
    desk.watch(B)
    assert desk.poll(B, *entries(1)).alerts == []
    assert desk.log() == []
