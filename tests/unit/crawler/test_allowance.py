"""Who may ask for more, while bodies wait in memory."""

from __future__ import annotations

from crawler.allowance import LEAST_BYTES, Allowance
from crawler.costs import Costs


def allowance(costs: Costs | None = None) -> Allowance:
    return Allowance(Costs() if costs is None else costs, soft=3_000_000, most=5_000_000, share=1_000_000)


def test_a_host_that_has_its_share_in_memory_is_asked_no_more_and_others_are() -> None:
    bodies = allowance()
    holding = bodies.hold("a.example", 1, 1_000_000)
    assert not bodies.may_ask("a.example", 2)
    assert bodies.may_ask("b.example", 2)
    bodies.give_back(holding)
    assert bodies.may_ask("a.example", 2)


def test_a_source_that_has_its_share_in_memory_is_asked_no_more_whatever_host_it_links_to() -> None:
    bodies = allowance()
    for number in range(2):
        bodies.hold(f"host{number}.example", 1, 500_000)
    assert not bodies.may_ask("host9.example", 1)
    assert bodies.may_ask("host9.example", 2)


def test_when_much_waits_only_those_are_asked_who_have_nothing_in_memory() -> None:
    bodies = allowance()
    bodies.hold("small.example", 9, 1)
    for number in range(3):
        bodies.hold(f"host{number}.example", number, 990_000)
    assert not bodies.may_ask("small.example", 10)
    assert not bodies.may_ask("host0.example", 10)
    assert bodies.may_ask("new.example", 10)


def test_nobody_is_asked_when_memory_is_full_until_something_is_given_back() -> None:
    bodies = allowance()
    holdings = [bodies.hold(f"host{number}.example", number, 1_000_000) for number in range(5)]
    assert not bodies.may_ask("new.example", 10)
    bodies.give_back(holdings[0])
    assert bodies.may_ask("new.example", 10)
    for holding in holdings[1:]:
        bodies.give_back(holding)
    assert bodies.total == 0


def test_an_answer_that_is_on_its_way_counts_as_the_largest_that_came_lately_and_never_as_nothing() -> None:
    costs = Costs()
    bodies = allowance(costs)
    assert bodies.expect("a.example", 1, 0).size == LEAST_BYTES
    costs.note(["a.example", 1], 0.1, 900_000, 0)
    bodies.expect("a.example", 2, 0)
    bodies.expect("a.example", 3, 0)
    assert not bodies.may_ask("a.example", 4)


def test_an_answer_is_kept_only_while_its_host_and_source_have_less_than_their_share() -> None:
    allowance = Allowance(Costs(), soft=60, most=1_000_000, share=250_000)
    assert allowance.may_keep("a", 1)
    allowance.hold("a", 1, 200_000)
    assert allowance.may_keep("a", 1), "who has less than the share may go beyond it once"
    allowance.hold("a", 1, 200_000)
    assert not allowance.may_keep("a", 2)
    assert not allowance.may_keep("b", 1)
    assert allowance.may_keep("b", 2)


def test_beyond_the_most_only_who_has_nothing_in_memory_may_keep_an_answer() -> None:
    allowance = Allowance(Costs(), most=300_000, share=250_000)
    for number, host in enumerate("abc"):
        allowance.hold(host, number, 100_000)
    assert not allowance.may_keep("a", 0)
    assert allowance.may_keep("d", 9)
