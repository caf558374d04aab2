"""Words that mean nothing, for texts that have none in common but by design."""

from __future__ import annotations

import random


def words_of(count: int, seed: int) -> list[str]:
    """So many words; for the same seed the same."""
    chance = random.Random(seed)
    return ["".join(chance.choice("abcdefghijklmnop") for _ in range(chance.randint(2, 8))) for _ in range(count)]
