"""Addresses that show an article in another form: for accelerated pages (AMP), for small screens, for printing. Pure.

Such an address tells the plain one of its article. That is a claim by its spelling only: `/amp/` may be a section about guitars. So it
joins what has titles that agree (see `news.settling`), and never parts an entry from the article at its own link.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from news.urls import comparing_url, is_site_root

_MOST_STEPS = 3
"""A cached address may be that of an AMP page on a host for small screens; more turns than that are a game."""

_FORM_HOST = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.)|^amp-(?=[^.]+\.[^.]+\.)|(?<=^[a-z]{2})\.m(?=\.[^.]+\.)")
"""`m.site.fr`, `amp-part.site.fr`, and as Wikipedia has it, `fr.m.site.org`."""
_AMP_CACHE = re.compile(r"/(?:amp|[cv]|wp)/(?:s/)?(?P<address>[^/]+\.[^/]+/.+)")
_CACHE_HOSTS = re.compile(r"(?:^|\.)(?:cdn\.ampproject\.org|bing-amp\.com)$|^google\.[a-z.]{2,6}$")

_FORM_SEGMENT = frozenset({"amp", "google-amp", "mobile", "m", "print", "imprimer", "printable"})
_FORM_END = frozenset({"amp", "print", "imprimer", "printable", "amp.html"})
_FORM_SCRIPTS = (
    (re.compile(r"/layout/set/print(?=/)"), ""),  # eZ Publish, before any path
    (re.compile(r"(?<=/)print(?=/\d+$)"), "node"),  # Drupal, of nodes without a name
    (re.compile(r"(?<=/)imprimer(?=\.php3?$)"), "article"),  # SPIP before 1.9
    (re.compile(r"(?<=/)printthread(?=\.php$)"), "showthread"),  # vBulletin
)
_FORM_SUFFIX = re.compile(r"\.amp(?=(?:\.html?)?$)|[-_]amp(?=\.html?$)")

_FORM_PAIR = re.compile(
    r"^(?:amp|amp_markup|outputType=amp|output=amp|format=amp|view=amp|amp(?:_markup)?=(?:1|true|yes)|mobile=(?:1|true|yes)"
    r"|print|printable|printer_?friendly|(?:print|printable|pf|printer_?friendly|imprimer)=(?:1|true|yes|y|oui|print)"
    r"|type=98|(?:view|mode|format|version|action|display|do)=(?:print|printable|imprimer))$",
    re.IGNORECASE,
)
_PAIR_OF_A_FORM = re.compile(r"^(?:amp_(?:js_v|gsa|lite)|usqp|aoh|noamp|tmpl=component|layout=default)(?:=|$)", re.IGNORECASE)
"""What goes with a form, and says nothing without one: of AMP caches, and of Joomla's page for printing."""
_BLOGGER_PAIR = "m=1"
_SPIP_PAGE = re.compile(r"(?:^|&)page=[\w-]*(?:imprim|print)\w*(?:&|$)")
_SPIP_ARTICLE = re.compile(r"(?:^|&)id_article=(\d+)(?:&|$)")


def plain_form(address: str) -> str | None:
    """The address (comparing form) of which `address` (likewise) is a form for AMP, small screens or printing; None if it is none."""
    if "#" in address:  # a place among several at one address
        return None
    plain = address
    for _ in range(_MOST_STEPS):
        further = _one_step(plain)
        if further is None:
            break
        plain = further
    return None if plain == address or is_site_root(plain) else plain


def _one_step(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host, path, query = parts.netloc, parts.path, parts.query
    if _CACHE_HOSTS.search(host):
        cached = _AMP_CACHE.fullmatch(path)
        return comparing_url(f"https://{unquote(cached['address'])}{_asked(_without_pairs_of_forms(query))}") if cached else None
    plain_host = _FORM_HOST.sub("", host, count=1)
    plain_path, plain_query = _without_form(path), _query_without_form(path, query)
    if (plain_host, plain_path, plain_query) == (host, path, query):
        return None
    return comparing_url(f"https://{plain_host}{plain_path}{_asked(plain_query)}")


def _asked(query: str) -> str:
    return f"?{query}" if query else ""


def _without_form(path: str) -> str:
    """The path without what says its form: as scripts write it, a first segment (behind one of a language), a last one, or an ending."""
    for pattern, plain in _FORM_SCRIPTS:
        if pattern.search(path):
            return pattern.sub(plain, path, count=1)
    first, *segments = path.split("/")
    place = 1 if segments and len(segments[0]) == 2 and segments[0].isalpha() else 0
    if len(segments) > place + 1 and segments[place] in _FORM_SEGMENT:
        del segments[place]
    elif len(segments) > 1 and segments[-1] in _FORM_END:
        del segments[-1]
    return _FORM_SUFFIX.sub("", "/".join((first, *segments)))


def _query_without_form(path: str, query: str) -> str:
    if _SPIP_PAGE.search(query) and (article := _SPIP_ARTICLE.search(query)):
        return f"article{article[1]}"  # SPIP: `spip.php?page=imprimer&id_article=12` prints `spip.php?article12`
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _FORM_PAIR.match(pair) and not (pair == _BLOGGER_PAIR and path.endswith(".html"))]
    if len(kept) == len(pairs):
        return query
    return _without_pairs_of_forms("&".join(kept))


def _without_pairs_of_forms(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if not _PAIR_OF_A_FORM.match(pair))
