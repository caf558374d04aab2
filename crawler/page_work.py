"""Fetching an article page: how it is asked for, and what its answer means; and further pages, where the article is shown in parts."""

from __future__ import annotations

from dataclasses import replace

from scrapy.http import Response

from crawler.failures import problem_of
from crawler.problems import FetchProblem, advise_on_page
from crawler.reading import prepare, read_page, read_part
from crawler.work import Answered, GoesOn, final_url, header, problem_without_reading
from news.parts import without_further_parts
from news.sources import DuePage, ExtractedPage, PageOutcome, PartsRead, Problem

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

    async def outcome(self, page: DuePage, answered: Answered) -> PageOutcome | GoesOn:
        """What came of fetching the page, or how its article goes on."""
        read = await _read(page, answered)
        if page.parts is not None:
            return await _outcome_of_part(page.parts, page.title, read, answered)
        answer = answered.answer
        outcome = PageOutcome(page.entry_id, page.source_id, page.url, answered.at, answered.seconds)
        if isinstance(answer, Response):
            outcome = replace(outcome, http_status=answer.status, final_url=final_url(answer))
        if isinstance(read, Problem):
            return replace(outcome, problem=advise_on_page(read))
        outcome = replace(outcome, page=read)
        return _going_on(PartsRead(outcome.final_url or page.url, outcome), page.title) or outcome


async def _outcome_of_part(
    parts: PartsRead, title: str | None, read: ExtractedPage | Problem | None, answered: Answered
) -> PageOutcome | GoesOn:
    """What came of a further page. Whatever it is, what was read before is an article."""
    if isinstance(read, ExtractedPage):
        parts = replace(parts, outcome=replace(parts.outcome, page=read), number=parts.number + 1)
        return _going_on(parts, title) or parts.outcome
    so_far = parts.outcome.page
    assert so_far is not None  # else there would be no further page
    left = replace(so_far, next_url=None) if read is None else without_further_parts(so_far, read)
    return replace(parts.outcome, page=await _prepared(left, title, answered))


async def _prepared(page: ExtractedPage, title: str | None, answered: Answered) -> ExtractedPage:
    """The page as the archive wants it; where the worker fails with it, what it lacks is made when it is asked for."""
    try:
        return await answered.read(prepare, page, title)
    except FetchProblem:
        return page


def _going_on(parts: PartsRead, title: str | None) -> GoesOn | None:
    """How an article goes on of which `parts` were read; None if that was all."""
    outcome = parts.outcome
    if outcome.page is None or outcome.page.next_url is None:
        return None
    otherwise = replace(outcome, page=without_further_parts(outcome.page, None))
    return GoesOn(DuePage(outcome.entry_id, outcome.source_id, outcome.page.next_url, parts, title), otherwise)


async def _read(page: DuePage, answered: Answered) -> ExtractedPage | Problem | None:
    """What the page says, with what was read before; None if a further page is none of the article's."""
    answer = answered.answer
    if isinstance(answer, BaseException):
        return problem_of(answer)
    if problem := problem_without_reading(answer, answered.at):
        return problem
    try:
        said = (answer.body, answer.url, header(answer, "Content-Type"), page.title)
        return await (answered.read(read_page, *said) if page.parts is None else answered.read(read_part, *said, page.parts))
    except FetchProblem as error:
        return problem_of(error)
