"""What comes of a further page of an article, whatever becomes of the workers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from crawler.page_work import PageWork
from crawler.problems import FetchProblem, make_problem
from crawler.work import Answered
from news.sources import DuePage, ExtractedPage, LacksParts, PageOutcome, PartsRead

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
URL = "https://journal.example/test"


async def _dying(*_: Any, **__: Any) -> Any:
    raise FetchProblem(make_problem("worker_crashed"))


async def _none(*_: Any) -> Any:
    raise AssertionError("nothing further is fetched")


def test_what_was_read_of_an_article_is_an_article_though_a_worker_dies_of_it() -> None:
    page = ExtractedPage("Le test", "Le portable tient ses promesses.", next_url=f"{URL}/2")
    parts = PartsRead(URL, PageOutcome(1, 1, URL, NOW, 0.1, 200, page=page))
    answered = Answered(ConnectionError("cut"), NOW, 0.1, _dying, _none)
    outcome = asyncio.run(PageWork().outcome(DuePage(1, 1, f"{URL}/2", parts), answered))
    assert isinstance(outcome, PageOutcome)
    assert outcome.page is not None
    assert (outcome.url, outcome.page.text, outcome.page.lacks_parts) == (URL, page.text, LacksParts.FOR_NOW)
