"""Digests and summaries, as mails, webhooks and short messages tell them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path

import pytest

from monitors.mail_address import parse_mail_address
from monitors.presentation import OwnTemplates
from monitors.rendering_chat import LONGEST_BODY, render_chat
from monitors.rendering_email import LetterWriter, email_bytes
from monitors.rendering_webhook import render_messages
from news.alerts import Bundle, Roll, RollKind, make_bundle_id, make_delivery_id
from news.timing import DELIVERY_LIFETIME
from tests.outbox import ARTICLE, ENGLISH, FRENCH, MORNING, make_alert

GOLDEN = Path(__file__).parent / "golden"
EIGHT = datetime.fromisoformat("2026-03-05T07:00:00Z")


def make_digest(count: int = 3, kind: RollKind = RollKind.DIGEST, late: timedelta = timedelta(seconds=2), **article: str) -> Bundle:
    """So many alerts, of two topics in turn."""
    articles = [replace(ARTICLE, article_id=n, url=f"https://a.example/{n}", title=f"L’OTAN, {n}", **article) for n in range(count)]
    alerts = tuple(make_alert(("OTAN", "OpenAI")[n % 2], one, MORNING + timedelta(minutes=n)) for n, one in enumerate(articles))
    ids = tuple(make_delivery_id(alert.alert_id, "redaction") for alert in alerts)
    roll = Roll(kind, EIGHT, EIGHT + late)
    return Bundle(make_bundle_id("redaction", ids), "redaction", ids, alerts, 0, EIGHT + DELIVERY_LIFETIME, roll=roll)


def mail(bundle, presentation=ENGLISH):
    sender, recipients = parse_mail_address("q@example.org"), [parse_mail_address("a@example.org")]
    raw = email_bytes(LetterWriter(presentation).render_email(bundle, sender, recipients, EIGHT), utf8=False)
    return message_from_bytes(raw, policy=default)


def body(bundle, kind, presentation=ENGLISH):
    return mail(bundle, presentation).get_body((kind,)).get_content().replace("\r\n", "\n")


@pytest.mark.parametrize(("presentation", "name"), [(ENGLISH, "digest.txt"), (FRENCH, "digest.fr.txt")])
def test_the_plain_text_is_the_documented_one(presentation, name):
    assert body(make_digest(), "plain", presentation) == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_html_says_the_same():
    bundle = make_digest()
    html = body(bundle, "html")
    told = re.sub(r"<(title|style)>.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    links = re.findall(r'href="([^"]+)"', html)
    assert set(re.findall(r"\w+", body(bundle, "plain"))) <= set(re.findall(r"\w+", " ".join([unescape(told), *links])))
    assert links == ["https://a.example/2", "https://a.example/0", "https://a.example/1"]


def test_the_subject_says_how_many_there_are_and_of_which_topics():
    assert mail(make_digest())["Subject"] == "[OTAN, OpenAI] 3 alerts"
    assert mail(make_digest(1), FRENCH)["Subject"] == "[OTAN] 1 alerte"


def test_all_digests_of_a_channel_are_one_thread():
    one, other = mail(make_digest(2)), mail(make_digest(3))
    assert one["References"] == other["References"]
    assert one["Message-ID"] != other["Message-ID"]


def test_a_digest_says_that_it_is_late_and_a_summary_what_it_is():
    lates = (timedelta(minutes=10), timedelta(minutes=11))
    told = [body(make_digest(late=late), "plain").splitlines()[1].replace("\u202f", " ") for late in lates]
    assert told == ["Digest of 5 Mar 2026, 08:00", "Digest of 5 Mar 2026, 08:00, late: made 5 Mar 2026, 08:11"]
    summary = body(make_digest(kind=RollKind.SUMMARY), "plain").splitlines()[1]
    assert summary == "What was beyond the channel’s limit of messages in an hour, as of 5 Mar 2026, 08:00"
    first_poll = body(make_digest(kind=RollKind.FIRST_POLL), "plain").splitlines()[1]
    assert first_poll == "What sources held when they were first read, as of 5 Mar 2026, 08:00"


def test_what_a_long_digest_leaves_out_is_counted():
    plain = body(make_digest(60), "plain")
    assert plain.count("and 5 more articles") == 2
    assert plain.count("https://a.example/") == 50


def test_foreign_words_are_text_in_a_digest_too():
    html = body(make_digest(1, source="<script>alert(1)</script>"), "html")
    assert "<script>" not in html


def test_a_template_that_knows_no_digests_still_says_their_titles():
    own = OwnTemplates({"mail.txt": "{{ letter.title }}: {{ letter.excerpt }}\n"})
    assert "L’OTAN, 0" in body(make_digest(), "plain", replace(ENGLISH, templates=own))


def test_a_webhook_gets_all_of_it_as_one_message_under_its_own_id():
    bundle = make_digest()
    ((message_id, raw),) = render_messages(bundle)
    assert message_id == bundle.bundle_id
    payload = json.loads(raw)
    assert payload == json.loads((GOLDEN / "webhook-digest.json").read_text(encoding="utf-8"))
    assert len(json.loads(next(iter(render_messages(make_digest(200))))[1])["data"]["alerts"]) == 200


def test_a_short_message_names_as_many_as_there_is_room_for_and_counts_the_rest():
    title, text = render_chat(make_digest(100), ENGLISH)
    assert title == "[OTAN, OpenAI] 100 alerts"
    first, *items, more = text.splitlines()
    assert (first, len(items) % 2) == ("Digest of 5 Mar 2026, 08:00", 0)
    assert more == f"and {100 - len(items) // 2} more articles"
    assert LONGEST_BODY - 100 < len(text) < LONGEST_BODY + 100
    assert render_chat(make_digest(1), ENGLISH)[1].splitlines() == [
        "Digest of 5 Mar 2026, 08:00",
        "· L’OTAN, 0 (Numerama)",
        "  https://a.example/0",
    ]
