"""Reading feeds: fields, encodings, and what is and is not lost in damaged ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feed_parser import parse_feed
from crawler.problems import FetchProblem
from news.sources import FeedEntry, FeedLink, ParsedFeed
from tests.news_site import item, rss

URL = "https://flux.example/rss/feed.xml"
TEN_O_CLOCK = datetime(2025, 2, 10, 9, 0, tzinfo=UTC)


def parse(text: str | bytes, content_type: str | None = None) -> ParsedFeed:
    return parse_feed(text.encode() if isinstance(text, str) else text, URL, content_type)


def entry(text: str, **attributes: str) -> FeedEntry:
    (only,) = parse(text).entries
    return only


def in_rss(inner: str, namespaces: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0" {namespaces}><channel><title>T</title><link>https://site.example/news/</link><item>{inner}</item></channel></rss>'


def in_atom(inner: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>T</title><id>i</id><entry>{inner}</entry></feed>'


def result_of(body: bytes) -> str:
    try:
        problem = parse(body).problem
    except FetchProblem as error:
        problem = error.problem
    return problem.code if problem else "read"


RSS_20 = in_rss(
    "<title>Un</title><link>https://site.example/1</link><guid>g1</guid>"
    "<dc:creator>Ève</dc:creator><pubDate>Mon, 10 Feb 2025 10:00:00 +0100</pubDate>"
    "<description>Court</description><content:encoded><![CDATA[<p>Long</p><p>texte</p>]]></content:encoded>",
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"',
)
ATOM = in_atom(
    '<id>g1</id><title>Un</title><link href="https://site.example/1"/><author><name>Ève</name></author><published>2025-02-10T10:00:00+01:00</published>'
    '<updated>2025-02-10T10:00:00+01:00</updated><summary>Court</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long</p><p>texte</p></div></content>'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    '<channel rdf:about="https://site.example/"><title>T</title><link>https://site.example/</link>'
    '<items><rdf:Seq><rdf:li resource="g1"/></rdf:Seq></items></channel>'
    '<item rdf:about="g1"><title>Un</title><link>https://site.example/1</link><dc:creator>Ève</dc:creator><dc:date>2025-02-10T10:00:00+01:00</dc:date>'
    "<description>Court</description><content:encoded>&lt;p&gt;Long&lt;/p&gt;&lt;p&gt;texte&lt;/p&gt;</content:encoded></item></rdf:RDF>"
)
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [
            {
                "id": "g1",
                "url": "https://site.example/1",
                "title": "Un",
                "summary": "Court",
                "content_html": "<p>Long</p><p>texte</p>",
                "authors": [{"name": "Ève"}],
                "date_published": "2025-02-10T10:00:00+01:00",
            }
        ],
    }
)


@pytest.mark.parametrize("text", [RSS_20, ATOM, RDF, JSON], ids=["rss", "atom", "rdf", "json"])
def test_all_formats_give_the_same_entry(text: str) -> None:
    feed = parse(text)
    (only,) = feed.entries
    assert (feed.title, feed.problem) == ("T", None)
    assert (only.guid, only.link, only.title, only.author) == ("g1", "https://site.example/1", "Un", "Ève")
    assert (only.summary, only.content, only.published_at) == ("Court", "Long\ntexte", TEN_O_CLOCK)


@pytest.mark.parametrize("version", ["0.91", "0.92", "0.94", "2.0", "2.01", ""])
def test_old_rss_versions_are_read(version: str) -> None:
    assert entry(in_rss("<title>Un</title>").replace('"2.0"', f'"{version}"')).title == "Un"


@pytest.mark.parametrize("tag", ["width", "HEIGHT", "gml:pos", "media:player", "cc:license"])
def test_a_tag_at_which_feedparser_fails_costs_none_of_the_feed(tag: str) -> None:
    namespaces = 'xmlns:gml="http://www.opengis.net/gml" xmlns:media="http://search.yahoo.com/mrss/" xmlns:cc="http://backend.userland.com/creativeCommonsRssModule"'
    said = f"<title>Un</title><guid>g</guid><description>Un <{tag}>12</{tag}> deux</description>"
    (only,) = parse(in_rss(said, namespaces)).entries
    assert (only.guid, only.title) == ("g", "Un")
    assert "deux" in (only.summary or "")


def test_where_feedparser_fails_at_what_makes_an_entry_nothing_is_taken_out() -> None:
    picture = "<image><item>x</item></image><item><link><item>1</item></link></item>"
    with pytest.raises(FetchProblem) as caught:
        parse(f'<rss version="2.0"><channel><title>T</title>{picture}</channel></rss>')
    assert (caught.value.problem.code, "<link>" in caught.value.problem.message) == ("malformed", True)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss()) == ParsedFeed("Le Journal", ())


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (in_rss("<title>a</title><link>/1</link>"), "https://site.example/1"),
        (in_rss("<title>a</title><link>1</link>"), "https://site.example/news/1"),
        (in_rss("<title>a</title><link> https://site.example/1\n </link>"), "https://site.example/1"),
        (in_rss("<title>a</title><guid>https://site.example/1</guid>"), "https://site.example/1"),
        (in_rss("<title>a</title><guid isPermaLink='false'>https://site.example/1</guid>"), None),
        (in_rss("<title>a</title><guid>1234</guid>"), None),
        (in_rss("<title>a</title><link>javascript:alert(1)</link>"), None),
        (in_rss("<title>a</title><link>mailto:a@b.example</link>"), None),
        (in_rss("<title>a</title><link>file:///etc/passwd</link>"), None),
        (in_rss("<title>a</title><link>http://[bad/</link>"), None),
        (in_rss("<title>a</title><link>https://site.example/?a=1&amp;b=2</link>"), "https://site.example/?a=1&b=2"),
        (in_rss("<title>a</title><link>https://site.example/?a=1&b=2</link>"), "https://site.example/?a=1&b=2"),
        (in_atom("<id>1</id><link href='1'/>"), "https://flux.example/rss/1"),
        (in_atom("<id>1</id><link href='1'/>", "xml:base='https://base.example/x/'"), "https://base.example/x/1"),
        (in_atom("<id>1</id><link rel='self' href='/api/1'/><link rel='alternate' href='/1'/>"), "https://flux.example/1"),
    ],
)
def test_links_are_whole_web_addresses_or_nothing(text: str, link: str | None) -> None:
    assert entry(text).link == link


def test_a_guid_is_kept_as_it_is_written_wherever_the_feed_stands() -> None:
    text = in_rss("<title>a</title><guid isPermaLink='false'>/relative 1</guid><link>/1</link>")
    assert parse_feed(text.encode(), "https://elsewhere.example/").entries[0].guid == "/relative 1" == entry(text).guid


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("L&#8217;OTAN &amp; l&#39;IA", "L’OTAN & l'IA"),
        ("L&amp;#8217;OTAN &amp;eacute;tendue", "L’OTAN étendue"),
        ("<![CDATA[L&rsquo;OTAN <b>choisit</b>]]>", "L’OTAN choisit"),
        ("&lt;b&gt;Gras&lt;/b&gt; et net", "Gras et net"),
        ("  Deux \n lignes\u00a0!  ", "Deux lignes !"),
        ("AT&T et 3 < 4", "AT&T et 3 < 4"),
        ("L&rsquo;&eacute;t&eacute;", "L’été"),
        ("Windows&#146;s", "Windows’s"),
        ("Un \x01deux&#2; trois&#xFFFF;", "Un deux trois"),
        ("Un\x0bdeux&#11;trois", "Un deux trois"),
        ("&inconnu; reste", "&inconnu; reste"),
        ("Ormeval&lt;wbr&gt;ville et Tarnac&lt;wbr/&gt;ville", "Ormevalville et Tarnacville"),
        ("\ufeffLe gouver&#173;nement\u200b et l’ar\u2060mée", "Le gouvernement et l’armée"),
        ("", None),
    ],
)
def test_titles_are_one_line_of_plain_text(written: str, title: str | None) -> None:
    assert entry(in_rss(f"<title>{written}</title><link>https://site.example/1</link>")).title == title


def test_an_atom_title_that_is_text_keeps_what_looks_like_a_tag() -> None:
    assert entry(in_atom("<id>1</id><title type='text'>La balise &lt;video&gt; de HTML</title>")).title == "La balise <video> de HTML"


def test_markup_becomes_paragraphs_without_scripts_and_styles() -> None:
    markup = "<p>Un <b>deux</b>,\n trois.</p><script>alert(1)</script><style>p{}</style><ul><li>a</li><li>b &amp; c</li></ul>fin<br>suite"
    text = in_rss(f"<title>a</title><description><![CDATA[{markup}]]></description>")
    assert entry(text).summary == "Un deux, trois.\na\nb & c\nfin\nsuite"


def test_the_content_is_not_repeated_as_the_summary() -> None:
    only = entry(
        in_rss("<title>a</title><content:encoded>Long</content:encoded>", 'xmlns:content="http://purl.org/rss/1.0/modules/content/"')
    )
    assert (only.summary, only.content) == (None, "Long")


def test_markup_nested_very_deeply_is_no_problem() -> None:
    only = entry(in_rss(f"<title>a</title><description><![CDATA[{'<div>' * 50_000}fond]]></description>"))
    assert only.title == "a"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 10 Feb 2025 10:00:00 +0100",
        "Mon, 10 Feb 2025 09:00:00 GMT",
        "10 Feb 2025 09:00 Z",
        "2025-02-10T10:00:00+01:00",
        "2025-02-10 09:00:00",
        "Mon, 10 Feb 2025 10:00:00 CET",
        "lun., 10 févr. 2025 10:00:00 +0100",
        "lundi 10 février 2025 à 09h00",
        "Mon, 10 February 2025 09:00:00",
    ],
)
def test_dates_are_read_in_utc(date: str) -> None:
    assert entry(in_rss(f"<title>a</title><pubDate>{date}</pubDate>")).published_at == TEN_O_CLOCK


@pytest.mark.parametrize("date", ["", "hier", "32 Feb 2025", "Mon, 99 Foo 99999 99:99:99", "0000-00-00T00:00:00Z", "9" * 400])
def test_what_is_no_date_is_none(date: str) -> None:
    assert entry(in_rss(f"<title>a</title><pubDate>{date}</pubDate>")).published_at is None


def test_an_update_is_told_only_if_the_feed_tells_it() -> None:
    assert entry(in_rss("<title>a</title><pubDate>Mon, 10 Feb 2025 10:00:00 +0100</pubDate>")).updated_at is None
    assert entry(in_atom("<id>1</id><title>a</title><updated>2025-02-10T09:00:00Z</updated>")).updated_at == TEN_O_CLOCK


FRENCH = "L’été à Noël, cœur d’OTAN : « 100 € »"


@pytest.mark.parametrize(
    ("written_in", "declared", "header"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "iso-8859-1", None),
        ("utf-8", None, "text/xml; charset=iso-8859-1"),
        ("utf-8", "nonsense", "text/xml"),
        ("utf-8-sig", "iso-8859-1", None),
        ("cp1252", "windows-1252", None),
        ("cp1252", "iso-8859-1", None),
        ("cp1252", "utf-8", "text/xml; charset=utf-8"),
        ("cp1252", None, None),
        ("iso-8859-15", "iso-8859-15", "text/xml"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-16-be", None, None),
    ],
)
def test_french_is_read_whatever_the_feed_claims_to_be_written_in(written_in: str, declared: str | None, header: str | None) -> None:
    title = FRENCH.replace("’", "'") if "8859" in written_in else FRENCH
    declaration = f' encoding="{declared}"' if declared else ""
    text = in_rss(f"<title>{title}</title>").replace('version="1.0"', f'version="1.0"{declaration}', 1)
    feed = parse(text.encode(written_in), header)
    assert (feed.entries[0].title, feed.problem) == (title, None)


def test_a_few_foreign_bytes_do_not_spoil_a_feed_in_utf_8() -> None:
    body = in_rss(f"<title>{FRENCH} MARQUE</title>").encode().replace(b"MARQUE", b"\x93cit\xe9\x94")
    assert parse(body).entries[0].title == f"{FRENCH} “cité”"


TWO = rss(item("Un", "https://site.example/1"), item("Deux", "https://site.example/2"))


@pytest.mark.parametrize(
    "text",
    [
        TWO.replace("Un", "Un &nbsp; &eacute;"),
        TWO.replace("Un", "A & B"),
        TWO.replace("Un", "\x08Un\ufffe"),
        TWO.replace("Un", "&#0;Un&#x1F;"),
        TWO.replace("<title>Un", "<inconnu:x>1</inconnu:x><title>Un"),
        TWO + "<!-- 0.1 s --><script>statistics()</script>",
        "\n\n" + TWO,
        "<br />\n<b>Warning</b>: line 3" + TWO,
        TWO.replace("<title>Un", "<media:x url='a&b=c'/><title>Un"),
        TWO.replace("<description></description></item>", "<description>a<br>b</description></item>", 1),
    ],
    ids=[
        "html-entities",
        "bare-ampersand",
        "control-characters",
        "bad-references",
        "undeclared-prefix",
        "junk-after",
        "space-before",
        "junk-before",
        "attribute",
        "tag",
    ],
)
def test_damage_that_loses_nothing_is_no_problem(text: str) -> None:
    feed = parse(text)
    assert feed.problem is None
    assert [only.link for only in feed.entries] == ["https://site.example/1", "https://site.example/2"]


@pytest.mark.parametrize("end", [TWO.index("Deux"), TWO.index("</channel>"), TWO.index("</rss>"), len(TWO) - 2])
def test_a_feed_that_was_cut_is_malformed_and_gives_what_is_there(end: int) -> None:
    feed = parse(TWO[:end])
    assert feed.problem is not None
    assert feed.problem.code == "malformed"
    assert feed.entries[0].link == "https://site.example/1"


def test_a_feed_whose_entries_are_swallowed_is_malformed() -> None:
    feed = parse(TWO.replace("<title>Un</title>", "<title><![CDATA[Un", 1))
    assert feed.problem is not None
    assert feed.problem.code == "malformed"


@given(st.integers(1, len(TWO) - 1))
def test_no_cut_feed_ever_passes_for_a_whole_one(end: int) -> None:
    assert result_of(TWO[:end].encode()) in {"malformed", "empty", "not_a_feed"}


@given(st.binary(max_size=300))
def test_any_bytes_give_a_feed_or_a_problem(noise: bytes) -> None:
    for body in (noise, TWO.encode()[:200] + noise, b"<rss><channel>" + noise + b"</channel></rss>"):
        assert result_of(body) in {"read", "malformed", "empty", "not_a_feed"}


def test_declared_entities_are_never_expanded(tmp_path: object) -> None:
    secret = "file:///etc/hostname"
    doctype = f'<!DOCTYPE rss [<!ENTITY big "xxxxxxxx"><!ENTITY file SYSTEM "{secret}"><!ENTITY % remote SYSTEM "http://127.0.0.1:9/x.dtd">%remote;]>'
    only = entry('<?xml version="1.0"?>' + doctype + in_rss("<title>&big;&file;</title>").partition("?>")[2])
    assert only.title == "&big;&file;"


@pytest.mark.parametrize(
    "text",
    ["<html><body><p>Bonjour</p></body></html>", "<!DOCTYPE html><title>rss</title>", "Erreur 500", "{}", '{"a": 1}', "<svg/>", "%PDF"],
)
def test_what_is_no_feed_is_refused_by_name(text: str) -> None:
    with pytest.raises(FetchProblem) as caught:
        parse(text)
    assert caught.value.problem.code == "not_a_feed"


def test_a_json_feed_that_is_cut_is_malformed() -> None:
    with pytest.raises(FetchProblem) as caught:
        parse(JSON[:-10])
    assert caught.value.problem.code == "malformed"


MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
PHOTO = '<media:content url="https://site.example/i.jpg"><media:description type="plain">Un wombat.</media:description></media:content>'


@pytest.mark.parametrize(
    "inner",
    [
        f"<description>Le texte.</description>{PHOTO}",
        f"{PHOTO}<description>Le texte.</description>",
        f"<description>Le texte.</description><media:group>{PHOTO}{PHOTO}</media:group>",
        '<media:description><![CDATA[Un wombat]]></media:description><media:content type="image/png"/><description>Le texte.</description>',
        f"<media:title>Un wombat</media:title><description>Le texte.</description>{PHOTO}",
        "<description>Le texte.</description><media:content><media:description>Un wombat filmé</media:description></media:content>",
    ],
)
def test_a_caption_is_no_text(inner: str) -> None:
    only = entry(in_rss(f"<title>a</title>{inner}", MEDIA))
    assert (only.title, only.summary, only.content) == ("a", "Le texte.", None)


@pytest.mark.parametrize("prefix", ["media", "mrss"])
def test_a_caption_is_no_text_where_it_is_all_there_is_under_any_prefix(prefix: str) -> None:
    only = entry(in_rss("<title>a</title>" + PHOTO.replace("media:", f"{prefix}:"), f'xmlns:{prefix}="http://search.yahoo.com/mrss/"'))
    assert (only.summary, only.content) == (None, None)


def test_a_film_speaks_for_an_entry_that_says_nothing_else() -> None:
    film = "<media:title>b</media:title><media:content url='/v.mp4'/><media:description>Le film.</media:description>"
    film = f"<media:group>{film}</media:group>"
    only = entry(in_rss(f"<title>a</title>{film}", MEDIA))
    assert (only.title, only.summary) == ("a", "Le film.")
    only = entry(in_atom(f"<id>1</id><title>a</title>{film}", 'xmlns:media="http://search.yahoo.com/mrss/"'))
    assert (only.title, only.summary) == ("a", "Le film.")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("&lt;![CDATA[Un texte.]]&gt;", "Un texte."),
        ("&lt;![CDATA[&lt;p&gt;Un&lt;/p&gt;&lt;p&gt;texte&lt;/p&gt;]]&gt;", "Un\ntexte"),
        ("Un &lt;![CDATA[petit]]&gt; texte", "Un petit texte"),
        ("<![CDATA[&lt;![CDATA[Un texte.]]&gt;]]>", "Un texte."),
        ("&amp;lt;![CDATA[&amp;lt;p&amp;gt;Un texte.&amp;lt;/p&amp;gt;]]&amp;gt;", "Un texte."),
        ("&lt;![cdata[Un texte.]]&gt;", "Un texte."),
        ("&lt;![CDATA[Un texte.", "Un texte."),
        ("&lt;p&gt;La section &amp;lt;![CDATA[…]]&amp;gt; est close.&lt;/p&gt;", "La section <![CDATA[…]]> est close."),
        ("&lt;p&gt;Ni ![CDATA[ ni &amp;lt;![CDATA[ ne sont closes.&lt;/p&gt;", "Ni ![CDATA[ ni <![CDATA[ ne sont closes."),
        ("&amp;lt;p&amp;gt;L&amp;amp;rsquo;&amp;eacute;t&amp;eacute;&amp;lt;/p&amp;gt;", "L’été"),
        ("&lt;p&gt;La balise &amp;lt;p&amp;gt; et la balise &amp;lt;/p&amp;gt;&lt;/p&gt;", "La balise <p> et la balise </p>"),
        ("Voir index.php?a=1&amp;sect=2&amp;copy=3", "Voir index.php?a=1&sect=2&copy=3"),
        ("<![CDATA[<p>Voir ?a=1&sect=2, R&D, &copy; et &eacute;t&eacute;</p>]]>", "Voir ?a=1&sect=2, R&D, © et été"),
        ("a[b[0]]&gt;c", "a[b[0]]>c"),
    ],
)
def test_a_text_is_read_as_it_was_meant(written: str, text: str) -> None:
    assert entry(in_rss(f"<title>a</title><description>{written}</description>")).summary == text


@pytest.mark.parametrize("kind", ["CDATA", "", "escaped"])
def test_an_atom_text_of_a_type_that_there_is_not_is_markup(kind: str) -> None:
    text = f'<title>a</title><id>1</id><content type="{kind}">&lt;p&gt;Un&lt;/p&gt;&lt;p&gt;texte.&lt;/p&gt;</content>'
    assert entry(in_atom(text)).content == "Un\ntexte."
    assert entry(in_atom(text.replace(f'type="{kind}"', 'type="image/png"'))).content is None


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Un&lt;br&gt;deux&lt;BR /&gt;trois", "Un deux trois"),
        ('&lt;img src="x.png" width="1"&gt;Photo', "Photo"),
        ("<![CDATA[<style>b{color:red}</style>Titre]]>", "Titre"),
        ('<![CDATA[<a href="/x">Titre</a> et <span class="x">suite</span>]]>', "Titre et suite"),
        ("<![CDATA[Les balises &lt;video&gt; et &lt;br&gt;]]>", "Les balises <video> et <br>"),
        ("Les Map&lt;K, V&gt; et les &lt;details&gt;", "Les Map<K, V> et les <details>"),
        ("<![CDATA[Titre&nbsp;: 5 < 6]]>", "Titre : 5 < 6"),
        ("?a=1&amp;sect=2 et AT&amp;T", "?a=1&sect=2 et AT&T"),
        ("&lt;![CDATA[Titre]]&gt;", "Titre"),
        ("<![CDATA[&lt;![CDATA[Titre]]&gt;]]>", "Titre"),
        ("&lt;![cdata[Titre]]&gt;", "Titre"),
        ("&lt;![CDATA[Titre", "Titre"),
    ],
)
def test_of_a_title_goes_what_is_markup_and_stays_what_is_text(written: str, title: str) -> None:
    assert entry(in_rss(f"<title>{written}</title>")).title == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<title>Deux<link>https://site.example/2</link>", "Deux"),
        ("<title>Deux</titre><link>https://site.example/2</link>", "Deux"),
        ("<link>https://site.example/2</link><guid>g2<title>Deux</title>", "Deux"),
        ("<link>https://site.example/2</link><title><![CDATA[Deux]]>", "Deux"),
        ("<title>Deux</title><link>https://site.example/2</link><description>Un texte", "Deux"),
        ('<title>Deux</title><source url="https://autre.example/">Autre<link>https://site.example/2</link>', "Deux"),
        ("<title>Deux</title><link>https://site.example/2</link><content:encoded>Un texte", "Deux"),
        ("<title>Deux</title><link>https://site.example/2</link><dc:creator>Ève", "Deux"),
        ("<title>Deux</title><link>https://site.example/2</link><description><![CDATA[Un texte</description>", "Deux"),
        ("<title>Deux</title><link>https://site.example/2</link><description><![CDATA[Un texte]></description>", "Deux"),
        ("<title><![CDATA[Deux</title><link>https://site.example/2</link><description><![CDATA[Un texte]]></description>", "Deux"),
        ("<title>Deux</title><!-- rien --!><link>https://site.example/2</link><!-- un -- deux -->", "Deux"),
        ("<title>Deux</title><link>https://site.example/2</link><!-- rien", "Deux"),
    ],
)
def test_an_element_that_is_not_closed_swallows_nothing(written: str, title: str) -> None:
    body = in_rss(f"<title>Un</title><link>https://site.example/1</link></item><item>{written}</item><item><title>Trois</title>")
    feed = parse(body)
    assert [one.title for one in feed.entries] == ["Un", title, "Trois"]
    assert (feed.entries[1].link, feed.problem) == ("https://site.example/2", None)


@pytest.mark.parametrize(
    "written",
    [
        "<title>Deux<id>2</id>{link}",
        "<title>Deux</titre><id>2</id>{link}",
        "<title>Deux</title><id>2{link}",
        "<title>Deux</title><id>2</id>{link}<updated>2025-02-10T10:00:00Z",
        "<title>Deux</title><id>2</id>{link}<summary>Un texte",
        '<title>Deux</title><id>2</id>{link}<content type="html">Un texte',
    ],
)
def test_nor_does_one_of_an_atom_feed(written: str) -> None:
    link = '<link href="https://site.example/2"/>'
    body = in_atom(f"<title>Un</title><id>1</id></entry><entry>{written.format(link=link)}</entry><entry><title>Trois</title><id>3</id>")
    feed = parse(body)
    assert [(one.title, one.guid) for one in feed.entries] == [("Un", "1"), ("Deux", "2"), ("Trois", "3")]
    assert (feed.entries[1].link, feed.problem) == ("https://site.example/2", None)


def test_a_text_about_feeds_may_hold_what_looks_like_damage() -> None:
    lesson = "On écrit <title>Faux</title><description>…</description></item> et <!-- ceci -- cela --!> ainsi."
    body = in_rss(f"<title>Un</title><description><![CDATA[{lesson}]]></description></item><item><title>Deux")
    feed = parse(body)
    assert [one.title for one in feed.entries] == ["Un", "Deux"]
    assert (feed.entries[0].summary or "").endswith("ainsi.")


@pytest.mark.parametrize("blank", ["", "<title/>", "<title> </title><link></link>", "<guid>g</guid><pubDate>2025-02-10</pubDate>"])
def test_an_entry_with_nothing_in_it_is_none(blank: str) -> None:
    feed = parse(in_rss(f"{blank}</item><item><title>Un</title>"))
    assert ([one.title for one in feed.entries], feed.problem) == (["Un"], None)
    blank_json = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}, {"id": "2", "title": "Un"}]})
    assert [one.title for one in parse(blank_json).entries] == ["Un"]


def test_half_characters_in_a_json_feed_cost_no_more_than_themselves() -> None:
    half, whole = "\ud83d", "\U0001f600"
    item = {"id": f"1{half}", "url": f"/{half}", "title": f"Un{half} {whole} C:\\udc00", "summary": half, "tags": [half]}
    feed = parse(json.dumps({"title": half, "items": [item | {"authors": [{"name": f"Ève{half}"}]}]}))
    [one] = feed.entries
    told = (feed.title, one.guid, one.link, one.title, one.summary, one.author, *one.categories)
    assert [text for text in told if text is None or half in text] == []
    assert one.title == f"Un\ufffd {whole} C:\\udc00"


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/2", "http://jsonfeed.org/version/1", "1.1", None])
def test_a_json_feed_of_any_version_is_read(version: str | None) -> None:
    feed = {"version": version, "language": "fr", "items": [{"id": "1", "title": "Un", "date_published": "2025-02-10T10:00:00"}]}
    assert [(one.title, one.published_at) for one in parse(json.dumps(feed)).entries] == [("Un", TEN_O_CLOCK)]


def test_the_items_of_a_json_feed_may_be_numbered_as_php_writes_a_list_that_lacks_one() -> None:
    version, items = "https://jsonfeed.org/version/1.1", {"0": {"id": "1", "title": "Un"}, "2": {"id": "3", "title": "Trois"}}
    assert [one.title for one in parse(json.dumps({"version": version, "items": items})).entries] == ["Un", "Trois"]
    assert [one.title for one in parse(json.dumps({"items": items})).entries] == ["Un", "Trois"]


def test_no_number_in_a_json_feed_costs_more_than_itself() -> None:
    digits = "9" * 5000
    text = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": {digits}, "title": "Un"}}, {{"id": 7, "title": "Sept"}}]}}'
    assert [(one.guid, one.title) for one in parse(text).entries] == [(digits, "Un"), ("7", "Sept")]


def test_an_item_of_a_json_feed_without_url_is_at_its_id_if_that_is_one() -> None:
    items = [{"id": "https://flux.example/un", "title": "Un"}, {"id": "un/deux", "title": "Deux"}]
    feed = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert [one.link for one in feed.entries] == ["https://flux.example/un", None]


@pytest.mark.parametrize("document", ['{"items": 3}', '{"items": {"a": 1}, "version": "1"}'])
def test_json_that_holds_no_items_is_no_feed(document: str) -> None:
    assert result_of(document.encode()) == "not_a_feed"


@pytest.mark.parametrize("start", ["", '<?xml version="1.0" encoding="utf-8"?>\n', '<?xml version="1.0"?><!-- une seule -->'])
def test_a_lone_atom_entry_is_a_feed_of_one(start: str) -> None:
    lone = f'{start}<entry xmlns="http://www.w3.org/2005/Atom"><id>1</id><title>Un</title><link href="https://site.example/1"/></entry>'
    feed = parse(lone)
    assert ([(one.guid, one.title, one.link) for one in feed.entries], feed.problem) == ([("1", "Un", "https://site.example/1")], None)


def test_a_date_without_a_zone_is_in_that_of_the_feeds_language() -> None:
    body = in_rss("<title>a</title><pubDate>2025-02-10 10:00:00</pubDate>")
    assert entry(body.replace("<channel>", "<channel><language>fr-FR</language>")).published_at == TEN_O_CLOCK
    assert entry(body.replace("<channel>", "<channel><language>en</language>")).published_at == TEN_O_CLOCK.replace(hour=10)


def test_a_feed_that_says_no_language_is_in_the_one_it_reads_like() -> None:
    text = "Le lac gèle dans la nuit, et les pêcheurs attendent sur la rive."
    body = in_rss(f"<title>a</title><description>{text}</description><pubDate>2025-02-10 10:00:00</pubDate>")
    assert (entry(body).published_at, entry(body).language) == (TEN_O_CLOCK, None)


def test_a_zero_date_gives_way_to_another() -> None:
    dates = "<pubDate>Mon, 01 Jan 0001 00:00:00 +0000</pubDate><dc:date>2025-02-10T10:00:00+01:00</dc:date>"
    assert entry(in_rss(f"<title>a</title>{dates}", 'xmlns:dc="http://purl.org/dc/elements/1.1/"')).published_at == TEN_O_CLOCK


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (
            '<link rel="alternate" type="application/rss+xml" href="/feed">',
            "(an HTML page, which names this feed: https://flux.example/feed)",
        ),
        (
            "<LINK href='https://a.example/atom?a=1&amp;b=2' type='application/atom+xml' rel='alternate home'>",
            "(an HTML page, which names this feed: https://a.example/atom?a=1&b=2)",
        ),
        ('<link rel="alternate" hreflang="en" href="/en">', "(an HTML page)"),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x">', "(an HTML page)"),
    ],
)
def test_a_home_page_given_as_a_feed_is_told_with_the_feed_that_it_declares(head: str, told: str) -> None:
    with pytest.raises(FetchProblem) as caught:
        parse(f"<!DOCTYPE html><html><head>{head}</head><body></body></html>")
    assert (caught.value.problem.code, told in caught.value.problem.message) == ("not_a_feed", True)


@pytest.mark.parametrize("empty", ["<link href=''/>", '<link rel="alternate" href=" " type="text/html" />', ""])
def test_an_atom_entry_with_an_empty_link_is_where_its_id_says(empty: str) -> None:
    assert entry(in_atom(f"<id>https://a.example/1</id><title>T</title>{empty}")).link == "https://a.example/1"
    assert entry(in_atom(f"<id>tag:a.example,2025:1</id><title>T</title>{empty}")).link is None
    assert (
        entry(in_atom(f"<id>https://a.example/1</id><title>T</title>{empty}<link href='https://a.example/2'/>")).link
        == "https://a.example/2"
    )


@pytest.mark.parametrize(
    ("elements", "link"),
    [
        ("<link></link><guid isPermaLink='true'>https://a.example/1</guid>", "https://a.example/1"),
        ("<link> \n </link><guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<link/><guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<guid>https://a.example/1</guid><link />", "https://a.example/1"),
        ("<link><![CDATA[ ]]></link><guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<link><!-- none --></link><guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<link><![CDATA[https://a.example/2]]></link><guid>https://a.example/1</guid>", "https://a.example/2"),
        ("<link/><guid isPermaLink='false'>https://a.example/1</guid>", None),
        ("<link/><guid>a-1</guid>", None),
        ("<link>https://a.example/2</link><guid>https://a.example/1</guid>", "https://a.example/2"),
    ],
)
def test_an_empty_link_is_none_and_a_permalink_stands_for_it(elements: str, link: str | None) -> None:
    feed = parse_feed(
        f"<rss version='2.0'><channel><item><title>T</title>{elements}</item></channel></rss>".encode(), "https://b.example/f"
    )
    assert feed.entries[0].link == link


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/spip.php?article12",
        "https://a.example/index.php?/archives/3719-x....html",
        "https://a.example/voir?z=1&amp;a=2&amp;print",
        "https://a.example/x?",
        "HTTPS://WWW.A.example:443/a/../b//c;d",
        "https://a.example/#!/actualites/12",
    ],
)
def test_a_whole_link_is_given_on_letter_for_letter(link: str) -> None:
    feed = parse_feed(
        f"<rss version='2.0'><channel><item><title>T</title><link>{link}</link></item></channel></rss>".encode(), "http://b.example/f"
    )
    assert feed.entries[0].link == link.replace("&amp;", "&")


def test_a_feed_of_the_first_version_of_rss_is_one_also_without_items() -> None:
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://channel.netscape.com/rdf/simple/0.9/"'
    feed = parse_feed(f"<rdf:RDF {rdf}><channel><title>La une</title></channel></rdf:RDF>".encode(), URL)
    assert (feed.title, feed.entries, feed.problem) == ("La une", (), None)


PAGED = (
    '<link rel="self" href="https://flux.example/feed"/><link rel="NEXT" href="?page=2"/><link rel="prev-archive" href="/2025/01"/>'
    '<link rel="hub" href="https://hub.example/"/><link rel="alternate" href="/"/><link rel="next" href="mailto:nobody"/>'
)


def test_where_an_atom_feed_goes_on_and_which_hub_tells_of_it_is_read() -> None:
    maker = '<generator uri="https://wordpress.org/" version="6.5">WordPress</generator>'
    feed = parse(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{maker}{PAGED}</feed>')
    assert feed.links == (
        FeedLink("self", "https://flux.example/feed"),
        FeedLink("next", "https://flux.example/rss/feed.xml?page=2"),
        FeedLink("prev-archive", "https://flux.example/2025/01"),
        FeedLink("hub", "https://hub.example/"),
    )
    assert feed.generator == "WordPress"


def test_an_rss_feed_says_so_in_atoms_words() -> None:
    said = '<atom:link rel="next" href="https://flux.example/feed?paged=2"/><generator>https://wordpress.org/?v=6.5</generator>'
    feed = parse(f'<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel><title>T</title>{said}</channel></rss>')
    assert feed.links == (FeedLink("next", "https://flux.example/feed?paged=2"),)
    assert feed.generator == "https://wordpress.org/?v=6.5"


def test_a_json_feed_says_so_too() -> None:
    told = {"next_url": "/feed2.json", "feed_url": 7, "hubs": [{"type": "WebSub", "url": "https://hub.example/"}, "no hub", {"url": None}]}
    feed = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [], **told}))
    assert feed.links == (FeedLink("next", "https://flux.example/feed2.json"), FeedLink("hub", "https://hub.example/"))
    assert parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [], "hubs": {"url": "x"}})).links == ()


def test_a_feed_of_a_thousand_links_gives_a_few() -> None:
    many = '<link rel="hub" href="https://hub.example/"/>' * 1000
    assert len(parse(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{many}</feed>').links) == 20
