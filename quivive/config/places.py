"""Where in the file each key stands. Asked only when something is wrong: a good file is not read a second time.

`tomllib` tells no places, and `tomlkit` keeps none either (and takes 6 s for a list of 5,000 sources); tree-sitter gives every key with
its line and its bytes, so that whoever adds to the file can put text in its place and leave all else as it is.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 20
"""Levels of lists and tables within each other; the configuration has four."""

Path = tuple[str, ...]


def find_lines(text: str) -> dict[str, int]:
    """The line, from 1, of every table, key and item of a list, by its dotted key; lists count from 0, as in messages."""
    counts: Counter[Path] = Counter()
    lines: dict[str, int] = {}
    for node in parse_tree(text).named_children:
        for path, line in _walk_top(node, counts):
            lines.setdefault(".".join(path), line)
    return lines


def line_of(key: str, lines: Mapping[str, int]) -> int | None:
    """Where that key stands or, if it is missing, the table or list that should have it."""
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return None


def parse_tree(text: str) -> Node:
    """The text as tree-sitter sees it; its places are bytes of the text in UTF-8, and rows from 0."""
    import tree_sitter_toml  # noqa: PLC0415  # see above
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node


def _walk_top(node: Node, counts: Counter[Path]) -> Iterator[tuple[Path, int]]:
    """What a node of the outermost level says: a key, or a table with its keys. `counts`: how many tables each list has so far."""
    if node.type == "pair":
        yield from _walk_pair((), node)
    elif node.type in {"table", "table_array_element"}:
        header, *pairs = node.named_children
        path: Path = ()
        *parents, name = read_key(header)
        for parent in parents:
            path = (*path, parent)
            yield path, _line(node)
            path = _in_last(path, counts)
        path = (*path, name)
        yield path, _line(node)
        counts[path] += node.type == "table_array_element"
        path = _in_last(path, counts)
        yield path, _line(node)
        for pair in pairs:
            if pair.type == "pair":
                yield from _walk_pair(path, pair)


def _walk_pair(path: Path, pair: Node) -> Iterator[tuple[Path, int]]:
    key, value = pair.named_children[0], pair.named_children[-1]
    for name in read_key(key):
        path = (*path, name)
        yield path, _line(key)
    yield from _walk_value(path, value)


def _walk_value(path: Path, value: Node) -> Iterator[tuple[Path, int]]:
    if len(path) > _DEEPEST:
        return
    if value.type == "inline_table":
        for pair in value.named_children:
            if pair.type == "pair":
                yield from _walk_pair(path, pair)
    elif value.type == "array":
        for index, item in enumerate(item for item in value.named_children if item.type != "comment"):
            yield (*path, str(index)), _line(item)
            yield from _walk_value((*path, str(index)), item)


def _in_last(path: Path, counts: Counter[Path]) -> Path:
    """What a table's name means: of a list of tables, the last so far."""
    return (*path, str(counts[path] - 1)) if counts[path] else path


def read_key(node: Node) -> list[str]:
    """The parts of a key, which may be dotted, quoted or both."""
    assert node.text is not None  # of a tree that was made from bytes
    table: Any = tomllib.loads(f"{node.text.decode()} = 0")
    parts = []
    while isinstance(table, dict):
        [(name, table)] = table.items()
        parts.append(name)
    return parts


def _line(node: Node) -> int:
    return int(node.start_point.row) + 1
