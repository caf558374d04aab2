"""The configuration: one file, read, checked and taken apart. `Configuration`, `find_config` and `load_config` are its face."""

from quivive.config.whole import Configuration, find_config, load_config

__all__ = ["Configuration", "find_config", "load_config"]
