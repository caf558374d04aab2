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
_COMPONENTS_UNUSED = {
    f"scrapy.downloadermiddlewares.{name}": None
    for name in (
        "offsite.OffsiteMiddleware",
        "robotstxt.RobotsTxtMiddleware",  # caches for ever, and a failed fetch allows for ever
        "httpauth.HttpAuthMiddleware",
        "downloadtimeout.DownloadTimeoutMiddleware",  # set on each request
        "defaultheaders.DefaultHeadersMiddleware",  # set on each request
        "useragent.UserAgentMiddleware",  # set on each request
        "retry.RetryMiddleware",  # when to try again is the schedule's business
        "redirect.MetaRefreshMiddleware",
        "httpcompression.HttpCompressionMiddleware",  # keeps silent about bodies that were cut
        "redirect.RedirectMiddleware",  # keeps the first host's politeness slot for all hops
        "cookies.CookiesMiddleware",
        "httpproxy.HttpProxyMiddleware",  # a proxy from the environment would go round the address guard
        "stats.DownloaderStats",
        "httpcache.HttpCacheMiddleware",
    )
}
_SPIDER_MIDDLEWARES_UNUSED = {
    f"scrapy.spidermiddlewares.{name}": None
    for name in (
        "start.StartSpiderMiddleware",
        "httperror.HttpErrorMiddleware",  # a 304 must reach the callback
        "referer.RefererMiddleware",
        "urllength.UrlLengthMiddleware",
        "depth.DepthMiddleware",
        "metacopy.MetaCopyDetectionMiddleware",
    )
}

_ALWAYS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,
    "LOG_ENABLED": False,
    "LOG_FORMATTER": "crawler.spider.SilentLogFormatter",
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "REMOTE_CONTROL_ENABLED": False,  # a loopback server that executes posted Python; on by default in 2.19
    "TELNETCONSOLE_ENABLED": False,
    "EXTENSIONS_BASE": {},
    "DOWNLOADER_MIDDLEWARES": {**_COMPONENTS_IN_USE, **_COMPONENTS_UNUSED},
    "SPIDER_MIDDLEWARES": _SPIDER_MIDDLEWARES_UNUSED,
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
