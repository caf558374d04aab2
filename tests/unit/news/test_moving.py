"""When a feed is believed to have moved, and where it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

from news.moving import POLLS_BEFORE_ADOPTING, Move, address_to_ask, conclude_move
from news.sources import PollKind, PollOutcome

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
OLD, NEW, OTHER = "https://old.example/feed", "https://new.example/feed", "https://other.example/feed"
ADOPTED = Move(NEW, NOW, POLLS_BEFORE_ADOPTING)


def outcome(moved_to: str | None = NEW, kind: PollKind = PollKind.PARSED, asked: str = OLD) -> PollOutcome:
    return PollOutcome(1, asked, NOW, 0.1, kind, 200, moved_to=moved_to)


def conclude(before: Move | None, *, known: int = 5, **how: object) -> Move | None:
    return conclude_move(before, OLD, outcome(**how), known, NOW)  # type: ignore[arg-type]


def test_a_redirect_is_believed_once_it_has_held_for_several_polls_in_a_row() -> None:
    move: Move | None = None
    for number in range(1, POLLS_BEFORE_ADOPTING + 1):
        move = conclude(move)
        assert move is not None
        assert (move.url, move.since, move.polls, move.is_adopted) == (NEW, NOW, number, number == POLLS_BEFORE_ADOPTING)
        assert address_to_ask(OLD, move, 0) == (NEW if number == POLLS_BEFORE_ADOPTING else OLD)


def test_an_answer_that_is_the_same_as_before_counts_and_a_failure_says_nothing() -> None:
    assert conclude(Move(NEW, NOW, 2), kind=PollKind.UNCHANGED, known=0) == Move(NEW, NOW, 3)
    assert conclude(Move(NEW, NOW, 2), kind=PollKind.FAILED, moved_to=None) == Move(NEW, NOW, 2)


def test_what_shows_nothing_that_is_known_may_be_anything() -> None:
    assert conclude(Move(NEW, NOW, 4), known=0) is None


def test_an_answer_from_the_old_address_itself_ends_the_count_and_the_move() -> None:
    assert conclude(Move(NEW, NOW, 4), moved_to=None) is None
    assert conclude(ADOPTED, moved_to=None) is None


def test_another_address_is_counted_anew() -> None:
    assert conclude(Move(NEW, NOW, 4), moved_to=OTHER) == Move(OTHER, NOW)
    assert conclude(ADOPTED, moved_to=OTHER) == Move(OTHER, NOW)


def test_a_redirect_to_where_it_came_from_is_no_move() -> None:
    assert conclude(None, moved_to=OLD) is None


def test_the_new_address_is_kept_while_it_answers_also_if_it_redirects_further() -> None:
    assert conclude(ADOPTED, moved_to=None, asked=NEW) == ADOPTED
    assert conclude(ADOPTED, moved_to=OTHER, asked=NEW) == ADOPTED
    assert conclude(ADOPTED, moved_to=None, asked=NEW, known=0) == ADOPTED


def test_while_the_new_address_fails_the_old_one_is_asked_at_every_second_poll() -> None:
    assert [address_to_ask(OLD, ADOPTED, failures) for failures in range(4)] == [NEW, OLD, NEW, OLD]
    assert address_to_ask(OLD, None, 0) == OLD
