"""Placing the articles of one body: each is known to those that follow, and the stories grow and are joined."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news import placing
from news.copies import MOST_HOLDERS, CopyReason
from news.placing import (
    MOST_COMPARED,
    MOST_HOLDERS_ASKED,
    MOST_WORDS_ASKED,
    Around,
    Placer,
    Story,
    Unplaced,
    as_holder,
    find_near,
    held_among,
    make_unplaced,
    most_sharing,
    weigh_words,
)
from news.sketches import WordCounts
from news.stories import AFFAIR_SPAN, MOST_NEIGHBOURS, Because
from news.text import analyse, analyse_article
from tests.made_words import words_of

NOON = datetime(2025, 2, 10, 12, tzinfo=UTC)
FIRE = "Un entrepôt de produits chimiques brûle à Rungis depuis mardi matin, dix pompiers ont été blessés dans l’incendie. "
DISPATCH = FIRE + " ".join(
    f"Le témoin numéro {number} raconte sa nuit au bord du canal {number * 7} avec les voisins." for number in range(60)
)
SENATE = "Les sénateurs ont voté le budget de la recherche et des universités dans la nuit."


def unplaced(number: int, title: str, text: str, minutes: int = 0, url: str = "https://a.example/x", source_id: int = 1) -> Unplaced:
    new = make_unplaced(number, source_id, url, NOON + timedelta(minutes=minutes), analyse_article(title, text))
    return weigh_words(new, WordCounts(1000, {}))


def around() -> Around:
    return Around(next_story_id=70)


def test_articles_of_one_body_find_each_other() -> None:
    placer = Placer(around())
    first = placer.place(unplaced(1, "Incendie dans un entrepôt de Rungis", FIRE))
    other = placer.place(unplaced(2, "Le Sénat adopte le budget", SENATE))
    again = placer.place(unplaced(3, "Rungis : un entrepôt ravagé par un incendie", FIRE, 5))
    assert (first.story_id, other.story_id, again.story_id) == (70, 71, 70)
    assert again.placing.nearest_id == 1
    assert placer.changed == {70, 71}


def test_a_story_knows_from_when_to_when_it_goes_and_its_central_article() -> None:
    known = around()
    placer = Placer(known)
    for number, minutes in ((1, 0), (2, -30), (3, 60)):
        placer.place(unplaced(number, "Incendie dans un entrepôt de Rungis", FIRE, minutes))
    story = known.stories[70]
    assert (story.articles, story.started_at, story.updated_at) == (3, NOON - timedelta(minutes=30), NOON + timedelta(hours=1))
    assert story.central_id == max(story.centrality, key=story.centrality.__getitem__) == 1
    assert set(story.centrality) == {1, 2, 3}


def test_a_copy_keeps_only_what_its_original_lacks_and_a_third_finds_the_original() -> None:
    placer = Placer(around())
    first = placer.place(unplaced(1, "Incendie à Rungis", DISPATCH))
    copy = placer.place(unplaced(2, "Un entrepôt part en fumée", "Nouveau chapeau. " + DISPATCH, source_id=2))
    third = placer.place(unplaced(3, "Fumée noire sur le marché", DISPATCH, source_id=3))
    assert first.marks == first.article.shingles
    assert copy.copy is not None
    assert third.copy is not None
    assert (copy.copy.article_id, third.copy.article_id) == (1, 1)
    assert copy.marks == copy.article.shingles - first.article.shingles
    assert third.marks == frozenset()
    assert third.placing.because is Because.COPY


def test_of_a_dispatch_whose_teaser_came_first_the_rest_is_held_once_too() -> None:
    """Else what the teaser lacks would count as everybody's phrase, and who prints only that would be no copy."""
    placer, words = Placer(around()), words_of(500, 3)
    placer.place(unplaced(1, "Incendie à Rungis", " ".join(words[:200])))
    papers = [unplaced(number, f"Titre {number}", " ".join(words), source_id=number) for number in range(2, MOST_HOLDERS + 4)]
    copies = [placer.place(one) for one in papers]
    assert [one.copy is not None and one.copy.article_id for one in copies] == [1] * len(copies)
    assert {bool(one.marks) for one in copies[1:]} == {False}
    rest = placer.place(unplaced(90, "Fumée noire", " ".join(words[200:]), source_id=90))
    assert rest.copy is not None
    assert rest.copy.article_id == 2


@pytest.mark.parametrize("words", [30, 300])
@pytest.mark.parametrize("in_one_body", [True, False])
def test_what_so_many_articles_of_one_source_say_tells_nothing_whoever_said_it_first(words: int, in_one_body: bool) -> None:
    """Newspapers of one house have one notice for what only subscribers may read."""
    notice, placer = " ".join(words_of(words, 5)), Placer(around())
    placer.place(unplaced(1, "Le Sénat adopte le budget", notice))
    if not in_one_body:
        placer._around.texts[1] = replace(placer._around.texts[1], said_by={1: 1, 2: MOST_HOLDERS - 2, 3: MOST_HOLDERS - 1})
    said = 2 * MOST_HOLDERS if in_one_body else 6
    of_second = [placer.place(unplaced(number, f"Titre {number}", notice, source_id=2)) for number in range(2, said)]
    left = MOST_HOLDERS if in_one_body else 2
    assert [one.copy is not None for one in of_second] == [number < left for number in range(len(of_second))]
    assert not any(one.marks for one in of_second)
    of_fourth = placer.place(unplaced(90, "Fumée noire", notice, source_id=4))
    assert of_fourth.copy is None


def test_a_page_under_a_new_address_is_found_by_its_number() -> None:
    placer = Placer(around())
    placer.place(unplaced(1, "Incendie à Rungis", "", url="https://a.example/incendie_6121227_1.html"))
    moved = placer.place(unplaced(2, "Incendie à Rungis : le bilan", "", url="https://a.example/bilan_6121227_1.html"))
    assert moved.copy is not None
    assert (moved.copy.article_id, moved.copy.reason) == (1, CopyReason.NUMBER)


def test_what_too_many_articles_hold_is_not_kept_again() -> None:
    known = around()
    one = unplaced(50, "La lettre", DISPATCH)
    for shingle in one.shingles:
        known.holders[shingle] = list(range(1, MOST_HOLDERS + 1))
    placed = Placer(known).place(one)
    assert (placed.copy, placed.marks) == (None, frozenset())


def test_stories_that_turn_out_to_be_one_become_the_earlier() -> None:
    known = around()
    placer = Placer(known)
    first = unplaced(1, "Incendie dans un entrepôt de Rungis", FIRE)
    second = unplaced(2, "Incendie dans un entrepôt de Rungis", FIRE, 10)
    for one, story_id in ((first, 61), (second, 60)):
        known.sketches[one.article_id], known.story_of[one.article_id] = one.sketch, story_id
        known.stories[story_id] = Story(story_id, one.article_id, one.sketch.at, one.sketch.at, 1, {one.article_id: 0.0})
    known.told = {3: {1: 9, 2: 9}}
    placed = placer.place(unplaced(3, "Incendie dans un entrepôt de Rungis", FIRE, 5))
    assert placed.story_id == 60
    assert known.story_of == {1: 60, 2: 60, 3: 60}
    assert (known.stories[60].articles, known.stories[60].started_at, known.stories[60].updated_at) == (
        3,
        NOON,
        NOON + timedelta(minutes=10),
    )
    assert (known.stories[61].joined_into, known.stories[61].articles) == (60, 0)
    assert placer.changed == {60, 61}
    assert placer.place(unplaced(4, "Incendie dans un entrepôt de Rungis", FIRE, 6)).story_id == 60


def test_an_original_that_is_no_longer_remembered_decides_no_story() -> None:
    known = around()
    placer = Placer(known)
    placer.place(unplaced(1, "Incendie à Rungis", DISPATCH))
    del known.sketches[1]
    placer._words.clear()
    copy = placer.place(unplaced(2, "Un entrepôt part en fumée", DISPATCH))
    assert copy.copy is not None
    assert copy.story_id == 71


def test_only_the_rarest_words_and_the_latest_that_hold_them_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "LEAST_SHARE_TOLD", 0)
    words = [f"mot{number:02}" for number in range(1, 60)]
    counts = WordCounts(1000, {word: number for number, word in enumerate(words, start=1)})
    asking = weigh_words(unplaced(999, " ".join(words), ""), counts)
    of_each = {word: [as_holder(number, NOON)] for number, word in enumerate(words, start=1) if number != 3}
    near = find_near(asking, of_each.get)
    assert list(near) == [1, 2, *range(4, MOST_NEIGHBOURS + 2)], "what nobody else holds finds nothing"
    weights = dict(zip(asking.sketch.words, asking.sketch.weights, strict=True))
    assert near[1] == weights["mot01"]
    assert find_near(asking, {**of_each, words[MOST_WORDS_ASKED]: [as_holder(1, NOON)]}.get) == {
        **near,
        1: near[1] + weights[words[MOST_WORDS_ASKED]],
    }
    assert find_near(asking, {**of_each, words[MOST_WORDS_ASKED + 1]: [as_holder(1, NOON)]}.get) == near
    many = [as_holder(number, NOON) for number in range(100, 100 + MOST_HOLDERS_ASKED + 1)]
    assert 100 not in find_near(asking, {words[0]: many, words[1]: many[:1], words[2]: many[1:]}.get)


@pytest.mark.parametrize(("shared", "found"), [(3, []), (4, [70, 71])])
def test_none_is_near_where_the_nearest_shares_too_little_of_what_the_rarest_words_tell(shared: int, found: list[int]) -> None:
    words = [f"mot{number:02}" for number in range(1, 31)]
    asking = weigh_words(unplaced(999, " ".join(words), ""), WordCounts(1000, dict.fromkeys(words, 1)))
    holders = {word: [as_holder(70, NOON)] for word in words[:shared]} | {words[29]: [as_holder(71, NOON)]}
    assert list(find_near(asking, holders.get)) == found, f"of the {MOST_WORDS_ASKED} rarest"


@pytest.mark.parametrize(("shared", "found"), [(4, []), (5, [70])])
def test_what_is_shared_is_enough_from_the_very_share_on_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, shared: int, found: list[int]
) -> None:
    monkeypatch.setattr(placing, "LEAST_SHARE_TOLD", 5 / 20)
    words = [f"mot{number:02}" for number in range(1, MOST_WORDS_ASKED + 1)]
    asking = weigh_words(unplaced(999, " ".join(words), ""), WordCounts(1000, dict.fromkeys(words, 1)))
    assert list(find_near(asking, {word: [as_holder(70, NOON)] for word in words[:shared]}.get)) == found


def test_nobody_is_found_by_the_kin_of_a_word() -> None:
    asking = weigh_words(unplaced(1, "Croatie", "neigeux"), WordCounts(1000, {}))
    assert asking.by_rarity is not None
    assert {word for _, word in asking.by_rarity.words} == {"croati", "neigeu"}
    assert {"~croat", "~neige"} <= set(asking.sketch.words)


@pytest.mark.parametrize(("shared", "found"), [(1, []), (2, [70])])
def test_one_under_half_of_the_same_short_headline_is_near_however_much_the_text_tells_besides(shared: int, found: list[int]) -> None:
    title, text = ["démission", "président", "demain"], [f"mot{number:02}" for number in range(60)]
    counts = WordCounts(1_000_000, dict.fromkeys(text, 1) | dict.fromkeys(analyse(" ".join(title)).stems, 5_000))
    asking = weigh_words(unplaced(999, " ".join(title), " ".join(text)), counts)
    holders = {word: [as_holder(70, NOON)] for word in analyse(" ".join(title)).stems[:shared]}
    assert list(find_near(asking, holders.get)) == found


@pytest.mark.parametrize("hours", [0, 1])
def test_what_is_too_far_away_in_time_is_not_near_at_whatever_hour(hours: int) -> None:
    at = NOON + timedelta(hours=hours)
    asking = unplaced(9, "Incendie", "", minutes=60 * hours)
    earlier = unplaced(9, "Incendie", "", minutes=60 * hours - AFFAIR_SPAN // timedelta(minutes=1))
    near = {"incendi": [as_holder(1, at - AFFAIR_SPAN), as_holder(2, at - AFFAIR_SPAN - timedelta(hours=1)), as_holder(3, at)]}
    assert set(find_near(asking, near.get)) == {1, 3}
    assert set(find_near(earlier, near.get)) == {1, 2, 3}


def test_one_that_is_too_far_away_in_time_makes_no_other_near() -> None:
    words = [f"mot{number:02}" for number in range(1, 21)]
    asking = weigh_words(unplaced(999, " ".join(words), ""), WordCounts(1000, dict.fromkeys(words, 1)))
    far, near = as_holder(70, NOON - 2 * AFFAIR_SPAN), as_holder(71, NOON)
    assert find_near(asking, {word: [far] for word in words}.get) == {}
    assert find_near(asking, ({word: [far] for word in words} | {words[0]: [near]}).get) == {}
    assert list(find_near(asking, {word: [far, near] for word in words}.get)) == [71]


def test_of_words_that_tell_as_much_those_of_the_title_come_first() -> None:
    asking = weigh_words(unplaced(1, "Zébu zoo", "abeille agneau"), WordCounts(1000, {"abeil": 30}))
    assert asking.by_rarity is not None
    assert [word for _, word in asking.by_rarity.words][:2] == ["zebu", "zoo"]


def test_only_those_who_share_most_are_asked_for() -> None:
    holders = {mark: [mark, 900] for mark in range(30)} | {99: list(range(MOST_HOLDERS))}
    shared = most_sharing(held_among(holders, frozenset([*range(30), 99])))
    assert len(shared) == MOST_COMPARED
    assert shared[900] == set(range(30))
    assert 99 not in {mark for marks in shared.values() for mark in marks}


def test_of_each_article_of_a_body_is_known_how_densely_it_was_sampled() -> None:
    known = around()
    placer = Placer(known)
    placer.place(unplaced(1, "Incendie à Rungis", FIRE))
    placer.place(unplaced(2, "Un entrepôt part en fumée", DISPATCH))
    assert [known.texts[number].one_in for number in (1, 2)] == [1, 16]


def test_a_copy_keeps_what_it_shares_with_others_than_its_original() -> None:
    placer, dispatch, report = Placer(around()), words_of(500, 11), words_of(400, 12)
    placer.place(unplaced(1, "Incendie à Rungis", " ".join(dispatch)))
    other = placer.place(unplaced(2, "Le Sénat adopte le budget", " ".join(report), source_id=2))
    both = placer.place(unplaced(3, "Fumée noire", " ".join([*dispatch, *report[:200]]), source_id=3))
    assert both.copy is not None
    assert both.copy.article_id == 1
    assert both.marks & other.marks == both.article.shingles & other.marks != frozenset()
