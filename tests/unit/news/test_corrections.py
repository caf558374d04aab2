"""Which edits a topic is told of, what it is told, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.alerts import Change
from news.corrections import LONGEST_PASSAGE, MOST_CHANGES, Version, decide_when, find_changes
from news.edits import find_edit
from news.query import Matcher
from news.text import analyse_article
from news.topics import Revisions, Topic

FAR = "Une longue phrase tient à distance ce qui suit, pour que rien de cela ne soit dans le passage qui est montré aux lecteurs."
LEAD = "OpenAI envisage un contrat avec l’OTAN."
NEAR = "Le contrat vaut 3 millions."
END = "Sam Altman en parle mardi."
TITLE = "Un contrat militaire"
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
MATCHER = Matcher([Topic("OTAN", "OTAN SAUF football")], {})


def version(title: str = TITLE, *sentences: str) -> Version:
    analysed = analyse_article(title, " ".join(sentences or (LEAD, NEAR, FAR, END)))
    places = MATCHER.find_places("OTAN", analysed)
    assert places is not None
    return Version(analysed.title, analysed.text, places.match, places.found)


def told(after: Version, revisions: Revisions = Revisions.MATCHES, before: Version | None = None) -> tuple[Change, ...]:
    before = before or version()
    return find_changes(revisions, find_edit((before.title, before.text), (after.title, after.text)), before, after)


def text(before: str | None, after: str | None) -> Change:
    return Change("text", before, after)


RETITLED = version("Un contrat civil")
EDITED = version(TITLE, LEAD.replace("envisage", "refuse"), NEAR, FAR, END)
EDITED_NEAR = version(TITLE, LEAD, NEAR.replace("3", "5"), FAR, END)
EDITED_FAR = version(TITLE, LEAD, NEAR, FAR, END.replace("mardi", "jeudi"))


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        (RETITLED, {"matches", "title", "all"}),
        (EDITED, {"matches", "all"}),
        (EDITED_NEAR, {"matches", "all"}),
        (EDITED_FAR, {"all"}),
        (version(), set()),
    ],
)
def test_an_edit_is_told_to_those_who_want_it(after: Version, wanted: set[str]) -> None:
    assert {revisions.value for revisions in Revisions if told(after, revisions)} == wanted


def test_a_change_is_the_sentence_before_and_after() -> None:
    assert told(EDITED) == (text(LEAD, LEAD.replace("envisage", "refuse")),)
    assert told(RETITLED) == (Change("title", TITLE, "Un contrat civil"),)


def test_a_sentence_that_is_added_or_taken_away_must_hold_what_was_found() -> None:
    beside, holding = "Personne ne dit quand.", "L’OTAN dément."
    assert told(version(TITLE, LEAD, beside, NEAR, FAR, END)) == ()
    assert told(version(TITLE, LEAD, NEAR, FAR, END, holding)) == (text(None, holding),)
    assert told(version(), before=version(TITLE, LEAD, NEAR, FAR, END, holding)) == (text(holding, None),)


def test_beside_a_passage_of_a_live_blog_stands_what_has_nothing_to_do_with_it() -> None:
    parts = ["9h00 - Les alliés parlent du point 1.", "8h30 - Une pause.", f"8h00 - {LEAD}"]
    before, after = (version(TITLE, "\n".join([*parts[:1], one, *parts[2:]])) for one in [*parts[1:2], "8h30 - Une longue pause."])
    assert told(after, before=before) == ()


def test_a_match_that_is_lost_without_any_passage_being_touched_is_told_by_what_was_changed() -> None:
    lost = version(TITLE, LEAD, NEAR, FAR, END, "Le football attendra.")
    assert lost.match is None
    assert told(lost) == (text(None, "Le football attendra."),)
    assert told(version(), before=lost) == (text("Le football attendra.", None),)


def test_what_the_topic_matches_neither_before_nor_after_is_no_news_to_it() -> None:
    neither = version(TITLE, NEAR, FAR, END), version("Un autre titre", NEAR, FAR)
    assert told(neither[1], Revisions.ALL, before=neither[0]) == ()


def test_a_text_that_was_written_anew_is_told_by_some_of_its_changes() -> None:
    many = [f"L’OTAN parle du sujet numéro {number}." for number in range(2 * MOST_CHANGES)]
    changes = told(version("Un autre titre", *many))
    assert (len(changes), changes[0].field) == (MOST_CHANGES, "title")


@pytest.mark.parametrize(("place", "is_cut"), [(5, (False, True)), (100, (True, True)), (195, (True, False))])
def test_of_a_long_sentence_what_stands_around_the_change_is_told(place: int, is_cut: tuple[bool, bool]) -> None:
    words = [f"mot{number}" for number in range(200)]
    before = version(TITLE, f"L’OTAN {' '.join(words)}.")
    after = version(TITLE, f"L’OTAN {' '.join([*words[:place], 'autre', *words[place:]])}.")
    (change,) = told(after, Revisions.ALL, before)
    assert change.before is not None
    assert change.after is not None
    assert " autre " in change.after
    assert max(len(change.before), len(change.after)) <= LONGEST_PASSAGE + 4
    assert f" mot{place} " in change.before
    assert [(text.startswith("… "), text.endswith(" …")) for text in (change.before, change.after)] == [is_cut] * 2


def test_a_topic_is_corrected_at_most_once_an_hour() -> None:
    hour = timedelta(hours=1)
    assert decide_when(None, NOW) == NOW
    assert decide_when(NOW - hour, NOW) == NOW
    assert decide_when(NOW - hour + timedelta(seconds=1), NOW) == NOW + timedelta(seconds=1)


def test_a_live_blog_that_is_edited_every_2_minutes_for_a_day_is_told_at_most_24_times() -> None:
    before, told_at, count = version(), None, 0
    for step in range(720):
        now = NOW + timedelta(minutes=2 * step)
        after = version(f"L’OTAN, {step} heures après", LEAD, NEAR, FAR, END)
        if told(after, before=before) and decide_when(told_at, now) == now:
            before, told_at, count = replace(after), now, count + 1
    assert count == 24


def test_what_a_clock_that_was_ahead_told_puts_no_correction_off() -> None:
    assert decide_when(NOW + timedelta(days=365), NOW) == NOW
