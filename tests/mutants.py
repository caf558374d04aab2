"""Whether the tests would notice: one line is changed at a time, and a run of the tests that passes all the same is shown.

    python -m tests.mutants news/alerting.py tests/unit/news/test_alerting.py [--most 50] [--seed 1]

The first argument is the module, the others are the tests that hold it. The work is done in a copy of the project: the tree stays as it
is. What survives is a test that is missing, or a change that means the same; which of the two, somebody has to say.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("news", "crawler", "monitors", "storage", "quivive", "tests", "bench", "docs", "pyproject.toml", "config.toml")
SECONDS_PER_TEST = 20
"""A change that makes a test hang is one that is noticed."""

_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}
_SQL = (
    (r" <= \?", " < ?"),
    (r" <= :", " < :"),
    (r" > ", " >= "),
    (r"\bIS NOT NULL", "IS NULL"),
    (r"\bIS NULL", "IS NOT NULL"),
    (r"\bAND\b", "OR"),
    (r"\bmin\(", "max("),
    (r"\bNOT IN\b", "IN"),
    (r" ORDER BY [\w., ]+", " "),
    (r"attempts = attempts \+ 1", "attempts = attempts"),
    (r"attempts = 0", "attempts = attempts"),
    (r"hold = NULL", "hold = hold"),
    (r"\bcoalesce\(\?, sent_at\)", "?"),
)
"""What is changed in a statement of SQL."""


Change = Callable[[Any], object]
"""What is done to the node of a syntax tree."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change."""

    line: int
    change: str
    source: str


def mutants_of(source: str) -> Iterator[Mutant]:
    """Every single change: a comparison, an operator, a constant, a condition, a statement that goes, a clause of SQL."""
    tree = ast.parse(source)
    # Whether a dataclass is frozen or has slots changes no answer.
    passed_over = {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for one in node.decorator_list for inner in ast.walk(one)
    }
    for position, node in enumerate(ast.walk(tree)):
        for change in () if id(node) in passed_over else _changes(node):
            changed = copy.deepcopy(tree)
            twin = next(one for number, one in enumerate(ast.walk(changed)) if number == position)
            change(twin)
            text = ast.unparse(ast.fix_missing_locations(changed))
            before, after = ast.unparse(tree).splitlines(), text.splitlines()
            shown = next((f"{a.strip()}  →  {b.strip()}" for a, b in zip(before, after, strict=False) if a != b), "a line goes")
            yield Mutant(getattr(node, "lineno", 0), shown, text)


def _changes(node: ast.AST) -> list[Change]:  # noqa: PLR0911  # one for each kind of node
    if isinstance(node, ast.Compare):
        return [lambda one: one.ops.__setitem__(0, _OTHER[type(one.ops[0])]())] if type(node.ops[0]) in _OTHER else []
    if isinstance(node, ast.BoolOp):
        return [lambda one: setattr(one, "op", _OTHER[type(one.op)]())]
    if isinstance(node, ast.BinOp):
        return [lambda one: setattr(one, "op", _OTHER[type(one.op)]())] if type(node.op) in _OTHER else []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        return [lambda one: setattr(one, "test", ast.UnaryOp(ast.Not(), one.test))]
    if isinstance(node, ast.Constant):
        return _changes_of_constant(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.If | ast.With | ast.AsyncWith):
        return [_without(number) for number, one in enumerate(node.body) if _may_go(one)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [lambda one: setattr(one, "op", ast.UAdd()) or setattr(one, "operand", ast.Call(ast.Name("bool"), [one.operand], []))]
    return []


def _changes_of_constant(node: ast.Constant) -> list[Change]:
    if isinstance(node.value, bool):
        return [lambda one: setattr(one, "value", not one.value)]
    if isinstance(node.value, int):
        return [lambda one: setattr(one, "value", one.value + 1)]
    if isinstance(node.value, str) and re.search(r"\b(SELECT|UPDATE|INSERT)\b|^status = ", node.value):
        spans = [(found.span(), new) for old, new in _SQL for found in re.finditer(old, node.value)]
        return [_with_sql(span, new) for span, new in spans]
    return []


def _with_sql(span: tuple[int, int], new: str) -> Change:
    return lambda one: setattr(one, "value", one.value[: span[0]] + new + one.value[span[1] :])


def _may_go(statement: ast.stmt) -> bool:
    """Whether a statement can be left out: not a docstring, an import or what gives a name its only value."""
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Expr | ast.AugAssign | ast.Assign | ast.Return) and not is_text


def _without(number: int) -> Change:
    return lambda one: one.body.__setitem__(number, ast.Pass())


def survives(mutant: Mutant, module: str, tests: list[str], tree: Path) -> bool:
    """Whether the tests pass with this change."""
    (tree / module).write_text(mutant.source)
    command = [sys.executable, "-m", "pytest", "-x", "-q", f"--timeout={SECONDS_PER_TEST}", "-p", "no:cacheprovider", *tests]
    command.append(f"--basetemp={tree / 'tmp'}")
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False)
    return done.returncode == 0


def main() -> None:
    """Try the changes, and print those that survive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--most", type=int, default=1000, help="a random choice of so many")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    source = (ROOT / options.module).read_text()
    mutants = list(mutants_of(source))
    if len(mutants) > options.most:
        mutants = random.Random(options.seed).sample(mutants, options.most)
    with tempfile.TemporaryDirectory(prefix="quivive-mutants-") as folder:
        tree = Path(folder)
        for name in COPIED:
            copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copied(ROOT / name, tree / name)
        if not survives(Mutant(0, "", source), options.module, options.tests, tree):
            raise SystemExit("the tests fail without any change")
        survivors = [mutant for mutant in mutants if survives(mutant, options.module, options.tests, tree)]
    sys.stdout.writelines(f"{options.module}:{mutant.line}: {mutant.change}\n" for mutant in survivors)
    sys.stdout.write(f"{options.module}: {len(survivors)} of {len(mutants)} changes survived\n")


if __name__ == "__main__":
    main()
