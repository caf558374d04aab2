"""Reads an article page. Runs in a worker process: imports no scrapy, and may be killed at any time."""

from __future__ import annotations

import trafilatura
from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HTMLParser, HtmlProcessingInstruction, document_fromstring
from trafilatura.settings import Extractor

from crawler.article_part import count_characters, cut_out_article
from crawler.decoding import decode
from crawler.feed_repair import repair_characters
from crawler.footnotes import raise_calls
from crawler.next_part import find_next_part
from crawler.page_metadata import read_metadata
from crawler.paid_parts import is_left_out
from crawler.pointers import drop_pointers, without_pointers
from crawler.problems import FetchProblem, make_problem
from news.fingerprints import without_title_line
from news.sources import ExtractedPage, PartsRead

_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/x-httpd-php"})
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"RIFF",
    b"\x1f\x8b",
    b"OggS",
    b"ID3",
    b"\x00\x00\x00",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
)
_ELEMENTS = etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity)
"""lxml.html's own look-up runs Python code for every element that is touched, to make forms special: a tenth of the whole time."""
_NO_TEXT = ("script", "style", "svg", "link", "meta", "source", "img", "input", "option", "template", "rp", "rt")
_HIDDEN = etree.XPath("//*[@hidden][not(descendant-or-self::h1 or descendant-or-self::article or descendant-or-self::main)]")
"""What no reader sees, unless a script uncovers the whole article."""
_KEPT, _UNSEEN = "kept", "unseen"
_FAST = Extractor(fast=True, comments=False)
_THOROUGH = Extractor(fast=False, comments=False)
"""Made once: trafilatura would read its configuration anew for each page. It needs no address, since we ask for no links."""
_FEW_CHARACTERS = 20
_ENOUGH_CHARACTERS = 600
_MANY_CHARACTERS = 3_000
"""trafilatura does not look again where it has found so many."""


def extract_page(body: bytes, url: str, content_type: str | None = None, parts: PartsRead | None = None) -> ExtractedPage:
    """The article on the page at `url`. `content_type` is its header of that name; `parts`: those that were read before this one.

    Raises FetchProblem: `empty`, `not_html`, or `no_text` if there is nothing that looks like an article.
    """
    if not body.strip(b"\0 \t\r\n"):
        raise FetchProblem(make_problem("empty"))
    _check_is_html(body, content_type)
    tree = _parse(decode(body, content_type))
    if tree is None:
        raise FetchProblem(make_problem("no_text"))
    raise_calls(tree)  # before the title is read: it may have footnotes too
    metadata = read_metadata(tree, url)
    firsts, number = (parts.known_as, parts.number + 2) if parts else ((url, metadata.canonical_url or url), 2)
    next_url = find_next_part(tree, metadata.base, firsts, number)
    text = without_pointers(without_title_line(_main_text(tree), metadata.title or "")).strip()
    if len(text) < _FEW_CHARACTERS:
        raise FetchProblem(make_problem("no_text"))
    return ExtractedPage(
        title=metadata.title,
        text=text,
        author=metadata.author,
        published_at=metadata.published_at,
        language=metadata.language,
        canonical_url=metadata.canonical_url,
        amp_url=metadata.amp_url,
        next_url=next_url,
        is_for_subscribers=metadata.paid_paragraphs is not None and is_left_out(metadata.paid_paragraphs, text),
    )


def _drop_what_is_no_text(tree: HtmlElement) -> None:
    """Take out what trafilatura would throw away after looking at it many times: a tenth of its time. It reads JSON-LD, which stays."""
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":
            script.tag = _KEPT
    for hidden in _HIDDEN(tree):
        hidden.tag = _UNSEEN
    etree.strip_elements(tree, *_NO_TEXT, _UNSEEN, with_tail=False)
    for script in tree.iter(_KEPT):
        script.tag = "script"


def _main_text(tree: HtmlElement) -> str:
    """The article's text: that of the part which holds it, if enough is found there; else that of the whole page.

    Where trafilatura finds little of a long page, it looks again and is less choosy. So it must have found most of what the part says.
    """
    part = cut_out_article(tree)
    if part is not None:
        text = _fast_text(part)
        if len(text) >= _MANY_CHARACTERS:
            return text
        if len(text) >= _ENOUGH_CHARACTERS and len(text) >= count_characters(part) / 2:
            return text
    return _text_of_page(tree)


def _fast_text(tree: HtmlElement) -> str:
    """What is found at first, once all that is no text was dropped from the tree."""
    _drop_what_is_no_text(tree)
    drop_pointers(tree)
    return (trafilatura.extract(tree, options=_FAST) or "").strip()


def _text_of_page(tree: HtmlElement) -> str:
    """What is found in a whole page. The slower extraction is tried where the fast one finds little: it finds articles in odd places."""
    text = _fast_text(tree)
    if len(text) >= _ENOUGH_CHARACTERS:
        return text
    slow = (trafilatura.extract(tree, options=_THOROUGH) or "").strip()
    return slow if len(slow) > 2 * len(text) else text


def _check_is_html(body: bytes, content_type: str | None) -> None:
    """By what the server says, and by the first bytes: servers call PDF files text/html."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in _HTML_TYPES and not (kind == "application/octet-stream" and b"<html" in body[:1024].lower()):
        raise FetchProblem(make_problem("not_html", kind[:80]))
    if body.startswith(_MAGIC):
        raise FetchProblem(make_problem("not_html", f"it begins with {body[:8]!r}"))


def _parse(text: str) -> HtmlElement | None:
    """The page as a tree, parsed once for text and metadata. The options are trafilatura's own."""
    parser = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        return document_fromstring(repair_characters(text).encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
