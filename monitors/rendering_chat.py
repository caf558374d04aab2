"""A bundle as a short message, for chat and push: a line of title, and below it what a telephone has room for. Pure."""

from __future__ import annotations

from monitors.letter import Letter, make_letter, subject_of
from monitors.presentation import Presentation
from monitors.rendering import one_line
from news.alerts import Bundle
from news.wording import Language

MOST_PASSAGES = 3
"""Of one topic; the article has them all."""
LONGEST_TITLE = 200
LONGEST_BODY = 1_500
"""Characters. The shortest message that a common service takes whole is 2,000 (Discord)."""


def render_chat(bundle: Bundle, presentation: Presentation) -> tuple[str, str]:
    """Title and text of the message. An article's address, and what to do about an operational alert, are never cut."""
    letter = make_letter(bundle, presentation)
    title = one_line(subject_of(bundle, presentation.language), LONGEST_TITLE)
    if letter.digest:
        return title, _tell_digest(letter, len(bundle.alerts), presentation.language)
    return title, _tell_health(letter) if letter.health else _tell_article(letter)


def _tell_article(letter: Letter) -> str:
    shown = [one.passage for topic in letter.topics for one in (topic.changes or topic.hits)[:MOST_PASSAGES]]
    passages = [f"· {passage}" for passage in shown]
    told = "\n".join([f"{letter.source} — {letter.when}", *passages])
    return f"{told if len(told) <= LONGEST_BODY else told[: LONGEST_BODY - 1] + '…'}\n{letter.address}"


def _tell_health(letter: Letter) -> str:
    lines = [line for one in letter.health for line in (f"{one.title} — {one.when}", one.problem, one.address) if line]
    return "\n".join(lines)


def _tell_digest(letter: Letter, count: int, language: Language) -> str:
    """As many of the articles as there is room for, each with its address, and how many others there are."""
    told: list[str] = []
    for item in (item for topic in letter.digest for item in topic.items):
        line = f"· {one_line(item.title, LONGEST_TITLE)} ({item.source})\n  {item.address}"
        if told and len("\n".join([*told, line])) > LONGEST_BODY:
            break
        told.append(line)
    left_out = count - len(told)
    more = [language.plural("and {count} more article", "and {count} more articles", left_out)] if left_out else []
    return "\n".join([letter.when, *told, *more])
