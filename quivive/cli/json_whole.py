"""The JSON of `show`: one thing, with every field that lists have of it, and what only `show` tells."""

from __future__ import annotations

from news.differences import Piece
from news.one_thing import (
    AlertDetails,
    AttemptRecord,
    DeliveryDetails,
    GapRecord,
    HourCount,
    MatchRecord,
    PageNote,
    PollRecord,
    VersionRecord,
    Whole,
    WholeAlert,
    WholeArticle,
    WholeDelivery,
    WholeSource,
    WholeTopic,
)
from news.search_answers import FoundArticle
from news.websub import Subscription
from quivive.cli.json_answers import (
    JsonObject,
    alert_json,
    delivery_json,
    differences_json,
    found_article_json,
    hits_json,
    optional_time_json,
    problem_json,
    source_json,
    time_json,
    topic_json,
)
from quivive.cli.json_stories import place_json

_EXCERPT_CHARACTERS = 300


def whole_json(whole: Whole) -> JsonObject:
    """What `show --json` prints of a thing; `shows` says which kind it is."""
    match whole:
        case WholeArticle():
            return _article_json(whole)
        case WholeAlert():
            return _alert_json(whole)
        case WholeDelivery():
            return _delivery_json(whole)
        case WholeSource():
            return _source_json(whole)
        case WholeTopic():
            return _topic_json(whole)


def _article_json(whole: WholeArticle) -> JsonObject:
    hits = tuple(hit for match in whole.matches for hit in match.hits)
    found = FoundArticle(whole.article, None, whole.text[:_EXCERPT_CHARACTERS], hits)
    return {
        **found_article_json(found),
        **_texts_json(whole),
        "shows": "article",
        "reasons": [_match_json(match) for match in whole.matches],
        "page_problems": [_page_note_json(note) for note in whole.page_problems],
        "deleted_at": optional_time_json(whole.deleted_at),
        "story_differences": differences_json(whole.differences),
        "corrections_due": [{"topic": one.topic, "due_at": time_json(one.due_at)} for one in whole.corrections_due],
    }


def _texts_json(whole: WholeArticle) -> JsonObject:
    return {
        "text": whole.text,
        "versions": [_version_json(version) for version in whole.versions],
        "alerts": [_alert_details_json(alert) for alert in whole.alerts],
        **place_json(whole.place),
    }


def _page_note_json(note: PageNote) -> JsonObject:
    return {"source": note.source, "url": note.url, **problem_json(note.problem)}


def _version_json(version: VersionRecord) -> JsonObject:
    return {
        "number": version.number,
        "seen_at": time_json(version.seen_at),
        "source": version.source,
        "origin": version.origin,
        "title": version.title,
        "text": version.text,
    }


def _match_json(match: MatchRecord) -> JsonObject:
    return {
        "topic": match.topic,
        "version": match.version,
        "matched_at": time_json(match.matched_at),
        "silence": match.silence,
        "matches": hits_json(match.hits),
    }


def _alert_details_json(alert: AlertDetails) -> JsonObject:
    return alert_json(alert.record) | {"deliveries": [_delivery_details_json(one) for one in alert.deliveries]}


def _delivery_details_json(delivery: DeliveryDetails) -> JsonObject:
    return {
        **delivery_json(delivery.record),
        "message_id": delivery.message_id,
        "created_at": time_json(delivery.created_at),
        "give_up_at": time_json(delivery.give_up_at),
        "attempt_log": [_attempt_json(attempt) for attempt in delivery.attempts],
    }


def _attempt_json(attempt: AttemptRecord) -> JsonObject:
    return {
        "attempted_at": time_json(attempt.attempted_at),
        "status": attempt.status,
        "answer": attempt.answer,
        "next_attempt_at": optional_time_json(attempt.next_attempt_at),
    }


def _alert_json(whole: WholeAlert) -> JsonObject:
    texts = {} if whole.article is None else _texts_json(whole.article)
    return {**_alert_details_json(whole.alert), **texts, "shows": "alert"}


def _delivery_json(whole: WholeDelivery) -> JsonObject:
    return {**_delivery_details_json(whole.delivery), "alert": alert_json(whole.alert), "shows": "delivery"}


def _source_json(whole: WholeSource) -> JsonObject:
    return {
        **source_json(whole.health),
        "shows": "source",
        "configured": whole.is_configured,
        "tags": list(whole.tags),
        "added_at": time_json(whole.added_at),
        "last_entry_at": optional_time_json(whole.last_entry_at),
        "polls": [_poll_json(poll) for poll in whole.polls],
        "gaps": [_gap_json(gap) for gap in whole.gaps],
        "hubs": [_hub_json(one) for one in whole.subscriptions],
        "hours": [_hour_json(hour) for hour in whole.hours],
        "distrusted_at": optional_time_json(whole.distrusted_at),
        "coverage": round(whole.coverage.share, 5),
    }


def _poll_json(poll: PollRecord) -> JsonObject:
    return {
        "polled_at": time_json(poll.polled_at),
        "seconds": round(poll.seconds, 3),
        "kind": poll.kind,
        "http_status": poll.http_status,
        "body_bytes": poll.body_bytes,
        "entries_seen": poll.entries_seen,
        "entries_new": poll.entries_new,
        "entries_changed": poll.entries_changed,
        "problem": None if poll.problem is None else problem_json(poll.problem),
    }


def _gap_json(gap: GapRecord) -> JsonObject:
    return {
        "from_at": optional_time_json(gap.from_at),
        "to_at": time_json(gap.to_at),
        "entries": gap.entries,
        "repaired_at": optional_time_json(gap.repaired_at),
        "message": gap.message,
        "state": gap.state,
        "found_at": optional_time_json(gap.found_at),
        "missed": gap.missed,
        "found": gap.found,
        "reached_at": time_json(gap.reached_at),
        "next_repair_at": optional_time_json(gap.next_repair_at),
        "problem": None if gap.problem is None else problem_json(gap.problem),
    }


def _hub_json(one: Subscription) -> JsonObject:
    """Without token and secret, with which anybody could speak for the hub."""
    return {
        "hub": one.hub,
        "topic": one.topic,
        "state": one.state,
        "lease_ends_at": optional_time_json(one.lease_ends_at),
        "told_at": optional_time_json(one.told_at),
        "next_attempt_at": optional_time_json(one.next_attempt_at),
        "message": one.message,
    }


def _hour_json(hour: HourCount) -> JsonObject:
    return {"start": time_json(hour.start), "count": hour.count}


def _topic_json(whole: WholeTopic) -> JsonObject:
    return {
        **topic_json(whole.volume),
        "shows": "topic",
        "configured": whole.is_configured,
        "last_alerts": [alert_json(alert) for alert in whole.alerts],
        "usual_24h": None if whole.usual_a_day is None else round(whole.usual_a_day, 2),
        "hours": [_hour_json(hour) for hour in whole.hours],
    }


def pieces_json(pieces: tuple[Piece, ...]) -> list[JsonObject]:
    """The words that two versions share, and those that only one of them has."""
    return [{"kind": piece.kind, "text": piece.text} for piece in pieces]
