"""Tables of the configuration: the keys that one may have, how each is read, and what is wrong with one that is not so.

A table is a class with a `key` for every key. Reading one finds every mistake, each with its place within the table. What is read comes
from TOML, so it is strict: 1 is not true, and "1" no number. No mistake shows what was given, which may be a secret, unless the reader of
the key chooses to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from news.wording import Wording, join_choice, said_by

_T = TypeVar("_T")
_Kind = TypeVar("_Kind", bound=StrEnum)

Place = tuple[str | int, ...]
"""Where within a table: a key, and in a list the number of the item from 0."""


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()
"""The default of a key that has none."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with the value at a place; where the place is empty, with the table as a whole."""

    place: Place
    message: str
    _: KW_ONLY
    is_missing: bool = False
    is_unknown: bool = False
    """The key is none of the table's, which says itself which it has."""


class MistakesError(ValueError):
    """All that is wrong with a table, or with one value of it."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{'.'.join(map(str, one.place))}: {one.message}" for one in self.mistakes))


@dataclass(frozen=True, slots=True)
class Key:
    """How the value of a key is read. `read` raises ValueError, with what is to be told of the value."""

    read: Callable[[Any], Any]
    default: Any
    """As the user would write it, and read like it. None, where it is one, is not read."""
    written: str | None
    """Its name in the file, where that is no name in Python."""
    beside: Callable[[Any, Mapping[str, Any]], None] | None
    """Checks it beside what was read of the keys above it."""


def key(
    read: Callable[[Any], Any],
    default: Any = REQUIRED,
    *,
    written: str | None = None,
    beside: Callable[[Any, Mapping[str, Any]], None] | None = None,
) -> Any:
    """A key of a table, to be given where its type is declared; hence Any."""
    return Key(read, default, written, beside)


class Table:
    """A table that was read: what was said or, where nothing was, the default stands in the attributes of the keys' names."""

    keys: ClassVar[dict[str, Key]] = {}
    """By the names of the attributes; those of the parent first."""
    defaults: ClassVar[dict[str, Any]] = {}
    """What is read where nothing is said, of the keys that ask for nothing beside: read once, since a list may have thousands of tables."""
    secrets: ClassVar[tuple[str, ...]] = ()
    """Those whose values nobody is shown. Each may also be given as a file: `password_file` in the place of `password`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.keys = cls.keys | {name: one for name, one in vars(cls).items() if isinstance(one, Key)}
        plain = {name: one for name, one in cls.keys.items() if one.beside is None and one.default is not REQUIRED}
        cls.defaults = {name: _read(one, REQUIRED, {}) for name, one in plain.items()}

    def __init__(self, /, **said: Any) -> None:
        """From what the file says, by its own names for the keys. Raises `MistakesError` with every mistake."""
        mistakes: list[Mistake] = []
        read = vars(self)
        names: set[str] = set()
        for name, one in self.keys.items():
            written = one.written or name
            names.add(written)
            if written not in said and name in self.defaults:
                read[name] = self.defaults[name]
                continue
            try:
                read[name] = _read(one, said.get(written, REQUIRED), read)
            except ValueError as error:
                mistakes.extend(_within(written, error))
        mistakes.extend(Mistake((name,), Wording("unknown key"), is_unknown=True) for name in said if name not in names)
        if not mistakes:
            mistakes.extend(self._check())
        if mistakes:
            raise MistakesError(mistakes)

    @classmethod
    def written_keys(cls) -> dict[str, Key]:
        """The keys by their names in the file."""
        return {one.written or name: one for name, one in cls.keys.items()}

    def check(self) -> None:
        """Raise ValueError where keys that are right by themselves do not go together."""

    def _check(self) -> Iterator[Mistake]:
        try:
            self.check()
        except ValueError as error:
            yield Mistake((), said_by(error))


def _read(one: Key, value: object, above: Mapping[str, Any]) -> Any:
    if value is REQUIRED:
        value = one.default
    if value is REQUIRED:
        raise MistakesError([Mistake((), Wording("is required"), is_missing=True)])
    read = None if value is None and one.default is None else one.read(value)
    if one.beside is not None:
        one.beside(read, above)
    return read


def _within(place: str | int, error: ValueError) -> list[Mistake]:
    """What is wrong with a value, at its place."""
    if not isinstance(error, MistakesError):
        return [Mistake((place,), said_by(error))]
    return [Mistake((place, *one.place), one.message, is_missing=one.is_missing, is_unknown=one.is_unknown) for one in error.mistakes]


def string(value: object) -> str:
    """A string, whatever it says."""
    if not isinstance(value, str):
        raise ValueError(Wording("must be a string in quotes"))  # noqa: TRY004  # only ValueErrors are mistakes of the user's
    try:
        value.encode()
    except UnicodeEncodeError:  # of a variable of the environment that holds other bytes
        raise ValueError(Wording("is not UTF-8")) from None
    return value


def boolean(value: object) -> bool:
    """TOML's `true` or `false`, and nothing that Python takes for one: not 1, and no string."""
    if not isinstance(value, bool):
        raise ValueError(Wording("must be true or false"))  # noqa: TRY004  # see above
    return value


def from_string(read: Callable[[str], _T]) -> Callable[[object], _T]:
    """Reads a string by `read`, which may check it or make something of it."""
    return lambda value: read(string(value))


def whole_number(least: int, most: int | None = None) -> Callable[[object], int]:
    """Reads a whole number within these bounds."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(Wording("must be a whole number"))  # noqa: TRY004  # see above
        if value < least:
            raise ValueError(Wording("must be at least {ge}", ge=least))
        if most is not None and value > most:
            raise ValueError(Wording("must be at most {le}", le=most))
        return value

    return read


def number(more_than: float, most: float) -> Callable[[object], float]:
    """Reads a number within these bounds, whole or not."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError(Wording("must be a number"))  # noqa: TRY004  # see above
        if not value > more_than:  # as nan is not
            raise ValueError(Wording("must be more than {gt}", gt=more_than))
        if value > most:
            raise ValueError(Wording("must be at most {le}", le=most))
        return float(value)

    return read


def one_of(*choices: str) -> Callable[[object], Any]:
    """Reads one of these strings; Any, since the type of the key says which."""
    *others, last = map(repr, choices)
    expected = join_choice([", ".join(others), last] if others else [last])

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(Wording("must be {expected}", expected=expected))
        return value

    return read


def member_of(kind: type[_Kind]) -> Callable[[object], _Kind]:
    """Reads one of the values of an enumeration."""
    read = one_of(*(member.value for member in kind))
    return lambda value: kind(read(value))


def list_of(read: Callable[[Any], _T], *, at_least_one: bool = False) -> Callable[[object], tuple[_T, ...]]:
    """Reads a list each of whose items is read by `read`; every wrong one is a mistake at its place."""

    def read_all(value: object) -> tuple[_T, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(Wording("must be a list in brackets"))  # noqa: TRY004  # see above
        if at_least_one and not value:
            raise ValueError(Wording("must name at least one"))
        return tuple(_read_each(enumerate(value), read))

    return read_all


def names_with(read_name: Callable[[Any], str], read: Callable[[Any], _T]) -> Callable[[object], dict[str, _T]]:
    """Reads a table whose keys are names of the user's own."""

    def read_all(value: object) -> dict[str, _T]:
        if not isinstance(value, dict):
            raise ValueError(Wording("must be a table such as {example}", example='{ NAME = "…" }'))  # noqa: TRY004  # see above
        names = _read_each(((name, name) for name in value), read_name)
        return dict(zip(names, _read_each(value.items(), read), strict=True))

    return read_all


def _read_each(items: Iterable[tuple[str | int, Any]], read: Callable[[Any], _T]) -> list[_T]:
    found: list[_T] = []
    mistakes: list[Mistake] = []
    for place, item in items:
        try:
            found.append(read(item))
        except ValueError as error:
            mistakes.extend(_within(place, error))
    if mistakes:
        raise MistakesError(mistakes)
    return found
