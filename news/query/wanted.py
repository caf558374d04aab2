"""Which words, and pairs of words side by side, an article must hold before a query can match it at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from news.query.tree import (
    And,
    Compound,
    EntityTerm,
    Exact,
    Filter,
    Near,
    Node,
    Not,
    Operand,
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
from news.text.analysis import analyse


class Form(StrEnum):
    """In which form of the words of an article a wanted word is looked for. A pair is two words as written, side by side."""

    TOKEN = "token"  # noqa: S105
    STEM = "stem"
    PREFIX = "prefix"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word that an article holds if a query matches it: as written, as a stem, or as the beginning of a word as written.

    Of a pair, `word` is both words with a space between; no word holds a space.
    """

    form: Form
    word: str


Cost: TypeAlias = Callable[[Wanted], float]
"""A guess at how many articles hold a word; only comparisons matter."""

Parts: TypeAlias = Callable[[Operand | Prefix], list[Wanted]]
"""What a term asks an article to hold, all of it: `words_of` or `pairs_of`."""

_PAIR_COST = 0.1
"""Of the articles that hold the rarer of two words, one in ten may hold the other just beside it."""

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
    if wanted.form is Form.PAIR:
        return _PAIR_COST * min(map(_whole_word_cost, wanted.word.split(" ")))
    return _whole_word_cost(wanted.word)


def _whole_word_cost(word: str) -> float:
    return (_COMMON_COST if word in _COMMON_WORDS else 1) / len(word) ** 2


def words_of(term: Operand | Prefix) -> list[Wanted]:
    """The words of a term, every one of which a text must hold to hold the term."""
    if isinstance(term, Word):
        return [Wanted(Form.STEM, term.stem)]
    if isinstance(term, Prefix):
        return [Wanted(Form.PREFIX, term.beginning)]
    if isinstance(term, Compound):
        between = [Wanted(Form.TOKEN, token) for token in term.tokens[1:-1]]
        return [Wanted(Form.STEM, term.stems[0]), *between, Wanted(Form.STEM, term.stems[-1])]
    return [Wanted(Form.TOKEN, token) for token in term.tokens]


def pairs_of(term: Operand | Prefix) -> list[Wanted]:
    """Of several words in a row each two that are side by side; of any other term its word."""
    if isinstance(term, Phrase | Exact) and len(term.tokens) > 1:
        return [Wanted(Form.PAIR, f"{first} {second}") for first, second in pairwise(term.tokens)]
    return words_of(term)


def wanted_terms(node: Node, cost: Cost = word_cost, parts: Parts = words_of) -> frozenset[Wanted] | None:
    """The cheapest set of words at least one of which any match of this node holds. The node has something positive.

    None if it can match without any word, as `source:numerama` does.
    """
    return next(iter(required_words(node, cost, parts)), None)


def required_words(node: Node, cost: Cost = word_cost, parts: Parts = words_of) -> list[frozenset[Wanted]]:
    """Sets of words; any match of this node holds a word of each of them. The cheapest set is first, each is there once.

    The node has something positive. None are required if it can match without any word, as `source:numerama` does.
    """
    if isinstance(node, And):
        required = [words for operand in node.operands if has_positive(operand) for words in required_words(operand, cost, parts)]
    elif isinstance(node, Or):
        branches = [wanted_terms(operand, cost, parts) for operand in node.operands]
        wanted = [branch for branch in branches if branch is not None]
        required = [frozenset[Wanted]().union(*wanted)] if len(wanted) == len(branches) else []
    elif isinstance(node, Not):
        raise TypeError("a negation wants nothing; the parser lets none stand alone")
    elif isinstance(node, Filter | Since | Until):
        required = []
    else:
        required = _required_by_term(node, cost, parts)
    return sorted(dict.fromkeys(required), key=lambda choice: sum(map(cost, choice)))


def _required_by_term(term: Term, cost: Cost, parts: Parts) -> list[frozenset[Wanted]]:
    if isinstance(term, EntityTerm):
        return [_any_of(term.names, cost, parts)]
    if isinstance(term, Near):
        return [_any_of(term.left, cost, parts), _any_of(term.right, cost, parts)]
    return [frozenset({part}) for part in parts(term)]


def _any_of(alternatives: Iterable[Operand], cost: Cost, parts: Parts) -> frozenset[Wanted]:
    return frozenset(min(parts(one), key=cost) for one in alternatives)


def mentioned_words(node: Node, parts: Parts = words_of) -> Iterator[Wanted]:
    """Every word (or pair) of every positive term of a query, from which `wanted_terms` chooses."""
    for term in positive_terms(node):
        if isinstance(term, EntityTerm):
            alternatives: tuple[Operand | Prefix, ...] = term.names
        else:
            alternatives = term.left + term.right if isinstance(term, Near) else (term,)
        for one in alternatives:
            yield from parts(one)
