"""`type = "webhook"`: a URL that is told by POST. How it is sent is in `webhook_sender.py`."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import Channel, ChannelTable
from monitors.channels.urls import check_host, split_url
from monitors.presentation import CHAT_BODIES, OUR_BODIES, Presentation
from news.pace import Pace
from news.plans import Policy
from news.tables import boolean, from_string, key, one_of
from news.wording import Wording

SECRET_PREFIX = "whsec_"  # noqa: S105 — the prefix that the specification gives to secrets, not a secret
_OWN_BODY = re.compile(r"[^/\\\0]+\.(json|txt)")
"""The name of a file in the folder of `[display] templates`."""


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """A URL that is told by POST. With a `secret` (`whsec_` and base64) the messages are signed.

    With `previous_secret` they are signed with both, while receivers go from one to the other.
    """

    name: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    policy: Policy = field(default_factory=Policy)
    previous_secret: str | None = field(default=None, repr=False)
    template: str | None = None
    """What makes the body: one of `OUR_BODIES`, or a template of the user's by its file's name; None is the documented JSON."""
    public_only: bool = False
    """Whether it must not lead to a private, loopback or otherwise special address."""

    def __post_init__(self) -> None:
        check_webhook_url(self.url)
        for secret in self.secrets:
            check_secret(secret)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What messages are signed with, the one that is to stay first."""
        return tuple(secret for secret in (self.secret, self.previous_secret) if secret is not None)

    @property
    def bare_secrets(self) -> tuple[str, ...]:
        """The same without the prefix that all have: each may be found in a receiver's answer either way."""
        return tuple(secret.removeprefix(SECRET_PREFIX) for secret in self.secrets)

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects: nothing is known of that a URL does not tell by itself."""
        return []

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:
        from monitors.channels.webhook_sender import WebhookSender  # noqa: PLC0415  # it brings aiohttp

        return WebhookSender(self, limits, presentation)


def bodies_of(channels: Iterable[Channel]) -> dict[str, str]:
    """The templates that channels ask for, by the names of the channels."""
    return {channel.name: channel.template for channel in channels if isinstance(channel, WebhookChannel) and channel.template}


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


def _check_template(text: str) -> str:
    if text not in OUR_BODIES and not _OWN_BODY.fullmatch(text):
        known = ", ".join(OUR_BODIES)
        raise ValueError(
            Wording("must be one of {known}, or the name of a .json or .txt file in the folder of [display] templates", known=known)
        )
    return text


class Table(ChannelTable):
    """The keys. The URL counts as a secret too: many services put their token in it."""

    secrets = ("url", "secret", "previous_secret")
    type: Literal["webhook"] = key(one_of("webhook"))
    url: str = key(from_string(_check_url))
    secret: str | None = key(from_string(_check_whole_secret), None)
    previous_secret: str | None = key(from_string(_check_whole_secret), None)
    template: str | None = key(from_string(_check_template), None)
    public_only: bool = key(boolean, default=False)

    def check(self) -> None:
        if self.previous_secret is not None and self.secret is None:
            raise ValueError(Wording("previous_secret goes with secret, the one that is to stay"))

    def make_channel(self, name: str) -> WebhookChannel:
        policy = self.make_policy()
        if self.template in CHAT_BODIES:
            policy = replace(policy, pace=Pace(at_once=1, per_second=self.max_per_second, knows_repeats=False))
        return WebhookChannel(name, self.url, self.secret, policy, self.previous_secret, self.template, self.public_only)
