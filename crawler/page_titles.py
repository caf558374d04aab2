"""What a page is called, without the name of its site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.linked_data import LinkedData
from crawler.plain_text import line_of
from news.fingerprints import normalise_text

_SEPARATOR = re.compile(r"\s+[|\-–—·•:»/]+\s+|\s*[|•·]\s*")
_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "dc.publisher", "publisher", "copyright")
_LEAST_PART = 3
"""Words. A heading of fewer may be that of a section, and stand at the beginning of the title all the same."""


def title_of(tree: HtmlElement, named: Mapping[str, str], linked: LinkedData, url: str) -> str | None:
    """The title under which the page is shared, else its heading, else that of the window; without the site's name around it."""
    headings = [text for heading in tree.iter("h1") if (text := line_of(heading.text_content(), is_plain=True))]
    shared = line_of(named.get("og:title")) or line_of(named.get("twitter:title")) or linked.headline()
    only = headings[0] if len(headings) == 1 else None
    title = shared or only or line_of(tree.findtext(".//title")) or (headings[0] if headings else None)
    if title is None:
        return None
    known = [*headings, linked.headline() or ""]
    return _as_a_heading(title, known, only) or _without_site(title, _sites(named, linked, url))


def _as_a_heading(title: str, headings: list[str], only: str | None) -> str | None:
    """The heading that the title begins with: it shows where the site's name begins."""
    key = normalise_text(title)
    for heading in headings:
        own = normalise_text(heading)
        is_begin = own and (key == own or key.startswith(own + " "))
        if is_begin and (heading == only or len(own.split()) >= _LEAST_PART):
            return heading
    return None


def _without_site(title: str, sites: set[str]) -> str:
    """The title without the parts at its end, or its beginning, that name the site."""
    cuts = list(_SEPARATOR.finditer(title))
    for cut in cuts:
        if _squeezed(title[cut.end() :]) in sites:
            return title[: cut.start()]
    for cut in reversed(cuts):
        if ":" not in cut[0] and _squeezed(title[: cut.start()]) in sites:
            return title[cut.end() :]
    return title


def _sites(named: Mapping[str, str], linked: LinkedData, url: str) -> set[str]:
    """The names of the site, and its host, as `_squeezed` writes them."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = [*(named.get(name, "").lstrip("@") for name in _SITE_NAMES), *linked.publishers(), host, host.rpartition(".")[0]]
    return {_squeezed(line_of(name) or "") for name in names} - {""}


def _squeezed(name: str) -> str:
    return normalise_text(name).replace(" ", "")
