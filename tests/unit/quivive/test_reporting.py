"""What the log says: a change once, by its name; what goes on as before is for `debug`."""

from datetime import UTC, datetime

import pytest

from news.alerts import AttemptResult, DeliveryStatus
from news.answers import AlertCounts, ArticleCounts, Contents, DeliveryCounts, PageCounts, SourceCounts
from news.repairing import RepairState
from news.sources import PageOutcome, PollKind, PollOutcome, Problem, RepairOutcome, RepairWay
from quivive.cli.loudness import level_of_poll, level_of_run
from quivive.reporting import Line, failure_of, hourly_line, line_of_page, lines_of_attempt, lines_of_poll, lines_of_repair
from quivive.totals import Totals
from storage import Tally
from storage.recording.watch import SourceBefore

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
URL = "https://journal.example/feed"
TIMEOUT, MISSING = Problem("timeout", "It took too long."), Problem("http_404", "Nothing is there.")


def poll(problem: Problem | None = None, kind: PollKind = PollKind.UNCHANGED) -> PollOutcome:
    return PollOutcome(1, URL, NOW, 0.1, PollKind.FAILED if problem else kind, problem=problem)


def told(problem: Problem | None, before: str | None, **counts: int) -> list[tuple[str, str]]:
    """Level and event of each line on a poll that met `problem`, after one that met `before`."""
    tally = Tally(source_before=SourceBefore("Journal", before), **counts)
    lines = list(lines_of_poll(poll(problem), tally))
    assert all(line.facts["source"] == "Journal" for line in lines)
    assert all("url" not in line.facts for line in lines if line.level != "debug")
    return [(line.level, line.event) for line in lines]


def test_a_poll_that_brought_nothing_is_for_debug():
    assert told(None, None) == [("debug", "poll")]


def test_a_poll_that_brought_something_is_told():
    assert told(None, None, entries_new=3) == [("info", "poll")]


def test_a_source_that_begins_to_fail_is_told_once():
    assert told(TIMEOUT, None) == [("warning", "source is failing"), ("debug", "poll")]
    assert told(TIMEOUT, "timeout") == [("debug", "poll")]


def test_a_source_that_fails_for_another_reason_is_told_again():
    assert told(MISSING, "timeout") == [("warning", "source is failing"), ("debug", "poll")]


def test_a_source_that_recovers_is_told_once():
    assert told(None, "timeout") == [("info", "source is well again"), ("debug", "poll")]


def test_a_failure_is_new_if_the_poll_before_met_no_problem_or_another():
    new = [
        failure_of(poll(TIMEOUT), Tally(source_before=SourceBefore("Journal", before))).is_new for before in (None, "http_404", "timeout")
    ]
    assert new == [True, True, False]
    assert failure_of(poll(), Tally()) is None


def test_a_page_is_told_only_if_it_brought_something():
    outcome = PageOutcome(7, 1, "https://journal.example/a", NOW, 0.1, problem=MISSING)
    assert line_of_page(outcome, Tally(), "Journal").level == "debug"
    assert line_of_page(outcome, Tally(articles_new=1), "Journal").level == "info"


def attempt(status: DeliveryStatus, error: str | None = None) -> AttemptResult:
    again = NOW if status is DeliveryStatus.PENDING else None
    return AttemptResult("b1", ("d1",), NOW, status, again, error)


@pytest.mark.parametrize(
    ("result", "failing", "lines"),
    [
        (attempt(DeliveryStatus.SENT), None, [("info", "delivery")]),
        (attempt(DeliveryStatus.SENT), "refused", [("info", "channel works again"), ("info", "delivery")]),
        (attempt(DeliveryStatus.SENT, "one of two has it"), None, [("error", "delivery")]),
        (attempt(DeliveryStatus.PENDING, "refused"), None, [("warning", "delivery waits")]),
        (attempt(DeliveryStatus.PENDING, "refused"), "refused", [("debug", "delivery waits")]),
        (attempt(DeliveryStatus.PENDING, "timeout"), "refused", [("warning", "delivery waits")]),
        (attempt(DeliveryStatus.DEAD, "gone"), "gone", [("warning", "delivery given up")]),
    ],
)
def test_a_channel_that_fails_is_told_when_it_begins_and_when_it_ends(result, failing, lines):
    assert [(line.level, line.event) for line in lines_of_attempt("hook", result, failing)] == lines


def contents(failing: int = 0, pending: int = 0) -> Contents:
    return Contents(
        sources=SourceCounts(total=9, new=0, ok=9 - failing, failing=failing),
        overdue=NOW - NOW,
        last_poll_at=NOW,
        articles=ArticleCounts(total=100, last_24h=10, revisions=0, sightings=100),
        gaps=(),
        pages=PageCounts(due=0, given_up=0),
        alerts=AlertCounts(total=1, last_24h=0),
        deliveries=DeliveryCounts(pending=pending, held=0, sent=1, dead=5),
        rebuilding=None,
    )


def test_the_hourly_line_says_that_all_is_well_with_the_figures_of_the_hour():
    done = Totals(polled=50, articles_new=7, alerts=2, sent=2).since(Totals(polled=14, articles_new=3))
    figures = {"sources": 9, "failing": 0, "polls": 36, "articles": 4, "alerts": 2, "sent": 2, "waiting": 1}
    assert hourly_line(done, contents(pending=1), 0) == Line("info", "all is well", figures)


@pytest.mark.parametrize(("done", "failing", "undelivered"), [(Totals(), 1, 0), (Totals(), 0, 1), (Totals(dead=1), 0, 0)])
def test_the_hourly_line_says_where_to_look_if_something_is_amiss(done, failing, undelivered):
    assert hourly_line(done, contents(failing), undelivered).event == "at work; `quivive status` tells what needs care"


def test_quiet_and_verbose_change_the_level():
    assert [level_of_run(level, quiet=True, verbose=False) for level in ("debug", "info", "error")] == ["warning", "warning", "error"]
    assert level_of_run("warning", quiet=False, verbose=True) == "debug"
    assert level_of_run("info", quiet=False, verbose=False) == "info"


def test_a_poll_logs_nothing_that_its_summary_says():
    assert level_of_poll("info", verbose=False) == "error"
    assert [level_of_poll(level, verbose=True) for level in ("warning", "debug")] == ["info", "debug"]


def looked(problem: Problem | None = None, **tally: object) -> list[tuple[str, str, object]]:
    """Level, event and the state told of each line on a place that was read for what was missed."""
    outcome = RepairOutcome(1, 1, RepairWay.PAGED, f"{URL}?paged=2", NOW, 0.1, 200, problem=problem)
    lines = list(lines_of_repair(outcome, Tally(**tally), "Journal"))  # type: ignore[arg-type]
    assert all(line.facts["source"] == "Journal" for line in lines)
    return [(line.level, line.event, line.facts.get("filled")) for line in lines]


def test_a_place_that_brought_what_was_missed_is_told_and_another_is_for_debug():
    assert looked(entries_new=3) == [("info", "looked for what was missed", None)]
    assert looked() == looked(MISSING) == [("debug", "looked for what was missed", None)]


def test_what_became_of_a_gap_is_told_once_it_is_decided():
    assert looked(gap_became=RepairState.REPAIRED)[1:] == [("info", "gap is filled", None)]
    assert looked(gap_became=RepairState.PARTLY)[1:] == [("warning", "gap could not be filled", "partly")]
    assert looked(gap_became=RepairState.GIVEN_UP)[1:] == [("warning", "gap could not be filled", "given_up")]
