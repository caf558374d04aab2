"""A site whose feed shows the last few of its articles, and which keeps the older ones elsewhere, as real sites do.

    long = LongSite(site)
    long.show(5)                # the feed shows the articles 5 to 1
    long.show(20)               # it shows 20 to 16
    long.keep_pages(20)         # and WordPress has the rest: /feed?paged=2 and so on

Article N was published N hours after the first, and speaks of OTAN; its feed carries it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.news_site import NewsSite, item, rss

WINDOW = 5
"""Articles on a page."""


class LongSite:
    """See the top of this file."""

    def __init__(self, site: NewsSite, path: str = "/rss") -> None:
        self.site = site
        self.path = path
        self._began_at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)

    def title(self, number: float) -> str:
        return f"OTAN, sommet {number}"

    def link(self, number: float) -> str:
        return self.site.url(f"/articles/{number}")

    def published_at(self, number: float) -> datetime:
        return self._began_at + timedelta(hours=number)

    def document(self, numbers: Sequence[float], said: str = "") -> str:
        """A feed's document with these articles, and what else its head says."""
        items = [
            item(self.title(one), self.link(one), f"id-{one}", format_datetime(self.published_at(one)), f"Le sommet {one} de l’alliance.")
            for one in numbers
        ]
        head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>' + said
        return rss(*items).replace('<rss version="2.0"><channel>', head)

    def show(self, latest: int, said: str = "") -> str:
        """Let the feed show the latest articles up to that number; returns its address."""
        return self.site.publish_feed(self.path, self.document(_numbers(latest), said))

    def keep_archives(self, latest: int, relation: str = "next", last: int = 1) -> str:
        """Archives that the feed names, each naming the next (RFC 5005), down to that number; returns what the feed must say."""
        for top in range(latest - WINDOW, last - 1, -WINDOW):
            said = self._link(relation, top - WINDOW) if top - WINDOW >= last else ""
            self.site.publish_feed(f"/archive/{top}", self.document(_numbers(top), said))
        return self._link(relation, latest - WINDOW)

    def _link(self, relation: str, top: int) -> str:
        return f'<atom:link rel="{relation}" href="{self.site.url(f"/archive/{top}")}"/>'

    def keep_pages(self, latest: int) -> None:
        """The pages that WordPress gives of every feed."""
        for page, top in enumerate(range(latest - WINDOW, 0, -WINDOW), 2):
            self.site.publish_feed(f"{self.path}?paged={page}", self.document(_numbers(top)))

    def keep_sitemap(self, path: str, numbers: Sequence[float]) -> str:
        """A sitemap of news with these articles."""
        urls = "".join(
            f"<url><loc>{self.link(one)}</loc><n:news><n:publication_date>{self.published_at(one).isoformat()}</n:publication_date>"
            f"<n:title>{self.title(one)}</n:title></n:news></url>"
            for one in numbers
        )
        head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        return self.site.page(path, f"{head}{urls}</urlset>", headers={"Content-Type": "application/xml"})


def _numbers(latest: int) -> list[int]:
    return list(range(latest, max(0, latest - WINDOW), -1))
