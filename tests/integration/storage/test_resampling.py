"""An archive whose texts were sampled otherwise: sampled anew in steps beside the watch, after which copies are known as before."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import pytest

from news.copies import MOST_HOLDERS, article_number_mark
from news.sampling import sample_shingles
from news.text import analyse
from storage.file import old_shingles, shingles
from storage.recording import rebuilding, resampling, stories
from storage.recording.resampling import begin_resampling
from tests.desk import NOW, A, B, C, Desk, entry

ARTICLES = 7
"""Six with texts of their own, the fourth with a number in its address, the fifth short, and a copy of the second."""
COPY, ORIGINAL, NUMBERED, SHORT = 7, 2, 4, 5


def text_of(number: int, words: int | None = None) -> str:
    words = words or (40 if number == SHORT else 400)
    return " ".join(f"mot{number}x{place}" for place in range(words))


def url_of(number: int) -> str:
    return f"https://a.example/{number}" if number != NUMBERED else "https://a.example/le-sommet-7654321"


def fill(desk: Desk) -> None:
    """One article after the other; each tells of what topics follow."""
    desk.watch(A, B, C)
    for number in range(1, ARTICLES):
        desk.poll(A, entry(f"L’OTAN, affaire {number}", url_of(number), summary=text_of(number)))
    desk.poll(B, entry("Le sommet de l’OTAN", "https://b.example/copie", summary=f"{text_of(ORIGINAL)} {text_of(99, 100)}"))


def sample_otherwise(tokens: Sequence[str]) -> frozenset[int]:
    """As another version did."""
    runs = [" ".join(tokens[start : start + 5]).encode() for start in range(len(tokens) - 4)]
    return frozenset(crc32(run) << 16 | crc32(run[::-1]) >> 16 for run in runs if not crc32(run) % 16)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def before(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive by a version that sampled otherwise."""
    with monkeypatch.context() as version:
        version.setattr(resampling, "SAMPLING_VERSION", 0)
        version.setattr("news.placing.sample_joined", lambda tokens: sample_otherwise(tokens.split()))
        version.setattr("storage.recording.stories.sample_shingles", sample_otherwise)
        path.unlink(missing_ok=True)
        with Desk(path, from_nothing=True) as desk:
            fill(desk)
            desk.rebuild()
            assert held(desk)[1] == sample_otherwise(analyse(text_of(1)).tokens)
    return path


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "STEP_ARTICLES", 2)


def held(desk: Desk) -> dict[int, frozenset[int]]:
    """By what each article is known."""
    rows = desk.rows(
        """SELECT article_id, json_group_array(shingle) FROM shingles GROUP BY article_id
           UNION ALL SELECT article_id, shingles FROM waiting_shingles"""
    )
    marks: dict[int, frozenset[int]] = {}
    for article_id, some in rows:
        marks[article_id] = marks.get(article_id, frozenset()) | frozenset(json.loads(some))
    return marks


def held_in_a_fresh_archive(path: Path) -> dict[int, frozenset[int]]:
    with Desk(path) as desk:
        fill(desk)
        return held(desk)


def placed(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows("SELECT article_id, story_id, copy_of, copy_reason, because FROM story_articles ORDER BY 1")


def copy_of(desk: Desk, original: int, link: str) -> object:
    """Publish the text of that article again; returns of what it is taken for a copy."""
    desk.poll(C, entry(f"Une reprise : {link}", f"https://c.example/{link}", summary=f"Selon nos confrères. {text_of(original)}"))
    return desk.rows("SELECT copy_of FROM story_articles ORDER BY article_id DESC LIMIT 1")[0][0]


def left_over(desk: Desk) -> list[tuple[object, ...]]:
    """What only a rebuilding has."""
    return desk.rows(
        """SELECT name FROM sqlite_schema WHERE name LIKE 'shingles_old%' OR name LIKE 'words_old%'
           UNION ALL SELECT name FROM archive_state WHERE name LIKE '%left_below'"""
    )


@pytest.mark.usefixtures("small_steps")
def test_texts_are_sampled_anew_in_steps_and_are_then_known_as_in_a_fresh_archive(before: Path, tmp_path: Path) -> None:
    with Desk(before) as desk:
        where, alerts = placed(desk), desk.alerts()
        assert where[COPY - 1][2:4] == (ORIGINAL, "text")
        assert desk.status()["rebuilding"] == {"part": "shingles", "percent": 0.0}
        assert held(desk) == {}
        parts = []
        while (step := desk.archive.rebuild_step().result()) is not None:
            parts.append((str(step.part), step.percent))
        assert parts[:4] == [("shingles", 28.6), ("shingles", 57.1), ("shingles", 85.7), ("shingles", 100.0)]
        assert held(desk) == held_in_a_fresh_archive(tmp_path / "fresh.db")
        assert desk.rows("SELECT shingles, sampled_one_in FROM story_articles WHERE article_id IN (1, ?) ORDER BY 2", SHORT) == [
            (36, 1),
            (len(sample_shingles(analyse(text_of(1)).tokens)), 16),
        ]
        assert (placed(desk), desk.alerts()) == (where, alerts)
        assert (left_over(desk), desk.status()["rebuilding"]) == ([], None)
        desk.reopen()
        assert desk.rebuild() == 0


@pytest.mark.usefixtures("small_steps")
def test_a_copy_is_known_again_once_its_original_was_sampled_anew_the_newest_first(before: Path) -> None:
    with Desk(before) as desk:
        assert copy_of(desk, 6, "avant") is None
        desk.archive.rebuild_step().result()
        assert (copy_of(desk, 6, "ensuite"), copy_of(desk, 1, "trop-tot")) == (6, None)
        desk.rebuild()
        assert (copy_of(desk, 1, "enfin"), copy_of(desk, ORIGINAL, "de-meme")) == (1, ORIGINAL)


def test_of_a_copy_only_what_its_original_lacks_is_kept(before: Path) -> None:
    with Desk(before) as desk:
        desk.rebuild()
        marks = held(desk)
        assert (marks[COPY] & marks[ORIGINAL], len(marks[COPY]) > 0) == (frozenset(), True)
        assert marks[ORIGINAL] == sample_shingles(analyse(text_of(ORIGINAL)).tokens)


def test_what_many_hold_is_kept_of_no_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = text_of(1, 200)
    with Desk(path) as desk:
        desk.watch(A)
        for number in range(2, MOST_HOLDERS + 6):
            desk.poll(A, entry(f"Affaire {number}", f"{A}/{number}", summary=f"{text_of(number, 1_200)} {notice}"))
    monkeypatch.setattr(resampling, "STEP_ARTICLES", 5)
    monkeypatch.setattr(resampling, "SAMPLING_VERSION", 999)
    with Desk(path) as desk:
        assert desk.rows("SELECT count(*) FROM story_articles WHERE copy_of IS NOT NULL") == [(0,)]
        desk.rebuild()
        common = sample_shingles(analyse(notice).tokens)
        assert len(common) > 3
        assert {sum(mark in marks for marks in held(desk).values()) for mark in common} == {MOST_HOLDERS}


@pytest.mark.usefixtures("small_steps")
def test_what_arrives_meanwhile_is_sampled_at_once_and_once(before: Path) -> None:
    with Desk(before) as desk:
        desk.archive.rebuild_step().result()
        tally = desk.poll(C, entry("L’OTAN ce matin", "https://c.example/neuf", summary=text_of(50)))
        assert len(tally.alerts) == 1
        new, marks = ARTICLES + 1, sample_shingles(analyse(text_of(50)).tokens)
        assert held(desk)[new] == marks
        assert copy_of(desk, 50, "encore") == new
        desk.reopen()
        desk.rebuild()
        assert held(desk)[new] == marks
        assert set(held(desk)) >= set(range(1, new + 1))


@pytest.mark.usefixtures("small_steps")
def test_it_goes_on_where_a_death_left_it(before: Path, tmp_path: Path) -> None:
    with Desk(before) as desk:
        desk.archive.rebuild_step().result()
    with Desk(before) as desk:
        assert desk.status()["rebuilding"] == {"part": "shingles", "percent": 28.6}
        assert sorted(held(desk)) == [6, 7]
        desk.rebuild()
        assert held(desk) == held_in_a_fresh_archive(tmp_path / "fresh.db")


@pytest.mark.usefixtures("small_steps")
def test_a_step_that_fails_is_taken_back_as_a_whole(before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(before) as desk:
        with monkeypatch.context() as failing:
            failing.setattr(resampling, "set_state", lambda *_: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                desk.archive.rebuild_step().result()
        assert held(desk) == {}
        desk.rebuild()
        assert held(desk) == held_in_a_fresh_archive(tmp_path / "fresh.db")


def test_a_beginning_that_fails_changes_nothing(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(rebuilding, "begin_placing", lambda _: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            Desk(before)
    with sqlite3.connect(before) as connection:
        assert connection.execute("SELECT count(*) FROM waiting_shingles").fetchone() == (ARTICLES,)
        assert connection.execute("SELECT value FROM archive_state WHERE name = 'sampling_version'").fetchone()[0].endswith(" 0")
    connection.close()


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("taken", range(5))
def test_a_text_whose_retention_ends_meanwhile_leaves_only_the_number_of_its_address(before: Path, taken: int) -> None:
    with Desk(before) as desk:
        for _ in range(taken):
            desk.archive.rebuild_step().result()
        desk.archive._db.conn.execute("UPDATE deliveries SET status = 'sent'")
        while desk.archive.forget_articles(NOW + timedelta(days=1), NOW).result():
            pass
        desk.rebuild()
        number = article_number_mark(url_of(NUMBERED))
        assert {article_id: marks for article_id, marks in held(desk).items() if marks} == {NUMBERED: {number}}
        assert left_over(desk) == []


@pytest.mark.usefixtures("small_steps")
def test_what_a_copy_shares_with_an_original_that_is_gone_is_kept(before: Path) -> None:
    with Desk(before) as desk:
        desk.archive._writer.submit(
            lambda db: stories.forget_text(db, ORIGINAL, rebuilding.analyse_article("", text_of(ORIGINAL)))
        ).result()
        desk.archive._writer.submit(lambda db: db.conn.execute("UPDATE revisions SET text = '' WHERE article_id = 2")).result()
        desk.rebuild()
        assert copy_of(desk, ORIGINAL, "reprise") == COPY


@pytest.mark.usefixtures("small_steps")
def test_a_version_that_comes_while_another_is_sampled_for_loses_nothing(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in (998, 999):
        monkeypatch.setattr(resampling, "SAMPLING_VERSION", version)
        with Desk(before) as desk:
            desk.archive.rebuild_step().result()
            assert sorted(held(desk)) == [6, 7]
    with Desk(before) as desk:
        assert len(left_over(desk)) == 3
        desk.rebuild()
        assert held(desk) == held_in_a_fresh_archive(tmp_path / "fresh.db")
        assert left_over(desk) == []


def test_another_analysis_makes_both_index_and_samples_anew(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(before) as desk:
        desk.rebuild()
        right = held(desk)
    for module in (rebuilding, resampling):
        monkeypatch.setattr(module, "ANALYSIS_VERSION", 999)
    with Desk(before) as desk:
        parts = []
        while (step := desk.archive.rebuild_step().result()) is not None:
            parts.append(str(step.part))
        assert [part for part, _ in itertools.groupby(parts)] == ["index", "shingles", "old_index"]
        assert (held(desk), left_over(desk)) == (right, [])


def test_an_archive_by_a_version_that_noted_none_is_sampled_anew(before: Path, tmp_path: Path) -> None:
    with sqlite3.connect(before) as connection:
        connection.execute("DELETE FROM archive_state WHERE name = 'sampling_version'")
    connection.close()
    with Desk(before) as desk:
        desk.rebuild()
        assert held(desk) == held_in_a_fresh_archive(tmp_path / "fresh.db")


@pytest.mark.parametrize("of", ["storage.recording.resampling.ANALYSIS_VERSION", "unicodedata.unidata_version"])
def test_samples_of_words_that_were_read_otherwise_are_another_version(monkeypatch: pytest.MonkeyPatch, of: str) -> None:
    before = resampling.sampling_version()
    monkeypatch.setattr(of, "0")
    assert resampling.sampling_version() != before


def test_where_no_article_is_in_a_story_there_is_nothing_to_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        desk.watch(A)
    monkeypatch.setattr(resampling, "SAMPLING_VERSION", 999)
    with Desk(path) as desk:
        assert (desk.status()["rebuilding"], left_over(desk)) == (None, [])
        fill(desk)
        desk.reopen()
        assert desk.status()["rebuilding"] is None


@pytest.mark.parametrize("most_waiting", [1, 10**9])
def test_samples_that_a_pass_had_put_into_the_index_are_set_aside_too(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_waiting: int
) -> None:
    """Also those of a connection that is open: what it knew of them is read anew."""
    monkeypatch.setattr(shingles, "MOST_WAITING", most_waiting)
    with Desk(path) as desk:
        fill(desk)
        assert (desk.rows("SELECT count(*) FROM shingles")[0][0] > 50) == (most_waiting == 1)
        monkeypatch.setattr(resampling, "SAMPLING_VERSION", 999)
        desk.archive._writer.submit(begin_resampling).result()
        assert desk.rows("SELECT (SELECT count(*) FROM shingles) + (SELECT count(*) FROM waiting_shingles)") == [(0,)]
        assert copy_of(desk, 1, "avant") is None
        desk.rebuild()
        assert copy_of(desk, 3, "apres") == 3


def test_the_index_of_before_is_cleared_away_in_its_order_a_bounded_part_at_a_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_shingles, "CLEARED_AT_ONCE", 4)
    with Desk(path) as desk:
        db = desk.archive._db
        db.conn.executemany("INSERT INTO shingles VALUES (?, 1)", [(number,) for number in range(10)])
        db.conn.executemany("INSERT INTO shingles VALUES (20, ?)", [(number,) for number in range(6)])
        old_shingles.start_shingles_over(db)
        left: list[int] = []
        while old_shingles.clear_old_shingles(db) and old_shingles.list_old_shingles(db):
            left.append(db.conn.execute("SELECT count(*) FROM shingles_old_1").fetchone()[0])
        assert left == [12, 8, 0]
        assert old_shingles.list_old_shingles(db) == []


@pytest.mark.parametrize(("bound", "most"), [("STEP_ARTICLES", 1), ("STEP_CHARACTERS", 1)])
def test_a_step_takes_a_bounded_part(before: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    monkeypatch.setattr(resampling, bound, most)
    with Desk(before) as desk:
        for taken in range(1, ARTICLES + 1):
            desk.archive.rebuild_step().result()
            assert len(held(desk)) == taken


def test_the_text_of_an_original_counts_for_the_size_of_a_step(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest is a copy: its text alone would leave room for another article."""
    monkeypatch.setattr(resampling, "STEP_CHARACTERS", len(text_of(COPY)) + len(text_of(99, 100)) + len(text_of(ORIGINAL)))
    with Desk(before) as desk:
        desk.archive.rebuild_step().result()
        assert list(held(desk)) == [COPY]


def test_own_views_stay(before: Path) -> None:
    own = "CREATE VIEW mine AS SELECT gone FROM nowhere"
    with sqlite3.connect(before) as connection:
        connection.execute(own)
    connection.close()
    with Desk(before) as desk:
        desk.rebuild()
        assert desk.rows("SELECT sql FROM sqlite_schema WHERE name = 'mine'") == [(own,)]
