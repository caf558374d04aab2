"""A bundle as a short message, for chat and push: a line of title, and below it what a telephone has room for. Pure."""

from __future__ import annotations

from monitors.letter import Letter, make_letter, subject_of
from monitors.presentation import Presentation
from monitors.rendering import one_line
from news.alerts import Bundle

MOST_PASSAGES = 3
"""Of one topic; the article has them all."""
LONGEST_TITLE = 200
LONGEST_BODY = 1_500
"""Characters. The shortest message that a common service takes whole is 2,000 (Discord)."""


def render_chat(bundle: Bundle, presentation: Presentation) -> tuple[str, str]:
    """Title and text of the message. The article's address, and what to do about an operational alert, are never cut."""
    letter = make_letter(bundle, presentation)
    body = _tell_health(letter) if letter.health else _tell_article(letter)
    return one_line(subject_of(bundle, presentation.language), LONGEST_TITLE), body


def _tell_article(letter: Letter) -> str:
    passages = [f"· {hit.passage}" for topic in letter.topics for hit in topic.hits[:MOST_PASSAGES]]
    told = "\n".join([f"{letter.source} — {letter.when}", *passages])
    return f"{told if len(told) <= LONGEST_BODY else told[: LONGEST_BODY - 1] + '…'}\n{letter.address}"


def _tell_health(letter: Letter) -> str:
    lines = [line for one in letter.health for line in (f"{one.title} — {one.when}", one.problem, one.address) if line]
    return "\n".join(lines)
