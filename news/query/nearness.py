"""How far one thing is from another: the step from the end of the one to the beginning of the other, counted in words.

A step of 1 leads to the next word. A thing that begins before the other has ended is not near to it: the two share a word.
"""

from __future__ import annotations

from collections.abc import Sequence


def first_step(ends: Sequence[int], starts: Sequence[int], distance: int) -> tuple[int, int] | None:
    """The first of `starts` that follows one of `ends` by at most `distance`, with the nearest end. Both are in order."""
    passed = 0
    for start in starts:
        while passed < len(ends) and ends[passed] < start:
            passed += 1
        if passed and start - ends[passed - 1] <= distance:
            return ends[passed - 1], start
    return None


def near_starts(ends: Sequence[int], starts: Sequence[int], distance: int) -> list[int]:
    """Those of `starts` that follow one of `ends` by at most `distance`. Both are in order."""
    near = []
    passed = 0
    for start in starts:
        while passed < len(ends) and ends[passed] < start:
            passed += 1
        if passed and start - ends[passed - 1] <= distance:
            near.append(start)
    return near


def near_ends(ends: Sequence[int], starts: Sequence[int], distance: int) -> list[int]:
    """Those of `ends` that one of `starts` follows by at most `distance`. Both are in order."""
    backwards = near_starts([-start for start in reversed(starts)], [-end for end in reversed(ends)], distance)
    return [-end for end in reversed(backwards)]
