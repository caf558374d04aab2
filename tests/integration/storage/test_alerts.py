"""Who is told of what: once for each topic and article, with deliveries that are written together with their cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from news.alerts import AlertedArticle, AlertKind, Bundle, make_alert_id, make_bundle_id, make_delivery_id
from news.articles import ArticleFacts
from news.matches import TopicMatch
from news.query import Matcher
from news.text import AnalysedArticle
from news.topics import Topic
from quivive.cli.json_answers import topic_json
from storage import Watch
from tests.desk import NOW, OTAN, A, B, Desk, entry, outcome_of, prose

ONE, TWO = "https://a.example/1", "https://a.example/2"
ARIANE = Topic("Ariane", "Ariane", ("redaction",))
FUSEE = Topic("Fusée", "fusée", ("redaction", "hook"))


@pytest.fixture
def mail_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with two topics for the mail channel `redaction`, one of them also for `hook`."""
    with Desk(tmp_path / "archive.db", [ARIANE, FUSEE], mail=["redaction"]) as running:
        running.watch(A, B)
        yield running


def due(desk: Desk) -> list[Bundle]:
    return desk.due()


def test_a_topic_alerts_at_most_once_on_an_article_however_often_it_changes_and_is_seen(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN", ONE))
    for number in range(3):
        desk.poll(A, entry(f"L’OTAN, version {number}", ONE))
        desk.poll(B, entry(f"L’OTAN, reprise {number}", ONE))
    assert desk.alerts() == [("OTAN", "new")]


def test_an_alert_is_new_at_the_first_version_and_revised_when_a_later_one_is_the_first_to_match(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE), entry("Un sommet", TWO))
    desk.poll(A, entry("L’OTAN", ONE), entry("Un sommet de l’OTAN", TWO))
    assert desk.alerts() == [("OTAN", "new"), ("OTAN", "revised")]


def test_the_kind_is_new_if_the_first_version_matched_though_in_silence(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN", ONE))
    assert desk.alerts() == []
    desk.poll(B)
    desk.poll(B, entry("L’OTAN, encore", ONE))
    assert desk.alerts() == [("OTAN", "new")]


def test_the_kind_is_revised_if_a_later_version_was_the_first_to_match_though_in_silence(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, mode="page")
    desk.watch(B)
    desk.poll(A, entry("Un sommet", ONE))
    desk.fail_page(ONE)
    desk.page(ONE, "Un sommet de l’OTAN. " + prose("ce sommet"), at=desk.now + timedelta(hours=6))
    assert (desk.article()["revisions"], desk.alerts()) == (2, [])
    desk.poll(B)
    desk.poll(B, entry("Un sommet", ONE))
    assert desk.alerts() == [("OTAN", "revised")]


def test_a_match_that_is_not_told_says_why_and_one_that_is_told_later_does_not(silent_desk: Desk) -> None:
    desk = silent_desk

    def silences() -> list[tuple[int, str | None]]:
        return desk.rows("SELECT number, silence FROM matches ORDER BY article_id, topic, revision_id")

    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN", ONE))
    assert silences() == [(1, "silent")]
    desk.poll(A, entry("L’OTAN bis", ONE))
    assert silences() == [(1, "silent"), (2, "matched_silently")]
    desk.poll(B)
    desk.poll(B, entry("L’OTAN bis", ONE))
    assert silences() == [(1, "silent"), (2, None)]
    desk.poll(A, entry("L’OTAN ter", ONE))
    assert silences() == [(1, "silent"), (2, None), (3, "alerted")]
    assert desk.rows("SELECT subject, sequence FROM alerts") == [("article:1", 1)]


def test_what_matches_since_a_silent_poll_showed_it_says_so(desk: Desk) -> None:
    desk.follow(Topic("B", "OTAN source:b.example", ("hook",)), silent_first_poll=True)
    desk.watch(A, B)
    desk.poll(A)
    desk.poll(A, entry("L’OTAN", ONE))
    desk.poll(B, entry("L’OTAN", ONE))
    assert desk.rows("SELECT topic, silence FROM matches") == [("B", "silent_sighting")]
    assert desk.alerts() == []


def test_two_topics_that_match_one_article_are_two_webhook_messages_under_their_own_ids(desk: Desk) -> None:
    desk.follow(OTAN, Topic("Sommet", "sommet", ("hook",)))
    desk.watch(A)
    desk.poll(A, entry("L’OTAN, sommet", ONE))
    first, second = due(desk)
    assert [len(one.alerts) for one in (first, second)] == [1, 1]
    assert {(one.bundle_id, one.delivery_ids) for one in (first, second)} == {
        (make_delivery_id(make_alert_id(topic, ONE), "hook"), (make_delivery_id(make_alert_id(topic, ONE), "hook"),))
        for topic in ("OTAN", "Sommet")
    }


def test_a_topic_that_names_a_channel_twice_tells_it_once(desk: Desk) -> None:
    desk.follow(Topic("OTAN", "OTAN", ("hook", "hook")))
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    assert len(due(desk)) == 1


def test_each_topic_alerts_for_itself(mail_desk: Desk) -> None:
    mail_desk.poll(A, entry("La fusée Ariane", ONE))
    assert sorted(mail_desk.alerts()) == [("Ariane", "new"), ("Fusée", "new")]


def test_a_topic_added_later_alerts_at_the_first_version_that_comes_after_it(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Ariane", ONE), entry("Ariane et Vega", TWO))
    desk.follow(OTAN, ARIANE)
    desk.poll(A, entry("Ariane", ONE), entry("Ariane et Vega", TWO))
    assert desk.alerts() == []
    desk.poll(A, entry("Ariane s’envole", ONE), entry("Ariane et Vega", TWO))
    assert desk.alerts() == [("Ariane", "revised")]


def test_a_renamed_topic_is_a_new_one(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    desk.follow(Topic("Alliance", "OTAN"))
    desk.poll(A, entry("L’OTAN encore", ONE))
    assert desk.alerts() == [("OTAN", "new"), ("Alliance", "revised")]


def test_a_changed_query_judges_what_comes_from_then_on(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Ariane", ONE))
    desk.follow(Topic("OTAN", "Ariane"))
    assert desk.alerts() == []
    desk.poll(A, entry("L’OTAN", TWO), entry("Ariane, suite", ONE))
    assert desk.alerts() == [("OTAN", "revised")]


def test_a_topic_that_alerted_does_not_alert_again_when_its_query_changes(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN et Ariane", ONE))
    desk.follow(Topic("OTAN", "Ariane"))
    desk.poll(A, entry("L’OTAN et Ariane, suite", ONE))
    assert desk.alerts() == [("OTAN", "new")]


def test_what_the_alert_says_of_the_article_stays_as_it_was_when_it_was_made(desk: Desk) -> None:
    desk.watch(A, name="Le Journal")
    published = desk.now - timedelta(minutes=9)
    tally = desk.poll(A, entry("L’OTAN", ONE, summary=prose("l’OTAN"), author="Ève", language="fr", published_at=published))
    (alert,) = tally.alerts
    desk.poll(A, entry("Plus rien", ONE, summary="rien"))
    (bundle,) = due(desk)
    assert bundle.alerts == (alert,)
    article = alert.about
    assert isinstance(article, AlertedArticle)
    assert (article.title, article.url, article.source, article.author, article.language) == ("L’OTAN", ONE, "Le Journal", "Ève", "fr")
    assert article.excerpt.startswith("La rédaction suit l’OTAN")
    assert article.excerpt.endswith("…")
    assert [(hit.term, hit.found, hit.field, hit.passage) for hit in alert.matches] == [("OTAN", "OTAN", "title", "L’[OTAN]")]


@pytest.mark.parametrize(("letters", "end"), [(300, "b"), (301, "a…")])
def test_an_excerpt_is_cut_at_a_word_where_a_text_is_longer_than_three_hundred_characters(desk: Desk, letters: int, end: str) -> None:
    desk.watch(A)
    tally = desk.poll(A, entry("L’OTAN", ONE, summary=f"{'a' * 200} {'b' * (letters - 201)}"))
    (alert,) = tally.alerts
    assert isinstance(alert.about, AlertedArticle)
    assert alert.about.excerpt.endswith(end)


def test_an_excerpt_has_every_word_that_fits(desk: Desk) -> None:
    words = [f"mot{number}" for number in range(100, 200)]
    desk.watch(A)
    (alert,) = desk.poll(A, entry("L’OTAN", ONE, summary=" ".join(words))).alerts
    assert isinstance(alert.about, AlertedArticle)
    assert alert.about.excerpt == " ".join(words[:42]) + "…"


@pytest.mark.parametrize(("age", "delay"), [(timedelta(seconds=41), 41), (timedelta(minutes=-5), 0), (None, None)])
def test_delay_seconds_is_alert_created_minus_published_and_null_if_unknown(desk: Desk, age: timedelta | None, delay: int | None) -> None:
    desk.watch(A)
    at = desk.now + timedelta(minutes=1)
    (alert,) = desk.poll(A, entry("L’OTAN", ONE, published_at=None if age is None else at - age), at=at).alerts
    assert (alert.delay_seconds, desk.log()[0]["delay_seconds"]) == (delay, delay)


def test_ids_are_derived_from_topic_article_url_and_channel(desk: Desk, tmp_path: Path) -> None:
    desk.watch(A)
    (alert,) = desk.poll(A, entry("L’OTAN", ONE)).alerts
    (bundle,) = due(desk)
    assert alert.alert_id == make_alert_id("OTAN", ONE)
    assert bundle.delivery_ids == (make_delivery_id(alert.alert_id, "hook"),)
    with Desk(tmp_path / "another.db") as other:
        other.watch(B, A)
        (again,) = other.poll(A, entry("L’OTAN, autrement", ONE), at=NOW + timedelta(days=9)).alerts
        assert (again.alert_id, due(other)[0].bundle_id) == (alert.alert_id, bundle.bundle_id)


def test_a_topic_that_notifies_nobody_makes_an_alert_without_deliveries(desk: Desk) -> None:
    desk.follow(Topic("OTAN", "OTAN"))
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    assert [alert["deliveries"] for alert in desk.log()] == [[]]
    assert due(desk) == []


def test_a_webhook_gets_one_message_for_each_alert_and_a_mail_channel_one_for_each_article(mail_desk: Desk) -> None:
    mail_desk.poll(A, entry("La fusée Ariane", ONE), entry("Une fusée", TWO))
    bundles = {(bundle.channel, *(alert.topic for alert in bundle.alerts)): bundle for bundle in due(mail_desk)}
    assert sorted((bundle.channel, tuple(alert.topic for alert in bundle.alerts)) for bundle in due(mail_desk)) == [
        ("hook", ("Fusée",)),
        ("hook", ("Fusée",)),
        ("redaction", ("Ariane", "Fusée")),
        ("redaction", ("Fusée",)),
    ]
    whole = bundles["redaction", "Ariane", "Fusée"]
    assert whole.bundle_id == make_bundle_id("redaction", whole.delivery_ids)
    assert all(bundle.bundle_id == bundle.delivery_ids[0] for bundle in due(mail_desk) if len(bundle.delivery_ids) == 1)


def test_alerts_on_one_article_made_at_different_times_are_different_mails(mail_desk: Desk) -> None:
    mail_desk.poll(A, entry("Ariane", ONE))
    mail_desk.poll(A, entry("La fusée Ariane", ONE))
    mails = [bundle for bundle in due(mail_desk) if bundle.channel == "redaction"]
    assert [tuple(alert.topic for alert in bundle.alerts) for bundle in mails] == [("Ariane",), ("Fusée",)]
    assert [bundle.alerts[0].kind for bundle in mails] == [AlertKind.NEW, AlertKind.REVISED]


def test_the_delivery_log_has_the_fields_of_the_outer_surface(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", ONE))
    (alert,) = desk.log()
    deliveries = alert.pop("deliveries")
    assert alert == {
        "id": make_alert_id("OTAN", ONE),
        "topic": "OTAN",
        "article_id": 1,
        "article_url": ONE,
        "article_title": "L’OTAN",
        "kind": "new",
        "created_at": "2025-02-10T12:02:00Z",
        "delay_seconds": 3720,
        "matches": [{"term": "OTAN", "found": "OTAN", "field": "title", "passage": "L’[OTAN]"}],
        "health": None,
        "acknowledged_at": None,
        "surge": None,
        "changes": [],
        "story_id": 1,
        "story_differences": [],
    }
    (delivery,) = deliveries
    assert (delivery["id"], delivery["channel"], delivery["status"]) == (make_delivery_id(alert["id"], "hook"), "hook", "pending")
    assert (delivery["attempts"], delivery["next_attempt_at"]) == (0, "2025-02-10T12:02:00Z")
    assert [delivery[name] for name in ("sent_at", "last_error", "held_until", "reason")] == [None] * 4


def test_the_delivery_log_is_newest_first_and_filtered_by_topic_and_status(mail_desk: Desk) -> None:
    mail_desk.poll(A, entry("Ariane", ONE))
    mail_desk.poll(A, entry("Une fusée", TWO), entry("Ariane", ONE))
    report = mail_desk.log
    assert [alert["topic"] for alert in report()] == ["Fusée", "Ariane"]
    assert [alert["topic"] for alert in report(topic="Ariane")] == ["Ariane"]
    assert [alert["topic"] for alert in report(limit=1)] == ["Fusée"]
    assert (len(report(status="pending")), report(status="dead")) == (2, [])


class BreakingMatcher(Matcher):
    """Matches like any other, but breaks on an article whose title says so."""

    def match(self, article: AnalysedArticle, facts: ArticleFacts | None = None) -> list[TopicMatch]:
        if "PANNE" in article.title:
            raise RuntimeError("the matcher broke")
        return super().match(article, facts)


TABLES = (
    "entries",
    "articles",
    "article_urls",
    "revisions",
    "sightings",
    "words",
    "matches",
    "alerts",
    "deliveries",
    "polls",
    "text_titles",
)


def test_article_match_alert_and_delivery_are_written_together_or_not_at_all(desk: Desk) -> None:
    desk.watch(A, B)
    broken = Watch(BreakingMatcher([OTAN], {}), {"OTAN": ("hook",)}, silent_first_poll=False)
    desk.archive.sync(broken, desk.specs, timedelta(minutes=15), desk.tick()).result()
    now = desk.tick()
    halfway = outcome_of(desk.source(A), now, [entry("PANNE", TWO), entry("L’OTAN", ONE)], etag='"1"')
    whole = outcome_of(desk.source(B), now, [entry("L’OTAN ailleurs", "https://b.example/1")])
    futures = [desk.archive.record_poll(halfway, now), desk.archive.record_poll(whole, now)]  # likely in one group
    with pytest.raises(RuntimeError, match="the matcher broke"):
        futures[0].result()
    assert [alert.about.title for alert in futures[1].result().alerts] == ["L’OTAN ailleurs"]
    counts = {
        table: desk.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES
    }  # one of each: all of the whole, none of the half
    assert counts == dict.fromkeys(TABLES, 1)
    assert desk.source(A).etag is None
    desk.follow(OTAN)
    assert len(desk.poll(A, entry("PANNE", TWO), entry("L’OTAN", ONE), etag='"1"').alerts) == 1


def test_a_revision_that_breaks_leaves_the_old_version_found_and_current(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un sommet", ONE))
    broken = Watch(BreakingMatcher([OTAN], {}), {}, silent_first_poll=False)
    desk.archive.sync(broken, desk.specs, timedelta(minutes=15), desk.tick()).result()
    with pytest.raises(RuntimeError):
        desk.poll(A, entry("Un sommet en PANNE", ONE))
    assert (desk.found("sommet"), desk.found("panne"), desk.article()["revisions"]) == (["Un sommet"], [], 1)
    assert desk.rows("SELECT title, edited FROM entries") == [("Un sommet", 0)]


def test_topics_are_reported_with_their_recent_volume(desk: Desk) -> None:
    desk.watch(A)
    ages = {"a": 0.5, "b": 3, "c": 20, "d": 90}
    entries = [entry(f"L’OTAN {name}", f"https://a.example/{name}", published_at=NOW - timedelta(days=days)) for name, days in ages.items()]
    desk.poll(A, *entries)
    (report,) = desk.archive.report_topics([Topic("OTAN", "OTAN", ("hook",))], desk.now)
    assert topic_json(report) == {
        "name": "OTAN",
        "query": "OTAN",
        "notify": ["hook"],
        "articles": 4,
        "articles_24h": 1,
        "articles_7d": 2,
        "articles_30d": 3,
        "alerts": 4,
        "last_alert_at": "2025-02-10T12:02:00Z",
    }
