"""The configuration file as it lies on disk: TOML, with `${NAME}` taken from the environment."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from news.errors import ConfigurationError, Fault
from news.wording import Wording

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")
_SHORTEST_SECRET = 3
"""Values from the environment are taken out of messages from this length on; shorter ones would riddle them with holes."""


@dataclass(slots=True)
class ConfigFile:
    """The file's content after substitution, and the faults found so far. Every reader of a table adds its own."""

    path: Path
    content: dict[str, Any] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    faults: list[Fault] = field(default_factory=list)
    _used: dict[str, str] = field(default_factory=dict, repr=False)
    """Values that no message shows, by what is written in their place."""
    _written: dict[str, str] = field(default_factory=dict)
    """Keys whose value came from elsewhere, and what the file has in their place: `channels.mail.password_file`."""

    def add_fault(self, key: str, message: str) -> None:
        """Note a mistake, without any value that came from the environment, and only the first of each key."""
        key = self._written.get(key, key)
        if all(fault.key != key or fault.message != message for fault in self.faults):
            self.faults.append(Fault(key, self._redact(message)))

    def has_fault(self, key: str) -> bool:
        """Whether something is wrong with this key, or with one below it."""
        key = self._written.get(key, key)
        return any(fault.key == key or fault.key.startswith(f"{key}.") for fault in self.faults)

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
            self.add_fault(key, "holds a ${ that no NAME} follows; write ${NAME}, or $${ for the signs themselves")
            return found[0]
        if name not in self.environ:
            self.add_fault(key, f"the environment variable {name} is not set; set it, or write $${{ for the signs themselves")
            return found[0]
        self.keep_out(self.environ[name], f"${{{name}}}")
        return self.environ[name]


def read_config_file(path: Path, environ: Mapping[str, str], *, with_channels: bool = True) -> ConfigFile:
    """Read the file and fill in the environment. Raises ConfigurationError if it cannot be read or is no TOML.

    Without channels, theirs is left as it is written: whoever only reads the archive need not have their secrets.
    """
    file = ConfigFile(path, {}, environ)
    try:
        for table, value in _parse(path).items():
            file.content[table] = value if table == "channels" and not with_channels else file.substitute(value, table)
    except RecursionError as error:
        raise ConfigurationError(str(path), [Fault("", "its tables or lists are nested too deeply, as none here must be")]) from error
    return file


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        advice = "there is no such file; `quivive init` writes one, or name another with --config PATH or in QUIVIVE_CONFIG"
        raise ConfigurationError(str(path), [Fault("", advice)]) from None
    except OSError as error:
        raise ConfigurationError(str(path), [Fault("", f"the file cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(path), [Fault("", f"the file is not UTF-8 (byte {error.start}); save it as UTF-8")]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(path), [Fault("", f"the file is not valid TOML: {error}")]) from error
    except ValueError as error:
        raise ConfigurationError(str(path), [Fault("", "a number in it has thousands of digits")]) from error
