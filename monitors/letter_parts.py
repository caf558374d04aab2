"""What a mail says of an alert wherever it is told: by itself, or in a digest. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from monitors.rendering import one_line
from news.alerts import Bundle, Change, EscalatedFrom, EscalationCause
from news.differences import compare, mark_changes
from news.wording import Language


@dataclass(frozen=True, slots=True)
class LetterChange:
    """What a correction changed in one place, word by word: `parts`, each with whether it is the `same`, `removed` or `added`.

    `passage`: all of it, with `[-` and `-]` around what was removed, `{+` and `+}` around what was added.
    """

    place: str
    passage: str
    parts: tuple[tuple[str, str], ...]


def make_letter_change(bundle: Bundle, change: Change, language: Language) -> LetterChange:
    """One change of a correction, word by word."""
    before, after = (one_line(tell_own(bundle, text or "", language)) for text in (change.before, change.after))
    pieces = compare(before, after)
    return LetterChange(
        place=tell_place(change.field, language),
        passage=mark_changes(pieces),
        parts=tuple((piece.text.replace("\n", " "), piece.kind.value) for piece in pieces),
    )


def tell_place(field: str, language: Language) -> str:
    """Where something was found, or changed."""
    return {"title": language.text("in the title"), "text": language.text("in the text")}.get(field, one_line(field))


def tell_own(bundle: Bundle, text: str, language: Language) -> str:
    """What an article says is never translated; what a test message says is ours."""
    return language.tell(text) if bundle.test else text


def tell_escalations(bundle: Bundle, language: Language) -> str:
    """From where the alerts have escalated, each place and cause once; it begins a mail, and so with a capital letter."""
    escalations = filter(None, map(bundle.escalation_of, bundle.alerts))
    told = " · ".join(dict.fromkeys(tell_escalation(one, language) for one in escalations))
    return told[:1].upper() + told[1:]


def tell_escalation(escalation: EscalatedFrom, language: Language) -> str:
    """From which channel an alert has escalated, and why."""
    channel = one_line(escalation.channel)
    match escalation.cause:
        case EscalationCause.DEAD:
            return language.text("escalated from {channel}, where it was given up", channel=channel)
        case EscalationCause.UNACKNOWLEDGED:
            return language.text("escalated from {channel}, where nobody acknowledged it in time", channel=channel)
