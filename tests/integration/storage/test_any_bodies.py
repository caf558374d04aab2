"""Whatever sources show one after the other, with guids, links, titles and categories that change: all of it is recorded, and told once."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.comparing import Shown, current_after
from news.settling import Decided
from news.sources import ExtractedPage
from news.topics import Topic
from storage.file.database import Database
from storage.recording import bodies, settle_one
from storage.recording.beforehand import Beforehand
from storage.recording.facts import list_facts
from storage.recording.watch import Watch
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
        author=chance.choice([None, "Marie Dupont"]),
        language=chance.choice([None, "fr", "en"]),
        published_at=chance.choice([None, desk.now - timedelta(hours=3), desk.now + timedelta(hours=3)]),
        updated_at=desk.now if chance.random() < 0.4 else None,
    )


@pytest.fixture
def foretold(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whatever is decided from what an article will be once it is written, it is that; the articles of which that was seen."""
    seen: list[int] = []

    def look_on(room: Any) -> None:
        follow, write = room.decide_what_follows, room.write_settled
        told: list[tuple[Beforehand, Decided, Shown]] = []

        def decide_what_follows(watch: Watch, before: Beforehand, decided: Decided, shown: Shown) -> object:
            told.append((before, decided, shown))
            return follow(watch, before, decided, shown)

        def write_settled(db: Database, *rest: Any) -> None:
            write(db, *rest)
            seen.extend(compare_with_what_is_written(db, *told.pop()))

        monkeypatch.setattr(room, "decide_what_follows", decide_what_follows)
        monkeypatch.setattr(room, "write_settled", write_settled)

    look_on(bodies)
    look_on(settle_one)
    return seen


def compare_with_what_is_written(db: Database, before: Beforehand, decided: Decided, shown: Shown) -> set[int]:
    concerned = {one.article_id for one in decided.settled}
    facts = before.facts_after(decided.settled, shown)
    assert facts is not None or not concerned
    assert {article_id: facts and facts.of(article_id) for article_id in concerned} == list_facts(db, concerned)
    for article_id in concerned:
        rows = db.conn.execute(
            """SELECT revisions.id, source_id, number, title, text FROM current_versions JOIN revisions ON revisions.id = revision_id
               WHERE current_versions.article_id = ? ORDER BY 1 DESC""",
            (article_id,),
        )
        current = current_after(article_id, before.on_record.current, decided, shown.forgetful)
        assert [(one.revision_id, one.source_id, one.number, one.title, one.text) for one in current] == [tuple(row) for row in rows]
    return concerned


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_shown_is_recorded_and_told_once(tmp_path: Path, foretold: list[int], seed: int) -> None:
    chance = random.Random(seed)
    with Desk(tmp_path / "archive.db", TOPICS, silent=seed % 2 == 0) as desk:
        for source in (A, B, C):
            desk.watch(source, mode=chance.choice(["page", "feed", "page"]))
        for _ in range(14):
            shown = [an_entry(chance, desk, number) for number in chance.sample(range(5), chance.randint(1, 4))]
            desk.poll(chance.choice((A, B, C)), *shown, at=desk.now + timedelta(hours=chance.choice([0, 2])))
            for page in desk.archive.due_pages(desk.now, 10) if chance.random() < 0.7 else ():
                text = prose(chance.choice(["le sommet de Tarnac", "Riga"])) + " " + " ".join(chance.sample(SUMMARIES, 2))
                desk.bring(page, desk.tick(), ExtractedPage(chance.choice([None, None, "Ariane au sommet"]), text))
        assert desk.rows("SELECT place FROM articles GROUP BY place HAVING count(*) > 1") == []
        assert desk.rows("SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM story_articles)") == [], "each was foreseen"
        assert desk.rows("SELECT topic, article_id FROM alerts GROUP BY 1, 2 HAVING count(*) > 1") == []
        found = "SELECT 1 FROM alerts WHERE topic = 'OTAN' AND subject = 'article:' || articles.id"
        open_matches = "SELECT 1 FROM matches WHERE topic = 'OTAN' AND article_id = articles.id AND silence IS NULL"
        assert desk.rows(f"SELECT id FROM articles WHERE EXISTS ({open_matches}) AND NOT EXISTS ({found})") == []
        assert foretold
