"""Signals are owned and deadlines kept, whatever the main thread does. Each test is a small program of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
PATIENCE = 40

START = """
import os, signal, sys, time
from quivive import signals
signals.own_signals()
"""
SHORT = "signals.DEADLINE_SECONDS, signals.LAST_RESORT_SECONDS = 0.2, {last}\n"
ASK = "os.kill(os.getpid(), signal.SIGTERM)\n"


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START + program], cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def test_what_comes_before_anyone_heeds_it_is_kept_in_its_order() -> None:
    done = run(
        """
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
    os.kill(os.getpid(), number)
while len(signals._owner._unheeded) < 3:
    time.sleep(0.001)
signals.heed(lambda number: print(number.name))
"""
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["SIGHUP", "SIGTERM", "SIGHUP"], "")


def test_a_listener_is_called_even_while_the_main_thread_waits_for_ever() -> None:
    program = (
        "import threading\nsignals.heed(lambda number: os._exit(7))\n" + ASK + "threading.Lock().acquire() and threading.Event().wait()\n"
    )
    assert run(program).returncode == 7


def test_what_has_not_ended_by_the_deadline_ends_with_the_status_it_gives() -> None:
    program = SHORT.format(last=30) + "signals.heed(lambda number: None, lambda: 3)\n" + ASK + "time.sleep(600)\n"
    assert run(program).returncode == 3


def test_the_deadline_is_kept_where_memory_is_too_short_for_another_thread() -> None:
    squeeze = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1, resource.getrlimit(resource.RLIMIT_AS)[1]))\n"
    program = SHORT.format(last=30) + "signals.heed(lambda number: None, lambda: 3)\n" + squeeze + ASK + "time.sleep(600)\n"
    assert run(program).returncode == 3


def test_the_deadline_stands_when_signals_are_given_back_after_it_was_set() -> None:
    wait = "while signals._owner._deadline is None:\n    time.sleep(0.001)\n"
    heed = SHORT.format(last=30) + "signals.heed(lambda number: None, lambda: 3)\n"
    program = heed + ASK + wait + "signals.give_back()\ntime.sleep(600)\n"
    assert run(program).returncode == 3


def test_a_listener_that_fails_at_the_deadline_ends_it_all_the_same() -> None:
    program = SHORT.format(last=30) + "signals.heed(lambda number: None, lambda: 1 / 0)\n" + ASK + "time.sleep(600)\n"
    assert run(program).returncode == 1


def test_the_kernel_ends_what_lets_no_thread_run_any_more() -> None:
    # A regular expression holds the interpreter for as long as it searches: no thread of Python gets a turn.
    hold = "import re\nre.match('(a*)*b', 'a' * 64)\n"
    program = SHORT.format(last=1) + "signals.DEADLINE_SECONDS = 30\nsignals.heed(lambda number: None)\n" + ASK + hold
    assert run(program).returncode == -signal.SIGALRM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_given_back_they_do_what_they_usually_do_also_if_they_came_before(number: signal.Signals) -> None:
    wait = "while not signals._owner._unheeded:\n    time.sleep(0.001)\n"
    assert run(f"os.kill(os.getpid(), {int(number)})\n{wait}signals.give_back()\ntime.sleep(600)\n").returncode == -number


def test_ignored_at_the_end_they_change_no_status() -> None:
    assert run("signals.ignore()\n" + ASK + "sys.exit(5)\n").returncode == 5
