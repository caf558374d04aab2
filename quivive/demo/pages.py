"""The demonstration's pages as HTML, with what surrounds an article on a real site, so that finding the text is work.

The links below an article name others that speak of the topics: a reader of the whole page would alert on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from quivive.demo.articles import Words
from quivive.demo.feeds import NOTICE, paragraphs_html


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another article of the outlet."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Page:
    """What an article's page shows."""

    outlet: str
    url: str
    words: Words
    author: str
    published_at: datetime
    related: Sequence[Link]


def render_article(page: Page) -> str:
    """The page of an article as news sites build them: its text among what stands on every page."""
    return (
        f'<!DOCTYPE html>\n<html lang="fr">\n<head>\n{_head(page)}</head>\n<body>\n{_header(page.outlet)}'
        f"<main>\n{_article(page)}{_aside(page.related)}</main>\n{_footer(page.outlet)}</body>\n</html>\n"
    )


def render_wall(outlet: str) -> str:
    """A consent wall: the same for every article it hides, and no way past it without a browser."""
    return (
        f'<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<title>{escape(outlet)}</title>\n</head>\n<body>\n'
        '<main class="consentement">\n<h1>Vos choix en matière de cookies</h1>\n'
        "<p>Nous et nos 842 partenaires utilisons des cookies et autres traceurs pour mesurer l’audience de nos pages et vous "
        "proposer des publicités personnalisées. Votre consentement vaut pour six mois et peut être retiré à tout moment.</p>\n"
        "<p>Vous pouvez accepter et continuer, paramétrer vos choix ou continuer sans accepter en vous abonnant.</p>\n"
        "<button>Accepter et continuer</button>\n<button>Paramétrer mes choix</button>\n<button>Continuer sans accepter</button>\n"
        "</main>\n</body>\n</html>\n"
    )


def render_home(outlet: str, links: Sequence[Link]) -> str:
    """What stands at the outlet's root: links to its articles, none of them whole."""
    return (
        f'<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<title>{escape(outlet)}</title>\n</head>\n<body>\n'
        f"{_header(outlet)}<main>\n<ul>\n{_items(links)}</ul>\n</main>\n{_footer(outlet)}</body>\n</html>\n"
    )


def _head(page: Page) -> str:
    title, url = escape(page.words.title), escape(page.url)
    return (
        f'<meta charset="utf-8">\n<title>{title} | {escape(page.outlet)}</title>\n<link rel="canonical" href="{url}">\n'
        f'<meta name="author" content="{escape(page.author)}">\n<meta name="robots" content="noindex">\n'
        f'<meta property="og:type" content="article">\n<meta property="og:title" content="{title}">\n'
        f'<meta property="og:url" content="{url}">\n<meta property="og:site_name" content="{escape(page.outlet)}">\n'
        f'<meta property="article:published_time" content="{page.published_at.isoformat()}">\n'
    )


def _header(outlet: str) -> str:
    return (
        f'<header class="bandeau">\n<p class="avis">{NOTICE}</p>\n<p class="logo"><a href="/">{escape(outlet)}</a></p>\n'
        '<nav class="menu"><ul><li><a href="/">À la une</a></li><li><a href="/ia">IA</a></li><li><a href="/defense">Défense</a></li>'
        '<li><a href="/otan">Dossier OTAN</a></li><li><a href="/openai">Dossier OpenAI</a></li></ul></nav>\n</header>\n'
    )


def _article(page: Page) -> str:
    day = page.published_at.date().isoformat()
    return (
        f'<article class="article">\n<h1>{escape(page.words.title)}</h1>\n'
        f'<p class="byline">Par <span class="author">{escape(page.author)}</span>, le <time datetime="{day}">{day}</time></p>\n'
        f'<div class="article-body">\n{paragraphs_html(page.words.text)}\n</div>\n</article>\n'
    )


def _aside(related: Sequence[Link]) -> str:
    return (
        f'<aside class="related">\n<h2>À lire aussi</h2>\n<ul class="related-links">\n{_items(related)}</ul>\n</aside>\n'
        '<aside class="share"><a href="#partager">Partager</a> <a href="#imprimer">Imprimer</a></aside>\n'
    )


def _items(links: Sequence[Link]) -> str:
    return "".join(f'<li><a href="{escape(link.url)}">{escape(link.title)}</a></li>\n' for link in links)


def _footer(outlet: str) -> str:
    return (
        f'<footer class="footer">\n<p>{escape(outlet)}, {NOTICE}. Toute ressemblance serait fortuite.</p>\n'
        '<p><a href="/mentions">Mentions légales</a> <a href="/lettre">Recevoir la lettre d’information</a></p>\n</footer>\n'
    )
