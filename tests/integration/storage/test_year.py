"""The simulated year (`bench/year.py`) decides as the archive does: some of its sites, polled for days into a real archive beside."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bench.year import TIMING, Watching
from bench.year_world import SORTS, START, make_our_outages, make_site
from news.rhythm import Brought
from news.sources import PollKind, PollOutcome
from storage.file.times import optional_text, to_text
from storage.recording.rhythms import read_rhythm
from tests.desk import Desk

DAYS = 12


class Beside(Watching):
    """Polls a site, and brings each outcome to an archive too."""

    desk: Desk
    told: int = 0

    def conclude(self, outcome: PollOutcome, brought: Brought, now: datetime) -> None:
        """As the simulation has it; the archive must have the same."""
        super().conclude(outcome, brought, now)
        tally = self.desk.archive.record_poll(outcome, now).result()
        assert (tally.entries_seen, tally.entries_new) == (brought.entries, len(brought.published))
        self.told += outcome.kind is PollKind.PARSED
        record = self.record
        (kept,) = self.desk.rows(
            """SELECT next_poll_at, silent_from, unchanged_at, doubted, distrusted_at, consecutive_failures, rhythm
               FROM sources LEFT JOIN rhythms ON source_id = sources.id"""
        )
        assert kept[:6] == (
            to_text(record.next_poll_at),
            optional_text(record.silent_from),
            optional_text(record.trust.unchanged_at),
            record.trust.is_doubted,
            optional_text(record.trust.distrusted_at),
            record.consecutive_failures,
        )
        assert read_rhythm(kept[6]) == record.rhythm
        source = self.desk.source(self.site.url)
        assert (source.etag is not None) == (record.trust.asks_on_condition and record.validators.etag is not None)
        assert source.body_hash == record.validators.body_hash


@pytest.mark.parametrize("name", ["magazine", "blog", "weekly"])
def test_the_simulation_and_the_archive_decide_the_same(tmp_path: Path, name: str) -> None:
    end = START + timedelta(days=DAYS)
    site = make_site(1, next(sort for sort in SORTS if sort.name == name), DAYS, Random(name))
    site.validator, site.lies = "etag", (START + timedelta(days=4), end)
    site.down.append((START + timedelta(days=2), START + timedelta(days=2, hours=5), "timeout"))
    with Desk(tmp_path / "archive.db", topics=(), silent=True) as desk:
        desk.tick(START - timedelta(minutes=1))
        desk.watch_of((), least_interval=TIMING.least, most_interval=TIMING.most)
        desk.watch(site.url)
        beside = Beside(site, end, make_our_outages(DAYS, 1))
        beside.desk = desk
        beside.run()
        assert beside.year.missed == 0
        assert beside.told > 2
        assert desk.archive.count_articles() == len(site.appeared[: beside.archived + 1]) - len(beside.lost) - site.shown(START).start
