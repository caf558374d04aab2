"""Pages that show only a part of their article: the longer text is kept, and it is on record that it is a part."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from news.one_thing import WholeArticle
from news.sources import LacksParts
from news.things import ThingKind
from tests.desk import OTAN, A, Desk, entry, prose

LINK = "https://a.example/1"
TITLE = "L’OTAN choisit Tarnac"
ABOUT = "l’OTAN à Tarnac"
ENDS = "\nLa suite est réservée aux abonnés."


def whole(desk: Desk) -> WholeArticle:
    (thing,) = (one for one in desk.archive.find_things(LINK, []) if one.kind is ThingKind.ARTICLE)
    told = desk.archive.tell_whole(thing, [OTAN], {}, desk.now)
    assert isinstance(told, WholeArticle)
    return told


def notes(desk: Desk) -> list[str]:
    return [note.problem.code for note in whole(desk).page_problems]


def state(desk: Desk) -> tuple[Any, ...]:
    (row,) = desk.rows("SELECT page_state, page_attempts FROM entries")
    return row


def listed(desk: Desk, said: str) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry(TITLE, LINK, "g", summary=said))


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        (prose(ABOUT, 9) + ENDS, {}, "paywall"),
        (prose(ABOUT, 9), {"is_for_subscribers": True}, "paywall"),
        (prose(ABOUT, 9) + " […]", {}, "cut_short"),
    ],
)
def test_of_a_page_that_shows_only_a_part_the_longer_of_its_text_and_the_feed_s_is_kept(
    desk: Desk, text: str, said: dict[str, Any], code: str
) -> None:
    listed(desk, prose(ABOUT, 12))
    desk.page(LINK, text, **said)
    assert (desk.article()["origin"], state(desk), notes(desk)) == ("feed", ("given_up", 1), [code])
    desk.poll(A, entry(TITLE, LINK, "g", summary=prose(ABOUT, 3)), at=desk.now + timedelta(hours=2))
    desk.page(LINK, text, **said)
    assert (desk.article()["text"], state(desk), notes(desk)) == (text, ("done", 0), [code])
    assert desk.alerts() == [("OTAN", "new")]


def test_a_text_that_is_long_enough_is_taken_though_its_site_marks_all_it_has_as_not_free(desk: Desk) -> None:
    listed(desk, prose(ABOUT, 3))
    desk.page(LINK, prose(ABOUT, 40), is_for_subscribers=True)
    assert (desk.article()["origin"], state(desk), notes(desk)) == ("page", ("done", 0), [])


def test_the_beginning_does_not_take_the_place_of_the_whole_text_that_was_free_for_an_hour(desk: Desk) -> None:
    listed(desk, prose(ABOUT, 3))
    desk.page(LINK, prose(ABOUT, 20))
    desk.poll(A, entry(TITLE, LINK, "g", summary=prose(ABOUT, 4)), at=desk.now + timedelta(hours=2))
    desk.page(LINK, prose(ABOUT, 9) + ENDS)
    assert (desk.article()["text"], notes(desk)) == (prose(ABOUT, 20), ["paywall"])
    desk.poll(A, entry(TITLE, LINK, "g", summary=prose(ABOUT, 5)), at=desk.now + timedelta(hours=2))
    desk.page(LINK, prose(ABOUT, 30) + ENDS)
    assert (desk.article()["text"], notes(desk)) == (prose(ABOUT, 30) + ENDS, ["paywall"])


def test_an_article_of_which_a_page_is_missing_is_on_record_and_asked_for_again(desk: Desk) -> None:
    listed(desk, "Un sommet.")
    desk.page(LINK, prose(ABOUT, 20), lacks_parts=LacksParts.FOR_NOW)
    assert (desk.article()["text"], state(desk), notes(desk)) == (prose(ABOUT, 20), ("due", 1), ["parts_missing"])
    again = desk.now + timedelta(minutes=2)
    desk.page(LINK, prose(ABOUT, 10), lacks_parts=LacksParts.FOR_NOW, at=again)
    assert (desk.article()["text"], state(desk)) == (prose(ABOUT, 20), ("due", 2)), "fewer of its pages than before"
    desk.page(LINK, prose(ABOUT, 40), at=again + timedelta(hours=1))
    assert (desk.article()["text"], state(desk), notes(desk)) == (prose(ABOUT, 40), ("done", 0), [])
    assert desk.alerts() == [("OTAN", "new")]


def test_what_was_asked_for_often_enough_stays_as_it_is(desk: Desk) -> None:
    listed(desk, "Un sommet.")
    for _ in range(7):
        desk.page(LINK, prose(ABOUT, 20), lacks_parts=LacksParts.FOR_NOW, at=desk.now + timedelta(days=1))
    assert (state(desk), notes(desk)) == (("done", 7), ["parts_missing"])
