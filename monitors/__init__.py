"""Telling people: channels, rendering and dispatch. The only room that sends.

The public face is what is imported here. `aiohttp` and `aiosmtplib` are loaded with the first message to send, not with this room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitors.attempts import TimeLimits
from monitors.channels import KINDS, Channel, ChannelTable, table_of
from monitors.dispatch import Dispatcher, SendingRules, send_test
from monitors.outbox import Outbox
from monitors.presentation import TEMPLATE_NAMES, OwnTemplates, Presentation

if TYPE_CHECKING:
    from monitors.templating import check_templates

__all__ = [
    "KINDS",
    "TEMPLATE_NAMES",
    "Channel",
    "ChannelTable",
    "Dispatcher",
    "Outbox",
    "OwnTemplates",
    "Presentation",
    "SendingRules",
    "TimeLimits",
    "check_templates",
    "send_test",
    "table_of",
]


def __getattr__(name: str) -> object:
    """`check_templates` brings Jinja, for which no command waits that makes no mail."""
    if name == "check_templates":
        from monitors.templating import check_templates  # noqa: PLC0415

        return check_templates
    raise AttributeError(name)
