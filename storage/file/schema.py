"""The tables of the archive, as an append-only chain of migrations (sqlite-utils).

Never edit a migration that has been released: add one. Times are RFC 3339 in UTC with microseconds and `Z`, of fixed width, so that
text order is time order. `storage/file/times.py` writes and reads them.
"""

from __future__ import annotations

from news.urls import comparing_url
from storage.file.database import Database
from storage.file.first_schema import ALERTS, ARTICLES, SOURCES
from storage.file.migrations import Migrations
from storage.file.story_schema import (
    SHINGLE_PASS,
    SHINGLE_SIEVES,
    STORIES,
    WAITING_SHINGLES,
    keep_holders_beside_counts,
    name_title_words_first,
    tell_words_in_bytes,
)

migrations = Migrations("quivive")

PAGE_SIZE = 16_384
"""Bytes. Articles are a few kB each: with the default 4 kB most would overflow their page."""


@migrations()
def create_archive(db: Database) -> None:
    """The first version of every table."""
    for statement in (*SOURCES, *ARTICLES, *ALERTS):
        db.conn.execute(statement)


@migrations()
def remember_what_a_source_said_last(db: Database) -> None:
    """What a source last said of an article, of which a feed may show thousands at one address; and when its body was last read."""
    db.conn.execute("ALTER TABLE sources ADD COLUMN last_read_at TEXT")
    db.conn.execute("UPDATE sources SET last_read_at = last_success_at")
    db.conn.execute("CREATE INDEX entries_by_article_and_source ON entries (article_id, source_id, changed_at)")
    db.conn.execute("DROP INDEX entries_by_article")


@migrations()
def keep_what_each_source_says(db: Database) -> None:
    """Addresses are compared in a form of their own and shown as the feed gave them; what each source says of an article is a version.

    `articles` is made anew: two articles may show one address. Its foreign keys are not watched while archives are brought up to date.
    """
    db.conn.create_function("comparing_url", 1, comparing_url, deterministic=True)
    for statement in _SAYINGS:
        db.conn.execute(statement)


@migrations()
def give_gaps_a_table(db: Database) -> None:
    """Gaps were lines of the poll log, which is pruned."""
    for statement in _GAPS:
        db.conn.execute(statement)


@migrations()
def seal_messages(db: Database) -> None:
    """Alerts get a subject and a sequence; what is sent together becomes a message with a row, and the attempts are the message's.

    Every bundle there is becomes a sealed message under its id: it may have been sent, or be under way, under that.
    """
    for table in ("alerts", "deliveries"):
        db.conn.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for statement in _MESSAGES:
        db.conn.execute(statement)
    for statement in _FROM_BUNDLES:
        db.conn.execute(statement)
    for table in ("deliveries", "alerts"):  # with their indexes, whose names are free then
        db.conn.execute(f"DROP TABLE old_{table}")
    for statement in _MESSAGE_INDEXES:
        db.conn.execute(statement)
    db.conn.execute("ALTER TABLE matches ADD COLUMN silence TEXT")


@migrations()
def remember_who_has_a_message(db: Database) -> None:
    """Of a channel with several recipients, each takes or refuses a message alone."""
    db.conn.execute("""CREATE TABLE recipients (
        message_id TEXT NOT NULL,      -- what is sent together: messages.id
        recipient TEXT NOT NULL,       -- the address that the server is given
        status TEXT NOT NULL,          -- has, refused, owed
        reason TEXT,                   -- why it does not have the message
        changed_at TEXT NOT NULL,
        PRIMARY KEY (message_id, recipient)
    ) WITHOUT ROWID""")


@migrations()
def find_what_is_said_of_an_article(db: Database) -> None:
    """An article that thousands of sources show has thousands of entries, which nobody can read at each poll."""
    db.conn.execute("CREATE INDEX entries_by_saying ON entries (article_id, says_hash, spoken_revision_id) WHERE says_hash IS NOT NULL")


_SAYINGS = (
    """CREATE TABLE articles_anew (
        id INTEGER PRIMARY KEY,
        place TEXT NOT NULL,           -- comparing form of the address it was first seen at; its alerts' ids are made of it
        url TEXT NOT NULL,             -- as the feed gave it, without tracking parameters
        title TEXT NOT NULL,
        author TEXT,
        language TEXT,
        published_at TEXT,
        first_seen_at TEXT NOT NULL,
        time TEXT NOT NULL,            -- published_at, or first_seen_at where that is missing or in the future
        source_id INTEGER NOT NULL REFERENCES sources (id),
        revision_id INTEGER,           -- the current text
        revisions INTEGER NOT NULL,    -- texts it has had
        versions INTEGER NOT NULL,     -- texts, and what its sources say of it besides
        current_hash TEXT NOT NULL,    -- Version.own_hash of the current text
        sighted_openly INTEGER NOT NULL,     -- an entry that is not silent has sighted it
        deleted_at TEXT                -- its text is gone (retention); URL, hashes and alerts stay
    )""",
    """INSERT INTO articles_anew
       SELECT id, url, url, title, author, language, published_at, first_seen_at, time, source_id, revision_id, revisions, revisions,
              current_hash, sighted_openly, deleted_at FROM articles""",
    "DROP TABLE articles",
    "ALTER TABLE articles_anew RENAME TO articles",
    "CREATE UNIQUE INDEX articles_by_revision ON articles (revision_id)",
    "CREATE INDEX articles_by_time ON articles (time)",
    "CREATE INDEX articles_by_source ON articles (source_id)",
    "ALTER TABLE article_urls RENAME TO article_urls_before",
    """CREATE TABLE article_urls (
        url TEXT PRIMARY KEY,          -- comparing form
        article_id INTEGER NOT NULL REFERENCES articles (id),
        adopted INTEGER NOT NULL       -- the page named it or was found there; no entry's own link did
    ) WITHOUT ROWID""",
    """INSERT OR IGNORE INTO article_urls
       SELECT comparing_url(url), article_id, url NOT IN (SELECT url FROM entries) FROM article_urls_before ORDER BY article_id""",
    "DROP TABLE article_urls_before",
    "CREATE INDEX article_urls_by_article ON article_urls (article_id)",
    "ALTER TABLE entries RENAME COLUMN url TO place",  # the address it speaks of, in the comparing form
    "UPDATE entries SET place = comparing_url(place) WHERE link IS NOT NULL",
    "UPDATE entries SET page_url = comparing_url(page_url) WHERE page_url IS NOT NULL",
    "ALTER TABLE entries ADD COLUMN says_hash TEXT",  # of what the feed says now
    "ALTER TABLE entries ADD COLUMN spoken_revision_id INTEGER",  # the version that holds it; null: it adds nothing to the text
    "CREATE INDEX entries_by_spoken_revision ON entries (spoken_revision_id) WHERE spoken_revision_id IS NOT NULL",
    """CREATE TABLE current_versions (
        revision_id INTEGER PRIMARY KEY,     -- by which its article is found now: its text, and what its sources say of it
        article_id INTEGER NOT NULL REFERENCES articles (id)
    )""",
    "CREATE INDEX current_versions_by_article ON current_versions (article_id)",
    "INSERT INTO current_versions SELECT revision_id, id FROM articles WHERE revision_id IS NOT NULL AND deleted_at IS NULL",
)

_GAPS = (
    """CREATE TABLE gaps (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources (id),
        from_at TEXT,                  -- the last poll whose entries are all known; null: it is not on record
        to_at TEXT NOT NULL,           -- the poll that found none of them
        entries INTEGER,               -- that it listed, none of them known
        repaired_at TEXT,
        message TEXT NOT NULL
    )""",
    "CREATE INDEX gaps_by_source ON gaps (source_id, id)",
    """INSERT INTO gaps (source_id, from_at, to_at, entries, message)
       SELECT source_id, (SELECT max(before.polled_at) FROM polls AS before WHERE before.source_id = polls.source_id
                          AND before.id < polls.id AND before.kind <> 'failed'), polled_at, entries_seen, error_message
       FROM polls WHERE error_code = 'gap' ORDER BY id""",
)


@migrations()
def keep_what_publishers_file_entries_under(db: Database) -> None:
    """The categories of an entry, as JSON; those of entries that were known before come with their next change."""
    db.conn.execute("ALTER TABLE entries ADD COLUMN categories TEXT NOT NULL DEFAULT '[]'")
    # Rows of entries are long: a search for a category reads this index instead.
    db.conn.execute("CREATE INDEX entries_with_categories ON entries (id, categories) WHERE categories <> '[]'")


@migrations()
def call_facts_of_the_archive_its_state(db: Database) -> None:
    """The facts of which the program speaks elsewhere are those about articles."""
    db.conn.execute("ALTER TABLE facts RENAME TO archive_state")


@migrations()
def keep_every_attempt(db: Database) -> None:
    """Messages only had the number of attempts, and what came of the last one."""
    db.conn.execute("""CREATE TABLE attempts (
        id INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL,      -- messages.id
        attempted_at TEXT NOT NULL,    -- when it ended
        status TEXT NOT NULL,          -- of the message after it: pending, sent, dead
        answer TEXT,                   -- of the other side, or why there was none; null: accepted without a remark
        next_attempt_at TEXT
    )""")
    db.conn.execute("CREATE INDEX attempts_by_message ON attempts (message_id, id)")


@migrations()
def find_what_polls_brought(db: Database) -> None:
    """How long a source has been silent is asked of polls that brought something: some in a hundred of millions."""
    db.conn.execute("CREATE INDEX polls_with_news ON polls (source_id, polled_at, entries_new) WHERE entries_new > 0")


@migrations()
def count_without_reading_everything(db: Database) -> None:
    """A look at the whole archive, what a title stands at, and retention read tables that grow for years, while others waited."""
    for statement in _COUNTED:
        db.conn.execute(statement)


@migrations()
def roll_up_messages(db: Database) -> None:
    """A message may be a digest or a summary of many alerts, and a channel may have so many messages an hour and no more."""
    db.conn.execute("ALTER TABLE messages ADD COLUMN roll TEXT")  # digest or summary; null: neither
    db.conn.execute("ALTER TABLE messages ADD COLUMN roll_due_at TEXT")  # when it was to go out
    db.conn.execute("CREATE INDEX messages_by_sealing ON messages (channel, sealed_at) WHERE roll IS NULL")


@migrations()
def tell_what_is_urgent_at_once(db: Database) -> None:
    """A topic's second query marks alerts that no policy of a channel holds."""
    db.conn.execute("ALTER TABLE alerts ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0")


@migrations()
def keep_what_is_muted(db: Database) -> None:
    """What people want to hear nothing of for a while."""
    db.conn.execute("""CREATE TABLE mutes (
        kind TEXT NOT NULL,            -- topic, channel, source
        key TEXT NOT NULL,             -- its name; a source's URL
        name TEXT NOT NULL,
        muted_at TEXT NOT NULL,
        until TEXT,                    -- null: until somebody ends it
        PRIMARY KEY (kind, key, muted_at)
    )""")


_COUNTED = (
    "CREATE INDEX articles_by_first_seen ON articles (first_seen_at)",
    "CREATE INDEX articles_kept ON articles (time) WHERE deleted_at IS NULL",
    "CREATE INDEX articles_deleted ON articles (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX articles_revised ON articles (revisions) WHERE revisions > 1",
    # With the alert: else who asks whether one has such a delivery would be led through all that are in this state.
    "CREATE INDEX deliveries_by_status ON deliveries (status, alert_id)",
    "CREATE INDEX entries_in_trouble ON entries (page_state) WHERE page_error_code IS NOT NULL",
    "CREATE INDEX entries_by_title ON entries (source_id, title)",
)

_MESSAGES = (
    """CREATE TABLE alerts (
        id TEXT PRIMARY KEY,
        topic TEXT NOT NULL,
        subject TEXT NOT NULL,         -- what it is about, as news.alerts.Subject has it: article:12
        sequence INTEGER NOT NULL,     -- of the topic's alerts on the subject, from 1
        article_id INTEGER REFERENCES articles (id),
        revision_id INTEGER,
        kind TEXT NOT NULL,            -- new, revised
        created_at TEXT NOT NULL,
        delay_seconds INTEGER,
        payload TEXT NOT NULL,         -- JSON: the subject as it was when the alert was made
        hits TEXT NOT NULL,
        UNIQUE (topic, subject, sequence)
    )""",
    """CREATE TABLE messages (
        id TEXT PRIMARY KEY,           -- the webhook-id, and the heart of the Message-ID
        channel TEXT NOT NULL,
        sealed_at TEXT NOT NULL,       -- from then on it is what it is
        attempts INTEGER NOT NULL DEFAULT 0,
        next_attempt_at TEXT,          -- null: none is to be made, it was sent or given up
        give_up_at TEXT NOT NULL,
        sent_at TEXT,
        last_error TEXT,
        hold TEXT                      -- what it waits for, other than its time: absent (its channel)
    )""",
    """CREATE TABLE deliveries (
        id TEXT PRIMARY KEY,
        alert_id TEXT NOT NULL REFERENCES alerts (id),
        channel TEXT NOT NULL,
        status TEXT NOT NULL,          -- pending, sent, dead
        created_at TEXT NOT NULL,
        message_id TEXT REFERENCES messages (id),  -- null until it is planned
        due_at TEXT,                   -- when it is planned; null: it was, or is given up
        give_up_at TEXT NOT NULL,      -- if it could not be planned until then
        hold TEXT,
        reason TEXT                    -- why it is held, or was given up without a message
    )""",
)

_FROM_BUNDLES = (
    """INSERT INTO alerts
       SELECT id, topic, 'article:' || article_id, 1, article_id, revision_id, kind, created_at, delay_seconds, payload, hits
       FROM old_alerts""",
    """INSERT INTO messages
       SELECT bundle_id, min(channel), min(created_at), max(attempts), min(next_attempt_at) FILTER (WHERE status = 'pending'),
              strftime('%Y-%m-%dT%H:%M:%f', min(created_at), '+3 days') || '000Z', max(sent_at), max(last_error),
              max(CASE WHEN status = 'pending' AND last_error LIKE 'channel % is not in the configuration%' THEN 'absent' END)
       FROM old_deliveries GROUP BY bundle_id""",
    """INSERT INTO deliveries
       SELECT id, alert_id, channel, status, created_at, bundle_id, NULL,
              strftime('%Y-%m-%dT%H:%M:%f', created_at, '+3 days') || '000Z', NULL, NULL
       FROM old_deliveries""",
)

_MESSAGE_INDEXES = (
    "CREATE INDEX alerts_by_time ON alerts (created_at)",
    "CREATE INDEX alerts_by_article ON alerts (article_id)",
    "CREATE INDEX deliveries_by_alert ON deliveries (alert_id)",
    "CREATE INDEX deliveries_by_message ON deliveries (message_id)",
    # By channel first: what waits for one must cost the look for another nothing.
    "CREATE INDEX deliveries_due ON deliveries (channel, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX messages_due ON messages (channel, next_attempt_at) WHERE next_attempt_at IS NOT NULL",
)


@migrations()
def remember_hubs(db: Database) -> None:
    """Where feeds say that news of them are told (WebSub), and how things stand with each hub."""
    db.conn.execute("""CREATE TABLE subscriptions (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources (id),
        hub TEXT NOT NULL,
        topic TEXT NOT NULL,           -- the address that the feed calls its own: what the hub knows it by
        token TEXT NOT NULL UNIQUE,    -- the last part of the callback's address
        secret TEXT NOT NULL,          -- with which the hub signs what it sends
        state TEXT NOT NULL,           -- found, asked, active, refused, leaving
        failures INTEGER NOT NULL,     -- requests in a row that came to nothing
        next_attempt_at TEXT,          -- when the hub is asked next: to begin, to go on, or to end
        confirmed_at TEXT,             -- when it last asked back whether we mean it
        lease_ends_at TEXT,
        told_at TEXT,                  -- when it last told of news, with a valid signature
        message TEXT,                  -- why it refused, or what it did not do
        UNIQUE (source_id, hub, topic)
    )""")
    db.conn.execute("CREATE INDEX subscriptions_due ON subscriptions (next_attempt_at)")


@migrations()
def remember_what_each_source_showed(db: Database) -> None:
    """Gaps are judged by what a source showed last, and looked for where they may be filled. Those of before are as they were told."""
    for statement in _WINDOWS:
        db.conn.execute(statement)


_WINDOWS = (
    """CREATE TABLE windows (
        source_id INTEGER PRIMARY KEY REFERENCES sources (id),
        items TEXT NOT NULL,           -- JSON: what its last body showed, [entries.id, seconds since 1970 when it was published or null]
        held_until TEXT                -- the last good poll at which it showed that; null: all good polls until now
    )""",
    "ALTER TABLE gaps ADD COLUMN found_at TEXT",  # the poll that found it
    "ALTER TABLE gaps ADD COLUMN last_good_at TEXT",  # the last good poll before it
    "ALTER TABLE gaps ADD COLUMN missed INTEGER",  # how many entries it may be, by how often the source publishes; null: no dates tell it
    "ALTER TABLE gaps ADD COLUMN state TEXT NOT NULL DEFAULT 'given_up'",  # open, repaired, partly, given_up
    "ALTER TABLE gaps ADD COLUMN found INTEGER NOT NULL DEFAULT 0",  # entries that were found where it was looked for
    "ALTER TABLE gaps ADD COLUMN reached_at TEXT",  # what was published from then on is in the archive
    "ALTER TABLE gaps ADD COLUMN window TEXT",  # windows.items as they were before it; null once nothing more is looked for
    "ALTER TABLE gaps ADD COLUMN hosts TEXT NOT NULL DEFAULT '[]'",  # JSON: where it is looked for
    "ALTER TABLE gaps ADD COLUMN steps TEXT NOT NULL DEFAULT '[]'",  # JSON: [[way, URL]] still to be read, the next first
    "ALTER TABLE gaps ADD COLUMN visited TEXT NOT NULL DEFAULT '[]'",  # JSON: the URLs that were read
    "ALTER TABLE gaps ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0",  # failures in a row to read the next
    "ALTER TABLE gaps ADD COLUMN barren INTEGER NOT NULL DEFAULT 0",  # pages in a row that brought nothing
    "ALTER TABLE gaps ADD COLUMN next_repair_at TEXT",  # when the next is read; null: nothing more is
    "ALTER TABLE gaps ADD COLUMN problem_code TEXT",  # what was in the way last, or why it was given up
    "ALTER TABLE gaps ADD COLUMN problem TEXT",
    "UPDATE gaps SET found_at = to_at, last_good_at = from_at, reached_at = to_at",
    "CREATE INDEX gaps_due ON gaps (next_repair_at) WHERE next_repair_at IS NOT NULL",
    "CREATE INDEX gaps_by_time ON gaps (found_at)",
)


@migrations()
def remember_how_pages_are_read(db: Database) -> None:
    """Of each source, how its last pages were read (a mark each, the newest last), since when most are not, and whether they ever were."""
    db.conn.execute("ALTER TABLE sources ADD COLUMN page_marks TEXT NOT NULL DEFAULT ''")
    db.conn.execute("ALTER TABLE sources ADD COLUMN pages_failing_since TEXT")
    db.conn.execute("ALTER TABLE sources ADD COLUMN pages_were_read INTEGER NOT NULL DEFAULT 0")


@migrations()
def say_how_each_source_is_doing(db: Database) -> None:
    """A source was failing or not, by its last poll alone."""
    for statement in _CONDITIONS:
        db.conn.execute(statement)


_CONDITIONS = (
    "ALTER TABLE sources ADD COLUMN status TEXT NOT NULL DEFAULT 'new'",  # new, ok, failing, moved, blocked, gone, silent, unreachable
    "ALTER TABLE sources ADD COLUMN status_since TEXT",
    "ALTER TABLE sources ADD COLUMN trouble TEXT",  # JSON: since, polls in a row, the last verdict and its polls, as what it was told
    "ALTER TABLE sources ADD COLUMN moved TEXT",  # JSON: url, since, polls in a row that were led there for good, is_told
    "ALTER TABLE sources ADD COLUMN told_silent INTEGER NOT NULL DEFAULT 0",  # somebody was told that it is silent
    """UPDATE sources SET status = CASE WHEN error_code IS NULL THEN 'ok' ELSE 'failing' END,
                          status_since = coalesce(last_success_at, added_at)
       WHERE last_polled_at IS NOT NULL""",
)


@migrations()
def learn_when_sources_publish(db: Database) -> None:
    """The rhythm of a source is in a table of its own: the row of the source is written with every poll.

    Which sources have an interval of their own the next start tells; a rhythm is begun by the next body.
    """
    for statement in _RHYTHMS:
        db.conn.execute(statement)


_RHYTHMS = (
    """CREATE TABLE rhythms (
        source_id INTEGER PRIMARY KEY REFERENCES sources (id),
        rhythm TEXT NOT NULL           -- JSON, see storage/recording/rhythms.py
    )""",
    "ALTER TABLE sources ADD COLUMN own_interval INTEGER NOT NULL DEFAULT 0",  # by the configuration; else its rhythm decides
    "ALTER TABLE sources ADD COLUMN silent_from TEXT",  # it is silent then, if nothing new comes; null: that cannot be told
    "ALTER TABLE sources ADD COLUMN unchanged_at TEXT",  # the last 304 since its last body
    "ALTER TABLE sources ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0",  # that it is unchanged: asked without condition next
    "ALTER TABLE sources ADD COLUMN distrusted_at TEXT",  # since when it is asked without condition: its 304 hid a change
    "ALTER TABLE sources ADD COLUMN wishes TEXT",  # JSON: seconds between polls, hours and days to skip (UTC), as its feed says
)


@migrations()
def remember_where_hubs_reach_us(db: Database) -> None:
    """The address that each hub was given: one that was given another than it would be today is asked again."""
    db.conn.execute("ALTER TABLE subscriptions ADD COLUMN callback TEXT")


@migrations()
def count_what_only_doubt_brought(db: Database) -> None:
    """Where entries have no dates, a server that hides them behind 304 is found out by how often that seems so."""
    db.conn.execute("ALTER TABLE sources ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0")  # see news/trusting.py


@migrations()
def escalate_what_nobody_acknowledges(db: Database) -> None:
    """An alert that is given up, or that nobody has acknowledged in time, goes to a second channel."""
    for statement in _ESCALATIONS:
        db.conn.execute(statement)


_ESCALATIONS = (
    "ALTER TABLE alerts ADD COLUMN acknowledged_at TEXT",
    "ALTER TABLE deliveries ADD COLUMN escalate_at TEXT",  # when its alert goes to a second channel; null: not, or not any more
    "ALTER TABLE deliveries ADD COLUMN escalated_from TEXT",  # the channel from which it came; null: its topic names this one
    "ALTER TABLE deliveries ADD COLUMN escalated_because TEXT",  # dead, unacknowledged
    "CREATE INDEX deliveries_to_escalate ON deliveries (escalate_at) WHERE escalate_at IS NOT NULL",
)


@migrations()
def count_how_much_topics_are_written_about(db: Database) -> None:
    """Articles of each topic by the hour; what alerted before is counted step by step, as what alerts from now on."""
    for statement in _VOLUMES:
        db.conn.execute(statement)


_VOLUMES = (
    # Its article is in topic_hours, or is to be in none.
    "ALTER TABLE alerts ADD COLUMN counted INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX alerts_uncounted ON alerts (topic, created_at) WHERE counted = 0 AND article_id IS NOT NULL",
    """CREATE TABLE topic_volumes (
        topic TEXT PRIMARY KEY,
        query TEXT NOT NULL,           -- with which it is followed
        since TEXT NOT NULL,           -- from then on
        grown INTEGER NOT NULL DEFAULT 0     -- articles came since it was judged
    ) WITHOUT ROWID""",
    """CREATE TABLE topic_hours (
        topic TEXT NOT NULL,
        hour INTEGER NOT NULL,         -- since 1970, UTC, in which the articles were published
        articles INTEGER NOT NULL,
        PRIMARY KEY (topic, hour)
    ) WITHOUT ROWID""",
)


@migrations()
def tell_a_first_poll_in_one_message(db: Database) -> None:
    """What a source holds when it is first seen may be told, apart from what is news."""
    db.conn.execute("ALTER TABLE alerts ADD COLUMN first_poll INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("CREATE INDEX deliveries_of_first_polls ON deliveries (due_at) WHERE hold = 'first_poll'")


@migrations()
def tell_corrections(db: Database) -> None:
    """An alert may tell what an edit of its article has changed, at most once an hour."""
    db.conn.execute("ALTER TABLE alerts ADD COLUMN changes TEXT")  # JSON: field, before, after of each; null: it is no correction
    db.conn.execute("""CREATE TABLE corrections_due (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles (id),
        topic TEXT NOT NULL,
        due_at TEXT NOT NULL,          -- when it is told what has changed since the topic was told last
        UNIQUE (article_id, topic)
    )""")
    db.conn.execute("CREATE INDEX corrections_by_time ON corrections_due (due_at)")


@migrations()
def leave_channels_alone(db: Database) -> None:
    """A channel that answers nobody is left alone for a while, and a program that starts goes on with that."""
    db.conn.execute("""CREATE TABLE circuits (
        channel TEXT PRIMARY KEY,
        pauses INTEGER NOT NULL,       -- in a row, each twice as long as the one before
        since TEXT,                    -- when the first of them began
        until TEXT,                    -- nothing is sent before; null: messages arrive again
        asked INTEGER NOT NULL,        -- 1: the receiver asked for it
        reason TEXT
    )""")


@migrations()
def know_copies_and_stories(db: Database) -> None:
    """Which articles are copies, and which tell of one event. Those that are there are placed step by step (`rebuilding`)."""
    for statement in STORIES:
        db.conn.execute(statement)


@migrations()
def follow_up_stories(db: Database) -> None:
    """What follows in a story is told as one message, with the story as it stood when the message was sealed.

    It counts to how many messages a channel may have in an hour, as digests and summaries do not.
    """
    db.conn.execute("ALTER TABLE messages ADD COLUMN followed TEXT")  # JSON: story_id, title, first_alert_id, first_url
    db.conn.execute("DROP INDEX messages_by_sealing")
    db.conn.execute("CREATE INDEX messages_by_sealing ON messages (channel, sealed_at) WHERE roll IS NULL OR roll = 'follow_up'")


@migrations()
def know_in_which_story_an_alert_was_made(db: Database) -> None:
    """A digest tells what follows in a story beneath its first article: as it was, whatever the story has become by the next attempt."""
    db.conn.execute("ALTER TABLE alerts ADD COLUMN placed_in INTEGER")  # the story of its article when it was made


@migrations()
def tell_what_differs(db: Database) -> None:
    """A follow-up tells what it says otherwise than what was told of its story, some of it without waiting."""
    db.conn.execute("ALTER TABLE alerts ADD COLUMN differences TEXT")  # JSON: passage, other_passage, other_source, other_id, kind, why
    db.conn.execute("ALTER TABLE alerts ADD COLUMN contradicts INTEGER NOT NULL DEFAULT 0")  # 1: what was told is denied, or another number


@migrations()
def find_stories_by_fewer_words(db: Database) -> None:
    """Who holds a word is one value of the word, not a row for each article: most of what placing an article cost was such rows."""
    keep_holders_beside_counts(db)


@migrations()
def tell_words_of_sketches_in_bytes(db: Database) -> None:
    """What is read again and again to place an article is kept so that it is read at once."""
    tell_words_in_bytes(db)


@migrations()
def let_shingles_wait(db: Database) -> None:
    """The shingles of the latest articles are put into their index together, so that each page of it is written for several."""
    db.conn.execute(WAITING_SHINGLES)


@migrations()
def name_title_words_of_sketches_first(db: Database) -> None:
    """What is read again and again to place an article is kept without saying anything twice."""
    name_title_words_first(db)


@migrations()
def note_how_far_a_pass_of_shingles_got(db: Database) -> None:
    """A program that runs for a moment at a time goes on where it stopped: begun anew each time, a pass would never end."""
    for statement in SHINGLE_PASS:
        db.conn.execute(statement)


@migrations()
def sift_shingles(db: Database) -> None:
    """Hardly any shingle of a new article is in the index, and of most that is known without a look. Passes to come make the sieves."""
    db.conn.execute(SHINGLE_SIEVES)


@migrations()
def count_no_kin(db: Database) -> None:
    """What the first letters of a word tell is half of what the word does: nobody asks any more how many articles hold them."""
    db.conn.execute("DELETE FROM word_counts WHERE word >= '~' AND word < char(127)")


@migrations()
def note_how_densely_texts_were_sampled(db: Database) -> None:
    """Short texts are sampled whole, and compared with others otherwise."""
    db.conn.execute("ALTER TABLE story_articles ADD COLUMN sampled_one_in INTEGER NOT NULL DEFAULT 16")  # of how many runs of words


@migrations()
def find_stories_that_were_joined(db: Database) -> None:
    """Joining a story looks for those that had been joined into it, which are few: it read all stories for that."""
    db.conn.execute("CREATE INDEX stories_by_joined ON stories (joined_into) WHERE joined_into IS NOT NULL")


@migrations()
def bring_home_what_was_left_in_joined_stories(db: Database) -> None:
    """Where a story was joined into one that was joined in turn by the same body, its articles stayed behind, in one that nobody lists.

    A story is always joined into an earlier one, so that the earliest to which it leads is the one that has its articles.
    """
    db.conn.execute(
        """WITH RECURSIVE leads AS (
               SELECT id, joined_into AS home FROM stories WHERE joined_into IS NOT NULL
               UNION SELECT leads.id, joined_into FROM leads CROSS JOIN stories ON stories.id = home WHERE joined_into IS NOT NULL)
           UPDATE stories SET joined_into = first.home FROM (SELECT id, min(home) AS home FROM leads GROUP BY id) AS first
           WHERE stories.id = first.id AND joined_into <> first.home"""
    )
    db.conn.execute(
        """UPDATE story_articles SET story_id = stories.joined_into FROM stories
           WHERE stories.id = story_id AND stories.joined_into IS NOT NULL"""
    )
