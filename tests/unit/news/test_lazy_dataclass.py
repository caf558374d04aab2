"""What is imported from `news.lazy_dataclass` is a dataclass of the standard library in all but the moment its methods are made."""

import dataclasses
import pickle
from dataclasses import field

import pytest

from news.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A point with a name."""

    x: int
    y: int = 0
    names: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def is_origin(self) -> bool:
        return self.x == self.y == 0


@dataclass(slots=True)
class Counter:
    """Counts."""

    count: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """A rank."""

    number: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """Keeps to itself what it holds."""

    value: str

    def __repr__(self) -> str:
        return "Secret(…)"


def test_is_made_with_defaults_and_names() -> None:
    point = Point(1, names=["a"])

    assert (point.x, point.y, point.names, point.is_origin) == (1, 0, ["a"], False)
    assert Point(0).names is not Point(0).names


def test_says_what_is_missing_as_its_own() -> None:
    with pytest.raises(TypeError, match=r"^Point.__init__\(\) missing 1 required positional argument: 'x'$"):
        Point()


def test_is_shown_compared_and_hashed_by_its_fields() -> None:
    assert repr(Point(1, 2, ["a"])) == "Point(x=1, y=2)"
    assert Point(1, 2, ["a"]) == Point(1, 2)
    assert Point(1, 2) != Point(2, 2)
    assert len({Point(1, 2, ["a"]), Point(1, 2), Point(2, 1)}) == 2
    assert Point(1) != Counter(1)


def test_is_ordered_where_it_says_so() -> None:
    assert sorted([Rank(2), Rank(1, "b"), Rank(1, "a")]) == [Rank(1, "a"), Rank(1, "b"), Rank(2)]
    with pytest.raises(TypeError):
        sorted([Point(2), Point(1)])


def test_is_frozen_also_before_any_was_made() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        """One that nothing was asked of yet."""

        x: int

    with pytest.raises(dataclasses.FrozenInstanceError):
        Fresh.__new__(Fresh).x = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        del Fresh(1).x


def test_has_slots_and_nothing_else() -> None:
    assert not hasattr(Point(1), "__dict__")
    assert Point.__slots__ == ("x", "y", "names")


def test_is_counted_on_and_not_hashed_where_it_may_change() -> None:
    counter = Counter()
    counter.count += 1

    assert counter == Counter(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)


def test_keeps_the_methods_that_are_written_out() -> None:
    assert repr(Secret("a")) == "Secret(…)"
    assert Secret("a") == Secret("a")


def test_goes_through_pickle_and_back() -> None:
    for one in (Point(1, 2, ["a"]), Counter(3), Rank(1, "a")):
        back = pickle.loads(pickle.dumps(one))
        assert (back, repr(back)) == (one, repr(one))


def test_comes_out_of_pickle_before_any_was_made_here() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        """One that another process sent."""

        x: int

    fresh = Fresh.__new__(Fresh)
    fresh.__setstate__([7])

    assert fresh == Fresh(7)


def test_is_a_dataclass_to_whoever_asks() -> None:
    assert [one.name for one in dataclasses.fields(Point)] == ["x", "y", "names"]
    assert dataclasses.replace(Point(1, 2), y=3) == Point(1, 3)
    assert dataclasses.asdict(Rank(1, "a")) == {"number": 1, "name": "a"}
    assert (Rank.__dataclass_params__.frozen, Rank.__dataclass_params__.order, Counter.__dataclass_params__.frozen) == (True, True, False)
    match Rank(1, "a"):
        case Rank(number, name):
            assert (number, name) == (1, "a")


def test_its_methods_are_written_when_they_are_first_called(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write = dataclasses._create_fn
    monkeypatch.setattr(dataclasses, "_create_fn", lambda name, *args, **named: written.append(name) or write(name, *args, **named))

    @dataclass(frozen=True, slots=True)
    class Fresh:
        """One that nothing was asked of yet."""

        x: int

    assert written == []
    Fresh(1)
    assert "__init__" in written
    before = list(written)
    Fresh(1)
    assert written == before
