"""`quivive preview`: not there yet."""

from __future__ import annotations

import click

from quivive.cli.context import not_available


@click.command("preview", hidden=True, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def command() -> None:
    """Tell what a query would have matched (not available in this version)."""
    raise not_available("`preview`")
