"""What a poll leaves in the archive: entries, the validators that vouch for them, and what is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from news.freshness import FeedWishes
from news.one_thing import WholeSource
from news.silence import silent_from
from news.sources import DueSource, ParsedFeed, PollKind, PollOutcome
from storage.file.times import from_text
from storage.recording.rhythms import read_rhythm, rhythm_text
from tests.desk import DAMAGE, NOW, A, B, Desk, entry, outcome_of, prose

ONE, TWO, THREE = "https://a.example/1", "https://a.example/2", "https://a.example/3"


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


def test_a_duplicate_is_an_entry_that_shows_an_article_which_others_have_shown(desk: Desk) -> None:
    desk.watch(A, B)
    text, moved = prose("le sommet", 30), "https://a.example/2"
    assert desk.poll(A, entry("Un sommet", ONE, "g1", content=text)).duplicates == 0
    assert desk.poll(B, entry("Un sommet", "https://b.example/1", content=text)).duplicates == 1
    assert desk.poll(A, entry("Un sommet", ONE, "g1", content=text + " Suite.")).duplicates == 0
    assert desk.poll(A, entry("Un sommet", moved, "g1", content=text + " Suite.")).duplicates == 0


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


def test_before_eight_days_of_304_are_over_the_feed_is_asked_for_without_condition(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"', body_hash="abc")
    for waited, etag in ((timedelta(days=6, hours=12), '"1"'), (timedelta(days=1), None)):
        now = desk.tick(desk.now + waited)
        desk.archive.record_poll(PollOutcome(desk.source(A).source_id, A, now, 0.1, PollKind.UNCHANGED, 304), now).result()
        assert (desk.source(A).etag, desk.source(A).body_hash) == (etag, "abc")


def test_the_same_body_after_that_is_believed_again(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"', body_hash="abc")
    for kind, waited in (
        (PollKind.UNCHANGED, timedelta(days=9)),
        (PollKind.SAME_BODY, timedelta(hours=1)),
        (PollKind.UNCHANGED, timedelta(hours=1)),
    ):
        now = desk.tick(desk.now + waited)
        desk.archive.record_poll(PollOutcome(desk.source(A).source_id, A, now, 0.1, kind, 200, etag='"2"'), now).result()
    assert desk.source(A).etag == '"2"'


def test_a_server_whose_304_hid_an_entry_is_asked_without_condition_from_then_on_and_that_is_told(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), etag='"1"', body_hash="abc")
    now = desk.tick(desk.now + timedelta(days=8))
    desk.archive.record_poll(PollOutcome(desk.source(A).source_id, A, now, 0.1, PollKind.UNCHANGED, 304), now).result()
    desk.poll(A, entry("Deux", TWO, published_at=now - timedelta(days=2)), entry("Un", ONE), etag='"2"', body_hash="def")
    found_at = desk.now
    desk.reopen()
    for _ in range(2):
        assert (desk.source(A).etag, desk.source(A).body_hash) == (None, "def")
        assert desk.archive.due_sources(desk.now + timedelta(days=1), 1)[0].etag is None
        desk.archive.record_poll(
            PollOutcome(desk.source(A).source_id, A, desk.tick(), 0.1, PollKind.SAME_BODY, 200, etag='"2"'), desk.now
        ).result()
    told = desk.archive.tell_whole(desk.archive.find_things(A, ())[0], (), {}, desk.now)
    assert isinstance(told, WholeSource)
    assert told.distrusted_at == found_at


def test_the_rhythm_of_a_source_outlives_the_program_and_is_written_only_with_something_new(desk: Desk) -> None:
    desk.watch(A)
    for day in range(5):
        at = NOW + timedelta(days=day)
        desk.poll(A, entry(f"Le {day}", f"{ONE}{day}", published_at=at), at=at)
    (before,) = desk.rows("SELECT rhythm, silent_from FROM rhythms JOIN sources ON sources.id = source_id")
    desk.reopen()
    desk.poll(A, entry("Le 4", f"{ONE}4", published_at=desk.now))
    (same,) = desk.rows("SELECT rhythm, silent_from FROM rhythms JOIN sources ON sources.id = source_id")
    assert same == before
    kept = read_rhythm(before[0])
    assert kept is not None
    assert (kept.last_news_at, kept.window, kept.since) == (NOW + timedelta(days=4), 1, NOW)
    assert sum(kept.counts) == pytest.approx(5, abs=0.3)
    assert rhythm_text(kept) == before[0]


def test_what_a_hub_sends_teaches_the_rhythm_of_its_source(desk: Desk) -> None:
    desk.watch(A)
    for day in range(5):
        at = NOW + timedelta(days=day)
        desk.poll(A, entry(f"Le {day}", f"{ONE}{day}", published_at=at), at=at)
    (before,) = desk.rows("SELECT rhythm, silent_from FROM rhythms JOIN sources ON sources.id = source_id")
    at = NOW + timedelta(days=4, hours=5)
    pushed = outcome_of(desk.source(A), at, [entry("Le même soir", f"{ONE}soir", published_at=at)])
    assert desk.archive.hubs.record_told(1, pushed, at).result().entries_new == 1
    (after,) = desk.rows("SELECT rhythm, silent_from FROM rhythms JOIN sources ON sources.id = source_id")
    earlier, rhythm = map(read_rhythm, (before[0], after[0]))
    assert earlier is not None
    assert rhythm is not None
    assert (rhythm.last_news_at, rhythm.window) == (at, earlier.window), "it is no window of the feed"
    assert from_text(after[1]) == silent_from(rhythm) != from_text(before[1])


def test_what_a_feed_wishes_is_remembered_while_nothing_changes(desk: Desk) -> None:
    desk.watch(A)
    source = desk.source(A)
    wishes = FeedWishes(timedelta(minutes=40), frozenset({3}), frozenset({6}))
    body = replace(outcome_of(source, NOW, [entry("Un", ONE)]), feed=ParsedFeed(None, (entry("Un", ONE),), wishes=wishes))
    desk.archive.record_poll(body, NOW).result()
    for kind in (PollKind.UNCHANGED, PollKind.SAME_BODY):
        desk.archive.record_poll(PollOutcome(source.source_id, A, NOW, 0.1, kind, 304), NOW).result()
        assert desk.sources()[0]["interval_seconds"] == 40 * 60
    assert desk.rows("SELECT wishes FROM sources") == [("[2400.0, [3], [6]]",)]
    desk.poll(A, entry("Deux", TWO))
    assert desk.rows("SELECT wishes FROM sources") == [(None,)]
