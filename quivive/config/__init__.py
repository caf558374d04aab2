"""The configuration: one file, read, checked and taken apart. `Configuration`, `load_config` and `list_names` are its face."""

from quivive.config.whole import Configuration, Names, list_names, load_config

__all__ = ["Configuration", "Names", "list_names", "load_config"]
