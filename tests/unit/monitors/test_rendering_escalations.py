"""What escalated says so, wherever it is told: from which channel, and why."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitors.body_templating import TemplateBodies
from monitors.letter import make_letter, subject_of
from monitors.presentation import OUR_BODIES
from monitors.rendering_chat import render_chat
from monitors.rendering_webhook import render_messages
from monitors.templating import Templates
from news.alerts import EscalatedFrom, EscalationCause, Roll, RollKind
from tests.outbox import ENGLISH, FRENCH, MORNING, make_bundle, make_health_bundle, make_surge_bundle

WHY = {
    EscalationCause.DEAD: "escalated from redaction, where it was given up",
    EscalationCause.UNACKNOWLEDGED: "escalated from redaction, where nobody acknowledged it in time",
}


def escalated(bundle, cause=EscalationCause.DEAD, channel="redaction"):
    """The same message at the second channel, with all that it tells."""
    return replace(bundle, escalated=tuple(EscalatedFrom(alert.alert_id, channel, cause) for alert in bundle.alerts))


@pytest.mark.parametrize("cause", EscalationCause)
@pytest.mark.parametrize("bundle", [make_bundle("oncall"), make_health_bundle(channel="oncall"), make_surge_bundle(channel="oncall")])
def test_a_mail_and_a_chat_say_first_from_which_channel_it_escalated_and_why(bundle, cause):
    told = escalated(bundle, cause)
    subject, bodies = subject_of(told, ENGLISH.language), Templates(ENGLISH).render(make_letter(told, ENGLISH))
    assert "] Escalated: " in subject
    why = WHY[cause].replace("escalated", "Escalated")
    assert bodies.text.startswith(f"{why}\n\n{make_letter(bundle, ENGLISH).title}")
    assert f"<strong>{why}</strong>" in bodies.html
    assert render_chat(told, ENGLISH)[1].splitlines()[0] == why
    for name in OUR_BODIES:
        ((_, body),) = TemplateBodies(name, ENGLISH).make(told)
        assert "nobody" in body.decode() or "given up" in body.decode()


def test_what_did_not_escalate_says_nothing_of_it():
    bundle = make_bundle("redaction")
    assert make_letter(bundle, ENGLISH).escalation == ""
    assert "scalated" not in subject_of(bundle, ENGLISH.language)
    ((_, body),) = render_messages(bundle)
    assert "escalated_from" not in json.loads(body)["data"]


def test_a_webhook_and_a_program_are_told_it_beside_the_alert():
    for bundle in (make_bundle("oncall"), make_health_bundle(channel="oncall"), make_surge_bundle(channel="oncall")):
        ((_, body),) = render_messages(escalated(bundle))
        data = json.loads(body)["data"]
        assert (data["escalated_from"], data["escalated_because"]) == ("redaction", "dead")


def test_of_a_digest_each_article_says_it_and_the_others_do_not():
    bundle = make_bundle("oncall", "OTAN", "OpenAI")
    some = replace(bundle, roll=Roll(RollKind.DIGEST, MORNING, MORNING), escalated=escalated(bundle).escalated[:1])
    letter = make_letter(some, ENGLISH)
    (items, others) = ([item.when for item in topic.items] for topic in sorted(letter.digest, key=lambda one: one.name != "OTAN"))
    assert items == [f"{others[0]} · {WHY[EscalationCause.DEAD]}"]
    assert (letter.escalation, "Escalated" in subject_of(some, ENGLISH.language)) == ("", False)
    ((_, body),) = render_messages(some)
    told = {one["topic"]: one.get("escalated_from") for one in json.loads(body)["data"]["alerts"]}
    assert told == {"OTAN": "redaction", "OpenAI": None}


def test_it_is_told_in_french_and_the_channels_name_is_one_clean_line():
    letter = make_letter(escalated(make_bundle("oncall"), channel="ré\ndaction"), FRENCH)
    assert "ré daction, où " in letter.escalation
