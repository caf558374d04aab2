"""Telling people: channels, rendering and dispatch. The only room that sends.

The public face is what is imported here. `aiohttp` and `aiosmtplib` are loaded with the first message to send, not with this room.
"""

from monitors.attempts import TimeLimits
from monitors.channels import (
    Channel,
    EmailChannel,
    Security,
    WebhookChannel,
    check_secret,
    check_webhook_url,
    parse_smtp_url,
)
from monitors.dispatch import Dispatcher, SendingRules, send_test
from monitors.mail_address import parse_mail_address
from monitors.outbox import Outbox

__all__ = [
    "Channel",
    "Dispatcher",
    "EmailChannel",
    "Outbox",
    "Security",
    "SendingRules",
    "TimeLimits",
    "WebhookChannel",
    "check_secret",
    "check_webhook_url",
    "parse_mail_address",
    "parse_smtp_url",
    "send_test",
]
