"""Articles in parts: which address is the next one's, and what of it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.parts import MOST_CHARACTERS, MOST_PARTS, is_part, join_part, within_bounds, without_further_parts
from news.sources import ExtractedPage, LacksParts, PageOutcome, PartsRead, Problem

SITE = "https://journal.example"
NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
FIRST, SECOND = "Le processeur tient ses promesses. " * 5, "La carte graphique chauffe beaucoup. " * 5
PAGE = ExtractedPage("Test du portable Ormeval", FIRST, published_at=NOW, next_url=f"{SITE}/test/2")


def parts(page: ExtractedPage = PAGE, number: int = 1) -> PartsRead:
    return PartsRead(f"{SITE}/test", PageOutcome(1, 1, f"{SITE}/test", NOW, 0.1, page=page), number)


def part(text: str = SECOND, title: str | None = PAGE.title, **rest: object) -> ExtractedPage:
    return replace(PAGE, text=text, title=title, **{"next_url": None, **rest})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/test/", "/test/2/"),
        ("/test", "/test/page/2"),
        ("/test", "/test/page-2"),
        ("/test", "/test/p2"),
        ("/test", "/test?page=2"),
        ("/test?id=4&utm_source=rss", "/test?page=2&id=4"),
        ("/test?id=4&page=1", "/test?id=4&page=2"),
        ("/?p=12", "/?p=12&page=2"),
        ("/test?id=4", "/test?id=4&num_page=2"),
        ("/test.html?id=4", "/test-2.html?id=4"),
        ("/test?id=4", "/test?numpage=2&id=4"),
        ("/test.html", "/test-2.html"),
        ("/test.html", "/test_2.html"),
        ("/test,12.html", "/test,12,2.html"),
        ("/test.html", "/test-page-2.html"),
        ("/test.html", "/test/2.html"),
        ("/test/", "/test/page2.html"),
        ("/test.html", "/test.2.html"),
        ("/test-1.html", "/test-2.html"),
        ("/test/1", "/test/2"),
        ("/test/page1.html", "/test/page2.html"),
        ("/article-1234-1-portable.html", "/article-1234-2-portable.html"),
        ("/articles/965-1/portable.html", "/articles/965-2/portable.html"),
        ("/test", "http://www.journal.example/test/2"),
        ("/test", "/test-page-2"),
    ],
)
def test_a_part_is_at_the_address_of_the_first_with_its_number(first: str, second: str) -> None:
    address = second if "//" in second else SITE + second
    assert is_part(SITE + first, address, 2)
    assert not is_part(SITE + first, address, 3)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("/test", "/un-autre"),
        ("/test", "/test-2"),  # so WordPress writes the second article of a title
        ("/test", "/test/comment-page-2"),
        ("/test", "/test?cpage=2"),
        ("/test", "/autre/2"),
        ("/test", "https://ailleurs.example/test/2"),
        ("/test", "/test/2/image"),
        ("/test", "/test?replytocom=2"),
        ("/test?id=4", "/test?page=2"),
        ("/test.html?id=4", "/test-2.html?id=5"),
        ("/test.html?id=4", "/test-2.html"),
        ("/?p=12", "/?p=13"),  # the next post
        ("/2025/1/test", "/2025/2/test"),
        ("/dossier/partie-1", "/dossier/partie-2"),  # the next article of a series
        ("/dossier-partie-1.html", "/dossier-partie-2.html"),
        ("/dossier?part=1", "/dossier?part=2"),
        ("/la-saison-1", "/la-saison-2"),
        ("/serie/episode/1", "/serie/episode/2"),
        ("/top-1-des-portables.html", "/top-2-des-portables.html"),
        ("/test", "/test"),
        ("/test", "/test/2025"),
        ("/test", "//["),
        ("/", "/page/2"),  # the site's older articles
        ("/1", "/2"),
    ],
)
def test_no_other_address_is(first: str, other: str) -> None:
    address = other if "//" in other else SITE + other
    assert not any(is_part(SITE + first, address, number) for number in (2, 3))


def test_a_part_is_joined_behind_what_was_read() -> None:
    joined = join_part(parts(), part(next_url=f"{SITE}/test/3"))
    assert joined == replace(PAGE, text=f"{FIRST}\n{SECOND}", next_url=f"{SITE}/test/3")


def test_what_each_part_repeats_stands_there_once() -> None:
    joined = join_part(parts(replace(PAGE, text=f"Le chapô du test.\n{FIRST}")), part(f"LE CHAPÔ DU TEST\n{SECOND}\n \n{FIRST}"))
    assert joined is not None
    assert joined.text == f"Le chapô du test.\n{FIRST}\n{SECOND}"


def test_the_lines_of_a_part_keep_their_order() -> None:
    joined = join_part(parts(), part(f"Ensuite.\n{SECOND}\nEnfin.\nEnsuite."))
    assert joined is not None
    assert joined.text == f"{FIRST}\nEnsuite.\n{SECOND}\nEnfin."


@pytest.mark.parametrize("text", [FIRST, "Page suivante.", "\n".join(["Sommaire"] * 20)])
def test_a_part_that_says_nothing_new_is_none(text: str) -> None:
    assert join_part(parts(), part(text)) is None


@pytest.mark.parametrize(
    "title",
    [
        "Test du portable Ormeval - Page 2",
        "Test du portable Ormeval (2/5)",
        "Test du portable Ormeval – page 2 sur 5",
        "Test du portable Ormeval : les performances",
        "TEST DU PORTABLE ORMEVAL, partie 2",
        "Ormeval : test du portable, l’écran",
    ],
)
def test_a_part_may_say_in_its_title_which_it_is(title: str) -> None:
    assert join_part(parts(), part(title=title)) is not None


@pytest.mark.parametrize("title", [None, "", "Page 2", "Le budget de Tarnac", "Test"])
def test_what_stands_under_another_title_is_another_article(title: str | None) -> None:
    assert join_part(parts(), part(title=title)) is None


@pytest.mark.parametrize(("title", "other", "agrees"), [("5G", "5G - Page 2", True), ("5G", "5G (2/3)", True), ("5G", "4G", False)])
def test_a_title_of_one_short_word_must_be_the_same(title: str, other: str, *, agrees: bool) -> None:
    assert (join_part(parts(replace(PAGE, title=title)), part(title=other)) is not None) is agrees


def test_the_next_issue_of_a_series_has_another_date() -> None:
    assert join_part(parts(), part(published_at=NOW + timedelta(days=1))) is None
    assert join_part(parts(), part(published_at=None)) is not None
    assert join_part(parts(replace(PAGE, published_at=None)), part()) is not None


def test_a_part_for_subscribers_makes_the_article_one_for_them() -> None:
    joined = join_part(parts(), part(is_for_subscribers=True))
    assert joined is not None
    assert joined.is_for_subscribers


def test_ten_parts_and_a_bound_of_characters_are_enough_and_what_is_left_out_is_on_record() -> None:
    further = f"{SITE}/test/3"
    last = join_part(parts(number=MOST_PARTS - 1), part(next_url=further))
    assert last is not None
    assert (last.next_url, last.lacks_parts) == (None, LacksParts.FOR_GOOD)
    last_but_one = join_part(parts(number=MOST_PARTS - 2), part(next_url=further))
    assert last_but_one is not None
    assert (last_but_one.next_url, last_but_one.lacks_parts) == (further, None)
    assert within_bounds(replace(PAGE, next_url=further), MOST_PARTS - 1).next_url == further
    long = replace(PAGE, text="x" * MOST_CHARACTERS)
    assert (within_bounds(long, 1).next_url, within_bounds(long, 1).lacks_parts) == (None, LacksParts.FOR_GOOD)
    assert within_bounds(replace(long, next_url=None), 1).lacks_parts is None, "it ends there"


@pytest.mark.parametrize(
    ("code", "lacks"),
    [
        ("http_503", LacksParts.FOR_NOW),
        ("timeout", LacksParts.FOR_NOW),
        *((f"http_{status}", LacksParts.FOR_GOOD) for status in (401, 403, 404, 410, 451)),
        ("robots", LacksParts.FOR_GOOD),
        ("no_text", LacksParts.FOR_GOOD),
        (None, LacksParts.FOR_NOW),
    ],
)
def test_what_cannot_be_had_is_asked_for_again_only_if_that_may_help(code: str | None, lacks: LacksParts) -> None:
    left = without_further_parts(PAGE, Problem(code, "") if code else None)
    assert (left.text, left.next_url, left.lacks_parts) == (FIRST, None, lacks)
