"""An archive of the version before opens, goes on, and sends nothing again.

The suite has small archives of every form (`tests/data`). This makes a large one with the version before itself, in a checkout of it where
`make install` was done: `QUIVIVE_BEFORE=CHECKOUT pytest tests/acceptance/test_version_before.py`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, story, topic, webhook

BEFORE = os.environ.get("QUIVIVE_BEFORE")
FEEDS, ENTRIES = 100, 100
PAGES = 20
"""Entries whose page is fetched, in a feed of their own."""
EVERY = 50
"""So many entries for each that is on the topic."""
OF_OLD = """\
[crawler]
interval = "1s"
min_interval = "1s"
max_interval = "2s"
delay_per_host = "0s"
allow_addresses = ["127.0.0.0/8"]
[alerts]
first_poll = "alert"
"""
"""No key that the version before does not know."""
LONG = 1_800.0
"""Seconds that a poll of all may take on a busy machine."""

pytestmark = [
    pytest.mark.skipif(BEFORE is None, reason="needs the checkout of the version before (QUIVIVE_BEFORE)"),
    pytest.mark.timeout(2 * LONG),
]


def publish(site: NewsSite, *, title: str, entries: int = ENTRIES) -> list[str]:
    """Feeds whose body is another with each title, while their entries stay what they are; returns the tables of the sources."""
    tables = []
    for feed in range(FEEDS):
        items = [_entry(site, feed, number) for number in reversed(range(entries))]
        tables.append(source(site.publish_feed(f"/{feed}", rss(*items, title=f"{title} {feed}")), articles="feed"))
    pages = [item(f"Page {number}", site.page(f"/page/{number}", story(f"Page {number}"))) for number in range(PAGES)]
    tables.append(source(site.publish_feed("/pages", rss(*pages, title=title)), articles="page"))
    return tables


def _entry(site: NewsSite, feed: int, number: int) -> str:
    about = "Le sommet de l’OTAN" if number % EVERY == 0 else "Le conseil municipal"
    text = (
        f"{about}, dossier {feed}-{number} : la rédaction a suivi cette affaire, et en rend compte au lieu-dit {feed * ENTRIES + number}."
    )
    return item(f"{about}, suite {feed}-{number}", site.url(f"/{feed}/{number}"), description=text)


def poll_as_before(home: Home) -> dict[str, Any]:
    """What `poll --json` of the version before prints."""
    command = [f"{BEFORE}/.venv/bin/quivive", "poll", "--json"]
    done = subprocess.run(
        command, cwd=home.folder, env=home.environ(PYTHONPATH=""), capture_output=True, text=True, timeout=LONG, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def ids_of_alerts(home: Home) -> set[str]:
    with closing(sqlite3.connect(home.archive)) as db:
        return {alert for (alert,) in db.execute("SELECT id FROM alerts")}


def test_an_archive_of_the_version_before_opens_goes_on_and_sends_nothing_again(tmp_path: Path, site: NewsSite, hook: HookSink) -> None:
    now = Home(tmp_path)

    def configure(title: str, entries: int = ENTRIES, more: str = 'per = "article"\n') -> None:
        sources = publish(site, title=title, entries=entries)
        now.write_config("\n".join([OF_OLD + more, *sources, topic("OTAN", "otan", ["hook"]), webhook("hook", hook.url)]))

    knows_stories = (Path(BEFORE or "") / "news" / "follow_ups.py").exists()
    configure("Le Journal", more='per = "article"\n' if knows_stories else "")
    made = poll_as_before(now)
    due = FEEDS * ENTRIES // EVERY
    assert made["articles"]["new"] == FEEDS * ENTRIES + PAGES
    assert (made["alerts"]["created"], made["deliveries"]["sent"], len(hook.requests)) == (due, due, due)
    told = ids_of_alerts(now)

    configure("La Gazette")  # other bodies, so that every entry is looked at
    again = now.quivive("poll", "--json", timeout=LONG)
    assert again.status == 0, again.err[-2000:]
    assert again.json["entries"] == {"seen": FEEDS * ENTRIES + PAGES, "new": 0}
    assert {name: again.json["articles"][name] for name in ("new", "revised", "duplicates")} == {"new": 0, "revised": 0, "duplicates": 0}
    assert (again.json["alerts"]["created"], again.json["deliveries"]["sent"], len(hook.requests)) == (0, 0, due)
    assert ids_of_alerts(now) == told

    configure("La Gazette", ENTRIES + 1)  # one more of each, and each is on the topic
    onward = now.quivive("poll", "--json", timeout=LONG)
    assert (onward.json["articles"]["new"], onward.json["alerts"]["created"]) == (FEEDS, FEEDS)
    assert (onward.json["deliveries"]["sent"], len(hook.requests)) == (FEEDS, due + FEEDS)
    assert len({request.headers["webhook-id"] for request in hook.requests}) == due + FEEDS
    assert told < ids_of_alerts(now)
    assert len(now.quivive("search", "dossier OTAN", "--limit", "1000", "--json", timeout=LONG).lines) == due + FEEDS
