"""The alerts of a bundle as one mail, in plain text and HTML: the same bundle at the same time gives the same bytes.

Everything that comes from an article is foreign: it is cleaned before it reaches a header and escaped before it reaches HTML.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from monitors.letter import make_letter, subject_of
from monitors.mail_address import MailAddress
from monitors.presentation import Presentation
from monitors.rendering_headers import AddressesHeader, TextHeader, TokensHeader
from monitors.templating import Templates
from news.alerts import AlertedArticle, Bundle
from news.fingerprints import derived_id, normalise_text
from news.wording import Language

_LONGEST_LABEL = 63
_log = logging.getLogger(__name__)


class LetterWriter:
    """Makes mails of bundles, as one presentation wants them."""

    def __init__(self, presentation: Presentation, unsubscribe: str | None = None) -> None:
        self._presentation = presentation
        self._unsubscribe = unsubscribe
        self._templates = Templates(presentation)
        self._told: set[str] = set()

    def render_email(self, bundle: Bundle, sender: MailAddress, recipients: Sequence[MailAddress], now: datetime) -> EmailMessage:
        """The mail for a bundle, as `recipients` are shown it.

        `Message-ID` depends on the bundle alone, `Date` is the time of this attempt, in the zone in which people read it.
        """
        language = self._presentation.language
        bodies = self._templates.render(make_letter(bundle, self._presentation))
        self._tell([*self._presentation.templates.troubles, *bodies.troubles])
        message = EmailMessage(policy=SMTP)
        _set_headers(message, bundle, sender, recipients, language)
        if self._unsubscribe is not None:  # RFC 2369 §3.2; without RFC 8058's one click, since nobody is known to take a POST there
            message["List-Unsubscribe"] = TokensHeader("List-Unsubscribe", f"<{self._unsubscribe}>")
        message["Date"] = format_datetime(now.astimezone(language.timezone))
        # Quoted-printable keeps lines short and bytes 7-bit, so no server on the way has a reason to change or refuse the message.
        message.set_content(_encodable(bodies.text), cte="quoted-printable")
        message.add_alternative(_encodable(bodies.html), subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{derived_id('boundary', bundle.bundle_id)}")  # "=_" cannot occur in quoted-printable (RFC 2045 §6.7)
        return message

    def _tell(self, troubles: Sequence[str]) -> None:
        """Say in the log, once for each reason, that a template of the user was not used."""
        for trouble in troubles:
            if trouble not in self._told:
                self._told.add(trouble)
                _log.warning("a mail template cannot be used: %s", trouble)


def _encodable(body: str) -> str:
    """What a template of the user may have made of texts that are clean, so that a mail can carry it."""
    return body.encode("utf-8", "replace").decode("utf-8")


def email_bytes(message: EmailMessage, *, utf8: bool) -> bytes:
    """The mail as it is sent; `utf8`: with addresses that only SMTPUTF8 can carry (RFC 6532), else all of it is ASCII."""
    return message.as_bytes(policy=SMTPUTF8 if utf8 else SMTP)


def message_id(bundle_id: str, sender: MailAddress) -> str:
    """The `Message-ID` of a bundle: the same on every attempt, so that a repeat is recognisable."""
    return f"<{bundle_id}@{sender.domain}>"


def _set_headers(message: EmailMessage, bundle: Bundle, sender: MailAddress, recipients: Sequence[MailAddress], language: Language) -> None:
    message["From"] = AddressesHeader("From", [sender])
    message["To"] = AddressesHeader("To", recipients)
    message["Subject"] = TextHeader("Subject", subject_of(bundle, language))
    message["Message-ID"] = TokensHeader("Message-ID", message_id(bundle.bundle_id, sender))
    # Mail programs show all alerts on one article (more topics, later versions) as one thread. They all answer a mail that nobody was
    # sent: which of them is the first is not known to all recipients.
    thread = message_id(derived_id("thread", _thread_of(bundle)), sender)
    message["In-Reply-To"] = TokensHeader("In-Reply-To", thread)
    message["References"] = TokensHeader("References", thread)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange, which does not read the above
    # RFC 2919: something stable to filter on
    message["List-Id"] = TokensHeader("List-Id", f"<{_list_label(bundle.channel)}.quivive.{sender.domain}>")


def _thread_of(bundle: Bundle) -> str:
    """What all mails of a thread are about: an article, or the first of a story; a topic's volume; what an operational alert is about.

    Digests of one channel are a thread.
    """
    if bundle.roll is not None and bundle.roll.followed is not None:
        return bundle.roll.followed.first_url
    if bundle.roll is not None:
        return f"{bundle.roll.kind} {bundle.channel}"
    alert = bundle.alerts[0]
    return alert.about.url if isinstance(alert.about, AlertedArticle) else alert.subject.text


def _list_label(channel: str) -> str:
    """The channel's name as far as a List-Id can hold it: ASCII letters and digits, as a label of a domain is long (RFC 2919 §3)."""
    return "-".join(normalise_text(channel).encode("ascii", "ignore").decode().split())[:_LONGEST_LABEL].strip("-") or "alerts"
