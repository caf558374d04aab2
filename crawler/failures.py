"""Foreign errors, translated once: what scrapy and aiohttp raise when a fetch fails, and the code it means to a user."""

from __future__ import annotations

import errno
import logging

import aiohttp
from scrapy import exceptions as scrapy_errors

from crawler.problems import FetchProblem, make_problem
from news.sources import Problem

CODES: dict[type[BaseException], str] = {
    scrapy_errors.CannotResolveHostError: "dns",
    scrapy_errors.DownloadTimeoutError: "timeout",
    TimeoutError: "timeout",
    aiohttp.ClientSSLError: "tls",
    aiohttp.ServerFingerprintMismatch: "tls",
    scrapy_errors.DownloadConnectionRefusedError: "connection",  # also raised for TLS and for unreachable networks: see `_connection_code`
    scrapy_errors.DownloadFailedError: "connection",
    scrapy_errors.DownloadCancelledError: "too_large",  # the streaming handlers cancel for nothing else
    scrapy_errors.ResponseDataLossError: "truncated",
    scrapy_errors.UnsupportedURLSchemeError: "unsupported_url",
    scrapy_errors.NotSupported: "unsupported_url",
    OSError: "connection",
}
"""The first class of an error's ancestry that stands here decides."""

_log = logging.getLogger(__name__)


def problem_of(error: BaseException) -> Problem:
    """The problem that a failed fetch means.

    An error that nobody foresaw is logged with its traceback and counts as `connection`: it is a bug, here or in a library, but what one
    site sends must not end the program that watches all the others.
    """
    if isinstance(error, FetchProblem):
        return error.problem
    code = _connection_code(error) or next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), None)
    if code is None:
        _log.error("a fetch failed in a way that is not foreseen", exc_info=error)
        return make_problem("connection", f"{type(error).__name__}: {error}"[:200])
    return make_problem(code, _detail(error))


def _connection_code(error: BaseException) -> str | None:
    """Tells TLS from a refusal: scrapy raises one error for both, with aiohttp's as its cause."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientSSLError):
        return "tls"
    if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
        return "refused"
    return None


def _detail(error: BaseException) -> str | None:
    """What the foreign error says, short enough for one line."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientConnectorError):
        return f"{cause.host}: {cause.strerror or cause.os_error}"[:200]
    return (" ".join(str(cause or error).split()) or type(error).__name__)[:200]
