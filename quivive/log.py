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

from quivive.printing import Printer
from quivive.standard_streams import get_descriptor

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["text", "json"]

_OWN_LOGGER = "quivive"
_EVENT_COLUMN = 24
_LAST_WORDS_SECONDS = 1.0
_printer: Printer | None = None


def configure_logging(level: Level, form: Format, stream: TextIO | None = None, timezone: tzinfo = UTC) -> None:
    """Send every event of `level` and above to `stream` (standard error by default), as text for people or as JSON Lines.

    Text is coloured only on a terminal, and its times are in `timezone`; JSON is in UTF-8, its times in UTC. May be called again, as
    after a reload. A standard error that is full, stuck or gone holds up nobody: what cannot be written is lost, and counted.
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
    _take_over(logging.getLogger(), _make_handler(form, stream), formatter, max(number, logging.WARNING))
    _take_over(logging.getLogger(_OWN_LOGGER), _make_handler(form, stream), formatter, number)
    logging.getLogger(_OWN_LOGGER).propagate = False
    logging.captureWarnings(capture=True)


def _get_own_logger(*_: object) -> logging.Logger:
    return logging.getLogger(_OWN_LOGGER)


def flush_log(patience_seconds: float) -> None:
    """Wait until what was said is written, as long as it goes on within the patience."""
    if _printer is not None:
        _printer.flush(patience_seconds)


def _make_handler(form: Format, stream: TextIO) -> logging.Handler:
    descriptor = get_descriptor(stream)
    return (
        logging.StreamHandler(stream)
        if descriptor is None
        else _PrintingHandler(descriptor, "utf-8" if form == "json" else stream.encoding)
    )


class _PrintingHandler(logging.Handler):
    """Writes through the one printer of this process, which it makes if need be."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        super().__init__()
        global _printer  # noqa: PLW0603  # one thread writes standard error, however often logging is configured
        if _printer is None:
            _printer = Printer(descriptor, _say_what_was_lost)
        self._printer = _printer
        self._encoding = encoding

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._printer.say(f"{self.format(record)}\n".encode(self._encoding, "backslashreplace"))
        except Exception:  # noqa: BLE001  # as logging's own handlers do: an event that cannot be told must not end what it tells of
            self.handleError(record)

    def flush(self) -> None:
        """Called at the end of the program."""
        self._printer.flush(_LAST_WORDS_SECONDS)


def _say_what_was_lost(trouble: str | None, lost: int) -> None:
    if trouble is None:
        structlog.get_logger(_OWN_LOGGER).warning("standard error was stuck: this log has a gap", lines=lost)


def _take_over(logger: logging.Logger, handler: logging.Handler, formatter: logging.Formatter, level: int) -> None:
    """Make one handler the only one. The limit is the handler's too: libraries set the levels of their own loggers as they like."""
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
