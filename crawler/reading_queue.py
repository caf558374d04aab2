"""What is read next: hosts and sources by what they cost lately, feeds before pages, and never all workers for what is slow to read.

Fetching is fair already; a site whose pages take ten seconds each to read would still keep every worker for itself. So
- of one host, and of one source, at most one document is read at a time while others wait, and never all workers are theirs;
- feeds come before pages, then whoever cost least lately; who cost next to nothing is not told apart: such hosts take turns;
- what is large, or comes from a host or source that was slow to read lately, never takes the last worker: a small document of an honest
  source finds one free, or waits for another small one.

Pure: the moment (`now`, seconds on any steady scale) is an argument, nothing waits here. `workers` carries out what it decides.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from crawler.costs import Costs

LARGE_BYTES = 1_000_000
"""Article pages of more are rare (one in a hundred), and a megabyte of tags can take 30 s."""

LITTLE_SECONDS = 0.5
"""Of CPU time lately: what fifty small feeds of one host take. Thousands of sources that cost no more simply stand in line."""

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


_LOWEST = (False, 0.0)

Lane = tuple[bool, str, int | str]
"""Documents of one urgency, host and source wait in line behind each other."""


def _lane_of(document: Document) -> Lane:
    return document.urgent, document.host, document.source_id


class ReadingQueue:
    """Documents that wait for a worker, and those that are being read."""

    def __init__(self, workers: int, costs: Costs) -> None:
        self._workers = workers
        self._most_heavy = max(1, workers - 1)
        self._costs = costs
        self._hosts: dict[str, dict[Lane, deque[Document]]] = {}
        """In the order of their turns, and so are the lanes of each: whoever was served goes to the end."""
        self._reading: dict[Document, bool] = {}
        self._busy: Counter[Hashable] = Counter()

    def __len__(self) -> int:
        return sum(len(waiting) for lanes in self._hosts.values() for waiting in lanes.values())

    def add(self, document: Document) -> None:
        self._hosts.setdefault(document.host, {}).setdefault(_lane_of(document), deque()).append(document)

    def drop(self, document: Document) -> None:
        """Let a document wait no more: nobody wants to know what it says."""
        lanes = self._hosts.get(document.host, {})
        waiting = lanes.get(_lane_of(document))
        if waiting is not None and document in waiting:
            waiting.remove(document)
            self._forget_if_empty(lanes, document)

    def take(self, now: float) -> Document | None:
        """The document that is read next, as soon as there is a worker; give it back with `release`. None: none may be read now."""
        if len(self._reading) >= self._workers:
            return None
        lane = self._choose(now)
        if lane is None:
            return None
        document = self._serve(lane)
        self._reading[document] = self._is_heavy(document, now)
        self._busy.update(document.keys)
        return document

    def release(self, document: Document, seconds: float, now: float) -> None:
        """A document was read, or given up; it took so many seconds of CPU time."""
        del self._reading[document]
        self._busy.subtract(document.keys)
        self._busy += Counter()  # drops who is at nought
        self._costs.note(document.keys, seconds, document.size, now)

    def _serve(self, lane: Lane) -> Document:
        """The lane's first document; the lane goes to the end of its host's lanes, the host to the end of the hosts."""
        _, host, _ = lane
        lanes = self._hosts.pop(host)
        waiting = lanes.pop(lane)
        document = waiting.popleft()
        if waiting:
            lanes[lane] = waiting
        if lanes:
            self._hosts[host] = lanes
        return document

    def _forget_if_empty(self, lanes: dict[Lane, deque[Document]], document: Document) -> None:
        if not lanes[_lane_of(document)]:
            del lanes[_lane_of(document)]
        if not lanes:
            del self._hosts[document.host]

    def _waiting(self) -> Iterator[tuple[Lane, Document]]:
        """Every lane with the document that stands first in it, in the order of their turns."""
        return ((lane, waiting[0]) for lanes in self._hosts.values() for lane, waiting in lanes.items())

    def _choose(self, now: float) -> Lane | None:
        best = self._best(((lane, first) for lane, first in self._waiting() if not self._is_busy(lane)), now)
        # A second worker for a host or source that has one only while nobody else waits, and never the last: who comes next finds it free.
        is_last = len(self._reading) >= self._workers - 1
        if best is not None or is_last or not all(self._is_busy(lane) for lane, _ in self._waiting()):
            return best
        return self._best(self._waiting(), now)

    def _best(self, waiting: Iterable[tuple[Lane, Document]], now: float) -> Lane | None:
        """The lane of the lowest rank that may take a worker; of equals the one whose turn is first."""
        best, lowest = None, None
        for lane, first in waiting:
            if self._would_take_last_worker(first, now):
                continue
            rank = self._rank(lane, now)
            if rank == _LOWEST:  # in a wave of thousands of feeds it is the first one that is looked at
                return lane
            if lowest is None or rank < lowest:
                best, lowest = lane, rank
        return best

    def _is_busy(self, lane: Lane) -> bool:
        _, host, source_id = lane
        return self._busy[host] > 0 or self._busy[source_id] > 0

    def _rank(self, lane: Lane, now: float) -> tuple[bool, float]:
        urgent, host, source_id = lane
        spent = max(self._costs.of(host, now).spent, self._costs.of(source_id, now).spent)
        return not urgent, spent if spent > LITTLE_SECONDS else 0.0

    def _would_take_last_worker(self, document: Document, now: float) -> bool:
        return sum(self._reading.values()) >= self._most_heavy and self._is_heavy(document, now)

    def _is_heavy(self, document: Document, now: float) -> bool:
        return document.size > LARGE_BYTES or any(self._costs.of(key, now).slowest >= SLOW_SECONDS for key in document.keys)
