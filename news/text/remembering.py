"""A memory for what a function of one argument gave lately, in the form of a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(dict[Key, Value]):
    """`remembered[key]` is `make(key)`, made once as long as there is room for `most` values.

    A dictionary answers without running Python code, which `functools.lru_cache` does too, but it can also be given to `map` and
    `str.translate`. When it is full it begins anew: what is common comes back at once, and to empty a dictionary is one step, which
    other threads cannot come between. `keeps` tells what is worth its room.
    """

    def __init__(self, make: Callable[[Key], Value], most: int, keeps: Callable[[Key, Value], bool] | None = None) -> None:
        super().__init__()
        self._make = make
        self._most = most
        self._keeps = keeps

    def __missing__(self, key: Key) -> Value:
        value = self._make(key)
        if self._keeps is None or self._keeps(key, value):
            if len(self) >= self._most:
                self.clear()
            self[key] = value
        return value
