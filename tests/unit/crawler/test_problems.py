"""The table of problems, its documentation, and the translation of foreign errors into it."""

from __future__ import annotations

import errno
import re
import ssl
from pathlib import Path

import aiohttp
import pytest
import scrapy.exceptions
from aiohttp.client_reqrep import ConnectionKey

from crawler.failures import CODES, problem_of
from crawler.problems import PROBLEMS, FetchProblem, make_http_problem, make_problem

NOT_ABOUT_DOWNLOADS = {
    "NotConfigured",
    "IgnoreRequest",
    "DontCloseSpider",
    "CloseSpider",
    "StopDownload",
    "DropItem",
    "UsageError",
    "ScrapyDeprecationWarning",
    "ContractFail",
    "_InvalidOutput",
}


def test_the_documentation_lists_exactly_the_problems_there_are(project: Path) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \| (.*) \|$", (project / "docs" / "problems.md").read_text(), re.MULTILINE)
    assert rows == [(code, kind.meaning, kind.advice, kind.page_advice or "the same") for code, kind in PROBLEMS.items()]


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_message_is_one_sentence_that_says_what_to_do(code: str) -> None:
    message = make_problem(code, "host.example").message
    assert "(host.example): " in message
    assert message.endswith(PROBLEMS[code].advice + ".")
    assert "\n" not in message


def test_a_status_without_a_line_of_its_own_is_named_by_its_number() -> None:
    problem = make_http_problem(451)
    assert problem.code == "http_451"
    assert problem.message.startswith(
        "The site answered with the HTTP status 451, which is not a success (451 Unavailable For Legal Reasons)"
    )
    assert make_http_problem(999).code == "http_999"


def test_every_error_that_scrapy_may_raise_for_a_download_has_a_code() -> None:
    errors = {name for name, value in vars(scrapy.exceptions).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert errors - NOT_ABOUT_DOWNLOADS == {kind.__name__ for kind in CODES if kind.__module__ == "scrapy.exceptions"}


def test_every_code_of_the_table_of_errors_exists() -> None:
    assert set(CODES.values()) <= set(PROBLEMS)


def with_cause(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


KEY = ConnectionKey("host.example", 443, True, True, None, None, None)
REFUSED = scrapy.exceptions.DownloadConnectionRefusedError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (with_cause(REFUSED(), aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "refused"))), "refused"),
        (with_cause(REFUSED(), aiohttp.ClientConnectorError(KEY, OSError(errno.ENETUNREACH, "unreachable"))), "connection"),
        (with_cause(REFUSED(), aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("expired"))), "tls"),
        (with_cause(REFUSED(), aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "wrong version"))), "tls"),
        (scrapy.exceptions.CannotResolveHostError("?"), "dns"),
        (scrapy.exceptions.ResponseDataLossError("?"), "truncated"),
        (scrapy.exceptions.DownloadCancelledError("?"), "too_large"),
        (FetchProblem(make_problem("robots")), "robots"),
    ],
)
def test_errors_are_told_apart(error: Exception, code: str) -> None:
    assert problem_of(error).code == code


def test_an_error_that_nobody_foresaw_is_logged_and_does_not_end_the_program(caplog: pytest.LogCaptureFixture) -> None:
    problem = problem_of(ZeroDivisionError("?"))
    assert (problem.code, "ZeroDivisionError" in problem.message) == ("connection", True)
    assert "not foreseen" in caplog.text
