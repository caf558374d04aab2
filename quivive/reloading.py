"""Whether a configuration that was read again may take the place of the one in force."""

from __future__ import annotations

from news.errors import ConfigurationError, Fault
from news.wording import Wording
from quivive.config import Configuration


def require_reloadable(previous: Configuration, configuration: Configuration) -> None:
    """Raise `ConfigurationError`, with every reason, if the configuration must not take the place of `previous`.

    A file that was emptied, or cut while it was written, is often still valid: it must not quietly end the watch.
    """
    faults = []
    if configuration.archive_path != previous.archive_path:
        faults.append(Fault("archive.path", Wording("another archive needs a restart")))
    faults += [
        Fault(
            key,
            Wording(
                "the file names no {key} any more, where there were {before}; if that is meant, write {key} = [] above all tables",
                key=key,
                before=len(before),
            ),
        )
        for key, before, after in (
            ("sources", previous.sources, configuration.sources),
            ("topics", previous.topics, configuration.topics),
        )
        if before and not after and key not in configuration.emptied
    ]
    if faults:
        raise ConfigurationError(str(configuration.path), faults)
