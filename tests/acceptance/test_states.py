"""The states of sources, as whoever runs the program sees them: our own line, a feed that is gone, moved, walled, and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from news.moving import POLLS_BEFORE_ADOPTING
from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, story, topic, wait_until, webhook

NOTIFY = '[health]\nnotify = ["hook"]\n'
EVERY_SECOND = 'interval = "1s"\nmin_interval = "1s"\nmax_interval = "12h"\ndelay_per_host = "0s"\nallow_addresses = ["127.0.0.0/8"]\n'


def publish(site: NewsSite, *titles: str, path: str = "/feed") -> str:
    """A feed with an article page for each title; returns the feed's URL."""
    return site.publish_feed(path, rss(*(item(title, site.page(f"/{abs(hash(title))}", story(title))) for title in titles)))


def health(hook: HookSink) -> list[dict[str, Any]]:
    """What operational alerts said, each once, however often it came."""
    told = {one.json["data"]["alert_id"]: one.json["data"]["health"] for one in hook.requests if one.json["type"] == "alert.health"}
    return list(told.values())


def events(hook: HookSink) -> list[tuple[str, str]]:
    return [(one["name"], one["after"]) for one in health(hook)]


def told_of(home: Home) -> list[dict[str, Any]]:
    return home.call("alerts", "--kind", "health", "--json").lines


def statuses(home: Home) -> dict[str, str]:
    return {one["name"]: one["status"] for one in home.call("sources", "--json").lines}


@pytest.fixture
def sites() -> Iterator[list[NewsSite]]:
    """Three sites on three ports."""
    with ExitStack() as open_sites:
        yield [open_sites.enter_context(NewsSite()) for _ in range(3)]


def test_after_an_outage_of_our_own_line_all_sources_are_polled_at_once_and_none_has_failed(home, sites, hook) -> None:
    feeds = [source(publish(site, f"Rien {number}"), f"Journal {number}", interval="1s") for number, site in enumerate(sites)]
    home.configure(
        sources=feeds, topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)], crawler=EVERY_SECOND, more=NOTIFY
    )
    with home.start("run"):
        for site in sites:
            site.wait_for("/feed", 2)
        for site in sites:
            site.switch_off()
        hook.wait_for(lambda _: ("line", "down") in events(hook))
        told = home.call("sources", "--json").lines
        assert [(one["status"], one["consecutive_failures"]) for one in told] == [("unreachable", 0)] * 3
        check = home.call("status", "--check")
        assert (check.status, "own line" in check.out) == (1, True)
        seen = [site.count("/feed") for site in sites]
        for number, site in enumerate(sites):
            publish(site, f"L’OTAN {number}", f"Rien {number}")
            site.switch_on()
        for site, count in zip(sites, seen, strict=True):
            site.wait_for("/feed", count + 2)
        hook.wait_for(lambda received: sum(one.json["type"] == "alert.created" for one in received) == 3)
        wait_until(lambda: set(statuses(home).values()) == {"ok"}, "all sources to be well")
        hook.wait_for(lambda _: ("line", "ok") in events(hook))
    assert events(hook) == [("line", "down"), ("line", "ok")]
    assert health(hook)[1]["since"] == health(hook)[0]["since"] <= health(hook)[1]["until"]
    first_polls = [next(one.at for one in site.requests[count:] if one.path == "/feed") for site, count in zip(sites, seen, strict=True)]
    assert max(first_polls) - min(first_polls) < 3


def test_a_start_while_our_line_is_down_goes_on_probing_and_polls_at_once_when_it_is_back(home, sites, hook) -> None:
    feeds = [source(publish(site, f"Rien {number}"), f"Journal {number}", interval="1s") for number, site in enumerate(sites)]
    home.configure(sources=feeds, channels=[webhook("hook", hook.url)], crawler=EVERY_SECOND, more=NOTIFY)
    home.call("poll")
    for site in sites:
        site.switch_off()
    with home.start("run"):
        hook.wait_for(lambda _: ("line", "down") in events(hook))
    with home.start("run"):
        seen = [site.count("/feed") for site in sites]
        for site in sites:
            site.switch_on()
        for site, count in zip(sites, seen, strict=True):
            site.wait_for("/feed", count + 1)
        hook.wait_for(lambda _: ("line", "ok") in events(hook))
    assert events(hook)[:2] == [("line", "down"), ("line", "ok")]


def test_one_site_of_several_that_is_off_is_failing_and_told_once_and_its_return_once(home, sites, hook) -> None:
    feeds = [source(publish(site, f"Rien {number}"), f"Journal {number}", interval="1s") for number, site in enumerate(sites)]
    crawler = EVERY_SECOND.replace("12h", "1s")
    home.configure(sources=feeds, channels=[webhook("hook", hook.url)], crawler=crawler, more=NOTIFY)
    with home.start("run"):
        for site in sites:
            site.wait_for("/feed", 2)
        sites[0].switch_off()
        hook.wait_for(lambda _: bool(events(hook)))
        assert statuses(home) == {"Journal 0": "failing", "Journal 1": "ok", "Journal 2": "ok"}
        sites[0].switch_on()
        hook.wait_for(lambda _: len(events(hook)) == 2)
        wait_until(lambda: [one["deliveries"][0]["status"] for one in told_of(home)] == ["sent", "sent"], "both to be recorded as sent")
    assert events(hook) == [("Journal 0", "failing"), ("Journal 0", "ok")]
    assert (health(hook)[0]["code"], health(hook)[0]["url"]) == ("refused", sites[0].url("/feed"))
    told = [(one["topic"], one["article_id"], one["health"]["after"]) for one in told_of(home)]
    assert told == [(None, None, "ok"), (None, None, "failing")]


def test_a_feed_that_is_gone_is_looked_for_no_more_than_daily_and_says_so(home, site, hook) -> None:
    home.configure(sources=[source(site.page("/absent", "gone", 410), "Absente")], channels=[webhook("hook", hook.url)], more=NOTIFY)
    for _ in range(3):
        home.call("poll")
    assert events(hook) == [("Absente", "gone")]
    (told,) = home.call("sources", "--status", "gone", "--json").lines
    assert told["interval_seconds"] == 24 * 3600
    assert "every week" in home.call("sources").out
    publish(site, "Retrouvée", path="/absent")
    home.call("poll")
    assert (statuses(home), events(hook)) == ({"Absente": "ok"}, [("Absente", "gone"), ("Absente", "ok")])


def test_a_feed_that_moves_for_good_is_polled_at_its_new_address_and_stays_the_same_source(home, site, hook) -> None:
    new = publish(site, "Un", path="/new")
    home.configure(sources=[source(site.redirect("/old", "/new", 301), "Journal")], channels=[webhook("hook", hook.url)], more=NOTIFY)
    for _ in range(1 + POLLS_BEFORE_ADOPTING):  # at the first, nothing is known by which it could be told that this is the feed
        home.call("poll")
    assert (events(hook), site.count("/old"), site.count("/new")) == ([("Journal", "moved")], 6, 6)
    home.call("poll")
    assert (site.count("/old"), site.count("/new")) == (6, 7)
    (told,) = home.call("sources", "--json").lines
    assert (told["status"], told["url"], told["moved_to"], told["articles"]) == ("moved", site.url("/old"), new, 1)
    assert new in home.call("sources").out
    home.configure(sources=[source(new, "Journal")], channels=[webhook("hook", hook.url)], more=NOTIFY)
    home.call("poll")
    (told,) = home.call("sources", "--json").lines
    assert (told["status"], told["url"], told["articles"]) == ("ok", new, 1)


def test_a_wall_is_named_and_the_source_is_blocked(home, site) -> None:
    site.page("/feed", "<title>Just a moment...</title>", 403, {"cf-mitigated": "challenge"})
    home.configure(sources=[source(site.url("/feed"), "Murée")])
    home.call("poll")
    (told,) = home.call("sources", "--status", "blocked", "--json").lines
    assert (told["last_error"]["code"], "(Cloudflare)" in told["last_error"]["message"]) == ("bot_wall", True)
    shown = home.call("status").out
    assert "1 blocked" in shown
