"""Sketches: what is remembered of an article for as long as others may be placed beside it, and how much its words tell. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from operator import mul

from news.copies import column_of
from news.headlines import HeadlineKind, kinds_of_headline
from news.sources import BegunSketch, MadeSketch
from news.text import AnalysedArticle, Analysis, analyse, little_words

__all__ = [
    "BEGINNING_WORDS",
    "COUNTED",
    "KIN_SIGN",
    "Sketch",
    "WordCounts",
    "begin_sketch",
    "make_sketch",
    "plain_words",
    "sketch_article",
    "weigh",
]

BEGINNING_WORDS = 65
"""Of a text, some 400 characters: what happened stands there, what happened before comes after it."""
_BEGINNING_CHARACTERS = 400
"""The same, for numbers, which are looked for as they are written."""
KIN_SIGN = "~"
"""Before the first letters of a word, by which its kin is known; no word has it. Nobody is counted, found or told by kin."""
_KIN_LETTERS = 5
"""Neige and neigeux, Croatie and croate: stems keep them apart, so few letters do not."""
_TITLE_COUNTS = 2
_KIN_FACTOR = 0.5
"""What the kin of a word tells, of what the word does."""
_UNKNOWN_ARTICLES = 50
"""As if there were so many more: the first of an archive know little of which words are rare."""
_UNSEEN = 0.7
"""As if so much of an article more held each word: one that nobody holds tells much, not everything."""
_LITTLE = little_words("fr", "en")
_NUMBER = re.compile(
    r"""\d(?<![\d:,.]\d)(?<!\dh\d)(?!(?<=1)9\d\d\b|(?<=2)0\d\d\b)(?:[.,]?\d)+(?!\d|:\d|\s?h\d|\s(?:janvier|février|mars|avril|mai|juin|juillet
    |août|septembre|octobre|novembre|décembre|january|february|march|april|may|june|july|august|september|october|november|december)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Of two digits or more: those of one are everywhere. No year, no day of a month, no time of day. What may not stand before it is looked
for behind its first digit, so that a text is searched for digits alone."""
_HEAD = re.compile(r"([^:«»“”\"]{3,45}?)\s?:\s")
"""« Guerre en Ukraine : … »: it names the affair, and what happened stands behind it."""
_MOST_COUNTED = (1 + _TITLE_COUNTS) * BEGINNING_WORDS
"""Times that a word comes at most, as `sketch_article` counts."""
COUNTED = (0.0, *(1 + math.log(count) for count in range(1, _MOST_COUNTED + 1)))
"""What a word counts that comes so often; remembered, since it is asked hundreds of times an article."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is remembered of an article for as long as others may be placed beside it."""

    article_id: int
    at: datetime
    title: str
    words: Sequence[str]
    """Stems of title and beginning and their kin, each once: those first that the title says of its affair, whose name is none of them."""
    titled: int
    """How many these first ones are."""
    counts: bytes
    """How often each of the words comes; in the title they count twice."""
    numbers: frozenset[str]
    """In title and beginning, as written."""
    kinds: frozenset[HeadlineKind]
    column: str
    """See `news.copies.column_key`."""
    weights: Sequence[int] = ()
    """How much each word told when the article was placed, in hundredths; nothing before. Looked up anew for each comparison, they would
    cost the most."""
    square: float = 0.0
    """Of what its words tell, together."""

    @property
    def title_words(self) -> Sequence[str]:
        """What the title says of its affair."""
        return self.words[: self.titled]


class _Weights(dict[str, int]):
    """How much words tell, in hundredths: made at once of all that anybody holds, since hundreds are asked for with each article."""

    def __init__(self, articles: int, holding: Mapping[str, int]) -> None:
        most, log = 100 * math.log(articles + _UNKNOWN_ARTICLES), math.log
        super().__init__({word: round(most - 100 * log(held + _UNSEEN)) for word, held in holding.items()})
        self._of_unknown = round(most - 100 * log(_UNSEEN))

    def __missing__(self, word: str) -> int:
        return self._of_unknown


@dataclass(frozen=True)
class WordCounts:
    """How many articles there were, and how many of them held each word; what is not named none held.

    `holding` must not change from then on: what a word tells is reckoned once, since the articles of a body share many.
    """

    articles: int
    holding: Mapping[str, int]

    @cached_property
    def _weights(self) -> _Weights:
        return _Weights(self.articles, self.holding)

    def weigh(self, words: Iterable[str]) -> tuple[int, ...]:
        """How much each word tells, in hundredths, the more the fewer articles hold it."""
        return tuple(map(self._weights.__getitem__, words))


def begin_sketch(analysis: Analysis, text: str) -> BegunSketch:
    """What a sketch has of the text, the same under any title."""
    counts = _count_with_kin(_telling_words(analysis))
    numbers = dict.fromkeys(_NUMBER.findall(text[:_BEGINNING_CHARACTERS]))
    return BegunSketch(" ".join(counts), bytes(counts.values()), " ".join(numbers))


def make_sketch(title: str, title_tokens: Analysis, begun: BegunSketch) -> MadeSketch:
    """What a sketch has of the title, and of the text under it."""
    title_words = _telling_words(title_tokens)
    said_of_affair = _telling_words(title_tokens, _words_of_head(title)) or title_words
    counted = dict(zip(begun.words.split(), begun.counts, strict=True))
    for word, count in _count_with_kin(title_words).items():
        counted[word] = counted.get(word, 0) + _TITLE_COUNTS * count
    titled = {word: counted.pop(word) for word in sorted({*said_of_affair, *_kin_of(said_of_affair)})}
    words, counts = " ".join([*titled, *counted]), bytes([*titled.values(), *counted.values()])
    numbers = " ".join([*_NUMBER.findall(title), begun.numbers])
    return MadeSketch(words, len(titled), counts, numbers, " ".join(kinds_of_headline(title)), column_of(title_tokens))


def sketch_article(article_id: int, at: datetime, analysed: AnalysedArticle, made: MadeSketch | None = None) -> Sketch:
    """What is to be remembered of an article. `made`: what `make_sketch` gives for its title and text, if that was made before."""
    made = made or make_sketch(analysed.title, analysed.title_tokens, begin_sketch(analysed.text_tokens, analysed.text))
    words, numbers = tuple(made.words.split()), frozenset(made.numbers.split())
    kinds = frozenset(map(HeadlineKind, made.kinds.split()))
    return Sketch(article_id, at, analysed.title, words, made.titled, made.counts, numbers, kinds, made.column)


def weigh(sketch: Sketch, counts: WordCounts) -> Sketch:
    """The sketch with how much its words tell, as far as that is known now: rounded, as it is kept."""
    words = plain_words(sketch)
    known = dict(zip(words, counts.weigh(words), strict=True))
    known |= _weigh_kin(known)
    weights = tuple(map(known.__getitem__, sketch.words))
    told = list(map(mul, weights, map(COUNTED.__getitem__, sketch.counts)))
    return replace(sketch, weights=weights, square=sum(map(mul, told, told)))


def _weigh_kin(weights: Mapping[str, int]) -> dict[str, int]:
    """What kin tell: half of what their word does, of several the one that tells least."""
    least: dict[str, int] = {}
    for word, weight in weights.items():
        if len(word) > _KIN_LETTERS:
            kin = KIN_SIGN + word[:_KIN_LETTERS]
            least[kin] = min(weight, least.get(kin, weight))
    return {kin: round(weight * _KIN_FACTOR) for kin, weight in least.items()}


def plain_words(sketch: Sketch) -> list[str]:
    """Its words without their kin: what articles are counted and found by."""
    return [word for word in sketch.words if word[0] != KIN_SIGN]


def _count_with_kin(words: Sequence[str]) -> Mapping[str, int]:
    """How often each of the words comes, and its kin."""
    return Counter([*words, *_kin_of(words)])


def _kin_of(words: Iterable[str]) -> list[str]:
    """What each word has in common with its kin; those that are no longer than that have none."""
    return [KIN_SIGN + word[:_KIN_LETTERS] for word in words if len(word) > _KIN_LETTERS]


def _words_of_head(title: str) -> int:
    """How many words stand before the colon of a title, where it begins with the name of its affair."""
    head = _HEAD.match(title)
    return 0 if head is None else len(analyse(head[1]))


def _telling_words(analysis: Analysis, start: int = 0) -> list[str]:
    """Stems of its first words that may tell what a text is about; numbers and dates rise and pass within one event."""
    tokens, stems = analysis.first_tokens(BEGINNING_WORDS), analysis.first_stems(BEGINNING_WORDS)
    pairs = zip(tokens[start:], stems[start:], strict=False)
    return [stem for token, stem in pairs if token not in _LITTLE and not token[0].isdigit() and len(token) > 1]
