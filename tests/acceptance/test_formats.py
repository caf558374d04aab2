"""Every format of a feed, polled by the real command: its entries are archived, and found by what their publisher files them under."""

from __future__ import annotations

import json

import pytest

from tests.news_site import NewsSite
from tests.processes import Home, source

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
DC, CONTENT = 'xmlns:dc="http://purl.org/dc/elements/1.1/"', 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
ITEM = "<item><title>{title}</title><link>{link}</link>{more}</item>"
TEXT = "Une brève de la rédaction, pour l’archive."


def rss(version: str, more: str, namespaces: str = "") -> str:
    item = ITEM.replace("{more}", f"<description>{TEXT}</description>{more}")
    return f'<rss version="{version}" {namespaces}><channel><title>T</title><link>https://site.example/</link>{item}</channel></rss>'


def atom(namespace: str, more: str, version: str = "") -> str:
    return (
        f'<feed xmlns="{namespace}" {version}><title>T</title><id>t</id><entry><id>{{link}}</id><title>{{title}}</title>'
        f'<link rel="alternate" type="text/html" href="{{link}}"/><summary>{TEXT}</summary>{more}</entry></feed>'
    )


def json_feed(version: str, **more: object) -> str:
    item = {"id": "{link}", "url": "{link}", "title": "{title}", "content_text": TEXT, **more}
    return json.dumps({"version": f"https://jsonfeed.org/version/{version}", "title": "T", "items": [item]}, ensure_ascii=False)


FORMATS = {
    "RSS 0.90": f'<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title><link>x</link></channel>{ITEM}</rdf:RDF>',
    "RSS 0.91": rss("0.91", ""),
    "RSS 0.92": rss("0.92", "<category>étiquette</category>"),
    "RSS 1.0": f'<rdf:RDF {RDF} {DC} xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>T</title></channel>'
    f'<item rdf:about="{{link}}"><title>{{title}}</title><link>{{link}}</link><description>{TEXT}</description>'
    "<dc:subject>étiquette</dc:subject><dc:creator>Ève</dc:creator><dc:date>2025-02-10T10:00:00+01:00</dc:date></item></rdf:RDF>",
    "RSS 2.0": rss(
        "2.0", "<category>étiquette</category><pubDate>Mon, 10 Feb 2025 10:00:00 +0100</pubDate><author>a@b.example (Ève)</author>"
    ),
    "WordPress": rss(
        "2.0",
        "<dc:creator><![CDATA[Ève]]></dc:creator><category><![CDATA[étiquette]]></category><wfw:commentRss>https://site.example/c</wfw:commentRss>"
        "<slash:comments>3</slash:comments><content:encoded><![CDATA[<p>Le texte <b>entier</b>.</p>]]></content:encoded>"
        "<pubDate>Mon, 10 Feb 2025 09:00:00 +0000</pubDate>",
        f'{DC} {CONTENT} xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"',
    ),
    "Media RSS": rss(
        "2.0",
        '<category>étiquette</category><media:content url="https://site.example/i.jpg" medium="image"><media:title>Légende</media:title>'
        "<media:description>Une légende qui n’est pas du texte.</media:description></media:content>",
        'xmlns:media="http://search.yahoo.com/mrss/"',
    ),
    "Atom 0.3": atom("http://purl.org/atom/ns#", "<modified>2025-02-10T10:00:00+01:00</modified>", 'version="0.3"'),
    "Atom 1.0": atom(
        "http://www.w3.org/2005/Atom",
        '<category term="etq" label="étiquette"/><author><name>Ève</name></author><published>2025-02-10T10:00:00+01:00</published>',
    ),
    "JSON Feed 1": json_feed("1", tags=["étiquette"], author={"name": "Ève"}, date_published="2025-02-10T10:00:00+01:00"),
    "JSON Feed 1.1": json_feed("1.1", tags=["étiquette"], authors=[{"name": "Ève"}], date_published="2025-02-10T10:00:00+01:00"),
    "news sitemap": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{link}</loc>'
    "<news:news><news:publication><news:name>T</news:name><news:language>fr</news:language></news:publication>"
    "<news:publication_date>2025-02-10T10:00:00+01:00</news:publication_date><news:title>{title}</news:title>"
    "<news:keywords>autre, étiquette</news:keywords></news:news></url></urlset>",
}
"""A document of each format, with one entry."""

WITHOUT_CATEGORIES = {"RSS 0.90", "RSS 0.91", "Atom 0.3"}
WITHOUT_AUTHOR = WITHOUT_CATEGORIES | {"RSS 0.92", "Media RSS", "news sitemap"}
WITHOUT_DATE = {"RSS 0.90", "RSS 0.91", "RSS 0.92", "Media RSS"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """After one poll of all: by the name of the format, the line of `export`; `tagged` says whether `tag:` finds it."""
    home = Home(tmp_path_factory.mktemp("formats"))
    with NewsSite() as site:
        sources = []
        for number, (name, document) in enumerate(FORMATS.items()):
            body = document.replace("{title}", f"L’entrée de {name}").replace("{link}", site.url(f"/absent/{number}"))
            sources.append(source(site.publish_feed(f"/{number}", body, "text/xml"), name))
        home.configure(sources=sources)
        done = home.quivive("poll", "--json")
        assert done.json["sources"] == {"polled": len(FORMATS), "unchanged": 0, "failed": 0}, done.err
    tagged = {line["title"] for line in home.call("search", "tag:étiquette", "--limit", "100", "--json").lines}
    lines = home.call("export").lines
    return {line["source"]: {**line, "tagged": line["title"] in tagged} for line in lines}


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_of_each_format_is_archived_with_all_that_it_says(found: dict[str, dict[str, object]], name: str) -> None:
    line = found[name]
    assert line["title"] == f"L’entrée de {name}"
    assert str(line["url"]).endswith(f"/absent/{list(FORMATS).index(name)}")
    assert (line["author"] is None) is (name in WITHOUT_AUTHOR)
    assert line["published_at"] == (None if name in WITHOUT_DATE else "2025-02-10T09:00:00Z")
    assert line["tagged"] is (name not in WITHOUT_CATEGORIES)


def test_content_encoded_is_the_text_and_captions_are_none(found: dict[str, dict[str, object]]) -> None:
    assert found["WordPress"]["text"] == f"{TEXT}\n\nLe texte entier."
    assert found["Media RSS"]["text"] == TEXT
