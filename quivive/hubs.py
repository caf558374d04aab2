"""What hubs say, and what follows from it: the desk of the callback server, which opens with the daemon and follows its configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from crawler import CallbackServer, Told
from news.errors import ArchiveError
from news.sources import ParsedFeed, PollKind, PollOutcome, Problem
from news.websub import Refusal, Subscription
from quivive.config import Configuration, WebConfiguration
from quivive.service import Service

log = structlog.get_logger("quivive.hubs")

MOST_IN_HAND = 64
MOST_BYTES_IN_HAND = 64_000_000
"""Of what hubs told of, and is not recorded yet. Beyond them hubs are asked to come again."""
CALLBACK_FOLDER = "websub"


class Hubs:
    """Listens to hubs if the configuration says where. What is told is read and recorded like a poll, and what follows is begun."""

    def __init__(self, service: Service, clock: Callable[[], datetime]) -> None:
        self._service = service
        self._archive = service.archive.hubs
        self._clock = clock
        self._server: CallbackServer | None = None
        self._open_for: tuple[WebConfiguration, int] | None = None
        self._in_hand: dict[asyncio.Task[None], int] = {}

    async def take_over(self, configuration: Configuration) -> None:
        """Listen where this configuration says, if it is another place than before; a place that is taken is told, and polling goes on."""
        wanted = None if configuration.web is None else (configuration.web, configuration.crawler.max_body_bytes)
        if wanted == self._open_for:
            return
        await self._close_server()
        self._open_for = wanted
        if configuration.web is None:
            return
        web = configuration.web
        server = CallbackServer(self, configuration.crawler.max_body_bytes)
        try:
            await server.open(web.host, web.port)
        except OSError as error:
            self._open_for = None  # the next reload tries again
            log.error("nobody listens to hubs; sources are polled all the same", listen=web.listen, reason=str(error))  # noqa: TRY400
            return
        self._server = server
        base = f"{web.public_url.rstrip('/')}/{CALLBACK_FOLDER}/"
        await asyncio.wrap_future(self._archive.move_callbacks(base, self._clock()))
        self._service.callback_base = base
        log.info("listening to hubs", listen=web.listen, public_url=web.public_url)

    async def close(self) -> None:
        """Listen no more, and drop what is not recorded yet: the next poll brings it."""
        await self._close_server()
        for task in tuple(self._in_hand):
            task.cancel()
        await asyncio.gather(*self._in_hand, return_exceptions=True)

    async def _close_server(self) -> None:
        self._service.callback_base = None
        if self._server is not None:
            server, self._server = self._server, None
            await server.close()

    async def find(self, token: str) -> Subscription | None:
        """For the server: the subscription with this token."""
        return await asyncio.to_thread(self._archive.find_subscription, token)

    async def confirm(self, token: str, mode: str, topic: str, lease_seconds: str | None) -> bool:
        """For the server: take note that the hub asks back; whether the request was meant, once that is on record."""
        is_meant = await asyncio.wrap_future(self._archive.confirm(token, mode, topic, lease_seconds, self._clock()))
        log.info("a hub asked back", mode=mode, topic=topic, meant=is_meant, lease_seconds=lease_seconds)
        return is_meant

    async def deny(self, token: str, topic: str, reason: str | None) -> bool:
        """For the server: take note that the hub denies a subscription."""
        log.warning("a hub denies a subscription", topic=topic, reason=reason)
        return await asyncio.wrap_future(self._archive.deny(token, topic, reason, self._clock()))

    def ignore(self, known: Subscription, refusal: Refusal) -> None:
        """For the server: say that something was ignored."""
        log.warning("what came in a hub's name is ignored", hub=known.hub, topic=known.topic, reason=refusal)

    def take(self, told: Told) -> bool:
        """For the server: begin to take in what a hub told; false if too much is in hand."""
        size = len(told.body)
        if len(self._in_hand) >= MOST_IN_HAND or sum(self._in_hand.values()) + size > MOST_BYTES_IN_HAND:
            return False
        task = asyncio.create_task(self._take_in(told))
        self._in_hand[task] = size
        task.add_done_callback(self._forget)
        return True

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._in_hand.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The next poll brings it. If the archive is the trouble, that is what the daemon ends for.
            log.error(
                "what a hub told could not be taken in", exc_info=None if isinstance(error, ArchiveError) else error, reason=str(error)
            )

    async def _take_in(self, told: Told) -> None:
        known, started = told.subscription, asyncio.get_running_loop().time()
        feed: ParsedFeed | Problem | None = None
        if told.body.strip():
            feed = await self._service.crawl.read_feed(known.source_id, told.body, known.topic, told.content_type)
        if feed is None or isinstance(feed, Problem):
            await asyncio.wrap_future(self._archive.record_hint(known, self._clock()))
            log.info("a hub told that there is news", topic=known.topic, problem=None if feed is None else feed.code)
            return
        now = self._clock()
        seconds = asyncio.get_running_loop().time() - started
        outcome = PollOutcome(known.source_id, known.topic, now, seconds, PollKind.PARSED, body_bytes=len(told.body), feed=feed)
        tally = await asyncio.wrap_future(self._archive.record_told(known.subscription_id, outcome, now))
        log.info("a hub told of news", topic=known.topic, entries=tally.entries_seen, new=tally.entries_new, alerts=len(tally.alerts))
        await self._service.follow_up(tally)
