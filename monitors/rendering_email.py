"""The alerts of a bundle as one mail, in plain text and HTML. Pure: the same bundle at the same time gives the same bytes.

Everything that comes from an article is foreign: it is cleaned before it reaches a header and escaped before it reaches HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from monitors.mail_address import MailAddress
from monitors.rendering import local_time, marked_parts, one_line, safe_link
from monitors.rendering_headers import AddressesHeader, TextHeader
from news.alerts import Alert, AlertedArticle, AlertKind, Bundle, Hit
from news.fingerprints import derived_id, normalise_text
from news.wording import Language

LONGEST_TITLE = 300
LONGEST_TOPICS = 150
"""Characters of a subject's parts: a headline fits, a page that put its text into its title does not fill the inbox."""
MOST_HITS_SHOWN = 20
"""Passages shown for one topic; the rest are counted, not hidden."""

_TEST_NOTICE = "This is a test message. No article was found; it shows that this channel works."


def render_email(bundle: Bundle, sender: MailAddress, recipients: Sequence[MailAddress], now: datetime, language: Language) -> EmailMessage:
    """The mail for a bundle, as `recipients` are shown it. `Message-ID` depends on the bundle alone, `Date` is the time of this attempt."""
    message = EmailMessage(policy=SMTP)
    _set_headers(message, bundle, sender, recipients)
    message["Date"] = format_datetime(now.astimezone(language.timezone))
    # Quoted-printable keeps lines short and bytes 7-bit, so no server on the way has a reason to change or refuse the message.
    message.set_content(_text_body(bundle, language.timezone), cte="quoted-printable")
    message.add_alternative(_html_body(bundle, language.timezone), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{derived_id('boundary', bundle.bundle_id)}")  # "=_" cannot occur in quoted-printable text (RFC 2045 §6.7)
    return message


def subject_of(bundle: Bundle) -> str:
    """`[topic, topic] title`, on one line and without anything that could begin another header."""
    topics = one_line(", ".join(dict.fromkeys(alert.topic for alert in bundle.alerts)), LONGEST_TOPICS)
    title = one_line(_title_of(bundle.alerts[0].article), LONGEST_TITLE)
    subject = " ".join(f"[{topics}] {title}".split())
    return f"[TEST] {subject}" if bundle.test else subject


def email_bytes(message: EmailMessage, *, utf8: bool) -> bytes:
    """The mail as it is sent; `utf8`: with addresses that only SMTPUTF8 can carry (RFC 6532), else all of it is ASCII."""
    return message.as_bytes(policy=SMTPUTF8 if utf8 else SMTP)


def message_id(bundle_id: str, sender: MailAddress) -> str:
    """The `Message-ID` of a bundle: the same on every attempt, so that a repeat is recognisable."""
    return f"<{bundle_id}@{sender.domain}>"


def _set_headers(message: EmailMessage, bundle: Bundle, sender: MailAddress, recipients: Sequence[MailAddress]) -> None:
    message["From"] = AddressesHeader("From", [sender])
    message["To"] = AddressesHeader("To", recipients)
    message["Subject"] = TextHeader("Subject", subject_of(bundle))
    message["Message-ID"] = message_id(bundle.bundle_id, sender)
    # Mail programs show all alerts on one article (more topics, later versions) as one thread.
    message["References"] = message_id(derived_id("thread", bundle.alerts[0].article.url), sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange, which does not read the above
    message["List-Id"] = f"<{_list_label(bundle.channel)}.quivive.{sender.domain}>"  # RFC 2919: something stable to filter on


def _list_label(channel: str) -> str:
    """The channel's name as far as a List-Id can hold it: ASCII letters and digits."""
    return "-".join(normalise_text(channel).encode("ascii", "ignore").decode().split()) or "alerts"


def _title_of(article: AlertedArticle) -> str:
    return one_line(article.title) or article.url


def _facts(article: AlertedArticle, timezone: ZoneInfo) -> list[tuple[str, str]]:
    facts = [("Source", one_line(article.source))]
    if article.author:
        facts.append(("Author", one_line(article.author)))
    if article.published_at:
        facts.append(("Published", local_time(article.published_at, timezone)))
    else:
        facts.append(("Published", f"unknown; first seen {local_time(article.first_seen_at, timezone)}"))
    return facts


def _topic_line(alert: Alert) -> str:
    later = " (a later version of the article was the first to match)" if alert.kind is AlertKind.REVISED else ""
    return f"{one_line(alert.topic)}{later}"


def _place(hit: Hit) -> str:
    return f"{one_line(hit.term)} in the {hit.field}"


def _hidden_hits(alert: Alert) -> str | None:
    hidden = len(alert.matches) - MOST_HITS_SHOWN
    return f"and {hidden} more" if hidden > 0 else None


def _ids(bundle: Bundle) -> str:
    return "Alert " + ", ".join(alert.alert_id for alert in bundle.alerts)


def _text_body(bundle: Bundle, timezone: ZoneInfo) -> str:
    article = bundle.alerts[0].article
    blocks = [
        _TEST_NOTICE if bundle.test else "",
        _title_of(article),
        "\n".join([f"{name}: {value}" for name, value in _facts(article, timezone)] + [f"Link: {one_line(article.url)}"]),
        "Why it matched",
        *(_text_of_topic(alert) for alert in bundle.alerts),
        one_line(article.excerpt),
        f"-- \n{_ids(bundle)}",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _text_of_topic(alert: Alert) -> str:
    lines = [_topic_line(alert)]
    lines += [f"  - {_place(hit)}: {one_line(hit.passage)}" for hit in alert.matches[:MOST_HITS_SHOWN]]
    if hidden := _hidden_hits(alert):
        lines.append(f"  - {hidden}")
    return "\n".join(lines)


def _html_body(bundle: Bundle, timezone: ZoneInfo) -> str:
    article = bundle.alerts[0].article
    language = escape(one_line(article.language or "fr"))
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">',
        f"<title>{escape(_title_of(article))}</title></head>",
        '<body style="font-family: sans-serif; max-width: 42em; line-height: 1.4">',
        f"<p><strong>{_TEST_NOTICE}</strong></p>" if bundle.test else "",
        f'<h1 lang="{language}" style="font-size: 1.3em">{_linked(article.url, _title_of(article))}</h1>',
        "<p>" + "<br>\n".join(f"{name}: {escape(value)}" for name, value in _facts(article, timezone)) + "</p>",
        '<h2 style="font-size: 1.1em">Why it matched</h2>',
        *(_html_of_topic(alert, language) for alert in bundle.alerts),
        f'<p lang="{language}">{escape(one_line(article.excerpt))}</p>' if article.excerpt.strip() else "",
        f"<p>{_linked(article.url, one_line(article.url))}</p>",
        f'<p style="color: #666; font-size: 0.8em">{escape(_ids(bundle))}</p>',
        "</body>\n</html>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _linked(url: str, text: str) -> str:
    link = safe_link(url)
    return f'<a href="{escape(link)}">{escape(text)}</a>' if link else escape(text)


def _html_of_topic(alert: Alert, language: str) -> str:
    items = [
        f'<li>{escape(_place(hit))}: <span lang="{language}">{_html_passage(hit)}</span></li>' for hit in alert.matches[:MOST_HITS_SHOWN]
    ]
    if hidden := _hidden_hits(alert):
        items.append(f"<li>{hidden}</li>")
    return "\n".join([f"<p><strong>{escape(_topic_line(alert))}</strong></p>", "<ul>", *items, "</ul>"])


def _html_passage(hit: Hit) -> str:
    return "".join(f"<mark>{escape(text)}</mark>" if found else escape(text) for text, found in marked_parts(hit))
