"""A source whole, for people. Pure."""

from __future__ import annotations

from datetime import timedelta

from news.answers import SourceHealth, SourceStatus
from news.one_thing import GapRecord, PollRecord, WholeSource
from news.sources import PollKind
from quivive.cli.rhythm import show_rhythm
from quivive.cli.sheet import Sheet, View
from quivive.cli.tables import Column, Place, make_table
from quivive.cli.times_for_people import span
from quivive.cli.wording import say, say_count

RHYTHM_DAYS = 28
STATUS_STYLES: dict[SourceStatus, dict[str, object]] = {
    SourceStatus.NEW: {"fg": "yellow"},
    SourceStatus.OK: {"fg": "green"},
    SourceStatus.FAILING: {"fg": "red"},
}


def tell_status(status: SourceStatus) -> str:
    """How a source stands."""
    return {SourceStatus.NEW: say("new"), SourceStatus.OK: say("ok"), SourceStatus.FAILING: say("failing")}[status]


def tell_problem(health: SourceHealth) -> str:
    """Why a source fails, with its code."""
    return f"{health.last_error.code}: {health.last_error.message}" if health.last_error else ""


def show_source(sheet: Sheet, whole: WholeSource) -> None:
    """Everything about a source."""
    _show_head(sheet, whole)
    show_rhythm(sheet, whole.hours, RHYTHM_DAYS)
    if whole.gaps:
        sheet.heading(say("Gaps"))
        for gap in whole.gaps:
            sheet.note(_tell_gap(gap, sheet.view))
    if whole.polls:
        sheet.heading(say("Last polls"))
        sheet.notes(_show_polls(sheet.view, whole))


def _show_head(sheet: Sheet, whole: WholeSource) -> None:
    health, view = whole.health, sheet.view
    sheet.title(health.name)
    sheet.address(health.url)
    sheet.blank()
    sheet.fact(say("status"), tell_status(health.status), **STATUS_STYLES[health.status])
    sheet.fact(say("problem"), tell_problem(health))
    if health.consecutive_failures:
        since = say_count("{count} poll failed", "{count} polls failed one after the other", health.consecutive_failures)
        sheet.fact(say("failures"), since)
    sheet.fact(say("articles"), str(health.articles))
    sheet.fact(say("last entry"), _tell_last_entry(whole, view))
    sheet.fact(say("last poll"), view.time(health.last_polled_at))
    sheet.fact(say("succeeded"), view.time(health.last_success_at))
    if whole.is_configured:
        sheet.fact(say("next poll"), say("{time}, every {span}", time=view.time(health.next_poll_at), span=span(health.interval)))
    else:
        sheet.fact(say("next poll"), say("never: it is no longer in the configuration"))
    sheet.fact(say("tags"), ", ".join(whole.tags))
    sheet.fact(say("added"), view.time(whole.added_at))


def _tell_last_entry(whole: WholeSource, view: View) -> str:
    if whole.last_entry_at is None:
        return say("none so far")
    return say("{time}, {span} ago", time=view.time(whole.last_entry_at), span=span(view.now - whole.last_entry_at))


def _tell_gap(gap: GapRecord, view: View) -> str:
    if gap.from_at is None:
        return say("until {end}: {message}", end=view.time(gap.to_at), message=gap.message)
    return say("{start} to {end}: {message}", start=view.time(gap.from_at), end=view.time(gap.to_at), message=gap.message)


def _show_polls(view: View, whole: WholeSource) -> list[str]:
    columns = [
        Column(say("time")),
        Column(say("answer"), Place.FLEXIBLE),
        Column(say("entries"), right=True),
        Column(say("new"), right=True),
        Column(say("changed"), right=True),
        Column(say("took"), right=True),
        Column(say("size"), Place.WIDE, right=True),
        Column(say("problem"), Place.BENEATH),
    ]
    return list(make_table(view.terminal, columns, [_poll_row(poll, view) for poll in whole.polls]))


def _poll_row(poll: PollRecord, view: View) -> list[str]:
    status = [str(poll.http_status)] if poll.http_status else []
    return [
        view.time(poll.polled_at),
        " ".join([*status, _tell_poll(poll.kind)]),
        str(poll.entries_seen),
        str(poll.entries_new),
        str(poll.entries_changed),
        _tell_seconds(poll.seconds),
        say("{size:.0f} kB", size=poll.body_bytes / 1000),
        f"{poll.problem.code}: {poll.problem.message}" if poll.problem else "",
    ]


def _tell_seconds(seconds: float) -> str:
    return say("{seconds:.1f} s", seconds=seconds) if seconds < 60 else span(timedelta(seconds=seconds))


def _tell_poll(kind: PollKind) -> str:
    return {
        PollKind.UNCHANGED: say("not modified"),
        PollKind.SAME_BODY: say("the same as before"),
        PollKind.PARSED: say("read"),
        PollKind.FAILED: say("failed"),
    }[kind]
