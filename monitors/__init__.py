"""Telling people: channels, rendering and dispatch. The only room that sends.

The public face is what is imported here. `aiohttp` and `aiosmtplib` are loaded with the first message to send, not with this room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitors.attempts import TimeLimits
from monitors.channels import KINDS, Channel, ChannelTable, table_of
from monitors.channels.webhook import bodies_of
from monitors.dispatch import Dispatcher, SendingRules, send_test
from monitors.outbox import Outbox
from monitors.presentation import OUR_BODIES, TEMPLATE_NAMES, OwnTemplates, Presentation

if TYPE_CHECKING:
    from monitors.body_templating import check_bodies
    from monitors.templating import check_templates

__all__ = [
    "KINDS",
    "OUR_BODIES",
    "TEMPLATE_NAMES",
    "Channel",
    "ChannelTable",
    "Dispatcher",
    "Outbox",
    "OwnTemplates",
    "Presentation",
    "SendingRules",
    "TimeLimits",
    "bodies_of",
    "check_bodies",
    "check_templates",
    "send_test",
    "table_of",
]


def __getattr__(name: str) -> object:
    """`check_templates` and `check_bodies` bring Jinja, for which no command waits that makes no message."""
    if name == "check_templates":
        from monitors.templating import check_templates  # noqa: PLC0415

        return check_templates
    if name == "check_bodies":
        from monitors.body_templating import check_bodies  # noqa: PLC0415

        return check_bodies
    raise AttributeError(name)
