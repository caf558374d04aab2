"""What a new version of the program makes anew in the archive, and how far that has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RebuildingPart(StrEnum):
    """What a new version of the program makes anew; also the order in which it does."""

    HASHES = "hashes"
    INDEX = "index"
    SHINGLES = "shingles"
    STORIES = "stories"
    OLD_INDEX = "old_index"


@dataclass(frozen=True, slots=True)
class RebuildingProgress:
    """How far a part has come: of the numbers of revisions or articles, so many hundredths are done. Clearing away has no measure."""

    part: RebuildingPart
    percent: float
