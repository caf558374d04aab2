"""Entries that keep their guid and come to speak of another article: feeds that number their places, or call their newest item `latest`."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.desk import NOW, QUARTER, A, B, Desk, entry, prose

RIGA, BREST, NICE = "https://a.example/riga", "https://a.example/brest", "https://a.example/nice"


def test_what_a_moved_entry_said_is_kept_though_it_moves_on_before_its_page_comes(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("La pluie à Brest", BREST, "latest"))
    desk.page(BREST, prose("la pluie à Brest"))
    desk.poll(A, entry("Le sommet de l’OTAN", RIGA, "latest", published_at=NOW))
    desk.poll(A, entry("Le vent à Nice", NICE, "latest", published_at=NOW + QUARTER))
    desk.page(NICE, prose("le vent à Nice"))
    assert desk.alerts() == [("OTAN", "new")]
    assert [article["title"] for article in desk.articles()] == ["La pluie à Brest", "Le sommet de l’OTAN", "Le vent à Nice"]


def test_another_article_under_the_same_guid_is_one_of_its_own_also_if_its_page_speaks_of_the_first(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Le sommet de Riga", RIGA, "latest"))
    desk.page(RIGA, prose("le sommet de Riga"))
    desk.poll(A, entry("L’OTAN à Brest", BREST, "latest", published_at=NOW))
    desk.page(BREST, prose("l’OTAN à Brest, après le sommet de Riga"))
    assert [article["title"] for article in desk.articles()] == ["Le sommet de Riga", "L’OTAN à Brest"]
    assert desk.alerts() == [("OTAN", "new")]


@pytest.mark.parametrize("published_at", [NOW, None], ids=["dated", "undated"])
def test_a_moved_entry_whose_page_fails_has_not_the_text_of_the_page_before(desk: Desk, published_at: datetime | None) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Le sommet de Riga", RIGA, "1"))
    desk.page(RIGA, prose("le sommet de Riga"))
    desk.poll(A, entry("L’OTAN à Brest", BREST, "1", published_at=published_at))
    desk.fail_page(BREST)
    assert [(article["title"], "Riga" in article["text"]) for article in desk.articles()] == [
        ("Le sommet de Riga", True),
        ("L’OTAN à Brest", False),
    ]


@pytest.mark.parametrize("published_at", [NOW, None], ids=["dated", "undated"])
@pytest.mark.parametrize("mode", ["feed", "page"])
def test_articles_of_the_silent_first_poll_that_shift_to_other_places_alert_nobody(
    silent_desk: Desk, mode: str, published_at: datetime | None
) -> None:
    desk = silent_desk
    desk.watch(A, mode=mode)
    desk.poll(A, entry("Le sommet de l’OTAN", RIGA, "1"), entry("La pluie à Brest", BREST, "2"))
    shifted = entry("Le sommet de l’OTAN", RIGA, "2", published_at=published_at)
    if mode == "page":
        desk.page(RIGA, prose("le sommet de l’OTAN"))
        desk.page(BREST, prose("la pluie à Brest"))
    desk.poll(A, entry("L’OTAN à Nice", NICE, "1", published_at=published_at), shifted)
    if mode == "page":
        desk.page(NICE, prose("l’OTAN à Nice"))
        desk.page(RIGA, prose("le sommet de l’OTAN"))
    assert [alert["article_title"] for alert in desk.log()] == ["L’OTAN à Nice"]


@pytest.mark.parametrize("mode", ["feed", "page"])
def test_what_another_source_showed_in_silence_alerts_when_it_comes_to_a_silent_place(silent_desk: Desk, mode: str) -> None:
    desk = silent_desk
    desk.watch(A, mode=mode)
    desk.watch(B)
    desk.poll(A, entry("La pluie à Brest", BREST, "1"))
    desk.poll(B, entry("Le sommet de l’OTAN", RIGA, "7"))
    if mode == "page":
        desk.page(BREST, prose("la pluie à Brest"))
    desk.poll(A, entry("Le sommet de l’OTAN", RIGA, "1", published_at=NOW))
    if mode == "page":
        desk.page(RIGA, prose("le sommet de l’OTAN"))
    assert desk.alerts() == [("OTAN", "new")]
