"""Stories: how many articles on one event are brought together and how many others, and what placing an article costs.

On labelled articles (`--labelled`: a table with `id, event, affair, date, title, description, link`, in the order of their dates as if
each came alone) it counts pairs, the alerts that would still be doubled, and the events that would be told as a part of another, and with
`--joins` lists every wrong and every missed pair with the words that decided. Copies are made of the same texts: one word in ten changed,
and teasers of 400 characters. What it costs is measured in an archive that is made in bulk (`bench.many_stories`): processor time of some
thousand made-up articles of 4 kB that are placed the whole way, in bodies of 20, each committed by itself; and bytes of the file. As
many of them as of the labelled ones are compared with others and taken into a story. Their texts are read in another process, as in the
daemon, and what that makes for placing them is measured apart.

Run: python -m bench.stories
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.common import make_parser, measure_pace, print_load, print_machine, working_folder
from bench.french import VOCABULARY_SIZE, make_paragraphs, make_title, make_words, vocabulary
from bench.many_stories import SHINGLES_EACH, fill, fill_days
from news.copies import OtherText, SampledText, find_copy
from news.placing import Around, Placed, Placer, make_unplaced, prepare_for_placing, prepare_under_title, weigh_words
from news.sampling import one_in_of, sample_shingles
from news.sketches import WordCounts, plain_words
from news.sources import PreparedArticle
from news.stories import Placing
from news.text import analyse, analyse_article
from news.text.analysis import AnalysedArticle, KnownAnalysis, joined_words
from quivive.collector import calm_collector, leave_out_what_stays
from storage.file.connection import open_for_writing
from storage.file.database import Database
from storage.file.shingles import MOST_WAITING
from storage.recording.stories import place_articles

LABELLED = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "stories-fr" / "dev.tsv"
_TEXTS_OF = 15
"""Labelled descriptions that make up a text to be copied."""
_TEASER_CHARACTERS = 400
_FOLLOW_UP = timedelta(hours=1)
"""The default of `[alerts] follow_up`."""
_BODY, _BEFORE, _MEASURED = 20, 7_000, MOST_WAITING // SHINGLES_EACH
"""As many articles are measured as bring one pass over the index of shingles; before them, some that wait already."""
_OF_AFFAIRS, _OF_EVENTS = 0.40, 0.12
"""Of the made-up articles, those that speak of an affair of the day, and those that tell of its one event. Then some 0.36 are compared with
others and 0.10 taken into a story; of the labelled ones 0.35 and 0.09 are."""
_AFFAIRS, _AFFAIR_ARTICLES = 60, 2_000
"""There are so many affairs at a time, and others after so many articles."""
_A_DAY = (2_700, 10_000)
"""A million in a year, and what a large installation has."""
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def read_labelled(path: Path) -> list[dict[str, str]]:
    """The labelled articles, the earliest first."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return sorted(rows, key=lambda row: (row["date"], row["id"]))


def place_all(rows: Sequence[Mapping[str, str]]) -> tuple[dict[str, Placed], dict[str, int]]:
    """Each article where the program places it, one after the other; and the story that it is in when stories were joined."""
    held: Counter[str] = Counter()
    around = Around(next_story_id=1)
    placer = Placer(around)
    placed = {}
    for count, row in enumerate(rows, start=1):
        at = datetime.fromisoformat(row["date"])
        new = make_unplaced(count, 1, row["link"], at, analyse_article(row["title"], row["description"]))
        held.update(plain_words(new.sketch))
        placed[row["id"]] = placer.place(weigh_words(new, WordCounts(count, held)))
    return placed, {one: around.story_of[place.article.article_id] for one, place in placed.items()}


def _pairs(groups: Mapping[str, object]) -> set[tuple[str, str]]:
    members: dict[object, list[str]] = defaultdict(list)
    for one, group in groups.items():
        members[group].append(one)
    return {pair for group in members.values() for pair in combinations(sorted(group), 2)}


def _spread(inner: Mapping[str, object], outer: Mapping[str, object]) -> int:
    """How many groups of `inner` the groups of `outer` hold beyond their first."""
    held: dict[object, set[object]] = defaultdict(set)
    for one, group in outer.items():
        held[group].add(inner[one])
    return sum(len(groups) - 1 for groups in held.values())


def report_joins(rows: Sequence[Mapping[str, str]], *, listed: bool) -> None:
    """Print how the stories compare with the events that people labelled."""
    placed, joined = place_all(rows)
    events = {row["id"]: row["event"] for row in rows}
    affairs = {row["id"]: row["affair"] for row in rows}
    stories = {one: place.story_id for one, place in placed.items()}
    told, wanted = _pairs(joined), _pairs(events)
    right, wrong = told & wanted, told - wanted
    precision, recall = len(right) / len(told), len(right) / len(wanted)
    across = sum(affairs[one] != affairs[other] for one, other in wrong)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"articles {len(rows)}, pairs on one event {len(wanted)}, brought together {len(told)}")
    print(f"precision {precision:.2f}, recall {recall:.2f}, F1 {f1:.2f} (goal: 0.70)")
    print(f"false pairs within an affair {len(wrong) - across}, across affairs {across} (goal: 0)")
    alone = sum(Counter(events.values()).values()) - len(set(events.values()))
    doubled, as_told = _spread(joined, events), _spread(stories, events)
    print(f"alerts still doubled {doubled} of {alone} by the stories at last (goal: 12), {as_told} as told")
    print(f"events told as a part of another {_spread(events, stories)} of {len(set(events.values()))} (goal: 12)")
    _report_lateness(rows, stories, events)
    print(_compared([one.placing for one in placed.values()]))
    if listed:
        _list_joins("wrong", sorted(wrong), placed)
        _list_joins("missed", sorted(wanted - told), placed)


def _compared(placings: Sequence[Placing]) -> str:
    """How many were compared with others, and how many were taken into a story: both cost."""
    compared = sum(one.nearest_id is not None for one in placings) / len(placings)
    taken = sum(one.story_id is not None for one in placings) / len(placings)
    return f"compared with others {compared:.2f}, taken into a story {taken:.2f}"


def _report_lateness(rows: Sequence[Mapping[str, str]], stories: Mapping[str, object], events: Mapping[str, str]) -> None:
    """Print how much later than at once the events are told that are taken for a part of another, where all articles match."""
    told: dict[object, datetime] = {}
    seen: dict[object, set[str]] = defaultdict(set)
    late: list[timedelta] = []
    for row in rows:
        at, story, event = datetime.fromisoformat(row["date"]), stories[row["id"]], events[row["id"]]
        due = max(at, told[story] + _FOLLOW_UP) if story in told else at
        if seen[story] and event not in seen[story]:
            late.append(due - at)
        seen[story].add(event)
        if told.get(story, at) <= at:
            told[story] = due
    minutes = sorted(one.total_seconds() / 60 for one in late) or [0.0]
    print(f"of these told late, in follow-ups: median {minutes[len(minutes) // 2]:.0f} min, at most {minutes[-1]:.0f} min (goal: 60)")


def _list_joins(kind: str, pairs: Iterable[tuple[str, str]], placed: Mapping[str, Placed]) -> None:
    for one, other in pairs:
        later = placed[max(one, other, key=lambda each: placed[each].article.article_id)].placing
        print(f"{kind} {one} {other}: {later.because}, {later.nearness:.2f}, {', '.join(later.words)}")


def report_copies(rows: Sequence[Mapping[str, str]]) -> None:
    """Print how many copies are known."""
    texts = [" ".join(row["description"] for row in rows[start : start + _TEXTS_OF]) for start in range(0, len(rows), _TEXTS_OF)]
    chance = random.Random(1)
    rewritten = [(text, " ".join(word if chance.random() >= 0.1 else word + "x" for word in text.split())) for text in texts]
    teasers = [
        (text, text[start : start + _TEASER_CHARACTERS]) for text in texts for start in range(0, len(text) - _TEASER_CHARACTERS, 400)
    ]
    others = list(pairwise(texts))
    print(f"copies with one word in ten changed {_known(rewritten):.3f} (goal: 0.99)")
    print(f"teasers of {_TEASER_CHARACTERS} characters {_known(teasers):.3f} (goal: 0.85)")
    print(f"other texts taken for copies {_known(others):.3f} (goal: 0)")


def _known(pairs: Sequence[tuple[str, str]]) -> float:
    """Of so many pairs of an original and another text the other is taken for a copy."""
    return sum(_is_copy(original, text) for original, text in pairs) / len(pairs)


def _is_copy(original: str, text: str) -> bool:
    theirs, mine = (sample_shingles(analyse(one).tokens) for one in (original, text))
    other = OtherText(1, 1, _FIRST, "", frozenset(), mine & theirs, len(theirs), one_in_of(theirs), same_number=False)
    return find_copy(SampledText(2, _FIRST, "", frozenset(), mine, None), [other]) is not None


class _ReadArticle(NamedTuple):
    """An article as a worker process sends it: with its words as they are sent, and what it gives for being placed."""

    title: str
    text: str
    title_words: tuple[str, str]
    text_words: tuple[str, str]
    prepared: PreparedArticle

    @property
    def analysed(self) -> AnalysedArticle:
        title, text = KnownAnalysis(self.title, *self.title_words), KnownAnalysis(self.text, *self.text_words)
        return AnalysedArticle(self.title, self.text, title, text)


def _read_body(first: int) -> tuple[list[_ReadArticle], float]:
    """Made-up articles, and the seconds of processor time that it takes to make of their texts what placing them needs."""
    chance, read, spent = random.Random(first), [], 0.0
    for _ in range(_BODY):
        title, text = _make_article(chance, first)
        title_words, words = joined_words(title), joined_words(text)
        before = time.process_time()
        of_text = prepare_for_placing(KnownAnalysis(text, *words), text)
        prepared = prepare_under_title(title, KnownAnalysis(title, *title_words), of_text)
        spent += time.process_time() - before
        read.append(_ReadArticle(title, text, title_words, words, prepared))
    return read, spent


def _make_article(chance: random.Random, number: int) -> tuple[str, str]:
    """Title and text of an article with about that number. Some speak of an affair of these days, some of these of its event."""
    title, text = make_title(chance), "\n".join(make_paragraphs(chance, 4000))
    kind = chance.random()
    if kind > _OF_AFFAIRS:
        return title, text
    affair = random.Random(f"{number // _AFFAIR_ARTICLES} {chance.randrange(_AFFAIRS)}")
    names = [vocabulary()[rank] for rank in affair.sample(range(8_000, VOCABULARY_SIZE), 5)]
    if kind > _OF_EVENTS:
        return f"{title} {names[0]}", f"{' '.join(chance.sample(names, 4))} {text}"
    told = make_words(affair, 40)
    return f"{names[0]} {names[1]} {' '.join(chance.sample(told, 5))}", f"{' '.join(names)} {' '.join(chance.sample(told, 20))}. {text}"


def report_cost(folder: Path, count: int, *, quick: bool) -> None:
    """Print what placing an article costs in an archive of so many, at several paces."""
    with ProcessPoolExecutor(1, get_context("spawn")) as reader:
        _report_cost(reader, folder, count, quick=quick)


def _report_cost(reader: Executor, folder: Path, count: int, *, quick: bool) -> None:
    path = folder / "stories.db"
    shutil.copy(_made_archive(folder, count), path)
    db = open_for_writing(path)
    db.conn.execute("PRAGMA foreign_keys = OFF")  # the articles themselves are not what is measured
    first = count + 1
    before, measured = (_BODY, 20 * _BODY) if quick else (_BEFORE, _MEASURED)
    for a_day in _A_DAY:
        fill_days(db, first - 1, a_day, _FIRST)
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = path.stat().st_size
        _place_more(db, reader, first, a_day, before)
        made, spent, paces = _place_more(db, reader, first + before, a_day, measured)
        first += before + measured
        sql = "SELECT avg(nearest_id IS NOT NULL), avg(because != 'first') FROM story_articles WHERE article_id >= ?"
        compared, joined = db.conn.execute(sql, (first - measured,)).fetchone()
        print(f"of the articles placed, compared with others {compared:.2f}, taken into a story {joined:.2f}")
        print(f"placing an article among {count}, {a_day} a day: {1000 * spent:.2f} ms of processor time (goal: 2),", end=" ")
        print(f"and {1000 * made:.2f} in the worker process that reads its text; pace {median(paces):.2f} ms")
        print(f"bytes an article, {a_day} a day: {size / count:.0f} (goal: 1200)")
    db.conn.close()


def _made_archive(folder: Path, count: int) -> Path:
    """An archive of so many, which is made once."""
    made = folder / f"made-{count}.db"
    if not made.exists():
        half_made = made.with_suffix(".part")
        half_made.unlink(missing_ok=True)
        db = open_for_writing(half_made)
        db.conn.execute("PRAGMA foreign_keys = OFF")
        fill(db, count, _FIRST)
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.conn.close()
        half_made.rename(made)
    return made


def _place_more(db: Database, reader: Executor, first: int, a_day: int, count: int) -> tuple[float, float, list[float]]:
    """Archive so many more; returns the seconds that each takes: what a worker process makes of its text, and the writing thread.

    Then the paces of the machine meanwhile; see `measure_pace`.
    """
    made = spent = 0.0
    paces: list[float] = []
    for start in range(first, first + count, _BODY):
        body, seconds = reader.submit(_read_body, start).result()
        paces.append(measure_pace())
        at = _FIRST + timedelta(days=(start - first) / a_day)
        before = time.thread_time()
        new = [
            make_unplaced(number, 1, f"https://a.example/{number}", at, one.analysed, one.prepared)
            for number, one in enumerate(body, start)
        ]
        with db.atomic():
            place_articles(db, new)
        made += seconds
        spent += time.thread_time() - before
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made / count, spent / count, paces


def main() -> None:
    """Print how well copies and stories are found, and what an article costs."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--labelled", type=Path, default=LABELLED, help="the labelled articles")
    parser.add_argument("--joins", action="store_true", help="list every wrong and every missed pair")
    parser.add_argument("--articles", type=int, default=1_000_000, help="in the archive in which the cost is measured")
    arguments: argparse.Namespace = parser.parse_args()
    print_machine()
    if arguments.labelled.exists():
        rows = read_labelled(arguments.labelled)
        report_joins(rows, listed=arguments.joins)
        report_copies(rows)
    else:
        print(f"no labelled articles at {arguments.labelled}")
    with working_folder(arguments.folder) as folder:
        calm_collector()  # as the daemon does
        leave_out_what_stays()
        report_cost(folder, 2_000 if arguments.quick else arguments.articles, quick=arguments.quick)
    print_load()


if __name__ == "__main__":
    main()
