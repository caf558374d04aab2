"""How often two passages that say a thing otherwise are told apart, and how often two that only word it otherwise are left alone.

The pairs are in `tests/data/disagreements.tsv`, half differences, half rewording, in French and some in English, all of our own writing.
The first set grew with the code; of each other set none was seen before the code was run on it, and what went wrong was mended
afterwards where it could be: what they say now is what is reached, and what each said on its first run is told in `docs/stories.md`.
Precision: of the pairs that are told as differences, those that are; recall: of those that are, those told, with the right kind.

Run: python -m bench.disagreements
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from news.disagreeing import Said, find_differences

PAIRS = Path(__file__).parents[1] / "tests" / "data" / "disagreements.tsv"


def read_marked(marked: str, source: str = "Le Journal") -> Said:
    """A text in which what a topic asks for stands in brackets."""
    text, found = "", []
    for place, part in enumerate(re.split(r"\[([^\]]+)\]", marked)):
        if place % 2:
            found.append((len(text), len(text) + len(part)))
        text += part
    return Said(1, source, text, tuple(found))


def find_kinds(earlier: str, later: str) -> set[str]:
    """In what the later passage differs from the earlier one."""
    return {one.kind.value for one in find_differences(read_marked(later), [read_marked(earlier)])}


def _judge(kind: str, found: set[str]) -> str:
    if kind == "same":
        return "false" if found else "left alone"
    return "told" if kind in found else "missed"


def main() -> None:
    """Print what is told of each set, and of all of them."""
    counts: dict[str, Counter[str]] = {}
    name = ""
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            name = re.split("[;,]", line.removeprefix("# set: "))[0]
            continue
        kind, earlier, later = line.split("\t")
        verdict = _judge(kind.rstrip("!"), find_kinds(earlier, later))
        for key in (name, "all"):
            counts.setdefault(key, Counter())[verdict] += 1
    for key in sorted(counts, key="all".__eq__):
        _print(key, counts[key])


def _print(name: str, count: Counter[str]) -> None:
    told, false, missed = count["told"], count["false"], count["missed"]
    print(
        f"{name:8} {sum(count.values()):4} pairs, {told + missed:4} differ: "
        f"precision {told / (told + false):.3f}, recall {told / (told + missed):.3f}"
    )


if __name__ == "__main__":
    main()
