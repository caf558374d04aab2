"""What the log says of polls, pages and deliveries: what changes is told once, by its name; what goes on as before is for `debug`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import structlog

from news.alerts import AlertKind, AttemptResult, DeliveryStatus
from news.answers import Contents
from news.escalating import Escalated
from news.repairing import RepairState
from news.sources import PageOutcome, PollKind, PollOutcome, Problem, RepairOutcome
from quivive.totals import Totals
from storage import Tally

log = structlog.get_logger("quivive")


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the log, with its facts."""

    level: Literal["debug", "info", "warning", "error"]
    event: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FailedSource:
    """A source whose poll failed; `is_new`: the one before it did not, or for another reason."""

    name: str
    url: str
    problem: Problem
    is_new: bool


def failure_of(outcome: PollOutcome, tally: Tally) -> FailedSource | None:
    """What failed, if the poll did."""
    if outcome.problem is None:
        return None
    before = tally.source_before
    is_new = before is None or before.error_code != outcome.problem.code
    return FailedSource(before.name if before else outcome.url, outcome.url, outcome.problem, is_new)


class Reporter:
    """Writes the log of a service. Remembers the names of sources, and which channels fail."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._failing: dict[str, str] = {}

    def report_poll(self, outcome: PollOutcome, tally: Tally) -> None:
        if tally.source_before is not None:
            self._names[outcome.source_id] = tally.source_before.name
        for line in lines_of_poll(outcome, tally):
            _write(line)

    def report_page(self, outcome: PageOutcome, tally: Tally) -> None:
        _write(line_of_page(outcome, tally, self._names.get(outcome.source_id)))

    def report_repair(self, outcome: RepairOutcome, tally: Tally) -> None:
        for line in lines_of_repair(outcome, tally, self._names.get(outcome.source_id)):
            _write(line)

    def report_hour(self, done: Totals, contents: Contents, undelivered: int) -> None:
        _write(hourly_line(done, contents, undelivered))

    def report_escalation(self, one: Escalated) -> None:
        _write(Line("warning", "alert escalated", {"alert": one.alert_id, "channel": one.channel, "to": one.to, "cause": str(one.cause)}))

    def report_attempt(self, channel: str, result: AttemptResult) -> None:
        for line in lines_of_attempt(channel, result, self._failing.get(channel)):
            _write(line)
        if result.status is DeliveryStatus.SENT:
            self._failing.pop(channel, None)
        elif result.error:
            self._failing[channel] = result.error


def _write(line: Line) -> None:
    getattr(log, line.level)(line.event, **line.facts)


def lines_of_poll(outcome: PollOutcome, tally: Tally) -> Iterator[Line]:
    """A source's trouble when it begins or becomes another, its end, what may have been missed, and the poll itself.

    Which poll brought nothing, and which failed like the one before, is for `debug`: a day of 200 sources has 19,000 of them.
    """
    before = tally.source_before
    source = before.name if before else outcome.url
    problem = outcome.problem or (outcome.feed.problem if outcome.feed else None)
    former = before.error_code if before else None
    if problem is not None and problem.code != former and not tally.is_line_down:
        event = "source is failing" if outcome.kind is PollKind.FAILED else "feed is damaged"
        yield Line("warning", event, {"source": source, **_problem(problem)})
    if problem is None and former is not None:
        yield Line("info", "source is well again", {"source": source, "code": former})
    if tally.gap is not None:
        yield Line("warning", "feed has a gap", {"source": source, "message": tally.gap.message})
    if tally.entries_silent:
        yield Line("info", "first poll: archived without alerting", {"source": source, "entries": tally.entries_silent})
    told = _counts(tally)
    facts: dict[str, object] = {"source": source, "kind": str(outcome.kind), "status": outcome.http_status, **told}
    yield Line("info" if told else "debug", "poll", facts if told else {**facts, "url": outcome.url, **_problem(problem)})


def line_of_page(outcome: PageOutcome, tally: Tally, source: str | None) -> Line:
    """An article's page. What could not be had is in `quivive status`, with its reason."""
    told = _counts(tally)
    named = {"source": source} if source else {}
    facts: dict[str, object] = {**named, "url": outcome.url, "status": outcome.http_status, **told, **_problem(outcome.problem)}
    return Line("info" if told else "debug", "page", facts)


def lines_of_repair(outcome: RepairOutcome, tally: Tally, source: str | None) -> Iterator[Line]:
    """A place that was read for what was missed, and what became of the gap, once that is decided."""
    told = _counts(tally)
    named: dict[str, object] = {"source": source} if source else {}
    facts: dict[str, object] = {**named, "way": str(outcome.way), "url": outcome.url, "status": outcome.http_status, **told}
    yield Line("info" if told else "debug", "looked for what was missed", {**facts, **_problem(outcome.problem)})
    if tally.gap_became is RepairState.REPAIRED:
        yield Line("info", "gap is filled", named)
    elif tally.gap_became is not None:
        yield Line("warning", "gap could not be filled", {**named, "filled": str(tally.gap_became)})


def lines_of_attempt(channel: str, result: AttemptResult, failing: str | None) -> Iterator[Line]:
    """A message that was sent or given up; of those that wait, the first on which the channel failed, or failed for another reason.

    `failing`: what the channel's last message met, if it was not sent.
    """
    facts: dict[str, object] = {"channel": channel, "id": result.bundle_id, "status": str(result.status), "error": result.error}
    if result.status is DeliveryStatus.SENT:
        if failing is not None:
            yield Line("info", "channel works again", {"channel": channel})
        # Somebody was refused for good, and will be each time: `poll` says it too, which logs only what must be seen.
        yield Line("error" if result.error else "info", "delivery", facts)
    elif result.status is DeliveryStatus.DEAD:
        yield Line("warning", "delivery given up", facts)
    else:
        again = result.next_attempt_at.isoformat(timespec="seconds") if result.next_attempt_at else None
        yield Line("debug" if result.error == failing else "warning", "delivery waits", {**facts, "next_attempt_at": again})


def hourly_line(done: Totals, contents: Contents, undelivered: int) -> Line:
    """That the watch goes on, with the figures of the last hour; so nobody must wonder at a log that is calm."""
    is_well = not (contents.sources.in_trouble or undelivered or done.dead)
    facts: dict[str, object] = {
        "sources": contents.sources.total,
        "failing": contents.sources.in_trouble,
        "polls": done.polled,
        "articles": done.articles_new,
        "alerts": done.alerts,
        "sent": done.sent,
        "waiting": contents.deliveries.pending,
    }
    return Line("info", "all is well" if is_well else "at work; `quivive status` tells what needs care", facts)


def _counts(tally: Tally) -> dict[str, object]:
    counts = {
        "new_entries": tally.entries_new,
        "new_articles": tally.articles_new,
        "revised": tally.articles_revised,
        "duplicates": tally.duplicates,
        "alerts": sum(alert.kind is not AlertKind.HEALTH for alert in tally.alerts),  # these are told by lines of their own
    }
    return {name: count for name, count in counts.items() if count}


def _problem(problem: Problem | None) -> dict[str, object]:
    return {"code": problem.code, "message": problem.message} if problem else {}
