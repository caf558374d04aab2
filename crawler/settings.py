"""What a crawl needs to know from the configuration. Imports nothing heavy, so that any command can read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

DEFAULT_DOWNLOAD_HANDLER = "crawler.download_handler.GuardedDownloadHandler"


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
    stop_grace: timedelta = timedelta(seconds=5)
    """How long requests in flight get when the crawl is stopped. What is dropped then is fetched again later, so this need not be long;
    the program must end within 10 s also on a machine that is busy."""
