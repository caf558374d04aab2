"""Placing the articles of one body in stories, one after the other, from what is known of those around them. Pure.

Storage loads `Around`, has each article placed, and writes what was decided and which stories changed.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from news.copies import MOST_HOLDERS, CopyOf, CopyReason, OtherText, SampledText, article_number_mark, find_copy, join_marks
from news.sampling import one_in_of, sample_joined
from news.sketches import KIN_SIGN, Sketch, WordCounts, begin_sketch, make_sketch, plain_words, sketch_article, weigh
from news.sources import PreparedArticle, PreparedText
from news.stories import AFFAIR_SPAN, MOST_NEIGHBOURS, Neighbour, Placing, central_article, place
from news.text import AnalysedArticle, Analysis, analyse
from news.text.analysis import joined

MOST_WORDS_ASKED = 20
"""The rarest of an article's words, by which those near to it are found; with all of them the same ones are."""
MOST_HOLDERS_ASKED = 20
"""Articles that hold a word, the latest: where more do, it tells little, and must not cost more."""
LEAST_SHARE_TOLD = 0.18
"""Of what its rarest words tell, that the nearest article must share: else none is looked at, since hardly any would be near enough. Of the
labelled articles the first that would then be alone is lost at 0.24, and of those with whole texts none at 0.6."""
LEAST_TITLE_TOLD = 0.5
"""Of what its title says of its affair, if that is less: one under the same headline of few words is near enough by that alone."""
MOST_COMPARED = 20
"""Articles with the same shingles, those first that share most."""


class ByRarity(NamedTuple):
    """The words of an article by which those near to it are found."""

    words: Sequence[tuple[int, str]]
    """All but kin, each behind how much it tells; what tells most comes first."""
    least_told: float
    """How much that is shared with the nearest article must tell, so that any is looked at."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An article that is in no story yet, with what it is compared by."""

    article_id: int
    source_id: int
    title_stems: frozenset[str]
    shingles: frozenset[int]
    number_mark: int | None
    sketch: Sketch
    by_rarity: ByRarity | None = None
    """None before its words are weighed."""

    @property
    def marks(self) -> frozenset[int]:
        """The shingles, and the number that its address has for it."""
        return join_marks(self.shingles, self.number_mark)


@dataclass(frozen=True, slots=True)
class KnownText:
    """What comparing a text with that of an article on record needs of it."""

    source_id: int
    at: datetime
    title: str
    shingles: int
    one_in: int
    """Of how many of its runs one was taken."""
    copy_of: int | None = None
    said_by: Mapping[int, int] = field(default_factory=dict)
    """How many articles of each source say the same: copies by their text, and the article itself."""

    @property
    def is_phrase(self) -> bool:
        """Whether a source says the same so often that it is no article that is printed again, whoever says it."""
        return max(self.said_by.values(), default=0) >= MOST_HOLDERS


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it is on record: the article that gives it its title, from when to when, and how many articles it has."""

    story_id: int
    central_id: int
    started_at: datetime
    updated_at: datetime
    articles: int
    centrality: Mapping[int, float]
    """How near its central article, and those that are near to what is placed, are to the others: no other becomes central by that."""
    joined_into: int | None = None


@dataclass(slots=True)
class Around:
    """What is known around the articles that are to be placed; it grows with each that is."""

    next_story_id: int
    holders: dict[int, list[int]] = field(default_factory=dict)
    """Which articles hold each of their marks."""
    texts: dict[int, KnownText] = field(default_factory=dict)
    told: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    """For each article to be placed: those that share words with it, with how much these tell."""
    sketches: dict[int, Sketch] = field(default_factory=dict)
    story_of: dict[int, int] = field(default_factory=dict)
    stories: dict[int, Story] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """What was decided of an article. `marks`: those of its marks that are to be kept."""

    article: Unplaced
    story_id: int
    placing: Placing
    copy: CopyOf | None
    marks: frozenset[int]


def prepare_for_placing(analysis: Analysis, text: str) -> PreparedText:
    """What the text gives for placing its article in a story, whatever its title and its time are."""
    shingles = sample_joined(joined(analysis)[0])
    return PreparedText(begin_sketch(analysis, text), struct.pack(f"<{len(shingles)}Q", *sorted(shingles)))


def prepare_under_title(title: str, title_tokens: Analysis, prepared: PreparedText) -> PreparedArticle:
    """What an article gives for placing it in a story, whatever its time is; `prepared`: what its text does."""
    return PreparedArticle(make_sketch(title, title_tokens, prepared.sketch), prepared.shingles)


def make_unplaced(
    article_id: int,
    source_id: int,
    url: str,
    at: datetime,
    analysed: AnalysedArticle,
    prepared: PreparedArticle | PreparedText | None = None,
) -> Unplaced:
    """All that placing an article needs of it. `prepared`: what was made of it before, or of its text."""
    prepared = prepared or prepare_for_placing(analysed.text_tokens, analysed.text)
    if isinstance(prepared, PreparedText):
        prepared = prepare_under_title(analysed.title, analysed.title_tokens, prepared)
    return Unplaced(
        article_id=article_id,
        source_id=source_id,
        title_stems=frozenset(analysed.title_tokens.stems),
        shingles=frozenset(struct.unpack(f"<{len(prepared.shingles) // 8}Q", prepared.shingles)),
        number_mark=article_number_mark(url),
        sketch=sketch_article(article_id, at, analysed, prepared.sketch),
    )


_HOUR_BITS = 24
_HOURS = (1 << _HOUR_BITS) - 1
_AFFAIR_HOURS = AFFAIR_SPAN // timedelta(hours=1)


def as_holder(article_id: int, at: datetime) -> int:
    """An article that holds a word, and the hour of its time, as one number: hundreds are looked through for each article."""
    return article_id << _HOUR_BITS | int(at.timestamp()) // 3600 & _HOURS


def weigh_words(new: Unplaced, counts: WordCounts) -> Unplaced:
    """The article with how much its words tell, as far as that is known now."""
    sketch = weigh(new.sketch, counts)
    return replace(new, sketch=sketch, by_rarity=_order_by_rarity(sketch))


def find_near(new: Unplaced, holders: Callable[[str], Sequence[int] | None]) -> dict[int, int]:
    """The articles of the days around it that share most of an article's rarest words, with how much these tell; none if that is little.

    `holders`: who else holds a word, the latest last, as `as_holder` gives them. Its words are weighed.
    """
    assert new.by_rarity is not None, "its words are weighed"
    told, asked, least_told = dict[int, int](), 0, new.by_rarity.least_told
    for weight, word in new.by_rarity.words:
        if not (held := holders(word)):
            continue  # it finds none, and others are asked instead
        for holder in held[-MOST_HOLDERS_ASKED:]:
            told[holder] = told.get(holder, 0) + weight
        asked += 1
        if asked == MOST_WORDS_ASKED:
            break
    if not told or max(told.values()) < least_told:  # so it is with most, and then nobody needs to know from when they are
        return {}
    hour = int(new.sketch.at.timestamp()) // 3600
    hours = range(hour - _AFFAIR_HOURS, hour + _AFFAIR_HOURS + 1)
    near = sorted([(-weight, holder >> _HOUR_BITS) for holder, weight in told.items() if holder & _HOURS in hours])[:MOST_NEIGHBOURS]
    return {article_id: -weight for weight, article_id in near} if near and -near[0][0] >= least_told else {}


def _order_by_rarity(sketch: Sketch) -> ByRarity:
    words, weights = sketch.words, sketch.weights
    order = sorted(range(len(words)), key=weights.__getitem__, reverse=True)
    ordered = [(weights[place], words[place]) for place in order if words[place][0] != KIN_SIGN]
    of_title = sum([weight for word, weight in zip(sketch.title_words, weights, strict=False) if word[0] != KIN_SIGN])
    of_rarest = sum([weight for weight, _ in ordered[:MOST_WORDS_ASKED]])
    return ByRarity(ordered, min(LEAST_SHARE_TOLD * of_rarest, LEAST_TITLE_TOLD * of_title))


def held_among(holders: Mapping[int, Collection[int]], marks: frozenset[int]) -> dict[int, Collection[int]]:
    """Those of these marks that anybody holds, with who does."""
    return {mark: holders[mark] for mark in holders.keys() & marks}


def most_sharing(held: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    """The articles that share most of an article's marks, by who holds these, each with those that it shares; what too many hold aside."""
    shared: dict[int, set[int]] = defaultdict(set)
    for mark, articles in held.items():
        if len(articles) < MOST_HOLDERS:
            for article_id in articles:
                shared[article_id].add(mark)
    most = sorted(shared, key=lambda article_id: (-len(shared[article_id]), article_id))[:MOST_COMPARED]
    return {article_id: shared[article_id] for article_id in most}


class Placer:
    """Places articles in the order in which they are given, their words weighed; each is known to those that follow."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._words: dict[str, list[int]] = defaultdict(list)
        """Which of the articles placed here hold a word, but for the last; see `find_near`."""
        self._last: Sketch | None = None
        """Its words are noted when another follows, which of a page's body none does."""
        self.changed: set[int] = set()
        """The stories that are not as they were."""

    def place(self, new: Unplaced) -> Placed:
        """Decide what the article is a copy of and where it belongs, and know it from then on."""
        around = self._around
        self._note_words_of_last()
        held = held_among(around.holders, new.marks)
        shared = {one: marks for one, marks in most_sharing(held).items() if one in around.texts}
        common = self._find_common(new, held, shared)
        copy = self._find_copy(new, shared, common)
        placing = place(new.sketch, self._near(new, copy), copy)
        story_id = self._begin(new) if placing.story_id is None else self._grow(new, placing)
        placed = Placed(new, story_id, placing, copy, self._marks_to_keep(new, held, copy) - common)
        self._note(placed)
        return placed

    def changed_stories(self) -> list[Story]:
        """The stories that are not as they were, by their number."""
        return [self._around.stories[story_id] for story_id in sorted(self.changed)]

    def _find_common(self, new: Unplaced, held: Mapping[int, Collection[int]], shared: Mapping[int, Collection[int]]) -> frozenset[int]:
        """Those of its marks that tell nothing: too many articles hold them, or they are those of a phrase."""
        by_many = [mark for mark, articles in held.items() if len(articles) >= MOST_HOLDERS]
        in_phrases = [new.shingles.intersection(marks) for one, marks in shared.items() if self._around.texts[one].is_phrase]
        return frozenset(by_many).union(*in_phrases)

    def _marks_to_keep(self, new: Unplaced, held: Mapping[int, Collection[int]], copy: CopyOf | None) -> frozenset[int]:
        """Of a copy, what neither its original nor another copy of that has: of a dispatch, a teaser may have come first.

        So a dispatch that a hundred newspapers print is held once.
        """
        if copy is None:
            return new.marks
        same = {copy.article_id} | {one for one, text in self._around.texts.items() if text.copy_of == copy.article_id}
        return new.marks - {mark for mark, articles in held.items() if not same.isdisjoint(articles)}

    def _find_copy(self, new: Unplaced, shared: Mapping[int, set[int]], common: frozenset[int]) -> CopyOf | None:
        texts = self._around.texts
        others = [_other_text(article_id, texts[article_id], shared[article_id] - common, new) for article_id in sorted(shared)]
        sampled = SampledText(new.source_id, new.sketch.at, new.sketch.title, new.title_stems, new.shingles, new.number_mark)
        return find_copy(sampled, others, common)

    def _near(self, new: Unplaced, copy: CopyOf | None) -> list[Neighbour]:
        """The articles of the days around it that share most with it, and what it is a copy of."""
        around = self._around
        told = {**around.told.get(new.article_id, {}), **(find_near(new, self._words.get) if self._words else {})}
        nearest = sorted(told, key=lambda article_id: (-told[article_id], article_id))[:MOST_NEIGHBOURS]
        wanted = dict.fromkeys([*nearest, copy.article_id] if copy is not None else nearest)
        return [Neighbour(around.sketches[one], around.story_of[one]) for one in wanted if one in around.sketches]

    def _begin(self, new: Unplaced) -> int:
        story_id, at = self._around.next_story_id, new.sketch.at
        self._around.next_story_id += 1
        self._change(Story(story_id, new.article_id, at, at, 1, {new.article_id: 0.0}))
        return story_id

    def _grow(self, new: Unplaced, placing: Placing) -> int:
        """The story that takes the article; those found to be one become the earliest of them."""
        assert placing.story_id is not None
        first, *others = sorted((placing.story_id, *placing.joins))
        story = self._around.stories[first]
        for other in others:
            story = self._join(story, self._around.stories[other])
        scores = placing.scores or {}
        centrality = {article_id: value + scores.get(article_id, 0.0) for article_id, value in story.centrality.items()}
        centrality[new.article_id] = sum(scores.values())
        at = new.sketch.at
        grown = replace(
            story,
            central_id=central_article(centrality),
            started_at=min(story.started_at, at),
            updated_at=max(story.updated_at, at),
            articles=story.articles + 1,
            centrality=centrality,
        )
        self._change(grown)
        return first

    def _join(self, story: Story, other: Story) -> Story:
        for article_id, of in self._around.story_of.items():
            if of == other.story_id:
                self._around.story_of[article_id] = story.story_id
        self._change(replace(other, articles=0, centrality={}, joined_into=story.story_id))
        return replace(
            story,
            started_at=min(story.started_at, other.started_at),
            updated_at=max(story.updated_at, other.updated_at),
            articles=story.articles + other.articles,
            centrality={**story.centrality, **other.centrality},
        )

    def _change(self, story: Story) -> None:
        self._around.stories[story.story_id] = story
        self.changed.add(story.story_id)

    def _note(self, placed: Placed) -> None:
        around, new = self._around, placed.article
        around.sketches[new.article_id] = new.sketch
        around.story_of[new.article_id] = placed.story_id
        copy_of = None if placed.copy is None else placed.copy.article_id
        sampled = len(new.shingles), one_in_of(new.shingles)
        around.texts[new.article_id] = KnownText(new.source_id, new.sketch.at, new.sketch.title, *sampled, copy_of, {new.source_id: 1})
        if placed.copy is not None and placed.copy.reason is CopyReason.TEXT:
            original = around.texts[placed.copy.article_id]
            said = original.said_by.get(new.source_id, 0) + 1
            around.texts[placed.copy.article_id] = replace(original, said_by={**original.said_by, new.source_id: said})
        for mark in placed.marks:
            around.holders.setdefault(mark, []).append(new.article_id)
        self._last = new.sketch

    def _note_words_of_last(self) -> None:
        if self._last is None:
            return
        holder = as_holder(self._last.article_id, self._last.at)
        for word in plain_words(self._last):
            self._words[word].append(holder)


def _other_text(article_id: int, known: KnownText, marks: Collection[int], new: Unplaced) -> OtherText:
    return OtherText(
        article_id=article_id,
        source_id=known.source_id,
        at=known.at,
        title=known.title,
        title_stems=frozenset(analyse(known.title).stems),
        shared=frozenset(marks) & new.shingles,
        shingles=known.shingles,
        one_in=known.one_in,
        same_number=new.number_mark in marks,
    )
