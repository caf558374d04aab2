"""The way of a version through the program: everything is loaded, decided in one stay among the decisions, then written.

What each operation asks `news/` to decide is listed as it happens. Decisions between which no statement is made are one stay there. What
is only worded, counted or hashed there (an id, a time, a text's hash), or says what is to be loaded next, decides nothing, and is not
listed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from news.follow_ups import Per
from news.topics import Revisions
from tests.desk import OTAN, A, C, Desk, entry, prose

ROOT = Path(__file__).resolve().parents[3]
DECIDING = re.compile(r"(decide|judge|sift|settle|place|match|find|read_said|compare|conclude)(_\w+)?")
ASKING = {"find_near", "find_shortfall"}
"""Beside which articles new ones may be placed, and whether a page falls short: sketches, and the text at hand, are loaded next."""
LEAD = prose("l’OTAN à Vilnius")
PLACED = ["place", "match_versions"]
"""Where a new article stands, and who asks for it."""
FOLLOWED = ["decide_consequences"]
"""Which alerts follow, what they say otherwise, and what is corrected."""
POLLED = [
    ["find_hubs"],
    ["conclude_poll", "conclude_move", "conclude_condition", "decide_telling"],
]


def stays(desk: Desk, act: Callable[[], object]) -> list[list[str]]:
    """What the writing thread asks to be decided meanwhile, stay by stay."""
    seen: list[str | None] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        name, caller = frame.f_code.co_name, frame.f_back
        if event != "call" or caller is None or name in ASKING or not DECIDING.fullmatch(name):
            return
        if _is_in(frame, "news") and _is_in(caller, "storage"):
            seen.append(name)

    def begin(db: object) -> None:
        desk.archive._db.conn.set_trace_callback(lambda _: seen.append(None))
        sys.setprofile(note)

    def end(db: object) -> None:
        sys.setprofile(None)
        desk.archive._db.conn.set_trace_callback(None)

    desk.archive._writer.submit(begin).result()
    try:
        act()
    finally:
        desk.archive._writer.submit(end).result()
    return _stays_of(seen)


def _is_in(frame: FrameType, room: str) -> bool:
    return Path(frame.f_code.co_filename).is_relative_to(ROOT / room)


def _stays_of(seen: list[str | None]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for name in seen:
        if name is None:
            found.append([])
        elif name not in found[-1]:
            found[-1].append(name)
    return [stay for stay in found if stay]


@pytest.fixture
def newsdesk(desk: Desk) -> Desk:
    """A desk whose topic alerts per story and is told of edits; it has told of an article."""
    desk.follow(OTAN, revisions_of_topic={OTAN.name: Revisions.MATCHES}, per_of_topic={OTAN.name: Per.STORY})
    desk.watch(A)
    desk.watch(C, mode="page")
    desk.poll(A, entry("L’OTAN se réunit à Vilnius", "https://a.example/1", content=LEAD))
    return desk


def test_a_version_is_settled_placed_and_told_in_two_stays(newsdesk: Desk) -> None:
    another = entry("L’OTAN se réunit à Vilnius ce soir", "https://a.example/2", content=f"{LEAD} On dénombre 12 absents.")
    edited = entry("L’OTAN ne se réunit pas à Vilnius", "https://a.example/1", content=LEAD)
    walk = stays(newsdesk, lambda: newsdesk.poll(A, another, edited))
    assert newsdesk.alerts()[1:] == [("OTAN", "follow_up"), ("OTAN", "corrected")]
    assert walk == [["sift", "judge_silence"], ["judge_gap"], ["decide_arrivals", *PLACED], FOLLOWED, *POLLED]


def test_so_is_the_text_of_a_page(newsdesk: Desk) -> None:
    newsdesk.poll(C, entry("Rien", "https://c.example/1"))
    walk = stays(newsdesk, lambda: newsdesk.page("https://c.example/1", f"{LEAD} On y compte 12 absents."))
    assert newsdesk.alerts()[1:] == [("OTAN", "follow_up")]
    assert walk == [["judge_page_text", "conclude_page", "settle", "conclude", *PLACED], FOLLOWED]


def test_what_brings_nothing_new_asks_for_no_decision_but_those_on_its_source(newsdesk: Desk) -> None:
    same = entry("L’OTAN se réunit à Vilnius", "https://a.example/1", content=LEAD)
    walk = stays(newsdesk, lambda: newsdesk.poll(A, same))
    assert walk == [["sift", "judge_silence"], ["judge_gap", *POLLED[0]], *POLLED[1:]]
