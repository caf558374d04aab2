"""A program that is told: real ones, run by the dispatcher, each written for its test."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from monitors import send_test
from monitors.channels.command import CommandChannel, Table
from news.alerts import DeliveryStatus
from tests.outbox import ENGLISH, MORNING, Clock, ListOutbox, make_bundle, until
from tests.sending import deliver, make_dispatcher

PROMPTLY = timedelta(seconds=20)


class Program:
    """A program in a folder of its own, which writes down what it is told: a line of JSON for each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "program.py"

    def written(self, then: str = "") -> CommandChannel:
        """The channel of a program that writes down what it is told, and `then` does that."""
        lines = [
            "import json, os, pathlib, subprocess, sys, time",
            "told = {'id': os.environ['QUIVIVE_MESSAGE_ID'], 'body': json.load(sys.stdin)}",
            "told |= {'folder': os.getcwd(), 'environment': dict(os.environ)}",
            "pathlib.Path('told').open('a').write(json.dumps(told) + chr(10))",
            then,
        ]
        return self.channel("\n".join(lines))

    def channel(self, program: str, timeout: timedelta = PROMPTLY) -> CommandChannel:
        self.file.write_text(program, encoding="utf-8")
        return CommandChannel("script", (sys.executable, str(self.file)), timeout)

    @property
    def presentation(self):
        return replace(ENGLISH, configuration=str(self.folder / "config.toml"), environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})

    def told(self):
        file = self.folder / "told"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def deliver(self, outbox: ListOutbox, channel: CommandChannel, clock: Clock | None = None) -> None:
        deliver(outbox, channel, clock=clock, presentation=self.presentation)


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


BUNDLE = make_bundle("script")


def outbox():
    return ListOutbox(BUNDLE)


def test_a_program_gets_the_webhooks_json_in_the_configurations_folder_and_is_run_once(program):
    channel, waiting = program.written(), outbox()
    program.deliver(waiting, channel)
    program.deliver(waiting, channel)
    (told,) = program.told()
    assert (told["body"]["type"], told["body"]["data"]["topic"]) == ("alert.created", BUNDLE.alerts[0].topic)
    assert (told["id"], told["folder"]) == (BUNDLE.bundle_id, str(program.folder))
    assert told["environment"].items() >= {"PATH": "/usr/bin:/bin", "QUIVIVE_MESSAGE_ID": told["id"]}.items()
    assert [(result.status, result.error) for result in waiting.results] == [(DeliveryStatus.SENT, None)]


def test_a_failure_is_told_with_its_reason_and_repeated_under_the_same_id(program):
    fails_once = "flag = pathlib.Path('flag'); first = not flag.exists(); flag.touch()\nif first: sys.exit('the printer is\\nout of paper')"
    channel, waiting, clock = program.written(fails_once), outbox(), Clock()
    program.deliver(waiting, channel, clock)
    assert waiting.last.status is DeliveryStatus.PENDING
    assert waiting.last.error == f"{sys.executable} ended with status 1: the printer is out of paper"
    clock.advance(timedelta(seconds=5))
    program.deliver(waiting, channel, clock)
    first, second = program.told()
    assert (waiting.last.status, first["id"]) == (DeliveryStatus.SENT, second["id"])


def test_what_does_not_end_in_time_is_killed_with_all_that_it_has_begun(program):
    channel = CommandChannel("script", ("/bin/sh", "-c", "sleep 600 & echo $! > child; wait"), timedelta(seconds=3))
    waiting = outbox()
    program.deliver(waiting, channel)
    assert waiting.last.status is DeliveryStatus.PENDING
    assert waiting.last.error == "/bin/sh had not ended after 3 s, and was killed"
    assert_gone(int((program.folder / "child").read_text()))


def assert_gone(number: int) -> None:
    """Whatever was killed is gone within seconds: its end is not told to us, since it was another's child."""
    try:
        psutil.Process(number).wait(10)
    except psutil.NoSuchProcess:
        return


def test_what_it_leaves_running_delays_nothing(program):
    channel = program.written("subprocess.Popen(['sleep', '600'])")
    waiting = outbox()
    deliver(waiting, replace(channel, timeout=timedelta(minutes=10)), presentation=program.presentation)
    assert waiting.last.status is DeliveryStatus.SENT


def test_what_left_its_session_and_holds_its_standard_error_open_delays_nothing_and_hides_no_reason(program):
    child = "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\npathlib.Path('child').write_text(str(child.pid))"
    channel, waiting = program.written(f"{child}\nsys.exit('out of paper')"), outbox()
    deliver(waiting, replace(channel, timeout=timedelta(minutes=10)), presentation=program.presentation)
    assert waiting.last.error == f"{sys.executable} ended with status 1: out of paper"
    psutil.Process(int((program.folder / "child").read_text())).kill()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", DeliveryStatus.SENT),  # it reads nothing of what it is told
        ("import sys\nsys.stdin.close()\nsys.stderr.write('x' * 5_000_000)", DeliveryStatus.SENT),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", DeliveryStatus.PENDING),
        ("import sys\nsys.stderr.buffer.write(bytes(range(128, 256)) * 100)\nsys.exit(3)", DeliveryStatus.PENDING),
    ],
)
def test_whatever_a_program_does_is_an_outcome(program, text, status):
    waiting = outbox()
    program.deliver(waiting, program.channel(text))
    assert waiting.last.status is status
    assert status is DeliveryStatus.SENT or waiting.last.error


def test_a_program_that_is_not_there_is_told_and_looked_for_again(program):
    waiting, channel = outbox(), CommandChannel("script", ("./nowhere",), PROMPTLY)
    program.deliver(waiting, channel)
    assert (waiting.last.status, waiting.last.error) == (DeliveryStatus.PENDING, "./nowhere cannot be run: No such file or directory")


def test_stopping_ends_a_program_that_runs(program):
    channel = program.written("pathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)")
    waiting = outbox()

    async def scene():
        dispatcher = make_dispatcher(waiting, channel, presentation=program.presentation)
        await dispatcher.deliver_due()
        await until(lambda: (program.folder / "pid").exists() and (program.folder / "pid").read_text() != "")
        await dispatcher.stop(0)

    asyncio.run(scene())
    assert waiting.last.status is DeliveryStatus.PENDING
    assert_gone(int((program.folder / "pid").read_text()))


def test_a_test_message_is_marked_as_one(program):
    result = asyncio.run(send_test(program.written(), MORNING, program.presentation))
    assert result.status is DeliveryStatus.SENT
    assert program.told()[0]["body"]["type"] == "alert.test"


@pytest.mark.parametrize(
    "keys",
    [
        {"command": []},
        {"command": "print-it"},
        {"command": ["a\0b"]},
        {"command": ["a"], "timeout": "0s"},
        {"command": ["a"], "timeout": "2h"},
    ],
)
def test_what_cannot_be_run_is_a_mistake_in_the_configuration(keys):
    with pytest.raises(ValueError, match=r"command|timeout"):
        Table(type="command", **keys)


def test_the_time_limit_is_half_a_minute_unless_it_is_given():
    assert Table(type="command", command=["a"]).make_channel("x").timeout == timedelta(seconds=30)
    assert Table(type="command", command=["a"], timeout="5m").make_channel("x").timeout == timedelta(minutes=5)
