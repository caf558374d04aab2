"""What a poll makes of the record of its source, and the fetch of a page of that of its entry. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.adopting import adopted_addresses
from news.arriving import KnownEntry
from news.cuts import PARTS_MISSING, find_shortfall, tell_shortfall
from news.freshness import NO_FEED_WISHES, FeedWishes, Wishes
from news.judging import storable_text
from news.pacing import with_pace
from news.rhythm import Brought, Rhythm, begin_rhythm, learn
from news.scheduling import PollTiming, Watched, next_page_fetch_at, next_page_refresh_at, next_poll_at, next_regular_poll_at
from news.silence import silent_from
from news.sources import PageOutcome, PollKind, PollOutcome, Problem
from news.trusting import FULL_TRUST, LastRead, Trust, after_body, after_unchanged
from news.urls import comparing_url

NO_REASON = Problem("unknown", "the poll failed without a reason")


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server is asked by whether anything changed (RFC 9110 §13), and the hash of the body that they vouch for."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What the archive remembers of a source from one poll to the next."""

    added_at: datetime
    next_poll_at: datetime
    name: str
    is_named: bool
    """Whether the configuration names it; else it is called by its feed's title."""
    feed_title: str | None = None
    last_success_at: datetime | None = None
    first_read_at: datetime | None = None
    """When a body of it was first read without damage."""
    last_read_at: datetime | None = None
    """When a body of it last came, damaged or not; a server that says that nothing changed sends none."""
    consecutive_failures: int = 0
    problem: Problem | None = None
    validators: Validators = Validators()
    trust: Trust = FULL_TRUST
    rhythm: Rhythm | None = None
    """None until a body of it was read."""
    silent_from: datetime | None = None
    """From when on it is silent if it brings nothing until then; None: that cannot be told."""
    wishes: FeedWishes = NO_FEED_WISHES
    """What its last body said of when it is to be asked."""

    @property
    def is_silent(self) -> bool:
        """Whether it has brought nothing for longer than its rhythm explains; a body of it says so, not only a server's word."""
        return self.silent_from is not None and self.last_read_at is not None and self.last_read_at >= self.silent_from


def judge_silence(record: SourceRecord, *, silent_first_poll: bool) -> tuple[bool, datetime | None]:
    """Whether what is new in a body of the source is archived without alerting: all of it, or what was published before some time.

    All of it if no entry was ever read before, not even some from a damaged body. While only damaged bodies were, which may have lacked
    anything, what was published before the source was added.
    """
    if not silent_first_poll or record.first_read_at is not None:
        return False, None
    if record.last_read_at is None:
        return True, None
    return False, record.added_at


def problem_of(outcome: PollOutcome) -> Problem | None:
    """What was wrong with a poll, be it only that its body was damaged."""
    return outcome.problem or (outcome.feed.problem if outcome.feed else None)


NOTHING = Brought(0, ())


def conclude_poll(
    record: SourceRecord, outcome: PollOutcome, timing: PollTiming, now: datetime, brought: Brought = NOTHING
) -> SourceRecord:
    """The record of a source after a poll that is written at `now`, and brought so much."""
    if outcome.kind is PollKind.FAILED:
        return _after_failure(record, outcome.problem or NO_REASON, timing, now)
    is_read_whole = outcome.feed is not None and outcome.feed.problem is None
    learned = _learned(record, outcome, timing, now, brought)
    again_at = _next_poll_at(record, learned, outcome, timing, now, brought)
    record = replace(
        learned,
        next_poll_at=again_at,
        trust=_next_trust(record, outcome, now, again_at, brought),
        last_success_at=now,
        first_read_at=record.first_read_at or (now if is_read_whole else None),
        last_read_at=record.last_read_at if outcome.kind is PollKind.UNCHANGED else now,
        consecutive_failures=0,
        problem=problem_of(outcome),
        validators=next_validators(record, outcome),
    )
    title = storable_text((outcome.feed.title if outcome.feed else None) or "")
    return _called(record, title) if title else record


def _learned(record: SourceRecord, outcome: PollOutcome, timing: PollTiming, now: datetime, brought: Brought) -> SourceRecord:
    """The record with what the body teaches of the source's rhythm, and what the feed says of when to ask it."""
    if outcome.feed is None:
        return record
    record = replace(record, wishes=outcome.feed.wishes)
    if record.rhythm is None:
        dates = tuple(entry.published_at for entry in outcome.feed.entries)  # also of what an archive without rhythms knew already
        rhythm = begin_rhythm(Brought(brought.entries, dates), now, timing.least)
    elif brought.published:
        before = record.last_read_at if record.trust.is_doubted else record.last_success_at
        rhythm = learn(record.rhythm, brought, before or now, now, timing.least)
    else:
        return record
    return replace(
        record, rhythm=with_pace(rhythm, timing.bounds, record.rhythm.pace if record.rhythm else 0.0), silent_from=silent_from(rhythm)
    )


def conclude_told(record: SourceRecord, timing: PollTiming, now: datetime, brought: Brought) -> SourceRecord:
    """The record of a source of which a hub has told at `now`: it is no poll, but what came teaches its rhythm."""
    if record.rhythm is None or not brought.published:
        return record
    rhythm = learn(record.rhythm, replace(brought, entries=record.rhythm.window), record.last_success_at or now, now, timing.least)
    return replace(record, rhythm=with_pace(rhythm, timing.bounds, record.rhythm.pace), silent_from=silent_from(rhythm))


def _next_poll_at(
    before: SourceRecord, learned: SourceRecord, outcome: PollOutcome, timing: PollTiming, now: datetime, brought: Brought
) -> datetime:
    watched = Watched(
        url=outcome.url,
        since=before.first_read_at or now,
        rhythm=learned.rhythm,
        new=len(brought.published) if before.rhythm else 0,
        polled_before=before.last_success_at,
        wishes=Wishes(learned.wishes, outcome.fresh_for),
    )
    return next_regular_poll_at(now, timing, watched)


def _next_trust(record: SourceRecord, outcome: PollOutcome, now: datetime, again_at: datetime, brought: Brought) -> Trust:
    if outcome.kind is PollKind.UNCHANGED:
        return after_unchanged(record.trust, LastRead(record.last_read_at, record.silent_from), record.rhythm, now, again_at)
    given, held = ((one.etag, one.last_modified) for one in (outcome, record.validators))
    is_same = given == held and given != (None, None)
    return after_body(record.trust, record.last_read_at, brought, same_validators=is_same, now=now)


def _after_failure(record: SourceRecord, problem: Problem, timing: PollTiming, now: datetime) -> SourceRecord:
    failures = record.consecutive_failures + 1
    again_at = next_poll_at(now, timing, failures, problem.retry_after, record.rhythm)
    return replace(record, next_poll_at=again_at, consecutive_failures=failures, problem=problem)


def _called(record: SourceRecord, title: str) -> SourceRecord:
    """The record of a source whose feed calls itself so; that names it where the configuration doesn't."""
    return replace(record, feed_title=title, name=record.name if record.is_named else title)


def next_validators(record: SourceRecord, outcome: PollOutcome) -> Validators:
    """What to ask by next time, after a poll that did not fail; whether it is asked at all is for `news.trusting` to say.

    - The very body whose entries are in the archive: what vouches for it now vouches for them.
    - Another body: only one that was read without damage vouches for what the same operation writes; else a 304 would hide the rest.
    """
    held = record.validators
    match outcome.kind:
        case PollKind.UNCHANGED:
            return held
        case PollKind.SAME_BODY:
            return Validators(outcome.etag or held.etag, outcome.last_modified or held.last_modified, held.body_hash)
        case _:
            is_damaged = outcome.feed is None or outcome.feed.problem is not None
            return Validators() if is_damaged else Validators(outcome.etag, outcome.last_modified, outcome.body_hash)


@dataclass(frozen=True, slots=True)
class PageStanding:
    """Where the page of an entry stands. `state`: `due` at `due_at`, `done`, or `given_up`; `attempts`: fetches that failed in a row."""

    state: str
    due_at: datetime | None
    attempts: int
    problem: Problem | None = None


def is_awaited(stored: KnownEntry, outcome: PageOutcome) -> bool:
    """Whether a page that came is what the entry waits for: its link may have changed meanwhile, and then another page is due."""
    return stored.page_state == "due" and outcome.url == (stored.entry.link or stored.place)


def conclude_page(stored: KnownEntry, outcome: PageOutcome, now: datetime) -> PageStanding:
    """Where an entry's page stands after a fetch that brought an article's text; with a problem if that is only a part of it.

    If the entry changed while its page was on its way, what came may be the page before the change, and is fetched once more. So is one
    of whose further pages one could not be had, as one that failed: what there is is on record meanwhile.
    """
    shortfall = find_shortfall(outcome.page) if outcome.page else None
    problem = tell_shortfall(shortfall) if shortfall else None
    left_at = outcome.fetched_at - timedelta(seconds=outcome.seconds)
    if stored.edited and stored.changed_at > left_at:
        return PageStanding("due", next_page_refresh_at(now, now), 0, problem)
    if problem is not None and problem.code == PARTS_MISSING:
        attempts = stored.page_attempts + 1
        again_at = next_page_fetch_at(now, attempts, problem.code)
        return PageStanding("done" if again_at is None else "due", again_at, attempts, problem)
    return PageStanding("done", None, 0, problem)


def conclude_page_failure(stored: KnownEntry, problem: Problem, now: datetime) -> PageStanding:
    """Where an entry's page stands after a fetch that brought none, or one that is no article's."""
    attempts = stored.page_attempts + 1
    again_at = next_page_fetch_at(now, attempts, problem.code, problem.retry_after)
    return PageStanding("given_up" if again_at is None else "due", again_at, attempts, problem)


def addresses_of_page(stored: KnownEntry, outcome: PageOutcome) -> tuple[str, ...]:
    """The addresses (comparing forms) that the page gave its entry's article besides the entry's own link; see `adopted_addresses`."""
    page = outcome.page
    named = (outcome.final_url, page.canonical_url if page else None, page.amp_url if page else None)
    final, canonical, amp = (comparing_url(url) if url else None for url in named)
    return adopted_addresses(stored.place, final, canonical, amp)


def page_address(stored: KnownEntry, outcome: PageOutcome) -> str | None:
    """Where (comparing form) an entry's page was found, or calls itself, if that is not the entry's own link."""
    page = replace(outcome.page, amp_url=None) if outcome.page else None
    addresses = addresses_of_page(stored, replace(outcome, page=page))
    return addresses[-1] if addresses else None
