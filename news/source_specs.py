"""A source as the configuration names it. What work it gives, and what comes of that, is in `news/sources.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from unicodedata import category, normalize


def fold_name(name: str) -> str:
    """A source's name as it is compared: without regard to case and accents, however these are encoded (Unicode, NFC or NFD)."""
    letters = "".join(sign for sign in normalize("NFKD", name) if category(sign) != "Mn")
    return " ".join(letters.casefold().split())


class ArticlesMode(StrEnum):
    """Where an article's text comes from: its page, the feed, or whichever carries the full text."""

    AUTO = "auto"
    PAGE = "page"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as the configuration names it. A source is its `url`; everything else may change."""

    url: str
    name: str | None = None
    articles: ArticlesMode = ArticlesMode.AUTO
    interval: timedelta | None = None
    tags: tuple[str, ...] = ()
