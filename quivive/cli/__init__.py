"""The command line. One file a command; each is imported only when it is called, so that every command starts quickly."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from gettext import gettext
from pathlib import Path
from typing import NoReturn

import click

from news.errors import ConfigurationError, QueryError, QuiviveError, UsageError
from news.wording import Language, Wording, system_reason
from quivive.cli.layout import fit
from quivive.cli.suggesting import SuggestingGroup
from quivive.cli.terminal import get_width
from quivive.cli.translating import Invocation, find_early_language, speak_click, tell_error, told_in, working_directory
from quivive.cli.typed_text import take_only_text
from quivive.printing import Printer
from quivive.signals import give_back
from quivive.standard_streams import abandon_output, get_descriptor

_COMMANDS = {
    "init": "Write a commented configuration that works.",
    "run": "Be the daemon: poll, archive, match and alert until stopped.",
    "poll": "Poll these sources now, or all of them.",
    "search": "Search the archive, or list what the filters leave.",
    "show": "Show an article, alert, delivery, source or topic whole.",
    "stories": "List the stories: the articles on one event, together.",
    "check": "Check the configuration, and name every mistake.",
    "sources": "List the sources and their health, or show one whole.",
    "topics": "List the topics and their volume, or show one whole.",
    "preview": "Tell what a query would have found, and why.",
    "alerts": "List the deliveries of alerts, the newest first.",
    "mute": "Silence a topic, a channel or a source for a while, or list what is muted.",
    "unmute": "Let what was muted be told again.",
    "export": "Write the archive out as JSON Lines or CSV.",
    "backup": "Copy the archive, also while the daemon runs.",
    "status": "Tell whether all is well, and what needs care.",
    "demo": "Show the whole job on this machine, without a network.",
}
"""What each is for, in a line: here, so that the list of them is shown without importing any."""

_WORKING = frozenset({"run", "poll", "demo"})
"""Commands that tidy up when they are asked to end, and say themselves what signals mean; the others may be ended at any moment."""
_NOT_WRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.ENXIO})
_LAST_WORDS_SECONDS = 2.0


class _Commands(SuggestingGroup):
    """Finds a command's module by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"quivive.cli.{cmd_name}").command
        command.short_help = _COMMANDS[cmd_name]
        take_only_text(command)
        invocation = ctx.find_root().obj
        return told_in(command, invocation.language) if isinstance(invocation, Invocation) else command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = ctx.find_root().obj.language
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, language.tell(Wording(purpose))) for name, purpose in _COMMANDS.items()])


def _print_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib import metadata

        try:
            version = metadata.version("quivive")
        except metadata.PackageNotFoundError:
            version = context.obj.language.text("(run from its source tree, not installed)")
        click.echo(f"quivive {version}")
        context.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), help="Configuration file (else $QUIVIVE_CONFIG, else ./config.toml)."
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version and exit.")
@click.pass_context
def quivive(context: click.Context, config_path: Path | None) -> None:
    """Watch French tech news around the clock; be told when a new article speaks of your topics; search what was kept."""
    context.obj.config_path = config_path
    if context.invoked_subcommand not in _WORKING:
        give_back()


def main() -> None:
    """Run the command line and exit: 0 done; 1 something failed that the user must look at; 2 wrong usage, query or configuration."""
    language = find_early_language(sys.argv[1:], os.environ, working_directory())
    speak_click(language)
    if "_QUIVIVE_COMPLETE" in os.environ:  # the shell asks, as click has it do
        importlib.import_module("quivive.cli.bash_completing")
    try:
        # Not standalone, click returns the status that `context.exit` was given.
        sys.exit(told_in(quivive, language).main(standalone_mode=False, obj=Invocation(language)) or 0)
    except click.Abort:
        _complain(language.text("interrupted"), 1)
    except click.ClickException as error:
        error.message = language.tell(error.message)  # type: ignore[misc]  # it is final only since nobody had to translate it
        error.show()
        sys.exit(2)
    except (ConfigurationError, QueryError, UsageError) as error:
        _complain(tell_error(error, language), 2)
    except QuiviveError as error:
        _complain(tell_error(error, language), 1)
    except BrokenPipeError:  # as of `| head`, who has seen enough
        abandon_output()
        sys.exit(1)
    except OSError as error:
        _complain_of_file(error, language)


def _complain_of_file(error: OSError, language: Language) -> NoReturn:
    """Say which file or folder could not be used, and why. Only a write to standard output names none. Raises what is neither."""
    reason = language.tell(system_reason(error))
    if isinstance(error, PermissionError) and error.filename is not None:
        advice = language.text("give this user the right to enter its folder and to read it")
        _complain(f"{error.filename}: {reason}; {advice}", 1)
    if error.filename is not None:
        _complain(f"{error.filename}: {reason}", 1)
    if error.errno not in _NOT_WRITABLE:
        raise error
    abandon_output()
    _complain(language.text("standard output cannot be written: {reason}", reason=reason), 1)


def _complain(message: str, status: int) -> NoReturn:
    complaint = f"quivive: {message}"
    if sys.stderr.isatty():
        complaint = "\n".join(fit(complaint, get_width(sys.stderr)))
    if sys.stderr is sys.__stderr__ and get_descriptor(sys.stderr) == 2:
        printer = Printer(2)  # nobody may be reading
        printer.say(f"{complaint}\n".encode(getattr(sys.stderr, "encoding", "utf-8"), "backslashreplace"))
        printer.flush(_LAST_WORDS_SECONDS)
    else:
        click.echo(complaint, err=True)
    sys.exit(status)
