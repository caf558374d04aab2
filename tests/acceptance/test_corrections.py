"""An outlet changes what it has written: who was told of the article is told of that, by webhook, mail and terminal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from quivive.cli.announcing import PrintedAlerts
from quivive.config import load_config
from quivive.poll_once import poll_once
from tests.mailbox import HookSink, Mailbox
from tests.news_site import NewsSite, article, item, rss
from tests.processes import Home, email, source, topic, webhook

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TITLE = "OpenAI vise l’OTAN"
LEAD = "OpenAI envisage un contrat pour déployer son système sur tous les réseaux {} de l’Organisation du traité de l’Atlantique Nord."
SHOWN = "sur tous les réseaux {+non+} classifiés de l’Organisation"
BODY = [f"Alinéa {number} : la rédaction suit ce marché depuis des semaines, et en rend compte à ses lecteurs." for number in range(7)]


def publish(site: NewsSite, word: str, counted: int) -> None:
    """The article with a word and a counter in it; its feed says that it was changed."""
    site.page("/1", article(TITLE, LEAD.format(word), *BODY, f"{counted} commentaires"))
    site.publish_feed("/feed", rss(item(TITLE, site.url("/1"), description=f"Un contrat, {counted} commentaires.")))


def test_a_correction_is_told_everywhere_and_counters_are_not(
    home: Home, site: NewsSite, hook: HookSink, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]
) -> None:
    home.configure(
        sources=[source(site.url("/feed"), "Le Journal", articles="page")],
        topics=[topic("OTAN", "otan OU “Atlantique Nord”", ["hook", "mail"])],
        channels=[webhook("hook", hook.url), email("mail", mailbox.url)],
    )
    configuration = load_config(home.config, {"LANG": "fr_FR.UTF-8"})
    printed = PrintedAlerts(configuration.language)
    for step, word in enumerate(["classifiés", "classifiés", "non classifiés"]):
        publish(site, word, step)
        asyncio.run(poll_once(configuration, [], lambda hours=step: NOW + timedelta(hours=2 * hours), printed.announce))
    printed.finish()

    bodies = [one.json for one in hook.requests]
    assert [one["type"] for one in bodies] == ["alert.created", "alert.corrected"]
    told = bodies[1]["data"]
    assert told["changes"] == [{"field": "text", "before": LEAD.format("classifiés"), "after": LEAD.format("non classifiés")}]
    first, mail = (one.message for one in mailbox.wait_for(2))
    assert (mail["Subject"], mail["References"]) == (f"[OTAN] Corrigé : {TITLE}", first["References"])
    assert SHOWN in " ".join(mail.get_body(("plain",)).get_content().split())
    assert SHOWN in capfd.readouterr().out
    (listed,) = home.call("alerts", "--kind", "corrected", "--json").lines
    assert (listed["id"], listed["changes"]) == (told["alert_id"], told["changes"])
    assert SHOWN in " ".join(home.call("show", told["alert_id"]).out.split())
