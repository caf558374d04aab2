"""What was done so far, counted: for the summary of `poll`, and the hourly line of the log."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from news.alerts import DeliveryStatus
from news.sources import PollKind, PollOutcome
from storage import Tally


@dataclass(slots=True)
class Totals:
    """What was done since something began."""

    polled: int = 0
    unchanged: int = 0
    failed: int = 0
    entries_seen: int = 0
    entries_new: int = 0
    articles_new: int = 0
    articles_revised: int = 0
    duplicates: int = 0
    pages_failed: int = 0
    alerts: int = 0
    sent: int = 0
    dead: int = 0

    def add(self, tally: Tally) -> None:
        self.entries_seen += tally.entries_seen
        self.entries_new += tally.entries_new
        self.articles_new += tally.articles_new
        self.articles_revised += tally.articles_revised
        self.duplicates += tally.duplicates
        self.pages_failed += tally.pages_failed
        self.alerts += len(tally.alerts)

    def add_poll(self, outcome: PollOutcome) -> None:
        self.polled += 1
        self.unchanged += outcome.kind in {PollKind.UNCHANGED, PollKind.SAME_BODY}
        self.failed += outcome.kind is PollKind.FAILED

    def add_attempt(self, status: DeliveryStatus, deliveries: int) -> None:
        """Count what came of so many deliveries."""
        self.sent += deliveries if status is DeliveryStatus.SENT else 0
        self.dead += deliveries if status is DeliveryStatus.DEAD else 0

    def since(self, before: Totals) -> Totals:
        """What was done after `before` was."""
        return Totals(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))
