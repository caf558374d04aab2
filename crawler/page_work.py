"""Fetching an article page: how it is asked for, and what its answer means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from scrapy.http import Response

from crawler.failures import problem_of
from crawler.feed_work import final_url, header
from crawler.problems import FetchProblem, advise_on_page, make_http_problem, make_problem
from crawler.reading import read_page
from crawler.workers import Workers
from news.sources import DuePage, ExtractedPage, PageOutcome, Problem
from news.timing import parse_retry_after

ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
ACCEPT_LANGUAGE = "fr, fr-FR;q=0.9, en;q=0.5, *;q=0.3"


def make_headers() -> dict[str, str]:
    """The headers that say what we read."""
    return {"Accept": ACCEPT, "Accept-Language": ACCEPT_LANGUAGE}


class PageFetcher:
    """Makes outcomes of page fetches. Times are in UTC, durations in seconds."""

    def __init__(self, workers: Workers, clock: Callable[[], datetime]) -> None:
        self._workers = workers
        self._clock = clock

    async def outcome(self, page: DuePage, answer: Response | BaseException, seconds: float) -> PageOutcome:
        """What came of fetching `page`: `answer` is the response, or the error there was instead."""
        now = self._clock()
        read = problem_of(answer) if isinstance(answer, BaseException) else await self._read(answer, now)
        response = answer if isinstance(answer, Response) else None
        return PageOutcome(
            entry_id=page.entry_id,
            source_id=page.source_id,
            url=page.url,
            fetched_at=now,
            seconds=seconds,
            http_status=response.status if response else None,
            final_url=final_url(response) if response else None,
            page=read if isinstance(read, ExtractedPage) else None,
            problem=advise_on_page(read) if isinstance(read, Problem) else None,
        )

    async def _read(self, answer: Response, now: datetime) -> ExtractedPage | Problem:
        if not 200 <= answer.status < 300:
            return make_http_problem(answer.status, parse_retry_after(header(answer, "Retry-After"), now))
        if not answer.body:
            return make_problem("empty")
        try:
            return await self._workers.run(read_page, answer.body, answer.url, header(answer, "Content-Type"))
        except FetchProblem as error:
            return error.problem
