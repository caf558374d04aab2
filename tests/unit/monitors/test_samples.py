"""The messages by which a channel and templates are tried: one of each form, each marked as a test."""

from __future__ import annotations

import json

import pytest

from monitors.letter import make_letter, subject_of
from monitors.rendering_webhook import ALERT_TEST, render_messages
from monitors.samples import make_samples
from monitors.templating import Templates, check_templates
from news.alerts import AlertKind
from tests.outbox import ENGLISH, MORNING
from tests.unit.monitors.test_templates import with_templates

SAMPLES = make_samples("redaction", MORNING)


def test_there_is_one_of_each_kind_and_of_what_is_told_otherwise() -> None:
    assert SAMPLES.keys() == {*AlertKind, "escalated", "digest"}
    assert {kind: SAMPLES[kind].alerts[0].kind for kind in AlertKind if kind is not AlertKind.FOLLOW_UP} == {
        kind: kind for kind in AlertKind if kind is not AlertKind.FOLLOW_UP
    }


@pytest.mark.parametrize("form", SAMPLES)
def test_each_is_marked_as_a_test_wherever_it_is_told(form: str) -> None:
    bundle = SAMPLES[form]
    assert subject_of(bundle, ENGLISH.language).startswith("[TEST] ")
    assert "This is a test message" in Templates(ENGLISH).render(make_letter(bundle, ENGLISH)).text
    assert {json.loads(body)["type"] for _, body in render_messages(bundle)} == {ALERT_TEST}


def test_a_template_that_only_one_form_breaks_is_told_before_one_comes() -> None:
    source = (
        "{{ letter.title }}{% for topic in letter.topics %}{% for change in topic.changes %}{{ change.nothing }}{% endfor %}{% endfor %}"
    )
    (trouble,) = check_templates(with_templates(mail_txt=source))
    assert "nothing" in trouble
