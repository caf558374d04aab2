"""Invented French-like text whose words are as common and as rare as in real text (Zipf's law), the same for the same seed.

The commonest words are French ones; the long tail is made of syllables, with French endings, so that inflection has its usual work.
"""

from __future__ import annotations

import itertools
import random
from functools import cache

_GRAMMAR = """
de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son elle aux cette ont mais ses comme
on tout nous sa fait été aussi leur bien peut ces y deux ou si leurs même sans être entre très après faire moins dont encore ainsi depuis
""".split()  # noqa: SIM905
_NEWS = """
données entreprise intelligence artificielle marché utilisateurs service modèle système réseau sécurité millions euros année application
numérique société groupe technologie logiciel projet gouvernement contrat militaire défense loi européenne commission plateforme puce
processeur téléphone opérateur fibre mobile satellite lancement fusée batterie voiture électrique autonome robot cybersécurité attaque
faille mise jour version code libre navigateur moteur recherche publicité vie privée règlement amende justice enquête plainte tribunal
ministre président directeur fondateur investisseur levée fonds milliard dollar bourse action résultat trimestre croissance vente rachat
accord partenariat alliance agence nationale publique hôpital école étudiant chercheur université laboratoire étude rapport chiffre
consommation énergie climat centre serveur cloud stockage calcul quantique algorithme apprentissage réponse question image vidéo musique
jeu console éditeur studio film série chaîne télévision radio presse journaliste article contenu droit auteur licence brevet concurrence
""".split()  # noqa: SIM905
_NAMES = """
OpenAI OTAN Orange Google Apple Microsoft Meta Mistral Nvidia Thales Airbus Free
Bouygues Samsung Amazon Intel Paris Bruxelles
""".split()  # noqa: SIM905
_ONSETS = "b c d f g l m n p r s t v ch br tr pr gr pl fl cl cr".split()  # noqa: SIM905
_VOWELS = "a e i o u é ou ai an on in eu oi".split()  # noqa: SIM905
_ENDINGS = "tion ment té eur euse if ive al ale ique able ée é er aire ance isme iste ure age el elle ant ante".split()  # noqa: SIM905
VOCABULARY_SIZE = 60_000
_EXPONENT = 1.05
"""Of the rank in Zipf's law; French newspapers are near 1."""
_ELIDING = {"de": "d’", "la": "l’", "le": "l’", "que": "qu’", "se": "s’", "ne": "n’", "ce": "c’"}


@cache
def vocabulary() -> list[str]:
    """The words by rank: grammar, then the words of the news, then the long tail."""
    chance = random.Random(7)
    words = dict.fromkeys([*_GRAMMAR, *_NEWS, *_NAMES])
    while len(words) < VOCABULARY_SIZE:
        syllables = "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(chance.randint(1, 3)))
        words[syllables + chance.choice(_ENDINGS) + chance.choice(("", "", "s"))] = None
    return list(words)


@cache
def _cumulative_weights() -> list[float]:
    return list(itertools.accumulate(1 / (rank + 2.7) ** _EXPONENT for rank in range(VOCABULARY_SIZE)))


def make_words(chance: random.Random, count: int) -> list[str]:
    """So many words, each as often as its rank says."""
    return chance.choices(vocabulary(), cum_weights=_cumulative_weights(), k=count)


def make_title(chance: random.Random) -> str:
    """A headline of about ten words, none of the commonest."""
    ranks = chance.choices(range(len(_GRAMMAR), 8_000), k=9)
    words = [vocabulary()[rank] for rank in ranks]
    return f"{chance.choice(_NAMES)} : {' '.join(words)}"


def make_paragraphs(chance: random.Random, characters: int) -> list[str]:
    """Paragraphs of a few sentences each, about so many characters together."""
    paragraphs: list[str] = []
    length = 0
    while length < characters:
        paragraph = " ".join(_make_sentence(chance) for _ in range(chance.randint(2, 4)))
        paragraphs.append(paragraph)
        length += len(paragraph)
    return paragraphs


def _make_sentence(chance: random.Random) -> str:
    words = make_words(chance, chance.randint(8, 26))
    pieces: list[str] = []
    for word, following in itertools.pairwise([*words, ""]):
        elided = _ELIDING.get(word) if following[:1] in "aeiouéh" and following else None
        pieces.append(elided or word + (", " if chance.random() < 0.06 else " "))
    sentence = "".join(pieces).strip(" ,’")
    return sentence[:1].upper() + sentence[1:] + "."
