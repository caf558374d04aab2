"""Whether it is our own line that is down, and not the sources. Pure.

When nothing can be reached, every poll fails for the same few reasons, one source after the other. Counted against the sources, an outage
of eight hours would leave each of them alone for another eight. So it is recognised: no source has failed, all polling rests but a probe
now and then, and when that is answered all are due at once.

The proof is a stretch of time, up to now, in which sources that were well before could not be reached on several hosts, while next to
nobody else answered. One source, or one host, proves nothing. Nor do sources that have been failing for longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.urls import host_of

LINE_CODES = frozenset({"dns", "refused", "connection", "timeout", "tls"})
"""What polls meet when the line is down; behind the sign-in page of a hotel's network, what answers in a site's name has no certificate."""

LATELY = timedelta(minutes=30)
"""What happened before proves nothing of now."""
FEWEST_HOSTS, MOST_HOSTS = 3, 10
"""So many must be unreachable, and a twentieth of all; with only two hosts both."""
HOSTS_SHARE = 20
OTHERS_SHARE = 4
"""To each host that answers there must be so many that do not: something on the local network may answer whatever happens."""

PROBE_WAIT = timedelta(seconds=30)
"""Between two probes; with few sources longer, since none is asked more often than usual."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last poll of a source: when it was, what it met (None: all went well), and since when the source is in trouble."""

    url: str
    polled_at: datetime
    code: str | None
    troubled_since: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """Our line is down: since when, when the next probe is due, and the seconds between two."""

    since: datetime
    probe_at: datetime
    probe_wait: float

    def is_probe_due(self, now: datetime) -> bool:
        """Whether it is time for the next probe; a clock that was ahead puts it off no further than a wait."""
        return now >= self.probe_at or self.probe_at - now > timedelta(seconds=self.probe_wait)


def next_probe(line: Line, now: datetime) -> Line:
    """The line after a probe that was not answered."""
    return replace(line, probe_at=now + timedelta(seconds=line.probe_wait))


def find_outage(latest: Sequence[Seen], hosts: int, now: datetime) -> datetime | None:
    """Since when our line is down, if it is; None: that is not proven.

    `latest`: the last poll of each source that was polled since LATELY, the newest first, so that the last word of each site counts.
    `hosts`: how many sites all sources are on.
    """
    needed = 2 if hosts < FEWEST_HOSTS else min(max(FEWEST_HOSTS, hosts // HOSTS_SHARE), MOST_HOSTS)
    silent: dict[str, datetime] = {}
    answering: set[str] = set()
    for one in latest:
        site = site_of(one.url)
        if site in answering:
            continue
        if one.code in LINE_CODES:
            if one.troubled_since is not None and now - one.troubled_since <= LATELY:
                silent[site] = min(silent.get(site, now), one.troubled_since)
        elif site not in silent:
            answering.add(site)
        if len(silent) >= needed and len(silent) >= OTHERS_SHARE * len(answering):
            return min(silent.values())
    return None


def probe_wait(sources: int, least_interval: timedelta) -> timedelta:
    """How long to wait between two probes, which go to so many sources in turn: none is asked more often than `least_interval`."""
    return max(least_interval / max(sources, 1), min(least_interval, PROBE_WAIT))


def count_sites(urls: Iterable[str]) -> int:
    """How many sites the sources are on, as proof of a line: what one operator runs fails together."""
    return len({site_of(url) for url in urls})


def site_of(url: str) -> str:
    """The last two labels of a host's name, which are its operator's as a rule; of a number all of it."""
    host = host_of(url) or url
    labels = host.split(".")
    return host if labels[-1].isdecimal() or ":" in host else ".".join(labels[-2:])
