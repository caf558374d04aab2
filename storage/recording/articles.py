"""Writing what was decided about the entries of one body, in bulk, and what follows from that.

Articles, versions, sightings, index, matches, alerts and deliveries are written by the one operation that runs this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from news.articles import article_time
from news.comparing import Comparing, Shown
from news.consequences import MatchedVersion, decide_consequences, match_versions
from news.corrections import EditedArticle
from news.sayings import SaidAlready, StillSaid
from news.settling import Decided, NewVersion, Settled
from news.text import AnalysedArticle
from storage.file.database import Database
from storage.file.rows import change_in, insert_rows
from storage.file.times import optional_text, to_text
from storage.file.words import leave_waiting
from storage.recording.beforehand import Beforehand
from storage.recording.matches import load_before, wants_of, write_consequences
from storage.recording.muting import plan_again_what_others_show
from storage.recording.spoken import write_still_said
from storage.recording.stories import Placement, write_placed
from storage.recording.watch import Tally, Watch

_ARTICLE = (
    "id",
    "place",
    "url",
    "title",
    "author",
    "language",
    "published_at",
    "first_seen_at",
    "time",
    "source_id",
    "revision_id",
    "revisions",
    "versions",
    "current_hash",
    "sighted_openly",
)
_VERSION = ("id", "article_id", "number", "seen_at", "source_id", "origin", "title", "text", "text_hash", "text_length")
_SIGHTING = ("article_id", "source_id", "entry_id", "url", "seen_at", "identity", "silent")


@dataclass(frozen=True, slots=True)
class Writing:
    """The decisions on one body, on their way into the archive at `now`."""

    settled: Sequence[Settled]
    still_said: Sequence[StillSaid]
    said_already: Sequence[SaidAlready]
    now: datetime
    analysed: Mapping[int, AnalysedArticle]
    """The words of the versions that are to be stored, by their revision: they are indexed."""
    placement: Placement | None
    """Where the new articles belong; None if there are none."""
    matched: Sequence[MatchedVersion]


def decide_what_follows(watch: Watch, before: Beforehand, decided: Decided, shown: Shown) -> Writing:
    """Where the new articles belong, and which topics match: all that is asked of the archive for that is at hand."""
    analysed = before.words_of(decided)
    placement = before.place(decided.settled)
    comparing = Comparing(decided, before.on_record, shown, before.facts_after(decided.settled, shown), analysed)
    matched = match_versions(watch.matcher, comparing.versions())
    return Writing(decided.settled, decided.still_said, decided.said_already, before.now, analysed, placement, matched)


def write_articles(db: Database, writing: Writing) -> None:
    """Store the articles that are new. What entries refer to must be there before them."""
    rows = [_article_row(one, writing.now) for one in writing.settled if one.is_new_article]
    insert_rows(db, "articles", _ARTICLE, rows)


def _article_row(one: Settled, now: datetime) -> tuple[object, ...]:
    showing, words, main = one.showing, one.showing.words, one.main
    assert main is not None  # an article comes with its text
    published = words.published_at
    times = (optional_text(published), to_text(now), to_text(article_time(published, now)))
    return (
        *(one.article_id, showing.place.own, showing.shown_url, words.title, words.author, words.language),
        *times,
        *(showing.source_id, main.revision_id, 1, len(one.versions), words.own_hash, not one.silent),
    )


def write_settled(db: Database, watch: Watch, writing: Writing, tally: Tally) -> None:
    """Store versions, sightings, addresses and places in stories, and what follows from the matches. Articles and entries are there."""
    _write_addresses(db, writing.settled)
    _write_versions(db, writing)
    write_still_said(db, writing.still_said, writing.said_already, writing.now)
    _write_sightings(db, writing)
    _write_current(db, writing)
    _write_titles(db, writing.settled)
    if writing.placement is not None:
        write_placed(db, writing.placement)
    _count(writing.settled, tally)
    _follow(db, watch, writing, tally)


def _write_addresses(db: Database, settled: Sequence[Settled]) -> None:
    """An entry's own link takes an address from an article that only adopted it."""
    owned = [(address, one.article_id, 0) for one in settled for address, adopted in one.claims if not adopted]
    adopted = [(address, one.article_id, 1) for one in settled for address, is_adopted in one.claims if is_adopted]
    columns = ("url", "article_id", "adopted")
    taken_over = "ON CONFLICT (url) DO UPDATE SET article_id = excluded.article_id, adopted = 0 WHERE adopted = 1"
    insert_rows(db, "article_urls", columns, owned, taken_over)
    insert_rows(db, "article_urls", columns, adopted, "ON CONFLICT DO NOTHING")


def _write_versions(db: Database, writing: Writing) -> None:
    versions = [(one, version) for one in writing.settled for version in one.versions]
    insert_rows(db, "revisions", _VERSION, [_version_row(one, version, writing.now) for one, version in versions])
    leave_waiting(db, list(writing.analysed.items()))
    for one in writing.settled:
        if one.versions and not one.is_new_article:
            _write_revision(db, one)


def _version_row(one: Settled, new: NewVersion, now: datetime) -> tuple[object, ...]:
    version = new.version
    words = (version.origin, version.title, version.text, version.text_hash, version.text_length)
    return (new.revision_id, one.article_id, new.number, to_text(now), one.showing.source_id, *words)


def _write_revision(db: Database, one: Settled) -> None:
    """Note in a known article how many versions it has, and which text is its current one."""
    db.conn.execute("UPDATE articles SET versions = versions + ? WHERE id = ?", (len(one.versions), one.article_id))
    if one.main is None:
        return
    version = one.main.version
    db.conn.execute(
        """UPDATE articles SET revision_id = :revision, revisions = revisions + 1, current_hash = :hash, title = :title,
                  author = coalesce(:author, author), language = coalesce(:language, language),
                  published_at = coalesce(published_at, :published),
                  time = min(coalesce(published_at, :published, first_seen_at), first_seen_at)  -- as `article_time` has it
           WHERE id = :article""",
        {
            "revision": one.main.revision_id,
            "hash": version.own_hash,
            "title": version.title,
            "author": version.author,
            "language": version.language,
            "published": optional_text(version.published_at),
            "article": one.article_id,
        },
    )


def _write_sightings(db: Database, writing: Writing) -> None:
    rows = [
        (one.article_id, one.showing.source_id, one.showing.entry_id, one.showing.shown_url, to_text(writing.now), one.identity, one.silent)
        for one in writing.settled
        if one.is_new_sighting
    ]
    insert_rows(db, "sightings", _SIGHTING, rows, "ON CONFLICT DO NOTHING")
    also = {one.article_id for one in writing.settled if one.is_new_sighting and not one.is_new_article and not one.silent}
    plan_again_what_others_show(db, sorted(also), writing.now)
    for one in writing.settled:
        if one.opens:
            db.conn.execute("UPDATE articles SET sighted_openly = 1 WHERE id = ?", (one.article_id,))


def _write_current(db: Database, writing: Writing) -> None:
    """The versions by which the articles are found: their text, and what the entries that show them say now."""
    settled = writing.settled
    mains = [(one.main.revision_id, one.article_id) for one in settled if one.main is not None]
    spoken = [(one.spoken_revision_id, one.article_id) for one in settled if one.spoken_revision_id is not None]
    still_said = [(one.revision_id, one.article_id) for one in writing.still_said]
    rows = sorted({*mains, *spoken, *still_said})
    insert_rows(db, "current_versions", ("revision_id", "article_id"), rows, "ON CONFLICT DO NOTHING")
    known = {one.article_id for one in settled if not one.is_new_article}
    left = {one.showing.article_id for one in settled if one.showing.article_id is not None}
    # Asked of the versions, which are few: an article that thousands of sources show has thousands of entries.
    change_in(
        db,
        """DELETE FROM current_versions AS held WHERE article_id IN ({marks})
           AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = held.article_id AND articles.revision_id = held.revision_id)
           AND NOT EXISTS (SELECT 1 FROM entries WHERE spoken_revision_id = held.revision_id AND entries.article_id = held.article_id)""",
        known | left,
    )


def _write_titles(db: Database, settled: Sequence[Settled]) -> None:
    titles = [(one.showing.words.text_hash, one.showing.words.title_key) for one in settled if one.adds_title]
    insert_rows(db, "text_titles", ("text_hash", "title_key"), titles, "ON CONFLICT DO NOTHING")


def _count(settled: Iterable[Settled], tally: Tally) -> None:
    for one in settled:
        tally.articles_new += one.is_new_article
        tally.articles_revised += one.main is not None and not one.is_new_article
        tally.duplicates += one.is_new_sighting and not one.is_new_article and one.showing.article_id is None


def _follow(db: Database, watch: Watch, writing: Writing, tally: Tally) -> None:
    """Decide and write what follows from the matches, and from edits."""
    if not writing.settled:
        return
    before = load_before(db, watch, writing.matched, _list_revised(writing))
    decided = decide_consequences(wants_of(watch), writing.matched, before, writing.now)
    tally.alerts.extend(write_consequences(db, watch, decided, writing.now))


def _list_revised(writing: Writing) -> list[EditedArticle]:
    """The articles of which the text was revised."""
    revised = {one.article_id: (one.showing.source_id, one.main) for one in writing.settled if one.main and not one.is_new_article}
    return [
        EditedArticle(
            article_id=article_id,
            revision_id=main.revision_id,
            number=main.number,
            source_id=source_id,
            origin=main.version.origin,
            title=main.version.title,
            text=main.version.text,
            analysed=writing.analysed[main.revision_id],
        )
        for article_id, (source_id, main) in revised.items()
    ]
