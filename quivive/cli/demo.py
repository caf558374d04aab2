"""`quivive demo`: the whole job on this machine."""

from __future__ import annotations

import asyncio

import click


@click.command("demo")
@click.pass_context
def command(context: click.Context) -> None:
    """Show the whole job on this machine, without network or accounts, in under a minute."""
    from quivive.demo.play import play

    if not asyncio.run(play()):
        context.exit(1)
