"""What an article says otherwise than others of its story, for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from news.alerts import Difference
from news.telling_differences import name_difference
from news.wording import Language
from quivive.cli.sheet import Sheet
from quivive.texts import visible


def show_differences(sheet: Sheet, differences: Sequence[Difference]) -> None:
    """Each passage, and beneath it the other one; nothing if there is none."""
    if not differences:
        return
    sheet.heading(sheet.view.language.text("Says otherwise"))
    for one in differences:
        this, other = _tell(one, sheet.view.language)
        sheet.note(this)
        sheet.note(other, "    ")


def tell_differences(differences: Sequence[Difference], language: Language) -> Iterator[str]:
    """Each difference as two lines: what this article says, and indented what the other does."""
    for one in differences:
        this, other = _tell(one, language)
        yield this
        yield f"  {other}"


def _tell(one: Difference, language: Language) -> tuple[str, str]:
    this = language.text("{kind}: “{passage}”", kind=name_difference(one.kind, language), passage=visible(one.passage))
    other = {"source": visible(one.other_source), "article": one.other_id, "passage": visible(one.other_passage)}
    return this, language.text("{source}, article {article}: “{passage}”", **other)
