"""The configuration file as it lies on disk: TOML, with `${NAME}` taken from the environment."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from news.errors import ConfigurationError, Fault
from news.wording import Wording, system_reason
from quivive.config.places import find_lines, line_of
from quivive.config.toml import parse_toml

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")
LARGEST_BYTES = 50_000_000
"""Hundreds of thousands of sources. What has no end, as a device, must not fill the memory."""
_SHORTEST_SECRET = 3
"""Values from the environment are taken out of messages from this length on; shorter ones would riddle them with holes."""


@dataclass(slots=True)
class ConfigFile:
    """The file's content after substitution, and the faults found so far. Every reader of a table adds its own."""

    path: Path
    content: dict[str, Any] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    faults: list[Fault] = field(default_factory=list)
    text: str = field(default="", repr=False)
    """As it was read, without what is no TOML; every line is still in its place."""
    is_whole: bool = True
    """Whether all of it was read; otherwise nothing can be said of what seems to be missing."""
    _used: dict[str, str] = field(default_factory=dict, repr=False)
    """Values that no message shows, by what is written in their place."""
    _taken: set[str] = field(default_factory=set)
    """The names of what was taken from the environment."""
    _noted: set[tuple[str, str]] = field(default_factory=set, repr=False)
    """Keys and messages of the faults that were added: a list of thousands of sources may have one in each."""
    _faulty: set[str] = field(default_factory=set)
    """The keys of these faults, and every key above them."""
    _written: dict[str, str] = field(default_factory=dict)
    """Keys whose value came from elsewhere, and what the file has in their place: `channels.mail.password_file`."""

    def add_fault(self, key: str, message: str) -> None:
        """Note a mistake, without any value that came from the environment, and only the first of each key."""
        key = self._written.get(key, key)
        if (key, message) in self._noted:
            return
        self._noted.add((key, message))
        self.faults.append(Fault(key, self._redact(message)))
        while key:
            self._faulty.add(key)
            key = key.rpartition(".")[0]

    def has_fault(self, key: str) -> bool:
        """Whether something is wrong with this key, or with one below it."""
        return self._written.get(key, key) in self._faulty

    def placed_faults(self) -> list[Fault]:
        """Every mistake with its line and the name of its source or topic, from top to bottom; those whose place is not known last."""
        try:
            lines = find_lines(self.text)
        except ValueError:  # a key with an escape that has no letter: it was left out of what was read
            lines = {}
        placed = [replace(fault, line=fault.line or line_of(fault.key, lines), called=self._name_of(fault.key)) for fault in self.faults]
        return sorted(placed, key=lambda fault: fault.line or len(self.text))

    def _name_of(self, key: str) -> str | None:
        """The name of the source or topic that has the key, where it says one; of a source that does not, its URL."""
        table, _, rest = key.partition(".")
        index = rest.partition(".")[0]
        tables = self.content.get(table)
        if table not in {"sources", "topics"} or not index.isdecimal() or not isinstance(tables, list):
            return None
        entry = tables[int(index)]
        name = (entry.get("name") or entry.get("url") or entry.get("opml")) if isinstance(entry, dict) else None
        return self._redact(" ".join(name.split())) if isinstance(name, str) else None

    def _redact(self, message: str) -> str:
        if isinstance(message, Wording):
            return message.with_values(self._redact)
        for name, value in self._used.items():
            for shown in (value, repr(value)[1:-1], value.strip()):
                if len(shown) >= _SHORTEST_SECRET:
                    message = message.replace(shown, name)
        return message

    def keep_out(self, secret: str, name: str) -> None:
        """Write `name` in the place of this secret, wherever a message would show it."""
        self._used[name] = secret

    def stand_for(self, key: str, written: str) -> None:
        """Say of `written`, which is what the file has, what would be said of `key`."""
        self._written[key] = written

    def substitute(self, value: Any, key: str) -> Any:
        """`value` with every `${NAME}` in its strings replaced, at any depth; what is missing is a fault of its key."""
        if isinstance(value, str):
            return _VARIABLE.sub(lambda found: self._look_up(found, key), value)
        if isinstance(value, list):
            return [self.substitute(item, f"{key}.{index}") for index, item in enumerate(value)]
        if isinstance(value, dict):
            return {name: self.substitute(item, f"{key}.{name}" if key else name) for name, item in value.items()}
        return value

    def _look_up(self, found: re.Match[str], key: str) -> str:
        if found[0] == "$${":
            return "${"
        name = found[1]
        if name is None:
            self.add_fault(key, Wording("holds a ${ that no NAME} follows; write ${NAME}, or $${ for the signs themselves"))
            return found[0]
        if name not in self.environ:
            self.add_fault(
                key, Wording("the environment variable {name} is not set; set it, or write $${{ for the signs themselves", name=name)
            )
            return found[0]
        self.keep_out(self.environ[name], f"${{{name}}}")
        self._taken.add(name)
        return self.environ[name]

    @property
    def environment_left(self) -> dict[str, str]:
        """The environment without what the file takes from it: that is there for this program alone, and mostly secret."""
        return {name: value for name, value in self.environ.items() if name not in self._taken}


def read_config_file(path: Path, environ: Mapping[str, str], *, with_channels: bool = True, without: Collection[str] = ()) -> ConfigFile:
    """Read the file and fill in the environment. Raises ConfigurationError if it cannot be read; what is no TOML is a fault.

    Without channels, theirs is left as it is written, and `without` names keys of sources that are left out: whoever only reads the archive
    need not have their secrets.
    """
    text = _read_text(path)
    file = ConfigFile(path, {}, environ)
    try:
        content, file.text, file.faults = parse_toml(text)
        file.is_whole = not file.faults
        for table, value in content.items():
            if table == "sources" and without:
                value = _without_keys(value, without)  # noqa: PLW2901
            file.content[table] = value if table == "channels" and not with_channels else file.substitute(value, table)
    except RecursionError as error:
        raise ConfigurationError(
            str(path), [Fault("", Wording("its tables or lists are nested too deeply, as none here must be"))]
        ) from error
    except ValueError as error:
        raise ConfigurationError(str(path), [Fault("", Wording("a number in it has thousands of digits"))]) from error
    return file


def _without_keys(tables: Any, keys: Collection[str]) -> Any:
    """A list of tables, each without these keys; what is none as it is, for whoever checks it."""
    if not isinstance(tables, list):
        return tables
    return [{key: value for key, value in one.items() if key not in keys} if isinstance(one, dict) else one for one in tables]


def _with_plain_line_ends(text: str) -> str:
    """As a text file is read: a line may end in the way of any system."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as opened:  # a pipe too, which can be read once
            content = opened.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise ConfigurationError(str(path), [Fault("", Wording("it is larger than 50 MB, which no configuration is"))])
        return _with_plain_line_ends(content.decode("utf-8-sig"))
    except FileNotFoundError:
        advice = Wording("there is no such file; `quivive init` writes one, or name another with --config PATH or in QUIVIVE_CONFIG")
        raise ConfigurationError(str(path), [Fault("", advice)]) from None
    except OSError as error:
        raise ConfigurationError(
            str(path), [Fault("", Wording("the file cannot be read: {reason}", reason=system_reason(error)))]
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = Wording("the file is not UTF-8 (byte {start}); save it as UTF-8", start=error.start)
        raise ConfigurationError(str(path), [Fault("", message, line)]) from error
