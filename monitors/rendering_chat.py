"""An alert as a short message, for chat and push: a line of title, and below it source, passages and address. Pure."""

from __future__ import annotations

from monitors.letter import Letter

MOST_PASSAGES = 3
"""A telephone shows no more; the article has them all."""
LONGEST_TITLE = 200
LONGEST_BODY = 1_500
"""Characters. The shortest message that a common service takes whole is 2,000 (Discord)."""


def render_title(letter: Letter) -> str:
    """`[topic, topic] title`."""
    marked = "[TEST] " if letter.test else ""
    return _cut(f"{marked}[{', '.join(topic.name for topic in letter.topics)}] {letter.title}", LONGEST_TITLE)


def render_body(letter: Letter) -> str:
    """Source and time, the first passages of each topic, and the address, which is never cut."""
    passages = [f"· {hit.passage}" for topic in letter.topics for hit in topic.hits[:MOST_PASSAGES]]
    told = "\n".join([f"{letter.source} — {letter.when}", *passages])
    return f"{_cut(told, LONGEST_BODY)}\n{letter.address}"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
