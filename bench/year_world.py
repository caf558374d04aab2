"""An invented year of news sites: what each publishes and when, how its server answers, and when it or our line is down.

Made from a seed, without a clock: the same seed is the same year.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from news.freshness import NO_FEED_WISHES, FeedWishes
from news.sources import FeedEntry

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2025, 1, 6, tzinfo=UTC)
HISTORY = timedelta(days=45)
"""How long sites have published before they are watched: the first body is full."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REDIRECTED_FOR = timedelta(days=60)
"""How long the old address of a feed that moved leads to the new one; then it is gone."""

Span = tuple[datetime, datetime]

_OFFICE = [0.02] * 6 + [0.2, 0.6, 1.2, 1.5, 1.4, 1.3, 1.0, 0.9, 1.2, 1.3, 1.2, 1.4, 1.2, 0.6, 0.4, 0.3, 0.2, 0.1]
_DAY_AND_NIGHT = [0.5, 0.4, 0.35, 0.35, 0.4, 0.6, 0.9, 1.2, 1.4, 1.4, 1.3, 1.3, 1.2, 1.2, 1.3, 1.3, 1.3, 1.4, 1.3, 1.1, 0.9, 0.8, 0.7, 0.6]
_HOLIDAYS = (
    *(date(2025, 4, 21), date(2025, 5, 1), date(2025, 5, 8), date(2025, 5, 29), date(2025, 6, 9), date(2025, 7, 14)),
    *(date(2025, 8, 15), date(2025, 11, 1), date(2025, 11, 11), date(2024, 12, 25), date(2025, 1, 1)),
)


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of site: how many there are of 200, entries a day, how much of that on a weekend, its day, and how many entries it shows."""

    name: str
    share: int
    a_day: tuple[float, float]
    weekend: float
    day: Sequence[float]
    windows: tuple[int, ...]
    bursts_a_year: float = 0.0
    rests: float = 0.0
    """How many of them go on holiday for one to three weeks, in August or at Christmas."""


SORTS = (
    Sort("agency", 4, (120, 250), 0.7, _DAY_AND_NIGHT, (30, 50, 100), 20),
    Sort("newsroom", 36, (12, 50), 0.4, _OFFICE, (15, 20, 30, 50), 20),
    Sort("magazine", 50, (3, 10), 0.3, _OFFICE, (10, 15, 20), 10, rests=0.2),
    Sort("blog", 50, (0.3, 2), 0.2, _OFFICE, (10,), 1, rests=0.4),
    Sort("daily", 15, (1, 1), 0.0, _OFFICE, (10,), rests=0.3),
    Sort("weekly", 15, (1 / 7, 1 / 7), 0.0, _OFFICE, (10,), rests=0.3),
    Sort("batches", 10, (8, 20), 1.0, _OFFICE, (20, 30)),
    Sort("rare", 20, (1 / 40, 1 / 12), 0.3, _OFFICE, (10,)),
)


@dataclass(slots=True)
class Site:
    """A site, and all that happens to it within the year: what it publishes when, and when it is down, lies, moves or falls silent."""

    number: int
    sort: Sort
    window: int
    appeared: list[datetime]
    """When each entry appeared in its feed, in order."""
    entries: list[FeedEntry]
    validator: str | None
    """What it gives to be asked by: `etag`, `date` or nothing."""
    lies: Span | None = None
    """When it answers every conditional request with 304."""
    down: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    """When it cannot be had, and how that shows."""
    silent: Span | None = None
    """When it publishes nothing, from its last entry before on."""
    rests: Span | None = None
    moves_at: datetime | None = None
    """From when on it is found elsewhere."""
    wishes: FeedWishes = NO_FEED_WISHES
    fresh_for: timedelta | None = None
    is_pinned: bool = False
    """Whether it keeps its very first entry at the top."""

    @property
    def url(self) -> str:
        """Where its feed is until it moves, as the configuration names it."""
        return f"https://site-{self.number}.example/feed"

    @property
    def new_url(self) -> str:
        """Where it is found once it has moved."""
        return f"https://site-{self.number}.example/new/feed"

    def problem_at(self, url: str, now: datetime) -> str | None:
        """Why the feed cannot be had at an address."""
        if url == self.url and self.moves_at is not None and now >= self.moves_at + REDIRECTED_FOR:
            return "http_410"
        return next((code for first, last, code in self.down if first <= now < last), None)

    def leads_to(self, url: str, now: datetime) -> str | None:
        """Where an address redirects to for good."""
        return self.new_url if url == self.url and self.moves_at is not None and now >= self.moves_at else None

    def shown(self, at: datetime) -> range:
        """The numbers of the entries that its feed shows, the oldest first."""
        end = bisect_right(self.appeared, at)
        return range(max(0, end - self.window), end)


def make_sites(count: int, days: int, seed: int) -> Iterator[Site]:
    """So many sites of all sorts."""
    names = [sort for sort in SORTS for _ in range(sort.share)]
    for number in range(count):
        yield make_site(number, names[number * len(names) // count], days, Random(f"{seed} {number}"))


def make_site(number: int, sort: Sort, days: int, random: Random) -> Site:
    """A site of a sort, with what goes wrong in its year."""
    end = START + timedelta(days=days)
    silent = _somewhere(random, end, 0.15, (45, 120), after=90)
    rests = _holidays(random) if random.random() < sort.rests else None
    stops = [span for span in (silent, rests) if span]
    appeared = sorted(moment for moment in _publish(sort, end, random) if not any(first <= moment < last for first, last in stops))
    dating = random.choices(["exact", "late", "none"], [80, 12, 8])[0]
    site = Site(
        number=number,
        sort=sort,
        window=random.choice(sort.windows),
        appeared=appeared,
        entries=[_entry(index, moment, dating, random) for index, moment in enumerate(appeared)],
        validator=random.choices(["etag", "date", None], [60, 15, 25])[0],
        down=list(_outages(random, end)),
        silent=silent,
        rests=rests,
        is_pinned=random.random() < 0.03,
    )
    if random.random() < 0.06:
        site.validator = "etag"
        site.lies = (START, end) if random.random() < 0.5 else _somewhere(random, end, 1, (20, 60), after=10)
    if random.random() < 0.06:
        site.moves_at = START + random.random() * (end - START)
    site.wishes, site.fresh_for = _wishes(random)
    return site


def _wishes(random: Random) -> tuple[FeedWishes, timedelta | None]:
    """As in the wild: most say nothing, or "hourly" like WordPress; some servers a few minutes, some a month."""
    every = random.choices([None, HOUR, 30 * timedelta(minutes=1), DAY], [50, 40, 5, 5])[0]
    fresh = random.choices([None, timedelta(minutes=5), timedelta(minutes=15), HOUR, 30 * DAY], [60, 20, 10, 7, 3])[0]
    return FeedWishes(every, frozenset(range(4)) if random.random() < 0.03 else frozenset()), fresh


def _entry(index: int, appeared: datetime, dating: str, random: Random) -> FeedEntry:
    published = None
    if dating != "none":
        published = appeared - timedelta(minutes=random.uniform(5, 40) if dating == "late" else 0)
    return FeedEntry(str(index), None, f"Article {index}", published_at=published)


def _somewhere(random: Random, end: datetime, share: float, days: tuple[int, int], after: int) -> Span | None:
    room = (end - START) / DAY - after
    if random.random() >= share or room < days[0]:
        return None
    first = START + timedelta(days=after + random.random() * (room - days[0]))
    return first, first + timedelta(days=random.uniform(*days))


def _holidays(random: Random) -> Span:
    first = datetime(2025, 8, random.randint(1, 12), tzinfo=UTC) if random.random() < 0.7 else datetime(2025, 12, 20, tzinfo=UTC)
    return first, first + timedelta(days=random.uniform(7, 21))


def _outages(random: Random, end: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    """Some minutes to some days, a few times a year."""
    for _ in range(random.randint(0, round(6 * ((end - START) / DAY) / 365))):
        first = START + random.random() * (end - START)
        hours = min(math.exp(random.gauss(0.5, 1.5)), 72)
        yield first, first + timedelta(hours=hours), random.choice(["http_503", "timeout", "http_500", "dns"])


def make_our_outages(days: int, seed: int) -> list[Span]:
    """When our own line is down: five times a year, for one to fourteen hours."""
    random = Random(f"{seed} ours")
    starts = [START + timedelta(days=random.uniform(2, days)) for _ in range(max(1, round(5 * days / 365)))]
    return sorted((first, first + timedelta(hours=random.uniform(1, 14))) for first in starts)


def _publish(sort: Sort, end: datetime, random: Random) -> Iterator[datetime]:
    """When its entries appear, in no order."""
    a_day = math.exp(random.uniform(math.log(sort.a_day[0]), math.log(sort.a_day[1])))
    match sort.name:
        case "daily" | "weekly":
            yield from _by_the_clock(sort, end, random)
        case "batches":
            yield from _in_batches(a_day, end, random)
        case _:
            yield from _at_random(sort, a_day, end, random)
            yield from _bursts(sort, a_day, end, random)


def _days(end: datetime) -> Iterator[date]:
    day = (START - HISTORY).date()
    while day < end.date():
        yield day
        day += DAY


def _local(day: date, hour: float) -> datetime:
    return (datetime(day.year, day.month, day.day, tzinfo=PARIS) + timedelta(hours=hour)).astimezone(UTC)


def _by_the_clock(sort: Sort, end: datetime, random: Random) -> Iterator[datetime]:
    hour, weekday = random.uniform(6, 20), random.randrange(5)
    for day in _days(end):
        is_day = day.weekday() < 5 if sort.name == "daily" else day.weekday() == weekday
        if is_day and day not in _HOLIDAYS and random.random() > 0.03:
            yield _local(day, hour + random.gauss(0, 0.2))


def _in_batches(a_day: float, end: datetime, random: Random) -> Iterator[datetime]:
    hours = [random.uniform(6, 22) for _ in range(random.randint(2, 4))]
    for day in _days(end):
        for hour in hours:
            moment = _local(day, hour + random.gauss(0, 0.1))
            yield from (moment for _ in range(_poisson(a_day / len(hours), random)))


def _at_random(sort: Sort, a_day: float, end: datetime, random: Random) -> Iterator[datetime]:
    scale = a_day / sum(sort.day)
    for day in _days(end):
        rate = scale * _level(sort, day) * random.gammavariate(8, 1 / 8)
        for hour, weight in enumerate(sort.day):
            for _ in range(_poisson(rate * weight, random)):
                yield _local(day, hour + random.random())


def _level(sort: Sort, day: date) -> float:
    """How much of a working day's news a day has."""
    level = sort.weekend if day.weekday() >= 5 else 1.0
    if day in _HOLIDAYS or (day.month, day.day) >= (12, 24):
        level = min(level, sort.weekend)
    return level * (0.6 if day.month == 8 else 1.0)


def _bursts(sort: Sort, a_day: float, end: datetime, random: Random) -> Iterator[datetime]:
    """Some hours of many times the usual."""
    for _ in range(_poisson(sort.bursts_a_year * (end - START) / (365 * DAY), random)):
        first = START + random.random() * (end - START)
        hours = random.uniform(0.5, 4)
        for _ in range(_poisson(2 + a_day / 12 * random.uniform(3, 10) * hours, random)):
            yield first + timedelta(hours=random.random() * hours)


def _poisson(mean: float, random: Random) -> int:
    """Knuth's way; the means here are small, and large ones are halved."""
    if mean > 30:
        return _poisson(mean / 2, random) + _poisson(mean / 2, random)
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        count, product = count + 1, product * random.random()
    return count
