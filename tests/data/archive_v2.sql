-- An archive as version 2 left it, with data: as in version 1, and messages in every state: one mail of two alerts that was tried twice,
-- one that waits for its first attempt, one for a channel that was removed, one sent, one given up.
-- The index is made here but left empty; its version is left out, so that it is built when the archive is opened.
BEGIN;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE facts (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE sources (
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
    , last_read_at TEXT);
CREATE INDEX sources_due ON sources (next_poll_at) WHERE configured = 1;
CREATE TABLE polls (
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
    );
CREATE INDEX polls_by_source ON polls (source_id, id);
CREATE INDEX polls_by_time ON polls (polled_at);
CREATE TABLE entries (
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
    );
CREATE INDEX entries_page_due ON entries (page_due_at) WHERE page_state = 'due';
CREATE INDEX entries_by_url ON entries (source_id, url);
CREATE INDEX entries_by_page_url ON entries (source_id, page_url) WHERE page_url IS NOT NULL;
CREATE TABLE articles (
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
    );
CREATE UNIQUE INDEX articles_by_revision ON articles (revision_id);
CREATE INDEX articles_by_time ON articles (time);
CREATE INDEX articles_by_source ON articles (source_id);
CREATE TABLE article_urls (
        url TEXT PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles (id)
    ) WITHOUT ROWID;
CREATE INDEX article_urls_by_article ON article_urls (article_id);
CREATE TABLE revisions (
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
    );
CREATE INDEX revisions_by_hash ON revisions (text_hash);
CREATE TABLE text_titles (
        text_hash TEXT NOT NULL,
        title_key TEXT NOT NULL,
        PRIMARY KEY (text_hash, title_key)
    ) WITHOUT ROWID;
CREATE TABLE sightings (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles (id),
        source_id INTEGER NOT NULL REFERENCES sources (id),
        entry_id INTEGER NOT NULL REFERENCES entries (id),
        url TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        identity TEXT NOT NULL,        -- why it is this article: first, same_url, same_text
        silent INTEGER NOT NULL,
        UNIQUE (entry_id, article_id)
    );
CREATE INDEX sightings_by_article ON sightings (article_id);
CREATE INDEX sightings_by_source ON sightings (source_id, article_id);
CREATE VIRTUAL TABLE words USING fts5 (
        title, title_stems, text, text_stems,
        content = '', tokenize = "ascii tokenchars '.&+#'"
    );
CREATE TABLE matches (
        article_id INTEGER NOT NULL REFERENCES articles (id),
        topic TEXT NOT NULL,
        revision_id INTEGER NOT NULL,
        number INTEGER NOT NULL,       -- of the revision
        matched_at TEXT NOT NULL,
        hits TEXT NOT NULL,            -- JSON: [{term, found, field, passage}]
        PRIMARY KEY (article_id, topic, revision_id)
    ) WITHOUT ROWID;
CREATE INDEX matches_by_topic ON matches (topic, article_id);
CREATE TABLE alerts (
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
    );
CREATE INDEX alerts_by_time ON alerts (created_at);
CREATE INDEX alerts_by_article ON alerts (article_id);
CREATE TABLE deliveries (
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
    );
CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE status = 'pending';
CREATE INDEX deliveries_by_alert ON deliveries (alert_id);
CREATE INDEX deliveries_by_bundle ON deliveries (bundle_id);
CREATE INDEX entries_by_article_and_source ON entries (article_id, source_id, changed_at);
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (1, 'quivive', 'create_archive', '2026-11-26 11:25:02.377996+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (2, 'quivive', 'remember_what_a_source_said_last', '2026-11-26 11:25:02.387244+00:00');
INSERT INTO facts (name, value) VALUES ('normalisation_version', '1');
INSERT INTO sources (id, url, name, named, feed_title, articles_mode, interval_seconds, tags, configured, added_at, first_read_at, last_polled_at, last_success_at, next_poll_at, consecutive_failures, error_code, error_message, etag, last_modified, body_hash, last_read_at) VALUES (1, 'https://a.example/feed', 'a.example', 0, NULL, 'feed', 900.0, '[]', 1, '2025-02-10T12:01:00.000000Z', '2025-02-10T12:02:00.000000Z', '2025-02-10T12:03:00.000000Z', '2025-02-10T12:03:00.000000Z', '2025-02-10T12:18:00.000000Z', 0, NULL, NULL, '"1"', NULL, NULL, '2025-02-10T12:03:00.000000Z');
INSERT INTO sources (id, url, name, named, feed_title, articles_mode, interval_seconds, tags, configured, added_at, first_read_at, last_polled_at, last_success_at, next_poll_at, consecutive_failures, error_code, error_message, etag, last_modified, body_hash, last_read_at) VALUES (2, 'https://b.example/feed', 'b.example', 0, NULL, 'feed', 900.0, '[]', 1, '2025-02-10T12:01:00.000000Z', '2025-02-10T12:04:00.000000Z', '2025-02-10T12:05:00.000000Z', '2025-02-10T12:04:00.000000Z', '2025-02-10T12:35:00.000000Z', 1, 'timeout', 'the server did not answer', NULL, NULL, NULL, '2025-02-10T12:04:00.000000Z');
INSERT INTO polls (id, source_id, polled_at, seconds, kind, http_status, body_bytes, entries_seen, entries_new, entries_changed, error_code, error_message) VALUES (1, 1, '2025-02-10T12:02:00.000000Z', 0.1, 'parsed', 200, 1000, 2, 2, 0, NULL, NULL);
INSERT INTO polls (id, source_id, polled_at, seconds, kind, http_status, body_bytes, entries_seen, entries_new, entries_changed, error_code, error_message) VALUES (2, 1, '2025-02-10T12:03:00.000000Z', 0.1, 'parsed', 200, 1000, 2, 0, 1, NULL, NULL);
INSERT INTO polls (id, source_id, polled_at, seconds, kind, http_status, body_bytes, entries_seen, entries_new, entries_changed, error_code, error_message) VALUES (3, 2, '2025-02-10T12:04:00.000000Z', 0.1, 'parsed', 200, 1000, 1, 1, 0, NULL, NULL);
INSERT INTO polls (id, source_id, polled_at, seconds, kind, http_status, body_bytes, entries_seen, entries_new, entries_changed, error_code, error_message) VALUES (4, 2, '2025-02-10T12:05:00.000000Z', 0.1, 'failed', NULL, 0, 0, 0, 0, 'timeout', 'the server did not answer');
INSERT INTO entries (id, source_id, key, link, url, title, summary, content, author, language, published_at, updated_at, fingerprint, silent, edited, first_seen_at, changed_at, article_id, own_hash, page_state, page_due_at, page_attempts, page_fetched_at, page_url, page_error_code, page_error_message) VALUES (1, 1, 'guid:g1', 'https://a.example/1', 'https://a.example/1', 'L’OTAN se réunit à Bruxelles', 'Le sommet de l’OTAN s’ouvre ce matin.', NULL, NULL, NULL, '2025-02-10T11:00:00.000000Z', NULL, 'f7fb4a7216b4392d546bfe723ae49cfe8adaa4833c70dbf5d6905dd0969c48f0', 0, 1, '2025-02-10T12:02:00.000000Z', '2025-02-10T12:03:00.000000Z', 1, '1dfcf83fcff7d1a330311970ae8008652c071229642a2487172c9156afc5649e', 'none', NULL, 0, NULL, NULL, NULL, NULL);
INSERT INTO entries (id, source_id, key, link, url, title, summary, content, author, language, published_at, updated_at, fingerprint, silent, edited, first_seen_at, changed_at, article_id, own_hash, page_state, page_due_at, page_attempts, page_fetched_at, page_url, page_error_code, page_error_message) VALUES (2, 1, 'guid:g2', 'https://a.example/2', 'https://a.example/2', 'Ariane, c’est reparti', 'La fusée décolle.', NULL, NULL, NULL, '2025-02-10T11:00:00.000000Z', NULL, '566baa3a77844cc797acbbb0de16d18525edd717ae22899e14cf8ad8af83b9f6', 0, 0, '2025-02-10T12:02:00.000000Z', '2025-02-10T12:02:00.000000Z', 2, '4c3843372877c171d1aadef006ab997d3321066e875b97542129dfe342827c4f', 'none', NULL, 0, NULL, NULL, NULL, NULL);
INSERT INTO entries (id, source_id, key, link, url, title, summary, content, author, language, published_at, updated_at, fingerprint, silent, edited, first_seen_at, changed_at, article_id, own_hash, page_state, page_due_at, page_attempts, page_fetched_at, page_url, page_error_code, page_error_message) VALUES (3, 2, 'guid:b1', 'https://a.example/1', 'https://a.example/1', 'L’OTAN, reprise', NULL, NULL, NULL, NULL, '2025-02-10T11:00:00.000000Z', NULL, 'b28411d1f14e9789bdf107477ba4faa45863603863fcb522cc38fc70db4f7532', 0, 0, '2025-02-10T12:04:00.000000Z', '2025-02-10T12:04:00.000000Z', 1, '44830231c585174d74f8a070b7a86a57dd837de3ec2453ad654ecf0fc7c8485d', 'none', NULL, 0, NULL, NULL, NULL, NULL);
INSERT INTO articles (id, url, title, author, language, published_at, first_seen_at, time, source_id, revision_id, revisions, current_hash, sighted_openly, deleted_at) VALUES (1, 'https://a.example/1', 'L’OTAN se réunit à Bruxelles', NULL, NULL, '2025-02-10T11:00:00.000000Z', '2025-02-10T12:02:00.000000Z', '2025-02-10T11:00:00.000000Z', 1, 3, 2, '1dfcf83fcff7d1a330311970ae8008652c071229642a2487172c9156afc5649e', 1, NULL);
INSERT INTO articles (id, url, title, author, language, published_at, first_seen_at, time, source_id, revision_id, revisions, current_hash, sighted_openly, deleted_at) VALUES (2, 'https://a.example/2', 'Ariane, c’est reparti', NULL, NULL, '2025-02-10T11:00:00.000000Z', '2025-02-10T12:02:00.000000Z', '2025-02-10T11:00:00.000000Z', 1, 2, 1, '4c3843372877c171d1aadef006ab997d3321066e875b97542129dfe342827c4f', 1, NULL);
INSERT INTO article_urls (url, article_id) VALUES ('https://a.example/1', 1);
INSERT INTO article_urls (url, article_id) VALUES ('https://a.example/2', 2);
INSERT INTO revisions (id, article_id, number, seen_at, source_id, origin, title, text, text_hash, text_length) VALUES (1, 1, 1, '2025-02-10T12:02:00.000000Z', 1, 'feed', 'L’OTAN se réunit à Bruxelles', 'Le sommet de l’OTAN s’ouvre ce soir.', '0ec717fa33c2a5c5b495cafed3e139994a4058d9d4d6651a0f54523847745875', 35);
INSERT INTO revisions (id, article_id, number, seen_at, source_id, origin, title, text, text_hash, text_length) VALUES (2, 2, 1, '2025-02-10T12:02:00.000000Z', 1, 'feed', 'Ariane, c’est reparti', 'La fusée décolle.', 'fdcc823d2ec2350b4be6dd743f6fdf9b514ac32e29b841e5bc81a8e8b1823706', 16);
INSERT INTO revisions (id, article_id, number, seen_at, source_id, origin, title, text, text_hash, text_length) VALUES (3, 1, 2, '2025-02-10T12:03:00.000000Z', 1, 'feed', 'L’OTAN se réunit à Bruxelles', 'Le sommet de l’OTAN s’ouvre ce matin.', '849ae589941b5fc3aeb3cab31f19fbe6189b252ab0b81d4369c48cddd4929342', 36);
INSERT INTO text_titles (text_hash, title_key) VALUES ('0ec717fa33c2a5c5b495cafed3e139994a4058d9d4d6651a0f54523847745875', 'l otan se reunit a bruxelles');
INSERT INTO text_titles (text_hash, title_key) VALUES ('849ae589941b5fc3aeb3cab31f19fbe6189b252ab0b81d4369c48cddd4929342', 'l otan se reunit a bruxelles');
INSERT INTO text_titles (text_hash, title_key) VALUES ('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'l otan reprise');
INSERT INTO text_titles (text_hash, title_key) VALUES ('fdcc823d2ec2350b4be6dd743f6fdf9b514ac32e29b841e5bc81a8e8b1823706', 'ariane c est reparti');
INSERT INTO sightings (id, article_id, source_id, entry_id, url, seen_at, identity, silent) VALUES (1, 1, 1, 1, 'https://a.example/1', '2025-02-10T12:02:00.000000Z', 'first', 0);
INSERT INTO sightings (id, article_id, source_id, entry_id, url, seen_at, identity, silent) VALUES (2, 2, 1, 2, 'https://a.example/2', '2025-02-10T12:02:00.000000Z', 'first', 0);
INSERT INTO sightings (id, article_id, source_id, entry_id, url, seen_at, identity, silent) VALUES (3, 1, 2, 3, 'https://a.example/1', '2025-02-10T12:04:00.000000Z', 'same_url', 0);
INSERT INTO matches (article_id, topic, revision_id, number, matched_at, hits) VALUES (1, 'OTAN', 1, 1, '2025-02-10T12:02:00.000000Z', '[{"term": "OTAN", "found": "OTAN", "field": "title", "passage": "L’[OTAN] se réunit à Bruxelles"}]');
INSERT INTO matches (article_id, topic, revision_id, number, matched_at, hits) VALUES (1, 'OTAN', 3, 2, '2025-02-10T12:03:00.000000Z', '[{"term": "OTAN", "found": "OTAN", "field": "title", "passage": "L’[OTAN] se réunit à Bruxelles"}]');
INSERT INTO matches (article_id, topic, revision_id, number, matched_at, hits) VALUES (2, 'Ariane', 2, 1, '2025-02-10T12:02:00.000000Z', '[{"term": "Ariane", "found": "Ariane", "field": "title", "passage": "[Ariane], c’est reparti"}]');
INSERT INTO matches (article_id, topic, revision_id, number, matched_at, hits) VALUES (2, 'Fusée', 2, 1, '2025-02-10T12:02:00.000000Z', '[{"term": "fusée", "found": "fusée", "field": "text", "passage": "La [fusée] décolle."}]');
INSERT INTO alerts (id, topic, article_id, revision_id, kind, created_at, delay_seconds, payload, hits) VALUES ('ggdp5t3conf3g5fjqhcrfvweag', 'OTAN', 1, 1, 'new', '2025-02-10T12:02:00.000000Z', 3720, '{"article_id": 1, "url": "https://a.example/1", "title": "L’OTAN se réunit à Bruxelles", "source": "a.example", "author": null, "language": null, "published_at": "2025-02-10T11:00:00.000000Z", "first_seen_at": "2025-02-10T12:02:00.000000Z", "excerpt": "Le sommet de l’OTAN s’ouvre ce soir."}', '[{"term": "OTAN", "found": "OTAN", "field": "title", "passage": "L’[OTAN] se réunit à Bruxelles"}]');
INSERT INTO alerts (id, topic, article_id, revision_id, kind, created_at, delay_seconds, payload, hits) VALUES ('qqc773ud2vkjdklcor4irmy7rp', 'Ariane', 2, 2, 'new', '2025-02-10T12:02:00.000000Z', 3720, '{"article_id": 2, "url": "https://a.example/2", "title": "Ariane, c’est reparti", "source": "a.example", "author": null, "language": null, "published_at": "2025-02-10T11:00:00.000000Z", "first_seen_at": "2025-02-10T12:02:00.000000Z", "excerpt": "La fusée décolle."}', '[{"term": "Ariane", "found": "Ariane", "field": "title", "passage": "[Ariane], c’est reparti"}]');
INSERT INTO alerts (id, topic, article_id, revision_id, kind, created_at, delay_seconds, payload, hits) VALUES ('dob7mthn4vrxmnkdnljuvfqjpb', 'Fusée', 2, 2, 'new', '2025-02-10T12:02:00.000000Z', 3720, '{"article_id": 2, "url": "https://a.example/2", "title": "Ariane, c’est reparti", "source": "a.example", "author": null, "language": null, "published_at": "2025-02-10T11:00:00.000000Z", "first_seen_at": "2025-02-10T12:02:00.000000Z", "excerpt": "La fusée décolle."}', '[{"term": "fusée", "found": "fusée", "field": "text", "passage": "La [fusée] décolle."}]');
INSERT INTO deliveries (id, alert_id, channel, bundle_id, status, attempts, created_at, next_attempt_at, sent_at, last_error) VALUES ('hcpn3wfox7seryx24mbnjbcpd6', 'ggdp5t3conf3g5fjqhcrfvweag', 'hook', 'hcpn3wfox7seryx24mbnjbcpd6', 'pending', 0, '2025-02-10T12:02:00.000000Z', '2025-02-10T12:02:00.000000Z', NULL, NULL);
INSERT INTO deliveries (id, alert_id, channel, bundle_id, status, attempts, created_at, next_attempt_at, sent_at, last_error) VALUES ('ie6getp474auttxpsskg42zwl7', 'ggdp5t3conf3g5fjqhcrfvweag', 'former', 'ie6getp474auttxpsskg42zwl7', 'pending', 1, '2025-02-10T12:02:00.000000Z', '2025-02-10T13:08:00.000000Z', NULL, 'channel former is not in the configuration; put it back, or this is given up 3 days after the alert');
INSERT INTO deliveries (id, alert_id, channel, bundle_id, status, attempts, created_at, next_attempt_at, sent_at, last_error) VALUES ('amzw342536dmxqd7z6nyv7sxw5', 'ggdp5t3conf3g5fjqhcrfvweag', 'sent', 'amzw342536dmxqd7z6nyv7sxw5', 'sent', 1, '2025-02-10T12:02:00.000000Z', NULL, '2025-02-10T12:09:00.000000Z', NULL);
INSERT INTO deliveries (id, alert_id, channel, bundle_id, status, attempts, created_at, next_attempt_at, sent_at, last_error) VALUES ('h62q3on2lebaqstdrnoolwf5uk', 'ggdp5t3conf3g5fjqhcrfvweag', 'dead', 'h62q3on2lebaqstdrnoolwf5uk', 'dead', 1, '2025-02-10T12:02:00.000000Z', NULL, NULL, '410 Gone');
INSERT INTO deliveries (id, alert_id, channel, bundle_id, status, attempts, created_at, next_attempt_at, sent_at, last_error) VALUES ('4azn4rr4xiiuepgonixu7g2uru', 'qqc773ud2vkjdklcor4irmy7rp', 'redaction', 'zfmrkozctkqabgaxx773rzrzxc', 'pending', 2, '2025-02-10T12:02:00.000000Z', '2025-02-10T12:07:10.000000Z', NULL, '451 greylisted');
INSERT INTO deliveries (id, alert_id, channel, bundle_id, status, attempts, created_at, next_attempt_at, sent_at, last_error) VALUES ('mtjrokhi2d2nzqdguax6jk5b75', 'dob7mthn4vrxmnkdnljuvfqjpb', 'redaction', 'zfmrkozctkqabgaxx773rzrzxc', 'pending', 2, '2025-02-10T12:02:00.000000Z', '2025-02-10T12:07:10.000000Z', NULL, '451 greylisted');
COMMIT;
PRAGMA journal_mode = WAL;
