"""What pages say of themselves: dates by their trust, people before publishers, titles without the site's name."""

from __future__ import annotations

import json

import pytest
from lxml.html import document_fromstring

from bench.dated_pages import PAGES, DatedPage
from crawler.page_metadata import PageMetadata, read_metadata

URL = "https://www.gazette-du-lac.example/2026/le-lac-gele"
TRUE, FALSE = "2026-03-13T08:30:00+01:00", "2019-01-01T00:00:00+01:00"
ORG = {"@type": "Organization", "name": "Presse du Lac"}
EVE = {"@type": "Person", "name": "Ève Martin"}


def read(head: str = "", body: str = "", article: str = "", url: str = URL, lang: str = "fr") -> PageMetadata:
    html = (
        f"<html lang='{lang}'><head>{head}</head><body><div class='with-sidebar'>{body}<article><h1>Le lac gèle</h1>{article}"
        "<p>Le lac gèle depuis lundi.</p></article></div></body></html>"
    )
    return read_metadata(document_fromstring(html), url)


def linked(*nodes: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>'


def meta(name: str, content: str, attribute: str = "property") -> str:
    return f'<meta {attribute}="{name}" content="{content}">'


def date_of(page: PageMetadata) -> str | None:
    return page.published_at.strftime("%Y-%m-%dT%H:%MZ") if page.published_at else None


DATED = {
    "published_time": {"head": meta("article:published_time", TRUE)},
    "published_time before JSON-LD": {
        "head": linked({"@type": "NewsArticle", "datePublished": FALSE}) + meta("article:published_time", TRUE)
    },
    "a zero before JSON-LD": {"head": meta("article:published_time", "1970-01-01") + linked({"@type": "Article", "datePublished": TRUE})},
    "JSON-LD before other names": {"head": meta("date", FALSE, "name") + linked({"@type": "Article", "datePublished": TRUE})},
    "several types": {"head": linked({"@type": ["NewsArticle", "LiveBlogPosting"], "datePublished": TRUE})},
    "the article of this address": {
        "head": linked(
            {"@type": "NewsArticle", "url": "/autre", "datePublished": FALSE}, {"@type": "NewsArticle", "url": URL, "datePublished": TRUE}
        )
    },
    "the article before its page": {
        "head": linked({"@type": "WebPage", "datePublished": FALSE}, {"@type": "Article", "datePublished": TRUE})
    },
    "the article that a page is about": {"head": linked({"@type": "WebPage", "mainEntity": {"@type": "Article", "datePublished": TRUE}})},
    "wrapped JSON-LD": {"head": linked({"@type": "Article", "datePublished": TRUE}).replace("{", "/*<![CDATA[*/{", 1)},
    "itemprop in a meta": {"article": meta("datePublished", TRUE, "itemprop")},
    "itemprop in a time": {"article": f"<time itemprop='datePublished' datetime='{TRUE}'>vendredi</time>"},
    "itemprop in a text": {"article": "<span itemprop='datePublished'>13 mars 2026 à 8h30</span>"},
    "Dublin Core": {"head": meta("DC.date.issued", TRUE, "name")},
    "Dublin Core with a colon": {"head": meta("DC:date", TRUE, "name")},
    "pubdate": {"article": f"<time pubdate datetime='{TRUE}'>hier</time>"},
    "a time in the article": {"article": f"<time datetime='{TRUE}'>hier</time>"},
    "not the time of a change": {"article": f"<time class='updated' datetime='{FALSE}'>x</time><time datetime='{TRUE}'>y</time>"},
    "not one that a sentence mentions": {
        "article": f"<p>Le lac sera libre le <time datetime='{FALSE}'>x</time> pour les pêcheurs.</p><time datetime='{TRUE}'>y</time>"
    },
    "in a line with who and where": {"article": f"<p>Tarnac, le <time datetime='{TRUE}'>y</time> à 8 h 30, par Ève Martin.</p>"},
    "in a line with a change": {"article": f"<p>Le <time datetime='{TRUE}'>y</time>, mis à jour hier par Ève Martin.</p>"},
    "JSON-LD with a comma too many": {
        "head": f'<script type="application/ld+json">{{"@type": "Article", "keywords": ["lac",], "datePublished": "{TRUE}",}}</script>'
    },
    "not that of a comment": {"article": f"<div class='comments'><time datetime='{FALSE}'>x</time></div><time datetime='{TRUE}'>y</time>"},
    "not that of a related article": {"article": f"<article><time datetime='{FALSE}'>x</time></article><time datetime='{TRUE}'>y</time>"},
    "a line that is called a date": {"article": "<p class='entry-meta'>Publié le 13 mars 2026 à 8 h 30 par Ève</p>"},
    "a lone date below the heading": {"article": "<p>13 mars 2026 - 08:30</p>"},
}


@pytest.mark.parametrize("page", DATED.values(), ids=DATED)
def test_the_date_is_the_most_trustworthy_that_the_page_says(page: dict[str, str]) -> None:
    assert date_of(read(**page)) == "2026-03-13T07:30Z"


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_of_invented_pages_the_moment_of_publication_is_found_and_no_other(page: DatedPage) -> None:
    found = read_metadata(document_fromstring(page.html), page.url).published_at
    said = found.strftime("%Y-%m-%dT%H:%M:%SZ") if found else None
    assert said == (f"{page.published}T00:00:00Z" if page.published == page.day and page.day else page.published)


def test_a_day_in_the_address_is_a_last_resort() -> None:
    assert date_of(read(url="https://a.example/2026/03/13/lac")) == "2026-03-13T00:00Z"
    assert date_of(read(url="https://a.example/2026/99/13/lac")) is None


@pytest.mark.parametrize(
    "body",
    [
        f"<aside><time datetime='{FALSE}'>x</time></aside>",
        f"<div class='teaser'><time datetime='{FALSE}'>x</time></div>",
        f"<time datetime='{FALSE}'>x</time>",
        f"<article><h2>Autre</h2><time itemprop='datePublished' datetime='{FALSE}'>x</time></article>",
        "<script>var expires = '2027-01-31'</script>",
        "<footer>1er janvier 2019</footer>",
    ],
)
def test_a_date_outside_of_the_article_is_not_its_own(body: str) -> None:
    assert read(body=body).published_at is None


@pytest.mark.parametrize(("lang", "hour"), [("fr", 9), ("fr-FR", 9), ("en", 10)])
def test_a_date_without_a_zone_is_in_that_of_the_pages_language(lang: str, hour: int) -> None:
    page = read(meta("article:published_time", "2026-03-13T10:00:00"), lang=lang)
    assert date_of(page) == f"2026-03-13T{hour:02}:00Z"


def test_a_page_that_says_no_language_is_in_the_one_it_reads_like() -> None:
    text = "<p>Le lac gèle dans la nuit, et les pêcheurs attendent sur la rive que le jour se lève.</p>"
    page = read(meta("article:published_time", "2026-03-13T10:00:00"), article=text, lang="")
    assert (date_of(page), page.language) == ("2026-03-13T09:00Z", None)


SIGNED = {
    "JSON-LD": {"head": linked({"@type": "Article", "author": EVE})},
    "a name alone": {"head": linked({"@type": "Article", "author": "Ève Martin"})},
    "by reference": {"head": linked({"@type": "Article", "author": {"@id": "#eve"}}, EVE | {"@id": "#eve"})},
    "by reference in a list": {
        "head": linked({"@type": "Article", "author": [{"@id": "#eve"}]}, EVE | {"@id": "#eve", "@type": ["Person"]})
    },
    "a person before an organisation": {"head": linked({"@type": "Article", "author": [ORG, EVE]})},
    "JSON-LD before a publisher's name": {"head": meta("author", "Presse du Lac", "name") + linked({"@type": "Article", "author": EVE})},
    "a meta element before an organisation": {"head": meta("author", "Ève Martin", "name") + linked({"@type": "Article", "author": ORG})},
    "not the publisher": {
        "head": meta("author", "Presse du Lac", "name")
        + linked({"@type": "Article", "publisher": ORG})
        + meta("parsely-author", "Ève Martin", "name")
    },
    "not the site": {
        "head": meta("author", "La Gazette", "name") + meta("og:site_name", "La Gazette"),
        "article": "<p class='byline'>Par Ève Martin</p>",
    },
    "itemprop": {"article": "<span itemprop='author'><meta itemprop='url' content='/x'><span itemprop='name'>Ève Martin</span></span>"},
    "rel": {"article": "<a rel='author' href='/x'>Ève Martin</a>"},
    "a byline": {"article": "<div class='article-author'>Par Ève Martin | Publié le 3 mars</div>"},
    "a profile": {"article": "<p><a href='/auteur/eve-martin'>Ève Martin</a></p>"},
    "a signature": {"article": "<p>Auteur : Ève Martin</p>"},
    "in JSON-LD with its lead": {"head": linked({"@type": "Article", "author": {"@type": "Person", "name": "Par Ève Martin"}})},
    "with an address": {"head": meta("author", "Ève Martin &lt;eve@presse.example&gt;", "name")},
    "not what the software signs with": {"head": meta("author", "admin", "name"), "article": "<p class='auteur'>Ève Martin</p>"},
    "without a role": {"article": "<p class='auteur'>Ève Martin, envoyée spéciale à Tarnac</p>"},
    "without an agency": {"article": "<p class='auteur'>Ève Martin avec AFP</p>"},
    "not that of a related article": {
        "article": "<div class='related'><span class='author'>Luc Dufour</span></div><span class='author'>Ève Martin</span>"
    },
}


@pytest.mark.parametrize("page", SIGNED.values(), ids=SIGNED)
def test_the_author_is_the_person_who_wrote_the_article(page: dict[str, str]) -> None:
    assert read(**page).author == "Ève Martin"


def test_an_organisation_is_named_where_no_person_is() -> None:
    assert read(linked({"@type": "Article", "author": ORG})).author == "Presse du Lac"
    assert read(meta("author", "Agence du Lac", "name")).author == "Agence du Lac"
    assert read().author is None


def test_several_authors_are_all_named() -> None:
    assert read(linked({"@type": "Article", "author": [EVE, {"@type": "Person", "name": "Luc Dufour"}]})).author == "Ève Martin, Luc Dufour"


@pytest.mark.parametrize("body", ["<aside><a rel='author' href='/x'>Luc Dufour</a></aside>", "<p class='comment-author'>Luc Dufour</p>"])
def test_who_signs_something_else_is_no_author(body: str) -> None:
    assert read(body=body).author is None


@pytest.mark.parametrize(
    ("shared", "site"),
    [
        ("Le lac gèle : récit - La Gazette du Lac", ""),
        ("Le lac gèle : récit | Presse du Lac", meta("og:site_name", "Presse du Lac")),
        ("Le lac gèle : récit – Société – Presse du Lac", meta("og:site_name", "Société – Presse du Lac")),
        ("Le lac gèle : récit — Presse du Lac", linked({"@type": "Article", "publisher": ORG})),
        ("Presse du Lac | Le lac gèle : récit", meta("application-name", "Presse du Lac", "name")),
        ("Le lac gèle : récit", meta("og:site_name", "Le lac gèle")),
    ],
)
def test_the_sites_name_is_no_part_of_the_title(shared: str, site: str) -> None:
    url = "https://www.lagazettedulac.example/lac"
    html = f"<html><head>{meta('og:title', shared)}{site}</head><body><p>Texte.</p></body></html>"
    assert read_metadata(document_fromstring(html), url).title == "Le lac gèle : récit"


def test_a_heading_shows_where_the_title_ends() -> None:
    assert read(meta("og:title", "Le lac gèle - Analyse, opinion, critique")).title == "Le lac gèle"
    assert read(meta("og:title", "Le lac gèle - trois questions"), body="<h1>Gazette</h1>").title == "Le lac gèle"
    assert read(meta("og:title", "Le lac a gelé - trois questions")).title == "Le lac a gelé - trois questions"


@pytest.mark.parametrize("separator", [" - ", " | ", " – ", " • ", " · ", " :: ", " > ", " » "])
def test_the_sites_name_is_known_by_the_words_of_its_host(separator: str) -> None:
    html = f"<title>Le lac gèle : récit{separator.replace('>', '&gt;')}La Gazette du Lac</title><h1>La Gazette du Lac</h1><p>Texte.</p>"
    assert read_metadata(document_fromstring(html), URL).title == "Le lac gèle : récit"


def test_two_lines_of_a_heading_are_words_apart() -> None:
    assert read_metadata(document_fromstring("<h1>Le lac<br>gèle</h1><p>Texte.</p>"), URL).title == "Le lac gèle"
