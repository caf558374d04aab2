"""The list of entities in `docs/entities.md`, made by `python -m quivive.config.gazetteer_page docs/entities.md`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from quivive.config.gazetteer import load_gazetteer, read_gazetteer_text

BEGINNING = "<!-- The list is made by `python -m quivive.config.gazetteer_page docs/entities.md`. -->\n"
"""What stands before the list in the page; everything after it is the list."""

_LINE = re.compile(r"^# -+ (?P<group>.+)$|^\[(?P<key>\w+)\](?:  # (?P<note>.+))?$", re.MULTILINE)


def render_list() -> str:
    """A table for each group of the file: every key, its names, and the remark beside it."""
    shipped = load_gazetteer()
    lines: list[str] = []
    for found in _LINE.finditer(read_gazetteer_text()):
        if found["group"]:
            lines += ["", f"## {found['group'][0].upper()}{found['group'][1:]}", "", "| entity | names |", "|---|---|"]
            continue
        names = " · ".join(f"`{name}`" if name.startswith("=") else name for name in shipped[found["key"]].names)
        note = f" *({found['note']})*" if found["note"] else ""
        lines.append(f"| `@{found['key']}` | {names}{note} |")
    return "\n".join(lines) + "\n"


def renew(page: str) -> str:
    """The page with the list as it must be now."""
    return page.partition(BEGINNING)[0] + BEGINNING + render_list()


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renew(path.read_text(encoding="utf-8")), encoding="utf-8")
