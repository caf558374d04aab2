"""Follow-ups, as mails, webhooks and short messages tell them."""

from __future__ import annotations

import json
from dataclasses import replace
from email.message import EmailMessage

import pytest

from monitors.chat_markups import MARKUPS
from monitors.letter import make_letter
from monitors.mail_address import parse_mail_address
from monitors.presentation import Presentation
from monitors.rendering_chat import render_chat, tell_lines
from monitors.rendering_email import LetterWriter
from monitors.rendering_webhook import render_messages
from news.alerts import Bundle, Difference, DifferenceKind, Roll, RollKind
from tests.outbox import ARTICLE, ENGLISH, FOLLOWED, FRENCH, MORNING, make_alert, make_bundle, make_follow_up_bundle


def mail(bundle: Bundle, presentation: Presentation = ENGLISH) -> EmailMessage:
    sender, recipients = parse_mail_address("q@example.org"), [parse_mail_address("a@example.org")]
    return LetterWriter(presentation).render_email(bundle, sender, recipients, MORNING)


@pytest.mark.parametrize(
    ("presentation", "sources", "subject"),
    [
        (ENGLISH, ("Numerama", "Next"), "[OpenAI–OTAN] +2 sources on “OpenAI et l’OTAN & leurs <réseaux>”"),
        (ENGLISH, ("Numerama", "Numerama"), "[OpenAI–OTAN] +1 source on “OpenAI et l’OTAN & leurs <réseaux>”"),
        (FRENCH, ("Numerama", "Next"), "[OpenAI–OTAN] +2 sources sur « OpenAI et l’OTAN & leurs <réseaux> »"),
    ],
)
def test_the_subject_says_how_many_sources_there_are_and_on_what(
    presentation: Presentation, sources: tuple[str, ...], subject: str
) -> None:
    assert mail(make_follow_up_bundle(*sources), presentation)["Subject"].replace("\u00a0", " ") == subject


def test_a_story_without_a_title_is_named_by_the_address_of_its_first_article() -> None:
    assert ARTICLE.url in mail(make_follow_up_bundle(followed=replace(FOLLOWED, title="")))["Subject"]


def test_the_mail_is_in_the_thread_of_the_first_alert_of_the_story() -> None:
    first = replace(make_bundle(), alerts=(make_alert(),))
    assert mail(make_follow_up_bundle())["References"] == mail(first)["References"]
    assert mail(make_follow_up_bundle())["Message-ID"] != mail(first)["Message-ID"]


def test_the_mail_shows_each_of_the_articles() -> None:
    plain = mail(make_follow_up_bundle()).get_body(("plain",))
    assert plain is not None
    told = plain.get_content()
    assert ["https://b.example/0" in told, "https://b.example/1" in told, "What followed in a story" in told] == [True] * 3


def test_a_webhook_has_all_of_it_as_one_message_under_its_own_id() -> None:
    bundle = make_follow_up_bundle("A", "B", "C")
    ((message_id, body),) = render_messages(bundle)
    message = json.loads(body)
    assert (message_id, message["type"], message["timestamp"]) == (bundle.bundle_id, "alert.follow_up", "2026-03-04T11:15:03Z")
    assert [alert["article"]["source"] for alert in message["data"].pop("alerts")] == ["A", "B", "C"]
    assert message["data"] == {"story_id": 3, "title": FOLLOWED.title, "first_alert_id": FOLLOWED.first_alert_id, "differences": []}


def test_a_digest_counts_what_follows_beneath_its_story() -> None:
    alerts = [replace(one, story_id=3) for one in make_follow_up_bundle("Numerama", "Next", "Next").alerts]
    roll = Roll(RollKind.DIGEST, MORNING, MORNING)
    digest = replace(make_bundle(), alerts=(replace(make_alert(), story_id=3), *alerts), delivery_ids=("a", "b", "c", "d"), roll=roll)
    plain = mail(digest).get_body(("plain",))
    assert plain is not None
    lines = [line.rstrip() for line in plain.get_content().splitlines() if ARTICLE.title in line]
    assert lines == [f"  - {ARTICLE.title} (+2 sources)", *[f"      - {ARTICLE.title}"] * 3]
    assert "(Numerama, +2 sources)" in render_chat(digest, ENGLISH)[1]


def test_a_short_message_names_the_story_and_links_each_article() -> None:
    title, text = render_chat(make_follow_up_bundle(), ENGLISH)
    assert title.startswith("[OpenAI–OTAN] +2 sources on “")
    assert ("https://b.example/0" in text, "https://b.example/1" in text) == (True, True)


DIFFERENCE = Difference(
    "Le système ira sur les réseaux <non> classifiés.",
    "Le système ira sur les réseaux classifiés.",
    "Le Monde",
    7,
    DifferenceKind.NEGATION,
    "classif",
)
OTHERS = {"passage": DIFFERENCE.passage, "other_passage": DIFFERENCE.other_passage, "other_source": "Le Monde", "kind": "negation"}


def differing(bundle: Bundle) -> Bundle:
    """The same message, in which each alert says the same otherwise."""
    return replace(bundle, alerts=tuple(replace(alert, differences=(DIFFERENCE,)) for alert in bundle.alerts))


@pytest.mark.parametrize("bundle", [make_follow_up_bundle(), replace(make_bundle(), alerts=(make_alert(),))], ids=["follow-up", "alone"])
def test_a_mail_leads_with_what_is_said_otherwise_and_by_whom(bundle: Bundle) -> None:
    message = mail(differing(bundle))
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    first = bundle.alerts[0].about.source  # type: ignore[union-attr]
    told = "\n".join(
        [
            "Says otherwise",
            "",
            f"  - {DIFFERENCE.passage}",
            f"    ({first}, denied or not)",
            f"    {DIFFERENCE.other_passage}",
            "    (Le Monde)",
        ]
    )
    assert plain.get_content().count(told) == 1
    assert html.get_content().count("réseaux &lt;non&gt; classifiés") == 1
    assert html.get_content().index("Says otherwise") < html.get_content().index("<mark")


def test_a_webhook_tells_each_difference_once() -> None:
    ((_, body),) = render_messages(differing(make_follow_up_bundle("A", "B")))
    assert json.loads(body)["data"]["differences"] == [OTHERS]
    another = replace(DIFFERENCE, passage="La fusée part lundi.", other_passage="La fusée part mardi.", kind=DifferenceKind.DATE)
    bundle = make_follow_up_bundle("A", "B")
    two = replace(bundle, alerts=(replace(bundle.alerts[0], differences=(DIFFERENCE, another)), bundle.alerts[1]))
    ((_, body),) = render_messages(two)
    assert [one["kind"] for one in json.loads(body)["data"]["differences"]] == ["negation", "date"]


@pytest.mark.parametrize("bundle", [make_follow_up_bundle(), replace(make_bundle(), alerts=(make_alert(),))], ids=["follow-up", "alone"])
def test_a_short_message_tells_what_is_said_otherwise_before_all_else(bundle: Bundle) -> None:
    _, text = render_chat(differing(bundle), FRENCH)
    _, this, other, *rest = text.splitlines()
    assert this.startswith("≠ Le système ira sur les réseaux <non> classifiés. (")
    assert (other, len(rest) > 0) == ("  Le système ira sur les réseaux classifiés. (Le Monde)", True)


def test_a_short_message_has_room_for_articles_too() -> None:
    long = replace(DIFFERENCE, passage="mot " * 400, other_passage="autre " * 400)
    bundle = make_follow_up_bundle()
    _, text = render_chat(replace(bundle, alerts=tuple(replace(one, differences=(long,)) for one in bundle.alerts)), FRENCH)
    assert (len(text) <= 1_500, "https://b.example/0" in text) == (True, True)


@pytest.mark.parametrize("markup", MARKUPS)
def test_what_is_said_otherwise_is_escaped_for_each_service(markup: str) -> None:
    letter = make_letter(differing(make_follow_up_bundle()), FRENCH)
    told = "\n".join(tell_lines(letter, 2, MARKUPS[markup], 1_000, FRENCH.language))
    assert len(told) <= 1_000
    assert MARKUPS[markup].escape("<non>") in told
