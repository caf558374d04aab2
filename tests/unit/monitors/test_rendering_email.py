import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.letter import MOST_HITS_SHOWN, make_letter, subject_of
from monitors.mail_address import parse_mail_address
from monitors.presentation import OwnTemplates
from monitors.rendering_email import LetterWriter, email_bytes
from monitors.samples import make_test_bundle
from news.alerts import AlertKind
from news.matches import Hit
from tests.outbox import ARTICLE, ENGLISH, FRENCH, MORNING, NEWS, make_alert, make_bundle, make_health_bundle

GOLDEN = Path(__file__).parent / "golden"
TWO_TOPICS = make_bundle("La rédaction", "OpenAI–OTAN", "défense")
HEADERS = {
    "From",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Id",
    "Date",
    "MIME-Version",
    "Content-Type",
}


HOSTILE = "\r\nBcc: x@evil.example\r\n\r\n<script>=?utf-8?q?=0D=0ABcc:_x?= " + "é" * 900

RECIPIENTS = ("redaction@example.org", "chef@example.org")


def render(bundle, sender="quivive@example.org", now=MORNING, recipients=RECIPIENTS, *, utf8=False, presentation=ENGLISH):
    shown = [parse_mail_address(one) for one in recipients]
    return email_bytes(LetterWriter(presentation).render_email(bundle, parse_mail_address(sender), shown, now), utf8=utf8)


def test_every_line_is_as_short_as_the_standard_asks_and_no_header_comes_twice():
    domain = ".".join(["d" * 60] * 4)
    bundle = make_bundle("Canal " * 60, HOSTILE, HOSTILE)
    bundle = replace(bundle, alerts=tuple(replace(one, about=replace(one.about, title=HOSTILE, source=HOSTILE)) for one in bundle.alerts))
    writer = LetterWriter(ENGLISH, f"https://a.example/{'s' * 800}?list=1")
    people = [parse_mail_address(f'"{"Nom, é " * 20}" <a{number}@{domain}>') for number in range(30)]
    raw = email_bytes(writer.render_email(bundle, people[0], people, MORNING), utf8=False)
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    names = re.findall(rb"^([^\s:]+):", head, re.MULTILINE)
    assert sorted(name.decode() for name in names) == sorted({*HEADERS, "List-Unsubscribe"})
    message = message_from_bytes(raw, policy=default)
    thread = message["References"]
    assert (message["In-Reply-To"], message["List-Unsubscribe"]) == (thread, f"<https://a.example/{'s' * 800}?list=1>")
    assert re.fullmatch(rf"<\w+@{re.escape(domain)}>", thread)
    assert re.fullmatch(rf"<canal[a-z-]{{1,58}}\.quivive\.{re.escape(domain)}>", message["List-Id"])


def received(bundle, **how):
    """The mail as its reader gets it."""
    return message_from_bytes(render(bundle, **how), policy=default)


def body(bundle, kind, **how):
    return received(bundle, **how).get_body((kind,)).get_content().replace("\r\n", "\n")


def with_article(**changes):
    bundle = make_bundle()
    return replace(bundle, alerts=(make_alert(article=replace(ARTICLE, **changes)),))


def test_the_mail_is_byte_for_byte_the_documented_one():
    assert render(TWO_TOPICS).replace(b"\r\n", b"\n") == (GOLDEN / "mail.eml").read_bytes()


def test_the_plain_text_is_the_documented_one():
    assert body(TWO_TOPICS, "plain") == (GOLDEN / "mail.txt").read_text()


def test_the_html_is_the_documented_one():
    assert body(TWO_TOPICS, "html") == (GOLDEN / "mail.html").read_text()


def test_in_french_both_bodies_are_the_documented_ones():
    assert body(TWO_TOPICS, "plain", presentation=FRENCH) == (GOLDEN / "mail.fr.txt").read_text()
    assert body(TWO_TOPICS, "html", presentation=FRENCH) == (GOLDEN / "mail.fr.html").read_text()


def test_the_language_changes_neither_the_id_nor_the_subject_of_what_was_sealed():
    french, english = received(TWO_TOPICS, presentation=FRENCH), received(TWO_TOPICS)
    assert [french[name] for name in HEADERS - {"Content-Type"}] == [english[name] for name in HEADERS - {"Content-Type"}]


def test_the_text_says_all_that_the_html_says():
    html = re.sub(r"<(title|style)>.*?</\1>|<[^>]+>", " ", body(TWO_TOPICS, "html"), flags=re.DOTALL)
    words = set(re.findall(r"\w+", unescape(html)))
    assert words - set(re.findall(r"\w+", body(TWO_TOPICS, "plain"))) == set()


def test_the_mail_says_how_late_it_is_what_the_topic_asks_and_how_to_stop_or_change_it():
    text = body(TWO_TOPICS, "plain", presentation=FRENCH)
    assert "Publié le 4 mars 2026 à 11:14, vu 41\xa0s plus tard" in text
    assert "Requête\xa0: @openai ET @otan" in text
    assert "changez le sujet dans /etc/quivive/config.toml" in text
    assert f"quivive show {TWO_TOPICS.alerts[0].alert_id}" in text


def test_a_topic_that_the_configuration_has_no_more_has_no_query():
    assert "Query:" not in body(make_bundle("redaction", "retirée"), "plain")


@pytest.mark.parametrize("delay", [None, 90 * 86_400])
def test_a_delay_that_nobody_knows_or_that_tells_nothing_is_left_out(delay):
    bundle = make_bundle()
    bundle = replace(bundle, alerts=(replace(bundle.alerts[0], delay_seconds=delay),))
    assert "\nPublished 4 Mar 2026, 11:14\n" in body(bundle, "plain")


def test_the_subject_names_every_topic_once_and_then_the_title():
    assert subject_of(TWO_TOPICS, ENGLISH.language) == "[OpenAI–OTAN, défense] OpenAI négocie avec l’OTAN"


def test_a_repeat_has_the_same_message_id_and_its_own_date():
    first, second = received(TWO_TOPICS), received(TWO_TOPICS, now=MORNING + timedelta(hours=5))
    assert first["Message-ID"] == second["Message-ID"] == f"<{TWO_TOPICS.bundle_id}@example.org>"
    assert second["Date"].datetime - first["Date"].datetime == timedelta(hours=5)


def test_alerts_on_one_article_belong_to_one_thread():
    one, other = make_bundle("a", "x"), make_bundle("b", "y")
    assert one.bundle_id != other.bundle_id
    assert received(one)["References"] == received(other)["References"] != received(make_bundle("a", "x", number=1))["References"]


def test_the_sender_may_have_a_name_and_an_international_domain():
    message = received(TWO_TOPICS, sender="Quivivé <alertes@médias.example>")
    assert message["From"].addresses[0].display_name == "Quivivé"
    assert message["Message-ID"].endswith("@xn--mdias-bsa.example>")


nasty = st.sampled_from(
    [
        "=?utf-8?q?a=0D=0ABcc:_x?=",
        "\r\nBcc: x@example.org",
        "\n\n<script>",
        "é",
        "l’OTAN",
        "  ",
        "x" * 90,
        "\xa0",
        "\u2028",
        "\udcff",
        "=?",
        "?=",
        ":",
    ]
)


@given(st.one_of(st.text(max_size=500), st.lists(nasty, max_size=20).map(" ".join)), st.one_of(st.text(max_size=60), nasty))
def test_no_title_or_topic_can_break_the_subject_or_smuggle_in_a_header(title, topic):
    bundle = with_article(title=title)
    bundle = replace(bundle, alerts=(replace(bundle.alerts[0], topic=topic),))
    raw = render(bundle)
    message = message_from_bytes(raw, policy=default)
    assert raw.isascii()
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["Subject"] == subject_of(bundle, ENGLISH.language)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998  # RFC 5322 §2.1.1


@settings(max_examples=40)  # a message is made by the whole of the email package each time
@given(st.text(), st.text())
def test_the_text_arrives_as_it_was_written(excerpt, found):
    bundle = with_article(excerpt=f"début {excerpt} fin")
    bundle = replace(bundle, alerts=(replace(bundle.alerts[0], matches=(Hit("t", found, "text", f"a [{found}] b"),)),))
    assert "début" in body(bundle, "plain")
    assert "\udcff" not in body(bundle, "html")


def test_markup_in_an_article_is_shown_and_not_obeyed():
    html = body(
        with_article(title="<script>alert(1)</script>", source='a"b<i>', author="<b>", excerpt="<img src=x>", language='"><x'), "html"
    )
    assert "<script" not in html
    assert "<img" not in html
    assert "<i>" not in html
    assert "<x" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", 'https://x/"onclick="y', "data:text/html,x"])
def test_only_web_addresses_become_links(url):
    html = body(with_article(url=url), "html")
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'onclick="y' not in html


def test_an_article_without_date_author_or_title_is_announced_all_the_same():
    bundle = with_article(title=" ", author=None, published_at=None)
    assert "Numerama\nDate unknown, first seen 4 Mar 2026, 11:15\n" in body(bundle, "plain")
    assert subject_of(bundle, ENGLISH.language) == f"[OpenAI–OTAN] {ARTICLE.url}"


def test_a_later_version_says_so():
    bundle = make_bundle()
    bundle = replace(bundle, alerts=(replace(bundle.alerts[0], kind=AlertKind.REVISED),))
    assert "a later version of the article was the first to match" in body(bundle, "plain")


def test_passages_beyond_a_sensible_number_are_counted_and_not_hidden():
    bundle = make_bundle()
    many = tuple(Hit("t", "x", "text", f"passage {number} [x]") for number in range(MOST_HITS_SHOWN + 3))
    bundle = replace(bundle, alerts=(replace(bundle.alerts[0], matches=many),))
    assert "and 3 more passages" in body(bundle, "plain")
    assert "and 3 more passages" in body(bundle, "html")
    assert f"passage {MOST_HITS_SHOWN} " not in body(bundle, "plain")


def test_a_test_message_is_marked_in_subject_text_and_html():
    bundle = make_test_bundle("redaction", MORNING)
    assert received(bundle)["Subject"].startswith("[TEST] ")
    assert "This is a test message." in body(bundle, "plain")
    assert "This is a test message." in body(bundle, "html")
    assert received(bundle, presentation=FRENCH)["Subject"].replace("\xa0", " ") == "[TEST] [test] Message d’essai : ce canal fonctionne"


HEALTH = make_health_bundle(
    NEWS, replace(NEWS, name="<b>Next</b>", url="javascript:alert(1)", after="ok", until=MORNING, code=None, message="")
)


def test_the_mail_on_operational_alerts_is_the_documented_one():
    assert body(HEALTH, "plain") == (GOLDEN / "health.txt").read_text()
    assert body(HEALTH, "plain", presentation=FRENCH) == (GOLDEN / "health.fr.txt").read_text()


def test_the_html_on_operational_alerts_says_the_same_and_makes_no_link_of_what_is_none():
    html = body(HEALTH, "html")
    told = re.sub(r"<(title|style)>.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    assert set(re.findall(r"\w+", body(HEALTH, "plain"))) == set(re.findall(r"\w+", unescape(told)))
    assert re.findall(r'href="([^"]+)"', html) == ["https://www.numerama.com/feed/"]
    assert "<b>" not in html


def test_the_subject_of_operational_alerts_says_what_happened_and_how_many_there_are():
    assert received(make_health_bundle())["Subject"] == "[quivive] Numerama is failing"
    assert received(HEALTH)["Subject"] == "[quivive] Numerama is failing, and 1 more"


def test_trouble_and_its_end_are_one_thread_and_another_source_is_another():
    threads = [
        received(make_health_bundle(news))["References"] for news in (NEWS, replace(NEWS, after="ok"), replace(NEWS, url="https://b/"))
    ]
    assert (threads[0] == threads[1], threads[0] == threads[2]) == (True, False)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (None, None, ""),
        (MORNING, None, "since 4 Mar 2026, 11:15"),
        (None, MORNING, "until 4 Mar 2026, 11:15"),
        (MORNING - timedelta(hours=1), MORNING, "from 4 Mar 2026, 10:15 to 4 Mar 2026, 11:15, 1 h"),
    ],
)
def test_an_operational_alert_says_from_when_to_when(since, until, said):
    letter = make_letter(make_health_bundle(replace(NEWS, since=since, until=until)), ENGLISH)
    assert letter.health[0].when.replace("\u202f", " ").replace("\xa0", " ") == said


def test_a_template_that_knows_no_operational_alerts_still_says_them():
    own = replace(ENGLISH, templates=OwnTemplates({"mail.txt": "{{ letter.title }}: {{ letter.excerpt }}"}))
    assert "http_503: The site is overloaded" in body(make_health_bundle(), "plain", presentation=own)
