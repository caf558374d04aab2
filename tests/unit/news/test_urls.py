"""One written form for the address of each article."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from news.urls import comparing_url, headline_in, host_of, is_site_root, same_site, shown_url


@pytest.mark.parametrize(
    "parameter",
    [
        "utm_source=rss",
        "UTM_Medium=x",
        "utm_campaign",
        "at_medium=RSS",
        "xtor=RSS-1",
        "fbclid=1",
        "gclid=1",
        "dclid=1",
        "yclid=1",
        "ttclid=1",
        "srsltid=1",
        "mc_cid=1",
        "ns_mchannel=rss",
        "mtm_kwd=1",
    ],
)
def test_tracking_parameters_are_no_part_of_an_address(parameter: str) -> None:
    assert comparing_url(f"https://a.example/x?{parameter}") == "https://a.example/x"
    assert comparing_url(f"https://a.example/x?id=5&{parameter}&p=2") == "https://a.example/x?id=5&p=2"


@pytest.mark.parametrize("parameter", ["PHPSESSID={}", "jsessionid={}", "ASP.NET_SessionId={}", "sid={}"])
def test_a_visitors_session_is_shown_as_it_is_and_never_compared(parameter: str) -> None:
    first, second = (f"https://a.example/v?id=5&{parameter.format(session * 16)}" for session in ("a1", "b2"))
    assert comparing_url(first) == comparing_url(second) == "https://a.example/v?id=5"
    assert shown_url(first) == first


def test_a_session_in_the_path_is_never_compared() -> None:
    assert comparing_url("https://a.example/v;jsessionid=4F2A.n1?id=5") == "https://a.example/v?id=5"
    assert comparing_url("https://a.example/v;page=2?id=5") == "https://a.example/v;page=2?id=5"


@pytest.mark.parametrize("parameter", ["id=5", "source=une", "page=2", "p=12", "at=3", "ref=4", "cid=12", "utm=1", "sid=1"])
def test_a_parameter_that_may_choose_the_article_stays(parameter: str) -> None:
    assert comparing_url(f"https://a.example/x?{parameter}") == f"https://a.example/x?{parameter}"


def test_a_parameter_that_stands_twice_stays_twice() -> None:
    assert comparing_url("https://a.example/x?t=1&t=2&utm_source=a") == "https://a.example/x?t=1&t=2"


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(words, max_size=3), st.lists(st.tuples(words, words), max_size=4), words)
def test_the_comparing_form_of_an_address_is_its_own(path: list[str], query: list[tuple[str, str]], fragment: str) -> None:
    url = "https://a.example/" + "/".join(quote(part, safe="") for part in path)
    url += "?" + "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query) + "#" + fragment
    assert comparing_url(comparing_url(url)) == comparing_url(url)


@given(words, words)
def test_whatever_follows_a_host_an_address_has_a_comparing_form(path: str, query: str) -> None:
    comparing = comparing_url(f"https://a.example/{path}?{query}")
    assert comparing.startswith("https://a.example/")


def test_the_host_of_an_address_goes_without_www() -> None:
    assert (host_of("https://www.A.example:8080/x"), host_of("https://wwwa.example/"), host_of("nonsense"), host_of("http://[")) == (
        "a.example",
        "wwwa.example",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://a.example", True),
        ("https://a.example/", True),
        ("https://a.example/#haut", True),
        ("https://a.example/?p=12", False),
        ("https://a.example/x", False),
    ],
)
def test_a_site_root_is_the_front_page_alone(url: str, root: bool) -> None:
    assert is_site_root(url) is root


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "http://www.a.example/y", True),
        ("https://amp.a.example/x", "https://a.example/x", True),
        ("https://a.example/x", "https://m.a.example/x", True),
        ("https://a.example/x", "https://b.example/x", False),
        ("https://nota.example/x", "https://a.example/x", False),
        ("nonsense", "nonsense", False),
    ],
)
def test_two_addresses_are_of_one_site_if_one_host_is_within_the_other(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


@pytest.mark.parametrize("url", ["http://[::1", "http://[zz]"])
def test_what_cannot_be_read_as_an_address_stands_for_itself(url: str) -> None:
    assert comparing_url(url) == url
    assert not same_site(url, "https://a.example/")


@given(st.text(alphabet="ab/\\:[]@?#&=%.é。 1", max_size=30))
@example("//\\/[")
@example("//:99999:443\\x@y")
def test_no_address_is_beyond_reading(rest: str) -> None:
    comparing = comparing_url(f"http:{rest}")
    assert is_site_root(comparing) in {True, False}
    assert not same_site(comparing, "https://other.example/")


@pytest.mark.parametrize(
    ("url", "headline"),
    [
        ("https://a.example/2026/11/verdier-cede-ses-scieries-4417.html", "verdier cede ses scieries"),
        ("https://a.example/verdier_cede_ses_scieries/4417/", "verdier cede ses scieries"),
        ("https://a.example/Verdier-c%C3%A8de-ses-scieries", "Verdier cède ses scieries"),
        ("https://a.example/actualites/detail/4417", None),
        ("https://a.example/spip.php?article4417", None),
        ("https://a.example/?p=4417", None),
        ("https://a.example/f81d4fae-7dec-11d0-a765-00a0c91e6bf6", None),
        ("http://[", None),
    ],
)
def test_the_headline_in_an_address_is_what_sites_write_into_it(url: str, headline: str | None) -> None:
    assert headline_in(url) == headline
