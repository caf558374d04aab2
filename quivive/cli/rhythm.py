"""When something happens, as a small chart of hours and days. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from news.one_thing import HourCount
from quivive.cli.sheet import Sheet
from quivive.cli.times_for_people import make_bars
from quivive.cli.wording import say, say_count


def show_rhythm(sheet: Sheet, hours: Sequence[HourCount], days: int) -> None:
    """How much came in which hour of the day, and on which day of the week; `days` is how far back that goes."""
    total = sum(hour.count for hour in hours)
    sheet.heading(say("Rhythm"))
    if not total:
        sheet.note(say("nothing in the last {days} days", days=days))
        return
    by_hour, by_day = _count(sheet, hours)
    sheet.note(say_count("{count} in the last {days} days", "{count} in the last {days} days", total, days=days))
    sheet.chart(say("by hour"), make_bars([by_hour[hour] for hour in range(24)]), say("0 h to 23 h"))
    sheet.chart(say("by day"), make_bars([by_day[day] for day in range(7)]), say("Monday to Sunday"))


def _count(sheet: Sheet, hours: Sequence[HourCount]) -> tuple[Counter[int], Counter[int]]:
    by_hour: Counter[int] = Counter()
    by_day: Counter[int] = Counter()
    for hour in hours:
        local = hour.start.astimezone(sheet.view.timezone)
        by_hour[local.hour] += hour.count
        by_day[local.weekday()] += hour.count
    return by_hour, by_day
