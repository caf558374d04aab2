"""Cutting the article out of a page where its markup says which part that is."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.article_part import cut_out_article

SENTENCE = (
    "Le port de Saint-Malo rouvre lundi aux navires de commerce après dix jours de grève, a annoncé la préfecture maritime samedi soir. "
)
PARAGRAPH = f"<p>{SENTENCE * 2}</p>"
ARTICLE = f"<h1>Le port rouvre</h1>{PARAGRAPH * 4}"
MAIN = f"<main>{ARTICLE}</main>"
LINE = "Le port de Saint-Malo rouvre lundi, a dit la préfecture. "
CARD = f"<h3><a href='/b'>Un autre</a></h3><p>{SENTENCE}</p>"


def cut(body: str, head: str = "") -> str | None:
    tree = html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    before = html.tostring(tree)
    part = cut_out_article(tree)
    assert html.tostring(tree) == before
    return None if part is None else html.tostring(part, encoding="unicode")


@pytest.mark.parametrize(
    "body",
    [
        f"<ul><li><a href='/'>Accueil</a></li></ul>{MAIN}<p>Mentions légales</p>",
        f"<h1>Le Journal</h1><article>{ARTICLE}</article>",
        f"<main><article>{ARTICLE}</article><article><h1>Un autre</h1></article></main>",
        f"<form><div>{MAIN}</div></form>",
    ],
)
def test_the_one_part_around_the_first_heading_is_cut_out(body: str) -> None:
    part = cut(body)
    assert part is not None
    assert f"{ARTICLE}</" in part
    assert "Accueil" not in part
    assert "Mentions" not in part
    assert "Le Journal" not in part


@pytest.mark.parametrize(
    "body",
    [
        ARTICLE,
        f"<h1>Le port rouvre</h1><main>{PARAGRAPH * 4}</main>",
        f"<article>{ARTICLE}</article><article><h1>Un autre</h1>{PARAGRAPH}</article>",
        f"<aside>{MAIN}</aside>",
        f"<ul><li>{MAIN}</li></ul>",
        f"<div role='complementary'><article>{ARTICLE}</article></div>",
    ],
)
def test_where_the_markup_leaves_a_doubt_nothing_is_cut_out(body: str) -> None:
    assert cut(body) is None


@pytest.mark.parametrize(
    "more",
    [
        f"<div>{PARAGRAPH * 3}</div>",
        f"<div>{''.join(f'<div>{PARAGRAPH}</div>' for _ in range(3))}</div>",
        f"<div>{SENTENCE * 5}</div>",
        f"<div>{f'{SENTENCE * 2}<br>' * 3}</div>",
        f"<ul>{f'<li>{SENTENCE * 2}</li>' * 3}</ul>",
        f"<div><h2><a href='/dossier'>Notre dossier</a></h2>{PARAGRAPH * 3}</div>",
        f"<div><nav>Menu</nav>{SENTENCE * 5}</div>",
        SENTENCE * 5,
        f"<p>{f'<a href=/x>{SENTENCE}</a>' * 5}</p>",
        f"<div>{f'<p>{LINE}</p>' * 12}</div>",
        f"<ul>{f'<li>{LINE}</li>' * 12}</ul>",
        f"<div>{'Le port rouvre lundi matin,<br>' * 25}</div>",
        f"<table>{f'<tr><td>{LINE}</td><td>{LINE}</td></tr>' * 6}</table>",
        f"<div>{f'{LINE}<br>' * 12}</div>",
        f"<div>{f'<p><em>{LINE}</em> <a href=/x>Suite</a></p>' * 12}</div>",
        f"<div>{PARAGRAPH}</div>" * 3,
        f"<article><h2>Mise à jour</h2>{PARAGRAPH}</article>" * 3,
        "".join(f"<div id=u{n}><h3><a href='#u{n}'>10 h 0{n}</a></h3>{PARAGRAPH}</div>" for n in range(3)),
        f"<div class='post-content'>{f'<div>{CARD}</div>' * 3}</div>",
        f"<div class='post-content'>{PARAGRAPH}</div>",
        f"<div itemprop='articleBody'><p>{SENTENCE}</p></div>",
        f"<section class='story-body'><p>{SENTENCE}</p></section>",
    ],
)
@pytest.mark.parametrize("place", ["<div>{main}{more}</div>", "{more}{main}", "<div><section>{main}</section></div>{more}"])
def test_paragraphs_outside_may_be_of_the_article(place: str, more: str) -> None:
    assert cut(place.format(main=MAIN, more=more)) is None


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (
            "<div {names}>{more}{part}</div>",
            ["class='post-content'", "itemprop='articleBody'", "id='articleBody'", "class='x page-content y'"],
        ),
        ("<div {names}><div>{part}</div></div>{more}", []),
        ("<div {names}>{more}<section>{part}</section></div>", ["class='article__body'", "class='entry'"]),
    ],
)
@pytest.mark.parametrize("more", [f"<p class='chapo'>{SENTENCE}</p>", f"<h2>Chapô</h2>{SENTENCE}", f"<div>{CARD}</div>"])
@pytest.mark.parametrize("part", [MAIN, f"<article>{ARTICLE}</article>"])
def test_a_lead_in_what_is_called_the_article_s_text_is_of_the_article(place: str, names: list[str], more: str, part: str) -> None:
    assert cut(place.format(names="", more=more, part=part)) is not None
    for name in names:
        assert cut(place.format(names=name, more=more, part=part)) is None


@pytest.mark.parametrize("name", ["class='content'", "id='content'", "class='main-column'", "class='l story-content'"])
def test_what_may_be_called_so_around_all_of_a_page_is_only_believed_where_there_is_no_article(name: str) -> None:
    body = f"<div {name}><p>{SENTENCE}</p>{{part}}</div>"
    assert cut(body.format(part=MAIN)) is None
    assert cut(body.format(part=f"<main><article>{ARTICLE}</article></main>")) is not None
    assert cut(body.format(part=f"<article>{ARTICLE}</article>")) is not None


@pytest.mark.parametrize(
    "more",
    [
        f"<footer>{PARAGRAPH * 9}</footer>",
        f"<div><aside>{PARAGRAPH * 9}</aside></div>",
        f"<div role='dialog'>{PARAGRAPH * 9}</div>",
        f"<div>{'<p>Une phrase brève.</p>' * 99}</div>",
        "<div>" + f"<div><h3><a href='/b'>Un autre</a></h3>{PARAGRAPH}</div>" * 9 + "</div>",
        "<div>" + f"<a href='/b'><h3>Un autre</h3>{PARAGRAPH}</a>" * 9 + "</div>",
        f"<div><script>{SENTENCE * 9}</script></div>",
        PARAGRAPH * 2,
        f"<ul>{f'<li><a href=/x>{LINE}</a></li>' * 99}</ul>",
        f"<div>{f'<p><a href=/x>{LINE}</a></p>' * 99}</div>",
        f"<form>{f'<label>{LINE}</label><button>{LINE}</button>' * 99}</form>",
        f"<div>{f'<div><h3><a href=/b>Un autre</a></h3><div class=post-content>{PARAGRAPH}</div></div>' * 9}</div>",
        f"<div>{f'<article><h3><a href=/b>Un autre</a></h3>{PARAGRAPH}</article>' * 9}</div>",
    ],
)
def test_what_sites_say_of_themselves_and_of_other_articles_is_left_out(more: str) -> None:
    part = cut(MAIN + more)
    assert part is not None
    assert part.count(PARAGRAPH) == 4


def test_structured_data_stay_and_paths_begin_at_the_part() -> None:
    head = "<script type='application/ld+json'>{}</script><script>x()</script>"
    tree = html.document_fromstring(f"<html><head>{head}</head><body><p>Dehors</p>{MAIN}Derrière</body></html>")
    part = cut_out_article(tree)
    assert part is not None
    assert len(part.xpath("//script")) == 1
    assert len(part.xpath("//p")) == 4
    assert "Derrière" not in part.text_content()


def test_a_part_that_takes_much_memory_is_not_copied() -> None:
    assert cut(f"<main>{ARTICLE}{'<b>x</b>' * 40_000}</main>") is not None
    assert cut(f"<main>{ARTICLE}{'<b>x</b>' * 50_000}</main>") is None
