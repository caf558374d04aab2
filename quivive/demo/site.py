"""The demonstration's news site: one small web server for each outlet, on loopback, published step by step.

Each outlet has a host of its own (127.0.0.1, 127.0.0.2, …), because two outlets are two hosts to whoever judges their articles.
"""

from __future__ import annotations

import errno
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Self

from aiohttp import web

from news.source_specs import ArticlesMode
from quivive.clock import utc_now
from quivive.demo.articles import DemoArticle, Outlet, PageKind, last_step, load_outlets
from quivive.demo.feeds import CONTENT_TYPES, Channel, Item, render_feed
from quivive.demo.pages import Link, Page, render_article, render_home, render_wall
from quivive.demo.waiting import Bell

MOST_RELATED = 5
_ROBOTS = b"User-agent: *\nDisallow: /recherche\nDisallow: /compte\n"
_SHUTDOWN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DemoSource:
    """One feed of the site, as a configuration names it."""

    url: str
    name: str
    mode: ArticlesMode


@dataclass(frozen=True, slots=True)
class SiteCounts:
    """How often the site was asked for what, since it opened."""

    feeds: int
    unchanged: int
    """Those of the feeds that were answered with 304."""
    pages: int
    robots: int
    missing: int


@dataclass(frozen=True, slots=True)
class _Resource:
    """A document of the demonstration's site, with what an answer that holds it says of it."""

    kind: str
    content_type: str
    body: bytes
    modified_at: datetime

    @property
    def etag(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:16]

    def is_known_to(self, request: web.Request) -> bool:
        """Whether the client has this very body. An entity tag overrules a date (RFC 9110 §13.2.2)."""
        tags = request.if_none_match
        if tags is not None:
            return any(tag.value in {"*", self.etag} for tag in tags)
        since = request.if_modified_since
        return since is not None and self.modified_at <= since


class _Visits:
    """Who was asked for what: counts since the opening, addresses since the last publication."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.answered: set[str] = set()
        self.bell = Bell()

    def note(self, url: str, *kinds: str) -> None:
        self.counts.update(kinds)
        self.answered.add(url)
        self.bell.ring()


class _OutletServer:
    """The web server of one outlet."""

    def __init__(self, outlet: Outlet, visits: _Visits) -> None:
        self.outlet = outlet
        self.base_url = ""
        self._visits = visits
        self._resources: dict[str, _Resource] = {}
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)

    async def start(self) -> None:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.outlet.host, 0).start()
        except OSError as error:
            # Only Linux answers on all of 127.0.0.0/8 unasked; elsewhere the outlets share a host and differ by port.
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    def feed_name(self, feed: str) -> str:
        return self.outlet.name if len(self.outlet.feeds) == 1 else f"{self.outlet.name} – {feed}"

    def publish(self, step: int, times: list[datetime]) -> None:
        """Put up what is new at `step`; `times[n]` is when step n was published."""
        self._put("/robots.txt", _Resource("robots", "text/plain", _ROBOTS, times[0]))
        for feed, path in self.outlet.feeds.items():
            self._put(path, self._feed(feed, step, times))
        published = [article for article in self.outlet.articles if article.step <= step]
        links = [Link(self.base_url + article.path, article.words_at(step).title) for article in reversed(published)]
        self._put("/", _html("home", render_home(self.outlet.name, links), times[step]))
        for article in published:
            self._put(article.path, self._page(article, step, times, links))

    def addresses_to_read(self, step: int) -> Iterator[str]:
        """What a reader has to fetch to know all that is new at `step`: every feed, and the pages of the new articles."""
        for path in self.outlet.feeds.values():
            yield self.base_url + path
        for article in self.outlet.articles:
            if article.step == step and self.outlet.mode is not ArticlesMode.FEED and not article.full_text_in_feed:
                yield self.base_url + article.path

    def _put(self, path: str, resource: _Resource) -> None:
        known = self._resources.get(path)
        if known is None or known.body != resource.body:
            self._resources[path] = resource

    def _feed(self, feed: str, step: int, times: list[datetime]) -> _Resource:
        listed = self.outlet.listed(feed, step)
        changed_at = times[max(article.changed_at(step) for article in listed)]
        channel = Channel(self.feed_name(feed), self.base_url + "/", self.base_url + self.outlet.feeds[feed], changed_at)
        body = render_feed(self.outlet.format, channel, [self._item(article, step, times) for article in listed])
        return _Resource("feed", CONTENT_TYPES[self.outlet.format], body, changed_at)

    def _item(self, article: DemoArticle, step: int, times: list[datetime]) -> Item:
        words = article.words_at(step)
        link = self.base_url + article.path
        return Item(
            guid=f"{self.base_url}/?article={article.key}",
            link=f"{link}?{article.link_query}" if article.link_query else link,
            title=words.title,
            summary=words.summary,
            author=article.author,
            published_at=self._published_at(article, times),
            updated_at=max(self._published_at(article, times), times[article.changed_at(step)]),
            content=words.text if article.full_text_in_feed else None,
        )

    def _page(self, article: DemoArticle, step: int, times: list[datetime], links: list[Link]) -> _Resource:
        if article.page is PageKind.WALL:
            return _html("page", render_wall(self.outlet.name), times[article.step])
        url = self.base_url + article.path
        related = [link for link in links if link.url != url][:MOST_RELATED]
        page = Page(self.outlet.name, url, article.words_at(step), article.author, self._published_at(article, times), related)
        return _html("page", render_article(page), times[step])

    def _published_at(self, article: DemoArticle, times: list[datetime]) -> datetime:
        """What was there at the start is hours old; the rest is published as its step is."""
        age = timedelta(hours=1 + self.outlet.articles.index(article)) if article.step == 0 else timedelta(0)
        return times[article.step] - age

    async def _answer(self, request: web.Request) -> web.Response:
        resource = self._resources.get(request.path)
        if resource is None:
            self._visits.note(self.base_url + request.path, "missing")
            return web.Response(status=HTTPStatus.NOT_FOUND, text="Page introuvable")
        unchanged = resource.is_known_to(request)
        self._visits.note(self.base_url + request.path, resource.kind, *([f"{resource.kind}_unchanged"] if unchanged else []))
        response = web.Response(status=HTTPStatus.NOT_MODIFIED) if unchanged else _full_response(resource)
        response.etag = resource.etag
        response.last_modified = resource.modified_at
        return response


class DemoSite:
    """The bundled news site: `async with DemoSite() as site`, then `site.publish(1)`, and so on. Step 0 is there at once.

    `clock` gives the current time, aware and in UTC; it dates what is published.
    """

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self.outlets = load_outlets()
        self.last_step = last_step(self.outlets)
        self._clock = clock
        self._visits = _Visits()
        self._servers = [_OutletServer(outlet, self._visits) for outlet in self.outlets]
        self._times: list[datetime] = []

    async def __aenter__(self) -> Self:
        try:
            for server in self._servers:
                await server.start()
        except BaseException:
            await self._stop()
            raise
        self.publish(0)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stop()

    @property
    def step(self) -> int:
        """The last step that was published."""
        return len(self._times) - 1

    @property
    def sources(self) -> tuple[DemoSource, ...]:
        """All feeds, in the order of the outlets."""
        return tuple(
            DemoSource(server.base_url + path, server.feed_name(feed), server.outlet.mode)
            for server in self._servers
            for feed, path in server.outlet.feeds.items()
        )

    @property
    def feed_urls(self) -> tuple[str, ...]:
        """The addresses of all feeds."""
        return tuple(source.url for source in self.sources)

    @property
    def counts(self) -> SiteCounts:
        """What was asked for so far."""
        counts = self._visits.counts
        return SiteCounts(counts["feed"], counts["feed_unchanged"], counts["page"], counts["robots"], counts["missing"])

    def publish(self, step: int) -> list[DemoArticle]:
        """Publish the next step, edits included, and give the articles that are new or edited. Steps come in order."""
        if step != len(self._times):
            raise ValueError(f"step {len(self._times)} comes next, not {step}")
        self._times.append(self._clock().replace(microsecond=0))
        for server in self._servers:
            server.publish(step, self._times)
        self._visits.answered.clear()
        return [article for outlet in self.outlets for article in outlet.articles if article.changed_at(step) == step]

    def article_url(self, key: str) -> str:
        """The address of an article, as a person would write it."""
        for server in self._servers:
            for article in server.outlet.articles:
                if article.key == key:
                    return server.base_url + article.path
        raise KeyError(key)

    async def wait_until_read(self, timeout_seconds: float) -> bool:
        """Wait until every feed, and every new article's page, was fetched since the last publication; whether they were."""
        wanted = {address for server in self._servers for address in server.addresses_to_read(self.step)}
        return await self._visits.bell.wait_until(lambda: wanted <= self._visits.answered, timeout_seconds)

    async def _stop(self) -> None:
        for server in self._servers:
            await server.stop()


def _html(kind: str, markup: str, modified_at: datetime) -> _Resource:
    return _Resource(kind, "text/html", markup.encode(), modified_at)


def _full_response(resource: _Resource) -> web.Response:
    return web.Response(body=resource.body, content_type=resource.content_type, charset="utf-8")
