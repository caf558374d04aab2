"""How gaps are filled: where what was missed is looked for, what of it is taken, and when the search ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.gaps import Item, Window
from news.repairing import (
    Page,
    Repair,
    RepairState,
    Step,
    after_page,
    after_problem,
    begin,
    first_steps,
    give_up_unsearched,
    is_elsewhere,
    is_hopeless,
    should_tell,
    steps_from,
    wanted_places,
)
from news.sources import FeedLink, ParsedFeed, Problem, RepairWay

NOON = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ARCHIVE, PAGED, ROBOTS, SITEMAP = RepairWay.ARCHIVE, RepairWay.PAGED, RepairWay.ROBOTS, RepairWay.SITEMAP
URL = "https://journal.example/rss"
HOSTS = frozenset({"journal.example"})
DOWN, ABSENT = Problem("timeout", "the server did not answer"), Problem("http_404", "nothing is there")


def published(number: float) -> datetime:
    """Item N is published N hours after noon; the gap is from 0 to 20."""
    return NOON + number * HOUR


def new(*numbers: float) -> tuple[Item, ...]:
    return tuple(Item(None, published(number)) for number in numbers)


def known(*numbers: int) -> tuple[Item, ...]:
    """What was known before the gap: 0 and below; what is known by now: 20 and above."""
    return tuple(Item(1000 + number, published(number)) for number in numbers)


WINDOW = Window(known(*range(0, -10, -1)), NOON)
LATER = published(25)
PAGE_2 = Step(ARCHIVE, "https://journal.example/rss/2")
PAGE_3 = Step(ARCHIVE, "https://journal.example/rss/3")


def repair(*steps: Step, **changes: object) -> Repair:
    begun = Repair(WINDOW, NOON, published(20), LATER, published(20), HOSTS, steps or (PAGE_2,), next_at=LATER)
    return replace(begun, **changes)  # type: ignore[arg-type]


def feed(*links: tuple[str, str], generator: str | None = None) -> ParsedFeed:
    return ParsedFeed(None, (), links=tuple(FeedLink(*link) for link in links), generator=generator)


def sitemap_steps(origin: str = "https://journal.example") -> list[Step]:
    return [Step(ROBOTS, f"{origin}/robots.txt"), Step(SITEMAP, f"{origin}/news-sitemap.xml"), Step(SITEMAP, f"{origin}/sitemap-news.xml")]


def test_the_archives_that_a_feed_names_come_first_whole_ones_before_pages() -> None:
    named = feed(("next", f"{URL}?p=2"), ("hub", "https://journal.example/hub"), ("prev-archive", f"{URL}/2025/01"))
    assert first_steps(named, URL, HOSTS)[:2] == (Step(ARCHIVE, f"{URL}/2025/01"), Step(ARCHIVE, f"{URL}?p=2"))


@pytest.mark.parametrize(
    ("url", "generator", "page"),
    [
        ("https://journal.example/feed/", None, "https://journal.example/feed/?paged=2"),
        ("https://journal.example/tech/feed", None, "https://journal.example/tech/feed?paged=2"),
        ("https://journal.example/?feed=rss2", None, "https://journal.example/?feed=rss2&paged=2"),
        ("https://journal.example/flux.xml?a=&paged=7", "https://WordPress.org/?v=6", "https://journal.example/flux.xml?a=&paged=2"),
        ("https://journal.example/flux.xml", "Hugo", None),
        ("https://journal.example/feeds/all", None, None),
    ],
)
def test_wordpress_gives_its_feeds_page_by_page(url: str, generator: str | None, page: str | None) -> None:
    paged = [step.url for step in first_steps(feed(generator=generator), url, HOSTS) if step.way is PAGED]
    assert paged == ([page] if page else [])


def test_at_last_the_sitemaps_of_the_site_are_looked_at() -> None:
    assert list(first_steps(feed(), URL, HOSTS)) == sitemap_steps()


def test_nothing_is_looked_for_at_another_host() -> None:
    elsewhere = feed(
        ("next", "https://evil.example/2"), ("next", "https://journal.example:8443/2"), ("next", "https://a@journal.example/3")
    )
    assert [step.url for step in first_steps(elsewhere, URL, HOSTS) if step.way is ARCHIVE] == ["https://a@journal.example/3"]
    assert is_elsewhere(repair(), "https://evil.example/")
    assert not is_elsewhere(repair(), "https://JOURNAL.example/x")
    assert not is_elsewhere(repair(), None)


def test_a_place_goes_on_where_it_says_or_with_the_next_page() -> None:
    assert steps_from(ARCHIVE, URL, feed(("next", f"{URL}/3"), ("prev-archive", f"{URL}/4")), ()) == (Step(ARCHIVE, f"{URL}/4"),)
    assert steps_from(ARCHIVE, URL, feed(), ()) == ()
    assert steps_from(PAGED, f"{URL}?paged=9&x=1", feed(), ()) == (Step(PAGED, f"{URL}?x=1&paged=10"),)
    assert steps_from(ROBOTS, URL, None, ["https://journal.example/s.xml"]) == (Step(SITEMAP, "https://journal.example/s.xml"),)
    assert steps_from(SITEMAP, URL, feed(("next", URL)), ["https://journal.example/s.xml"]) == (
        Step(SITEMAP, "https://journal.example/s.xml"),
    )


def test_of_a_page_all_is_taken_that_stands_above_what_was_known() -> None:
    assert wanted_places(repair(), ARCHIVE, new(19, 18) + known(0) + new(-3, 1)) == [0, 1, 4]
    assert wanted_places(repair(), PAGED, new(19, 18, -30, 17)) == [0, 1, 2, 3], "listed within the gap, whatever its date"
    undated = tuple(item._replace(published_at=None) for item in (*new(19, 18), *known(0), *new(-3)))
    assert wanted_places(repair(), ARCHIVE, undated) == [0, 1]


def test_what_was_known_and_stays_at_the_top_is_no_end() -> None:
    assert wanted_places(repair(), ARCHIVE, known(-2) + new(19, 18, 17, 16)) == [1, 2, 3, 4]


def test_where_nothing_known_is_left_the_dates_say_what_was_missed() -> None:
    assert wanted_places(repair(), ARCHIVE, new(2, 1, -1, -2, -3)) == [0, 1]


def test_of_a_sitemap_what_is_dated_within_the_gap_is_taken() -> None:
    site = known(24, 23, 22, 0) + new(21, 20, 7, 0, -1, 3)
    assert wanted_places(repair(), SITEMAP, site) == [5, 6, 7, 9]
    assert wanted_places(repair(), SITEMAP, (*site, Item(None, None))) == [5, 6, 7, 9]


def test_a_sitemap_of_a_site_of_which_the_feed_is_a_part_is_left_alone() -> None:
    assert wanted_places(repair(), SITEMAP, known(24) + new(23, 22, 10)) == []
    assert wanted_places(repair(), SITEMAP, known(24) + new(23, 10)) == [2]
    assert wanted_places(repair(), SITEMAP, new(10, 11)) == [], "nothing tells whose they are"


def test_a_page_that_goes_back_to_what_was_known_fills_the_gap() -> None:
    done = after_page(repair(PAGE_2, PAGE_3), Page(new(2, 1) + known(0), (PAGE_3,)), 2, LATER)
    assert (done.state, done.entries, done.steps, done.next_at, done.reached_at) == (RepairState.REPAIRED, 2, (), None, NOON)


def test_else_the_search_goes_on_with_the_next_page_at_once() -> None:
    on = after_page(repair(PAGE_2, *sitemap_steps(), attempts=3, problem=DOWN), Page(new(19, 18, 17), (PAGE_3,)), 3, LATER)
    assert on.steps == (PAGE_3, *sitemap_steps())
    assert (on.state, on.next_at, on.reached_at, on.entries) == (RepairState.OPEN, LATER, published(17), 3)
    assert (on.attempts, on.problem, on.visited) == (0, None, {PAGE_2.url})


def test_what_stays_at_the_top_tells_nothing_of_how_far_back_a_page_goes() -> None:
    assert after_page(repair(), Page(known(-2) + new(19, 18, 17, 16), (PAGE_3,)), 4, LATER).reached_at == published(16)


def test_a_page_that_was_read_is_never_read_again() -> None:
    looped = after_page(repair(PAGE_2, *sitemap_steps()), Page(new(19, 18), (PAGE_2,)), 2, LATER)
    assert looped.steps == tuple(sitemap_steps())
    back = after_page(replace(looped, steps=(PAGE_3,)), Page(new(17), (PAGE_2,)), 1, LATER)
    assert (back.state, back.steps) == (RepairState.PARTLY, ())


def test_a_site_that_gives_its_first_page_for_any_is_soon_left_alone() -> None:
    here, first = repair(Step(PAGED, f"{URL}?paged=2"), *sitemap_steps()), known(24, 23, 22, 21, 20)
    for number in range(3, 4 + 2):
        here = after_page(here, Page(first, (Step(PAGED, f"{URL}?paged={number}"),)), 0, LATER)
        assert here.steps[0] == Step(PAGED, f"{URL}?paged={number}")
    here = after_page(here, Page(first, (Step(PAGED, f"{URL}?paged=99"),)), 0, LATER)
    assert here.steps == tuple(sitemap_steps())
    assert here.barren == 0


def test_a_page_with_nothing_on_it_is_the_last() -> None:
    assert after_page(repair(PAGE_2, *sitemap_steps()), Page((), (PAGE_3,)), 0, LATER).steps == tuple(sitemap_steps())


def test_a_page_that_brings_something_makes_up_for_those_that_did_not() -> None:
    assert after_page(repair(barren=4 - 1), Page(new(19), (PAGE_3,)), 1, LATER).barren == 0
    assert after_page(repair(barren=1), Page(known(20), (PAGE_3,)), 0, LATER).barren == 2
    assert after_page(repair(barren=3), Page(new(19), (PAGE_3,)), 1, LATER).steps == (PAGE_3,)


def test_robots_txt_and_an_index_only_lead_on() -> None:
    on = after_page(repair(*sitemap_steps()), Page((), (Step(SITEMAP, "https://journal.example/n.xml"),)), 0, LATER)
    assert on.steps == (Step(SITEMAP, "https://journal.example/n.xml"), *sitemap_steps()[1:])
    on = after_page(on, Page((), (Step(SITEMAP, "https://journal.example/deep.xml"), Step(SITEMAP, "https://evil.example/x"))), 0, LATER)
    assert on.steps == (Step(SITEMAP, "https://journal.example/deep.xml"), *sitemap_steps()[1:])


def test_a_sitemap_fills_the_gap_if_it_lists_what_is_older() -> None:
    here = repair(*sitemap_steps()[1:], shown=known(24, 22))
    done = after_page(here, Page(known(24, 22) + new(5) + known(0)), 1, LATER)
    assert done.state is RepairState.REPAIRED
    on = after_page(here, Page(known(24, 22) + new(5)), 1, LATER)
    assert (on.state, on.reached_at, on.steps) == (RepairState.OPEN, published(5), (sitemap_steps()[2],))


@pytest.mark.parametrize("listed", [(24, 22), (24, 22, 0), (24, 22, 0, -9)])
def test_a_sitemap_of_some_of_the_feeds_articles_brings_them_and_proves_nothing_of_the_others(listed: tuple[int, ...]) -> None:
    some = known(*listed) + new(5)
    here = repair(*sitemap_steps()[1:], shown=known(*range(24, 19, -1)))
    assert wanted_places(here, SITEMAP, some) == [len(listed)]
    on = after_page(here, Page(some), 1, LATER)
    assert (on.state, on.entries, on.reached_at) == (RepairState.OPEN, 1, published(20))


def test_what_was_withdrawn_before_a_sitemap_was_made_may_be_missing_in_it() -> None:
    here = repair(*sitemap_steps()[1:], shown=known(*range(24, 19, -1)))
    listed = known(24, 22, 21, 20) + new(5) + known(*range(0, -10, -1))
    assert after_page(here, Page(listed), 1, LATER).state is RepairState.REPAIRED
    assert after_page(here, Page(listed[1:]), 1, LATER).state is RepairState.REPAIRED
    assert after_page(here, Page(known(24, 22, 20) + listed[4:]), 1, LATER).state is RepairState.OPEN


def test_an_old_copy_of_an_archive_fills_no_gap() -> None:
    """A cache kept it from before the gap: what stood there stood below what was newest."""
    on = after_page(repair(PAGE_2, *sitemap_steps()), Page(new(-10, -11, -12), (PAGE_3,)), 0, LATER)
    assert (on.state, on.reached_at, on.steps[0]) == (RepairState.OPEN, published(20), PAGE_3)
    on = after_page(repair(PAGE_2, PAGE_3, reached_at=published(1)), Page(new(-10, -11, -12)), 0, LATER)
    assert on.state is RepairState.REPAIRED, "it goes on from a page that was read"


def test_a_first_page_of_which_some_is_from_the_gap_is_no_old_copy() -> None:
    assert after_page(repair(PAGE_2), Page(new(15, 10, -10, -11, -12)), 2, LATER).state is RepairState.REPAIRED


def test_a_sitemap_of_others_fills_nothing() -> None:
    on = after_page(repair(*sitemap_steps()[1:]), Page(known(24) + new(23, 22, 5, -1)), 0, LATER)
    assert (on.state, on.reached_at) == (RepairState.OPEN, published(20))


def test_a_place_that_cannot_be_read_is_tried_again_for_hours() -> None:
    here = repair(PAGE_2, *sitemap_steps())
    for number, wait in enumerate((1, 5, 20, 60, 240, 720), 1):
        here = after_problem(here, DOWN, LATER)
        assert (here.steps[0], here.attempts, here.next_at) == (PAGE_2, number, LATER + timedelta(minutes=wait))
    here = after_problem(here, DOWN, LATER)
    assert (here.steps, here.attempts, here.next_at) == (tuple(sitemap_steps()), 0, LATER)


@pytest.mark.parametrize("code", ["dns", "http_503", "http_429", "http_408", "truncated"])
def test_what_may_pass_is_tried_again(code: str) -> None:
    assert after_problem(repair(), Problem(code, ""), LATER).state is RepairState.OPEN


@pytest.mark.parametrize("code", ["http_404", "http_403", "http_410", "not_a_feed", "elsewhere", "too_large", "not_recorded"])
def test_what_will_not_pass_is_passed_over(code: str) -> None:
    on = after_problem(repair(PAGE_2, *sitemap_steps(), barren=2), Problem(code, ""), LATER)
    assert (on.steps, on.next_at, on.visited, on.barren) == (tuple(sitemap_steps()), LATER, {PAGE_2.url}, 0)


def test_robots_txt_that_could_not_be_read_is_asked_again_a_few_times() -> None:
    here, forbidden = repair(PAGE_2, *sitemap_steps()), Problem("robots", "")
    for _ in range(2):
        here = after_problem(here, forbidden, LATER)
    assert here.steps[0] == PAGE_2
    assert after_problem(here, forbidden, LATER).steps == tuple(sitemap_steps())


def test_a_site_that_asks_to_be_left_alone_is_for_a_day_at_most() -> None:
    assert after_problem(repair(), Problem("http_429", "", timedelta(hours=2)), LATER).next_at == LATER + timedelta(hours=2)
    assert after_problem(repair(), Problem("http_503", "", timedelta(days=9)), LATER).next_at == LATER + timedelta(days=1)
    assert after_problem(repair(), Problem("http_503", "", timedelta(seconds=1)), LATER).next_at == LATER + timedelta(minutes=1)


def test_a_gap_with_nowhere_left_to_look_is_given_up_with_the_reason() -> None:
    over = after_problem(repair(), ABSENT, LATER)
    assert (over.state, over.next_at, over.steps) == (RepairState.GIVEN_UP, None, ())
    assert over.problem is not None
    assert over.problem.code == "no_archive"
    assert begin(repair(Step(ARCHIVE, "https://evil.example/")), LATER).state is RepairState.GIVEN_UP


def test_one_of_which_a_part_was_found_is_partly_filled() -> None:
    assert after_page(repair(), Page(new(19, 18)), 2, LATER).state is RepairState.PARTLY
    assert after_problem(repair(reached_at=published(10)), ABSENT, LATER).state is RepairState.PARTLY
    assert after_problem(repair(entries=1), ABSENT, LATER).state is RepairState.PARTLY


def test_the_search_begins_at_once() -> None:
    assert begin(repair(PAGE_2, PAGE_2, next_at=None), LATER) == repair(PAGE_2, next_at=LATER)


def reason(over: Repair) -> str | None:
    return over.problem.code if over.problem else None


def test_no_search_is_endless() -> None:
    read = frozenset(f"{URL}/x{number}" for number in range(50 - 1))
    on = Page(new(19), (PAGE_3,))
    assert reason(after_page(repair(visited=read), on, 1, LATER)) == "endless"
    assert after_page(repair(visited=frozenset([*read][1:])), on, 1, LATER).state is RepairState.OPEN
    assert reason(after_page(repair(entries=1_000 - 1), on, 1, LATER)) == "endless"
    assert after_page(repair(entries=1_000 - 2), on, 1, LATER).state is RepairState.OPEN
    assert reason(after_page(repair(), on, 1, LATER + timedelta(days=7))) == "too_long"
    assert after_page(repair(), on, 1, LATER + timedelta(days=7) - HOUR).state is RepairState.OPEN
    many = tuple(Step(ARCHIVE, f"{URL}/n{number}") for number in range(1000))
    assert len(after_page(repair(), Page(new(19), many), 1, LATER).steps) == 20


def test_those_who_look_after_the_watch_are_told_of_a_gap_that_stays_and_not_more_than_once_a_day() -> None:
    stays = after_problem(repair(), ABSENT, LATER)
    assert should_tell(stays, None, LATER)
    assert should_tell(replace(stays, state=RepairState.PARTLY), None, LATER)
    assert should_tell(stays, LATER - timedelta(days=1), LATER)
    assert not should_tell(stays, LATER - timedelta(days=1) + HOUR, LATER)
    assert not should_tell(repair(), None, LATER)
    assert not should_tell(replace(stays, state=RepairState.REPAIRED), None, LATER)


def test_a_site_without_an_archive_is_searched_for_one_again_after_a_week() -> None:
    week = timedelta(days=7)
    assert is_hopeless("no_archive", LATER, LATER + week - HOUR)
    assert not is_hopeless("no_archive", LATER, LATER + week)
    assert not is_hopeless("endless", LATER, LATER)
    assert not is_hopeless(None, None, LATER)
    over = give_up_unsearched(repair())
    assert (over.state, over.steps, over.next_at, reason(over)) == (RepairState.GIVEN_UP, (), None, "not_searched")


PLACES = st.lists(st.integers(-12, 26), max_size=6)
ANSWERS = st.one_of(
    st.sampled_from([DOWN, ABSENT, Problem("robots", ""), Problem("http_503", "", timedelta(days=30))]),
    st.tuples(PLACES, st.lists(st.integers(0, 9), max_size=3)),
)


@given(st.lists(ANSWERS, min_size=1, max_size=8))
def test_whatever_a_site_answers_the_search_ends(answers: list[Problem | tuple[list[int], list[int]]]) -> None:
    here, now, reads = begin(repair(PAGE_2, *sitemap_steps()), LATER), LATER, 0
    while here.state is RepairState.OPEN:
        assert here.next_at is not None
        now, answer = max(now, here.next_at), answers[reads % len(answers)]
        reads += 1
        if isinstance(answer, Problem):
            here = after_problem(here, answer, now)
            continue
        items = tuple(Item(None if number % 2 else 1000 + number, published(number)) for number in answer[0])
        steps = tuple(Step(ARCHIVE, f"{URL}/{number + reads * (number % 3)}") for number in answer[1])
        here = after_page(here, Page(items, steps), len(wanted_places(here, here.steps[0].way, items)), now)
        assert reads < 50 * 7
    assert here.next_at is None
    assert (here.problem is None) == (here.state is RepairState.REPAIRED)
