"""Which part of a page is its article, and which belongs to other articles, to comments or to the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile, islice

from lxml.html import HtmlElement

_FOREIGN_TAGS = frozenset({"aside", "nav", "footer", "form", "select", "noscript"})
_FOREIGN_NAMES = re.compile(
    r"comment(?!ary)|related|similaire|teaser|sidebar|recommend|recommand|suggest|trending|outbrain|taboola|carousel|footer|newsletter"
    r"|(?:^|[\s_-])(?:respond|responses?|reply|aside|aussi|widget|popular|populaires?|most|latest|derniers?|dernieres|slider|menu|promo"
    r"|ticker|breaking|card|vignette|playlist)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NEAR = 80
"""Elements after the heading among which its date and its author stand."""


class PageParts:
    """The article of a page: what is around its main heading."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._heading = _main_heading(tree)
        self._around = set(self._heading.iterancestors()) if self._heading is not None else set()
        self.article = _article_of(tree, self._heading)

    def near_heading(self) -> Iterator[HtmlElement]:
        """The elements that follow the main heading closely."""
        if self._heading is None:
            return iter(())
        following = dropwhile(lambda element: element is not self._heading, self._tree.iter())
        return islice(following, 1, _NEAR)

    def is_in_another_article(self, element: HtmlElement) -> bool:
        """Whether an element belongs to other articles or to comments. What has no heading, and a sidebar, may be a part of this one."""
        for one in (element, *element.iterancestors()):
            if one in self._around or one is self.article:
                return False
            has_heading = one.tag == "article" and next(one.iter("h1", "h2", "h3", "h4"), None) is not None
            if has_heading or _is_named_foreign(one, but="sidebar"):
                return True
        return False

    def is_foreign(self, element: HtmlElement) -> bool:
        """Whether an element stands in something else than the article: a teaser, comments, navigation, another article."""
        for one in (element, *element.iterancestors()):
            if one in self._around or one is self.article:
                return False
            if one.tag in _FOREIGN_TAGS or one.tag == "article" or _is_named_foreign(one):
                return True
        return False


def _is_named_foreign(element: HtmlElement, but: str = "") -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".replace(but, "")
    return element.tag != "body" and bool(_FOREIGN_NAMES.search(names))


def short_text(element: HtmlElement, most: int) -> str | None:
    """The text of an element, if it has no more characters than that. A long one is not read to its end."""
    if len(element) == 0:
        text = element.text or ""
        return " ".join(text.split()) if len(text.strip()) <= most else None
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part.strip())
        if length > most:
            return None
    return " ".join("".join(parts).split())


def text_before(element: HtmlElement) -> str:
    """The text that stands directly before an element, in no element of its own."""
    before, parent = element.getprevious(), element.getparent()
    return (before.tail if before is not None else parent.text if parent is not None else None) or ""


def _main_heading(tree: HtmlElement) -> HtmlElement | None:
    """The heading in an article, else the longest: a site's name is often one too."""
    headings = [heading for heading in tree.iter("h1") if heading.text_content().strip()]
    inside = [heading for heading in headings if any(ancestor.tag in {"article", "main"} for ancestor in heading.iterancestors())]
    return max(inside[:1] or headings, key=lambda heading: len(heading.text_content()), default=None)


def _article_of(tree: HtmlElement, heading: HtmlElement | None) -> HtmlElement | None:
    """The outermost article around the heading, else `main`; without either the only article of the page."""
    around = list(heading.iterancestors()) if heading is not None else []
    for tag in ("article", "main"):
        found = [ancestor for ancestor in around if ancestor.tag == tag]
        if found:
            return found[-1]
    articles = list(tree.iter("article"))
    return articles[0] if len(articles) == 1 else None
