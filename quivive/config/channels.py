"""`[channels.NAME]`: where alerts are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from news.names import exact_key
from quivive.config.model import CHANNELS, EmailTable, WebhookTable
from quivive.config.tables import named_tables, read_table

if TYPE_CHECKING:
    from monitors import EmailChannel, WebhookChannel
    from quivive.config.file import ConfigFile


def read_channels(file: ConfigFile) -> dict[str, EmailChannel | WebhookChannel]:
    """Every channel by its name; those with faults are noted and left out."""
    channels: dict[str, EmailChannel | WebhookChannel] = {}
    for written, content in named_tables(file, "channels").items():
        name = exact_key(written)
        if name in channels:
            file.add_fault(f"channels.{written}", "is also the name of another channel: Unicode writes these letters in two ways")
            continue
        table = _read_channel(file, f"channels.{name}", content)
        if isinstance(table, WebhookTable):
            channels[name] = _make_webhook_channel(name, table)
        elif isinstance(table, EmailTable):
            channels[name] = _make_email_channel(name, table)
    return channels


def _read_channel(file: ConfigFile, key: str, content: Any) -> EmailTable | WebhookTable | None:
    kind = content.get("type") if isinstance(content, dict) else None
    if isinstance(content, dict) and kind not in CHANNELS:
        file.add_fault(f"{key}.type", f"must be {' or '.join(repr(name) for name in CHANNELS)}")
        return None
    table = read_table(file, key, content, CHANNELS[kind or "email"])
    if isinstance(table, EmailTable) and (table.username is None) != (table.password is None):
        file.add_fault(key, "username and password go together: give both or neither")
        return None
    return table


def _make_email_channel(name: str, table: EmailTable) -> EmailChannel:
    from monitors import EmailChannel, parse_smtp_url  # noqa: PLC0415  # see config_values

    host, port, security = parse_smtp_url(table.smtp)
    return EmailChannel(
        name=name,
        host=host,
        port=port,
        security=security,
        sender=table.sender,
        recipients=table.to,
        username=table.username,
        password=table.password,
    )


def _make_webhook_channel(name: str, table: WebhookTable) -> WebhookChannel:
    from monitors import WebhookChannel  # noqa: PLC0415  # as above

    return WebhookChannel(name=name, url=table.url, secret=table.secret)
