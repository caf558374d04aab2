"""`type = "webhook"`: a URL that is told by POST. How it is sent is in `webhook_sender.py`."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable
from monitors.channels.urls import check_host, split_url
from monitors.presentation import Presentation
from news.delivering import Policy
from news.wording import Wording

SECRET_PREFIX = "whsec_"  # noqa: S105 — the prefix that the specification gives to secrets, not a secret


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """A URL that is told by POST. With a `secret` (`whsec_` and base64) the messages are signed."""

    name: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        check_webhook_url(self.url)
        if self.secret is not None:
            check_secret(self.secret)

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects: nothing is known of that a URL does not tell by itself."""
        return []

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:  # noqa: ARG002  # programs read UTC
        from monitors.channels.webhook_sender import WebhookSender  # noqa: PLC0415  # it brings aiohttp

        return WebhookSender(self, limits)


def check_webhook_url(url: str) -> None:
    """Raise ValueError for what is no URL that can be posted to."""
    wrong = ValueError(Wording("must be a complete http or https URL such as https://www.example.org/hook"))
    try:
        parts = split_url(url)
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong
    check_host(parts.hostname)


def check_secret(secret: str) -> None:
    """Raise ValueError for what is not base64, with `whsec_` before it or without.

    The signing library ignores what is not base64: a mistyped secret would sign, and no receiver could verify it.
    """
    encoded = secret.removeprefix(SECRET_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError(Wording("a webhook secret is whsec_ followed by base64"))


def _check_url(text: str) -> str:
    url = text.strip()
    check_webhook_url(url)
    return url


def _check_whole_secret(text: str) -> str:
    wrong = ValueError(Wording("must be whsec_ followed by base64 (Standard Webhooks); `openssl rand -base64 32` makes one"))
    if not text.startswith(SECRET_PREFIX):
        raise wrong
    try:
        check_secret(text)
    except ValueError:
        raise wrong from None
    return text


class Table(ChannelTable):
    """The keys. The URL counts as a secret too: many services put their token in it."""

    secrets: ClassVar[tuple[str, ...]] = ("url", "secret")
    type: Literal["webhook"]
    url: Annotated[str, AfterValidator(_check_url)] = Field(repr=False)
    secret: Annotated[str, AfterValidator(_check_whole_secret)] | None = Field(default=None, repr=False)

    def make_channel(self, name: str) -> WebhookChannel:
        return WebhookChannel(name, self.url, self.secret, self.make_policy())
