"""The address guard of a webhook that may only lead to public addresses: nobody's URL reaches into this machine or its network by it."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from news.addresses import reason_to_refuse, reason_to_refuse_host
from news.wording import Wording


class ForbiddenAddressError(Exception):
    """The host is no public one, or has no public address; the text says which it has."""


class PublicResolver(AbstractResolver):
    """Resolves names, and leaves out every address that is not public. What is connected to is what was looked at."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The public addresses of `host`. Raises ForbiddenAddressError if it has none but others, OSError if it has none at all."""
        answers = await self._inner.resolve(host, port, family)
        refusals = [reason_to_refuse(ip_address(answer["host"].partition("%")[0])) for answer in answers]
        public = [answer for answer, refusal in zip(answers, refusals, strict=True) if refusal is None]
        if answers and not public:
            raise ForbiddenAddressError(_say(refusals[0] or host))
        return public

    async def close(self) -> None:
        await self._inner.close()


def check_public(host: str) -> None:
    """Raise ForbiddenAddressError for a host that is an address which is not public; a literal one asks no resolver."""
    if reason := reason_to_refuse_host(host):
        raise ForbiddenAddressError(_say(reason))


def _say(reason: str) -> str:
    return Wording("{reason}, and public_only lets it lead to public addresses alone", reason=reason)
