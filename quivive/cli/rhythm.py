"""When something happens, as a small chart of hours and days. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from news.one_thing import HourCount
from quivive.cli.sheet import Sheet


def show_rhythm(sheet: Sheet, hours: Sequence[HourCount], days: int) -> None:
    """How much came in which hour of the day, and on which day of the week; `days` is how far back that goes."""
    language, total = sheet.view.language, sum(hour.count for hour in hours)
    sheet.heading(language.text("Rhythm"))
    if not total:
        sheet.note(language.text("nothing in the last {days} days", days=days))
        return
    by_hour, by_day = _count(sheet, hours)
    sheet.note(language.plural("{count} in the last {days} days", "{count} in the last {days} days", total, days=days))
    sheet.chart(language.text("by hour"), make_bars([by_hour[hour] for hour in range(24)]), language.text("0 h to 23 h"))
    sheet.chart(language.text("by day"), make_bars([by_day[day] for day in range(7)]), language.text("Monday to Sunday"))


def _count(sheet: Sheet, hours: Sequence[HourCount]) -> tuple[Counter[int], Counter[int]]:
    by_hour: Counter[int] = Counter()
    by_day: Counter[int] = Counter()
    for hour in hours:
        local = hour.start.astimezone(sheet.view.language.timezone)
        by_hour[local.hour] += hour.count
        by_day[local.weekday()] += hour.count
    return by_hour, by_day


def make_bars(counts: Sequence[int]) -> str:
    """A row of bars, one a count, the tallest for the greatest; a dot for none."""
    signs, most = "▁▂▃▄▅▆▇█", max(counts, default=0)
    return "".join(signs[(count * 8 - 1) // most] if count else "·" for count in counts)
