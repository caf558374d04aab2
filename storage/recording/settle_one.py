"""Settling a single entry that is on record: after its page came or failed, or after a wall was unmasked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlite_utils import Database

from news.settling import Settler, Showing
from storage.recording.articles import Writing, write_articles, write_settled
from storage.recording.entries import note_settled
from storage.recording.knowing import load_known
from storage.recording.watch import Tally, Watch


def settle_one(db: Database, watch: Watch, showing: Showing, now: datetime, tally: Tally, shared: Collection[str] = ()) -> None:
    """Decide what the entry shows, and write it. `shared`: addresses that other entries of its source have."""
    settled = Settler(load_known(db, [showing], shared)).settle(showing)
    writing = Writing([settled], now)
    write_articles(db, writing)
    note_settled(db, settled)
    write_settled(db, watch, writing, tally)
