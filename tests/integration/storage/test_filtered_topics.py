"""Topics that ask who showed an article, how it is tagged, who wrote it: judged with what the archive knows at that moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from news.topics import Topic
from tests.desk import A, B, C, Desk, entry

ONE = "https://a.example/1"


@pytest.fixture
def desk(tmp_path: Path):
    with Desk(tmp_path / "archive.db", []) as running:
        running.watch(A, name="Le journal", tags=("tech",))
        running.watch(B, name="La gazette", tags=("défense",))
        yield running


def test_a_topic_of_one_source_alerts_on_what_that_source_shows(desk: Desk) -> None:
    desk.follow(Topic("journal", "source:journal"), Topic("gazette", 'source:"la gazette"'), Topic("tag", "tag:tech fusée"))
    desk.poll(A, entry("Une fusée", ONE))
    assert desk.alerts() == [("journal", "new"), ("tag", "new")]


def test_a_known_article_alerts_when_the_source_that_a_topic_asks_for_shows_it(desk: Desk) -> None:
    desk.follow(Topic("gazette", "source:gazette fusée"), Topic("both", "source:(gazette journal)"), Topic("defence", "tag:defense"))
    desk.poll(A, entry("Une fusée", ONE))
    assert desk.alerts() == []
    tally = desk.poll(B, entry("Une fusée", ONE))
    assert [alert.topic for alert in tally.alerts] == ["gazette", "both", "defence"]
    assert desk.alerts() == [("gazette", "new"), ("both", "new"), ("defence", "new")]
    assert desk.article()["topics"] == ["both", "defence", "gazette"]


def test_a_further_sighting_says_nothing_new_to_other_topics(desk: Desk) -> None:
    desk.poll(A, entry("Une fusée", ONE))
    desk.follow(Topic("late", "fusée"), Topic("late journal", "fusée source:journal"), Topic("gazette", "source:gazette"))
    desk.poll(B, entry("Une fusée", ONE))
    assert desk.alerts() == [("gazette", "new")]


def test_the_same_source_showing_an_article_again_says_nothing(desk: Desk) -> None:
    desk.poll(A, entry("Une fusée", ONE, guid="1"))
    desk.follow(Topic("journal", "source:journal"))
    desk.poll(A, entry("Une fusée", ONE, guid="2"))
    assert desk.alerts() == []


def test_a_silent_sighting_is_recorded_as_a_match_and_does_not_alert(tmp_path: Path) -> None:
    with Desk(tmp_path / "silent.db", [Topic("gazette", "source:gazette")], silent=True) as desk:
        desk.watch(A, name="Le journal")
        desk.watch(B, name="La gazette")
        desk.poll(A)
        desk.poll(A, entry("Une fusée", ONE))
        desk.poll(B, entry("Une fusée", ONE))
        assert desk.alerts() == []
        assert desk.article()["topics"] == ["gazette"]


def test_facts_are_those_of_the_version_that_is_judged(desk: Desk) -> None:
    desk.follow(
        Topic("dupont", "author:dupont"), Topic("english", "lang:en"), Topic("here", "url:a.example"), Topic("not", "fusée -lang:fr")
    )
    desk.poll(A, entry("Une fusée", ONE, author="Marie Dupont", language="fr-FR"))
    assert sorted(desk.alerts()) == [("dupont", "new"), ("here", "new")]


def test_a_topic_matches_what_the_same_query_finds(desk: Desk) -> None:
    queries = [
        "source:gazette",
        "tag:tech",
        "source:gazette -tag:tech",
        "fusée source:journal",
        "fusée NEAR/2 ariane",
        "title:ari*",
        "-source:gazette fusée",
    ]
    desk.watch(C, name="La gazette du soir")
    desk.follow(*(Topic(query, query) for query in queries))
    desk.poll(A, entry("Une fusée Ariane", ONE), entry("Une fusée", "https://a.example/2"))
    desk.poll(C, entry("Ariane", "https://c.example/1"), entry("Une fusée", "https://a.example/2"))
    for query in queries:
        matched = {article["title"] for article in desk.articles() if query in article["topics"]}
        found = set(desk.found(query))
        assert found <= matched, query
        assert matched - found == ({"Une fusée"} if query == "-source:gazette fusée" else set()), "a match of the past stays on record"
