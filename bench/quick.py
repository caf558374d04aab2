"""Did anything become slower? What the program takes, beside yardsticks of the same run, compared with the ratios on record.

Seconds mean little on a machine whose pace changes by a factor of two from one minute to the next. So each piece of work is done in small
portions, in turns with a yardstick that does a part of the same and that we do not write: trafilatura and feedparser alone, a plain FTS5
table, an Aho-Corasick automaton, a bare Python that imports what every command needs, lemon24/reader. All is CPU time, and a ratio says
how many times that of the yardstick we take: less is better. `ratios.json` beside this file holds what it was, and how far runs on the
same version were apart; what takes more than both together has slid, is named, and makes the exit status 1.

reader is measured where --peers names an environment that has it (`python -m bench.peers --folder F` leaves one in F/peers-venv).
With --record, all is measured so many times, and the ratios are written anew: after a change that was meant to cost what it costs.

Run: python -m bench.quick
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import feedparser
import trafilatura
from ahocorasick_rs import AhoCorasick

from bench import first_look, peers
from bench.big_archive import make_archive
from bench.common import make_parser, measure_pace, percentile, print_load, print_machine, program, working_folder
from bench.first_poll import SAME_OPTIONS
from bench.french import make_paragraphs, make_title
from bench.matching import Inventor, literals_of
from bench.pages import make_page
from bench.questions import Inquirer
from bench.search import build_plain
from bench.start import run as run_command
from crawler.reading import preload, read_feed, read_page
from news.query import Matcher, parse_query
from news.text import analyse_article
from quivive.collector import calm_collector
from storage import ArchiveReader, SearchRequest

RATIOS = Path(__file__).with_name("ratios.json")
LEAST_TOLERANCE = 0.1
BEYOND_SPREAD = 1.5
"""How much farther from the ratio on record than the farthest of the runs that were recorded is a slide."""
_NOW = 1_767_225_600

Pair = tuple[float, float]
"""CPU seconds of ours, and of the yardstick, for the same."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The ratio that was, and by which share of it another may be above it."""

    ratio: float
    tolerance: float

    @property
    def most(self) -> float:
        """The highest ratio that still passes."""
        return self.ratio * (1 + self.tolerance)


@dataclass(frozen=True, slots=True)
class Size:
    """How often, and on how many documents of each kind, a ratio is measured."""

    portions: int
    documents: int
    articles: int
    topics: int
    feeds: int


USUAL, SMOKE = Size(16, 3, 3_000, 1_000, 100), Size(1, 2, 100, 20, 3)


def main() -> None:
    """Measure, print each ratio beside the one on record, and name what has slid."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--peers", type=Path, metavar="VENV", help="an environment in which reader is installed")
    parser.add_argument("--record", type=int, metavar="RUNS", help="measure so often, and write what is on record anew")
    options = parser.parse_args()
    size = SMOKE if options.quick else USUAL
    print_machine("trafilatura", "feedparser", "ahocorasick-rs")
    on_record = read_ratios()
    with working_folder(options.folder) as folder:
        runs = [measure(size, folder, options.peers) for _ in range(options.record or 1)]
    print_load()
    if options.record and not options.quick:
        write_ratios(on_record, runs)
    elif not tell(runs[0], on_record) and not options.quick:
        sys.exit(1)


def measure(size: Size, folder: Path, venv: Path | None) -> dict[str, float]:
    """What the program takes, as a multiple of what its yardstick took in the same run, by the name of the ratio."""
    preload()
    calm_collector()
    kinds: dict[str, Callable[[], Iterable[Pair]]] = {
        "reading a page / trafilatura alone": lambda: reading_pages(size),
        "reading a feed / feedparser alone": lambda: reading_feeds(size),
        "writing new entries / plain FTS5": lambda: writing(size),
        "searching / plain FTS5": lambda: searching(size, folder),
        "1,000 topics / Aho-Corasick alone": lambda: matching(size),
        "quivive --help / bare Python": lambda: starting(size, folder, "--help"),
        "quivive search / bare Python": lambda: starting(size, folder, "search", "contrat"),
    }
    ratios = {name: ratio_of(name, take()) for name, take in kinds.items()}
    reader = peers.reader(venv) if venv else None
    if reader is None:
        print("reader is not there, and left out: --peers names an environment that has it")
        return ratios
    looks = peers.measure(folder.resolve(), [peers.quivive(), reader], size.feeds, 1 if size is SMOKE else 2)
    for look in peers.LOOKS:
        pairs = [(ours.cpu, its.cpu) for ours, its in zip(looks["quivive"][look], looks["reader"][look], strict=True)]
        ratios[f"{look} / reader"] = ratio_of(f"{look} / reader", pairs)
    return ratios


def ratio_of(name: str, pairs: Iterable[Pair]) -> float:
    """Ours to the yardstick's, printed with what is behind it."""
    ours, its = (undisturbed(seconds) for seconds in zip(*pairs, strict=True))
    print(f"{name:<36} {ours / its:7.2f}  ({1000 * ours:.1f} ms beside {1000 * its:.1f}; pace {measure_pace():.2f} ms)", flush=True)
    return ours / its


def undisturbed(seconds: Sequence[float]) -> float:
    """What a portion takes: a quarter of them took less. Other programs only ever make one take longer, even by CPU time."""
    return percentile(seconds, 0.25)


def in_turns(portions: Sequence[tuple[Callable[[], object], Callable[[], object]]]) -> Iterable[Pair]:
    """CPU seconds of the first and of the second of each pair; one before, that nobody counts, loads what is loaded at first use."""
    for work in portions[0]:
        work()
    return [(cpu_of(ours), cpu_of(its)) for ours, its in portions]


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of doing it, in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


def reading_pages(size: Size) -> Iterable[Pair]:
    """Pages as a worker reads them, with metadata, next part, hashes and words, beside their text alone."""
    url = "https://site.example/article/{}"

    def portion(number: int) -> tuple[Callable[[], object], Callable[[], object]]:
        numbers = range(number * size.documents, (number + 1) * size.documents)
        pages = [(url.format(one), make_page(one, url.format(one))) for one in numbers]
        return (
            lambda: [read_page(page, address, "text/html", None) for address, page in pages],
            lambda: [trafilatura.bare_extraction(page, url=address, **SAME_OPTIONS) for address, page in pages],
        )

    return in_turns([portion(number) for number in range(size.portions)])


def reading_feeds(size: Size) -> Iterable[Pair]:
    """Feeds of 30 entries as a worker reads them, with keys, addresses, hashes and words, beside parsing them."""

    def portion(number: int) -> tuple[Callable[[], object], Callable[[], object]]:
        numbers = range(number * size.documents, (number + 1) * size.documents)
        feeds = [(f"https://{one}.example/feed", peers.make_feed(one, f"https://{one}.example", _NOW)) for one in numbers]
        return (
            lambda: [read_feed(feed, url, "application/rss+xml", None) for url, feed in feeds],
            lambda: [feedparser.parse(feed) for _, feed in feeds],
        )

    return in_turns([portion(number) for number in range(size.portions)])


def writing(size: Size) -> Iterable[Pair]:
    """New entries as the writing thread takes them (judged, placed in stories, matched, indexed), beside rows of one FTS5 table."""
    chance = random.Random(11)
    texts = [(make_title(chance), "\n".join(make_paragraphs(chance, 1000))) for _ in range(30 * size.documents)]
    for _ in range(size.portions):
        ours = first_look.measure(size.documents)["writing"] * len(texts) / 1000
        yield ours, cpu_of(lambda: write_plainly(texts))


def write_plainly(texts: list[tuple[str, str]]) -> None:
    """What one would write first, committed thirty at a time."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE plain USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2')")
        for start in range(0, len(texts), 30):
            connection.executemany("INSERT INTO plain (title, text) VALUES (?, ?)", texts[start : start + 30])
            connection.commit()


def searching(size: Size, folder: Path) -> Iterable[Pair]:
    """Answers of 20 with passages and sightings, beside the same from one FTS5 table with its own snippets."""
    archive = make_archive(folder, size.articles, size.articles)
    plain = folder / "plain.db"
    plain.unlink(missing_ok=True)
    build_plain(archive, plain)
    sql = "SELECT rowid, title, snippet(plain, 1, '[', ']', '…', 40), bm25(plain) FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT 20"
    with closing(sqlite3.connect(plain)) as connection, closing(sqlite3.connect(plain)) as beside:
        reader, inquirer = ArchiveReader(archive), Inquirer(random.Random(5), beside)

        def portion() -> tuple[Callable[[], object], Callable[[], object]]:
            asked = [inquirer.ask(form) for form in ("two words", "phrase", "boolean") for _ in range(size.documents)]
            return (
                lambda: [reader.search(SearchRequest(parse_query(one.query, one.entities))) for one in asked],
                lambda: [connection.execute(sql, (one.plain,)).fetchall() for one in asked],
            )

        pairs = list(in_turns([portion() for _ in range(size.portions)]))
        reader.close_reading()
    return pairs


def matching(size: Size) -> Iterable[Pair]:
    """Articles analysed and matched, beside the literals of the same topics looked for as letters."""
    chance = random.Random(20260304)
    inventor = Inventor(chance, 300)
    entities = inventor.entities()
    topics = [inventor.topic(number) for number in range(size.topics)]
    matcher = Matcher(topics, entities)
    automaton = AhoCorasick(list({name.lower() for topic in topics for name in literals_of(topic, entities)}))

    def portion() -> tuple[Callable[[], object], Callable[[], object]]:
        articles = [(make_title(chance), "\n\n".join(make_paragraphs(chance, 4_000))) for _ in range(10 * size.documents)]
        return (
            lambda: [matcher.match(analyse_article(title, text)) for title, text in articles],
            lambda: [automaton.find_matches_as_indexes(f"{title}\n{text}".lower(), overlapping=True) for title, text in articles],
        )

    return in_turns([portion() for _ in range(size.portions)])


def starting(size: Size, folder: Path, *arguments: str) -> Iterable[Pair]:
    """A command from nothing to its end, on an archive of a few articles, beside Python with what any such command would import."""
    archive, config = make_archive(folder.resolve(), SMOKE.articles, SMOKE.articles), folder / "start.toml"
    config.write_text(f'[archive]\npath = "{archive}"\n[[sources]]\nurl = "https://site.example/feed"\n', encoding="utf-8")
    ours, bare = program(config, *arguments), [sys.executable, "-c", "import click, sqlite3, tomllib"]
    for command in (ours, bare):
        run_command(command)
    for _ in range(size.portions):
        yield run_command(ours)[1], run_command(bare)[1]


def read_ratios() -> dict[str, OnRecord]:
    """What is on record, by name."""
    return {name: OnRecord(**one) for name, one in json.loads(RATIOS.read_text(encoding="utf-8")).items()}


def write_ratios(before: dict[str, OnRecord], runs: list[dict[str, float]]) -> None:
    """The median of the runs, and from it to the farthest of them half as much again, a tenth at least. What was not measured stays."""
    ratios = dict(before)
    for name in runs[0]:
        values = [run[name] for run in runs]
        middle = statistics.median(values)
        apart = max(abs(value - middle) for value in values) / middle
        ratios[name] = OnRecord(round(middle, 3), round(max(LEAST_TOLERANCE, BEYOND_SPREAD * apart), 2))
    text = json.dumps({name: {"ratio": one.ratio, "tolerance": one.tolerance} for name, one in ratios.items()}, indent=2)
    RATIOS.write_text(text + "\n", encoding="utf-8")
    print(text)


def tell(measured: dict[str, float], on_record: dict[str, OnRecord]) -> bool:
    """Print each ratio beside the one on record. True if nothing slid."""
    slid = [name for name, ratio in measured.items() if name in on_record and ratio > on_record[name].most]
    for name, ratio in measured.items():
        if name not in on_record:
            print(f"{name:<36} {ratio:7.2f}, not on record")
            continue
        was = on_record[name]
        print(f"{name:<36} {ratio:7.2f}, on record {was.ratio:7.2f}, at most {was.most:7.2f}{'  SLID' if name in slid else ''}")
    for name in slid:
        was = on_record[name]
        print(
            f"slid: {name} is {measured[name]:.2f}, {measured[name] / was.ratio - 1:.0%} above the {was.ratio:.2f} on record",
            file=sys.stderr,
        )
    if slid:
        print("Run it again to be sure; if the cost is meant, write it down: python -m bench.quick --record 5", file=sys.stderr)
    return not slid


if __name__ == "__main__":
    main()
