"""Services that are told by way of Apprise: its `json://`, which a receiver on this machine takes."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from monitors import TimeLimits, send_test
from monitors.channels.apprise import AppriseChannel, Table
from monitors.rendering_chat import LONGEST_BODY, LONGEST_TITLE
from news.alerts import DeliveryStatus, Roll, RollKind
from tests import mailbox as receivers
from tests.mailbox import HookSink, Reply, closed_port
from tests.outbox import ENGLISH, MORNING, NEWS, Clock, ListOutbox, make_bundle, make_health_bundle
from tests.sending import STEADY, deliver

SECRETS = "T0KEN-0123456789"


@pytest.fixture
def service():
    with HookSink() as sink:
        yield sink


@pytest.fixture
def log():
    """What reaches the log of the program, which takes the warnings of libraries at the root."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    yield heard
    logging.getLogger().removeHandler(handler)


def channel_of(port):
    return AppriseChannel("equipe", f"json://quivive:hunter22@127.0.0.1:{port}/{SECRETS}")


def messages(service):
    return [json.loads(request.body) for request in service.requests]


def test_a_service_is_told_once_in_a_few_lines(service):
    outbox = ListOutbox(make_bundle("equipe"))
    deliver(outbox, channel_of(service.port))
    deliver(outbox, channel_of(service.port))
    assert [(result.status, result.error) for result in outbox.results] == [(DeliveryStatus.SENT, None)]
    (told,) = messages(service)
    assert told["title"] == "[OpenAI–OTAN] OpenAI négocie avec l’OTAN"
    assert told["message"].splitlines() == [
        "Numerama — Published 4 Mar 2026, 11:14, seen 41 s later",
        "· [OpenAI] négocie avec l’OTAN",
        "· … un accord sur les réseaux de l’[OTAN] & ceux de ses <alliés> …",
        "https://www.example.fr/2026/03/openai-otan?x=1&y=2&n=0",
    ]


def test_a_refusal_is_told_without_the_account_and_repeated(service):
    outbox, clock = ListOutbox(make_bundle("equipe")), Clock()
    service.reply(Reply(503, body=SECRETS.encode()))
    deliver(outbox, channel_of(service.port), clock=clock)
    assert outbox.last.status is DeliveryStatus.PENDING
    assert "503" in outbox.last.error
    clock.advance(timedelta(seconds=5))
    deliver(outbox, channel_of(service.port), clock=clock)
    assert outbox.last.status is DeliveryStatus.SENT


def test_the_reason_is_told_whatever_the_level_of_the_log(service, monkeypatch):
    monkeypatch.setattr(logging.root, "level", logging.ERROR)
    logging.getLogger("apprise").manager._clear_cache()  # what it found of levels before
    outbox = ListOutbox(make_bundle("equipe"))
    service.reply(Reply(503))
    deliver(outbox, channel_of(service.port))
    assert "503" in outbox.last.error


@pytest.mark.parametrize("is_there", [True, False])
def test_no_secret_is_in_an_error_or_in_a_log(service, is_there, log, capfd):
    service.always(Reply(403, body=f"{SECRETS} hunter22".encode()))
    outbox = ListOutbox(make_bundle("equipe"))
    deliver(outbox, channel_of(service.port if is_there else closed_port()))
    told = outbox.last.error + log.getvalue() + "".join(capfd.readouterr()) + repr(channel_of(1))
    assert outbox.last.error.startswith("the service did not take it: ")
    assert not any(secret in told for secret in (SECRETS, "hunter22"))


def test_a_service_that_hangs_costs_one_attempt_of_limited_time(service):
    service.always(Reply(action=receivers.HANG))
    outbox = ListOutbox(make_bundle("equipe"))
    deliver(outbox, channel_of(service.port), rules=replace(STEADY, limits=TimeLimits(request=0.3)))
    assert (outbox.last.status, outbox.last.error) == (DeliveryStatus.PENDING, "the service gave no answer within 0.3 s")


def test_a_long_article_is_cut_but_its_address_is_whole(service):
    bundle = make_bundle("equipe")
    alert = bundle.alerts[0]
    long = replace(alert, about=replace(alert.about, title="Long " * 200), matches=(replace(alert.matches[0], passage="mot " * 2000),))
    deliver(ListOutbox(replace(bundle, alerts=(long,))), channel_of(service.port))
    (told,) = messages(service)
    assert len(told["title"]) <= LONGEST_TITLE
    *_, passage, address = told["message"].splitlines()
    assert (address, passage[-1]) == (alert.about.url, "…")
    assert len(told["message"]) <= LONGEST_BODY + 1 + len(address)


def test_an_operational_alert_says_what_happened_and_what_to_do(service):
    outbox = ListOutbox(make_health_bundle(channel="equipe"))
    deliver(outbox, channel_of(service.port))
    (told,) = messages(service)
    assert told["title"] == "[quivive] Numerama is failing"
    first, *rest = told["message"].splitlines()
    assert first.startswith("Numerama is failing — since ")
    assert rest == [f"http_503: {NEWS.message}", NEWS.url]


def test_a_test_message_is_marked_as_one(service):
    assert asyncio.run(send_test(channel_of(service.port), MORNING, ENGLISH)).status is DeliveryStatus.SENT
    assert messages(service)[0]["title"].startswith("[TEST] ")


def test_a_url_that_apprise_does_not_know_is_a_mistake_in_the_configuration(log, capfd):
    for url in (f"foo://{SECRETS}", "", "slack://", SECRETS, f"https://[::{SECRETS}"):
        with pytest.raises(ValueError, match="url") as refusal:
            Table(type="apprise", url=url)
        assert SECRETS not in str(refusal.value)
    assert log.getvalue() == ""
    assert capfd.readouterr() == ("", "")


def test_the_table_makes_a_channel():
    url = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
    assert Table(type="apprise", url=f" {url} ").make_channel("equipe") == AppriseChannel("equipe", url)


CALLING = "@everyone <!channel> (@julie) mail@here.example a@b.example <@U024BE7LH>"
CALM = "@\u200beveryone <\u200b!channel> (@\u200bjulie) mail@\u200bhere.example a@b.example <\u200b@\u200bU024BE7LH>"


def test_what_an_article_says_calls_nobody_whatever_the_service_is(service):
    bundle = make_bundle("equipe")
    alert = bundle.alerts[0]
    article = replace(alert.about, title=CALLING, source=CALLING, url="https://social.example/@julie/1?q=@julie")
    hits = (replace(alert.matches[0], found="OTAN", passage=f"[OTAN] {CALLING}"),)
    told_of = replace(bundle, alerts=(replace(alert, about=article, matches=hits),))
    digest = replace(told_of, bundle_id="digest", roll=Roll(RollKind.DIGEST, MORNING, MORNING))
    news = replace(NEWS, name=CALLING, message=CALLING)
    deliver(ListOutbox(told_of, digest, make_health_bundle(news, channel="equipe")), channel_of(service.port))
    one, rolled, health = messages(service)
    assert one["title"] == f"[OpenAI–OTAN] {CALM}"
    assert one["message"].splitlines()[1:] == [f"· [OTAN] {CALM}", article.url]
    assert one["message"].startswith(f"{CALM} — ")
    assert rolled["message"].splitlines()[1:] == [f"· {CALM} ({CALM})", f"  {article.url}"]
    assert CALM in health["title"]
    assert health["message"].count(CALM) == 2


def test_no_secret_is_in_an_error_as_it_is_sent_or_however_short_it_is(service):
    service.always(Reply(403, body=b"c\xc3\xa9dille/x2 abc"))
    channel = AppriseChannel("equipe", f"json://quivive:abc@127.0.0.1:{service.port}/c%C3%A9dille%2Fx2")
    outbox = ListOutbox(make_bundle("equipe"))
    deliver(outbox, channel)
    assert not any(secret in outbox.last.error for secret in ("dille", "abc"))


def test_a_url_of_several_places_is_warned_of_since_all_are_told_again_when_one_fails(service):
    here = f"json://127.0.0.1:{service.port}"
    assert AppriseChannel("equipe", f"{here}/a").warnings() == []
    for url in (f"{here}/a, {here}/b", "tgram://123456789:abcdefg_hijklmnop/12315544/22222/"):
        ((key, said),) = AppriseChannel("equipe", url).warnings()
        assert (key, "2 places" in said) == ("url", True)
