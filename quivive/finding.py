"""Where the configuration is. Apart from reading it: help and what is said of wrong usage need the one, and must not wait for the other."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from pathlib import Path

from news.errors import ConfigurationError, Fault
from news.wording import Wording

SYSTEM_CONFIG = Path("/etc/quivive/config.toml")


def find_config(option: Path | None, environ: Mapping[str, str], working_directory: Path) -> Path:
    """Where the configuration is: `--config` or else `$QUIVIVE_CONFIG`, whether or not it is there; else the first of `usual_places`.

    Raises ConfigurationError if nobody names one and none is there.
    """
    if named := option or environ.get("QUIVIVE_CONFIG"):
        return working_directory / named
    places = usual_places(environ, working_directory)
    for place in places:
        if os.path.exists(place):  # noqa: PTH110  # Path.exists raises for a folder that `sudo -u` was called in and may not look into
            return place
    others = ", ".join(str(place) for place in places[1:])
    advice = Wording(
        "there is no such file, nor {others}; `quivive init` writes one, or name another with --config PATH or in QUIVIVE_CONFIG",
        others=others,
    )
    raise ConfigurationError(str(places[0]), [Fault("", advice)])


def usual_places(environ: Mapping[str, str], working_directory: Path) -> list[Path]:
    """Where a configuration is looked for that nobody names: here, this user's, the system's (XDG Base Directory Specification)."""
    places = [working_directory / "config.toml"]
    own = Path(environ.get("XDG_CONFIG_HOME", ""))
    if not own.is_absolute() and environ.get("HOME"):  # "all paths set in these environment variables must be absolute"
        own = Path(environ["HOME"]) / ".config"
    if own.is_absolute():
        places.append(own / "quivive" / "config.toml")
    return [*places, SYSTEM_CONFIG]
