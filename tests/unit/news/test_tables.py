"""Tables of the configuration: every mistake in one is found, with its place, and what is right is read."""

from __future__ import annotations

from enum import StrEnum

import pytest

from news.tables import (
    REQUIRED,
    MistakesError,
    Table,
    boolean,
    from_string,
    key,
    list_of,
    member_of,
    names_with,
    number,
    one_of,
    string,
    whole_number,
)


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


def _not_beside_a_name(count: int, above) -> None:
    if "name" in above and above["name"] == str(count):
        raise ValueError("must not be the name")


class Parent(Table):
    name: str = key(string)


class Child(Parent):
    count: int = key(whole_number(1, 9), 1, beside=_not_beside_a_name)
    share: float | None = key(number(0, 10), None)
    is_open: bool = key(boolean, default=False)
    size: Size = key(member_of(Size), "small")
    tags: tuple[str, ...] = key(list_of(string), ())
    people: tuple[str, ...] = key(list_of(string, at_least_one=True), ["a"])
    sender: str | None = key(from_string(str.upper), None, written="from")
    headers: dict[str, str] | None = key(names_with(one_of("Accept", "Host"), string), None)

    def check(self) -> None:
        if self.is_open and self.size == Size.SMALL:
            raise ValueError("what is open must be large")


def mistakes_of(**said: object) -> list[tuple[str, str]]:
    with pytest.raises(MistakesError) as caught:
        Child(**said)
    return [(".".join(map(str, one.place)), one.message) for one in caught.value.mistakes]


def test_what_is_not_said_is_the_default_read_as_the_users_own():
    table = Child(name="Un")
    assert (table.count, table.share, table.is_open, table.size, table.tags, table.people) == (1, None, False, Size.SMALL, (), ("a",))
    assert (table.sender, table.headers) == (None, None)


def test_what_is_said_is_read_by_its_name_in_the_file():
    table = Child(**{"name": "Un", "share": 2, "from": "a", "headers": {"Host": "b"}, "tags": ["c"], "size": "large", "is_open": True})
    assert (table.share, table.sender, table.headers, table.tags, table.size) == (2.0, "A", {"Host": "b"}, ("c",), Size.LARGE)
    assert list(Child.written_keys())[:2] == ["name", "count"]
    assert "from" in Child.written_keys()
    assert (Parent.keys["name"].default, list(Parent.keys)) == (REQUIRED, ["name"])


@pytest.mark.parametrize(
    ("said", "mistakes"),
    [
        ({"name": 1}, [("name", "must be a string in quotes")]),
        ({"name": "\udcff"}, [("name", "is not UTF-8")]),
        ({"name": None}, [("name", "must be a string in quotes")]),
        ({"count": True}, [("count", "must be a whole number")]),
        ({"count": 1.0}, [("count", "must be a whole number")]),
        ({"count": 0}, [("count", "must be at least 1")]),
        ({"count": 10}, [("count", "must be at most 9")]),
        ({"share": "1"}, [("share", "must be a number")]),
        ({"share": True}, [("share", "must be a number")]),
        ({"share": 0}, [("share", "must be more than 0")]),
        ({"share": float("nan")}, [("share", "must be more than 0")]),
        ({"share": 10.5}, [("share", "must be at most 10")]),
        ({"is_open": 1}, [("is_open", "must be true or false")]),
        ({"size": "huge"}, [("size", "must be 'small' or 'large'")]),
        ({"size": ["small"]}, [("size", "must be 'small' or 'large'")]),
        ({"tags": "a"}, [("tags", "must be a list in brackets")]),
        ({"tags": ["a", 1, 2]}, [("tags.1", "must be a string in quotes"), ("tags.2", "must be a string in quotes")]),
        ({"people": []}, [("people", "must name at least one")]),
        ({"headers": 1}, [("headers", 'must be a table such as { NAME = "…" }')]),
        ({"headers": {"Cookie": "a"}}, [("headers.Cookie", "must be 'Accept' or 'Host'")]),
        ({"headers": {"Host": 1}}, [("headers.Host", "must be a string in quotes")]),
        ({"name": "5", "count": 5}, [("count", "must not be the name")]),
        ({"is_open": True}, [("", "what is open must be large")]),
        ({"is_open": True, "self": 1}, [("self", "unknown key")]),
        ({"sender": "a", "count": 0}, [("count", "must be at least 1"), ("sender", "unknown key")]),
    ],
    ids=repr,
)
def test_every_mistake_is_found_at_its_place(said, mistakes):
    assert mistakes_of(**{"name": "Un"} | said) == mistakes


def test_what_is_missing_is_told_apart():
    with pytest.raises(MistakesError, match=r"^name: is required$") as caught:
        Child()
    assert [(one.is_missing, one.is_unknown) for one in caught.value.mistakes] == [(True, False)]


def test_what_is_beside_a_mistake_is_checked_without_it():
    assert mistakes_of(name=1, count=5) == [("name", "must be a string in quotes")]
