"""Searching an archive of 100,000 articles of about 4 kB: how long an answer of 20 takes, beside plain FTS5 on the same texts.

Asked are two words, a phrase, and a boolean query, by relevance and by date, through the archive's own reader: parsed query to finished
answer, with snippets, topics and sightings. The words are drawn from all ranks of a Zipf vocabulary (`bench/french.py`), phrases from the
texts themselves; a sample of the words is printed with the number of articles that hold them. The alternative is what one would write
first: one FTS5 table of title and text, tokenizer unicode61, ordered by `rank` or by rowid, with FTS5's own snippets.

`--articles 1000000 --distinct 100000` repeats the texts in turn, which keeps building it bearable. With `--folder` both files are kept.

Run: python -m bench.search
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.big_archive import build
from bench.common import make_parser, percentile, print_load, print_machine, working_folder
from bench.french import vocabulary
from news.query import parse_query
from storage import ArchiveReader, SearchRequest

GOAL_MILLISECONDS = 50
_COMMONEST, _RAREST = 80, 20_000
"""Ranks between which words are drawn, evenly on a logarithmic scale: news words up to words that one article in a thousand holds."""
_PLAIN_SQL = (
    """SELECT rowid, title, snippet(plain, 1, '[', ']', '…', 40), bm25(plain) FROM plain WHERE plain MATCH ? ORDER BY {} LIMIT 20"""
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One query in the program's language and in FTS5's."""

    query: str
    plain: str


def main() -> None:
    """Build what is missing, ask, and print."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--distinct", type=int, help="texts that differ (default: all)")
    parser.add_argument("--queries", type=int, default=100, help="of each kind")
    options = parser.parse_args()
    articles, queries = (300, 5) if options.quick else (options.articles, options.queries)
    print_machine("sqlite-utils")
    print(f"sqlite    {sqlite3.sqlite_version}")
    with working_folder(options.folder) as folder:
        archive, plain = folder / f"search-{articles}.db", folder / f"plain-{articles}.db"
        make_files(archive, plain, articles, options.distinct or articles)
        measure(archive, plain, queries)


def make_files(archive: Path, plain: Path, articles: int, distinct: int) -> None:
    """The archive and the plain table, unless an earlier run left them."""
    if not archive.exists():
        seconds = build(archive, articles, distinct)
        print(f"archive   {articles} articles, {archive.stat().st_size / 1e6:.0f} MB, written at {articles / seconds:.0f} articles/s")
    if not plain.exists():
        print(f"plain     built in {build_plain(archive, plain):.0f} s, {plain.stat().st_size / 1e6:.0f} MB", flush=True)


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


def measure(archive: Path, plain: Path, queries: int) -> None:
    """Ask everything, each kind in turn, ours and the plain table's answer to the same query one after the other."""
    reader = ArchiveReader(archive)
    connection = sqlite3.connect(plain)
    connection.execute("PRAGMA cache_size = -32000")
    print_frequencies(connection)
    chance = random.Random(5)
    kinds: dict[str, Callable[[], Asked]] = {
        "two words": partial(make_two_words, chance),
        "phrase": partial(make_phrase, chance, connection),
        "boolean": partial(make_boolean, chance),
    }
    for name, make in kinds.items():
        asked = [make() for _ in range(queries)]
        for by_date in (False, True):
            compare(f"{name}, {'by date' if by_date else 'by relevance'}", reader, connection, asked, by_date=by_date)
    print_load()


def compare(name: str, reader: ArchiveReader, connection: sqlite3.Connection, asked: list[Asked], *, by_date: bool) -> None:
    """Print median and 95th percentile of both, in milliseconds."""
    plain_sql = _PLAIN_SQL.format("rowid DESC" if by_date else "rank")
    ours: list[float] = []
    plain: list[float] = []
    found = cut = 0
    for one in asked:
        started = time.perf_counter()
        answer = reader.search(SearchRequest(parse_query(one.query, {}), by_date=by_date))
        middle = time.perf_counter()
        connection.execute(plain_sql, (one.plain,)).fetchall()
        ours.append(1000 * (middle - started))
        plain.append(1000 * (time.perf_counter() - middle))
        found += len(answer.articles)
        cut += answer.cut
    print(
        f"{name:<28} quivive: median {percentile(ours, 0.5):6.1f} ms, 95 % within {percentile(ours, 0.95):6.1f} ms"
        f" (goal: < {GOAL_MILLISECONDS});"
        f"  plain FTS5: median {percentile(plain, 0.5):6.1f} ms, 95 % within {percentile(plain, 0.95):6.1f} ms;"
        f"  {found / len(asked):.1f} articles an answer, {cut} of {len(asked)} cut",
        flush=True,
    )


def draw(chance: random.Random) -> str:
    """One word, of any commonness."""
    rank = int(_COMMONEST * (_RAREST / _COMMONEST) ** chance.random())
    return vocabulary()[rank]


def make_two_words(chance: random.Random) -> Asked:
    """Both, anywhere."""
    one, two = draw(chance), draw(chance)
    return Asked(f"{one} {two}", f'"{one}" "{two}"')


def make_phrase(chance: random.Random, connection: sqlite3.Connection) -> Asked:
    """Two words that stand side by side somewhere, the second none of the commonest."""
    (last,) = connection.execute("SELECT max(rowid) FROM plain").fetchone()
    ranks = {word: rank for rank, word in enumerate(vocabulary())}
    while True:
        (text,) = connection.execute("SELECT text FROM plain WHERE rowid = ?", (chance.randint(1, last),)).fetchone()
        words = text.split()
        place = chance.randrange(len(words) - 1)
        one, two = words[place : place + 2]
        if one.isalpha() and two.isalpha() and ranks.get(two, 0) >= _COMMONEST:
            return Asked(f'"{one} {two}"', f'"{one} {two}"')


def make_boolean(chance: random.Random) -> Asked:
    """One of two words, a third, and not a fourth."""
    one, two, three, four = (draw(chance) for _ in range(4))
    return Asked(f"({one} OR {two}) AND {three} AND NOT {four}", f'("{one}" OR "{two}") AND "{three}" NOT "{four}"')


def print_frequencies(connection: sqlite3.Connection) -> None:
    """In how many articles words of some ranks stand."""
    counts = []
    for rank in (80, 160, 400, 1_000, 3_000, 10_000, 20_000):
        (count,) = connection.execute("SELECT count(*) FROM plain WHERE plain MATCH ?", (f'"{vocabulary()[rank]}"',)).fetchone()
        counts.append(f"rank {rank}: {count}")
    print(f"words     articles that hold the word of {', '.join(counts)}", flush=True)


if __name__ == "__main__":
    main()
