"""The judgements: what is an entry, what is new, what is the same article, what is a revision.

Pure decisions. Each takes what the archive remembers and what arrived, and returns what should happen and why; `storage` reads the
one and writes the other, in one transaction. Every question is asked in one place, with one early return for each answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote

from news.articles import Origin
from news.cuts import carries_full_text, find_shortfall, tell_longer_text_is_kept
from news.earning import Earning, Unearned, earns_by_itself, earns_its_place
from news.fingerprints import content_hash, earlier_hashes, fingerprint, normalise_text
from news.keys import Keys, entry_fingerprints
from news.source_specs import ArticlesMode
from news.sources import ExtractedPage, FeedEntry, PreparedArticle, PreparedEntry, PreparedText, PreparedWords, Problem
from news.text import language_of
from news.urls import comparing_url
from news.walls import LEAST_TELLING_LETTERS, TITLES_THAT_UNMASK, speaks_of
from news.wording import Wording

_LONGEST_PLACE = 200
"""Characters of an entry's key that its address shows; a longer one is shown by its hash, since many share their beginning."""

SHORTEST_PAGE_TEXT = 500
"""Characters. A page that gives less, and less than half of what its feed says, shows no article (a video, a teaser)."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


_LEAST_COMMON_WORDS, _LEAST_COMMON_SHARE = 2, 0.6
"""Of the telling words of two titles that speak of the same; the share is of the shorter title's."""


class EntryNews(StrEnum):
    """Whether an entry is new to its source, changed since it was last seen, or as it was."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"


Read = TypeVar("Read", FeedEntry, ExtractedPage)


def storable(read: Read) -> Read:
    """What was read, each of its texts as `storable_text` gives it."""
    said: dict[str, Any] = {name: getattr(read, name) for name in read.__slots__}
    texts: dict[str, Any] = {name: storable_text(text) for name, text in said.items() if isinstance(text, str)}
    lists: dict[str, Any] = {name: tuple(map(storable_text, texts)) for name, texts in said.items() if isinstance(texts, tuple)}
    return replace(read, **texts, **lists)


def storable_text(text: str) -> str:
    """`text` without lone surrogates: JSON, in feeds and in pages, can spell them; UTF-8, and so the archive, cannot hold them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text)
    return text


@dataclass(frozen=True, slots=True)
class IdentifiedEntry:
    """An entry with the key that is its identity within its source, and the fingerprint of what it says."""

    key: str
    entry: FeedEntry
    fingerprints: tuple[str, str]
    """As `entry_fingerprints` gives them."""
    former_keys: tuple[str, ...] = ()
    """The keys that earlier versions gave it, where those were others: archives know the entry under them."""


def identify_entries(entries: Sequence[FeedEntry]) -> list[IdentifiedEntry]:
    """The entries of one body, each with its key (see `news.keys`); what repeats within the body, key and content, is dropped."""
    entries = list(dict.fromkeys(map(storable, entries)))  # an entry that a feed lists twice, word for word, still has its guid to itself
    keys = Keys(entries)
    identified: dict[str, IdentifiedEntry] = {}
    for entry in entries:
        key = keys.key_of(entry)
        if key not in identified:
            identified[key] = IdentifiedEntry(key, entry, entry_fingerprints(entry), keys.former_keys_of(entry, key))
    return list(identified.values())


def judge_entry(known_fingerprint: str | None, arrived: IdentifiedEntry | PreparedEntry) -> EntryNews:
    """What an arrived entry is, given the fingerprint the archive holds for its key (None: never seen)."""
    if known_fingerprint is None:
        return EntryNews.NEW
    if known_fingerprint not in arrived.fingerprints:
        return EntryNews.CHANGED
    return EntryNews.KNOWN


def place_without_link(key: str, source_url: str) -> str:
    """The address of an entry that has no link: a place within its feed."""
    place = quote(key, safe="")
    return f"{source_url}#{place if len(place) <= _LONGEST_PLACE else fingerprint(key)}"


def wants_page(mode: ArticlesMode, entry: FeedEntry) -> bool:
    """Whether the entry's page is to be fetched for its text."""
    if entry.link is None or mode is ArticlesMode.FEED:
        return False
    return mode is ArticlesMode.PAGE or not carries_full_text(entry)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article's words, ready to be judged: where it came from, and the hash that is its identity."""

    title: str
    text: str
    origin: Origin
    author: str | None
    language: str | None
    published_at: datetime | None
    text_hash: str
    text_length: int
    """Characters of the normalised text that the hash was made of."""
    words: PreparedWords | None = field(default=None, compare=False, repr=False)
    """What was made of title and text beside the parsing; see `news.preparing`."""

    @property
    def own_hash(self) -> str:
        """A hash of title and text as they stand; a source's version is the same as its last one if this is."""
        return self.words.own_hash if self.words else fingerprint(self.title, self.text)

    @property
    def earlier_hashes(self) -> tuple[str, ...]:
        """The text's hashes under earlier versions of the normalisation."""
        return earlier_hashes(self.title, self.text)

    @property
    def for_placing(self) -> PreparedArticle | PreparedText | None:
        """What the text, or title and text, give for placing their article in a story, if that was made before."""
        return self.words.for_placing if self.words else None

    @property
    def title_key(self) -> str:
        """The title, case, accents and punctuation aside."""
        return self.words.title_key if self.words else normalise_text(self.title)


def make_version(entry: FeedEntry, page: ExtractedPage | None) -> Version:
    """The words of an entry's article: the page's where it was had, else the feed's; the title is the feed's, else the page's."""
    title = entry.title or (page.title if page else None) or ""
    text = page.text if page else feed_text(entry)
    text_hash, text_length = content_hash(title, text)
    return Version(
        title=title,
        text=text,
        origin=Origin.PAGE if page else Origin.FEED,
        author=entry.author or (page.author if page else None),
        language=(page.language if page else None) or entry.language or found_language(title, text),
        published_at=entry.published_at or (page.published_at if page else None) or entry.updated_at,
        text_hash=text_hash,
        text_length=text_length,
    )


def found_language(title: str, text: str) -> str | None:
    """The language that title and text are found to be in, where nobody says; None if too little tells."""
    return language_of(text) or language_of(title)


def feed_text(entry: FeedEntry) -> str:
    """What the feed itself says of the article: its content, and its summary where the content doesn't repeat it."""
    summary, content = entry.summary or "", entry.content or ""
    if not content or not summary:
        return content or summary
    if normalise_text(summary)[:80] in normalise_text(content):
        return content
    return f"{summary}\n\n{content}"


def judge_page_text(
    version: Version, titles_of_text: Collection[str], entry: FeedEntry | None = None, page: ExtractedPage | None = None, *, held: int = 0
) -> Problem | None:
    """Why a page's text does not take the place of what is known; None if it does.

    `titles_of_text`: the title keys this very text was already seen under, anywhere. `entry`, `page`: what feed and page said, of which
    `version` was made. `held`: characters of the text that the page gave before; asked of pages that show only a part of their article.
    """
    said = feed_text(entry) if entry else ""
    earning = _judge_earning(version, entry, page)
    if earning.unearned is not None:
        return _unearned_place(earning)
    shortfall = find_shortfall(page) if page else None
    if shortfall is not None and len(version.text) < max(len(said), held):
        return tell_longer_text_is_kept(shortfall)
    if len(version.text) < SHORTEST_PAGE_TEXT and 2 * len(version.text) < len(said):
        message = Wording("the page shows less text than the feed, whose text is kept; open the page in a browser to read it")
        return Problem("teaser", message)
    titles = {*titles_of_text, version.title_key}
    if len(titles) >= TITLES_THAT_UNMASK and not speaks_of(version.text, version.title):
        others = len(titles) - 1
        message = Wording("the page shows the same text as {others} articles with other titles; the feed's text is kept", others=others)
        return Problem("wall", message)
    return None


def _judge_earning(version: Version, entry: FeedEntry | None, page: ExtractedPage | None) -> Earning:
    lines = page.prepared.lines if page and page.prepared else None
    page_title = page.title if page else None
    if entry is None:
        return earns_its_place(version.text, page_title, version.title, "", lines)
    said = feed_text(entry)
    if entry.link and not entry.title and not said:
        return earns_by_itself(version.text, page_title, entry.link, lines)
    return earns_its_place(version.text, page_title, entry.title, said, lines)


def _unearned_place(earning: Earning) -> Problem:
    shown = {
        Unearned.WALL: Wording("a consent, subscription, loading or error notice instead of the article"),
        Unearned.OTHER_PAGE: Wording("another page instead of the article, such as the site's home page"),
    }[earning.unearned or Unearned.WALL]
    message = Wording(
        "the page seems to show {shown}: its text {because}; the feed's text is kept; open the page in a browser to read it",
        shown=shown,
        because=earning.because,
    )
    return Problem(earning.unearned or Unearned.WALL, message)


def is_revision(version: Version, own_previous_hash: str | None, current_hash: str, current_origin: Origin) -> bool:
    """Whether a version of a known article is a revision of it.

    `own_previous_hash`: what the same source last gave as the article's text (None: it gives one for the first time, and differences
    between two sources' texts are no revision). `current_hash`, `current_origin`: of the article's current version. A page takes the
    place of a feed's few words whoever brought those first, or which of two sources came first would decide what is ever matched; a
    feed's words never take the place of a page's.
    """
    if version.own_hash == current_hash:
        return False
    if version.origin != current_origin:
        return version.origin == Origin.PAGE
    return own_previous_hash is not None and version.own_hash != own_previous_hash


def delay_seconds(created_at: datetime, published_at: datetime | None) -> int | None:
    """Seconds from publication to alert, 0 for an article dated in the future; None if nobody said when it was published."""
    return None if published_at is None else max(0, int((created_at - published_at).total_seconds()))


def still_same_article(old_title: str, version: Version) -> bool:
    """Whether an entry that kept its guid but changed its link still speaks of the same article.

    Sites that rewrite an address along with its headline do; feeds that number their places 1, 2, 3 as guids do not. A title that says
    nothing of its own ("5G", none at all) can only be the same title.
    """
    old, new = normalise_text(old_title), version.title_key
    if not (_says_something(old) and _says_something(new)):
        return bool(old) and old == new
    return speaks_of(version.title + "\n" + version.text, old_title) or speaks_of(old_title, version.title)


def titles_agree(one: str, other: str) -> bool:
    """Whether two titles speak of the same, so that an address that proves nothing by itself may join their entries.

    They are equal, or share two words and most of the shorter one's. A single common word ("Sommet de Paris", "Sommet de Rome") does not
    do: what is joined wrongly is never told, what is parted wrongly is told twice.
    """
    first, second = normalise_text(one), normalise_text(other)
    if first == second:
        return bool(first)
    words, others = telling_words(first), telling_words(second)
    common = len(words & others)
    return common >= _LEAST_COMMON_WORDS and common >= _LEAST_COMMON_SHARE * min(len(words), len(others))


def telling_words(title: str) -> set[str]:
    """The words of a title that are long enough to tell what it is about."""
    return {word for word in normalise_text(title).split() if len(word) >= LEAST_TELLING_LETTERS}


def _says_something(title_key: str) -> bool:
    """Whether `speaks_of` has a word to go by."""
    return bool(telling_words(title_key))


def speaks_of_another(old: FeedEntry, new: FeedEntry) -> bool:
    """Whether an entry that kept its guid speaks of another article: link, title and publication date have all changed.

    Some feeds give their newest item always the same guid. A rewritten headline under a rewritten address keeps its date.
    """
    moved = comparing_url(old.link or "") != comparing_url(new.link or "")
    retitled = normalise_text(old.title or "") != normalise_text(new.title or "")
    redated = None not in {old.published_at, new.published_at} and old.published_at != new.published_at
    return moved and retitled and redated
