"""What an operational alert says, for people. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from news.health_news import HealthNews
from news.wording import Language
from quivive.cli.sheet import Sheet
from quivive.texts import visible

if TYPE_CHECKING:  # the daemon, which tells an alert's reason, makes no answers
    from news.alert_answers import AlertRecord


def show_health(sheet: Sheet, alert: AlertRecord) -> None:
    """What an operational alert says, as the head of a sheet."""
    news, text, view = alert.health, sheet.view.language.text, sheet.view
    if news is None:
        return
    sheet.title(view.language.tell(news.title))
    if news.url is not None:
        sheet.address(news.url)
    sheet.blank()
    sheet.fact(text("since"), view.time(news.since) if news.since else "")
    sheet.fact(text("until"), view.time(news.until) if news.until else "")
    sheet.fact(text("problem"), tell_reason(news, view.language))


def tell_reason(news: HealthNews, language: Language) -> str:
    """Why something is as it is, and what to do, with the problem's code."""
    message = language.tell(news.message)
    return visible(f"{news.code}: {message}" if news.code else message)
