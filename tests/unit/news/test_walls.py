"""What is a wall, and what only speaks of one."""

from __future__ import annotations

import pytest

from news.walls import LONGEST_WALL, looks_like_wall, speaks_of

WALLS = {
    "consent": "Avec votre accord, nous et nos 842 partenaires utilisons des cookies. Continuer sans accepter. Tout accepter.",
    "consent in English": "We value your privacy. We use cookies to personalise content. Accept all or Reject all.",
    "subscription": "Cet article est réservé aux abonnés. Déjà abonné ? Se connecter. Il vous reste 80 % de cet article à lire.",
    "not found": "Erreur 404. La page que vous cherchez n’existe plus. Retour à l’accueil.",
    "maintenance": "Service momentanément indisponible : notre site est en maintenance.",
    "robot check": "Just a moment... Checking your browser before accessing the site. Please enable JavaScript.",
    "refused": "Accès refusé. Vérifiez que vous êtes un humain en résolvant ce captcha.",
}


@pytest.mark.parametrize("text", WALLS.values(), ids=WALLS)
def test_a_short_text_that_speaks_like_a_wall_is_one_and_says_why(text: str) -> None:
    reason = looks_like_wall(text)
    assert reason is not None
    assert reason.startswith("the page shows a consent, subscription or error notice instead of the article (")


def test_case_accents_and_typography_of_a_wall_do_not_matter() -> None:
    assert looks_like_wall("DÉJÀ ABONNÉ ? — connectez–vous…")


@pytest.mark.parametrize(
    "text",
    [
        "L’OTAN a réuni ses ministres à Bruxelles. Un contrat a été signé.",
        "La CNIL inflige une amende pour avoir déposé des cookies sans accord : l’entreprise s’explique.",
        "",
    ],
    ids=["an article", "an article on cookies", "nothing"],
)
def test_an_article_is_no_wall(text: str) -> None:
    assert looks_like_wall(text) is None


def test_the_same_sign_twice_is_one_sign() -> None:
    assert looks_like_wall("Tout accepter. Tout accepter. Tout accepter.") is None


def test_a_long_text_is_an_article_whatever_it_says() -> None:
    wall = WALLS["consent"]
    assert looks_like_wall(wall + " mot" * LONGEST_WALL) is None


def test_an_article_speaks_of_at_least_half_of_its_titles_longer_words() -> None:
    assert speaks_of("La fusée a décollé hier de Kourou.", "Ariane : la FUSÉE a décollé")
    assert not speaks_of("Tout accepter", "Ariane : la fusée a décollé")


def test_a_title_without_longer_words_says_nothing_against_a_text() -> None:
    assert speaks_of("Tout accepter", "IA : 5G")
    assert speaks_of("", "")
