"""The configuration that `quivive init` writes, in each language: `config.fr.toml`, `config.en.toml`."""

from __future__ import annotations

from importlib import resources


def read_first_configuration(language_code: str) -> str:
    """A commented configuration that works as it is."""
    return resources.files(__name__).joinpath(f"config.{language_code}.toml").read_text(encoding="utf-8")
