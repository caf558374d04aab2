"""The command line's own words in the user's language: click's, and the help of commands and options."""

from __future__ import annotations

import copy
import gettext
import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from news.errors import ConfigurationError, Fault
from news.wording import Language, Wording, said_by
from quivive.finding import find_config
from quivive.languages import find_language_code, make_language, peek_language_code
from quivive.languages.speaking import CATALOGUES, DOMAIN
from quivive.texts import visible


@dataclass(slots=True)
class Invocation:
    """What every command may ask of the command line it was called by."""

    language: Language
    """The user's language as far as it can be known before the configuration is read."""
    config_path: Path | None = None
    """`--config`."""


def find_early_language(arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> Language:
    """The language before anything was read: help and wrong usage are told in it, and so is what is wrong with the configuration."""
    try:
        configured = peek_language_code(find_config(_find_config_option(arguments), environ, folder))
    except ConfigurationError:  # there is none, which whoever needs one says
        configured = None
    return make_language(find_language_code(configured, environ), ZoneInfo("Europe/Paris"))


def working_directory() -> Path:
    """The folder that relative paths start from; "." where it was deleted while the shell stood in it."""
    try:
        return Path.cwd()
    except OSError:  # it was deleted meanwhile; a configuration elsewhere can be used all the same
        return Path()


def _find_config_option(arguments: Sequence[str]) -> Path | None:
    for argument, after in zip(arguments, [*arguments[1:], ""], strict=False):
        if not argument.startswith("-"):
            return None  # the command: what follows is its own
        if argument == "--config":
            return Path(after)
        if argument.startswith("--config="):
            return Path(argument.removeprefix("--config="))
    return None


def speak_click(language: Language) -> None:
    """Have click look its texts up in our catalogue, by the way that it and gettext have for this: a domain, and the environment."""
    gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language.code


def told_in(command: click.Command, language: Language) -> click.Command:
    """The command with its help, that of its options and that of its own commands in the language; the command itself stays as it is."""
    told = copy.copy(command)
    told._help_option = None  # noqa: SLF001  # click keeps the one it made first, in the language and with the names of that moment
    told.help, told.epilog = _tell(command.help, language), _tell(command.epilog, language)
    told.short_help = _tell(command.short_help, language)
    told.params = [_parameter_in(parameter, language) for parameter in command.params]
    if isinstance(told, click.Group):
        told.commands = {name: told_in(child, language) for name, child in told.commands.items()}
    return told


def _parameter_in(parameter: click.Parameter, language: Language) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    told = copy.copy(parameter)
    told.help = _tell(parameter.help, language)
    return told


def _tell(text: str | None, language: Language) -> str | None:
    return language.tell(Wording(inspect.cleandoc(text))) if text else text


def tell_error(error: Exception, language: Language) -> str:
    """The text of one of our own errors, for people."""
    if isinstance(error, ConfigurationError):
        heading = language.plural(
            "{path}: {count} error in the configuration", "{path}: {count} errors in the configuration", len(error.faults), path=error.path
        )
        return "\n".join([heading, *(_tell_fault(error.path, fault, language) for fault in error.faults)])
    return language.tell(said_by(error))


def _tell_fault(path: str, fault: Fault, language: Language) -> str:
    """With its place as compilers write it, which editors and terminals can follow."""
    place = f"{path}:{fault.line}: " if fault.line else ""
    key = f"{fault.key} ({visible(fault.called)})" if fault.called else fault.key
    message = language.tell(fault.message)
    return f"  {place}{key}: {message}" if key else f"  {place}{message}"
