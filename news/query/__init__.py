"""The query language: `parse_query` turns text into a tree of terms; the tree means the same in topics and in search."""

from news.query.advice import advise_on
from news.query.conditions import found_fact
from news.query.entities import check_entities
from news.query.lexer import GREATEST_DISTANCE
from news.query.moments import MomentParser
from news.query.parser import GREATEST_DEPTH, GREATEST_LENGTH, GREATEST_SIZE, parse_query
from news.query.tree import (
    And,
    Compound,
    Condition,
    EntityTerm,
    Exact,
    Fact,
    Filter,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Prefix,
    Query,
    Since,
    Term,
    TextField,
    Until,
    Word,
    leaves,
    positive_terms,
    required_conditions,
)
from news.query.wanted import Wanted, wanted_terms

__all__ = [
    "GREATEST_DEPTH",
    "GREATEST_DISTANCE",
    "GREATEST_LENGTH",
    "GREATEST_SIZE",
    "And",
    "Compound",
    "Condition",
    "EntityTerm",
    "Exact",
    "Fact",
    "Filter",
    "MomentParser",
    "Near",
    "Node",
    "Not",
    "Operand",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Since",
    "Term",
    "TextField",
    "Until",
    "Wanted",
    "Word",
    "advise_on",
    "check_entities",
    "found_fact",
    "leaves",
    "parse_query",
    "positive_terms",
    "required_conditions",
    "wanted_terms",
]
