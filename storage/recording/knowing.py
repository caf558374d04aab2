"""Loading, by set, what the archive knows of what the entries of one body show: their addresses, their texts, their articles."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from news.adopting import OtherEntries
from news.articles import Origin
from news.fingerprints import fingerprint
from news.judging import Version
from news.settling import is_identifying
from news.showings import Claim, Known, KnownArticle, Showing, TextTwin
from news.walls import titles_to_remember
from storage.file.database import Database
from storage.file.rows import insert_rows, select_in
from storage.recording.spoken import load_sayings

_MOST_WORDS = 100
"""Versions of a source's words that are compared, the newest; live pages say thousands of things."""

MOST_TWINS = 20
"""Articles with the same text that are compared, the earliest first; a bound on work."""


def load_known(db: Database, showings: Sequence[Showing], others: OtherEntries | None = None) -> Known:
    """What deciding about these showings needs. `others`: see `Known`."""
    claims = _load_claims(db, showings)
    hashes = hashes_of([one.words for one in showings])
    twins = _load_twins(db, hashes_of([one.words for one in showings if is_identifying(one.words)]))
    known = {claim.article_id for claim in claims.values()} | {twin.article_id for held in twins.values() for twin in held}
    articles = _load_articles(db, known | {one.article_id for one in showings if one.article_id is not None})
    next_article_id, next_revision_id = _next_ids(db)
    return Known(
        articles=articles,
        claims=claims,
        titles_of_text=load_titles(db, hashes),
        twins=twins,
        own_hashes=_load_own_hashes(db, articles, {one.source_id for one in showings}),
        feed_words=_load_feed_words(db, articles, {one.source_id for one in _with_pages(showings)}),
        said=_load_said(db, articles, {one.saying.own_hash for one in showings}) if articles else {},
        sayings=load_sayings(db, articles, {one.entry_id for one in showings}) if _may_revise(articles, showings) else (),
        sighted=_load_sighted(db, [one.entry_id for one in showings]) if articles else frozenset(),
        shown=_load_shown(db, articles, {one.source_id for one in showings if one.edited}),
        others=others or OtherEntries(),
        page_texts=_load_page_texts(db, showings, claims),
        next_article_id=next_article_id,
        next_revision_id=next_revision_id,
    )


def _load_claims(db: Database, showings: Sequence[Showing]) -> dict[str, Claim]:
    addresses = {address for one in showings for address in (one.place.own, *one.place.all_alternates, *one.adopted)}
    rows = select_in(db, "SELECT url, article_id, adopted FROM article_urls WHERE url IN ({marks})", addresses)
    return {row["url"]: Claim(row["article_id"], bool(row["adopted"])) for row in rows}


def _with_pages(showings: Sequence[Showing]) -> list[Showing]:
    return [one for one in showings if one.version is not None and one.version.origin is Origin.PAGE]


def _may_revise(articles: Collection[int], showings: Sequence[Showing]) -> bool:
    """Whether these showings offer a text, and there are articles that may take it for theirs."""
    return bool(articles) and any(one.version is not None for one in showings)


def _load_page_texts(db: Database, showings: Sequence[Showing], claims: Mapping[str, Claim]) -> dict[int, str]:
    """The texts that pages gave to the articles at the addresses that the pages of these showings adopt, or that others adopted."""
    read = _with_pages(showings)
    adopted = {claims[address].article_id for one in read for address in one.adopted if address in claims}
    owned = {claims[one.place.own].article_id for one in read if one.place.own in claims and claims[one.place.own].adopted}
    rows = select_in(
        db,
        """SELECT articles.id, text FROM articles JOIN revisions ON revisions.id = revision_id
           WHERE origin = 'page' AND articles.id IN ({marks})""",
        adopted | owned,
    )
    return {row["id"]: row["text"] for row in rows}


def hashes_of(versions: Iterable[Version]) -> dict[str, str]:
    """Every hash under which the archive may know these texts, with the one that they have now.

    A text whose hash is not made anew yet, or never will be since it is gone, has that of an earlier normalisation.
    """
    hashes: dict[str, str] = {}
    for version in versions:
        hashes |= dict.fromkeys((version.text_hash, *version.earlier_hashes), version.text_hash)
    return hashes


def load_titles(db: Database, hashes: Mapping[str, str]) -> dict[str, set[str]]:
    """The title keys that each text was seen under; `hashes` as `hashes_of` gives them. `remember_titles` bounds how many there are."""
    titles: dict[str, set[str]] = defaultdict(set)
    for row in select_in(db, "SELECT text_hash, title_key FROM text_titles WHERE text_hash IN ({marks})", hashes):
        titles[hashes[row["text_hash"]]].add(row["title_key"])
    return titles


def _load_twins(db: Database, hashes: Mapping[str, str]) -> dict[str, list[TextTwin]]:
    twins: dict[str, list[TextTwin]] = defaultdict(list)
    if not hashes:
        return twins
    # Of each text only its first rows are looked at: sites that append the same words to everything have thousands.
    rows = db.conn.execute(
        """SELECT revisions.text_hash, article_id, place, revisions.title
           FROM json_each(:hashes) AS wanted CROSS JOIN revisions ON revisions.id IN (
               SELECT id FROM revisions AS same WHERE same.text_hash = wanted.value ORDER BY id LIMIT :most)
           CROSS JOIN articles ON articles.id = article_id ORDER BY revisions.id""",
        {"hashes": json.dumps(list(hashes)), "most": MOST_TWINS},
    )
    for row in rows:
        twins[hashes[row["text_hash"]]].append(TextTwin(row["article_id"], row["place"], row["title"]))
    return twins


def _load_articles(db: Database, ids: Iterable[int]) -> dict[int, KnownArticle]:
    rows = select_in(
        db,
        """SELECT articles.*, revisions.origin FROM articles LEFT JOIN revisions ON revisions.id = revision_id
           WHERE articles.id IN ({marks})""",
        ids,
    )
    return {row["id"]: _known_article(row) for row in rows}


def _known_article(row: sqlite3.Row) -> KnownArticle:
    return KnownArticle(
        article_id=row["id"],
        title=row["title"],
        main_revision_id=row["revision_id"],
        main_hash=row["current_hash"],
        main_origin=Origin(row["origin"] or Origin.FEED),
        versions=row["versions"],
        sighted_openly=bool(row["sighted_openly"]),
        deleted=row["deleted_at"] is not None,
    )


def _load_own_hashes(db: Database, article_ids: Iterable[int], source_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """What each source last gave as the text of each article, by any of its entries."""
    hashes: dict[tuple[int, int], str] = {}
    for source_id in source_ids:
        rows = select_in(
            db,
            """SELECT article_id, own_hash, max(changed_at) FROM entries INDEXED BY entries_by_article_and_source
               WHERE source_id = ? AND own_hash IS NOT NULL AND article_id IN ({marks}) GROUP BY article_id""",
            article_ids,
            source_id,
        )
        hashes |= {(row["article_id"], source_id): row["own_hash"] for row in rows}
    return hashes


def _load_feed_words(db: Database, article_ids: Collection[int], source_ids: Collection[int]) -> dict[tuple[int, int], set[str]]:
    """The hashes of what feeds said of each article, of the versions that are kept of it."""
    words: dict[tuple[int, int], set[str]] = defaultdict(set)
    sql = """SELECT article_id, title, text FROM revisions
             WHERE article_id IN (SELECT value FROM json_each(?)) AND source_id = ? AND origin = 'feed' ORDER BY id DESC LIMIT ?"""
    for source_id in source_ids:
        for row in db.conn.execute(sql, (json.dumps(list(article_ids)), source_id, _MOST_WORDS)):
            words[row["article_id"], source_id].add(fingerprint(row["title"], row["text"]))
    return words


def _load_said(db: Database, article_ids: Iterable[int], hashes: Collection[str]) -> dict[tuple[int, str], int | None]:
    """The versions that already hold what is said now."""
    # Entry by entry it would be dear: an article that thousands of sources show has thousands of entries that say the same.
    rows = db.conn.execute(
        """SELECT said.article_id, says_hash,
                  (SELECT max(spoken_revision_id) FROM entries
                   WHERE article_id = said.article_id AND says_hash = said.says_hash) AS revision_id
           FROM (SELECT articles.value AS article_id, hashes.value AS says_hash
                 FROM json_each(:articles) AS articles CROSS JOIN json_each(:hashes) AS hashes) AS said
           WHERE EXISTS (SELECT 1 FROM entries WHERE article_id = said.article_id AND says_hash = said.says_hash)""",
        {"articles": json.dumps(list(article_ids)), "hashes": json.dumps(list(hashes))},
    )
    return {(row["article_id"], row["says_hash"]): row["revision_id"] for row in rows}


def _load_sighted(db: Database, entry_ids: Iterable[int]) -> frozenset[tuple[int, int]]:
    rows = select_in(db, "SELECT entry_id, article_id FROM sightings WHERE entry_id IN ({marks})", entry_ids)
    return frozenset((row["entry_id"], row["article_id"]) for row in rows)


def _load_shown(db: Database, article_ids: Iterable[int], source_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    sql = "SELECT DISTINCT article_id FROM sightings WHERE source_id = ? AND article_id IN ({marks})"
    return frozenset((row["article_id"], source_id) for source_id in source_ids for row in select_in(db, sql, article_ids, source_id))


def _next_ids(db: Database) -> tuple[int, int]:
    """The ids of the next article and the next revision: one program writes an archive, and neither is ever deleted."""
    row = db.conn.execute(
        "SELECT coalesce((SELECT max(id) FROM articles), 0) + 1, coalesce((SELECT max(id) FROM revisions), 0) + 1"
    ).fetchone()
    return int(row[0]), int(row[1])


def remember_titles(db: Database, seen: Iterable[tuple[str, str]]) -> None:
    """Remember that texts (by hash) were seen under titles."""
    seen = set(seen)
    held = load_titles(db, {text_hash: text_hash for text_hash, _ in seen})
    insert_rows(db, "text_titles", ("text_hash", "title_key"), titles_to_remember(held, seen), "ON CONFLICT DO NOTHING")
