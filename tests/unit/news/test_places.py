"""Where the entries of a body say their articles are, in the form in which addresses are compared."""

from __future__ import annotations

from news.places import place_on_record, places_of
from news.preparing import prepared_entries
from news.showings import Place
from news.sources import FeedEntry, ParsedFeed

FEED = "https://a.example/feed"
LIVE = "https://a.example/direct"


def places(*entries: tuple[str, str | None], shared: tuple[str, ...] = ()) -> list[Place]:
    """The places of entries of these titles and links."""
    feed = ParsedFeed(None, tuple(FeedEntry(f"g{number}", link, title) for number, (title, link) in enumerate(entries)))
    return list(places_of(prepared_entries(feed), FEED, shared).values())


def test_a_place_is_the_comparing_form_of_the_link() -> None:
    (place,) = places(("Un", "http://www.A.example/1/?utm_source=rss"))
    assert place.own == "https://a.example/1"


def test_an_entry_without_a_link_has_a_place_within_its_feed() -> None:
    assert places(("Un", None)) == [Place(f"{FEED}#guid%3Ag0")]


def test_entries_that_share_a_link_under_different_titles_have_places_of_their_own() -> None:
    one, two, again = places(("Une panne", LIVE), ("Des lenteurs", LIVE), ("UNE PANNE !", LIVE))
    assert one.own.startswith(f"{LIVE}#")
    assert one.own != two.own
    assert one.own == again.own, "the same title is the same article, whatever the guid"
    assert one.alternates == (LIVE,)


def test_entries_that_share_a_link_under_one_title_are_at_that_address() -> None:
    assert {place.own for place in places(("Une panne", LIVE), ("UNE PANNE !", LIVE))} == {LIVE}


def test_posts_of_a_live_page_are_told_apart_by_their_fragments() -> None:
    first, second = places(("18 h", f"{LIVE}#post-1"), ("19 h", f"{LIVE}#post-2"))
    assert (first.own, second.own) == (f"{LIVE}#post-1", f"{LIVE}#post-2")
    assert first.alternates[0] == LIVE


def test_a_fragment_that_stands_under_two_titles_tells_nothing_apart() -> None:
    first, second, third = places(("18 h", f"{LIVE}#haut"), ("19 h", f"{LIVE}#haut"), ("20 h", f"{LIVE}#bas"))
    assert len({first.own, second.own, third.own}) == 3
    assert f"{LIVE}#haut" in first.alternates
    assert third.own == f"{LIVE}#bas"


def test_a_fragment_alone_makes_no_place_but_may_be_how_another_feed_tells_it_apart() -> None:
    (place,) = places(("18 h", f"{LIVE}#post-1"))
    assert place.own == LIVE
    assert place.alternates[0] == f"{LIVE}#post-1"
    (shown_alone,) = places(("Une panne", LIVE))
    shared, _ = places(("Une panne", LIVE), ("Des lenteurs", LIVE))
    assert shared.own in shown_alone.alternates


def test_what_only_tracks_is_no_fragment() -> None:
    assert places(("18 h", f"{LIVE}#xtor=RSS-1")) == places(("18 h", LIVE))


def test_a_link_that_is_known_to_be_shared_stays_so_when_one_entry_alone_is_listed() -> None:
    (place,) = places(("Une panne", LIVE), shared=(LIVE,))
    assert place == places(("Une panne", LIVE), ("Des lenteurs", LIVE))[0]
    assert places(("Une panne", LIVE), shared=("https://a.example/autre",))[0].own == LIVE


def test_fragments_that_are_addresses_of_their_own_are_compared() -> None:
    first, second = places(("Un", "https://a.example/#!/1"), ("Deux", "https://a.example/#!/2"))
    assert (first.own, second.own) == ("https://a.example/#!/1", "https://a.example/#!/2")


def test_a_place_on_record_has_the_alternates_that_it_had_when_it_arrived() -> None:
    for link in (LIVE, f"{LIVE}#post-1"):
        shared, _ = places(("Une panne", link), ("Des lenteurs", LIVE))
        (alone,) = places(("Une panne", link))
        for place in (shared, alone):
            assert place_on_record(place.own, FeedEntry("g1", link, "Une panne")) == place
    assert place_on_record(f"{FEED}#g1", FeedEntry("g1", None, "Une panne")) == Place(f"{FEED}#g1")
