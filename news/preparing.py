"""What a body gives before the archive is asked anything: keys, fingerprints, addresses, hashes and analysed words.

It is made in the worker process that read the body and travels with the outcome, so that the one thread that writes only loads,
decides and writes. A body that comes without it (from a test, say) is prepared when it is asked for: `prepared_entries`,
`feed_version` and `page_version` give the same answers either way.

What travels is plain strings: words joined by spaces take a quarter of the memory of tuples of them, and a third of the time to receive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from news.articles import Origin
from news.earning import read_lines
from news.fingerprints import fingerprint, normalise_text
from news.judging import IdentifiedEntry, Version, found_language, identify_entries, make_version, storable
from news.other_forms import plain_form
from news.placing import prepare_for_placing, prepare_under_title
from news.sources import ExtractedPage, FeedEntry, ParsedFeed, PreparedEntry, PreparedPage, PreparedText, PreparedWords, Problem
from news.text import language_of
from news.text.analysis import AnalysedArticle, KnownAnalysis, analyse_article, joined_words
from news.urls import comparing_url, shown_url

MOST_ANALYSED = 2_000_000
"""Characters of one body whose words are sent along, about the texts of 500 articles. A feed of thousands is mostly known already,
and what waits to be written must not hold three times its size; the words of the rest are made when they are asked for."""


def prepare_feed(feed: ParsedFeed) -> ParsedFeed:
    """The feed with all that its entries give before the archive is asked."""
    return replace(feed, prepared=tuple(_prepare_entries(identify_entries(feed.entries))))


def join_feeds(feeds: Sequence[ParsedFeed], problem: Problem | None) -> ParsedFeed:
    """Several bodies as one, with what was prepared of each; of what is in two of them, the first counts. At least one is given."""
    prepared: dict[str, PreparedEntry] = {}
    for feed in feeds:
        for entry in prepared_entries(feed):
            prepared.setdefault(entry.key, entry)
    entries = tuple(entry.entry for entry in prepared.values())
    return replace(feeds[0], entries=entries, problem=problem, prepared=tuple(prepared.values()))


def prepared_entries(feed: ParsedFeed) -> tuple[PreparedEntry, ...]:
    """The entries of a body, identified, each with what it gives; in the feed's order, repeats dropped."""
    prepared = feed.prepared if feed.prepared is not None else prepare_feed(feed).prepared
    assert prepared is not None  # just made
    return prepared


def analysed_words(version: Version) -> AnalysedArticle:
    """Title and text of a version with their words; cheap where the worker process made them."""
    if version.words is None or version.words.analysed is None:
        return analyse_article(version.title, version.text)
    title_tokens, title_stems, text_tokens, text_stems = version.words.analysed
    title = KnownAnalysis(version.title, title_tokens, title_stems)
    return AnalysedArticle(version.title, version.text, title, KnownAnalysis(version.text, text_tokens, text_stems))


def feed_version(prepared: PreparedEntry) -> Version:
    """The version that the feed's own words are."""
    entry, words = prepared.entry, prepared.words
    return Version(
        title=entry.title or "",
        text=prepared.text,
        origin=Origin.FEED,
        author=entry.author,
        language=prepared.language,
        published_at=entry.published_at or entry.updated_at,
        text_hash=words.text_hash,
        text_length=words.text_length,
        words=words,
    )


def prepare_entry(identified: IdentifiedEntry, *, analysed: bool = True) -> PreparedEntry:
    """What one entry gives; without its words unless they are to be `analysed`. For an entry from the archive too."""
    entry = identified.entry
    version = make_version(entry, None)
    address = comparing_url(entry.link) if entry.link else None
    return PreparedEntry(
        key=identified.key,
        entry=entry,
        fingerprints=identified.fingerprints,
        former_keys=identified.former_keys,
        address=address,
        shown_url=shown_url(entry.link) if entry.link else None,
        text=version.text,
        language=version.language,
        words=_prepare_words(version, analysed=analysed),
        plain_address=plain_form(address) if address else None,
    )


def prepare_page(page: ExtractedPage, title: str | None = None) -> ExtractedPage:
    """The page, its texts storable, with all that it gives before its entry is known. `title`: what the entry's is expected to be."""
    page = storable(replace(page, prepared=None))
    prepared, title = _prepare_text(page), title or page.title or ""
    return replace(page, prepared=replace(prepared, title=title, words=_words_under(title, page.text, prepared)))


def page_version(entry: FeedEntry, page: ExtractedPage) -> Version:
    """The version of an entry's article that its page gives; the title is the entry's, where it has one."""
    if page.prepared is None:
        page = prepare_page(page, entry.title)
    prepared = page.prepared
    assert prepared is not None  # just made
    title = entry.title or page.title or ""
    words = prepared.words if prepared.words is not None and prepared.title == title else _words_under(title, page.text, prepared)
    return Version(
        title=title,
        text=page.text,
        origin=Origin.PAGE,
        author=entry.author or page.author,
        language=page.language or entry.language or prepared.found_language or found_language(title, ""),
        published_at=entry.published_at or page.published_at or entry.updated_at,
        text_hash=words.text_hash,
        text_length=words.text_length,
        words=words,
    )


def _prepare_entries(identified: Iterable[IdentifiedEntry]) -> Iterable[PreparedEntry]:
    left = MOST_ANALYSED
    for one in identified:
        left -= len(one.entry.title or "") + len(one.entry.summary or "") + len(one.entry.content or "")
        yield prepare_entry(one, analysed=left >= 0)


def _prepare_words(version: Version, *, analysed: bool) -> PreparedWords:
    of_text = None
    if analysed:
        words = joined_words(version.text)
        of_text = words, prepare_for_placing(KnownAnalysis(version.text, *words), version.text)
    return _words_of(version.title, version.text, (version.text_hash, version.text_length), of_text)


def _words_under(title: str, text: str, prepared: PreparedPage) -> PreparedWords:
    """What the version gives that a page's text is under this title."""
    is_repeated = bool(title) and prepared.first_line_key == normalise_text(title)
    of_rest, of_whole = (prepared.rest_hash, prepared.rest_length), (prepared.whole_hash, prepared.whole_length)
    of_text = (prepared.analysed, prepared.for_placing) if prepared.analysed is not None and prepared.for_placing is not None else None
    words = _words_of(title, text, of_rest if is_repeated else of_whole, of_text)
    if words.analysed is None or prepared.for_placing is None:
        return words
    title_tokens = KnownAnalysis(title, *words.analysed[:2])
    return replace(words, for_placing=prepare_under_title(title, title_tokens, prepared.for_placing))


def _words_of(title: str, text: str, hashed: tuple[str, int], of_text: tuple[tuple[str, str], PreparedText] | None) -> PreparedWords:
    """`of_text`: its words, and what it gives for placing its article; None where these are not to be sent along."""
    text_words, for_placing = of_text or (None, None)
    return PreparedWords(
        title_key=normalise_text(title),
        text_hash=hashed[0],
        text_length=hashed[1],
        own_hash=fingerprint(title, text),
        analysed=(*joined_words(title), *text_words) if text_words is not None else None,
        for_placing=for_placing,
    )


def _prepare_text(page: ExtractedPage) -> PreparedPage:
    # Cut as `news.fingerprints.without_title_line` cuts, so that the hashes are those of `content_hash`.
    first, _, rest = page.text.lstrip().partition("\n")
    whole_hash, whole_length = _hash_of(page.text)
    rest_hash, rest_length = _hash_of(rest)
    words = joined_words(page.text) if len(page.text) <= MOST_ANALYSED else None
    return PreparedPage(
        first_line_key=normalise_text(first),
        whole_hash=whole_hash,
        whole_length=whole_length,
        rest_hash=rest_hash,
        rest_length=rest_length,
        found_language=None if page.language else language_of(page.text),
        analysed=words,
        for_placing=prepare_for_placing(KnownAnalysis(page.text, *words), page.text) if words is not None else None,
        lines=read_lines(page.text) if len(page.text) <= MOST_ANALYSED else None,
    )


def _hash_of(text: str) -> tuple[str, int]:
    normalised = normalise_text(text)
    return hashlib.sha256(normalised.encode()).hexdigest(), len(normalised)
