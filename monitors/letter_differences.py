"""What follow-ups say otherwise, as messages tell it: each passage beside that of the article which it differs from. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitors.letter_parts import tell_own
from monitors.rendering import one_line
from news.alerts import Alert, AlertedArticle, Bundle, Difference
from news.telling_differences import name_difference
from news.wording import Language


@dataclass(frozen=True, slots=True)
class LetterDifference:
    """A passage of `source`, and one of `other_source`, which was told before; `kind`: in what they differ, in words. Clean lines."""

    kind: str
    source: str
    passage: str
    other_source: str
    other_passage: str
    language: str
    """Of the passages."""


def list_differences(alerts: Sequence[Alert]) -> Iterator[tuple[AlertedArticle, Difference]]:
    """What the alerts of a message say otherwise, each with the article that does; once, also where topics have it in common."""
    told = set()
    for alert in alerts:
        if not isinstance(alert.about, AlertedArticle):
            continue
        for one in alert.differences:
            if (one.passage, one.other_passage, one.kind) not in told:
                told.add((one.passage, one.other_passage, one.kind))
                yield alert.about, one


def make_letter_differences(bundle: Bundle, language: Language) -> tuple[LetterDifference, ...]:
    """What the message says of those of its alerts."""
    return tuple(
        LetterDifference(
            kind=name_difference(one.kind, language),
            source=one_line(article.source),
            passage=one_line(tell_own(bundle, one.passage, language)),
            other_source=one_line(one.other_source),
            other_passage=one_line(tell_own(bundle, one.other_passage, language)),
            language=one_line(article.language or "fr"),
        )
        for article, one in list_differences(bundle.alerts)
    )
