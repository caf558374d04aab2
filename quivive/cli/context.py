"""What the commands share: the configuration, the archive to read, and printing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from news.errors import UsageError
from news.wording import Language, Wording
from quivive.cli.csv_answers import make_csv
from quivive.cli.json_answers import JsonObject, JsonValue, json_line
from quivive.cli.sheet import View
from quivive.cli.terminal import get_terminal
from quivive.cli.translating import working_directory
from quivive.clock import utc_now
from quivive.config import Configuration, load_config
from quivive.finding import find_config
from storage import ArchiveReader


def get_configuration(context: click.Context) -> Configuration:
    """The configuration, for whoever reads the archive: without channels and passwords of sources, which this user may not have."""
    return load_config(get_config_path(context), os.environ, with_channels=False, with_asking=False)


def get_asking_configuration(context: click.Context) -> Configuration:
    """The configuration, for whoever asks sources and tells nobody: with what these are asked with, without channels."""
    return load_config(get_config_path(context), os.environ, with_channels=False)


def get_whole_configuration(context: click.Context) -> Configuration:
    """The configuration, with the channels and their secrets, for whoever sends or checks."""
    return load_config(get_config_path(context), os.environ)


def get_config_path(context: click.Context) -> Path:
    """As `find_config` finds it: by `--config`, the environment, or in one of the usual places."""
    return find_config(context.find_root().obj.config_path, os.environ, working_directory())


def get_early_language(context: click.Context) -> Language:
    """The language as far as it is known without a configuration; who has one takes `configuration.language`."""
    language: Language = context.find_root().obj.language
    return language


def get_reader(configuration: Configuration) -> ArchiveReader:
    """The archive, to read; works beside a running daemon."""
    return ArchiveReader(configuration.archive_path)


def get_view(configuration: Configuration) -> View:
    """Before whom something is printed now."""
    return View(get_terminal(), utc_now(), configuration.language)


def require_topic(configuration: Configuration, reader: ArchiveReader, name: str) -> None:
    """Raise `UsageError` for a topic that neither the configuration nor the delivery log knows; one that was removed may be asked for."""
    from storage import AlertRequest

    if name not in {topic.name for topic in configuration.topics} and not reader.report_alerts(AlertRequest(topic=name, limit=1)).alerts:
        raise UsageError(Wording("no topic is called '{what}'; `quivive topics` lists them", what=name))


def print_json(value: JsonValue) -> None:
    """One JSON value on a line of its own."""
    click.echo(json_line(value))


def print_json_lines(rows: Iterable[JsonValue]) -> None:
    """One JSON value a line, each printed as it comes (JSON Lines)."""
    for row in rows:
        print_json(row)


def print_lines(lines: Iterable[str]) -> None:
    """Lines that are made for people, coloured already or not."""
    for line in lines:
        click.echo(line, color=True)  # whoever made them knows whether there is colour


def print_csv(columns: Sequence[str], rows: Iterable[JsonObject]) -> None:
    """The fields of these names, a row a line, under a line of their names."""
    for line in make_csv(columns, rows):
        click.echo(line, nl=False)


def one_form(as_json: bool, as_csv: bool) -> None:
    """Refuse to print two forms into one another."""
    if as_json and as_csv:
        raise click.UsageError(Wording("--json and --csv are two forms of one answer: choose one"))
