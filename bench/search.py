"""Searching an archive of 100,000 articles of about 4 kB: how long an answer of 20 takes, beside plain FTS5 on the same texts.

Asked is every form of `bench/questions.py`, by relevance and by date, through the archive's own reader: parsed query to finished answer,
with snippets, topics and sightings. The program is warm: the files have been read into memory, and queries of all forms were answered
before. No query is asked twice. With each form stand its goal, which depends on the number of articles, and how many articles hold its
queries, as plain FTS5 counts them (without inflection; of a query that it cannot say, those that hold the words). Of the words themselves
a sample is printed with the number of articles that hold them, and how long a fixed loop took beside each question: the machine's pace.
The alternative is what one would write first: one FTS5 table of title and text, tokenizer unicode61, ordered by `rank` or by rowid, with
FTS5's own snippets.

`--articles 1000000 --distinct 100000` repeats the texts in turn, which keeps building it bearable. With `--folder` both files are kept.

Run: python -m bench.search
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.big_archive import make_archive, make_once
from bench.common import make_parser, measure_pace, percentile, print_load, print_machine, working_folder
from bench.french import VOCABULARY_SIZE, vocabulary
from bench.questions import FORMS, Asked, Inquirer, words_covered
from news.query import parse_query
from quivive.collector import calm_collector
from storage import ArchiveReader, SearchRequest

_SMALL = 100_000
"""Articles up to which the goals of a small archive hold; above them stand those of a million."""
_SMALL_GOALS = {"two words": 50, "phrase": 50, "boolean": 50}
_BY_DATE_GOALS = {"prefix": 150}
_BY_DATE_GOAL = 50
_BY_RELEVANCE_GOALS = {"two words": 300, "phrase": 300, "NEAR": 300, "entity of 8 names": 300, "prefix": 500, "common word": 500}
"""Milliseconds that 95 % of the queries of a form stay within; a form that is not here has no goal."""
_WARM_UP = 5
_PLAIN_SQL = (
    """SELECT rowid, title, snippet(plain, 1, '[', ']', '…', 40), bm25(plain) FROM plain WHERE plain MATCH ? ORDER BY {} LIMIT 20"""
)


@dataclass(slots=True)
class Taken:
    """What the questions of one form took, in milliseconds, and what they found."""

    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    pace: list[float] = field(default_factory=list)
    """What a fixed loop took beside each question."""
    found: int = 0
    cut: int = 0


def main() -> None:
    """Build what is missing, ask, and print."""
    options = _read_options()
    articles, queries = (100, 2) if options.quick else (options.articles, options.queries)
    print_machine("sqlite-utils")
    print(f"sqlite    {sqlite3.sqlite_version}")
    with working_folder(options.folder) as folder:
        archive = make_archive(folder, articles, options.distinct or articles)
        plain = make_plain(archive)
        ours, plains = index_bytes(archive, "words"), index_bytes(plain, "plain")
        print(f"index     quivive {ours / 1e6:.0f} MB, plain FTS5 {plains / 1e6:.0f} MB", flush=True)
        read_into_memory(plain, archive)
        with closing(Measurement(archive, plain, articles)) as measurement:
            measurement.print_frequencies()
            measurement.warm_up()
            calm_collector()  # as the command does
            for form in options.forms:
                measurement.measure(form, queries)
        print_load()


def _read_options() -> argparse.Namespace:
    parser = make_parser(__doc__ or "")
    parser.add_argument("--articles", type=int, default=_SMALL)
    parser.add_argument("--distinct", type=int, help="texts that differ (default: all)")
    parser.add_argument("--queries", type=int, default=100, help="of each form, by relevance and again by date")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS), metavar="FORM", help=f"of: {', '.join(FORMS)}")
    return parser.parse_args()


def make_plain(archive: Path) -> Path:
    """The plain table beside the archive, unless an earlier run left it."""

    def build(path: Path) -> str:
        seconds = build_plain(archive, path)
        return f"plain     built in {seconds:.0f} s, {path.stat().st_size / 1e6:.0f} MB"

    return make_once(archive.with_name(archive.name.replace("search", "plain")), build)


def build_plain(archive: Path, plain: Path) -> float:
    """The same texts in one FTS5 table; returns the seconds it took."""
    started = time.perf_counter()
    connection = sqlite3.connect(plain)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("CREATE VIRTUAL TABLE plain USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2')")
    connection.execute("ATTACH ? AS source", (str(archive),))
    connection.execute("INSERT INTO plain (rowid, title, text) SELECT id, title, text FROM source.revisions ORDER BY id")
    connection.commit()
    connection.close()
    return time.perf_counter() - started


def index_bytes(path: Path, table: str) -> int:
    """What an FTS5 table takes in its file, without the texts that it may keep; 0 where this SQLite cannot tell."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ? ESCAPE '\\'", (f"{table}\\_%",))
        names = [name for (name,) in rows.fetchall() if name != f"{table}_content"]
        try:
            sizes = [connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name = ?", (name,)).fetchone()[0] for name in names]
        except sqlite3.OperationalError:  # built without dbstat: what the index holds, without the free space in its pages
            return int(connection.execute(f"SELECT sum(length(block)) FROM {table}_data").fetchone()[0])
        return sum(sizes)


def read_into_memory(*files: Path) -> None:
    """Have the files in the page cache, the last surest, and say if they cannot be there together."""
    size, free = sum(file.stat().st_size for file in files), psutil.virtual_memory().available
    for file in files:
        with file.open("rb", buffering=0) as stream:
            while stream.read(1 << 24):
                pass
    print(f"warm      {size / 1e9:.1f} GB read, {free / 1e9:.1f} GB of memory free", flush=True)
    if size > 0.9 * free:
        print("          the files do not fit into memory: the figures hold waiting for the disk", flush=True)


class Measurement:
    """The archive and the plain table, asked the same questions one after the other."""

    def __init__(self, archive: Path, plain: Path, articles: int) -> None:
        self._articles = articles
        self._reader = ArchiveReader(archive)
        if self._reader.count_articles() != articles:
            print("          articles were inserted since this archive was made: the plain table does not hold them", flush=True)
        self._plain = sqlite3.connect(plain)
        self._plain.execute("PRAGMA cache_size = -32000")
        # Questions are made, and what holds them is counted, beside: the measured connection has not seen their pages.
        self._beside = sqlite3.connect(plain)
        self._inquirer = Inquirer(random.Random(5), self._beside)

    def close(self) -> None:
        self._reader.close_reading()
        self._plain.close()
        self._beside.close()

    def print_frequencies(self) -> None:
        """In how many articles words of some ranks stand."""
        ranks = (80, 160, 400, 600, 1_000, 3_000, 10_000, 20_000)
        counts = [f"rank {rank}: {self._count(vocabulary()[rank])}" for rank in ranks]
        print(f"words     articles that hold the word of {', '.join(counts)}", flush=True)

    def warm_up(self) -> None:
        """Answer some questions of all forms."""
        for form in FORMS:
            for by_date in (False, True):
                self._take([self._inquirer.ask(form) for _ in range(_WARM_UP)], by_date=by_date)

    def measure(self, form: str, queries: int) -> None:
        """Ask so many questions of a form by relevance, as many others by date, and print what they took."""
        for by_date in (False, True):
            asked = [self._inquirer.ask(form) for _ in range(queries)]
            taken = self._take(asked, by_date=by_date)
            name = f"{form}, {'by date' if by_date else 'by relevance'}"
            goal = goal_milliseconds(form, self._articles, by_date=by_date)
            print(f"{name:<31} quivive: {_figures(taken.ours)} ({f'goal: < {goal}' if goal else 'no goal'});", end=" ")
            print(f"{taken.found / queries:.1f} articles an answer, {taken.cut} of {queries} cut")
            self._print_beside(form, asked, taken)
            print(
                f"{'':<31} a fixed loop: median {percentile(taken.pace, 0.5):.2f} ms, 95 % within {percentile(taken.pace, 0.95):.2f} ms",
                flush=True,
            )

    def _take(self, asked: list[Asked], *, by_date: bool) -> Taken:
        sql = _PLAIN_SQL.format("rowid DESC" if by_date else "rank")
        taken = Taken()
        for one in asked:
            taken.pace.append(measure_pace())
            started = time.perf_counter()
            answer = self._reader.search(SearchRequest(parse_query(one.query, one.entities), by_date=by_date))
            taken.ours.append(1000 * (time.perf_counter() - started))
            taken.found += len(answer.articles)
            taken.cut += answer.cut
            if one.said_by_fts5:
                started = time.perf_counter()
                self._plain.execute(sql, (one.plain,)).fetchall()
                taken.plain.append(1000 * (time.perf_counter() - started))
        return taken

    def _print_beside(self, form: str, asked: list[Asked], taken: Taken) -> None:
        """What plain FTS5 took, how many articles hold the queries, and how much a prefix covers."""
        held = [self._count(one.plain) for one in asked]
        what = "held by" if taken.plain else "the words are held by"
        line = f"{'':<31} plain FTS5: {_figures(taken.plain) if taken.plain else 'cannot say it'}; {what} {_spread(held)} articles"
        if form == "prefix":
            line += f", covers {_spread([words_covered(one) for one in asked])} of {VOCABULARY_SIZE:,} words"
        print(line, flush=True)

    def _count(self, expression: str) -> int:
        return int(self._beside.execute("SELECT count(*) FROM plain WHERE plain MATCH ?", (expression,)).fetchone()[0])


def goal_milliseconds(form: str, articles: int, *, by_date: bool) -> int | None:
    """What 95 % of the queries of a form should stay within, in an archive of so many articles."""
    if articles <= _SMALL:
        return _SMALL_GOALS.get(form)
    if by_date:
        return _BY_DATE_GOALS.get(form, _BY_DATE_GOAL)
    return _BY_RELEVANCE_GOALS.get(form)


def _figures(milliseconds: list[float]) -> str:
    return f"median {percentile(milliseconds, 0.5):6.1f} ms, 95 % within {percentile(milliseconds, 0.95):6.1f} ms"


def _spread(counts: list[int]) -> str:
    return f"{statistics.median(counts):,.0f} ({min(counts):,} to {max(counts):,})"


if __name__ == "__main__":
    main()
