"""The tables of copies and stories; explained in docs/archive.md."""

STORIES = (
    """CREATE TABLE stories (
        id INTEGER PRIMARY KEY,
        central_id INTEGER NOT NULL REFERENCES articles (id),  -- the article whose title is the story's
        started_at TEXT NOT NULL,      -- articles.time of its earliest article, and of its latest
        updated_at TEXT NOT NULL,
        articles INTEGER NOT NULL,
        joined_into INTEGER REFERENCES stories (id)  -- found to be the same story; its articles are there
    )""",
    "CREATE INDEX stories_by_time ON stories (updated_at) WHERE joined_into IS NULL",
    """CREATE TABLE story_articles (
        article_id INTEGER PRIMARY KEY REFERENCES articles (id),
        story_id INTEGER NOT NULL REFERENCES stories (id),
        copy_of INTEGER,               -- the article of which it is a copy
        share REAL,                    -- of the shorter text, that both have
        copy_reason TEXT,              -- text, number (the site's number for the article, in both addresses)
        shingles INTEGER NOT NULL,     -- sampled of its text when it was placed
        because TEXT NOT NULL,         -- first, copy, words
        nearness REAL NOT NULL,        -- to its story, from 0 to 1; of the first, to what was nearest
        nearest_id INTEGER,
        words TEXT NOT NULL,           -- stems that tell most of what it has in common with the nearest
        centrality REAL NOT NULL       -- how near it is to the others of its story, added up
    )""",
    "CREATE INDEX story_articles_by_story ON story_articles (story_id)",
    "CREATE INDEX story_articles_by_original ON story_articles (copy_of) WHERE copy_of IS NOT NULL",
    """CREATE TABLE shingles (
        shingle INTEGER NOT NULL,      -- a hash of five words, or of a site and its number for an article
        article_id INTEGER NOT NULL,
        PRIMARY KEY (shingle, article_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE sketches (
        article_id INTEGER PRIMARY KEY REFERENCES articles (id),
        at INTEGER NOT NULL,           -- articles.time, in seconds since 1970
        sketch TEXT NOT NULL           -- JSON: what placing others must know of it
    )""",
    "CREATE INDEX sketches_by_time ON sketches (at)",
    """CREATE TABLE sketch_words (
        word TEXT NOT NULL,
        at INTEGER NOT NULL,
        article_id INTEGER NOT NULL,
        PRIMARY KEY (word, at, article_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE word_counts (
        word TEXT PRIMARY KEY,         -- a stem; the empty one stands for all articles
        articles INTEGER NOT NULL      -- that hold it in their title or beginning
    ) WITHOUT ROWID""",
)
