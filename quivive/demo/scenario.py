"""What the demonstration watches for, and exactly what must come of it.

`EXPECTED` follows from the articles in `site_data/` and the rules of judgement; a test compares it with what the matcher says.
What must *not* alert is as much a part of it: look-alikes (votants, botanique, orange, pentagone), one half of a topic alone,
an article from before the first poll, the same dispatch in a second outlet, the same article in a second feed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from news.alerts import AlertKind
from news.fingerprints import normalise_text
from news.topics import Entity, Topic
from news.wording import Wording
from quivive.demo.articles import DemoArticle, load_outlets
from quivive.demo.sinks import HookAttempt, ReceivedMail
from quivive.demo.site import DemoSite, DemoSource

MAIL, HOOK = "redaction", "hook"
NATO, PENTAGON, FUNDING, ORANGE = "OpenAI–OTAN", "OpenAI–Pentagone", "Levées de fonds IA", "Orange – réseaux"

ENTITIES = (
    Entity("openai", ("OpenAI", "Open AI", "ChatGPT", "Sam Altman")),
    Entity("otan", ("OTAN", "NATO", "Organisation du traité de l’Atlantique Nord", "Alliance atlantique")),
    Entity("pentagone", ("=Pentagone", "=PENTAGONE", "département américain de la Défense")),
    Entity("orange", ("=Orange", "Orange Business", "groupe Orange")),
)
TOPICS = (
    Topic(NATO, "@openai AND @otan", (MAIL, HOOK)),
    Topic(PENTAGON, "@openai AND @pentagone", (MAIL, HOOK)),
    Topic(FUNDING, '("levée de fonds" OR "levées de fonds" OR "tour de table") AND (IA OR "intelligence artificielle")', (HOOK,)),
    Topic(ORANGE, "@orange AND (fibre OR 5G)", (MAIL,)),
)


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """An alert that must come, once on each of its channels, after `step` was published."""

    step: int
    topic: str
    article: str
    """The article's key in `site_data/`."""
    kind: AlertKind
    channels: tuple[str, ...]


EXPECTED = (
    ExpectedAlert(1, NATO, "menus-traduits", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(1, FUNDING, "levee-lanterne", AlertKind.NEW, (HOOK,)),
    ExpectedAlert(1, PENTAGON, "pentagone-horloges", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(2, NATO, "depeche-gazette", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(2, PENTAGON, "objets-trouves", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(2, NATO, "mur-de-cookies", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(2, ORANGE, "orange-fibre", AlertKind.NEW, (MAIL,)),
    ExpectedAlert(3, NATO, "capitales", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(3, NATO, "double-sujet", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(3, PENTAGON, "double-sujet", AlertKind.NEW, (MAIL, HOOK)),
    ExpectedAlert(3, NATO, "assistant-anonyme", AlertKind.REVISED, (MAIL, HOOK)),
    ExpectedAlert(3, FUNDING, "tour-de-table-mielline", AlertKind.NEW, (HOOK,)),
)

_SUBJECT = re.compile(r"\[(?P<topics>[^\]]+)\]\s*(?P<title>.+)", re.DOTALL)


def expected_until(step: int) -> tuple[ExpectedAlert, ...]:
    """The alerts that must have come once everything up to `step` is published and delivered."""
    return tuple(alert for alert in EXPECTED if alert.step <= step)


def render_config(site: DemoSite, mail_port: int, hook_url: str, hook_secret: str, archive_path: Path) -> str:
    """The configuration that the demonstration runs by, as a user would write it."""
    return "\n".join(
        [
            f"[archive]\npath = {_quoted(str(archive_path))}\n",
            (
                '[crawler]\ninterval = "1s"\nmin_interval = "1s"\ndelay_per_host = "0s"\nconcurrency_per_host = 16\n'
                'allow_addresses = ["127.0.0.0/8"]\n'
            ),
            '[alerts]\nfirst_poll = "silent"\n',
            *(_source_table(source) for source in site.sources),
            *(f"[entities.{entity.key}]\nnames = {_quoted_list(entity.names)}\n" for entity in ENTITIES),
            *(_topic_table(topic) for topic in TOPICS),
            f'[channels.{MAIL}]\ntype = "email"\nsmtp = "smtp://127.0.0.1:{mail_port}"',
            'from = "quivive@example.org"\nto = ["redaction@example.org"]\n',
            f'[channels.{HOOK}]\ntype = "webhook"\nurl = {_quoted(hook_url)}\nsecret = {_quoted(hook_secret)}\n',
        ]
    )


def judge(mails: Sequence[ReceivedMail], hooks: Sequence[HookAttempt], expected: Iterable[ExpectedAlert]) -> list[str]:
    """What is wrong with what arrived: missing, not expected, more than once. An empty list: all as it must be."""
    wanted = tuple(expected)
    accepted = [(_describe_hook(attempt.payload), attempt.webhook_id) for attempt in hooks if attempt.status == HTTPStatus.OK]
    return [
        *_compare(_expected_mails(wanted), [(_describe_mail(mail.subject), mail.message_id) for mail in mails]),
        *_compare(_expected_hooks(wanted), accepted),
        *_complaints_on_refused(hooks),
    ]


def _compare(expected: Sequence[str], arrived: Sequence[tuple[str, str]]) -> list[str]:
    """Complaints on what arrived, as pairs of description and id."""
    ids: dict[str, list[str]] = defaultdict(list)
    for description, identifier in arrived:
        ids[description].append(identifier)
    return [
        *(Wording("{what}: did not come", what=description) for description in expected if description not in ids),
        *(Wording("{what}: was not expected", what=description) for description in ids if description not in expected),
        *(_describe_repeat(description, seen) for description, seen in ids.items() if len(seen) > 1),
    ]


def _describe_repeat(description: str, ids: list[str]) -> str:
    different = len(set(ids))
    if different > 1:
        return Wording("{what}: came under {different} different ids", what=description, different=different)
    return Wording("{what}: came {often} times", what=description, often=len(ids))


def _complaints_on_refused(hooks: Sequence[HookAttempt]) -> list[str]:
    ids: dict[int, set[str]] = defaultdict(set)
    for attempt in hooks:
        ids[attempt.status].add(attempt.webhook_id)
    lost = ids[HTTPStatus.SERVICE_UNAVAILABLE] - ids[HTTPStatus.OK]
    return [
        *(Wording("webhook {id}: had no valid signature", id=webhook_id or "–") for webhook_id in sorted(ids[HTTPStatus.UNAUTHORIZED])),
        *(Wording("webhook {id}: was turned away once and never came back under its id", id=webhook_id) for webhook_id in sorted(lost)),
    ]


def _expected_mails(expected: Sequence[ExpectedAlert]) -> list[str]:
    """One mail for all alerts of an article that are made together."""
    topics: dict[tuple[str, int], list[str]] = defaultdict(list)
    for alert in expected:
        if MAIL in alert.channels:
            topics[alert.article, alert.step].append(alert.topic)
    return [_mail_line(names, _articles()[key].words_at(step).title) for (key, step), names in topics.items()]


def _expected_hooks(expected: Sequence[ExpectedAlert]) -> list[str]:
    return [_hook_line(alert.topic, alert.kind, _articles()[alert.article].path) for alert in expected if HOOK in alert.channels]


def _describe_mail(subject: str) -> str:
    parts = _SUBJECT.fullmatch(subject.strip())
    if parts is None:
        return f"mail “{subject}”"
    title = parts["title"]
    return _mail_line(parts["topics"].split(", "), _known_titles().get(normalise_text(title), title))


def _describe_hook(payload: Any) -> str:
    """The webhook's line; its article goes by its path, and an address with a query (a tracking link) is none of ours."""
    try:
        data = payload["data"]
        url = urlsplit(data["article"]["url"])
        path = unicodedata.normalize("NFC", unquote(url.path))
        return _hook_line(data["topic"], data["kind"], f"{path}?{url.query}" if url.query else path)
    except (KeyError, TypeError, ValueError, AttributeError):
        return "webhook with a payload that can't be read"


def _mail_line(topics: Sequence[str], title: str) -> str:
    return f"mail [{', '.join(sorted(topics))}] {title}"


def _hook_line(topic: str, kind: str, path: str) -> str:
    return f"webhook [{topic}] {kind} {path}"


@cache
def _articles() -> dict[str, DemoArticle]:
    return {article.key: article for outlet in load_outlets() for article in outlet.articles}


@cache
def _known_titles() -> dict[str, str]:
    """Titles by their normalised form: mail may change the kind of its spaces."""
    words = [words for article in _articles().values() for words in (article.words, article.edit.words if article.edit else None)]
    return {normalise_text(version.title): version.title for version in words if version}


def _source_table(source: DemoSource) -> str:
    return f"[[sources]]\nurl = {_quoted(source.url)}\nname = {_quoted(source.name)}\narticles = {_quoted(source.mode.value)}\n"


def _topic_table(topic: Topic) -> str:
    return f"[[topics]]\nname = {_quoted(topic.name)}\nquery = {_quoted(topic.query)}\nnotify = {_quoted_list(topic.notify)}\n"


def _quoted_list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)
