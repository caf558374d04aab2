"""Foreign errors, translated once: what scrapy and aiohttp raise when a fetch fails, and the code it means to a user."""

from __future__ import annotations

import errno
import inspect
import logging
import re
import ssl
from contextlib import suppress
from types import TracebackType

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

_WORDS: dict[type[BaseException], str] = {
    aiohttp.ServerDisconnectedError: "it was closed before an answer came",
    aiohttp.ClientResponseError: "its header is damaged or too large",
    aiohttp.ClientPayloadError: "less came than was announced",
}
"""What aiohttp's errors mean; their own texts show how its parser works."""

_CAN_WAIT = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR

_log = logging.getLogger(__name__)


def problem_of(error: BaseException) -> Problem:
    """The problem that a failed fetch means.

    An error that nobody foresaw is logged with its traceback and counts as `connection`: it is a bug, here or in a library, but what one
    site sends must not end the program that watches all the others.
    """
    try:
        return _translate(error)
    finally:
        _let_go(error)


def _translate(error: BaseException) -> Problem:
    if isinstance(error, FetchProblem):
        return error.problem
    code = _connection_code(error) or next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), None)
    if code is None:
        _log.error("a fetch failed in a way that is not foreseen", exc_info=error)
        return make_problem("connection", f"{type(error).__name__}: {error}"[:200])
    return make_problem(code, _detail(error))


def _let_go(error: BaseException) -> None:
    """Let the error forget where it came from: the frames hold what was fetched, and themselves, through the error and twisted's `Failure`.

    Otherwise the collector alone would find them, which looks when there are thousands of objects, and these may be few and of 10 MB each.
    """
    known: set[int] = set()
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is not None and id(one) not in known:
            known.add(id(one))
            _clear_functions(one.__traceback__)
            one.__traceback__ = None
            chain += (one.__cause__, one.__context__)


def _clear_functions(place: TracebackType | None) -> None:
    """Forget the variables of functions that have ended. Not of coroutines: one that waits would be closed (`frame.clear`)."""
    while place is not None:
        if not place.tb_frame.f_code.co_flags & _CAN_WAIT:
            with suppress(RuntimeError):  # it still runs
                place.tb_frame.clear()
        place = place.tb_next


def _connection_code(error: BaseException) -> str | None:
    """Tells TLS, a refusal and what is no HTTP apart: scrapy raises one error for them, with aiohttp's as its cause."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientHttpProxyError | aiohttp.ClientProxyConnectionError):
        return "proxy"
    if isinstance(cause, aiohttp.ClientSSLError):
        return "tls"
    if isinstance(cause, aiohttp.ClientResponseError):
        return "not_http"
    if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
        return "refused"
    return None


def _detail(error: BaseException) -> str | None:
    """What the foreign error says, in words for people and short enough for one line; what parsers say of themselves is left out."""
    cause = error.__cause__ or error
    if isinstance(cause, scrapy_errors.DownloadCancelledError):
        size = re.search(r"\d+ bytes", str(cause))
        return size[0] if size else None
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return f"it answered {cause.status}"
    words = next((words for kind, words in _WORDS.items() if isinstance(cause, kind)), None)
    if words is not None:
        return words
    if isinstance(cause, aiohttp.ClientConnectorError):
        return f"{cause.host}: {_reason(cause.os_error)}"[:200]
    if isinstance(cause, OSError):
        return _reason(cause)[:200] or None
    return " ".join(str(cause).split())[:200] or None


def _reason(error: OSError) -> str:
    """Why a connection could not be made or broke: the system's words, without its numbers and our libraries' file names."""
    if isinstance(error, ssl.SSLError):  # neither attribute is always there
        words = getattr(error, "verify_message", None) or str(getattr(error, "reason", None) or "").replace("_", " ").lower()
        return words or type(error).__name__
    return error.strerror or str(error)
