"""Secrets in every place that takes one, receivers that say back all that they were sent, and then a look at whatever is left of it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mailbox import HookSink, Mailbox, Reply
from tests.news_site import NewsSite, item, rss
from tests.processes import QUICK, Done, Home, email, source, story, topic, webhook

SECRETS = {
    "MAIL_USER": "veilleur-4711",
    "MAIL_PASSWORD": "mot-de-passe-SMTP-4712",
    "HOOK_LOGIN": "crochet-4713",
    "HOOK_PASSWORD": "mot-de-passe-HTTP-4714",
    "HOOK_TOKEN": "jeton-du-chemin-4715",
    "HOOK_KEY": "jeton-de-la-question-4716",
    "HOOK_SECRET": "whsec_c2VjcmV0LWRlLXNpZ25hdHVyZS00NzE3",
    "HOOK_OLD_SECRET": "whsec_YW5jaWVuLXNlY3JldC00NzE4",
    "CHAT_TOKEN": "jeton-de-discussion-4719",
    "SITE_KEY": "cle-du-site-4720",
    "SITE_COOKIE": "biscuit-du-site-4721",
    "SITE_PASSWORD": "mot-de-passe-du-site-4722",
    "UNUSED": "mot-de-passe-sans-usage-4723",
}
WRITTEN = {
    **SECRETS,
    "signing key": SECRETS["HOOK_SECRET"].removeprefix("whsec_"),
    "old signing key": SECRETS["HOOK_OLD_SECRET"].removeprefix("whsec_"),
    "login of the hook": b64encode(f"{SECRETS['HOOK_LOGIN']}:{SECRETS['HOOK_PASSWORD']}".encode()).decode(),
    "login of the server": b64encode(f"\0{SECRETS['MAIL_USER']}\0{SECRETS['MAIL_PASSWORD']}".encode()).decode(),
    "password of the server": b64encode(SECRETS["MAIL_PASSWORD"].encode()).decode(),
    "login of the site": b64encode(f"lecteur:{SECRETS['SITE_PASSWORD']}".encode()).decode(),
}
"""Every secret as it may stand somewhere."""


def echo(*names: str) -> str:
    """What a receiver says that has read all it was sent."""
    return " | ".join(secret for name, secret in WRITTEN.items() if any(name.startswith(one) for one in names))


def assert_clean(text: str | bytes, where: str) -> None:
    raw = text.encode() if isinstance(text, str) else text
    assert [name for name, secret in WRITTEN.items() if secret.encode() in raw] == [], f"{where} shows secrets: {raw[-3000:]!r}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[tuple[Home, HookSink, Mailbox]]:
    users = {SECRETS["MAIL_USER"]: SECRETS["MAIL_PASSWORD"]}
    with NewsSite() as site, HookSink() as hook, HookSink() as chat, Mailbox() as calm, Mailbox(users=users, login_required=True) as strict:
        hook.always(Reply(500, body=f"{echo('HOOK', 'signing', 'old', 'login of the hook')} {'x' * 9}".encode()))
        chat.always(Reply(500, body=echo("CHAT").encode()))
        strict.answer("MAIL", f"451 4.3.0 {echo('MAIL', 'login of the server', 'password')}")
        feed = site.publish_feed("/feed", rss(item("L’OTAN", site.page("/1", story("L’OTAN")))))
        where = hook.url.partition("://")[2].partition("/")[0]
        home = Home(tmp_path, {name: secret for name, secret in SECRETS.items() if name != "UNUSED"})
        asking = (
            'username = "lecteur"\npassword = "${SITE_PASSWORD}"\ncookies = { c = "${SITE_COOKIE}" }\nheaders = { X-K = "${SITE_KEY}" }\n'
        )
        (tmp_path / "say.sh").write_text("env > told-environment; cat > told-body; exit 3\n")
        home.configure(
            crawler=QUICK,
            more='[log]\nlevel = "debug"\nformat = "json"\n',
            sources=[source(feed, "Un") + asking],
            topics=[topic("OTAN", "otan", ["mail", "calme", "hook", "chat", "script", "fil", "slack"])],
            channels=[
                email("mail", strict.url, "r@example.org") + 'username = "${MAIL_USER}"\npassword = "${MAIL_PASSWORD}"\n',
                email("calme", calm.url, "r@example.org"),
                webhook("hook", f"http://${{HOOK_LOGIN}}:${{HOOK_PASSWORD}}@{where}/${{HOOK_TOKEN}}?k=${{HOOK_KEY}}")
                + 'secret = "${HOOK_SECRET}"\nprevious_secret = "${HOOK_OLD_SECRET}"\n',
                webhook("slack", f"{chat.url}/${{CHAT_TOKEN}}") + 'template = "slack"\n',
                f'[channels.chat]\ntype = "apprise"\nurl = "json://127.0.0.1:{chat.port}/${{CHAT_TOKEN}}"\n',
                '[channels.script]\ntype = "command"\ncommand = ["/bin/sh", "say.sh"]\n',
                '[channels.fil]\ntype = "feed"\npath = "fil.atom"\n',
            ],
        )
        yield home, hook, calm


def test_no_secret_is_in_any_output_message_or_file(home):
    home, hook, calm = home
    polled = home.quivive("poll", "--json")
    alert_id = json.loads(home.call("alerts", "--json").out)["id"]
    asked = [("check",), ("alerts",), ("alerts", "--json"), ("status",), ("status", "--json"), ("sources", "--json"), ("sources", "Un")]
    asked += [
        ("show", alert_id),
        ("show", alert_id, "--json"),
        ("alerts", "test", "hook"),
        ("alerts", "test", "mail"),
        ("topics", "--json"),
    ]
    answers: list[Done] = [polled, *(home.call(*arguments) for arguments in asked), home.call("backup", "copy.db")]
    for arguments, answer in zip([("poll",), *asked, ("backup",)], answers, strict=True):
        assert_clean(answer.out + answer.err, " ".join(arguments))
    log = json.loads(answers[3].out)
    reasons = {one["channel"]: one["last_error"] for one in log["deliveries"]}
    assert {name for name, reason in reasons.items() if reason} == {"mail", "hook", "slack", "chat", "script"}
    assert "451 4.3.0 " in reasons["mail"]
    assert "answered 500" in reasons["hook"]
    files = [file for file in home.folder.rglob("*") if file.is_file() and file != home.config]
    assert {"archive.db", "copy.db", "fil.atom", "told-environment", "told-body"} <= {file.name for file in files}
    for file in files:
        assert_clean(file.read_bytes(), file.name)
    assert len(calm.mails) == 1
    for mail in calm.mails:
        assert_clean(mail.raw, "a mail")
    assert hook.requests
    for request in hook.requests:
        assert_clean(request.body, "a webhook's body")


def test_no_fault_of_the_configuration_shows_a_secret(home):
    home, _, _ = home
    home.environment["UNUSED"] = SECRETS["UNUSED"]
    broken = home.config.read_text()
    kinds = {"smtp": "email", "template": "webhook", "path": "feed", "when": "email", "unsubscribe": "email"}
    for (key, kind), name in zip(kinds.items(), ("MAIL_PASSWORD", "HOOK_SECRET", "UNUSED", "HOOK_KEY", "UNUSED"), strict=True):
        broken += f'[channels.x{key}]\ntype = "{kind}"\n{key} = "a ${{{name}}}\\u0000"\n'
    broken += (
        '[channels.xurl]\ntype = "webhook"\nurl = "${HOOK_TOKEN}"\nsecret = "whsec_${HOOK_TOKEN}!"\nprevious_secret = "${HOOK_PASSWORD}"\n'
    )
    broken += '[channels.xchat]\ntype = "apprise"\nurl = "nowhere://${CHAT_TOKEN}"\n[channels."x${UNUSED}"]\ntype = "${UNUSED}"\n'
    home.write_config(broken)
    answer = home.call("check")
    assert answer.status == 2
    assert all(f"channels.x{key}" in answer.err for key in ("smtp", "template", "when", "unsubscribe", "url", "chat"))
    assert_clean(answer.out + answer.err, "check")
