"""Whether a page says that its article is for subscribers, and lacks what they alone are to read."""

from __future__ import annotations

import json

import pytest

from crawler.page_extractor import extract_page
from tests.news_site import article

URL = "https://journal.example/a"
HIDDEN = "Ce que seuls les abonnés doivent lire : la mairie de Tarnac a voté son budget, et l’opposition s’en plaint encore."
OFFER = "Abonnez-vous !"


def is_for_subscribers(head: str, rest: str = "") -> bool:
    html = article("Le budget").replace("</head>", f"{head}</head>").replace("</article>", f"{rest}</article>")
    return extract_page(html.encode(), URL).is_for_subscribers


def linked(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


PART = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".contenu .reserve"}


@pytest.mark.parametrize("said", [False, "False", "false", "http://schema.org/False", "https://schema.org/False"])
def test_a_page_may_say_so_in_json_ld_in_many_spellings(said: object) -> None:
    assert is_for_subscribers(linked(isAccessibleForFree=said))


@pytest.mark.parametrize("said", [True, "True", "http://schema.org/True", None, {}, 0])
def test_a_page_that_says_nothing_of_it_or_that_it_is_free_is_free(said: object) -> None:
    assert not is_for_subscribers(linked(isAccessibleForFree=said, hasPart=PART))


@pytest.mark.parametrize(
    ("tier", "is_for"), [("locked", True), ("LOCKED", True), ("metered", False), ("free", False), ("", False), ("x", False)]
)
@pytest.mark.parametrize("name", ["article:content_tier", "og:article:content_tier"])
def test_a_locked_tier_says_so_too(name: str, tier: str, is_for: bool) -> None:
    assert is_for_subscribers(f'<meta property="{name}" content="{tier}">') is is_for


@pytest.mark.parametrize("part", [PART, [PART], [{"cssSelector": [".autre", "#reserve"], "isAccessibleForFree": False}], [PART, 3, None]])
def test_what_is_for_subscribers_may_stand_in_the_page_all_the_same(part: object) -> None:
    head = linked(isAccessibleForFree=False, hasPart=part)
    assert not is_for_subscribers(head, f'<div class="reserve" id="reserve"><div><p>{HIDDEN}</p></div></div>')
    assert is_for_subscribers(head, f'<div class="reserve" id="reserve"><p>{OFFER}</p></div>')
    assert is_for_subscribers(head, f'<div class="autrement"><p>{HIDDEN}</p></div>'), "that is not what the page means"


@pytest.mark.parametrize(("selector", "holder"), [(".reserve", 'class="corps reserve"'), ("#reserve", 'id="reserve"')])
def test_a_selector_names_a_class_or_an_id(selector: str, holder: str) -> None:
    head = linked(isAccessibleForFree=False, hasPart={**PART, "cssSelector": selector})
    assert not is_for_subscribers(head, f"<div {holder}><p>{HIDDEN}</p></div>")


def test_the_text_that_is_hidden_in_the_page_and_not_in_the_article_is_left_out() -> None:
    head = linked(isAccessibleForFree=False, hasPart=PART)
    assert is_for_subscribers(head, f'<aside class="reserve" hidden><nav><p>{HIDDEN}</p></nav></aside>')


@pytest.mark.parametrize("part", [{**PART, "cssSelector": selector} for selector in ("p", "", "." * 9, ".x" * 999, 5, None, [[]], {})])
def test_a_selector_that_names_nothing_hides_nothing(part: object) -> None:
    assert is_for_subscribers(linked(isAccessibleForFree=False, hasPart=part), f'<div class="reserve"><p>{HIDDEN}</p></div>')


def test_a_part_that_is_free_is_none_of_what_is_not() -> None:
    head = linked(isAccessibleForFree=False, hasPart=[{**PART, "isAccessibleForFree": True}])
    assert is_for_subscribers(head, f'<div class="reserve"><p>{HIDDEN}</p></div>')
