"""A topic whole, for people. Pure."""

from __future__ import annotations

from news.one_thing import WholeTopic
from quivive.cli.deliveries import show_alert_head
from quivive.cli.rhythm import show_rhythm
from quivive.cli.sheet import Sheet

SHOWN_DAYS = 28


def show_topic(sheet: Sheet, whole: WholeTopic) -> None:
    """A topic on a sheet: its query, whom it notifies, its volume and rhythm, and its last alerts."""
    text = sheet.view.language.text
    volume = whole.volume
    sheet.title(volume.name)
    sheet.blank()
    sheet.fact(text("query"), volume.query if whole.is_configured else text("none: it is no longer in the configuration"))
    sheet.fact(text("notifies"), ", ".join(volume.notify) or text("no channel"))
    articles = text(
        "{day} in 24 hours, {week} in 7 days, {month} in 30 days, {all} in all",
        day=volume.articles_24h,
        week=volume.articles_7d,
        month=volume.articles_30d,
        all=volume.articles,
    )
    sheet.fact(text("articles"), articles)
    if whole.usual_a_day is not None:
        sheet.fact(text("usual"), text("{count} in 24 hours", count=sheet.view.language.number(round(whole.usual_a_day, 1))))
    sheet.fact(text("alerts"), text("{count}, the last {time}", count=volume.alerts, time=sheet.view.time(volume.last_alert_at)))
    show_rhythm(sheet, whole.hours, SHOWN_DAYS)
    if whole.alerts:
        sheet.heading(text("Last alerts"))
        for alert in whole.alerts:
            show_alert_head(sheet, alert)
            sheet.note(sheet.view.language.tell(alert.title) if alert.news else alert.title, "      ")
