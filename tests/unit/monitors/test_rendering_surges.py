"""A topic that is written about much more than usual, as mails, chat and the Atom file tell it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from monitors.body_templating import TemplateBodies
from monitors.mail_address import parse_mail_address
from monitors.presentation import OUR_BODIES
from monitors.rendering_chat import render_chat
from monitors.rendering_email import LetterWriter, email_bytes
from monitors.surge_letter import CHART_HEIGHT, make_letter_surge
from news.surges import SurgeArticle, SurgeBar, draw_bars
from tests.outbox import ENGLISH, FRENCH, MORNING, SURGE, make_surge_bundle

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = MORNING.replace(minute=0, second=0)
DAYS = replace(SURGE, since=START - 23 * HOUR, bars=tuple(SurgeBar(START - (n + 1) * DAY, 14 - n, 2.0) for n in range(13, -1, -1)))


def mail(bundle, presentation=ENGLISH):
    sender, recipients = parse_mail_address("q@example.org"), [parse_mail_address("a@example.org")]
    raw = email_bytes(LetterWriter(presentation).render_email(bundle, sender, recipients, MORNING), utf8=False)
    return message_from_bytes(raw, policy=default)


def body(bundle, kind, presentation=ENGLISH):
    return mail(bundle, presentation).get_body((kind,)).get_content().replace("\r\n", "\n")


def test_the_subject_gives_topic_and_figures():
    assert mail(make_surge_bundle())["Subject"] == "[OpenAI–OTAN] 14 articles in 3 hours, where about 2 are usual"
    told = mail(make_surge_bundle(), FRENCH)["Subject"]
    assert told.startswith("[OpenAI–OTAN] 14 articles en 3 heures")


def test_all_surges_of_a_topic_are_one_thread_which_is_none_of_its_articles():
    threads = {mail(make_surge_bundle(replace(SURGE, since=SURGE.since + n * DAY)))["References"] for n in range(2)}
    assert len(threads) == 1


def test_the_plain_text_draws_the_hours_and_names_the_latest_articles():
    told = body(make_surge_bundle(), "plain")
    assert f"{'·' * 21}▄█▂" in told
    assert "Articles by hour, the last 24 hours" in told
    assert "L’OTAN & <OpenAI>\n    Numerama, 4 Mar 2026, 10:15\n    https://www.example.fr/1?a=1&b=2" in told
    assert "\x1b" not in told


def test_the_html_draws_them_without_script_or_image():
    html = body(make_surge_bundle(), "html")
    assert not re.search(r"<(script|img|svg|link)\b", html)
    heights = [int(height) for height in re.findall(r'<div style="height: (\d+)px; background: #c46a00">', html)]
    assert heights == [0] * 21 + [CHART_HEIGHT // 2, CHART_HEIGHT, CHART_HEIGHT // 4]
    assert html.count("background: #8c8c96") == 24 + 1
    assert sum(int(span) for span in re.findall(r'colspan="(\d+)"', html)) == 48
    assert "L’OTAN &amp; &lt;OpenAI&gt;" in html
    assert re.findall(r'href="([^"]+)"', html) == ["https://www.example.fr/1?a=1&amp;b=2"]


@pytest.mark.parametrize(("surge", "labels"), [(SURGE, ["12:00", "18:00", "00:00", "06:00"]), (DAYS, ["18.02", "20.02", "22.02"])])
def test_bars_are_labelled_by_hours_or_days_in_the_readers_zone(surge, labels):
    told = [bar.label for bar in make_letter_surge(surge, FRENCH.language).bars if bar.label]
    assert told[: len(labels)] == labels


def test_a_bar_of_one_article_beside_hundreds_is_still_seen():
    bars = (replace(SURGE.bars[0], articles=1), *SURGE.bars[1:-1], replace(SURGE.bars[-1], articles=500))
    assert make_letter_surge(replace(SURGE, bars=bars), ENGLISH.language).bars[0].height == 2


def test_a_chat_gets_the_figures_the_chart_and_addresses():
    title, text = render_chat(make_surge_bundle(), ENGLISH)
    assert title == "[OpenAI–OTAN] 14 articles in 3 hours, where about 2 are usual"
    assert draw_bars(SURGE) in text
    assert "https://www.example.fr/1?a=1&b=2" in text
    assert len(text) < 1500


@pytest.mark.parametrize("name", OUR_BODIES)
def test_every_chat_service_gets_title_and_chart_and_nothing_that_could_call_or_mislead(name):
    hostile = SurgeArticle("@everyone <!channel> <https://evil.example|click>", "https://www.example.fr/1", "Numerama", None)
    (message_id, body), *others = TemplateBodies(name, ENGLISH).make(make_surge_bundle(replace(SURGE, latest=(hostile,))))
    told = json.dumps(json.loads(body), ensure_ascii=False)
    assert (message_id, others) == (make_surge_bundle().bundle_id, [])
    assert re.search(r"14 articles in 3 hours", told)
    assert "▄█▂" in told
    assert "https://www.example.fr/1" in told
    if name != "json":  # plain text; Slack calls nobody who is not between angle brackets
        assert not re.search("<!channel>|<https://evil" if name == "slack" else "<!channel>|@everyone|<https://evil", told)


def test_where_hardly_anything_is_usual_that_is_said():
    assert replace(SURGE, usual=0.49).title == "14 articles in 3 hours, where there is usually hardly one"
    assert replace(SURGE, usual=0.51).title == "14 articles in 3 hours, where there is usually about one"


@pytest.mark.parametrize(("until", "hours"), [(START, 3), (START + 59 * timedelta(minutes=1), 3), (START + HOUR, 4)])
def test_hours_that_have_begun_count(until, hours):
    assert replace(SURGE, until=until).hours == hours
