"""What is fetched next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.frontier import Frontier, Work
from crawler.hosts import host_key
from crawler.pace import HostPaces
from news.sources import DuePage, DueSource


def feed(number: int, host: str) -> DueSource:
    return DueSource(number, f"https://{host}/feed{number}")


def page(number: int, host: str, source: int | None = None) -> DuePage:
    """A page; unless it is said, of a source of its own."""
    return DuePage(number, 1000 + number if source is None else source, f"https://{host}/{number}")


def add(frontier: Frontier, work: Work) -> bool:
    return frontier.add(work, urgent=isinstance(work, DueSource))


def take_all(frontier: Frontier, now: float = 0.0) -> list[Work]:
    taken = []
    while (work := frontier.take(now)) is not None:
        taken.append(work)
    return taken


def test_hosts_take_turns() -> None:
    frontier = Frontier(concurrency=32, delay_seconds=0, per_host=3)
    for number in range(3):
        add(frontier, feed(number, "a.example"))
    add(frontier, feed(10, "b.example"))
    assert [work.url for work in take_all(frontier)] == [
        "https://a.example/feed0",
        "https://b.example/feed10",
        "https://a.example/feed1",
        "https://a.example/feed2",
    ]


def test_feeds_come_before_pages() -> None:
    frontier = Frontier(concurrency=32, delay_seconds=0)
    add(frontier, page(1, "a.example"))
    add(frontier, feed(2, "b.example"))
    assert [type(work) for work in take_all(frontier)] == [DueSource, DuePage]


def test_pages_leave_a_quarter_of_the_permits_to_feeds() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=0)
    for number in range(20):
        add(frontier, page(number, f"host{number}.example"))
    assert len(take_all(frontier)) == 6
    for number in range(20):
        add(frontier, feed(number, f"other{number}.example"))
    assert len(take_all(frontier)) == 2


def test_a_host_gets_one_request_at_a_time_and_rests_between_them() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=2)
    first, second = feed(1, "a.example"), page(2, "a.example")
    add(frontier, first)
    add(frontier, second)
    assert take_all(frontier, 10) == [first]
    assert take_all(frontier, 13) == []
    frontier.release(first)
    assert take_all(frontier, 13) == [second]

    frontier.release(second)
    add(frontier, first)
    assert take_all(frontier, 14.9) == []
    assert frontier.next_moment() == 15
    assert take_all(frontier, 15) == [first]


def test_the_first_request_to_a_host_is_not_delayed() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=3600)
    add(frontier, feed(1, "a.example"))
    assert len(take_all(frontier, 0)) == 1


def test_a_host_gets_one_request_at_a_time_also_without_a_delay() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=0)
    for number in range(20):
        add(frontier, feed(number, "a.example"))
    assert len(take_all(frontier)) == 1


def test_a_host_gets_as_many_requests_at_a_time_as_were_asked_for_but_at_most_half_of_the_permits() -> None:
    for asked, permitted in ((3, 3), (8, 4)):
        frontier = Frontier(concurrency=8, delay_seconds=0, per_host=asked)
        for number in range(20):
            add(frontier, feed(number, "a.example"))
        assert len(take_all(frontier)) == permitted


def test_two_frontiers_that_share_their_paces_ask_a_host_for_one_thing_at_a_time_and_keep_the_delay() -> None:
    paces = HostPaces()
    leaving, coming = (Frontier(concurrency=8, delay_seconds=2, paces=paces) for _ in range(2))
    first, second = feed(1, "a.example"), feed(2, "a.example")
    add(leaving, first)
    add(coming, second)
    assert take_all(leaving, 10) == [first]
    assert take_all(coming, 15) == []
    leaving.release(first)
    assert take_all(coming, 15) == [second]


def test_a_host_that_was_slowed_down_since_it_was_last_asked_rests_longer_and_says_until_when() -> None:
    paces = HostPaces()
    frontier = Frontier(concurrency=8, delay_seconds=2, paces=paces)
    first, second, other = feed(1, "a.example"), feed(2, "a.example"), feed(3, "b.example")
    for work in (first, second):
        add(frontier, work)
    assert take_all(frontier, 10) == [first]
    frontier.release(first)
    assert take_all(frontier, 10) == []
    paces.refuse("a.example", 429, 2, began=10, now=10.5, retry_after=None)
    assert take_all(frontier, 12) == []
    assert frontier.next_moment() == 14
    add(frontier, other)
    assert take_all(frontier, 12) == [other]
    assert take_all(frontier, 14) == [second]


def test_a_host_that_wants_to_be_left_alone_for_long_holds_no_work_back() -> None:
    paces = HostPaces()
    frontier = Frontier(concurrency=8, delay_seconds=2, paces=paces)
    paces.refuse("a.example", 429, 2, began=10, now=10, retry_after=600)
    add(frontier, feed(1, "a.example"))
    assert take_all(frontier, 10) == [feed(1, "a.example")]


def test_nobody_is_looked_at_while_there_is_room_for_no_answer_at_all() -> None:
    frontier, looked_at, room = Frontier(concurrency=8, delay_seconds=0), list[Work](), [False]
    for number in range(3):
        add(frontier, feed(number, f"host{number}.example"))

    def may_start(work: Work) -> bool:
        looked_at.append(work)
        return True

    assert frontier.take(0, may_start, lambda: room[0]) is None
    assert looked_at == []
    room[0] = True
    assert frontier.take(0, may_start, lambda: room[0]) == feed(0, "host0.example")


def test_a_full_queue_takes_no_more_pages_until_something_is_taken() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=0, capacity=2)
    assert [add(frontier, page(number, f"host{number}.example")) for number in range(3)] == [True, True, False]
    frontier.take(0)
    assert add(frontier, page(3, "host3.example"))


def test_a_feed_is_taken_although_pages_fill_the_queue() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=0, capacity=2)
    assert [add(frontier, page(number, f"host{number}.example")) for number in range(3)] == [True, True, False]
    assert add(frontier, feed(9, "other.example"))
    assert frontier.take(0) == feed(9, "other.example")


def test_the_pages_of_one_host_take_at_most_an_eighth_of_the_queue_and_leave_room_for_other_hosts() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=0, capacity=32)
    assert [add(frontier, page(number, "slow.example")) for number in range(6)] == [True] * 4 + [False] * 2
    assert add(frontier, page(6, "other.example"))
    frontier.take(0)
    assert add(frontier, page(7, "slow.example"))


def test_a_host_whose_page_is_refused_is_not_remembered() -> None:
    frontier = Frontier(concurrency=8, delay_seconds=0, capacity=1)
    add(frontier, page(1, "a.example"))
    assert not add(frontier, page(2, "b.example"))
    assert set(frontier._hosts) == {"a.example"}


def test_clearing_gives_back_what_waited_and_nothing_else() -> None:
    frontier = Frontier(concurrency=1, delay_seconds=0)
    works = [feed(1, "a.example"), feed(2, "a.example"), page(3, "b.example")]
    for work in works:
        add(frontier, work)
    taken = frontier.take(0)
    assert taken == works[0]
    assert set(frontier.clear()) == set(works[1:])
    assert len(frontier) == 0
    frontier.release(works[0])
    assert frontier.take(1) is None


def test_hosts_that_are_done_are_forgotten() -> None:
    frontier = Frontier(concurrency=4, delay_seconds=1)
    for number in range(4):
        add(frontier, feed(number, f"host{number}.example"))
    for work in take_all(frontier):
        frontier.release(work)
    assert take_all(frontier, 5) == []
    assert frontier._hosts == {}


def test_another_port_is_another_host_and_another_scheme_is_not() -> None:
    assert host_key("http://A.example/x") == host_key("https://a.example./y") == "a.example"
    assert host_key("http://a.example:8080/") == "a.example:8080"
    assert host_key("http://[::1]:x/") == ""


@given(
    concurrency=st.integers(1, 6),
    delay=st.sampled_from([0.0, 1.0]),
    steps=st.lists(st.tuples(st.sampled_from(["feed", "page", "take", "release", "wait"]), st.integers(0, 3)), max_size=80),
)
def test_whatever_happens_nothing_is_lost_and_no_limit_is_passed(concurrency: int, delay: float, steps: list[tuple[str, int]]) -> None:
    frontier, now = Frontier(concurrency, delay), 0.0
    added: set[Work] = set()
    taken: set[Work] = set()
    in_flight: list[Work] = []
    for number, (action, host) in enumerate(steps):
        now += host if action == "wait" else 0
        if action in {"feed", "page"}:
            work = (feed if action == "feed" else page)(number, f"host{host}.example")
            assert add(frontier, work)
            added.add(work)
        elif action == "take" and (found := frontier.take(now)):
            taken.add(found)
            in_flight.append(found)
        elif action == "release" and in_flight:
            frontier.release(in_flight.pop(0))
        assert len(in_flight) <= concurrency
        assert len({host_key(work.url) for work in in_flight}) == len(in_flight)
        assert len(frontier) == len(added) - len(taken)
    for _ in range(1000):
        now += 1
        while in_flight:
            frontier.release(in_flight.pop())
        if (work := frontier.take(now)) is None:
            break
        taken.add(work)
        in_flight.append(work)
    assert taken == added
