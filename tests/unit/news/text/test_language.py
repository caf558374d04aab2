"""The language of a text is told by its little words; what cannot be told is left untold."""

from __future__ import annotations

import pytest

from news.text import language_of

TEXTS = [
    ("fr", "L’OTAN et OpenAI signent un contrat pour les réseaux de l’alliance, selon le ministère."),
    ("fr", "L’OTAN ET OPENAI SIGNENT UN CONTRAT POUR LES RESEAUX DE L’ALLIANCE"),
    ("fr", "Chez Orange, les abonnés ont été prévenus par courriel."),
    ("fr", "Google lance Gemini en France : ce qui change pour vous"),
    ("fr", "La chaîne publie « The Art of War », un livre sur ce qui est dit dans les réseaux, avec des dessins"),
    ("fr", "Le prix du vin varie de presque rien à presque tout, suivant de nombreux critères"),
    ("en", "NATO and OpenAI have signed a contract for the networks of the alliance, the ministry said."),
    ("en", "What we know about the new iPhone and its price"),
    ("en", "The update is available for all users in Paris, France"),
    ("de", "Die NATO und OpenAI haben einen Vertrag für die Netze des Bündnisses geschlossen, wie das Ministerium mitteilt."),
    ("es", "La OTAN y OpenAI firman un contrato para las redes de la alianza, según el ministerio, que no dio más detalles."),
    ("it", "La NATO e OpenAI hanno firmato un contratto per le reti dell'alleanza, come ha detto il ministero della difesa."),
    ("nl", "De NAVO en OpenAI hebben een contract getekend voor de netwerken van het bondgenootschap, zegt het ministerie."),
    ("pt", "A OTAN e a OpenAI assinaram um contrato para as redes da aliança, segundo o ministério, que não deu mais detalhes."),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_sentence_tells_its_language(language, text):
    assert language_of(text) == language


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_long_text_tells_it_too_and_case_does_not_matter(language, text):
    assert language_of(text.upper() + "\n" + text * 2_000) == language


@pytest.mark.parametrize(
    "text", ["", "OpenAI", "iPhone 17 Pro", "12 345,6", "東京で地震", "Новости дня: всё о связи", "NATO, OpenAI, Google", "\x00"]
)
def test_what_is_no_sentence_of_a_known_language_is_left_untold(text):
    assert language_of(text) is None
