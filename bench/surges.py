"""How often topics are said to surge that do not, and how soon those that do.

Three sorts of topics are lived through, judged by `news.volume` whenever an article comes, as the program would each minute:

- invented ones: each takes a part of what the 200 sites of the invented year publish (nights, weekends, holidays, August and bursts among
  it); an article is followed by others on the same, within hours. Nothing surges but what is put in, in a second life of the same year.
- real ones of a newspaper, where `--corpus` has it: what it published on a topic in January 2022. There is no year of that, so the weekdays
  of a year are drawn from those of the month: within a day all is real, and no day stands out among those that it was drawn from. Then the
  month itself, the first days of which must do for the usual, with what it says of which topic and when.
- real ones of a Debian machine: what people wrote on a topic in the changelogs of its packages, over real years (`bench.surges_of_years`).

Run: python -m bench.surges [--quick] [--corpus FOLDER] [--changelogs FOLDER]
"""

from __future__ import annotations

import math
import statistics
import tarfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from random import Random

from lxml import etree

from bench import changelogs
from bench.common import ROOT, make_parser, print_machine
from bench.living import Lived, delays, live, put_in_rises
from bench.surges_of_years import print_years
from bench.year_world import DAY, HOUR, PARIS, START, make_sites
from news.query import Matcher
from news.surges import Surge
from news.text import analyse_article
from news.topics import Topic

CORPUS = ROOT.parent / "shared" / "corpus" / "lemonde-2022-01"
RATES = {"one a month": 1 / 30, "one a week": 1 / 7, "one a day": 1.0, "5 a day": 5.0, "20 a day": 20.0}
FOLLOWED = 0.4
"""How likely an article is followed by another one on the same; that one may be followed too."""
FOLLOWED_WITHIN = 3.0
"""Hours, in the mean."""
RISES = (3, 5, 10)
"""How many times the usual a day has in a further life, of which only these days are judged."""
RISING_EVERY = timedelta(days=20)
RISING_TOPICS = ("one a day", "5 a day", "20 a day")
"""Of others even ten times as much would be a handful in a day."""
REAL = (
    *("covid OU omicron OU coronavirus", "présidentielle", "Macron", "Zemmour", "Ukraine", "Russie", "Chine", "école OU enseignant*"),
    *("climat*", 'inflation OU "pouvoir d’achat"', "cinéma OU film", "tribunal OU procès OU justice", "Afrique", "Etats-Unis OU Biden"),
    *("vaccin*", "Djokovic", "Tonga", "Burkina OU Ouagadougou", "Kazakhstan", "passe", "hôpital", "police OU policier", "Mali"),
    "Twitter OU Facebook",
)


def publish(a_day: float, world: Sequence[datetime], random: Random) -> list[datetime]:
    """The moments of a topic's articles: a part of what the world publishes, and what follows each."""
    days = (world[-1] - world[0]) / DAY
    share = a_day * days / len(world) * (1 - FOLLOWED)
    moments: list[datetime] = []
    at = _skip(share, random)
    while at < len(world):
        moment = world[at]
        moments.append(moment)
        while random.random() < FOLLOWED:
            moment += timedelta(hours=random.expovariate(1 / FOLLOWED_WITHIN))
            moments.append(moment)
        at += 1 + _skip(share, random)
    return sorted(moments)


def _skip(share: float, random: Random) -> int:
    return int(math.log(1 - random.random()) / math.log(1 - share))


def rise(moments: Sequence[datetime], factor: int, a_day: float, random: Random) -> tuple[list[datetime], list[datetime]]:
    """The same with days, now and then, of so many times the usual, at hours and in heaps as others; and when these begin."""
    starts, added = [], []
    start = moments[0] + 5 * 7 * DAY + DAY * random.random()
    while start < moments[-1] - 2 * DAY:
        starts.append(start)
        added += add_to_day(start, moments, round((factor - 1) * a_day), random)
        start += RISING_EVERY * random.uniform(0.8, 1.2)
    return sorted([*moments, *added]), starts


def add_to_day(start: datetime, moments: Sequence[datetime], count: int, random: Random) -> list[datetime]:
    """So many more articles in the 24 hours from `start` on, at hours at which the topic is written about."""
    midnight = start.astimezone(PARIS).replace(hour=0, minute=0, second=0)
    added: list[datetime] = []
    while len(added) < count:
        like = random.choice(moments).astimezone(PARIS)
        at = midnight.replace(hour=like.hour, minute=like.minute, second=like.second).astimezone(UTC)
        added.append(at if at >= start else at + DAY)
        while random.random() < FOLLOWED:
            added.append(added[-1] + timedelta(hours=random.expovariate(1 / FOLLOWED_WITHIN)))
    return added[:count]


def live_rising(number: int, a_day: float, factor: int, world: Sequence[datetime]) -> Lived:
    """The year of a topic with days of so many times the usual."""
    random = Random(f"{number} {a_day} {factor}")
    moments, starts = rise(publish(a_day, world, random), factor, a_day, random)

    def is_in_a_rise(moment: datetime) -> bool:
        before = bisect_right(starts, moment)
        return before > 0 and moment - starts[before - 1] < DAY

    return Lived(len(moments), tuple(live(moments, world[0], is_in_a_rise)), tuple(starts))


def print_rising(world: Sequence[datetime], topics: int) -> None:
    """Print what was told of days of some times the usual, and how long after their beginning."""
    print(f"\n{'a day of':<12}{'topic':<14}{'days':>6}{'told':>7}{'after, median':>15}{'95 %':>9}")
    with ProcessPoolExecutor() as pool:
        for factor in RISES:
            for name in RISING_TOPICS:
                lives = list(pool.map(partial(live_rising, a_day=RATES[name], factor=factor, world=world), range(topics)))
                found = sorted(delay for lived in lives for delay in delays(lived))
                days = sum(len(lived.put_in) for lived in lives)
                middle, slow = (found[len(found) // 2], found[len(found) * 95 // 100]) if found else (timedelta(), timedelta())
                told = f"{len(found) / max(days, 1):>7.0%}{middle / HOUR:>13.1f} h{slow / HOUR:>7.1f} h"
                print(f"{factor} times{'':<5}{name:<14}{days:>6}{told}", flush=True)


def live_invented(number: int, a_day: float, world: Sequence[datetime]) -> tuple[Lived, Lived]:
    """The year of a topic without and with rises that were put in."""
    random = Random(f"{number} {a_day}")
    moments = publish(a_day, world, random)
    risen, starts = put_in_rises(moments, a_day, random)
    return Lived(len(moments), tuple(live(moments, world[0]))), Lived(len(risen), tuple(live(risen, world[0])), tuple(starts))


def make_world(days: int, sites: int) -> list[datetime]:
    """When anything is published by the sites of the invented year, in order."""
    return sorted(moment for site in make_sites(sites, days, 1) for moment in site.appeared if moment >= START)


def print_invented(days: int, sites: int, topics: int) -> None:
    """Print, for topics of each rate, what was told falsely, what of the rises that were put in, and of days of some times the usual."""
    world = make_world(days, sites)
    print_rising(world, topics)
    print(f"invented  {len(world)} articles of {sites} sites in {days} days")
    print(f"{'topic':<14}{'topics':>7}{'articles':>10}{'false a year':>14}{'put in':>8}{'told':>7}{'after, median':>15}{'95 %':>9}")
    with ProcessPoolExecutor() as pool:
        for name, a_day in RATES.items():
            lives = list(pool.map(partial(live_invented, a_day=a_day, world=world), range(topics)))
            years = topics * days / 365
            found = sorted(delay for _, risen in lives for delay in delays(risen))
            put_in = sum(len(risen.put_in) for _, risen in lives)
            middle, slow = (found[len(found) // 2], found[len(found) * 95 // 100]) if found else (timedelta(), timedelta())
            false = sum(len(calm.told) for calm, _ in lives) / years
            articles = round(sum(calm.articles for calm, _ in lives) / years)
            shares = f"{len(found) / max(put_in, 1):.0%}"
            found_after = f"{middle / HOUR:>13.1f} h{slow / HOUR:>7.1f} h"
            print(f"{name:<14}{topics:>7}{articles:>10}{false:>14.2f}{put_in:>8}{shares:>7}{found_after}", flush=True)


def read_month(archive: Path) -> list[tuple[datetime, str, str]]:
    """The articles of the month: when each was published, its title and its description."""
    found: dict[str, tuple[datetime, str, str]] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is None:
                continue
            for item in etree.fromstring(file.read(), etree.XMLParser(recover=True, resolve_entities=False)).iter("item"):
                published = parsedate_to_datetime(item.findtext("pubDate")).astimezone(UTC)
                found.setdefault(item.findtext("guid"), (published, item.findtext("title") or "", item.findtext("description") or ""))
    return sorted(found.values())


def match_month(articles: Sequence[tuple[datetime, str, str]]) -> dict[str, list[datetime]]:
    """When articles came, by topic."""
    matcher = Matcher([Topic(query, query) for query in REAL], {})
    moments: dict[str, list[datetime]] = {query: [] for query in REAL}
    for published, title, text in articles:
        for match in matcher.match(analyse_article(title, text)):
            moments[match.topic].append(published)
    return moments


def draw_year(moments: Sequence[datetime], days: int, random: Random) -> Iterator[datetime]:
    """A year whose days are each one of the same weekday of the month, from midnight to midnight in Paris."""
    first, last = date(2022, 1, 1), date(2022, 1, 28)
    by_day: dict[date, list[timedelta]] = {first + n * DAY: [] for n in range((last - first).days + 1)}
    for moment in moments:
        local = moment.astimezone(PARIS).replace(tzinfo=None)
        if local.date() in by_day:
            by_day[local.date()].append(timedelta(hours=local.hour, minutes=local.minute, seconds=local.second))
    for number in range(days):
        day = START.date() + number * DAY
        drawn = random.choice([one for one in by_day if one.weekday() == day.weekday()])
        midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
        yield from sorted((midnight + at).astimezone(UTC) for at in by_day[drawn])


def live_real(query: str, moments: Sequence[datetime], days: int, years: int) -> tuple[str, Lived]:
    """Some years that are drawn from the month of a topic."""
    told: list[Surge] = []
    for number in range(years):
        told += live(list(draw_year(moments, days, Random(f"{query} {number}"))), START)
    return query, Lived(len(moments), tuple(told), years=years * days / 365)


def print_real(archive: Path, days: int, years: int) -> None:
    """A row for each topic of the month, and what is told of the month itself."""
    articles = read_month(archive)
    moments = match_month(articles)
    print(f"\nreal      {len(articles)} articles of January 2022; {years} years of {days} days drawn from them")
    print(f"{'topic':<36}{'articles':>10}{'a day':>7}{'false a year':>14}")
    with ProcessPoolExecutor() as pool:
        lives = dict(pool.map(partial(_live_real, days=days, years=years), moments.items()))
    for query, lived in lives.items():
        print(f"{query:<36}{lived.articles:>10}{lived.articles / 28:>7.1f}{len(lived.told) / lived.years:>14.2f}")
    print(f"{'all':<36}{'':>17}{statistics.fmean(len(one.told) / one.years for one in lives.values()):>14.2f}")
    for query, when in moments.items():
        january = [moment for moment in when if moment >= datetime(2022, 1, 1, tzinfo=UTC)]
        for surge in live(january, datetime(2022, 1, 1, tzinfo=UTC)):
            print(f"told      {surge.until:%d %b %H:%M}  {query}: {surge.title}")


def _live_real(item: tuple[str, Sequence[datetime]], days: int, years: int) -> tuple[str, Lived]:
    return live_real(*item, days, years)


def main() -> None:
    """Live the years, and print what was told."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--topics", type=int, default=5, help="invented topics of each rate")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where january.tar.xz is")
    parser.add_argument("--changelogs", type=Path, default=changelogs.FOLDER, help="where the documentation of Debian's packages is")
    options = parser.parse_args()
    days, sites, topics, years = (60, 20, 1, 1) if options.quick else (365, 200, options.topics, 3)
    print_machine()
    print_invented(days, sites, topics)
    archive = options.corpus / "january.tar.xz"
    if archive.exists():
        print_real(archive, days, years)
    else:
        print(f"\nreal      left out: there is no {archive}")
    print_years(options.changelogs, quick=options.quick)


if __name__ == "__main__":
    main()
