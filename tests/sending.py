"""Channels that lead to the receivers of the tests, and a dispatcher for them that retries without chance."""

import asyncio

from monitors import Dispatcher, SendingRules
from monitors.channels.email import EmailChannel
from monitors.channels.webhook import WebhookChannel
from tests.outbox import ENGLISH, Clock, ListOutbox, make_bundle

STEADY = SendingRules(jitter=lambda: 0.0)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def email_channel(port, name="redaction"):
    return EmailChannel(name, "127.0.0.1", port, "opportunistic", "q@example.org", ("a@example.org",), "quivive", "hunter2")


def hook_channel(port, name="hook"):
    return WebhookChannel(name, f"http://127.0.0.1:{port}/T0KEN", SECRET)


def make_dispatcher(outbox, *channels, clock=None, rules=STEADY, on_attempt=None, presentation=ENGLISH):
    named = {channel.name: channel for channel in channels}
    return Dispatcher(named, outbox, clock or Clock(), presentation, on_attempt, rules)


def deliver(outbox, *channels, clock=None, rules=STEADY, presentation=ENGLISH):
    """One round: everything that is due is sent, and waited for."""

    async def round_of_sending():
        dispatcher = make_dispatcher(outbox, *channels, clock=clock, rules=rules, presentation=presentation)
        await dispatcher.deliver_due()
        await dispatcher.join()
        await dispatcher.stop(0)

    asyncio.run(round_of_sending())


def channel_and_outbox(kind):
    """A channel of that kind, and an outbox with one message for it."""
    channel = kind.make(kind.receiver.port)
    return channel, ListOutbox(make_bundle(channel.name))
