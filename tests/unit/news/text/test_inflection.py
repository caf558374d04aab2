"""Which forms are the same word, and which are not."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from bench.inflection import FEMININES, missed_feminines
from news.text import analyse, stem

VOCABULARY = Path(__file__).parents[5] / "shared" / "corpus" / "text-fr" / "snowball-fr" / "voc.txt"

ONE_WORD = [
    "contrat contrats",
    "loi lois",
    "réseau réseaux reseaux",
    "national nationale nationaux nationales",
    "militaire militaires",
    "européen européenne européens européennes",
    "publié publiée publiés publiées publies publie",
    "levée levees levées",
    "américain américaine américains américaines",
    "français française françaises",
    "anglais anglaise anglaises",
    "chinois chinoise chinoises",
    "nouveau nouveaux nouvelle nouvelles nouvel",
    "beau belle beaux",
    "vieux vieille vieilles",
    "important importante importants importantes",
    "récent récente récents récentes",
    "premier première premiers premières",
    "étranger étrangère étrangers étrangères",
    "actif active actifs actives",
    "dangereux dangereuse dangereuses",
    "chercheur chercheurs chercheuse chercheuses",
    "directeur directrice directeurs directrices",
    "meilleur meilleure meilleurs meilleures",
    "officiel officielle officiels officielles",
    "public publique publics publiques",
    "petit petite petits petites",
    "grand grande grands grandes",
    "gros grosse grosses",
    "bas basse basses",
    "frais fraîche fraîches",
    "complet complète complets complètes",
    "vendu vendue vendus vendues",
    "vu vue vus vues",
    "élu élue élus élues",
    "conclu conclue conclus conclues",
    "fini finie finis finies",
    "compris comprise comprises",
    "promis promise promises",
    "mis mise mises",
    "signé signée signés signées",
    "créé créée créés créées",
    "agréé agréée agréés agréées",
    "interdit interdite interdits interdites",
    "ouvert ouverte ouverts ouvertes",
    "écrit écrite écrits écrites",
    "journal journaux",
    "travail travaux",
    "jeu jeux",
    "enjeu enjeux",
    "niveau niveaux",
    "bijou bijoux",
    "œil yeux",
    "IA IAs",
    "up ups",
    "startup startups",
    "lobby lobbys lobbies",
    "match matchs matches",
    "penalty penaltys penalties",
    "sandwich sandwichs sandwiches",
    "donnée données donnees",
    "armée armées",
    "entreprise entreprises",
    "Français FRANÇAISE francaise",
    "civil civile civils civiles",
    "futur future futurs futures",
    "divers diverse diverses",
    "inédit inédite inédits inédites",
    "espagnol espagnole espagnols",
    "ambigu ambiguë ambigus ambiguës",
    "serein sereine",
    "chef cheffe chefs cheffes",
    "ingénieur ingénieure ingénieurs ingénieures INGÉNIEURE ingenieure",
    "ambassadeur ambassadrice ambassadeurs ambassadrices",
    "préfet préfète préfets préfètes prefete",
    "espion espionne espions espionnes",
    "consul consule consuls consules",
    "auteur auteure autrice auteurs autrices",
    "hôte hôtesse hôtes hôtesses",
    "assis assise assises",
    "métis métisse métisses",
    "leader leadeuse leaders leadeuses",
    "saxon saxonne saxons",
]

DIFFERENT_WORDS = [
    "OpenAI open",
    "Meta met",
    "université universel",
    "organisation organe",
    "publier publié publication",
    "votants otan",
    "port porte",
    "fil fille",
    "vent vente",
    "point pointe",
    "mot motte",
    "retrait retraite",
    "trait traité",
    "action actionné",
    "fonction fonctionne",
    "station stationne",
    "appel appelle",
    "accord accordé",
    "regard regardé",
    "contact contacté",
    "impact impacté",
    "document documenté",
    "argument argumente",
    "conseil conseille",
    "comment commente",
    "signal signalé",
    "médecin médecine",
    "machin machine",
    "dessin dessine",
    "destin destine",
    "arme armée",
    "anne année",
    "donne données",
    "entre entrée",
    "dure durée",
    "chant chante",
    "train traîne",
    "gain gaine",
    "oubli oublie",
    "mari marie",
    "pari Paris",
    "pay pays",
    "new news",
    "mai mais",
    "moi mois",
    "foi fois",
    "temp temps",
    "san sans",
    "pré presse",
    "cachet cachette",
    "navet navette",
    "guerre guère guerrier",
    "défense défenseur",
    "économie économisé",
    "suisse suis",
    "crise cri",
    "base bas",
    "Windows Windowed",
    "robot robotique",
    "sécurité sécuriser",
    "marché marchand",
    "objet objectif",
    "C C++ C#",
    "4G 5G",
    "ingénieur ingénieux",
    "entreprise entrepris",
    "poursuite poursuit",
    "misère miser",
    "excelle Excel",
    "Danielle Daniel",
    "Michelle Michel",
    "Françoise François",
    "Amélie Ameli",
    "Denis déni",
    "chef chefferie",
    "consul consulter consultation",
    "préfet préfecture",
    "ingénieur ingénieux ingénierie",
    "espion espionnage",
    "ambassadeur ambassade",
    "marin marine",
    "tribun tribune",
    "colon colonne",
    "médecin médecine",
    "mandarin mandarine",
    "maître maîtrise",
    "prince principe",
    "chasseur châsse",
    "procureur procuration",
    "lead leader",
    "revers rêver",
]


def _stem(word):
    (only,) = analyse(word).stems
    return only


@pytest.mark.parametrize("forms", ONE_WORD)
def test_these_are_forms_of_one_word(forms):
    assert len({_stem(form) for form in forms.split()}) == 1


def test_the_feminines_of_offices_trades_and_peoples_are_found_by_their_masculine():
    missed, count = missed_feminines(FEMININES.read_text(encoding="utf-8"))
    assert missed == []
    assert count >= 340


@pytest.mark.parametrize("words", DIFFERENT_WORDS)
def test_these_are_different_words(words):
    for one, other in combinations(words.split(), 2):
        assert _stem(one) != _stem(other), (one, other)


@pytest.mark.parametrize("word", ["gpt4", "c++", "next.ink", "at&t", "2026", "ia", "a", "东京", ""])
def test_what_is_no_plain_word_is_its_own_stem(word):
    assert stem(word) == word


def test_a_stem_is_never_empty():
    assert all(stem(letter * count) for letter in "aesxu" for count in range(1, 9))


def test_a_large_vocabulary_falls_into_small_families():
    if not VOCABULARY.exists():
        pytest.skip("the shared French vocabulary is not here")
    families: dict[str, set[str]] = {}
    for word in VOCABULARY.read_text(encoding="utf-8").split():
        for token in analyse(word).tokens:
            families.setdefault(stem(token), set()).add(token)
    assert max(len(family) for family in families.values()) <= 6
    for family_stem, family in families.items():
        assert family & {"oeil", "empereur"} or all(member[:2] == family_stem[:2] for member in family), family
