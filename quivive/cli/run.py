"""`quivive run`: the daemon."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import click

from news.errors import QuiviveError
from quivive.cli.announcing import AnnouncedAlerts
from quivive.cli.context import get_config_path
from quivive.cli.loudness import level_of_run, loudness_options, require_one_loudness
from quivive.clock import utc_now
from quivive.config import Configuration, load_config
from quivive.signals import heed, ignore
from quivive.threads import start_common_threads

_LAST_WORDS_SECONDS = 2.0


@click.command("run")
@loudness_options
@click.pass_context
def command(context: click.Context, quiet: bool, verbose: bool) -> None:
    """Run the daemon: poll what is due, archive, match, deliver, until SIGTERM or SIGINT. SIGHUP reloads the configuration."""
    from quivive.log import configure_logging

    require_one_loudness(quiet=quiet, verbose=verbose)
    path = get_config_path(context)
    configuration = load_config(path, os.environ)
    alerts = AnnouncedAlerts(configuration.language, quiet=quiet)

    def put_in_force(configuration: Configuration) -> None:
        level = level_of_run(configuration.log_level, quiet=quiet, verbose=verbose)
        configure_logging(level, configuration.log_format, timezone=configuration.timezone)
        alerts.put_in_force(configuration.language, configuration.log_format)

    put_in_force(configuration)
    try:
        _run(path, configuration, put_in_force, alerts)
    except Exception as error:
        if alerts.form == "json":  # then all that it says is JSON, its last words too
            _log_end(error)
            context.exit(1)
        raise
    ignore()


def _run(path: Path, configuration: Configuration, put_in_force: Callable[[Configuration], None], alerts: AnnouncedAlerts) -> None:
    from quivive.daemon import Daemon
    from quivive.service_manager import ServiceManager

    async def work() -> None:
        start_common_threads()
        manager = ServiceManager(os.environ, os.getpid())
        daemon = Daemon(lambda: load_config(path, os.environ), put_in_force, utc_now, alerts.announce, manager)
        heed(daemon.hear, daemon.give_up)
        await daemon.run(configuration)

    asyncio.run(work())


def _log_end(error: Exception) -> None:
    import structlog

    from quivive.log import flush_log

    log = structlog.get_logger("quivive")
    if isinstance(error, QuiviveError):
        log.error("ended", reason=str(error))
    else:
        log.error("ended in a way that is not foreseen", exc_info=error)
    flush_log(_LAST_WORDS_SECONDS)
