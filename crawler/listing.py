"""A page that lists articles, read by the user's rules as if it were a feed: for sites that have none. Runs in a worker process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from parsel.csstranslator import HTMLTranslator

from crawler.dates import from_page, zone_of
from crawler.decoding import decode
from crawler.feed_repair import repair_characters
from crawler.plain_text import language_of, line_of, paragraphs_of
from crawler.problems import FetchProblem, make_problem
from crawler.settings import ListingRules
from crawler.web_url import absolute_url
from news.sources import FeedEntry, ParsedFeed

MOST_ITEMS = 500
_SAMPLE_CHARACTERS = 3000

Found = HtmlElement | str
"""What a selector finds: an element, or, of one that ends in `::text` or `::attr(…)`, its text."""


def parse_listing(body: bytes, url: str, content_type: str | None, language: str | None, rules: ListingRules) -> ParsedFeed:
    """The page's items as entries, the first of each link. Raises FetchProblem: `empty`, or `no_items` if the rules find none."""
    text = decode(body, content_type)
    if not text.strip("\0 \t\r\n\ufeff"):
        raise FetchProblem(make_problem("empty"))
    tree = _parse(text)
    items = [] if tree is None else list(islice(_find(tree, rules.item), MOST_ITEMS))
    page_language = language_of(tree.get("lang") if tree is not None else None) or language_of(language)
    reader = _Reader(rules, _base(tree, url) if tree is not None else url, page_language, items)
    entries: dict[str, FeedEntry] = {}
    for item in items:
        if not isinstance(item, str) and (entry := reader.read(item)):
            entries.setdefault(entry.link or entry.title or "", entry)
    if tree is None or not entries:
        what = f"item = {rules.item!r} finds nothing" if not items else "no item has a title or a link"
        raise FetchProblem(make_problem("no_items", what))
    return ParsedFeed(line_of(str(tree.xpath("string(//title)"))), tuple(entries.values()), page_language, format="page")


class _Reader:
    """Reads the items of one page."""

    def __init__(self, rules: ListingRules, base: str, language: str | None, items: list[Found]) -> None:
        sample = " ".join(_text_of(item) or "" for item in items[:20])[:_SAMPLE_CHARACTERS]
        self._rules, self._base, self._language = rules, base, language
        self._zone = zone_of(language, sample)

    def read(self, item: HtmlElement) -> FeedEntry | None:
        """An item as an entry; None for one that says neither a title nor where it leads."""
        rules = self._rules
        link = _first(item, rules.link) if rules.link else next(_find(item, "a[href]"), None)
        title = _first(item, rules.title) if rules.title else link
        date = _first(item, rules.date) if rules.date else None
        summary = _first(item, rules.summary) if rules.summary else None
        address = absolute_url(_address_of(link), self._base)
        heading = line_of(_text_of(title), is_plain=True)
        if not (address or heading):
            return None
        return FeedEntry(
            guid=None,
            link=address,
            title=heading,
            summary=_paragraphs_of(summary),
            published_at=from_page(_date_of(date), self._zone),
            language=self._language,
        )


def _first(item: HtmlElement, selector: str) -> Found | None:
    return next(_find(item, selector), None)


def _find(element: HtmlElement, selector: str) -> Iterator[Found]:
    """What a selector finds: in an element, or the element itself."""
    yield from _compiled(selector)(element)


@cache
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


def _text_of(found: Found | None) -> str | None:
    return found if found is None or isinstance(found, str) else "".join(found.itertext())


def _paragraphs_of(found: Found | None) -> str | None:
    if found is None or isinstance(found, str):
        return paragraphs_of(found, is_plain=True)
    return paragraphs_of(etree.tostring(found, encoding="unicode", with_tail=False))


def _address_of(found: Found | None) -> str | None:
    """Where what was found leads: by its own attribute, or by that of the first link in it or around it."""
    if found is None or isinstance(found, str):
        return found
    return next((link.get("href") for link in (found, *found.iter("a"), *found.iterancestors("a")) if link.get("href")), None)


def _date_of(found: Found | None) -> str | None:
    """The date as machines are told it, where they are, else as people are."""
    if isinstance(found, HtmlElement):
        return found.get("datetime") or found.get("content") or _text_of(found)
    return found


def _base(tree: HtmlElement, url: str) -> str:
    return absolute_url(next(iter(tree.xpath("//base/@href")), None), url) or url


def _parse(text: str) -> HtmlElement | None:
    parser = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(repair_characters(text).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def check_selector(selector: str) -> None:
    """Raise ValueError for what is no CSS selector."""
    try:
        _compiled(selector)
    except (SyntaxError, ValueError, etree.XPathError, RuntimeError) as error:  # cssselect's are of two of these kinds
        raise ValueError(str(error)) from error
