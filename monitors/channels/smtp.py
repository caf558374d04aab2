"""Speaking with a mail server (RFC 5321): connecting, TLS as the channel asks, logging in, handing a message over."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Protocol

import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse

from monitors.attempts import Progress, TimeLimits
from monitors.channels.mailing import Security
from monitors.channels.tls import make_tls_context
from monitors.channels.urls import is_loopback
from monitors.mail_address import MailAddress
from news.alerts import RecipientStatus
from news.wording import Wording

TROUBLE = (aiosmtplib.SMTPException, OSError, TimeoutError)
"""What the network and the server can do to a dialogue."""

_MECHANISMS = ("plain", "login", "cram-md5")
"""Ways to log in, the one that every server can do first: what it carries is encrypted, or does not leave this machine."""
_NO_SUCH_MECHANISM = frozenset({504, 534})
"""The server offers a way to log in that it does not have, or not for this user (RFC 4954 §4, §6): another one may do."""
_ABOUT_THE_LOGIN = frozenset({530, 534, 535, 538})
"""Permanent answers (RFC 4954 §6) that speak of the configuration, which may be mended, not of the message."""
_TOO_MANY = frozenset({452, 552})
"""What a server says that takes only so many recipients a message: the rest are for the next one (RFC 5321 §4.5.3.1.10)."""
_FULL_NAME = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LEADING_DOT = re.compile(rb"(?m)^\.")


class MailAccount(Protocol):
    """What is known of a mail server: where it is, how it is spoken to, and the login there, if it wants one."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def security(self) -> Security: ...
    @property
    def username(self) -> str | None: ...
    @property
    def password(self) -> str | None: ...


class MailServer:
    """Opens connections to the mail server of one channel: greeting, encryption and login (RFC 5321, 3207, 4954)."""

    def __init__(self, account: MailAccount, limits: TimeLimits) -> None:
        self._account = account
        self._limits = limits
        self._tls: ssl.SSLContext | None = None

    async def connect(self) -> SMTP:
        """A client that is greeted, encrypted as the channel asks, and logged in; on failure (`TROUBLE`) nothing is left open."""
        account = self._account
        client = SMTP(
            hostname=account.host,
            port=account.port,
            use_tls=account.security == "tls",
            start_tls=False,  # decided below, where the reasons can be told
            tls_context=self._tls_context() if account.security == "tls" else None,
            local_hostname="localhost",  # else the library asks the DNS for our name; what is said is in _introduce
            timeout=self._limits.command,
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
        if self._account.security == "tls":
            return
        if client.supports_extension("starttls"):
            await client.starttls(tls_context=self._tls_context())
            await _introduce(client)  # what was learned before TLS may have been forged (RFC 3207 §4.2)
        elif self._account.security == "starttls":
            raise aiosmtplib.SMTPException("the server does not offer STARTTLS, which ?starttls=required asks for; nothing was sent")

    async def _log_in(self, client: SMTP) -> None:
        if self._account.username is None:
            return
        encrypted = client.get_transport_info("sslcontext") is not None
        if not encrypted and not is_loopback(self._account.host):
            raise aiosmtplib.SMTPException(
                "the server offers no encryption, and a password is not sent in the clear; use smtps:// or remove the username"
            )
        await _authenticate(client, self._account.username, self._account.password or "")

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = make_tls_context(verified=self._must_verify())
        return self._tls

    def _must_verify(self) -> bool:
        """Whether the server must prove who it is.

        Not for opportunistic TLS that protects nothing but the mail: it would go in the clear otherwise (RFC 7435), and the usual
        local mail server has a certificate signed by itself.
        """
        secret_travels = self._account.username is not None and not is_loopback(self._account.host)
        return self._account.security != "opportunistic" or secret_travels


async def _introduce(client: SMTP) -> None:
    """EHLO with our name if it is a full one, else with our address, as RFC 5321 §4.1.4 asks; HELO for servers of old."""
    name = socket.gethostname()
    if not _FULL_NAME.fullmatch(name):
        address = (client.get_transport_info("sockname") or ("127.0.0.1",))[0]
        name = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
    try:
        await client.ehlo(hostname=name)
    except aiosmtplib.SMTPHeloError:
        if not client.is_connected:  # 421: it has said why, and hung up
            raise
        await client.helo(hostname=name)


async def _authenticate(client: SMTP, username: str, password: str) -> None:
    """Log in, in one way: each refusal of a wrong password counts, and servers lock accounts after a few.

    Only a server that says it does not have a way which it offered is asked in the next one.
    """
    ways = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
    refusal = aiosmtplib.SMTPException("the server offers no login that is known here (PLAIN, LOGIN, CRAM-MD5); remove the username")
    for mechanism in _MECHANISMS:
        if mechanism not in client.server_auth_methods:
            continue
        try:
            await ways[mechanism](username, password)
        except aiosmtplib.SMTPAuthenticationError as error:
            if error.code not in _NO_SUCH_MECHANISM:
                raise
            refusal = error
        else:
            return
    raise refusal


class Transactions:
    """Messages offered over one connection. What becomes of each recipient is noted in `progress` as soon as it is known."""

    def __init__(self, client: SMTP, sender: MailAddress, limits: TimeLimits, progress: Progress, clean: Callable[[str], str]) -> None:
        self._client = client
        self._sender = sender
        self._limits = limits
        self._progress = progress
        self._clean = clean
        self._answered: set[str] = set()
        """Who has had an answer of their own in the transaction under way."""
        self._begun = False
        self.are_sound = True
        """Whether the server has answered all that it was told."""

    async def offer(self, recipients: Sequence[MailAddress], letter: bytes, *, utf8: bool) -> None:
        """Offer the letter to all of them, in as many transactions as the server needs."""
        waiting = list(recipients)
        while waiting:
            self._answered.clear()
            try:
                waiting = await self._transact(waiting, letter, utf8=utf8)
            except TROUBLE as error:
                self._note_trouble(waiting, error)
                return

    async def _transact(self, recipients: Sequence[MailAddress], letter: bytes, *, utf8: bool) -> list[MailAddress]:
        """One transaction. Returns those whom the server wants in another one, if it has taken the letter for some."""
        if self._begun:
            await self._client.rset()  # a transaction that nobody was taken for is still open
        self._begun = True
        await self._client.mail(self._sender.spec, options=self._options(letter, utf8=utf8), encoding=_encoding(utf8))
        taken, too_many = await self._name_all(recipients, utf8=utf8)
        if not taken:
            return []
        await hand_over(self._client, letter, self._limits)
        for recipient in taken:
            self._progress.note(recipient.spec, RecipientStatus.HAS)
        return too_many

    async def _name_all(self, recipients: Sequence[MailAddress], *, utf8: bool) -> tuple[list[MailAddress], list[MailAddress]]:
        """Whom the server takes in this transaction, and for whom it wants another one."""
        taken: list[MailAddress] = []
        too_many: list[MailAddress] = []
        for recipient in recipients:
            answer = await self._name(recipient, utf8=utf8)
            if answer.code // 100 == 2:
                taken.append(recipient)
            elif answer.code in _TOO_MANY and taken:
                too_many.append(recipient)
                self._note(recipient, RecipientStatus.OWED, answer)
            else:
                self._note(recipient, _status_after(answer.code), answer)
        return taken, too_many

    async def _name(self, recipient: MailAddress, *, utf8: bool) -> SMTPResponse:
        """Name a recipient (RCPT, RFC 5321 §4.1.1.3); the library raises where we only want to read the refusal."""
        try:
            return await self._client.rcpt(recipient.spec, encoding=_encoding(utf8))
        except aiosmtplib.SMTPRecipientRefused as error:
            return SMTPResponse(error.code, error.message)

    def _options(self, letter: bytes, *, utf8: bool) -> list[str]:
        size = [f"SIZE={len(letter)}"] if self._client.supports_extension("size") else []
        return size + (["SMTPUTF8", "BODY=8BITMIME"] if utf8 else [])

    def _note(self, recipient: MailAddress, status: RecipientStatus, answer: SMTPResponse) -> None:
        self._answered.add(recipient.spec)
        self._progress.note(recipient.spec, status, self._clean(f"{answer.code} {answer.message}"))

    def _note_trouble(self, recipients: Sequence[MailAddress], error: Exception) -> None:
        """What was said of the whole message, or happened to it, holds for all who have no answer of their own."""
        was_answered = isinstance(error, aiosmtplib.SMTPResponseException)
        self.are_sound = self.are_sound and was_answered
        status = _status_after(error.code) if isinstance(error, aiosmtplib.SMTPResponseException) else RecipientStatus.OWED
        for recipient in recipients:
            if recipient.spec not in self._answered:
                self._progress.note(recipient.spec, status, self._clean(explain(error)))


def _encoding(utf8: bool) -> str:  # noqa: FBT001  # it is named where it is decided
    return "utf-8" if utf8 else "ascii"


def _status_after(code: int) -> RecipientStatus:
    """How a recipient stands for whom a command was answered with `code`, which is not 2xx."""
    return RecipientStatus.REFUSED if 500 <= code < 600 and code not in _ABOUT_THE_LOGIN else RecipientStatus.OWED


async def hand_over(client: SMTP, letter: bytes, limits: TimeLimits) -> None:
    """DATA, the message with CRLF line ends, and the answer for it; any 2xx is a yes, other answers raise `SMTPDataError`.

    The library would wait for both answers equally long.
    """
    answer = await client.execute_command(b"DATA")
    if answer.code != 354 or client.protocol is None:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)
    client.protocol.write(_LEADING_DOT.sub(b"..", letter) + b".\r\n")
    try:
        answer = await client.protocol.read_response(timeout=limits.acceptance)
    except aiosmtplib.SMTPReadTimeoutError:
        unknown = f"no answer for the message within {limits.acceptance:g} s: whether it was taken is not known, so it is sent again"
        raise aiosmtplib.SMTPReadTimeoutError(unknown) from None
    if not 200 <= answer.code < 300:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)


def say_goodbye(client: SMTP) -> None:
    """QUIT, without waiting for the answer: after the server has answered for the message, no wait may turn success into failure."""
    if client.protocol is not None and client.is_connected:
        client.protocol.write(b"QUIT\r\n")
    _hang_up(client)


def _hang_up(client: SMTP) -> None:
    """Close at once: an orderly end of TLS would wait for the other side, and nothing that matters is still to be sent."""
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.abort()
    client.close()


def explain(error: Exception) -> str:
    """Why the dialogue failed, in words, with the server's own where there are some."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Wording("the server's certificate was not accepted: {reason}", reason=cause.verify_message)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Wording(
            "the server refused the login, check username and password: {code} {message}", code=error.code, message=error.message
        )
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return Wording(
            "the server refused the sender {sender}: {code} {message}", sender=error.sender, code=error.code, message=error.message
        )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Wording("the server answered {code} {message}", code=error.code, message=error.message)
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return Wording("the connection was closed before the server answered for the message")
    return str(error) or Wording("no answer in time")
