"""A live blog that is edited every two minutes for a day: how many corrections a topic is told, and what an edit costs.

The blog has 60 parts of some sentences, the newest first, and comes in full in its feed; a new part pushes out the oldest. It is told once,
and then edited 720 times through `Archive.record_poll`, with a look each time for corrections whose hour is over, as in the daemon. Three
days are played: on the first each edit says something new of the topic, on the second parts come that do not speak of it, on the third
nothing changes but update times, counters, links to other articles and quotes. The time is the median CPU time for an edit,
with `revisions = "matches"`, and with `"off"` beside it in the same run.

Run: python -m bench.corrections
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bench.big_archive import FIRST
from bench.common import make_parser, print_load, print_machine, working_folder
from bench.french import make_paragraphs
from news.alerts import AlertKind
from news.query import Matcher
from news.source_specs import ArticlesMode, SourceSpec
from news.sources import FeedEntry, ParsedFeed, PollKind, PollOutcome
from news.topics import Revisions, Topic
from storage import Archive, Watch

MOST_A_DAY = 24
_STEP = timedelta(minutes=2)
_EDITS = 720
_PARTS = 60
_FEED = "https://journal.example/feed"
_TOPIC = Topic("Zibeline", "zibeline")


@dataclass(frozen=True, slots=True)
class Day:
    """The corrections that a day of edits led to."""

    corrections: int
    milliseconds: float
    """The median for an edit."""


def main() -> None:
    """Play the three days, with corrections and without."""
    parser = make_parser(__doc__)
    parser.add_argument("--edits", type=int, default=_EDITS, help="how often the blog is edited, every two minutes")
    options = parser.parse_args()
    edits = 40 if options.quick else options.edits
    print_machine()
    print_load()
    with working_folder(options.folder) as folder:
        for number, (name, write, most) in enumerate(_DAYS):
            told = play(folder / f"{number}.db", write, edits, Revisions.MATCHES)
            untold = play(folder / f"{number}-off.db", write, edits, Revisions.OFF)
            cost = f"an edit {told.milliseconds:5.1f} ms, off {untold.milliseconds:5.1f} ms"
            print(f"{name:32} corrections {told.corrections:3} (at most {most})   {cost}")


def play(path: Path, write: Callable[[int], str], edits: int, revisions: Revisions) -> Day:
    """Tell a blog once, and edit it so often."""
    watch = Watch(Matcher([_TOPIC], {}), {_TOPIC.name: ()}, silent_first_poll=False, revisions_of_topic={_TOPIC.name: revisions})
    with closing(Archive(path, watch)) as archive:
        archive.sync(watch, [SourceSpec(_FEED, articles=ArticlesMode.FEED)], timedelta(minutes=5), FIRST).result()
        corrections, spent = 0, []
        for edit in range(edits + 1):
            now = FIRST + edit * _STEP
            began = time.process_time()
            alerts = archive.record_poll(_poll(archive, write(edit), now), now).result().alerts
            if archive.has_due_corrections(now):
                alerts = [*alerts, *archive.record_due_corrections(now).result()]
            spent.append(1000 * (time.process_time() - began))
            corrections += sum(alert.kind is AlertKind.CORRECTED for alert in alerts)
    return Day(corrections, statistics.median(spent[1:]))


def _poll(archive: Archive, text: str, now: datetime) -> PollOutcome:
    (source,), _ = archive.find_sources([_FEED])
    entry = FeedEntry(
        guid="1", link="https://journal.example/direct", title="EN DIRECT - Le sommet de la zibeline", content=text, published_at=FIRST
    )
    return PollOutcome(source.source_id, _FEED, now, 0.1, PollKind.PARSED, 200, len(text), ParsedFeed("Le Journal", (entry,)))


def _part(number: int, said: str) -> str:
    moment = FIRST + number * _STEP
    return f"{moment:%Hh%M} - {said}\n{make_paragraphs(random.Random(number), 150)[0]}"


def _write_news(edit: int) -> str:
    """Each part says something else of the topic."""
    return "\n".join(_part(number, f"La zibeline répond à la question numéro {number}.") for number in range(edit, edit - _PARTS, -1))


def _write_others(edit: int) -> str:
    """Only the first of all parts speaks of the topic, and it stays."""
    parts = [_part(number, f"On répond à la question numéro {number}.") for number in range(edit, edit - _PARTS, -1)]
    return "\n".join([*parts, "La zibeline se réunit à Paris pendant trois jours."])


def _write_nothing(edit: int) -> str:
    """What stands around the words changes, and how they are set."""
    parts = [_part(number, f"La zibeline répond à la question numéro {number}.") for number in range(_PARTS)]
    quotes = "« sommet »" if edit % 2 else '"sommet"'
    head = f"Mis à jour le 4 mars à {edit // 30 % 24} h {edit * 2 % 60:02}\nLe {quotes} de la zibeline se poursuit, {1000 + edit} vues."
    return "\n".join(
        [head.replace(f", {1000 + edit} vues", ""), *parts, f"{edit} commentaires", f"À lire aussi : La zibeline, épisode {edit}"]
    )


_DAYS: tuple[tuple[str, Callable[[int], str], int], ...] = (
    ("each edit says something new", _write_news, MOST_A_DAY),
    ("new parts do not speak of it", _write_others, 0),
    ("nothing new", _write_nothing, 0),
)


if __name__ == "__main__":
    main()
