"""Where a page says that its article goes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.page_extractor import extract_page
from news.sources import ExtractedPage, PageOutcome, PartsRead
from tests.news_site import article

URL = "https://journal.example/test/"
SECOND = "https://journal.example/test/2/"


def next_of(head: str = "", body: str = "", url: str = URL, parts: PartsRead | None = None) -> str | None:
    html = article("Le test").replace("</head>", f"{head}</head>").replace("</article>", f"</article>{body}")
    return extract_page(html.encode(), url, parts=parts).next_url


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<link rel="next" href="/test/2/">', ""),
        ('<link rel="prefetch NEXT" href="https://www.journal.example/test/2/">', ""),
        ("", '<a rel="next" href="2/">Les performances du portable, et ce qu’elles coûtent</a>'),
        ("", '<a href="/test/2/">2</a>'),
        ("", '<p>Pages : <b>1</b> <a href="2/">Page 2</a> <a href="3/">3</a></p>'),
        ("", '<a href="2/">Page suivante »</a>'),
        ("", '<a href="2/"><span>Suivant</span></a>'),
        ("", '<a href="/test/2/#">›</a>'),
        ("", '<a href="2/">Lire la suite</a>'),
        ('<base href="https://journal.example/autre/">', '<a href="../test/2/">next</a>'),
    ],
)
def test_a_page_leads_on_by_what_it_declares_or_by_a_link_that_says_so(head: str, body: str) -> None:
    assert (next_of(head, body) or "").replace("www.", "") == SECOND


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<link rel="next" href="/le-billet-suivant/">', ""),
        ('<link rel="prev" href="/test/2/">', ""),
        ("", '<a href="/test/2/">Notre comparatif</a>'),
        ("", '<a href="/test/3/">3</a>'),
        ("", '<a href="/test/2/#comments">2</a>'),
        ("", '<div class="comments-nav"><a href="/test/2/">2</a></div>'),
        ("", '<div id="comments"><a href="/test/2/">2</a></div>'),
        ("", '<a rel="next">2</a><a href="">2</a><a href="javascript:2">2</a>'),
        ("", ""),
    ],
)
def test_nothing_else_does(head: str, body: str) -> None:
    assert next_of(head, body) is None


def test_what_is_declared_counts_before_what_is_called_so() -> None:
    assert next_of(body='<a href="/test?page=2">2</a><a rel="next" href="/test/2/">la suite de notre essai</a>') == SECOND


def test_the_address_that_a_page_calls_its_own_has_parts_too() -> None:
    head = '<link rel="canonical" href="/test/"><link rel="next" href="/test/2/">'
    assert next_of(head, url="https://journal.example/?p=12") == SECOND


def test_a_further_page_leads_to_the_one_behind_it_by_the_address_of_the_first() -> None:
    page = ExtractedPage("Le test", "…", canonical_url=URL)
    outcome = PageOutcome(1, 1, URL, datetime(2025, 2, 10, tzinfo=UTC), 0.1, page=page)
    links = '<a href="/test/2/">2</a><a href="/test/3/">3</a><a href="/test/4/">4</a>'
    read = PartsRead("https://journal.example/?p=12", outcome)
    assert next_of(body=links, url=SECOND, parts=read) == "https://journal.example/test/3/"
    assert next_of(body=links, url=SECOND, parts=PartsRead(URL, outcome, 2)) == "https://journal.example/test/4/"


def test_a_page_of_thousands_of_links_is_read_to_a_bound() -> None:
    assert next_of(body='<a href="/x">2</a>' * 4000 + '<a href="/test/2/">2</a>') is None
