"""The demonstration itself: the real daemon on the bundled site, step by step, and a verdict on what arrived."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from news.alert_answers import AlertRecord
from news.alerts import Alert, AlertedArticle, DeliveryStatus
from news.query import parse_query
from news.wording import Language, Wording
from quivive.clock import utc_now
from quivive.config import Configuration, load_config
from quivive.daemon import Daemon
from quivive.demo.scenario import EXPECTED, expected_until, judge, render_config
from quivive.demo.sinks import HookSink, MailSink
from quivive.demo.site import DemoSite
from quivive.log import configure_logging
from quivive.service_manager import ServiceManager
from quivive.texts import visible
from storage import AlertRequest, ArchiveReader, SearchRequest

STEP_SECONDS = 15.0
"""How long the daemon may take for what one step published; it polls every second, and one webhook is turned away once on purpose."""

_LOOK_SECONDS = 0.1

_QUERY = "OTAN AND (assistant OR agenda) NOT Pentagone"

Clock = Callable[[], datetime]


async def play(language: Language, clock: Clock = utc_now) -> bool:
    """Run the demonstration, told in this language; returns whether every expected alert came exactly once and no other did."""
    configure_logging("warning", "text")
    with tempfile.TemporaryDirectory(prefix="quivive-demo-") as folder:
        async with DemoSite(clock) as site, MailSink() as mails, HookSink() as hooks:
            path = Path(folder) / "config.toml"
            path.write_text(render_config(site, mails.port, hooks.url, hooks.secret, Path(folder) / "archive.db"), encoding="utf-8")
            configuration = load_config(path, {"LC_ALL": language.code})
            _tell_setting(language, site, mails, hooks)
            stage = _Stage(configuration, site, mails, hooks, clock)
            return await stage.perform()


def _tell_setting(language: Language, site: DemoSite, mails: MailSink, hooks: HookSink) -> None:
    text = language.text
    _heading(text("The setting: everything on this machine, no network, no accounts; the news is fictional"))
    for source in site.sources:
        click.echo(text("  feed      {name}: {url}", name=source.name, url=source.url))
    click.echo(text("  mail      {address}", address=f"127.0.0.1:{mails.port}"))
    click.echo(text("  webhook   {url} (turns the first delivery away once, to show a retry)", url=hooks.url))


class _Stage:
    """One performance: the daemon, the site that publishes, and the sinks that receive."""

    def __init__(self, configuration: Configuration, site: DemoSite, mails: MailSink, hooks: HookSink, clock: Clock) -> None:
        self._configuration = configuration
        self._language = configuration.language
        self._site = site
        self._mails = mails
        self._hooks = hooks
        self._clock = clock
        self._reader = ArchiveReader(configuration.archive_path)

    async def perform(self) -> bool:
        daemon = Daemon(lambda: self._configuration, lambda _: None, self._clock, self._show_alert, ServiceManager({}, os.getpid()))
        working = asyncio.create_task(daemon.run(self._configuration))
        try:
            _heading(self._language.text("Step 0: the first poll archives what is there, without alerting"))
            await self._until_read(working)
            count = await asyncio.to_thread(self._reader.count_articles)
            click.echo(self._language.plural("  {count} article archived so far", "  {count} articles archived so far", count))
            for step in range(1, self._site.last_step + 1):
                await self._publish(step, working)
            complaints = await self._verdict()
        finally:
            daemon.stop()
            await working
        self._show_received()
        self._show_search()
        self._show_summary(complaints)
        self._reader.close_reading()
        return not complaints

    async def _publish(self, step: int, working: asyncio.Task[None]) -> None:
        articles = self._site.publish(step)
        _heading(self._language.text("Step {step}: the outlets publish", step=step))
        for article in articles:
            click.echo(f"  {visible(article.words_at(step).title)}")
        await self._until_read(working)
        wanted = expected_until(step)

        def all_came() -> bool:
            return not judge(self._mails.received, self._hooks.attempts, wanted)

        await self._mails.wait_until(lambda _: all_came(), STEP_SECONDS / 3)
        await self._hooks.wait_until(lambda _: all_came(), STEP_SECONDS)

    async def _until_read(self, working: asyncio.Task[None]) -> None:
        """Until the daemon has fetched every feed and page of this step; a daemon that died says why at once."""
        reading = asyncio.create_task(self._site.wait_until_read(STEP_SECONDS))
        await asyncio.wait([reading, working], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            reading.cancel()
            working.result()
        await reading

    async def _verdict(self) -> list[str]:
        """Judge once nothing waits any more: not before every feed was polled again, and no delivery is pending."""
        await self._site.wait_until_read(STEP_SECONDS)
        pending = await self._pending_after(STEP_SECONDS)
        undelivered: list[str] = [
            Wording("{topic}: still to be delivered: {title}", topic=alert.topic, title=alert.title) for alert in pending
        ]
        return undelivered + judge(self._mails.received, self._hooks.attempts, EXPECTED)

    async def _pending_after(self, seconds: float) -> tuple[AlertRecord, ...]:
        """The alerts whose delivery the archive still holds for pending, at the latest after so long."""
        looks = int(seconds / _LOOK_SECONDS)
        pending = AlertRequest(status=DeliveryStatus.PENDING)
        while (log := await asyncio.to_thread(self._reader.report_alerts, pending)).alerts and looks > 0:
            looks -= 1
            await asyncio.sleep(_LOOK_SECONDS)
        return log.alerts

    def _show_received(self) -> None:
        text = self._language.text
        _heading(text("What arrived"))
        for mail in self._mails.received:
            click.echo(text("  mail      {address}", address=visible(mail.subject)))
        for attempt in self._hooks.attempts:
            told = attempt.payload["data"] if attempt.payload else {}
            title = told.get("article", {}).get("title", "")
            again = text("turned away with {status}, to be sent again under the same id", status=attempt.status)
            note = text("accepted") if attempt.status == 200 else again
            topic = told.get("topic", "")
            click.echo(text("  webhook   [{topic}] {title} ({note})", topic=topic, title=visible(title), note=note))
        if self._mails.received:
            _heading(text("The first mail"))
            click.echo("\n".join(f"  | {visible(line)}" for line in self._mails.received[0].text.splitlines()))

    def _show_search(self) -> None:
        _heading(self._language.text("A search: {command}", command=f"quivive search '{_QUERY}'"))
        request = SearchRequest(parse_query(_QUERY, self._configuration.entities), limit=3)
        for found in self._reader.search(request).articles:
            click.echo(f"  {visible(found.article.title)} ({visible(found.article.source)})\n    {visible(found.snippet)}")

    def _show_summary(self, complaints: list[str]) -> None:
        contents, counts = self._reader.report_status(self._clock()).contents, self._site.counts
        text = self._language.text
        _heading(text("Summary"))
        polled = {"polls": counts.feeds, "unchanged": counts.unchanged, "pages": counts.pages}
        click.echo(text("  {polls} polls ({unchanged} unchanged), {pages} pages fetched", **polled))
        articles = contents.articles
        kept = {"articles": articles.total, "sightings": articles.sightings, "versions": articles.revisions}
        click.echo(text("  {articles} articles, {sightings} sightings, {versions} versions", **kept))
        click.echo(text("  {expected} alerts expected, {made} made", expected=len(EXPECTED), made=contents.alerts.total))
        for complaint in complaints:
            click.echo(click.style(text("  WRONG: {complaint}", complaint=self._language.tell(complaint)), fg="red"))
        if not complaints:
            click.echo(click.style(text("  every expected alert came exactly once, and no other did"), fg="green"))

    def _show_alert(self, alert: Alert) -> None:
        if not isinstance(alert.about, AlertedArticle):  # the made-up site is slow or refuses for moments only: nothing that is told
            return
        topic, title, source = visible(alert.topic), visible(alert.about.title), visible(alert.about.source)
        click.echo(self._language.text("  → alert [{topic}] {title} ({source})", topic=topic, title=title, source=source))


def _heading(text: str) -> None:
    click.echo("\n" + click.style(text, bold=True))
