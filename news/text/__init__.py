"""Text to words, words to stems: the one analysis that topics, search and index share."""

from news.text.analysis import (
    ANALYSIS_VERSION,
    TOKEN_SIGNS,
    AnalysedArticle,
    Analysis,
    analyse,
    analyse_article,
    index_columns,
)
from news.text.inflection import stem
from news.text.language import language_of, little_words

__all__ = [
    "ANALYSIS_VERSION",
    "TOKEN_SIGNS",
    "AnalysedArticle",
    "Analysis",
    "analyse",
    "analyse_article",
    "index_columns",
    "language_of",
    "little_words",
    "stem",
]
