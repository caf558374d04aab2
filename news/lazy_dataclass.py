"""`dataclass`, as the standard library has it, but with methods that are written when they are first called.

The standard library writes and compiles up to eight methods for every class while its module is imported. That took a third of the time
of a short command, whose modules know hundreds of types and use a few dozen of them. Here a class gets its fields and slots at once, and
of its methods only what makes them. They are then those of the standard library, and so is all else: `fields`, `replace`, pickling.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

_Class = TypeVar("_Class")

_OF_ALL = ("__init__", "__repr__", "__eq__")
_OF_FROZEN = (*_OF_ALL, "__hash__", "__setattr__", "__delattr__", "__getstate__", "__setstate__")
_OF_ORDERED = ("__lt__", "__le__", "__gt__", "__ge__")
_ONLY_OF_THE_FIRST = ("__dict__", "__weakref__")
"""What a class without slots has of its own, and one made of its parts must not take over."""

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  # it is this one, for whoever checks types
else:

    def dataclass(*, slots: bool, frozen: bool = False, order: bool = False) -> Callable[[type[_Class]], type[_Class]]:
        """A decorator for classes with slots that are no heirs: those have methods to be told from their parents'."""
        assert slots

        def decorate(written: type[_Class]) -> type[_Class]:
            assert written.__bases__ == (object,)
            parts = {name: part for name, part in vars(written).items() if name not in _ONLY_OF_THE_FIRST}
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(written)
            names = (_OF_FROZEN if frozen else _OF_ALL) + (_OF_ORDERED if order else ())
            _give_methods_later(made, parts, [name for name in names if name not in parts], {"frozen": frozen, "order": order})
            if not frozen and "__hash__" not in parts:
                made.__hash__ = None  # what is equal today may differ tomorrow
            return made

        return decorate


def _give_methods_later(made: type[Any], parts: dict[str, Any], names: Iterable[str], kind: dict[str, bool]) -> None:
    """Have the first call of any method write all of them. Twice, by two threads, does no harm."""

    def write_methods() -> None:
        whole = dataclasses.dataclass(slots=True, **kind)(_copy(made, parts))
        for name in names:
            setattr(made, name, vars(whole)[name])

    for name in names:
        setattr(made, name, _make_first(made, name, write_methods))
    for name, said in ({"init": True, "repr": True, "eq": True} | kind).items():
        setattr(made.__dataclass_params__, name, said)


def _copy(made: type[Any], parts: dict[str, Any]) -> type[Any]:
    copied = type(made.__name__, (), dict(parts))
    copied.__qualname__ = made.__qualname__
    return copied


def _make_first(made: type[Any], name: str, write_methods: Callable[[], None]) -> Callable[..., Any]:
    def first(self: object, *args: Any, **named: Any) -> Any:
        write_methods()
        return getattr(made, name)(self, *args, **named)

    return first
