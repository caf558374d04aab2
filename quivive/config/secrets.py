"""Secrets that the configuration names a file for: `password_file` in the place of `password`, as systemd and containers hand them over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news.wording import Wording, system_reason
from quivive.small_files import read_small_file

if TYPE_CHECKING:
    from quivive.config.file import ConfigFile

SUFFIX = "_file"
_LONGEST_BYTES = 65_536


def fill_in_secrets(file: ConfigFile, key: str, content: dict[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    """The table `content` at `key` with each `NAME_file` replaced by `NAME`, where `NAME` is one of `secrets`; what cannot be is noted."""
    filled = dict(content)
    for name in secrets:
        written = name + SUFFIX
        if written not in content:
            continue
        del filled[written]
        if name in content:
            file.add_fault(f"{key}.{written}", Wording("is there beside {name}; give one of them", name=name))
            continue
        file.stand_for(f"{key}.{name}", f"{key}.{written}")
        secret = _read_secret(file, f"{key}.{written}", content[written])
        if secret is not None:
            filled[name] = secret
    return filled


def _read_secret(file: ConfigFile, key: str, path: object) -> str | None:
    """The content of the file without its last line break, which editors and `echo` add; None if there is a fault, which is noted."""
    if not isinstance(path, str):
        file.add_fault(key, Wording("must be the path of a file, in quotes"))
        return None
    try:
        secret = read_small_file(file.path.parent / path, _LONGEST_BYTES).decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        file.add_fault(key, Wording("{path} cannot be read: {reason}", path=path, reason=system_reason(error)))
    except UnicodeDecodeError:
        file.add_fault(key, Wording("{path} is not UTF-8", path=path))
    except ValueError as error:
        file.add_fault(key, Wording("{path} {reason}", path=path, reason=error))
    else:
        file.keep_out(secret, f"the content of {Path(path).name}")
        if secret.strip():
            return secret
        file.add_fault(key, Wording("{path} is empty", path=path))
    return None
