"""Addresses as servers are asked for them: letter for letter, as browsers do."""

from __future__ import annotations

import pytest

from crawler.web_url import asked_url

AT = "https://journal.example"


@pytest.mark.parametrize(
    "rest",
    [
        "/",
        "/spip.php?article12",
        "/a%2fb%3Fc",
        "/%7Elise/%41",
        "/t?a=%2F%3A&b=%27c%27",
        "/t?q=l'hiver&r=(a)",
        "/t?tags[]=1&tags[]=2",
        "/a|b?c|{d}^`e`",
        "/a;b=1?c=2;d",
        "/a?b=1&",
        "/a?=1&&c",
        "//a//b",
        "/a?u=https://autre.example/?c=1",
    ],
)
def test_an_address_is_asked_for_as_it_is_written(rest: str) -> None:
    assert asked_url(AT + rest) == AT + rest


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("/été?q=œuf", "/%C3%A9t%C3%A9?q=%C5%93uf"),
        ('/a b?c="d e"<f>', "/a%20b?c=%22d%20e%22%3Cf%3E"),
        ("/a{b}^`c`", "/a%7Bb%7D%5E%60c%60"),
        ("/a#b?c", "/a"),
        ("", "/"),
        ("?a", "/?a"),
    ],
)
def test_what_no_address_may_hold_is_escaped(link: str, asked: str) -> None:
    assert asked_url(AT + link) == AT + asked


def test_scheme_and_host_are_in_small_letters() -> None:
    assert asked_url("HTTPS://Journal.Example:8443/A") == "https://journal.example:8443/A"


@pytest.mark.parametrize(
    "url",
    [
        AT + "/100%",
        AT + "/a?b=%zz",
        AT + "/a/../b",
        AT + "/a/%2E%2e/b",
        AT + "/.",
        AT + "/a\\b",
        AT + "/a\tb",
        AT + "/a\ud800",
        "https://journal\u00e9.example/a",
        "https://lise:mot@journal.example/a",
        "https://[::1]/a",
        "https:///a",
        "ftp://journal.example/a",
        "https://journal.example\\@autre.example/a",
    ],
)
def test_what_parsers_of_addresses_may_read_in_two_ways_is_left_to_one_that_brings_it_into_form(url: str) -> None:
    assert asked_url(url) is None
