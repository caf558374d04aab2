"""Retention, the poll log, the version of the index; copies and exports."""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from news.alerts import AttemptResult, DeliveryStatus
from news.errors import ArchiveError, ArchiveMissing
from news.plans import Policy
from news.query import parse_query
from news.schedules import parse_schedule
from news.sources import Problem
from news.topics import Topic
from storage import ArchiveReader, SearchRequest, backup, stream_backup
from storage.file.connection import LARGEST_JOURNAL_BYTES
from storage.file.database import Database
from storage.file.times import to_text
from storage.recording import tidying
from tests.desk import DOWN, NOW, OTAN, QUARTER, A, B, Desk, entry, prose

ONE, TWO = "https://a.example/1", "https://a.example/2"
OLD = NOW - timedelta(days=500)
BEFORE = NOW - timedelta(days=400)


def forget(desk: Desk) -> int:
    """Delete what is old, as if it had come on the day of its date."""
    desk.archive._db.conn.execute("UPDATE articles SET first_seen_at = time WHERE time < ?", (to_text(BEFORE),))
    return desk.archive.forget_articles(BEFORE, desk.tick()).result()


def test_an_old_article_that_has_just_come_stays(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN jadis", ONE, published_at=OLD))
    deliver(desk)
    assert (desk.archive.forget_articles(BEFORE, desk.tick()).result(), desk.found("OTAN")) == (0, ["L’OTAN jadis"])
    assert desk.archive.forget_articles(desk.now + timedelta(days=1), desk.tick()).result() == 1


def test_an_article_announced_for_later_is_kept_from_that_day_on(desk: Desk) -> None:
    desk.follow()
    desk.watch(A)
    desk.poll(A, entry("Un sommet l’an prochain", ONE, published_at=NOW + timedelta(days=300)))
    forgotten = [desk.archive.forget_articles(NOW + timedelta(days=days), desk.tick()).result() for days in (299, 301)]
    assert forgotten == [0, 1]


def deliver(desk: Desk) -> None:
    for bundle in desk.due():
        desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, desk.tick(), DeliveryStatus.SENT)]).result()


def test_an_article_older_than_the_retention_loses_its_text_and_is_found_no_more(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN jadis", ONE, content=prose("jadis"), published_at=OLD), entry("L’OTAN", TWO, content=prose("naguère")))
    deliver(desk)
    assert (forget(desk), forget(desk)) == (1, 0)
    assert (desk.found("OTAN"), desk.found("jadis"), [one["title"] for one in desk.articles()]) == (["L’OTAN"], [], ["L’OTAN"])
    assert desk.archive.count_articles() == 1
    stored = [*desk.rows("SELECT text FROM revisions"), *desk.rows("SELECT content FROM entries"), *desk.rows("SELECT hits FROM matches")]
    assert not any("jadis" in (text or "") for (text,) in stored)


def test_a_deleted_article_leaves_its_url_hash_sightings_and_alerts_behind(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN jadis", ONE, content=prose("jadis"), published_at=OLD))
    deliver(desk)
    before = desk.rows("SELECT text_hash FROM revisions")
    forget(desk)
    assert (desk.rows("SELECT url FROM articles"), desk.rows("SELECT text_hash FROM revisions")) == ([(ONE,)], before)
    assert (desk.alerts(), desk.rows("SELECT count(*) FROM sightings")) == ([("OTAN", "new")], [(1,)])
    assert [one["status"] for one in desk.log()[0]["deliveries"]] == ["sent"]


def test_a_deleted_article_is_not_new_again_by_its_entry_its_url_or_its_text(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN jadis", ONE, content=prose("jadis"), published_at=OLD))
    deliver(desk)
    forget(desk)
    again = [
        desk.poll(A, entry("L’OTAN jadis", ONE, content=prose("jadis"), published_at=OLD)),
        desk.poll(A, entry("L’OTAN jadis", ONE, content=prose("jadis, revu"), published_at=OLD)),
        desk.poll(B, entry("L’OTAN jadis", ONE, content="autre", published_at=OLD)),
        desk.poll(B, entry("Reprise", "https://b.example/1", content=prose("jadis"), published_at=OLD)),
    ]
    assert [(tally.articles_new, tally.articles_revised, tally.alerts) for tally in again] == [(0, 0, [])] * 4
    assert (len(desk.alerts()), desk.found("OTAN")) == (1, [])


def test_an_article_whose_delivery_is_pending_waits(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN jadis", ONE, published_at=OLD))
    assert (forget(desk), desk.found("OTAN")) == (0, ["L’OTAN jadis"])
    deliver(desk)
    assert (forget(desk), desk.found("OTAN")) == (1, [])


def test_an_article_whose_page_is_still_to_come_waits(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Dossier", ONE, published_at=OLD))
    desk.fail_page(ONE)
    assert forget(desk) == 0
    desk.page(ONE, prose("le dossier de l’OTAN"), at=desk.now + timedelta(hours=1))
    deliver(desk)
    assert (desk.alerts(), forget(desk)) == ([("OTAN", "revised")], 1)


def test_an_article_whose_page_nobody_will_fetch_any_more_does_not_wait(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Dossier", ONE, published_at=OLD))
    desk.fail_page(ONE)
    desk.specs.clear()
    desk.sync()
    assert forget(desk) == 1


def test_the_retention_of_every_version_ends_at_once(desk: Desk) -> None:
    desk.follow()
    desk.watch(A)
    for number in range(3):
        desk.poll(A, entry(f"Jadis {number}", ONE, content=prose(f"jadis {number}"), published_at=OLD))
    assert forget(desk) == 1
    assert desk.rows("SELECT DISTINCT text FROM revisions") == [("",)]
    assert desk.rows("SELECT count(*) FROM words WHERE words MATCH 'jadis'") == [(0,)]
    desk.archive._db.conn.execute("INSERT INTO words (words) VALUES ('integrity-check')")


def test_more_than_a_batch_is_deleted_batch_by_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "_BATCH", 2)
    desk.follow()
    desk.watch(A)
    desk.poll(A, *(entry(f"Jadis {number}", f"https://a.example/{number}", published_at=OLD) for number in range(5)))
    assert [forget(desk) for _ in range(4)] == [2, 2, 1, 0]


def test_the_poll_log_is_kept_for_thirty_days(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A)
    desk.poll(A, at=NOW + timedelta(days=20))
    assert desk.archive.prune_poll_log(NOW + timedelta(days=31)).result() == 1
    assert desk.rows("SELECT count(*) FROM polls") == [(1,)]


def test_tidying_brings_back_what_a_clock_that_was_ahead_put_off(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, at=NOW + timedelta(days=3650))
    assert desk.archive.due_sources(NOW, 10) == []
    desk.archive.mend_clock_jumps(NOW).result()
    assert [source.url for source in desk.archive.due_sources(NOW, 10)] == [A]


def test_tidying_leaves_what_a_site_asked_to_be_left_alone_for_a_day(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("L’OTAN", ONE))
    desk.fail_page(ONE, Problem("http_503", "The site is busy.", retry_after=timedelta(days=1)))
    desk.archive.mend_clock_jumps(desk.now).result()
    assert desk.archive.due_pages(desk.now + timedelta(hours=12), 10) == []
    desk.archive.mend_clock_jumps(desk.now - timedelta(hours=2)).result()
    assert [page.url for page in desk.archive.due_pages(desk.now, 10)] == [ONE]


def test_what_a_clock_that_was_years_ahead_put_off_is_due_again_once_it_is_right(desk: Desk) -> None:
    desk.watch(A, mode="page")
    wrong = NOW + timedelta(days=3650)
    desk.poll(A, entry("L’OTAN", ONE), at=wrong)
    desk.fail_page(ONE)
    bundle = desk.due()[0]
    again_at = desk.now + timedelta(seconds=5)
    waits = AttemptResult(bundle.bundle_id, bundle.delivery_ids, desk.now, DeliveryStatus.PENDING, again_at)
    desk.archive.record_attempts([waits]).result()
    desk.tick(NOW)
    desk.sync()
    assert [source.url for source in desk.archive.due_sources(desk.now + QUARTER, 10)] == [A]
    assert [page.url for page in desk.archive.due_pages(desk.now, 10)] == [ONE]
    assert [one.bundle_id for one in desk.due()] == [bundle.bundle_id]


@pytest.mark.parametrize("sealed", [True, False])
def test_what_a_clock_that_was_years_ahead_would_have_tried_for_years_is_given_up_in_time(desk: Desk, sealed: bool) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE), at=NOW + timedelta(days=3650))
    if sealed:
        desk.seal("hook")
    desk.tick(NOW)
    desk.archive.mend_clock_jumps(NOW).result()
    assert desk.archive.hold_for_channel("hook", NOW + timedelta(days=3, seconds=-1), 10).result()[0].status is DeliveryStatus.PENDING
    assert desk.archive.hold_for_channel("hook", NOW + timedelta(days=3), 10).result()[0].status is DeliveryStatus.DEAD


def test_what_waits_for_a_weekly_digest_has_its_days_from_then_on_though_its_channel_left_and_clocks_were_looked_at(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    told_at = datetime(2025, 2, 17, 8, tzinfo=UTC)
    desk.archive.seal_messages("hook", Policy(when=parse_schedule("0 8 * * 1")), desk.now, 10).result()
    desk.archive.mend_clock_jumps(desk.now).result()
    last = told_at + timedelta(days=3)
    assert desk.archive.hold_for_channel("hook", last - timedelta(seconds=1), 10).result()[0].status is DeliveryStatus.PENDING
    assert desk.archive.hold_for_channel("hook", last, 10).result()[0].status is DeliveryStatus.DEAD


def test_a_right_clock_hastens_nothing(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("L’OTAN", ONE))
    desk.fail_page(ONE)
    desk.sync()
    assert (desk.archive.due_sources(desk.now, 10), desk.archive.due_pages(desk.now - timedelta(minutes=1), 10)) == ([], [])


def test_a_right_clock_lets_what_was_told_to_wait_for_a_day_wait_so_long(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    bundle, now = desk.due()[0], desk.now
    again_at = now + timedelta(days=1)
    desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, DeliveryStatus.PENDING, again_at)]).result()
    desk.archive.mend_clock_jumps(now).result()
    assert desk.due(again_at - timedelta(seconds=1)) == []
    assert [one.bundle_id for one in desk.due(again_at)] == [bundle.bundle_id]


def test_a_backup_while_a_writer_writes_is_whole(desk: Desk, tmp_path: Path) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN 0", "https://a.example/0"))
    stop, written = threading.Event(), threading.Event()

    def keep_writing() -> None:
        for number in itertools.count(1):
            desk.poll(A, entry(f"L’OTAN {number}", f"https://a.example/{number}"), etag=str(number))
            if number == 5:
                written.set()
            if stop.is_set():
                return

    writing = threading.Thread(target=keep_writing)
    writing.start()
    assert written.wait(20)
    size = backup(desk.path, tmp_path / "copy.db")
    stop.set()
    writing.join(20)
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert size == (tmp_path / "copy.db").stat().st_size
    assert copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    articles, etag = copy.execute("SELECT (SELECT count(*) FROM articles), etag FROM sources").fetchone()
    assert articles == int(etag) + 1
    assert copy.execute("SELECT count(*) FROM alerts").fetchone() == (articles,)
    copy.close()
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith("copy")) == ["copy.db"]


def test_a_backup_is_an_archive_that_goes_on_without_telling_anything_twice(desk: Desk, tmp_path: Path) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    backup(desk.path, tmp_path / "copy.db")
    alert_ids = [alert["id"] for alert in desk.log()]
    with Desk(tmp_path / "copy.db") as restored:
        restored.watch(A)
        restored.poll(A, entry("L’OTAN encore", TWO), entry("L’OTAN, revu", ONE))
        assert (len(restored.alerts()), restored.found("revu")) == (2, ["L’OTAN, revu"])
        assert alert_ids[0] in [alert["id"] for alert in restored.log()]


def test_a_backup_replaces_nothing(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(ArchiveError, match=rf"^{target} exists already; name a new file, or remove it first$"):
        backup(desk.path, target)
    assert target.read_text() == "precious"


def test_a_backup_into_a_folder_that_is_not_there_says_so(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "none" / "copy.db", tmp_path / "file" / "copy.db"):
        with pytest.raises(ArchiveError, match=rf"^{target} cannot be"):
            backup(desk.path, target)


def test_a_damaged_archive_gives_no_backup(desk: Desk, tmp_path: Path) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE))
    with sqlite3.connect(desk.path) as other:  # what was written is not what the table promises: no page of the file is unreadable
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_schema SET sql = replace(sql, 'author TEXT', 'author TEXT NOT NULL') WHERE name = 'articles'")
    with pytest.raises(ArchiveError, match=r"the copy is damaged \(NULL value in articles.author\); check the archive and the disk"):
        backup(desk.path, tmp_path / "copy.db")
    with pytest.raises(ArchiveError, match="the copy is damaged"):
        stream_backup(desk.path, lambda _: None)
    assert not list(tmp_path.glob("*copy*"))


def test_a_backup_of_nothing_says_so_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        backup(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_export_gives_every_article_in_the_order_they_came_with_its_current_text(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN", ONE, summary="avant", author="Ève", language="fr"))
    desk.poll(A, entry("Deux", TWO, summary="deux"), entry("L’OTAN", ONE, summary="après", author="Ève", language="fr"))
    first, second = desk.articles()
    assert first == {
        "id": 1,
        "url": ONE,
        "title": "L’OTAN",
        "source": "a.example",
        "author": "Ève",
        "language": "fr",
        "published_at": "2025-02-10T11:00:00Z",
        "first_seen_at": "2025-02-10T12:02:00Z",
        "topics": ["OTAN"],
        "sightings": [{"source": "a.example", "url": ONE, "seen_at": "2025-02-10T12:02:00Z"}],
        "text": "après",
        "origin": "feed",
        "revisions": 2,
    }
    assert second["title"] == "Deux"


def test_export_of_a_query_gives_what_a_search_finds(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE, summary="Orange et l’OTAN"), entry("Deux", TWO, summary="une orange"))
    for text in ("orange", "=Orange", "OTAN OR orange", "rien"):
        query = parse_query(text, {})
        exported = {one.article.url for one in desk.archive.export(query)}
        assert exported == {found.article.url for found in desk.archive.search(SearchRequest(query)).articles}


def test_export_goes_on_undisturbed_while_the_writer_writes(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE), entry("Deux", TWO))
    exported = desk.archive.export(None)
    first = next(exported).article.title
    desk.poll(A, entry("Trois", "https://a.example/3"))
    assert [first, *(one.article.title for one in exported)] == ["Deux", "Un"]


def test_status_is_one_look_at_everything(desk: Desk) -> None:
    desk.follow(OTAN, Topic("Ariane", "Ariane"))
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("L’OTAN", ONE), entry("Deux", TWO))
    desk.fail_poll(B)
    desk.page(ONE, prose("l’OTAN"))
    status = desk.status(desk.now + timedelta(hours=1))
    assert status == {
        "archive": str(desk.path),
        "bytes": desk.path.stat().st_size + desk.path.with_name("archive.db-wal").stat().st_size,
        "writer_pid": os.getpid(),
        "waiting": None,
        "sources": {"total": 2, "new": 0, "ok": 1, "failing": 1, "moved": 0, "blocked": 0, "gone": 0, "silent": 0, "unreachable": 0},
        "overdue_seconds": 2820.0,
        "last_poll_at": "2025-02-10T12:04:00Z",
        "articles": {"total": 1, "last_24h": 1, "revisions": 0, "sightings": 1},
        "rebuilding": None,
        "gaps": [],
        "pages": {"due": 1, "given_up": 0},
        "alerts": {"total": 1, "last_24h": 1},
        "deliveries": {"pending": 1, "held": 0, "sent": 0, "dead": 0, "muted": 0},
        "page_problems": [],
        "log_bytes": desk.path.with_name("archive.db-wal").stat().st_size,
        "alive_at": None,
        "failing": [{"source": "b.example", "since": None, "failures": 1, "error": {"code": DOWN.code, "message": DOWN.message}}],
        "silent": [],
        "overdue": [{"source": "a.example", "due_at": "2025-02-10T12:18:00Z"}, {"source": "b.example", "due_at": "2025-02-10T12:34:00Z"}],
        "channels": [],
        "delays": [{"source": name, "alerts": 1, "median_seconds": 3900, "p95_seconds": 3900} for name in (None, "a.example")],
        "line_down_since": None,
        "unread_pages": [],
    }


def test_status_tells_the_gaps_of_a_source_once_with_their_number(desk: Desk) -> None:
    desk.watch(A, B)
    for number in range(4):
        desk.poll(A, entry(f"Brève {number}", f"https://a.example/{number}"))
    for number in range(2):
        desk.poll(B, entry(f"Brève {number}", f"https://b.example/{number}"))
    gaps = desk.status()["gaps"]
    assert [(gap["source"], gap["count"]) for gap in gaps] == [("b.example", 1), ("a.example", 3)]
    assert gaps[1]["polled_at"] == "2025-02-10T12:05:00Z"


def write_a_megabyte(db: Database, number: int) -> None:
    db.conn.execute("INSERT INTO archive_state VALUES (?, hex(zeroblob(500000)))", (f"of no use {number}",))


def test_the_journal_shrinks_again_after_a_burst_and_status_counts_it(desk: Desk) -> None:
    journal = desk.path.with_name("archive.db-wal")
    desk.watch(A)
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()  # somebody reads for long: nothing can be written back
        for number in range(30):
            desk.archive._submit(write_a_megabyte, number).result()
        largest = journal.stat().st_size
        assert desk.status()["bytes"] == largest + desk.path.stat().st_size
        reader.execute("COMMIT")
    for number in range(3):
        desk.poll(A, entry(f"Brève {number}", f"https://a.example/{number}"))
    assert journal.stat().st_size <= LARGEST_JOURNAL_BYTES < largest / 2


def test_the_reading_side_needs_no_parser_and_no_network(project: Path, desk: Desk) -> None:
    program = f"""
import sys
from pathlib import Path
from storage import ArchiveReader
assert ArchiveReader(Path({str(desk.path)!r})).count_articles() == 0
print([name for name in ("scrapy", "feedparser", "trafilatura", "lxml") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
    assert ArchiveReader(desk.path).count_articles() == 0
