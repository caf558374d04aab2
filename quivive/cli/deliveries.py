"""Alerts and deliveries in words for people, wherever they are shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from news.alerting import Silence
from news.alerts import AlertKind, DeliveryStatus, EscalationCause, RecipientOutcome, RecipientStatus, RollKind
from news.wording import Language
from quivive.cli.sheet import Sheet, View
from quivive.cli.tables import Cell, Column, Place, make_table
from quivive.texts import visible

if TYPE_CHECKING:  # the daemon, which tells what kind an alert is, makes no answers
    from news.alert_answers import AlertRecord, DeliveryRecord
    from news.one_thing import AlertDetails, AttemptRecord, DeliveryDetails

STATUS_STYLES: dict[DeliveryStatus, dict[str, object]] = {
    DeliveryStatus.PENDING: {"fg": "yellow"},
    DeliveryStatus.HELD: {"fg": "cyan"},
    DeliveryStatus.SENT: {"fg": "green"},
    DeliveryStatus.DEAD: {"fg": "red"},
    DeliveryStatus.MUTED: {"dim": True},
}


def tell_kind(kind: AlertKind, language: Language) -> str:
    """The kind of an alert in the user's language; JSON has the fixed English word."""
    text = language.text
    words = {
        AlertKind.NEW: text("new"),
        AlertKind.REVISED: text("revised"),
        AlertKind.FOLLOW_UP: text("follow-up"),
        AlertKind.CORRECTED: text("corrected"),
        AlertKind.SURGE: text("surge"),
        AlertKind.HEALTH: text("operation"),
    }
    return words[kind]


def tell_status(status: DeliveryStatus, language: Language) -> str:
    """The status of a delivery in the user's language; JSON has the fixed English word."""
    match status:
        case DeliveryStatus.PENDING:
            return language.text("waiting")
        case DeliveryStatus.HELD:
            return language.text("held")
        case DeliveryStatus.SENT:
            return language.text("sent")
        case DeliveryStatus.DEAD:
            return language.text("dead")
        case DeliveryStatus.MUTED:
            return language.text("muted")


def tell_delivery(one: DeliveryRecord, view: View) -> str:
    """A delivery in a few words, without its problem."""
    text = view.language.text
    if one.status is DeliveryStatus.SENT:
        return text("{channel}: sent {time}", channel=one.channel, time=view.time(one.sent_at))
    if one.status is DeliveryStatus.DEAD:
        return view.language.plural(
            "{channel}: dead after {count} attempt", "{channel}: dead after {count} attempts", one.attempts, channel=one.channel
        )
    if one.status is DeliveryStatus.MUTED:
        return text("{channel}: muted ({reason})", channel=one.channel, reason=view.language.tell(one.reason or ""))
    if one.status is DeliveryStatus.HELD:
        reason = view.language.tell(one.reason or "")
        return text("{channel}: held until {time} ({reason})", channel=one.channel, time=view.time(one.held_until), reason=reason)
    if not one.attempts:
        return text("{channel}: waiting, due {time}", channel=one.channel, time=view.time(one.next_attempt_at))
    return view.language.plural(
        "{channel}: waiting after {count} attempt, again {time}",
        "{channel}: waiting after {count} attempts, again {time}",
        one.attempts,
        channel=one.channel,
        time=view.time(one.next_attempt_at),
    )


def list_remarks(one: DeliveryRecord, view: View) -> list[str]:
    """What is to be known of how a delivery is made: with many others, from which channel it came, whether it goes on to another."""
    told_in = [] if one.told_in is None else [_tell_roll(one.told_in, view.language)]
    escalation = _tell_escalation(one, view)
    return [*told_in, escalation] if escalation else told_in


def _tell_roll(kind: RollKind, language: Language) -> str:
    match kind:
        case RollKind.DIGEST:
            return language.text("in a digest")
        case RollKind.SUMMARY:
            return language.text("in a summary of what was beyond the limit")
        case RollKind.FIRST_POLL:
            return language.text("in one message on all that new sources held")
        case RollKind.FOLLOW_UP:
            return language.text("with what else followed in its story")


def _tell_escalation(one: DeliveryRecord, view: View) -> str | None:
    """From which channel a delivery came, or that its alert will go to another; None if neither."""
    text = view.language.text
    match one.escalated_because:
        case EscalationCause.DEAD:
            return text("escalated from {channel}, where it was given up", channel=one.escalated_from)
        case EscalationCause.UNACKNOWLEDGED:
            return text("escalated from {channel}, where nobody acknowledged it in time", channel=one.escalated_from)
    if one.escalates_at is not None:
        return text("escalates {time} unless somebody acknowledges it", time=view.time(one.escalates_at))
    return None


def tell_nobody(kind: AlertKind, language: Language) -> str:
    """Said of an alert without deliveries."""
    if kind is AlertKind.HEALTH:
        return language.text("nobody was told: notify under [health] names no channel")
    return language.text("nobody was told: the topic notifies no channel")


def tell_acknowledged(alert: AlertRecord, view: View) -> list[str]:
    """When somebody took notice of an alert; nothing if nobody did."""
    if alert.acknowledged_at is None:
        return []
    return [view.language.text("acknowledged {time}", time=view.time(alert.acknowledged_at))]


def tell_silence(silence: Silence, language: Language) -> str:
    """Why a topic that matches did not alert."""
    text = language.text
    return {
        Silence.ALERTED: text("no alert: the topic had alerted on this article before"),
        Silence.SILENT: text("no alert: only the silent first poll of a source has shown it"),
        Silence.MATCHED_SILENTLY: text("no alert: it matched already when a silent first poll showed it"),
        Silence.SILENT_SIGHTING: text("no alert: the topic asks which source shows it, and a silent first poll did"),
    }[silence]


def show_alert_head(sheet: Sheet, alert: AlertRecord) -> None:
    """An alert on one line, with its id."""
    if alert.kind is AlertKind.SURGE:
        told = {
            "topic": visible(alert.topic),
            "kind": tell_kind(alert.kind, sheet.view.language),
            "time": sheet.view.time(alert.created_at),
        }
        sheet.note(sheet.view.language.text("{id} · {topic} · {kind} · {time}", id=sheet.view.short_id(alert.alert_id), **told))
        return
    if alert.kind is AlertKind.HEALTH:
        kind, time = tell_kind(alert.kind, sheet.view.language), sheet.view.time(alert.created_at)
        sheet.note(sheet.view.language.text("{id} · {kind} · {time}", id=sheet.view.short_id(alert.alert_id), kind=kind, time=time))
        return
    said = sheet.view.language.text(
        "{id} · {topic} · {kind} · {time}, {late}",
        id=sheet.view.short_id(alert.alert_id),
        topic=visible(alert.topic),
        kind=tell_kind(alert.kind, sheet.view.language),
        time=sheet.view.time(alert.created_at),
        late=sheet.view.late(alert.delay_seconds),
    )
    sheet.note(said)


def show_alert(sheet: Sheet, alert: AlertDetails) -> None:
    """An alert with every delivery and every attempt."""
    show_alert_head(sheet, alert.record)
    for acknowledged in tell_acknowledged(alert.record, sheet.view):
        sheet.note(acknowledged, "    ")
    if not alert.deliveries:
        sheet.note(tell_nobody(alert.record.kind, sheet.view.language), "    ")
    for delivery in alert.deliveries:
        show_delivery(sheet, delivery, "    ")


def show_delivery(sheet: Sheet, delivery: DeliveryDetails, indent: str) -> None:
    """A delivery with its recipients and every attempt."""
    record, view = delivery.record, sheet.view
    head = sheet.view.language.text("{id} · {delivery}", id=view.short_id(record.delivery_id), delivery=tell_delivery(record, view))
    sheet.note(head, indent, **STATUS_STYLES[record.status])
    for remark in list_remarks(record, view):
        sheet.note(remark, indent + "  ")
    for recipient in record.recipients:
        sheet.note(_tell_recipient(recipient, view.language), indent + "  ")
    forgotten = record.attempts - len(delivery.attempts)
    if forgotten > 0:
        earlier = sheet.view.language.plural(
            "{count} attempt of which no log is kept", "{count} attempts of which no log is kept", forgotten
        )
        sheet.note(earlier, indent + "  ")
    for attempt in delivery.attempts:
        sheet.note(_tell_attempt(attempt, view), indent + "  ")
    if not delivery.attempts and record.last_error:
        sheet.note(view.language.tell(record.last_error), indent + "  ")


def _tell_recipient(one: RecipientOutcome, language: Language) -> str:
    text = language.text
    if one.status is RecipientStatus.HAS:
        return text("{recipient} has it", recipient=one.recipient)
    reason = language.tell(one.reason or "")
    if one.status is RecipientStatus.REFUSED:
        return text("{recipient} was refused: {reason}", recipient=one.recipient, reason=reason)
    return text("{recipient} is still owed it: {reason}", recipient=one.recipient, reason=reason)


def _tell_attempt(attempt: AttemptRecord, view: View) -> str:
    text = view.language.text
    time, answer = view.time(attempt.attempted_at), view.language.tell(attempt.answer or "")
    if attempt.status is DeliveryStatus.SENT:
        if not answer:
            return text("{time}: accepted", time=time)
        return text("{time}: accepted ({answer})", time=time, answer=answer)
    if attempt.status is DeliveryStatus.DEAD:
        return text("{time}: given up: {answer}", time=time, answer=answer)
    if attempt.next_attempt_at is None:
        return text("{time}: {answer}", time=time, answer=answer)
    pause = view.language.duration(attempt.next_attempt_at - attempt.attempted_at)
    return text("{time}: {answer}; again {pause} later", time=time, answer=answer, pause=pause)


def list_alerts(view: View, alerts: Sequence[AlertRecord], *, long: bool = False) -> Iterator[str]:
    """The delivery log as a table: under each alert its article, its deliveries, and what is wrong with them."""
    text = view.language.text
    columns = [
        Column(text("alert")),
        Column(text("time")),
        Column(text("delay"), right=True),
        Column(text("topic"), Place.FLEXIBLE),
        Column(text("kind"), Place.WIDE),
        Column(text("article"), Place.BENEATH, style={"bold": True}),
        Column(text("deliveries"), Place.BENEATH),
    ]
    return make_table(view.terminal, columns, [_row(alert, view, long=long) for alert in alerts], long=long)


def _row(alert: AlertRecord, view: View, *, long: bool) -> list[Cell | str]:
    delay = "" if alert.delay_seconds is None else view.language.duration(alert.delay_seconds)
    told = [line for one in alert.deliveries for line in _lines(one, view, long=long)]
    return [
        view.short_id(alert.alert_id),
        view.time(alert.created_at),
        delay,
        visible(alert.topic) or tell_kind(alert.kind, view.language),
        tell_kind(alert.kind, view.language),
        visible(view.language.tell(alert.title) if alert.news else alert.title),
        view.lines([*(told or [tell_nobody(alert.kind, view.language)]), *tell_acknowledged(alert, view)]),
    ]


def _lines(one: DeliveryRecord, view: View, *, long: bool) -> list[str]:
    """A delivery (`long`: with its id), on lines of their own whether it escalates, and what kept it from its receiver, or a remark."""
    said = tell_delivery(one, view)
    told = [view.language.text("{id} · {delivery}", id=view.short_id(one.delivery_id), delivery=said) if long else said]
    told += [visible(remark) for remark in list_remarks(one, view)]
    return [*told, visible(view.language.tell(one.last_error))] if one.last_error else told
