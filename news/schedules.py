"""When people want to be told: moments that come again, and hours in which nothing is said. Pure.

Both are meant on the clock of the person's wall, and answered in UTC. On the night when clocks go forward a moment that is left out comes
when the clock has gone on; when they go back, one that comes twice is meant once (as Debian's cron has it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from news.wording import Wording

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_SPAN = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_DAYS = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_DAYS_OF = {"daily": "*", "weekdays": "1-5"}
_FIELDS_OF_CRON = 5
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A moment that comes again. `cron` is what it means (five fields, crontab(5)), `text` what the user wrote."""

    text: str
    cron: str

    def next_after(self, moment: datetime, zone: tzinfo) -> datetime:
        """The first such moment after `moment`, both in UTC; the schedule is meant in `zone`."""
        from cronsim import CronSim  # noqa: PLC0415  # who has no such schedule, and who only asks, need not wait for it

        # In the hour that comes twice, CronSim may name a moment of its first pass: one that is over.
        moments = (local.astimezone(UTC) for local in CronSim(self.cron, moment.astimezone(zone)))
        return next(one for one in moments if one > moment)


def parse_schedule(text: str) -> Schedule | None:
    """Read `hourly`, `daily 08:00`, `weekdays 07:30` or a cron expression; None for `now`. Raises ValueError for the user's eyes."""
    words = text.split()
    if words == ["now"]:
        return None
    if words == ["hourly"]:
        return Schedule("hourly", "0 * * * *")
    if len(words) == 2 and words[0] in _DAYS_OF and (found := _TIME.fullmatch(words[1])):
        return Schedule(text, f"{int(found[2])} {int(found[1])} * * {_DAYS_OF[words[0]]}")
    if len(words) == _FIELDS_OF_CRON:
        return _parse_cron(" ".join(words))
    raise ValueError(
        Wording(
            "{text} is no time of telling; write now, hourly, daily 08:00, weekdays 07:30, or the five fields of cron such as 30 7 * * 1-5",
            text=repr(text),
        )
    )


def _parse_cron(text: str) -> Schedule:
    from cronsim import CronSim, CronSimError  # noqa: PLC0415  # as above

    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(Wording("{text} is no cron expression ({reason})", text=repr(text), reason=str(error))) from None
    except StopIteration:
        raise ValueError(Wording("{text} never comes (30 February?)", text=repr(text))) from None
    return Schedule(text, text)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours and days in which nothing is said. A span that ends before it begins ends on the next day."""

    text: str
    spans: tuple[tuple[time, time], ...]
    days: frozenset[int]
    """Monday is 0, as for `datetime.weekday`."""

    def end_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """When the quiet that holds at `moment` ends, both in UTC; None if none holds. What follows without a break is one quiet."""
        end = moment
        while end - moment < _WEEK and (later := self._end_of_one(end, zone)) is not None:
            end = later
        return None if end == moment else end

    def _end_of_one(self, moment: datetime, zone: tzinfo) -> datetime | None:
        local = moment.astimezone(zone)
        if local.weekday() in self.days:
            return _at(local, time(), 1, zone)
        for begin, end in self.spans:
            clock = local.time()
            if begin < end and begin <= clock < end:
                return _at(local, end, 0, zone)
            if begin > end and (clock >= begin or clock < end):
                return _at(local, end, 1 if clock >= begin else 0, zone)
        return None


def _at(local: datetime, clock: time, days: int, zone: tzinfo) -> datetime:
    """That time of the day some days later, in UTC: the first such moment after `local`, where the clock shows it twice.

    Where the clock leaves it out it is the moment at which that goes on.
    """
    wall = datetime.combine(local.date() + timedelta(days=days), clock)
    while wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != wall:
        wall += timedelta(minutes=1)
    moments = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return next((moment for moment in moments if moment > local.astimezone(UTC)), moments[-1])


def parse_quiet(text: str) -> Quiet:
    """Read spans and days, such as `22:00-07:00`, `sat sun`, or both. Raises ValueError for the user's eyes."""
    spans, days = [], set()
    for word in text.lower().split():
        if word in _DAYS:
            days.add(_DAYS[word])
        else:
            spans.append(_parse_span(word, text))
    quiet = Quiet(text, tuple(spans), frozenset(days))
    if not spans and not days:
        raise _no_quiet(text)
    monday = datetime(2026, 1, 5, tzinfo=UTC)
    ends_at = quiet.end_after(monday, UTC)
    if ends_at is not None and ends_at - monday >= _WEEK:
        raise ValueError(Wording("{text} is all of the week: nothing would ever be told", text=repr(text)))
    return quiet


def _parse_span(word: str, text: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(word)
    ends = [_TIME.fullmatch(end) for end in found.groups()] if found else []
    if not ends or None in ends:
        raise _no_quiet(text)
    begin, end = (time(int(one[1]), int(one[2])) for one in ends if one)
    if begin == end:
        raise _no_quiet(text)
    return begin, end


def _no_quiet(text: str) -> ValueError:
    return ValueError(Wording("{text} are no quiet hours; write them as 22:00-07:00, as days (sat sun), or both", text=repr(text)))
