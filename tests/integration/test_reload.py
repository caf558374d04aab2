"""A reload takes over every key of the configuration: what is in force after it is what a start with that file would put in force."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitors import KINDS, table_of
from news.errors import ConfigurationError
from news.text.analysis import analyse_article
from quivive.config import Configuration, load_config
from quivive.config.model import SECTIONS, EntityTable, FeedTable, OpmlTable, TopicTable
from quivive.config.tables import list_keys
from quivive.reloading import require_reloadable
from quivive.service import Service
from quivive.wiring import open_archive
from tests.empty_archive import lay_down

Keys = tuple[str | int, ...]

OUTSIDE = {("log", "level"), ("log", "format"), ("archive", "path"), ("web", "listen"), ("web", "public_url"), ("web", "password")}
"""The keys of what is not the service's: see the tests at the end, `test_daemon.py` and, for hubs, `test_hubs.py`."""

USUAL: dict[str, Any] = {
    "display": {"timezone": "Europe/Paris"},
    "archive": {"retention": "400d"},
    "crawler": {},
    "alerts": {},
    "health": {"notify": ["hook"]},
    "sources": [
        {
            "url": "https://journal.example/feed",
            "name": "Le Journal",
            "articles": "feed",
            "interval": "10m",
            "tags": ["tech"],
            "item": "li",
            "title": "h2",
            "link": "a",
            "date": "time",
            "summary": "p",
            "headers": {"X-One": "1"},
            "cookies": {"one": "1"},
            "username": "quivive",
            "password": "hunter2",
            "proxy": "http://127.0.0.1:3128",
            "user_agent": "one/1 (+mailto:one@journal.example)",
        },
        {"opml": "feeds.opml", "articles": "feed", "interval": "10m", "tags": ["opml"]},
    ],
    "entities": {"otan": {"add": ["Alliance"]}, "voisin": {"names": ["Le Voisin"]}},
    "topics": [{"name": "OTAN", "query": "@otan OR @voisin", "notify": ["hook"]}],
    "channels": {
        "hook": {"type": "webhook", "url": "https://journal.example/hook", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        "mail": {
            "type": "email",
            "smtp": "smtp://127.0.0.1:1025",
            "username": "quivive",
            "password": "hunter2",
            "from": "quivive@example.org",
            "to": ["redaction@example.org"],
        },
        "equipe": {"type": "apprise", "url": "json://127.0.0.1/one"},
        "script": {"type": "command", "command": ["true"]},
        "fil": {"type": "feed", "path": "one.atom"},
    },
}
CHANNELS = tuple(USUAL["channels"])

CHANGED: dict[Keys, Any] = {
    ("archive", "retention"): "30d",
    ("display", "timezone"): "Asia/Tokyo",
    ("display", "language"): "en",
    ("display", "templates"): "own",
    ("crawler", "user_agent"): "another/1",
    ("crawler", "interval"): "20m",
    ("crawler", "min_interval"): "1m",
    ("crawler", "max_interval"): "1h",
    ("crawler", "concurrency"): 3,
    ("crawler", "concurrency_per_host"): 2,
    ("crawler", "delay_per_host"): "7s",
    ("crawler", "obey_robots"): False,
    ("crawler", "timeout"): "7s",
    ("crawler", "max_body"): "7kB",
    ("crawler", "allow_addresses"): ["127.0.0.0/8"],
    ("alerts", "first_poll"): "alert",
    ("alerts", "revisions"): "title",
    ("alerts", "per"): "article",
    ("alerts", "follow_up"): "2h",
    ("health", "notify"): ["mail"],
    ("sources", 0, "url"): "https://journal.example/another",
    ("sources", 0, "name"): "La Gazette",
    ("sources", 0, "articles"): "page",
    ("sources", 0, "interval"): "11m",
    ("sources", 0, "tags"): ["politique"],
    ("sources", 1, "opml"): "others.opml",
    ("sources", 1, "articles"): "page",
    ("sources", 1, "interval"): "11m",
    ("sources", 1, "tags"): ["politique"],
    ("entities", "otan", "add"): ["Les Alliés"],
    ("entities", "voisin", "names"): ["La Voisine"],
    ("topics", 0, "name"): "Alliance",
    ("topics", 0, "query"): "gazette",
    ("topics", 0, "notify"): ["mail"],
    **{("sources", 0, key): "main" for key in ("item", "title", "link", "date", "summary")},
    ("sources", 0, "headers"): {"X-One": "2"},
    ("sources", 0, "cookies"): {"one": "2"},
    ("sources", 0, "username"): "another",
    ("sources", 0, "password"): "another",
    ("sources", 0, "proxy"): "http://127.0.0.1:3129",
    ("sources", 0, "user_agent"): "another/1 (+mailto:another@journal.example)",
    ("topics", 0, "urgent"): "alliance",
    ("topics", 0, "revisions"): "off",
    ("topics", 0, "per"): "article",
    ("topics", 0, "follow_up"): "off",
    **{("channels", name, "when"): "hourly" for name in CHANNELS},
    **{("channels", name, "quiet"): "22:00-07:00" for name in CHANNELS},
    **{("channels", name, "max_per_hour"): 7 for name in CHANNELS},
    **{("channels", name, "at_once"): 7 for name in CHANNELS},
    ("channels", "equipe", "at_once"): None,  # always one
    **{("channels", name, "max_per_second"): 7 for name in CHANNELS},
    **{("channels", name, "escalate"): {"after": "7m", "to": "mail"} for name in CHANNELS},
    ("channels", "mail", "escalate"): {"after": "7m", "to": "hook"},
    **{("channels", name, "type"): None for name in CHANNELS},  # another type is another table: see below
    ("channels", "equipe", "url"): "json://127.0.0.1/another",
    ("channels", "script", "command"): ["false"],
    ("channels", "script", "timeout"): "7s",
    ("channels", "fil", "path"): "another.atom",
    ("channels", "fil", "entries"): 7,
    ("channels", "hook", "url"): "https://journal.example/another",
    ("channels", "hook", "secret"): "whsec_plJ3nmyCDGBKInavdOK15jsl",
    ("channels", "hook", "previous_secret"): "whsec_plJ3nmyCDGBKInavdOK15jsl",
    ("channels", "hook", "template"): "slack",
    ("channels", "hook", "public_only"): True,
    ("channels", "mail", "smtp"): "smtps://127.0.0.1:1026",
    ("channels", "mail", "username"): "another",
    ("channels", "mail", "password"): "another",
    ("channels", "mail", "from"): "another@example.org",
    ("channels", "mail", "to"): ["another@example.org"],
    ("channels", "mail", "unsubscribe"): "mailto:another@example.org",
    ("channels", "mail", "sendmail"): None,  # goes in the place of smtp, and not beside it
}
"""For each key another value than the usual one."""

PROBES = ("L’OTAN", "L’Alliance", "Les Alliés", "Le Voisin", "La Voisine", "La gazette")


def all_keys() -> Iterator[Keys]:
    """Every key that the model knows, at a place where the usual configuration has its table."""
    for section, model in SECTIONS.items():
        yield from ((section, key) for key in list_keys(model))
    for place, listed in ((("sources", 0), FeedTable), (("sources", 1), OpmlTable), (("topics", 0), TopicTable)):
        yield from ((*place, key) for key in list_keys(listed) if not key.endswith("_file"))
    yield from (("entities", name, key) for name, key in zip(("voisin", "otan"), list_keys(EntityTable), strict=True))
    placed = {table["type"]: name for name, table in USUAL["channels"].items()}
    assert set(placed) == set(KINDS), "there is a new kind of channel: give the usual configuration one"
    for kind, name in placed.items():
        # What a `…_file` names stands for the key itself (tests/unit/quivive/test_secrets.py).
        yield from (("channels", name, key) for key in list_keys(table_of(kind)) if not key.endswith("_file"))


def changed(keys: Keys, value: Any) -> dict[str, Any]:
    content = copy.deepcopy(USUAL)
    table: Any = content
    for key in keys[:-1]:
        table = table[key]
    table[keys[-1]] = value
    return content


def load(folder: Path, content: dict[str, Any]) -> Configuration:
    folder.mkdir(exist_ok=True)
    for name, feed in (("feeds", "un"), ("others", "deux")):
        outline = f'<opml version="2.0"><body><outline text="{feed}" xmlUrl="https://{feed}.example/feed"/></body></opml>'
        (folder / f"{name}.opml").write_text(outline, encoding="utf-8")
    (folder / "config.toml").write_text("".join(f"{key} = {inline(value)}\n" for key, value in content.items()), encoding="utf-8")
    return load_config(folder / "config.toml", {})


def inline(value: Any) -> str:
    """A value in TOML, tables on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def in_force(service: Service) -> dict[str, Any]:
    """What the rooms go by, asked of themselves."""
    watch = service.archive._watch
    rows = service.archive._ask(
        lambda db: db.conn.execute(
            "SELECT url, name, interval_seconds, articles_mode, tags FROM sources WHERE configured = 1 ORDER BY url"
        ).fetchall()
    )
    found = [watch.matcher.match(analyse_article(probe, "")) for probe in PROBES]
    matched = [[match.topic for match in matches] for matches in found]
    urgent = [[match.urgent for match in matches] for matches in found]
    sending = service.dispatcher._attempting
    presentation = sending.presentation
    return {
        "sources": [tuple(row) for row in rows],
        "topics": (dict(watch.channels_of_topic), matched, urgent, dict(watch.revisions_of_topic)),
        "stories": (dict(watch.per_of_topic), dict(watch.follow_up_of_topic)),
        "health": watch.health_notify,
        "polling": (watch.silent_first_poll, watch.digest_first_poll, watch.least_interval, watch.most_interval),
        # By the numbers that sources have, and a reload numbers a new one otherwise than a start.
        "crawl": replace(service.crawl.settings, requests={}, listings={}),
        "asking": [[*service.crawl.settings.requests.values()], [*service.crawl.settings.listings.values()]],
        "sending": (
            sending.channels,
            presentation.language,
            presentation.queries,
            bool(presentation.templates.troubles),
        ),
        "retention": service.configuration.retention,
        "interval": service.configuration.crawler.interval,
    }


async def facts_of(folder: Path, start: Configuration, *reloads: Configuration) -> list[dict[str, Any]]:
    """What is in force after the start, and after each reload."""
    lay_down(start.archive_path)
    archive = open_archive(start, datetime.now(UTC))
    service = Service(start, archive, lambda: datetime.now(UTC), lambda _alert: None)
    told = [in_force(service)]
    for configuration in reloads:
        await service.reconfigure(configuration)
        told.append(in_force(service))
    await service.stop(0)
    archive.close()
    return told


@pytest.mark.parametrize("keys", [keys for keys in all_keys() if keys not in OUTSIDE and CHANGED.get(keys, "?") is not None], ids=str)
def test_every_key_is_taken_over_by_a_reload(tmp_path: Path, keys: Keys) -> None:
    assert keys in CHANGED, f"{keys} is new: give it another value above, and see that a reload takes it over"
    new = changed(keys, CHANGED[keys])
    before, after = asyncio.run(facts_of(tmp_path, load(tmp_path / "old", USUAL), load(tmp_path / "old", new)))
    [expected] = asyncio.run(facts_of(tmp_path, load(tmp_path / "new", new)))
    assert after == expected
    assert after != before


def test_a_channel_of_another_type_is_taken_over_too(tmp_path: Path) -> None:
    content = copy.deepcopy(USUAL)
    content["channels"]["hook"] = USUAL["channels"]["mail"]
    _, after = asyncio.run(facts_of(tmp_path, load(tmp_path / "old", USUAL), load(tmp_path / "old", content)))
    [expected] = asyncio.run(facts_of(tmp_path, load(tmp_path / "new", content)))
    assert after == expected


@pytest.mark.parametrize("key", ["sources", "topics"])
def test_a_file_that_names_none_any_more_is_refused_with_the_way_to_mean_it(tmp_path: Path, key: str) -> None:
    content = {name: table for name, table in USUAL.items() if name != key}
    usual, emptied = load(tmp_path, USUAL), load(tmp_path, content)
    with pytest.raises(ConfigurationError) as refusal:
        require_reloadable(usual, emptied)
    [fault] = refusal.value.faults
    assert fault.key == key
    assert f"{key} = []" in fault.message
    require_reloadable(usual, load(tmp_path, {key: [], **content}))
    require_reloadable(emptied, emptied)


def test_an_empty_file_is_refused_with_both_reasons(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        require_reloadable(load(tmp_path, USUAL), load(tmp_path, {}))
    assert [fault.key for fault in refusal.value.faults] == ["sources", "topics"]


def test_another_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="another archive needs a restart"):
        require_reloadable(load(tmp_path, USUAL), load(tmp_path, changed(("archive", "path"), "other.db")))
