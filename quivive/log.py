"""What the program says about itself while it works, on standard error: one event a line, with its facts as key=value or as JSON.

Our own events go through structlog; what libraries log with the standard library joins them from `WARNING` on, in the same form.
No event carries a secret: channels keep theirs out of their `repr`, and tracebacks are printed without the values of variables.
"""

from __future__ import annotations

import io
import logging
import sys
import unicodedata
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal, TextIO

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, StackInfoRenderer, add_log_level, format_exc_info
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["text", "json"]

_OWN_LOGGER = "quivive"
_EVENT_COLUMN = 24


def configure_logging(level: Level, form: Format, stream: TextIO | None = None, timezone: tzinfo = UTC) -> None:
    """Send every event of `level` and above to `stream` (standard error by default), as text for people or as JSON Lines.

    Text is coloured only on a terminal, and its times are in `timezone`; JSON's are in UTC. May be called again, as after a reload.
    """
    stream = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [structlog.contextvars.merge_contextvars, add_log_level, _Timestamp(form, timezone), StackInfoRenderer()]
    structlog.configure(
        # The level is the standard logger's, asked at each event: loggers bound before a reload follow the new one.
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=_get_own_logger,
    )
    formatter = _make_formatter(form, shared, stream)
    _take_over(logging.getLogger(), stream, formatter, max(number, logging.WARNING))
    _take_over(logging.getLogger(_OWN_LOGGER), stream, formatter, number)
    logging.getLogger(_OWN_LOGGER).propagate = False
    logging.captureWarnings(capture=True)


def _get_own_logger(*_: object) -> logging.Logger:
    return logging.getLogger(_OWN_LOGGER)


def _take_over(logger: logging.Logger, stream: TextIO, formatter: logging.Formatter, level: int) -> None:
    """Make one handler the only one. The limit is the handler's too: libraries set the levels of their own loggers as they like."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.setLevel(level)
    logger.handlers[:] = [handler]
    logger.setLevel(level)


def _make_formatter(form: Format, shared: list[Processor], stream: TextIO) -> logging.Formatter:
    last: list[Processor]
    if form == "json":
        last = [format_exc_info, JSONRenderer(ensure_ascii=False, default=str)]
    else:
        console = ConsoleRenderer(
            colors=stream.isatty(), pad_event_to=_EVENT_COLUMN, repr_native_str=True, sort_keys=False, exception_formatter=_write_traceback
        )
        last = [_escape_event, console]
    return ProcessorFormatter(foreign_pre_chain=[_name_library, *shared], processors=[ProcessorFormatter.remove_processors_meta, *last])


class _Timestamp:
    """Adds `timestamp`: RFC 3339 in UTC for JSON, the time of day where the reader lives for text."""

    def __init__(self, form: Format, timezone: tzinfo) -> None:
        self._form = form
        self._timezone = timezone

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        now = datetime.now(UTC)
        if self._form == "json":
            event["timestamp"] = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        else:
            event["timestamp"] = now.astimezone(self._timezone).strftime("%Y-%m-%d %H:%M:%S")
        return event


def _name_library(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say whose event it is, where it is not ours."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["library"] = record.name
    return event


def _escape_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Libraries put strangers' strings into their events, which must neither forge lines nor command the terminal."""
    event["event"] = _escape_controls(str(event.get("event", "")), keep="")
    return event


def _write_traceback(out: TextIO, exc_info: Any) -> None:
    """A traceback as Python prints it; structlog's own choice, where rich is installed, prints all local variables."""
    plain = io.StringIO()
    plain_traceback(plain, exc_info)
    out.write(_escape_controls(plain.getvalue(), keep="\n\t"))


def _escape_controls(text: str, keep: str) -> str:
    return "".join(ascii(sign)[1:-1] if unicodedata.category(sign) == "Cc" and sign not in keep else sign for sign in text)
