"""Which articles tell of the same event, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.copies import CopyOf, CopyReason
from news.sketches import COUNTED, Sketch, WordCounts, begin_sketch, make_sketch, sketch_article, weigh
from news.sources import BegunSketch
from news.stories import JOINING, NEAR_ENOUGH, Because, Neighbour, Placing, central_article, place
from news.text import analyse, analyse_article

NOON = datetime(2025, 2, 10, 12, tzinfo=UTC)
FIRE = (
    "Incendie géant dans un entrepôt de Rungis",
    "Un entrepôt de produits chimiques brûle à Rungis depuis mardi matin, dix pompiers blessés.",
)
FIRE_AGAIN = (
    "Rungis : un entrepôt chimique ravagé par un incendie",
    "Dix pompiers ont été blessés dans l’incendie de l’entrepôt de Rungis.",
)
FIRE_EXPLAINED = ("Pourquoi un entrepôt chimique de Rungis a-t-il été ravagé par un incendie ?", FIRE_AGAIN[1])
OTHER = ("Le Sénat adopte le budget de la recherche", "Les sénateurs ont voté le budget de la recherche et des universités dans la nuit.")


def sketch(number: int, words: tuple[str, str], at: datetime = NOON) -> Sketch:
    return sketch_article(number, at, analyse_article(*words))


def counts_of(*sketches: Sketch) -> WordCounts:
    held = Counter(word for one in sketches for word in one.words)
    return WordCounts(500, held)


def placed(new: Sketch, *near: tuple[Sketch, int], copy: CopyOf | None = None) -> Placing:
    counts = counts_of(new, *(one for one, _ in near))
    return place(weigh(new, counts), [Neighbour(weigh(one, counts), story) for one, story in near], copy)


def test_a_rewritten_report_joins_the_story() -> None:
    answer = placed(sketch(2, FIRE_AGAIN), (sketch(1, FIRE), 70), (sketch(5, OTHER), 71))
    assert (answer.story_id, answer.because, answer.nearest_id) == (70, Because.WORDS, 1)
    assert {"entrepot", "rungi"} <= set(answer.words)
    assert answer.nearness >= NEAR_ENOUGH
    assert set(answer.scores or {}) == {1}


def test_two_words_that_both_hold_make_no_event_of_two() -> None:
    known = sketch(1, ("L’Ormeval s’étend", "dossier"))
    assert placed(sketch(2, ("L’huile d’Ormeval", "dossier")), (known, 70)).because is Because.FIRST
    assert placed(sketch(2, ("L’Ormeval s’étend encore", "dossier")), (known, 70)).story_id == 70


def test_the_report_is_found_behind_all_that_share_more_common_words() -> None:
    others = [(sketch(number, OTHER), number) for number in range(10, 25)]
    assert placed(sketch(2, FIRE_AGAIN), *others, (sketch(1, FIRE), 70)).story_id == 70


def test_another_event_begins_a_story_and_says_what_was_nearest() -> None:
    answer = placed(sketch(2, OTHER), (sketch(1, FIRE), 70))
    assert (answer.story_id, answer.because, answer.nearest_id) == (None, Because.FIRST, 1)
    assert placed(sketch(2, OTHER)) == Placing(None, Because.FIRST, 0.0, None, ())


def nearness(new: tuple[str, str], old: tuple[str, str], apart: timedelta = timedelta(0)) -> float:
    return placed(sketch(2, new, NOON + apart), (sketch(1, old), 70)).nearness


def test_time_between_two_articles_parts_them_whichever_came_first() -> None:
    assert nearness(FIRE_AGAIN, FIRE) > nearness(FIRE_AGAIN, FIRE, timedelta(hours=20)) == nearness(FIRE_AGAIN, FIRE, -timedelta(hours=20))
    assert nearness(FIRE_AGAIN, FIRE, timedelta(hours=48)) > 0
    for hours in range(20):
        near = nearness(FIRE_AGAIN, FIRE, timedelta(hours=hours))
        assert near == round(near, 3), "as it is kept and shown"
    assert nearness(FIRE_AGAIN, FIRE, timedelta(hours=48, seconds=1)) == 0


def test_an_explanation_is_farther_from_a_report_than_another_report() -> None:
    assert nearness(FIRE_EXPLAINED, FIRE) < nearness(FIRE_AGAIN, FIRE)


def test_a_headline_that_denies_is_farther_from_one_that_does_not() -> None:
    fire, out = ("Rungis : un entrepôt brûle", "Un incendie à Rungis."), ("Rungis : un entrepôt ne brûle plus", "Un incendie à Rungis.")
    assert nearness(out, fire) == pytest.approx(0.6 * nearness(fire, fire), abs=0.01)
    assert nearness(out, out) == nearness(fire, fire)


def test_the_next_instalment_of_a_column_is_no_report_of_the_same() -> None:
    monday, tuesday = (
        ("Le journal du lundi 10 février", "Retrouvez le journal."),
        ("Le journal du mardi 11 février", "Retrouvez le journal."),
    )
    answer = placed(sketch(2, tuesday, NOON + timedelta(days=1)), (sketch(1, monday), 70))
    assert answer.because is Because.FIRST


def test_what_a_column_says_every_time_makes_none_of_its_instalments_a_report_of_another() -> None:
    usual = "Toute l’équipe des 60 minutes vous donne rendez-vous pour comprendre ce qui se passe."
    answer = placed(sketch(2, ("Les 60 minutes, 24", usual)), (sketch(1, ("Les 60 minutes, 23", usual)), 70))
    assert (answer.because, answer.nearness) == (Because.FIRST, pytest.approx(0.2))


def test_words_that_the_whole_affair_holds_tell_less() -> None:
    report, same = sketch(1, FIRE), sketch(2, FIRE_AGAIN)
    affair = [sketch(number, (f"Rungis : {word} et l’entrepôt chimique", f"À Rungis, {word} après l’incendie.")) for number, word in
              enumerate(("grève", "procès", "enquête", "mairie", "écoles", "budget"), start=10)]  # fmt: skip
    counts = counts_of(report, same, *affair)
    report, same, *affair = (weigh(one, counts) for one in (report, same, *affair))
    alone = place(same, [Neighbour(report, 70)])
    among = place(same, [Neighbour(report, 70), *(Neighbour(one, one.article_id) for one in affair)])
    assert (among.scores or {})[1] < (alone.scores or {})[1]


def test_one_article_that_resembles_it_does_not_draw_it_into_a_story_of_others() -> None:
    story = [(sketch(number, OTHER, NOON - timedelta(hours=number)), 70) for number in range(1, 5)]
    assert placed(sketch(9, FIRE), *story, (sketch(8, FIRE_AGAIN), 70)).story_id is None


def test_a_copy_is_in_the_story_of_its_original_whatever_its_words() -> None:
    copy = CopyOf(1, 0.9, CopyReason.TEXT)
    answer = placed(sketch(2, OTHER), (sketch(1, FIRE), 70), copy=copy)
    assert (answer.story_id, answer.because, answer.nearest_id) == (70, Because.COPY, 1)
    week = NOON + timedelta(days=7)
    assert placed(sketch(2, OTHER, week), (sketch(1, FIRE), 70), copy=copy).story_id == 70
    assert placed(sketch(2, OTHER, week + timedelta(seconds=1)), (sketch(1, FIRE), 70), copy=copy).story_id is None
    assert placed(sketch(2, OTHER), copy=copy).story_id is None


def test_an_article_that_is_very_near_to_two_stories_makes_them_one() -> None:
    answer = placed(sketch(3, FIRE), (sketch(1, FIRE), 71), (sketch(2, FIRE), 70))
    assert answer.nearness >= JOINING
    assert (answer.story_id, answer.joins) == (70, (71,))
    assert set(answer.scores or {}) == {1, 2}


def test_an_article_that_is_only_near_to_a_second_story_leaves_it() -> None:
    far = sketch(2, FIRE_AGAIN, NOON - timedelta(hours=47))
    answer = placed(sketch(3, FIRE), (sketch(1, FIRE), 71), (far, 70))
    assert (answer.story_id, answer.joins) == (71, ())


@pytest.mark.parametrize(
    ("centrality", "central"), [({1: 0.5, 2: 0.9, 3: 0.2}, 2), ({4: 0.5, 2: 0.5}, 2), ({2: 0.3, 1: 0.3000000001}, 1), ({9: 0.0}, 9)]
)
def test_the_central_article_is_the_nearest_to_all_and_of_equals_the_first(centrality: dict[int, float], central: int) -> None:
    assert central_article(centrality) == central


def times_of(one: Sketch) -> dict[str, int]:
    return dict(zip(one.words, one.counts, strict=True))


def test_what_is_remembered_of_an_article_is_what_its_title_and_beginning_tell() -> None:
    one = sketch(1, ("Le contrat de 3 millions", "Un contrat militaire. " + "Rien. " * 61 + "Mot. Loin."))
    assert set(one.title_words) == {"contrat", "million", "~contr", "~milli"}
    counts = times_of(one)
    assert (counts["contrat"], counts["militaire"], counts["mot"]) == (3, 1, 1)
    assert not {"3", "le", "loin"} & counts.keys()
    assert list(one.words[: one.titled]) == list(one.title_words)
    assert len(one.words) == len(set(one.words))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Mondial de golf : Ormeval éliminé", {"ormeval", "~ormev", "elimine", "~elimi"}),
        ("Ormeval: le golf", {"golf"}),
        ("Golf : 2-0", {"golf"}),
        ("« Golf : fini »", {"golf", "fini"}),
    ],
)
def test_the_name_of_an_affair_before_the_colon_is_no_part_of_what_the_title_says_of_it(title: str, words: set[str]) -> None:
    one = sketch(1, (title, ""))
    assert set(one.title_words) == words
    assert "golf" in one.words


def test_kin_of_words_and_numbers_are_remembered_beside_them() -> None:
    beginning = "La neige tombe, 1.200 foyers sans courant. Météo-France l’a dit le 12 février à 10:30 et à 11h15, 3 départements."
    snow = sketch(1, ("Épisode neigeux en 2025 : 45 centimètres", beginning))
    counted = times_of(snow)
    assert (counted["neigeu"], counted["neige"], counted["~neige"], "~foye" in counted) == (2, 1, 2, False)
    assert snow.numbers == {"45", "1.200"}


def test_kin_tell_half_of_what_the_word_does_that_tells_least() -> None:
    snow = sketch(1, ("Épisode neigeux", "La neige tombe, neige."))
    weighed = weigh(snow, WordCounts(100, {"neigeu": 2, "neiger": 50}))
    told = dict(zip(weighed.words, weighed.weights, strict=True))
    assert (told["neigeu"], told["neige"], told["~neige"]) == (402, 537, 201)
    assert weighed.square == sum((weight * COUNTED[count]) ** 2 for weight, count in zip(weighed.weights, weighed.counts, strict=True))
    several = replace(snow, words=("neigeu", "neigea", "~neige"), counts=bytes((1, 1, 1)))
    assert list(weigh(several, WordCounts(100, {"neigea": 9, "neigeu": 1})).weights) == [448, 274, 137]
    no_longer = replace(snow, words=("neige", "neigeu", "~neige"), counts=bytes((1, 1, 1)))
    assert list(weigh(no_longer, WordCounts(100, {"neige": 9, "neigeu": 1})).weights) == [274, 448, 224], "that of five letters has none"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12", "12"),
        ("45 % de 1.200 et 3,5 puis 7", "45 1.200 3,5"),
        ("1.234.567,89 euros", "1.234.567,89"),
        ("a12 et 34a", "12 34"),
        ("en 1999, en 2024", ""),
        ("1899, 2124, 3999, 5012, 19991, 20245 et 12024", "1899 2124 3999 5012 19991 20245 12024"),
        ("2024a et 1999.5", "2024"),
        ("10:30 ou 11h15 ou 12H45", ""),
        (":12 .34 ,56 x:78", ""),
        ("le 12 mai, le 13 Août, le 14 maires", "14"),
        ("Ⅻ ²³ ½ ١٢ ٣٤٫٥", "١٢ ٣٤"),
        ("12 45 12", "12 45"),
    ],
)
def test_numbers_are_no_years_days_or_times_of_day(text: str, numbers: str) -> None:
    assert begin_sketch(analyse(""), text).numbers == numbers


def test_a_sketch_has_the_words_of_its_affair_first_then_those_of_the_text_then_the_name_of_the_affair() -> None:
    begun = begin_sketch(analyse("Des golfeurs et Ormeval, le plan k d’Ormeval."), "")
    assert (begun.words, begun.counts) == ("golfeu ormeval plan ~golfe ~ormev", bytes((1, 2, 1, 1, 2)))
    title = "Mondial : Ormeval et le plan k du château"
    made = make_sketch(title, analyse(title), begun)
    assert made.words == "chateau ormeval plan ~chate ~ormev golfeu ~golfe mondial ~mondi"
    assert (made.titled, made.counts) == (5, bytes((2, 4, 3, 2, 4, 1, 1, 2, 2)))


def test_kin_of_words_brings_reports_nearer_and_is_told_to_nobody() -> None:
    croat, croatia = ("La défaite face aux croates", "Battus à Zagreb."), ("Défaite face à la Croatie", "Battus à Zagreb.")
    answer = placed(sketch(2, croat), (sketch(1, croatia), 70))
    without = placed(sketch(2, ("La défaite face aux autres", "Battus à Zagreb.")), (sketch(1, croatia), 70))
    assert answer.nearness > without.nearness
    assert not any(word.startswith("~") for word in answer.words)


def test_reports_that_give_the_same_number_are_nearer() -> None:
    first = ("La France battue en demi-finale 28-31", "Les Bleus échouent face à la Croatie.")
    same, other = ("Les Bleus éteints 28-31", "La France sort du Mondial."), ("Les Bleus éteints 30-33", "La France sort du Mondial.")
    year = (
        ("La France battue en 2024", "Les Bleus échouent."),
        ("Les Bleus éteints en 2024", "La France sort."),
        ("Les Bleus éteints en 2023", "La France sort."),
    )
    assert nearness(same, first) == pytest.approx(1.5 * nearness(other, first), abs=0.002)
    assert nearness(year[1], year[0]) == nearness(year[2], year[0])


def test_a_number_that_the_whole_affair_gives_brings_none_of_it_nearer() -> None:
    report, same = (
        sketch(1, ("Le CAC 40 en repli", "La Bourse a reculé.")),
        sketch(
            2, ("Le CAC 40 recule", "Repli de Wall Street et des marchés d’Asie, la Bourse inquiète des tarifs, selon plusieurs courtiers.")
        ),
    )
    affair = [sketch(number, (f"Le CAC 40 et {word}", f"Suez, {word} et le CAC.")) for number, word in
              enumerate(("énergie", "luxe", "banques", "pétrole", "impôts", "dettes"), start=10)]  # fmt: skip
    counts = counts_of(report, same, *affair)
    weighed = [weigh(one, counts) for one in affair]

    def among(*others: Sketch) -> float:
        near = [Neighbour(weigh(report, counts), 70), *(Neighbour(one, one.article_id) for one in others)]
        return (place(weigh(same, counts), near).scores or {})[1]

    said_by_five, said_by_six = among(*weighed[:5], *(replace(one, numbers=frozenset()) for one in weighed[5:])), among(*weighed)
    assert said_by_five == pytest.approx(1.5 * said_by_six)


def test_rare_words_tell_more() -> None:
    counts = WordCounts(100, {"rare": 1, "usual": 60})
    unknown, rare, usual = counts.weigh(["unknown", "rare", "usual"])
    assert unknown > rare > usual > 0


def test_the_order_of_few_neighbours_decides_nothing() -> None:
    near: Sequence[tuple[Sketch, int]] = [(sketch(1, FIRE), 70), (sketch(4, FIRE_AGAIN), 70), (sketch(5, OTHER), 71)]
    assert placed(sketch(9, FIRE_AGAIN), *near) == placed(sketch(9, FIRE_AGAIN), *reversed(near))


def test_numbers_of_title_and_beginning_are_known_whenever_the_text_was_read() -> None:
    text = "À 9 heures, 1 200 m² et 12,5 tonnes ont brûlé en 2025. " + "loin " * 80 + "77 pompiers."
    article = analyse_article("À Rungis, 12 blessés", text)
    made = make_sketch(article.title, article.title_tokens, begin_sketch(article.text_tokens, article.text))
    assert sketch_article(1, NOON, article, made) == sketch_article(1, NOON, article)
    assert sketch_article(1, NOON, article).numbers == {"12", "200", "12,5"}
    made = make_sketch(article.title, article.title_tokens, BegunSketch("incendi", b"\1", "40"))
    assert sketch_article(1, NOON, article, made).numbers == {"12", "40"}


@pytest.mark.parametrize(("title", "times"), [("Rungis", 2), ("Un incendie chimique", 4)])
def test_kin_are_counted_as_often_as_all_the_words_that_they_stand_for(title: str, times: int) -> None:
    of = sketch_article(1, NOON, analyse_article(title, "Le produit chimiste et chimique brûle."))
    assert dict(zip(of.words, of.counts, strict=True))["~chimi"] == times
