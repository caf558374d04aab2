"""Whether it is our own line that is down, and not the sources. Pure.

When nothing can be reached, every poll fails for the same few reasons, one source after the other. Counted against the sources, an outage
of eight hours would leave each of them alone for another eight. So it is recognised: no source has failed, all polling rests but a probe
now and then, and when that is answered all are due at once.

The proof is a stretch of time, up to now, in which sources that were well before could not be reached on several hosts, while next to
nobody else answered. One source proves nothing, nor does one host among several. Nor do sources that have been failing for longer.

It may be wrong: several sites may be at one provider, which is down. So after each probe that was not answered one of the other sources is
asked too, as a witness. If too many of them answer it is not our line, and what cannot be reached is failing by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from news.urls import host_of

LINE_CODES = frozenset({"dns", "refused", "connection", "timeout", "tls"})
"""What polls meet when the line is down; behind the sign-in page of a hotel's network, what answers in a site's name has no certificate."""

LATELY = timedelta(minutes=30)
"""What happened before proves nothing of now."""
FEWEST_SOURCES = 3
"""One source or two are no proof, whatever they are on."""
FEWEST_HOSTS, MOST_HOSTS = 3, 10
"""So many hosts must be unreachable, and a twentieth of all; where all sources are on fewer, all of these."""
HOSTS_SHARE = 20
OTHERS_SHARE = 4
"""To each host that answers there must be so many that do not: something on the local network may answer whatever happens."""

FEWEST_WITNESSES = 2
"""One host that answers may be on the local network."""
LONGEST_DOUBT = timedelta(hours=6)
"""After which one is enough: those that are cut off may be gone for good, and pages wait for the line."""

PROBE_WAIT = timedelta(seconds=30)
"""Between two probes; with few sources longer, since none is asked more often than usual."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last poll of a source: when it was, what it met (None: all went well), and since when the source is in trouble."""

    url: str
    polled_at: datetime
    code: str | None
    troubled_since: datetime | None
    was_well: bool = True
    """Whether it was ever read."""


@dataclass(frozen=True, slots=True)
class Line:
    """Our line is down: since when, when the next probe is due, and the seconds between two."""

    since: datetime
    found_at: datetime
    """When that was found out: what answers later is a witness against it."""
    probe_at: datetime
    probe_wait: float
    is_witness_due: bool = False
    """Whether a probe has just not been answered, so that a source that was not cut off may be asked beside it."""

    def is_probe_due(self, now: datetime) -> bool:
        """Whether it is time for the next probe; a clock that was ahead puts it off no further than a wait."""
        return now >= self.probe_at or self.probe_at - now > timedelta(seconds=self.probe_wait)


def next_probe(line: Line, now: datetime, *, was_cut_off: bool) -> Line:
    """The line after a source was asked and did not answer; `was_cut_off`: before that too, so that it was a probe, and no witness."""
    return replace(line, probe_at=now + timedelta(seconds=line.probe_wait), is_witness_due=was_cut_off)


def is_refuted(line: Line, cut_off: Iterable[str], answering: Iterable[str], now: datetime) -> bool:
    """Whether so many hosts answer that those which were cut off (addresses of sources, both) are no proof any more."""
    witnesses = count_hosts(answering)
    is_enough = witnesses >= FEWEST_WITNESSES or (witnesses > 0 and now - line.found_at >= LONGEST_DOUBT)
    return is_enough and count_hosts(cut_off) < OTHERS_SHARE * witnesses


def next_poll_after_refutation(line: Line, now: datetime) -> datetime:
    """When what was cut off is polled next, once it is not our line: when its trouble is too old to be taken for our line again."""
    return max(now, line.since + LATELY + timedelta(seconds=1))


def find_outage(latest: Sequence[Seen], hosts: int, now: datetime) -> datetime | None:
    """Since when our line is down, if it is; None: that is not proven.

    `latest`: the last poll of each source that was polled since LATELY, the newest first, so that the last word of each host counts.
    `hosts`: how many hosts all sources are on.
    """
    needed = min(max(FEWEST_HOSTS, hosts // HOSTS_SHARE), MOST_HOSTS, hosts)
    silent: dict[str, list[datetime]] = {}
    unknown: dict[str, list[datetime]] = {}
    answering: set[str] = set()
    for one in latest:
        host = host_and_port(one.url)
        if host in answering:
            continue
        if one.code in LINE_CODES:
            if one.troubled_since is not None and now - one.troubled_since <= LATELY:
                (silent if one.was_well else unknown).setdefault(host, []).append(one.troubled_since)
        elif host not in silent:
            answering.add(host)
        if _is_proof(silent, needed) and len(silent) >= OTHERS_SHARE * len(answering):
            return _earliest(silent)
    # Sources that were never read may be wrong addresses, and a refusal comes before any answer: they are a proof only together with all.
    everybody = {host: [*silent.get(host, ()), *unknown.get(host, ())] for host in (*silent, *unknown)}
    return _earliest(everybody) if not answering and _is_proof(everybody, hosts) else None


def _is_proof(silent: Mapping[str, Sequence[datetime]], needed: int) -> bool:
    return len(silent) >= needed and sum(map(len, silent.values())) >= FEWEST_SOURCES


def _earliest(silent: Mapping[str, Sequence[datetime]]) -> datetime:
    return min(moment for moments in silent.values() for moment in moments)


def probe_wait(sources: int, least_interval: timedelta) -> timedelta:
    """How long to wait between two probes, which go to so many sources in turn: none is asked more often than `least_interval`."""
    return max(least_interval / max(sources, 1), min(least_interval, PROBE_WAIT))


def count_hosts(urls: Iterable[str]) -> int:
    """How many hosts sources are on."""
    return len({host_and_port(url) for url in urls})


def host_and_port(url: str) -> str:
    """What answers, or does not, as one."""
    try:
        parts = urlsplit(url)
        return f"{host_of(url)}:{parts.port or ''}"
    except ValueError:
        return url
