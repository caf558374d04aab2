"""The query language: `parse_query` turns text into a tree of terms; the tree means the same in topics and in search."""

from news.query.entities import check_entities
from news.query.parser import GREATEST_DEPTH, GREATEST_LENGTH, parse_query
from news.query.tree import And, EntityTerm, Exact, Node, Not, Or, Phrase, Query, Term, Word, positive_terms
from news.query.wanted import Wanted, wanted_terms

__all__ = [
    "GREATEST_DEPTH",
    "GREATEST_LENGTH",
    "And",
    "EntityTerm",
    "Exact",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Query",
    "Term",
    "Wanted",
    "Word",
    "check_entities",
    "parse_query",
    "positive_terms",
    "wanted_terms",
]
