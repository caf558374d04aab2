"""`quivive unmute`: what was muted is told again."""

from __future__ import annotations

import click

from news.errors import UsageError
from news.wording import Wording
from quivive.cli.completing import complete_mutable
from quivive.cli.context import get_configuration, get_view
from quivive.cli.muting import KINDS, find_meant, tell_kind
from quivive.cli.typed_text import TypedText
from storage import unmute


@click.command("unmute")
@click.argument("what", type=TypedText(), shell_complete=complete_mutable)
@click.option("--kind", type=KINDS, help="What it is, if the name may mean several things.")
@click.pass_context
def command(context: click.Context, what: str, kind: str | None) -> None:
    """Let alerts of WHAT, a topic, a channel or a source, be told from now on. What was muted meanwhile stays so."""
    configuration = get_configuration(context)
    view = get_view(configuration)
    meant, key, name = find_meant(context, configuration, what, kind)
    told = {"kind": tell_kind(meant, view.language), "name": name}
    if not unmute(configuration.archive_path, meant, key, view.now):
        raise UsageError(Wording("{kind} {name} is not muted; `quivive mute` lists what is", **told))
    click.echo(view.language.text("{kind} {name} is told of from now on", **told))
