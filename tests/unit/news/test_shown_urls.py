"""The address that people see, and the form by which addresses are compared."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from news.urls import comparing_url, shown_url


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/spip.php?article12",
        "https://a.example/index.php?/archives/3719-Ormeval....html",
        "https://a.example/voir?id=12&print",
        "https://a.example/voir?id=12&print=",
        "https://a.example/voir?z=1&a=2",
        "https://a.example/a%2Fb/c%20d",
        "https://a.example/a%2fb",
        "https://a.example/a?t=c++",
        "https://a.example/a?t=c%2B%2B&u=été",
        "https://a.example/~lise/a",
        "https://a.example/x?",
        "https://a.example/x?a=1&&b=2",
        "https://a.example/x#",
        "https://a.example/direct#post-12",
        "https://a.example/#!/actualites/12",
        "https://a.example/x#:~:text=le%20port",
        "HTTPS://WWW.A.example:443/Chemin/",
        "http://a.example//x/../y/.",
        "https://a.example/x;jsessionid=1?q=a;b",
        "https://a.example/x?url=https://b.example/?utm_source=a",
        "https://a.example/x?source=une&ref=4&cid=12&utm=1",
        "http://[::1",
        "tag:a.example,2025:1",
        "",
    ],
)
def test_an_address_is_shown_letter_for_letter(link: str) -> None:
    assert shown_url(link) == link
    assert shown_url(f" {link}\n") == link


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://a.example/x?utm_source=rss", "https://a.example/x"),
        ("https://a.example/x?utm_source=rss&utm_medium=feed&id=3#xtor=RSS-8", "https://a.example/x?id=3"),
        ("https://a.example/x?print&utm_source=rss", "https://a.example/x?print"),
        ("https://a.example/x?z=1&fbclid=a&a=%2f", "https://a.example/x?z=1&a=%2f"),
        ("https://a.example/x?UTM_Source=rss#haut", "https://a.example/x#haut"),
        ("https://a.example/x?utm%5Fsource=rss", "https://a.example/x"),
        ("https://a.example/x?id=3&amp;utm_source=rss&amp;utm_medium=b", "https://a.example/x?id=3"),
        ("https://a.example/x?&utm_source=rss", "https://a.example/x"),
        ("https://a.example/x??utm_source=rss", "https://a.example/x"),
        ("https://a.example/#utm_source=rss&utm_medium=b", "https://a.example/"),
        ("https://a.example/x#?xtor=1", "https://a.example/x"),
        ("https://a.example/x?utm_source", "https://a.example/x"),
    ],
)
def test_only_what_tracks_is_left_out(link: str, shown: str) -> None:
    assert shown_url(link) == shown


SAME = [
    ("https://a.example/x/y", "https://a.example/x/./z/../y"),
    ("https://a.example/x", "https://a.example/../x"),
    ("https://a.example/x", "http://a.example/x"),
    ("https://a.example/x", "https://www.a.example/x"),
    ("https://a.example/x", "HTTPS://WWW.A.EXAMPLE/x"),
    ("https://a.example/x", "https://a.example./x"),
    ("https://a.example/x", "https://a.example:443/x"),
    ("https://a.example/x", "http://a.example:80/x"),
    ("https://a.example/x", "https://a.example/x/"),
    ("https://a.example/x?id=1", "https://a.example/x/?id=1"),
    ("https://a.example", "http://www.a.example/"),
    ("https://a.example/x", "https://a.example/x#haut"),
    ("https://a.example/x", "https://a.example/x?"),
    ("https://a.example/x", "https://a.example/x?utm_source=rss#xtor=RSS-1"),
    ("https://a.example/x?id=1", "https://a.example/x?utm_medium=b&id=1"),
    ("https://a.example/été", "https://a.example/%C3%A9t%C3%A9"),
    ("https://a.example/%c3%a9", "https://a.example/%C3%A9"),
    ("https://a.example/~lise", "https://a.example/%7Elise"),
    ("https://a.example/a b", "https://a.example/a%20b"),
    ("https://a.example/x?q=a+b", "https://a.example/x?q=a%20b"),
    ("https://a.example/spip.php?article12", "https://a.example/spip.php?article12="),
    ("https://a.example/index.php?/archives/x", "https://a.example/index.php?%2Farchives%2Fx="),
    ("https://a.example/x?a=1&&b=2", "https://a.example/x?a=1&b=2"),
    ("https://a.example/x?a=1&b=2", "https://a.example/x?b=2&a=1"),
    ("https://été.example/x", "https://xn--t-9fab.example/x"),
]

DIFFERENT = [
    ("https://a.example/x", "https://b.example/x"),
    ("https://a.example/x", "https://amp.a.example/x"),
    ("https://a.example/x", "https://a.example:8443/x"),
    ("https://a.example/x", "https://a.example/X"),
    ("https://a.example/x", "https://a.example/x?id=1"),
    ("https://a.example/x?id=1", "https://a.example/x?id=2"),
    ("https://a.example/x?id", "https://a.example/x?id=0"),
    ("https://a.example/x?t=1&t=2", "https://a.example/x?t=2&t=1"),
    ("https://a.example/a/b", "https://a.example/a%2Fb"),
    ("https://a.example/x?q=a%26b", "https://a.example/x?q=a&b"),
    ("https://a.example/x?q=c", "https://a.example/x?q=c++"),
    ("https://a.example/x?q=c%2B", "https://a.example/x?q=c+"),
    ("https://a.example/100%25", "https://a.example/100"),
    ("https://a.example/%E9", "https://a.example/%C3%A9"),
    ("https://lise@a.example/x", "https://a.example/x"),
    ("https://a.example/#!/1", "https://a.example/#!/2"),
    ("https://a.example/#/1", "https://a.example/"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_an_address_are_the_same(one: str, other: str) -> None:
    assert comparing_url(one) == comparing_url(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_addresses_differ(one: str, other: str) -> None:
    assert comparing_url(one) != comparing_url(other)


@pytest.mark.parametrize(
    "link", ["http://[::1", "http://a.example:port/", "tag:a.example,2025:1", "mailto:a@b.example", "", "//a.example/x"]
)
def test_what_is_no_address_stands_for_itself(link: str) -> None:
    assert comparing_url(link) == link


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(words, max_size=3), st.lists(st.tuples(words, words), max_size=4), words)
def test_the_comparing_form_of_an_address_is_its_own(path: list[str], query: list[tuple[str, str]], fragment: str) -> None:
    url = "https://a.example/" + "/".join(quote(part, safe="") for part in path)
    url += "?" + "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query) + "#" + fragment
    assert comparing_url(comparing_url(url)) == comparing_url(url)
    assert comparing_url(shown_url(url)) == comparing_url(url)


@given(st.text(alphabet="abw./:[]@?#&=%é。 1\\", max_size=40))
@example("//www.www.a/")
@example("//www。a/")
@example("//a.:80./")
@example("//:99999:443\\x@y")
def test_no_address_is_beyond_comparing(rest: str) -> None:
    link = f"http:{rest}"
    assert shown_url(shown_url(link)) == shown_url(link)
    assert comparing_url(comparing_url(link)) == comparing_url(link)


@given(st.text(max_size=60))
def test_any_text_has_both_forms(text: str) -> None:
    assert isinstance(shown_url(text), str)
    assert isinstance(comparing_url(text), str)
