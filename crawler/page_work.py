"""Fetching an article page: how it is asked for, and what its answer means."""

from __future__ import annotations

from dataclasses import replace

from scrapy.http import Response

from crawler.failures import problem_of
from crawler.problems import FetchProblem, advise_on_page
from crawler.reading import read_page
from crawler.work import Answered, final_url, header, problem_without_reading
from news.sources import DuePage, ExtractedPage, PageOutcome, Problem

ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
ACCEPT_LANGUAGE = "fr, fr-FR;q=0.9, en;q=0.5, *;q=0.3"


class PageWork:
    """Fetching an article's page: in its turn behind the feeds, where robots.txt permits it, and only its text is kept."""

    urgent = False
    obeys_robots = True

    def key(self, page: DuePage) -> int:
        """The entry whose page it is."""
        return page.entry_id

    def make_headers(self, _: DuePage) -> dict[str, str]:
        """The headers that say what we read."""
        return {"Accept": ACCEPT, "Accept-Language": ACCEPT_LANGUAGE}

    async def outcome(self, page: DuePage, answered: Answered) -> PageOutcome:
        """What came of fetching the page."""
        answer = answered.answer
        outcome = PageOutcome(page.entry_id, page.source_id, page.url, answered.at, answered.seconds)
        if isinstance(answer, BaseException):
            return replace(outcome, problem=advise_on_page(problem_of(answer)))
        outcome = replace(outcome, http_status=answer.status, final_url=final_url(answer))
        if problem := problem_without_reading(answer, answered.at):
            return replace(outcome, problem=advise_on_page(problem))
        read = await _read(answer, answered)
        return replace(outcome, problem=advise_on_page(read)) if isinstance(read, Problem) else replace(outcome, page=read)


async def _read(answer: Response, answered: Answered) -> ExtractedPage | Problem:
    try:
        return await answered.read(read_page, answer.body, answer.url, header(answer, "Content-Type"))
    except FetchProblem as error:
        return error.problem
