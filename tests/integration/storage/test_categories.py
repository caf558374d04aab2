"""What a publisher files an article under: from the feed's bytes to topics and searches that ask `tag:`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.feed_parser import parse_feed
from news.topics import Topic
from tests.desk import A, B, C, Desk, entry, prose

ONE, TWO = "https://a.example/1", "https://a.example/2"

RSS = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title><item>
<title>Une fusée</title><link>{link}</link>
<category><![CDATA[Défense &amp; IA]]></category><category domain="https://a.example/tags">Espace</category><dc:subject>Fusées</dc:subject>
<category></category><category>Espace</category></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>t</id><entry><id>1</id><title>Une fusée</title><link href="{link}"/>
<category term="defense-ia" label="Défense &amp; IA"/><category term="Espace"/><category term="Fusées"/></entry></feed>"""
JSON = """{{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{{"id": "1", "title": "Une fusée", "url": "{link}",
"tags": ["Défense & IA", "Espace", "Fusées", 7, "\\ud800"]}}]}}"""


@pytest.fixture
def desk(tmp_path: Path):
    with Desk(tmp_path / "archive.db", []) as running:
        running.watch(A, name="Le journal", tags=("tech",))
        running.watch(B, name="La gazette")
        yield running


@pytest.mark.parametrize("document", [RSS, ATOM, JSON])
def test_every_kind_of_feed_gives_its_categories_to_topics_and_searches(desk: Desk, document: str) -> None:
    desk.follow(Topic("space", "tag:espace"), Topic("phrase", 'tag:"defense & ia" fusée'), Topic("not", "fusée -tag:fusées"))
    desk.poll(A, *parse_feed(document.format(link=ONE).encode(), A).entries)
    assert desk.alerts() == [("space", "new"), ("phrase", "new")]
    assert desk.found("tag:ESPACE") == ["Une fusée"]
    assert desk.found("tag:fusees tag:tech") == ["Une fusée"]
    assert desk.found("fusée -tag:espace") == desk.found("tag:espac") == desk.found("tag:defense") == []


def test_a_category_is_no_category_of_the_sources_other_articles(desk: Desk) -> None:
    desk.poll(A, entry("Une fusée", ONE, categories=("Espace",)), entry("Un port", TWO))
    assert desk.found("tag:espace") == ["Une fusée"]
    assert sorted(desk.found("tag:tech")) == ["Un port", "Une fusée"]


def test_any_sighting_counts_and_a_topic_is_asked_again_when_one_brings_the_category(desk: Desk) -> None:
    desk.follow(Topic("space", "tag:espace fusée"))
    desk.poll(A, entry("Une fusée", ONE))
    assert desk.alerts() == []
    desk.poll(B, entry("Une fusée", ONE, categories=("Espace",)))
    assert desk.alerts() == [("space", "new")]
    assert desk.found("tag:espace") == desk.found("tag:espace OR x") == desk.found("fusée (tag:espace OR source:nobody)") == ["Une fusée"]


def test_an_entry_that_changes_its_words_changes_its_categories(desk: Desk) -> None:
    desk.poll(A, entry("Une fusée", ONE, summary="hier", categories=("Espace",)))
    desk.poll(A, entry("Une fusée", ONE, summary="demain", categories=("Défense",)))
    assert desk.found("tag:espace") == []
    assert desk.found("tag:défense") == ["Une fusée"]


def test_a_topic_matches_what_the_same_query_finds(desk: Desk) -> None:
    queries = [
        "tag:espace",
        "tag:tech",
        "fusée tag:espace",
        "-tag:espace fusée",
        "tag:espace OR source:gazette",
        "tag:espace source:gazette",
    ]
    desk.follow(*(Topic(query, query) for query in queries))
    desk.poll(A, entry("Une fusée", ONE, categories=("Espace", "ESPACE")), entry("Une fusée au port", TWO))
    desk.poll(B, entry("Une fusée", ONE))
    topics = {article["title"]: set(article["topics"]) for article in desk.articles()}
    for query in queries:
        assert {title for title, matched in topics.items() if query in matched} == set(desk.found(query)), query


def test_what_a_feed_gives_beyond_measure_is_left_out() -> None:
    names = "".join(f"<category>c{number}</category>" for number in range(5_000)) + f"<category>{'x' * 5_000}</category>"
    document = f"<rss version='2.0'><channel><title>t</title><item><title>a</title>{names}</item></channel></rss>"
    (read,) = parse_feed(document.encode(), A).entries
    assert 0 < len(read.categories) <= 100


@pytest.mark.parametrize("mode", ["feed", "page"])
def test_a_topic_is_asked_again_when_an_entry_gets_a_category_and_nothing_else_changes_in_it(desk: Desk, mode: str) -> None:
    desk.follow(Topic("space", "tag:espace fusée"))
    desk.watch(C, mode=mode)
    shown = entry("Une fusée", ONE)
    desk.poll(C, shown)
    if mode == "page":
        desk.page(ONE, prose("une fusée"))
    filed = replace(shown, categories=("Espace",), updated_at=desk.now)
    for _ in range(2):
        desk.poll(C, filed)
    assert (desk.found("tag:espace fusée"), desk.alerts()) == (["Une fusée"], [("space", "new")])


def test_what_a_silent_entry_is_filed_under_later_is_an_edit_that_may_alert(tmp_path: Path) -> None:
    with Desk(tmp_path / "silent.db", [Topic("space", "tag:espace fusée")], silent=True) as desk:
        desk.watch(A)
        shown = entry("Une fusée", ONE)
        desk.poll(A, shown)
        desk.poll(A, replace(shown, categories=("Espace",), updated_at=desk.now))
        assert desk.alerts() == [("space", "new")]


@pytest.mark.parametrize("mode", ["feed", "page"])
@pytest.mark.parametrize("title", ["Un sommet à Riga", "Riga : un sommet à huis clos"])
def test_a_topic_is_asked_again_when_an_entry_gets_a_category_as_its_link_moves(desk: Desk, mode: str, title: str) -> None:
    moved = "https://a.example/riga-sommet"
    desk.follow(Topic("Défense", "sommet tag:défense", ("hook",)))
    desk.watch(A, mode=mode)
    desk.poll(A, entry("Un sommet à Riga", "https://a.example/riga", "g1", categories=("Europe",)))
    if mode == "page":
        desk.page("https://a.example/riga", prose("un sommet à Riga"))
    assert desk.alerts() == []
    desk.poll(A, entry(title, moved, "g1", categories=("Europe", "Défense")))
    if mode == "page":
        desk.page(moved, prose("un sommet à Riga"))
    assert desk.alerts() in ([("Défense", "new")], [("Défense", "revised")])
    assert desk.found("sommet tag:défense") == [title]


def test_what_an_entry_showed_before_is_not_filed_as_the_article_that_it_moved_on_to(desk: Desk) -> None:
    desk.follow(Topic("Défense", "tag:défense", ("hook",)))
    desk.watch(A, mode="page")
    desk.poll(A, entry("La pluie à Brest", "https://a.example/brest", "g1"))
    desk.page("https://a.example/brest", prose("la pluie à Brest"))
    desk.poll(A, entry("Un sommet à Riga", "https://a.example/riga", "g1", categories=("Défense",)))
    desk.page("https://a.example/riga", prose("un sommet à Riga"))
    assert [alert["article_title"] for alert in desk.log()] == ["Un sommet à Riga"]
