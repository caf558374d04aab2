"""Texts that are only a part of their article."""

from __future__ import annotations

from typing import Any

import pytest

from news.cuts import CUT_SHORT, LEAST_FULL_TEXT, PARTS_LEFT_OUT, PARTS_MISSING, PAYWALL, find_shortfall
from news.sources import ExtractedPage, LacksParts

PROSE = "La mairie de Tarnac a voté hier son budget, et l’opposition s’en plaint. "
SHORT = PROSE * 4
LONG = PROSE * 40


def code_of(text: str, **said: Any) -> str | None:
    shortfall = find_shortfall(ExtractedPage("Le budget", text, **said))
    return shortfall.code if shortfall else None


@pytest.mark.parametrize(
    "end",
    [
        "La suite est réservée aux abonnés.",
        "Cet article est réservé à nos abonnés\nDéjà abonné ? Se connecter",
        "Il vous reste 72 % de cet article à lire.",
        "Il vous reste 72\u202f% de cet article à lire. La suite est réservée aux abonnés.",
        "Pour lire la suite\net accéder à 3 articles par mois,\ncréez votre compte\nOffre découverte\n1 € le premier mois puis 12 €",
        "Abonnez-vous pour lire la suite",
        "Connectez-vous gratuitement pour accéder à l’article",
        "Contenu réservé aux membres",
        "Déjà inscrit ?",
        "Vous n’avez lu que 20 % de cet article",
        "This article is for subscribers only.",
        "Already a subscriber? Sign in",
        "Subscribe to continue reading",
        "To continue reading this article, sign up for a trial.",
    ],
)
@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_text_that_ends_where_it_invites_to_subscribe_is_only_the_beginning(text: str, end: str) -> None:
    assert code_of(f"{text}\n{end}") == PAYWALL


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_true_article_about_subscriptions_is_none(text: str) -> None:
    assert code_of(f"Les abonnés de Netflix paieront plus. L’article 12 de la loi est réservé. {text}") is None
    assert code_of(f"La suite est réservée aux abonnés, disait le journal. {PROSE * 12}") is None, "so far from the end"


@pytest.mark.parametrize("mark", ["[…]", "[...]", "(…)", "(...)\n"])
@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_text_that_ends_in_a_mark_is_cut(text: str, mark: str) -> None:
    assert code_of(text + mark) == CUT_SHORT
    assert code_of(mark + text) is None


@pytest.mark.parametrize("mark", ["…", "...", "Lire la suite", "Continuer la lecture"])
def test_a_mark_that_may_be_the_author_s_own_says_so_of_a_short_text_only(mark: str) -> None:
    assert (code_of(SHORT + mark), code_of(LONG + mark)) == (CUT_SHORT, None)


def test_a_page_that_says_that_the_rest_is_for_subscribers_is_believed_if_it_shows_little() -> None:
    little, much = "x" * (LEAST_FULL_TEXT - 1), "x" * LEAST_FULL_TEXT
    assert (code_of(little, is_for_subscribers=True), code_of(much, is_for_subscribers=True)) == (PAYWALL, None)


def test_a_page_of_which_a_further_one_could_not_be_had_lacks_that() -> None:
    assert code_of(LONG, lacks_parts=LacksParts.FOR_NOW) == PARTS_MISSING
    assert code_of(LONG, lacks_parts=LacksParts.FOR_GOOD) == PARTS_LEFT_OUT


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_any_other_text_is_whole(text: str) -> None:
    assert code_of(text) is None
