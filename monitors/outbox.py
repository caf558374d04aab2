"""What dispatch needs of the archive."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

from news.alerts import AttemptResult, Bundle


class Outbox(Protocol):
    """The deliveries that are still to be made. They live on disk: nothing is ever sent from memory."""

    def due_bundles(self, now: datetime, limit: int, except_ids: Collection[str]) -> list[Bundle]:
        """At most `limit` bundles that are due at `now`, oldest first, without those whose `bundle_id` is in `except_ids`.

        Blocks while it reads; dispatch calls it from a thread of its own. `except_ids` may hold many thousands.
        """
        ...

    def record_attempt(self, result: AttemptResult) -> Future[None]:
        """Write what came of an attempt. The future ends when it is safely on disk, or with the error that kept it from being so."""
        ...
