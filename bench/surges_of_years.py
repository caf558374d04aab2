"""Which surges are told of real topics over real years, and which of them are true: a part of `bench.surges`.

What is published are the notes of `bench.changelogs`. Topics are queries, and the busiest authors; they were chosen by how many notes a
year they have, before anybody looked at what surges, and count in the years in which that is one a month or more.

Nobody says of these years when something outstanding happened, so that a rule has to. A surge is true by

- one cause, which the decision cannot see since it counts and does not read: two thirds of its notes share a sign (the package, the
  upstream version, or four words in a row) that no more than a fifth of the topic's notes of the year before have. How often ordinary runs
  of as many notes of the same topics have one cause by this rule is counted too.
- its height: as many hours had at most half as much in the whole year before, of which the decision knows twelve weeks.

What is left is held to be false, also if one person wrote most of it. All surges together are what the rate cannot exceed. Silence is no
merit by itself, so that three more things are counted: how often there was enough to be told (five notes within a day, and twice the mean
of the year); how many of the days that are true by their height were told; and how many of the rises that are put into the same years.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from itertools import chain, pairwise
from pathlib import Path
from random import Random

from bench.changelogs import Note, read_changelogs, whole_years
from bench.living import LEAST_RISE, Lived, delays, live, put_in_rises
from bench.year_world import DAY, HOUR
from news.articles import ArticleFacts, SourceFacts
from news.query import Matcher
from news.surges import Surge
from news.text import analyse, analyse_article
from news.topics import Topic
from news.volume import FEWEST, LEAST_FACTOR

FEWEST_A_YEAR = 800
"""Notes of a year that is lived, and of the one before."""
FEWEST_OF_TOPIC = 12
"""Notes of a topic in a year that counts."""
TOPICS = (
    *("CVE* OU security", '"security fix" OU vulnerab* OU overflow', '"team upload"', '"non-maintainer upload"', "snapshot", "git"),
    *('"new upstream release" OU "new upstream version"', '"release candidate"', '"stable release" OU "bugfix release"', "experimental"),
    *("translation OU translations OU debconf", "python*", "perl", "java OU openjdk", "gcc", "binutils", "glibc", "llvm OU clang"),
    *("cmake OU meson", "autopkgtest*", "lintian", "janitor", '"standards-version"', "debhelper* OU compat", "watch", '"multi-arch"'),
    *("rebuild OU rebuilt", "transition", "symbols", 'FTBFS OU "fails to build" OU "build failure"', "cross", "arm64 OU armhf OU armel"),
    *("riscv64", "mips* OU ppc64el OU powerpc", "s390x", "hurd* OU kfreebsd", "systemd", "openssl", "gnutls* OU tls", "kernel OU linux"),
    *("mesa OU vulkan", "wayland OU gtk* OU gnome", "dpkg OU apt", "apparmor OU selinux", "udev OU dbus", "copyright", "ubuntu"),
    *('"rules-requires-root"', "autotools OU autoconf OU automake", "documentation OU manpage*", "regression", "crash OU segfault"),
    *("memory", "merge", "revert", "closes", "patch OU patches", "obsolete OU deprecated", "test OU tests", "upstream", "update", "fix"),
    *("homepage", "maintainer OU uploaders", "sqlite* OU database", "http*", "unicode OU locale* OU UTF-8", '"upload to unstable"'),
    *("titre:gcc* OU titre:binutils", "titre:lib*", "titre:python*", "titre:linux OU titre:systemd OU titre:dpkg"),
    *("titre:mesa OU titre:libdrm OU titre:llvm*", "tag:experimental", "tag:unstable"),
)
AUTHORS = 12
"""So many of those who wrote most are topics too."""
_SHARED, _USUALLY_SHARED = 2 / 3, 1 / 5
"""Of the notes of a surge, at least, and of those of the year before, at most, by a sign that is its cause."""
_OUTSTANDING = 2
"""How many times the most of the year before a surge has that is true by its height."""
_SIGN_WORDS = 4
_MOST_WORDS = 2000
"""Of a note: those of the kernel list thousands of changes, which share any four words."""
_YEAR = timedelta(days=365)
_A_MOMENT = timedelta(microseconds=1)
_SIZES = (FEWEST_OF_TOPIC, 50, 100, 200, 2000)
_URL = "https://tracker.debian.org/"


class Stream:
    """The notes that match one topic, in order, and the signs by which they may be of one cause."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self.notes = notes

    @cached_property
    def moments(self) -> list[datetime]:
        """When they were published."""
        return [note.published for note in self.notes]

    def between(self, since: datetime, until: datetime) -> Sequence[Note]:
        """Those of this time, both ends among it."""
        return self.notes[bisect_left(self.moments, since) : bisect_right(self.moments, until)]

    def find_cause(self, heap: Sequence[Note]) -> tuple[str, int] | None:
        """The sign that most of a heap share and few of the year before have, and how many share it."""
        shared = Counter(sign for note in heap for sign in find_signs(note))
        common = {sign for sign, count in shared.items() if count >= _SHARED * len(heap)}
        if not common:
            return None
        first = heap[0].published
        before = self.notes[bisect_left(self.moments, first - _YEAR) : bisect_left(self.moments, first)]
        usual = Counter(sign for note in before for sign in common & find_signs(note))
        rare = [sign for sign in common if usual[sign] <= _USUALLY_SHARED * len(before)]
        best = min(rare, key=lambda sign: (-shared[sign], usual[sign], sign), default=None)
        return None if best is None else (best, shared[best])

    def most_within(self, span: timedelta, since: datetime, until: datetime) -> int:
        """The most that so many hours had in this time."""
        of_time = [note.published for note in self.between(since, until)]
        return max((number + 1 - bisect_left(of_time, moment - span) for number, moment in enumerate(of_time)), default=0)


@dataclass(frozen=True, slots=True)
class Told:
    """A surge that was told, what it consisted of, and what it is by the rule: the cause, or the height."""

    topic: str
    surge: Surge
    heap: Sequence[Note]
    cause: tuple[str, int] | None
    most_before: int

    @property
    def verdict(self) -> str:
        """What makes the surge true by the rule, `cause` or `height`; `false` if neither does."""
        if self.cause is not None:
            return "cause"
        return "height" if len(self.heap) >= _OUTSTANDING * self.most_before else "false"

    def describe(self) -> str:
        """What the heap consisted of."""
        author, by_author = Counter(note.author for note in self.heap).most_common(1)[0]
        took = (self.heap[-1].published - self.heap[0].published) / HOUR
        packages = len({note.package for note in self.heap})
        cause = f"; {self.cause[1]} share {self.cause[0]}" if self.cause else ""
        return f"{by_author} of {len(self.heap)} by {author}, {packages} packages within {took:.1f} h{cause}"


@cache
def find_signs(note: Note) -> frozenset[str]:
    """By what a note can be known to be of one cause with others."""
    words = analyse(note.text).tokens[:_MOST_WORDS]
    wordings = {f"“{' '.join(words[at : at + _SIGN_WORDS])}”" for at in range(len(words) - _SIGN_WORDS + 1)}
    return frozenset(wordings | {f"the package {note.package}", f"the version {note.upstream}"})


def match_notes(notes: Sequence[Note], queries: Sequence[str]) -> dict[str, list[Note]]:
    """Which notes each topic has."""
    matcher = Matcher([Topic(query, query) for query in queries], {})
    found: dict[str, list[Note]] = {query: [] for query in queries}
    for note in notes:
        shown_by = SourceFacts("Debian", _URL, (note.distribution,))
        facts = ArticleFacts(_URL, note.author, None, note.published, (shown_by,))
        for match in matcher.match(analyse_article(f"{note.package} {note.version}", note.text), facts):
            found[match.topic].append(note)
    return found


def choose_topics(notes: Sequence[Note]) -> list[str]:
    """The queries, and one for each of the busiest authors."""
    busiest = Counter(note.author for note in notes).most_common(AUTHORS)
    return [*TOPICS, *(f'auteur:"{author}"' for author, _ in busiest)]


def judge(topic: str, stream: Stream, surge: Surge) -> Told:
    """What a surge is by the rule."""
    heap = stream.between(surge.since, surge.until)
    span = surge.until - surge.since
    most = stream.most_within(span, surge.since - _YEAR, surge.since)
    return Told(topic, surge, heap, stream.find_cause(heap), most)


def find_heaps(stream: Stream, years: Mapping[int, int]) -> list[Sequence[Note]]:
    """When a day brought enough for a surge: as many notes as that has at least, and so many times those of a day of its year.

    From the first of them on, one such day after the other.
    """
    heaps = []
    after = 0
    for at, moment in enumerate(stream.moments):
        end = bisect_right(stream.moments, moment + DAY)
        if at >= after and moment.year in years and end - at >= max(FEWEST, LEAST_FACTOR * years[moment.year] / 365):
            heaps.append(stream.notes[at:end])
            after = end
    return heaps


def count_causes(stream: Stream, size: int, since: datetime, until: datetime) -> tuple[int, int]:
    """How many runs of so many notes one after the other have one cause by the rule, and how many runs there are."""
    notes = stream.between(since, until)
    runs = [notes[at : at + size] for at in range(0, len(notes) - size + 1, size)]
    return sum(stream.find_cause(run) is not None for run in runs), len(runs)


@dataclass(frozen=True, slots=True)
class TopicYears:
    """A topic's years: how many notes each had that counts, what was told in them, and what of the rises that were put in."""

    topic: str
    stream: Stream
    notes: Mapping[int, int]
    told: Sequence[Told]
    risen: Lived


def live_years(notes: Mapping[str, Sequence[Note]], years: Sequence[int]) -> list[TopicYears]:
    """Live each topic from the year before the first on, through the program's decision, as it was and with rises put in."""
    since = datetime(years[0] - 1, 1, 1, tzinfo=UTC)
    lives = []
    with ProcessPoolExecutor() as pool:
        streams = {topic: Stream(of_topic) for topic, of_topic in notes.items()}
        lived = pool.map(partial(_live_twice, since=since), streams, (stream.moments for stream in streams.values()))
        for (topic, stream), (surges, risen) in zip(streams.items(), lived, strict=True):
            count = Counter(moment.year for moment in stream.moments)
            counting = {year: count[year] for year in years if count[year] >= FEWEST_OF_TOPIC}
            told = [judge(topic, stream, surge) for surge in surges if surge.until.year in counting]
            lives.append(TopicYears(topic, stream, counting, told, _within(risen, counting)))
    return [lived for lived in lives if lived.notes]


def _live_twice(topic: str, moments: Sequence[datetime], since: datetime) -> tuple[list[Surge], Lived]:
    a_day = len(moments) / ((moments[-1] - moments[0]) / DAY) if moments else 0.0
    risen, starts = put_in_rises(moments, a_day, Random(topic)) if moments else ([], [])
    return live(moments, since), Lived(len(risen), tuple(live(risen, since)), tuple(starts))


def _within(risen: Lived, years: Collection[int]) -> Lived:
    return replace(risen, put_in=tuple(start for start in risen.put_in if start.year in years))


def print_years(folder: Path, *, quick: bool) -> None:
    """Print each surge that is told of the years the machine has changelogs of, and the rates."""
    notes = read_changelogs(folder)
    years = whole_years(notes, FEWEST_A_YEAR)[: 1 if quick else None]
    if not years:
        print(f"\nyears     left out: the changelogs in {folder} have no two years in a row of {FEWEST_A_YEAR} notes")
        return
    notes = [note for note in notes if years[0] - 1 <= note.published.year <= years[-1]]
    topics = choose_topics(notes)[:: 8 if quick else 1]
    lives = live_years(match_notes(notes, topics), years)
    count = Counter(note.published.year for note in notes)
    of_years = ", ".join(f"{count[year]} notes in {year}" for year in years)
    print(f"\nyears     {of_years}; {len(lives)} topics; every surge that is told of them:")
    for told in chain.from_iterable(lived.told for lived in lives):
        height = f"{len(told.heap):>3} beside {told.surge.usual:>5.2f} usual, {told.most_before:>2} at most the year before"
        print(f"{told.verdict:<7}{told.surge.until:%d %b %Y %H:%M}  {told.topic:<44}{height}  {told.describe()}")
    print_rates(lives, years)
    print_ordinary_runs(lives, years)
    print_heaps(lives)
    print_risen(lives)


def print_rates(lives: Sequence[TopicYears], years: Sequence[int]) -> None:
    """What of a topic and year is told, and true by the rule; by the years, and by how much topics are written about."""
    print(f"\n{'':<24}{'topic-years':>12}{'told':>6}{'cause':>7}{'height':>8}{'left':>6}{'told a year':>13}{'false a year':>14}")
    for year in years:
        _print_rate(str(year), lives, lambda one, _, year=year: one == year)
    for low, high in pairwise(_SIZES):
        _print_rate(f"{low} to {high - 1} notes", lives, lambda _, notes, low=low, high=high: low <= notes < high)
    _print_rate("all", lives, lambda _year, _notes: True)


def print_ordinary_runs(lives: Sequence[TopicYears], years: Sequence[int]) -> None:
    """How often ordinary notes have one cause by the rule: so often it says little of a surge."""
    sizes = {(lived.topic, len(told.heap)): lived.stream for lived in lives for told in lived.told}
    since, until = datetime(years[0], 1, 1, tzinfo=UTC), datetime(years[-1] + 1, 1, 1, tzinfo=UTC)
    counts = [count_causes(stream, size, since, until) for (_, size), stream in sizes.items()]
    by_chance, runs = sum(count for count, _ in counts), sum(runs for _, runs in counts)
    print(f"\nordinary  {by_chance} of {runs} runs of as many notes of the same topics have one cause")


def print_heaps(lives: Sequence[TopicYears]) -> None:
    """How often there would have been something to tell, and how often it was told."""
    heaps = outstanding = told = 0
    for lived in lives:
        untils = [one.surge.until for one in lived.told]
        for heap in find_heaps(lived.stream, lived.notes):
            since, until = heap[0].published, heap[-1].published
            heaps += 1
            if len(heap) >= _OUTSTANDING * lived.stream.most_within(DAY, since - _YEAR, since - _A_MOMENT):
                outstanding += 1
                told += any(since <= one <= until for one in untils)
    of_these = f"{outstanding} are twice what any day of the year before had, {told} told"
    print(f"heaps     {heaps} days of {FEWEST} notes and {LEAST_FACTOR:.0f} times the year's mean, or more; {of_these}")


def print_risen(lives: Sequence[TopicYears]) -> None:
    """What is told of the rises that are put in."""
    found = sorted(delay for lived in lives for delay in delays(lived.risen))
    put_in = sum(len(lived.risen.put_in) for lived in lives)
    if found:
        after = f"after {found[len(found) // 2] / HOUR:.1f} h in the median, 95 % {found[len(found) * 95 // 100] / HOUR:.1f} h"
        print(f"put in    {put_in} rises of {LEAST_RISE} notes and more within four hours, told {len(found) / put_in:.1%}, {after}")


def _print_rate(name: str, lives: Sequence[TopicYears], is_meant: Callable[[int, int], bool]) -> None:
    topic_years = sum(is_meant(year, notes) for lived in lives for year, notes in lived.notes.items())
    told = [told for lived in lives for told in lived.told if is_meant(told.surge.until.year, lived.notes[told.surge.until.year])]
    verdicts = Counter(one.verdict for one in told)
    rates = [count / max(topic_years, 1) for count in (len(told), verdicts["false"])]
    counts = f"{topic_years:>12}{len(told):>6}{verdicts['cause']:>7}{verdicts['height']:>8}{verdicts['false']:>6}"
    print(f"{name:<24}{counts}{rates[0]:>13.2f}{rates[1]:>14.2f}", flush=True)
