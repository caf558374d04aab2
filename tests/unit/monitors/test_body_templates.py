"""Bodies of webhooks made of templates: ours keep to what each service's documentation asks, and one that fails sends nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors import OUR_BODIES, OwnTemplates, check_bodies
from monitors.body_templating import TemplateBodies
from monitors.chat_markups import MARKUPS, length
from monitors.presentation import TemplateTroubleError
from monitors.rendering_chat import fit
from monitors.rendering_webhook import render_messages
from news.alerts import Roll, RollKind
from tests.outbox import ENGLISH, FRENCH, MORNING, NEWS, make_bundle, make_health_bundle

HOSTILE = (
    '<!channel> <@U012AB3CD> @everyone @channel @here <at>Ana</at> *gras* _x_ [clic](https://evil.example) `a` ~b~ | & </a> \\ "q" {{ 1 }}'
)


def told(template, bundle=None, presentation=ENGLISH):
    """The body of the one message of a bundle."""
    ((_, body),) = TemplateBodies(template, presentation).make(bundle or make_bundle("hook"))
    return json.loads(body)


def with_article(bundle, **changes):
    return replace(bundle, alerts=tuple(replace(alert, about=replace(alert.about, **changes)) for alert in bundle.alerts))


def with_passages(bundle, *passages):
    alert = bundle.alerts[0]
    hit = alert.matches[0]
    return replace(bundle, alerts=(replace(alert, matches=tuple(replace(hit, passage=passage, found="OTAN") for passage in passages)),))


def make_digest(count, title="L’OTAN et ses <alliés> & [autres]"):
    alerts = tuple(
        replace(alert, about=replace(alert.about, title=f"{title} {number}"))
        for number in range(count)
        for alert in make_bundle("hook", f"topic {number % 9}", number=number).alerts
    )
    bundle = make_bundle("hook")
    return replace(bundle, alerts=alerts, delivery_ids=tuple(str(n) for n in range(count)), roll=Roll(RollKind.DIGEST, MORNING, MORNING))


def check_slack(body):
    """https://docs.slack.dev/reference/block-kit/blocks: 50 blocks, 1 to 3,000 characters in each; `&`, `<`, `>` are escaped."""
    assert set(body) == {"text", "blocks"}
    texts = [body["text"], *(block["text"]["text"] for block in body["blocks"])]
    assert 1 <= len(body["blocks"]) <= 50
    for block in body["blocks"]:
        assert (block["type"], block["text"]["type"]) == ("section", "mrkdwn")
    for text in texts:
        assert 1 <= length(text) <= 3000
        bare = re.sub(r"<https?://[^<>|\s]+\|[^<>]*>", "", text)
        assert "<" not in bare
        assert ">" not in bare
        assert re.sub(r"&(amp|lt|gt);", "", text).count("&") == 0


def check_discord(body):
    """https://discord.com/developers/docs/resources/message#embed-object-embed-limits; nobody is called: `allowed_mentions`."""
    assert body["allowed_mentions"] == {"parse": []}
    assert 1 <= len(body["embeds"]) <= 10
    for embed in body["embeds"]:
        assert set(embed) <= {"title", "description", "url"}
        assert 1 <= length(embed["title"]) <= 256
        assert 1 <= length(embed["description"]) <= 4096
        assert length(embed["title"]) + length(embed["description"]) <= 6000
        assert re.match(r"https?://", embed.get("url", "https://")) is not None


def check_mattermost(body):
    """https://developers.mattermost.com/integrate/webhooks/incoming/: 16,383 characters, 4,000 in old versions; `@channel` calls people."""
    assert set(body) == {"text"}
    assert 1 <= length(body["text"]) <= 4000
    assert re.search(r"@\w", body["text"]) is None
    assert re.search(r"<[!@#]", body["text"]) is None


def check_teams(body):
    """https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using: a message of 28 KB."""
    assert len(json.dumps(body).encode()) <= 28_000
    assert body["type"] == "message"
    (attachment,) = body["attachments"]
    assert (attachment["contentType"], attachment["contentUrl"]) == ("application/vnd.microsoft.card.adaptive", None)
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    for block in card["body"]:
        assert (block["type"], block["wrap"]) == ("TextBlock", True)
        assert block["text"].strip()
    for action in card.get("actions", []):
        assert action["type"] == "Action.OpenUrl"
        assert re.match(r"https?://", action["url"])


def check_json(body):
    assert set(body) == {"id", "type", "title", "text", "url", "source", "topics"}


CHECKS = {"slack": check_slack, "discord": check_discord, "mattermost": check_mattermost, "teams": check_teams, "json": check_json}
BUNDLES = {
    "article": make_bundle("hook"),
    "hostile": with_passages(
        with_article(make_bundle("hook", HOSTILE), title=HOSTILE, source=HOSTILE, url="https://a.example/<b>|c)?d=(é*&e=f"),
        HOSTILE,
        "[OTAN]",
    ),
    "no link": with_article(make_bundle("hook"), url="javascript:alert(1)", title=""),
    "endless": with_passages(
        with_article(make_bundle("hook"), title="&<*é😀" * 900, url="https://a.example/" + "&x=1" * 1500), *["&<*é😀[OTAN] " * 900] * 5
    ),
    "digest": make_digest(3),
    "long digest": make_digest(200, "&<*é😀" * 60),
    "health": make_health_bundle(channel="hook"),
    "endless health": make_health_bundle(replace(NEWS, name="<!here>" * 900, message="&<*é😀" * 9000), channel="hook"),
}


def test_each_of_our_templates_is_checked_here():
    assert set(CHECKS) == set(OUR_BODIES)


@pytest.mark.parametrize("kind", BUNDLES)
@pytest.mark.parametrize("template", OUR_BODIES)
def test_a_body_is_what_the_services_documentation_asks(template, kind):
    CHECKS[template](told(template, BUNDLES[kind]))
    CHECKS[template](told(template, replace(BUNDLES[kind], test=True), FRENCH))


def test_slack_shows_title_passages_with_what_was_found_and_the_link():
    title, text = (block["text"]["text"] for block in told("slack")["blocks"])
    assert title == "*[OpenAI–OTAN] OpenAI négocie avec l’OTAN*"
    assert text.splitlines() == [
        "Numerama — Published 4 Mar 2026, 11:14, seen 41 s later",
        "· *OpenAI* négocie avec l’OTAN",
        "· … un accord sur les réseaux de l’*OTAN* &amp; ceux de ses &lt;alliés&gt; …",
        "<https://www.example.fr/2026/03/openai-otan?x=1&amp;y=2&amp;n=0|https://www.example.fr/2026/03/openai-otan?x=1&amp;y=2&amp;n=0>",
    ]


def test_discord_shows_the_title_as_a_link():
    (embed,) = told("discord")["embeds"]
    assert embed["url"] == make_bundle("hook").alerts[0].about.url
    assert embed["title"] == r"\[OpenAI–OTAN\] OpenAI négocie avec l’OTAN"
    assert "**OpenAI** négocie" in embed["description"]


def test_what_an_article_says_is_no_markup():
    text = told("mattermost", with_article(make_bundle("hook"), title="**a** [b](c) <!channel> @all"))["text"]
    assert r"\*\*a\*\* \[b\]\(c\)" in text
    assert "@all" not in text
    assert "<!channel" not in text


def test_a_digest_names_what_it_has_room_for_and_counts_the_rest():
    lines = told("slack", make_digest(200))["blocks"][1]["text"]["text"].splitlines()
    assert lines[0] == "Digest of 4 Mar 2026, 11:15"
    assert lines[1].startswith("· <https://www.example.fr/2026/03/openai-otan?x=1&amp;y=2&amp;n=")
    assert lines[-1] == f"and {200 - len(lines) + 2} more articles"
    assert told("slack", make_digest(3))["blocks"][1]["text"]["text"].count("\n") == 3


def test_the_json_for_anything_else_is_flat_and_has_the_messages_id():
    bundle = make_bundle("hook")
    body = told("json", bundle)
    assert (body["id"], body["type"], body["topics"]) == (bundle.bundle_id, "alert.created", ["OpenAI–OTAN"])
    assert body["url"] == bundle.alerts[0].about.url
    assert told("json", make_health_bundle(channel="hook"))["url"] is None


def test_a_bundle_made_for_mail_is_a_body_for_each_alert_under_its_deliverys_id():
    bundle = make_bundle("hook", "OTAN", "défense")
    made = list(TemplateBodies("json", ENGLISH).make(bundle))
    assert tuple(message_id for message_id, _ in made) == bundle.delivery_ids
    assert [json.loads(body)["topics"] for _, body in made] == [["OTAN"], ["défense"]]


@given(st.text(), st.sampled_from(sorted(MARKUPS)), st.integers(2, 60))
@settings(max_examples=60)
def test_no_text_is_longer_in_a_markup_than_was_asked_for(text, markup, most):
    assert length(fit(text, MARKUPS[markup], most)) <= most


def own(name="hook.json", **sources):
    return replace(ENGLISH, templates=OwnTemplates({name.replace("_", "."): source for name, source in sources.items()}))


def test_a_template_of_the_user_is_given_letter_message_and_id():
    source = '{"t": {{ letter.title | tojson }}, "k": {{ message.data.kind | tojson }}, "i": {{ id | tojson }}}'
    bundle = make_bundle("hook")
    assert told("hook.json", bundle, own(hook_json=source)) == {"t": "OpenAI négocie avec l’OTAN", "k": "new", "i": bundle.bundle_id}


def test_a_template_of_the_user_may_be_text():
    bodies = TemplateBodies("hook.txt", own(hook_txt="{{ subject }}"))
    assert bodies.content_type.startswith("text/plain")
    assert [body for _, body in bodies.make(make_bundle("hook"))] == ["[OpenAI–OTAN] OpenAI négocie avec l’OTAN".encode()]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ letter.nothing }}", "has no attribute 'nothing'"),
        ("{% if %}", "line 1"),
        ("{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}", "too long"),
        ("{{ letter.__class__.__mro__ }}", "unsafe"),
        ("{{ 'x'.ljust(900000000) }}", "too much"),
        ("", "empty"),
        ("{'no': 'json'}", "makes no JSON"),
        ('{"t": "{{ letter.title }}"', "makes no JSON"),
        ('"{% for n in range(1000) %}{{ "%01100d" | replace("%01100d", "é" * 1) }}{% endfor %}', "not allowed"),
        ('"{% for n in range(900) %}{{ n | string | center(1200) }}{% endfor %}"', "more than 1000000 bytes"),
    ],
)
def test_a_template_that_fails_sends_nothing_and_says_why(source, reason):
    with pytest.raises(TemplateTroubleError, match=reason):
        told("hook.json", presentation=own(hook_json=source))
    assert reason in check_bodies({"hook": "hook.json"}, own(hook_json=source))[0][1]


def test_a_template_that_only_a_digest_or_a_health_alert_breaks_is_found_before_one_comes():
    assert check_bodies({"hook": "hook.json"}, own(hook_json="{{ letter.topics[0].name | tojson }}")) != []
    assert check_bodies({"hook": "hook.json"}, own(hook_json="{{ letter.title | tojson }}")) == []
    assert check_bodies(dict.fromkeys(OUR_BODIES, "slack"), ENGLISH) == []


def test_a_template_that_is_not_there_sends_nothing_and_says_why():
    with pytest.raises(TemplateTroubleError, match="is missing"):
        told("hook.json")
    unread = replace(ENGLISH, templates=OwnTemplates(missing={"hook.json": "m/hook.json is not UTF-8"}))
    assert check_bodies({"hook": "hook.json"}, unread) == [("hook", "m/hook.json is not UTF-8")]


def test_the_same_bundle_makes_the_same_bytes_at_any_time():
    bundle = make_bundle("hook")
    later = replace(bundle, attempts=5, give_up_at=bundle.give_up_at + timedelta(days=1))
    assert list(TemplateBodies("teams", ENGLISH).make(bundle)) == list(TemplateBodies("teams", ENGLISH).make(later))
    assert [message_id for message_id, _ in render_messages(bundle)] == [
        message_id for message_id, _ in TemplateBodies("teams", ENGLISH).make(bundle)
    ]
