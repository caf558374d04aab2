"""A site with more pages than the crawl's queue takes of one host: none is forgotten, none is fetched twice."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crawler.frontier import Frontier
from quivive.cli.json_answers import round_json
from quivive.config import load_config
from quivive.poll_once import poll_once
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import NOW

PATHS = [f"/{number}" for number in range(11)]


def poll(folder: Path, site: NewsSite, *feeds: str) -> dict[str, Any]:
    """One round over these feeds, of which every article's page is fetched."""
    sources = "".join(f'[[sources]]\nurl = "{site.url(feed)}"\narticles = "page"\n' for feed in feeds)
    (folder / "config.toml").write_text(
        f'[crawler]\ndelay_per_host = "0s"\nconcurrency_per_host = 16\nobey_robots = false\nallow_addresses = ["127.0.0.0/8"]\n{sources}',
        encoding="utf-8",
    )
    return round_json(asyncio.run(poll_once(load_config(folder / "config.toml", {}), [], lambda: NOW, lambda _alert: None)))


@pytest.fixture(autouse=True)
def _short_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.crawl.Frontier", partial(Frontier, capacity=32))  # four pages of one host


def test_a_round_fetches_every_page_of_a_host_once_however_few_its_queue_takes(tmp_path: Path) -> None:
    with NewsSite() as site:
        site.publish_feed("/feed", rss(*(item(f"Titre {path}", site.url(path)) for path in PATHS)))
        for path in PATHS:
            site.page(
                path, article(f"Titre {path}", *(f"Alinéa {n} de l’article {path}, qui en compte assez pour être lu." for n in range(8)))
            )
        summary = poll(tmp_path, site, "/feed")
        assert (summary["articles"]["new"], [site.count(path) for path in PATHS]) == (len(PATHS), [1] * len(PATHS))


def test_pages_that_fail_are_tried_once_in_a_round_and_do_not_keep_it_from_ending(tmp_path: Path) -> None:
    with NewsSite() as site:
        for feed in range(2):
            site.publish_feed(f"/feed{feed}", rss(*(item(f"Titre {path}", site.url(path)) for path in PATHS[feed::2])))
        summary = poll(tmp_path, site, "/feed0", "/feed1")
        assert (summary["articles"]["failed"], [site.count(path) for path in PATHS]) == (len(PATHS), [1] * len(PATHS))
