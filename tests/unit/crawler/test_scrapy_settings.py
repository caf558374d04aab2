"""What of scrapy is in use: what is not is not even imported."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list

from crawler.scrapy_settings import make_scrapy_settings
from crawler.settings import CrawlSettings


@pytest.fixture
def settings() -> Settings:
    made = Settings()
    made.setdict(make_scrapy_settings(CrawlSettings(user_agent="quivive")))
    return made


def test_only_components_of_our_own_stand_between_spider_and_network(settings: Settings) -> None:
    components = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    assert build_component_list(components) == [
        "crawler.politeness.PolitenessMiddleware",
        "crawler.robots.RobotsMiddleware",
        "crawler.decompression.DecompressionMiddleware",
        "crawler.redirects.RedirectMiddleware",
        "crawler.waiting.WaitingMiddleware",
    ]


@pytest.mark.parametrize("kind", ["SPIDER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES"])
def test_of_the_others_there_are_none(settings: Settings, kind: str) -> None:
    assert build_component_list(settings.get_component_priority_dict_with_base(kind)) == []


@pytest.mark.parametrize("kind", ["DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"])
def test_none_is_switched_off_by_its_name_for_which_scrapy_would_import_it(settings: Settings, kind: str) -> None:
    assert None not in {**settings[kind], **settings[f"{kind}_BASE"]}.values()
