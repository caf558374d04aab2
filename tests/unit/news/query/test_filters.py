"""What is asked about the article itself: who showed it, who wrote it, in which language, where, when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.articles import ArticleFacts, SourceFacts
from news.matches import Hit
from news.query import MomentParser, parse_query, prepare
from news.query.matching import Matcher, explain, holds, needs_facts, needs_sightings
from news.text import analyse_article
from news.topics import Topic

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
MOMENTS = MomentParser(datetime.fromisoformat, lambda text: datetime.fromisoformat(text) + timedelta(days=1))
NUMERAMA = SourceFacts("Numerama", "https://www.numerama.com/feed/", ("tech", "Intelligence artificielle"))
GAZETTE = SourceFacts("La Gazette des communes", "https://feeds.lagazette-info.fr:8443/rss.xml", ("défense",))
NEXT = SourceFacts("Next", "https://next.ink/feed/", ())
FACTS = ArticleFacts(
    "https://www.Example.org/Politique/otan?id=7", "Marie-Anne Dupont, Jean Éluard", "fr-FR", NOON, (NUMERAMA, GAZETTE, NEXT)
)
ARTICLE = analyse_article("Titre", "Un contrat de l’OTAN")

HOLDS = [
    "source:numerama",
    "source:Numerama",
    'source:"La Gazette"',
    "source:gazette",
    "source:communes",
    "source:numerama.com",
    "source:www.numerama.com",
    "source:lagazette-info",
    "source:lagazette-info.fr",
    "source:feeds.lagazette-info.fr",
    "source:next.ink",
    "source:(rien OR numerama)",
    "source:(numerama gazette)",
    "-source:rien contrat",
    'source:"gazette des communes"',
    "author:dupont",
    "auteur:Dupont",
    'author:"Anne Dupont"',
    "author:marie-anne",
    "author:eluard",
    "author:(dupont eluard)",
    "tag:tech",
    "tag:TECH",
    "tag:defense",
    'tag:"intelligence artificielle"',
    "tag:intelligence-artificielle",
    "tag:(tech défense)",
    "lang:fr",
    "lang:FR",
    "langue:fr-FR",
    "lang:fr_fr",
    "url:example.org",
    "url:/politique/",
    "url:OTAN?id=7",
    "url:https://www.example.org",
    "since:2026-03-04T12:00:00Z",
    "since:2026-03-04T00:00Z",
    "until:2026-03-04T00:00Z",
    "until:2026-03-03T12:00:01Z",
    "-since:2026-03-04T12:00:01Z contrat",
    "contrat source:numerama lang:fr",
    "rien OR source:numerama",
]
DOES_NOT_HOLD = [
    "source:numeram",
    "source:com",
    "source:www",
    "source:fr",
    "source:rien",
    'source:"Gazette La"',
    "source:feed",
    "source:ink",
    "source:rss.xml",
    "author:dup",
    'author:"Dupont Marie"',
    "author:elu",
    "author:jeanne",
    "tag:intelligence",
    "tag:tec",
    "tag:techno",
    "tag:numerama",
    "lang:en",
    "lang:fr-CA",
    "lang:fra",
    "url:example.com",
    "url:#otan",
    "since:2026-03-04T12:00:01Z",
    "until:2026-03-03T12:00:00Z",
    "contrat -source:numerama",
    "rien source:numerama",
    "contrat -lang:fr",
]


@pytest.mark.parametrize("query", HOLDS)
def test_a_filter_holds(query):
    assert holds(parse_query(query, {}, moments=MOMENTS), ARTICLE, FACTS)


@pytest.mark.parametrize("query", DOES_NOT_HOLD)
def test_a_filter_does_not_hold(query):
    assert not holds(parse_query(query, {}, moments=MOMENTS), ARTICLE, FACTS)


@pytest.mark.parametrize("query", ["author:a", "lang:fr", "source:a", "tag:a"])
def test_what_is_not_known_of_an_article_matches_nothing_but_can_be_excluded(query):
    unknown = replace(FACTS, author=None, language=None, sources=())
    assert not holds(parse_query(query, {}), ARTICLE, unknown)
    assert holds(parse_query(f"contrat -{query}", {}), ARTICLE, unknown)


def test_a_source_whose_address_is_odd_is_known_by_its_name():
    odd = replace(FACTS, sources=(SourceFacts("Libre", "opml:", ()), SourceFacts("Autre", "https://[::1]/feed", ())))
    assert holds(parse_query("source:libre source:autre", {}), ARTICLE, odd)


def test_the_reason_is_the_fact_that_was_found():
    query = parse_query('source:"La Gazette" lang:fr contrat url:OTAN since:2026-01-01T00:00Z', {}, moments=MOMENTS)
    assert explain(query, prepare(ARTICLE, FACTS)) == (
        Hit('source:"La Gazette"', "La Gazette des communes", "source", "[La Gazette des communes]"),
        Hit("lang:fr", "fr-FR", "lang", "[fr-FR]"),
        Hit("contrat", "contrat", "text", "Un [contrat] de l’OTAN"),
        Hit("url:OTAN", FACTS.url, "url", f"[{FACTS.url}]"),
    )


def test_a_topic_of_filters_alone_meets_every_article():
    matcher = Matcher([Topic("one", "source:numerama"), Topic("two", "tag:rien OR otan"), Topic("three", "lang:en")], {})
    assert [match.topic for match in matcher.match(ARTICLE, FACTS)] == ["one", "two"]
    assert matcher.candidates(ARTICLE) == ["one", "two", "three"]


def test_a_topic_with_words_and_filters_meets_only_articles_with_the_words():
    matcher = Matcher([Topic("one", "source:numerama guerre"), Topic("two", "lang:fr contrat")], {})
    assert matcher.candidates(ARTICLE) == ["two"]


def test_an_article_meets_only_topics_of_which_it_holds_all_that_is_required():
    queries = (
        "contrat OTAN",
        "contrat guerre",
        '"contrat de paix"',
        "contrat NEAR/3 (guerre OR paix)",
        "contrat (guerre OR OTAN)",
    )
    matcher = Matcher([Topic(query, query) for query in queries], {})
    assert matcher.candidates(ARTICLE) == ["contrat OTAN", "contrat (guerre OR OTAN)"]


def test_a_matcher_tells_what_it_must_be_given():
    def needs(*queries):
        matcher = Matcher([Topic(query, query) for query in queries], {})
        return matcher.needs_facts, matcher.needs_sightings

    assert needs("contrat", "title:otan") == (False, False)
    assert needs("contrat", "otan -lang:en") == (True, False)
    assert needs("contrat OR (otan -tag:tech)") == (True, True)
    assert needs("source:numerama") == (True, True)
    assert not needs_facts(parse_query("contrat", {}))
    assert needs_facts(parse_query("contrat since:2026-01-01", {}, moments=MOMENTS))
    assert not needs_sightings(parse_query("author:dupont", {}))


def test_a_filter_without_facts_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="source:numerama asks for facts about the article, and none were given"):
        holds(parse_query("source:numerama", {}), ARTICLE)


def test_another_sighting_concerns_the_topics_that_match_only_since():
    before, after = replace(FACTS, sources=(GAZETTE,)), replace(FACTS, sources=(GAZETTE, NUMERAMA))
    topics = [
        Topic(query, query)
        for query in (
            "contrat",
            "source:gazette",
            "contrat source:numerama",
            "tag:tech",
            "guerre source:numerama",
            "contrat -source:numerama",
            "source:(gazette numerama)",
            "contrat lang:fr",
        )
    ]
    matches = Matcher(topics, {}).match_sighting(ARTICLE, before, after)
    assert [match.topic for match in matches] == ["contrat source:numerama", "tag:tech", "source:(gazette numerama)"]


@pytest.mark.parametrize("sources", [(GAZETTE,), (GAZETTE, NUMERAMA)])
def test_a_sighting_after_which_an_article_is_known_as_before_concerns_no_topic(sources: tuple[SourceFacts, ...]):
    topics = [Topic(query, query) for query in ("contrat", "source:gazette", "contrat source:numerama", "contrat -source:numerama")]
    facts = replace(FACTS, sources=sources)
    assert Matcher(topics, {}).match_sighting(ARTICLE, facts, facts) == []
