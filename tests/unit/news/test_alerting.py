"""Which alerts follow from a match, and why none otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from news.alerting import Matched, NewAlert, OnRecord, Silence, decide_alert, is_silent_again, judge_again
from news.alerts import AlertKind, SubjectKind, article_subject, make_alert_id, parse_subject
from news.articles import ArticleFacts, SourceFacts
from news.judging import make_version
from news.settling import Asks, Identity, Place, Settled, Showing
from news.sources import FeedEntry


def decide(
    *, alerts: int = 0, first: int | None = None, openly: bool = True, number: int = 1, edited: bool = False, silent: bool = False
) -> NewAlert | Silence:
    return decide_alert(OnRecord(alerts, first, openly), Matched(number, edited, by_silent_sighting=silent))


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


def test_the_id_of_the_first_alert_is_what_it_was_before_there_were_sequences() -> None:
    assert make_alert_id("OTAN", "https://a.example/1") == "ggdp5t3conf3g5fjqhcrfvweag"
    assert make_alert_id("OTAN", "https://a.example/1", 1) == "ggdp5t3conf3g5fjqhcrfvweag"


def test_each_sequence_has_an_id_of_its_own() -> None:
    assert len({make_alert_id("OTAN", "https://a.example/1", sequence) for sequence in range(1, 12)}) == 11


def test_a_subject_is_read_as_it_was_written() -> None:
    subject = article_subject(12)
    assert (subject.kind, subject.key, subject.text) == (SubjectKind.ARTICLE, "12", "article:12")
    assert parse_subject(subject.text) == subject


def shown(asks: Asks = Asks.NONE, *, silent: bool = False, is_new_sighting: bool = True) -> Settled:
    url = "https://a.example/1"
    showing = Showing(5, 1, Place(url), url, make_version(FeedEntry("1", url, "Un sommet"), None))
    return Settled(
        showing=showing,
        article_id=7,
        identity=Identity.SAME_URL,
        is_new_article=False,
        is_new_sighting=is_new_sighting,
        opens=asks is Asks.ALL,
        silent=silent,
        versions=(),
        spoken_revision_id=None,
        claims=(),
        asks=asks,
    )


def facts(*names: str) -> ArticleFacts:
    sources = tuple(SourceFacts(name, f"https://{name}.example/feed", ()) for name in names)
    return ArticleFacts("https://a.example/1", None, "fr", datetime(2025, 2, 10, tzinfo=UTC), sources)


def test_topics_that_ask_who_showed_an_article_look_again_when_another_source_does() -> None:
    assert judge_again(shown(Asks.BY_SIGHTING), facts("a"), facts("a", "b")) is Asks.BY_SIGHTING
    assert judge_again(shown(Asks.BY_SIGHTING), facts("a"), facts("a")) is Asks.NONE


def test_where_no_topic_asks_who_showed_an_article_none_looks_again() -> None:
    assert judge_again(shown(Asks.BY_SIGHTING), None, facts("a")) is Asks.NONE
    assert judge_again(shown(Asks.BY_SIGHTING), facts("a"), None) is Asks.NONE


@pytest.mark.parametrize("asks", [Asks.ALL, Asks.NONE])
def test_an_article_that_is_opened_is_looked_at_by_all_topics_and_one_that_only_says_something_new_by_none_again(asks: Asks) -> None:
    assert judge_again(shown(asks), facts("a"), facts("a", "b")) is asks
    assert judge_again(shown(asks), None, None) is asks


@pytest.mark.parametrize(("silent", "is_new_sighting", "is_old_news"), [(True, True, True), (True, False, False), (False, True, False)])
def test_only_a_sighting_by_a_silent_first_poll_is_old_news(silent: bool, is_new_sighting: bool, is_old_news: bool) -> None:
    assert is_silent_again(shown(silent=silent, is_new_sighting=is_new_sighting)) is is_old_news
