"""How many statements the writing of a body takes: what it brings is loaded and written by set, not entry by entry."""

from __future__ import annotations

import pytest

from tests.desk import A, Desk, entry

MOST = 40
"""For a feed of 30 entries, from the beginning of the transaction to its end, without what FTS5 does within the index."""


def statements_of(desk: Desk, *entries: object) -> list[str]:
    """The statements that the poll of a feed with these entries takes."""
    seen: list[str] = []
    connection = desk.archive._db.conn
    connection.set_trace_callback(seen.append)
    try:
        desk.poll(A, *entries)
    finally:
        connection.set_trace_callback(None)
    return [statement for statement in seen if not statement.startswith("--")]


def thirty(titled: str) -> list[object]:
    return [
        entry(f"{titled} numéro {number}", f"https://a.example/{number}", f"g{number}", summary="Ce qui se passe.") for number in range(30)
    ]


@pytest.mark.parametrize("mode", ["feed", "page"])
def test_a_feed_of_thirty_new_entries_takes_few_statements(desk: Desk, mode: str) -> None:
    desk.watch(A, mode=mode)
    assert len(statements_of(desk, *thirty("Le sommet"))) < MOST
    assert desk.rows("SELECT count(*) FROM entries") == [(30,)]


def test_a_feed_of_thirty_known_entries_takes_fewer(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, *thirty("Le sommet"))
    assert len(statements_of(desk, *thirty("Le sommet"))) < MOST // 2
