"""Which words an article must hold before a query can match it at all: how one article meets ten thousand topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from news.analysis import analyse
from news.query.tree import (
    And,
    EntityTerm,
    Exact,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Since,
    Term,
    Until,
    Word,
    has_positive,
    positive_terms,
)


class Form(StrEnum):
    """In which form of the words of an article a wanted word is looked for."""

    TOKEN = "token"  # noqa: S105
    STEM = "stem"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word that an article holds if a query matches it: as written, as a stem, or as the beginning of a word as written."""

    form: Form
    word: str


Cost: TypeAlias = Callable[[Wanted], float]
"""A guess at how many articles hold a word; only comparisons matter."""

_PREFIX_COST = 8
"""The beginning of a word is held by many more articles than a word of that length."""

_COMMON_COST = 50
"""A long word that every tenth article holds is a worse choice than a name of three letters."""

_COMMON = analyse(
    """
    accès accord achat action activité actuellement afin année annonce annoncer annoncé appareil application après article artificielle
    aujourd'hui aussi autre avant avec avoir besoin cadre certains cette chaque chercheurs chez client code comme compte concurrence
    connaître contenu contre création croissance dans date début depuis dernier développement devoir direction disponible dollars domaine
    données dont également encore enfin ensemble entre entreprise équipe estimer être étude euros européenne exemple explique expliquer
    façon faire fait fin fonction fonctionnalité français france géant gouvernement grand groupe heure images important information
    intelligence internet jour juste laquelle lancement lancer lequel leur ligne logiciel lors mais marché marque même mesure milliard
    million mise modèle moins mois monde moyen nombre nombreux notamment nouveau nouvelle numérique objectif outil ouvert page part
    partie pays pendant permettre personne petit place plateforme plusieurs plus point possible pour pourrait pouvoir premier prendre
    présenter prix problème processus produit projet proposer public publier puis quand quelques question rapport recherche réseau
    résultat sans secteur sécurité selon semaine service seulement simple site société solution sont sous suite sujet support sur système
    technique technologie temps toujours tous tout travail trois utilisateurs utilisation utiliser valeur version vers vidéo vie web
    """
)
_COMMON_WORDS = frozenset(_COMMON.tokens + _COMMON.stems)
"""Words that French articles about technology hold so often that meeting one says little. A wrong guess only costs time."""


def word_cost(wanted: Wanted) -> float:
    """Long words are rare words, a few apart: a word of 3 letters counts as much as eleven of 10."""
    if wanted.form is Form.PREFIX:
        return _PREFIX_COST / len(wanted.word) ** 2
    return (_COMMON_COST if wanted.word in _COMMON_WORDS else 1) / len(wanted.word) ** 2


def wanted_terms(node: Node, cost: Cost = word_cost) -> frozenset[Wanted] | None:
    """The cheapest set of words at least one of which any match of this node holds. The node has something positive.

    None if it can match without any word, as `source:numerama` does.
    """
    return next(iter(required_words(node, cost)), None)


def required_words(node: Node, cost: Cost = word_cost) -> list[frozenset[Wanted]]:
    """Sets of words; any match of this node holds a word of each of them. The cheapest set is first, each is there once.

    The node has something positive. None are required if it can match without any word, as `source:numerama` does.
    """
    if isinstance(node, And):
        required = [words for operand in node.operands if has_positive(operand) for words in required_words(operand, cost)]
    elif isinstance(node, Or):
        branches = [wanted_terms(operand, cost) for operand in node.operands]
        wanted = [branch for branch in branches if branch is not None]
        required = [frozenset[Wanted]().union(*wanted)] if len(wanted) == len(branches) else []
    elif isinstance(node, Not):
        raise TypeError("a negation wants nothing; the parser lets none stand alone")
    elif isinstance(node, Filter | Since | Until):
        required = []
    else:
        required = _required_by_term(node, cost)
    return sorted(dict.fromkeys(required), key=lambda choice: sum(map(cost, choice)))


def _required_by_term(term: Term, cost: Cost) -> list[frozenset[Wanted]]:
    if isinstance(term, EntityTerm):
        return [_any_of(term.names, cost)]
    if isinstance(term, Near):
        return [_any_of(term.left, cost), _any_of(term.right, cost)]
    return [frozenset({word}) for word in _words(term)]


def _any_of(alternatives: Iterable[Word | Phrase | Exact], cost: Cost) -> frozenset[Wanted]:
    return frozenset(min(_words(one), key=cost) for one in alternatives)


def mentioned_words(node: Node) -> Iterator[Wanted]:
    """Every word of every positive term of a query, from which `wanted_terms` chooses."""
    for term in positive_terms(node):
        if isinstance(term, EntityTerm):
            alternatives: tuple[Word | Phrase | Exact | Prefix, ...] = term.names
        else:
            alternatives = term.left + term.right if isinstance(term, Near) else (term,)
        for one in alternatives:
            yield from _words(one)


def _words(term: Word | Phrase | Exact | Prefix) -> list[Wanted]:
    if isinstance(term, Word):
        return [Wanted(Form.STEM, term.stem)]
    if isinstance(term, Prefix):
        return [Wanted(Form.PREFIX, term.beginning)]
    return [Wanted(Form.TOKEN, token) for token in term.tokens]
