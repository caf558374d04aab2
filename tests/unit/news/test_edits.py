"""What an edit says otherwise: never how it is set, nor what stands around an article and says nothing."""

from __future__ import annotations

import pytest

from news.edits import MOST_PAIRED, find_edit

LEAD = "OpenAI envisage un contrat sur les réseaux classifiés de l’OTAN."
MIDDLE = "Le marché pèse 1 200 millions d’euros, soit 12 % du total."
END = "Sam Altman en a parlé mardi à 14 h 30 devant ses équipes."
TEXT = f"{LEAD} {MIDDLE} {END}"


def edited(before: str, after: str) -> list[tuple[str | None, str | None]]:
    """Each sentence that an edit of a text changed, before and after it."""
    edit = find_edit(("Titre", before), ("Titre", after))
    return [
        (
            None if one.before is None else before[one.before.start : one.before.end].strip(),
            None if one.after is None else after[one.after.start : one.after.end].strip(),
        )
        for one in edit.sentences
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"OpenAI   envisage un contrat, sur les « réseaux classifiés » de l'OTAN !\n\n{MIDDLE}\n{END}",
        TEXT.replace("1 200 millions d’euros", "1\u202f200 millions €").replace("12 %", "12\u00a0pour cent").replace("14 h 30", "14h30"),
        f"{END} {LEAD}\n{MIDDLE}",
        f"{LEAD[:-1]} ; le marché pèse 1 200 millions d’euros, soit 12 % du total. {END}",
        f"Publié le 4 mars 2026 à 14h32, mis à jour le 5 mars\n{TEXT}\nTemps de lecture : 3 min\n12 commentaires\nLu 1 204 fois",
        f"{TEXT.replace('équipes.', 'équipes (mis à jour à 15 h).')} (15h02)",
        f"{TEXT}\nÀ lire aussi : L’OTAN achète des drones.",
        f"{TEXT}\nLire aussi L’OTAN achète des drones",
        f"{TEXT}\nSur le même sujet\nL’OTAN achète des drones\nOTAN : les alliés se divisent",
        f"{LEAD}\nUn intertitre sur l’OTAN\n{MIDDLE} {END}",
        f"14h32 - {LEAD} {MIDDLE} {END}",
    ],
)
def test_an_edit_that_says_nothing_else_changes_nothing(text: str) -> None:
    assert edited(TEXT, text) == edited(text, TEXT) == []


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("classifiés", "non classifiés"),
        ("envisage", "n’envisage plus"),
        ("1 200", "1 300"),
        ("12 %", "1,2 %"),
        ("euros", "dollars"),
        ("mardi", "jeudi"),
        ("14 h 30", "15 h 30"),
        ("Sam Altman", "Dario Amodei"),
        ("12 %", "(en 2025) 12 %"),
    ],
)
def test_other_words_are_a_change_of_their_sentence(words: str, others: str) -> None:
    ((before, after),) = edited(TEXT, TEXT.replace(words, others))
    assert before is not None
    assert after == before.replace(words, others)


def test_sentences_that_are_added_and_taken_away_are_told_in_the_order_of_the_text() -> None:
    more = "Les alliés se réunissent jeudi."
    assert edited(TEXT, f"{LEAD} {more} {END}") == [(None, more), (MIDDLE, None)]


def test_a_sentence_that_says_it_with_more_words_is_the_same_sentence() -> None:
    longer = "Mercredi soir encore, à Bruxelles, selon la presse américaine et plusieurs diplomates, l’OTAN a signé ce contrat avec OpenAI."
    assert edited("L’OTAN a signé ce contrat.", longer) == [("L’OTAN a signé ce contrat.", longer)]


def test_each_sentence_has_become_the_one_that_is_most_like_it() -> None:
    before = "Le vote a lieu lundi à Paris. Le vote a lieu mardi à Rome."
    after = "Le vote a lieu jeudi à Rome. Le vote a lieu lundi à Lyon."
    assert edited(before, after) == [
        ("Le vote a lieu mardi à Rome.", "Le vote a lieu jeudi à Rome."),
        ("Le vote a lieu lundi à Paris.", "Le vote a lieu lundi à Lyon."),
    ]


def test_a_summary_without_full_stops_is_compared_all_the_same() -> None:
    assert edited("L’OTAN signe avec OpenAI", "L’OTAN signe avec OpenAI\nLe Pentagone attend") == [(None, "Le Pentagone attend")]


def test_a_live_blog_that_shows_its_oldest_parts_no_longer_has_not_taken_them_back() -> None:
    parts = [f"{hour}h00 - L’OTAN parle du sujet numéro {hour * 37}. Rien de plus n’est su." for hour in range(8, 14)]
    newest = "15h00 - Les alliés sont arrivés."
    assert edited("\n".join(reversed(parts)), "\n".join([newest, *reversed(parts[2:])])) == [(None, newest)]
    assert edited("\n".join(parts), "\n".join([*parts[2:], newest])) == [(None, newest)]
    taken_back = edited("\n".join(reversed(parts)), "\n".join([newest, *reversed(parts[:3])]))
    assert len(taken_back) == 4, "the newest parts do not roll off"


def test_an_article_that_loses_its_end_has_taken_it_back() -> None:
    assert edited(TEXT, f"Un ajout. {LEAD} {MIDDLE}") == [(None, "Un ajout."), (END, None)]


@pytest.mark.parametrize(
    ("before", "after", "is_retitled"),
    [
        ("L’OTAN dit non", "L'OTAN dit « non »", False),
        ("EN DIRECT - L’OTAN dit non", "L’OTAN dit non", False),
        ("L’OTAN dit non (mis à jour à 14h32)", "L’OTAN dit non", False),
        ("[MAJ] L’OTAN dit non", "Mis à jour : L’OTAN dit non", False),
        ("En France, l’OTAN dit non", "L’OTAN dit non", True),
        ("L’OTAN dit non", "L’OTAN dit oui", True),
        ("L’OTAN dit non (en 2025)", "L’OTAN dit non (en 2026)", True),
    ],
)
def test_a_title_is_another_if_it_has_other_words(before: str, after: str, is_retitled: bool) -> None:
    assert find_edit((before, TEXT), (after, TEXT)).is_retitled is is_retitled


def test_a_text_that_was_written_anew_costs_no_more_than_a_bound() -> None:
    before = " ".join(f"La première phrase numéro {number * 7} parle de sujets." for number in range(3 * MOST_PAIRED))
    after = " ".join(f"La seconde phrase numéro {number * 11} parle de choses." for number in range(3 * MOST_PAIRED))
    assert edited(before, after)
