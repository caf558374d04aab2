"""A new kind of channel is a module with a table, and a line among the kinds: everything else takes it as it is."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from types import ModuleType

import pytest

import monitors
from monitors import ChannelTable, Dispatcher
from monitors.attempts import accepted
from news.alerts import DeliveryStatus
from news.errors import ConfigurationError
from news.plans import Policy, Together
from news.tables import key, one_of, string
from quivive.config import load_config
from tests.outbox import ENGLISH, Clock, ListOutbox, make_alert

CONFIG = """
[[topics]]
name = "OTAN"
query = "otan"
notify = ["toit"]
[channels.toit]
type = "pigeon"
ring = "FR-26"
"""


@dataclass(frozen=True)
class Pigeon:
    """What a new module holds: a channel …"""

    name: str
    ring: str
    policy = Policy(Together.SUBJECT)
    flights = []  # noqa: RUF012 — what the test looks at

    def warnings(self):
        return [("ring", "it is old")]

    def make_sender(self, presentation, limits):
        return self

    async def send(self, bundle, now, progress):
        self.flights.append((self.ring, [alert.topic for alert in bundle.alerts]))
        return accepted()

    async def close(self):
        pass


class Table(ChannelTable):
    """… and its keys."""

    type: str = key(one_of("pigeon"))
    ring: str = key(string)

    def make_channel(self, name):
        return Pigeon(name, self.ring)


@pytest.fixture(autouse=True)
def pigeon(monkeypatch):
    module = ModuleType("monitors.channels.pigeon")
    module.Table = Table
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(monitors, "KINDS", (*monitors.KINDS, "pigeon"))


def load(tmp_path, text):
    (tmp_path / "config.toml").write_text(text)
    return load_config(tmp_path / "config.toml", {})


def test_its_keys_are_read_and_its_alerts_bundled_and_sent_as_it_says(tmp_path):
    channels = load(tmp_path, CONFIG).channels
    outbox = ListOutbox()
    for topic in ("OTAN", "Défense"):
        outbox.find(make_alert(topic), "toit")

    async def scene():
        dispatcher = Dispatcher(channels, outbox, Clock(), ENGLISH)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)

    asyncio.run(scene())
    assert Pigeon.flights == [("FR-26", ["Défense", "OTAN"])]
    assert [result.status for result in outbox.results] == [DeliveryStatus.SENT]


def test_its_mistakes_are_told_with_their_keys(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, CONFIG.replace("ring =", "rang ="))
    assert [str(fault) for fault in caught.value.faults] == [
        "channels.toit.ring: is required",
        'channels.toit.rang: unknown key; did you mean "ring"?',
    ]


def test_an_unknown_kind_is_answered_with_all_there_are(tmp_path):
    kinds = " or ".join(map(repr, monitors.KINDS))
    assert kinds.startswith("'apprise' or ")
    assert kinds.endswith("' or 'pigeon'")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, CONFIG.replace("pigeon", "owl"))
    assert [str(fault) for fault in caught.value.faults] == [f"channels.toit.type: must be {kinds}"]
