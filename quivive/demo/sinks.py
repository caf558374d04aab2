"""Where the demonstration's alerts arrive: a mail server and a webhook receiver, both on loopback, both keeping all they get."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from quivive.demo.waiting import Bell

_HOST = "127.0.0.1"
_SHUTDOWN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail that was accepted, read."""

    message_id: str
    subject: str
    recipients: tuple[str, ...]
    """The addresses of the envelope."""
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class HookAttempt:
    """One request to the webhook, and how it was answered."""

    webhook_id: str
    status: int
    payload: Any = None
    """The JSON of the body; None if the signature did not hold."""


class MailSink:
    """An SMTP server that accepts every mail: `async with MailSink() as sink`; it listens on `sink.port`."""

    def __init__(self) -> None:
        self.received: list[ReceivedMail] = []
        self.port = 0
        self._bell = Bell()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        # aiosmtpd's Controller would run a loop in a thread of its own, and can't listen on a port that the system chooses.
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="localhost", enable_SMTPUTF8=True, loop=loop), _HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._server:
            self._server.close()

    async def wait_until(self, predicate: Callable[[list[ReceivedMail]], bool], timeout_seconds: float) -> bool:
        """Wait until the mails received so far satisfy `predicate`, at most that long; whether they do."""
        return await self._bell.wait_until(lambda: predicate(self.received), timeout_seconds)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd calls it by this name
        """Keep the mail (aiosmtpd's handler of the DATA command)."""
        self.received.append(read_mail(envelope))
        self._bell.ring()
        return "250 OK"


class HookSink:
    """A webhook receiver that checks the Standard Webhooks signature: `async with HookSink() as sink`.

    It turns its first delivery away with 503, once, so that a retry can be seen.
    """

    def __init__(self) -> None:
        self.attempts: list[HookAttempt] = []
        self.secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        self.url = ""
        self._bell = Bell()
        application = web.Application()
        application.router.add_post("/hook", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, 0).start()
        self.url = f"http://{_HOST}:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()

    @property
    def received(self) -> list[HookAttempt]:
        """The deliveries that were accepted, in order."""
        return [attempt for attempt in self.attempts if attempt.status == HTTPStatus.OK]

    async def wait_until(self, predicate: Callable[[list[HookAttempt]], bool], timeout_seconds: float) -> bool:
        """Wait until all attempts made so far satisfy `predicate`, at most that long; whether they do."""
        return await self._bell.wait_until(lambda: predicate(self.attempts), timeout_seconds)

    async def _answer(self, request: web.Request) -> web.Response:
        payload = verified_payload(self.secret, await request.read(), dict(request.headers))
        if payload is None:
            status = HTTPStatus.UNAUTHORIZED
        elif any(attempt.status == HTTPStatus.SERVICE_UNAVAILABLE for attempt in self.attempts):
            status = HTTPStatus.OK
        else:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        self.attempts.append(HookAttempt(request.headers.get("webhook-id", ""), status, payload))
        self._bell.ring()
        return web.Response(status=status)


def read_mail(envelope: Envelope) -> ReceivedMail:
    """The mail in an SMTP envelope."""
    content = envelope.content
    raw = content.encode() if isinstance(content, str) else content or b""
    message = message_from_bytes(raw, policy=policy.default)
    return ReceivedMail(
        message_id=str(message["Message-ID"] or ""),
        subject=str(message["Subject"] or ""),
        recipients=tuple(envelope.rcpt_tos),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def verified_payload(secret: str, body: bytes, headers: dict[str, str]) -> Any:
    """The JSON in a webhook's body; None if its headers and signature are not as the Standard Webhooks specification says."""
    try:
        return Webhook(secret).verify(body, headers)
    except (WebhookVerificationError, ValueError):  # ValueError: a signature without version, bad base64, no JSON
        return None


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
