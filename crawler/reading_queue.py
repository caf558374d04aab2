"""What is read next: hosts and sources by what they cost lately, feeds before pages, and never all workers for what is slow to read.

Fetching is fair already; a site whose pages take ten seconds each to read would still keep every worker for itself. So
- of one host, and of one source, at most one document is read at a time while others wait, and never all workers are theirs;
- feeds come before pages, then whoever cost least lately, then who came first;
- what is large, or comes from a host or source that was slow to read lately, never takes the last worker: a small document of an honest
  source finds one free, or waits for another small one.

Pure: the moment (`now`, seconds on any steady scale) is an argument, nothing waits here. `workers` carries out what it decides.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass

from crawler.costs import Costs

LARGE_BYTES = 1_000_000
"""Article pages of more are rare (one in a hundred), and a megabyte of tags can take 30 s."""

SLOW_SECONDS = 1.0
"""Of CPU time. A page takes 20 ms, a feed up to 100; who needs more once will need it again."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A body that is to be read: where it came from, its size in bytes, and whether it is `urgent`, as feeds are.

    What no source asked for, such as a robots.txt, has its host for a source.
    """

    host: str
    source_id: int | str
    size: int
    urgent: bool = False

    @property
    def keys(self) -> tuple[Hashable, Hashable]:
        """Whose cost it is: its host's and its source's."""
        return self.host, self.source_id


Lane = tuple[bool, str, int | str]
"""Documents of one urgency, host and source wait in line behind each other."""


class ReadingQueue:
    """Documents that wait for a worker, and those that are being read."""

    def __init__(self, workers: int, costs: Costs) -> None:
        self._workers = workers
        self._most_heavy = max(1, workers - 1)
        self._costs = costs
        self._lanes: dict[Lane, deque[Document]] = {}
        self._reading: dict[Document, bool] = {}
        self._busy: Counter[Hashable] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def add(self, document: Document) -> None:
        self._lanes.setdefault((document.urgent, document.host, document.source_id), deque()).append(document)

    def drop(self, document: Document) -> None:
        """Let a document wait no more: nobody wants to know what it says."""
        lane = (document.urgent, document.host, document.source_id)
        waiting = self._lanes.get(lane)
        if waiting is not None and document in waiting:
            waiting.remove(document)
            if not waiting:
                del self._lanes[lane]

    def take(self, now: float) -> Document | None:
        """The document that is read next, as soon as there is a worker; give it back with `release`. None: none may be read now."""
        if len(self._reading) >= self._workers:
            return None
        lane = self._choose(now)
        if lane is None:
            return None
        waiting = self._lanes[lane]
        document = waiting.popleft()
        if not waiting:
            del self._lanes[lane]
        self._reading[document] = self._is_heavy(document, now)
        self._busy.update(document.keys)
        return document

    def release(self, document: Document, seconds: float, now: float) -> None:
        """A document was read, or given up; it took so many seconds of CPU time."""
        del self._reading[document]
        self._busy.subtract(document.keys)
        self._busy += Counter()  # drops who is at nought
        self._costs.note(document.keys, seconds, document.size, now)

    def _choose(self, now: float) -> Lane | None:
        startable = [lane for lane in self._lanes if not self._would_take_last_worker(self._lanes[lane][0], now)]
        idle = [lane for lane in startable if not self._is_busy(lane)]
        # A second worker for a host or source that has one only while nobody else waits, and never the last: who comes next finds it free.
        others_wait = any(not self._is_busy(lane) for lane in self._lanes)
        is_last = len(self._reading) >= self._workers - 1
        choices = idle or ([] if others_wait or is_last else startable)
        return min(choices, key=lambda lane: self._rank(lane, now), default=None)

    def _is_busy(self, lane: Lane) -> bool:
        _, host, source_id = lane
        return self._busy[host] > 0 or self._busy[source_id] > 0

    def _rank(self, lane: Lane, now: float) -> tuple[bool, float]:
        """Lowest first; `min` takes the first of equals, which came first."""
        urgent, host, source_id = lane
        return not urgent, max(self._costs.of(host, now).spent, self._costs.of(source_id, now).spent)

    def _would_take_last_worker(self, document: Document, now: float) -> bool:
        return sum(self._reading.values()) >= self._most_heavy and self._is_heavy(document, now)

    def _is_heavy(self, document: Document, now: float) -> bool:
        return document.size > LARGE_BYTES or any(self._costs.of(key, now).slowest >= SLOW_SECONDS for key in document.keys)
