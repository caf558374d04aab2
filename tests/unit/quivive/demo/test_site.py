"""The demonstration's site: what it publishes, in which form, and how it answers."""

import asyncio
import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import feedparser
import pytest
import trafilatura

from news.cuts import LEAST_FULL_TEXT
from news.earning import Unearned, earns_its_place
from news.fingerprints import LEAST_IDENTIFYING_CHARACTERS, content_hash, normalise_text
from news.source_specs import ArticlesMode
from quivive.demo.articles import PageKind, load_outlets
from quivive.demo.site import DemoSite, _OutletServer, _Visits

OUTLETS = load_outlets()
ARTICLES = [article for outlet in OUTLETS for article in outlet.articles]


def clock_from(start=datetime(2026, 3, 4, 10, 0, 0, tzinfo=UTC)):
    minutes = itertools.count()
    return lambda: start + timedelta(minutes=next(minutes))


def visit(visits):
    """What the coroutine function gives for a site whose clock moves a minute per publication, and a client."""

    async def run():
        async with DemoSite(clock_from()) as site, aiohttp.ClientSession() as client:
            return await visits(site, client)

    return asyncio.run(run())


async def fetch(client, url, **headers):
    async with client.get(url, headers=headers) as response:
        return response.status, response.headers, await response.read()


async def fetch_entries(client, site):
    """Every feed's entries, parsed, by the feed's address."""
    feeds = {}
    for url in site.feed_urls:
        _, headers, body = await fetch(client, url)
        parsed = feedparser.parse(body, response_headers={"content-type": headers["Content-Type"], "content-location": url})
        assert not parsed.bozo, parsed.get("bozo_exception")
        feeds[url] = parsed.entries
    return feeds


def test_there_are_three_outlets_and_more_than_twenty_articles():
    assert len(OUTLETS) == 3
    assert len({outlet.host for outlet in OUTLETS}) == 3
    assert len(ARTICLES) >= 22


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.key)
def test_every_version_of_an_article_is_as_long_as_real_news(article):
    for words in [article.words, *([article.edit.words] if article.edit else [])]:
        assert 1_000 <= len(words.text) <= 2_500


def test_keys_and_paths_name_one_article_each():
    assert len({article.key for article in ARTICLES}) == len(ARTICLES)
    assert len({article.path for article in ARTICLES}) == len(ARTICLES)


def test_only_the_dispatch_stands_in_two_outlets():
    by_text = {}
    for outlet in OUTLETS:
        for article in outlet.articles:
            by_text.setdefault(article.words.text, []).append((outlet.host, article.key))
    assert [places for places in by_text.values() if len(places) > 1] == [
        [("127.0.0.1", "depeche-gazette"), ("127.0.0.2", "depeche-telegraphe")]
    ]


def test_french_typography_is_used_throughout():
    written = "\n".join(f"{article.words.title}\n{article.words.summary}\n{article.words.text}" for article in ARTICLES)
    assert not re.findall(r"\w'\w", written)
    assert not re.findall("« | »| [;:!?]", written)
    assert "«\u00a0" in written
    assert "l’OTAN" in written
    assert "d’OpenAI" in written


def test_every_article_becomes_visible_at_its_step_and_not_before():
    async def visits(site, client):
        seen = []
        for step in range(site.last_step + 1):
            if step:
                site.publish(step)
            seen.append({article.key: (await fetch(client, site.article_url(article.key)))[0] for article in ARTICLES})
        return seen

    for step, statuses in enumerate(visit(visits)):
        assert statuses == {article.key: 200 if article.step <= step else 404 for article in ARTICLES}


def test_every_feed_has_something_to_say_before_the_first_poll():
    async def visits(site, client):
        return await fetch_entries(client, site)

    assert all(visit(visits).values())


def test_feeds_list_every_published_article_with_its_title_author_date_and_link():
    async def visits(site, client):
        for step in range(1, site.last_step + 1):
            site.publish(step)
        entries = [entry for entries in (await fetch_entries(client, site)).values() for entry in entries]
        return entries, {article.key: site.article_url(article.key) for article in ARTICLES}

    entries, urls = visit(visits)
    by_url = {entry.link.partition("?")[0]: entry for entry in entries}
    for article in ARTICLES:
        entry = by_url[urls[article.key]]
        assert entry.title == article.words_at(3).title
        assert entry.author == article.author
        assert entry.summary.removeprefix("<p>").removesuffix("</p>") == article.words_at(3).summary
        assert entry.get("published_parsed") or entry.get("updated_parsed")


def test_three_feed_formats_are_spoken():
    async def visits(site, client):
        return [feedparser.parse((await fetch(client, url))[2]).version for url in site.feed_urls]

    assert set(visit(visits)) == {"rss20", "rss10", "atom10"}


def test_an_article_stands_in_two_feeds_of_its_outlet_under_one_address():
    async def visits(site, client):
        site.publish(1)
        return await fetch_entries(client, site)

    links = [entry.link for entries in visit(visits).values() for entry in entries if "lanterne" in entry.link]
    assert len(links) == 2
    assert len(set(links)) == 1


def test_one_link_carries_tracking_parameters_and_one_carries_accents():
    async def visits(site, client):
        site.publish(1)
        entries = [entry for entries in (await fetch_entries(client, site)).values() for entry in entries]
        statuses = [(await fetch(client, entry.link))[0] for entry in entries]
        return [entry.link for entry in entries], statuses

    links, statuses = visit(visits)
    assert [link.partition("?")[2][:14] for link in links if "utm_source" in link] == ["utm_source=rss"]
    assert [link for link in links if "à-l-été" in link]
    assert set(statuses) == {200}


def test_a_feed_that_did_not_change_answers_304_to_its_entity_tag_and_to_its_date():
    async def visits(site, client):
        url = site.feed_urls[0]
        _, headers, _ = await fetch(client, url)
        by_tag = await fetch(client, url, **{"If-None-Match": headers["ETag"]})
        by_date = await fetch(client, url, **{"If-Modified-Since": headers["Last-Modified"]})
        return by_tag, by_date, site.counts

    by_tag, by_date, counts = visit(visits)
    assert (by_tag[0], by_tag[2]) == (304, b"")
    assert (by_date[0], by_date[2]) == (304, b"")
    assert (counts.feeds, counts.unchanged) == (3, 2)


def test_a_publication_changes_every_feed_that_it_touches_and_no_other():
    async def visits(site, client):
        before = {url: (await fetch(client, url))[1] for url in site.feed_urls}
        site.publish(1)
        answers = {}
        for url, headers in before.items():
            status, _, _ = await fetch(client, url, **{"If-None-Match": headers["ETag"], "If-Modified-Since": headers["Last-Modified"]})
            answers[url] = status
        site.publish(2)
        site.publish(3)
        ia = next(source.url for source in site.sources if source.name.endswith("ia"))
        _, headers, _ = await fetch(client, ia)
        return set(answers.values()), headers["Last-Modified"]

    statuses, last_change_of_section = visit(visits)
    assert statuses == {200}
    assert last_change_of_section == "Wed, 04 Mar 2026 10:02:00 GMT"  # nothing of step 3 belongs to that section


def test_an_edit_changes_title_text_and_updated_date_but_not_the_id():
    async def visits(site, client):
        site.publish(1)
        before = (await fetch_entries(client, site))[site.feed_urls[-1]]
        site.publish(2)
        edited = site.publish(3)
        after = (await fetch_entries(client, site))[site.feed_urls[-1]]
        page = (await fetch(client, site.article_url("assistant-anonyme")))[2].decode()
        return before, after, edited, page

    before, after, edited, page = visit(visits)
    first = next(entry for entry in before if "retrouver ses clés" in entry.title)
    second = next(entry for entry in after if entry.id == first.id)
    assert "OpenAI" not in first.title + first.summary + first.content[0].value
    assert "OpenAI" in second.title
    assert "OpenAI" in second.content[0].value
    assert "Mise à jour" in page
    assert second.published == first.published
    assert second.updated > first.updated
    assert "assistant-anonyme" in {article.key for article in edited}


def test_one_entry_of_a_feed_that_gives_summaries_carries_its_full_text():
    article = next(article for article in OUTLETS[0].articles if article.full_text_in_feed)
    assert OUTLETS[0].mode is ArticlesMode.AUTO
    assert len(article.words.text) >= LEAST_FULL_TEXT + 50


@pytest.mark.parametrize("favor", [{}, {"favor_precision": True}, {"favor_recall": True}], ids=["balanced", "precision", "recall"])
def test_the_text_of_every_page_can_be_told_from_what_surrounds_it(favor):
    async def visits(site, client):
        for step in range(1, site.last_step + 1):
            site.publish(step)
        return {article.key: (await fetch(client, site.article_url(article.key)))[2].decode() for article in ARTICLES}

    pages = visit(visits)
    for article in ARTICLES:
        if article.page is PageKind.ARTICLE:
            extracted = trafilatura.extract(pages[article.key], include_comments=False, **favor)
            words = article.words_at(3)
            assert content_hash(words.title, extracted) == content_hash(words.title, words.text), article.key


def test_a_page_names_other_articles_around_its_own():
    async def visits(site, client):
        site.publish(1)
        return (await fetch(client, site.article_url("logiciel-ouvert-otan")))[2].decode()

    page = visit(visits)
    assert "OpenAI va traduire" in page.partition("</article>")[2]
    assert "démonstration – nouvelles fictives" in page


def test_the_wall_shows_nothing_of_its_article_and_speaks_like_one():
    async def visits(site, client):
        site.publish(1)
        site.publish(2)
        return (await fetch(client, site.article_url("mur-de-cookies")))[2].decode()

    page = visit(visits)
    assert "OTAN" not in page
    assert "puzzle" not in page
    article = next(one for one in ARTICLES if one.key == "mur-de-cookies")
    text = trafilatura.extract(page) or ""
    assert earns_its_place(text, article.words.title, article.words.title, article.words.summary).unearned is Unearned.WALL


def test_the_dispatch_is_long_enough_to_be_an_identity():
    dispatch = next(article for article in ARTICLES if article.same_text_as)
    assert len(normalise_text(dispatch.words.text)) >= LEAST_IDENTIFYING_CHARACTERS


def test_robots_may_read_articles_and_feeds():
    async def visits(site, client):
        return await fetch(client, site.feed_urls[0].rpartition("/")[0] + "/robots.txt"), site.counts.robots

    (status, headers, body), asked = visit(visits)
    assert (status, headers["Content-Type"], asked) == (200, "text/plain; charset=utf-8", 1)
    assert b"Disallow: /\n" not in body


def test_reading_is_over_once_every_feed_and_new_page_was_fetched():
    async def visits(site, client):
        site.publish(1)
        for url in site.feed_urls:
            await fetch(client, url)
        before = await site.wait_until_read(timeout_seconds=0)
        waiting = asyncio.create_task(site.wait_until_read(timeout_seconds=30))
        for article in ARTICLES:
            if article.step == 1:
                await fetch(client, site.article_url(article.key))
        after = await waiting
        site.publish(2)
        return before, after, await site.wait_until_read(timeout_seconds=0)

    assert visit(visits) == (False, True, False)


def test_steps_are_published_in_order():
    async def visits(site, client):
        with pytest.raises(ValueError, match="step 1 comes next, not 2"):
            site.publish(2)
        return site.step

    assert visit(visits) == 0


def test_an_outlet_whose_address_is_not_there_shares_the_common_one():
    async def run():
        server = _OutletServer(replace(OUTLETS[1], host="192.0.2.1"), _Visits())
        await server.start()
        await server.stop()
        return server.base_url

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", asyncio.run(run()))
