"""What an alert on a topic's volume says, for people. Pure."""

from __future__ import annotations

from datetime import timedelta

from news.alert_answers import AlertRecord
from news.surges import draw_bars
from quivive.cli.sheet import Sheet


def show_surge(sheet: Sheet, alert: AlertRecord) -> None:
    """The figures of a surge, its chart and its latest articles, as the head of a sheet."""
    surge, text, view = alert.surge, sheet.view.language.text, sheet.view
    if surge is None:
        return
    sheet.title(text("{topic}: {title}", topic=surge.topic, title=view.language.tell(surge.title)))
    sheet.blank()
    sheet.fact(text("since"), view.time(surge.since))
    sheet.fact(text("until"), view.time(surge.until))
    sheet.fact(text("articles"), view.language.number(surge.articles))
    sheet.fact(text("usual"), view.language.number(surge.usual))
    is_hourly = surge.bars[1].start - surge.bars[0].start < timedelta(days=1)
    legend = text("Articles by hour, the last 24 hours") if is_hourly else text("Articles by day, the last 14 days")
    sheet.chart(text("volume"), draw_bars(surge), legend)
    if surge.latest:
        sheet.heading(text("The latest"))
    for one in surge.latest:
        sheet.note(f"{one.title} ({one.source})")
        sheet.address(one.url, "  ")
