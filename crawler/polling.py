"""Polling a feed: how it is asked for, and what its answer means."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scrapy.http import Response

from crawler.dates import retry_after
from crawler.failures import problem_of
from crawler.problems import FetchProblem, make_http_problem, make_problem
from crawler.reading import read_feed
from crawler.redirects import HOPS
from crawler.workers import Workers
from news.sources import DueSource, ParsedFeed, PollKind, PollOutcome, Problem

ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.8, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets a server or us tell that a body is the one we know (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


def make_headers(source: DueSource) -> dict[str, str]:
    """The headers that make the request conditional, and say what we read."""
    headers = {"Accept": ACCEPT}
    if source.etag:
        headers["If-None-Match"] = source.etag
    if source.last_modified:
        headers["If-Modified-Since"] = source.last_modified
    return headers


def header(response: Response, name: str) -> str | None:
    """A response header as text; None if it is absent, or holds what could not be sent back."""
    value: bytes | None = response.headers.get(name)
    return value.decode("ascii") if value and value.isascii() else None


def final_url(response: Response) -> str | None:
    """Where redirects led; None if there were none."""
    return response.url if response.request is not None and response.request.meta.get(HOPS) else None


class Poller:
    """Makes outcomes of polls. Times are in UTC, durations in seconds."""

    def __init__(self, workers: Workers, clock: Callable[[], datetime]) -> None:
        self._workers = workers
        self._clock = clock

    async def outcome(self, source: DueSource, answer: Response | BaseException, seconds: float) -> PollOutcome:
        """What came of polling `source`: `answer` is the response, or the error there was instead."""
        now = self._clock()
        if isinstance(answer, BaseException):
            return PollOutcome(source.source_id, source.url, now, seconds, PollKind.FAILED, problem=problem_of(answer))
        known = self._without_reading(source, answer, now)
        if isinstance(known, Problem):
            return _failed(source, answer, now, seconds, known)
        if known is not None:
            return _outcome(source, answer, now, seconds, *known)
        return await self._read(source, answer, now, seconds)

    def _without_reading(self, source: DueSource, answer: Response, now: datetime) -> tuple[PollKind, Validators] | Problem | None:
        """What the answer means if its body need not be read; None if it must."""
        sent = Validators(header(answer, "ETag"), header(answer, "Last-Modified"), source.body_hash)
        if answer.status == 304 and (source.etag or source.last_modified):
            kept = Validators(sent.etag or source.etag, sent.last_modified or source.last_modified, source.body_hash)
            return PollKind.UNCHANGED, kept
        if not 200 <= answer.status < 300:
            return make_http_problem(answer.status, retry_after(header(answer, "Retry-After"), now))
        if not answer.body:
            return make_problem("empty")
        if source.body_hash == hashlib.sha256(answer.body).hexdigest():
            return PollKind.SAME_BODY, sent
        return None

    async def _read(self, source: DueSource, answer: Response, now: datetime, seconds: float) -> PollOutcome:
        try:
            feed = await self._workers.run(
                read_feed, answer.body, answer.url, header(answer, "Content-Type"), header(answer, "Content-Language")
            )
        except FetchProblem as error:
            feed = error.problem
        if isinstance(feed, Problem):
            return _failed(source, answer, now, seconds, feed)
        body_hash = hashlib.sha256(answer.body).hexdigest()
        # A damaged body vouches for nothing: with its validators kept, a 304 would hide what it lacked for ever.
        validators = Validators() if feed.problem else Validators(header(answer, "ETag"), header(answer, "Last-Modified"), body_hash)
        return _outcome(source, answer, now, seconds, PollKind.PARSED, validators, feed)


def _outcome(
    source: DueSource,
    answer: Response,
    now: datetime,
    seconds: float,
    kind: PollKind,
    validators: Validators,
    feed: ParsedFeed | None = None,
) -> PollOutcome:
    return PollOutcome(
        source_id=source.source_id,
        url=source.url,
        polled_at=now,
        seconds=seconds,
        kind=kind,
        http_status=answer.status,
        body_bytes=len(answer.body),
        feed=feed,
        etag=validators.etag,
        last_modified=validators.last_modified,
        body_hash=validators.body_hash,
        final_url=final_url(answer),
        problem=feed.problem if feed else None,
    )


def _failed(source: DueSource, answer: Response, now: datetime, seconds: float, problem: Problem) -> PollOutcome:
    return PollOutcome(
        source_id=source.source_id,
        url=source.url,
        polled_at=now,
        seconds=seconds,
        kind=PollKind.FAILED,
        http_status=answer.status,
        body_bytes=len(answer.body),
        final_url=final_url(answer),
        problem=problem,
    )
