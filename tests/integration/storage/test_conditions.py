"""How each source is doing, kept in the archive: what polls make of it, what is told, and over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.alerts import AlertKind
from news.health import EMPTY_BEFORE_FAILING, GONE_FIRST
from news.moving import POLLS_BEFORE_ADOPTING
from news.sources import PollKind, PollOutcome, Problem
from quivive.cli.json_answers import alert_json
from storage import AlertRequest
from tests.desk import NOW, OTAN, A, B, Desk, entry

NEW = "https://new.example/feed"
MISSING = Problem("http_410", "What was at this URL is gone for good: remove the source, or use its new URL.")
DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db") as running:
        running.follow(OTAN, health_notify=("hook",))
        running.watch(A, name="Le Journal")
        running.poll(A, entry("Un", "https://a.example/1"))
        yield running


def told(desk: Desk) -> list[tuple[str, str]]:
    alerts = [alert_json(one)["health"] for one in reversed(desk.archive.report_alerts(AlertRequest(kind=AlertKind.HEALTH)).alerts)]
    return [(one["before"], one["after"]) for one in alerts]  # type: ignore[index,call-overload]


def status(desk: Desk, url: str = A) -> str:
    return next(one["status"] for one in desk.sources() if one["url"] == url)


def report(desk: Desk) -> dict[str, Any]:
    return desk.sources()[0]


def moved(desk: Desk, *entries: Any, to: str = NEW) -> None:
    desk.poll(A, *(entries or (entry("Un", "https://a.example/1"),)), moved_to=to, final_url=to)


def test_a_source_that_fails_is_told_once_also_over_restarts_and_its_end_once(desk: Desk) -> None:
    for number in range(5):
        desk.fail_poll(A)
        assert status(desk) == "failing"
        assert told(desk) == ([("ok", "failing")] if number >= 2 else [])
        desk.reopen()
    desk.poll(A, entry("Un", "https://a.example/1"))
    desk.poll(A, entry("Un", "https://a.example/1"))
    assert (status(desk), told(desk)) == ("ok", [("ok", "failing"), ("failing", "ok")])


def test_what_is_told_is_part_of_the_tally_and_goes_to_whom_it_is_to(desk: Desk) -> None:
    desk.fail_poll(A)
    desk.fail_poll(A)
    (alert,) = desk.fail_poll(A).alerts
    assert (alert.kind, alert.subject.text, alert.about.title) == (AlertKind.HEALTH, f"source:{A}", "Le Journal is failing")
    assert [one["channel"] for one in desk.log()[0]["deliveries"]] == ["hook"]


def test_a_source_says_since_when_it_is_as_it_is(desk: Desk) -> None:
    began = report(desk)["status_since"]
    desk.poll(A, entry("Un", "https://a.example/1"))
    assert (report(desk)["status_since"], began) == ("2025-02-10T12:03:00Z", "2025-02-10T12:03:00Z")
    desk.fail_poll(A)
    failed_at = report(desk)["last_polled_at"]
    desk.fail_poll(A)
    assert report(desk)["status_since"] == failed_at


def test_a_source_that_is_well_is_written_once_a_poll(desk: Desk) -> None:
    statements: list[str] = []
    desk.archive._submit(lambda db: db.conn.set_trace_callback(statements.append)).result()
    desk.poll(A, entry("Un", "https://a.example/1"))
    desk.archive._submit(lambda db: db.conn.set_trace_callback(None)).result()
    assert [one for one in statements if one.startswith("UPDATE sources SET status")] == []
    assert [one for one in statements if "rhythms" in one and not one.startswith("SELECT")] == []


def test_a_source_that_is_gone_is_looked_for_daily_then_weekly_and_is_well_again_at_once(desk: Desk) -> None:
    for _ in range(3):
        desk.fail_poll(A, MISSING)
    gone_at = desk.now
    waits = []
    for _ in range(8):
        waits.append(desk.rows("SELECT julianday(next_poll_at) - julianday(last_polled_at) FROM sources")[0][0])
        desk.fail_poll(A, MISSING, at=desk.now + DAY)
    desk.fail_poll(A, MISSING, at=gone_at + GONE_FIRST + DAY)
    waits.append(desk.rows("SELECT julianday(next_poll_at) - julianday(last_polled_at) FROM sources")[0][0])
    assert [round(wait, 3) for wait in (*waits[:7], waits[-1])] == [1.0] * 7 + [7.0]
    assert (status(desk), told(desk)) == ("gone", [("ok", "gone")])
    planned = desk.rows("SELECT next_poll_at FROM sources")
    desk.archive.mend_clock_jumps(desk.now).result()
    assert desk.rows("SELECT next_poll_at FROM sources") == planned
    desk.archive.mend_clock_jumps(desk.now - 30 * DAY).result()
    assert desk.rows("SELECT next_poll_at FROM sources") != planned
    desk.poll(A, entry("Un", "https://a.example/1"))
    assert (status(desk), told(desk), report(desk)["interval_seconds"] <= 12 * 3600) == ("ok", [("ok", "gone"), ("gone", "ok")], True)


def test_a_feed_that_lists_nothing_any_more_fails_after_days_with_that_reason(desk: Desk) -> None:
    desk.poll(A)
    assert (status(desk), report(desk)["last_error"]) == ("ok", None)
    unchanged = desk.archive.record_poll
    for days in (2, 3, 4):
        now = desk.tick(desk.now + DAY) if days else desk.now
        unchanged(PollOutcome(desk.source(A).source_id, A, now, 0.1, PollKind.UNCHANGED, 304), now).result()
    assert EMPTY_BEFORE_FAILING == 3 * DAY
    assert (status(desk), report(desk)["last_error"]["code"], told(desk)) == ("failing", "no_entries", [("ok", "failing")])
    desk.poll(A, entry("Deux", "https://a.example/2"))
    assert (status(desk), report(desk)["last_error"]) == ("ok", None)


def test_a_feed_that_never_listed_anything_is_well(desk: Desk) -> None:
    desk.watch(B)
    for _ in range(4):
        desk.poll(B, at=desk.now + DAY)
    assert status(desk, B) == "ok"


def test_a_permanent_redirect_is_polled_directly_after_some_polls_and_the_source_stays_the_same(desk: Desk) -> None:
    for _ in range(POLLS_BEFORE_ADOPTING - 1):
        moved(desk)
    assert (status(desk), desk.source(A).url, report(desk)["moved_to"]) == ("ok", A, None)
    moved(desk)
    assert (status(desk), desk.source(A).url, report(desk)["moved_to"], told(desk)) == ("moved", NEW, NEW, [("ok", "moved")])
    desk.reopen()
    assert desk.archive.due_sources(desk.now + DAY, 9)[0].url == NEW
    desk.poll(A, entry("Un", "https://a.example/1"), entry("Deux", "https://a.example/2"))
    assert (status(desk), report(desk)["url"], report(desk)["articles"], told(desk)) == ("moved", A, 2, [("ok", "moved")])


def test_a_redirect_to_something_else_is_never_believed(desk: Desk) -> None:
    for number in range(2 * POLLS_BEFORE_ADOPTING):
        moved(desk, entry(f"Parking {number}", f"https://parking.example/{number}"))
    assert (status(desk), desk.source(A).url) == ("ok", A)


def test_if_the_new_address_fails_the_old_one_is_asked_in_turn_and_is_the_source_again_if_it_answers(desk: Desk) -> None:
    for _ in range(POLLS_BEFORE_ADOPTING):
        moved(desk)
    desk.fail_poll(A)
    assert desk.source(A).url == A
    desk.fail_poll(A)
    assert desk.source(A).url == NEW
    desk.fail_poll(A)
    desk.poll(A, entry("Un", "https://a.example/1"))
    assert (status(desk), desk.source(A).url, report(desk)["moved_to"]) == ("ok", A, None)


def test_the_new_address_in_the_configuration_is_the_same_source_with_its_history(desk: Desk) -> None:
    for _ in range(POLLS_BEFORE_ADOPTING):
        moved(desk)
    number = desk.source(A).source_id
    desk.specs.clear()
    desk.watch(NEW, name="Le Journal")
    assert (desk.source(NEW).source_id, report(desk)["url"], report(desk)["status"], report(desk)["articles"]) == (number, NEW, "ok", 1)
    assert len(desk.rows("SELECT * FROM sources")) == 1


def test_a_new_address_beside_the_old_one_is_another_source(desk: Desk) -> None:
    for _ in range(POLLS_BEFORE_ADOPTING):
        moved(desk)
    number = desk.source(A).source_id
    desk.watch(NEW)
    assert sorted(one["url"] for one in desk.sources()) == [A, NEW]
    assert desk.rows("SELECT url FROM sources WHERE id = ?", number) == [(A,)], "its history stays where it was"


def test_a_source_that_moved_is_called_by_its_old_address_as_long_as_that_is_configured(desk: Desk) -> None:
    for _ in range(POLLS_BEFORE_ADOPTING):
        moved(desk)
    desk.sync()
    assert desk.rows("SELECT url FROM sources") == [(A,)]


def test_an_address_that_was_not_believed_yet_is_another_source(desk: Desk) -> None:
    moved(desk)
    desk.specs.clear()
    desk.watch(NEW)
    assert len(desk.rows("SELECT * FROM sources")) == 2


def test_a_source_that_falls_silent_is_told_once_and_its_return_once(desk: Desk) -> None:
    for day in range(1, 13):
        at = NOW + day * DAY
        desk.poll(A, entry(f"Jour {day}", f"https://a.example/{day}", published_at=at), at=at)
    old, last = entry("Jour 12", "https://a.example/12", published_at=desk.now), desk.now
    for days in (2, 20, 21, 22):
        desk.poll(A, old, at=last + days * DAY)
        assert status(desk) == ("ok" if days == 2 else "silent")
        desk.reopen()
    assert told(desk) == [("ok", "silent")]
    desk.poll(A, entry("Retour", "https://a.example/retour", published_at=desk.now), old)
    assert (status(desk), told(desk)) == ("ok", [("ok", "silent"), ("silent", "ok")])
