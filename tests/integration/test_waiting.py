"""The real archive and the real dispatcher, with much that waits for a channel that takes nothing."""

import asyncio
from contextlib import contextmanager

import pytest

from monitors import Dispatcher
from monitors.channels.webhook import WebhookChannel
from news.alerts import DeliveryStatus
from news.topics import Topic
from storage import retry_deliveries
from tests.desk import A, Desk, entry
from tests.mailbox import HookSink, closed_port, silent_port
from tests.outbox import ENGLISH

TOPICS = [*(Topic(f"Fusée {number}", "fusée", ("dead",)) for number in range(20)), Topic("Ariane", "Ariane", ("live",))]


@contextmanager
def refusing():
    yield closed_port()


def hook_channel(name, port):
    return WebhookChannel(name, f"http://127.0.0.1:{port}/")


@pytest.fixture
def desk(tmp_path):
    with Desk(tmp_path / "archive.db", TOPICS) as desk:
        desk.watch(A)
        desk.poll(A, *(entry(f"La fusée {number}", f"https://a.example/{number}") for number in range(15)))
        yield desk


@pytest.mark.parametrize("dead_port", [refusing, silent_port])
@pytest.mark.parametrize("sealed", [True, False])
def test_a_live_channel_is_told_before_the_backlog_of_a_dead_one_is_through(desk, dead_port, sealed):
    if sealed:
        desk.seal("dead")
    desk.poll(A, entry("Ariane", "https://a.example/ariane"))
    attempts = []

    async def scene():
        with HookSink() as hook, dead_port() as port:
            told = asyncio.Event()

            def note(channel, result):
                attempts.append((channel, result.status))
                if channel == "live":
                    told.set()

            channels = {"dead": hook_channel("dead", port), "live": hook_channel("live", hook.port)}
            dispatcher = Dispatcher(channels, desk.archive, lambda: desk.now, ENGLISH, note)
            await dispatcher.deliver_due()
            await told.wait()
            await dispatcher.stop(0)

    asyncio.run(scene())
    assert ("live", DeliveryStatus.SENT) in attempts
    assert len(attempts) < 100  # of the 300 that wait for the dead one
    assert desk.status()["deliveries"] == {"pending": 300, "held": 0, "sent": 1, "dead": 0, "muted": 0}


def test_a_backlog_is_sent_whole_in_one_round_each_alert_once_under_its_own_id(desk):
    async def scene():
        with HookSink() as hook:
            dispatcher = Dispatcher({"dead": hook_channel("dead", hook.port)}, desk.archive, lambda: desk.now, ENGLISH)
            await dispatcher.deliver_due()
            await dispatcher.join()
            await dispatcher.stop(0)
            return [request.headers["webhook-id"] for request in hook.requests]

    ids = asyncio.run(scene())
    assert len(ids) == len(set(ids)) == 300
    assert {(one,) for one in ids} == set(desk.rows("SELECT id FROM deliveries"))


def test_what_a_retry_revives_goes_out_under_the_id_it_had(desk):
    alert = desk.log()[0]
    delivery = alert["deliveries"][0]["id"]
    desk.archive.hold_for_channel("dead", desk.now.replace(year=2026), 1000).result()
    assert {one["status"] for alert in desk.log() for one in alert["deliveries"]} == {"dead"}
    retry_deliveries(desk.path, [alert["id"]], desk.now)

    async def scene():
        with HookSink() as hook:
            dispatcher = Dispatcher({"dead": hook_channel("dead", hook.port)}, desk.archive, lambda: desk.now, ENGLISH)
            await dispatcher.deliver_due()
            await dispatcher.join()
            await dispatcher.stop(0)
            return [request.headers["webhook-id"] for request in hook.requests]

    assert asyncio.run(scene()) == [delivery]
