"""What a crawl needs to know from the configuration. Imports nothing heavy, so that any command can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

DEFAULT_DOWNLOAD_HANDLER = "crawler.download_handler.GuardedDownloadHandler"


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """How one source is asked, beyond what holds for all. Nothing of it but `origin` is ever shown.

    Headers, cookies and the password are sent to the host of `origin` alone, whatever redirects and links lead to; see `credentials`.
    """

    origin: str
    """The address that the configuration has."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    """An http or https address, perhaps with a user name and password, through which all of the source is fetched."""
    user_agent: str | None = None
    """In the place of the program's own. robots.txt is obeyed under the program's own name all the same."""


@dataclass(frozen=True, slots=True)
class ListingRules:
    """How a page that lists articles is read: CSS selectors, each but the first within an item.

    One may end in `::text` or `::attr(…)`. Without `link` an item's first link counts, without `title` its text.
    """

    item: str
    title: str | None = None
    link: str | None = None
    date: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How to behave on the network, and how much of this machine to use."""

    user_agent: str
    concurrency: int = 32
    """Requests in flight at most."""
    concurrency_per_host: int = 1
    """Requests in flight to one host at most, and never more than half of all."""
    delay_per_host: timedelta = timedelta(seconds=1)
    """Between the starts of two requests to one host; the first is not delayed."""
    obey_robots: bool = True
    """For pages; a feed that the user named is fetched anyway."""
    timeout: timedelta = timedelta(seconds=30)
    """For a whole response, from looking up the name to the last byte of the body."""
    max_body: int = 10_000_000
    """Bytes, after decompression."""
    allow_addresses: tuple[IPv4Network | IPv6Network, ...] = ()
    """Private or loopback networks that may be fetched all the same."""
    workers: int = 2
    """Processes that parse and extract."""
    worker_time_limit: timedelta = timedelta(seconds=20)
    """Of CPU time, for one document."""
    worker_memory: int = 536_870_912
    """Bytes of address space a worker may add to what it has after its imports; a document that needs more costs only itself. A page of
    9 MB of text needs 200 MB, a feed of 20,000 entries 130; 3 MB of nothing but small tags need 520, and are no article."""
    download_handler: str = DEFAULT_DOWNLOAD_HANDLER
    """The import path of the scrapy download handler."""
    requests: Mapping[int, RequestSettings] = field(default_factory=dict, repr=False)
    """Of the sources that are asked in a way of their own, by their numbers."""
    listings: Mapping[int, ListingRules] = field(default_factory=dict)
    """Of the sources that are pages which list articles, by their numbers."""
    stop_grace: timedelta = timedelta(seconds=5)
    """How long requests in flight get when the crawl is stopped. What is dropped then is fetched again later, so this need not be long;
    the program must end within 10 s also on a machine that is busy."""
