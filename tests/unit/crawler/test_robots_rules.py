"""Which rules of a robots.txt are ours, and which of them are quick to read."""

from __future__ import annotations

import pytest

from crawler.robots_rules import is_allowed, is_quick, product_token, text_of

URL = "https://journal.example/actualites/2025/02/une-ligne-de-tramway"


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("quivive/0.1 (+https://example.org/quivive)", "quivive"),
        ("quivive-test/1.0 (+https://journal.example/bot)", "quivive-test"),
        ("Veille_Presse 2", "Veille_Presse"),
        ("Mozilla/5.0 (compatible; Veille/1.0; +https://example.org)", "Veille"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla"),
        ("42", ""),
        ("", ""),
    ],
)
def test_the_product_token_is_the_name_without_version_and_comment(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


@pytest.mark.parametrize("group", ["org", "https", "example", "bot", "1.0"])
def test_words_of_the_comment_are_no_names(group: str) -> None:
    text = f"User-agent: {group}\nDisallow: /\n"
    assert is_allowed(text, URL, product_token("quivive/1.0 (+https://example.org/bot)"))


@pytest.mark.parametrize("group", ["quivive", "QUIVIVE", "Quivive"])
def test_the_own_group_holds_before_that_for_all(group: str) -> None:
    text = f"User-agent: *\nAllow: /\n\nUser-agent: {group}\nDisallow: /actualites/\n"
    assert not is_allowed(text, URL, "quivive")


@pytest.mark.parametrize(
    ("text", "url", "quick"),
    [
        ("", URL, True),
        ("User-agent: *\nDisallow: /admin/\n" * 100, URL, True),
        ("User-agent: *\n" + "Disallow: /*aab\n" * 1000, URL, True),
        ("User-agent: *\n" + "Disallow: /*aab\n" * 1000, URL + "a" * 4000, False),
        ("User-agent: *\n" + "Disallow: /*aab\n" * 30_000, URL, False),
        ("".join(f"User-agent: a{number}\n" for number in range(400)) + "Allow: /$\n" * 400, URL, False),
        ("".join(f"User agent a{number}\r" for number in range(400)) + "Allow: /$\r" * 400, URL, False),
        ("".join(f"User-agent: a{number}\nallow\n" for number in range(400)) + "Allow: /$\n" * 400, URL, False),
        ("".join(f"User-agent: a{number}\n#allow:\nSitemap: x\n" for number in range(300)) + "Allow: /$\n" * 400, URL, False),
    ],
)
def test_what_may_take_long_is_known_beforehand(text: str, url: str, quick: bool) -> None:
    assert is_quick(text, url) is quick


def test_a_text_ends_after_half_a_megabyte_and_is_read_whatever_its_bytes() -> None:
    assert text_of(b"\xef\xbb\xbfUser-agent: \xff*") == "User-agent: *"
    assert len(text_of(b"a" * 2_000_000)) == 512_000
