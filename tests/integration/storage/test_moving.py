"""Entries that keep their guid and come to speak of another article: feeds that number their places, or call their newest item `latest`."""

from __future__ import annotations

import pytest

from tests.desk import NOW, QUARTER, A, Desk, entry, prose

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
