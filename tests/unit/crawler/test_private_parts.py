"""What is used of scrapy and aiohttp beyond what they promise: in one file, and still there as it is used.

When one of these fails after an update, `crawler/scrapy_insides.py` is the file to mend; the way out is decision 0015.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.base_protocol import BaseProtocol
from aiohttp.client_proto import ResponseHandler
from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.signalmanager import SignalManager
from scrapy.utils.test import get_crawler

from crawler.scrapy_insides import (
    AiohttpDownloadHandler,
    BaseStreamingDownloadHandler,
    ClientResponse,
    QuietSignals,
    drop_requests_that_wait,
    has_to_wait,
)

FOREIGN = ("scrapy", "aiohttp", "twisted")
INSIDES = "crawler/scrapy_insides.py"
CONNECTIONS = {"crawler/tolerant_connections.py", "monitors/channels/head_first.py"}
"""Where inner parts of aiohttp are used: for what is fetched, and for what is sent. The rooms do not import one another."""


def modules(project: Path) -> list[Path]:
    """All of the rooms that know these packages."""
    return [path for room in ("crawler", "monitors", "quivive") for path in (project / room).rglob("*.py")]


def private_imports(path: Path) -> set[str]:
    """The private modules and names that a module imports from these packages."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in FOREIGN:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name for name in names if any(part.startswith("_") for part in name.split("."))}
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("engine.downloader"):
            found.add(ast.unparse(node))
    return found


def test_private_parts_are_used_in_one_file(project: Path) -> None:
    using = {str(path.relative_to(project)) for path in modules(project) if private_imports(path)}
    assert using == {INSIDES}


def test_inner_parts_of_connections_are_used_in_one_file_of_each_room(project: Path) -> None:
    inner = re.compile(r"aiohttp\.client_proto|\b_factory\b|\b_payload\b|\b_reading_paused\b")
    assert {str(path.relative_to(project)) for path in modules(project) if inner.search(path.read_text(encoding="utf-8"))} == CONNECTIONS


def test_the_handler_takes_what_it_is_given_and_asks_its_session_as_we_expect() -> None:
    assert issubclass(AiohttpDownloadHandler, BaseStreamingDownloadHandler)
    assert issubclass(ClientResponse, aiohttp.ClientResponse)
    assert list(inspect.signature(BaseStreamingDownloadHandler.__init__).parameters) == ["self", "crawler"]
    assert inspect.iscoroutinefunction(AiohttpDownloadHandler.download_request)
    assert inspect.iscoroutinefunction(AiohttpDownloadHandler.close)
    base = inspect.getsource(BaseStreamingDownloadHandler.__init__)
    assert "_pool_size_total" in base
    assert "_pool_size_per_host" in base
    assert "self._session" in inspect.getsource(AiohttpDownloadHandler)
    assert isinstance(inspect.getattr_static(AiohttpDownloadHandler, "_extract_headers"), staticmethod)


def test_the_downloader_keeps_what_waits_for_a_host_where_we_drop_it() -> None:
    assert "slots" in vars(Downloader(get_crawler()))
    slot = Slot(concurrency=1, delay=0)
    assert isinstance(slot.queue, deque)
    assert "queue.append((request, " in inspect.getsource(Downloader)
    assert "errback" in inspect.getsource(drop_requests_that_wait)
    assert (slot.active, slot.concurrency) == (set(), 1)
    assert list(inspect.signature(Downloader.get_slot_key).parameters) == ["self", "request"]


def test_a_request_has_to_wait_behind_one_that_was_taken_from_the_queue_and_is_not_transferred_yet() -> None:
    crawler, first, second = get_crawler(), Request("https://site.example/1"), Request("https://site.example/2")
    downloader, slot = Downloader(crawler), Slot(concurrency=1, delay=0)
    crawler.engine = SimpleNamespace(downloader=downloader)  # type: ignore[assignment]  # nothing else of the engine is asked for
    assert not has_to_wait(crawler, first)
    downloader.slots[downloader.get_slot_key(first)] = slot
    assert not has_to_wait(crawler, first)
    slot.active.add(first)
    assert has_to_wait(crawler, second)
    slot.concurrency = 2
    assert not has_to_wait(crawler, second)


def test_signals_reach_who_asked_for_them_and_are_sent_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    crawler = get_crawler(settings_dict={"EXTENSIONS_BASE": {}})
    assert isinstance(crawler.signals, SignalManager)  # it is ours from before the engine is made
    crawler.signals = QuietSignals(crawler)
    heard: list[object] = []

    def hear(response: object) -> None:
        heard.append(response)

    sent: list[object] = []
    send = SignalManager.send_catch_log

    def send_and_count(manager: SignalManager, signal: object, **what: object) -> list[tuple[Any, Any]]:
        sent.append(signal)
        return send(manager, signal, **what)

    monkeypatch.setattr(SignalManager, "send_catch_log", send_and_count)
    assert crawler.signals.send_catch_log(signals.response_received, response=1) == []
    crawler.signals.connect(hear, signals.response_received)
    assert len(crawler.signals.send_catch_log(signals.response_received, response=2)) == 1
    assert heard == [2]
    assert sent == [signals.response_received]
    assert "self.signals: SignalManager = crawler.signals" in inspect.getsource(Downloader)


def test_connections_are_made_by_what_we_put_in_the_place_of_their_factory() -> None:
    assert "self._factory = " in inspect.getsource(aiohttp.BaseConnector)
    assert "self._factory" in inspect.getsource(aiohttp.TCPConnector)
    assert {"set_response_params", "data_received", "eof_received", "should_close", "close", "abort"} <= set(vars(ResponseHandler))
    protocol = inspect.getsource(ResponseHandler)
    assert "self._payload" in protocol
    assert "self._reading_paused" in inspect.getsource(BaseProtocol)
    assert {"_pause_reading_for_buffer", "_resume_reading_for_buffer"} <= {name for name in dir(ResponseHandler) if "_for_buffer" in name}


def test_aiohttp_takes_the_limits_that_the_session_is_made_with() -> None:
    parameters = inspect.signature(aiohttp.ClientSession).parameters
    assert {"max_line_size", "max_field_size", "response_class", "skip_auto_headers", "auto_decompress"} <= set(parameters)
    assert {"resolver", "limit", "limit_per_host", "keepalive_timeout", "ttl_dns_cache"} <= set(
        inspect.signature(aiohttp.TCPConnector).parameters
    )
