"""`quivive poll`: one full round."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from news.alerts import Alert
from quivive.cli.announcing import PrintedAlerts
from quivive.cli.context import get_whole_configuration, print_json
from quivive.cli.interrupting import run_interruptibly
from quivive.cli.json_answers import round_json
from quivive.clock import utc_now
from quivive.config import Configuration

if TYPE_CHECKING:
    from quivive.beside import Progress
    from quivive.poll_once import RoundSummary
    from quivive.service import Service


@click.command("poll")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_context
def command(context: click.Context, sources: tuple[str, ...], as_json: bool) -> None:
    """Poll these sources (all, if none is named; by name or URL) now, fetch their pages, match, deliver, and end."""
    from quivive.log import configure_logging

    configuration = get_whole_configuration(context)
    configure_logging(configuration.log_level, configuration.log_format, timezone=configuration.timezone)
    alerts = PrintedAlerts(configuration.timezone, most_waiting=None)
    announce = _silent if as_json else alerts.announce
    summary = run_interruptibly(_poll_with_progress(configuration, sources, announce, is_shown=sys.stderr.isatty() and not as_json))
    alerts.finish()
    if as_json:
        print_json(round_json(summary))
    else:
        _print_summary(summary)
    if summary.failures:
        context.exit(1)


async def _poll_with_progress(
    configuration: Configuration, sources: tuple[str, ...], announce: Callable[[Alert], None], *, is_shown: bool
) -> RoundSummary:
    if not is_shown:
        return await _poll(configuration, sources, announce, lambda _progress: None)
    with _ProgressBar() as update:
        return await _poll(configuration, sources, announce, update)


async def _poll(
    configuration: Configuration, sources: tuple[str, ...], announce: Callable[[Alert], None], tell: Callable[[Progress], None]
) -> RoundSummary:
    """Have a running daemon do it, or do it here."""
    from quivive.beside import Progress, ask
    from quivive.poll_once import poll_once

    def tell_here(service: Service, total: int) -> None:
        tell(Progress(service.totals.polled, total, service.totals.articles_new))

    summary = await ask(configuration.archive_path, sources, announce, tell)
    return summary or await poll_once(configuration, sources, utc_now, announce, tell_here)


class _ProgressBar:
    """A progress bar on standard error: sources polled, articles found."""

    def __enter__(self) -> Callable[[Progress], None]:
        from rich.console import Console
        from rich.progress import Progress as Bar

        self._progress = Bar(console=Console(stderr=True), transient=True)
        self._bar = self._progress.add_task("polling", total=None)
        self._progress.start()
        return self._update

    def _update(self, done: Progress) -> None:
        text = f"{done.polled}/{done.total} sources, {done.articles_new} new articles"
        self._progress.update(self._bar, description=text, total=max(done.total, 1), completed=done.polled)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _print_summary(summary: RoundSummary) -> None:
    done = summary.totals
    for url, problem in summary.failures:
        click.echo(f"FAILED {url}: {problem.code}: {problem.message}")
    click.echo(f"sources     {done.polled} polled, {done.unchanged} unchanged, {done.failed} failed")
    click.echo(f"entries     {done.entries_seen} seen, {done.entries_new} new")
    known = f"{done.articles_revised} revised, {done.duplicates} duplicates"
    click.echo(f"articles    {done.articles_new} new, {known}, {done.pages_failed} pages failed")
    click.echo(f"alerts      {done.alerts} created")
    click.echo(f"deliveries  {done.sent} sent, {summary.pending} pending, {done.dead} dead")
    click.echo(f"took        {summary.seconds:.1f} s")


def _silent(_alert: Alert) -> None:
    """With --json, nothing but the summary is printed."""
