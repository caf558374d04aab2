"""How a gap is filled: where what was missed is looked for, what of it is taken, and when the search ends. Pure.

From the feed backwards: the archives that it names (RFC 5005), the pages that WordPress gives of every feed, at last the site's sitemap of
news; until something is found that was known before the gap. Whatever a site answers, the search ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from news.gaps import Item, Window, is_dated, reaches_back, without_pinned
from news.sources import ParsedFeed, Problem, RepairWay
from news.timing import LONGEST_RETRY_AFTER
from news.wording import Wording

MOST_PAGES = 50
"""Places that are read for one gap."""
MOST_ENTRIES = 1_000
"""Entries that are taken for one gap; whoever offers more is a site without end, or was away for a month."""
MOST_BARREN = 4
"""Pages in a row that bring nothing, after which no further ones are asked for: a site that knows no pages gives the first again."""
MOST_STEPS = 20
WITHDRAWN_SHARE = 20
"""Of what a feed shows, one in so many may have been withdrawn before the sitemap was made."""
LASTING_HOPELESSNESS = timedelta(days=7)
"""A site that had no archive is not searched for one again so soon."""
NO_ARCHIVE, NOT_SEARCHED = "no_archive", "not_searched"
LONGEST_REPAIR = timedelta(days=7)
LEAST_BETWEEN_ALERTS = timedelta(days=1)
"""Of one source: whose feed is too short for how often it is polled has a gap after the other."""
RETRY_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240, 720))
"""Waits before a place is read again that could not be."""
ROBOTS_ATTEMPTS = 2
"""So often, where robots.txt forbids it: that could not be read may be why, which passes."""
_PASSING = frozenset(
    {"dns", "timeout", "tls", "refused", "connection", "not_http", "truncated", "worker_timeout", "worker_crashed", "http_408", "http_429"}
)
_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml")
"""Where sitemaps of news usually are (Yoast and others)."""


class RepairState(StrEnum):
    """How far the search for what a gap hides has come; stored with it, and printed as its `state`."""

    OPEN = "open"
    """What was missed is being looked for."""
    REPAIRED = "repaired"
    """All of it is in the archive."""
    PARTLY = "partly"
    """The newer part of it is."""
    GIVEN_UP = "given_up"


class Step(NamedTuple):
    """A page of an archive, of WordPress or a sitemap that is to be read next, and the way that led to it."""

    way: RepairWay
    url: str


@dataclass(frozen=True, slots=True)
class Repair:
    """Where the filling of a gap stands."""

    window: Window
    """What was known before it."""
    from_at: datetime
    to_at: datetime
    found_at: datetime
    """When the gap was found."""
    reached_at: datetime
    """What was published from then on is in the archive."""
    hosts: frozenset[str]
    """Where it is looked for: the source's own host, and the one that its feed redirects to."""
    steps: tuple[Step, ...]
    """What is still to be read, the first of them next."""
    shown: tuple[Item, ...] = ()
    """What the source shows by now."""
    visited: frozenset[str] = frozenset()
    attempts: int = 0
    """Failures in a row to read the first step."""
    barren: int = 0
    """Pages in a row that brought nothing."""
    entries: int = 0
    """That were found so far."""
    state: RepairState = RepairState.OPEN
    next_at: datetime | None = None
    problem: Problem | None = None
    """What was in the way last."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a place that was read shows."""

    items: tuple[Item, ...]
    """In the order of the document; those that were on record before it, with their numbers."""
    steps: tuple[Step, ...] = ()
    """Where it goes on."""


def first_steps(feed: ParsedFeed, feed_url: str, hosts: frozenset[str]) -> tuple[Step, ...]:
    """Where to look for what a feed no longer shows, the likeliest place first."""
    steps = [*_archives(feed)]
    if _is_wordpress(feed, feed_url):
        steps.append(Step(RepairWay.PAGED, _with_page(feed_url, 2)))
    steps.append(Step(RepairWay.ROBOTS, _at_root(feed_url, "/robots.txt")))
    steps += [Step(RepairWay.SITEMAP, _at_root(feed_url, path)) for path in _SITEMAPS]
    return _allowed(steps, hosts)


def steps_from(way: RepairWay, url: str, feed: ParsedFeed | None, sitemaps: Sequence[str]) -> tuple[Step, ...]:
    """Where a place that was read goes on."""
    if way is RepairWay.ARCHIVE and feed is not None:
        return tuple(_archives(feed)[:1])
    if way is RepairWay.PAGED:
        return (Step(RepairWay.PAGED, _with_page(url, _page_of(url) + 1)),)
    return tuple(Step(RepairWay.SITEMAP, one) for one in sitemaps)


def _archives(feed: ParsedFeed) -> list[Step]:
    """Archives whole (RFC 5005 §4) before pages that may change (§3)."""
    links = [link for relation in ("prev-archive", "next") for link in feed.links if link.relation == relation]
    return [Step(RepairWay.ARCHIVE, link.url) for link in links]


def _is_wordpress(feed: ParsedFeed, url: str) -> bool:
    parts = urlsplit(url)
    names_it = "wordpress" in (feed.generator or "").casefold()
    return names_it or parts.path.rstrip("/").endswith("/feed") or "feed" in dict(parse_qsl(parts.query))


def _with_page(url: str, number: int) -> str:
    """The address of a page of a WordPress feed."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))]), fragment=""))


def _page_of(url: str) -> int:
    given = dict(parse_qsl(urlsplit(url).query)).get("paged", "")
    return int(given) if given.isdecimal() else 1


def _at_root(url: str, path: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def host_of_place(url: str) -> str:
    """The server that an address leads to: host and port."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _allowed(steps: Sequence[Step], hosts: frozenset[str]) -> tuple[Step, ...]:
    return tuple(dict.fromkeys(step for step in steps if host_of_place(step.url) in hosts))[:MOST_STEPS]


def is_elsewhere(repair: Repair, final_url: str | None) -> bool:
    """Whether redirects led away from the source's site: what stands there is not its own."""
    return final_url is not None and host_of_place(final_url) not in repair.hosts


def wanted_places(repair: Repair, way: RepairWay, items: Sequence[Item]) -> list[int]:
    """Which items of a page were missed, by their places in it.

    Of a feed's archive all that stands above what was known before the gap, and what is dated within it; of a sitemap, which lists a whole
    site in any order, only the latter.
    """
    if way is RepairWay.SITEMAP:
        within = [repair.from_at <= item.published_at <= repair.to_at if item.published_at else False for item in items]
        new = [place for place, item in enumerate(items) if item.entry_id is None and within[place]]
        return new if _speaks_for_feed(repair, items) else []
    end = _end_of_missed(repair, items)
    return [
        place
        for place, item in enumerate(items)
        if item.entry_id is None and (place < end or (item.published_at is not None and item.published_at >= repair.from_at))
    ]


def _end_of_missed(repair: Repair, items: Sequence[Item]) -> int:
    """The place from which on a page shows what is older than the gap."""
    known = {item.entry_id for item in repair.window.items}
    proving = set(map(id, without_pinned(items)))
    kept = next((place for place, item in enumerate(items) if item.entry_id in known and id(item) in proving), None)
    if kept is not None:
        return kept
    if not (is_dated(items) and reaches_back(repair.window, items)):
        return len(items)
    return next((place for place, item in enumerate(items) if item.published_at and item.published_at < repair.from_at), len(items))


def _speaks_for_feed(repair: Repair, items: Sequence[Item]) -> bool:
    """Whether a sitemap lists what the feed lists: of what was published beside the gap, the source has half at least.

    A feed of one section among many would else be given the articles of all others.
    """
    oldest = min((item.published_at for item in repair.window.items if item.published_at), default=repair.from_at)
    beside = [
        item
        for item in items
        if item.published_at and oldest <= item.published_at <= repair.found_at and not repair.from_at < item.published_at < repair.to_at
    ]
    return bool(beside) and 2 * sum(item.entry_id is not None for item in beside) >= len(beside)


def after_page(repair: Repair, page: Page, taken: int, now: datetime) -> Repair:
    """Where the repair stands after a page was read of which so many entries were taken."""
    way = repair.steps[0].way
    repair = _having_visited(replace(repair, entries=repair.entries + taken, problem=None))
    if way is RepairWay.ROBOTS:
        return _go_on(repair, page.steps, now)
    if _closes(repair, way, page.items):
        return replace(repair, state=RepairState.REPAIRED, reached_at=repair.from_at, steps=(), next_at=None)
    if page.items and not (way is RepairWay.SITEMAP and not _speaks_whole(repair, page.items)):
        repair = replace(repair, reached_at=_reached(repair, page.items))
    barren = 0 if taken or not page.items else repair.barren + 1
    steps = page.steps if barren < MOST_BARREN and (page.items or way is RepairWay.SITEMAP) else ()
    return _go_on(replace(repair, barren=barren if steps else 0), steps, now)


def _closes(repair: Repair, way: RepairWay, items: Sequence[Item]) -> bool:
    """Whether a page goes back to what was known before the gap. A sitemap does if it lists what is older, since it has no order."""
    if way is not RepairWay.SITEMAP:
        return reaches_back(repair.window, items) and not _may_be_old_copy(repair, items)
    return _speaks_whole(repair, items) and any(item.published_at and item.published_at <= repair.from_at for item in items)


def _may_be_old_copy(repair: Repair, items: Sequence[Item]) -> bool:
    """Whether a cache may have kept a page since before the gap: the first that is read is older, and shows nothing of what was known."""
    known = {item.entry_id for item in repair.window.items}
    is_first = repair.reached_at == repair.to_at
    return is_first and all(item.entry_id not in known and item.published_at and item.published_at < repair.from_at for item in items)


def _speaks_whole(repair: Repair, items: Sequence[Item]) -> bool:
    """Whether a sitemap leaves out nothing that the feed showed before and after the gap, but for one in twenty, which may be withdrawn.

    One of some of the feed's articles would else prove that the others were never there.
    """
    dates = [item.published_at for item in items if item.published_at]
    if not (dates and _speaks_for_feed(repair, items)):
        return False
    earliest, latest, listed = min(dates), max(dates), {item.entry_id for item in items}
    of_feed = [item for item in (*repair.window.items, *repair.shown) if item.published_at and earliest <= item.published_at <= latest]
    return sum(item.entry_id not in listed for item in of_feed) <= max(1, len(of_feed) // WITHDRAWN_SHARE)


def _reached(repair: Repair, items: Sequence[Item]) -> datetime:
    dates = [item.published_at for item in without_pinned(items) if item.published_at and item.published_at > repair.from_at]
    return min([*dates, repair.reached_at])


def after_problem(repair: Repair, problem: Problem, now: datetime) -> Repair:
    """Where the repair stands after a place could not be read: it is tried again if that may pass, else the next one is."""
    if repair.attempts < _most_attempts(problem):
        wait = max(RETRY_DELAYS[repair.attempts], min(problem.retry_after or timedelta(), LONGEST_RETRY_AFTER))
        return replace(repair, attempts=repair.attempts + 1, next_at=now + wait, problem=problem)
    return _go_on(_having_visited(replace(repair, problem=problem, barren=0)), (), now)


def _most_attempts(problem: Problem) -> int:
    """How often a place with that problem is tried again."""
    if problem.code == "robots":
        return ROBOTS_ATTEMPTS
    return len(RETRY_DELAYS) if problem.code in _PASSING or problem.code.startswith("http_5") else 0


def _having_visited(repair: Repair) -> Repair:
    first, *rest = repair.steps
    return replace(repair, steps=tuple(rest), visited=repair.visited | {first.url}, attempts=0)


def _go_on(repair: Repair, found: Sequence[Step], now: datetime) -> Repair:
    """Read what comes next: where a page goes on, before other ways; what was read already is never read again."""
    steps = [step for step in _allowed([*found, *repair.steps], repair.hosts) if step.url not in repair.visited]
    reason = _reason_to_end(repair, steps, now)
    if reason is None:
        return replace(repair, steps=tuple(steps), next_at=now)
    state = RepairState.PARTLY if repair.entries or repair.reached_at < repair.to_at else RepairState.GIVEN_UP
    return replace(repair, steps=(), state=state, next_at=None, problem=reason)


def _reason_to_end(repair: Repair, steps: Sequence[Step], now: datetime) -> Problem | None:
    if not steps:
        return Problem(NO_ARCHIVE, Wording("the site offers no archive or sitemap of news that goes back to what was known"))
    if len(repair.visited) >= MOST_PAGES or repair.entries >= MOST_ENTRIES:
        return Problem("endless", Wording("after {pages} pages nothing was found that was known before", pages=len(repair.visited)))
    if now - repair.found_at >= LONGEST_REPAIR:
        return Problem("too_long", Wording("for a week the site's archive could not be read whole"))
    return None


def begin(repair: Repair, now: datetime) -> Repair:
    """The repair with its first step due, or ended where there is nowhere to look."""
    return _go_on(replace(repair, next_at=now), (), now)


def give_up_unsearched(repair: Repair) -> Repair:
    """A gap of a site that had no archive a few days ago: it is not searched for one again so soon."""
    reason = Wording("the site had no archive when one was last looked for, less than a week ago")
    return replace(repair, steps=(), state=RepairState.GIVEN_UP, next_at=None, problem=Problem(NOT_SEARCHED, reason))


def is_hopeless(last_code: str | None, last_found_at: datetime | None, now: datetime) -> bool:
    """Whether all places were read in vain a few days ago, when the last gap that was searched for was found."""
    return last_code == NO_ARCHIVE and last_found_at is not None and now - last_found_at < LASTING_HOPELESSNESS


def should_tell(repair: Repair, last_told_at: datetime | None, now: datetime) -> bool:
    """Whether those who look after the watch are told of a gap: once it stays, and not of each of a source that has one after the other."""
    is_lasting = repair.state in {RepairState.PARTLY, RepairState.GIVEN_UP}
    return is_lasting and (last_told_at is None or now - last_told_at >= LEAST_BETWEEN_ALERTS)
