"""Whatever sources show one after the other, with guids, links, titles and categories that change: all of it is recorded, and told once."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from news.sources import ExtractedPage
from news.topics import Topic
from tests.desk import A, B, C, Desk, entry, prose

TOPICS = [
    Topic("OTAN", "OTAN", ("hook",)),
    Topic("Sommets de B", "sommet source:b.example", ("hook",)),
    Topic("Fusées", "Ariane tag:espace", ("hook",)),
]
LINKS = [f"https://a.example/{number}" for number in range(4)]
TITLES = ["Un sommet à Tarnac", "L’OTAN à Riga", "Ariane au sommet"]
SUMMARIES = ["", "Tarnac reçoit des ministres.", "Trente maires réunis.", "L’OTAN invite."]


def an_entry(chance: random.Random, desk: Desk, number: int):
    return entry(
        chance.choice(TITLES),
        chance.choice(LINKS),
        f"g{number}",
        summary=chance.choice(SUMMARIES),
        categories=chance.choice([(), ("espace",)]),
        updated_at=desk.now if chance.random() < 0.4 else None,
    )


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_shown_is_recorded_and_told_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Desk(tmp_path / "archive.db", TOPICS) as desk:
        for source in (A, B, C):
            desk.watch(source, mode=chance.choice(["page", "feed", "page"]))
        for _ in range(14):
            shown = [an_entry(chance, desk, number) for number in chance.sample(range(5), chance.randint(1, 4))]
            desk.poll(chance.choice((A, B, C)), *shown, at=desk.now + timedelta(hours=chance.choice([0, 2])))
            for page in desk.archive.due_pages(desk.now, 10) if chance.random() < 0.7 else ():
                text = prose(chance.choice(["le sommet de Tarnac", "Riga"])) + " " + " ".join(chance.sample(SUMMARIES, 2))
                desk.bring(page, desk.tick(), ExtractedPage(chance.choice([None, None, "Ariane au sommet"]), text))
        assert desk.rows("SELECT place FROM articles GROUP BY place HAVING count(*) > 1") == []
        assert desk.rows("SELECT topic, article_id FROM alerts GROUP BY 1, 2 HAVING count(*) > 1") == []
        found = "SELECT 1 FROM alerts WHERE topic = 'OTAN' AND subject = 'article:' || articles.id"
        open_matches = "SELECT 1 FROM matches WHERE topic = 'OTAN' AND article_id = articles.id AND silence IS NULL"
        assert desk.rows(f"SELECT id FROM articles WHERE EXISTS ({open_matches}) AND NOT EXISTS ({found})") == []
