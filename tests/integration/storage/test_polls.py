"""What a poll leaves in the archive: entries, the validators that vouch for them, and the time of the next poll."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from news.sources import DueSource, PollKind, PollOutcome, SourceSpec
from news.topics import Topic
from storage.file.times import to_text
from tests.desk import DAMAGE, DOWN, NOW, OTAN, QUARTER, A, B, Desk, entry, prose

ONE, TWO, THREE = "https://a.example/1", "https://a.example/2", "https://a.example/3"


def next_poll(desk: Desk, url: str = A) -> timedelta:
    """How long after the last poll the next one is."""
    report = next(report for report in desk.sources() if report["url"] == url)
    return datetime.fromisoformat(report["next_poll_at"]) - desk.now


def test_an_entry_is_its_source_and_guid_whatever_becomes_of_the_rest(desk: Desk) -> None:
    desk.watch(A)
    assert desk.poll(A, entry("Un", ONE, "g1")).entries_new == 1
    assert desk.poll(A, entry("Un bis", TWO, "g1")).entries_new == 0


def test_the_same_guid_in_another_source_is_another_entry(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un", ONE, "1"))
    assert desk.poll(B, entry("Deux", "https://b.example/2", "1")).entries_new == 1
    assert [article["title"] for article in desk.articles()] == ["Un", "Deux"]


def test_without_a_guid_an_entry_is_its_link(desk: Desk) -> None:
    desk.watch(A)
    assert desk.poll(A, entry("Un", ONE)).entries_new == 1
    assert desk.poll(A, entry("Un, corrigé", ONE)).entries_new == 0
    assert desk.poll(A, entry("Un, corrigé", TWO)).entries_new == 1


def test_without_guid_and_link_an_entry_is_its_title_date_and_summary(desk: Desk) -> None:
    desk.watch(A)
    assert desk.poll(A, entry("Un", summary="tôt")).entries_new == 1
    assert desk.poll(A, entry("Un", summary="tôt")).entries_new == 0
    assert desk.poll(A, entry("Un", summary="tard")).entries_new == 1
    assert desk.poll(A, entry("Un", published_at=NOW)).entries_new == 1
    assert desk.poll(A, entry("Deux")).entries_new == 1


def test_a_guid_that_occurs_twice_in_a_body_is_no_id_and_the_link_is(desk: Desk) -> None:
    desk.watch(A)
    assert desk.poll(A, entry("Un", ONE, "same"), entry("Deux", TWO, "same")).entries_new == 2
    assert desk.poll(A, entry("Trois", THREE, "same"), entry("Un", ONE, "same")).entries_new == 1
    assert {article["title"] for article in desk.articles()} == {"Un", "Deux", "Trois"}


def test_an_entry_that_stands_twice_in_a_body_word_for_word_is_one_and_keeps_its_guid(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    twice = entry("L’OTAN", ONE, "g1")
    assert (desk.poll(A, twice, twice).entries_new, desk.poll(A, twice).entries_new) == (1, 0)
    assert desk.alerts() == []


def test_guids_that_number_the_places_of_a_feed_lose_no_article_when_its_content_moves(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Mars attaque", ONE, "1"), entry("Pluton dort", TWO, "2"))
    desk.poll(A, entry("Saturne à l’OTAN", THREE, "1"), entry("Mars attaque", ONE, "2"))
    assert [article["title"] for article in desk.articles()] == ["Pluton dort", "Mars attaque", "Saturne à l’OTAN"]
    assert [article["revisions"] for article in desk.articles()] == [1, 1, 1]
    assert desk.alerts() == [("OTAN", "new")]


def test_an_article_that_comes_to_a_silent_place_of_a_feed_alerts(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B)
    desk.poll(A, entry("Mars attaque", ONE, "1"))
    desk.poll(B, entry("Saturne à l’OTAN", THREE, "7"))
    desk.poll(A, entry("Saturne à l’OTAN", THREE, "1"))
    assert desk.alerts() == [("OTAN", "new")]


def test_an_article_that_moved_with_its_headline_is_the_same_article(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("La fusée Ariane décolle enfin", "https://a.example/ariane-decolle", "g1"))
    desk.poll(A, entry("La fusée Ariane décolle ce soir", "https://a.example/ariane-ce-soir", "g1"))
    assert (desk.article()["title"], desk.article()["revisions"]) == ("La fusée Ariane décolle ce soir", 2)


def test_two_entries_without_a_link_are_two_articles_even_if_their_guids_begin_alike(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", None, "x" * 300 + "1"), entry("Deux", None, "x" * 300 + "2"))
    assert {article["title"] for article in desk.articles()} == {"Un", "Deux"}


def test_a_poll_counts_what_it_saw_what_is_new_and_logs_what_changed(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), entry("Deux", TWO))
    tally = desk.poll(A, entry("Trois", THREE), entry("Deux", TWO), entry("Un, corrigé", ONE))
    assert (tally.entries_seen, tally.entries_new, tally.articles_new, tally.articles_revised) == (3, 1, 1, 1)
    assert desk.rows("SELECT entries_seen, entries_new, entries_changed FROM polls") == [(2, 2, 0), (3, 1, 1)]


def test_an_unchanged_entry_changes_nothing(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE))
    before = desk.articles()
    tally = desk.poll(A, entry("Un", ONE))
    assert (tally.entries_new, tally.articles_revised, tally.duplicates) == (0, 0, 0)
    assert desk.articles() == before


def test_articles_are_kept_in_the_order_of_publication(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Le dernier", TWO), entry("Le premier", ONE))
    assert [article["title"] for article in desk.articles()] == ["Le premier", "Le dernier"]


def test_what_a_304_or_the_same_body_brings_is_a_success_without_entries(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"')
    for kind in (PollKind.UNCHANGED, PollKind.SAME_BODY):
        source, now = desk.source(A), desk.tick()
        tally = desk.archive.record_poll(PollOutcome(source.source_id, A, now, 0.1, kind, 304), now).result()
        assert (tally.entries_seen, desk.source(A).etag) == (0, '"1"')
    (report,) = desk.sources()
    assert (report["status"], report["last_success_at"]) == ("ok", desk.now.strftime("%FT%TZ"))


def test_a_poll_of_a_source_that_is_not_there_changes_nothing(desk: Desk) -> None:
    tally = desk.archive.record_poll(PollOutcome(99, A, NOW, 0.1, PollKind.UNCHANGED), NOW).result()
    assert (tally.entries_seen, desk.rows("SELECT count(*) FROM polls")) == (0, [(0,)])


def validators(source: DueSource) -> tuple[str | None, str | None, str | None]:
    return source.etag, source.last_modified, source.body_hash


def test_validators_are_saved_with_the_entries_they_vouch_for(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"', last_modified="Mon", body_hash="h")
    assert validators(desk.source(A)) == ('"1"', "Mon", "h")


def test_a_damaged_body_keeps_its_entries_but_saves_no_validators_and_forgets_the_old_ones(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"', last_modified="Mon", body_hash="h")
    tally = desk.poll(A, entry("Deux", TWO), damage=DAMAGE, etag='"2"', last_modified="Tue", body_hash="i")
    assert tally.entries_new == 1
    assert validators(desk.source(A)) == (None, None, None)
    (report,) = desk.sources()
    assert (report["status"], report["last_error"]) == ("failing", {"code": DAMAGE.code, "message": DAMAGE.message})


def test_a_damaged_first_body_of_a_silent_source_alerts_on_nothing_old(silent_desk: Desk) -> None:
    """What the damage hid comes with the next body, and is no news; what was published since is, and so may be what has no date."""
    silent_desk.watch(A)
    old, new = silent_desk.now - timedelta(days=2), silent_desk.now + timedelta(hours=1)
    first, hidden = entry("L’OTAN", ONE, published_at=old), entry("L’OTAN encore", TWO, published_at=old)
    since, undated = entry("L’OTAN toujours", THREE, published_at=new), entry("L’OTAN un jour", "https://a.example/4", published_at=None)
    assert silent_desk.poll(A, first, damage=DAMAGE).alerts == []
    tally = silent_desk.poll(A, undated, since, hidden, first)
    assert sorted(alert.article.title for alert in tally.alerts) == ["L’OTAN toujours", "L’OTAN un jour"]
    late = entry("L’OTAN, archives", "https://a.example/5", published_at=old)
    assert [alert.article.title for alert in silent_desk.poll(A, late, undated, since, hidden, first).alerts] == ["L’OTAN, archives"]


def test_a_feed_that_is_always_damaged_alerts_from_its_second_body_on(silent_desk: Desk) -> None:
    silent_desk.watch(A)
    assert silent_desk.poll(A, entry("L’OTAN", ONE), damage=DAMAGE).alerts == []
    new = entry("L’OTAN encore", TWO, published_at=silent_desk.now)
    assert len(silent_desk.poll(A, new, entry("L’OTAN", ONE), damage=DAMAGE).alerts) == 1


def test_a_failed_poll_keeps_the_validators(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"')
    desk.fail_poll(A)
    assert desk.source(A).etag == '"1"'


def test_a_body_without_a_known_entry_is_recorded_as_a_gap_where_people_look(desk: Desk) -> None:
    desk.watch(A)
    assert desk.poll(A, entry("Un", ONE)).gap is None
    assert desk.poll(A, entry("Deux", TWO), entry("Un", ONE)).gap is None
    gap = desk.poll(A, entry("Trois", THREE)).gap
    assert gap is not None
    assert [one["message"] for one in desk.status()["gaps"]] == [gap.message]


def test_an_empty_feed_leaves_no_gap(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE))
    assert desk.poll(A).gap is None


def test_a_new_source_is_due_at_once_and_then_after_its_interval(desk: Desk) -> None:
    desk.watch(A)
    assert [source.url for source in desk.archive.due_sources(desk.now, 10)] == [A]
    desk.poll(A, entry("Un", ONE))
    assert desk.archive.due_sources(desk.now + QUARTER - timedelta(seconds=1), 10) == []
    assert [source.url for source in desk.archive.due_sources(desk.now + QUARTER, 10)] == [A]


def test_the_longest_overdue_source_comes_first(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(B)
    desk.poll(A)
    assert [source.url for source in desk.archive.due_sources(desk.now + timedelta(days=1), 1)] == [B]


def test_sources_in_hand_are_not_listed_as_due_however_long_they_are(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(B)
    desk.poll(A)
    tomorrow = desk.now + timedelta(days=1)
    (longest,) = desk.archive.due_sources(tomorrow, 1)
    assert [source.url for source in desk.archive.due_sources(tomorrow, 1, {longest.source_id})] == [A]


def test_failures_double_the_interval_up_to_the_longest_and_a_success_ends_that(desk: Desk) -> None:
    desk.watch(A)
    waits = []
    for _ in range(8):
        desk.fail_poll(A)
        waits.append(next_poll(desk))
    assert waits == [timedelta(minutes=minutes) for minutes in (30, 60, 120, 240, 480, 720, 720, 720)]
    (report,) = desk.sources()
    assert (report["status"], report["consecutive_failures"]) == ("failing", 8)
    assert report["last_error"] == {"code": DOWN.code, "message": DOWN.message}
    desk.poll(A)
    (report,) = desk.sources()
    assert (report["status"], report["consecutive_failures"], report["last_error"], next_poll(desk)) == ("ok", 0, None, QUARTER)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(timedelta(minutes=5), timedelta(minutes=30)), (timedelta(hours=3), timedelta(hours=3)), (timedelta(days=400), timedelta(days=1))],
)
def test_retry_after_is_honoured_beyond_the_doubled_interval_up_to_a_day(desk: Desk, asked: timedelta, wait: timedelta) -> None:
    desk.watch(A)
    desk.fail_poll(A, replace(DOWN, retry_after=asked))
    assert next_poll(desk) == wait


def test_a_shorter_interval_takes_effect_at_once(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A)
    desk.specs = [replace(spec, interval=timedelta(minutes=6)) for spec in desk.specs]
    desk.sync()
    assert next_poll(desk, A) == timedelta(minutes=5)  # one minute has passed since the poll


def test_a_configuration_that_comes_into_force_makes_a_failing_source_due_and_leaves_a_healthy_one_its_moment(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A)
    for _ in range(5):
        desk.fail_poll(B)
    planned = next_poll(desk, A)
    desk.sync()
    assert next_poll(desk, A) == planned - timedelta(minutes=1)
    assert next_poll(desk, B) == timedelta(minutes=4)  # never more often than min_interval, of 5 minutes here


def test_a_moment_later_than_the_interval_outlives_a_restart(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A)
    with closing(sqlite3.connect(desk.archive.path, isolation_level=None, timeout=20)) as connection:
        connection.execute("UPDATE sources SET next_poll_at = ?", (to_text(desk.now + timedelta(hours=5)),))
    desk.sync()
    assert next_poll(desk, A) == timedelta(hours=5) - timedelta(minutes=1)


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


def test_a_source_that_is_renamed_stays_what_it_is(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, name="Avant")
    desk.poll(A, entry("Un", ONE), etag='"1"')
    before = desk.source(A)
    desk.specs = [SourceSpec(A, name="Après", articles=desk.specs[0].articles)]
    desk.sync()
    assert desk.source(A) == before
    assert desk.poll(A, entry("L’OTAN", TWO), entry("Un", ONE)).entries_new == 1
    assert ([one["name"] for one in desk.sources()], [one["source"] for one in desk.articles()]) == (
        ["Après"],
        ["Après", "Après"],
    )
    assert desk.alerts() == [("OTAN", "new")]


def test_a_source_without_a_name_is_called_by_its_host_and_then_by_its_feeds_title(desk: Desk) -> None:
    desk.watch(A)
    assert desk.sources()[0]["name"] == "a.example"
    desk.poll(A, title="Le Journal")
    assert desk.sources()[0]["name"] == "Le Journal"
    desk.sync()
    assert desk.sources()[0]["name"] == "Le Journal"
    assert [source.url for source in desk.archive.find_sources(["le journal"])[0]] == [A]


def test_the_configurations_name_goes_before_the_feeds_title(desk: Desk) -> None:
    desk.watch(A, name="Mon nom")
    desk.poll(A, title="Le Journal")
    assert desk.sources()[0]["name"] == "Mon nom"


def test_a_source_that_is_removed_rests_with_all_it_brought_and_comes_back_as_it_was(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Un", ONE), etag='"1"')
    specs, desk.specs = desk.specs, desk.specs[1:]
    desk.sync()
    later = desk.now + timedelta(days=2)
    assert [source.url for source in desk.archive.due_sources(later, 10)] == [B]
    assert desk.archive.due_pages(later, 10) == []
    assert desk.archive.find_sources([A]) == ([], [A])
    assert [one["url"] for one in desk.sources()] == [B]
    desk.specs = specs
    desk.sync()
    assert desk.source(A).etag == '"1"'
    assert [page.url for page in desk.archive.due_pages(later, 10)] == [ONE]
    tally = desk.poll(A, entry("L’OTAN", TWO), entry("Un", ONE))
    assert (tally.entries_new, tally.entries_silent) == (1, 0)


def test_sources_are_found_by_name_or_url_and_what_is_unknown_is_told(desk: Desk) -> None:
    desk.watch(A, name="Le Journal")
    desk.watch(B)
    found, unknown = desk.archive.find_sources(["le journal", B, A, "rien"])
    assert ([source.url for source in found], unknown) == ([A, B], ["rien"])
    assert len(desk.archive.find_sources([])[0]) == 2


def test_the_report_of_a_source_has_the_fields_of_the_outer_surface(desk: Desk) -> None:
    desk.watch(A, interval=timedelta(minutes=10))
    (report,) = desk.sources()
    assert report == {
        "name": "a.example",
        "url": A,
        "status": "new",
        "last_polled_at": None,
        "last_success_at": None,
        "next_poll_at": "2025-02-10T12:01:00Z",
        "interval_seconds": 600,
        "consecutive_failures": 0,
        "last_error": None,
        "articles": 0,
    }
    desk.poll(A, entry("Un", ONE, "1"), entry("Un encore", ONE, "2"))
    (report,) = desk.sources()
    assert (report["status"], report["last_polled_at"], report["articles"]) == ("ok", "2025-02-10T12:02:00Z", 2)


def test_an_alert_on_a_topic_that_was_not_there_at_the_silent_poll_needs_something_new(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A)
    desk.poll(A, entry("Ariane", ONE))
    desk.follow(OTAN, Topic("Ariane", "Ariane"))
    desk.poll(A, entry("Ariane", ONE))
    assert desk.alerts() == []
    desk.poll(A, entry("Ariane, suite", ONE))
    assert desk.alerts() == [("Ariane", "revised")]


def test_a_problem_without_a_reason_still_has_a_code(desk: Desk) -> None:
    desk.watch(A)
    source, now = desk.source(A), desk.tick()
    desk.archive.record_poll(PollOutcome(source.source_id, A, now, 0.1, PollKind.FAILED), now).result()
    assert desk.sources()[0]["last_error"] == {"code": "unknown", "message": "the poll failed without a reason"}


HALF = "OTAN \ud83d"
"""JSON can spell half of a character; no file in UTF-8 can hold it."""


def test_half_a_character_anywhere_in_a_feed_or_a_page_keeps_nobody_from_reading_the_rest(desk: Desk) -> None:
    desk.watch(A)
    desk.watch(B, mode="page")
    broken = entry(HALF, ONE + HALF, HALF, summary=HALF, content=HALF, author=HALF, language=HALF)
    assert len(desk.poll(A, broken, entry("L’OTAN", TWO), title=HALF).alerts) == 2
    desk.poll(B, entry(None, THREE))
    assert len(desk.page(THREE, HALF + prose("l’OTAN"), title=HALF, author=HALF, language=HALF).alerts) == 1
    assert len(desk.found("OTAN")) == 3


@pytest.mark.parametrize("link", [r"http://\/[", r"http://\/:80x", "http://:99999:443\\x@y"])
def test_an_address_that_nobody_can_read_keeps_nobody_from_reading_the_rest(desk: Desk, link: str) -> None:
    desk.watch(A)
    assert len(desk.poll(A, entry("OTAN, un", link), entry("OTAN, deux", TWO)).alerts) == 2
    assert len(desk.found("OTAN")) == 2


def test_after_a_day_of_304_the_feed_is_asked_for_without_condition(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"', body_hash="abc")
    for waited, etag in ((timedelta(hours=23), '"1"'), (timedelta(hours=2), None)):
        now = desk.tick(desk.now + waited)
        desk.archive.record_poll(PollOutcome(desk.source(A).source_id, A, now, 0.1, PollKind.UNCHANGED, 304), now).result()
        assert (desk.source(A).etag, desk.source(A).body_hash) == (etag, "abc")


def test_the_same_body_after_that_is_believed_again(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"', body_hash="abc")
    for kind, waited in (
        (PollKind.UNCHANGED, timedelta(days=2)),
        (PollKind.SAME_BODY, timedelta(hours=1)),
        (PollKind.UNCHANGED, timedelta(hours=1)),
    ):
        now = desk.tick(desk.now + waited)
        desk.archive.record_poll(PollOutcome(desk.source(A).source_id, A, now, 0.1, kind, 200, etag='"2"'), now).result()
    assert desk.source(A).etag == '"2"'
