"""The tables as the first migration makes them, which is released: nothing here is ever edited."""

from __future__ import annotations

SOURCES = (
    """CREATE TABLE facts (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        url TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        named INTEGER NOT NULL,        -- by the configuration; else by the feed's own title
        feed_title TEXT,
        articles_mode TEXT NOT NULL,
        interval_seconds REAL NOT NULL,
        tags TEXT NOT NULL DEFAULT '[]',
        configured INTEGER NOT NULL DEFAULT 1,
        added_at TEXT NOT NULL,
        first_read_at TEXT,            -- first time its entries were read: what it held then is silent
        last_polled_at TEXT,
        last_success_at TEXT,
        next_poll_at TEXT NOT NULL,
        consecutive_failures INTEGER NOT NULL DEFAULT 0,
        error_code TEXT,
        error_message TEXT,
        etag TEXT,
        last_modified TEXT,
        body_hash TEXT
    )""",
    "CREATE INDEX sources_due ON sources (next_poll_at) WHERE configured = 1",
    """CREATE TABLE polls (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources (id),
        polled_at TEXT NOT NULL,
        seconds REAL NOT NULL,
        kind TEXT NOT NULL,            -- unchanged, same_body, parsed, failed
        http_status INTEGER,
        body_bytes INTEGER NOT NULL,
        entries_seen INTEGER NOT NULL,
        entries_new INTEGER NOT NULL,
        entries_changed INTEGER NOT NULL,
        error_code TEXT,
        error_message TEXT
    )""",
    "CREATE INDEX polls_by_source ON polls (source_id, id)",
    "CREATE INDEX polls_by_time ON polls (polled_at)",
    """CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources (id),
        key TEXT NOT NULL,             -- identity within the source, see news/judging.py
        link TEXT,
        url TEXT NOT NULL,             -- canonical form of the link
        title TEXT,
        summary TEXT,
        content TEXT,
        author TEXT,
        language TEXT,
        published_at TEXT,
        updated_at TEXT,
        fingerprint TEXT NOT NULL,
        silent INTEGER NOT NULL,       -- seen in a silent first poll
        edited INTEGER NOT NULL DEFAULT 0,   -- changed since it was first seen
        first_seen_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        article_id INTEGER REFERENCES articles (id),
        own_hash TEXT,                 -- the version this entry last gave its article
        page_state TEXT NOT NULL,      -- none, due, done, given_up
        page_due_at TEXT,
        page_attempts INTEGER NOT NULL DEFAULT 0,
        page_fetched_at TEXT,
        page_url TEXT,                 -- where its page was found, if elsewhere than its link
        page_error_code TEXT,
        page_error_message TEXT,
        UNIQUE (source_id, key)
    )""",
    "CREATE INDEX entries_page_due ON entries (page_due_at) WHERE page_state = 'due'",
    "CREATE INDEX entries_by_url ON entries (source_id, url)",
    "CREATE INDEX entries_by_page_url ON entries (source_id, page_url) WHERE page_url IS NOT NULL",
    "CREATE INDEX entries_by_article ON entries (article_id)",
)

ARTICLES = (
    """CREATE TABLE articles (
        id INTEGER PRIMARY KEY,
        url TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        author TEXT,
        language TEXT,
        published_at TEXT,
        first_seen_at TEXT NOT NULL,
        time TEXT NOT NULL,            -- published_at, or first_seen_at where that is missing or in the future
        source_id INTEGER NOT NULL REFERENCES sources (id),
        revision_id INTEGER,           -- the current version
        revisions INTEGER NOT NULL,
        current_hash TEXT NOT NULL,    -- Version.own_hash of the current version
        sighted_openly INTEGER NOT NULL,     -- an entry that is not silent has sighted it
        deleted_at TEXT                -- its text is gone (retention); URL, hashes and alerts stay
    )""",
    "CREATE UNIQUE INDEX articles_by_revision ON articles (revision_id)",
    "CREATE INDEX articles_by_time ON articles (time)",
    "CREATE INDEX articles_by_source ON articles (source_id)",
    """CREATE TABLE article_urls (
        url TEXT PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles (id)
    ) WITHOUT ROWID""",
    "CREATE INDEX article_urls_by_article ON article_urls (article_id)",
    """CREATE TABLE revisions (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles (id),
        number INTEGER NOT NULL,
        seen_at TEXT NOT NULL,
        source_id INTEGER NOT NULL REFERENCES sources (id),
        origin TEXT NOT NULL,          -- feed, page
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        text_hash TEXT NOT NULL,
        text_length INTEGER NOT NULL,
        UNIQUE (article_id, number)
    )""",
    "CREATE INDEX revisions_by_hash ON revisions (text_hash)",
    """CREATE TABLE text_titles (
        text_hash TEXT NOT NULL,
        title_key TEXT NOT NULL,
        PRIMARY KEY (text_hash, title_key)
    ) WITHOUT ROWID""",
    """CREATE TABLE sightings (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles (id),
        source_id INTEGER NOT NULL REFERENCES sources (id),
        entry_id INTEGER NOT NULL REFERENCES entries (id),
        url TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        identity TEXT NOT NULL,        -- why it is this article: first, same_url, same_text
        silent INTEGER NOT NULL,
        UNIQUE (entry_id, article_id)
    )""",
    "CREATE INDEX sightings_by_article ON sightings (article_id)",
    "CREATE INDEX sightings_by_source ON sightings (source_id, article_id)",
    # One row a revision, never deleted on an edit: search joins the current ones. Contentless: the words are in `revisions`.
    # Its signs are `news.text.tokens.TOKEN_SIGNS` of that day: a released migration never changes.
    """CREATE VIRTUAL TABLE words USING fts5 (
        title, title_stems, text, text_stems,
        content = '', tokenize = "ascii tokenchars '.&+#'"
    )""",
)

ALERTS = (
    """CREATE TABLE matches (
        article_id INTEGER NOT NULL REFERENCES articles (id),
        topic TEXT NOT NULL,
        revision_id INTEGER NOT NULL,
        number INTEGER NOT NULL,       -- of the revision
        matched_at TEXT NOT NULL,
        hits TEXT NOT NULL,            -- JSON: [{term, found, field, passage}]
        PRIMARY KEY (article_id, topic, revision_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX matches_by_topic ON matches (topic, article_id)",
    """CREATE TABLE alerts (
        id TEXT PRIMARY KEY,
        topic TEXT NOT NULL,
        article_id INTEGER NOT NULL REFERENCES articles (id),
        revision_id INTEGER NOT NULL,
        kind TEXT NOT NULL,            -- new, revised
        created_at TEXT NOT NULL,
        delay_seconds INTEGER,
        payload TEXT NOT NULL,         -- JSON: the article as it was when the alert was made
        hits TEXT NOT NULL,
        UNIQUE (topic, article_id)
    )""",
    "CREATE INDEX alerts_by_time ON alerts (created_at)",
    "CREATE INDEX alerts_by_article ON alerts (article_id)",
    """CREATE TABLE deliveries (
        id TEXT PRIMARY KEY,
        alert_id TEXT NOT NULL REFERENCES alerts (id),
        channel TEXT NOT NULL,
        bundle_id TEXT NOT NULL,       -- deliveries of one bundle are one message
        status TEXT NOT NULL,          -- pending, sent, dead
        attempts INTEGER NOT NULL DEFAULT 0,
        created_at TEXT NOT NULL,
        next_attempt_at TEXT,
        sent_at TEXT,
        last_error TEXT
    )""",
    "CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE status = 'pending'",
    "CREATE INDEX deliveries_by_alert ON deliveries (alert_id)",
    "CREATE INDEX deliveries_by_bundle ON deliveries (bundle_id)",
)
