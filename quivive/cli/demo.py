"""`quivive demo`: the whole job on this machine."""

from __future__ import annotations

import click

from quivive.cli.context import get_early_language
from quivive.cli.interrupting import run_interruptibly


@click.command("demo")
@click.pass_context
def command(context: click.Context) -> None:
    """Show the whole job on this machine, without network or accounts, in under a minute."""
    from quivive.demo.play import play

    if not run_interruptibly(play(get_early_language(context))):
        context.exit(1)
