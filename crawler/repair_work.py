"""Reading what may hold what a feed no longer shows: an archive of it, a page of it, a sitemap; one place is one piece of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scrapy.http import Response

from crawler.failures import problem_of
from crawler.problems import FetchProblem, advise_on_repair
from crawler.reading import Place, read_archive, read_sitemap, read_sitemap_addresses
from crawler.work import Answered, final_url, header, problem_without_reading
from news.sources import DueRepair, Problem, RepairOutcome, RepairWay

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"

Reading = Callable[[bytes, str, str | None], Place | Problem]
_READINGS: dict[RepairWay, Reading] = {
    RepairWay.ARCHIVE: read_archive,
    RepairWay.PAGED: read_archive,
    RepairWay.ROBOTS: read_sitemap_addresses,
    RepairWay.SITEMAP: read_sitemap,
}


@dataclass(frozen=True, slots=True)
class RepairWork:
    """Looking for what was missed: in its turn behind the feeds, where robots.txt permits it, a place of a source at a time."""

    urgent = False
    obeys_robots = True  # nobody named these addresses

    def key(self, repair: DueRepair) -> int:
        """The source whose gap it is."""
        return repair.source_id

    def make_headers(self, _: DueRepair) -> dict[str, str]:
        """The headers that say what we read."""
        return {"Accept": ACCEPT}

    async def outcome(self, repair: DueRepair, answered: Answered) -> RepairOutcome:
        """What came of reading the place."""
        answer = answered.answer
        outcome = RepairOutcome(repair.gap_id, repair.source_id, repair.way, repair.url, answered.at, answered.seconds)
        if isinstance(answer, BaseException):
            return replace(outcome, problem=advise_on_repair(problem_of(answer)))
        outcome = replace(outcome, http_status=answer.status, final_url=final_url(answer))
        if problem := problem_without_reading(answer, answered.at):
            return replace(outcome, problem=advise_on_repair(problem))
        read = await _read(_READINGS[repair.way], answer, answered)
        if isinstance(read, Problem):
            return replace(outcome, problem=advise_on_repair(read))
        return replace(outcome, feed=read.feed, sitemaps=read.sitemaps)


async def _read(reading: Reading, answer: Response, answered: Answered) -> Place | Problem:
    try:
        return await answered.read(reading, answer.body, answer.url, header(answer, "Content-Type"))
    except FetchProblem as error:
        return problem_of(error)
