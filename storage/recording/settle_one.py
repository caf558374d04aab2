"""Settling a single entry that is on record: after its page came or failed, or after a wall was unmasked."""

from __future__ import annotations

from datetime import datetime

from news.adopting import OtherEntries
from news.settling import Settler
from news.showings import Showing
from storage.file.database import Database
from storage.recording.articles import begin_writing, write_articles, write_settled
from storage.recording.entries import note_settled
from storage.recording.knowing import load_known
from storage.recording.watch import Tally, Watch


def settle_one(db: Database, watch: Watch, showing: Showing, now: datetime, tally: Tally, others: OtherEntries | None = None) -> None:
    """Decide what the entry shows, and write it. `others`: see `Known`."""
    known = load_known(db, [showing], others)
    settler = Settler(known)
    settled = settler.settle(showing)
    writing = begin_writing(db, watch, settler.conclude(), now)
    write_articles(db, writing)
    note_settled(db, settled)
    write_settled(db, watch, writing, tally)
