"""The configuration: one file, read, checked and taken apart. `Configuration`, `find_config` and `load_config` are its face."""

from quivive.config.whole import Configuration, Names, find_config, list_names, load_config

__all__ = ["Configuration", "Names", "find_config", "list_names", "load_config"]
