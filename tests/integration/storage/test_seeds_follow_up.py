"""Two outlets on one affair, the second correcting the first: one alert on the first text, and at once a follow-up that shows both."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitors.rendering_webhook import render_messages
from news.topics import Entity, Topic
from tests.conftest import CORPUS
from tests.desk import NOW, A, B, entry
from tests.integration.storage.test_follow_ups import Newsroom, settings

SEEDS = CORPUS.parent / "seeds"
TOPIC = Topic("OpenAI–OTAN", "@openai AND @otan", ("hook",))
ENTITIES = {
    "openai": Entity("openai", ("OpenAI", "Open AI", "ChatGPT", "Sam Altman")),
    "otan": Entity("otan", ("OTAN", "NATO", "Organisation du traité de l'Atlantique Nord", "Alliance atlantique")),
}
TITLES = ("OpenAI vise les réseaux de l’OTAN", "OpenAI étudie un contrat avec l’OTAN")
FIRST = (
    "OpenAI cherche de nouveaux marchés, et l’armée en est un. La société « envisage un contrat pour installer son assistant sur tous les "
    "réseaux classifiés de l’Organisation du traité de l’Atlantique Nord », écrit un journal américain. Ni l’une ni l’autre ne commentent."
)
SECOND = (
    "L’alliance militaire intéresse aussi OpenAI. Sam Altman a précisé à ses équipes qu’OpenAI envisageait d’installer son assistant sur "
    "les réseaux non classifiés de l’OTAN, et qu’il s’était mal exprimé la veille. Le contrat n’est pas signé."
)


def read_seeds() -> tuple[str, str]:
    first, second = (next(SEEDS.glob(f"{number}_*.txt")).read_text(encoding="utf-8") for number in ("000", "001"))
    return first, second


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(lambda: (FIRST, SECOND), id="ours"),
        pytest.param(
            read_seeds,
            id="seeds",
            marks=pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not beside the project (../shared/seeds)"),
        ),
    ],
)
def test_the_second_article_follows_up_at_once_and_shows_what_it_denies(tmp_path: Path, texts: object) -> None:
    with Newsroom(tmp_path / "archive.db", [TOPIC], entities=ENTITIES) as desk:
        desk.follow(TOPIC, **settings("1h", TOPIC))
        desk.watch(A, name="Le Journal")
        desk.watch(B, name="L’Écho")
        told = []
        for source, title, text in zip((A, B), TITLES, texts(), strict=True):  # type: ignore[operator]  # a function that reads them
            address = source.replace("feed", "otan")
            desk.poll(source, entry(title, address, summary=text, published_at=NOW - timedelta(minutes=30)))
            told += desk.told()
        assert [[alert.kind for alert in bundle.alerts] for bundle in told] == [["new"], ["follow_up"]]
        ((_, body),) = render_messages(told[1])
        message = json.loads(body)
        (difference,) = message["data"]["differences"]
        assert (message["type"], difference["kind"], difference["other_source"]) == ("alert.follow_up", "negation", "Le Journal")
        assert ("réseaux non classifiés" in difference["passage"], "réseaux classifiés" in difference["other_passage"]) == (True, True)
