"""Two real receivers on loopback, each in a thread: `Mailbox`, a mail server, and `HookSink`, a webhook receiver.

Both misbehave on request.

    with Mailbox() as mailbox, HookSink() as hook:
        ...                                   # have mail sent to mailbox.url and POSTs to hook.url
        mailbox.wait_for(1)                   # until one message is there; fails with what did come
        hook.wait_for(lambda received: any(one.json["type"] == "alert.created" for one in received))

Waiting is for conditions, never for time: `wait_for` returns as soon as its condition holds and raises AssertionError at its timeout.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any, Generic, Self, TypeVar

import trustme
from aiohttp import web
from aiosmtpd.smtp import MISSING, SMTP, AuthResult, LoginPassword

Thing = TypeVar("Thing")
PATIENCE = 20.0
"""Seconds a `wait_for` waits at most; only a failing test waits that long."""

DROP = "drop"
"""Close the connection instead of answering."""
HANG = "hang"
"""Never answer, until the client goes or the receiver is closed."""
HOLD = "hold"
"""Answer as usual, but only after `release()`."""
STALL = "stall"
"""A webhook's status and headers, and then never the body that they promise."""
ACCEPT = "accept"
"""Answer as usual, as one turn of a rule."""
LATE = "late"
"""Answer as usual, but a moment later."""
SECONDS_LATE = 0.3
ACCEPT_THEN_DROP = "accept then drop"
"""Keep the message, but close the connection before saying so: the client cannot know."""


class Collected(Generic[Thing]):
    """What a receiver got, in order; safe to read from any thread."""

    def __init__(self) -> None:
        self._things: list[Thing] = []
        self._changed = threading.Condition()

    def add(self, thing: Thing) -> None:
        with self._changed:
            self._things.append(thing)
            self._changed.notify_all()

    def all(self) -> list[Thing]:
        with self._changed:
            return list(self._things)

    def wait_for(self, wanted: int | Callable[[list[Thing]], bool], timeout: float = PATIENCE) -> list[Thing]:
        """Everything collected, as soon as there are `wanted` things, or `wanted(things)` is true."""

        def holds() -> bool:
            return len(self._things) >= wanted if isinstance(wanted, int) else wanted(list(self._things))

        with self._changed:
            if not self._changed.wait_for(holds, timeout):
                raise AssertionError(f"waited {timeout:g} s for {wanted}; there are {len(self._things)}: {self._things!r}")
            return list(self._things)


class _LoopThread:
    """An event loop in a thread, in which a server lives."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Thing]) -> Thing:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def close(self) -> None:
        self.run(self._end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()

    async def _end_tasks(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for transport in list(vars(self.loop)["_transports"].values()):
            transport.abort()  # a connection that came while the server closed is nobody's
        await asyncio.sleep(0)  # lets the transports that were closed say so


@dataclass(frozen=True)
class Mail:
    """One accepted message, with its envelope and how it came."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool
    username: str | None

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=default_policy)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class _Rule:
    stage: str
    answer: str
    times: int | None
    recipient: str | None

    def take(self, stage: str, recipient: str | None) -> bool:
        if stage != self.stage or self.times == 0 or self.recipient not in (None, recipient):
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Mailbox:
    """A mail server. `security` is `plain`, `starttls` or `tls`; with `users` it offers AUTH, with `login_required` it insists."""

    def __init__(
        self,
        security: str = "plain",
        users: dict[str, str] | None = None,
        *,
        login_required: bool = False,
        authority: trustme.CA | None = None,
        port: int = 0,
        smtputf8: bool = True,
    ) -> None:
        self.smtputf8 = smtputf8
        self.security = security
        self.users = users or {}
        self.login_required = login_required
        self.authority = authority or trustme.CA()
        self.port = port
        self.connections = 0
        self.goodbyes = 0
        self.logins: list[str] = []
        """The mechanism of every AUTH command that came."""
        self.held = 0
        """Answers that wait for `release()`."""
        self.hanging = 0
        """Answers that will never come."""
        self._released = asyncio.Event()
        self._most_recipients: tuple[int, str] | None = None
        self._collected: Collected[Mail] = Collected()
        self._attempts: Collected[tuple[str, ...]] = Collected()
        self._rules: list[_Rule] = []

    @property
    def url(self) -> str:
        return f"{'smtps' if self.security == 'tls' else 'smtp'}://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        """The messages accepted so far."""
        return self._collected.all()

    @property
    def attempts(self) -> list[tuple[str, ...]]:
        """The dialogues that reached MAIL so far, accepted or not."""
        return self._attempts.all()

    def wait_for(self, wanted: int | Callable[[list[Mail]], bool], timeout: float = PATIENCE) -> list[Mail]:
        return self._collected.wait_for(wanted, timeout)

    def wait_for_attempts(self, wanted: int, timeout: float = PATIENCE) -> None:
        self._attempts.wait_for(wanted, timeout)

    def answer(self, stage: str, answer: str, *, times: int | None = None, recipient: str | None = None) -> None:
        """At `stage` (EHLO, HELO, AUTH, MAIL, RCPT, DATA, QUIT) answer so, `times` times (None: always).

        `answer` is an SMTP answer, ACCEPT, DROP, HANG, LATE, or (at DATA) HOLD or ACCEPT_THEN_DROP.
        """
        self._rules.append(_Rule(stage, answer, times, recipient))

    def refuse(self, answer: str = "550 5.7.1 we do not want this") -> None:
        self.answer("DATA", answer)

    def greylist(self, times: int, answer: str = "451 4.7.1 greylisted, come back later") -> None:
        self.answer("RCPT", answer, times=times)

    def take_at_most(self, recipients: int, answer: str = "452 4.5.3 too many recipients") -> None:
        """Take so many recipients a message, and answer so for the others."""
        self._most_recipients = (recipients, answer)

    def release(self) -> None:
        """Answer what HOLD holds back, and hold nothing back any more."""
        self._thread.loop.call_soon_threadsafe(self._released.set)

    def behave(self) -> None:
        """Take all that comes, whatever was told before."""
        self._rules.clear()
        self._most_recipients = None

    def write_ca(self, path: Any) -> str:
        """Write the authority's certificate, PEM, to `path`; return its name."""
        self.authority.cert_pem.write_to_path(str(path))
        return str(path)

    def __enter__(self) -> Self:
        self._thread = _LoopThread()
        self._server = self._thread.run(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(_close(self._server))
        self._thread.close()

    async def _listen(self) -> asyncio.Server:
        context = None
        if self.security != "plain":
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        loop = asyncio.get_running_loop()
        immediate = context if self.security == "tls" else None
        return await loop.create_server(lambda: self._session(context), "127.0.0.1", self.port, ssl=immediate)

    def _session(self, context: ssl.SSLContext | None) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="mailbox.test",
            tls_context=context if self.security == "starttls" else None,
            auth_require_tls=False,
            authenticator=self._authenticate,
            auth_exclude_mechanism=[] if self.users else ["PLAIN", "LOGIN"],
            enable_SMTPUTF8=self.smtputf8,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        known = self.users.get(login.login.decode()) == login.password.decode()
        return AuthResult(success=known, handled=False, auth_data=login.login.decode() if known else None)

    async def _scripted(self, server: SMTP, stage: str, recipient: str | None = None) -> str | None:
        rule = next((rule for rule in self._rules if rule.take(stage, recipient)), None)
        if rule is None:
            return None
        if rule.answer == HANG:
            self.hanging += 1
            await asyncio.Event().wait()
        if rule.answer == HOLD:
            self.held += 1
            await self._released.wait()
        if rule.answer == LATE:
            await asyncio.sleep(SECONDS_LATE)
        if rule.answer in (ACCEPT, HOLD, LATE):
            return None
        if rule.answer in (DROP, ACCEPT_THEN_DROP):
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return rule.answer

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802 — aiosmtpd's name
        session.host_name = hostname
        answer = await self._scripted(server, "EHLO")
        return [answer] if answer else responses

    async def handle_HELO(self, server: SMTP, session: Any, envelope: Any, hostname: str) -> str:  # noqa: N802 — aiosmtpd's name
        session.host_name = hostname
        return await self._scripted(server, "HELO") or "250 mailbox.test"

    async def handle_AUTH(self, server: SMTP, session: Any, envelope: Any, args: Any) -> Any:  # noqa: N802 — aiosmtpd's name
        self.logins.append(args[0].upper())
        return await self._scripted(server, "AUTH") or MISSING

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Sequence[str]) -> str:  # noqa: N802 — aiosmtpd's name
        self._attempts.add((address,))
        if self.login_required and not session.authenticated:
            return "530 5.7.0 Authentication required"
        answer = await self._scripted(server, "MAIL")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Sequence[str]) -> str:  # noqa: N802 — aiosmtpd's name
        answer = await self._scripted(server, "RCPT", address)
        if answer:
            return answer
        if self._most_recipients and len(envelope.rcpt_tos) >= self._most_recipients[0]:
            return self._most_recipients[1]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        return await self._scripted(server, "RSET") or "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        self.goodbyes += 1
        return await self._scripted(server, "QUIT") or "221 Bye"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        encrypted = session.ssl is not None or self.security == "tls"
        username = session.auth_data if session.authenticated else None
        mail = Mail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content, encrypted, username)
        answer = await self._scripted(server, "DATA")
        if answer in (None, ACCEPT_THEN_DROP):
            self._collected.add(mail)
        return answer or "250 OK, kept"


async def _close(server: asyncio.Server) -> None:
    server.close()


@dataclass(frozen=True)
class Request:
    """One POST as it came."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes
    at: float = field(default_factory=time.time, compare=False)
    """When it came, on the clock of `time.time`."""
    is_accepted: bool = field(default=True, compare=False)
    """Whether its answer, if one comes, is a yes."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer; `action` is one of DROP, HANG, HOLD, LATE, STALL, or None."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    action: str | None = None

    @property
    def is_yes(self) -> bool:
        return 200 <= self.status < 300 and self.action not in (DROP, HANG)


class HookSink:
    """A webhook receiver. With `tls`, `https` with a certificate of `authority`."""

    def __init__(self, *, tls: bool = False, authority: trustme.CA | None = None, port: int = 0) -> None:
        self.tls = tls
        self.authority = authority or trustme.CA()
        self.port = port
        self._collected: Collected[Request] = Collected()
        self._replies: list[Reply] = []
        self._usual = Reply()
        self.answered = 0
        """Answers that are wholly on their way."""

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/hook"

    @property
    def requests(self) -> list[Request]:
        return self._collected.all()

    def wait_for(self, wanted: int | Callable[[list[Request]], bool], timeout: float = PATIENCE) -> list[Request]:
        return self._collected.wait_for(wanted, timeout)

    def reply(self, *replies: Reply) -> None:
        """Answer the next requests so, one each; then as usual."""
        self._replies.extend(replies)

    def always(self, reply: Reply) -> None:
        """From now on, answer so."""
        self._usual = reply

    def behave(self) -> None:
        """Take all that comes, whatever was told before."""
        self._replies.clear()
        self._usual = Reply()

    def release(self) -> None:
        """Answer what is held, and hold nothing more."""
        self._thread.loop.call_soon_threadsafe(self._released.set)

    def write_ca(self, path: Any) -> str:
        """Write the authority's certificate, PEM, to `path`; return its name."""
        self.authority.cert_pem.write_to_path(str(path))
        return str(path)

    def __enter__(self) -> Self:
        self._thread = _LoopThread()
        self._released = asyncio.Event()
        self._closed = asyncio.Event()
        self._runner = self._thread.run(self._listen())
        self.port = self._runner.addresses[0][1]
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.loop.call_soon_threadsafe(self._closed.set)  # else its end would wait for handlers that hang
        self.release()
        self._thread.run(self._runner.cleanup())
        self._thread.close()

    async def _listen(self) -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0)
        await runner.setup()
        context = None
        if self.tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=context).start()
        return runner

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        # Chosen before it is collected: a test that saw this request may then change what the next one gets.
        reply = self._replies.pop(0) if self._replies else self._usual
        self._collected.add(Request(request.method, request.raw_path, headers, body, is_accepted=reply.is_yes))
        if reply.action == HANG:
            await self._closed.wait()
        if reply.action == HOLD:
            await self._released.wait()
        if reply.action == LATE:
            await asyncio.sleep(SECONDS_LATE)
        if reply.action == STALL:
            return await self._stall(request, reply)
        if reply.action == DROP:
            assert request.transport is not None
            request.transport.abort()
        response = web.Response(status=reply.status, headers=reply.headers, body=reply.body)
        if reply.action != DROP:
            with suppress(ConnectionResetError):  # whoever asked may be gone
                await response.prepare(request)
                await response.write_eof()
                self.answered += 1
        return response

    async def _stall(self, request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
        response = web.StreamResponse(status=reply.status, headers={**reply.headers, "Content-Length": "1000"})
        await response.prepare(request)
        await self._closed.wait()
        return response


@contextmanager
def silent_port() -> Any:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def babbling_port(noise: bytes) -> Any:
    """A port that says `noise` to everyone at once, whatever they speak, and hangs up."""
    return _talking_port(noise, listens=False)


def answering_port(answer: bytes) -> Any:
    """A port that says `answer` to everyone who has sent a whole request of HTTP, and hangs up."""
    return _talking_port(answer, listens=True)


@contextmanager
def _talking_port(words: bytes, *, listens: bool) -> Any:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=_babble, args=(listener, words, listens), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)


def _babble(listener: socket.socket, words: bytes, listens: bool) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # the listener is closed: the test has ended
        with connection:
            if listens:
                _read_request(connection)
            connection.sendall(words)


def _read_request(connection: socket.socket) -> None:
    """Take a request off the line: an end with some of it unread would be a reset, and take the answer with it."""
    with connection.makefile("rb") as stream:
        length = 0
        while (line := stream.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        stream.read(length)
