"""What a kind of work is: a feed to poll, a page to fetch. Each kind is one file, and one line in `kinds`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar, runtime_checkable

from scrapy.http import Response

from crawler.frontier import Work
from crawler.problems import make_http_problem, make_problem
from crawler.redirects import HOPS, MOVED_TO
from crawler.settings import ListingRules
from news.header_times import parse_retry_after
from news.sources import Problem

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
WorkItem_contra = TypeVar("WorkItem_contra", bound=Work, contravariant=True)
Outcome_co = TypeVar("Outcome_co", covariant=True)


class ReadInWorker(Protocol):
    """`Workers.read` for one body: the function with its arguments, in a worker, when it is the body's turn."""

    async def __call__(self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        """What the function returns. Raises FetchProblem or WorkersStopped."""


FetchMore = Callable[[Work], Awaitable[Response]]
"""Fetches a further document that a piece of work needs, once its host may be asked again. Raises what the crawl's network raises."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a piece of work: a response, or the error there was instead; when it came (UTC), and after how many seconds."""

    answer: Response | BaseException
    at: datetime
    seconds: float
    read: ReadInWorker
    fetch: FetchMore
    listing: ListingRules | None = None
    """Of a source that is a page which lists articles: how it is read."""


@dataclass(frozen=True, slots=True)
class GoesOn:
    """A piece of work that is not done with its answer: `work`, of the same key, follows. It stays in hand, and nobody is told meanwhile.

    `otherwise`: the outcome if it cannot follow. What is read so far waits within `work`, so few go on at a time.
    """

    work: Work
    otherwise: Any


class Kind(Protocol[WorkItem_contra, Outcome_co]):
    """How work of one kind is asked for, and what its answer means."""

    urgent: bool
    """Whether it is fetched and read before what is not, and queued however much waits; feeds are, since all else follows from them."""
    obeys_robots: bool
    """Whether robots.txt may forbid it; what the user named is fetched anyway."""

    def key(self, work: WorkItem_contra) -> int:
        """What it is, among work of its kind; two of one key are not in hand at a time."""

    def make_headers(self, work: WorkItem_contra) -> dict[str, str]:
        """The headers of the request, except for User-Agent."""

    async def outcome(self, work: WorkItem_contra, answered: Answered) -> Outcome_co | GoesOn:
        """What came of it, read and judged; what went wrong is in it as a `Problem`. Or how it goes on before anything is to be told.

        Raises WorkersStopped where nothing could be read.
        """


@runtime_checkable
class Posting(Protocol):
    """A kind of work that is asked for with a body of its own, by POST."""

    def make_body(self, work: Any) -> bytes:
        """What is posted; of which type it is stands among the headers."""


AnyKind = Kind[Any, Any]


def header(response: Response, name: str) -> str | None:
    """A response header as text; None if it is absent, or holds what could not be sent back."""
    value: bytes | None = response.headers.get(name)
    return value.decode("ascii") if value and value.isascii() else None


def final_url(response: Response) -> str | None:
    """Where redirects led; None if there were none."""
    return response.url if response.request is not None and response.request.meta.get(HOPS) else None


def moved_to(response: Response) -> str | None:
    """Where permanent redirects led before any other; None if there were none."""
    return response.request.meta.get(MOVED_TO) if response.request is not None else None


def problem_without_reading(answer: Response, now: datetime) -> Problem | None:
    """Why the body need not be read, if it need not."""
    if not 200 <= answer.status < 300:
        return make_http_problem(answer.status, parse_retry_after(header(answer, "Retry-After"), now))
    return None if answer.body else make_problem("empty")
