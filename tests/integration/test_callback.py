"""What comes to where hubs reach us, in its worst: nothing of it holds up the event loop, is read without need, or stays for long."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from crawler import callback_server
from crawler.callback_request import MOST_CHUNKS, Refused, parse_head
from crawler.callback_server import MOST_CONNECTIONS, CallbackServer, Told
from news.websub import Refusal, Subscription, SubscriptionState
from tests.loop_watch import watch_loop
from tests.processes import wait_until

TOKEN = "t" * 32
MOST_BODY = 3_000_000
KNOWN = Subscription(1, 1, "https://hub.example/", "https://journal.example/feed", TOKEN, "secret", SubscriptionState.ACTIVE)
POST = f"POST /websub/{TOKEN} HTTP/1.1\r\nHost: x\r\n".encode()


@dataclass
class Desk:
    """One that knows one subscription, and remembers what it is brought."""

    has_room: bool = True
    told: list[Told] = field(default_factory=list)
    ignored: list[Refusal] = field(default_factory=list)
    confirmed: list[tuple[str, str, str | None]] = field(default_factory=list)

    async def find(self, token: str) -> Subscription | None:
        return KNOWN if token == TOKEN else None

    async def confirm(self, token: str, mode: str, topic: str, lease_seconds: str | None) -> bool:
        assert token == TOKEN
        self.confirmed.append((mode, topic, lease_seconds))
        return topic == KNOWN.topic

    async def deny(self, token: str, topic: str, reason: str | None) -> bool:
        assert (token, reason) == (TOKEN, "no")
        return topic == KNOWN.topic

    def take(self, told: Told) -> bool:
        self.told.append(told)
        return self.has_room

    def ignore(self, known: Subscription, refusal: Refusal) -> None:
        assert known is KNOWN
        self.ignored.append(refusal)


class Reached:
    """A server on a loop of its own, and how to say bytes to it."""

    def __init__(self) -> None:
        self.desk = Desk()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    async def _run(self) -> None:
        self.loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._server = CallbackServer(self.desk, MOST_BODY)
        self.port = await self._server.open("127.0.0.1", 0)
        self._ready.set()
        await self._end.wait()
        await self._server.close()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def is_full(self) -> bool:
        """Whether it talks to as many as it will."""
        return len(self._server._talks) == MOST_CONNECTIONS

    def say(self, *parts: bytes) -> bytes:
        """Say this; everything that is answered."""
        return asyncio.run(self.say_on(*parts))

    async def say_on(self, *parts: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
            with contextlib.suppress(ConnectionError):
                return await reader.read()
            return b""
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.fixture
def reached() -> Iterator[Reached]:
    running = Reached()
    yield running
    running.close()


def status(answer: bytes) -> int:
    return int(answer[9:12]) if answer else 0


def ask(path: str, query: str = "", method: str = "GET") -> bytes:
    return f"{method} {path}{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def test_a_question_is_answered_with_its_challenge_as_plain_text(reached: Reached) -> None:
    query = "?hub.mode=subscribe&hub.topic=https%3A%2F%2Fjournal.example%2Ffeed&hub.challenge=%C3%A9%3Cb%3E&hub.lease_seconds=5"
    answer = reached.say(ask(f"/behind/websub/{TOKEN}", query))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status(answer), body.decode()) == (200, "é<b>")
    assert b"Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff" in head
    assert reached.desk.confirmed == [("subscribe", KNOWN.topic, "5")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?hub.mode=subscribe&hub.topic=x&hub.challenge=y", 404),
        ("?hub.mode=subscribe&hub.topic=https://journal.example/feed&hub.challenge=", 404),
        (f"?hub.mode=subscribe&hub.topic=https://journal.example/feed&hub.challenge={'y' * 5000}", 404),
        ("", 404),
        ("?hub.mode=denied&hub.topic=https://journal.example/feed&hub.reason=no", 200),
        ("?hub.mode=denied&hub.topic=x&hub.reason=no", 404),
        ("?hub.topic=x&hub.topic=https://journal.example/feed&hub.mode=subscribe&hub.challenge=y", 404),
    ],
)
def test_what_else_is_asked_is_not_confirmed(reached: Reached, query: str, expected: int) -> None:
    assert status(reached.say(ask(f"/websub/{TOKEN}", query))) == expected


@pytest.mark.parametrize(
    "request_bytes",
    [
        ask("/"),
        ask("/websub/"),
        ask(f"/websub/{TOKEN}x"),
        ask(f"/websub/{TOKEN}/"),
        ask(f"/{TOKEN}"),
        ask("/websub/" + "x" * 32, method="POST"),
        b"POST /websub/" + b"x" * 32 + b" HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    ],
)
def test_every_other_address_is_unknown_and_no_body_is_awaited_there(reached: Reached, request_bytes: bytes) -> None:
    assert status(reached.say(request_bytes)) == 404


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (b"\r\n\r\n", 400),
        (b"GET http://x/ HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: \x00\r\n\r\n", 400),
        (b"GET /?" + b"a=b&" * 30 + b" HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", 431),
        (ask(f"/websub/{TOKEN}", method="PUT"), 405),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 1, 1\r\n\r\n", 400),
        (POST + b"Content-Length: " + b"1" * 30 + b"\r\n\r\n", 400),
        (POST + b"Content-Length: 3000001\r\n\r\n", 413),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 415),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nxyz", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", 413),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1;" + b"a" * 40_000, 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * MOST_CHUNKS + b"0\r\n\r\n", 413),
        (POST + b"Content-Length: 0\r\n\r\n", 202),
        (POST + b"\r\n", 202),
    ],
)
def test_a_request_that_is_odd_is_refused_with_the_status_for_that(reached: Reached, request_bytes: bytes, expected: int) -> None:
    assert status(reached.say(request_bytes)) == expected
    assert reached.desk.told == []


def test_a_body_in_chunks_is_read_and_one_that_was_announced_is_asked_for(reached: Reached) -> None:
    signature = b"X-Hub-Signature: sha1=7ad5a2a0e1d8f2b7a6e0e5bc7a0b7c3d0a4d2d6a\r\n"
    chunks = POST + signature + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nbod\r\n1\r\ny\r\n0\r\n\r\n"
    assert status(reached.say(chunks)) == 202
    assert reached.desk.ignored == [Refusal.WRONG_SIGNATURE]
    answer = reached.say(POST + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n", b"body")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 ")


def test_a_hub_is_asked_to_come_again_while_there_is_no_room(reached: Reached, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_server, "judge_telling", lambda *_: None)
    reached.desk.has_room = False
    answer = reached.say(POST + b"Content-Length: 4\r\n\r\nbody")
    assert status(answer) == 503
    assert b"Retry-After: 30" in answer
    assert [one.body for one in reached.desk.told] == [b"body"]


def test_connections_are_bounded_and_none_lasts(reached: Reached, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_server, "LONGEST_SECONDS", 0.5)

    async def crowd() -> list[int]:
        stalled = [asyncio.create_task(reached.say_on(b"GET / HTTP/1.1\r\n")) for _ in range(MOST_CONNECTIONS)]
        await asyncio.to_thread(wait_until, reached.is_full, "all to be within")
        turned_away = await reached.say_on(ask("/"))
        ended = await asyncio.gather(*stalled)
        return [status(turned_away), *map(status, ended), status(await reached.say_on(ask("/")))]

    assert asyncio.run(crowd()) == [0, *[0] * MOST_CONNECTIONS, 404]


WORST: dict[str, Callable[[], bytes]] = {
    "a body of many chunks": lambda: POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * MOST_CHUNKS,
    "a large body": lambda: POST + b"X-Hub-Signature: sha512=x\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000,
    "a query of many parts": lambda: b"GET /?" + b"%C3%A9=" * 2000 + b" HTTP/1.1\r\n\r\n",
    "a head of many lines": lambda: b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 3000 + b"\r\n",
    "a head of blanks": lambda: b"GET / HTTP/1.1\r\na:" + b" \t" * 8000 + b"\x00\r\n\r\n",
    "many links": lambda: POST + b"Link: " + b"<x>;rel=self," * 1100 + b"\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("worst", WORST)
def test_nothing_that_comes_holds_up_the_event_loop(reached: Reached, worst: str) -> None:
    said = WORST[worst]()

    async def crowd() -> None:
        await asyncio.gather(*(reached.say_on(said) for _ in range(2)))

    with watch_loop(reached.loop) as watch:
        asyncio.run(crowd())
    assert watch.longest_seconds < 0.1


def test_of_several_fields_or_parameters_of_one_name_all_fields_and_the_first_parameter_count() -> None:
    head = parse_head(b"GET /a?x=1&x=2&y= HTTP/1.1\r\nLink: <a>\r\nlink:  <b> \r\n\r\n")
    assert (head.method, head.path, head.query, head.fields) == ("GET", "/a", {"x": "1", "y": ""}, {"link": "<a>, <b>"})
    with pytest.raises(Refused):
        parse_head(b"get / HTTP/1.1\r\n\r\n")
