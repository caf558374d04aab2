"""Which language people are spoken to in: what the configuration says, else what the environment says, else French."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quivive.small_files import read_small_file

LANGUAGES = ("fr", "en")
DEFAULT = "fr"

_LARGEST_BYTES = 50_000_000

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that names a language of ours decides (POSIX.1-2017, 8.2). `C` and `POSIX` name none: they are what containers, cron and
systemd set where nobody has chosen, so they say nothing here."""
_DISPLAY_LANGUAGE = re.compile(r"^\[display\][^\[]*?^language\s*=\s*[\"'](\w+)[\"']", re.MULTILINE)


def find_language_code(configured: str | None, environ: Mapping[str, str]) -> str:
    """The code of the language; `configured` is what `[display] language` says, None if it says nothing."""
    said = (configured, *(environ.get(name, "").partition(".")[0].partition("_")[0].lower() for name in _VARIABLES))
    return next((code for code in said if code in LANGUAGES), DEFAULT)


def peek_language_code(path: Path) -> str | None:
    """What a configuration says of the language, without reading the rest of it: for help and errors, which must not wait for a good one.

    A file that cannot be read or is no TOML says nothing, unless it has the plain line. Nor does a pipe: it can be read once, and what is
    in it is for whoever wants the rest.
    """
    try:
        content = read_small_file(path, _LARGEST_BYTES).decode("utf-8-sig")
    except (OSError, ValueError):
        return None
    if "language" not in content:
        return None
    if found := _DISPLAY_LANGUAGE.search(content):
        return found[1] if found[1] in LANGUAGES else None
    return _read_language(content)


def _read_language(content: str) -> str | None:
    try:
        table: Any = tomllib.loads(content).get("display")
    except (ValueError, RecursionError):
        return None
    code = table.get("language") if isinstance(table, dict) else None
    return code if code in LANGUAGES else None
