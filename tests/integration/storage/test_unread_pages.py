"""A site that changes its pages so that their articles are no longer found is noticed."""

from __future__ import annotations

from datetime import timedelta

from news.sources import Problem
from tests.desk import A, B, Desk, entry, prose

NO_TEXT = Problem("no_text", "nothing there")


def bring(desk: Desk, number: int, *, is_read: bool) -> None:
    link, subject = f"https://a.example/{number}", f"le dossier {number} de Tarnac"
    desk.poll(A, entry(f"Ce que dit {subject}", link, link, summary=f"La rédaction suit {subject}."))
    if is_read:
        desk.page(link, prose(subject))
    else:
        desk.page(link, "Nos rubriques\nNos services\nNos newsletters\nNos podcasts", title="Le Journal")


def told(desk: Desk) -> tuple[int, int, bool]:
    (source,) = (one for one in desk.sources() if one["url"] == A)
    return source["pages"], source["pages_unread"], source["pages_failing_since"] is not None


def test_a_change_of_a_site_s_pages_is_told_with_its_moment(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    for number in range(8):
        bring(desk, number, is_read=True)
    assert (told(desk), desk.status()["unread_pages"]) == ((8, 0, False), [])
    changed_at = desk.now + timedelta(minutes=2)
    for number in range(8, 13):
        bring(desk, number, is_read=False)
    assert told(desk) == (13, 5, True)
    (care,) = desk.status()["unread_pages"]
    assert {**care, "since": None} == {"source": "a.example", "unread": 5, "pages": 13, "since": None}
    assert care["since"].startswith(changed_at.strftime("%Y-%m-%dT%H:%M"))
    assert desk.rows("SELECT pages, pages_unread, pages_failing_since IS NOT NULL FROM sources_v ORDER BY id") == [(13, 5, 1), (0, 0, 0)]
    desk.reopen()
    for number in range(13, 17):
        bring(desk, number, is_read=True)
    assert (told(desk), desk.status()["unread_pages"]) == ((17, 5, False), [])


def test_a_page_that_is_tried_again_counts_once_and_one_that_cannot_be_had_not_at_all(desk: Desk) -> None:
    desk.watch(A, mode="page")
    link = "https://a.example/1"
    desk.poll(A, entry("Le dossier", link, summary="Le dossier de Tarnac."))
    for problem in (NO_TEXT, NO_TEXT, Problem("http_503", "later")):
        desk.fail_page(link, problem, at=desk.now + timedelta(hours=5))
    assert told(desk) == (1, 1, True)


def test_a_source_whose_pages_are_read_as_ever_costs_no_statement(desk: Desk) -> None:
    desk.watch(A, mode="page")
    for number in range(20):
        bring(desk, number, is_read=True)
    seen: list[str] = []
    desk.archive._db.conn.set_trace_callback(seen.append)
    bring(desk, 20, is_read=True)
    desk.archive._db.conn.set_trace_callback(None)
    assert not [statement for statement in seen if statement.startswith("UPDATE sources SET page_marks")]
    assert desk.rows("SELECT page_marks FROM sources") == [("+" * 20,)]
