"""Searching: what is found, in which order, and what is said of it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.query import parse_query
from news.query.passages import SNIPPET_WIDTH
from news.topics import Topic
from quivive.cli.json_answers import found_article_json
from storage import ArchiveReader, SearchRequest
from storage.asking import candidates
from storage.asking import search as searching
from tests.desk import NOW, OTAN, A, B, Desk, entry, prose

ONE, TWO, THREE = "https://a.example/1", "https://a.example/2", "https://a.example/3"


@pytest.fixture
def library(desk: Desk) -> Desk:
    """Three articles on OTAN, a day apart, of two sources; Ariane is a topic, too."""
    desk.follow(OTAN, Topic("Ariane", "Ariane"))
    desk.watch(A, name="Éclair")
    desk.watch(B, name="Bulletin")
    desk.poll(A, entry("Vieux", ONE, summary="L’OTAN hier", published_at=NOW - timedelta(days=3)))
    desk.poll(B, entry("L’OTAN dans le titre", TWO, summary="OTAN et Ariane", published_at=NOW - timedelta(days=2)))
    desk.poll(
        A, entry("Récent", THREE, summary="L’OTAN parmi bien d’autres choses qui n’ont rien à voir", published_at=NOW - timedelta(days=1))
    )
    return desk


def test_the_best_comes_first_and_a_hit_in_the_title_weighs_more(library: Desk) -> None:
    assert library.found("OTAN") == ["L’OTAN dans le titre", "Vieux", "Récent"]


def test_by_date_the_newest_comes_first(library: Desk) -> None:
    assert library.found("OTAN", by_date=True) == ["Récent", "L’OTAN dans le titre", "Vieux"]


@pytest.mark.parametrize("by_date", [False, True])
def test_no_more_than_the_limit_is_given_and_those_are_the_first(library: Desk, by_date: bool) -> None:
    everything = library.found("OTAN", by_date=by_date)
    for limit in (1, 2, 3, 4):
        assert library.found("OTAN", by_date=by_date, limit=limit) == everything[:limit]


ages = st.one_of(st.none(), st.integers(min_value=-3 * 24 * 60, max_value=90 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=20)  # each makes an archive
@given(
    published=st.lists(st.tuples(ages, st.booleans()), min_size=1, max_size=12),
    limit=st.integers(min_value=1, max_value=13),
    edits=st.data(),
)
def test_by_date_is_what_sorting_all_hits_by_their_time_gives(
    folder: Path, published: list[tuple[timedelta | None, bool]], limit: int, edits: st.DataObject
) -> None:
    path = folder / "archive.db"
    for file in folder.iterdir():
        file.unlink()
    with Desk(path, []) as desk:
        desk.watch(A)
        for number, (age, holds) in enumerate(published):
            at = desk.now + timedelta(hours=5)
            text = "OTAN" if holds else "rien"
            one = entry(f"{number}", f"https://a.example/{number}", summary=text, published_at=None if age is None else at - age)
            desk.poll(A, one, at=at)
        for number in edits.draw(st.lists(st.integers(0, len(published) - 1), max_size=4)):
            desk.poll(A, entry(f"{number}", f"https://a.example/{number}", summary=f"OTAN revu à {desk.now}"))
        rows = desk.rows(
            """SELECT articles.title FROM articles JOIN revisions ON revisions.id = revision_id
               WHERE text LIKE '%OTAN%' ORDER BY time DESC, articles.id DESC"""
        )
        assert desk.found("OTAN", by_date=True, limit=limit) == [title for (title,) in rows][:limit]


def test_of_a_very_common_word_only_the_newest_hits_are_ranked_and_that_is_told(library: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    request = SearchRequest(parse_query("OTAN", {}))
    assert not library.archive.search(request).cut
    monkeypatch.setattr(searching, "MOST_RANKED", 2)
    answer = library.archive.search(request)
    assert (answer.cut, [found.article.title for found in answer.articles]) == (True, ["L’OTAN dans le titre", "Récent"])
    monkeypatch.setattr(searching, "MOST_RANKED", 3)
    assert not library.archive.search(request).cut


@pytest.fixture
def press(desk: Desk) -> Desk:
    """Four articles on OTAN, a day apart, that differ in author, language, address and source."""
    desk.watch(A, name="Éclair")
    desk.watch(B, name="Bulletin")
    described = [
        (A, entry("Lundi", ONE, summary="L’OTAN, l’OTAN", author="Ève Dupont", language="fr")),
        (B, entry("L’OTAN mardi", "https://b.example/2", summary="autre chose", author="Jean Dupont", language="fr-CA")),
        (A, entry("Mercredi", TWO, summary="L’OTAN parmi bien d’autres choses qui n’ont rien à voir", author="Ève Martin", language="en")),
        (B, entry("Jeudi", "https://b.example/4", summary="L’OTAN et le reste", language="fr")),
    ]
    for day, (url, one) in enumerate(described):
        desk.poll(url, replace(one, published_at=NOW - timedelta(days=4 - day)))
    return desk


FOUR = ["L’OTAN mardi", "Lundi", "Jeudi", "Mercredi"]
TWO_DAYS_AGO = NOW - timedelta(days=2)
NARROWED = [
    ("author:dupont", {}, {"L’OTAN mardi", "Lundi"}),
    ('author:"Ève Martin"', {}, {"Mercredi"}),
    ("lang:fr", {}, {"L’OTAN mardi", "Lundi", "Jeudi"}),
    ("lang:fr-CA", {}, {"L’OTAN mardi"}),
    ("url:b.example", {}, {"L’OTAN mardi", "Jeudi"}),
    ("lang:fr author:dupont url:a.example", {}, {"Lundi"}),
    ("-lang:en", {}, {"L’OTAN mardi", "Lundi", "Jeudi"}),
    ("(author:martin OR url:b.example)", {}, {"L’OTAN mardi", "Jeudi", "Mercredi"}),
    ("source:éclair", {}, {"Lundi", "Mercredi"}),
    ("", {"since": TWO_DAYS_AGO}, {"Jeudi", "Mercredi"}),
    ("", {"source": "Bulletin"}, {"L’OTAN mardi", "Jeudi"}),
    ("", {"source": A, "since": TWO_DAYS_AGO}, {"Mercredi"}),
    ("lang:fr", {"since": TWO_DAYS_AGO}, {"Jeudi"}),
    ("lang:fr", {"until": TWO_DAYS_AGO, "source": "bulletin"}, {"L’OTAN mardi"}),
    ("author:dupont", {"source": A}, {"Lundi"}),
    ("author:dupont", {"since": TWO_DAYS_AGO}, set()),
]


@pytest.mark.parametrize(("filters", "bounds", "titles"), NARROWED)
def test_filters_and_bounds_take_articles_out_of_the_ranking_and_do_not_reorder_it(
    press: Desk, filters: str, bounds: dict[str, Any], titles: set[str]
) -> None:
    assert press.found("OTAN") == FOUR
    ranked = [title for title in FOUR if title in titles]
    assert press.found(f"OTAN {filters}", **bounds) == ranked
    for limit in (1, 2):
        assert press.found(f"OTAN {filters}", limit=limit, **bounds) == ranked[:limit]


def test_filters_alone_rank_nothing_and_give_what_came_last_first(press: Desk) -> None:
    assert press.found("lang:fr") == ["Jeudi", "L’OTAN mardi", "Lundi"]
    assert press.found("lang:fr", source="Bulletin") == ["Jeudi", "L’OTAN mardi"]


@pytest.mark.parametrize(
    ("query", "bounds", "newest_first"),
    [
        ("OTAN", {}, ["Jeudi", "Mercredi", "L’OTAN mardi", "Lundi"]),
        ("OTAN lang:fr", {}, ["Jeudi", "L’OTAN mardi", "Lundi"]),
        ("OTAN author:dupont", {}, ["L’OTAN mardi", "Lundi"]),
        ("OTAN url:b.example", {"until": NOW}, ["Jeudi", "L’OTAN mardi"]),
        ("OTAN", {"since": NOW - timedelta(days=3)}, ["Jeudi", "Mercredi", "L’OTAN mardi"]),
        ("OTAN", {"source": "Éclair"}, ["Mercredi", "Lundi"]),
        ("OTAN lang:fr", {"source": "Bulletin", "since": TWO_DAYS_AGO}, ["Jeudi"]),
        ("author:dupont", {}, ["L’OTAN mardi", "Lundi"]),
    ],
)
def test_an_answer_is_cut_if_and_only_if_more_articles_fulfil_it_than_are_ranked(
    press: Desk, monkeypatch: pytest.MonkeyPatch, query: str, bounds: dict[str, Any], newest_first: list[str]
) -> None:
    for most in range(1, len(newest_first) + 2):
        monkeypatch.setattr(searching, "MOST_RANKED", most)
        answer = press.archive.search(SearchRequest(parse_query(query, {}), **bounds))
        assert answer.cut == (most < len(newest_first))
        assert {found.article.title for found in answer.articles} == set(newest_first[:most])
        assert not answer.unranked


@pytest.mark.parametrize("query", ["OTAN", "OTAN author:dupont", "=OTAN", "author:dupont"])
def test_a_revised_article_is_ranked_once_by_its_current_version(desk: Desk, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setattr(searching, "MOST_RANKED", 2)
    desk.watch(A)
    desk.poll(A, entry("Un sommet de l’OTAN", ONE, summary="L’OTAN", author="Dupont"))
    desk.poll(A, entry("L’OTAN ailleurs", TWO, summary="militaire", author="Dupont"))
    for number in range(3):
        desk.poll(A, entry("Un sommet", ONE, summary=f"L’OTAN parmi {number} autres choses et d’autres encore", author="Dupont"))
    answer = desk.archive.search(SearchRequest(parse_query(query, {})))
    assert sorted(found.article.title for found in answer.articles) == ["L’OTAN ailleurs", "Un sommet"]
    assert not answer.cut
    if "OTAN" in query:
        assert answer.articles[0].article.title == "L’OTAN ailleurs"


@pytest.mark.parametrize("query", ["OTAN OR hier OR demain", "OTAN NOT (demain OR lendemain)", 'OTAN -"hier soir" -"demain soir" lang:fr'])
def test_a_query_of_more_phrases_than_can_be_scored_gives_the_newest_first_and_that_is_told(
    press: Desk, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    def ask(**rest: Any) -> tuple[list[str], bool, bool]:
        answer = press.archive.search(SearchRequest(parse_query(query, {}), **rest))
        return [found.article.title for found in answer.articles], answer.unranked, answer.cut

    ranked, newest = press.found(query), press.found(query, by_date=True)
    assert ranked != newest
    monkeypatch.setattr(candidates, "MOST_SCORED_PHRASES", 3)
    assert ask() == (ranked, False, False)
    monkeypatch.setattr(candidates, "MOST_SCORED_PHRASES", 2)
    assert ask() == (newest, True, False)
    assert ask(limit=2) == (newest[:2], True, False)
    assert ask(by_date=True) == (newest, False, False)
    assert press.archive.search(SearchRequest(parse_query(query, {}))).articles[0].score is None


def test_since_includes_its_moment_and_until_does_not(library: Desk) -> None:
    two_days_ago = NOW - timedelta(days=2)
    assert library.found("OTAN", since=two_days_ago, by_date=True) == ["Récent", "L’OTAN dans le titre"]
    assert library.found("OTAN", until=two_days_ago) == ["Vieux"]
    assert library.found("OTAN", since=two_days_ago, until=two_days_ago + timedelta(seconds=1)) == ["L’OTAN dans le titre"]


def test_an_article_of_the_future_or_without_a_date_is_found_by_when_it_was_first_seen(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN demain", ONE, published_at=NOW + timedelta(days=9)), entry("L’OTAN un jour", TWO, published_at=None))
    assert len(desk.found("OTAN", since=desk.now)) == 2
    assert desk.found("OTAN", since=desk.now + timedelta(seconds=1)) == []


@pytest.mark.parametrize("source", ["Bulletin", "bulletin", B])
def test_source_is_a_name_or_url_of_any_sighting(library: Desk, source: str) -> None:
    assert library.found("OTAN", source=source) == ["L’OTAN dans le titre"]
    library.poll(B, entry("Vieux", ONE, summary="L’OTAN hier"))
    assert library.found("OTAN", source=source, by_date=True) == ["L’OTAN dans le titre", "Vieux"]
    assert library.found("OTAN", source="rien") == []


def test_topic_is_that_of_a_recorded_match(library: Desk) -> None:
    assert library.found("OTAN", topic="Ariane") == ["L’OTAN dans le titre"]
    assert library.found("OTAN", topic="rien") == []


def test_an_article_is_found_by_its_current_version_only(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un sommet à Bruxelles", ONE, summary="militaire"))
    desk.poll(A, entry("Un sommet à Paris", ONE, summary="culturel"))
    assert (desk.found("Bruxelles"), desk.found("militaire")) == ([], [])
    assert (desk.found("Paris"), desk.found("culturel")) == (["Un sommet à Paris"], ["Un sommet à Paris"])
    assert desk.found("sommet") == ["Un sommet à Paris"]


def test_what_the_index_cannot_say_is_verified_on_the_text(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Orange lève des fonds", ONE), entry("Une orange par jour", TWO), entry("ORANGE", THREE))
    for by_date in (False, True):
        assert desk.found("=Orange", by_date=by_date) == ["Orange lève des fonds"]
        assert len(desk.found("orange", by_date=by_date)) == 3
        assert desk.found("orange NOT =Orange", by_date=by_date, limit=1) in (["Une orange par jour"], ["ORANGE"])


def test_words_of_a_query_that_nothing_holds_find_nothing(library: Desk) -> None:
    answer = library.archive.search(SearchRequest(parse_query("introuvable", {})))
    assert (answer.articles, answer.cut) == ((), False)


@pytest.mark.parametrize("query", ['"l’OTAN hier"', "OTAN -Ariane hier", "(hier OR demain) OTAN", '"OTAN" "hier"'])
def test_a_query_means_in_the_archive_what_it_means_in_a_topic(library: Desk, query: str) -> None:
    assert library.found(query) == ["Vieux"]


def test_an_article_is_described_with_the_fields_of_the_outer_surface_in_their_order(library: Desk) -> None:
    library.poll(A, entry("Reprise", TWO))
    (found,) = library.archive.search(SearchRequest(parse_query("Ariane", {}))).articles
    article = found_article_json(found)
    order = "id, url, title, source, author, language, published_at, first_seen_at, score, snippet, topics, sightings, matches"
    assert ", ".join(article) == order
    score = article.pop("score")
    assert isinstance(score, float)
    assert article == {
        "id": 2,
        "url": TWO,
        "title": "L’OTAN dans le titre",
        "source": "Bulletin",
        "author": None,
        "language": "fr",
        "published_at": "2025-02-08T12:00:00Z",
        "first_seen_at": "2025-02-10T12:05:00Z",
        "snippet": "OTAN et [Ariane]",
        "matches": [{"term": "Ariane", "found": "Ariane", "field": "text", "passage": "OTAN et [Ariane]"}],
        "topics": ["Ariane", "OTAN"],
        "sightings": [
            {"source": "Bulletin", "url": TWO, "seen_at": "2025-02-10T12:05:00Z"},
            {"source": "Éclair", "url": TWO, "seen_at": "2025-02-10T12:07:00Z"},
        ],
    }


def test_published_at_is_null_when_nobody_said(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE, published_at=None))
    (found,) = desk.archive.search(SearchRequest(parse_query("OTAN", {}))).articles
    assert found.article.published_at is None


def test_a_snippet_marks_the_hits_in_a_short_piece_of_the_text(desk: Desk) -> None:
    desk.watch(A)
    text = prose("autre chose", 40) + " Enfin, l’OTAN et l'otan. " + prose("le reste", 40)
    desk.poll(A, entry("Long", ONE, content=text))
    (found,) = desk.archive.search(SearchRequest(parse_query("OTAN", {}))).articles
    assert re.findall(r"\[(.*?)\]", found.snippet) == ["OTAN", "otan"]
    assert len(found.snippet) < 2 * SNIPPET_WIDTH


def test_a_reader_in_another_thread_or_process_needs_no_writer(library: Desk) -> None:
    library.archive.close()
    reader = ArchiveReader(library.path)
    assert len(reader.search(SearchRequest(parse_query("OTAN", {}))).articles) == 3
    reader.close_reading()


def test_times_are_given_in_utc_whatever_zone_they_came_in(desk: Desk) -> None:
    desk.watch(A)
    noon = datetime(2025, 1, 1, 12, 0, tzinfo=UTC).astimezone()
    desk.poll(A, entry("L’OTAN", ONE, published_at=noon))
    assert desk.article()["published_at"] == "2025-01-01T12:00:00Z"
