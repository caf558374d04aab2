"""The demonstration's sinks keep what they get, and turn one webhook away."""

import asyncio
import json
from datetime import UTC, datetime
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import pytest
from standardwebhooks.webhooks import Webhook

from quivive.demo.sinks import HookSink, MailSink

PAYLOAD = {"type": "alert.created", "data": {"topic": "OpenAI–OTAN"}}


def make_mail():
    mail = EmailMessage()
    mail["From"] = "quivive@example.org"
    mail["To"] = "redaction@example.org"
    mail["Subject"] = "[OpenAI–OTAN, OpenAI–Pentagone] L’été à Bruxelles, une affaire d’horloges et de très longs titres accentués"
    mail["Message-ID"] = "<abc@quivive>"
    mail.set_content("« Bonjour »")
    mail.add_alternative("<p>« Bonjour »</p>", subtype="html")
    return mail


async def deliver(hook, webhook_id, secret=None, **changed):
    body = json.dumps(PAYLOAD)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret or hook.secret).sign(webhook_id, now, body),
        **changed,
    }
    async with aiohttp.ClientSession() as client, client.post(hook.url, data=body, headers=headers) as response:
        return response.status


def test_a_mail_is_kept_with_its_subject_id_and_both_bodies():
    async def run():
        async with MailSink() as sink:
            waiting = asyncio.create_task(sink.wait_until(lambda mails: len(mails) == 1, 30))
            await aiosmtplib.send(make_mail(), hostname="127.0.0.1", port=sink.port)
            return await waiting, sink.received

    arrived, [mail] = asyncio.run(run())
    assert arrived
    assert mail.subject == make_mail()["Subject"]
    assert mail.message_id == "<abc@quivive>"
    assert mail.recipients == ("redaction@example.org",)
    assert mail.text.strip() == "« Bonjour »"
    assert "<p>« Bonjour »</p>" in mail.html


def test_waiting_for_what_does_not_come_ends():
    async def run():
        async with MailSink() as mails, HookSink() as hooks:
            return await mails.wait_until(bool, 0), await hooks.wait_until(bool, 0)

    assert asyncio.run(run()) == (False, False)


def test_the_first_delivery_is_turned_away_once_and_all_later_ones_are_accepted():
    async def run():
        async with HookSink() as hook:
            statuses = [await deliver(hook, webhook_id) for webhook_id in ("one", "two", "one")]
            return statuses, hook.attempts, hook.received

    statuses, attempts, received = asyncio.run(run())
    assert statuses == [503, 200, 200]
    assert [attempt.webhook_id for attempt in attempts] == ["one", "two", "one"]
    assert [attempt.webhook_id for attempt in received] == ["two", "one"]
    assert received[0].payload == PAYLOAD


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "whsec_" + "A" * 32},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,*"},
        {"webhook-timestamp": "12"},
        {"webhook-id": ""},
    ],
    ids=["other secret", "no signature", "bad base64", "old", "no id"],
)
def test_a_delivery_without_a_valid_signature_is_refused(changed):
    async def run():
        async with HookSink() as hook:
            return await deliver(hook, "one", **changed), hook.attempts

    status, [attempt] = asyncio.run(run())
    assert status == 401
    assert (attempt.status, attempt.payload) == (401, None)
