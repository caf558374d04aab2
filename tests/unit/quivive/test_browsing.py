"""Which addresses are handed to a browser."""

from __future__ import annotations

import pytest

from quivive.cli.browsing import is_web_address


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://journal.example/a?b=c", True),
        ("http://[::1]/a", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("--version", False),
        ("https://journal.example/a b", False),
        ("https://journal.example/\x1b[2J", False),
        ("http://[1/", False),
    ],
)
def test_only_web_addresses_are(url: str, is_one: bool) -> None:
    assert is_web_address(url) is is_one
