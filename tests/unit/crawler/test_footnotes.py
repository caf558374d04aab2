"""What calls a footnote is no part of the word before it; what is raised as a part of its word is."""

from __future__ import annotations

import pytest

from crawler.feed_parser import parse_feed
from crawler.page_extractor import extract_page
from crawler.plain_text import line_of, paragraphs_of
from news.text import analyse

CALLS = [
    ("Ormeval<sup>1</sup> dit", "ormeval dit"),
    ("Ormeval<SUP>12</SUP> dit", "ormeval dit"),
    ("Ormeval<sup>1,2</sup> dit", "ormeval dit"),
    ("Ormeval<sup> 3 </sup> dit", "ormeval dit"),
    ("Ormeval<sup class='note' id=\"c1\">1</sup>, dit", "ormeval dit"),
    ("Ormeval<sup>*</sup> dit", "ormeval dit"),
    ("Ormeval<sup>†</sup> dit", "ormeval dit"),
    ("Ormeval<sup>™</sup> dit", "ormeval dit"),
    ("Ormeval<sup>TM</sup> dit", "ormeval dit"),
    ("Ormeval<sup>®</sup> dit", "ormeval dit"),
    ("Ormeval<sup>MC</sup> dit", "ormeval mc dit"),
    ("Ormeval™ dit", "ormeval dit"),
    ("Ormeval¹ dit", "ormeval dit"),
    ("Ormeval&sup1; dit", "ormeval dit"),
    ("Ormeval<sup><a href='#fn1'>1</a></sup> dit", "ormeval dit"),
    ("Ormeval<sup>a</sup> dit", "ormeval a dit"),
    ("Ormeval<sup>iii</sup> dit", "ormeval iii dit"),
]

SPANS = [
    ("Ormeval<span class='footnote-ref'>1</span> dit", "ormeval dit"),
    ('Ormeval<span class="appel-de-note">12</span> dit', "ormeval dit"),
    ("Ormeval<span style='font-size: 70%; vertical-align: super'>1</span> dit", "ormeval dit"),
    ("le XX<span style='vertical-align: super'>e</span> siècle", "le xxe siecle"),
    ("Ormeval<span class='spip_note_ref'>&nbsp;(1)</span> dit", "ormeval 1 dit"),
    ("le modèle A<span class='grand'>4</span>", "le modele a4"),
    ("<span class='footnote'>1</span> Une note", "1 une note"),
]

LINKED_CALLS = [
    ("Ormeval<a href='#1'>1</a> dit", "ormeval dit"),
    ("Ormeval<a href='https://example.org/a#note-2'><sup>2</sup></a> dit", "ormeval dit"),
    ("Ormeval<a href='#1' class='footnote'><span>1</span></a> dit", "ormeval dit"),
    ("<b>Ormeval</b><sup id='r1'><a href='#n1'>a</a></sup> dit", "ormeval a dit"),
    ("Ormeval<sup><a href='#n1'>note 1</a></sup> dit", "ormeval note 1 dit"),
    ("l’<em>Ormeval</em><sup>1</sup> dit", "ormeval dit"),
]

WORDS = [
    ("le XX<sup>e</sup> siècle", "le xxe siecle"),
    ("la 1<sup>re</sup> fois", "la 1re fois"),
    ("M<sup>me</sup> Vexel", "mme vexel"),
    ("n<sup>o</sup> 5", "no 5"),
    ("du CO<sub>2</sub> et du CO<sup>2</sup>", "du co2 et du co2"),
    ("<b>Orme</b>val dit", "ormeval dit"),
    ("page 1 <sup>bis</sup>", "page 1 bis"),
    ("les élu<sup>e</sup>s et les député<sup>e</sup>s", "les elues et les deputees"),
    ("le D<sup>r</sup> Vexel, S<sup>t</sup> Jean, G<sup>al</sup> Orme", "le dr vexel st jean gal orme"),
]

LINKS = [
    ("les étapes <a href='#2'>2</a> et 3", "les etapes 2 et 3"),
    ("Ormeval<a href='https://example.org/'>Karlsen</a>", "ormevalkarlsen"),
    ("voir <a href='#'>1</a>", "voir 1"),
]


def _words(text):
    return " ".join(analyse(text or "").tokens)


@pytest.mark.parametrize(("markup", "words"), CALLS + LINKED_CALLS + SPANS + WORDS + LINKS)
def test_in_a_text(markup, words):
    assert _words(paragraphs_of(f"<p>{markup}</p>")) == words


@pytest.mark.parametrize(("markup", "words"), CALLS + WORDS)
def test_in_a_title(markup, words):
    assert _words(line_of(markup)) == words


@pytest.mark.parametrize(("markup", "words"), CALLS + LINKED_CALLS + SPANS + WORDS + LINKS)
def test_on_a_page(markup, words):
    filler = "<p>Une phrase assez longue pour que la page soit prise pour un article, avec des mots, des virgules et un point.</p>" * 6
    body = f"<html><head><title>Titre</title></head><body><article><h1>Titre</h1>{filler}<p>Voici : {markup}.</p></article></body></html>"
    assert _words(extract_page(body.encode(), "https://example.org/a").text).endswith(f"voici {words}")


def test_in_the_title_of_a_page():
    filler = "<p>Une phrase assez longue pour que la page soit prise pour un article, avec des mots, des virgules et un point.</p>" * 6
    body = f"<html><body><article><h1>Ormeval<sup>1</sup> dit</h1>{filler}</article></body></html>"
    assert _words(extract_page(body.encode(), "https://example.org/a").title) == "ormeval dit"


def test_in_a_feed():
    body = """<rss version="2.0"><channel><title>t</title><item><title>L’OTAN&lt;sup&gt;1&lt;/sup&gt; décide</title>
    <description>&lt;p&gt;Ormeval&lt;sup&gt;2&lt;/sup&gt; dit&lt;/p&gt;</description></item></channel></rss>"""
    (entry,) = parse_feed(body.encode(), "https://example.org/feed").entries
    assert (_words(entry.title), _words(entry.summary)) == ("otan decide", "ormeval dit")


def test_a_call_is_shown_raised():
    assert paragraphs_of("<p>Ormeval<sup>12</sup> dit</p>") == "Ormeval¹² dit"
