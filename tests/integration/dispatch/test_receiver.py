"""A receiver that was written from the specification alone finds no loss, and no repeat that it cannot tell from news."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from monitors import Dispatcher, SendingRules
from monitors.channels.webhook import WebhookChannel
from tests import receiver as program
from tests.desk import Desk, entry
from tests.outbox import ENGLISH

SECRETS = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_b2xkIHNlY3JldCBvZiB0aGUgaG9vaw==")
FEED = "https://a.example/feed"
ARTICLES = 30
ANSWERS_A_ROUND = 8


class Receiving:
    """The program, where it listens, and what it says at its end."""

    def __init__(self, journal: Path, *options: str) -> None:
        self._journal = journal
        command = [sys.executable, "-I", program.__file__, "--journal", str(journal), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/hook"

    def end(self):
        self._process.terminate()
        report, _ = self._process.communicate(timeout=20)
        return json.loads(report)

    def messages(self):
        return [json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines()]


@contextmanager
def receiving(folder, *options):
    """One that ends also where a test fails."""
    receiver = Receiving(folder / "received.jsonl", *options)
    try:
        yield receiver
    finally:
        receiver._process.kill()
        receiver._process.wait()


async def deliver_until_settled(desk, channel):
    """Rounds of sending, an hour apart, each broken off after a few answers, with the archive opened anew between them."""
    now = datetime.now(UTC)
    for _ in range(300):
        desk.reopen()
        if all(one["deliveries"][0]["status"] != "pending" for one in desk.log()):
            return
        await deliver_some(desk.archive, channel, now)
        now += timedelta(hours=1)
    raise AssertionError("it never came to an end")


async def deliver_some(archive, channel, now):
    answers = []
    enough = asyncio.Event()

    def hear(_name, result):
        answers.append(result)
        if len(answers) == ANSWERS_A_ROUND:
            enough.set()

    dispatcher = Dispatcher({"hook": channel}, archive, lambda: now, ENGLISH, hear, SendingRules(jitter=lambda: 0.0))
    await dispatcher.deliver_due()
    waits = [asyncio.create_task(dispatcher.join()), asyncio.create_task(enough.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    await dispatcher.stop(0)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


def test_a_receiver_written_from_the_specification_alone_misses_nothing_and_can_tell_every_repeat(tmp_path):
    bad = ("--moods", "7", "--tolerance", str(30 * 86_400))  # the rounds are hours apart
    with receiving(tmp_path, "--secret", SECRETS[1], *bad) as receiver, Desk(tmp_path / "archive.db") as desk:
        desk.watch(FEED)
        desk.poll(FEED, *(entry(f"L’OTAN, {number}", f"https://a.example/{number}") for number in range(ARTICLES)))
        channel = WebhookChannel("hook", receiver.url, SECRETS[0], previous_secret=SECRETS[1])
        asyncio.run(deliver_until_settled(desk, channel))
        log = desk.log()
        report, kept = receiver.end(), receiver.messages()
    assert (report["refused"], report["changed"]) == ([], [])
    assert report["taken"] == len(kept) == len(log) == ARTICLES
    assert report["repeats"] > 0
    assert {one["deliveries"][0]["status"] for one in log} == {"sent"}
    assert sum(one["deliveries"][0]["attempts"] for one in log) > ARTICLES
    assert sorted(one["message"]["data"]["alert_id"] for one in kept) == sorted(one["id"] for one in log)


def signed(body=b"{}", secret=SECRETS[0], at=1_000_000, message_id="msg_1"):
    headers = {"webhook-id": message_id, "webhook-timestamp": str(at)}
    moment = datetime.fromtimestamp(at, UTC)
    return {**headers, "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode())}


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "webhook-id is missing"),
        (signed(secret=SECRETS[1]), "no signature agrees"),
        ({**signed(), "webhook-id": "msg_2"}, "no signature agrees"),
        ({**signed(), "webhook-timestamp": "1000001"}, "no signature agrees"),
        ({**signed(), "webhook-signature": "v2,AAAA"}, "no signature agrees"),
        (signed(body=b"[]"), "no signature agrees"),
        (signed(at=999_600), "too old"),
        (signed(at=1_000_400), "of the future"),
        ({**signed(), "webhook-timestamp": "soon"}, "no number"),
    ],
)
def test_that_receiver_refuses_what_does_not_verify(headers, reason):
    with pytest.raises(program.Refused, match=reason):
        program.verify([SECRETS[0]], headers, b"{}", 1_000_000)


def test_that_receiver_takes_what_an_independent_library_has_signed():
    assert program.verify([SECRETS[1], SECRETS[0]], signed(), b"{}", 1_000_000) == "msg_1"


def test_that_receiver_imports_nothing_of_ours():
    imported = {
        line.split()[1].split(".")[0] for line in Path(program.__file__).read_text().splitlines() if re.match("(import|from) ", line)
    }
    assert imported - {"__future__"} <= sys.stdlib_module_names
