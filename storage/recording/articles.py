"""Settling: giving a version of an entry's words its place, as a new article, a revision, or a further sighting of a known article.

Article, revision, sighting, index, matches, alerts and deliveries are written by the one operation that runs this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from news.articles import ArticleFacts
from news.judging import (
    ArticleVerdict,
    Identity,
    TextTwin,
    Version,
    article_time,
    is_revision,
    judge_identity,
    still_same_article,
)
from news.text import AnalysedArticle, analyse_article
from news.walls import TITLES_THAT_UNMASK
from storage.asking.facts import get_facts
from storage.file.times import optional_text, to_text
from storage.recording.entries import StoredEntry, mark_settled, own_previous_hash
from storage.recording.matches import Arrival, match_sighting, match_version
from storage.recording.watch import Tally, Watch
from storage.recording.words import leave_waiting

_MOST_TWINS = 20
"""Articles with the same text that are compared, the earliest first; a bound on work."""


@dataclass(frozen=True, slots=True)
class Settling:
    """One version of one entry, on its way into the archive at `now`."""

    stored: StoredEntry
    version: Version
    url: str
    now: datetime


def settle(db: Database, watch: Watch, settling: Settling, tally: Tally) -> int:
    """Give a version its place; returns the id of its article."""
    titles = titles_of_text(db, settling.version.text_hash)
    verdict = _judge(db, settling, titles)
    remember_text(db, settling.version)
    settling = _opened_by_moving(settling, verdict)
    if verdict.article_id is None:
        return _add_article(db, watch, settling, tally)
    return _sight_article(db, watch, settling, verdict, tally)


def _opened_by_moving(settling: Settling, verdict: ArticleVerdict) -> Settling:
    """An entry of a silent first poll that now speaks of another article (feeds that number their places) is silent no more."""
    stored = settling.stored
    if not (stored.silent and stored.edited) or stored.article_id in {None, verdict.article_id}:
        return settling
    return replace(settling, stored=replace(stored, silent=False))


def titles_of_text(db: Database, text_hash: str) -> set[str]:
    """The title keys that a text was seen under so far; of more than `TITLES_THAT_UNMASK` only that many, which decide as well."""
    rows = db.conn.execute("SELECT title_key FROM text_titles WHERE text_hash = ? LIMIT ?", (text_hash, TITLES_THAT_UNMASK))
    return {row["title_key"] for row in rows}


def article_at(db: Database, url: str) -> int | None:
    """The id of the article known at that address."""
    row = db.conn.execute("SELECT article_id FROM article_urls WHERE url = ?", (url,)).fetchone()
    return row["article_id"] if row else None


def has_page_text(db: Database, article_id: int) -> bool:
    """Whether the article's current version is its page's, not a feed's."""
    row = db.conn.execute(
        "SELECT origin FROM articles JOIN revisions ON revisions.id = articles.revision_id WHERE articles.id = ?", (article_id,)
    ).fetchone()
    return row is not None and row["origin"] == "page"


def remember_text(db: Database, version: Version) -> None:
    """Remember that the version's text was seen under its title. The empty text of a feed of titles has thousands: enough is enough."""
    if len(titles_of_text(db, version.text_hash)) >= TITLES_THAT_UNMASK:
        return
    db.conn.execute("INSERT OR IGNORE INTO text_titles (text_hash, title_key) VALUES (?, ?)", (version.text_hash, version.title_key))


def _judge(db: Database, settling: Settling, titles: set[str]) -> ArticleVerdict:
    at_url = article_at(db, settling.url)
    twins = [] if at_url is not None else _twins(db, settling.version.text_hash)
    verdict = judge_identity(settling.version, settling.url, at_url, twins, titles)
    if verdict.article_id is None and settling.stored.article_id is not None:
        return _judge_moved(db, settling, verdict)
    return verdict


def _judge_moved(db: Database, settling: Settling, verdict: ArticleVerdict) -> ArticleVerdict:
    """An entry that was settled before now has an address that is unknown: the same article moved, or another one under an old guid."""
    article_id = settling.stored.article_id
    title = db.conn.execute("SELECT title FROM articles WHERE id = ?", (article_id,)).fetchone()["title"]
    return ArticleVerdict(Identity.SAME_URL, article_id) if still_same_article(title, settling.version) else verdict


def _twins(db: Database, text_hash: str) -> list[TextTwin]:
    rows = db.conn.execute(
        """SELECT articles.id, articles.url, revisions.title FROM revisions JOIN articles ON articles.id = revisions.article_id
           WHERE revisions.text_hash = ? ORDER BY revisions.id LIMIT ?""",
        (text_hash, _MOST_TWINS),
    )
    return [TextTwin(row["id"], row["url"], row["title"]) for row in rows]


def _add_article(db: Database, watch: Watch, settling: Settling, tally: Tally) -> int:
    stored, version, now = settling.stored, settling.version, settling.now
    cursor = db.conn.execute(
        """INSERT INTO articles (url, title, author, language, published_at, first_seen_at, time, source_id, revisions, current_hash,
                                 sighted_openly)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?)""",
        (
            settling.url,
            version.title,
            version.author,
            version.language,
            optional_text(version.published_at),
            to_text(now),
            to_text(article_time(version.published_at, now)),
            stored.source_id,
            not stored.silent,
        ),
    )
    article_id = int(cursor.lastrowid or 0)
    tally.articles_new += 1
    _add_sighting(db, settling, article_id, Identity.FIRST)
    revision_id, analysed = _add_revision(db, settling, article_id)
    _match(db, watch, _arrival(settling, article_id, revision_id, 1), analysed, tally)
    return article_id


def _sight_article(db: Database, watch: Watch, settling: Settling, verdict: ArticleVerdict, tally: Tally) -> int:
    article_id = verdict.article_id
    assert article_id is not None  # the caller asked
    article = db.conn.execute(
        """SELECT articles.*, revisions.origin FROM articles LEFT JOIN revisions ON revisions.id = revision_id
           WHERE articles.id = ?""",
        (article_id,),
    ).fetchone()
    previous = own_previous_hash(db, settling.stored, article_id)
    before = get_facts(db, article_id) if watch.matcher.needs_sightings else None
    added = _add_sighting(db, settling, article_id, verdict.identity)
    if added and settling.stored.article_id is None:
        tally.duplicates += 1
    first_open = added and not settling.stored.silent and not article["sighted_openly"]
    if first_open:
        db.conn.execute("UPDATE articles SET sighted_openly = 1 WHERE id = ?", (article_id,))
    if article["deleted_at"] is None and is_revision(settling.version, previous, article["current_hash"], article["origin"]):
        revise_article(db, watch, settling, article_id, tally)
    elif article["deleted_at"] is None and first_open:
        _match_current(db, watch, settling, article_id, tally)
    elif article["deleted_at"] is None and added and before is not None:
        _match_sighting(db, watch, settling, article_id, before, tally)
    return article_id


def _add_sighting(db: Database, settling: Settling, article_id: int, identity: Identity) -> bool:
    """Record that the entry shows the article; returns whether it did so for the first time."""
    stored = settling.stored
    cursor = db.conn.execute(
        """INSERT OR IGNORE INTO sightings (article_id, source_id, entry_id, url, seen_at, identity, silent)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (article_id, stored.source_id, stored.entry_id, settling.url, to_text(settling.now), identity, stored.silent),
    )
    for url in {settling.url, stored.url}:
        db.conn.execute("INSERT OR IGNORE INTO article_urls (url, article_id) VALUES (?, ?)", (url, article_id))
    mark_settled(db, stored.entry_id, article_id, settling.version.own_hash)
    return cursor.rowcount == 1


def revise_article(db: Database, watch: Watch, settling: Settling, article_id: int, tally: Tally) -> None:
    """Store the version as the article's current one and match it."""
    revision_id, analysed = _add_revision(db, settling, article_id)
    tally.articles_revised += 1
    number = db.conn.execute("SELECT revisions FROM articles WHERE id = ?", (article_id,)).fetchone()["revisions"]
    _match(db, watch, _arrival(settling, article_id, revision_id, number), analysed, tally)


def _add_revision(db: Database, settling: Settling, article_id: int) -> tuple[int, AnalysedArticle]:
    """Store the version as the article's current one, and index it; returns the revision's id and the analysis."""
    version = settling.version
    cursor = db.conn.execute(
        """INSERT INTO revisions (article_id, number, seen_at, source_id, origin, title, text, text_hash, text_length)
           SELECT id, revisions + 1, ?, ?, ?, ?, ?, ?, ? FROM articles WHERE id = ?""",
        (
            to_text(settling.now),
            settling.stored.source_id,
            version.origin,
            version.title,
            version.text,
            version.text_hash,
            version.text_length,
            article_id,
        ),
    )
    revision_id = int(cursor.lastrowid or 0)
    db.conn.execute(
        """UPDATE articles SET revision_id = :revision, revisions = revisions + 1, current_hash = :hash, title = :title,
                  author = coalesce(:author, author), language = coalesce(:language, language),
                  published_at = coalesce(published_at, :published),
                  time = min(coalesce(published_at, :published, first_seen_at), first_seen_at)  -- as `article_time` has it
           WHERE id = :article""",
        {
            "revision": revision_id,
            "hash": version.own_hash,
            "title": version.title,
            "author": version.author,
            "language": version.language,
            "published": optional_text(version.published_at),
            "article": article_id,
        },
    )
    analysed = analyse_article(version.title, version.text)
    leave_waiting(db, revision_id, analysed)
    return revision_id, analysed


def _match_current(db: Database, watch: Watch, settling: Settling, article_id: int, tally: Tally) -> None:
    """Match the article as it stands, since an entry that is not silent sighted it for the first time."""
    arrival, analysed = _current(db, settling, article_id)
    _match(db, watch, arrival, analysed, tally)


def _match_sighting(db: Database, watch: Watch, settling: Settling, article_id: int, before: ArticleFacts, tally: Tally) -> None:
    """Match the article as it stands against the topics that ask who showed it; `before` are the facts without the new sighting."""
    arrival, analysed = _current(db, settling, article_id)
    tally.alerts.extend(match_sighting(db, watch, arrival, analysed, before, silent=settling.stored.silent))


def _current(db: Database, settling: Settling, article_id: int) -> tuple[Arrival, AnalysedArticle]:
    row = db.conn.execute(
        """SELECT revisions.id, revisions.number, revisions.title, revisions.text FROM articles
           JOIN revisions ON revisions.id = articles.revision_id WHERE articles.id = ?""",
        (article_id,),
    ).fetchone()
    return _arrival(settling, article_id, row["id"], row["number"]), analyse_article(row["title"], row["text"])


def _arrival(settling: Settling, article_id: int, revision_id: int, number: int) -> Arrival:
    return Arrival(article_id, revision_id, number, settling.now, edited_since_silent=settling.stored.edited)


def _match(db: Database, watch: Watch, arrival: Arrival, analysed: AnalysedArticle, tally: Tally) -> None:
    tally.alerts.extend(match_version(db, watch, arrival, analysed))
