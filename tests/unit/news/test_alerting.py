"""Which alerts follow from a match, and why none otherwise."""

from __future__ import annotations

from itertools import product

import pytest

from news.alerting import Matched, NewAlert, OnRecord, Silence, decide_alert
from news.alerts import AlertKind, SubjectKind, article_subject, make_alert_id, parse_subject
from news.follow_ups import Per


def decide(
    *,
    alerts: int = 0,
    first: int | None = None,
    openly: bool = True,
    number: int = 1,
    edited: bool = False,
    silent: bool = False,
    digest: bool = False,
    story: bool = False,
    per: Per = Per.STORY,
) -> NewAlert | Silence:
    matched = Matched(number, edited, by_silent_sighting=silent)
    return decide_alert(OnRecord(alerts, first, openly, story_alerted=story), matched, digest=digest, per=per)


def test_the_first_match_of_an_openly_sighted_article_is_the_first_alert() -> None:
    assert decide() == NewAlert(AlertKind.NEW, 1)


@pytest.mark.parametrize(("alerts", "openly", "edited", "silent", "first"), [*product([1, 2], *[[False, True]] * 3, [None, 1])])
def test_a_topic_that_has_alerted_on_an_article_alerts_no_more(
    alerts: int, openly: bool, edited: bool, silent: bool, first: int | None
) -> None:
    assert decide(alerts=alerts, openly=openly, edited=edited, silent=silent, first=first) is Silence.ALERTED


@pytest.mark.parametrize(("edited", "first"), [*product([False, True], [None, 1])])
def test_what_matches_since_a_silent_poll_showed_it_is_not_told(edited: bool, first: int | None) -> None:
    assert decide(silent=True, edited=edited, first=first) is Silence.SILENT_SIGHTING
    assert decide(silent=True, edited=edited, first=first, openly=False) is Silence.SILENT_SIGHTING


@pytest.mark.parametrize("first", [None, 1])
def test_what_a_source_held_when_it_was_first_seen_is_not_told(first: int | None) -> None:
    assert decide(openly=False, first=first) is Silence.SILENT


def test_a_silent_article_that_is_edited_into_the_match_is_told_as_revised() -> None:
    assert decide(openly=False, edited=True, number=2) == NewAlert(AlertKind.REVISED, 1)


def test_a_silent_article_that_matched_before_its_edit_is_not_told() -> None:
    assert decide(openly=False, edited=True, number=2, first=1) is Silence.MATCHED_SILENTLY


@pytest.mark.parametrize(("first", "kind"), [(None, AlertKind.REVISED), (1, AlertKind.NEW), (2, AlertKind.REVISED)])
def test_the_kind_goes_by_the_first_version_that_matched_even_in_silence(first: int | None, kind: AlertKind) -> None:
    assert decide(number=3, first=first) == NewAlert(kind, 1)
    assert decide(number=3, first=first, edited=True) == NewAlert(kind, 1)


def test_what_follows_in_a_story_that_was_told_is_a_follow_up_whichever_version_matched() -> None:
    assert decide(story=True) == NewAlert(AlertKind.FOLLOW_UP, 1)
    assert decide(story=True, number=3) == NewAlert(AlertKind.FOLLOW_UP, 1)
    assert decide(story=True, digest=True, openly=False) == NewAlert(AlertKind.FOLLOW_UP, 1, first_poll=True)


def test_a_story_that_was_told_silences_nothing_and_makes_nothing_loud() -> None:
    assert decide(story=True, alerts=1) is Silence.ALERTED
    assert decide(story=True, openly=False) is Silence.SILENT


def test_a_topic_that_alerts_per_article_has_no_follow_ups() -> None:
    assert decide(story=True, per=Per.ARTICLE) == NewAlert(AlertKind.NEW, 1)
    assert decide(story=True, per=Per.ARTICLE, number=2) == NewAlert(AlertKind.REVISED, 1)


def test_the_id_of_the_first_alert_is_what_it_was_before_there_were_sequences() -> None:
    assert make_alert_id("OTAN", "https://a.example/1") == "ggdp5t3conf3g5fjqhcrfvweag"
    assert make_alert_id("OTAN", "https://a.example/1", 1) == "ggdp5t3conf3g5fjqhcrfvweag"


def test_each_sequence_has_an_id_of_its_own() -> None:
    assert len({make_alert_id("OTAN", "https://a.example/1", sequence) for sequence in range(1, 12)}) == 11


def test_a_subject_is_read_as_it_was_written() -> None:
    subject = article_subject(12)
    assert (subject.kind, subject.key, subject.text) == (SubjectKind.ARTICLE, "12", "article:12")
    assert parse_subject(subject.text) == subject


def test_where_first_polls_are_told_what_would_be_silent_alerts_apart_from_what_is_news() -> None:
    assert decide(digest=True, openly=False) == NewAlert(AlertKind.NEW, 1, first_poll=True)
    assert decide(digest=True, openly=False, number=2) == NewAlert(AlertKind.REVISED, 1, first_poll=True)
    assert decide(digest=True, silent=True) == NewAlert(AlertKind.NEW, 1, first_poll=True)
    assert decide(digest=True) == NewAlert(AlertKind.NEW, 1)
    assert decide(digest=True, openly=False, edited=True, number=2) == NewAlert(AlertKind.REVISED, 1)


def test_what_was_matched_in_silence_before_first_polls_were_told_stays_silent() -> None:
    assert decide(digest=True, openly=False, first=1) is Silence.SILENT
    assert decide(digest=True, openly=False, first=1, edited=True, number=2) is Silence.MATCHED_SILENTLY
    assert decide(digest=True, silent=True, first=1) is Silence.SILENT_SIGHTING
    assert decide(digest=True, openly=False, alerts=1) is Silence.ALERTED
