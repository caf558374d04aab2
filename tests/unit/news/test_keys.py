"""What an entry is known by within its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.judging import EntryNews, identify_entries, judge_entry
from news.keys import Held, Recognised, recognise
from news.preparing import prepared_entries
from news.sources import FeedEntry, ParsedFeed, PreparedEntry
from news.urls import lasting_url

HELD = Held(5, "x")
NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
LINK = "https://a.example/1"
ENTRY = FeedEntry("g1", LINK, "Titre", summary="résumé", published_at=NOW)


def keys(*entries: FeedEntry) -> list[str]:
    return [identified.key for identified in identify_entries(entries)]


def test_an_entrys_key_is_its_guid_else_its_link_else_a_hash_of_title_date_and_summary() -> None:
    assert keys(ENTRY) == ["guid:g1"]
    assert keys(replace(ENTRY, guid=None)) == [f"link:{LINK}"]
    (key,) = keys(FeedEntry(None, None, "Titre", published_at=NOW))
    assert key.startswith("hash:")
    assert keys(FeedEntry(None, None, "Titre", content="autre", published_at=NOW)) == [key]
    assert keys(FeedEntry(None, None, "Titre", summary="autre", published_at=NOW)) != [key]
    assert keys(FeedEntry(None, None, "Titre", published_at=NOW + timedelta(1))) != [key]
    assert keys(FeedEntry(None, None, "Autre", published_at=NOW)) != [key]


def test_the_key_of_an_older_version_is_told_where_it_was_another() -> None:
    shared = [FeedEntry(None, LINK, "Titre", summary=text, published_at=NOW) for text in ("un", "deux")]
    identified = [*identify_entries([ENTRY]), *identify_entries([FeedEntry(None, None, "Titre", summary="un")]), *identify_entries(shared)]
    assert [(one.key.partition(":")[0], (one.former_keys or ("",))[-1].partition(":")[0]) for one in identified] == [
        ("guid", ""),
        ("hash", "hash"),
        ("link", "hash"),
    ]


def test_a_link_under_one_title_is_the_key_of_what_has_no_guid() -> None:
    assert keys(FeedEntry(None, LINK, "Titre", summary="un"), FeedEntry(None, LINK, "titre !", summary="deux")) == [f"link:{LINK}"]


def test_an_empty_guid_is_none() -> None:
    assert keys(replace(ENTRY, guid="")) == [f"link:{LINK}"]


def test_entries_with_neither_title_nor_date_are_told_apart_by_what_they_say() -> None:
    assert len(set(keys(FeedEntry(None, None, None, summary="un"), FeedEntry(None, None, None, summary="deux")))) == 2


def test_a_guid_that_two_entries_share_names_neither() -> None:
    other = replace(ENTRY, link="https://a.example/2")
    assert keys(ENTRY, other) == [f"link:{LINK}", "link:https://a.example/2"]


def test_a_link_that_entries_without_a_guid_share_names_none_of_them() -> None:
    shared = [FeedEntry(None, "https://a.example/", title, published_at=NOW) for title in ("Un", "Deux")]
    assert [key.partition(":")[0] for key in keys(*shared)] == ["hash", "hash"]
    assert len(set(keys(*shared))) == 2


def test_what_a_body_repeats_word_for_word_is_one_entry_with_its_guid() -> None:
    assert keys(ENTRY, ENTRY) == ["guid:g1"]


texts = st.one_of(st.none(), st.sampled_from(["", "a", "b"]))


def test_half_a_character_becomes_the_sign_for_what_cannot_be_read() -> None:
    (arrived,) = identify_entries([FeedEntry("\ud800", "https://a.example/\udfff", "a\ud83d", summary="é 😀")])
    assert (arrived.key, arrived.entry) == ("guid:\ufffd", FeedEntry("\ufffd", "https://a.example/\ufffd", "a\ufffd", summary="é 😀"))


@given(st.lists(st.builds(FeedEntry, texts, texts, texts, texts), max_size=6))
def test_no_two_entries_of_a_body_have_the_same_key(entries: list[FeedEntry]) -> None:
    found = keys(*entries)
    assert len(found) == len(set(found)) <= len(entries)
    assert bool(found) == bool(entries)


VISITS = [
    ("https://a.example/v;jsessionid=4F2A.n1?id=5", "https://a.example/v;jsessionid=9B7C.n2?id=5"),
    ("https://a.example/v?id=5&PHPSESSID=a1b2", "https://a.example/v?PHPSESSID=c3d4&id=5"),
    ("https://a.example/v?sid=0cc175b9c0f1b6a831c399e269772661", "https://a.example/v?sid=92eb5ffee6ae2fec3ad71c777531578f"),
    ("https://a.example/v?s=0cc175b9c0f1b6a831c399e269772661&p=3", "https://a.example/v?s=92eb5ffee6ae2fec3ad71c777531578f&p=3"),
    ("https://a.example/(S(lit3py55t21z5v55vlm25s55))/v.aspx", "https://a.example/(S(x1cxy5zbtrmqss45b2j2wq45))/v.aspx"),
    ("https://a.example/v?id=5&_=1764150000123", "https://a.example/v?id=5&_=1764150900456"),
    ("https://a.example/v?nocache=81&id=5", "https://a.example/v?nocache=93&id=5"),
    ("https://a.example/v?rnd=0.8171", "https://a.example/v?rnd=0.1234"),
    ("https://a.example/v?id=5&utm_id=77", "https://a.example/v?id=5&utm_id=78"),
    ("http://www.a.example/v/", "https://a.example/v"),
]
OTHERS = [
    ("https://a.example/?p=12", "https://a.example/?p=13"),
    ("https://a.example/v?id=5", "https://a.example/v?id=6"),
    ("https://a.example/spip.php?article12", "https://a.example/spip.php?article13"),
    ("https://a.example/v?sid=12", "https://a.example/v?sid=13"),
    ("https://a.example/v?s=tarnac", "https://a.example/v?s=vexin"),
    ("https://a.example/v?session=12", "https://a.example/v?session=13"),
    ("https://a.example/direct?t=1764150000", "https://a.example/direct?t=1764150900"),
    ("https://a.example/v?_=tarnac", "https://a.example/v?_=vexin"),
    ("https://a.example/v?cb=1", "https://a.example/v?cb=2"),
    ("https://a.example/v?v=1", "https://a.example/v?v=2"),
    ("https://a.example/direct#post-1", "https://a.example/direct#post-2"),
    ("https://a.example/#!/1", "https://a.example/#!/2"),
]


@pytest.mark.parametrize(("one", "other"), VISITS)
def test_what_is_another_at_each_visit_is_no_part_of_a_key_and_its_change_is_none(one: str, other: str) -> None:
    first, second = (FeedEntry(None, link, "Titre", published_at=NOW) for link in (one, other))
    assert keys(first) == keys(second)
    (known,), (arrived,) = identify_entries([first]), identify_entries([second])
    assert (judge_entry(known.fingerprints[0], arrived) is EntryNews.KNOWN) is (lasting_url(one) == lasting_url(other))


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_may_choose_the_article_is_part_of_the_key(one: str, other: str) -> None:
    assert len(set(keys(FeedEntry(None, one, "Titre"), FeedEntry(None, other, "Titre")))) == 2
    assert len(set(keys(FeedEntry(one, None, "Titre"), FeedEntry(other, None, "Titre")))) == 2


@pytest.mark.parametrize(("one", "other"), VISITS)
def test_a_guid_that_is_an_address_is_compared_as_one_and_was_known_letter_for_letter(one: str, other: str) -> None:
    first, second = (prepared(FeedEntry(guid, LINK, "Titre")) for guid in (one, other))
    assert first.key == second.key
    assert f"guid:{one}" in first.former_keys


def test_an_address_that_was_known_before_its_site_moved_to_https_is_known() -> None:
    for one in (FeedEntry("https://a.example/v/1/", LINK, "Titre"), FeedEntry(None, "https://a.example/v/1/", "Titre")):
        arrived = prepared(one)
        former = arrived.former_keys[1].replace("https://", "http://")
        assert former.endswith(":http://a.example/v/1/")
        assert recognise(arrived, {former: HELD}, {}) == Recognised(HELD, is_renamed=True)


def test_two_guids_of_a_body_that_are_one_address_name_neither() -> None:
    assert keys(FeedEntry("http://a.example/v", LINK, "Un"), FeedEntry("https://a.example/v", f"{LINK}2", "Deux")) == [
        f"link:{LINK}",
        f"link:{LINK}2",
    ]


def test_entries_whose_links_differ_by_a_session_alone_go_by_what_they_say() -> None:
    shared = [FeedEntry(None, f"{LINK}?PHPSESSID={title}", title, published_at=NOW) for title in ("Un", "Deux")]
    assert [key.partition(":")[0] for key in keys(*shared)] == ["hash", "hash"]


def prepared(entry: FeedEntry) -> PreparedEntry:
    (one,) = prepared_entries(ParsedFeed(None, (entry,)))
    return one


def test_an_entry_is_known_under_its_key_or_under_one_of_an_earlier_version() -> None:
    one = prepared(FeedEntry(None, "http://www.a.example/v/?PHPSESSID=1", "Titre"))
    assert recognise(one, {}, {}) == Recognised(None)
    assert recognise(one, {one.key: HELD}, {}) == Recognised(HELD)
    assert recognise(one, {"link:http://www.a.example/v/?PHPSESSID=1": HELD}, {}) == Recognised(HELD, is_renamed=True)


def test_a_link_whose_session_was_part_of_its_key_is_known_by_its_place() -> None:
    one = prepared(FeedEntry(None, "https://a.example/v?PHPSESSID=2", "Titre"))
    assert recognise(one, {}, {"https://a.example/v": HELD}) == Recognised(HELD, is_renamed=True)
    named = prepared(FeedEntry("g1", "https://a.example/v?PHPSESSID=2", "Titre"))
    assert recognise(named, {}, {"https://a.example/v": HELD}) == Recognised(None)


def test_what_an_earlier_version_took_for_one_with_another_is_old_unless_it_says_the_very_same() -> None:
    one = prepared(FeedEntry(None, None, "Titre", summary="un"))
    (former,) = one.former_keys
    assert recognise(one, {former: Held(5, one.fingerprints[0])}, {}) == Recognised(Held(5, one.fingerprints[0]), is_renamed=True)
    assert recognise(one, {former: HELD}, {}) == Recognised(None, is_old=True)
