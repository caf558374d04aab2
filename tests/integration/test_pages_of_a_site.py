"""Pages as sites have them, polled and fetched by the whole program: other forms of an address, beginnings, changed pages."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from quivive.cli import main
from quivive.cli.json_answers import exported_article_json, source_json
from quivive.cli.json_status import status_json
from quivive.cli.json_whole import whole_json
from quivive.config import Configuration, load_config
from quivive.poll_once import poll_once
from storage import ArchiveReader
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import NOW

TITLE = "L’OTAN choisit Tarnac pour son centre de calcul"
SUMMARY = "Le centre de calcul de l’OTAN sera bâti à Tarnac."
SENTENCES = [
    f"Le centre de calcul de l’OTAN à Tarnac occupera {number} hectares, et emploiera des habitants du plateau." for number in range(30)
]


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


Say = Callable[..., str]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """What a command prints for people, on one line."""
    monkeypatch.setenv("LC_MESSAGES", "en")
    monkeypatch.delenv("LC_ALL", raising=False)

    def run(*words: str) -> str:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", ["quivive", "--config", str(tmp_path / "config.toml"), *words])
        with suppress(SystemExit):
            main()
        return " ".join(capsys.readouterr().out.split())

    return run


def configure(folder: Path, *urls: str) -> Configuration:
    sources = "".join(f'[[sources]]\nurl = "{url}"\narticles = "page"\n' for url in urls)
    (folder / "config.toml").write_text(
        '[crawler]\ndelay_per_host = "0s"\nallow_addresses = ["127.0.0.0/8"]\n[alerts]\nfirst_poll = "alert"\nper = "article"\n'
        f'{sources}[[topics]]\nname = "OTAN"\nquery = "OTAN"\n',
        encoding="utf-8",
    )
    return load_config(folder / "config.toml", {})


class Watched:
    """Rounds of polling under one configuration, and what the archive holds after them."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._now = NOW
        self.archive = ArchiveReader(configuration.archive_path)

    def poll(self) -> None:
        asyncio.run(poll_once(self._configuration, [], lambda: self._now, lambda _alert: None))
        self._now += timedelta(hours=2)

    def articles(self) -> list[dict[str, Any]]:
        return [exported_article_json(one) for one in self.archive.export(None)]

    def show(self, url: str) -> dict[str, Any]:
        (thing,) = self.archive.find_things(url, [])
        return json.loads(json.dumps(whole_json(self.archive.tell_whole(thing, [], {}, self._now))))


def test_amp_print_and_plain_addresses_are_one_article_and_one_alert(tmp_path: Path, site: NewsSite) -> None:
    page = article(TITLE, *SENTENCES).replace("</head>", '<link rel="amphtml" href="/accelere/12"></head>')
    paths = ["/amp/otan.html", "/otan.html?print=1", "/otan.html", "/accelere/12"]
    for number, path in enumerate(paths):
        site.page(path, page)
        site.publish_feed(f"/feed{number}", rss(item(TITLE, site.url(path), description=SUMMARY), title=f"Journal {number}"))
    watched = Watched(configure(tmp_path, *(site.url(f"/feed{number}") for number in range(4))))
    watched.poll()
    watched.poll()
    (one,) = watched.articles()
    assert len(one["sightings"]) == 4
    assert len(watched.archive.report_alerts().alerts) == 1
    assert site.count("/otan.html") <= 1, "in whatever order they came"


def test_the_longer_of_page_and_feed_is_kept_and_show_says_that_it_is_a_part(tmp_path: Path, site: NewsSite, say: Say) -> None:
    paid = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    short = article(TITLE, *SENTENCES[:2]).replace("</head>", f"{paid}</head>")
    long = article(TITLE, *SENTENCES[:12], "La suite est réservée aux abonnés.")
    free = article(TITLE, *SENTENCES).replace("</head>", f"{paid}</head>")
    for path, page, said in (("/court", short, SENTENCES[:5]), ("/long", long, SENTENCES[:5]), ("/libre", free, SENTENCES[:5])):
        site.page(path, page.replace("Tarnac", f"Tarnac{path[1:]}"))
        text = " ".join(said).replace("Tarnac", f"Tarnac{path[1:]}")
        site.publish_feed(f"/feed{path}", rss(item(f"{TITLE}{path}".replace("/", " "), site.url(path), description=text)))
    watched = Watched(configure(tmp_path, *(site.url(f"/feed{path}") for path in ("/court", "/long", "/libre"))))
    watched.poll()
    shown = {path: watched.show(site.url(path)) for path in ("/court", "/long", "/libre")}
    origins = {path: next(one["origin"] for one in whole["versions"] if one["text"] == whole["text"]) for path, whole in shown.items()}
    codes = {path: [note["code"] for note in whole["page_problems"]] for path, whole in shown.items()}
    assert origins == {"/court": "feed", "/long": "page", "/libre": "page"}
    assert codes == {"/court": ["paywall"], "/long": ["paywall"], "/libre": []}
    told = say("show", site.url("/long"))
    assert "paywall: the page shows only a part of its article, since its text ends where it invites to subscribe" in told
    assert "paywall" not in say("show", site.url("/libre"))


def publish(site: NewsSite, numbers: range, *, is_changed: bool) -> None:
    """News of which each page, after the site was changed, holds nothing but its menus."""
    items = []
    for number in numbers:
        path = f"/{number}"
        title = f"Le chantier {number} de Tarnac avance"
        sentences = [one.replace("centre", f"chantier {number}") for one in SENTENCES[:8]]
        menus = "".join(f"<section><h2>Notre rubrique {name}, tout ce qu’elle a</h2></section>" for name in ("sport", "eau", "vin", "bois"))
        site.page(
            path, f"<html><head><title>Le Journal</title></head><body>{menus}</body></html>" if is_changed else article(title, *sentences)
        )
        items.append(item(title, site.url(path), description=f"Le chantier {number} de Tarnac a pris du retard."))
    site.publish_feed("/feed", rss(*items))


def test_a_site_that_changes_its_pages_is_noticed(tmp_path: Path, site: NewsSite, say: Say) -> None:
    watched = Watched(configure(tmp_path, site.url("/feed")))
    publish(site, range(6), is_changed=False)
    watched.poll()
    publish(site, range(6, 12), is_changed=True)
    watched.poll()
    (source,) = map(source_json, watched.archive.report_sources())
    assert (source["pages"], source["pages_unread"], source["pages_failing_since"]) == (12, 6, "2025-02-10T14:00:00Z")
    status = status_json(watched.archive.report_status(NOW), [])
    assert status["unread_pages"] == [{"source": "Le Journal", "unread": 6, "pages": 12, "since": "2025-02-10T14:00:00Z"}]
    assert len(watched.articles()) == 12, "with the feed's text"
    assert re.search(
        r"Le Journal: 6 of its last 12 pages could not be read, most of them since .+; the site may have changed", say("status")
    )
    assert re.search(r"unread pages +6 of 12, since ", say("sources", "Le Journal"))
    assert re.search(r"6 of 12, since", say("sources", "--long"))
