"""Where the CPU time of one thread goes: functions of the program, each wrapped as part of a section."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

Place = tuple[object, str]
"""A module or class, and the name of a function in it."""


class Stopwatch:
    """CPU seconds by section. What a section calls that belongs to another section counts there only.

    All that is wrapped must run in one thread.
    """

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._within: list[str] = []
        self._since = 0.0

    @contextmanager
    def watching(self, sections: Mapping[str, Iterable[Place]]) -> Iterator[None]:
        """Measure these functions, as long as it lasts."""
        with ExitStack() as patches:
            for section, places in sections.items():
                for owner, name in places:
                    patches.enter_context(patch.object(owner, name, self._wrap(section, getattr(owner, name))))
            yield

    def _wrap(self, section: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            self._count()
            self._within.append(section)
            try:
                return function(*arguments, **named)
            finally:
                self._count()
                self._within.pop()

        return run

    def _count(self) -> None:
        """Give the section that runs what passed since the last look."""
        now = time.thread_time()
        if self._within:
            self.seconds[self._within[-1]] += now - self._since
        self._since = now
