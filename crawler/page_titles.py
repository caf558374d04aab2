"""What a page is called, without the name of its site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.linked_data import LinkedData
from crawler.plain_text import line_of
from news.fingerprints import normalise_text

_SEPARATOR = re.compile(r"\s+[|\-–—·•:»>/]+\s+|\s*[|•·]\s*")
_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "dc.publisher", "publisher", "copyright")
_LEAST_PART = 3
"""Words. A heading of fewer may be that of a section, and stand at the beginning of the title all the same."""
_SMALL_WORDS = frozenset({"les", "des", "aux", "une", "sur", "par", "the", "and"})
_LEAST_LETTERS, _LEAST_OF_HOST = 3, 7
"""Of a word of the site's name that stands in its host; and how much of the host these words make, in tenths."""


def title_of(tree: HtmlElement, named: Mapping[str, str], linked: LinkedData, url: str) -> str | None:
    """The title under which the page is shared, else its heading, else that of the window; without the site's name around it."""
    sites = _sites(named, linked, url)
    headings = [text for heading in tree.iter("h1") if (text := _heading_text(heading)) and not _is_site(text, sites, url)]
    shared = line_of(named.get("og:title")) or line_of(named.get("twitter:title")) or linked.headline()
    only = headings[0] if len(headings) == 1 else None
    title = shared or only or line_of(tree.findtext(".//title")) or (headings[0] if headings else None)
    if title is None:
        return None
    known = [*headings, linked.headline() or ""]
    return _as_a_heading(title, known, only) or _without_site(title, sites, url)


def _as_a_heading(title: str, headings: list[str], only: str | None) -> str | None:
    """The heading that the title begins with: it shows where the site's name begins."""
    key = normalise_text(title)
    for heading in headings:
        own = normalise_text(heading)
        is_begin = own and (key == own or key.startswith(own + " "))
        if is_begin and (heading == only or len(own.split()) >= _LEAST_PART):
            return heading
    return None


def _heading_text(heading: HtmlElement) -> str | None:
    for line_break in heading.iter("br"):
        line_break.tail = f" {line_break.tail or ''}"  # words of two lines are two
    return line_of(heading.text_content(), is_plain=True)


def _is_site(name: str, sites: set[str], url: str) -> bool:
    """Whether a name is the site's: as the page gives it, or of the words that its host is made of."""
    if _squeezed(name) in sites:
        return True
    host = re.sub(r"\W", "", (urlsplit(url).hostname or "").removeprefix("www.").rpartition(".")[0])
    words = [word for word in normalise_text(name).split() if len(word) >= _LEAST_LETTERS and word not in _SMALL_WORDS]
    return len(words) > 1 and all(word in host for word in words) and 10 * sum(map(len, words)) >= _LEAST_OF_HOST * len(host)


def _without_site(title: str, sites: set[str], url: str) -> str:
    """The title without the parts at its end, or its beginning, that name the site."""
    cuts = list(_SEPARATOR.finditer(title))
    for cut in cuts:
        if _is_site(title[cut.end() :], sites, url):
            return title[: cut.start()]
    for cut in reversed(cuts):
        if ":" not in cut[0] and _is_site(title[: cut.start()], sites, url):
            return title[cut.end() :]
    return title


def _sites(named: Mapping[str, str], linked: LinkedData, url: str) -> set[str]:
    """The names of the site, and its host, as `_squeezed` writes them."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = [*(named.get(name, "").lstrip("@") for name in _SITE_NAMES), *linked.publishers(), host, host.rpartition(".")[0]]
    return {_squeezed(line_of(name) or "") for name in names} - {""}


def _squeezed(name: str) -> str:
    return normalise_text(name).replace(" ", "")
