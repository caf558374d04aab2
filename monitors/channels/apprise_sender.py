"""Telling a service by way of Apprise, which says whether it was taken, and in its log why not.

A service is given no id that it could tell a repeat by: what it took without our hearing of it is told again (docs/delivery.md).
"""

from __future__ import annotations

import asyncio
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import unquote

import apprise

from monitors.attempts import Outcome, Progress, TimeLimits, accepted, redact, retry
from monitors.presentation import Presentation
from monitors.rendering import one_line
from monitors.rendering_chat import render_chat
from news.alerts import Bundle
from news.wording import Wording

_PARTS = re.compile(r"[^/:@?&=#]{6,}")
"""What of a URL may be a secret: tokens are longer than the names of services."""
_PASSWORD = re.compile(r"://[^/@]*:([^/@]+)@")
_MOST_SAYINGS = 5
_log = logging.getLogger("apprise")
_log.setLevel(logging.WARNING)  # whatever the level of our own log: it is heard for the reasons, and not for the log
_log.propagate = False  # what it says of a message is the reason in the delivery log, and may hold a part of the URL


class AppriseSender:
    """Tells one service, one message at a time, in a thread: Apprise waits for its answer."""

    def __init__(self, url: str, presentation: Presentation, limits: TimeLimits) -> None:
        self._url = url
        self._presentation = presentation
        self._limits = limits
        self._service = make_service(url)
        self._thread = ThreadPoolExecutor(1, "apprise")

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:  # noqa: ARG002  # a service dates what it shows
        """Tell each alert of the bundle, or all of them as a digest."""
        if bundle.roll is not None:
            return await self._tell(bundle)
        outcome = accepted()
        for delivery_id, alert in zip(bundle.delivery_ids, bundle.alerts, strict=True):
            outcome = await self._tell(replace(bundle, delivery_ids=(delivery_id,), alerts=(alert,)))
            if outcome != accepted():
                break
        return outcome

    async def close(self) -> None:
        """Let go of the thread, once it has told what it tells."""
        self._thread.shutdown(wait=False)

    async def _tell(self, bundle: Bundle) -> Outcome:
        title, body = render_chat(bundle, self._presentation)
        telling = asyncio.get_running_loop().run_in_executor(self._thread, self._notify, title, body)
        try:
            async with asyncio.timeout(self._limits.request):
                is_told, said = await telling
        except TimeoutError:
            return retry(Wording("the service gave no answer within {seconds} s", seconds=f"{self._limits.request:g}"))
        if is_told:
            return accepted()
        if said:
            return retry(Wording("the service did not take it: {said}", said=self._clean(said)))
        return retry(Wording("the service did not take it, and Apprise does not say why"))

    def _notify(self, title: str, body: str) -> tuple[bool, str]:
        if self._service is None:  # a version of Apprise that no longer knows it
            return False, "Apprise does not know the service of this URL"
        with _Listening(logging.WARNING) as said:
            is_told = bool(self._service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT))
        return is_told, " ".join(said)

    def _clean(self, said: str) -> str:
        """Without what may be secret of the URL: services like to echo what they were asked."""
        return one_line(redact(said, *_secrets_of(self._url)), 300)


def _secrets_of(url: str) -> list[str]:
    """What of a URL may be a secret, the longest first, as it is and as it is sent."""
    hidden = {url, *_PARTS.findall(url), *_PASSWORD.findall(url)}
    return sorted(hidden | set(map(unquote, hidden)), key=len, reverse=True)


def count_places(url: str) -> int:
    """How many places a URL names that are told one by one, such as channels, chats or addresses."""
    return sum(len(one) for one in make_service(url) or ())


def make_service(url: str) -> Any | None:
    """The service that a URL means to Apprise; None if it means nothing to it."""
    asset = apprise.AppriseAsset(app_id="quivive", app_desc="quivive", app_url="", secure_logging=True, async_mode=False)
    service = apprise.Apprise(asset=asset)
    with _Listening():  # it would print why
        return service if service.add(url) else None


class _Listening(logging.Handler):
    """Hears what Apprise says, to its log alone, of what is asked in this context; its own threads run in copies of it."""

    _said: ClassVar[ContextVar[list[str]]] = ContextVar("said")

    def emit(self, record: logging.LogRecord) -> None:
        said = self._said.get(None)
        if said is not None and len(said) < _MOST_SAYINGS:
            said.append(record.getMessage())

    def __enter__(self) -> list[str]:
        said: list[str] = []
        self._token = self._said.set(said)
        _log.addHandler(self)
        return said

    def __exit__(self, *_: object) -> None:
        _log.removeHandler(self)
        self._said.reset(self._token)
