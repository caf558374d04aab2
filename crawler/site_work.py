"""Looking at a site for its feeds: how it is asked for, and what its answer means."""

from __future__ import annotations

from dataclasses import replace

from scrapy.http import Response

from crawler.failures import problem_of
from crawler.link_header import links_of
from crawler.page_work import ACCEPT_LANGUAGE
from crawler.problems import FetchProblem
from crawler.reading import read_site
from crawler.work import Answered, final_url, header, problem_without_reading
from news.site_feeds import FEED_TYPES, DueSite, FeedOffer, OfferWay, SiteFeeds, SiteOutcome, sort_offers
from news.sources import Problem

ACCEPT = "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.8"


class SiteWork:
    """Looking at a site: what somebody typed is fetched whatever robots.txt says."""

    urgent = True
    obeys_robots = False

    def key(self, site: DueSite) -> int:
        """The number of the look: no source has it, so that nothing else is taken for the same work."""
        return site.source_id

    def make_headers(self, _: DueSite) -> dict[str, str]:
        """The headers that say that a page is as welcome as a feed."""
        return {"Accept": ACCEPT, "Accept-Language": ACCEPT_LANGUAGE}

    async def outcome(self, site: DueSite, answered: Answered) -> SiteOutcome:
        """The feeds that the page, its head or a robots.txt offers, or the problem with it."""
        answer = answered.answer
        outcome = SiteOutcome(site.source_id, site.url, answered.seconds)
        if isinstance(answer, BaseException):
            return replace(outcome, problem=problem_of(answer))
        outcome = replace(outcome, http_status=answer.status, final_url=final_url(answer))
        if problem := problem_without_reading(answer, answered.at):
            return replace(outcome, problem=problem)
        read = await _read(answer, answered)
        return replace(outcome, problem=read) if isinstance(read, Problem) else replace(outcome, feeds=read)


async def _read(answer: Response, answered: Answered) -> SiteFeeds | Problem:
    content_type, language = header(answer, "Content-Type"), header(answer, "Content-Language")
    try:
        read = await answered.read(read_site, answer.body, answer.url, content_type, language)
    except FetchProblem as error:
        return problem_of(error)
    if isinstance(read, Problem):
        return read
    return replace(read, offers=sort_offers((*_of_header(answer), *read.offers)))


def _of_header(answer: Response) -> list[FeedOffer]:
    feeds = (link for link in links_of(answer) if "alternate" in link.relations and link.media_type in FEED_TYPES)
    return [FeedOffer(link.url, OfferWay.HEADER, link.title) for link in feeds]
