"""The header Link, as servers send it."""

from __future__ import annotations

import time

import pytest

from crawler.link_header import HeaderLink, parse_links

BASE = "https://site.example/a/"


@pytest.mark.parametrize(
    ("value", "links"),
    [
        (
            '<https://site.example/feed/>; rel="alternate"; type="application/rss+xml"; title="Le \\"Journal\\", tout"',
            [("https://site.example/feed/", {"alternate"}, "application/rss+xml", 'Le "Journal", tout')],
        ),
        (
            "</wp-json/>; rel=https://api.w.org/, <../b>;rel=hub",
            [("https://site.example/wp-json/", {"https://api.w.org/"}, "", None), ("https://site.example/b", {"hub"}, "", None)],
        ),
        ('<x> ; REL = "self Alternate" ; rel=next', [("https://site.example/a/x", {"self", "alternate"}, "", None)]),
        ("<a,b;c>; rel=preload; as=font; crossorigin", [("https://site.example/a/a,b;c", {"preload"}, "", None)]),
        ("<mailto:a@b.example>; rel=author", []),
        ("no link at all", []),
        ('<x>; type="Application/Atom+XML; charset=utf-8"', [("https://site.example/a/x", set(), "application/atom+xml", None)]),
    ],
)
def test_links_are_read_with_their_relations_type_and_title(value: str, links: list[tuple[str, set[str], str, str | None]]) -> None:
    assert parse_links([value], BASE) == [HeaderLink(url, frozenset(relations), kind, title) for url, relations, kind, title in links]


def test_all_headers_of_that_name_count_and_only_so_many_links() -> None:
    assert [link.url for link in parse_links(["<a>; rel=hub", "<b>; rel=self"], BASE)] == [f"{BASE}a", f"{BASE}b"]
    assert len(parse_links([", ".join(f"<{number}>; rel=preload" for number in range(400))], BASE)) == 50


@pytest.mark.parametrize("value", ["<" * 16_000, "<a>;" * 4_000, '<a>; a="' + '\\"' * 8_000, "<a>; " + "a=b " * 4_000])
def test_nothing_that_a_server_sends_takes_long(value: str) -> None:
    started = time.process_time()
    parse_links([value] * 20, BASE)
    assert time.process_time() - started < 0.5
