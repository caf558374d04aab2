"""What `poll` says at its end: what was done on standard output, and on standard error what somebody must look at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from news.wording import Language
from quivive.texts import visible

if TYPE_CHECKING:
    from quivive.reporting import FailedSource
    from quivive.rounds import RoundSummary


def print_summary(summary: RoundSummary, language: Language) -> None:
    """The sources that failed, and the figures."""
    for failed in summary.failures:
        click.echo(_tell_failure(failed, language))
    for label, figures in _figures(summary, language):
        click.echo(f"{label:11} {figures}")


def _figures(summary: RoundSummary, language: Language) -> list[tuple[str, str]]:
    done, text = summary.totals, language.text
    sources = {"polled": done.polled, "unchanged": done.unchanged, "failed": done.failed}
    articles = {"new": done.articles_new, "revised": done.articles_revised, "duplicates": done.duplicates, "failed": done.pages_failed}
    deliveries = {"sent": done.sent, "pending": summary.pending, "dead": done.dead}
    return [
        (text("sources"), text("{polled} polled, {unchanged} unchanged, {failed} failed", **sources)),
        (text("entries"), text("{seen} seen, {new} new", seen=done.entries_seen, new=done.entries_new)),
        (text("articles"), text("{new} new, {revised} revised, {duplicates} duplicates, {failed} pages failed", **articles)),
        (text("alerts"), text("{count} created", count=done.alerts)),
        (text("deliveries"), text("{sent} sent, {pending} pending, {dead} dead", **deliveries)),
        (text("took"), text("{seconds} s", seconds=language.number(round(summary.seconds, 1)))),
    ]


def complain(summary: RoundSummary, language: Language, now: datetime, *, are_failures_said: bool) -> None:
    """Say on standard error which sources failed newly, unless that was said, and for whom messages wait. A calm round says nothing there.

    So `quivive poll >/dev/null` in a crontab sends a mail when something begins to go wrong, and not every quarter of an hour.
    """
    if not are_failures_said:
        for failed in summary.failures:
            if failed.is_new:
                click.echo(_tell_failure(failed, language), err=True)
    for channel in summary.undelivered:
        waiting = language.plural(
            "NOT DELIVERED: {count} message waits for the channel {channel}: {reason}",
            "NOT DELIVERED: {count} messages wait for the channel {channel}: {reason}",
            channel.deliveries,
            channel=visible(channel.channel),
            reason=visible(language.tell(channel.reason)),
        )
        click.echo(waiting, err=True)
        if channel.next_attempt_at is not None:
            moment = language.short_moment(channel.next_attempt_at, now)
            click.echo("  " + language.text("tried again {moment}; `quivive alerts --status pending` lists them", moment=moment), err=True)
    if summary.totals.dead:
        given_up = language.plural(
            "GIVEN UP: {count} message; `quivive alerts --status dead` tells why",
            "GIVEN UP: {count} messages; `quivive alerts --status dead` tells why",
            summary.totals.dead,
        )
        click.echo(given_up, err=True)


def _tell_failure(failed: FailedSource, language: Language) -> str:
    source, message = visible(failed.name), visible(language.tell(failed.problem.message))
    return language.text("FAILED {source}: {code}: {message}", source=source, code=failed.problem.code, message=message)
