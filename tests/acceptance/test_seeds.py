"""Five real articles on OpenAI and the military, served as pages of feeds: topics match the ones they should; two are one story."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from news.alerts import Alert
from quivive.cli.json_answers import round_json
from quivive.config import load_config
from quivive.poll_once import poll_once
from storage import ArchiveReader
from tests.conftest import CORPUS
from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, topic, webhook

SEEDS = CORPUS.parent / "seeds"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NUMBERS = ("000", "001", "002", "003", "004")
TITLES = dict(
    zip(
        NUMBERS,
        ("Vers l’Atlantique Nord", "Un nouveau contrat", "Un dollar symbolique", "Une levée de fonds record", "Une démission"),
        strict=True,
    )
)
"""Titles of our own: what a topic finds it must find in the text."""

STORY_TITLES = ("OpenAI vise les réseaux de l’OTAN", "OpenAI étudie un contrat avec l’OTAN")
ENTITIES = """
[entities.openai]
names = ["OpenAI", "Open AI", "Sam Altman"]
[entities.otan]
names = ["OTAN", "NATO", "Organisation du traité de l'Atlantique Nord", "Alliance atlantique"]
"""

CONFIG = """
[archive]
path = "archive.db"

[crawler]
allow_addresses = ["127.0.0.0/8"]
delay_per_host = "0s"
concurrency_per_host = 16

[alerts]
first_poll = "alert"
per = "article"

[[sources]]
url = "{feed}"

[entities.openai]
names = [{names}]
[entities.otan]
names = ["OTAN", "NATO", "Organisation du traité de l'Atlantique Nord", "Alliance atlantique"]
[entities.pentagone]
names = ["Pentagone", "département de la Défense", "département américain de la Défense", "ministère américain de la Défense",
         "département de la Guerre", "département américain de la Guerre", "ministère américain de la Guerre"]

[[topics]]
name = "OpenAI–OTAN"
query = "@openai AND @otan"
[[topics]]
name = "OpenAI–Pentagone"
query = "@openai AND @pentagone"
"""


def article_page(title: str, text: str) -> str:
    """An article as a site shows it, amid what is not the article."""
    paragraphs = "".join(f"<p>{escape(line.strip())}</p>" for line in text.splitlines() if line.strip())
    return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Le Journal</title></head><body>
<header><nav><a href="/">Accueil</a> <a href="/monde">Monde</a> <a href="/abonnement">S’abonner</a></nav></header>
<main><article><h1>{title}</h1>{paragraphs}</article></main>
<aside><h2>À lire aussi</h2><ul><li><a href="/x">La météo du week-end</a></li></ul></aside>
<footer><p>Mentions légales</p></footer></body></html>"""


@pytest.fixture
def site() -> Iterator[NewsSite]:
    if not SEEDS.is_dir():
        pytest.skip("the five articles are not beside the project (../shared/seeds)")
    with NewsSite() as running:
        items = []
        for number in NUMBERS:
            (path,) = SEEDS.glob(f"{number}_*.txt")
            url = running.page(f"/{number}", article_page(TITLES[number], path.read_text()))
            items.append(item(TITLES[number], url, description="Un résumé qui ne dit rien."))
        running.publish_feed("/feed", rss(*items))
        yield running


def matched(site: NewsSite, folder: Path, names: str) -> dict[str, list[str]]:
    """Which articles each topic alerted on, by their numbers; the archive must say the same."""
    path = folder / "config.toml"
    path.write_text(CONFIG.format(feed=site.url("/feed"), names=names))
    configuration = load_config(path, {})
    announced: list[Alert] = []
    summary = round_json(asyncio.run(poll_once(configuration, [], lambda: NOW, announced.append)))
    assert (summary["articles"]["new"], summary["articles"]["failed"], summary["alerts"]["created"]) == (5, 0, len(announced))
    reader = ArchiveReader(configuration.archive_path)
    recorded = [(alert.topic, alert.article_url) for alert in reader.report_alerts().alerts]
    reader.close_reading()
    assert sorted(recorded) == sorted((alert.topic, alert.about.url) for alert in announced)
    return {topic.name: sorted(url[-3:] for name, url in recorded if name == topic.name) for topic in configuration.topics}


def test_the_topics_match_exactly_the_articles_that_speak_of_both(site: NewsSite, tmp_path: Path) -> None:
    names = '"OpenAI", "Open AI", "Sam Altman"'
    assert matched(site, tmp_path, names) == {"OpenAI–OTAN": ["000", "001"], "OpenAI–Pentagone": ["000", "001", "004"]}


def test_an_article_that_only_says_chatgpt_matches_if_that_counts_as_a_name_of_openai(site: NewsSite, tmp_path: Path) -> None:
    names = '"OpenAI", "Open AI", "Sam Altman", "ChatGPT"'
    assert matched(site, tmp_path, names) == {"OpenAI–OTAN": ["000", "001"], "OpenAI–Pentagone": ["000", "001", "002", "004"]}


def test_the_second_outlet_follows_up_at_once_and_says_what_it_denies(site: NewsSite, home: Home, hook: HookSink) -> None:
    feeds = [source(site.url(f"/feed/{number}"), name) for number, name in (("000", "Le Journal"), ("001", "L’Écho"))]
    topics = [topic("OpenAI–OTAN", "@openai AND @otan", ["hook"])]
    home.configure(sources=feeds, topics=topics, channels=[webhook("hook", hook.url)], per="story", more=ENTITIES)
    site.publish_feed("/feed/001", rss())
    for number, title in zip(("000", "001"), STORY_TITLES, strict=True):
        (path,) = SEEDS.glob(f"{number}_*.txt")
        url = site.page(f"/story/{number}", article_page(title, path.read_text()))
        site.publish_feed(f"/feed/{number}", rss(item(title, url, published="")))
        assert home.quivive("poll").status == 0
    first, second = (request.json for request in hook.wait_for(2))
    assert (first["type"], second["type"]) == ("alert.created", "alert.follow_up")
    (difference,) = second["data"]["differences"]
    assert (difference["kind"], difference["other_source"]) == ("negation", "Le Journal")
    assert "réseaux non classifiés" in difference["passage"]
    assert "réseaux classifiés" in difference["other_passage"]
