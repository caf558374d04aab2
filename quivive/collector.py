"""Python's garbage collector, set for a program that allocates much and leaves little behind in cycles."""

from __future__ import annotations

import gc

_NET_ALLOCATIONS = 10_000
"""Between two looks at the youngest objects. Python's 700 come round every other request, and took a fifth of the time of a poll."""


def calm_collector() -> None:
    """Look for garbage less often, and never among what was imported, which stays. Call it once all that is needed is imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NET_ALLOCATIONS, 20, 20)
