"""What the entries of a body show, and what the archive knows of their articles, addresses and texts: what `settling` decides from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from news.adopting import OtherEntries
from news.articles import Origin
from news.judging import Version
from news.sayings import Saying


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry says its article is: the comparing form of its link.

    `alternates` are other forms that stand for the same article if the titles agree: entries of one body that share a link, or differ
    only in its fragment, have places of their own, while another feed may list one of them alone.
    """

    own: str
    alternates: tuple[str, ...] = ()
    plain: str | None = None
    """The address of which `own` is a form for AMP, small screens or printing (`news.other_forms`). It stands for the article like an
    alternate, and from then on, so that it decides nothing which of the two comes first."""

    @property
    def all_alternates(self) -> tuple[str, ...]:
        """Whatever may stand for the same article."""
        return self.alternates if self.plain is None else (*self.alternates, self.plain)


@dataclass(frozen=True, slots=True)
class Claim:
    """The article known at an address. `adopted`: its page named the address or was redirected to it; no entry's link did."""

    article_id: int
    adopted: bool


@dataclass(frozen=True, slots=True)
class TextTwin:
    """An article that has, or had, a text with the same hash as the one judged, and the title it stood under."""

    article_id: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What deciding needs of an article on record. `versions` counts the line of revisions and what sources say of it together."""

    article_id: int
    title: str
    main_revision_id: int | None
    main_hash: str
    """`Version.own_hash` of the current revision."""
    main_origin: Origin
    versions: int
    sighted_openly: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows of the entries, addresses and texts of one body."""

    articles: Mapping[int, KnownArticle] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    titles_of_text: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By text hash: the title keys it was seen under; of more than `TITLES_THAT_UNMASK` only that many."""
    twins: Mapping[str, Sequence[TextTwin]] = field(default_factory=dict)
    """By text hash, the earliest first."""
    own_hashes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """By article and source: what the source last gave as the article's text."""
    feed_words: Mapping[tuple[int, int], Collection[str]] = field(default_factory=dict)
    """By article and source: the hashes of what its feed said of the article, now or before; asked for sources whose pages were read."""
    said: Mapping[tuple[int, str], int | None] = field(default_factory=dict)
    """By article and hash of a feed's words: the version that holds them; None if they add nothing to the article's text."""
    sayings: Sequence[Saying] = ()
    """What is said of the articles that may be revised, and is no version of its own."""
    sighted: frozenset[tuple[int, int]] = frozenset()
    """Entry and article of each sighting on record."""
    shown: frozenset[tuple[int, int]] = frozenset()
    """Articles, each with a source that has shown it; asked for the sources of entries that were edited."""
    others: OtherEntries = field(default_factory=OtherEntries)
    page_texts: Mapping[int, str] = field(default_factory=dict)
    """By article: its current text, where a page gave it; asked for articles at addresses that pages now read adopt."""
    next_article_id: int = 1
    next_revision_id: int = 1


@dataclass(frozen=True, slots=True)
class Showing:
    """An entry that shows an article now, and what it showed before."""

    entry_id: int
    source_id: int
    place: Place
    shown_url: str
    """The entry's own link without tracking parameters, otherwise letter for letter."""
    saying: Version
    """What the feed says: title and summary or content."""
    version: Version | None = None
    """What is offered as the article's text: the page's, or the feed's words. None: the page is still to come."""
    adopted: tuple[str, ...] = ()
    """As `adopted_addresses` gives them."""
    silent: bool = False
    edited: bool = False
    """Whether the entry changed since it was first seen."""
    categories: tuple[str, ...] = ()
    """What its publisher files it under."""
    refiled: bool = False
    """Whether its publisher files it under other categories than before."""
    article_id: int | None = None
    """The article it was settled with before."""
    own_hash: str | None = None
    is_another: bool = False
    """Whether the entry kept its guid and speaks of another article now."""
    restores: bool = False
    """Whether `version` takes the place of a text that proved to be none."""

    @property
    def words(self) -> Version:
        """The words to know the article by."""
        return self.version or self.saying
