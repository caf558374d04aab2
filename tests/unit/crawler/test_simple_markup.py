"""Simple markup is read as an HTML parser reads it, and what is not simple is left to the parser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.plain_text import _text_of_html, paragraphs_of
from crawler.simple_markup import _CONTAINERS, _INLINE, _LEAVES, _VOID, text_of_simple

words = st.sampled_from(
    ["mot", " ", "\n", "&amp;", "&nbsp;", "&eacute;", "&#233;", "&#8217;", "é", "\xa0", "\u202f", ". ", "&lt;b&gt;", ">", "'", '"', "\xad"]
)
attributes = st.sampled_from(["", "", ' class="a"', " href='x'", ' href="http://x/?a=1&amp;b=2"\n title="é > e"', " hidden"])
elements = st.sampled_from(sorted(_CONTAINERS | _LEAVES | _INLINE))
void_tags = st.builds("<{}{}{}>".format, st.sampled_from(sorted(_VOID)), attributes, st.sampled_from(["", "/", " /"]))


def within_element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    whole = st.builds(lambda name, given, text: f"<{name}{given}>{text}</{name}>", elements, attributes, inner)
    return st.lists(whole | words | void_tags, max_size=4).map("".join)


markups = st.recursive(words | void_tags, within_element, max_leaves=12)


def lines_of(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line]


@given(markups)
def test_what_is_simple_has_the_text_that_a_parser_gives(markup: str) -> None:
    simple = text_of_simple(markup)
    if simple is not None:
        assert lines_of(simple) == lines_of(_text_of_html(markup))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Un <b>mot</b>.</p><p>Deux\nmots</p>", "Un mot.\nDeux mots"),
        ("Avant<br />après<br>fin", "Avant\naprès\nfin"),
        ('<div class="a b"><h2>Titre</h2><ul><li>un</li><li>deux</li></ul></div>', "Titre\nun\ndeux"),
        ("<p>L’<a href=\"https://a.example/?b=1&amp;c=2\" rel='x'>État</a> &amp; &#233;&nbsp;!</p>", "L’État & é !"),
        ("1 > 0<br>", "1 > 0"),
    ],
)
def test_simple_markup_needs_no_parser(markup: str, text: str) -> None:
    simple = text_of_simple(markup)
    assert simple is not None
    assert lines_of(simple) == text.split("\n")
    assert paragraphs_of(markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        "a</div>b",  # ends what has not begun
        "<p>a<b>b</p></b>",  # ends in another order
        "<p>a",  # does not end
        "<p>a<div>b</div></p>",  # a parser ends the paragraph
        "<b>a<p>b</p></b>",
        "<h2>a<p>b</p></h2>",
        "<ul>a<p>b</p></ul>",
        "<ul><b>a</b></ul>",
        "<li>a</li>",
        "<div><li>a</li></div>",
        "<ul><ul><li>a</li></ul></ul>",
        "<a>b<a>c</a></a>",
        "<p/>a",
        "<p>a</p x>",
        "<script>a</script>",
        "<p>OpenAI<sup>1</sup></p>",
        '<p>OpenAI<a href="#note-1">1</a></p>',
        '<p>OpenAI<a class="footnote">1</a></p>',
        '<p>OpenAI<a role="doc-noteref">1</a></p>',
        "<P>a</P>",
        "<p class=a>b</p>",
        '<p title="a>b">c</p>',
        "<p>a < b</p>",
        "<!-- a --><p>b</p>",
        "<p>a & b</p>",
        "<p>&eacute</p>",
        "<p>a &not<b>in;</b></p>",
        "<p>3 &times<b>; 4</b></p>",
        "<p>&#1<i>60;</i></p>",
        "<p>&hopf;</p>",  # HTML 5 alone knows it
        "<p>&#128;</p>",
        "<p>&#10;</p>",
        "<p>&#55296;</p>",
        "<p>&#xe9;</p>",
        "<p>a\0b</p>",
        "<p>a\x85b</p>",
    ],
)
def test_whatever_is_not_simple_is_left_to_a_parser(markup: str) -> None:
    assert text_of_simple(markup) is None


def test_what_is_nested_more_deeply_than_texts_are_is_left_to_a_parser() -> None:
    assert text_of_simple("<div>" * 30 + "a" + "</div>" * 30) is not None
    assert text_of_simple("<div>" * 31 + "a" + "</div>" * 31) is None


def test_the_time_to_see_that_markup_is_not_simple_grows_with_its_length_alone() -> None:
    for hostile in (
        "<a " * 20_000,
        "<p" + " a" * 50_000,
        "<p" + " " * 100_000 + "<",
        "<b>" * 50_000,
        "&" * 100_000 + "<p>",
        '<p a="' * 20_000,
    ):
        assert text_of_simple(hostile) is None
