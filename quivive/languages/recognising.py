"""Texts that the archive keeps, and those of libraries, are English: here they are found again among the templates, and retold.

A delivery's last error, say, was written weeks ago; who reads it in French is told in French. What no template made stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

_PLACE = re.compile(r"\{(\w+)\}")
_LEAST_LETTERS = 8
"""Characters that a template must have of its own: those with fewer would be found in anything."""

_MOST_COLONS = 10


class Recogniser:
    """Knows the texts of a catalogue: English templates, by which each is found, and what they are in another language."""

    def __init__(self, catalogue: Mapping[str | tuple[str, int], str]) -> None:
        singular = {(english[0] if isinstance(english, tuple) else english): told for english, told in reversed([*catalogue.items()])}
        # A single word is a name as often as a text of ours: a topic may be called "alerts".
        self._whole = {english: told for english, told in singular.items() if " " in english and not _PLACE.search(english)}
        self._templates = sorted(
            ((_PLACE.split(english)[::2], english, told) for english, told in singular.items() if _PLACE.search(english)),
            key=lambda template: -sum(map(len, template[0])),
        )

    def retell(self, text: str) -> str | None:
        """The text in the other language, with what was put into it retold where that is known too; None if no template made it."""
        return self._retell_problem(text) or self._retell_known(text) or self._retell_tail(text)

    def _retell_known(self, text: str) -> str | None:
        """Of several templates, the one counts that has most words of its own."""
        if text in self._whole:
            return self._whole[text]
        for pieces, english, told in self._templates:
            if sum(map(len, pieces)) < _LEAST_LETTERS:
                break
            if all(piece in text for piece in pieces) and (values := _take_apart(text, english)):
                return _PLACE.sub(lambda place: self.retell(values[place[1]]) or values[place[1]], told)
        return None

    def _retell_problem(self, text: str) -> str | None:
        """`meaning: advice.` or `meaning (detail): advice.`, as `crawler/problems.py` makes them."""
        for colon in _colons(text if text.endswith(".") else ""):
            if advice := self._retell_known(text[colon.end() : -1]):
                meaning, bracket, detail = text[: colon.start()].partition(" (")
                if told := self._retell_known(meaning):
                    return f"{told}{bracket}{detail}\N{NO-BREAK SPACE}: {advice}."
        return None

    def _retell_tail(self, text: str) -> str | None:
        """A reason that is known, behind a host or a name that is not: `host: reason`."""
        for colon in _colons(text):
            if told := self._retell_known(text[colon.end() :]):
                return f"{text[: colon.start()]}\N{NO-BREAK SPACE}: {told}"
        return None


def _colons(text: str) -> Iterator[re.Match[str]]:
    """The first of them: a foreign reason may be full of colons, and each costs a look at every template."""
    return islice(re.finditer(r": ", text), _MOST_COLONS)


def _take_apart(text: str, english: str) -> dict[str, str] | None:
    """The values that make the template this text; a pattern is made only for the few templates whose words all occur."""
    seen: set[str] = set()
    parts = _PLACE.split(english)
    pattern = re.escape(parts[0])
    for name, literal in zip(parts[1::2], parts[2::2], strict=True):
        pattern += rf"(?P={name})" if name in seen else rf"(?P<{name}>.+?)"
        pattern += re.escape(literal)
        seen.add(name)
    found = re.fullmatch(pattern, text, re.DOTALL)
    return found.groupdict() if found else None
