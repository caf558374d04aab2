"""The channels: each is a module here, with the keys of its table, its checks, how its alerts become messages, and its sender.

A new channel is a module with a `Table` (see `channel.py`) and a line in `KINDS`.
"""

from __future__ import annotations

from importlib import import_module

from monitors.channels.channel import Channel, ChannelTable

KINDS = (
    "apprise",
    "command",
    "email",
    "feed",
    "webhook",
)
"""What `type` a channel may have: the names of the modules."""

__all__ = ["KINDS", "Channel", "ChannelTable", "table_of"]


def table_of(kind: str) -> type[ChannelTable]:
    """The keys that a channel of this kind may have."""
    table: type[ChannelTable] = import_module(f"monitors.channels.{kind}").Table
    return table
