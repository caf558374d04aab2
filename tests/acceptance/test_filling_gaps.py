"""More was published between two polls than a feed shows: what was missed is found where the site keeps it, archived, and told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.long_site import WINDOW, LongSite
from tests.mailbox import HookSink
from tests.news_site import NewsSite
from tests.processes import Home, source, topic, webhook

LATEST = 23
"""The first poll sees the articles 1 to 5, the second 19 to 23."""
BETWEEN = list(range(6, LATEST - WINDOW + 1))


def named(relation: str) -> Callable[[LongSite], None]:
    def keep(long: LongSite) -> None:
        long.show(LATEST, long.keep_archives(LATEST, relation))

    return keep


def wordpress(long: LongSite) -> None:
    long.keep_pages(LATEST)
    long.show(LATEST, "<generator>https://wordpress.org/?v=6.7</generator>")


def sitemap_of_robots(long: LongSite) -> None:
    long.show(LATEST)
    news = long.keep_sitemap("/plan-actus.xml", range(LATEST, 0, -1))
    index = long.site.page("/plan.xml", f"<sitemapindex><sitemap><loc>{news}</loc></sitemap></sitemapindex>")
    long.site.robots(f"User-agent: *\nDisallow: /admin\n\nSitemap: {index}\n")


def sitemap_where_they_usually_are(long: LongSite) -> None:
    long.show(LATEST)
    long.keep_sitemap("/sitemap-news.xml", range(LATEST, 3, -1))


def sitemap_that_does_not_go_back(long: LongSite) -> None:
    long.show(LATEST)
    long.keep_sitemap("/news-sitemap.xml", range(LATEST, 12, -1))


def sitemap_of_some(long: LongSite) -> None:
    """It goes back far enough, and lists every second article of the feed."""
    long.show(LATEST)
    long.keep_sitemap("/news-sitemap.xml", range(LATEST, 0, -2))


def sitemap_of_all_sections(long: LongSite) -> None:
    """The feed is of one section, and the sitemap lists five times as much."""
    long.show(LATEST)
    long.keep_sitemap("/news-sitemap.xml", [number / 5 for number in range(5 * LATEST, 0, -1)])


def nothing(long: LongSite) -> None:
    long.show(LATEST)


def forbidden(long: LongSite) -> None:
    long.show(LATEST, long.keep_archives(LATEST))
    long.site.robots("User-agent: *\nDisallow: /archive/\n")


def elsewhere(long: LongSite) -> None:
    """The archive is at another host, or so the feed says; and a redirect leads there."""
    other = f"http://localhost:{long.site.port}/archive/{LATEST - WINDOW}"
    long.keep_archives(LATEST)
    long.site.redirect("/older", other)
    long.show(LATEST, f'<atom:link rel="next" href="{other}"/><atom:link rel="next" href="{long.site.url("/older")}"/>')


def loop(long: LongSite) -> None:
    """The feed's next page is itself, and so is that of its archive."""
    itself = f'<atom:link rel="next" href="{long.site.url("/rss")}"/>'
    other = f'<atom:link rel="prev-archive" href="{long.site.url("/archive")}"/>'
    long.site.publish_feed("/archive", long.document([18, 17], itself + other))
    long.show(LATEST, itself + other)


def always_the_first_page(long: LongSite) -> None:
    page = long.document(range(LATEST, LATEST - WINDOW, -1))
    for number in range(2, 99):
        long.site.publish_feed(f"/rss?paged={number}", page)
    long.show(LATEST, "<generator>WordPress</generator>")


def without_end(long: LongSite) -> None:
    """Each page names another, and all of them are of yesterday."""
    for number in range(100):
        here = [18 - number / 100 - one / 1000 for one in range(2)]
        said = f'<atom:link rel="next" href="{long.site.url(f"/endless/{number + 1}")}"/>'
        long.site.publish_feed(f"/endless/{number}", long.document(here, said))
    long.show(LATEST, f'<atom:link rel="next" href="{long.site.url("/endless/0")}"/>')


def changed_ids(long: LongSite) -> None:
    """No more was published; but all that is shown has another id."""
    long.site.publish_feed("/rss", long.document(range(5, 0, -1)).replace("id-", "https://journal.example/?p="))


SITES = {
    "Archives": named("prev-archive"),
    "Pages": named("next"),
    "WordPress": wordpress,
    "Robots": sitemap_of_robots,
    "Sitemap": sitemap_where_they_usually_are,
    "Short": sitemap_that_does_not_go_back,
    "Some": sitemap_of_some,
    "Sections": sitemap_of_all_sections,
    "Nothing": nothing,
    "Forbidden": forbidden,
    "Elsewhere": elsewhere,
    "Loop": loop,
    "First": always_the_first_page,
    "Endless": without_end,
    "Renamed": changed_ids,
}


@dataclass
class Watched:
    """The archive after two polls of all these sites, and another to see that all is done."""

    home: Home
    hook: HookSink
    sites: dict[str, LongSite]

    def gap(self, name: str) -> dict[str, Any]:
        """The only gap of a source."""
        (gap,) = self.home.call("show", name, "--json").json["gaps"]
        assert isinstance(gap, dict)
        return gap

    def numbers(self, name: str) -> list[float]:
        """The articles that the source has brought."""
        found = self.home.call("search", "--source", name, "--limit", "1000", "--json").lines
        return sorted(float(one["title"].rpartition(" ")[2]) for one in found)

    def told(self, name: str) -> list[float]:
        """Of which of its articles somebody was told, each time that anybody was."""
        articles = [request.json["data"]["article"] for request in self.hook.requests]
        return sorted(float(one["title"].rpartition(" ")[2]) for one in articles if one["source"] == name)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with ExitStack() as stack:
        hook = stack.enter_context(HookSink())
        sites = {name: LongSite(stack.enter_context(NewsSite())) for name in SITES}
        home = Home(tmp_path_factory.mktemp("gaps"))
        home.configure(
            sources=[source(site.show(5), name, articles="feed") for name, site in sites.items()],
            topics=[topic("OTAN", "otan", ["hook"])],
            channels=[webhook("hook", hook.url)],
            first_poll="silent",
        )
        assert home.quivive("poll").status == 0
        for name, keep in SITES.items():
            keep(sites[name])
        assert home.quivive("poll").status == 0
        yield Watched(home, hook, sites)


@pytest.mark.parametrize("name", ["Archives", "Pages", "WordPress", "Robots", "Sitemap"])
def test_what_was_missed_is_found_and_told_once(watched: Watched, name: str) -> None:
    gap = watched.gap(name)
    assert (gap["state"], gap["found"], gap["missed"], gap["problem"]) == ("repaired", len(BETWEEN), len(BETWEEN), None)
    assert gap["repaired_at"] is not None
    assert watched.numbers(name) == list(range(1, LATEST + 1))
    assert watched.told(name) == list(range(6, LATEST + 1))


def test_the_search_ends_where_it_meets_what_was_known(watched: Watched) -> None:
    site = watched.sites["Pages"].site
    assert [request.path for request in site.requests if request.path.startswith("/archive")] == [
        "/archive/18",
        "/archive/13",
        "/archive/8",
    ]


def test_a_sitemap_that_does_not_go_back_far_enough_fills_a_part(watched: Watched) -> None:
    gap, site = watched.gap("Short"), watched.sites["Short"]
    assert (gap["state"], gap["found"], gap["problem"]["code"]) == ("partly", 6, "no_archive")
    assert gap["reached_at"] == site.published_at(13).isoformat().replace("+00:00", "Z")
    assert watched.told("Short") == list(range(13, LATEST + 1))


def test_a_sitemap_that_leaves_out_what_the_feed_listed_brings_what_it_has_and_the_gap_stays(watched: Watched) -> None:
    gap, found = watched.gap("Some"), [number for number in BETWEEN if number % 2]
    assert (gap["state"], gap["found"], gap["reached_at"]) == ("partly", len(found), gap["to_at"])
    assert watched.told("Some") == sorted([*found, *range(LATEST - WINDOW + 1, LATEST + 1)])


def test_a_sitemap_that_lists_what_the_feed_does_not_is_left_alone(watched: Watched) -> None:
    assert (watched.gap("Sections")["state"], watched.gap("Sections")["found"]) == ("given_up", 0)


@pytest.mark.parametrize("name", ["Nothing", "Elsewhere", "First"])
def test_where_nothing_is_kept_the_gap_stays_with_the_reason(watched: Watched, name: str) -> None:
    gap, site = watched.gap(name), watched.sites[name]
    assert (gap["state"], gap["found"], gap["problem"]["code"], gap["next_repair_at"]) == ("given_up", 0, "no_archive", None)
    assert gap["from_at"] == site.published_at(5).isoformat().replace("+00:00", "Z")
    assert gap["to_at"] == site.published_at(19).isoformat().replace("+00:00", "Z")
    assert watched.told(name) == list(range(19, LATEST + 1))


def test_nobody_is_asked_for_what_robots_txt_forbids(watched: Watched) -> None:
    assert watched.gap("Forbidden")["problem"]["code"] == "robots"
    assert not [request for request in watched.sites["Forbidden"].site.requests if request.path.startswith("/archive")]


def test_a_site_that_gives_its_first_page_for_any_is_asked_a_few_times(watched: Watched) -> None:
    assert len([request for request in watched.sites["First"].site.requests if "paged" in request.path]) == 4


def test_an_archive_that_names_itself_is_read_once(watched: Watched) -> None:
    assert (watched.gap("Loop")["state"], watched.gap("Loop")["found"]) == ("partly", 2)
    assert watched.sites["Loop"].site.count("/archive") == 1


def test_an_archive_without_end_is_left_in_the_end(watched: Watched) -> None:
    gap = watched.gap("Endless")
    assert (gap["state"], gap["problem"]["code"]) == ("partly", "endless")
    assert len([request for request in watched.sites["Endless"].site.requests if request.path.startswith("/endless")]) == 50


def test_a_feed_that_only_gives_its_entries_other_ids_has_no_gap(watched: Watched) -> None:
    assert watched.home.call("show", "Renamed", "--json").json["gaps"] == []


def test_a_search_that_was_broken_off_goes_on_after_a_restart_and_tells_all_once(home: Home, site: NewsSite, hook: HookSink) -> None:
    long = LongSite(site)
    home.configure(
        sources=[source(long.show(5), "Le Journal", articles="feed")],
        topics=[topic("OTAN", "otan", ["hook"])],
        channels=[webhook("hook", hook.url)],
        first_poll="silent",
    )
    with home.start("run") as daemon:
        site.wait_for("/rss")
        daemon.wait_for_log("first poll")
        said = long.keep_archives(LATEST)
        site.stall("/archive/13")
        long.show(LATEST, said)
        site.wait_for("/archive/13")
        daemon.kill()
    before = len(site.requests)
    long.keep_archives(LATEST)
    with home.start("run") as daemon:
        daemon.wait_for_log("gap is filled")
        hook.wait_for(LATEST - 5)
        daemon.terminate()
        assert daemon.wait() == 0
    assert next(request.path for request in site.requests[before:] if request.path.startswith("/archive")) == "/archive/13"
    told = {request.headers["webhook-id"]: request.json["data"]["article"]["title"] for request in hook.requests}  # sent again: the same id
    assert sorted(told.values()) == sorted(long.title(number) for number in range(6, LATEST + 1))
