"""Alerts and deliveries in words for people, wherever they are shown. Pure."""

from __future__ import annotations

from news.alerting import Silence
from news.alerts import AlertKind, DeliveryStatus, RecipientStatus
from news.answers import AlertRecord, DeliveryRecord
from news.one_thing import AlertDetails, AttemptRecord, DeliveryDetails
from quivive.cli.sheet import Sheet, View
from quivive.cli.times_for_people import late
from quivive.cli.wording import say, say_count
from quivive.texts import visible

STATUS_STYLES: dict[DeliveryStatus, dict[str, object]] = {
    DeliveryStatus.PENDING: {"fg": "yellow"},
    DeliveryStatus.SENT: {"fg": "green"},
    DeliveryStatus.DEAD: {"fg": "red"},
}


def tell_kind(kind: AlertKind) -> str:
    """What an alert says."""
    return {AlertKind.NEW: say("new"), AlertKind.REVISED: say("revised")}[kind]


def tell_status(status: DeliveryStatus) -> str:
    """How a delivery stands."""
    return {DeliveryStatus.PENDING: say("waiting"), DeliveryStatus.SENT: say("sent"), DeliveryStatus.DEAD: say("dead")}[status]


def tell_delivery(one: DeliveryRecord, view: View) -> str:
    """A delivery in a few words, without its problem."""
    if one.status is DeliveryStatus.SENT:
        return say("{channel}: sent {time}", channel=one.channel, time=view.time(one.sent_at))
    if one.status is DeliveryStatus.DEAD:
        return say_count(
            "{channel}: dead after {count} attempt", "{channel}: dead after {count} attempts", one.attempts, channel=one.channel
        )
    if not one.attempts:
        return say("{channel}: waiting, due {time}", channel=one.channel, time=view.time(one.next_attempt_at))
    return say_count(
        "{channel}: waiting after {count} attempt, again {time}",
        "{channel}: waiting after {count} attempts, again {time}",
        one.attempts,
        channel=one.channel,
        time=view.time(one.next_attempt_at),
    )


def tell_problem(one: DeliveryRecord) -> str:
    """What keeps or kept a delivery from its receiver, or a remark on one that was sent."""
    return say("{channel}: {reason}", channel=one.channel, reason=visible(one.last_error)) if one.last_error else ""


def tell_nobody() -> str:
    """Said of an alert without deliveries."""
    return say("nobody was told: the topic notifies no channel")


def tell_silence(silence: Silence) -> str:
    """Why a topic that matches did not alert."""
    return {
        Silence.ALERTED: say("no alert: the topic had alerted on this article before"),
        Silence.SILENT: say("no alert: only the silent first poll of a source has shown it"),
        Silence.MATCHED_SILENTLY: say("no alert: it matched already when a silent first poll showed it"),
        Silence.SILENT_SIGHTING: say("no alert: the topic asks which source shows it, and a silent first poll did"),
    }[silence]


def show_alert_head(sheet: Sheet, alert: AlertRecord) -> None:
    """An alert on one line, with its id."""
    said = say(
        "{id} · {topic} · {kind} · {time}, {late}",
        id=sheet.view.short_id(alert.alert_id),
        topic=visible(alert.topic),
        kind=tell_kind(alert.kind),
        time=sheet.view.time(alert.created_at),
        late=late(alert.delay_seconds),
    )
    sheet.note(said)


def show_alert(sheet: Sheet, alert: AlertDetails) -> None:
    """An alert with every delivery and every attempt."""
    show_alert_head(sheet, alert.record)
    if not alert.deliveries:
        sheet.note(tell_nobody(), "    ")
    for delivery in alert.deliveries:
        show_delivery(sheet, delivery, "    ")


def show_delivery(sheet: Sheet, delivery: DeliveryDetails, indent: str) -> None:
    """A delivery with its recipients and every attempt."""
    record, view = delivery.record, sheet.view
    head = say("{id} · {delivery}", id=view.short_id(record.delivery_id), delivery=tell_delivery(record, view))
    sheet.note(head, indent, **STATUS_STYLES[record.status])
    for recipient in delivery.recipients:
        reason = say(": {reason}", reason=recipient.reason) if recipient.reason else ""
        sheet.note(f"{recipient.recipient} {_tell_recipient(recipient.status)}{reason}", indent + "  ")
    forgotten = record.attempts - len(delivery.attempts)
    if forgotten > 0:
        earlier = say_count("{count} attempt of which no log is kept", "{count} attempts of which no log is kept", forgotten)
        sheet.note(earlier, indent + "  ")
    for attempt in delivery.attempts:
        sheet.note(_tell_attempt(attempt, view), indent + "  ")
    if not delivery.attempts and record.last_error:
        sheet.note(record.last_error, indent + "  ")


def _tell_recipient(status: RecipientStatus) -> str:
    return {
        RecipientStatus.HAS: say("has it"),
        RecipientStatus.REFUSED: say("was refused"),
        RecipientStatus.OWED: say("is still owed it"),
    }[status]


def _tell_attempt(attempt: AttemptRecord, view: View) -> str:
    time = view.time(attempt.attempted_at)
    if attempt.status is DeliveryStatus.SENT:
        if not attempt.answer:
            return say("{time}: accepted", time=time)
        return say("{time}: accepted ({answer})", time=time, answer=attempt.answer)
    if attempt.status is DeliveryStatus.DEAD:
        return say("{time}: given up: {answer}", time=time, answer=attempt.answer or "")
    return say("{time}: {answer}; again {again}", time=time, answer=attempt.answer or "", again=view.time(attempt.next_attempt_at))
