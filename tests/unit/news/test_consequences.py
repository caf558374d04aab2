"""What follows from the versions of one body: each decision is known to those that follow it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from news.alerting import Matched, NewAlert, OnRecord, Silence
from news.alerts import article_subject
from news.articles import ArticleFacts, Origin, SourceFacts
from news.consequences import (
    MOST_EARLIER,
    MOST_TOPICS,
    Before,
    Consequence,
    Consequences,
    Earlier,
    Standing,
    VersionToMatch,
    Wants,
    decide_consequences,
    match_versions,
)
from news.corrections import EditedArticle, ToldLast
from news.follow_ups import Per
from news.otherwise import Told
from news.query import Matcher
from news.topics import Revisions, Topic

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
STORY, OTHER_STORY = 7, 8
NAMES = {1: "Le Quotidien", 2: "La Gazette"}
LEAD = "L’incendie de l’entrepôt de Rungis a fait {} blessés parmi les pompiers, dit l’OTAN."


def topics(count: int = 1) -> list[Topic]:
    return [Topic(f"OTAN {number}", "OTAN", ()) for number in range(count)]


def wants(count: int = 1, per: Per = Per.STORY, revisions: Revisions = Revisions.MATCHES) -> Wants:
    names = [topic.name for topic in topics(count)]
    return Wants(Matcher(topics(count), {}), dict.fromkeys(names, per), dict.fromkeys(names, revisions))


def version(article_id: int, text: str = "L’OTAN se réunit.", revision_id: int = 0, number: int = 1, source_id: int = 1) -> VersionToMatch:
    how = Matched(number, edited_since_silent=False, by_silent_sighting=False)
    return VersionToMatch(article_id, article_subject(article_id), revision_id or article_id, source_id, how, "Brève", text)


def standing(
    story_id: int | None = STORY, earlier: tuple[Earlier, ...] = (), first: tuple[int, int] | None = None, **known: Any
) -> Standing:
    on_record = OnRecord(**{"alerts": 0, "first_match": first[1] if first else None, "sighted_openly": True} | known)
    return Standing(on_record, first[0] if first else None, story_id, earlier)


def told(article_id: int, text: str, minutes_ago: int = 60) -> Earlier:
    return Earlier(NOW - timedelta(minutes=minutes_ago), Told(article_id, "Ancien", "Brève", text))


def decide(*versions: VersionToMatch, of: Wants | None = None, **known: Any) -> Consequences:
    """`known`: a standing for all, or `standings` of each."""
    of = of or wants()
    matched = match_versions(of.matcher, versions)
    pairs = [(one.version.article_id, match.topic) for one in matched for match in one.matches]
    standings = dict.fromkeys(pairs, standing()) | known.pop("standings", {})
    return decide_consequences(of, matched, Before(standings, NAMES, **known), NOW)


def kinds(decided: Consequences) -> list[str]:
    return [str(one.verdict.kind) if isinstance(one.verdict, NewAlert) else str(one.verdict) for one in decided.matches]


def differences(one: Consequence) -> list[tuple[str, str]]:
    assert isinstance(one.verdict, NewAlert)
    return [(found.kind, found.other_source) for found in one.verdict.differences]


def test_only_versions_that_a_topic_matches_have_consequences() -> None:
    matched = match_versions(wants().matcher, [version(1, "Rien."), version(2)])
    assert [(one.version.article_id, [match.topic for match in one.matches]) for one in matched] == [(2, ["OTAN 0"])]


def test_what_another_source_showed_is_matched_against_the_topics_that_ask_for_that() -> None:
    before, after = (
        ArticleFacts("https://a.example/1", None, None, NOW, tuple(SourceFacts(name, "") for name in names)) for names in ("A", "AB")
    )
    matcher = Matcher([Topic("de B", "OTAN source:B", ()), Topic("de tous", "OTAN", ())], {})
    one = replace(version(1), facts=after)
    assert [match.topic for match in match_versions(matcher, [one])[0].matches] == ["de B", "de tous"]
    assert [match.topic for match in match_versions(matcher, [replace(one, facts_before=before)])[0].matches] == ["de B"]


def test_a_second_version_of_an_article_that_alerted_alerts_no_more() -> None:
    assert kinds(decide(version(1, revision_id=1), version(1, revision_id=2, number=2))) == ["new", Silence.ALERTED]


def test_the_second_article_of_a_story_follows_up_the_first_of_the_same_body() -> None:
    assert kinds(decide(version(1), version(2))) == ["new", "follow_up"]
    assert kinds(decide(version(1), version(2), of=wants(per=Per.ARTICLE))) == ["new", "new"]
    assert kinds(decide(version(1), version(2), of=replace(wants(), per_of_topic={}))) == ["new", "new"]
    elsewhere = {(2, "OTAN 0"): standing(OTHER_STORY)}
    assert kinds(decide(version(1), version(2), standings=elsewhere)) == ["new", "new"]


def test_articles_without_a_story_follow_up_nothing() -> None:
    nowhere = {(number, "OTAN 0"): standing(None) for number in (1, 2)}
    assert kinds(decide(version(1), version(2), standings=nowhere)) == ["new", "new"]


def test_what_was_silent_is_followed_up_by_nothing() -> None:
    silent = {(1, "OTAN 0"): standing(sighted_openly=False)}
    assert kinds(decide(version(1), version(2), standings=silent)) == [Silence.SILENT, "new"]


def test_the_first_match_is_that_of_the_earliest_version_whatever_comes_first() -> None:
    """Of a silent article that is opened its new version is matched first, then those before."""
    edited = Matched(2, edited_since_silent=True, by_silent_sighting=False)
    silent = standing(sighted_openly=False)
    former = replace(version(1, revision_id=5), matched=Matched(1, edited_since_silent=False, by_silent_sighting=False))
    latest = replace(version(1, revision_id=6), matched=edited)
    assert kinds(decide(former, latest, standings={(1, "OTAN 0"): silent})) == [Silence.SILENT, Silence.MATCHED_SILENTLY]
    by_sighting = replace(version(1, revision_id=9), matched=Matched(3, edited_since_silent=False, by_silent_sighting=True))
    opened = replace(version(1, revision_id=4), matched=Matched(1, edited_since_silent=False, by_silent_sighting=True))
    new = version(1, revision_id=10, number=4)
    assert kinds(decide(by_sighting, opened, new))[2] == "new"
    assert kinds(decide(opened, by_sighting, new))[2] == "new"
    on_record = {(1, "OTAN 0"): standing(first=(3, 2))}
    assert kinds(decide(opened, new, standings=on_record))[1] == "revised"


def test_a_follow_up_says_what_it_says_otherwise_than_what_was_told_before() -> None:
    known = {(2, "OTAN 0"): standing(story_alerted=True, earlier=(told(1, LEAD.format(3)),))}
    (one,) = decide(version(2, LEAD.format(5)), standings=known).matches
    assert differences(one) == [("number", "Ancien")]


def test_also_than_what_is_told_in_the_same_body() -> None:
    decided = decide(version(1, LEAD.format(3), source_id=2), version(2, LEAD.format(5)))
    assert differences(decided.matches[1]) == [("number", "La Gazette")]


def test_of_more_topics_than_some_follow_ups_are_told_without_differences() -> None:
    of = wants(MOST_TOPICS + 2)
    known = {(2, topic.name): standing(story_alerted=True, earlier=(told(1, LEAD.format(3)),)) for topic in topics(MOST_TOPICS + 2)}
    del known[2, "OTAN 0"]  # it is told of for the first time
    decided = decide(version(2, LEAD.format(5)), of=of, standings=known).matches
    assert [bool(differences(one)) for one in decided] == [False, *[True] * MOST_TOPICS, False]


@pytest.mark.parametrize(("others", "is_compared"), [(MOST_EARLIER - 1, True), (MOST_EARLIER, False)])
def test_a_follow_up_is_compared_with_the_last_that_were_told(others: int, *, is_compared: bool) -> None:
    first = told(1, LEAD.format(3), minutes_ago=60)
    later = tuple(told(number + 10, "L’OTAN dit autre chose.", minutes_ago=number) for number in range(others))
    known = {(2, "OTAN 0"): standing(story_alerted=True, earlier=(first, *later))}
    (one,) = decide(version(2, LEAD.format(5)), standings=known).matches
    assert bool(differences(one)) is is_compared


def edited(number: int = 2, revision_id: int = 2, **rest: Any) -> EditedArticle:
    return EditedArticle(1, revision_id, number, 1, Origin.FEED, "Brève", LEAD.format(5), **rest)


def test_an_edit_of_what_was_told_is_told() -> None:
    one = edited(told={"OTAN 0": ToldLast(1, 1, None)}, bases={1: ("Brève", LEAD.format(3))})
    (compared,) = decide(edited=[one]).edits
    assert compared.new is not None
    assert (compared.new.kind, compared.new.sequence, [change.after for change in compared.new.changes]) == (
        "corrected",
        2,
        [LEAD.format(5)],
    )


@pytest.mark.parametrize(
    ("told_last", "revisions"),
    [(ToldLast(1, 2, None), Revisions.MATCHES), (ToldLast(1, 1, None), Revisions.OFF)],
    ids=["the version that was told", "to a topic that is told of none"],
)
def test_what_is_no_edit_or_wanted_by_nobody_is_not_compared(told_last: ToldLast, revisions: Revisions) -> None:
    one = edited(told={"OTAN 0": told_last}, bases={1: ("Brève", LEAD.format(3))})
    assert decide(edited=[one], of=wants(revisions=revisions)).edits == []


def test_an_edit_that_comes_too_soon_is_compared_later() -> None:
    one = edited(told={"OTAN 0": ToldLast(2, 1, NOW - timedelta(minutes=20))})
    (compared,) = decide(edited=[one]).edits
    assert (compared.again_at, compared.new) == (NOW + timedelta(minutes=40), None)


def test_a_version_that_alerts_and_is_revised_in_one_body_is_compared_once_both_are_on_record() -> None:
    decided = decide(version(1, revision_id=1), edited=[edited()])
    assert [(one.article.article_id, one.topic, one.again_at) for one in decided.edits] == [(1, "OTAN 0", NOW)]


@pytest.mark.parametrize(
    ("matched", "revisions"),
    [(version(1, revision_id=2), Revisions.MATCHES), (version(3), Revisions.MATCHES), (version(1, revision_id=1), Revisions.OFF)],
    ids=["it is the current version", "of another article", "to a topic that is told of no edits"],
)
def test_else_it_is_not(matched: VersionToMatch, revisions: Revisions) -> None:
    assert decide(matched, edited=[edited()], of=wants(revisions=revisions)).edits == []


def test_a_version_that_matches_in_silence_and_is_revised_is_not_compared() -> None:
    silent = {(1, "OTAN 0"): standing(sighted_openly=False)}
    assert decide(version(1, revision_id=1), edited=[edited()], standings=silent).edits == []
