"""What would come of a source is told by the same judgements as a poll's."""

from __future__ import annotations

from datetime import UTC, datetime

from news.foreseeing import foresee_entries, foresee_page
from news.query import Matcher
from news.source_specs import ArticlesMode, SourceSpec
from news.sources import ExtractedPage, FeedEntry, ParsedFeed
from news.topics import Topic

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
SPEC = SourceSpec("https://journal.example/feed", tags=("presse",))
LONG = "L’OTAN et OpenAI signent un contrat. " * 60


def entry(title: str, **more: object) -> FeedEntry:
    return FeedEntry("g-" + title, f"https://journal.example/{title}", title, **more)  # type: ignore[arg-type]


def matcher(*queries: str) -> Matcher:
    return Matcher([Topic(query, query, ()) for query in queries], {})


def topics(queries: list[str], *entries: FeedEntry, spec: SourceSpec = SPEC) -> list[list[str]]:
    feed = ParsedFeed("Le Journal", entries)
    return [[match.topic for match in one.matches] for one in foresee_entries(feed, spec, matcher(*queries), NOW)]


def test_topics_match_by_what_the_feed_says_its_tags_and_the_publishers_categories() -> None:
    queries = ["otan", "tag:presse", "tag:armée", "source:journal", "author:ève"]
    entries = (entry("Un", summary="L’OTAN"), entry("Deux", categories=("Armée",), author="Ève"))
    assert topics(queries, *entries) == [
        ["otan", "tag:presse", "source:journal"],
        ["tag:presse", "tag:armée", "source:journal", "author:ève"],
    ]


def test_a_source_without_a_name_is_called_as_its_feed_is() -> None:
    assert topics(["source:'Le Journal'", "source:autre"], entry("Un")) == [["source:'Le Journal'"]]
    assert topics(["source:autre"], entry("Un"), spec=SourceSpec(SPEC.url, name="Autre")) == [["source:autre"]]


def test_pages_are_fetched_as_the_source_says_and_repeats_count_once() -> None:
    feed = ParsedFeed("T", (entry("Un", content=LONG), entry("Deux"), entry("Deux"), FeedEntry("g3", None, "Trois")))
    assert [one.wants_page for one in foresee_entries(feed, SPEC, matcher(), NOW)] == [False, True, False]
    always = SourceSpec(SPEC.url, articles=ArticlesMode.PAGE)
    assert [one.wants_page for one in foresee_entries(feed, always, matcher(), NOW)] == [True, True, False]


def test_a_page_matches_by_its_text_and_is_told_with_what_it_says() -> None:
    one = entry("L’OTAN et OpenAI", published_at=NOW)
    page = ExtractedPage("L’OTAN et OpenAI", LONG, author="Ève", language="fr")
    foreseen = foresee_page(one, page, ParsedFeed("T", (one,)), SPEC, matcher("contrat", "absent"), NOW)
    assert ([match.topic for match in foreseen.matches], foreseen.problem) == (["contrat"], None)
    assert (foreseen.title, foreseen.author, foreseen.language, foreseen.published_at) == ("L’OTAN et OpenAI", "Ève", "fr", NOW)


def test_a_page_that_is_a_wall_matches_nothing_and_says_so() -> None:
    one = entry("L’OTAN et OpenAI signent")
    page = ExtractedPage("Cookies", "Nous utilisons des cookies pour personnaliser le contenu. Acceptez-vous les cookies ? " * 5)
    foreseen = foresee_page(one, page, ParsedFeed("T", (one,)), SPEC, matcher("cookies"), NOW)
    assert foreseen.problem is not None
    assert foreseen.matches == ()
