"""What is urgent: told at once, whatever the policy of a channel."""

from __future__ import annotations

from datetime import timedelta

from news.plans import Policy, Together
from news.query import Matcher, check_topics
from news.schedules import parse_schedule
from news.text import analyse_article
from news.topics import Topic
from tests.desk import A, Desk, entry

DAILY = Policy(Together.SUBJECT, when=parse_schedule("daily 08:00"))
SPACE = Topic("Espace", "fusée", ("redaction",), "explosion OU source:b")


def test_a_topics_second_query_says_what_is_urgent(desk: Desk) -> None:
    desk.follow(SPACE)
    desk.watch(A)
    desk.poll(A, entry("La fusée décolle", "https://a.example/1"), entry("Explosion d’une fusée", "https://a.example/2"))
    sealed = desk.archive.seal_messages("redaction", DAILY, desk.now, 100).result()
    (urgent,) = desk.archive.due_messages("redaction", desk.now, 100, ())
    assert (sealed, [alert.about.title for alert in urgent.alerts], urgent.alerts[0].urgent) == (2, ["Explosion d’une fusée"], True)
    states = {alert["article_title"]: alert["deliveries"][0] for alert in desk.log()}
    waits = states["La fusée décolle"]
    assert (waits["status"], waits["reason"], waits["next_attempt_at"], waits["last_error"]) == ("held", "digest", None, None)
    assert waits["held_until"] > desk.now.isoformat()
    assert states["Explosion d’une fusée"]["status"] == "pending"


def test_what_only_the_second_query_speaks_of_is_nothing_to_the_topic() -> None:
    matcher = Matcher([Topic("Espace", "fusée", (), "explosion")], {})
    assert matcher.match(analyse_article("Explosion", "Un dépôt brûle.")) == []


def test_a_second_query_may_ask_for_the_source(desk: Desk) -> None:
    matcher = Matcher([SPACE], {})
    assert matcher.needs_facts


def test_a_faulty_second_query_is_found() -> None:
    assert [name for name, _ in check_topics([Topic("Espace", "fusée (", ())], {})] == ["Espace"]


def test_what_is_held_is_listed_as_held_and_counted(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("redaction",)))
    desk.watch(A)
    desk.poll(A, entry("La fusée décolle", "https://a.example/1"))
    desk.archive.seal_messages("redaction", DAILY, desk.now, 100).result()
    counts = desk.archive.report_status(desk.now).contents.deliveries
    assert (counts.pending, counts.held, counts.sent, counts.dead) == (0, 1, 0, 0)
    moment = desk.now + timedelta(days=1)
    desk.archive.seal_messages("redaction", DAILY, moment, 100).result()
    counts = desk.archive.report_status(moment).contents.deliveries
    assert (counts.pending, counts.held) == (1, 0)
