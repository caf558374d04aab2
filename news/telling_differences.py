"""In what two sources differ, in people's words. Pure."""

from __future__ import annotations

from news.alerts import DifferenceKind
from news.wording import Language


def name_difference(kind: DifferenceKind, language: Language) -> str:
    """What differs between two passages."""
    match kind:
        case DifferenceKind.NEGATION:
            return language.text("denied or not")
        case DifferenceKind.NUMBER:
            return language.text("another number")
        case DifferenceKind.DATE:
            return language.text("another date")
        case DifferenceKind.NAME:
            return language.text("another name")
