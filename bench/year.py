"""A year of 200 sources, simulated: what is missed, how many polls it takes, how late news is, and how soon a silence is told.

The decisions are the program's own, and are handed the time: when a source is polled, whether its "nothing changed" is believed, what is
a gap, when a source is silent. The sites are invented (`year_world.py`): bursts, nights, holidays, outages (theirs and ours), feeds that
show less than came, feeds that move, servers that answer 304 for ever, sources that fall silent. Nothing is fetched, nobody sleeps.

The oracle knows when something appears: it polls as soon as something is there, never more often than `min_interval`, and after
`max_interval` at the latest. It does not poll while a site or our line is down, but as soon as it is back.

Run: python -m bench.year
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from bench.common import make_parser, print_machine
from bench.year_world import HISTORY, START, Site, Span, make_our_outages, make_sites
from news.concluding import SourceRecord, conclude_poll
from news.gaps import Gap, Item, Window, judge_gap, next_window
from news.health import Condition, Named, Polled, conclude_condition, decide_telling, wait_while_gone
from news.moving import address_to_ask, conclude_move
from news.own_line import PROBE_WAIT
from news.rhythm import Brought
from news.scheduling import PollTiming
from news.sources import ParsedFeed, PollKind, PollOutcome, Problem, SourceStatus

TIMING = PollTiming(timedelta(minutes=15), timedelta(minutes=5), timedelta(hours=12))
FIXED = timedelta(minutes=15)
LATENCY = timedelta(seconds=1)
WEEK = timedelta(weeks=1)


@dataclass(slots=True)
class Year:
    """What became of one source."""

    sort: str
    polls: int = 0
    oracle: int = 0
    entries: int = 0
    delays: list[float] = field(default_factory=list)
    """Seconds from appearing to the poll that brought it, of all that were archived."""
    in_gaps: int = 0
    missed: int = 0
    """Neither archived nor in a reported gap: must be none."""
    gaps: int = 0
    distrusted: int = 0
    is_liar: bool = False
    false_alarms: int = 0
    on_holiday: int = 0
    """Of the false alarms: the site was on holiday."""
    silence: float | None = None
    """After how many of its usual gaps its silence was told; infinite: never."""
    fixed_polls: int = 0
    fixed_delays: list[float] = field(default_factory=list)
    fixed_lost: int = 0


class Watching:
    """Polls one site for a year, by the program's decisions."""

    def __init__(self, site: Site, end: datetime, ours: Sequence[Span]) -> None:
        self.site, self.end, self.ours = site, end, ours
        self.year = Year(site.sort.name, is_liar=site.lies is not None)
        self.record = SourceRecord(START, START, "", is_named=False)
        self.archived = -1
        """The number of the newest entry that is archived."""
        self.lost: list[int] = []
        self.condition = Condition(SourceStatus.NEW, START)
        self.window: Window | None = None
        self.gaps: list[tuple[Gap, datetime]] = []
        """Those that were reported, with the polls that found them."""
        self.alarms: list[datetime] = []
        """When somebody was told that the source is silent."""

    def run(self) -> None:
        """Poll whenever the record says so, and probe while our line is down, until the year is over; then count what came of it."""
        now = START + timedelta(seconds=self.site.number)
        while now < self.end:
            if back := _back_at(self.ours, now):
                now = back + PROBE_WAIT  # a probe finds out that our line is back, and then all that waited is due
                continue
            self.poll(now)
            now = self.record.next_poll_at + LATENCY
        self._count()

    def poll(self, now: datetime) -> None:
        """One poll, with what follows."""
        self.year.polls += 1
        outcome = self.answer(now)
        new = self._archive(now) if outcome.kind is PollKind.PARSED else range(0)
        dates = tuple(self.site.entries[number].published_at for number in new)
        entries = len(outcome.feed.entries) if outcome.feed else 0
        self.conclude(outcome, Brought(entries, dates), now)
        self.year.distrusted += self.record.trust.distrusted_at == now
        self._judge_health(outcome, entries - len(new), now)

    def conclude(self, outcome: PollOutcome, brought: Brought, now: datetime) -> None:
        """What the poll makes of the record."""
        self.record = conclude_poll(self.record, outcome, TIMING, now, brought)

    def answer(self, now: datetime) -> PollOutcome:
        """What the site answers, at the address that is asked."""
        asked = address_to_ask(self.site.url, self.condition.move, self.record.consecutive_failures)
        code = self.site.problem_at(asked, now)
        if code is not None:
            return PollOutcome(1, asked, now, 0.1, PollKind.FAILED, problem=Problem(code, code))
        return replace(self._read(now), url=asked, moved_to=self.site.leads_to(asked, now))

    def _read(self, now: datetime) -> PollOutcome:
        site, record = self.site, self.record
        shown = site.shown(now)
        newest = str(shown[-1]) if shown else "empty"
        is_conditional = record.trust.asks_on_condition and record.validators.etag is not None
        lies = site.lies is not None and site.lies[0] <= now < site.lies[1]
        etag = newest if site.validator else None
        if is_conditional and (lies or record.validators.etag == etag):
            return PollOutcome(1, site.url, now, 0.1, PollKind.UNCHANGED, 304, etag=record.validators.etag, fresh_for=site.fresh_for)
        if record.validators.body_hash == newest:
            return PollOutcome(1, site.url, now, 0.1, PollKind.SAME_BODY, 200, etag=etag, body_hash=newest, fresh_for=site.fresh_for)
        feed = ParsedFeed(None, tuple(site.entries[number] for number in reversed(shown)), wishes=site.wishes)
        return PollOutcome(1, site.url, now, 0.1, PollKind.PARSED, 200, 1000, feed, etag=etag, body_hash=newest, fresh_for=site.fresh_for)

    def _archive(self, now: datetime) -> range:
        shown = self.site.shown(now)
        new = range(max(shown.start, self.archived + 1), shown.stop)
        self._watch_window(shown, now, has_news=bool(new))
        if self.archived >= 0:
            self.lost += range(self.archived + 1, new.start)
        for number in new:
            if self.site.appeared[number] >= START:
                self.year.delays.append((now - self.site.appeared[number]).total_seconds())
        self.archived = max(self.archived, shown.stop - 1)
        return new

    def _watch_window(self, shown: range, now: datetime, *, has_news: bool) -> None:
        """Whether entries may have come and gone since the last body, as `storage/recording/gaps.py` asks it."""
        record = self.record
        held_until = record.last_read_at if record.trust.is_doubted else record.last_success_at
        before = self.window and replace(self.window, held_until=held_until or START)
        dates = [(number, self.site.entries[number].published_at) for number in reversed(shown)]
        body = [Item(number if number <= self.archived else None, date) for number, date in dates]
        verdict = judge_gap(before, body, now)
        if isinstance(verdict, Gap):
            self.gaps.append((verdict, now))
        self.window = next_window(before, [Item(number, date) for number, date in dates], verdict, now, has_news=has_news)

    def _judge_health(self, outcome: PollOutcome, known: int, now: datetime) -> None:
        """What the poll says of the source, as `storage/recording/conditions.py` asks it."""
        move = conclude_move(self.condition.move, self.site.url, outcome, known, now)
        polled = Polled(self.record.problem, is_silent=self.record.is_silent, move=move)
        after = conclude_condition(self.condition, polled, now)
        self.condition, news = decide_telling(self.condition, after, polled, Named("", self.site.url), now)
        if news is not None and news.after == SourceStatus.SILENT:
            self.alarms.append(now)
        wait = wait_while_gone(self.condition, polled.problem.code if polled.problem else None, now)
        if wait is not None:
            self.record = replace(self.record, next_poll_at=max(self.record.next_poll_at, now + wait))

    def _count(self) -> None:
        site, year = self.site, self.year
        year.gaps = len(self.gaps)
        year.entries = sum(moment >= START for moment in site.appeared)
        for number in self.lost:
            covered = any(self._lies_in(number, gap, found_at) for gap, found_at in self.gaps)
            year.in_gaps += covered
            year.missed += not covered
        self._count_alarms()
        year.oracle = count_oracle(site, self.end, self.ours)

    def _lies_in(self, number: int, gap: Gap, found_at: datetime) -> bool:
        """Whether a reported gap speaks of an entry: by its date, or by when it appeared where it has none, or an early one."""
        published, appeared = self.site.entries[number].published_at, self.site.appeared[number]
        return gap.last_good_at <= appeared <= found_at or (published is not None and gap.from_at <= published <= gap.to_at)

    def _count_alarms(self) -> None:
        site = self.site
        silent = site.silent
        told = None
        for at in self.alarms:
            if silent and silent[0] <= at < silent[1]:
                told = told or at
            else:
                self.year.false_alarms += 1
                self.year.on_holiday += site.rests is not None and site.rests[0] <= at < site.rests[1]
        if silent:
            before = [moment for moment in site.appeared if START - HISTORY <= moment < silent[0]]
            if len(before) >= 3:
                self.year.silence = measure_silence(before, silent, told, self.end)


def measure_silence(before: Sequence[datetime], silent: Span, told: datetime | None, end: datetime) -> float | None:
    """After how many usual gaps a silence was told. None: it ended, or the year did, before three of them were over."""
    usual = usual_gap(before)
    if told is None:
        return None if min(silent[1], end) - before[-1] < 3 * usual else float("inf")
    return (told - before[-1]) / usual


def usual_gap(appeared: Sequence[datetime]) -> timedelta:
    """The longest pause of an ordinary four weeks, or of four pauses where these take longer: the median of such stretches."""
    pauses = [(second, second - first) for first, second in pairwise(appeared)]
    stretch = max(4 * WEEK, 4 * (appeared[-1] - appeared[0]) / len(pauses))
    longest: dict[int, timedelta] = {}
    for moment, pause in pauses:
        number = (moment - appeared[0]) // stretch
        longest[number] = max(longest.get(number, timedelta()), pause)
    return statistics.median(longest.values())


def _back_at(spans: Sequence[Span], now: datetime) -> datetime | None:
    return next((last for first, last in spans if first <= now < last), None)


def count_oracle(site: Site, end: datetime, ours: Sequence[Span]) -> int:
    """The polls of who knows when something appears."""
    downs = [*ours, *((first, last) for first, last, _ in site.down)]
    last, polls = START, 1
    wanted = sorted(_back_at(downs, moment) or moment for moment in site.appeared if moment > START)
    for moment in [*wanted, end]:
        if moment <= last:
            continue
        while moment - last > TIMING.most:
            last, polls = last + TIMING.most, polls + 1
        if moment < end:
            last, polls = max(moment, last + TIMING.least), polls + 1
    return polls


def poll_by_the_clock(site: Site, year: Year, end: datetime, ours: Sequence[Span]) -> None:
    """The same site, polled every quarter of an hour whatever it does."""
    downs = [*ours, *((first, last) for first, last, _ in site.down)]
    year.fixed_polls = (end - START) // FIXED
    archived = site.shown(START).stop - 1
    while archived + 1 < len(site.appeared):
        tick = START + FIXED * -((START - site.appeared[archived + 1]) // FIXED)
        while back := _back_at(downs, tick):
            tick = START + FIXED * -((START - back) // FIXED)
        if tick >= end:
            break
        shown = site.shown(tick)
        new = range(max(shown.start, archived + 1), shown.stop)
        year.fixed_lost += new.start - archived - 1
        year.fixed_delays += [(tick - site.appeared[number]).total_seconds() for number in new]
        archived = shown.stop - 1


def live(site: Site, *, days: int, seed: int) -> Year:
    """What came of a site's year, polled by the program's decisions and by the clock."""
    end, ours = START + timedelta(days=days), make_our_outages(days, seed)
    watching = Watching(site, end, ours)
    watching.run()
    poll_by_the_clock(site, watching.year, end, ours)
    return watching.year


def main() -> None:
    """Live the year, and print what came of it."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sources, days = (8, 30) if options.quick else (options.sources, 365)
    print_machine("scrapy")
    with ProcessPoolExecutor() as pool:
        sites = make_sites(sources, days, options.seed)
        years = list(pool.map(partial(live, days=days, seed=options.seed), sites))
    print_year(years, days)


def print_year(years: Sequence[Year], days: int) -> None:
    """The figures, for each sort of site and for all."""
    print(_row("sort", *_COLUMNS))
    for sort in dict.fromkeys(year.sort for year in years):
        print(_row(sort, *_cells([year for year in years if year.sort == sort], days)))
    print(_row("all", *_cells(years, days)))
    print_rest(years)


_COLUMNS = ("sources", "entries", "polls", "/oracle", "delay", "/half", "false", "silence", "lost", "15m: polls", "delay", "lost")


def _row(*cells: str) -> str:
    return f"{cells[0]:<10}" + "".join(f"{cell:>{max(9, len(name) + 2)}}" for name, cell in zip(_COLUMNS, cells[1:], strict=True))


def _cells(years: Sequence[Year], days: int) -> list[str]:
    polls, oracle = sum(year.polls for year in years), sum(year.oracle for year in years)
    delays = [delay for year in years for delay in year.delays]
    half = sum(len(year.delays) * days * 86400 / year.polls / 2 for year in years)
    told = [year.silence for year in years if year.silence is not None]
    fixed = [delay for year in years for delay in year.fixed_delays]
    return [
        str(len(years)),
        str(sum(year.entries for year in years)),
        str(polls),
        f"{polls / oracle:.3f}",
        f"{statistics.fmean(delays) / 60:.1f} m",
        f"{sum(delays) / half:.2f}",
        f"{sum(year.false_alarms for year in years) / len(years) * 365 / days:.2f}",
        f"{max(told):.2f}" if told else "-",
        f"{sum(year.in_gaps for year in years)}+{sum(year.missed for year in years)}",
        str(sum(year.fixed_polls for year in years)),
        f"{statistics.fmean(fixed) / 60:.1f} m",
        str(sum(year.fixed_lost for year in years)),
    ]


def print_rest(years: Sequence[Year]) -> None:
    """What the table has no room for."""
    liars = [year for year in years if year.is_liar]
    print(f"liars     {len(liars)}, found out {sum(year.distrusted > 0 for year in liars)}; others taken for one", end=" ")
    print(sum(year.distrusted > 0 for year in years if not year.is_liar))
    print(
        f"gaps      {sum(year.gaps for year in years)} reported; false alarms of sites on holiday {sum(year.on_holiday for year in years)}"
    )
    told = sorted(year.silence for year in years if year.silence is not None)
    print(f"silences  {len(told)}: told after {' '.join(f'{one:.2f}' for one in told)} usual gaps")
    worst = sorted(years, key=lambda year: year.polls / year.oracle)[-3:]
    print(f"worst     polls per oracle's: {', '.join(f'{year.polls / year.oracle:.2f} ({year.sort})' for year in worst)}")


if __name__ == "__main__":
    main()
