"""A page that lists articles is read by rules: CSS selectors of the user."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.listing import check_selector, parse_listing
from crawler.problems import FetchProblem
from crawler.settings import ListingRules
from news.sources import FeedEntry, ParsedFeed

URL = "https://site.example/actualites/"
PAGE = """<html lang="fr"><head><title>Actualités &amp; plus</title></head><body>
<nav><a href="/about">À propos</a></nav>
<article class="card"><h2><a href="un">L’<b>OTAN</b></a></h2>
<time datetime="2025-02-10T10:00:00+01:00">hier</time><p>Court <i>et</i> bon.</p></article>
<article class="card"><h2><a href="/deux">Deux</a></h2><time>9 février 2025 à 8h30</time><p></p></article>
<article class="card ad"><h2>Publicité</h2></article>
<article class="card"><h2><a href="un">Encore un</a></h2></article>
</body></html>"""
RULES = ListingRules("article.card:not(.ad)", "h2", "h2 a", "time", "p")


def read(rules: ListingRules = RULES, page: str = PAGE) -> ParsedFeed:
    return parse_listing(page.encode(), URL, "text/html", None, rules)


def problem_with(rules: ListingRules, page: str = PAGE) -> str:
    with pytest.raises(FetchProblem) as raised:
        read(rules, page)
    return raised.value.problem.code


def test_items_are_entries_with_title_link_date_and_summary() -> None:
    feed = read()
    assert (feed.title, feed.language, feed.problem) == ("Actualités & plus", "fr", None)
    assert feed.entries == (
        FeedEntry(None, f"{URL}un", "L’OTAN", "Court et bon.", published_at=datetime(2025, 2, 10, 9, 0, tzinfo=UTC), language="fr"),
        FeedEntry(None, "https://site.example/deux", "Deux", None, published_at=datetime(2025, 2, 9, 7, 30, tzinfo=UTC), language="fr"),
    )


def test_without_rules_for_them_the_first_link_counts_and_its_text() -> None:
    entries = read(ListingRules("article")).entries
    assert [(entry.title, entry.link) for entry in entries] == [("L’OTAN", f"{URL}un"), ("Deux", "https://site.example/deux")]


def test_an_item_may_be_the_link_itself_or_stand_within_it() -> None:
    assert [entry.link for entry in read(ListingRules("h2 a")).entries] == [f"{URL}un", "https://site.example/deux"]
    within = '<a href="/x"><div class="i"><b>Titre</b></div></a>'
    assert [(entry.title, entry.link) for entry in read(ListingRules(".i", "b", ".i"), within).entries] == [
        ("Titre", "https://site.example/x")
    ]


def test_a_rule_may_name_an_attribute_or_a_text() -> None:
    page = '<ul><li data-u="/x" data-t="Titre &amp; co">Le <b>9/2/2025</b></li></ul>'
    (entry,) = read(ListingRules("li", "li::attr(data-t)", "li::attr(data-u)", "b::text", "li::text"), page).entries
    assert (entry.title, entry.link, entry.summary) == ("Titre & co", "https://site.example/x", "Le")
    assert entry.published_at == datetime(2025, 2, 9, tzinfo=UTC)
    assert {type(said) for said in (entry.title, entry.link, entry.summary)} == {str}


def test_relative_links_are_relative_to_the_pages_base() -> None:
    page = PAGE.replace("<head>", '<head><base href="/elsewhere/">')
    assert read(page=page).entries[0].link == "https://site.example/elsewhere/un"


@pytest.mark.parametrize(
    ("rules", "page", "code"),
    [
        (ListingRules(".gone"), PAGE, "no_items"),
        (ListingRules("nav", "h9", "h9"), PAGE, "no_items"),
        (RULES, " ", "empty"),
        (RULES, "<!-- -->", "no_items"),
    ],
)
def test_a_page_on_which_the_rules_find_nothing_is_a_problem(rules: ListingRules, page: str, code: str) -> None:
    assert problem_with(rules, page) == code


@pytest.mark.parametrize("selector", ["article", "h2 > a::attr(href)", "li:not(.ad):nth-child(2n)", "a, b", "div:has(> time)"])
def test_selectors_are_css(selector: str) -> None:
    check_selector(selector)


@pytest.mark.parametrize("selector", ["", "a[", "a::foo", "li:nth-child(x)", "> a", "//a"])
def test_what_is_no_selector_is_refused_with_a_reason(selector: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_selector(selector)
