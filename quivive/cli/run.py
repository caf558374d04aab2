"""`quivive run`: the daemon."""

from __future__ import annotations

import asyncio
import os

import click

from quivive.cli.announcing import announcer, steadfast
from quivive.cli.context import get_config_path
from quivive.clock import utc_now
from quivive.config import Configuration, load_config


@click.command("run")
@click.pass_context
def command(context: click.Context) -> None:
    """Run the daemon: poll what is due, archive, match, deliver, until SIGTERM or SIGINT. SIGHUP reloads the configuration."""
    from quivive.daemon import Daemon
    from quivive.log import configure_logging

    path = get_config_path(context)
    configuration = load_config(path, os.environ)
    configure_logging(configuration.log_level, configuration.log_format, timezone=configuration.timezone)

    def load() -> Configuration:
        reloaded = load_config(path, os.environ)
        if reloaded.archive_path == configuration.archive_path:  # else the daemon refuses it, as a whole
            configure_logging(reloaded.log_level, reloaded.log_format, timezone=reloaded.timezone)
        return reloaded

    async def work() -> None:
        daemon = Daemon(configuration, load, utc_now, steadfast(announcer(configuration.timezone)))
        daemon.heed_signals()
        await daemon.run()

    asyncio.run(work())
