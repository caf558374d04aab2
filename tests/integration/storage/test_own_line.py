"""Our own line, in the archive: what its outage does to sources, pages and the schedule, over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from news.alerts import AlertKind, AttemptResult, DeliveryStatus
from news.sources import PageOutcome, PollKind, PollOutcome, Problem
from storage import AlertRequest
from tests.desk import OTAN, A, B, C, Desk, entry

BUSY = Problem("http_503", "The site is overloaded or under maintenance: nothing if it passes.")
MINUTE = timedelta(minutes=1)
D = "https://d.example/feed"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Four sources on four hosts, all of them well."""
    with Desk(tmp_path / "archive.db") as running:
        running.follow(OTAN, health_notify=("hook",))
        running.watch(A, B, C, D)
        for url in (A, B, C, D):
            running.poll(url, entry("Un", f"{url}/1"))
        yield running


def told(desk: Desk) -> list[str]:
    alerts = desk.archive.report_alerts(AlertRequest(kind=AlertKind.HEALTH)).alerts
    return [f"{one.health.event} {one.health.after}" for one in reversed(alerts) if one.health]


def statuses(desk: Desk) -> list[str]:
    return [one["status"] for one in sorted(desk.sources(), key=lambda one: one["url"])]


def cut_off(desk: Desk, *urls: str) -> None:
    for url in urls or (A, B, C):
        desk.fail_poll(url)


def due(desk: Desk, at: timedelta = timedelta()) -> list[str]:
    return [one.url for one in desk.archive.due_sources(desk.now + at, 99)]


def test_when_several_hosts_cannot_be_reached_at_once_nothing_is_counted_against_their_sources(desk: Desk) -> None:
    cut_off(desk, A, B)
    assert (statuses(desk), told(desk)) == (["failing", "failing", "ok", "ok"], [])
    (alert,) = desk.fail_poll(C).alerts
    assert (alert.subject.text, told(desk)) == ("line:own", ["line down"])
    assert statuses(desk) == ["unreachable"] * 4
    assert [one["consecutive_failures"] for one in desk.sources()] == [0] * 4
    assert desk.rows("SELECT count(*) FROM sources WHERE status = 'unreachable'")[0][0] == 3
    desk.fail_poll(D)
    desk.fail_poll(A)
    assert [one["consecutive_failures"] for one in desk.sources()] == [0] * 4
    assert (desk.rows("SELECT count(*) FROM sources WHERE status = 'unreachable'")[0][0], told(desk)) == (4, ["line down"])


def test_what_the_site_answers_is_no_proof(desk: Desk) -> None:
    for url in (A, B, C, D):
        desk.fail_poll(url, BUSY)
    assert (statuses(desk), told(desk)) == (["failing"] * 4, [])


def ask(desk: Desk, *, answers: bool = False) -> str:
    """Poll the only source that is due."""
    (probe,) = desk.archive.due_sources(desk.now, 99)
    assert desk.archive.due_sources(desk.now, 99, [probe.source_id]) == []
    if answers:
        desk.poll(probe.url, entry("Un", f"{probe.url}/1"))
    else:
        desk.fail_poll(probe.url)
    return probe.url


def test_while_it_is_down_one_source_at_a_time_is_asked_each_in_turn(desk: Desk) -> None:
    cut_off(desk)
    assert due(desk, timedelta(seconds=10)) == []
    asked = []
    for _ in range(5):
        desk.tick(desk.now + 15 * MINUTE)
        asked.append(ask(desk))
        if len(asked) == 1:
            assert ask(desk) == D, "after a probe that was not answered, one of those that were not cut off"
        assert due(desk) == []
    assert asked == [A, B, C, A, D]
    assert told(desk) == ["line down"]


def test_a_source_that_answers_all_the_while_is_polled_as_usual(desk: Desk) -> None:
    """Those that cannot be reached may be at one provider, and gone for good."""
    cut_off(desk)
    desk.tick(desk.now + 15 * MINUTE)
    assert [ask(desk), ask(desk, answers=True)] == [A, D]
    assert statuses(desk) == ["unreachable"] * 3 + ["ok"]
    assert due(desk) == []
    desk.tick(desk.now + 15 * MINUTE)
    assert due(desk) == [D, B]
    desk.poll(D, entry("Un", f"{D}/1"))
    desk.tick(desk.now + 6 * 60 * MINUTE)
    desk.poll(D, entry("Un", f"{D}/1"))
    assert (told(desk), statuses(desk)) == (["line down", "line ok"], ["failing"] * 3 + ["ok"])


def test_a_source_that_answers_is_due_once_and_is_no_witness_again(desk: Desk) -> None:
    cut_off(desk)
    desk.tick(desk.now + 15 * MINUTE)
    assert [ask(desk), ask(desk, answers=True)] == [A, D]
    desk.tick(desk.now + 45 * MINUTE)
    assert due(desk) == [D, B]
    desk.fail_poll(B)
    assert due(desk) == [D]


def test_a_source_that_was_failing_before_is_a_witness_every_half_hour(desk: Desk) -> None:
    more = "https://e.example/feed"
    desk.watch(more, interval=5 * MINUTE)
    desk.fail_poll(more)
    desk.tick(desk.now + 40 * MINUTE)
    for url in (A, B, C, D):
        desk.poll(url, entry("Un", f"{url}/1"))
    cut_off(desk, A, B, C, D)
    found_at = desk.now
    desk.fail_poll(A, at=found_at + 3 * MINUTE)
    assert due(desk) == [more]
    desk.fail_poll(more, at=found_at + 4 * MINUTE)
    assert desk.rows("SELECT status FROM sources WHERE url = ?", more) == [("failing",)]
    desk.fail_poll(B, at=found_at + 33 * MINUTE)
    assert due(desk) == []
    desk.fail_poll(C, at=found_at + 35 * MINUTE)
    assert ask(desk) == more


def test_while_one_that_was_never_asked_is_in_hand_no_other_is_asked(desk: Desk) -> None:
    more = "https://e.example/feed"
    cut_off(desk)
    desk.watch(more)
    desk.fail_poll(A, at=desk.now + 15 * MINUTE)
    assert ask(desk) == more


def test_if_it_was_not_the_line_since_others_answer_what_cannot_be_reached_is_failing_and_not_taken_for_the_line_again(desk: Desk) -> None:
    began, more = desk.now + 2 * MINUTE, "https://e.example/feed"
    desk.watch(more)
    desk.poll(more, entry("Un", f"{more}/1"))
    cut_off(desk)
    desk.tick(desk.now + 15 * MINUTE)
    assert [ask(desk), ask(desk, answers=True), ask(desk, answers=True)] == [A, D, more]
    assert (told(desk), statuses(desk)) == (["line down", "line ok"], ["failing"] * 3 + ["ok"] * 2)
    assert due(desk) == []
    desk.tick(began + 32 * MINUTE)
    assert sorted(due(desk))[:3] == [A, B, C]
    cut_off(desk)
    assert told(desk) == ["line down", "line ok"]
    cut_off(desk)
    assert told(desk) == ["line down", "line ok", *["state failing"] * 3]
    assert {one["status_since"] for one in desk.sources() if one["status"] == "failing"} == {f"{began + MINUTE:%Y-%m-%dT%H:%M:%SZ}"}


@pytest.mark.parametrize("cut_off_before", [0, 1, 2])
def test_what_was_on_its_way_when_it_was_found_is_no_witness(desk: Desk, cut_off_before: int) -> None:
    more = "https://e.example/feed"
    desk.watch(more)
    for number, url in enumerate((A, B, C)):
        if number == cut_off_before:
            before = desk.now + MINUTE / 2
        cut_off(desk, url)
    for url in (D, more):
        source, now = desk.source(url), desk.tick()
        outcome = PollOutcome(source.source_id, url, before, 0.1, PollKind.UNCHANGED, 304)
        desk.archive.record_poll(outcome, now).result()
    assert told(desk) == ["line down"]


def test_when_a_probe_is_answered_all_are_due_at_once_and_it_is_told_from_when_to_when(desk: Desk) -> None:
    began = desk.now + MINUTE
    cut_off(desk)
    desk.reopen()
    desk.tick(desk.now + timedelta(hours=8))
    tally = desk.poll(B, entry("Un", f"{B}/1"))
    (alert,) = tally.alerts
    assert (alert.about.since, alert.about.until, told(desk)) == (began, desk.now, ["line down", "line ok"])  # type: ignore[union-attr]
    assert sorted(due(desk)) == [A, C, D]
    assert statuses(desk) == ["unreachable", "ok", "unreachable", "ok"]
    for url in (A, C, D):
        desk.poll(url, entry("Un", f"{url}/1"))
    assert (statuses(desk), told(desk)) == (["ok"] * 4, ["line down", "line ok"])


def test_an_answer_that_is_a_refusal_shows_too_that_the_line_is_back(desk: Desk) -> None:
    cut_off(desk)
    desk.fail_poll(A, BUSY)
    assert (told(desk), statuses(desk)[0]) == (["line down", "line ok"], "failing")


def test_what_answers_all_the_time_shows_nothing(desk: Desk) -> None:
    cut_off(desk)
    desk.poll(D, entry("Un", f"{D}/1"))
    assert (told(desk), statuses(desk)) == (["line down"], ["unreachable"] * 3 + ["ok"])


def test_if_no_source_is_left_that_was_cut_off_any_answer_ends_it(desk: Desk) -> None:
    cut_off(desk)
    desk.specs[:] = [spec for spec in desk.specs if spec.url == D]
    desk.sync()
    desk.tick(desk.now + 10 * MINUTE)
    assert due(desk) == [D]
    desk.poll(D, entry("Un", f"{D}/1"))
    assert told(desk) == ["line down", "line ok"]


def test_a_source_that_was_failing_before_is_no_proof_and_keeps_its_failures(desk: Desk) -> None:
    for _ in range(4):
        desk.fail_poll(D, at=desk.now + 20 * MINUTE)
    for url in (A, B, C):
        desk.poll(url, entry("Un", f"{url}/1"))
    cut_off(desk, A, B)
    desk.fail_poll(D)
    assert told(desk) == ["state failing"]
    desk.fail_poll(C)
    assert told(desk) == ["state failing", "line down"]
    desk.fail_poll(D)
    report = {one["url"]: one for one in desk.sources()}[D]
    assert (report["status"], report["consecutive_failures"]) == ("failing", 5)


def test_no_page_is_fetched_meanwhile_and_none_counted_as_failed(desk: Desk) -> None:
    desk.watch("https://e.example/feed", mode="page")
    page = desk.poll("https://e.example/feed", entry("Deux", "https://e.example/2")).pages[0]
    cut_off(desk)
    assert desk.archive.due_pages(desk.now, 9) == []
    now = desk.tick()
    outcome = PageOutcome(page.entry_id, page.source_id, page.url, now, 0.1, problem=Problem("dns", "x"))
    desk.archive.record_page(outcome, now).result()
    assert desk.rows("SELECT count(*) FROM articles WHERE title = 'Deux'") == [(1,)]
    desk.poll(A, entry("Un", f"{A}/1"))
    assert [one.url for one in desk.archive.due_pages(desk.now, 9)] == [page.url]
    assert desk.rows("SELECT page_attempts FROM entries WHERE link = ?", "https://e.example/2")[0][0] == 0


def test_nothing_is_overdue_while_all_wait_for_the_line_and_that_is_said(desk: Desk) -> None:
    began = desk.now + MINUTE
    cut_off(desk)
    status = desk.archive.report_status(desk.now + timedelta(days=1))
    assert (status.care.overdue, status.contents.overdue, status.line_down_since) == ((), timedelta(), began)
    assert status.contents.sources.unreachable == 4
    desk.poll(A, entry("Un", f"{A}/1"))
    status = desk.archive.report_status(desk.now + timedelta(days=1))
    assert (len(status.care.overdue), status.line_down_since) == (4, None)


def test_a_start_without_a_line_finds_it_out_by_its_first_polls(desk: Desk) -> None:
    desk.reopen()
    desk.tick(desk.now + timedelta(days=1))
    cut_off(desk)
    assert told(desk) == ["line down"]


def test_messages_that_could_not_be_sent_meanwhile_are_tried_again_at_once(desk: Desk) -> None:
    desk.poll(D, entry("L’OTAN", f"{D}/2"))
    cut_off(desk)
    desk.seal("hook")
    early, late = desk.archive.due_messages("hook", desk.now, 9, ())
    for bundle, at in ((early, desk.now - 10 * MINUTE), (late, desk.tick())):
        result = AttemptResult(bundle.bundle_id, bundle.delivery_ids, at, DeliveryStatus.PENDING, desk.now + 60 * MINUTE, "no route")
        desk.archive.record_attempts([result]).result()
    assert desk.archive.due_messages("hook", desk.now, 9, ()) == []
    desk.poll(A, entry("Un", f"{A}/1"))
    assert [one.bundle_id for one in desk.archive.due_messages("hook", desk.now, 9, ())] == [late.bundle_id]
