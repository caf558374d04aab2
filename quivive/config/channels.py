"""`[channels.NAME]`: where alerts are sent. What the table of each kind may hold is with the kind, in `monitors/channels/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from news.names import exact_key
from news.wording import Wording, join_choice
from quivive.config.secrets import fill_in_secrets
from quivive.config.tables import named_tables, read_table

if TYPE_CHECKING:
    from monitors import Channel
    from quivive.config.file import ConfigFile


def read_channels(file: ConfigFile) -> dict[str, Channel]:
    """Every channel by its name; those with faults are noted and left out."""
    channels: dict[str, Channel] = {}
    seen: set[str] = set()
    for written, content in named_tables(file, "channels").items():
        name = exact_key(written)
        if name in seen:
            file.add_fault(f"channels.{written}", Wording("is also the name of another channel: Unicode writes these letters in two ways"))
        elif channel := _read_channel(file, f"channels.{written}", name, content):
            channels[name] = channel
        seen.add(name)
    return channels


def _read_channel(file: ConfigFile, key: str, name: str, content: Any) -> Channel | None:
    import monitors  # noqa: PLC0415  # it brings asyncio; a configuration without channels need not wait for it

    if not isinstance(content, dict):
        file.add_fault(key, Wording("must be a table, [{key}]", key=key))
        return None
    kind = content.get("type")
    if kind not in monitors.KINDS:
        file.add_fault(f"{key}.type", Wording("must be {expected}", expected=join_choice([repr(known) for known in monitors.KINDS])))
        return None
    model = monitors.table_of(kind)
    table = read_table(file, key, fill_in_secrets(file, key, content, model.secrets), model)
    return table.make_channel(name) if table and not file.has_fault(key) else None
