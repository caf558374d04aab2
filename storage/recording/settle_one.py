"""Settling a single entry that is on record: after its page came or failed, or after a wall was unmasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from news.adopting import OtherEntries
from news.comparing import Shown
from news.settling import Settled, Settler, not_on_record
from news.showings import Known, Showing
from storage.file.database import Database
from storage.recording.articles import Writing, decide_what_follows, write_articles, write_settled
from storage.recording.beforehand import Beforehand, load_beforehand
from storage.recording.entries import note_settled
from storage.recording.knowing import load_known
from storage.recording.watch import Tally, Watch


@dataclass(frozen=True, slots=True)
class Ready:
    """An entry that is to be settled, and all that is known for that."""

    showing: Showing
    known: Known
    before: Beforehand


def get_ready(db: Database, watch: Watch, showing: Showing, now: datetime, others: OtherEntries | None = None) -> Ready:
    """Load what deciding about the entry needs. `others`: see `Known`."""
    known = load_known(db, [showing], others)
    return Ready(showing, known, load_beforehand(db, watch, known, [showing], not_on_record(known, [showing], [showing]), now))


def decide_one(watch: Watch, ready: Ready) -> tuple[Settled, Writing]:
    """What the entry shows, and what follows; nothing is asked of the archive."""
    settler = Settler(ready.known)
    settled = settler.settle(ready.showing)
    shown = Shown({ready.showing.entry_id: ready.showing.categories})
    return settled, decide_what_follows(watch, ready.before, settler.conclude(), shown)


def write_one(db: Database, watch: Watch, decided: tuple[Settled, Writing], tally: Tally) -> None:
    """Write what was decided, and what follows from its matches."""
    settled, writing = decided
    write_articles(db, writing)
    note_settled(db, settled)
    write_settled(db, watch, writing, tally)


def settle_one(db: Database, watch: Watch, showing: Showing, now: datetime, tally: Tally) -> None:
    """Decide what the entry shows, and write it."""
    write_one(db, watch, decide_one(watch, get_ready(db, watch, showing, now)), tally)
