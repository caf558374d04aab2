"""What the archive says of what needs care, and of how fast alerts were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from news.alerts import AttemptResult, DeliveryStatus
from news.care import Care
from news.circuits import CLOSED, Circuit
from storage import ArchiveReader
from storage.file.lock import find_writer
from tests.desk import DAMAGE, DOWN, NOW, OTAN, A, B, C, Desk, entry

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db", [OTAN]) as desk:
        desk.watch(A, name="Le Journal")
        desk.watch(B, name="L’Écho")
        yield desk


def care(desk: Desk, **later: int) -> Care:
    return desk.archive.report_status(desk.now + timedelta(**later)).care


def settle(desk: Desk, status: DeliveryStatus, answer: str | None = None) -> None:
    for bundle in desk.due(desk.now + HOUR):
        again = desk.now + HOUR if status is DeliveryStatus.PENDING else None
        desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, desk.now, status, again, answer)]).result()


def test_failing_sources_are_named_with_the_reason_and_since_when(desk: Desk) -> None:
    desk.poll(A, entry("Un", "https://a.example/1"))
    succeeded = desk.now
    desk.fail_poll(A)
    desk.fail_poll(A)
    desk.fail_poll(B)
    told = care(desk).failing
    assert [(one.name, one.since, one.failures, one.problem) for one in told] == [
        ("L’Écho", None, 1, DOWN),
        ("Le Journal", succeeded, 2, DOWN),
    ]


def test_a_damaged_feed_fails_since_the_poll_that_brought_it(desk: Desk) -> None:
    desk.poll(A, entry("Un", "https://a.example/1"), damage=DAMAGE)
    assert [(one.failures, one.problem) for one in care(desk).failing] == [(0, DAMAGE)]


def test_a_source_that_brings_nothing_for_days_is_silent_and_one_that_fails_is_not(desk: Desk) -> None:
    for day in range(12):
        for url in (A, B):
            at = NOW + timedelta(days=day)
            desk.poll(url, entry(f"Un {day} {url}", f"{url}/{day}", published_at=at), at=at)
    last = desk.now
    old = entry(f"Un 11 {A}", f"{A}/11", published_at=last)
    desk.poll(A, old, at=last + timedelta(days=2))
    assert care(desk).silent == ()
    assert care(desk, days=20).silent == ()  # it was not polled meanwhile: that is no silence
    desk.fail_poll(B, at=last + timedelta(days=20))
    desk.poll(A, old, at=last + timedelta(days=20))
    (silent,) = care(desk).silent
    assert (silent.name, silent.since) == ("Le Journal", last)
    assert timedelta(hours=20) < silent.usual_pause < timedelta(hours=28)


def test_sources_whose_poll_is_long_overdue_are_named_the_longest_first(desk: Desk) -> None:
    desk.poll(A)
    desk.poll(B)
    assert care(desk, minutes=40).overdue == ()
    assert [one.name for one in care(desk, hours=2).overdue] == ["Le Journal", "L’Écho"]


def test_waiting_and_dead_deliveries_are_told_by_channel_with_the_latest_reason(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN", "https://a.example/1"))
    assert care(desk).channels == ()  # it waits for its first attempt: nothing is wrong
    settle(desk, DeliveryStatus.PENDING, "503 busy")
    (waiting,) = care(desk).channels
    assert (waiting.channel, waiting.waiting, waiting.dead, waiting.reason) == ("hook", 1, 0, "503 busy")
    desk.tick(desk.now + HOUR)
    settle(desk, DeliveryStatus.DEAD, "410 Gone")
    (dead,) = care(desk).channels
    assert (dead.waiting, dead.dead, dead.reason) == (0, 1, "410 Gone")
    assert care(desk, days=8).channels == ()  # who has left it dead for a week means it


def test_a_channel_that_is_left_alone_is_told_with_all_that_waits_for_it(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN", "https://a.example/1"))
    until = desk.now + HOUR
    desk.archive.note_circuit("hook", Circuit(pauses=1, since=desk.now, until=until, reason="503 busy")).result()
    (told,) = care(desk).channels
    assert (told.waiting, told.reason, told.left_alone_until) == (1, "503 busy", until)
    (waiting,) = desk.archive.report_undelivered()
    assert (waiting.deliveries, waiting.reason) == (1, "503 busy")
    (delivery,) = desk.archive.report_alerts().alerts[0].deliveries
    assert delivery.last_error == "503 busy"
    desk.archive.note_circuit("hook", CLOSED).result()
    assert care(desk).channels == ()


def test_delays_are_told_for_all_sources_and_for_each(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN un", "https://a.example/1", published_at=NOW), at=NOW + timedelta(seconds=41))
    desk.poll(B, entry("L’OTAN deux", "https://b.example/2", published_at=NOW), at=NOW + timedelta(minutes=20))
    desk.poll(B, entry("L’OTAN trois", "https://b.example/3", published_at=None), at=NOW + timedelta(minutes=21))
    told = care(desk).delays
    assert [(one.source, one.alerts, one.median.total_seconds(), one.slow.total_seconds()) for one in told] == [
        (None, 2, 41, 1200),
        ("L’Écho", 1, 1200, 1200),
        ("Le Journal", 1, 41, 41),
    ]
    assert care(desk, days=8).delays == ()


def test_what_was_never_revised_counts_no_revision(desk: Desk) -> None:
    one, text = "https://a.example/1", "La rédaction suit ce dossier."
    desk.poll(A, *(entry(f"Titre {number}", f"https://a.example/{number}") for number in range(5)))
    desk.poll(B, entry("Autrement dit", one, summary="Un autre résumé."))  # another source's words are no revision
    assert desk.status()["articles"]["revisions"] == 0
    desk.poll(A, entry("Titre 1 corrigé", one, content=text))
    assert desk.status()["articles"]["revisions"] == 1


def test_the_sizes_are_those_of_the_files(desk: Desk) -> None:
    desk.poll(A, entry("Un", "https://a.example/1"))
    status = desk.status()
    log = desk.path.with_name("archive.db-wal").stat().st_size
    assert log > 0
    assert (status["log_bytes"], status["bytes"]) == (log, desk.path.stat().st_size + log)


def test_the_last_sign_of_life_is_told_while_the_daemon_has_the_archive(desk: Desk) -> None:
    assert desk.status()["alive_at"] is None
    desk.archive.note_life(NOW)
    assert desk.status()["alive_at"] == "2025-02-10T12:00:00Z"
    writer = find_writer(desk.path)
    assert writer is not None
    assert writer.waiting_since is None
    desk.watch(C)
    desk.archive.close()
    assert ArchiveReader(desk.path).report_status(NOW).alive_at is None
