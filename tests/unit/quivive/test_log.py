import io
import json
import logging
import warnings
from zoneinfo import ZoneInfo

import pytest
import structlog

from quivive.log import configure_logging


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _give_logging_back():
    """Logging is global: what these tests change must not reach the others."""
    root, own = logging.getLogger(), logging.getLogger("quivive")
    before = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = before
    own.handlers.clear()
    own.propagate = True
    structlog.reset_defaults()


def test_text_is_one_line_with_the_facts_behind_the_event():
    stream = io.StringIO()
    configure_logging("info", "text", stream)
    structlog.get_logger().info("source polled", source="Numérama", entries=3)
    (line,) = stream.getvalue().splitlines()
    assert line.split()[2:] == ["[info", "]", "source", "polled", "source='Numérama'", "entries=3"]


def test_text_has_colour_only_on_a_terminal():
    piped, terminal = io.StringIO(), Terminal()
    for stream in (piped, terminal):
        configure_logging("info", "text", stream)
        structlog.get_logger().info("started")
    assert "\x1b[" not in piped.getvalue()
    assert "\x1b[" in terminal.getvalue()


def test_json_is_one_object_a_line_with_its_time_in_utc():
    stream = io.StringIO()
    configure_logging("info", "json", stream, ZoneInfo("Europe/Paris"))
    structlog.get_logger().warning("poll failed", source="Numérama", code="timeout")
    event = json.loads(stream.getvalue())
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "poll failed", "level": "warning", "source": "Numérama", "code": "timeout"}


def test_events_below_the_level_are_not_written():
    stream = io.StringIO()
    configure_logging("warning", "json", stream)
    structlog.get_logger().info("source polled")
    assert stream.getvalue() == ""


def test_a_logger_made_before_a_reload_follows_the_new_level():
    stream = io.StringIO()
    configure_logging("error", "json", stream)
    log = structlog.get_logger().bind(source="Numerama")
    configure_logging("debug", "json", stream)
    log.debug("source polled")
    assert json.loads(stream.getvalue())["event"] == "source polled"


def test_context_that_is_bound_is_in_every_event():
    stream = io.StringIO()
    configure_logging("info", "json", stream)
    with structlog.contextvars.bound_contextvars(source="Numerama"):
        structlog.get_logger().info("source polled")
    assert json.loads(stream.getvalue())["source"] == "Numerama"


def test_libraries_are_heard_from_warnings_on_and_named():
    stream = io.StringIO()
    configure_logging("debug", "json", stream)
    logging.getLogger("scrapy.core.engine").setLevel(logging.DEBUG)
    logging.getLogger("scrapy.core.engine").info("Spider opened")
    logging.getLogger("scrapy.core.engine").error("Error on %s", "page")
    event = json.loads(stream.getvalue())
    assert (event["event"], event["level"], event["library"]) == ("Error on page", "error", "scrapy.core.engine")


def test_a_warning_of_python_is_an_event():
    stream = io.StringIO()
    configure_logging("info", "json", stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("an old call", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "an old call" in json.loads(stream.getvalue())["event"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_shows_the_error_and_no_variables(form):
    stream = io.StringIO()
    configure_logging("info", form, stream)

    def send(password: str) -> int:
        return len(password) // 0

    try:
        send("pa" + str(11 * 5))
    except ZeroDivisionError:
        structlog.get_logger().exception("delivery failed")
    assert "ZeroDivisionError" in stream.getvalue()
    assert "pa55" not in stream.getvalue()


def test_a_strangers_string_can_neither_forge_a_line_nor_command_the_terminal():
    stream = io.StringIO()
    configure_logging("info", "text", stream)
    hostile = "a\n2026-03-04 10:00:00 [info] all is well\x1b[2J"
    structlog.get_logger().info("source polled", title=hostile)
    logging.getLogger("feedparser").warning("odd title %s", hostile)

    def read(text: str) -> None:
        raise ValueError(text)

    try:
        read(hostile)
    except ValueError:
        structlog.get_logger().exception("unreadable")
    written = stream.getvalue()
    assert "\x1b" not in written
    assert len(written.splitlines()[:3]) == 3
    assert "a\\n2026" in written.splitlines()[0]
    assert "a\\n2026" in written.splitlines()[1]
