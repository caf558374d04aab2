"""Jinja's sandbox, which keeps templates from Python, without what takes all memory or all time in a single step.

Such a step cannot be broken off from outside: it is looked at before it is done. None may make more than the product of what it is given,
nothing that it is given may be longer than a mail, and all steps together may only go through so much. What a template puts together
itself is weighed whole: a list of twice the same list has twice as much in it and takes no more room, forty times over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any, cast

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

LONGEST = 2_000_000
"""Characters, or items of a list: of a body, and of what a template makes on the way to it."""
_HEAVIEST = 10_000_000
"""Characters and items of a list with all that is in it; what is told of a thousand articles is less than that."""
_MOST_WORK = 50_000_000
"""Characters and items that a template may make and go through."""
_LARGEST_STEP = 50_000_000
_LARGEST_FACTOR = 10**9
_TEXTS = (str, bytes, bytearray)
_HOLDING = (list, tuple, dict, set, frozenset)
_WIDE = re.compile(r"\d{4}|\*|\{[^{}]*\{")
"""In a format: a width of thousands, or one that is itself a value."""


class Meter:
    """What a run of a template may still make and go through."""

    def __init__(self) -> None:
        self._left = _MOST_WORK
        self._weighed: dict[int, tuple[Any, int]] = {}
        """What was weighed, by its identity, and its weight. Kept with it, so that nothing else gets the same identity."""

    def charge(self, work: int) -> None:
        """Raise ValueError if that is more than is left."""
        self._left -= work
        if self._left < 0:
            raise ValueError("it goes round for too long")

    def weigh(self, value: Any) -> int:
        """How many characters and items are in it, each as often as it is. Raises SecurityError if nothing may hold as much."""
        if not isinstance(value, _HOLDING):
            return len(value) if isinstance(value, _TEXTS) else 1
        known = self._weighed.get(id(value))
        return known[1] if known is not None else self._weigh_parts(value)

    def _weigh_parts(self, value: Any) -> int:
        weight = 1
        for part in (*value.keys(), *value.values()) if isinstance(value, dict) else value:
            if isinstance(part, _TEXTS):  # most of them are; asking for each would take the longest
                weight += len(part)
            else:
                weight += self.weigh(part) if isinstance(part, _HOLDING) else 1
        if weight > _HEAVIEST:
            raise SecurityError("it makes a message that is too long")
        self._weighed[id(value)] = value, weight
        return weight


class _Weighing(NodeTransformer):
    """Has the environment look at what a template puts together, compares, joins and cuts in its own syntax, with no call."""

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802  # the library finds it by this name
        return _looked_at("weigh", self.generic_visit(node))

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802  # as above
        return _looked_at("weigh", self.generic_visit(node))

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802  # as above
        made = self.generic_visit(node)
        return _looked_at("weigh", made) if node.ctx == "load" else made

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        node.expr = _looked_at("go_through", node.expr)
        for operand in node.ops:
            operand.expr = _looked_at("go_through", operand.expr)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        node.nodes = [_looked_at("go_through", one) for one in node.nodes]
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _looked_at("go_through", node.node)
        return node


def _looked_at(method: str, value: Any) -> nodes.Expr:
    """The value, once that method of the environment has looked at it; what is written out in the template needs no look."""
    if isinstance(value, nodes.Const | nodes.TemplateData):
        return value
    return nodes.Call(nodes.EnvironmentAttribute(method), [value], [], None, None, lineno=value.lineno)


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment whose operators, filters, tests and methods are bounded while it has a `meter`, as for templates of the user."""

    intercepted_binops = frozenset({"**", "*", "+", "%"})
    meter: Meter | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=self.finish, **options)
        self.filters = {name: self._bounded(used) for name, used in self.filters.items()}
        self.tests = {name: self._bounded(cast("Callable[..., Any]", used)) for name, used in self.tests.items()}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        if filename is None:  # the user's are handed over as texts; those in files are ours, and make many mails
            _Weighing().visit(parsed)
        return parsed

    def weigh(self, value: Any) -> Any:
        """What a template has put together, if it is not too much."""
        if self.meter is not None:
            self.meter.charge(_size(value))
            self.meter.weigh(value)
        return value

    def go_through(self, value: Any) -> Any:
        """What is about to be gone through whole."""
        if self.meter is not None:
            self.meter.charge(self.meter.weigh(value))
        return value

    def finish(self, value: Any) -> Any:
        """What becomes part of the body."""
        return check_length(self.go_through(value))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        are_numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or (operator == "*" and not are_numbers):
            raise SecurityError(f"{operator} is not allowed here")
        if operator == "*" and max(abs(left), abs(right)) > _LARGEST_FACTOR:
            raise SecurityError("the numbers are too large")
        if operator == "%" and isinstance(left, str):
            _check_format(left)
        return self._made(super().call_binop(context, operator, left, right))

    def call(self, context: Context, called: Any, *args: Any, **kwargs: Any) -> Any:
        if self.meter is None:
            return super().call(context, called, *args, **kwargs)
        if called in (self.weigh, self.go_through):  # as `_Weighing` has put it there
            return called(*args)
        owner = getattr(called, "__self__", None)
        args = tuple(map(_listed, args))
        if owner is not None:
            self._check_step((owner, *args, *kwargs.values()))
        return self._made(super().call(context, called, *args, **kwargs))

    def _made(self, value: Any) -> Any:
        """What a step has made, if it is not too much."""
        return self.weigh(check_length(value))

    def _bounded(self, used: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(used)  # jinja reads attributes of a filter, to know whether it wants the environment
        def bounded(*args: Any, **kwargs: Any) -> Any:
            if self.meter is None:  # one of our own templates runs
                return used(*args, **kwargs)
            args = tuple(map(_listed, args))
            if used.__name__ == "do_format" and args:
                _check_format(str(args[0]))
            self._check_step((*args, *kwargs.values()))
            return self._made(used(*args, **kwargs))

        return bounded

    def _check_step(self, given: tuple[Any, ...]) -> None:
        """Raise SecurityError if a step that is given this may make too much, or is given too much to make anything of it."""
        sizes = [abs(value) if isinstance(value, int) else _size(value) for value in given]
        grows = any(isinstance(value, (*_TEXTS, *_HOLDING)) for value in given)
        if math.prod(max(1, size) for size in sizes) > _LARGEST_STEP or (grows and max(sizes) > LONGEST):
            raise SecurityError("it makes too much in one step")
        if self.meter is not None:
            self.meter.charge(sum(_size(value) for value in given))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped: Callable[..., str] | None = super().wrap_str_format(value)
        if wrapped is not None:
            _check_format(value.__self__)
        return wrapped


def check_length(value: Any) -> Any:
    """The value. Raises SecurityError if it is too long to be part of a mail."""
    if isinstance(value, (*_TEXTS, *_HOLDING)) and len(value) > LONGEST:
        raise SecurityError("it makes a message that is too long")
    return value


def _listed(value: Any) -> Any:
    """A list of what an iterator would give, since nobody knows else how much that is; any other value as it is."""
    if isinstance(value, Iterator) and not isinstance(value, LoopContext):
        return list(islice(value, LONGEST + 1))
    return value


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (*_TEXTS, *_HOLDING, range)) else 1


def _check_format(template: str) -> None:
    if _WIDE.search(template):
        raise SecurityError("a format may not be so wide")
