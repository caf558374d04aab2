"""Adding sources to the text of a configuration: every other byte of it stays as it is, comments, order and line ends included. Pure.

tree-sitter tells where things stand (see `places`); what was made is read again and compared before anyone gets it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from news.errors import NotEdited
from news.wording import Wording
from quivive.config.places import parse_tree, read_key

if TYPE_CHECKING:
    from tree_sitter import Node

_KEY = "sources"


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source that is to be written into the file."""

    url: str
    name: str | None = None
    interval: str | None = None
    """As people write it: `10m`."""
    tags: tuple[str, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """Its keys and their values in TOML, in the order of the documentation."""
        values = {"url": _quoted(self.url), "name": self.name and _quoted(self.name), "interval": self.interval and _quoted(self.interval)}
        tags = f"[{', '.join(map(_quoted, self.tags))}]" if self.tags else None
        return [(key, value) for key, value in {**values, "tags": tags}.items() if value]


def add_sources(text: str, sources: Sequence[NewSource]) -> str:
    """The text with these sources behind those that it has. Raises NotEdited if that cannot be done for certain; it is no bad TOML."""
    new_line = "\r\n" if "\r\n" in text else "\n"
    root = parse_tree(text)
    array = _find_array(root)
    edited = _add_to_array(text, array, sources, new_line) if array is not None else _add_tables(text, root, sources, new_line)
    _require_only_added(text, edited, sources)
    return edited


def _quoted(text: str) -> str:
    """A string of TOML; what would be taken from the environment is written so that it stays what it is."""
    return json.dumps(text.replace("${", "$${"), ensure_ascii=False).replace("\x7f", "\\u007f")


def _find_array(root: Node) -> Node | None:
    """The list of `sources = […]`, as some write instead of tables."""
    pairs = (node.named_children for node in root.named_children if node.type == "pair")
    values = (rest for key, *rest in pairs if read_key(key) == [_KEY])
    return next((value for rest in values for value in rest if value.type == "array"), None)


def _add_to_array(text: str, array: Node, sources: Sequence[NewSource], new_line: str) -> str:
    content = text.encode()
    items = [child for child in array.named_children if child.type != "comment"]
    tables = [f"{{ {', '.join(f'{key} = {value}' for key, value in source.pairs())} }}" for source in sources]
    if array.start_point.row == array.end_point.row:
        joined = ", ".join(tables)
        at = items[-1].end_byte if items else array.start_byte + 1
        return _spliced(content, [(at, f", {joined}" if items else joined)])
    # Before the bracket that ends the list: what stands beside its last item may be a comment on it.
    at = content.rindex(b"\n", 0, array.end_byte) + 1
    if content[at : array.end_byte - 1].strip():
        at = array.end_byte - 1
    lines = "".join(f"  {table},{new_line}" for table in tables)
    comma = [(items[-1].end_byte, ",")] if items and not _has_comma_behind(array, items[-1]) else []
    return _spliced(content, [*comma, (at, lines if content[:at].endswith(b"\n") else new_line + lines)])


def _has_comma_behind(array: Node, item: Node) -> bool:
    return any(child.type == "," and child.start_byte >= item.end_byte for child in array.children)


def _spliced(content: bytes, pieces: Sequence[tuple[int, str]]) -> str:
    for at, piece in reversed(pieces):
        content = content[:at] + piece.encode() + content[at:]
    return content.decode()


def _add_tables(text: str, root: Node, sources: Sequence[NewSource], new_line: str) -> str:
    """Behind the last table of a source and the comments that stand right beneath it; at the end of a file that has none."""
    lines = text.split("\n")
    at = _row_behind_sources(root, lines)
    if at is None:
        at = len(lines)
        while at and not lines[at - 1].strip():
            at -= 1
    before, after = "\n".join(lines[:at]), "\n".join(lines[at:])
    tables = [f"[[{_KEY}]]{new_line}" + "".join(f"{key} = {value}{new_line}" for key, value in source.pairs()) for source in sources]
    if before:
        before = before.removesuffix("\r") + new_line
        tables = ["", *tables]
    behind = new_line if after.strip() and lines[at].strip() else ""
    return before + new_line.join(tables) + behind + after.removeprefix(new_line if not after.strip() else "")


def _row_behind_sources(root: Node, lines: Sequence[str]) -> int | None:
    tables = [
        node
        for node in root.named_children
        if node.type in {"table", "table_array_element"} and read_key(node.named_children[0])[0] == _KEY
    ]
    if not tables:
        return None
    row: int = [child for child in tables[-1].children if child.type != "comment"][-1].end_point.row + 1
    behind = row
    while behind < len(lines) and lines[behind].lstrip().startswith("#"):
        behind += 1
    is_of_next_table = behind < len(lines) and lines[behind].lstrip().startswith("[")
    return row if is_of_next_table else behind


def _require_only_added(text: str, edited: str, sources: Sequence[NewSource]) -> None:
    """Raise unless the edited text says what the text said, and these sources."""
    added = "\n".join(f"[[{_KEY}]]\n" + "\n".join(f"{key} = {value}" for key, value in source.pairs()) for source in sources)
    try:
        expected: dict[str, Any] = tomllib.loads(text)
        expected[_KEY] = [*expected.get(_KEY, []), *tomllib.loads(added)[_KEY]]
        is_as_meant = tomllib.loads(edited) == expected
    except (tomllib.TOMLDecodeError, TypeError):
        is_as_meant = False
    if not is_as_meant:
        raise NotEdited(
            Wording("the file is written in a way that nothing can be added to for certain; add this yourself:\n{table}", table=added)
        )
