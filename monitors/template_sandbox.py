"""Jinja's sandbox, which keeps templates from Python, without what takes all memory or all time in a single step.

Such a step cannot be broken off from outside: it is looked at before it is done. None may make more than the product of what it is given,
and nothing that it is given may be longer than a mail.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 2_000_000
"""Characters, or items of a list: of a body, and of what a template makes on the way to it."""
_LARGEST_STEP = 50_000_000
_LARGEST_FACTOR = 10**9
_WIDE = re.compile(r"\d{4}|\*|\{[^{}]*\{")
"""In a format: a width of thousands, or one that is itself a value."""


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment whose operators, filters and methods are bounded."""

    intercepted_binops = frozenset({"**", "*", "+", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=check_length, **options)
        self.filters = {name: _bounded(used) for name, used in self.filters.items()}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        are_numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or (operator == "*" and not are_numbers):
            raise SecurityError(f"{operator} is not allowed here")
        if operator == "*" and max(abs(left), abs(right)) > _LARGEST_FACTOR:
            raise SecurityError("the numbers are too large")
        if operator == "%" and isinstance(left, str):
            _check_format(left)
        return check_length(super().call_binop(context, operator, left, right))

    def call(self, context: Context, called: Any, *args: Any, **kwargs: Any) -> Any:
        owner = getattr(called, "__self__", None)
        if owner is not None:
            _check_step((owner, *args, *kwargs.values()))
        return check_length(super().call(context, called, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped: Callable[..., str] | None = super().wrap_str_format(value)
        if wrapped is not None:
            _check_format(value.__self__)
        return wrapped


def check_length(value: Any) -> Any:
    """The value. Raises SecurityError if it is too long to be part of a mail."""
    if isinstance(value, str | list | tuple) and len(value) > LONGEST:
        raise SecurityError("it makes a message that is too long")
    return value


def _bounded(used: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(used)  # jinja reads attributes of a filter, to know whether it wants the environment
    def bounded(*args: Any, **kwargs: Any) -> Any:
        if used.__name__ == "do_format" and args:
            _check_format(str(args[0]))
        _check_step((*args, *kwargs.values()))
        return check_length(used(*args, **kwargs))

    return bounded


def _check_step(given: tuple[Any, ...]) -> None:
    if math.prod(_size(value) for value in given) > _LARGEST_STEP:
        raise SecurityError("it makes too much in one step")


def _size(value: Any) -> int:
    if isinstance(value, int):
        return max(1, abs(value))
    return max(1, len(value)) if isinstance(value, str | list | tuple) else 1


def _check_format(template: str) -> None:
    if _WIDE.search(template):
        raise SecurityError("a format may not be so wide")
