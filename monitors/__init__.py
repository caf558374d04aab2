"""Telling people: channels, rendering and dispatch. The only room that sends.

The public face is what is imported here. `aiohttp` and `aiosmtplib` are loaded with the first message to send, not with this room.
"""

from monitors.attempts import TimeLimits
from monitors.channels import KINDS, Channel, ChannelTable, table_of
from monitors.dispatch import Dispatcher, SendingRules, send_test
from monitors.outbox import Outbox

__all__ = [
    "KINDS",
    "Channel",
    "ChannelTable",
    "Dispatcher",
    "Outbox",
    "SendingRules",
    "TimeLimits",
    "send_test",
    "table_of",
]
