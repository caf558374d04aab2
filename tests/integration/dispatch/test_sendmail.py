"""Mails that a program of this machine takes: real programs, each written for its test."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import psutil
import pytest

from monitors import TimeLimits
from monitors.attempts import Progress
from monitors.channels.email import EmailChannel, Table
from monitors.channels.running import Ended
from monitors.channels.sendmail import SendmailChannel
from monitors.channels.sendmail_sender import SendmailSender, judge_status
from news.alerts import DeliveryStatus, RecipientStatus
from tests.outbox import ENGLISH, MORNING, Clock, ListOutbox, make_bundle, until
from tests.sending import deliver, make_dispatcher

PEOPLE = ("Rédaction <redaction@example.org>", "-chef@example.org")
KEEP = 'printf "%s\\n" "$@" > "args.$$"; cat > "mail.$$"; env > environment'


class Program:
    """A sendmail in a folder of its own. It is run once for each recipient, and keeps what it was given."""

    def __init__(self, folder):
        self.folder = folder

    def channel(self, script, people=PEOPLE, **more):
        file = self.folder / "sendmail"
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)
        return SendmailChannel("redaction", (str(file),), "quivive@example.org", people, **more)

    @property
    def presentation(self):
        return replace(ENGLISH, configuration=str(self.folder / "config.toml"), environment={"PATH": "/usr/bin:/bin"})

    def deliver(self, outbox, channel, clock=None):
        deliver(outbox, channel, clock=clock, presentation=self.presentation)
        return outbox.last

    def runs(self):
        """The recipient and the mail of each run."""
        arguments = {file.suffix: file.read_text().split("\n")[:-1] for file in self.folder.glob("args.*")}
        mails = {file.suffix: file.read_bytes() for file in self.folder.glob("mail.*")}
        assert {tuple(one[:-1]) for one in arguments.values()} <= {("-i", "-f", "quivive@example.org", "--")}
        return {arguments[number][-1]: mails[number] for number in arguments}


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


def outbox():
    return ListOutbox(make_bundle("redaction"))


def test_a_program_gets_the_mail_for_each_recipient_with_the_line_ends_of_this_machine(program):
    result = program.deliver(outbox(), program.channel(KEEP, unsubscribe="mailto:redaction@example.org?subject=stop"))
    assert (result.status, result.error) == (DeliveryStatus.SENT, None)
    runs = program.runs()
    assert set(runs) == {"redaction@example.org", "-chef@example.org"}
    assert len(set(runs.values())) == 1
    raw = runs["-chef@example.org"]
    assert b"\r" not in raw
    mail = message_from_bytes(raw, policy=default)
    assert mail["Message-ID"] == f"<{make_bundle('redaction').bundle_id}@example.org>"
    assert mail["List-Unsubscribe"] == "<mailto:redaction@example.org?subject=stop>"
    assert "négocie" in mail["Subject"]


def test_it_finds_nothing_of_our_environment_but_what_is_no_secret(program, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    program.deliver(outbox(), program.channel(KEEP))
    assert "hunter2" not in (program.folder / "environment").read_text()


def test_who_was_put_off_is_told_later_and_the_others_not_again(program):
    channel = program.channel(f'case "$5" in -*) [ -e later ] || {{ echo "4.2.0 greylisted" >&2; exit 75; }};; esac; {KEEP}')
    waiting, clock = outbox(), Clock()
    result = program.deliver(waiting, channel, clock)
    assert result.status is DeliveryStatus.PENDING
    assert "-chef@example.org" in result.error
    assert "ended with status 75 (EX_TEMPFAIL): 4.2.0 greylisted" in result.error
    (first,) = program.runs()
    assert first == "redaction@example.org"
    (program.folder / "later").touch()
    for file in program.folder.glob("args.*"):
        file.unlink()
    clock.advance(timedelta(minutes=1))
    assert program.deliver(waiting, channel, clock).status is DeliveryStatus.SENT
    assert set(program.runs()) == {"-chef@example.org"}


def test_who_is_refused_for_good_is_named_and_holds_up_nobody(program):
    result = program.deliver(outbox(), program.channel(f'[ "$5" = -chef@example.org ] && exit 67; {KEEP}'))
    assert result.status is DeliveryStatus.SENT
    assert re.search(r"refused for -chef@example.org: \S+ ended with status 67 \(EX_NOUSER\)", result.error)


@pytest.mark.parametrize(
    ("status", "stands"),
    [
        (0, RecipientStatus.HAS),
        *[(status, RecipientStatus.REFUSED) for status in (os.EX_DATAERR, os.EX_NOUSER)],
        *[(status, RecipientStatus.OWED) for status in (1, 64, 66, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 126, 127, 255, -9)],
    ],
)
def test_what_speaks_of_the_message_or_the_recipient_is_final_and_all_else_is_retried(status, stands):
    assert judge_status("sendmail", Ended(status, ""))[0] is stands


def test_a_signal_and_what_was_said_are_the_reason():
    assert judge_status("sendmail", Ended(-9, ""))[1] == "sendmail ended with signal 9"
    assert judge_status("sendmail", Ended(78, "no config"))[1] == "sendmail ended with status 78 (EX_CONFIG): no config"
    assert judge_status("sendmail", Ended(3, ""))[1] == "sendmail ended with status 3"


def test_a_program_that_is_not_there_is_retried(program):
    channel = replace(program.channel(KEEP), program=("/nowhere/sendmail",))
    result = program.deliver(outbox(), channel)
    assert result.status is DeliveryStatus.PENDING
    assert "/nowhere/sendmail cannot be run: " in result.error


def test_one_that_does_not_end_is_killed_with_all_that_it_has_begun_and_its_mail_is_owed(program):
    channel = program.channel("sleep 600 & echo $! > child; wait", people=("a@example.org",))

    async def send():
        sender = SendmailSender(channel, program.presentation, TimeLimits(acceptance=0.5))
        return await sender.send(make_bundle("redaction"), MORNING, Progress())

    outcome = asyncio.run(send())
    assert "had not ended after 0.5 s, and was killed" in outcome.reason
    child = int((program.folder / "child").read_text())
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(child).wait(10)
    assert not psutil.pid_exists(child)


def test_an_attempt_that_is_broken_off_is_due_again_and_ends_the_program(program):
    async def stop_in_the_middle():
        waiting = outbox()
        dispatcher = make_dispatcher(waiting, program.channel("echo $$ > running; sleep 600"), presentation=program.presentation)
        await dispatcher.deliver_due()
        await until(lambda: (program.folder / "running").exists() and (program.folder / "running").read_text().strip())
        await dispatcher.stop(0)
        return waiting.last

    result = asyncio.run(stop_in_the_middle())
    assert (result.status, result.next_attempt_at) == (DeliveryStatus.PENDING, MORNING)
    assert {one.status for one in result.recipients} == {RecipientStatus.OWED}


def read(**keys):
    return Table(**{"type": "email", "from": "q@example.org", "to": ["a@example.org"], **keys}).make_channel("redaction")


def test_a_program_may_have_arguments_of_its_own():
    assert read(sendmail="/usr/sbin/sendmail").program == ("/usr/sbin/sendmail",)
    assert read(sendmail=["msmtp", "-a", "quivive"]).program == ("msmtp", "-a", "quivive")
    assert isinstance(read(smtp="smtp://127.0.0.1"), EmailChannel)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"smtp": "smtp://127.0.0.1", "sendmail": "x"},
        {"sendmail": "x", "username": "a", "password": "b"},
        {"sendmail": []},
        {"sendmail": "a\0b"},
    ],
)
def test_a_mail_goes_one_way(keys):
    with pytest.raises(ValueError, match=r"one of them|has a configuration of its own|must name at least one|null character"):
        read(**keys)


@pytest.mark.parametrize("url", ["mailto:a@example.org?subject=stop", "https://example.org/stop?list=1", "http://127.0.0.1/stop"])
def test_what_is_offered_to_have_it_stopped_is_the_users_own(url):
    assert read(smtp="smtp://127.0.0.1", unsubscribe=url).unsubscribe == url
    assert read(sendmail="x", unsubscribe=url).unsubscribe == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a@example.org",
        "mailto:",
        "mailto:nobody",
        "https://",
        "ftp://example.org",
        "https://é.example",
        "https://a.example/>,<x",
        "https://a/ b",
        "https://a.example/" + "x" * 999,
    ],
)
def test_what_cannot_stand_in_the_header_is_refused(url):
    with pytest.raises(ValueError, match="must be a mailto: or https: URL"):
        read(smtp="smtp://127.0.0.1", unsubscribe=url)
