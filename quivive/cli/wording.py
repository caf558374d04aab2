"""Words for people: plain templates with named values, so that a catalogue can hold them whole."""

from __future__ import annotations


def say(template: str, **values: object) -> str:
    """The text, with its values put in."""
    return template.format(**values)


def say_count(one: str, many: str, count: int, **values: object) -> str:
    """The text for one thing or for another number of them, which is `count` in it."""
    return (one if count == 1 else many).format(count=count, **values)
