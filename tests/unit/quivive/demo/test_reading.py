"""What the program's own readers and judgements make of the demonstration's bytes, without daemon and archive."""

import asyncio
from urllib.parse import quote, unquote, urlsplit

import aiohttp
import pytest

from crawler.feed_parser import parse_feed
from crawler.page_extractor import extract_page
from news.judging import judge_page_text, make_version, wants_page
from news.query import Matcher
from news.text import analyse_article
from news.urls import comparing_url
from quivive.demo.scenario import ENTITIES, EXPECTED, TOPICS
from quivive.demo.site import DemoSite

MATCHER = Matcher(TOPICS, {entity.key: entity for entity in ENTITIES})


async def fetch(client, url):
    async with client.get(url) as response:
        return await response.read()


async def read_entry(client, mode, entry):
    """The entry's article as a version, its feed's words where the page is a wall, and whether its page was fetched."""
    if not wants_page(mode, entry):
        return make_version(entry, None), False
    page = extract_page(await fetch(client, entry.link), entry.link, "text/html")
    version = make_version(entry, page)
    return (make_version(entry, None) if judge_page_text(version, (), entry, page) else version), True


async def read_site():
    """What is read at each step: path, version, and whether the page was fetched."""
    readings = []
    async with DemoSite() as site, aiohttp.ClientSession() as client:
        for step in range(site.last_step + 1):
            if step:
                site.publish(step)
            for source in site.sources:
                feed = parse_feed(await fetch(client, source.url), source.url)
                assert feed.problem is None
                for entry in feed.entries:
                    version, fetched = await read_entry(client, source.mode, entry)
                    readings.append((step, unquote(urlsplit(comparing_url(entry.link)).path), version, fetched))
    return readings


@pytest.fixture(scope="module")
def readings():
    return asyncio.run(read_site())


@pytest.fixture(scope="module")
def paths():
    return {article.key: article.path for outlet in DemoSite().outlets for article in outlet.articles}


def test_first_matches_after_the_silent_step_are_the_expected_alerts_and_the_copied_dispatch(readings, paths):
    first_steps, silent = {}, set()
    for step, path, version, _ in readings:
        if step == 0:
            silent.add(path)
        for match in MATCHER.match(analyse_article(version.title, version.text)):
            first_steps.setdefault((match.topic, path), step)
    alerting = {key: step for key, step in first_steps.items() if key[1] not in silent}
    copied = alerting.pop(("OpenAI–OTAN", paths["depeche-telegraphe"]))
    assert alerting == {(alert.topic, paths[alert.article]): alert.step for alert in EXPECTED}
    assert copied == 3


def test_both_copies_of_the_dispatch_have_one_text(readings, paths):
    hashes = {version.text_hash for _, path, version, _ in readings if path in {paths["depeche-gazette"], paths["depeche-telegraphe"]}}
    assert len(hashes) == 1


def test_no_two_other_articles_have_one_text(readings, paths):
    by_hash = {}
    for _, path, version, _ in readings:
        by_hash.setdefault(version.text_hash, set()).add(path)
    assert [sorted(same) for same in by_hash.values() if len(same) > 1] == [sorted([paths["depeche-gazette"], paths["depeche-telegraphe"]])]


def test_only_feeds_that_carry_the_full_text_spare_the_page(readings, paths):
    spared = {path for _, path, _, fetched in readings if not fetched}
    carried = {paths[article.key] for outlet in DemoSite().outlets for article in outlet.articles if article.full_text_in_feed}
    assert spared == carried
    assert paths["objets-trouves"] in spared


def test_the_walled_article_is_read_from_its_feed(readings, paths):
    [origin] = {version.origin for _, path, version, _ in readings if path == paths["mur-de-cookies"]}
    assert origin == "feed"


def test_accents_in_an_address_survive_as_one_spelling(paths):
    accented = paths["pentagone-horloges"]
    assert not accented.isascii()
    assert comparing_url("http://127.0.0.2:1" + accented) == comparing_url("http://127.0.0.2:1" + quote(accented))
