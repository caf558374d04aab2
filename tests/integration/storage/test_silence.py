"""What a source holds when it is first seen, which alerts nobody, and what follows when it is seen again."""

from __future__ import annotations

from datetime import timedelta

from news.topics import Topic
from tests.desk import DAMAGE, NOW, OTAN, A, B, Desk, entry, prose

ONE, TWO, THREE = "https://a.example/1", "https://a.example/2", "https://a.example/3"


def test_a_damaged_first_body_of_a_silent_source_alerts_on_nothing_old(silent_desk: Desk) -> None:
    """What the damage hid comes with the next body, and is no news; what was published since is, and so may be what has no date."""
    silent_desk.watch(A)
    old, new = silent_desk.now - timedelta(days=2), silent_desk.now + timedelta(hours=1)
    first, hidden = entry("L’OTAN", ONE, published_at=old), entry("L’OTAN encore", TWO, published_at=old)
    since, undated = entry("L’OTAN toujours", THREE, published_at=new), entry("L’OTAN un jour", "https://a.example/4", published_at=None)
    assert silent_desk.poll(A, first, damage=DAMAGE).alerts == []
    tally = silent_desk.poll(A, undated, since, hidden, first)
    assert sorted(alert.about.title for alert in tally.alerts) == ["L’OTAN toujours", "L’OTAN un jour"]
    late = entry("L’OTAN, archives", "https://a.example/5", published_at=old)
    assert [alert.about.title for alert in silent_desk.poll(A, late, undated, since, hidden, first).alerts] == ["L’OTAN, archives"]


def test_a_feed_that_is_always_damaged_alerts_from_its_second_body_on(silent_desk: Desk) -> None:
    silent_desk.watch(A)
    assert silent_desk.poll(A, entry("L’OTAN", ONE), damage=DAMAGE).alerts == []
    new = entry("L’OTAN encore", TWO, published_at=silent_desk.now)
    assert len(silent_desk.poll(A, new, entry("L’OTAN", ONE), damage=DAMAGE).alerts) == 1


def test_what_a_source_holds_when_first_seen_is_archived_and_found_but_alerts_nobody(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    tally = desk.poll(A, entry("L’OTAN hier", ONE))
    assert (tally.entries_silent, tally.alerts) == (1, [])
    assert (desk.found("OTAN"), desk.article()["topics"], desk.alerts()) == (["L’OTAN hier"], ["OTAN"], [])


def test_what_comes_after_the_first_poll_alerts_whatever_its_age(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.poll(A, entry("Hier", ONE))
    tally = desk.poll(A, entry("L’OTAN il y a deux ans", TWO, published_at=NOW - timedelta(days=730)), entry("Hier", ONE))
    assert (tally.entries_silent, desk.alerts()) == (0, [("OTAN", "new")])


def test_the_first_poll_alerts_too_if_the_user_wants_it(desk: Desk) -> None:
    desk.watch(A)
    assert desk.poll(A, entry("L’OTAN hier", ONE)).entries_silent == 0
    assert desk.alerts() == [("OTAN", "new")]


def test_a_first_poll_that_failed_is_not_the_one_that_is_silent(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.fail_poll(A)
    assert desk.poll(A, entry("L’OTAN hier", ONE)).entries_silent == 1
    assert desk.poll(A, entry("L’OTAN", TWO), entry("L’OTAN hier", ONE)).entries_silent == 0


def test_an_empty_first_body_is_the_silent_one(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.poll(A)
    desk.poll(A, entry("L’OTAN", ONE))
    assert desk.alerts() == [("OTAN", "new")]


def test_a_silent_article_alerts_when_an_open_entry_of_another_source_sights_it_and_only_then(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B)
    desk.poll(B)
    desk.poll(A, entry("L’OTAN", ONE))
    assert desk.alerts() == []
    desk.poll(B, entry("L’OTAN vue d’ailleurs", ONE))
    assert desk.alerts() == [("OTAN", "new")]
    desk.follow(OTAN)
    desk.watch("https://c.example/feed")
    desk.poll("https://c.example/feed", entry("Encore", ONE))
    assert desk.alerts() == [("OTAN", "new")]


def test_a_silent_article_alerts_when_its_own_source_shows_it_under_a_new_guid(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE, "g1"))
    desk.poll(A, entry("L’OTAN", ONE, "g2"), entry("L’OTAN", ONE, "g1"))
    assert desk.alerts() == [("OTAN", "new")]


def test_an_article_first_seen_openly_and_then_in_a_silent_poll_alerts_once(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B)
    desk.poll(A)
    desk.poll(A, entry("L’OTAN", ONE))
    desk.poll(B, entry("L’OTAN", ONE))
    assert desk.alerts() == [("OTAN", "new")]


def test_two_silent_sightings_alert_nobody(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN", ONE))
    desk.poll(B, entry("L’OTAN", ONE))
    assert (desk.alerts(), len(desk.article()["sightings"])) == ([], 2)


def test_a_silent_article_that_is_edited_into_a_match_alerts_as_revised(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.poll(A, entry("Un sommet à Bruxelles", ONE))
    desk.poll(A, entry("Un sommet de l’OTAN à Bruxelles", ONE))
    assert desk.alerts() == [("OTAN", "revised")]


def test_a_silent_article_that_matched_already_does_not_alert_when_it_is_edited(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    desk.poll(A, entry("L’OTAN, acte deux", ONE))
    assert (desk.article()["revisions"], desk.alerts()) == (2, [])


def test_a_silent_article_whose_page_fails_at_first_does_not_alert_when_it_comes(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE))
    desk.fail_page(ONE)
    desk.page(ONE, prose("le sommet de l’OTAN"), at=desk.now + timedelta(hours=1))
    assert (desk.article()["origin"], desk.article()["topics"], desk.alerts()) == ("page", ["OTAN"], [])


def test_an_alert_on_a_topic_that_was_not_there_at_the_silent_poll_needs_something_new(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.poll(A, entry("Ariane", ONE))
    desk.follow(OTAN, Topic("Ariane", "Ariane"))
    desk.poll(A, entry("Ariane", ONE))
    assert desk.alerts() == []
    desk.poll(A, entry("Ariane, suite", ONE))
    assert desk.alerts() == [("Ariane", "revised")]
