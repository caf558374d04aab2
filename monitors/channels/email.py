"""Telling people by mail: one SMTP dialogue for a bundle (RFC 5321), over TLS as the channel asks.

What a server's answers mean for a message, and why, is in docs/delivery.md.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import aiosmtplib
from aiosmtplib import SMTP

from monitors.attempts import Outcome, accepted, final, redact, retry
from monitors.channels import EmailChannel, address_of, is_loopback
from monitors.channels.tls import make_tls_context
from monitors.rendering_email import render_email
from news.alerts import Bundle

_ABOUT_THE_LOGIN = frozenset({530, 534, 535, 538})
"""Permanent answers (RFC 4954 §6) that speak of the configuration, which may be mended, not of the message."""
_MOST_REMEMBERED = 1000
_FULL_NAME = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

Answer = tuple[int, str]


class EmailSender:
    """Sends the mails of one channel.

    A server may take a message for some recipients and put others off (greylisting). Who has it already is remembered here until the
    others have it too, so that a retry does not tell them again; after a restart it would, with the same Message-ID.
    """

    def __init__(self, channel: EmailChannel, timezone: ZoneInfo) -> None:
        self._channel = channel
        self._timezone = timezone
        self._sender = address_of(channel.sender)
        self._recipients = tuple(dict.fromkeys(address_of(recipient) for recipient in channel.recipients))
        self._told: dict[str, frozenset[str]] = {}
        self._tls: ssl.SSLContext | None = None

    async def send(self, bundle: Bundle, now: datetime) -> Outcome:
        """One dialogue with the server. Before the message is offered, every failure is worth a retry."""
        message = render_email(bundle, self._channel.sender, self._channel.recipients, now, self._timezone)
        try:
            client = await self._connect()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return retry(self._clean(explain(error)))
        owed = [recipient for recipient in self._recipients if recipient not in self._told.get(bundle.bundle_id, ())]
        try:
            refused, _ = await client.send_message(message, sender=self._sender, recipients=owed)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = {one.recipient: aiosmtplib.SMTPResponse(one.code, one.message) for one in error.recipients}
        except aiosmtplib.SMTPResponseException as error:
            return _judge_refusal(error.code, self._clean(explain(error)))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return retry(self._clean(explain(error)))
        finally:
            _say_goodbye(client)
        return self._judge_recipients(bundle.bundle_id, owed, refused)

    def _judge_recipients(self, bundle_id: str, owed: Sequence[str], refused: Mapping[str, Answer]) -> Outcome:
        told = self._told.pop(bundle_id, frozenset()) | {recipient for recipient in owed if recipient not in refused}
        reasons = self._clean("; ".join(f"{recipient}: {code} {text}" for recipient, (code, text) in refused.items()))
        if all(_is_final(code) for code, _ in refused.values()):
            if not told:
                return final(f"refused for every recipient: {reasons}")
            return accepted(f"refused for {reasons}" if refused else None)
        if told:
            self._remember(bundle_id, told)
            return retry(f"not yet taken for {reasons} (the others have it)")
        return retry(f"not taken for {reasons}")

    def _remember(self, bundle_id: str, told: frozenset[str]) -> None:
        if len(self._told) >= _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        self._told[bundle_id] = told

    async def _connect(self) -> SMTP:
        """A client that is greeted, encrypted as the channel asks, and logged in; on failure nothing is left open."""
        channel = self._channel
        client = SMTP(
            hostname=channel.host,
            port=channel.port,
            use_tls=channel.security == "tls",
            start_tls=False,  # decided below, where the reasons can be told
            tls_context=self._tls_context() if channel.security == "tls" else None,
            local_hostname="localhost",  # else the library asks the DNS for our name; what is said is in _introduce
            timeout=None,  # the time limit is the caller's, over all steps together
        )
        try:
            await client.connect()
            await _introduce(client)
            await self._encrypt(client)
            await self._log_in(client)
        except BaseException:
            _hang_up(client)
            raise
        return client

    async def _encrypt(self, client: SMTP) -> None:
        if self._channel.security == "tls":
            return
        if client.supports_extension("starttls"):
            await client.starttls(tls_context=self._tls_context())
            await _introduce(client)  # what was learned before TLS may have been forged (RFC 3207 §4.2)
        elif self._channel.security == "starttls":
            raise aiosmtplib.SMTPException("the server does not offer STARTTLS, which ?starttls=required asks for; nothing was sent")

    async def _log_in(self, client: SMTP) -> None:
        if self._channel.username is None:
            return
        encrypted = client.get_transport_info("sslcontext") is not None
        if not encrypted and not is_loopback(self._channel.host):
            raise aiosmtplib.SMTPException(
                "the server offers no encryption, and a password is not sent in the clear; use smtps:// or remove the username"
            )
        await client.login(self._channel.username, self._channel.password or "")

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = make_tls_context(self._channel.ca_file, verified=self._must_verify())
        return self._tls

    def _must_verify(self) -> bool:
        """Whether the server must prove who it is.

        Not for opportunistic TLS that protects nothing but the mail: it would go in the clear otherwise (RFC 7435), and the usual
        local mail server has a certificate signed by itself.
        """
        secret_travels = self._channel.username is not None and not is_loopback(self._channel.host)
        return self._channel.security != "opportunistic" or secret_travels or self._channel.ca_file is not None

    def _clean(self, text: str) -> str:
        return redact(text, self._channel.password)


async def _introduce(client: SMTP) -> None:
    """EHLO with our name if it is a full one, else with our address, as RFC 5321 §4.1.4 asks; HELO for servers of old."""
    name = socket.gethostname()
    if not _FULL_NAME.fullmatch(name):
        address = (client.get_transport_info("sockname") or ("127.0.0.1",))[0]
        name = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
    try:
        await client.ehlo(hostname=name)
    except aiosmtplib.SMTPHeloError:
        await client.helo(hostname=name)


def _say_goodbye(client: SMTP) -> None:
    """QUIT, without waiting for the answer: after the server has answered for the message, no wait may turn success into failure."""
    if client.protocol is not None and client.is_connected:
        client.protocol.write(b"QUIT\r\n")
    _hang_up(client)


def _hang_up(client: SMTP) -> None:
    """Close at once: an orderly end of TLS would wait for the other side, and nothing that matters is still to be sent."""
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.abort()
    client.close()


def _is_final(code: int) -> bool:
    return 500 <= code < 600 and code not in _ABOUT_THE_LOGIN


def _judge_refusal(code: int, reason: str) -> Outcome:
    return final(reason) if _is_final(code) else retry(reason)


def explain(error: Exception) -> str:
    """Why the dialogue failed, in words, with the server's own where there are some."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the server's certificate was not accepted: {cause.verify_message}"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return f"the server refused the login, check username and password: {error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return f"the server refused the sender {error.sender}: {error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"the server answered {error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return "the connection was closed before the server answered for the message"
    return str(error) or "no answer in time"
