"""`quivive poll`: one full round."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from news.alerts import Alert
from quivive.cli.announcing import PrintedAlerts, lead_to_one_place
from quivive.cli.completing import complete_source
from quivive.cli.context import get_whole_configuration, print_json
from quivive.cli.interrupting import run_interruptibly
from quivive.cli.json_answers import round_json
from quivive.cli.loudness import level_of_poll, loudness_options, require_one_loudness
from quivive.cli.poll_summary import complain, print_summary
from quivive.clock import utc_now
from quivive.config import Configuration

if TYPE_CHECKING:
    from quivive.beside import Progress
    from quivive.rounds import RoundSummary
    from quivive.service import Service


@click.command("poll")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", shell_complete=complete_source)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@loudness_options
@click.pass_context
def command(context: click.Context, sources: tuple[str, ...], as_json: bool, quiet: bool, verbose: bool) -> None:
    """Poll these sources (all, if none is named; by name or URL) now, fetch their pages, match, deliver, and end."""
    from quivive.log import configure_logging

    require_one_loudness(quiet=quiet, verbose=verbose)
    configuration = get_whole_configuration(context)
    level = level_of_poll(configuration.log_level, verbose=verbose)
    configure_logging(level, configuration.log_format, timezone=configuration.timezone)
    alerts = PrintedAlerts(configuration.language, most_waiting=None)
    announce = _silent if as_json or quiet else alerts.announce
    is_shown = sys.stderr.isatty() and not (as_json or quiet)
    summary = run_interruptibly(_poll_with_progress(configuration, sources, announce, is_shown=is_shown))
    alerts.finish()
    if as_json:
        print_json(round_json(summary))
    elif not quiet:
        print_summary(summary, configuration.language)
    is_said = not (as_json or quiet) and lead_to_one_place()
    complain(summary, configuration.language, utc_now(), are_failures_said=is_said)
    if summary.failures or summary.undelivered or summary.totals.dead:
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


def _silent(_alert: Alert) -> None:
    """With --json, nothing but the summary is printed."""
