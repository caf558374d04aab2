"""What a new version makes anew of the texts: in steps, resumed after a death, while what is asked and what arrives is answered rightly."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from news import fingerprints
from news.query import parse_query
from storage import PreviewRequest, SearchRequest
from storage.recording import rebuilding
from tests.desk import NOW, A, B, Desk, entry, prose

MANY = 12
STEPS = 3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "STEP_REVISIONS", MANY // STEPS)


def fill(desk: Desk) -> None:
    """One article after the other, the last a revision of the first."""
    desk.watch(A)
    desk.poll(A, *(entry(f"Le sommet {number} de l’OTAN", f"https://a.example/{number}") for number in range(MANY - 1)))
    desk.poll(A, entry("Le sommet 0 reporté", "https://a.example/0"))


def analyse_anew(monkeypatch: pytest.MonkeyPatch, version: int = 999) -> None:
    """The same words under another version, so that only the rebuilding can go wrong."""
    monkeypatch.setattr(rebuilding, "ANALYSIS_VERSION", version)


def progress(desk: Desk) -> dict[str, object] | None:
    rebuilt: dict[str, object] | None = desk.status()["rebuilding"]
    return rebuilt


@pytest.mark.usefixtures("small_steps")
def test_the_index_is_made_anew_in_steps_and_is_then_what_a_fresh_one_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        fill(desk)
        before = [desk.found(query) for query in ("otan", "sommet", "reporte")]
    analyse_anew(monkeypatch)
    with Desk(path) as desk:
        assert progress(desk) == {"part": "index", "percent": 0.0}
        percents = []
        while (step := desk.archive.rebuild_step().result()) is not None:
            percents.append((str(step.part), step.percent))
        assert percents[: STEPS - 1] == [("index", 33.3), ("index", 66.7)]
        assert progress(desk) is None
        assert [desk.found(query) for query in ("otan", "sommet", "reporte")] == before
        assert desk.rows("SELECT count(*) FROM words WHERE words MATCH 'sommet'") == [(MANY,)]
        assert desk.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'words_old%'") == []
        assert desk.rows("SELECT name FROM archive_state WHERE name LIKE '%left_below'") == []
        desk.archive._db.conn.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    with Desk(path) as desk:
        assert desk.rebuild() == 0


QUESTIONS: dict[str, Callable[[Desk], object]] = {
    "by relevance": lambda desk: sorted(desk.found("sommet")),
    "by date": lambda desk: desk.found("sommet", by_date=True, limit=4),
    "exact letters": lambda desk: desk.found("=OTAN", by_date=True),
    "excluded": lambda desk: desk.found("sommet -otan"),
    "a phrase": lambda desk: desk.found('"le sommet 7"'),
    "a prefix": lambda desk: desk.found("repor*"),
    "a version of before": lambda desk: desk.found('"sommet 0 de"'),
    "since": lambda desk: desk.found("sommet", since=NOW + timedelta(days=1)),
    "preview": lambda desk: desk.archive.preview(PreviewRequest(parse_query("otan", {}), NOW - timedelta(days=9), NOW)).matches,
    "export": lambda desk: len(list(desk.archive.export(parse_query("otan", {})))),
}


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_answer_is_the_same_before_during_and_after(
    path: Path, monkeypatch: pytest.MonkeyPatch, question: Callable[[Desk], object]
) -> None:
    with Desk(path) as desk:
        fill(desk)
        right = question(desk)
    analyse_anew(monkeypatch)
    with Desk(path) as desk:
        assert question(desk) == right
        for _ in itertools.takewhile(lambda _: desk.archive.rebuild_step().result() is not None, itertools.count()):
            assert question(desk) == right


@pytest.mark.usefixtures("small_steps")
def test_what_the_old_index_held_in_other_words_is_found_while_it_waits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        fill(desk)
        desk.archive._db.conn.execute("INSERT INTO words (words) VALUES ('delete-all')")
        assert desk.found("sommet") == []
    analyse_anew(monkeypatch)
    with Desk(path) as desk:
        assert len(desk.found("sommet")) == MANY - 1
        answer = desk.archive.search(SearchRequest(parse_query("sommet", {})))
        assert (answer.rebuilding, answer.cut) == (True, False)


def test_texts_that_no_index_names_are_read_up_to_a_bound_and_an_answer_says_that_more_may_be_missing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Desk(path) as desk:
        fill(desk)
        desk.archive._db.conn.execute("INSERT INTO words (words) VALUES ('delete-all')")
    analyse_anew(monkeypatch)
    monkeypatch.setattr("storage.asking.candidates.MOST_UNNAMED", 5)
    with Desk(path) as desk:
        answer = desk.archive.search(SearchRequest(parse_query("sommet", {}), by_date=True))
        assert (len(answer.articles), answer.cut, answer.rebuilding) == (5, True, True)


@pytest.mark.usefixtures("small_steps")
def test_what_arrives_meanwhile_alerts_and_is_found_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        fill(desk)
        alerted = len(desk.alerts())
    analyse_anew(monkeypatch)
    with Desk(path) as desk:
        desk.archive.rebuild_step().result()
        assert len(desk.poll(A, entry("L’OTAN ce matin", "https://a.example/neuf")).alerts) == 1
        desk.poll(A, entry("Le sommet 3 de l’OTAN annulé", "https://a.example/3"))
        assert (desk.found("matin"), desk.found("annule"), len(desk.found("otan", limit=99))) == (
            ["L’OTAN ce matin"],
            ["Le sommet 3 de l’OTAN annulé"],
            MANY - 1,
        )
        desk.rebuild()
        assert (desk.found("matin"), desk.found("annule")) == (["L’OTAN ce matin"], ["Le sommet 3 de l’OTAN annulé"])
        assert len(desk.alerts()) == alerted + 1


@pytest.mark.usefixtures("small_steps")
def test_a_rebuilding_goes_on_where_a_death_left_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        fill(desk)
    analyse_anew(monkeypatch)
    with Desk(path) as desk:
        desk.archive.rebuild_step().result()
    with Desk(path) as desk:
        assert progress(desk) == {"part": "index", "percent": 33.3}
        desk.rebuild()
        assert len(desk.found("sommet", limit=99)) == MANY - 1


@pytest.mark.usefixtures("small_steps")
def test_a_version_that_comes_while_another_is_rebuilt_for_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        fill(desk)
        right = desk.found("sommet", by_date=True)
    for version in (999, 1000):
        analyse_anew(monkeypatch, version)
        with Desk(path) as desk:
            desk.archive.rebuild_step().result()
            assert desk.found("sommet", by_date=True) == right
    with Desk(path) as desk:
        desk.rebuild()
        assert desk.found("sommet", by_date=True) == right
        assert desk.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'words_old%'") == []


@pytest.mark.usefixtures("small_steps")
def test_an_article_whose_retention_ends_meanwhile_is_gone_from_the_index_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        fill(desk)
    analyse_anew(monkeypatch)
    with Desk(path) as desk:
        desk.archive.rebuild_step().result()
        desk.archive._db.conn.execute("UPDATE deliveries SET status = 'sent'")
        while desk.archive.forget_articles(NOW + timedelta(days=1), NOW).result():
            pass
        assert desk.found("sommet") == []
        desk.rebuild()
        assert (desk.found("sommet"), desk.rows("SELECT count(*) FROM words WHERE words MATCH 'sommet'")) == ([], [(0,)])
        desk.archive._db.conn.execute("INSERT INTO words (words) VALUES ('integrity-check')")


def test_a_text_whose_retention_ends_meanwhile_leaves_nothing_that_it_could_be_known_by(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Desk(path) as desk:
        desk.watch(A)
        desk.poll(A, entry("Le discours", "https://a.example/discours", summary=" ".join(f"mot{number}" for number in range(400))))
    analyse_anew(monkeypatch)
    with Desk(path) as desk:
        assert desk.rows("SELECT json_array_length(shingles) > 10 FROM waiting_shingles") == [(1,)]
        assert desk.archive.forget_articles(NOW + timedelta(days=1), NOW).result() == 1
        assert desk.rows("SELECT shingles FROM waiting_shingles") == []


def test_beginning_takes_no_text_into_memory_and_a_step_only_a_bounded_part(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text_size, articles = 30_000, 60
    monkeypatch.setattr(rebuilding, "STEP_CHARACTERS", text_size)
    with Desk(path) as desk:
        desk.watch(A)
        for start in range(0, articles, 10):
            names = range(start, start + 10)
            desk.poll(A, *(entry(f"Un {name}", f"https://a.example/{name}", content=f"mot{name} " * (text_size // 7)) for name in names))
    analyse_anew(monkeypatch)
    monkeypatch.setattr(rebuilding, "NORMALISATION_VERSION", 999)
    tracemalloc.start()
    try:
        with Desk(path) as desk:
            assert tracemalloc.get_traced_memory()[1] < 10 * text_size
            tracemalloc.reset_peak()
            steps = desk.rebuild()
            assert (steps > articles // 2, tracemalloc.get_traced_memory()[1] < 40 * text_size) == (True, True)
    finally:
        tracemalloc.stop()


def normalise_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of the normalisation that gives every text another hash, and knows what the one before was."""
    earlier = fingerprints.normalise_text
    monkeypatch.setattr(rebuilding, "NORMALISATION_VERSION", 999)
    monkeypatch.setattr(fingerprints, "EARLIER_NORMALISATIONS", {1: earlier})
    monkeypatch.setattr(fingerprints, "normalise_text", lambda text: " ".join(word[::-1] for word in earlier(text).split()))
    for module in ("news.preparing", "news.judging", "storage.recording.rebuilding"):
        monkeypatch.setattr(f"{module}.normalise_text", fingerprints.normalise_text)


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("steps", [0, 1, 99])
def test_a_text_is_known_as_the_same_whichever_normalisation_made_its_hash(path: Path, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    with Desk(path) as desk:
        desk.watch(A, B)
        for number in range(MANY):
            desk.poll(A, entry(f"Le sommet {number}", f"https://a.example/{number}", summary=prose(f"le sommet {number}")))
    normalise_differently(monkeypatch)
    with Desk(path) as desk:
        for _ in range(steps):
            desk.archive.rebuild_step().result()
        for number in (0, MANY - 1):
            tally = desk.poll(B, entry(f"Le sommet {number}", f"https://b.example/{number}", summary=prose(f"le sommet {number}")))
            assert (tally.articles_new, tally.duplicates) == (0, 1)


def test_the_hashes_of_another_normalisation_are_made_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Desk(path) as desk:
        fill(desk)
        before = desk.rows("SELECT text_hash FROM revisions ORDER BY id")
        desk.archive._db.conn.execute("UPDATE revisions SET text_hash = 'of another version'")
    monkeypatch.setattr(rebuilding, "NORMALISATION_VERSION", 999)
    with Desk(path) as desk:
        assert progress(desk) == {"part": "hashes", "percent": 0.0}
        desk.rebuild()
        assert desk.rows("SELECT text_hash FROM revisions ORDER BY id") == before


def test_of_a_text_with_many_titles_only_as_many_are_remembered_anew_as_tell_that_it_is_no_identity(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Desk(path) as desk:
        fill(desk)
        remembered = desk.rows("SELECT count(*) FROM text_titles")
    normalise_differently(monkeypatch)
    with Desk(path) as desk:
        desk.archive._db.conn.execute("UPDATE text_titles SET text_hash = 'of an earlier version'")
        desk.rebuild()
        assert desk.rows("SELECT count(*) FROM text_titles WHERE text_hash <> 'of an earlier version'") == remembered
