"""What points to another article in the midst of a text is no part of it, however it is marked up; a sentence with a link is."""

from __future__ import annotations

import pytest

from crawler.page_extractor import extract_page
from tests.news_site import article

LINK = '<a href="/z">Le wombat signe avec le koala</a>'
BEFORE = "<p>La mairie a voté hier soir un budget de douze millions pour ses écoles et ses gymnases.</p>"
AFTER = "<p>Pour finir, la rédaction a suivi cette affaire jusqu’au bout.</p>"


def text_with(markup: str) -> str:
    page = article("Le titre").replace("</article>", f"{BEFORE}{markup}{AFTER}</article>")
    text = extract_page(page.encode(), "https://journal.example/a", "text/html; charset=utf-8").text
    assert "La mairie a voté" in text
    assert "Pour finir" in text
    return text


@pytest.mark.parametrize(
    "pointer",
    [
        f"<p><strong>Lire aussi</strong></p><p>{LINK}</p>",
        f"<p><strong>À lire aussi</strong><br>{LINK}</p>",
        f"<div class='bloc'><p>À lire aussi</p>{LINK}</div>",
        f"<div class='bloc'><p>À lire aussi</p><p>{LINK}</p><p>{LINK}</p></div>",
        f"<h3>Sur le même sujet</h3><p>{LINK}</p>",
        f"<p>Voir notre vidéo : {LINK}</p>",
        f"<p>À consulter aussi : {LINK}</p>",
        f"<p>Dans la même rubrique : {LINK}, {LINK}.</p>",
        f"<p>À ne pas manquer : {LINK}</p>",
        f"<p>Vous aimerez aussi : {LINK}</p>",
        f"<p>Lire l’enquête : {LINK}</p>",
        f"<p><em>Lire la chronique de Lise Orme :</em> <strong>{LINK}</strong></p>",
        f"<p>Also on the Gazette: {LINK}</p>",
        f"<p>You may also like: {LINK}</p>",
        f"<blockquote>Relire → {LINK}</blockquote>",
    ],
)
def test_a_label_and_links_are_no_text(pointer: str) -> None:
    assert "wombat" not in text_with(pointer)


@pytest.mark.parametrize(
    ("paragraph", "left"),
    [
        (f"<p>Le port rouvre. <strong>Lire aussi : {LINK}</strong> Les quais suivront.</p>", "Le port rouvre. Les quais suivront."),
        (f"<p>Le port rouvre. Lire aussi : {LINK}</p>", "Le port rouvre."),
        (f"<p>Le port rouvre. Lire aussi notre enquête {LINK}</p>", "Le port rouvre."),
        (f"<p>Le port rouvre (lire aussi : {LINK}).</p>", "Le port rouvre (lire aussi : Le wombat signe avec le koala)."),
        ("<p>Le port rouvre. (<a href='/z'>Lire aussi : le wombat</a>) Les quais suivront.</p>", "Le port rouvre. Les quais suivront."),
        (f"<p>« Le port rouvre. » [À lire également : {LINK}]</p>", "« Le port rouvre. »"),
    ],
)
def test_a_pointer_behind_a_sentence_is_taken_out_of_the_paragraph(paragraph: str, left: str) -> None:
    lines = [" ".join(line.split()) for line in text_with(paragraph).split("\n")]
    assert left in lines


@pytest.mark.parametrize(
    "line",
    [
        f"Il faut lire aussi {LINK}.",
        f"Le communiqué du zoo : {LINK}.",
        f"Voir dans {LINK} un tournant serait hâtif, dit le maire.",
        f"Découvrez {LINK} : la mairie l’affiche depuis hier.",
        f"Selon la mairie, {LINK}",
        f"Lire, écrire, compter : {LINK}, a dit le ministre.",
    ],
)
def test_a_sentence_with_a_link_stays(line: str) -> None:
    assert "wombat" in text_with(f"<p>{line}</p>")
