"""A list in pages: what arrives between two of them makes none repeat or leave out what was there when the first was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from news.query import parse_query
from news.search_answers import ByDate, ByRelevance
from quivive.cli.alerts import iterate_alerts
from storage import AlertRequest, SearchRequest
from storage.asking import candidates
from tests.desk import NOW, OTAN, A, Desk, entry

THERE = {f"{number}" for number in range(9)}
ORDERS = [False, True]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Nine articles that hold OTAN, an hour apart, the later ones more often."""
    with Desk(tmp_path / "archive.db", [OTAN]) as desk:
        desk.watch(A)
        for number in range(9):
            arrive(desk, f"{number}", "OTAN " * (number + 1), age=timedelta(hours=9 - number))
        yield desk


def arrive(desk: Desk, title: str, text: str, age: timedelta = timedelta(hours=1)) -> None:
    desk.poll(A, entry(title, f"https://a.example/{title}", summary=f"{text} dans les nouvelles", published_at=NOW - age))


def between_two_pages(desk: Desk) -> None:
    """News come in: some before all others in either order, some after; and what was told, and what was not, is edited."""
    name = f"neuf-{desk.now:%H%M}"
    arrive(desk, f"{name}-a", "OTAN " * 20, age=timedelta(minutes=1))
    arrive(desk, f"{name}-b", "rien de rien " * 30, age=timedelta(minutes=2))
    arrive(desk, "8", f"OTAN revue {name} " * 9, age=timedelta(hours=1))
    arrive(desk, "2", f"OTAN revue {name} " * 3, age=timedelta(hours=7))


def pages_of(desk: Desk, request: SearchRequest) -> list[list[str]]:
    pages = []
    while True:
        answer = desk.archive.search(request)
        pages.append([found.article.title for found in answer.articles])
        if answer.next is None:
            return pages
        request = replace(request, after=answer.next)
        between_two_pages(desk)


@pytest.mark.parametrize("by_date", ORDERS)
@pytest.mark.parametrize("query", ["OTAN", "=OTAN", "OTAN NOT lundi"])
def test_pages_of_a_search_hold_everything_that_was_there_once_while_articles_arrive(desk: Desk, query: str, by_date: bool) -> None:
    pages = pages_of(desk, SearchRequest(parse_query(query, {}), by_date=by_date, limit=2))
    assert [len(page) for page in pages] == [2, 2, 2, 2, 1]
    assert sorted(title for page in pages for title in page) == sorted(THERE)


@pytest.mark.parametrize("by_date", ORDERS)
def test_pages_of_a_search_are_the_list_in_its_order_if_nothing_arrives(desk: Desk, by_date: bool) -> None:
    request = SearchRequest(parse_query("OTAN", {}), by_date=by_date, limit=4)
    first = desk.archive.search(request)
    second = desk.archive.search(replace(request, after=first.next))
    titles = [found.article.title for found in (*first.articles, *second.articles)]
    assert titles == desk.found("OTAN", by_date=by_date, limit=8)


def test_articles_of_one_moment_are_told_apart_by_their_number(desk: Desk) -> None:
    for number in range(5):
        arrive(desk, f"zéro-{number}", "Ariane", age=timedelta(hours=3))
    pages = pages_of(desk, SearchRequest(parse_query("Ariane", {}), by_date=True, limit=2))
    assert pages == [["zéro-4", "zéro-3"], ["zéro-2", "zéro-1"], ["zéro-0"]]


def test_an_article_published_earlier_than_the_place_is_still_to_come_wherever_it_arrives(desk: Desk) -> None:
    request = SearchRequest(parse_query("OTAN", {}), by_date=True, limit=8)
    first = desk.archive.search(request)
    arrive(desk, "ancien", "OTAN", age=timedelta(days=30))
    second = desk.archive.search(replace(request, after=first.next))
    assert ([found.article.title for found in second.articles], second.next) == (["0", "ancien"], None)


def test_pages_of_a_query_that_cannot_be_ranked_go_by_date(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_SCORED_PHRASES", 0)
    pages = pages_of(desk, SearchRequest(parse_query("OTAN", {}), limit=4))
    assert sorted(title for page in pages for title in page) == sorted(THERE)


@pytest.mark.parametrize(("by_date", "place"), [(True, ByRelevance(9, frozenset())), (False, ByDate(NOW, 3))])
def test_a_place_in_a_list_of_another_order_is_refused(desk: Desk, by_date: bool, place: ByDate | ByRelevance) -> None:
    with pytest.raises(ValueError, match="ask for the first page again"):
        desk.archive.search(SearchRequest(parse_query("OTAN", {}), by_date=by_date, after=place))


@pytest.mark.parametrize("topic", [None, "OTAN"])
def test_pages_of_the_delivery_log_hold_every_alert_once_while_alerts_are_made(desk: Desk, topic: str | None) -> None:
    there = [alert.alert_id for alert in desk.archive.report_alerts().alerts]
    pages, place = [], None
    while True:
        log = desk.archive.report_alerts(AlertRequest(topic, limit=4, after=place))
        pages.append([alert.alert_id for alert in log.alerts])
        place = log.next
        if place is None:
            break
        arrive(desk, f"neuf-{desk.now:%H%M}", "OTAN")
    assert pages == [there[:4], there[4:8], there[8:]]


def test_alerts_of_one_moment_are_told_apart_by_their_id(desk: Desk) -> None:
    desk.poll(A, *(entry(f"dix-{number}", f"https://a.example/dix-{number}", summary="OTAN") for number in range(5)))
    whole = [alert.alert_id for alert in desk.archive.report_alerts(AlertRequest(limit=5)).alerts]
    first = desk.archive.report_alerts(AlertRequest(limit=3))
    second = desk.archive.report_alerts(AlertRequest(limit=2, after=first.next))
    assert [alert.alert_id for alert in (*first.alerts, *second.alerts)] == whole


def test_the_whole_delivery_log_is_read_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quivive.cli.alerts._PAGE", 4)
    there = desk.archive.report_alerts().alerts
    assert len(there) > 8
    assert tuple(iterate_alerts(desk.archive, AlertRequest(limit=1))) == there


def test_an_export_goes_on_after_an_article_and_takes_what_has_arrived(desk: Desk) -> None:
    first = [one.article for one in desk.archive.export(None)]
    arrive(desk, "neuf", "OTAN")
    arrive(desk, "3", "autre chose")
    rest = desk.archive.export(parse_query("OTAN OR autre", {}), after=first[6].article_id)
    assert [one.article.title for one in rest] == ["7", "8", "neuf"]
