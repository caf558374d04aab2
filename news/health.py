"""How a source is doing: what one poll says of it, which state follows from several, and when somebody is told. Pure.

One poll is no proof. A source that fails is `failing` at once where people look (`quivive sources`), but nobody is told before the third
poll in a row that went wrong: most sites are well again by then. What is told once is not told again before it is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from news.health_news import WELL, HealthEvent, HealthNews
from news.moving import Move
from news.sources import Problem, SourceStatus
from news.wording import Wording

POLLS_BEFORE_TELLING = 3
"""So many in a row must have gone wrong before somebody is told; and so many in another way, before that is."""
POLLS_BEFORE_BELIEVING = 3
"""So often a site must refuse, or have nothing at the address, before it is taken at its word: both happen for minutes when a site is
changed."""
EMPTY_BEFORE_FAILING = timedelta(days=3)
"""A feed that lists nothing may have nothing to list: a sitemap of news holds two days, and a weekend is two days."""

GONE_FIRST = timedelta(days=7)
"""For so long a source that is gone is looked for every day, then every week: it is never given up."""
GONE_AT_ONCE = "http_410"
"""A site that says so means it (RFC 9110 §15.5.11)."""
GONE_GRACE = timedelta(hours=1)
"""Otherwise so much must have passed before a source is left alone for a day: a site that is being changed has nothing anywhere."""
GONE_WAITS = (timedelta(days=1), timedelta(days=7))

NO_ENTRIES = Problem(
    "no_entries",
    Wording("The feed lists nothing any more: nothing if it passes; else open it in a browser, and use the address of one that does."),
)


class Verdict(StrEnum):
    """What one poll says of its source."""

    WELL = "well"
    BROKEN = "broken"
    """It failed, or brought a damaged feed."""
    EMPTY = "empty"
    """Its feed lists nothing any more."""
    REFUSED = "refused"
    """The site refuses this program, without saying why."""
    WALLED = "walled"
    """The site shows a wall instead: against programs, for consent, for a login, or for money."""
    MISSING = "missing"
    """Nothing exists at the address."""


_WALLS = frozenset({"bot_wall", "consent_wall", "login_wall", "subscription_wall", "http_401", "http_402", "http_407", "http_451"})
_REFUSALS = frozenset({"http_403", "http_429"})
_ABSENCES = frozenset({"http_404", "http_410"})


def verdict_on(problem: Problem | None) -> Verdict:
    """What a poll that ended so says."""
    match problem:
        case None:
            return Verdict.WELL
        case Problem(code=code) if code in _WALLS:
            return Verdict.WALLED
        case Problem(code=code) if code in _REFUSALS:
            return Verdict.REFUSED
        case Problem(code=code) if code in _ABSENCES:
            return Verdict.MISSING
        case Problem(code=NO_ENTRIES.code):
            return Verdict.EMPTY
        case _:
            return Verdict.BROKEN


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is remembered of a source while something is wrong with it."""

    since: datetime
    """Of the first poll that went wrong."""
    polls: int
    """Polls in a row that went wrong."""
    verdict: Verdict
    same: int
    """Polls in a row that ended with this verdict."""
    told: SourceStatus = SourceStatus.OK
    """As what the source was told of last; `ok`: it was not."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a source stands, from poll to poll. `told_silent`: somebody was told that it is silent."""

    status: SourceStatus
    since: datetime
    trouble: Trouble | None = None
    move: Move | None = None
    told_silent: bool = False


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll that ended: what is wrong, whether the source says less than it would by itself, and how it moves."""

    problem: Problem | None
    is_silent: bool = False
    move: Move | None = None


def conclude_condition(before: Condition, polled: Polled, now: datetime) -> Condition:
    """How a source stands after a poll; who is to be told is for `decide_telling` to say."""
    verdict = verdict_on(polled.problem)
    trouble = None if verdict is Verdict.WELL else _troubled(before.trouble, verdict, now)
    status = _well_status(polled) if trouble is None else _troubled_status(before.status, trouble, now)
    since = before.since if status is before.status else now
    return Condition(status, since, trouble, polled.move, told_silent=before.told_silent)


def _troubled(before: Trouble | None, verdict: Verdict, now: datetime) -> Trouble:
    if before is None:
        return Trouble(now, 1, verdict, 1)
    same = before.same + 1 if before.verdict is verdict else 1
    return replace(before, polls=before.polls + 1, verdict=verdict, same=same)


_WELL = (SourceStatus.OK, SourceStatus.MOVED, SourceStatus.SILENT)


def _well_status(polled: Polled) -> SourceStatus:
    if polled.is_silent:
        return SourceStatus.SILENT
    return SourceStatus.MOVED if polled.move and polled.move.is_adopted else SourceStatus.OK


def _troubled_status(before: SourceStatus, trouble: Trouble, now: datetime) -> SourceStatus:
    believed = trouble.same >= POLLS_BEFORE_BELIEVING
    match trouble.verdict:
        case Verdict.WALLED:
            return SourceStatus.BLOCKED
        case Verdict.REFUSED if believed or before is SourceStatus.BLOCKED:
            return SourceStatus.BLOCKED
        case Verdict.MISSING if believed or before is SourceStatus.GONE:
            return SourceStatus.GONE
        case Verdict.EMPTY if now - trouble.since < EMPTY_BEFORE_FAILING:
            return before if before in _WELL else SourceStatus.OK
        case _:
            return SourceStatus.FAILING


@dataclass(frozen=True, slots=True)
class Named:
    """What people know a source by."""

    name: str
    url: str


def decide_telling(
    before: Condition, after: Condition, polled: Polled, source: Named, now: datetime
) -> tuple[Condition, HealthNews | None]:
    """Whether somebody is told of how a source stands after a poll, and the condition that remembers it."""
    if after.trouble is not None:
        return _tell_trouble(after, after.trouble, polled.problem, source)
    news = HealthNews(HealthEvent.STATE, source.name, after.status, before.status, source.url, since=after.since)
    told, is_silent = _told_last(before), after.status is SourceStatus.SILENT
    if is_silent and told is not SourceStatus.SILENT:
        return replace(after, told_silent=True), replace(news, message=_SILENCE)
    if told is not SourceStatus.OK and not is_silent:
        began = before.trouble.since if before.trouble else before.since
        return replace(after, told_silent=False), replace(news, after=WELL, before=told, since=began, until=now)
    if after.move is not None and after.move.is_adopted and not after.move.is_told:
        return replace(after, move=replace(after.move, is_told=True)), replace(news, message=after.move.message)
    return after, None


def _told_last(condition: Condition) -> SourceStatus:
    """As what somebody was told of the source last; `ok`: as well, or of nothing yet."""
    if condition.trouble is not None and condition.trouble.told is not SourceStatus.OK:
        return condition.trouble.told
    return SourceStatus.SILENT if condition.told_silent else SourceStatus.OK


_SILENCE = Wording(
    "It has brought nothing new for longer than its rhythm explains: open it in a browser to see whether it still publishes."
)


def _tell_trouble(after: Condition, trouble: Trouble, problem: Problem | None, source: Named) -> tuple[Condition, HealthNews | None]:
    if after.status in (trouble.told, *_WELL) or problem is None:
        return after, None
    lasting = trouble.polls if trouble.told is SourceStatus.OK else trouble.same
    if lasting < POLLS_BEFORE_TELLING:
        return after, None
    news = HealthNews(
        event=HealthEvent.STATE,
        name=source.name,
        after=after.status,
        before=trouble.told,
        url=source.url,
        since=trouble.since,
        code=problem.code,
        message=problem.message,
    )
    return replace(after, trouble=replace(trouble, told=after.status)), news


def wait_while_gone(condition: Condition, code: str | None, now: datetime) -> timedelta | None:
    """How long a source is left alone at least that is gone, with that problem; None for any other."""
    if condition.status is not SourceStatus.GONE or condition.trouble is None:
        return None
    lasting = now - condition.trouble.since
    if lasting < GONE_GRACE and code != GONE_AT_ONCE:
        return None
    daily, weekly = GONE_WAITS
    return daily if lasting < GONE_FIRST else weekly
