"""The configuration: one file, read, checked and taken apart. Its face is what is named here."""

from quivive.config.whole import Configuration, Names, WebConfiguration, list_names, load_config

__all__ = ["Configuration", "Names", "WebConfiguration", "list_names", "load_config"]
