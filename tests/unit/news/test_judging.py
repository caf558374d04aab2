"""The judgements themselves; what the archive makes of them is in tests/integration/storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from news.articles import article_time
from news.cuts import LEAST_FULL_TEXT, carries_full_text
from news.judging import (
    EntryNews,
    Version,
    delay_seconds,
    feed_text,
    identify_entries,
    is_revision,
    judge_entry,
    judge_page_text,
    make_version,
    place_without_link,
    speaks_of_another,
    still_same_article,
    titles_agree,
    wants_page,
)
from news.keys import entry_fingerprints
from news.source_specs import ArticlesMode
from news.sources import ExtractedPage, FeedEntry, Problem

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
LINK = "https://a.example/1"
ENTRY = FeedEntry("g1", LINK, "Titre", summary="résumé", published_at=NOW)
LONG = "mot " * 200


def version(title: str = "Titre", text: str = LONG) -> Version:
    return make_version(replace(ENTRY, title=title, summary=None, content=text), None)


@pytest.mark.parametrize(
    "change",
    [{"title": "x"}, {"summary": "x"}, {"content": "x"}, {"updated_at": NOW}, {"link": "https://a.example/2"}],
    ids=lambda change: next(iter(change)),
)
def test_an_entry_is_changed_by_each_thing_it_says(change: dict[str, object]) -> None:
    (known,), (arrived,) = identify_entries([ENTRY]), identify_entries([replace(ENTRY, **change)])
    assert judge_entry(known.fingerprints[0], arrived) is EntryNews.CHANGED


def test_an_entry_is_new_if_it_was_never_seen_and_known_if_it_says_the_same() -> None:
    (arrived,) = identify_entries([ENTRY])
    assert judge_entry(None, arrived) is EntryNews.NEW
    assert judge_entry(entry_fingerprints(ENTRY)[0], arrived) is EntryNews.KNOWN


def test_an_entry_without_a_link_has_a_place_within_its_feed() -> None:
    assert place_without_link("guid:é/1", "https://a.example/feed") == "https://a.example/feed#guid%3A%C3%A9%2F1"
    longs = [place_without_link("guid:" + "x" * 300 + end, "https://a.example/feed") for end in "ab"]
    assert longs[0] != longs[1]


@pytest.mark.parametrize(
    ("content", "full"),
    [
        (None, False),
        ("x" * (LEAST_FULL_TEXT - 1), False),
        ("x" * LEAST_FULL_TEXT, True),
        ("x" * LEAST_FULL_TEXT + " […]", False),
        ("x" * LEAST_FULL_TEXT + "…\n", False),
        ("x" * LEAST_FULL_TEXT + " Lire la suite", False),
        ("x" * LEAST_FULL_TEXT + " […]\nL’article Titre est apparu en premier sur Le Journal.", False),
        ("[…] " + "x" * LEAST_FULL_TEXT, True),
    ],
)
def test_a_feed_carries_the_full_text_if_its_content_is_long_and_not_cut(content: str | None, full: bool) -> None:
    assert carries_full_text(replace(ENTRY, content=content)) is full


def test_a_page_is_wanted_by_mode_link_and_what_the_feed_carries() -> None:
    full = replace(ENTRY, content="x" * LEAST_FULL_TEXT)
    wanted = {(mode, entry is full): wants_page(mode, entry) for mode, entry in product(ArticlesMode, (ENTRY, full))}
    assert wanted == {
        (ArticlesMode.AUTO, False): True,
        (ArticlesMode.AUTO, True): False,
        (ArticlesMode.PAGE, False): True,
        (ArticlesMode.PAGE, True): True,
        (ArticlesMode.FEED, False): False,
        (ArticlesMode.FEED, True): False,
    }
    assert not any(wants_page(mode, replace(ENTRY, link=None)) for mode in ArticlesMode)


def test_the_feeds_text_is_its_content_with_the_summary_where_that_says_more() -> None:
    assert feed_text(replace(ENTRY, summary=None)) == ""
    assert feed_text(ENTRY) == "résumé"
    assert feed_text(replace(ENTRY, content="Résumé, et la suite.")) == "Résumé, et la suite."
    assert feed_text(replace(ENTRY, content="Autre chose.")) == "résumé\n\nAutre chose."


def test_a_version_takes_the_feeds_word_before_the_pages_but_the_pages_text() -> None:
    page = ExtractedPage("De la page", "Le texte.", "Ève", NOW - timedelta(1), "fr")
    made = make_version(ENTRY, page)
    assert (made.title, made.text, made.origin, made.author, made.published_at, made.language) == (
        "Titre",
        "Le texte.",
        "page",
        "Ève",
        NOW,
        "fr",
    )
    bare = make_version(FeedEntry("g", LINK, None, summary="résumé", author="Zoé", updated_at=NOW, language="de"), page)
    assert (bare.title, bare.author, bare.published_at, bare.language) == ("De la page", "Zoé", NOW - timedelta(1), "fr")
    alone = make_version(FeedEntry("g", LINK, None, summary="résumé", updated_at=NOW, language="de"), None)
    assert (alone.title, alone.text, alone.origin, alone.published_at, alone.language) == ("", "résumé", "feed", NOW, "de")


def judged_page(
    title: str | None, summary: str | None, text: str, titles: set[str] | None = None, page_title: str | None = None
) -> str | None:
    """The code of the problem with a page's text."""
    entry, page = replace(ENTRY, title=title, summary=summary), ExtractedPage(page_title, text)
    problem = judge_page_text(make_version(entry, page), titles or set(), entry, page)
    return problem.code if problem else None


def test_a_text_under_three_titles_that_does_not_speak_of_its_own_is_a_wall() -> None:
    notice = ("Mars attaque", "Le printemps et ses préparatifs", "Nos préparatifs du printemps.")
    assert judged_page(*notice, {"pluton dort"}) is None
    assert judged_page(*notice, {"pluton dort", "saturne tourne"}) == "wall"
    assert judged_page("Les préparatifs du printemps", None, "Nos préparatifs du printemps.", {"pluton dort", "saturne tourne"}) is None


@pytest.mark.parametrize(
    ("text", "feed_text", "code"),
    [
        ("La vidéo de Mars.", "La vidéo de Mars. " * 6, "teaser"),
        ("La vidéo de Mars.", "Vidéo de Mars", None),
        ("Mars " * 90, "Mars " * 2000, "teaser"),
        ("Mars " * 110, "Mars " * 2000, None),
    ],
)
def test_a_page_that_gives_little_and_less_than_half_of_the_feeds_text_is_a_teaser(text: str, feed_text: str, code: str | None) -> None:
    assert judged_page("Mars attaque", feed_text, text) == code


def test_a_page_that_does_not_speak_of_its_entry_is_a_problem_that_says_so() -> None:
    entry, page = (
        replace(ENTRY, title="Mars attaque la Terre", summary="Des soucoupes en Bourgogne"),
        ExtractedPage(None, "Prenez une offre."),
    )
    problem = judge_page_text(make_version(entry, page), (), entry, page)
    assert problem == Problem(
        "wall",
        "the page seems to show a consent, subscription, loading or error notice instead of the article: its text speaks neither of the "
        "title nor of what the feed says; the feed's text is kept; open the page in a browser to read it",
    )
    assert judged_page("Mars attaque la Terre", "Des soucoupes", "Les dockers ont voté la reprise.\n" * 90) == "other_page"


def test_a_revision_is_what_its_own_source_changed() -> None:
    old, new = version(text="avant"), version(text="après")
    assert is_revision(new, old.own_hash, old.own_hash, "feed")
    assert not is_revision(old, old.own_hash, old.own_hash, "feed")
    assert not is_revision(new, None, old.own_hash, "feed"), "another source speaks of it for the first time"
    assert not is_revision(new, old.own_hash, new.own_hash, "feed"), "the article says so already"
    assert not is_revision(old, old.own_hash, new.own_hash, "feed"), "another source changed it since"


def test_a_page_takes_the_place_of_a_feeds_words_and_never_the_other_way_round() -> None:
    old, new = version(text="avant"), version(text="après")
    page = replace(new, origin="page")
    assert is_revision(page, None, old.own_hash, "feed")
    assert not is_revision(page, None, new.own_hash, "feed"), "the very same words"
    assert not is_revision(page, None, old.own_hash, "page"), "another source's page"
    assert is_revision(page, old.own_hash, old.own_hash, "page")
    assert not is_revision(new, old.own_hash, old.own_hash, "page")


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Tarnac vote son budget", "TARNAC vote son budget !", True),
        ("Le maire annonce un plan", "Le maire annonce un plan inédit", True),
        ("5G", "5g", True),
        ("", "", False),
        ("Sommet de Paris", "Sommet de Rome", False),
        ("Karlsen quitte la présidence du port", "Ormeval rachète les chantiers", False),
        ("Le port", "Le port ferme", False),
        ("Grève dans les trains du nord", "Grève dans les écoles du sud de Paris", False),
        ("Grève dans les trains du nord", "Une grève dans les trains", True),
    ],
)
def test_titles_agree_if_they_are_equal_or_share_most_of_their_words(one: str, other: str, agree: bool) -> None:
    assert titles_agree(one, other) is titles_agree(other, one) is agree


@pytest.mark.parametrize(
    ("change", "another"),
    [
        ({"link": "https://a.example/2", "title": "Autre", "published_at": NOW + timedelta(days=1)}, True),
        ({"title": "Autre", "published_at": NOW + timedelta(days=1)}, False),
        ({"link": "https://a.example/2", "published_at": NOW + timedelta(days=1)}, False),
        ({"link": "https://a.example/2", "title": "Autre"}, False),
        ({"link": "https://a.example/2", "title": "Autre", "published_at": None}, False),
        ({"link": "http://www.a.example/1/", "title": "Autre", "published_at": NOW + timedelta(days=1)}, False),
        ({"link": "https://a.example/2", "title": "TITRE", "published_at": NOW + timedelta(days=1)}, False),
    ],
)
def test_an_entry_speaks_of_another_article_if_link_title_and_date_have_changed(change: dict[str, Any], another: bool) -> None:
    assert speaks_of_another(ENTRY, replace(ENTRY, **change)) is another


def test_an_entry_that_moved_is_the_same_article_if_it_still_speaks_of_it() -> None:
    assert still_same_article("Ariane décolle enfin", version("Ariane décolle ce soir", ""))
    assert still_same_article("Ariane", version("Titre refait", "La fusée Ariane"))
    assert not still_same_article("Mars attaque", version("Pluton dort", "Rien de neuf"))


def test_an_entry_that_moved_with_titles_that_say_nothing_is_the_same_article_only_if_they_are_equal() -> None:
    assert still_same_article("5G !", version("5g", "Rien de neuf"))
    assert not still_same_article("5G", version("IA", "La 5G dort"))
    assert not still_same_article("Mars attaque", version("5G", "Rien de neuf"))
    assert not still_same_article("", version("", "Rien de neuf"))


def test_an_articles_time_is_published_or_first_seen_where_that_is_missing_or_in_the_future() -> None:
    past, future = NOW - timedelta(days=3), NOW + timedelta(seconds=1)
    assert [article_time(moment, NOW) for moment in (past, NOW, future, None)] == [past, NOW, NOW, NOW]


def test_the_delay_is_from_publication_to_alert_in_whole_seconds() -> None:
    assert [delay_seconds(NOW, moment) for moment in (NOW - timedelta(seconds=41, milliseconds=600), None)] == [41, None]


def test_an_article_from_the_future_is_not_told_before_it_was_published() -> None:
    assert delay_seconds(NOW, NOW + timedelta(hours=1)) == 0
