"""A printer keeps order, loses only what finds no room, and says so."""

from __future__ import annotations

import fcntl
import os
import threading

from quivive.printing import Printer

PATIENCE = 20.0


def test_lines_are_written_in_their_order() -> None:
    reading, writing = os.pipe()
    printer = Printer(writing)
    for number in range(100):
        printer.say(b"%d\n" % number)
    assert printer.flush(PATIENCE)
    os.close(writing)
    with os.fdopen(reading, "rb") as reader:
        assert reader.read().split() == [b"%d" % number for number in range(100)]


def test_what_finds_no_room_is_lost_and_counted_and_what_follows_is_written_again() -> None:
    troubles: list[tuple[str | None, int]] = []
    recovered = threading.Event()

    def note(reason: str | None, lost: int) -> None:
        troubles.append((reason, lost))
        if reason is None:
            recovered.set()

    reading, writing = os.pipe()
    size = fcntl.fcntl(writing, fcntl.F_GETPIPE_SZ)
    os.write(writing, b"x" * size)
    printer = Printer(writing, note, most_waiting=10)
    printer.say(b"12345678\n")
    for _ in range(3):
        printer.say(b"too much\n")
    assert not printer.flush(0.01)
    assert troubles == [("nobody reads it", 1)]
    os.read(reading, size)
    assert recovered.wait(PATIENCE)
    assert troubles[1:] == [(None, 3)]
    printer.say(b"again\n")
    assert printer.flush(PATIENCE)
    assert os.read(reading, 100) == b"12345678\nagain\n"


def test_a_failure_is_told_once_with_its_reason() -> None:
    troubles: list[tuple[str | None, int]] = []
    printer = Printer(os.open("/dev/full", os.O_WRONLY), lambda reason, lost: troubles.append((reason, lost)))
    for _ in range(3):
        printer.say(b"line\n")
        assert printer.flush(PATIENCE)
    assert printer.failure is not None
    assert [reason for reason, _ in troubles] == ["No space left on device"]
