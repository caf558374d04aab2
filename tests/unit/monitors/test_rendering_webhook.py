import json
import re
from dataclasses import replace
from pathlib import Path

from monitors.rendering_webhook import render_messages, render_webhook
from news.alerts import AlertKind, Difference, DifferenceKind
from tests.outbox import ARTICLE, MORNING, NEWS, make_alert, make_correction, make_follow_up_bundle, make_health_alert, make_surge_bundle

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[3]


def test_the_body_is_the_documented_one():
    body = json.loads(render_webhook(make_alert()))
    assert body == json.loads((GOLDEN / "webhook.json").read_text())


def shape(value):
    """The keys of a JSON value, whatever stands behind them."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    return [shape(part) for part in value[:1]] if isinstance(value, list) else None


def test_the_documentation_shows_exactly_these_keys():
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "delivery.md").read_text(), re.DOTALL)]
    told = (make_correction(), make_surge_bundle().alerts[0], make_alert())
    differs = Difference("de l’un", "de l’autre", "Le Monde", 7, DifferenceKind.NEGATION, "classif")
    bundle = make_follow_up_bundle()
    ((_, follow_up),) = render_messages(replace(bundle, alerts=tuple(replace(one, differences=(differs,)) for one in bundle.alerts)))
    made = [json.loads(one) for one in (render_webhook(make_health_alert()), follow_up, *map(render_webhook, told))]
    made.append(json.loads((GOLDEN / "webhook-digest.json").read_text()))
    assert [(one["type"], shape(one)) for one in examples] == [(one["type"], shape(one)) for one in made]


def test_the_body_of_an_operational_alert_is_the_documented_one():
    body = json.loads(render_webhook(make_health_alert()))
    assert body == json.loads((GOLDEN / "webhook-health.json").read_text())


def test_an_operational_alert_says_when_it_is_over():
    told = replace(NEWS, after="ok", since=None, until=MORNING, url=None, code=None, message="")
    health = json.loads(render_webhook(make_health_alert(told)))["data"]["health"]
    assert health == {
        "event": "state",
        "title": "Numerama is well again",
        "name": "Numerama",
        "url": None,
        "before": "ok",
        "after": "ok",
        "since": None,
        "until": "2026-03-04T10:15:02Z",
        "code": None,
        "message": "",
    }


def test_keys_come_in_the_documented_order():
    assert render_webhook(make_alert()).startswith(b'{"type":"alert.created","timestamp":"2026-03-04T10:15:02Z","data":{"alert_id":')


def test_what_nobody_said_is_null_and_never_missing():
    article = replace(ARTICLE, author=None, language=None, published_at=None)
    body = json.loads(render_webhook(replace(make_alert(article=article), delay_seconds=None, kind=AlertKind.REVISED)))
    assert [body["data"]["article"][key] for key in ("author", "language", "published_at")] == [None, None, None]
    assert body["data"]["delay_seconds"] is None
    assert body["data"]["kind"] == "revised"


def test_a_test_message_has_a_type_of_its_own():
    assert json.loads(render_webhook(make_alert(), test=True))["type"] == "alert.test"


def test_broken_characters_of_a_feed_do_not_keep_an_alert_from_going_out():
    body = json.loads(render_webhook(make_alert(article=replace(ARTICLE, title="a\udcffb\x00\u2028"))))
    assert body["data"]["article"]["title"] == "a?b\x00\u2028"
