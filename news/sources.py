"""The work that a source gives: polling its feed, fetching its pages, and what came of either; and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from news.freshness import NO_FEED_WISHES, FeedWishes


class SourceStatus(StrEnum):
    """How a source is doing; see `news.health` for what makes it so."""

    NEW = "new"
    """Never polled."""
    OK = "ok"
    FAILING = "failing"
    """The last poll failed, or brought a damaged body."""
    MOVED = "moved"
    """It redirects for good, and is polled at its new address."""
    BLOCKED = "blocked"
    """The site refuses this program, or shows a wall."""
    GONE = "gone"
    """Nothing exists at its address: it is looked for every day, then every week."""
    SILENT = "silent"
    """It is polled well, and brings nothing new for longer than its rhythm explains."""
    UNREACHABLE = "unreachable"
    """This machine's own line is down."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something could not be had. `code` is one of `docs/problems.md`; `message` tells the user what to do."""

    code: str
    message: str
    retry_after: timedelta | None = None
    """How long the other side asked us to stay away (Retry-After, RFC 9110 §10.2.3)."""


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source whose feed is to be polled now, with what the archive remembers for a conditional GET (RFC 9110 §13)."""

    source_id: int
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    """SHA-256 (hex) of the last body whose entries are all in the archive."""


@dataclass(frozen=True, slots=True)
class DuePage:
    """An entry whose article page is to be fetched now; with `parts`, its next page at `url`."""

    entry_id: int
    source_id: int
    url: str
    parts: PartsRead | None = field(default=None, compare=False, repr=False)
    title: str | None = field(default=None, compare=False)
    """That of the entry, under which what the page gives is prepared."""


@dataclass(frozen=True, slots=True)
class PartsRead:
    """What was read so far of an article that its site shows in parts: `number` of them."""

    first_url: str
    """Where the first was found, by which further ones are known."""
    outcome: PageOutcome
    """That of the first, with the text of all that were read."""
    number: int = 1

    @property
    def known_as(self) -> tuple[str, ...]:
        """The addresses by which its parts are known: where the first was found, and what that calls itself."""
        canonical = self.outcome.page.canonical_url if self.outcome.page else None
        return (self.first_url, canonical or self.first_url)


class RepairWay(StrEnum):
    """Where entries are looked for that a feed no longer shows."""

    ARCHIVE = "archive"
    """The feed says itself where what is older stands (RFC 5005)."""
    PAGED = "paged"
    """WordPress gives its feeds page by page."""
    ROBOTS = "robots"
    """The site's robots.txt names its sitemaps (RFC 9309 §2.2.4)."""
    SITEMAP = "sitemap"
    """A sitemap of news, or an index of sitemaps."""


@dataclass(frozen=True, slots=True)
class DueRepair:
    """A place that is due to be read because it may hold what was missed in a gap."""

    gap_id: int
    source_id: int
    way: RepairWay
    url: str


@dataclass(frozen=True, slots=True)
class DueSubscription:
    """A hub that is to be asked now to tell of a source's news, or to tell of them no more (WebSub §5.1)."""

    subscription_id: int
    source_id: int
    url: str
    """The hub's."""
    topic: str
    callback: str
    """The address at which we listen to it; only its last part until whoever knows the rest completes it."""
    secret: str
    mode: Literal["subscribe", "unsubscribe"] = "subscribe"
    lease: timedelta = timedelta(days=10)
    """For how long we would like to be told."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry as a feed gives it. Texts are plain (no markup), times are aware and in UTC, absent is None."""

    guid: str | None
    link: str | None
    """Absolute http(s) URL, resolved against the feed's base; otherwise None."""
    title: str | None
    summary: str | None = None
    content: str | None = None
    """The long form, where the feed carries one (content:encoded, Atom content)."""
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    """What the publisher files it under, in the feed's own words."""


class BegunSketch(NamedTuple):
    """What the sketch of an article has of its text, the same under any title: see `news.sketches.begin_sketch`."""

    words: str
    """Stems of its beginning that may tell what it is about, and their kin, each once."""
    counts: bytes
    """How often each of them comes: at most as often as a beginning has words, which fits a byte."""
    numbers: str
    """Those of its beginning, as written."""


class MadeSketch(NamedTuple):
    """What the sketch of an article has of its title and its text, as it travels: see `news.sketches.Sketch`."""

    words: str
    titled: int
    counts: bytes
    numbers: str
    kinds: str
    column: str


class PreparedArticle(NamedTuple):
    """What an article gives for placing it in a story."""

    sketch: MadeSketch
    shingles: bytes
    """Of the whole text, eight bytes each."""


class PreparedText(NamedTuple):
    """What a text gives for that, whatever its title is."""

    sketch: BegunSketch
    shingles: bytes
    """Of the whole text, eight bytes each."""


@dataclass(frozen=True, slots=True)
class PreparedWords:
    """What the words of a version give before the archive is asked anything: plain strings and bytes, made by `news.preparing`."""

    title_key: str
    """The title, case, accents and punctuation aside."""
    text_hash: str
    text_length: int
    own_hash: str
    """Of title and text as they stand."""
    analysed: tuple[str, str, str, str] | None
    """The words of title and text as `news.text.analysis.index_columns` gives them; None where there were too many to send along."""
    for_placing: PreparedArticle | PreparedText | None
    """Of a page under its title too; of a feed's entry its text alone, since most entries of a feed are known. None as above."""


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """An entry with what it gives before the archive is asked: its identity within its source, and what the feed says by it."""

    key: str
    """Its identity within its source; see `news.keys`."""
    entry: FeedEntry
    fingerprints: tuple[str, str]
    """Hashes of what it says: that which is stored, and that of earlier versions."""
    former_keys: tuple[str, ...]
    """The keys that earlier versions gave it, where those were others: archives know the entry under them."""
    address: str | None
    """The comparing form of its link, if it has one."""
    shown_url: str | None
    """Its link without tracking parameters, otherwise letter for letter."""
    text: str
    """What the feed itself says of the article: `news.judging.feed_text`."""
    language: str | None
    """What the feed says it is, else what title and text are found to be."""
    words: PreparedWords
    plain_address: str | None = None
    """The address of which its link is another form: `news.other_forms.plain_form`."""


class ReadLine(NamedTuple):
    """A line of a page's text, with what it gives before anyone knows the entry that it is to speak of."""

    text: str
    key: str
    """Its letters and digits, as `normalise_text` gives them."""
    families: str
    """What its words begin with, inflection aside, joined by spaces; see `news.earning`."""


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """What a page's text gives before anyone knows the title of the entry that it belongs to.

    The content hash leaves out a first line that only repeats the title: so both hashes are here, and the line's key to choose by.
    """

    first_line_key: str
    whole_hash: str
    whole_length: int
    rest_hash: str
    rest_length: int
    """Without the first line."""
    found_language: str | None
    """What the text is found to be, where the page does not say it."""
    analysed: tuple[str, str] | None
    """The words of the text, tokens and stems; None where there were too many to send along."""
    for_placing: PreparedText | None
    """None as above."""
    lines: tuple[ReadLine, ...] | None
    """What its lines give for judging whether it speaks of its entry; None as above."""
    title: str = ""
    """The one that its entry had when it was asked for, else its own."""
    words: PreparedWords | None = None
    """What its version gives under that title."""


class FeedLink(NamedTuple):
    """A link of a feed itself, absolute, by its relation (RFC 8288): `next`, `prev-archive` lead to what is older, `hub` tells of new."""

    relation: str
    url: str


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's body, read. With `problem` set, the entries are what could be saved of a damaged body."""

    title: str | None
    entries: tuple[FeedEntry, ...]
    language: str | None = None
    problem: Problem | None = None
    """Why the body may be incomplete (`malformed`); such a body vouches for nothing: no validators, no hash."""
    children: tuple[str, ...] = ()
    """Of an index of sitemaps: those that are read in its place, at each poll. It has no entries of its own."""
    links: tuple[FeedLink, ...] = ()
    """Of the relations that somebody here reads, in the document's order."""
    generator: str | None = None
    """What made the feed, as it says itself."""
    format: str | None = field(default=None, compare=False)
    """What kind of document it is, for people: `RSS 2.0`, `Atom 1.0`, `sitemap`."""
    prepared: tuple[PreparedEntry, ...] | None = field(default=None, compare=False, repr=False)
    """What needs no archive, made beside the parsing; ask `news.preparing.prepared_entries`, which makes it where it is absent."""
    wishes: FeedWishes = NO_FEED_WISHES
    """How often it wants to be asked, and when not."""


class PollKind(StrEnum):
    """How a poll ended; all but the last vouch for the entries that are in the archive."""

    UNCHANGED = "unchanged"
    """304 Not Modified."""
    SAME_BODY = "same_body"
    """200, with the very bytes of last time."""
    PARSED = "parsed"
    """200, read; perhaps damaged (`feed.problem`)."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one poll of a source brought."""

    source_id: int
    url: str
    polled_at: datetime
    seconds: float
    kind: PollKind
    http_status: int | None = None
    body_bytes: int = 0
    feed: ParsedFeed | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    final_url: str | None = None
    """Where redirects led; None if there were none."""
    moved_to: str | None = None
    """Where permanent redirects led before any other; None if there were none."""
    problem: Problem | None = None
    fresh_for: timedelta | None = None
    """How long the answer stays as it is, as its server says."""


class LacksParts(StrEnum):
    """Whether further pages of an article may be had later; each is a problem's code."""

    FOR_NOW = "parts_missing"
    FOR_GOOD = "parts_left_out"


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """An article as its page tells it. Texts are plain; `text` is the body without its title line."""

    title: str | None
    text: str
    author: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    canonical_url: str | None = None
    amp_url: str | None = None
    """Where the page says that its article is shown as an AMP page (`rel=amphtml`)."""
    is_for_subscribers: bool = False
    """Whether the page says that its article is not free, and what it keeps for subscribers isn't in the text."""
    lacks_parts: LacksParts | None = None
    """Set where the article goes on on a further page that was not had."""
    next_url: str | None = None
    """Where the page says that its article goes on, as long as that is to be fetched; see `news.parts`."""
    prepared: PreparedPage | None = field(default=None, compare=False, repr=False)
    """What needs no archive, made beside the extraction; ask `news.preparing.page_version`, which makes it where it is absent."""


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What one fetch of an article page brought: either `page` or `problem` is set."""

    entry_id: int
    source_id: int
    url: str
    fetched_at: datetime
    seconds: float
    http_status: int | None = None
    final_url: str | None = None
    """Where redirects led; None if there were none."""
    page: ExtractedPage | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class RepairOutcome:
    """What one place brought that may hold what was missed in a gap: entries, or sitemaps to be read next, or a problem."""

    gap_id: int
    source_id: int
    way: RepairWay
    url: str
    fetched_at: datetime
    seconds: float
    http_status: int | None = None
    final_url: str | None = None
    """Where redirects led; None if there were none."""
    feed: ParsedFeed | None = None
    sitemaps: tuple[str, ...] = ()
    problem: Problem | None = None
