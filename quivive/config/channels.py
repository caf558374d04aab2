"""`[channels.NAME]`: where alerts are sent. What the table of each kind may hold is with the kind, in `monitors/channels/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from news.names import exact_key, find_name
from news.wording import Wording, join_choice
from quivive.config.secrets import fill_in_secrets
from quivive.config.tables import named_tables, read_table, suggest

if TYPE_CHECKING:
    from monitors import Channel
    from quivive.config.file import ConfigFile


def read_channels(file: ConfigFile) -> dict[str, Channel]:
    """Every channel by its name; those with faults are noted and left out."""
    channels: dict[str, Channel] = {}
    seen: set[str] = set()
    tables = named_tables(file, "channels")
    known = [exact_key(written) for written in tables]
    for written, content in tables.items():
        name = exact_key(written)
        if name in seen:
            file.add_fault(f"channels.{written}", Wording("is also the name of another channel: Unicode writes these letters in two ways"))
        elif channel := _read_channel(file, f"channels.{written}", name, _name_second(file, f"channels.{written}", name, content, known)):
            channels[name] = channel
        seen.add(name)
    return channels


def _name_second(file: ConfigFile, key: str, name: str, content: Any, known: list[str]) -> Any:
    """The table with the own name of the channel to which it escalates; what is none is noted."""
    escalate = content.get("escalate") if isinstance(content, dict) else None
    if not isinstance(escalate, dict) or not isinstance(escalate.get("to"), str):
        return content
    second = find_name(escalate["to"], known)
    if second == name:
        file.add_fault(f"{key}.escalate", Wording("must go to another channel"))
    elif second is None and file.is_whole:
        advice = suggest(escalate["to"], known) or Wording("; there are: {known}", known=", ".join(known))
        file.add_fault(f"{key}.escalate", Wording('no channel is called "{name}"{advice}', name=escalate["to"], advice=advice))
    return content if second is None else {**content, "escalate": {**escalate, "to": second}}


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
