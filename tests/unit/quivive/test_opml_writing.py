"""What is written as OPML is read back as it was, whatever names and tags are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.source_specs import SourceSpec
from quivive.config.opml import read_opml
from quivive.config.opml_writing import write_opml

NOW = datetime(2025, 2, 10, 9, 0, tzinfo=UTC)
CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
_visible = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1)
    .map(str.strip)
    .filter(bool)
    .filter(lambda text: "\ufffe" not in text)
)


def read_back(*sources: SourceSpec) -> list[tuple[str, str | None, frozenset[str]]]:
    document = write_opml(sources, "Mes sources", NOW)
    return [(feed.url, feed.title, frozenset(feed.tags)) for feed in read_opml(document.encode())]


def test_names_and_tags_are_written_as_titles_and_categories() -> None:
    document = write_opml([SourceSpec("https://a.example/?a=1&b=2", "L’« Été » <1>", tags=("tech", "sécurité"))], "Mes & sources", NOW)
    name, address = "L’« Été » &lt;1&gt;", "https://a.example/?a=1&amp;b=2"
    assert f'<outline type="rss" text="{name}" title="{name}" xmlUrl="{address}" category="tech,sécurité"/>' in document
    assert "<title>Mes &amp; sources</title>" in document
    assert "<dateCreated>Mon, 10 Feb 2025 09:00:00 GMT</dateCreated>" in document


def test_a_tag_with_a_comma_or_a_slash_stays_one_tag() -> None:
    assert read_back(SourceSpec("https://a.example/", "A", tags=("IA, robots", "TCP/IP", "tech"))) == [
        ("https://a.example/", "A", frozenset({"IA, robots", "TCP/IP", "tech"}))
    ]


def test_what_xml_cannot_hold_is_replaced_and_hides_nothing_else() -> None:
    assert read_back(SourceSpec("https://a.example/", "A\x1bB")) == [("https://a.example/", "A\ufffdB", frozenset())]


@given(_visible, st.sets(_visible, max_size=4))
def test_whatever_is_written_is_read_back(name: str, tags: set[str]) -> None:
    source = SourceSpec("https://a.example/?q=%C3%A9&x=<>", name, tags=tuple(sorted(tags)))
    assert read_back(source) == [(source.url, name, frozenset(tags))]


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real feeds is not here")
def test_a_real_list_comes_back_as_it_was() -> None:
    feeds = read_opml((CORPUS / "french-tech-feeds.opml").read_bytes())
    written = write_opml([SourceSpec(feed.url, feed.title, tags=feed.tags) for feed in feeds], "x", NOW)
    assert [(feed.url, feed.title, set(feed.tags)) for feed in read_opml(written.encode())] == [
        (feed.url, feed.title, set(feed.tags)) for feed in feeds
    ]
