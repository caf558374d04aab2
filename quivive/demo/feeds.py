"""The demonstration's feeds as XML: RSS 2.0, RSS 1.0 and Atom, each with the habits of real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape as escape_html
from xml.sax.saxutils import escape, quoteattr

from quivive.demo.articles import FeedFormat

CONTENT_TYPES = {
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.RDF: "application/rdf+xml",
    FeedFormat.ATOM: "application/atom+xml",
}
NOTICE = "démonstration – nouvelles fictives"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself. `changed_at` is the last time it changed."""

    title: str
    home: str
    url: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One article as its feed lists it. `content` is plain text, or None where the feed only gives the summary."""

    guid: str
    link: str
    title: str
    summary: str
    author: str
    published_at: datetime
    updated_at: datetime
    content: str | None


def render_feed(feed_format: FeedFormat, channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed's body in UTF-8; the same arguments always give the same bytes."""
    return (_DECLARATION + _RENDERERS[feed_format](channel, items)).encode()


def paragraphs_html(text: str) -> str:
    """Plain text, its paragraphs a blank line apart, as HTML."""
    return "\n".join(f"<p>{escape_html(paragraph, quote=False)}</p>" for paragraph in text.split("\n\n"))


def _rss(channel: Channel, items: Sequence[Item]) -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"<channel>\n<title>{escape(channel.title)}</title>\n<link>{escape(channel.home)}</link>\n"
        f"<description>{NOTICE}</description>\n<language>fr</language>\n"
        f"<lastBuildDate>{format_datetime(channel.changed_at, usegmt=True)}</lastBuildDate>\n"
        f"{''.join(_rss_item(item) for item in items)}</channel>\n</rss>\n"
    )


def _rss_item(item: Item) -> str:
    content = f"<content:encoded><![CDATA[{paragraphs_html(item.content)}]]></content:encoded>\n" if item.content else ""
    return (
        f"<item>\n<title>{escape(item.title)}</title>\n<link>{escape(item.link)}</link>\n"
        f'<guid isPermaLink="false">{escape(item.guid)}</guid>\n<dc:creator>{escape(item.author)}</dc:creator>\n'
        f"<pubDate>{format_datetime(item.published_at, usegmt=True)}</pubDate>\n"
        f"<description><![CDATA[<p>{escape_html(item.summary, quote=False)}</p>]]></description>\n{content}</item>\n"
    )


def _rdf(channel: Channel, items: Sequence[Item]) -> str:
    places = "".join(f"<rdf:li rdf:resource={quoteattr(item.link)}/>" for item in items)
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="fr">\n'
        f"<channel rdf:about={quoteattr(channel.url)}>\n<title>{escape(channel.title)}</title>\n<link>{escape(channel.home)}</link>\n"
        f"<description>{NOTICE}</description>\n<dc:language>fr</dc:language>\n"
        f"<items><rdf:Seq>{places}</rdf:Seq></items>\n</channel>\n"
        f"{''.join(_rdf_item(item) for item in items)}</rdf:RDF>\n"
    )


def _rdf_item(item: Item) -> str:
    return (
        f"<item rdf:about={quoteattr(item.link)}>\n<title>{escape(item.title)}</title>\n<link>{escape(item.link)}</link>\n"
        f"<description>{escape(item.summary)}</description>\n<dc:creator>{escape(item.author)}</dc:creator>\n"
        f"<dc:date>{item.published_at.isoformat()}</dc:date>\n</item>\n"
    )


def _atom(channel: Channel, items: Sequence[Item]) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">\n'
        f"<title>{escape(channel.title)}</title>\n<subtitle>{NOTICE}</subtitle>\n<id>{escape(channel.url)}</id>\n"
        f'<link rel="self" href={quoteattr(channel.url)}/>\n<link rel="alternate" type="text/html" href={quoteattr(channel.home)}/>\n'
        f"<updated>{channel.changed_at.isoformat()}</updated>\n{''.join(_atom_entry(item) for item in items)}</feed>\n"
    )


def _atom_entry(item: Item) -> str:
    content = f'<content type="html">{escape(paragraphs_html(item.content))}</content>\n' if item.content else ""
    return (
        f"<entry>\n<title>{escape(item.title)}</title>\n<id>{escape(item.guid)}</id>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(item.link)}/>\n'
        f"<author><name>{escape(item.author)}</name></author>\n"
        f"<published>{item.published_at.isoformat()}</published>\n<updated>{item.updated_at.isoformat()}</updated>\n"
        f"<summary>{escape(item.summary)}</summary>\n{content}</entry>\n"
    )


_RENDERERS: dict[FeedFormat, Callable[[Channel, Sequence[Item]], str]] = {
    FeedFormat.RSS: _rss,
    FeedFormat.RDF: _rdf,
    FeedFormat.ATOM: _atom,
}
