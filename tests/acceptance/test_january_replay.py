"""A month of a real newspaper, polled day by day over HTTP: every article once, every appearance kept, every alert made once."""

from __future__ import annotations

import asyncio
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.alerts import Alert, AlertedArticle
from news.query import parse_query
from quivive.config import Configuration, load_config
from quivive.service import Service
from quivive.wiring import open_archive
from storage import Archive, SearchRequest
from tests.news_site import NewsSite

CONFIG = """
[archive]
path = "archive.db"

[crawler]
allow_addresses = ["127.0.0.0/8"]
delay_per_host = "0s"
concurrency_per_host = 16

[alerts]
first_poll = "alert"
per = "article"

[[topics]]
name = "OTAN"
query = "OTAN"
notify = []
"""


class Replay:
    """The sixteen feeds as they stood on each day, served one after the other while the clock shows the day's time."""

    def __init__(self, tar: tarfile.TarFile, site: NewsSite, folder: Path) -> None:
        self._tar, self._site = tar, site
        self._files = sorted((member for member in tar.getmembers() if member.isfile()), key=lambda member: member.name)
        self._now = self._time_of(self._files[0].name)
        self.alerts: list[Alert] = []
        self.configuration = self._configure(folder)

    @staticmethod
    def _time_of(name: str) -> datetime:
        """`Jan/DAY/HH-MM-SS/FEED.xml` says when the feed was polled."""
        _, day, time, _ = name.split("/")
        return datetime.strptime(f"2022-01-{day} {time}", "%Y-%m-%d %H-%M-%S").replace(tzinfo=UTC)

    def _configure(self, folder: Path) -> Configuration:
        feeds = sorted({Path(file.name).name for file in self._files})
        sources = "".join(f'\n[[sources]]\nurl = "{self._site.url(f"/{feed}")}"\narticles = "feed"\n' for feed in feeds)
        path = folder / "config.toml"
        path.write_text(CONFIG + sources)
        return load_config(path, {})

    def play(self) -> Archive:
        """Poll every file in turn; the archive as it is then."""
        archive = open_archive(self.configuration, self._now)
        try:
            asyncio.run(self._play_into(archive))
        except BaseException:
            archive.close()
            raise
        return archive

    async def _play_into(self, archive: Archive) -> None:
        service = Service(self.configuration, archive, lambda: self._now, self.alerts.append)
        crawling = asyncio.create_task(service.crawl.run())
        for file in self._files:
            body = self._tar.extractfile(file)
            assert body is not None
            self._now = self._time_of(file.name)
            url = self._site.publish_feed(f"/{Path(file.name).name}", body.read())
            (source,), _ = archive.find_sources([url])
            assert service.crawl.add(source)
            await service.crawl.join()
        await service.crawl.stop()
        await crawling
        assert (service.totals.polled, service.totals.failed) == (len(self._files), 0)


@pytest.fixture
def replay(corpus: Path, tmp_path: Path) -> Iterator[Replay]:
    path = corpus / "lemonde-2022-01" / "january.tar.xz"
    if not path.exists():
        pytest.skip("the month of feeds is not beside the project (../shared/corpus/lemonde-2022-01)")
    with tarfile.open(path) as tar, NewsSite() as site:
        yield Replay(tar, site, tmp_path)


@pytest.mark.timeout(300)
def test_a_month_of_a_newspaper_leaves_every_article_once_and_every_alert_once(replay: Replay) -> None:
    archive = replay.play()
    articles = archive.count_articles()
    appearances = sum(source.articles for source in archive.report_sources())
    reported = Counter((alert.topic, alert.article_url) for alert in archive.report_alerts().alerts if alert.article_url)
    found = archive.search(SearchRequest(parse_query("OTAN", {}), limit=100)).articles
    archive.close()
    assert (articles, appearances) == (2_711, 4_593)
    assert (len(reported), set(reported.values())) == (22, {1})
    assert Counter((alert.topic, alert.about.url) for alert in replay.alerts if isinstance(alert.about, AlertedArticle)) == reported
    # One article no longer speaks of it, and is found all the same: another feed of the paper still lists it under its old words.
    assert len(found) == 22
    assert {one.article.url for one in found} == {url for _, url in reported}
