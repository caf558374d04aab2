"""Telling people: channels, rendering and dispatch. The only room that sends.

The public face is what is imported here. `aiohttp` and `aiosmtplib` are loaded with the first message to send, not with this room.
"""

from monitors.channels import (
    Channel,
    EmailChannel,
    Security,
    WebhookChannel,
    check_address,
    check_secret,
    check_webhook_url,
    parse_smtp_url,
)
from monitors.dispatch import Dispatcher, SendingRules, send_test
from monitors.outbox import Outbox

__all__ = [
    "Channel",
    "Dispatcher",
    "EmailChannel",
    "Outbox",
    "Security",
    "SendingRules",
    "WebhookChannel",
    "check_address",
    "check_secret",
    "check_webhook_url",
    "parse_smtp_url",
    "send_test",
]
