"""The demonstration's expectations agree with the matcher, and its judge sees every way to fall short of them."""

import asyncio
import tomllib
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from news.alerts import AlertKind
from news.query import Matcher
from news.text import analyse_article
from quivive.config import load_config
from quivive.demo.articles import PageKind, load_outlets
from quivive.demo.scenario import ENTITIES, EXPECTED, HOOK, MAIL, NATO, PENTAGON, TOPICS, expected_until, judge, render_config
from quivive.demo.sinks import HookAttempt, ReceivedMail
from quivive.demo.site import DemoSite

OUTLETS = load_outlets()
ARTICLES = {article.key: article for outlet in OUTLETS for article in outlet.articles}


def readable_text(article, words):
    """What the program gets to read of a version: the feed's words, where the page shows a wall or isn't fetched."""
    if article.page is PageKind.WALL:
        return words.summary
    return f"{words.summary}\n\n{words.text}" if article.full_text_in_feed else words.text


@pytest.fixture(scope="module")
def matched_topics():
    matcher = Matcher(TOPICS, {entity.key: entity for entity in ENTITIES})
    return lambda title, text: {match.topic for match in matcher.match(analyse_article(title, text))}


def first_matches(article, matched_topics):
    """The topics that match an article, each with the kind and step of the first version that does."""
    found = {}
    for words, kind, step in versions(article):
        for topic in matched_topics(words.title, readable_text(article, words)):
            found.setdefault(topic, (kind, step))
    return found


def versions(article):
    yield article.words, AlertKind.NEW, article.step
    if article.edit:
        yield article.edit.words, AlertKind.REVISED, article.edit.step


def test_the_expected_alerts_are_those_that_the_matcher_finds(matched_topics):
    found = {
        (step, topic, article.key, kind)
        for article in ARTICLES.values()
        if article.step > 0 and not article.same_text_as
        for topic, (kind, step) in first_matches(article, matched_topics).items()
    }
    assert found == {(alert.step, alert.topic, alert.article, alert.kind) for alert in EXPECTED}
    assert len(found) == len(EXPECTED)


def test_one_article_from_before_the_first_poll_would_match(matched_topics):
    assert {key for key, article in ARTICLES.items() if article.step == 0 and first_matches(article, matched_topics)} == {"cartes-postales"}


def test_the_copied_dispatch_would_match_and_comes_after_the_original(matched_topics):
    assert first_matches(ARTICLES["depeche-telegraphe"], matched_topics)
    assert ARTICLES["depeche-telegraphe"].step > ARTICLES["depeche-gazette"].step


def test_what_alerts_and_what_does_not_is_the_same_by_summary_alone_or_by_text_for_the_noise(matched_topics):
    alerting = {alert.article for alert in EXPECTED}
    noise = [article for article in ARTICLES.values() if article.key not in alerting and article.step > 0 and not article.same_text_as]
    assert len(noise) >= 8
    for article in noise:
        assert not matched_topics(article.words.title, article.words.summary), article.key
        assert not matched_topics(article.words.title, f"{article.words.summary}\n{article.words.text}"), article.key


def test_the_noise_shares_words_with_the_topics():
    alerting = {alert.article for alert in EXPECTED}
    noise = " ".join(article.words.title + article.words.text for article in ARTICLES.values() if article.key not in alerting)
    for look_alike in (
        "votants",
        "botanique",
        "Notant",
        "open source",
        "orange",
        "pentagone",
        "levée",
        "tour de table",
        "alliance",
        "Atlantique",
        "fonds",
    ):
        assert look_alike in noise


def test_every_expected_alert_goes_to_the_channels_of_its_topic():
    channels = {topic.name: topic.notify for topic in TOPICS}
    assert all(alert.channels == channels[alert.topic] for alert in EXPECTED)


@pytest.fixture
def configuration_text():
    async def run():
        async with DemoSite() as site:
            return render_config(
                site, 1025, "http://127.0.0.1:8080/hook", "whsec_" + "A" * 32, Path("/tmp/a “folder”/archive.db")
            ), site.feed_urls

    return asyncio.run(run())


def test_the_configuration_names_every_feed_topic_entity_and_channel(configuration_text):
    text, feed_urls = configuration_text
    table = tomllib.loads(text)
    assert table["archive"]["path"] == "/tmp/a “folder”/archive.db"
    assert [source["url"] for source in table["sources"]] == list(feed_urls)
    assert [(topic["name"], topic["query"], tuple(topic["notify"])) for topic in table["topics"]] == [
        (topic.name, topic.query, topic.notify) for topic in TOPICS
    ]
    assert set(table["entities"]) == {entity.key for entity in ENTITIES}
    assert set(table["channels"]) == {MAIL, HOOK}


def test_the_configuration_is_valid(configuration_text, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(configuration_text[0], encoding="utf-8")
    assert len(load_config(path, {}).topics) == len(TOPICS)


def make_hook(alert, webhook_id=None, status=200, **article):
    path = ARTICLES[alert.article].path
    data = {"topic": alert.topic, "kind": alert.kind.value, "article": {"url": "http://127.0.0.1:1" + quote(path), **article}}
    return HookAttempt(webhook_id or f"{alert.topic}/{alert.article}", status, {"type": "alert.created", "data": data})


def make_mail(article, step, topics):
    title = ARTICLES[article].words_at(step).title.replace("\u00a0", " ")
    return ReceivedMail(f"<{article}@quivive>", f"[{', '.join(topics)}] {title}", ("redaction@example.org",), "", "")


@pytest.fixture
def hooks():
    return [make_hook(alert) for alert in EXPECTED if HOOK in alert.channels]


@pytest.fixture
def mails():
    topics = {}
    for alert in EXPECTED:
        if MAIL in alert.channels:
            topics.setdefault((alert.article, alert.step), []).insert(0, alert.topic)
    return [make_mail(article, step, names) for (article, step), names in topics.items()]


def test_nothing_is_wrong_when_each_expected_alert_came_once(mails, hooks):
    assert judge(mails, hooks, EXPECTED) == []
    assert (len(mails), len(hooks)) == (9, 11)


def test_only_the_alerts_of_the_published_steps_are_wanted():
    [first, second, third] = expected_until(1)
    mails = [make_mail(alert.article, 1, [alert.topic]) for alert in (first, third)]
    assert judge(mails, [make_hook(alert) for alert in (first, second, third)], expected_until(1)) == []


def test_a_missing_mail_and_a_missing_webhook_are_named(mails, hooks):
    assert judge(mails[1:], hooks[1:], EXPECTED) == [
        "mail [OpenAI–OTAN] OpenAI va traduire les menus de la cantine de l’OTAN: did not come",
        "webhook [OpenAI–OTAN] new /2026/03/openai-menus-cantine-otan: did not come",
    ]


@pytest.mark.parametrize("key", [key for key in ARTICLES if key not in {alert.article for alert in EXPECTED}])
def test_an_alert_on_any_other_article_is_wrong(mails, hooks, key):
    extra = make_hook(replace(EXPECTED[0], article=key))
    assert judge(mails, [*hooks, extra], EXPECTED) == [f"webhook [OpenAI–OTAN] new {ARTICLES[key].path}: was not expected"]
    assert len(judge([*mails, make_mail(key, ARTICLES[key].step, [NATO])], hooks, EXPECTED)) == 1


def test_the_wrong_kind_is_wrong(mails, hooks):
    wrong = [hook for hook in hooks if hook.payload["data"]["kind"] == "new"]
    wrong.append(make_hook(replace(EXPECTED[10], kind=AlertKind.NEW)))
    assert judge(mails, wrong, EXPECTED) == [
        "webhook [OpenAI–OTAN] revised /chantiers/otan-assistant-plans-evacuation: did not come",
        "webhook [OpenAI–OTAN] new /chantiers/otan-assistant-plans-evacuation: was not expected",
    ]


def test_an_alert_that_comes_under_two_ids_is_wrong(mails, hooks):
    assert judge(mails, [*hooks, make_hook(EXPECTED[0], "another id")], EXPECTED) == [
        "webhook [OpenAI–OTAN] new /2026/03/openai-menus-cantine-otan: came under 2 different ids"
    ]
    assert judge([*mails, replace(mails[0], message_id="<another@quivive>")], hooks, EXPECTED) == [
        "mail [OpenAI–OTAN] OpenAI va traduire les menus de la cantine de l’OTAN: came under 2 different ids"
    ]


def test_an_alert_that_is_accepted_twice_under_one_id_is_wrong(mails, hooks):
    [complaint] = judge([mails[0], *mails], hooks, EXPECTED)
    assert complaint.endswith("came 2 times")


def test_two_alerts_on_one_article_must_come_as_one_mail(mails, hooks):
    apart = [mail for mail in mails if PENTAGON not in mail.subject or NATO not in mail.subject]
    apart += [make_mail("double-sujet", 3, [NATO]), make_mail("double-sujet", 3, [PENTAGON])]
    assert [complaint.rpartition(": ")[2] for complaint in judge(apart, hooks, EXPECTED)] == [
        "did not come",
        "was not expected",
        "was not expected",
    ]


def test_a_delivery_that_was_turned_away_must_come_back_under_its_id(mails, hooks):
    again = make_hook(EXPECTED[0], status=503)
    assert judge(mails, [again, *hooks], EXPECTED) == []
    lost = replace(again, webhook_id="lost")
    assert judge(mails, [lost, *hooks], EXPECTED) == ["webhook lost: was turned away once and never came back under its id"]


def test_an_invalid_signature_is_wrong(mails, hooks):
    assert judge(mails, [HookAttempt("forged", 401), *hooks], EXPECTED) == ["webhook forged: had no valid signature"]


def test_a_tracking_parameter_in_an_address_is_wrong(mails, hooks):
    tracked = make_hook(EXPECTED[0], url="http://127.0.0.1:1" + ARTICLES["menus-traduits"].path + "?utm_source=rss")
    assert [complaint.rpartition(": ")[2] for complaint in judge(mails, [tracked, *hooks[1:]], EXPECTED)] == [
        "did not come",
        "was not expected",
    ]


@pytest.mark.parametrize("payload", [None, [], {"data": {}}, {"data": {"article": {"url": 3}}}])
def test_a_payload_of_another_shape_is_wrong(mails, hooks, payload):
    assert judge(mails, [*hooks, HookAttempt("odd", 200, payload)], EXPECTED) == [
        "webhook with a payload that can't be read: was not expected"
    ]
