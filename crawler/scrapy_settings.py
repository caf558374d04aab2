"""How scrapy is set for a daemon on a hostile web. Its defaults are for scraping sessions; each line departs from one for a reason."""

from __future__ import annotations

from typing import Any

from crawler.settings import CrawlSettings

_NO_LIMIT = 2**60
_COMPONENTS_IN_USE = {
    # From the engine to the network; answers pass them in the opposite direction.
    "crawler.politeness.PolitenessMiddleware": 90,
    "crawler.robots.RobotsMiddleware": 100,
    "crawler.decompression.DecompressionMiddleware": 590,
    "crawler.redirects.RedirectMiddleware": 600,
    "crawler.waiting.WaitingMiddleware": 900,
}
# Of scrapy's own downloader middlewares none is in use, so the list of them is emptied. To switch one off by its name, scrapy would import
# it first, with all that it brings: requests, urllib3 and tldextract, a tenth of a second before the first poll. Why not
# - RobotsTxt: it caches for ever, and a failed fetch allows for ever;
# - DownloadTimeout, DefaultHeaders, UserAgent: what they do is set on each request;
# - Retry: when to try again is the schedule's business;
# - HttpCompression: it keeps silent about bodies that were cut;
# - Redirect: it keeps the first host's politeness slot for all hops;
# - HttpProxy: a proxy from the environment would go round the address guard;
# - Offsite, HttpAuth, MetaRefresh, Cookies, Stats, HttpCache: they are for scraping sessions.
# Nor is any of its spider middlewares: HttpError, for one, would keep a 304 from the callback.

_ALWAYS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,
    "LOG_ENABLED": False,
    "LOG_FORMATTER": "crawler.spider.SilentLogFormatter",
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "REMOTE_CONTROL_ENABLED": False,  # a loopback server that executes posted Python; on by default in 2.19
    "TELNETCONSOLE_ENABLED": False,
    "EXTENSIONS_BASE": {},
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "DOWNLOADER_MIDDLEWARES": _COMPONENTS_IN_USE,
    "SPIDER_MIDDLEWARES_BASE": {},
    "COOKIES_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "RETRY_ENABLED": False,
    "REFERER_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_DELAY_JITTER": 0,
    "CONCURRENT_ITEMS": 1,
    "SCRAPER_SLOT_MAX_ACTIVE_SIZE": _NO_LIMIT,  # it stops all requests while one site's bodies wait; `allowance` bounds them by site
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # the real one would drop the second poll of a URL, and grow for ever
    "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.ScrapyPriorityQueue",
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
}


def make_scrapy_settings(settings: CrawlSettings) -> dict[str, Any]:
    """Scrapy's settings for this crawl."""
    delay = settings.delay_per_host.total_seconds()
    return {
        **_ALWAYS,
        "DOWNLOAD_HANDLERS": {
            "http": settings.download_handler,
            "https": settings.download_handler,
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        "DOWNLOAD_MAXSIZE": settings.max_body,
        "DOWNLOAD_TIMEOUT": settings.timeout.total_seconds(),
        "DOWNLOAD_DELAY": delay,
        # The frontier's permits are the limit; twice as much leaves room for the robots.txt that pages in flight wait for.
        "CONCURRENT_REQUESTS": settings.concurrency * 2,
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.concurrency_per_host,  # redirects to it, and its robots.txt, count too
        "USER_AGENT": settings.user_agent,
        "QUIVIVE_ALLOW_ADDRESSES": settings.allow_addresses,
    }
