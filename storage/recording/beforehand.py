"""Loading, before it is decided what a body shows, what the decisions that follow in the same stay depend on.

Which of the entries are new articles, and which known articles are shown otherwise, is not decided yet: it is loaded for all that may be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from news.article_facts import KnownFacts
from news.articles import article_time
from news.comparing import MOST_COMPARED_AGAIN, Before, CurrentVersion, Shown
from news.judging import Version
from news.placing import Unplaced, make_unplaced
from news.preparing import analysed_words
from news.sayings import StillSaid
from news.settling import Decided, NewVersion, Settled
from news.showings import Known, Showing
from news.text import AnalysedArticle
from storage.file.database import Database
from storage.recording.facts import load_facts
from storage.recording.stories import Placement, Surroundings, load_surroundings
from storage.recording.watch import Watch

_Words = tuple[int, str]
"""An entry, by its number, and the hash of the words that it shows an article by."""


@dataclass(frozen=True, slots=True)
class _MayBeNew:
    """What would be a new article, under the number that it has if all of them are."""

    article: Unplaced
    analysed: AnalysedArticle


@dataclass(frozen=True, slots=True)
class Beforehand:
    """What is known around what a body may bring."""

    on_record: Before
    now: datetime
    may_be_new: Mapping[_Words, _MayBeNew]
    surroundings: Surroundings | None
    """Of those; None if there are none."""

    def words_of(self, decided: Decided) -> dict[int, AnalysedArticle]:
        """The words of all versions that are to be stored, by their revision."""
        stored: list[tuple[int, NewVersion | StillSaid]] = [(one.showing.entry_id, new) for one in decided.settled for new in one.versions]
        return {
            new.revision_id: self._analyse(entry_id, new.version) for entry_id, new in [*stored, *((0, one) for one in decided.still_said)]
        }

    def _analyse(self, entry_id: int, version: Version) -> AnalysedArticle:
        known = self.may_be_new.get((entry_id, version.own_hash))
        return analysed_words(version) if known is None else known.analysed

    def place(self, settled: Iterable[Settled]) -> Placement | None:
        """Decide where the new articles belong; None if there are none.

        One that was not foreseen stays without a story, and is told of at once: it must not cost the body in which it came.
        """
        foreseen = [(one.article_id, self.may_be_new.get(_words_of(one.showing))) for one in settled if one.is_new_article]
        new = [_numbered(known.article, article_id) for article_id, known in foreseen if known is not None]
        return self.surroundings.place(new) if new and self.surroundings is not None else None

    def facts_after(self, settled: Iterable[Settled], shown: Shown) -> KnownFacts | None:
        """The facts of all articles once this is written, if a topic asks for any."""
        facts = self.on_record.facts
        return None if facts is None else facts.after(settled, shown.categories, self.now)


def _words_of(showing: Showing) -> _Words:
    return showing.entry_id, showing.words.own_hash


def _numbered(article: Unplaced, article_id: int) -> Unplaced:
    if article.article_id == article_id:
        return article
    return replace(article, article_id=article_id, sketch=replace(article.sketch, article_id=article_id))


def load_beforehand(
    db: Database, watch: Watch, known: Known, showings: Sequence[Showing], may_be_new: Iterable[Showing], now: datetime
) -> Beforehand:
    """What is to be known of these showings before they are decided. `may_be_new`: those of them that may be new articles."""
    wanted = {_words_of(one): one for one in may_be_new}
    numbered = enumerate(wanted.items(), known.next_article_id)
    articles = {words: _make_article(article_id, one, now) for article_id, (words, one) in numbered}
    return Beforehand(
        on_record=_load_before(db, watch, known, showings) if articles or known.articles else Before(),
        now=now,
        may_be_new=articles,
        surroundings=load_surroundings(db, [one.article for one in articles.values()]) if articles else None,
    )


def _make_article(article_id: int, showing: Showing, now: datetime) -> _MayBeNew:
    words, at = analysed_words(showing.words), article_time(showing.words.published_at, now)
    unplaced = make_unplaced(article_id, showing.source_id, showing.shown_url, at, words, showing.words.for_placing)
    return _MayBeNew(unplaced, words)


def _load_before(db: Database, watch: Watch, known: Known, showings: Sequence[Showing]) -> Before:
    by_sightings = watch.matcher.needs_sightings
    again = {one.article_id for one in known.articles.values() if not one.deleted and (by_sightings or not one.sighted_openly)}
    current = _load_current(db, again, {one.entry_id for one in showings})
    facts = load_facts(db, known.articles, {one.source_id for one in showings}) if watch.matcher.needs_facts else None
    return Before(current, facts, by_sightings)


def _load_current(db: Database, article_ids: Iterable[int], entry_ids: Iterable[int]) -> list[CurrentVersion]:
    """The versions by which these articles are found, the newest of each, and which of these entries say them.

    As many of them as the body can give up are loaded beyond those that are compared again: what each entry said, and the article's text.
    """
    wanted, entries = sorted(article_ids), sorted(entry_ids)
    if not wanted:
        return []
    rows = db.conn.execute(
        """SELECT held.article_id, revisions.id, revisions.source_id, number, revisions.title, text,
                  revisions.id = articles.revision_id AS is_main,
                  EXISTS (SELECT 1 FROM entries WHERE spoken_revision_id = revisions.id AND entries.article_id = held.article_id
                          AND id NOT IN (SELECT value FROM json_each(:entries))) AS is_said,
                  (SELECT json_group_array(id) FROM entries WHERE id IN (SELECT value FROM json_each(:entries))
                   AND +spoken_revision_id = revisions.id AND +entries.article_id = held.article_id) AS said_by
           FROM json_each(:articles) AS wanted CROSS JOIN articles ON articles.id = wanted.value
               CROSS JOIN current_versions AS held ON held.revision_id IN (
                   SELECT revision_id FROM current_versions WHERE article_id = wanted.value ORDER BY revision_id DESC LIMIT :most)
               CROSS JOIN revisions ON revisions.id = held.revision_id""",
        {"articles": json.dumps(wanted), "entries": json.dumps(entries), "most": MOST_COMPARED_AGAIN + len(entries) + 1},
    )
    return [
        CurrentVersion(
            *(row["article_id"], row["id"], row["source_id"], row["number"], row["title"], row["text"]),
            is_main=bool(row["is_main"]),
            is_said=bool(row["is_said"]),
            said_by=frozenset(json.loads(row["said_by"])),
        )
        for row in rows
    ]
