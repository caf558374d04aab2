"""Telling a URL: one POST for an alert, signed as the Standard Webhooks specification says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Protocol
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import aiohttp
from standardwebhooks import Webhook

from monitors.attempts import Outcome, Progress, TimeLimits, accepted, final, redact, retry
from monitors.channels.guarded import ForbiddenAddressError, PublicResolver, check_public
from monitors.channels.head_first import HeadFirstConnector
from monitors.channels.tls import make_tls_context
from monitors.presentation import Presentation, TemplateTroubleError
from monitors.rendering import one_line
from monitors.rendering_webhook import PlainBodies
from news.alerts import Bundle
from news.header_times import parse_retry_after
from news.wording import Wording

USER_AGENT = "quivive"
LONGEST_SNIPPET = 200
"""Characters of a receiver's answer that are kept in the error."""
_SNIPPET_BYTES = 2048
_SNIPPET_SECONDS = 2.0
"""An error's text is worth this much waiting; the status alone already decides."""
_PARTS = re.compile(r"[^/&=?;]{6,}")
"""What of a path or a query may be a secret by itself: tokens are longer than most words."""
_TELLS_WHEN = (429, 503)


class Hook(Protocol):
    """What is known of a webhook."""

    @property
    def url(self) -> str: ...
    @property
    def secrets(self) -> tuple[str, ...]: ...
    @property
    def bare_secrets(self) -> tuple[str, ...]: ...
    @property
    def template(self) -> str | None: ...
    @property
    def public_only(self) -> bool: ...


class WebhookSender:
    """Sends to one webhook. A connection is kept for a moment, for what is due with it; by the next alert it would often be dead."""

    def __init__(self, channel: Hook, limits: TimeLimits, presentation: Presentation) -> None:
        self._channel = channel
        self._limits = limits
        self._session: aiohttp.ClientSession | None = None
        self._signers = [Webhook(secret) for secret in channel.secrets]
        self._bodies = make_bodies(channel.template, presentation)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:  # noqa: ARG002  # one URL is one receiver
        """POST the messages of the bundle."""
        outcome = accepted()
        try:
            check_host_of(self._channel)
            for webhook_id, body in self._bodies.make(bundle):
                outcome = await self._send_one(webhook_id, body, now)
                if outcome != accepted():
                    break
        except (ForbiddenAddressError, TemplateTroubleError) as error:
            return retry(error.args[0])
        return outcome

    async def _send_one(self, webhook_id: str, body: bytes, now: datetime) -> Outcome:
        try:
            async with asyncio.timeout(self._limits.request):
                return await self._post(body, self._headers(webhook_id, body, now), now)
        except TimeoutError:
            return retry(Wording("{host}: no answer within {seconds} s", host=self._host, seconds=f"{self._limits.request:g}"))
        except (aiohttp.ClientError, OSError) as error:
            return retry(self._clean(f"{self._host}: {explain(error)}"))

    async def _post(self, body: bytes, headers: dict[str, str], now: datetime) -> Outcome:
        """POST once, and again if it was on a connection that the receiver had ended meanwhile: it may have waited for no more."""
        while True:
            reused: list[bool] = []
            try:
                return await self._post_once(body, headers, now, reused)
            except (aiohttp.ServerDisconnectedError, ConnectionResetError):
                if not reused:
                    raise

    async def _post_once(self, body: bytes, headers: dict[str, str], now: datetime, reused: list[bool]) -> Outcome:
        async with self._open_session().post(
            _without_login(self._channel.url), data=BytesIO(body), headers=headers, allow_redirects=False, trace_request_ctx=reused
        ) as response:
            if 200 <= response.status < 300:
                return accepted()
            return self._judge(response, await _snippet(response), now)

    def _open_session(self) -> aiohttp.ClientSession:
        # No environment proxies (trust_env), no cookies from one attempt to the next, no redirects:
        # they would carry the alert, and its signature, to a place that nobody configured.
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_connection_reuseconn.append(_note_reuse)
            self._session = aiohttp.ClientSession(
                connector=HeadFirstConnector(make_tls_context(), PublicResolver() if self._channel.public_only else None),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                trust_env=False,
                trace_configs=[tracing],
            )
        return self._session

    def _judge(self, response: aiohttp.ClientResponse, snippet: str, now: datetime) -> Outcome:
        meaning = _meaning(response.status)
        told = Wording("{host} answered {status}{meaning}", host=self._host, status=response.status, meaning=meaning)
        if snippet := one_line(self._clean(snippet), LONGEST_SNIPPET):  # cleaned before it is cut: half a secret is not found
            told = Wording(
                "{host} answered {status}{meaning}: {body}", host=self._host, status=response.status, meaning=meaning, body=snippet
            )
        reason = self._clean(told)
        if response.status == 410:
            return final(reason)
        asked = parse_retry_after(response.headers.get("Retry-After"), now) if response.status in _TELLS_WHEN else None
        return retry(reason, asked)

    def _headers(self, webhook_id: str, body: bytes, now: datetime) -> dict[str, str]:
        headers = {
            "Content-Type": self._bodies.content_type,
            "Accept-Encoding": "identity",
            "User-Agent": USER_AGENT,
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if login := _login_of(self._channel.url):
            headers["Authorization"] = f"Basic {b64encode(login).decode()}"
        if self._signers:
            # With two, a receiver takes whichever it knows: "zero downtime secret rotation" of the specification.
            moment, text = now.astimezone(UTC), body.decode()
            headers["webhook-signature"] = " ".join(signer.sign(webhook_id, moment, text) for signer in self._signers)
        return headers

    @property
    def _host(self) -> str:
        return urlsplit(self._channel.url).hostname or "the webhook"

    def _clean(self, text: str) -> str:
        """Without what only we and the receiver may know. The path and the query of a webhook's URL are often its password."""
        return redact(text, *_secrets_of(self._channel))


def _secrets_of(channel: Hook) -> list[str]:
    """What of a channel may be a secret, the longest first: signing keys, the URL and its parts, the login as it is and as it is sent."""
    parts = urlsplit(channel.url)
    login = _login_of(channel.url)
    hidden = [*channel.secrets, *channel.bare_secrets]
    hidden += [channel.url, parts.password or "", parts.username or "", parts.query]
    hidden += [unquote(parts.password or ""), unquote(parts.username or "")]
    hidden += [b64encode(login).decode()] if login else []
    hidden += [parts.path] if len(parts.path) > 1 else []
    hidden += [part for text in (parts.path, parts.query) for part in _PARTS.findall(text)]
    return sorted({*hidden, *map(unquote, hidden)}, key=len, reverse=True)


async def _note_reuse(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    context.trace_request_ctx.append(True)


class Bodies(Protocol):
    """What makes the messages of a bundle: the documented JSON, or a template."""

    content_type: str

    def make(self, bundle: Bundle) -> Iterator[tuple[str, bytes]]:
        """Id and body of each. Raises TemplateTroubleError."""
        ...


def make_bodies(template: str | None, presentation: Presentation) -> Bodies:
    """What makes the bodies of a channel with that template."""
    if template is None:
        return PlainBodies()
    from monitors.body_templating import TemplateBodies  # noqa: PLC0415  # it brings Jinja, for those who use it

    return TemplateBodies(template, presentation)


def check_host_of(channel: Hook) -> None:
    """Raise ForbiddenAddressError if the channel must be public, and its host is an address that is not."""
    if channel.public_only:
        check_public(urlsplit(channel.url).hostname or "")


def _login_of(url: str) -> bytes | None:
    """The login in the URL as basic authentication sends it (RFC 7617), in UTF-8; what is escaped and none is the byte that it names."""
    parts = urlsplit(url)
    if parts.username is None and parts.password is None:
        return None
    return unquote_to_bytes(parts.username or "") + b":" + unquote_to_bytes(parts.password or "")


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


async def _snippet(response: aiohttp.ClientResponse) -> str:
    """The beginning of the answer's text; nothing if it does not come, or is compressed (a bomb costs nothing unopened)."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return ""
    try:
        async with asyncio.timeout(_SNIPPET_SECONDS):
            raw = await response.content.read(_SNIPPET_BYTES)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return ""
    return one_line(raw.decode(errors="replace"))


def _meaning(status: int) -> str:
    if 300 <= status < 400:
        return Wording(" (redirects are not followed: put the new address into the configuration)")
    return Wording(" (Gone: it wants no more of these)") if status == 410 else ""


def explain(error: Exception) -> str:
    """Why a request got no answer, in words."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Wording("its name was not found")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Wording("its certificate was not accepted: {reason}", reason=error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Wording("could not connect: {reason}", reason=error.os_error.strerror or error.os_error)
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionResetError):
        return Wording("the connection was closed without an answer")
    if isinstance(error, TimeoutError):
        return Wording("no answer in time")
    return f"{type(error).__name__}: {error}"
