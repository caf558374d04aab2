"""Telling people: channels, rendering and dispatch. The only room that sends.

What is asked for by name is imported when it is: a command that looks at a configuration waits for nothing that only sending needs.
`aiohttp` and `aiosmtplib` are loaded with the first message to send, not with this room.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitors.attempts import TimeLimits
    from monitors.body_templating import check_bodies
    from monitors.channels import KINDS, Channel, ChannelTable, table_of
    from monitors.channels.webhook import bodies_of
    from monitors.dispatch import Dispatcher, SendingRules, send_test
    from monitors.outbox import Outbox
    from monitors.presentation import OUR_BODIES, TEMPLATE_NAMES, OwnTemplates, Presentation
    from monitors.templating import check_templates

_HOMES = {
    "KINDS": "monitors.channels",
    "OUR_BODIES": "monitors.presentation",
    "TEMPLATE_NAMES": "monitors.presentation",
    "Channel": "monitors.channels",
    "ChannelTable": "monitors.channels",
    "Dispatcher": "monitors.dispatch",
    "Outbox": "monitors.outbox",
    "OwnTemplates": "monitors.presentation",
    "Presentation": "monitors.presentation",
    "SendingRules": "monitors.dispatch",
    "TimeLimits": "monitors.attempts",
    "bodies_of": "monitors.channels.webhook",
    "check_bodies": "monitors.body_templating",
    "check_templates": "monitors.templating",
    "send_test": "monitors.dispatch",
    "table_of": "monitors.channels",
}

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
    """What the face has of that name (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
