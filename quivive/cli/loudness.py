"""How much a working command says: `--quiet` and `--verbose`, and what the configuration says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from news.wording import Wording

if TYPE_CHECKING:
    from quivive.log import Level  # brings what logs: every command's help would wait for it

_Command = TypeVar("_Command", bound=Callable[..., Any])


def loudness_options(command: _Command) -> _Command:
    """`--quiet` and `--verbose`, for a command that logs."""
    command = click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")(command)
    return click.option("-v", "--verbose", is_flag=True, help="Say every step, also those that brought nothing.")(command)


def require_one_loudness(*, quiet: bool, verbose: bool) -> None:
    """Raise click's error of usage if both are asked for."""
    if quiet and verbose:
        raise click.UsageError(Wording("--quiet and --verbose contradict each other; give one of them"))


def level_of_run(configured: Level, *, quiet: bool, verbose: bool) -> Level:
    """What `run` logs; it is what a daemon has to say."""
    if verbose:
        return "debug"
    return "warning" if quiet and configured in {"debug", "info"} else configured


def level_of_poll(configured: Level, *, verbose: bool) -> Level:
    """What `poll` logs: it says itself what came of it, so only what nobody foresaw, unless it is asked to show its steps."""
    if not verbose:
        return "error"
    return configured if configured == "debug" else "info"
