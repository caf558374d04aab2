"""What a robots.txt says about one address (RFC 9309). Pure; imports no scrapy, for the worker processes ask it too.

Reading one and comparing an address with its rules takes time that grows with both, and with the groups that share rules: from
microseconds for honest ones to minutes for what can be made of half a megabyte. `is_quick` tells which may be done on the event loop.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from protego import Protego

MOST_BYTES = 512_000
"""RFC 9309 §2.5 asks to read at least 500 kibibytes; what comes after them is overlooked."""

# Each of these takes at most some ten milliseconds, measured with the worst that fits. Nearly every real file and address is below them.
_QUICK_TEXT = 20_000
_QUICK_RULES = 5_000
_QUICK_TEXT_BY_URL = 10_000_000
_COMPATIBLE = re.compile(r"\(compatible;\s{0,9}([A-Za-z_-]{1,99})", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")


def product_token(user_agent: str) -> str:
    """The part of the User-Agent header that groups are named for (RFC 9309 §2.2.1): `quivive` of "quivive/0.1 (+https://…)".

    "Mozilla/5.0 (compatible; Name/1.0)" is Name. Empty if there is none: then only the rules for all hold.
    """
    found = _COMPATIBLE.search(user_agent) or _TOKEN.match(user_agent)
    return found[found.lastindex or 0] if found else ""


def text_of(body: bytes) -> str:
    """The text of a robots.txt, as far as it is read."""
    return body[:MOST_BYTES].decode("utf-8-sig", "ignore")


def is_quick(text: str, url: str) -> bool:
    """Whether `is_allowed` takes a few milliseconds at most, whatever stands in the text."""
    if len(text) > _QUICK_TEXT or len(text) * len(url) > _QUICK_TEXT_BY_URL:
        return False
    return _rules_by_agents(text) <= _QUICK_RULES


def _rules_by_agents(text: str) -> int:
    """How many rules the parser makes at most: each line of a group counts once for every agent that the group is for."""
    made = agents = 0
    is_group_open = True
    for line in text.lower().splitlines():
        if "agent" in line:
            agents = agents + 1 if is_group_open else 1
            is_group_open = True
        elif line.lstrip().startswith(("allow:", "disallow:")):
            is_group_open = False
        made += agents
    return made


def is_allowed(text: str, url: str, token: str) -> bool:
    """Whether the robots.txt with this text lets the program with this product token fetch the address."""
    return bool(_parsed(text).can_fetch(url, token))


class Ruling(NamedTuple):
    """What a robots.txt says to one program: whether it may fetch an address, and its `Crawl-delay` in seconds, 0 if it names none."""

    is_allowed: bool
    crawl_delay_seconds: float


def rule(text: str, url: str, token: str) -> Ruling:
    """What the robots.txt with this text says to the program with this product token about the address."""
    return Ruling(is_allowed(text, url, token), _parsed(text).crawl_delay(token) or 0.0)


@lru_cache(maxsize=32)
def _parsed(text: str) -> Protego:
    """Parsed, a robots.txt takes some forty times the memory of its text: only what was asked for lately is kept so."""
    return Protego.parse(text)
