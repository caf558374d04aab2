"""The crawl: takes due work, fetches it, and hands each outcome to whoever asked."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Response

from crawler.allowance import Holding
from crawler.capacity import Capacity, make_capacity
from crawler.download_handler import Downloads, Dropped
from crawler.failures import problem_of
from crawler.frontier import Frontier, Work
from crawler.hosts import host_key
from crawler.kinds import kind_of
from crawler.politeness import TAKES_TURN
from crawler.problems import FetchProblem, make_problem
from crawler.reading import read_feed
from crawler.reading_queue import Document
from crawler.scrapy_insides import QuietSignals, drop_requests_that_wait
from crawler.scrapy_settings import make_scrapy_settings
from crawler.settings import CrawlSettings
from crawler.spider import NewsSpider
from crawler.work import Answered, GoesOn
from crawler.workers import WorkersStopped
from news.errors import CrawlEnded
from news.sources import ParsedFeed, Problem
from news.wording import Wording, template

_LAST_WORDS = timedelta(seconds=0.8)
"""After requests are dropped: for callbacks to end, and scrapy to close."""


MOST_GOING_ON, MOST_GOING_ON_OF_SOURCE = 64, 16
"""Pieces of work that go on at a time (`GoesOn`), with what was read so far in memory. Of further ones what there is is told."""

_NOT_RECORDED = template("What was read could not be recorded ({reason}): report the URL as a bug.")
_log = logging.getLogger(__name__)

Receiver = Callable[[Any], Awaitable[None]]
"""Takes the outcome of one kind of work."""


class Crawl:
    """Fetches what `add` is given and calls, with each outcome, the receiver for its type of work. Lives on one event loop.

    `capacity` is that of a crawl whose place this one takes, as `hand_over` gives it.
    """

    def __init__(
        self,
        settings: CrawlSettings,
        clock: Callable[[], datetime],
        receivers: Mapping[type[Work], Receiver],
        capacity: Capacity | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._receivers = receivers
        self._capacity = capacity or make_capacity(settings)
        self._frontier = Frontier(
            settings.concurrency,
            settings.delay_per_host.total_seconds(),
            per_host=settings.concurrency_per_host,
            paces=self._capacity.paces,
        )
        self._has_handed_over = False
        self._reads_no_more = False
        self._asking: set[asyncio.Task[None]] = set()
        """Pieces of work that were begun, until what came of them is handed on."""
        self._readings: set[asyncio.Future[Any]] = set()
        self._downloads = Downloads()
        self._in_hand: defaultdict[type[Work], set[int]] = defaultdict(set)
        self._going_on: dict[tuple[type[Work], int], int] = {}
        """By type and key: the source of each piece of work that goes on."""
        self._started: dict[Work, tuple[float, Holding]] = {}
        self._crawler: Crawler | None = None
        self._scrapy: asyncio.Task[None] | None = None
        self._failure: Exception | None = None
        self._is_stopping = False
        self._is_dead = False
        self._pulled = asyncio.Event()
        self._changed = asyncio.Event()
        self._failed = asyncio.Event()
        self._idle_or_ended = asyncio.Event()
        self._ended = asyncio.Event()

    def add(self, work: Work) -> bool:
        """Queue a piece of work. False if its source or entry is in hand already, the queue is full, or the crawl is ending."""
        kind = kind_of(work)
        ids, key = self._in_hand[type(work)], kind.key(work)
        if key in ids or self._is_stopping or self._is_dead or not self._frontier.add(work, urgent=kind.urgent):
            return False
        ids.add(key)
        self._idle_or_ended.clear()
        self._capacity.bell.ring()
        return True

    def has(self, work: Work) -> bool:
        """Whether a piece of work, or what stands for the same, is queued or being worked on."""
        return kind_of(work).key(work) in self._in_hand[type(work)]

    def in_hand(self, kind: type[Work]) -> frozenset[int]:
        """The keys of the work of that type (of a source its id, of a page its entry's) that is queued or being worked on."""
        return frozenset(self._in_hand[kind])

    def hand_over(self) -> Capacity:
        """What the crawl that takes this one's place goes on with. This one still uses it until it ends, and then leaves it alone."""
        self._has_handed_over = True
        return self._capacity

    async def run(self) -> None:
        """Fetch until `stop`. Raises CrawlEnded if the spider ends by itself, or what a callback raised. Call it once."""
        logging.getLogger("scrapy").setLevel(logging.ERROR)  # what it warns of is in the outcomes
        runner = AsyncCrawlerRunner(make_scrapy_settings(self._settings))
        self._crawler = runner.create_crawler(NewsSpider)
        self._crawler.signals = QuietSignals(self._crawler)
        self._scrapy = runner.crawl(
            self._crawler, desk=self, downloads=self._downloads, capacity=self._capacity, clock=self._clock, crawl_settings=self._settings
        )
        failed = asyncio.create_task(self._failed.wait())
        self._capacity.workers.start()
        self._capacity.bell.listeners.add(self._changed.set)
        try:
            await asyncio.wait({self._scrapy, failed}, return_when=asyncio.FIRST_COMPLETED)
            if self._is_stopping and self._asking:
                await asyncio.wait(self._asking)  # scrapy ends before what it fetched is read; `stop` sees to it that they end
        finally:
            failed.cancel()
            self._is_dead = not self._is_stopping
            if self._is_dead:
                await self._close(grace=timedelta())
            await self._stop_reading()
            self._give_back_all()
            self._capacity.bell.listeners.discard(self._changed.set)
            self._ended.set()
            self._idle_or_ended.set()
        self._raise_if_dead()

    async def join(self) -> None:
        """Wait until nothing is queued or in hand. Raises like `run` if the crawl died meanwhile; returns if it was stopped."""
        while any(self._in_hand.values()) and not self._ended.is_set():
            await self._idle_or_ended.wait()
        self._raise_if_dead()

    async def stop(self, grace: timedelta | None = None) -> None:
        """End the crawl: what is queued is dropped at once, requests in flight when the grace is over. Nothing dropped has an outcome.

        `grace` is that of the settings if it is not given.
        """
        self._is_stopping = True
        if self._scrapy is not None:
            await self._close(self._settings.stop_grace if grace is None else grace)
            await self._ended.wait()

    async def hand_out(self) -> None:
        """For the spider: begin each piece of work as soon as it may start, until the crawl ends; returns when all that was begun is done.

        While it lasts scrapy's engine stays open: some work asks for more when its first answer has been read.
        """
        self._pulled.set()
        while (work := await self._next_work()) is not None:
            asking = asyncio.create_task(self._ask(work))
            self._asking.add(asking)
            asking.add_done_callback(self._forget_asking)
        while self._asking:
            await asyncio.wait(self._asking)

    def _forget_asking(self, asking: asyncio.Task[None]) -> None:
        self._asking.discard(asking)
        if not asking.cancelled() and isinstance(error := asking.exception(), Exception):
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """End the crawl with an error that nobody foresaw; `run` raises it."""
        self._failure = self._failure or error
        self._failed.set()

    async def _ask(self, work: Work) -> None:
        try:
            answer: Response | Exception = await self._fetch(work)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what came of this work
            answer = error
        await self._answered(work, answer)

    async def _fetch(self, work: Work, *, takes_turn: bool = False) -> Response:
        """The answer to a piece of work. Raises FetchProblem, what scrapy and aiohttp do, and Dropped when the engine has closed."""
        assert self._crawler is not None
        engine = self._crawler.engine
        spider = cast("NewsSpider", self._crawler.spider)
        try:
            request = spider.make_request(work)
        except ValueError as error:  # scrapy refuses a URL without a scheme, for one
            raise FetchProblem(make_problem("unsupported_url", f"{work.url[:200]}: {error}")) from error
        if takes_turn:
            request.meta[TAKES_TURN] = True
        try:
            return await engine.download_async(request)
        except Exception as error:
            if engine.spider is None:  # then it raises whatever it stumbles over
                raise Dropped(work.url) from error
            raise

    async def _next_work(self) -> Work | None:
        """The next piece of work, with its permit, as soon as it may start; None when the crawl is ending."""
        loop = asyncio.get_running_loop()
        while not (self._is_stopping or self._is_dead):
            now = loop.time()
            if work := self._frontier.take(now, self._has_room, self._capacity.allowance.may_ask_anyone):
                self._started[work] = now, self._capacity.allowance.expect(host_key(work.url), work.source_id, now)
                return work
            self._changed.clear()
            moment = self._frontier.next_moment()
            timer = loop.call_at(moment, self._changed.set) if moment is not None else None
            await self._changed.wait()
            if timer is not None:
                timer.cancel()
        return None

    def _has_room(self, work: Work) -> bool:
        return self._capacity.allowance.may_ask(host_key(work.url), work.source_id)

    async def _answered(self, work: Work, answer: Response | Exception) -> None:
        """Take an answer (or error), make its outcome and hand it on."""
        now = asyncio.get_running_loop().time()
        begun = self._started.pop(work, None)
        if begun is None:
            return  # the crawl is over
        started, expected = begun
        self._capacity.allowance.give_back(expected)
        if isinstance(answer, Response) and not self._capacity.allowance.may_keep(expected.host, expected.source_id):
            self._ask_again(work, len(answer.body), now)
            return
        size = len(answer.body) if isinstance(answer, Response) else 0
        holding = self._capacity.allowance.hold(expected.host, expected.source_id, size)
        self._frontier.release(work)
        self._capacity.bell.ring()
        goes_on = False
        try:
            if not isinstance(answer, Dropped):
                document = Document(holding.host, work.source_id, size, kind_of(work).urgent)
                goes_on = await self._hand_on(work, answer, now - started, document)
        except (WorkersStopped, Dropped):
            pass  # still due
        except Exception as error:  # noqa: BLE001 - `run` raises it
            self._fail(error)
        finally:
            self._capacity.allowance.give_back(holding)
            self._capacity.bell.ring()  # there is room for another answer
            if not goes_on:
                self._forget(work)

    def _ask_again(self, work: Work, size: int, now: float) -> None:
        """Drop an answer for which there is no room, and queue what it answers once more; it is asked for when there is."""
        self._capacity.costs.note((host_key(work.url), work.source_id), 0.0, size, now)  # so much is to be expected from now on
        self._frontier.release(work)
        if self._is_stopping or not self._frontier.add(work, urgent=kind_of(work).urgent):
            self._forget(work)  # still due
        self._capacity.bell.ring()

    async def _hand_on(self, work: Work, answer: Response | BaseException, seconds: float, document: Document) -> bool:
        """Have the answer read, and hand on what came of it; whether the work goes on instead."""
        listing = self._settings.listings.get(work.source_id)
        answered = Answered(answer, self._clock(), seconds, partial(self._read, document), self._fetch_more, listing)
        outcome = await _outcome_of(work, answered)
        if isinstance(outcome, GoesOn):
            if self._goes_on(outcome.work):
                return True
            outcome = outcome.otherwise
        with self._capacity.workers.recording():
            await self._receivers[type(work)](outcome)
        return False

    def _goes_on(self, work: Work) -> bool:
        """Queue what a piece of work goes on with; False if there is no room. Raises WorkersStopped when all ends: it is still due."""
        if self._is_stopping or self._is_dead:
            raise WorkersStopped
        key, others = (type(work), kind_of(work).key(work)), self._going_on
        is_one_more = key not in others
        if is_one_more and (len(others) >= MOST_GOING_ON or [*others.values()].count(work.source_id) >= MOST_GOING_ON_OF_SOURCE):
            return False
        self._frontier.add(work, urgent=kind_of(work).urgent, goes_on=True)
        others[key] = work.source_id
        return True

    async def _fetch_more(self, work: Work) -> Response:
        """The answer to a further piece of work, which stands in no queue: whoever needs it asks for one after the other."""
        return await self._fetch(work, takes_turn=True)

    async def read_feed(self, source_id: int, body: bytes, url: str, content_type: str | None) -> ParsedFeed | Problem:
        """What a body is that came without being asked for, read like that of any feed at `url`.

        One that comes while this crawl ends is not read: then there is a problem, as with one that is no feed.
        """
        holding = self._capacity.allowance.hold(host_key(url), source_id, len(body))
        document = Document(holding.host, source_id, len(body), urgent=True)
        try:
            feed: ParsedFeed | Problem = await self._read(document, read_feed, body, url, content_type, None)
        except FetchProblem as error:
            return problem_of(error)
        except WorkersStopped:
            return make_problem("worker_crashed", "it was stopped")
        else:
            return feed
        finally:
            self._capacity.allowance.give_back(holding)

    async def _read(self, document: Document, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function` makes of the arguments in a worker process. Raises as `Workers.read`, and WorkersStopped when all is dropped."""
        reading = asyncio.ensure_future(self._capacity.workers.read(document, function, *arguments))
        self._readings.add(reading)
        try:
            return await reading
        except asyncio.CancelledError:
            if self._reads_no_more:
                raise WorkersStopped from None
            raise
        finally:
            self._readings.discard(reading)

    async def _stop_reading(self) -> None:
        self._reads_no_more = True
        if not self._has_handed_over:
            await self._capacity.workers.stop()
        for reading in self._readings:
            reading.cancel()

    def _give_back_all(self) -> None:
        """Give back what is shared with the crawl that goes on, for work that was cut off without a word."""
        for work, (_, expected) in self._started.items():
            self._capacity.allowance.give_back(expected)
            self._frontier.release(work)
        self._started.clear()

    def _forget(self, work: Work) -> None:
        self._going_on.pop((type(work), kind_of(work).key(work)), None)
        self._in_hand[type(work)].discard(kind_of(work).key(work))
        if not any(self._in_hand.values()):
            self._idle_or_ended.set()

    def _raise_if_dead(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_dead:
            cause = self._scrapy.exception() if self._scrapy and self._scrapy.done() and not self._scrapy.cancelled() else None
            raise CrawlEnded(Wording("the spider ended although nobody asked it to; start the program again, and report this")) from cause

    async def _close(self, grace: timedelta) -> None:
        """End scrapy: politely for as long as `grace`, then by dropping what is in flight, at last without it."""
        assert self._scrapy is not None
        assert self._crawler is not None
        for work in self._frontier.clear():
            self._forget(work)
        self._capacity.bell.ring()
        pulled = asyncio.create_task(self._pulled.wait())
        await asyncio.wait({self._scrapy, pulled}, return_when=asyncio.FIRST_COMPLETED)
        pulled.cancel()
        if self._asking:
            await asyncio.wait(self._asking, timeout=grace.total_seconds())
        self._downloads.drop()
        ending = {self._scrapy, *self._asking}
        if not self._scrapy.done():
            drop_requests_that_wait(self._crawler, Dropped())
            ending.add(asyncio.create_task(self._crawler.stop_async()))
        await self._stop_reading()
        _, unfinished = await asyncio.wait(ending, timeout=_LAST_WORDS.total_seconds())
        for task in unfinished:
            task.cancel()


async def _outcome_of(work: Work, answered: Answered) -> Any:
    """What came of a piece of work. What nobody foresaw in an answer costs that work alone: it would come again after every restart."""
    try:
        return await kind_of(work).outcome(work, answered)
    except (WorkersStopped, Dropped, MemoryError):
        raise
    except Exception as error:
        if isinstance(answered.answer, BaseException):
            raise
        _log.exception("the answer from %s could not be taken in, which is not foreseen", work.url)
        words = Wording(_NOT_RECORDED, reason=f"{type(error).__name__}: {error}"[:160])
        return await kind_of(work).outcome(work, replace(answered, answer=FetchProblem(Problem("not_recorded", words))))
