"""What is read next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.costs import HALF_LIFE_SECONDS, Costs
from crawler.reading_queue import LARGE_BYTES, Document, ReadingQueue


def doc(host: str, source: int = 0, size: int = 1000, *, urgent: bool = False) -> Document:
    return Document(f"{host}.example", source or sum(host.encode()), size, urgent)


def queue_of(*documents: Document, workers: int = 2) -> ReadingQueue:
    queue = ReadingQueue(workers, Costs())
    for document in documents:
        queue.add(document)
    return queue


def take_all(queue: ReadingQueue, now: float = 0.0) -> list[Document]:
    taken = []
    while (document := queue.take(now)) is not None:
        taken.append(document)
    return taken


def test_a_host_gets_one_worker_while_another_waits_whichever_source_it_is_of() -> None:
    first, second, other = doc("a", 1), doc("a", 2), doc("b", 3)
    queue = queue_of(first, second, other)
    assert take_all(queue) == [first, other]


def test_a_source_gets_one_worker_while_another_waits_however_many_hosts_it_links_to() -> None:
    first, second, other = doc("a", 1), doc("b", 1), doc("c", 2)
    queue = queue_of(first, second, other)
    assert take_all(queue) == [first, other]


def test_a_host_gets_all_workers_but_one_while_nobody_else_waits() -> None:
    documents = [doc("a") for _ in range(5)]
    assert take_all(queue_of(*documents, workers=4)) == documents[:3]
    assert take_all(queue_of(*documents, workers=2)) == documents[:1]
    assert take_all(queue_of(*documents, workers=1)) == documents[:1]


def test_feeds_are_read_before_pages() -> None:
    page, feed = doc("a"), doc("b", urgent=True)
    queue = queue_of(page, feed, workers=1)
    assert take_all(queue) == [feed]


def test_who_cost_least_lately_comes_first() -> None:
    queue = queue_of(dear := doc("a", size=10), workers=1)
    queue.take(0)
    queue.release(dear, 0.9, 0)
    again, cheap = doc("a", size=10), doc("b")
    queue.add(again)
    queue.add(cheap)
    assert queue.take(1) == cheap
    queue.release(cheap, 0.01, 1)
    assert queue.take(1) == again


def test_a_host_with_hundreds_of_documents_keeps_another_waiting_for_one_at_most() -> None:
    queue = queue_of(*(doc("a") for _ in range(300)), workers=1)
    running = queue.take(0)
    assert running is not None
    honest = doc("b")
    queue.add(honest)
    queue.release(running, 20.0, 20)
    assert queue.take(20) == honest


def test_large_documents_never_take_the_last_worker() -> None:
    large = [doc(f"big{number}", size=LARGE_BYTES + 1) for number in range(3)]
    queue = queue_of(*large)
    assert take_all(queue) == large[:1]
    small = doc("small")
    queue.add(small)
    assert queue.take(0) == small


def test_who_was_slow_lately_never_takes_the_last_worker_until_it_is_forgotten() -> None:
    queue = queue_of(first := doc("a"), second := doc("b"))
    take_all(queue)
    queue.release(first, 5.0, 0)
    queue.release(second, 5.0, 0)
    slow = [doc("a"), doc("b")]
    for document in slow:
        queue.add(document)
    assert len(take_all(queue, 1)) == 1
    assert len(take_all(queue, 1 + 5 * HALF_LIFE_SECONDS)) == 1


def test_hosts_take_turns_however_many_documents_others_have_waiting() -> None:
    wave = [doc(name, source, urgent=True) for name in "abc" for source in range(1, 200)]
    queue = queue_of(*wave, workers=1)
    queue.release(queue.take(0), 0.001, 0)
    queue.add(late := doc("late", urgent=True))
    before = 0
    while (document := queue.take(0)) != late:
        queue.release(document, 0.001, 0)
        before += 1
    assert before <= 3


def test_the_sources_of_a_host_take_turns() -> None:
    first, second, of_another = doc("a", 1), doc("a", 1), doc("a", 2)
    queue = queue_of(first, second, of_another, workers=1)
    read = []
    while (document := queue.take(0)) is not None:
        queue.release(document, 0.001, 0)
        read.append(document)
    assert read == [first, of_another, second]


def test_a_single_worker_reads_large_documents_too() -> None:
    queue = queue_of(large := doc("a", size=LARGE_BYTES + 1), workers=1)
    assert queue.take(0) == large


def test_what_nobody_waits_for_is_not_read() -> None:
    queue = queue_of(first := doc("a"), second := doc("b"), workers=1)
    queue.drop(first)
    assert (take_all(queue), len(queue)) == ([second], 0)
    queue.drop(first)
    queue.drop(second)


def test_costs_fade_and_are_remembered_of_a_bounded_number_the_dearest_last() -> None:
    costs = Costs(most=10)
    costs.note(["dear"], 60.0, 9_000_000, now=0)
    assert costs.of("dear", HALF_LIFE_SECONDS).spent == 30
    for number in range(100):
        costs.note([number], 0.01, 100, now=1)
    assert len(costs) <= 10
    assert costs.of("dear", 1).spent > 50
    assert costs.of("never seen", 1).spent == 0


@given(
    workers=st.integers(1, 4),
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans(), st.sampled_from([0.01, 5.0])), max_size=60
    ),
)
def test_whatever_comes_all_of_it_is_read_and_no_limit_is_passed(workers: int, steps: list[tuple[int, int, bool, bool, float]]) -> None:
    queue, now = ReadingQueue(workers, Costs()), 0.0
    added, read, reading = set(), set(), []
    for host, source, is_large, urgent, seconds in steps:
        now += 1
        document = Document(f"{host}.example", source, 2 * LARGE_BYTES if is_large else 10, urgent)
        queue.add(document)
        added.add(document)
        reading += take_all(queue, now)
        assert len(reading) <= workers
        if seconds > 1 and reading:
            read.add(done := reading.pop(0))
            queue.release(done, seconds, now)
    reading += take_all(queue, now)
    while reading:
        read.add(done := reading.pop(0))
        queue.release(done, 0.01, now)
        reading += take_all(queue, now)
    assert read == added
