"""`quivive run`: the daemon."""

from __future__ import annotations

import asyncio
import os

import click

from quivive.cli.announcing import PrintedAlerts
from quivive.cli.context import get_config_path
from quivive.clock import utc_now
from quivive.config import Configuration, load_config
from quivive.signals import heed, ignore
from quivive.threads import start_common_threads


@click.command("run")
@click.pass_context
def command(context: click.Context) -> None:
    """Run the daemon: poll what is due, archive, match, deliver, until SIGTERM or SIGINT. SIGHUP reloads the configuration."""
    from quivive.daemon import Daemon
    from quivive.log import configure_logging
    from quivive.service_manager import ServiceManager

    path = get_config_path(context)
    configuration = load_config(path, os.environ)
    alerts = PrintedAlerts(configuration.language)

    def put_in_force(configuration: Configuration) -> None:
        configure_logging(configuration.log_level, configuration.log_format, timezone=configuration.timezone)
        alerts.language = configuration.language

    async def work() -> None:
        start_common_threads()
        manager = ServiceManager(os.environ, os.getpid())
        daemon = Daemon(lambda: load_config(path, os.environ), put_in_force, utc_now, alerts.announce, manager)
        heed(daemon.hear, daemon.give_up)
        await daemon.run(configuration)

    put_in_force(configuration)
    asyncio.run(work())
    ignore()
