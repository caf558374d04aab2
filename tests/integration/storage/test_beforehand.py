"""What is loaded before it is decided which entries are new: what is around whatever may prove to be, and around nothing that is known."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from storage.recording import bodies, settle_one
from tests.desk import A, B, C, Desk, entry, prose

DISPATCH = prose("l’OTAN à Vilnius")
OTHER = prose("la halle de Vexin")


@pytest.fixture
def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many showings what is around them is loaded, operation by operation. All that proves to be new is placed by what was."""
    desk.watch(A, B)
    desk.watch(C, mode="page")
    desk.poll(A, entry("L’OTAN à Vilnius", "https://a.example/1", "g1", content=DISPATCH))
    counts: list[int] = []
    for room in (bodies, settle_one):
        load = room.load_beforehand

        def load_beforehand(*given, load=load):
            before = load(*given)
            counts.append(len(before.may_be_new))
            return before

        monkeypatch.setattr(room, "load_beforehand", load_beforehand)
    return counts


def articles(desk: Desk) -> int:
    """How many there are; each is in a story."""
    [(count, placed)] = desk.rows("SELECT count(*), (SELECT count(*) FROM story_articles) FROM articles")
    assert count == placed
    return count


def test_of_what_is_known_by_its_link_or_its_text_nothing_is_loaded(desk: Desk, asked: list[int]) -> None:
    edited = entry("L’OTAN à Vilnius ce soir", "https://a.example/1", "g1", content=DISPATCH)
    desk.poll(A, edited)
    desk.poll(B, entry("L’OTAN à Vilnius", "https://b.example/copy", content=DISPATCH), entry("L’OTAN", "https://a.example/1"))
    assert (asked, articles(desk)) == ([0, 0], 1)


def test_a_text_that_entries_of_its_body_show_to_prove_nothing_may_be_new(desk: Desk, asked: list[int]) -> None:
    titles = ["L’OTAN à Riga", "Vilnius attend", "Un sommet"]
    desk.poll(B, *[entry(title, f"https://b.example/{title}", content=DISPATCH) for title in titles])
    assert asked == [3]
    assert articles(desk) == 3, "the first shows the article that was known"


def test_two_entries_of_one_body_may_be_one_article(desk: Desk, asked: list[int]) -> None:
    one, again = (entry("La halle de Vexin", f"https://{host}.example/halle", content=OTHER) for host in "bc")
    desk.poll(B, one, again, entry("Rien", "https://b.example/rien"))
    assert (asked, articles(desk)) == ([3], 3)


def test_a_guid_that_is_used_again_may_be_another_article(desk: Desk, asked: list[int]) -> None:
    desk.poll(A, entry("La halle de Vexin a brûlé", "https://a.example/2", "g1", content=OTHER))
    assert (asked, articles(desk)) == ([1], 2)


def test_an_address_that_was_only_adopted_may_be_another_article(desk: Desk, asked: list[int]) -> None:
    desk.poll(C, entry("Un sommet à Riga", "https://c.example/1"))
    desk.page("https://c.example/1", prose("un sommet à Riga"), final="https://c.example/found")
    desk.poll(B, entry("La baisse des taux", "https://c.example/found", content=prose("la baisse des taux")))
    assert (asked, articles(desk)) == ([0, 1, 1], 3), "a page that is awaited is loaded for when it comes"


def test_what_was_said_while_a_page_is_awaited_may_be_an_article(desk: Desk, asked: list[int]) -> None:
    desk.poll(C, entry("Un sommet à Riga", "https://c.example/1", "g1"))
    desk.poll(C, entry("La halle de Vexin", "https://c.example/2", "g1", categories=("culture",)))
    assert asked == [0, 1]
    assert articles(desk) == 2


def placing_of(path: Path, *, again: bool) -> list[tuple[object, ...]]:
    """How a body places its articles, of which two entries may show the same."""
    with Desk(path) as desk:
        desk.watch(A)
        chance, words = random.Random(7), OTHER.split()
        texts = [" ".join(chance.choices(words, k=30)) for _ in range(9)]
        shown = [entry(f"Titre {number}", f"https://a.example/{number}", summary=text) for number, text in enumerate(texts)]
        copies = [entry("La halle de Vexin", f"https://{host}.example/halle", content=OTHER) for host in ("b", *("c" * again))]
        desk.poll(A, *shown[:5], *copies, *shown[5:])
        return desk.rows("SELECT sketch, story_id, nearness, story_articles.words FROM sketches JOIN story_articles USING (article_id)")


def test_articles_are_placed_as_if_those_that_proved_to_be_known_had_not_been_there(tmp_path: Path) -> None:
    placed = placing_of(tmp_path / "once.db", again=False)
    assert placing_of(tmp_path / "twice.db", again=True) == placed
    assert len(placed) == 10


def test_a_body_of_hundreds_is_dealt_with_in_portions(desk: Desk, asked: list[int]) -> None:
    shown = [entry(f"L’OTAN numéro {number}", f"https://b.example/{number}") for number in range(230)]
    tally = desk.poll(B, *shown, entry("La halle de Vexin", "https://a.example/1"))
    assert (asked, tally.entries_new, tally.articles_new, tally.duplicates) == ([99, 100, 31], 231, 230, 1)
    assert sorted(int(alert.subject.key) for alert in tally.alerts) == list(range(2, 232))
    assert articles(desk) == 231


def test_an_article_that_was_not_foreseen_is_archived_and_told_without_a_story(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.watch(A)
    monkeypatch.setattr(bodies, "may_be_new", lambda *_: [])
    desk.poll(
        A, entry("L’OTAN à Vilnius", "https://a.example/1", content=DISPATCH), entry("La halle", "https://a.example/2", content=OTHER)
    )
    assert desk.rows("SELECT count(*), (SELECT count(*) FROM story_articles) FROM articles") == [(2, 0)]
    assert desk.alerts() == [("OTAN", "new")]
    assert desk.found("halle") == ["La halle"]
