"""Telling of new alerts on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Literal

import click

from news.alerts import Alert
from news.health_news import HealthNews
from news.surges import Surge, draw_bars
from news.wording import Language
from quivive.cli.changed_words import tell_changes
from quivive.cli.deliveries import tell_kind
from quivive.cli.health import tell_reason
from quivive.cli.json_answers import announced_alert_json, json_line
from quivive.cli.otherwise import tell_differences
from quivive.printing import MOST_WAITING_BYTES, Printer
from quivive.standard_streams import get_descriptor
from quivive.texts import visible

_MOST_SHOWN = 3
"""Passages of an alert."""


class AnnouncedAlerts:
    """The alerts of a daemon: printed and logged, but only one of both where standard output and standard error lead to one place.

    With a log in JSON all is JSON: the alert is printed as an object too, or is only in the log. Quiet, it prints none.
    """

    def __init__(self, language: Language, *, quiet: bool = False) -> None:
        self.form: Literal["text", "json"] = "text"
        self._printed = PrintedAlerts(language)
        self._are_apart = not lead_to_one_place()
        self._quiet = quiet

    def put_in_force(self, language: Language, form: Literal["text", "json"]) -> None:
        self._printed.language = language
        self.form = form

    def announce(self, alert: Alert) -> None:
        import structlog  # every command's help would wait for it

        if not self._quiet and (self._are_apart or self.form == "text"):
            self._printed.announce(alert, self.form)
        if self._quiet or self._are_apart or self.form == "json":
            facts = announced_alert_json(alert) if self.form == "json" else _facts(alert)
            structlog.get_logger("quivive").info("alert", **facts)


def lead_to_one_place() -> bool:
    """Whether standard output and standard error are one terminal, file, pipe or journal, so that what is said on both is read twice."""
    descriptors = get_descriptor(sys.stdout), get_descriptor(sys.stderr)
    if None in descriptors:
        return False
    try:
        out, err = (os.fstat(descriptor) for descriptor in descriptors if descriptor is not None)
    except OSError:
        return False
    return (out.st_dev, out.st_ino) == (err.st_dev, err.st_ino)


def _facts(alert: Alert) -> dict[str, object]:
    article = alert.about
    if isinstance(article, HealthNews):
        return {"kind": str(alert.kind), "title": article.title, "name": article.name, "url": article.url, "message": article.message}
    if isinstance(article, Surge):
        return {"topic": alert.topic, "kind": str(alert.kind), "title": article.title, "articles": article.articles, "usual": article.usual}
    return {"topic": alert.topic, "kind": str(alert.kind), "title": article.title, "source": article.source, "url": article.url}


class PrintedAlerts:
    """Prints alerts on standard output, without ever keeping whoever has them waiting; what cannot be printed is said once, in the log."""

    def __init__(self, language: Language, most_waiting: int | None = MOST_WAITING_BYTES) -> None:
        self.language = language
        descriptor = get_descriptor(sys.stdout)
        self._printer = None if descriptor is None else Printer(descriptor, _log_trouble, most_waiting)

    def announce(self, alert: Alert, form: Literal["text", "json"] = "text") -> None:
        """Print an alert: a line for its title, for source and time, for each passage, and for the address; or one of JSON."""
        if form == "json":
            text = json_line(announced_alert_json(alert)).decode() + "\n"
        else:
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
    word, about = language.text("ALERT"), alert.about
    if isinstance(about, HealthNews):
        kind = click.style(tell_kind(alert.kind, language), bold=True, fg="green" if about.is_over else "yellow")
        yield f"{word} {kind}  {visible(language.tell(about.title))}"
        if reason := tell_reason(about, language):
            yield f"      {reason}"
        if about.url:
            yield f"      {visible(about.url)}"
        return
    topic = click.style(visible(alert.topic), bold=True, fg="yellow")
    if isinstance(about, Surge):
        yield f"{word} {topic}  {visible(language.tell(about.title))}"
        yield f"      {draw_bars(about)}"
        return
    kind = f" ({tell_kind(alert.kind, language)})" if alert.changes else ""
    yield f"{word} {topic}{kind}  {visible(about.title)}"
    yield f"      {visible(about.source)}, {language.moment(about.published_at or about.first_seen_at)}"
    for line in tell_changes(alert.changes):
        yield f"      {line}"
    for line in tell_differences(alert.differences[:_MOST_SHOWN], language):
        yield f"      {line}"
    for hit in alert.matches[:_MOST_SHOWN] if not alert.changes else ():
        yield f"      {visible(hit.term)}: {visible(hit.passage)}"
    yield f"      {visible(about.url)}"


def _log_trouble(reason: str | None, lost: int) -> None:
    import structlog  # every command's help would wait for it

    log = structlog.get_logger("quivive")
    if reason is None:
        log.warning("standard output is written again", alerts_not_printed=lost)
    else:
        log.warning("standard output is gone: alerts are delivered and logged, but no longer printed", reason=reason)
