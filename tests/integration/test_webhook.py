"""Telling a URL, against a real HTTP receiver that misbehaves on request."""

import asyncio
import socket
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.abc import AbstractResolver
from standardwebhooks import Webhook, WebhookVerificationError

from monitors import OwnTemplates
from monitors.attempts import Progress, TimeLimits, Verdict, accepted
from monitors.channels import webhook_sender
from monitors.channels.guarded import ForbiddenAddressError, PublicResolver
from monitors.channels.webhook import WebhookChannel
from monitors.channels.webhook_sender import WebhookSender
from tests.mailbox import DROP, STALL, HookSink, Reply, answering_port, babbling_port, closed_port
from tests.outbox import ENGLISH, MORNING, make_bundle

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_b2xkIHNlY3JldCBvZiB0aGUgaG9vaw=="
OTHER_SECRET = "whsec_c29tZWJvZHkgZWxzZSdz"
BUNDLE = make_bundle("hook")


def send(channel, bundle=BUNDLE, now=MORNING, presentation=ENGLISH):
    async def sending():
        async with asyncio.timeout(20):
            sender = WebhookSender(channel, TimeLimits(), presentation)
            try:
                return await sender.send(bundle, now, Progress())
            finally:
                await sender.close()

    return asyncio.run(sending())


def post(url, **how):
    return send(WebhookChannel("hook", url), **how)


@pytest.fixture
def hook():
    with HookSink() as hook:
        yield hook


def test_a_receiver_with_the_secret_can_verify_the_message(hook):
    now = datetime.now(UTC)  # the library that verifies compares with the real time
    assert send(WebhookChannel("hook", hook.url, SECRET), now=now).verdict is Verdict.ACCEPTED
    (request,) = hook.requests
    verified = Webhook(SECRET).verify(request.body, request.headers)
    assert verified["data"]["topic"] == "OpenAI–OTAN"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"OTAN", b"OTAM"), request.headers)


def test_during_a_change_of_secrets_a_receiver_with_either_can_verify_the_message(hook):
    now = datetime.now(UTC)
    send(WebhookChannel("hook", hook.url, SECRET, previous_secret=OLD_SECRET), now=now)
    (request,) = hook.requests
    assert [one.partition(",")[0] for one in request.headers["webhook-signature"].split(" ")] == ["v1", "v1"]
    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER_SECRET).verify(request.body, request.headers)


def test_a_template_makes_the_body_that_is_signed(hook):
    now = datetime.now(UTC)
    assert send(WebhookChannel("hook", hook.url, SECRET, template="slack"), now=now).verdict is Verdict.ACCEPTED
    (request,) = hook.requests
    assert Webhook(SECRET).verify(request.body, request.headers)["blocks"][0]["type"] == "section"
    assert request.headers["webhook-id"] == BUNDLE.bundle_id
    assert request.headers["content-type"] == "application/json"


def test_a_template_of_text_is_sent_as_text(hook):
    own = replace(ENGLISH, templates=OwnTemplates({"hook.txt": "{{ subject }}"}))
    send(WebhookChannel("hook", hook.url, template="hook.txt"), presentation=own)
    (request,) = hook.requests
    assert (request.headers["content-type"], request.body.decode()) == (
        "text/plain; charset=utf-8",
        "[OpenAI–OTAN] OpenAI négocie avec l’OTAN",
    )


def test_what_its_template_cannot_make_is_not_sent_and_waits(hook):
    own = replace(ENGLISH, templates=OwnTemplates({"hook.json": "{{ letter.nothing }}"}))
    outcome = send(WebhookChannel("hook", hook.url, template="hook.json"), presentation=own)
    assert outcome.verdict is Verdict.RETRY
    assert "has no attribute 'nothing'" in outcome.reason
    assert hook.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "10.0.0.8"])
def test_a_public_webhook_does_not_lead_to_an_address_that_is_not(hook, host):
    url = hook.url.replace("127.0.0.1", host)
    outcome = send(WebhookChannel("hook", url, public_only=True))
    assert outcome.verdict is Verdict.RETRY
    assert "public_only" in outcome.reason
    assert hook.requests == []


def test_a_public_webhook_does_not_lead_to_a_name_that_means_this_machine(hook, monkeypatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", hook.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)  # what a name server says
    outcome = send(WebhookChannel("hook", hook.url.replace("127.0.0.1", "inside.example"), public_only=True))
    assert outcome.verdict is Verdict.RETRY
    assert "127.0.0.1 is a loopback address, and public_only" in outcome.reason
    assert hook.requests == []


@pytest.mark.parametrize(("answers", "kept"), [(["10.0.0.1", "93.184.215.14"], ["93.184.215.14"]), ([], [])])
def test_of_a_names_addresses_the_public_ones_are_left(answers, kept):
    assert [one["host"] for one in asyncio.run(PublicResolver(FixedResolver(answers)).resolve("a.example"))] == kept


def test_a_name_that_leads_to_private_addresses_alone_is_refused():
    with pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.1 is a private address"):
        asyncio.run(PublicResolver(FixedResolver(["10.0.0.1", "fe80::1%eth0"])).resolve("a.example"))


class FixedResolver(AbstractResolver):
    """Names that somebody else's servers answer for, as they like."""

    def __init__(self, addresses):
        self._addresses = addresses

    async def resolve(self, host, port=0, family=0):
        return [{"hostname": host, "host": one, "port": port, "family": family, "proto": 0, "flags": 0} for one in self._addresses]

    async def close(self):
        pass


def test_the_headers_are_those_of_the_specification(hook):
    post(hook.url)
    (request,) = hook.requests
    assert (request.method, request.path) == ("POST", "/hook")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == BUNDLE.bundle_id == BUNDLE.delivery_ids[0]
    assert request.headers["webhook-timestamp"] == str(int(MORNING.timestamp()))
    assert request.headers["user-agent"] == "quivive"


def test_without_a_secret_nothing_is_signed(hook):
    post(hook.url)
    assert "webhook-signature" not in hook.requests[0].headers


def test_a_repeat_has_the_same_id_and_the_same_body(hook):
    post(hook.url)
    post(hook.url, now=MORNING + timedelta(hours=1))
    first, second = hook.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def test_a_bundle_made_for_mail_is_posted_alert_by_alert_under_each_deliverys_id(hook):
    bundle = make_bundle("hook", "OpenAI–OTAN", "défense")
    assert post(hook.url, bundle=bundle).verdict is Verdict.ACCEPTED
    assert tuple(request.headers["webhook-id"] for request in hook.requests) == bundle.delivery_ids
    assert [request.json["data"]["topic"] for request in hook.requests] == ["OpenAI–OTAN", "défense"]


def test_of_such_a_bundle_one_refusal_is_a_retry_of_all(hook):
    hook.reply(Reply(204), Reply(500))
    assert post(hook.url, bundle=make_bundle("hook", "OpenAI–OTAN", "défense")).verdict is Verdict.RETRY


def test_a_login_in_the_url_is_sent_as_basic_authentication(hook):
    assert post(hook.url.replace("127.0.0.1", "u:p@127.0.0.1")).verdict is Verdict.ACCEPTED
    assert hook.requests[0].headers["authorization"] == "Basic dTpw"
    assert "u:p" not in hook.requests[0].headers["host"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_success(hook, status):
    hook.always(Reply(status))
    assert post(hook.url).verdict is Verdict.ACCEPTED


def test_410_is_final(hook):
    hook.always(Reply(410, body=b"this hook was removed"))
    outcome = post(hook.url)
    assert outcome.verdict is Verdict.FINAL
    assert "410" in outcome.reason
    assert "this hook was removed" in outcome.reason


@pytest.mark.parametrize("status", [304, 400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 504])
def test_anything_else_is_retried(hook, status):
    hook.always(Reply(status))
    outcome = post(hook.url)
    assert outcome.verdict is Verdict.RETRY
    assert f"answered {status}" in outcome.reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(hook, status):
    with HookSink() as elsewhere:
        hook.always(Reply(status, {"Location": elsewhere.url}))
        outcome = post(hook.url)
        assert outcome.verdict is Verdict.RETRY
        assert "redirects are not followed" in outcome.reason
        assert elsewhere.requests == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_receiver_may_say_when_to_come_back(hook, status):
    hook.always(Reply(status, {"Retry-After": "120"}))
    assert post(hook.url).retry_after == timedelta(minutes=2)


def test_others_may_not(hook):
    hook.always(Reply(500, {"Retry-After": "120"}))
    assert post(hook.url).retry_after is None


def test_what_the_receiver_says_is_kept_short_and_clean(hook):
    hook.always(Reply(500, body=b"\x1b[31mSQL\r\n\x00error\xff " + b"x" * 5000))
    reason = post(hook.url).reason
    assert reason.startswith("127.0.0.1 answered 500: [31mSQL error� xxx")
    assert len(reason) < 250


def test_a_receiver_that_echoes_secrets_does_not_get_them_into_the_log(hook):
    url = hook.url.replace("127.0.0.1", "user:hunter2@127.0.0.1") + "/T0KEN?key=s3cret"
    hook.always(Reply(500, body=f"{SECRET} hunter2 /hook/T0KEN key=s3cret {url}".encode()))
    reason = send(WebhookChannel("hook", url, SECRET)).reason
    for secret in (SECRET, SECRET.removeprefix("whsec_"), "hunter2", "T0KEN", "s3cret"):
        assert secret not in reason


def test_a_secret_that_what_is_kept_ends_in_is_cut_out_too(hook):
    hook.always(Reply(500, body=b"x" * (webhook_sender.LONGEST_SNIPPET - 10) + SECRET.encode()))
    assert SECRET[:8] not in send(WebhookChannel("hook", hook.url, SECRET)).reason


@pytest.mark.parametrize(("status", "verdict"), [(200, Verdict.ACCEPTED), (410, Verdict.FINAL), (500, Verdict.RETRY)])
def test_the_status_decides_even_if_the_body_never_comes(hook, status, verdict, monkeypatch):
    monkeypatch.setattr(webhook_sender, "_SNIPPET_SECONDS", 0.05)
    hook.always(Reply(status, action=STALL))
    assert post(hook.url).verdict is verdict


def test_a_compressed_answer_is_not_opened(hook):
    hook.always(Reply(500, {"Content-Encoding": "gzip"}, b"no gzip at all"))
    assert post(hook.url).reason == "127.0.0.1 answered 500"


def test_a_dropped_connection_is_retried(hook):
    hook.always(Reply(action=DROP))
    outcome = post(hook.url)
    assert outcome.verdict is Verdict.RETRY
    assert outcome.reason == "127.0.0.1: the connection was closed without an answer"


def test_a_receiver_that_is_not_there_is_retried():
    outcome = post(f"http://127.0.0.1:{closed_port()}/T0KEN")
    assert outcome.verdict is Verdict.RETRY
    assert outcome.reason.startswith("127.0.0.1: could not connect")


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"\x00\xff\r\n" * 9,
        b"220 mail\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_999,
        b"HTTP/9.9 200\r\n\r\n",
    ],
)
def test_noise_instead_of_a_receiver_is_retried(noise):
    with babbling_port(noise) as port:
        outcome = post(f"http://127.0.0.1:{port}/T0KEN")
        assert outcome.verdict is Verdict.RETRY
        assert "T0KEN" not in outcome.reason


@pytest.mark.parametrize(
    "body",
    [
        b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
        b"Transfer-Encoding: zorro\r\n\r\nhello",
        b"Content-Length: 100\r\n\r\nhello",
        b"Content-Length: 3\r\n\r\nhello hello\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nhello",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        b"Content-Length: abc\r\n\r\nhello",
        b"Content-Encoding: gzip\r\n\r\nno gzip at all",
        b"No Header: x\r\n\r\n",
        b"\r\n",
    ],
)
@pytest.mark.parametrize("status", [b"200 OK", b"204 No Content", b"202"])
def test_a_2xx_whose_head_has_come_is_success_whatever_else_comes(body, status):
    with answering_port(b"HTTP/1.1 %b\r\n%b" % (status, body)) as port:
        assert post(f"http://127.0.0.1:{port}/") == accepted()


def test_an_answer_before_the_answer_is_none():
    with answering_port(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n") as port:
        assert post(f"http://127.0.0.1:{port}/").verdict is Verdict.FINAL


def test_a_refusal_counts_too_whatever_its_body_does():
    with answering_port(b"HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n") as port:
        assert post(f"http://127.0.0.1:{port}/").verdict is Verdict.FINAL


def test_a_2xx_without_the_end_of_its_head_is_no_answer():
    with answering_port(b"HTTP/1.1 200 OK\r\nX: y\r\n") as port:
        assert post(f"http://127.0.0.1:{port}/").verdict is Verdict.RETRY


def test_a_login_in_the_url_is_sent_in_utf_8_and_nowhere_else(hook):
    post(hook.url.replace("http://", "http://jean%40x:p%C3%A9w%3A@"))
    (request,) = hook.requests
    assert b64decode(request.headers["authorization"].removeprefix("Basic ")).decode() == "jean@x:péw:"
    assert "jean" not in request.headers["host"]


def test_an_escaped_byte_of_a_login_that_is_no_utf_8_is_sent_as_it_is(hook):
    post(hook.url.replace("http://", "http://jean:p%E9w@"))
    assert b64decode(hook.requests[0].headers["authorization"].removeprefix("Basic ")) == b"jean:p\xe9w"


def test_a_receiver_that_echoes_the_login_does_not_get_it_into_the_log(hook):
    hook.always(Reply(401, {}, "no jean@x, no péw and no p%C3%A9w".encode()))
    reason = post(hook.url.replace("http://", "http://jean%40x:p%C3%A9w@")).reason
    assert "401" in reason
    assert not any(secret in reason for secret in ("jean", "péw", "p%C3"))


def test_an_unknown_certificate_is_refused():
    with HookSink(tls=True) as hook:
        outcome = post(hook.url)
        assert outcome.verdict is Verdict.RETRY
        assert "certificate was not accepted" in outcome.reason
        assert hook.requests == []


def test_a_private_authority_can_be_trusted(tmp_path, monkeypatch):
    with HookSink(tls=True) as hook:
        monkeypatch.setenv("SSL_CERT_FILE", hook.write_ca(tmp_path / "ca.pem"))
        assert send(WebhookChannel("hook", hook.url)).verdict is Verdict.ACCEPTED


def test_proxies_of_the_environment_are_not_used(hook, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert post(hook.url).verdict is Verdict.ACCEPTED


def test_a_name_that_leads_nowhere_is_retried():
    outcome = post("http://quivive.invalid/T0KEN")
    assert outcome.verdict is Verdict.RETRY
    assert outcome.reason.startswith("quivive.invalid: ")
    assert "T0KEN" not in outcome.reason


def test_an_alert_of_many_passages_arrives_whole(hook):
    alert = BUNDLE.alerts[0]
    bundle = replace(BUNDLE, alerts=(replace(alert, matches=alert.matches * 1000),))
    assert post(hook.url, bundle=bundle).verdict is Verdict.ACCEPTED
    assert len(hook.requests[0].json["data"]["matches"]) == 2000
