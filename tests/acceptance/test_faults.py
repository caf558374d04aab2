"""Everything that feeds and pages do wrong, all at once, beside one good source: it alone is untouched, and each of the others says why."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import trustme

from tests.mailbox import closed_port
from tests.news_site import NewsSite, item, rss
from tests.processes import Done, Home, source, story, topic

CRAWLER = (
    'interval = "1s"\nmin_interval = "1s"\ndelay_per_host = "0s"\nconcurrency_per_host = 16\nallow_addresses = ["127.0.0.0/8"]\n'
    'timeout = "4s"\nmax_body = "2MB"\nobey_robots = true\n'
)
ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "'
    + "a" * 100
    + '">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9))
    + "]><rss version='2.0'><channel><title>&j;</title><item><title>&j;</title><link>{link}</link></item></channel></rss>"
)
WALL = "<html><body><h1>Accès refusé</h1><p>Une erreur est survenue. Veuillez réessayer plus tard.</p></body></html>"
GOOD = "L’OTAN publie son rapport"


@dataclass
class Outcome:
    """One poll of it all, and what the program then says of each source, page and article."""

    home: Home
    site: NewsSite
    poll: Done
    codes_of_feeds: dict[str, str]
    """What each feed must be reported with, by its URL; an empty string: nothing."""
    codes_of_pages: dict[str, str]
    sources: dict[str, dict] = field(default_factory=dict)
    pages: dict[str, dict] = field(default_factory=dict)
    articles: dict[str, dict] = field(default_factory=dict)


def _publish_bad_feeds(site: NewsSite, untrusted: NewsSite, overrun: NewsSite) -> dict[str, str]:
    whole = rss(*(item(f"Brève {number}", site.page(f"/brief/{number}", story(f"Brève {number}"))) for number in range(3)))
    site.redirect("/loop-a", site.url("/loop-b"))
    redirecting = site.redirect("/loop-b", site.url("/loop-a"))
    return {
        site.page("/html", "<html><head><title>Accueil</title></head><body><p>Bonjour</p></body></html>"): "not_a_feed",
        site.publish_feed("/empty", ""): "empty",
        site.publish_feed("/cut-xml", whole[: len(whole) * 2 // 3]): "malformed",
        site.truncate("/cut-http", whole): "truncated",
        site.publish_feed("/garbage", bytes(range(256)) * 40): "not_a_feed",
        site.bomb("/gzip-bomb", 50_000_000): "too_large",
        site.publish_feed("/large", rss(item("x", "http://x.example/", description="x" * 50_000_000))): "too_large",
        site.endless("/endless"): "too_large",
        site.trickle("/slow"): "timeout",
        site.stall("/stalled"): "timeout",
        site.reset("/reset"): "connection",
        redirecting: "redirect_loop",
        site.redirect("/to-metadata", "http://169.254.169.254/latest/"): "forbidden_address",
        "http://no-such-host.invalid/feed": "dns",
        f"http://127.0.0.1:{closed_port()}/feed": "refused",
        untrusted.publish_feed("/feed", whole): "tls",
        site.page("/403", "non", 403): "http_403",
        site.page("/404", "rien", 404): "http_404",
        site.page("/410", "parti", 410): "http_410",
        overrun.page("/429", "trop", 429, {"Retry-After": "3600"}): "http_429",
        site.page("/500", "aïe", 500): "http_500",
        site.publish_feed(
            "/bomb", ENTITY_BOMB.format(link=site.page("/bombed", story("Une bombe")))
        ): "",  # what it declares is not read, so that it is a feed like any other
        # Wrongly declared, yet readable: a reader must not lose it.
        site.publish_feed("/wrong-encoding", _latin_1_called_utf_8(site)): "",
    }


def _latin_1_called_utf_8(site: NewsSite) -> bytes:
    return rss(item("Un été sans réseau", site.page("/summer", story("Un été sans réseau")))).encode("latin-1")


def _publish_bad_pages(site: NewsSite) -> dict[str, str]:
    site.redirect("/page/loop-a", site.url("/page/loop-b"))
    site.robots("User-agent: *\nDisallow: /page/forbidden\n")
    return {
        site.page("/page/pdf", b"%PDF-1.7\n" + bytes(5000), headers={"Content-Type": "application/pdf"}): "not_html",
        site.redirect("/page/loop-b", site.url("/page/loop-a")): "redirect_loop",
        site.page("/page/wall", WALL): "wall",
        site.page("/page/404", "rien", 404): "http_404",
        site.page("/page/410", "rien", 410): "http_410",
        site.page("/page/500", "aïe", 500): "http_500",
        site.endless("/page/endless"): "too_large",
        site.stall("/page/stalled"): "timeout",
        site.page("/page/forbidden", story("Interdit")): "robots",
    }


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    home = Home(tmp_path_factory.mktemp("faults"))
    certificate = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(certificate)
    with NewsSite() as site, NewsSite(tls=certificate) as untrusted, NewsSite() as overrun:
        feeds, pages = _publish_bad_feeds(site, untrusted, overrun), _publish_bad_pages(site)
        listed = [item(f"Titre de {url.rpartition('/')[2]}", url, description=f"Résumé de {url.rpartition('/')[2]}") for url in pages]
        good = site.publish_feed("/good", rss(item(GOOD, site.page("/article", story(GOOD))), *listed))
        home.configure(sources=[source(url) for url in (*feeds, good)], topics=[topic("OTAN", "otan")], crawler=CRAWLER)
        poll = home.quivive("poll", "--json", timeout=55)
        outcome = Outcome(home, site, poll, {**feeds, good: ""}, pages)
        outcome.sources = {one["url"]: one for one in home.call("sources", "--json").lines}
        outcome.pages = {one["url"]: one for one in home.call("status", "--json").json["page_problems"]}
        outcome.articles = {one["url"]: one for one in home.call("export").lines}
        yield outcome


def test_the_poll_ends_by_itself_and_says_that_sources_failed(outcome) -> None:
    assert outcome.poll.status == 1
    assert "Traceback" not in outcome.poll.err
    assert outcome.poll.json["sources"]["polled"] == len(outcome.codes_of_feeds)


def test_the_good_source_is_polled_archived_and_matched_all_the_same(outcome) -> None:
    good = outcome.sources[outcome.site.url("/good")]
    assert (good["status"], good["last_error"]) == ("ok", None)
    assert outcome.articles[outcome.site.url("/article")]["title"] == GOOD
    assert [one["article_title"] for one in outcome.home.call("alerts", "--json").lines] == [GOOD]


def test_every_feed_is_reported_with_its_code(outcome) -> None:
    told = {url: (one["last_error"] or {"code": ""})["code"] for url, one in outcome.sources.items()}
    assert told == outcome.codes_of_feeds


def test_every_failing_source_says_what_to_do_in_one_readable_sentence(outcome) -> None:
    for url, code in outcome.codes_of_feeds.items():
        told = outcome.sources[url]
        assert told["status"] == ("failing" if code else "ok")
        if code:
            message = told["last_error"]["message"]
            assert message.endswith(".")
            assert ": " in message
            assert "\n" not in message
            assert len(message) < 500


def test_a_retry_after_is_honoured(outcome) -> None:
    told = next(one for url, one in outcome.sources.items() if url.endswith("/429"))
    wait = datetime.fromisoformat(told["next_poll_at"]) - datetime.fromisoformat(told["last_polled_at"])
    assert wait.total_seconds() >= 3599  # shown in whole seconds


def test_what_could_be_saved_of_a_damaged_feed_is_archived(outcome) -> None:
    titles = {one["title"] for one in outcome.articles.values()}
    assert {"Brève 0", "Brève 1"} <= titles
    assert "Un été sans réseau" in titles


def test_every_page_is_reported_with_its_code(outcome) -> None:
    assert {url: one["error"]["code"] for url, one in outcome.pages.items()} == outcome.codes_of_pages


def test_an_article_whose_page_failed_is_archived_with_what_the_feed_says(outcome) -> None:
    for url in outcome.codes_of_pages:
        name = url.rpartition("/")[2]
        assert outcome.articles[url]["title"] == f"Titre de {name}"
        assert f"Résumé de {name}" in outcome.articles[url]["text"]


def test_no_address_outside_the_allowed_ones_is_ever_asked(outcome) -> None:
    assert "169.254.169.254" in outcome.sources[outcome.site.url("/to-metadata")]["last_error"]["message"]


def test_the_next_poll_has_the_same_to_tell(outcome) -> None:
    again = outcome.home.quivive("poll", outcome.site.url("/good"), outcome.site.url("/html"), "--json")
    assert again.status == 1
    assert again.json["sources"] == {"polled": 2, "unchanged": 1, "failed": 1}
    assert again.json["entries"]["new"] == 0
