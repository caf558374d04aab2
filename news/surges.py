"""What an alert on a topic's volume says: that the topic is written about much more than usual, with the figures. Pure.

Whether it is due is decided in `news.volume`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.fingerprints import derived_id
from news.wording import Wording

MOST_ARTICLES = 5
"""Of a surge, that its alert names: the latest."""


@dataclass(frozen=True, slots=True)
class SurgeBar:
    """How many articles came in a stretch of time from `start` on, and how many are usual then."""

    start: datetime
    articles: int
    usual: float


@dataclass(frozen=True, slots=True)
class SurgeArticle:
    """One of the articles of a surge."""

    title: str
    url: str
    source: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Surge:
    """So many articles of a topic from `since` until `until`, where so many are usual."""

    topic: str
    since: datetime
    until: datetime
    articles: int
    usual: float
    bars: tuple[SurgeBar, ...]
    """The last hours one by one, or the last days: what a chart shows. The last stretch is not over."""
    latest: tuple[SurgeArticle, ...] = ()

    @property
    def hours(self) -> int:
        """The hours that are spoken of; the last of them has only begun."""
        return (self.until - self.since) // timedelta(hours=1) + 1

    @property
    def title(self) -> str:
        """The figures in one line that can be told in another language."""
        told = {"articles": self.articles, "hours": self.hours, "usual": round(self.usual)}
        if not told["usual"]:
            return Wording("{articles} articles in {hours} hours, where there is usually hardly one", **told)
        if told["usual"] == 1:
            return Wording("{articles} articles in {hours} hours, where there is usually about one", **told)
        return Wording("{articles} articles in {hours} hours, where about {usual} are usual", **told)


def make_surge_alert_id(surge: Surge, sequence: int) -> str:
    """The id of the `sequence`-th surge of a topic.

    It is made of when it began too: after a backup is restored, the next surge is not the one that a receiver got as the same number.
    """
    return derived_id("surge alert", surge.topic, str(sequence), surge.since.isoformat())


_SIGNS = "▁▂▃▄▅▆▇█"


def draw_bars(surge: Surge) -> str:
    """Its bars as a row of signs, for whoever is shown text alone: the tallest for the most articles, a dot for none."""
    return _draw([bar.articles for bar in surge.bars])


def _draw(counts: Sequence[int]) -> str:
    most = max(counts, default=0)
    return "".join(_SIGNS[(count * 8 - 1) // most] if count else "·" for count in counts)
