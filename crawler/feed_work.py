"""Polling a feed: how it is asked for, and what its answer means."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial

from scrapy.http import Response

from crawler.download_handler import Dropped
from crawler.failures import problem_of
from crawler.feed_walls import LOOKED_AT_BYTES, Answer, find_wall
from crawler.link_header import links_of
from crawler.problems import FetchProblem, make_problem
from crawler.reading import read_feed, read_listing
from crawler.settings import ListingRules
from crawler.wishes import fresh_for
from crawler.work import Answered, final_url, header, moved_to, problem_without_reading
from news.preparing import join_feeds
from news.sources import DueSource, FeedLink, ParsedFeed, PollKind, PollOutcome, Problem
from news.websub import with_header_links

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.8, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets a server or us tell that a body is the one we know (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


class FeedWork:
    """Polling a feed: asked on condition of what the archive remembers, read whatever robots.txt says, before any page."""

    urgent = True
    obeys_robots = False  # the user named it

    def key(self, source: DueSource) -> int:
        """The source whose feed it is."""
        return source.source_id

    def make_headers(self, source: DueSource) -> dict[str, str]:
        """The headers that make the request conditional, and say what we read."""
        headers = {"Accept": ACCEPT}
        if source.etag:
            headers["If-None-Match"] = source.etag
        if source.last_modified:
            headers["If-Modified-Since"] = source.last_modified
        return headers

    async def outcome(self, source: DueSource, answered: Answered) -> PollOutcome:
        """What came of polling the source."""
        answer = answered.answer
        if isinstance(answer, BaseException):
            return PollOutcome(source.source_id, source.url, answered.at, answered.seconds, PollKind.FAILED, problem=problem_of(answer))
        failed = PollOutcome(
            source.source_id,
            source.url,
            answered.at,
            answered.seconds,
            PollKind.FAILED,
            http_status=answer.status,
            body_bytes=len(answer.body),
            fresh_for=fresh_for(partial(header, answer)),
            final_url=final_url(answer),
            moved_to=moved_to(answer),
        )
        validators = _validators(answer, answered.listing)
        if answer.status == 304 and (source.etag or source.last_modified):
            kept = Validators(validators.etag or source.etag, validators.last_modified or source.last_modified, source.body_hash)
            return _vouched(failed, PollKind.UNCHANGED, kept)
        if problem := problem_without_reading(answer, failed.polled_at):
            return replace(failed, problem=_told_exactly(problem, source, answer))
        if validators.body_hash == source.body_hash:
            return _vouched(failed, PollKind.SAME_BODY, validators)
        feed = await _read(answer, answered)
        if isinstance(feed, Problem):
            return replace(failed, problem=_told_exactly(feed, source, answer))
        if answered.listing is None:
            feed = replace(feed, links=with_header_links(feed.links, _hub_links(answer)))
        if feed.children:
            # The index may stay as it is while they change: nothing vouches for them but reading them, at each poll.
            feed, validators = await _read_children(feed, source, answered), Validators()
        return _parsed(feed, failed, validators)


def _told_exactly(problem: Problem, source: DueSource, answer: Response) -> Problem:
    """The problem, or the wall that it is."""
    headers = {name.decode("latin-1").lower(): (answer.headers[name] or b"").decode("latin-1") for name in answer.headers}
    text = answer.body[:LOOKED_AT_BYTES].decode("utf-8", "replace")
    return find_wall(problem, Answer(answer.status, headers, text, source.url, answer.url))


async def _read(answer: Response, answered: Answered) -> ParsedFeed | Problem:
    content_type, language = header(answer, "Content-Type"), header(answer, "Content-Language")
    try:
        if answered.listing is not None:
            return await answered.read(read_listing, answer.body, answer.url, content_type, language, answered.listing)
        return await answered.read(read_feed, answer.body, answer.url, content_type, language)
    except FetchProblem as error:
        return problem_of(error)


def _parsed(feed: ParsedFeed | Problem, failed: PollOutcome, validators: Validators) -> PollOutcome:
    if isinstance(feed, Problem):
        return replace(failed, problem=feed)
    parsed = replace(failed, kind=PollKind.PARSED, feed=feed, problem=feed.problem)
    # A damaged body vouches for nothing: with its validators kept, a 304 would hide what it lacked for ever.
    return parsed if feed.problem else _vouched(parsed, PollKind.PARSED, validators)


async def _read_children(index: ParsedFeed, source: DueSource, answered: Answered) -> ParsedFeed | Problem:
    """What the sitemaps of an index list, as one feed. Those that cannot be had leave their problem; if none can, that is all there is."""
    read = [await _read_child(url, source, answered) for url in index.children]
    feeds = [one for one in read if isinstance(one, ParsedFeed)]
    problems = [one if isinstance(one, Problem) else one.problem for one in read]
    problem = next(filter(None, problems), None)
    if not feeds:
        assert problem is not None  # of each of them, and there is at least one
        return problem
    return join_feeds(feeds, problem or index.problem)


async def _read_child(url: str, source: DueSource, answered: Answered) -> ParsedFeed | Problem:
    try:
        answer = await answered.fetch(replace(source, url=url, etag=None, last_modified=None))
    except Dropped:
        raise
    except Exception as error:  # noqa: BLE001 - `problem_of` knows what is expected, and logs the rest
        return problem_of(error)
    if problem := problem_without_reading(answer, answered.at):
        return problem
    feed = await _read(answer, answered)
    # An index names no index (https://www.sitemaps.org/protocol.html#index): what is nested for ever ends here.
    return make_problem("not_a_feed", f"{url} is an index within an index") if isinstance(feed, ParsedFeed) and feed.children else feed


def _hub_links(answer: Response) -> list[FeedLink]:
    """What the head of an answer says of hubs, and of the feed's own address (WebSub §4)."""
    return [FeedLink(relation, link.url) for link in links_of(answer) for relation in ("hub", "self") if relation in link.relations]


def _validators(answer: Response, listing: ListingRules | None) -> Validators:
    if listing is not None:
        # The page stays as it is when the rules for reading it change: what vouches for its items must not.
        return Validators(body_hash=hashlib.sha256(answer.body + repr(listing).encode()).hexdigest())
    body_hash = hashlib.sha256(answer.body).hexdigest() if answer.body else None
    return Validators(header(answer, "ETag"), header(answer, "Last-Modified"), body_hash)


def _vouched(outcome: PollOutcome, kind: PollKind, validators: Validators) -> PollOutcome:
    return replace(outcome, kind=kind, etag=validators.etag, last_modified=validators.last_modified, body_hash=validators.body_hash)
