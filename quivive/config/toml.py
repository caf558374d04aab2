"""TOML, read on behind mistakes: what is wrong in one place must not hide what is wrong in another."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from news.errors import Fault
from news.wording import Wording

_MOST_FAULTS = 20
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_BEGINNING = re.compile(r"""\s*(\[|[\w"'.-][^=]*=)""")
"""Of a table, or of a key with its value."""
_OPEN_TO_THE_END = "at end of document"


def parse_toml(text: str) -> tuple[dict[str, Any], str, list[Fault]]:
    """What the text says, the text without what is no TOML (each of its lines still in its place), and what is wrong there.

    After a mistake, the key or table that has it is left out, and the rest is read on. Raises RecursionError, and ValueError for numbers
    with thousands of digits.
    """
    faults: list[Fault] = []
    lines = text.split("\n")
    while len(faults) < _MOST_FAULTS:
        text = "\n".join(lines)
        try:
            return tomllib.loads(text), text, faults
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            line = int(place[1]) if place else len(lines)
            faults.append(Fault("", Wording("the file is not valid TOML: {reason}", reason=str(error)), line if place else None))
            if _OPEN_TO_THE_END in str(error) or not _leave_out(lines, line - 1):
                break
    return {}, "", faults


def _leave_out(lines: list[str], at: int) -> bool:
    """Empty the lines of what has a mistake that shows at a line, from 0; whether there was something to empty.

    A list without its end shows only where the next key begins, which is not to blame; a table's name takes its keys with it.
    """
    begins = [number for number in range(min(at, len(lines) - 1) + 1) if _BEGINNING.match(lines[number])]
    if not begins:
        return _empty(lines, at, at + 1)
    first, end = begins[-1], at + 1
    is_open = len(begins) > 1 and first == at and _is_list_open(lines[begins[-2] : at])
    if is_open:
        first, end = begins[-2], at
    elif lines[first].lstrip().startswith("["):
        tables = (number for number in range(first + 1, len(lines)) if lines[number].lstrip().startswith("["))
        end = next(tables, len(lines))
    return _empty(lines, first, max(end, first + 1))


def _is_list_open(lines: list[str]) -> bool:
    """Whether a key's list is opened and not closed, as far as brackets tell."""
    said = "".join(lines)
    return "=" in said and said.partition("=")[2].lstrip().startswith("[") and said.count("[") > said.count("]")


def _empty(lines: list[str], first: int, end: int) -> bool:
    was_filled = any(line.strip() for line in lines[first:end])
    lines[first:end] = [""] * len(lines[first:end])
    return was_filled
