"""What an id, an address or a name that people give can mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ThingKind(StrEnum):
    """What an id, an address or a name can mean."""

    ARTICLE = "article"
    ALERT = "alert"
    DELIVERY = "delivery"
    SOURCE = "source"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that the archive holds: its kind, the key that the archive has for it, and the words people know it by."""

    kind: ThingKind
    key: str
    name: str
