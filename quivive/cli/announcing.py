"""Telling of a new alert on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from zoneinfo import ZoneInfo

import click

from news.alerts import Alert
from quivive.texts import visible


def announcer(timezone: ZoneInfo) -> Callable[[Alert], None]:
    """A function that prints an alert on standard output: one line for the article, one for each passage, one for the address."""

    def announce(alert: Alert) -> None:
        moment = (alert.article.published_at or alert.article.first_seen_at).astimezone(timezone).strftime("%Y-%m-%d %H:%M")
        topic = click.style(visible(alert.topic), bold=True, fg="yellow")
        click.echo(f"ALERT {topic}  {visible(alert.article.title)}  ({visible(alert.article.source)}, {moment})")
        for hit in alert.matches[:3]:
            click.echo(f"      {visible(hit.term)}: {visible(hit.passage)}")
        click.echo(f"      {visible(alert.article.url)}")
        sys.stdout.flush()

    return announce


def steadfast(announce: Callable[[Alert], None]) -> Callable[[Alert], None]:
    """For the daemon: `announce` until nobody reads standard output any more, which must not end the watch. Said once, in the log."""
    import structlog  # every command's help would wait for it

    log = structlog.get_logger("quivive")
    is_heard = True

    def announce_if_heard(alert: Alert) -> None:
        nonlocal is_heard
        try:
            if is_heard:
                announce(alert)
        except OSError as error:
            is_heard = False
            log.warning("standard output is gone: alerts are delivered and logged, but no longer printed", reason=error.strerror)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains of it at the end

    return announce_if_heard
