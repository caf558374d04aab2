"""What an article says otherwise than earlier ones on the same story, where it speaks of what a topic asks for. Pure.

Sentences of two articles are aligned by the telling words that they share. Two that speak of the same may differ in what they deny, in
numbers, dates and names; each difference is told once, with the passage of the other article that comes nearest. What the earlier article
says too, in another passage on the same, is no difference.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from news.alerts import Difference, DifferenceKind
from news.claims import Claims, Name, Word, may_be_one, read_claims
from news.days import Day, agree, tell_day
from news.quantities import Quantity, are_compatible, count_the_same
from news.sentences import Sentence, split_sentences

AROUND = 80
"""Characters on either side of what was found that belong to its passage, as in `Hit.passage`."""
LEAST_COMMON = 3
LEAST_ALIKE = 0.4
"""Telling words that two sentences share at least, in all and of the shorter one's, to speak of the same."""
_ALIKE = 0.6
"""As above, for two that differ in a name, or in what is denied among other words."""
LONGEST_TEXT = 40_000
"""Characters of an article that are looked at: no bound that readers meet, but one on the work that hostile texts make."""
MOST_PASSAGES = 30
LONGEST_PASSAGE = 600
"""Passages of an article that are compared, and characters of each."""
MOST_ALIGNED = 3
"""Passages of an earlier article that a passage is compared with."""
MOST_DIFFERENCES = 20
FOUND = "termecherche"
"""Stands in a sentence for whatever was found, by whatever name."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Said:
    """What an article of a source says: its title and text, and where in it stands what the topic asks for."""

    article_id: int
    source: str
    text: str
    found: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    text: str
    claims: Claims


_Told = tuple[DifferenceKind, str, Word | Quantity | Day | Name]
"""In what two passages differ, the words that differ, and what the new one claims."""


def find_differences(new: Said, earlier: Sequence[Said]) -> tuple[Difference, ...]:
    """What an article says otherwise than those before it; of each difference the pair of passages that are most alike."""
    read = [(said, _passages(said)) for said in earlier]
    return _compare(new, [(said, passages, passages) for said, passages in read])


def find_news(new: Said, earlier: Sequence[Said]) -> tuple[Difference, ...]:
    """As `find_differences`, without what any of them says too: it was told with that one."""
    read = [(said, _passages(said)) for said in earlier]
    everything = [passage for _, passages in read for passage in passages]
    return _compare(new, [(said, passages, everything) for said, passages in read])


def _compare(new: Said, earlier: Sequence[tuple[Said, Sequence[_Passage], Sequence[_Passage]]]) -> tuple[Difference, ...]:
    """Compare with the passages of each; what is said in the second list of passages is no difference."""
    best: dict[Hashable, tuple[float, Difference]] = {}
    for passage in _passages(new):
        said_before: dict[Hashable, bool] = {}
        for said, others, known in earlier:
            for alike, other in _list_most_alike(passage, others):
                for kind, why, claim in _differ(passage.claims, other.claims, alike):
                    key = kind, _identify(claim)
                    if key in best and alike <= best[key][0]:
                        continue
                    asked = id(known), key
                    if asked not in said_before:
                        said_before[asked] = _is_said(claim, passage.claims, known)
                    if not said_before[asked]:
                        best[key] = alike, Difference(passage.text, other.text, said.source, said.article_id, kind, why)
    return tuple(difference for _, difference in islice(best.values(), MOST_DIFFERENCES))


def _identify(claim: Word | Quantity | Day | Name) -> Hashable:
    """The same for what is claimed twice, wherever it stands."""
    match claim:
        case Word():
            return claim.key
        case Quantity():
            return claim.value, claim.unit
        case Day():
            return claim
        case Name():
            return claim.keys


def _passages(said: Said) -> list[_Passage]:
    """The sentences where something was found or that stand beside it; what was found is one and the same word in all of them."""
    return [_read_passage(said, sentence) for sentence in islice(_list_near(said), MOST_PASSAGES)]


def _list_most_alike(passage: _Passage, others: Sequence[_Passage]) -> list[tuple[float, _Passage]]:
    """The passages that speak of the same, each with how much, the nearest first."""
    alike = [(_likeness(passage.claims, other.claims), other) for other in others]
    return sorted((one for one in alike if one[0] >= LEAST_ALIKE), key=itemgetter(0), reverse=True)[:MOST_ALIGNED]


def _list_near(said: Said) -> Iterator[Sentence]:
    """The sentences that stand where something was found, both in order: each place is passed once."""
    first = 0
    for sentence in split_sentences(said.text[:LONGEST_TEXT]):
        while first < len(said.found) and said.found[first][1] + AROUND <= sentence.start:
            first += 1
        if first < len(said.found) and said.found[first][0] - AROUND < sentence.end:
            yield sentence


def _read_passage(said: Said, sentence: Sentence) -> _Passage:
    text = said.text[sentence.start : min(sentence.end, sentence.start + LONGEST_PASSAGE)]
    return _Passage(" ".join(text.split()), read_claims(_mask(text, sentence.start, said.found)))


def _mask(text: str, start: int, found: Sequence[Span]) -> str:
    pieces, place = [], 0
    for first, last in islice(found, bisect_left(found, (start, 0)), None):
        if last > start + len(text):
            break
        if start + place <= first:
            pieces += [text[place : first - start], FOUND]
            place = last - start
    return "".join([*pieces, text[place:]])


def _likeness(one: Claims, other: Claims) -> float:
    """The share of the telling words of the shorter sentence that the other has too; 0 where that is no sign of anything."""
    common = len(one.keys & other.keys)
    return common / min(len(one.keys), len(other.keys)) if common >= LEAST_COMMON else 0.0


def _differ(new: Claims, old: Claims, alike: float) -> Iterator[_Told]:
    yield from _differ_in_negation(new, old, alike)
    yield from _differ_in_numbers(new, old)
    yield from _differ_in_dates(new, old)
    if alike >= _ALIKE:
        yield from _differ_in_names(new, old)


def _differ_in_negation(new: Claims, old: Claims, alike: float) -> Iterator[_Told]:
    both = new.denied & old.denied
    if new.denied - both and old.denied - both:
        return  # « échoue à vendre », « ne parvient pas à céder »: the same may be denied by another word
    for word in new.words:
        for other in old.words:
            if word.key != other.key or word.is_denied is other.is_denied:
                continue
            if both & (word.next_to | other.next_to):
                continue  # « n’a pas ouvert d’enquête », « n’a ouvert aucune enquête »
            if not (word.beside & other.beside) and alike < _ALIKE:
                continue
            if not _holds_word(old, word) and not _holds_word(new, other):
                yield DifferenceKind.NEGATION, word.key, word


def _holds_word(claims: Claims, wanted: Word) -> bool:
    """Whether a sentence says of a word what is wanted, beside the same words."""
    return any((one.key, one.is_denied) == (wanted.key, wanted.is_denied) and one.beside & wanted.beside for one in claims.words)


def _differ_in_numbers(new: Claims, old: Claims) -> Iterator[_Told]:
    for quantity in new.quantities:
        for other in old.quantities:
            if not count_the_same(quantity, other) or not (quantity.beside & other.beside).difference(quantity.units[:1], other.units[:1]):
                continue
            if not _holds_quantity(old, quantity) and not _holds_quantity(new, other):
                yield DifferenceKind.NUMBER, f"{other.value:g} → {quantity.value:g} {quantity.unit}".rstrip(), quantity


def _holds_quantity(claims: Claims, wanted: Quantity) -> bool:
    """Whether a sentence has that number; what it counts may be said elsewhere in it."""
    return any(one.value == wanted.value or (count_the_same(one, wanted) and are_compatible(one, wanted)) for one in claims.quantities)


def _differ_in_dates(new: Claims, old: Claims) -> Iterator[_Told]:
    for day in new.days:
        for other in old.days:
            if (
                agree(day, other) is False
                and not any(agree(day, one) for one in old.days)
                and not any(agree(other, one) for one in new.days)
            ):
                yield DifferenceKind.DATE, f"{tell_day(other)} → {tell_day(day)}", day


def _differ_in_names(new: Claims, old: Claims) -> Iterator[_Told]:
    """Names that stand between the same words, neither of which the other sentence has."""
    for name in new.names:
        if name.keys & old.keys:
            continue
        for other in old.names:
            if other.keys & new.keys or not _stand_alike(name, other) or may_be_one(name, other):
                continue
            yield DifferenceKind.NAME, f"{' '.join(sorted(other.keys))} → {' '.join(sorted(name.keys))}", name


def _stand_alike(one: Name, other: Name) -> bool:
    return (one.before is not None and one.before == other.before) or (one.after is not None and one.after == other.after)


def _is_said(claim: Word | Quantity | Day | Name, passage: Claims, others: Sequence[_Passage]) -> bool:
    """Whether the other article says it too, in another passage that speaks of the same."""
    return any(_likeness(passage, other.claims) >= LEAST_ALIKE and _holds(other.claims, claim) for other in others)


def _holds(claims: Claims, claim: Word | Quantity | Day | Name) -> bool:
    match claim:
        case Word():
            return _holds_word(claims, claim)
        case Quantity():
            return _holds_quantity(claims, claim)
        case Day():
            return any(agree(claim, one) for one in claims.days)
        case Name():
            return bool(claim.keys & claims.keys)
