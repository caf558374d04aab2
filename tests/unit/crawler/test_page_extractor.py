"""Reading article pages: text and metadata."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.page_extractor import extract_page
from crawler.problems import FetchProblem
from news.sources import ExtractedPage
from tests.news_site import article

URL = "https://journal.example/tech/a?utm_source=rss"
SITE_AS_AUTHOR = '<meta property="og:site_name" content="Le Journal"><meta name="author" content="Le Journal">'
WHEN = datetime(2025, 2, 10, 9, 0, tzinfo=UTC)


def extract(html: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> ExtractedPage:
    return extract_page(html.encode() if isinstance(html, str) else html, URL, content_type)


def result_of(body: bytes) -> str:
    try:
        return "read" if extract(body).text else "read without text"
    except FetchProblem as error:
        return error.problem.code


def page_with(head: str = "", body: str = "", title: str = "Le titre") -> str:
    return article(title).replace("</head>", f"{head}</head>").replace("<nav>", f"{body}<nav>")


def linked_data(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(values)}</script>'


def test_the_text_is_the_article_without_its_title_and_menus() -> None:
    page = extract(article("L’OTAN choisit OpenAI"))
    assert page.title == "L’OTAN choisit OpenAI"
    assert page.text.splitlines()[0].startswith("Paragraphe 0")
    assert len(page.text.splitlines()) == 8
    assert "Menu" not in page.text


def test_a_part_with_too_little_text_is_not_taken_for_the_article() -> None:
    paragraphs = "".join(f"<div><p>Paragraphe {number} : le port rouvre lundi aux navires de commerce.</p></div>" for number in range(30))
    page = extract(
        f"<html><body><main><h1>Le titre</h1><p>Le port rouvre.</p></main><div class='post-content'>{paragraphs}</div></body></html>"
    )
    assert "Paragraphe 29" in page.text


def test_a_part_of_which_little_is_found_is_not_taken_for_the_article() -> None:
    """On a page that is much longer than what it finds at first, trafilatura looks in what sites call a teaser too."""
    first, rest = (
        "".join(f"<p>{word} {number} : {'le port rouvre lundi aux navires. ' * 7}</p>" for number in range(4)) for word in ("Un", "Deux")
    )
    links = "".join(f"<li><a href='/{number}'>Le port de Saint-Malo rouvre aux navires de commerce</a></li>" for number in range(200))
    page = extract(f"<html><body><main><h1>Le titre</h1>{first}<div class='teaser'>{rest * 2}</div></main><ul>{links}</ul></body></html>")
    assert "Un 3" in page.text
    assert "Deux 3" in page.text


@pytest.mark.parametrize(
    ("html", "title"),
    [
        (page_with('<meta property="og:title" content="Partagé &amp; autre">'), "Partagé & autre"),
        (page_with('<meta property="og:title" content="Le titre | Le Journal">'), "Le titre"),
        (page_with(), "Le titre"),
        (page_with(body="<h1>Un autre</h1>"), "Le titre - Le Journal"),
    ],
)
def test_the_title_is_the_shared_one_or_the_heading_or_the_window_s(html: str, title: str) -> None:
    assert extract(html).title == title


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://journal.example/tech/a">', "https://journal.example/tech/a"),
        ('<link rel="canonical" href="/tech/a">', "https://journal.example/tech/a"),
        ('<base href="https://base.example/x/"><link rel="canonical" href="a">', "https://base.example/x/a"),
        ('<link rel="canonical" href="javascript:x">', None),
        ('<meta property="og:url" content="https://journal.example/tech/a">', "https://journal.example/tech/a"),
        ("", None),
    ],
)
def test_the_canonical_address_is_absolute_or_nothing(head: str, url: str | None) -> None:
    assert extract(page_with(head)).canonical_url == url


@pytest.mark.parametrize(
    "extra",
    [
        '<meta property="article:published_time" content="2025-02-10T10:00:00+01:00">',
        '<meta name="date" content="2025-02-10 10:00:00">',
        '<meta itemprop="datePublished" content="2025-02-10T09:00:00Z">',
        linked_data(**{"@type": "NewsArticle", "datePublished": "2025-02-10T10:00:00+01:00"}),
        linked_data(**{"@graph": [{"@type": "Person"}, {"@type": ["Article", "NewsArticle"], "datePublished": "2025-02-10T09:00:00Z"}]}),
    ],
)
def test_the_date_is_found_where_sites_put_it(extra: str) -> None:
    assert extract(page_with(body=extra)).published_at == WHEN


@pytest.mark.parametrize(
    "extra",
    [
        '<meta name="author" content="Ève Martin">',
        linked_data(**{"@type": "NewsArticle", "author": {"name": "Ève Martin"}}),
        linked_data(**{"@type": "NewsArticle", "author": ["Ève Martin"]}),
        '<a rel="author" href="/eve">Ève Martin</a>',
        SITE_AS_AUTHOR + '<span itemprop="author">Ève Martin</span>',
    ],
)
def test_the_author_is_found_where_sites_put_it(extra: str) -> None:
    assert extract(page_with(extra)).author == "Ève Martin"


@pytest.mark.parametrize(
    "broken", ["{", "[[[[", '{"@type": "NewsArticle", "datePublished": 5, "author": {"name": {}}}', "[" * 100_000, '{"@graph": 3}', "null"]
)
def test_broken_linked_data_is_no_problem(broken: str) -> None:
    page = extract(page_with(f'<script type="application/ld+json">{broken}</script>'))
    assert (page.author, page.published_at) == (None, None)


@pytest.mark.parametrize(("tag", "language"), [("fr", "fr"), ("fr-FR", "fr-fr"), ("fr_FR", "fr-fr"), ("", None), ("<>", None)])
def test_the_language_is_the_page_s_own(tag: str, language: str | None) -> None:
    assert extract(article("Le titre", language=tag.replace("<", "&lt;"))).language == language


@pytest.mark.parametrize("forbidden", ["\0", "\x01", "\x1f", "\ufffe", "&#0;", "&#x1;", "&#xD800;", "&#xFFFE;", "&#1114112;", "&#129;"])
def test_a_character_that_no_parser_takes_costs_nothing_of_the_text_around_it(forbidden: str) -> None:
    html = page_with()
    damaged = html.replace("Paragraphe 3 : la ré", f"Paragraphe 3 : la ré{forbidden}")
    assert damaged != html
    assert extract(damaged).text.replace("\x81", "") == extract(html).text


@pytest.mark.parametrize("line_break", ["\x0b", "\x0c", "&#11;", "&#xC;"])
def test_words_that_only_a_control_character_separates_stay_two_words(line_break: str) -> None:
    assert extract(page_with().replace("la rédaction", f"la{line_break}rédaction")).text == extract(page_with()).text


def test_escaped_markup_stays_escaped() -> None:
    assert "écrire <b> avant" in extract(article("Le titre", "Il faut écrire &#60;b&#x3E; avant " + "comme avant, " * 30)).text


@pytest.mark.parametrize(
    ("written_in", "declared", "header"),
    [
        ("utf-8", "utf-8", "text/html"),
        ("utf-8", "iso-8859-1", "text/html; charset=iso-8859-1"),
        ("cp1252", "iso-8859-1", "text/html"),
        ("cp1252", "utf-8", "text/html; charset=utf-8"),
        ("cp1252", "windows-1252", "text/html; charset=utf-8"),
        ("utf-16", "utf-8", "text/html"),
    ],
)
def test_french_is_read_whatever_the_page_claims_to_be_written_in(written_in: str, declared: str, header: str) -> None:
    html = article("L’été, cœur d’OTAN").replace("charset='utf-8'", f"charset='{declared}'")
    assert extract(html.encode(written_in), header).title == "L’été, cœur d’OTAN"


def test_a_page_with_little_text_is_read_all_the_same() -> None:
    assert extract("<html><body><div>La base de données ne répond pas pour le moment.</div></body></html>").text.startswith("La base")


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "text/html", "empty"),
        (b" \r\n\0", "text/html", "empty"),
        (b"%PDF-1.7", "text/html", "not_html"),
        (b"\xff\xd8\xff\xe0", None, "not_html"),
        (b"<html>", "application/pdf", "not_html"),
        (b"<html>", "image/svg+xml", "not_html"),
        (b"{}", "application/json", "not_html"),
        (b"<html><script>x</script></html>", "text/html", "no_text"),
        (b"<!-- -->", "text/html", "no_text"),
    ],
)
def test_what_is_no_article_is_refused_by_name(body: bytes, content_type: str | None, code: str) -> None:
    with pytest.raises(FetchProblem) as caught:
        extract(body, content_type)
    assert caught.value.problem.code == code


@settings(max_examples=40)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="<>/=\"' abcdivph1é&;#!-[]", max_size=200).map(str.encode)))
def test_any_bytes_give_a_page_or_a_problem(noise: bytes) -> None:
    for body in (noise, b"<html><body><p>" + noise * 5 + b"</p></body></html>"):
        assert result_of(body) in {"read", "empty", "not_html", "no_text"}


@pytest.mark.parametrize(
    "pointer",
    [
        '<p><strong>Lire aussi : <a href="/z">Le wombat signe</a></strong></p>',
        '<p><a href="/z">À LIRE AUSSI – Le wombat signe</a></p>',
        '<p>→ À voir également : <a href="/z">le wombat en images</a></p>',
        '<p>Lire notre dossier <a href="/z">Wombat, le grand retour</a></p>',
        '<p>Sur le même sujet : <a href="/z">le wombat signe</a></p>',
        '<p>Read more: <a href="/z">The wombat signs</a></p>',
        '<p>See also: <a href="/z">the wombat signs</a></p>',
        '<p>(Lire aussi <a href="/z">« Le wombat signe »</a>)</p>',
        '<p>➡️ <a href="/z">Lire aussi : Le wombat signe</a></p>',
        '<p>👉 À lire : <a href="/z">Le wombat signe</a></p>',
        '<p>(Re)lire : <a href="/z">Le wombat signe</a></p>',
        '<p>→ <a href="/z">Notre article : Le wombat signe</a></p>',
        '<p>Lire notre décryptage : <a href="/z">Le wombat signe</a></p>',
        '<p>Découvrez aussi : <a href="/z">Le wombat signe</a></p>',
        '<p>Réécouter : <a href="/z">le wombat au micro</a></p>',
        '<p>Revoir > <a href="/z">le wombat en images</a></p>',
    ],
)
def test_a_line_that_points_to_another_article_is_no_text(pointer: str) -> None:
    page = article("Le titre").replace(
        "</article>", f"{pointer}<p>Pour finir, la rédaction a suivi cette affaire jusqu’au bout.</p></article>"
    )
    text = extract(page).text
    assert "ombat" not in text
    assert "Pour finir" in text


@pytest.mark.parametrize(
    "line",
    [
        "Lire le wombat dans le texte est un plaisir.",
        "« Lire aussi le wombat, c’est grandir », dit-elle à la mairie.",
        "À lire le wombat, on croirait entendre son maître.",
        "Découvrez le wombat comme vous ne l’avez jamais vu.",
        "Retrouvez le wombat chaque lundi dans nos pages.",
        "La suite après la publicité sera connue demain, dit le wombat.",
        "Publicité : le wombat dépense plus que jamais.",
        "Voir le wombat et mourir, dit le proverbe de la région.",
        "Le wombat est à lire aussi comme une fable, disent les critiques.",
        "Related to the wombat, the koala sleeps all day long.",
    ],
)
def test_a_sentence_that_only_begins_like_a_pointer_stays(line: str) -> None:
    assert line in extract(article("Le titre").replace("</article>", f"<p>{line}</p></article>")).text


@pytest.mark.parametrize("line", ["La suite après la publicité", "La suite après cette annonce", "Publicité"])
def test_what_only_says_that_an_advertisement_comes_is_no_text(line: str) -> None:
    page = article("Le titre").replace(
        "</article>", f"<p>{line}</p><p>Pour finir, la rédaction a suivi cette affaire jusqu’au bout.</p></article>"
    )
    text = extract(page).text
    assert line not in text
    assert "Pour finir" in text


@pytest.mark.parametrize(
    "unseen",
    [
        "<div hidden><p>Le wombat attend qu’on le montre à qui lit cette page.</p></div>",
        "<p hidden>Le wombat attend qu’on le montre à qui lit cette page.</p>",
        "<template><p>Le wombat attend qu’on le montre à qui lit cette page.</p></template>",
    ],
)
def test_what_no_reader_sees_is_no_text(unseen: str) -> None:
    page = article("Le titre").replace(
        "</article>", f"{unseen}<p>Pour finir, la rédaction a suivi cette affaire jusqu’au bout.</p></article>"
    )
    text = extract(page).text
    assert "wombat" not in text
    assert "Pour finir" in text


def test_an_article_that_a_script_uncovers_is_read() -> None:
    page = article("Le titre").replace("<body>", "<body><div hidden>").replace("</body>", "</div></body>")
    assert extract(page).text == extract(article("Le titre")).text


def test_how_a_word_is_spoken_is_no_part_of_it() -> None:
    page = article("Le titre").replace(
        "</article>", "<p>La ville de <ruby>Ormeval<rp>(</rp><rt>or-mé-val</rt><rp>)</rp></ruby> dort encore.</p></article>"
    )
    assert "La ville de Ormeval dort encore." in extract(page).text
