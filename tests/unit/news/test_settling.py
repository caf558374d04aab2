"""Which article an entry shows, which versions that gives, and what is to be matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from news.adopting import OtherEntries, OtherEntry
from news.alerts import article_subject
from news.articles import Identity
from news.judging import Version, make_version
from news.sayings import Saying
from news.settling import Asks, Decided, Settled, Settler
from news.showings import Claim, Known, KnownArticle, Place, Showing, TextTwin
from news.sources import ExtractedPage, FeedEntry

HERE, THERE, ELSEWHERE = "https://a.example/1", "https://a.example/2", "https://b.example/9"
TITLE = "Tarnac vote son budget"
PROSE = "Le conseil de Tarnac a voté son budget hier soir. " * 12
OTHER_PROSE = "La halle de Vexin a brûlé cette nuit, et personne n’y était. " * 12


def words(title: str = TITLE, text: str = "Un vote.") -> Version:
    return make_version(FeedEntry(None, None, title, summary=text), None)


def page(title: str = TITLE, text: str = PROSE) -> Version:
    return make_version(FeedEntry(None, None, title), ExtractedPage(None, text))


def showing(saying: Version | None = None, version: Version | None = None, place: str = HERE, **rest: Any) -> Showing:
    """Entry 1 of source 1 showing an article by the feed's words, unless a `version` is offered as its text."""
    saying = saying or words()
    fields = {"entry_id": 1, "source_id": 1, "place": Place(place), "shown_url": place, "saying": saying, "version": version or saying}
    return Showing(**{**fields, **rest})


def article(main: Version | None = None, **rest: Any) -> KnownArticle:
    """Article 7, with `main` as its only version."""
    main = main or words()
    return replace(KnownArticle(7, main.title, 70, main.own_hash, main.origin, 1, sighted_openly=True, deleted=False), **rest)


def known(one: KnownArticle | None = None, **rest: Any) -> Known:
    """An archive that holds one article, at `HERE` by an entry's own link."""
    one = one or article()
    fields: dict[str, Any] = {"articles": {7: one}, "claims": {HERE: Claim(7, adopted=False)}, "next_article_id": 8, "next_revision_id": 71}
    return Known(**{**fields, **rest})


def settle(known: Known, showing: Showing) -> Settled:
    return Settler(known).settle(showing)


def test_what_is_nowhere_known_is_a_new_article_with_its_first_version() -> None:
    settled = settle(Known(), showing())
    assert (settled.identity, settled.article_id, settled.is_new_article, settled.is_new_sighting) == (Identity.FIRST, 1, True, True)
    (only,) = settled.versions
    assert (only.revision_id, only.number, only.is_main, only.is_first) == (1, 1, True, True)
    assert (settled.main, settled.spoken_revision_id, settled.claims, settled.asks) == (only, 1, ((HERE, False),), Asks.NONE)


def test_the_address_of_an_entrys_own_link_is_its_article_whatever_the_words() -> None:
    settled = settle(known(), showing(words("Tout autre chose", "Rien."), entry_id=2, source_id=2))
    assert (settled.identity, settled.article_id, settled.claims) == (Identity.SAME_URL, 7, ())


@pytest.mark.parametrize("how", ["own", "alternate", "adopted"])
@pytest.mark.parametrize(("title", "same"), [(TITLE, True), ("Le conseil de Tarnac vote son budget", True), ("La halle a brûlé", False)])
def test_an_address_that_proves_nothing_joins_what_speaks_of_the_same(how: str, title: str, same: bool) -> None:
    archive = known(claims={THERE: Claim(7, adopted=how == "own")})
    shown = {
        "own": showing(words(title), place=THERE),
        "alternate": replace(showing(words(title)), place=Place(HERE, (THERE,))),
        "adopted": showing(words(title), adopted=(THERE,)),
    }[how]
    settled = settle(archive, shown)
    assert settled.identity is (Identity.SAME_URL if same else Identity.FIRST)


def test_an_adopted_address_joins_what_has_the_same_text_under_whatever_title() -> None:
    archive = known(article(page()), claims={THERE: Claim(7, adopted=True)}, twins={page().text_hash: [TextTwin(7, HERE, TITLE)]})
    shown = showing(words("Les élus ont tranché"), page("Les élus ont tranché"), place=THERE)
    assert (settle(archive, shown).identity, settle(archive, shown).article_id) == (Identity.SAME_URL, 7)
    assert settle(archive, replace(shown, version=page("Les élus ont tranché", OTHER_PROSE))).is_new_article
    assert settle(replace(archive, twins={page().text_hash: [TextTwin(6, HERE, TITLE)]}), shown).is_new_article


def test_an_entrys_own_link_takes_the_address_from_an_article_that_adopted_it() -> None:
    settled = settle(known(claims={THERE: Claim(7, adopted=True)}), showing(words("La halle a brûlé"), place=THERE))
    assert (settled.is_new_article, settled.claims) == (True, ((THERE, False),))


def test_addresses_that_nobody_has_are_adopted() -> None:
    settled = settle(Known(), showing(adopted=(THERE, ELSEWHERE)))
    assert settled.claims == ((HERE, False), (THERE, True), (ELSEWHERE, True))
    settled = settle(known(claims={THERE: Claim(7, adopted=False)}), showing(words("La halle a brûlé"), adopted=(THERE,)))
    assert settled.claims == ((HERE, False),)


@pytest.mark.parametrize(("other", "adopted"), [(TITLE, True), ("La halle a brûlé", False)])
def test_what_a_site_shows_for_several_of_its_entries_is_no_address_unless_they_speak_of_the_same(other: str, adopted: bool) -> None:
    settled = settle(Known(others=OtherEntries({THERE: [OtherEntry(other, 6)]})), showing(adopted=(THERE,)))
    assert ((THERE, True) in settled.claims) is adopted


def twins(version: Version, *held: TextTwin) -> dict[str, list[TextTwin]]:
    return {version.text_hash: list(held)}


@pytest.mark.parametrize(
    ("twin", "same"),
    [
        (TextTwin(7, ELSEWHERE, "Autre titre"), True),
        (TextTwin(7, THERE, "TARNAC vote son budget !"), True),
        (TextTwin(7, THERE, "Autre titre"), False),
        (TextTwin(7, "https://www.a.example/3", "Autre titre"), False),
    ],
)
def test_the_same_text_is_the_same_article_if_the_hosts_differ_or_the_titles_agree(twin: TextTwin, same: bool) -> None:
    settled = settle(known(claims={}, twins=twins(page(), twin)), showing(version=page()))
    assert (settled.identity, settled.article_id) == ((Identity.SAME_TEXT, 7) if same else (Identity.FIRST, 8))


def test_the_earliest_of_several_articles_with_the_same_text_is_taken() -> None:
    earliest, latest = TextTwin(7, ELSEWHERE, "Un"), TextTwin(6, ELSEWHERE, "Deux")
    archive = known(articles={7: article(), 6: article(article_id=6)}, claims={}, twins=twins(page(), earliest, latest))
    assert settle(archive, showing(version=page())).article_id == 7


def test_a_text_that_speaks_of_neither_title_proves_nothing() -> None:
    twin = TextTwin(7, ELSEWHERE, "Karlsen quitte le port")
    assert settle(known(claims={}, twins=twins(page(), twin)), showing(version=page(text=OTHER_PROSE))).is_new_article
    unspoken = page("Ormeval rachète les chantiers", OTHER_PROSE)
    assert settle(known(claims={}, twins=twins(unspoken, twin)), showing(version=unspoken)).is_new_article
    spoken_there = TextTwin(7, ELSEWHERE, "La halle de Vexin a brûlé")
    assert settle(known(claims={}, twins=twins(unspoken, spoken_there)), showing(version=unspoken)).article_id == 7


@pytest.mark.parametrize(("characters", "same"), [(399, False), (400, True)])
def test_a_text_is_an_identity_from_400_normalised_characters_on(characters: int, same: bool) -> None:
    short = page("Aaaa", "aaaa " + "b" * (characters - 5))
    assert short.text_length == characters
    archive = known(claims={}, twins=twins(short, TextTwin(7, ELSEWHERE, "Aaaa")))
    assert settle(archive, showing(words("Aaaa"), short)).is_new_article is not same


def test_a_text_seen_under_three_titles_is_no_identity_and_the_same_title_counts_once() -> None:
    archive = known(claims={}, twins=twins(page(), TextTwin(7, ELSEWHERE, TITLE)))
    for titles, same in (({page().title_key, "autre"}, True), ({"autre", "encore"}, False)):
        settled = settle(replace(archive, titles_of_text={page().text_hash: titles}), showing(version=page()))
        assert settled.is_new_article is not same


def test_an_entry_that_moved_stays_with_its_article_if_it_speaks_of_it_still() -> None:
    moved = showing(words("Tarnac a voté son budget"), place=THERE, article_id=7)
    assert (settle(known(), moved).identity, settle(known(), moved).claims) == (Identity.MOVED, ((THERE, False),))
    assert settle(known(), replace(moved, is_another=True)).is_new_article
    assert settle(known(), showing(words("La halle a brûlé"), place=THERE, article_id=7)).is_new_article


@pytest.mark.parametrize(("silent", "edited", "opened"), [(True, True, True), (True, False, False), (False, True, False)])
def test_an_entry_of_a_silent_poll_that_speaks_of_another_article_now_is_silent_no_more(silent: bool, edited: bool, opened: bool) -> None:
    settled = settle(known(), showing(words("La halle a brûlé"), place=THERE, article_id=7, silent=silent, edited=edited))
    assert settled.silent is (silent and not opened)


def test_an_entry_of_a_silent_poll_that_shows_its_article_still_stays_silent() -> None:
    assert settle(known(), showing(article_id=7, silent=True, edited=True)).silent


def test_the_first_open_sighting_of_a_silent_article_opens_it_and_all_topics_look_again() -> None:
    silent_one = known(article(sighted_openly=False))
    opening = settle(silent_one, showing(entry_id=2))
    assert (opening.opens, opening.asks) == (True, Asks.ALL)
    assert not settle(silent_one, showing(entry_id=2, silent=True)).opens
    assert not settle(replace(silent_one, sighted=frozenset({(2, 7)})), showing(entry_id=2)).opens
    assert not settle(known(), showing(entry_id=2)).opens


def test_a_further_sighting_asks_topics_that_ask_who_showed_it_and_a_known_one_none() -> None:
    assert settle(known(), showing(entry_id=2)).asks is Asks.BY_SIGHTING
    assert settle(known(sighted=frozenset({(2, 7)})), showing(entry_id=2)).asks is Asks.NONE
    assert settle(known(article(deleted=True, sighted_openly=False)), showing(entry_id=2)).asks is Asks.NONE


@pytest.mark.parametrize(("silent", "is_known", "is_old_news"), [(True, False, True), (True, True, False), (False, False, False)])
def test_only_a_sighting_by_a_silent_first_poll_is_old_news(silent: bool, is_known: bool, is_old_news: bool) -> None:
    archive = known(sighted=frozenset({(2, 7)}) if is_known else frozenset())
    assert settle(archive, showing(entry_id=2, silent=silent)).is_silent_sighting is is_old_news


def test_what_is_settled_names_its_article_as_alerts_do() -> None:
    assert settle(known(), showing(entry_id=2)).subject == article_subject(7)


def test_a_title_is_told_to_be_new_of_its_text_once_and_not_when_enough_are_held() -> None:
    settler = Settler(known(titles_of_text={words().text_hash: {"autre"}}))
    same = [showing(entry_id=2), showing(entry_id=3)]
    assert [settler.settle(one).adds_title for one in same] == [True, False]
    assert not settle(known(titles_of_text={words().text_hash: {"un", "deux", "trois"}}), same[0]).adds_title


def test_what_another_source_says_is_a_version_beside_the_text() -> None:
    settled = settle(known(), showing(words(TITLE, "Autrement dit."), entry_id=2, source_id=2))
    (said,) = settled.versions
    assert (said.revision_id, said.number, said.is_main, said.is_first, settled.main) == (71, 2, False, False, None)
    assert settled.spoken_revision_id == 71


def test_what_says_the_same_as_the_text_or_as_another_entry_is_no_further_version() -> None:
    same = settle(known(), showing(entry_id=2, source_id=2))
    assert (same.versions, same.spoken_revision_id) == ((), 70)
    saying = words(TITLE, "Autrement dit.")
    for held in (65, None):
        settled = settle(known(said={(7, saying.own_hash): held}), showing(saying, entry_id=2, source_id=2))
        assert (settled.versions, settled.spoken_revision_id) == ((), held)


def test_a_source_that_changes_its_own_words_revises_the_article() -> None:
    archive = known(own_hashes={(7, 1): words().own_hash})
    settled = settle(archive, showing(words(TITLE, "Un vote, corrigé."), article_id=7))
    assert [(one.number, one.is_main, one.is_first) for one in settled.versions] == [(2, True, False)]
    assert settled.spoken_revision_id == 71
    of_this_entry = settle(known(), showing(words(TITLE, "Un vote, corrigé."), article_id=7, own_hash=words().own_hash))
    assert of_this_entry.main is not None


def test_the_hash_of_an_entry_that_belonged_to_another_article_says_nothing_of_this_one() -> None:
    settled = settle(known(), showing(words(TITLE, "Autrement dit."), article_id=6, own_hash="x"))
    assert settled.main is None


def test_a_page_takes_the_place_of_the_feeds_words_which_stay_findable_where_they_say_more() -> None:
    settled = settle(known(), showing(version=page(), article_id=7, own_hash=words().own_hash))
    assert [(one.version.origin, one.number, one.is_main) for one in settled.versions] == [("page", 2, True), ("feed", 3, False)]
    assert (settled.versions[0].revision_id, settled.spoken_revision_id) == (71, 72)


@pytest.mark.parametrize(
    ("saying", "adds"),
    [
        (words(TITLE, "Le conseil de TARNAC a voté…"), False),
        (words(TITLE, ""), False),
        (words("Tarnac, un budget", ""), True),
        (words(TITLE, "Un vote serré."), True),
    ],
)
def test_a_feeds_words_that_stand_on_the_page_are_no_version_of_their_own(saying: Version, adds: bool) -> None:
    settled = settle(Known(), showing(saying, page()))
    assert (len(settled.versions), settled.spoken_revision_id) == ((2, 2) if adds else (1, None))
    assert all(one.is_first for one in settled.versions)


def test_while_a_page_is_awaited_only_what_the_feed_says_is_settled() -> None:
    waiting = showing(words(TITLE, "Un vote, corrigé."), article_id=7, own_hash=words().own_hash)
    settled = settle(known(), replace(waiting, version=None))
    assert [one.is_main for one in settled.versions] == [False]
    unchanged = settle(known(article(page())), replace(showing(words(TITLE, "")), version=None, article_id=7))
    assert (unchanged.versions, unchanged.spoken_revision_id) == ((), None)


def test_the_feeds_words_take_the_place_of_what_proved_to_be_no_text() -> None:
    masked = known(article(page()))
    assert settle(masked, showing(article_id=7)).main is None
    assert settle(masked, showing(article_id=7, restores=True)).main is not None


def test_an_article_whose_text_was_deleted_is_sighted_and_gets_no_version() -> None:
    settled = settle(known(article(deleted=True)), showing(words("Autre", "Autrement dit."), entry_id=2, source_id=2))
    assert (settled.is_new_sighting, settled.versions, settled.spoken_revision_id) == (True, (), None)


def test_two_entries_of_one_body_that_show_one_article_are_one_and_each_decision_is_known_to_the_next() -> None:
    settler = Settler(Known())
    first = settler.settle(showing(entry_id=1))
    again = settler.settle(showing(words(TITLE, "Un vote, corrigé."), entry_id=2))
    other = settler.settle(showing(words("La halle a brûlé"), entry_id=3, place=THERE))
    assert [one.article_id for one in (first, again, other)] == [1, 1, 2]
    assert (again.is_new_article, again.is_new_sighting, again.versions[0].number, again.main is not None) == (False, True, 2, True)
    assert [one.revision_id for settled in (first, again, other) for one in settled.versions] == [1, 2, 3]
    repeated = settler.settle(showing(words(TITLE, "Un vote, corrigé."), entry_id=2, article_id=1))
    assert (repeated.is_new_sighting, repeated.versions, repeated.spoken_revision_id) == (False, (), 2)


def test_a_text_of_this_very_body_joins_and_unjoins_as_one_on_record_does() -> None:
    settler = Settler(Known())
    one = settler.settle(showing(version=page(), entry_id=1))
    copy = settler.settle(showing(version=page(), entry_id=2, place=ELSEWHERE))
    assert (copy.identity, copy.article_id) == (Identity.SAME_TEXT, one.article_id)
    for number, title in enumerate(("Tarnac et son budget", "Un budget pour Tarnac"), 3):
        settler.settle(showing(words(title), page(title), entry_id=number, place=f"https://{number}.example/"))
    assert settler.settle(showing(version=page(), entry_id=9, place="https://z.example/9")).is_new_article


SUMMARY = "Un vote serré."
HELD = page(text=PROSE + SUMMARY)
"""A page that holds what its feed says of it."""


def on_record(entry_id: int = 1, article_id: int = 7, text: str = SUMMARY) -> Saying:
    entry = FeedEntry(None, None, TITLE, summary=text)
    return Saying(article_id, entry_id, 3, make_version(entry, None).own_hash, entry)


def revise(*sayings: Saying, then: Sequence[Showing] = (), text: str = PROSE) -> Decided:
    """Entry 2, which gave article 7 its page, shows another text of it, and after it come the others."""
    settler = Settler(known(article(HELD), own_hashes={(7, 2): HELD.own_hash}, sayings=sayings))
    first = showing(words(text=""), page(text=text), entry_id=2, source_id=2, article_id=7, own_hash=HELD.own_hash)
    for one in (first, *then):
        settler.settle(one)
    return settler.conclude()


def test_what_is_still_said_of_a_revised_article_becomes_a_version_where_its_text_no_longer_holds_it() -> None:
    decided = revise(on_record(5), on_record(4), on_record(6, text=""), on_record(8, article_id=6))
    assert [version.number for one in decided.settled for version in one.versions] == [2]
    (only,) = decided.still_said
    assert (only.article_id, only.source_id, only.says_hash) == (7, 3, on_record().says_hash)
    assert (only.revision_id, only.number, only.version.text) == (72, 3, SUMMARY)
    assert revise(on_record(), text=PROSE + "Voici : " + SUMMARY).still_said == ()


def test_different_things_that_are_still_said_are_versions_one_after_the_other_in_the_order_of_their_entries() -> None:
    decided = revise(on_record(6, text="Autre chose."), on_record(5))
    assert [(one.version.text, one.revision_id, one.number) for one in decided.still_said] == [(SUMMARY, 72, 3), ("Autre chose.", 73, 4)]


def test_what_a_version_of_this_body_holds_is_no_second_version_for_the_others_that_say_it() -> None:
    settler = Settler(known(article(HELD), own_hashes={(7, 2): HELD.own_hash}, sayings=[on_record(4), on_record(5, text="Autre chose.")]))
    revises = showing(words(text=SUMMARY), page(), entry_id=2, source_id=2, article_id=7, own_hash=HELD.own_hash)
    settled = settler.settle(revises)
    decided = settler.conclude()
    assert [(one.revision_id, one.number) for one in settled.versions] == [(71, 2), (72, 3)]
    assert [(one.article_id, one.says_hash, one.revision_id) for one in decided.said_already] == [(7, on_record().says_hash, 72)]
    assert [(one.version.text, one.revision_id, one.number) for one in decided.still_said] == [("Autre chose.", 73, 4)]


def test_nothing_is_still_said_of_an_article_that_is_not_revised() -> None:
    settler = Settler(known(article(HELD), sayings=[on_record()]))
    settler.settle(showing(words(text=SUMMARY), HELD, entry_id=2, article_id=7, own_hash=HELD.own_hash))
    assert settler.conclude().still_said == ()


def test_an_entry_that_speaks_of_another_article_whose_page_is_awaited_says_nothing_of_the_one_before() -> None:
    settler = Settler(known(article(HELD), own_hashes={(7, 2): HELD.own_hash}, sayings=[on_record(4), on_record(5, text="Autre chose.")]))
    settler.settle(showing(words(text=""), page(), entry_id=2, source_id=2, article_id=7, own_hash=HELD.own_hash))
    settler.forget_saying(4)
    assert [one.version.text for one in settler.conclude().still_said] == ["Autre chose."]


def test_what_an_entry_said_before_this_body_is_not_said_still() -> None:
    says_else = replace(showing(words(text=""), entry_id=1, article_id=7), version=None)
    assert len(revise(on_record(1)).still_said) == 1
    assert revise(on_record(1), then=[says_else]).still_said == ()
    moved_on = showing(words("La halle a brûlé", "Tout."), place=THERE, entry_id=1, article_id=7)
    assert revise(on_record(1), then=[moved_on]).still_said == ()


def test_an_entry_of_this_very_body_says_what_it_says_whether_it_comes_before_the_new_text_or_after_it() -> None:
    says = replace(showing(words(text=SUMMARY), entry_id=9, source_id=4), version=None)
    decided = revise(then=[says])
    assert [one.spoken_revision_id for one in decided.settled] == [None, 72]
    assert decided.still_said == ()
    settler = Settler(
        known(article(HELD), own_hashes={(7, 2): HELD.own_hash}, page_texts={7: HELD.text}, said={(7, says.saying.own_hash): None})
    )
    settler.settle(says)
    settler.settle(showing(words(text=""), page(), entry_id=2, source_id=2, article_id=7, own_hash=HELD.own_hash))
    (only,) = settler.conclude().still_said
    assert (only.says_hash, only.source_id, only.number) == (says.saying.own_hash, 4, 3)


def test_an_entry_that_speaks_of_another_article_until_its_page_comes_says_nothing_of_this_one() -> None:
    settler = Settler(known(article(HELD), own_hashes={(7, 2): HELD.own_hash}, sayings=[on_record()]))
    settler.settle(showing(words(text=""), page(), entry_id=2, source_id=2, article_id=7, own_hash=HELD.own_hash))
    settler.forget_saying(1)
    assert settler.conclude().still_said == ()


def test_an_article_that_two_entries_of_one_body_revise_is_compared_with_the_last_text() -> None:
    back = showing(words(text=""), HELD, entry_id=2, source_id=2, article_id=7, own_hash=page().own_hash)
    decided = revise(on_record(), then=[back])
    assert [version.number for one in decided.settled for version in one.versions] == [2, 3]
    assert decided.still_said == ()


def test_an_article_that_was_opened_in_this_body_is_not_opened_again() -> None:
    settler = Settler(known(article(sighted_openly=False)))
    assert [settler.settle(showing(entry_id=number)).opens for number in (2, 3)] == [True, False]


@pytest.mark.parametrize(
    ("place", "claim", "main", "own", "is_known"),
    [
        (HERE, Claim(7, adopted=False), page(), {}, True),
        (HERE, Claim(7, adopted=False), words(), {}, False),
        (HERE, Claim(7, adopted=False), page(), {(7, 1): "x"}, False),
        (HERE, Claim(7, adopted=False), page(), {(7, 2): "x"}, True),
        (HERE, Claim(7, adopted=True), page("La halle a brûlé"), {}, False),
        (HERE, Claim(7, adopted=True), page(), {}, False),  # only the texts can tell
        (THERE, Claim(7, adopted=False), page(), {}, False),
    ],
)
def test_a_page_is_known_if_another_source_brought_it(
    place: str, claim: Claim, main: Version, own: dict[tuple[int, int], str], is_known: bool
) -> None:
    archive = known(article(main), claims={HERE: claim}, own_hashes=own)
    assert Settler(archive).is_page_known(showing(place=place)) is is_known


def test_a_page_at_an_adopted_address_is_fetched_where_only_its_text_can_tell_whose_it_is() -> None:
    for title, is_known in (("Communiqué", False), ("Tarnac vote son budget municipal", True)):
        archive = known(article(page(title)), claims={HERE: Claim(7, adopted=True)})
        assert Settler(archive).is_page_known(showing(words(title))) is is_known
        assert Settler(replace(archive, claims={HERE: Claim(7, adopted=False)})).is_page_known(showing(words(title)))


@pytest.mark.parametrize(
    ("title", "text", "same"), [(TITLE, PROSE + "Lundi.", True), (TITLE, OTHER_PROSE, False), ("Communiqué", OTHER_PROSE, False)]
)
def test_pages_under_one_title_that_say_something_else_are_articles_of_their_own(title: str, text: str, same: bool) -> None:
    archive = known(article(page(title)), claims={THERE: Claim(7, adopted=True)}, page_texts={7: PROSE})
    shown = showing(words(title), page(title, text), adopted=(THERE,))
    assert settle(archive, shown).is_new_article is not same
    assert not settle(replace(archive, page_texts={}), shown).is_new_article
