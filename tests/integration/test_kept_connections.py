"""Connections and mail sessions are kept for what is due with a message, and never so that an answer is taken for another's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from monitors.attempts import Progress, TimeLimits, Verdict
from monitors.channels import head_first, mail_sessions
from monitors.channels.email import EmailChannel
from monitors.channels.email_sender import EmailSender
from monitors.channels.webhook import WebhookChannel
from monitors.channels.webhook_sender import WebhookSender
from tests.mailbox import ACCEPT_THEN_DROP, DROP, Mailbox
from tests.outbox import ENGLISH, MORNING, make_bundle

KEPT = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """Answers the messages of each connection with the given bytes in turn; hangs up after the last, once the next one has come."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = answers
        self.asked: list[int] = []
        """How many messages came on each connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.asked)
        self.asked.append(0)
        try:
            for answer in (*self._answers, b""):
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]))
                self.asked[number] += 1
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the sender has closed its connection
        finally:
            writer.close()


def post(receiver: Receiver, messages: int) -> list[Verdict]:
    """Send so many messages one after the other."""

    async def scene() -> list[Verdict]:
        async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            sender = WebhookSender(WebhookChannel("hook", f"http://127.0.0.1:{port}/"), TimeLimits(), ENGLISH)
            told = [(await sender.send(make_bundle("hook", number=one), MORNING, Progress())).verdict for one in range(messages)]
            await sender.close()
            return told

    return asyncio.run(scene())


@pytest.mark.parametrize(
    "answer",
    [
        KEPT,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nConnection: Keep-Alive\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + KEPT,
    ],
)
def test_messages_share_a_connection_if_each_answer_is_whole(answer: bytes) -> None:
    receiver = Receiver(*[answer] * 9)
    assert post(receiver, 3) == [Verdict.ACCEPTED] * 3
    assert receiver.asked == [3]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nok",
        b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n",
    ],
)
def test_after_an_answer_that_is_not_plain_the_next_message_has_a_connection_of_its_own(answer: bytes) -> None:
    receiver = Receiver(*[answer] * 9)
    assert post(receiver, 2) == [Verdict.ACCEPTED] * 2
    assert receiver.asked == [1, 1]


def test_a_receiver_that_ends_a_connection_without_an_answer_is_asked_on_another_at_once_if_it_was_not_the_first_message() -> None:
    receiver = Receiver(KEPT)
    assert post(receiver, 2) == [Verdict.ACCEPTED] * 2
    assert receiver.asked == [2, 1]
    assert post(Receiver(), 1) == [Verdict.RETRY]


def test_a_refusal_is_read_on_a_connection_that_is_kept_too() -> None:
    receiver = Receiver(KEPT, b"HTTP/1.1 410 Gone\r\nContent-Length: 2\r\n\r\nno", KEPT)
    assert post(receiver, 3) == [Verdict.ACCEPTED, Verdict.FINAL, Verdict.ACCEPTED]
    assert receiver.asked == [3]


def mail(mailbox: Mailbox, letters: int, between: Callable[[], Awaitable[None]] | None = None) -> list[Verdict]:
    """Send so many letters one after the other."""

    async def scene() -> list[Verdict]:
        channel = EmailChannel("redaction", "127.0.0.1", mailbox.port, "opportunistic", "q@example.org", ("a@example.org",))
        sender, told = EmailSender(channel, ENGLISH, TimeLimits()), []
        for number in range(letters):
            told.append((await sender.send(make_bundle(number=number), MORNING, Progress())).verdict)
            if between is not None:
                await between()
        await sender.close()
        return told

    return asyncio.run(scene())


def test_letters_share_a_session() -> None:
    with Mailbox() as mailbox:
        assert mail(mailbox, 3) == [Verdict.ACCEPTED] * 3
        assert (mailbox.connections, len(mailbox.mails)) == (1, 3)
        assert len({one.message_id for one in mailbox.mails}) == 3


def test_a_refused_letter_leaves_the_session_to_the_next() -> None:
    with Mailbox() as mailbox:
        mailbox.answer("RCPT", "550 5.1.1 who?", times=1)
        assert mail(mailbox, 2) == [Verdict.FINAL, Verdict.ACCEPTED]
        assert mailbox.connections == 1


@pytest.mark.parametrize("end", [DROP, ACCEPT_THEN_DROP])
def test_a_session_that_broke_off_is_not_used_again(end: str) -> None:
    with Mailbox() as mailbox:
        mailbox.answer("DATA", end, times=1)
        assert mail(mailbox, 2) == [Verdict.RETRY, Verdict.ACCEPTED]
        assert mailbox.connections == 2


def test_a_session_that_the_server_has_ended_meanwhile_costs_no_attempt() -> None:
    with Mailbox() as mailbox:
        mailbox.answer("RSET", DROP, times=1)
        assert mail(mailbox, 2) == [Verdict.ACCEPTED] * 2
        assert mailbox.connections == 2


def test_a_session_ends_after_so_many_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_sessions, "MOST_LETTERS", 2)
    with Mailbox() as mailbox:
        assert mail(mailbox, 3) == [Verdict.ACCEPTED] * 3
        assert mailbox.connections == 2


def test_a_session_that_no_letter_comes_for_is_ended_politely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_sessions, "IDLE_SECONDS", 0.01)
    with Mailbox() as mailbox:

        async def until_goodbye() -> None:
            while not mailbox.goodbyes:  # noqa: ASYNC110  # it is changed in another thread
                await asyncio.sleep(0.01)

        mail(mailbox, 1, until_goodbye)
        assert mailbox.goodbyes


def test_both_are_kept_for_less_than_servers_keep_them() -> None:
    assert timedelta(seconds=max(head_first.IDLE_SECONDS, mail_sessions.IDLE_SECONDS)) < timedelta(seconds=5)
