"""Does a test notice if a line of a decision is changed? `make mutants`, or `python -m tests.mutants --help`.

One-line changes are drawn by chance from the files that decide and record (a comparison turned round, a condition negated, `and` for
`or`, a number one higher, a statement left out), and each is made in a copy of the project. It is known which tests pass by which line
(they run once under coverage before): those of the changed line are run, the most special first, and where none of them fails the tests of
the whole program. A change that no test notices survives, and is printed; it is either a gap in the tests, or a change that makes no
difference, which CONTRIBUTING then explains.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue

from coverage import CoverageData

ROOT = Path(__file__).resolve().parent.parent
DECIDING = (
    "news/settling.py",
    "news/arriving.py",
    "news/places.py",
    "news/concluding.py",
    "news/cuts.py",
    "news/parts.py",
    "news/page_readings.py",
    "news/other_forms.py",
    "news/walls.py",
    "news/gaps.py",
    "news/repairing.py",
    "news/covering.py",
    "news/alerting.py",
    "news/consequences.py",
    "news/article_facts.py",
    "news/comparing.py",
    "news/sampling.py",
    "news/copies.py",
    "news/sketches.py",
    "news/stories.py",
    "news/placing.py",
    "news/resampling.py",
    "news/corrections.py",
    "news/delivering.py",
    "news/grouping.py",
    "news/follow_ups.py",
    "news/digests.py",
    "news/escalating.py",
    "news/websub.py",
    "news/scheduling.py",
    "news/rhythm.py",
    "news/pacing.py",
    "news/silence.py",
    "news/trusting.py",
    "news/freshness.py",
    "storage/recording",
    "crawler/pace.py",
    "monitors/dispatch.py",
    "monitors/line.py",
)
NEAR = (
    "tests/unit/news",
    "tests/unit/monitors",
    "tests/unit/crawler/test_pace.py",
    "tests/integration",
    "--ignore-glob=tests/integration/test_crawl*.py",
    "--ignore=tests/integration/test_hostile_answers.py",  # which bounds CPU time, of which coverage takes most
    "--ignore=tests/integration/test_hostile_queries.py",  # which asks in other processes, for minutes where the machine is busy
    "--ignore=tests/unit/news/query",
    "--ignore=tests/unit/news/text",
)
"""The tests that run in the process of the code they test, of which coverage can tell where they pass by."""
WHOLE = ("tests/acceptance", "--ignore=tests/acceptance/test_crash.py", "--ignore=tests/acceptance/test_january_replay.py")
"""Those that run the program as its users do."""
FIRST_ASKED = 20
"""The most special tests of a line: they notice most changes, and so few of them start at once."""
MOST_AT_ONCE = 400
"""The others of one line, where hundreds pass by."""
_LONGEST_SECONDS = 3_600
_MOST_SHOWN = 4_000
"""Characters of what tests say that fail before anything is changed."""
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
_OPPOSITE: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A piece of one line of a file, and what stands in its place."""

    file: str
    line: int
    start: int
    end: int
    text: str

    def applied_to(self, source: str) -> str:
        """The file's text with the change. Offsets are in bytes of UTF-8, as `ast` counts them."""
        lines = source.split("\n")
        raw = lines[self.line - 1].encode()
        lines[self.line - 1] = (raw[: self.start] + self.text.encode() + raw[self.end :]).decode()
        return "\n".join(lines)


def find_mutants(file: str, source: str) -> list[Mutant]:
    """Every change that could be made to a file.

    None is made to decorators, which say how a class is made and not what it does, nor to `zip(strict=True)`, which only asserts.
    """
    tree = ast.parse(source)
    left_alone = {id(part) for node in ast.walk(tree) for one in getattr(node, "decorator_list", ()) for part in ast.walk(one)}
    left_alone |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "strict"}
    return [mutant for node in ast.walk(tree) if id(node) not in left_alone for mutant in _mutants_of(file, node, source)]


def _mutants_of(file: str, node: ast.AST, source: str) -> Iterator[Mutant]:  # noqa: C901  # one case a kind of node
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield from _between(file, left, right, f" {_OPPOSITE[type(op)]} ")
        case ast.BoolOp(op=op, values=values):
            other = " or " if isinstance(op, ast.And) else " and "
            for left, right in pairwise(values):
                yield from _between(file, left, right, other)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _whole(file, node, ast.get_source_segment(source, operand) or "")
        case ast.Constant(value=bool() | int()):
            yield from _whole(file, node, str(not node.value if isinstance(node.value, bool) else node.value + 1))
        case ast.If(test=test) | ast.IfExp(test=test):
            yield from _whole(file, test, f"(not ({ast.get_source_segment(source, test)}))")
        case ast.Expr(value=ast.Call()):
            yield from _whole(file, node, "pass")
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            yield from _between(file, left, right, " - " if isinstance(node.op, ast.Add) else " + ")


def _whole(file: str, node: ast.expr | ast.stmt, text: str) -> Iterator[Mutant]:
    if node.lineno == node.end_lineno and "\n" not in text:
        yield Mutant(file, node.lineno, node.col_offset, node.end_col_offset or 0, text)


def _between(file: str, left: ast.expr, right: ast.expr, text: str) -> Iterator[Mutant]:
    """What stands between two operands, but for closing parentheses, which belong to the left one."""
    if left.end_lineno == right.lineno:
        yield Mutant(file, right.lineno, left.end_col_offset or 0, right.col_offset, text)


def draw(count: int, seed: int) -> list[Mutant]:
    """So many changes, each file as often as it has lines to change."""
    chance = random.Random(seed)
    mutants = [mutant for file in list_files() for mutant in find_mutants(file, (ROOT / file).read_text()) if _is_valid(mutant)]
    return chance.sample(mutants, min(count, len(mutants)))


def list_files() -> list[str]:
    """The files that decide and record, of those that there are."""
    found: list[Path] = []
    for name in DECIDING:
        path = ROOT / name
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []
    return [str(path.relative_to(ROOT)) for path in found]


def _is_valid(mutant: Mutant) -> bool:
    source = (ROOT / mutant.file).read_text()
    try:
        changed = ast.parse(mutant.applied_to(source))
    except SyntaxError:
        return False
    return ast.dump(changed) != ast.dump(ast.parse(source))


def make_copy(folder: Path) -> None:
    """A copy of the project as it stands, with the environment of this one."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in names.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


class PassersBy:
    """Which tests pass by which line, as coverage has seen it in a copy of the project."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self._folder = folder
        measured = [f"--cov={room}" for room in ("news", "storage", "monitors", "crawler")]
        done = _run(folder, [*NEAR, *measured, "--cov-context=test", "--cov-report=", f"--numprocesses={jobs}", "--maxfail=10"])
        failed = _FAILED.findall(done.stdout)  # coverage makes all of them slow: they have a second try without it
        if done.returncode != 0 and (not failed or _fails(folder, failed)):
            raise SystemExit(f"the tests fail before anything is changed:\n{done.stdout[-_MOST_SHOWN:]}")
        self._data = CoverageData(str(folder / ".coverage"))
        self._data.read()
        self._breadth = Counter(
            test for file in list_files() for tests in self._contexts(file).values() for test in tests
        )  # how many lines a test passes by: those of a unit test are few

    def of(self, mutant: Mutant) -> list[str]:
        """The tests of the changed line, the most special first; of a line that is only run when it is imported, those of its file."""
        contexts = self._contexts(mutant.file)
        tests = contexts.get(mutant.line) or {test for found in contexts.values() for test in found}
        return sorted(tests, key=lambda test: (self._breadth[test], test))

    def _contexts(self, file: str) -> dict[int, set[str]]:
        lines = self._data.contexts_by_lineno(str(self._folder / file))
        return {line: {context.partition("|")[0] for context in contexts if context} for line, contexts in lines.items()}


def is_noticed(folder: Path, mutant: Mutant, tests: Sequence[str], *, whole: bool) -> bool:
    """Whether a test of the copy in `folder` fails with the change."""
    path = folder / mutant.file
    source = path.read_text()
    path.write_text(mutant.applied_to(source))
    try:
        return any(_fails(folder, some) for some in _in_portions(tests)) or (whole and _fails(folder, WHOLE))
    finally:
        path.write_text(source)


def _in_portions(tests: Sequence[str]) -> Iterator[Sequence[str]]:
    start, size = 0, FIRST_ASKED
    while start < len(tests):
        yield tests[start : start + size]
        start, size = start + size, MOST_AT_ONCE


def _fails(folder: Path, arguments: Sequence[str]) -> bool:
    try:
        return _run(folder, arguments).returncode not in {0, 5}
    except subprocess.TimeoutExpired:
        return True


def _run(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    listed = folder / "arguments.txt"  # hundreds of tests are too long a command
    listed.write_text("\n".join(arguments))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--timeout=120", f"@{listed}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False)


def main() -> int:
    """Make the changes, print those that survive, and fail if more do than are allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--near", action="store_true", help="do not run the whole program's tests on what the near ones do not notice")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--allowed", type=int, default=3, help="survivors without failing")
    options = parser.parse_args()
    mutants = draw(options.count, options.seed)
    with tempfile.TemporaryDirectory(prefix="quivive-mutants-") as scratch:
        folders: SimpleQueue[Path] = SimpleQueue()
        for number in range(options.jobs):
            folder = Path(scratch) / str(number)
            make_copy(folder)
            folders.put(folder)

        passers_by = PassersBy(Path(scratch) / "0", options.jobs)

        def judge(mutant: Mutant) -> bool:
            folder = folders.get()
            try:
                noticed = is_noticed(folder, mutant, passers_by.of(mutant), whole=not options.near)
            finally:
                folders.put(folder)
            if not noticed:
                sys.stdout.write(_describe(mutant))
                sys.stdout.flush()
            return noticed

        with ThreadPoolExecutor(options.jobs) as pool:
            survivors = [mutant for mutant, noticed in zip(mutants, pool.map(judge, mutants), strict=True) if not noticed]
    sys.stdout.write(f"{len(mutants) - len(survivors)} of {len(mutants)} changes were noticed (seed {options.seed})\n")
    return int(len(survivors) > options.allowed)


def _describe(mutant: Mutant) -> str:
    source = (ROOT / mutant.file).read_text()
    before, after = (text.split("\n")[mutant.line - 1].strip() for text in (source, mutant.applied_to(source)))
    return f"{mutant.file}:{mutant.line} survived\n  - {before}\n  + {after}\n"


if __name__ == "__main__":
    sys.exit(main())
