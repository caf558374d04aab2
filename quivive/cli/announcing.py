"""Telling of new alerts on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from news.alerts import Alert
from news.wording import Language
from quivive.printing import MOST_WAITING_BYTES, Printer
from quivive.standard_streams import get_descriptor
from quivive.texts import visible


class PrintedAlerts:
    """Prints alerts on standard output, without ever keeping whoever has them waiting; what cannot be printed is said once, in the log."""

    def __init__(self, language: Language, most_waiting: int | None = MOST_WAITING_BYTES) -> None:
        self.language = language
        descriptor = get_descriptor(sys.stdout)
        self._printer = None if descriptor is None else Printer(descriptor, _log_trouble, most_waiting)

    def announce(self, alert: Alert) -> None:
        """Print an alert: one line for the article, one for each passage, one for the address."""
        text = "\n".join(_describe(alert, self.language)) + "\n"
        if self._printer is None:
            click.echo(text, nl=False)
        else:
            shown = text if sys.stdout.isatty() else click.unstyle(text)
            self._printer.say(shown.encode(sys.stdout.encoding, "replace"))

    def finish(self) -> None:
        """Wait until all is printed. Raises OSError if something could not be."""
        if self._printer is not None:
            self._printer.flush()
            if self._printer.failure is not None:
                raise self._printer.failure


def _describe(alert: Alert, language: Language) -> Iterator[str]:
    moment = language.moment(alert.article.published_at or alert.article.first_seen_at)
    topic = click.style(visible(alert.topic), bold=True, fg="yellow")
    yield f"{language.text('ALERT')} {topic}  {visible(alert.article.title)}  ({visible(alert.article.source)}, {moment})"
    for hit in alert.matches[:3]:
        yield f"      {visible(hit.term)}: {visible(hit.passage)}"
    yield f"      {visible(alert.article.url)}"


def _log_trouble(reason: str | None, lost: int) -> None:
    import structlog  # every command's help would wait for it

    log = structlog.get_logger("quivive")
    if reason is None:
        log.warning("standard output is written again", alerts_not_printed=lost)
    else:
        log.warning("standard output is gone: alerts are delivered and logged, but no longer printed", reason=reason)
