"""What becomes of each entry of a feed's body."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from news.arriving import (
    Arrival,
    Body,
    KnownEntry,
    changed_or_new,
    decide_arrivals,
    keys_of,
    links_unknown,
    showing_of,
    showings_of,
    sift,
)
from news.judging import make_version
from news.keys import Held
from news.places import places_of
from news.preparing import prepared_entries
from news.showings import Claim, Known, KnownArticle, Place
from news.source_specs import ArticlesMode
from news.sources import ExtractedPage, FeedEntry, ParsedFeed, PreparedEntry

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
HERE, THERE = "https://a.example/1", "https://a.example/2"
ENTRY = FeedEntry("g1", HERE, "Un sommet", summary="Trente maires.", published_at=NOW)
NEWER = FeedEntry("g2", THERE, "La halle", summary="Un incendie.", published_at=NOW)


def body(*entries: FeedEntry, held: KnownEntry | None = None, **rest: Any) -> Body:
    """A body, the newest entry first; `held` is known under the key of the first."""
    arrived = prepared_entries(ParsedFeed(None, entries))
    fields = {
        "source_id": 1,
        "arrived": arrived,
        "known": {arrived[0].key: held} if held else {},
        "places": places_of(arrived, "https://a.example/feed", ()),
        "mode": ArticlesMode.FEED,
        "silent": False,
        "silent_before": None,
        "formerly_known": frozenset(),
        "next_entry_id": 10,
        "now": NOW,
    }
    return Body(**{**fields, **rest})


def held_entry(entry: FeedEntry = ENTRY, **rest: Any) -> KnownEntry:
    """Entry 5, known as it stands, of article 7."""
    (prepared,) = prepared_entries(ParsedFeed(None, (entry,)))
    fields = {
        "entry_id": 5,
        "source_id": 1,
        "key": prepared.key,
        "place": prepared.address or "",
        "entry": entry,
        "fingerprint": prepared.fingerprints[0],
        "silent": False,
        "edited": False,
        "changed_at": NOW - timedelta(days=1),
        "article_id": 7,
        "own_hash": make_version(entry, None).own_hash,
        "says_hash": make_version(entry, None).own_hash if rest.get("article_id", 7) else None,
        "page_state": "done",
        "page_attempts": 0,
        "page_fetched_at": None,
    }
    return KnownEntry(**{**fields, **rest})


def archive(**rest: Any) -> Known:
    """An archive that holds article 7, which is `ENTRY` as it stands."""
    main = make_version(ENTRY, None)
    one = KnownArticle(7, main.title, 70, main.own_hash, "feed", 1, sighted_openly=True, deleted=False)
    fields = {"articles": {7: one}, "claims": {HERE: Claim(7, adopted=False)}, "next_article_id": 8, "next_revision_id": 71}
    return Known(**{**fields, **rest})


def decide(one: Body, known: Known | None = None) -> list[Arrival]:
    return decide_arrivals(one, showings_of(one), known or archive())[0]


def prepared(**rest: Any) -> PreparedEntry:
    (one,) = prepared_entries(ParsedFeed(None, (ENTRY,)))
    return replace(one, **{"key": "link:1", "former_keys": ("hash:1",), "fingerprints": ("now", "then"), **rest})


def test_an_entry_may_be_on_record_under_its_key_or_those_that_earlier_versions_gave_it() -> None:
    assert keys_of([prepared(), prepared(key="guid:2", former_keys=())]) == {"link:1", "hash:1", "guid:2"}


def test_an_entry_that_is_named_by_its_link_is_looked_for_there_if_its_key_is_unknown() -> None:
    assert links_unknown([prepared()], {}) == {HERE}
    assert links_unknown([prepared()], {"link:1": Held(1, "now")}) == set()
    assert links_unknown([prepared(key="guid:1"), prepared(address=None)], {}) == set()


def test_an_entry_that_is_on_record_tells_something_only_if_it_says_something_else() -> None:
    same, changed, new = prepared(), prepared(key="link:2", former_keys=()), prepared(key="link:3", former_keys=())
    sifted = sift([same, changed, new], {"link:1": Held(1, "now"), "link:2": Held(2, "before")}, {})
    assert (sifted.known, sifted.telling, sifted.changed) == (2, [changed, new], {2: "link:2"})
    assert (sifted.renamed, sifted.old) == ([], frozenset())


def test_an_entry_known_under_a_key_of_an_earlier_version_is_renamed_if_it_says_what_it_said() -> None:
    sifted = sift([prepared()], {"hash:1": Held(1, "then")}, {})
    assert (sifted.known, sifted.telling, sifted.renamed, sifted.old) == (1, [], [(1, "link:1")], frozenset())


def test_an_entry_that_says_something_else_than_what_an_earlier_version_knew_by_its_key_is_new_and_old_news() -> None:
    sifted = sift([prepared()], {"hash:1": Held(1, "before")}, {})
    assert (sifted.known, sifted.telling, sifted.changed) == (0, [prepared()], {})
    assert (sifted.renamed, sifted.old) == ([], frozenset({"link:1"}))


def test_an_entry_known_at_its_link_is_renamed_and_may_say_something_else() -> None:
    one = prepared(key=f"link:{HERE}")
    sifted = sift([one], {}, {HERE: Held(1, "before")})
    assert (sifted.known, sifted.telling, sifted.changed, sifted.renamed) == (1, [one], {1: one.key}, [(1, one.key)])


def test_what_is_known_as_it_stands_is_nothing_new() -> None:
    assert changed_or_new(body(ENTRY, held=held_entry())) == []
    assert decide(body(ENTRY, held=held_entry())) == []


def test_entries_come_in_the_order_of_publication_and_get_their_ids_in_it() -> None:
    arrivals = decide(body(NEWER, ENTRY), Known())
    assert [(one.arrived.entry.title, one.entry_id, one.is_new) for one in arrivals] == [("Un sommet", 10, True), ("La halle", 11, True)]


def test_a_changed_entry_keeps_its_id_and_takes_none_from_those_that_are_new() -> None:
    changed = replace(ENTRY, title="Un sommet raté")
    arrivals = decide(body(changed, NEWER, held=held_entry()))
    assert [(one.entry_id, one.is_new) for one in arrivals] == [(10, True), (5, False)]


@pytest.mark.parametrize(
    ("silent", "formerly", "expected"), [(False, (), False), (True, (), True), (False, ("guid:g1",), True), (False, ("guid:g2",), False)]
)
def test_what_a_first_poll_or_an_older_version_saw_is_silent(silent: bool, formerly: tuple[str, ...], expected: bool) -> None:
    (arrival,) = decide(body(ENTRY, silent=silent, formerly_known=frozenset(formerly)), Known())
    assert (arrival.silent, arrival.settled[0].silent) == (expected, expected)


@pytest.mark.parametrize("silent", [False, True])
def test_a_known_entry_stays_silent_or_not_whatever_the_poll(silent: bool) -> None:
    (arrival,) = decide(body(replace(ENTRY, title="Un sommet raté"), held=held_entry(silent=silent), silent=not silent))
    assert arrival.silent is silent


def test_without_a_page_to_fetch_a_new_entry_is_settled_with_the_feeds_words() -> None:
    (arrival,) = decide(body(NEWER))
    assert (arrival.page_due_at, arrival.place) == (None, Place(THERE, arrival.place.alternates))
    assert (arrival.settled[0].article_id, arrival.settled[0].showing.shown_url) == (8, THERE)


def test_a_new_entry_whose_page_is_wanted_waits_for_it() -> None:
    (arrival,) = decide(body(NEWER, mode=ArticlesMode.PAGE))
    assert (arrival.page_due_at, arrival.settled) == (NOW, ())


def test_a_page_that_another_source_brought_is_not_fetched_again() -> None:
    known = archive(articles={7: replace(archive().articles[7], main_origin="page")})
    (arrival,) = decide(body(replace(ENTRY, summary="Autrement dit."), mode=ArticlesMode.PAGE), known)
    assert arrival.page_due_at is None
    assert [one.is_main for one in arrival.settled[0].versions] == [False]


@pytest.mark.parametrize(
    ("fetched_at", "due_at"),
    [(None, NOW), (NOW - timedelta(minutes=20), NOW + timedelta(minutes=40)), (NOW - timedelta(hours=2), NOW)],
)
def test_the_page_of_a_changed_entry_is_fetched_again_at_most_hourly_and_its_words_count_at_once(
    fetched_at: datetime | None, due_at: datetime
) -> None:
    held = held_entry(page_fetched_at=fetched_at)
    (arrival,) = decide(body(replace(ENTRY, title="Un sommet raté"), held=held, mode=ArticlesMode.PAGE))
    assert arrival.page_due_at == due_at
    assert [(one.is_main, one.version.title) for one in arrival.settled[0].versions] == [(False, "Un sommet raté")]


def awaited(entry: FeedEntry = ENTRY) -> KnownEntry:
    """Entry 5, whose page never came, so that it has no article yet."""
    return held_entry(entry, article_id=None, own_hash=None, page_state="due")


def test_a_changed_entry_whose_page_never_came_makes_an_article_of_what_it_said_and_what_it_says_now() -> None:
    (arrival,) = decide(body(replace(ENTRY, title="Un sommet raté"), held=awaited(), mode=ArticlesMode.PAGE), Known())
    assert arrival.page_due_at == NOW
    said, says = arrival.settled
    assert [(one.is_new_article, one.article_id, one.versions[0].version.title) for one in (said, says)] == [
        (True, 1, "Un sommet"),
        (False, 1, "Un sommet raté"),
    ]


def test_what_an_entry_said_before_its_page_came_is_kept_also_if_its_page_is_wanted_no_more() -> None:
    said, says = decide(body(replace(ENTRY, title="Un sommet raté"), held=awaited()), Known())[0].settled
    assert (said.is_new_article, says.article_id, says.main is not None) == (True, said.article_id, True)


def test_an_awaited_entry_that_changes_in_nothing_that_it_says_waits_for_its_page() -> None:
    (arrival,) = decide(body(replace(ENTRY, updated_at=NOW), held=awaited(), mode=ArticlesMode.PAGE), Known())
    assert (arrival.page_due_at, arrival.settled) == (NOW, ())


def test_what_was_said_at_another_address_is_kept_while_the_new_page_is_awaited() -> None:
    (arrival,) = decide(body(replace(ENTRY, link=THERE, title="La halle"), held=awaited(), mode=ArticlesMode.PAGE), Known())
    assert [(one.is_new_article, one.showing.place.own) for one in arrival.settled] == [(True, HERE)]


def test_an_entry_that_moved_has_its_page_fetched_at_once_and_waits_for_it() -> None:
    moved = replace(ENTRY, link=THERE, title="La halle", published_at=NOW + timedelta(days=1))
    held = held_entry(page_fetched_at=NOW - timedelta(minutes=1))
    (arrival,) = decide(body(moved, held=held, mode=ArticlesMode.PAGE))
    assert (arrival.page_due_at, arrival.settled, arrival.place.own) == (NOW, (), THERE)


def test_an_entry_that_keeps_its_guid_and_speaks_of_another_article_makes_one() -> None:
    moved = replace(ENTRY, link=THERE, title="Un sommet, la suite", published_at=NOW + timedelta(days=1))
    (arrival,) = decide(body(moved, held=held_entry()))
    assert arrival.settled[0].is_new_article
    (same,) = decide(body(replace(moved, published_at=NOW), held=held_entry()))
    assert same.settled[0].article_id == 7


def test_an_entry_whose_link_stays_keeps_its_place_also_when_those_that_shared_it_are_gone() -> None:
    held = held_entry(place=f"{HERE}#sien")
    known = archive(claims={f"{HERE}#sien": Claim(7, adopted=False)})
    (arrival,) = decide(body(replace(ENTRY, title="Un sommet raté"), held=held), known)
    assert arrival.place.own == f"{HERE}#sien"
    assert HERE in arrival.place.alternates
    (moved,) = decide(body(replace(ENTRY, link=THERE), held=held), known)
    assert moved.place.own == THERE


def test_a_page_is_shown_by_its_entry_as_the_archive_knows_it() -> None:
    held = held_entry(replace(ENTRY, link=f"{HERE}?utm_source=rss#bas"), silent=True, edited=True)
    version = make_version(held.entry, ExtractedPage(None, "Le texte."))
    shown = showing_of(held, version)
    assert (shown.entry_id, shown.place.own, shown.shown_url, shown.silent, shown.edited) == (5, HERE, f"{HERE}#bas", True, True)
    assert (shown.version, shown.saying.text, shown.article_id, shown.own_hash) == (version, "Trente maires.", 7, held.own_hash)


def test_what_a_feed_says_anew_is_shown_at_its_link_letter_for_letter() -> None:
    changed = replace(ENTRY, title="Un sommet raté", link=f"{HERE}?utm_source=rss#bas")
    (arrival,) = decide(body(changed, held=held_entry()))
    assert arrival.settled[0].showing.shown_url == f"{HERE}#bas"


def test_an_entry_without_a_link_is_shown_at_its_place() -> None:
    assert showing_of(
        held_entry(place="https://a.example/feed#g1", entry=replace(ENTRY, link=None)), make_version(ENTRY, None)
    ).shown_url == ("https://a.example/feed#g1")


@pytest.mark.parametrize(
    ("published", "is_silent"), [(NOW - timedelta(days=2), True), (NOW, False), (None, False)], ids=["before", "since", "undated"]
)
def test_after_bodies_that_were_all_damaged_only_what_was_published_before_is_silent(published: datetime | None, is_silent: bool) -> None:
    one = replace(ENTRY, published_at=published)
    [arrival] = decide(body(one, silent_before=NOW - timedelta(days=1)))
    assert arrival.silent is is_silent
