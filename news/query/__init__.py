"""The query language: `parse_query` turns text into a tree of terms, which means the same in topics (`Matcher`) and in search (`holds`)."""

from news.query.advice import advise_on
from news.query.conditions import found_fact
from news.query.entities import check_entities
from news.query.finding import PreparedArticle, find, prepare
from news.query.lexer import GREATEST_DISTANCE
from news.query.matching import Matcher, TopicPlaces, check_topics, explain, holds, needs_facts
from news.query.moments import MomentParser
from news.query.parser import GREATEST_DEPTH, GREATEST_LENGTH, GREATEST_SIZE, parse_query
from news.query.passages import make_snippet
from news.query.tree import (
    EVERYTHING,
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
from news.query.wanted import Form, Wanted, wanted_terms

__all__ = [
    "EVERYTHING",
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
    "Form",
    "Matcher",
    "MomentParser",
    "Near",
    "Node",
    "Not",
    "Operand",
    "Or",
    "Phrase",
    "Prefix",
    "PreparedArticle",
    "Query",
    "Since",
    "Term",
    "TextField",
    "TopicPlaces",
    "Until",
    "Wanted",
    "Word",
    "advise_on",
    "check_entities",
    "check_topics",
    "explain",
    "find",
    "found_fact",
    "holds",
    "leaves",
    "make_snippet",
    "needs_facts",
    "parse_query",
    "positive_terms",
    "prepare",
    "required_conditions",
    "wanted_terms",
]
