"""How a correction reads: what was there before and what is there now, word by word, wherever it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitors.letter import Letter, make_letter, subject_of
from monitors.presentation import Presentation
from monitors.rendering_chat import render_chat
from monitors.rendering_webhook import render_messages, render_webhook
from monitors.templating import Templates
from news.alerts import Bundle, Change, Roll, RollKind
from quivive.cli.announcing import PrintedAlerts
from tests.outbox import CHANGES, ENGLISH, FRENCH, MORNING, make_alert, make_bundle, make_correction

MARKED = [
    "OpenAI [-signe-] {+négocie+} avec l’OTAN",
    "Un accord sur les réseaux {+non+} classifiés de l’OTAN & ceux de ses <alliés>.",
    "{+L’OTAN dément.+}",
]


def bundle() -> Bundle:
    return replace(make_bundle(), alerts=(make_correction(),))


def letter(presentation: Presentation = ENGLISH) -> Letter:
    return make_letter(bundle(), presentation)


def test_a_webhook_is_told_each_passage_before_and_after() -> None:
    body = json.loads(render_webhook(make_correction()))
    assert (body["type"], body["data"]["kind"], body["timestamp"]) == ("alert.corrected", "corrected", "2026-03-04T11:15:02Z")
    assert body["data"]["changes"] == [{"field": one.field, "before": one.before, "after": one.after} for one in CHANGES]
    assert "changes" not in json.loads(render_webhook(make_alert()))["data"]


def test_a_correction_is_told_in_a_digest_as_one() -> None:
    rolled = replace(bundle(), roll=Roll(RollKind.DIGEST, MORNING))
    ((_, body),) = render_messages(rolled)
    (told,) = json.loads(body)["data"]["alerts"]
    assert (told["kind"], len(told["changes"])) == ("corrected", 3)


def test_a_digest_says_of_an_article_that_it_was_corrected_and_shows_what_changed() -> None:
    rolled = replace(bundle(), roll=Roll(RollKind.DIGEST, MORNING, MORNING))
    told = make_letter(rolled, ENGLISH)
    bodies = Templates(ENGLISH).render(told)
    (item,) = told.digest[0].items
    assert item.title == "Corrected: OpenAI négocie avec l’OTAN"
    assert [line.strip() for line in bodies.text.splitlines() if line.startswith("    ")][2:] == MARKED
    assert '<del style="text-decoration: line-through">signe </del>' in bodies.html
    assert "<mark" not in bodies.html
    _, text = render_chat(rolled, ENGLISH)
    assert text.splitlines()[-1].strip() == MARKED[0]


def test_a_digest_shows_the_first_changes_of_an_article() -> None:
    many = replace(bundle(), alerts=(make_correction([*CHANGES, Change("text", "Une quatrième.", None)]),))
    (item,) = make_letter(replace(many, roll=Roll(RollKind.DIGEST, MORNING)), ENGLISH).digest[0].items
    assert [change.passage for change in item.changes] == MARKED


def test_a_mail_shows_what_was_removed_and_added_instead_of_the_passages() -> None:
    bodies = Templates(ENGLISH).render(letter())
    assert [line.strip(" -") for line in bodies.text.splitlines() if line.startswith("  - ")] == MARKED
    assert '<del style="text-decoration: line-through">signe </del>' in bodies.html
    assert "réseaux <ins " in bodies.html
    assert ">non </ins>classifiés de l’OTAN &amp; ceux de ses &lt;alliés&gt;." in bodies.html
    assert "<mark" not in bodies.html
    assert "the article was edited since you were told of it" in bodies.text


def test_a_mail_says_in_its_subject_that_it_corrects_and_when_that_was_seen() -> None:
    assert subject_of(bundle(), ENGLISH.language) == "[OpenAI–OTAN] Corrected: OpenAI négocie avec l’OTAN"
    assert letter().when == "Published 4 Mar 2026, 11:14, correction seen 4 Mar 2026, 12:15"


def test_a_mail_that_also_tells_of_the_article_for_the_first_time_is_none() -> None:
    both = replace(bundle(), alerts=(make_correction(), make_alert("défense")))
    assert subject_of(both, ENGLISH.language) == "[OpenAI–OTAN, défense] OpenAI négocie avec l’OTAN"


def test_chat_is_told_the_first_changes() -> None:
    many = replace(make_bundle(), alerts=(make_correction([*CHANGES, Change("text", "Une quatrième.", None)]),))
    title, text = render_chat(many, ENGLISH)
    assert "Corrected" in title
    assert [line.removeprefix("· ") for line in text.splitlines() if line.startswith("· ")] == MARKED


def test_a_correction_is_told_in_french() -> None:
    assert subject_of(bundle(), FRENCH.language) == "[OpenAI–OTAN] Corrigé : OpenAI négocie avec l’OTAN"
    assert letter(FRENCH).topics[0].note == "l’article a été modifié depuis qu’il vous a été annoncé"


def test_a_correction_is_printed_word_by_word(capfd: pytest.CaptureFixture[str]) -> None:
    printed = PrintedAlerts(ENGLISH.language)
    printed.announce(replace(make_correction(), created_at=MORNING + timedelta(hours=1)))
    printed.finish()
    lines = [line.strip() for line in capfd.readouterr().out.splitlines()]
    assert lines[0] == "ALERT OpenAI–OTAN (corrected)  OpenAI négocie avec l’OTAN"
    assert lines[2:5] == MARKED
