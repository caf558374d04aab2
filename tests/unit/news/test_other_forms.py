"""Addresses that show an article in another form tell the plain address of that article."""

from __future__ import annotations

import pytest

from news.other_forms import plain_form
from news.urls import comparing_url

FORMS = [
    ("https://m.journal.example/a/b.html", "https://journal.example/a/b.html"),
    ("http://mobile.journal.example/a?id=1", "https://journal.example/a?id=1"),
    ("https://amp.journal.example/a", "https://journal.example/a"),
    ("https://amp-madame.journal.example/a", "https://madame.journal.example/a"),
    ("https://fr.m.encyclopedie.example/wiki/OTAN", "https://fr.encyclopedie.example/wiki/OTAN"),
    ("https://www.google.com/amp/s/www.journal.example/tech/a/", "https://journal.example/tech/a"),
    ("https://www.google.co.uk/amp/journal.example/tech/a%3Famp=1", "https://journal.example/tech/a"),
    ("https://journal-example.cdn.ampproject.org/c/s/journal.example/amp/tech/a?amp_js_v=0.1&id=4", "https://journal.example/tech/a?id=4"),
    ("https://journal-example.cdn.ampproject.org/v/s/m.journal.example/tech/a.amp.html", "https://journal.example/tech/a.html"),
    ("https://journal.example/amp/tech/a.html", "https://journal.example/tech/a.html"),
    ("https://journal.example/amp/a", "https://journal.example/a"),
    ("https://journal.example/google-amp/tech/a", "https://journal.example/tech/a"),
    ("https://journal.example/fr/amp/tech/a", "https://journal.example/fr/tech/a"),
    ("https://journal.example/tech/a/amp/", "https://journal.example/tech/a"),
    ("https://journal.example/tech/a/amp.html", "https://journal.example/tech/a"),
    ("https://journal.example/tech/a.amp.html", "https://journal.example/tech/a.html"),
    ("https://journal.example/tech/a.amp", "https://journal.example/tech/a"),
    ("https://journal.example/tech/a-amp.html", "https://journal.example/tech/a.html"),
    ("https://journal.example/a?amp", "https://journal.example/a"),
    ("https://journal.example/a?amp=1&id=3", "https://journal.example/a?id=3"),
    ("https://journal.example/a?outputType=amp", "https://journal.example/a"),
    ("https://journal.example/a?output=amp&usqp=mq331", "https://journal.example/a"),
    ("https://blog.example/2024/01/a.html?m=1", "https://blog.example/2024/01/a.html"),
    ("https://journal.example/index.php?id=4&print=1&tmpl=component&layout=default", "https://journal.example/index.php?id=4"),
    ("https://journal.example/wiki/OTAN?printable=yes", "https://journal.example/wiki/OTAN"),
    ("https://journal.example/a?format=print", "https://journal.example/a"),
    ("https://journal.example/print/node/12", "https://journal.example/node/12"),
    ("https://journal.example/a/print", "https://journal.example/a"),
    ("https://journal.example/a/imprimer/", "https://journal.example/a"),
    ("https://journal.example/layout/set/print/content/view/full/12", "https://journal.example/content/view/full/12"),
    ("https://journal.example/print/12", "https://journal.example/node/12"),
    ("https://journal.example/imprimer.php3?id_article=12", "https://journal.example/article.php3?id_article=12"),
    ("https://journal.example/printthread.php?t=12", "https://journal.example/showthread.php?t=12"),
    ("https://journal.example/index.php?id=12&type=98", "https://journal.example/index.php?id=12"),
    ("https://journal.example/spip.php?page=imprimer&id_article=12", "https://journal.example/spip.php?article12"),
    ("https://journal.example/spip.php?page=article_imprim&id_article=12&lang=fr", "https://journal.example/spip.php?article12"),
]

PLAIN = [
    "https://journal.example/tech/a.html",
    "https://m.fr/a",  # a host of two parts is no form of `fr`
    "https://amp-site.example/a",
    "https://journal.example/amp",  # a form of the site's root stands for no article
    "https://m.journal.example/",
    "https://journal.example/2024/12/a?m=1",  # a month, where it is not Blogger's
    "https://journal.example/a?tmpl=component",  # says nothing of a form by itself
    "https://journal.example/ampoules/a",
    "https://journal.example/index.php?page=print",
    "https://www.google.com/amp/",
    "https://m.journal.example/direct#0123456789abcdef",  # a place among several at one address
    "https://[::1/a",
    "vide",
]


@pytest.mark.parametrize(("form", "plain"), FORMS)
def test_a_form_for_amp_small_screens_or_printing_has_the_plain_address(form: str, plain: str) -> None:
    assert plain_form(comparing_url(form)) == plain


@pytest.mark.parametrize("address", PLAIN)
def test_any_other_address_has_none(address: str) -> None:
    assert plain_form(comparing_url(address) if "#" not in address else address) is None


@pytest.mark.parametrize(("_form", "plain"), FORMS)
def test_the_plain_address_is_a_comparing_form_and_no_form_itself(_form: str, plain: str) -> None:
    assert (comparing_url(plain), plain_form(plain)) == (plain, None)


def test_of_forms_within_forms_three_are_undone() -> None:
    within = "https://www.google.fr/amp/s/www.google.fr/amp/s/www.google.fr/amp/s/m.journal.example/article"
    assert plain_form(comparing_url(within)) == comparing_url("https://m.journal.example/article")
