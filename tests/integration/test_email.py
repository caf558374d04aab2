"""Telling people by mail, against a real mail server that misbehaves on request."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from monitors import EmailChannel, parse_smtp_url
from monitors.attempts import Verdict
from monitors.channels.email import EmailSender
from tests.mailbox import ACCEPT_THEN_DROP, DROP, HANG, Mailbox, babbling_port, closed_port
from tests.outbox import ARTICLE, MORNING, PARIS, make_alert, make_bundle

LOGIN = {"quivive": "hunter2"}
BUNDLE = make_bundle("redaction", "OpenAI–OTAN", "défense")


def channel_of(mailbox, **changes):
    host, port, security = parse_smtp_url(mailbox.url)
    usual = EmailChannel("redaction", host, port, security, "Quivivé <quivive@example.org>", ("a@example.org", "Bé <b@example.org>"))
    return replace(usual, **changes)


def send(channel, *bundles, sender=None):
    """Send the bundles, one after the other; the last one's outcome."""
    sender = sender or EmailSender(channel, PARIS)

    async def sending():
        for bundle in bundles or (BUNDLE,):
            async with asyncio.timeout(20):
                outcome = await sender.send(bundle, MORNING)
        return outcome

    return asyncio.run(sending())


@pytest.fixture
def mailbox():
    with Mailbox() as mailbox:
        yield mailbox


def test_the_alerts_of_a_bundle_are_one_mail_to_every_recipient(mailbox):
    assert send(channel_of(mailbox)).verdict is Verdict.ACCEPTED
    (mail,) = mailbox.mails
    assert (mail.sender, mail.recipients) == ("quivive@example.org", ("a@example.org", "b@example.org"))
    assert mail.subject == "[OpenAI–OTAN, défense] OpenAI négocie avec l’OTAN"
    assert mail.message["From"].addresses[0].display_name == "Quivivé"
    assert "l’[OTAN]" in mail.text
    assert "l’<mark>OTAN</mark>" in mail.html


def test_a_title_cannot_add_a_header_or_end_the_message(mailbox):
    article = replace(ARTICLE, title="x\r\nBcc: spy@example.org\r\n\r\n.\r\nQUIT", excerpt=".\r\n.\r\nRSET")
    assert send(channel_of(mailbox), replace(BUNDLE, alerts=(make_alert(article=article),))).verdict is Verdict.ACCEPTED
    (mail,) = mailbox.mails
    assert mail.message["Bcc"] is None
    assert mail.subject == "[OpenAI–OTAN] x Bcc: spy@example.org . QUIT"
    assert ". . RSET" in mail.text


def test_addresses_in_letters_of_any_language_are_reached(mailbox):
    channel = channel_of(mailbox, sender="élise@exemple.fr", recipients=("zoé@exemple.fr",))
    assert send(channel).verdict is Verdict.ACCEPTED
    assert mailbox.mails[0].recipients == ("zoé@exemple.fr",)


def test_starttls_is_used_when_offered_even_with_an_unknown_certificate():
    with Mailbox("starttls") as mailbox:
        assert send(channel_of(mailbox)).verdict is Verdict.ACCEPTED
        assert mailbox.mails[0].encrypted


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_where_encryption_is_asked_for_an_unknown_certificate_is_refused(security):
    with Mailbox(security) as mailbox:
        outcome = send(channel_of(mailbox, security=security))
        assert outcome.verdict is Verdict.RETRY
        assert "certificate was not accepted" in outcome.reason
        assert mailbox.attempts == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_private_authority_can_be_trusted(security, tmp_path):
    with Mailbox(security) as mailbox:
        assert send(channel_of(mailbox, security=security, ca_file=mailbox.write_ca(tmp_path / "ca.pem"))).verdict is Verdict.ACCEPTED
        assert mailbox.mails[0].encrypted


def test_a_missing_file_of_authorities_is_named():
    with Mailbox("tls") as mailbox:
        outcome = send(channel_of(mailbox, ca_file="/nowhere/ca.pem"))
        assert outcome.verdict is Verdict.RETRY
        assert "/nowhere/ca.pem cannot be read" in outcome.reason


def test_required_starttls_that_is_not_offered_sends_nothing(mailbox):
    outcome = send(channel_of(mailbox, security="starttls"))
    assert outcome.verdict is Verdict.RETRY
    assert "does not offer STARTTLS" in outcome.reason
    assert mailbox.attempts == []


def test_a_server_that_speaks_no_tls_on_a_tls_port_is_a_failure_to_be_retried(mailbox):
    assert send(channel_of(mailbox, security="tls")).verdict is Verdict.RETRY


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_a_login_is_used(security, tmp_path):
    with Mailbox(security, LOGIN, login_required=True) as mailbox:
        channel = channel_of(mailbox, username="quivive", password="hunter2", ca_file=mailbox.write_ca(tmp_path / "ca.pem"))
        assert send(channel).verdict is Verdict.ACCEPTED
        assert mailbox.mails[0].username == "quivive"


def test_a_wrong_password_is_retried_since_the_configuration_may_be_mended():
    with Mailbox(users=LOGIN, login_required=True) as mailbox:
        outcome = send(channel_of(mailbox, username="quivive", password="sesame"))
        assert outcome.verdict is Verdict.RETRY
        assert "check username and password: 535" in outcome.reason


def test_a_missing_login_is_retried_for_the_same_reason():
    with Mailbox(users=LOGIN, login_required=True) as mailbox:
        outcome = send(channel_of(mailbox))
        assert outcome.verdict is Verdict.RETRY
        assert "530" in outcome.reason


def test_a_login_that_the_server_does_not_offer_is_retried(mailbox):
    assert send(channel_of(mailbox, username="quivive", password="hunter2")).verdict is Verdict.RETRY
    assert mailbox.attempts == []


def test_a_password_is_never_sent_in_the_clear_beyond_this_machine():
    with Mailbox(users=LOGIN) as mailbox:
        # 0.0.0.0 leads to this machine too, but nothing says so: it stands for any host elsewhere.
        outcome = send(channel_of(mailbox, host="0.0.0.0", username="quivive", password="hunter2"))
        assert outcome.verdict is Verdict.RETRY
        assert "not sent in the clear" in outcome.reason
        assert mailbox.attempts == []


def test_a_password_is_not_given_to_a_server_that_cannot_prove_who_it_is():
    with Mailbox("starttls", LOGIN) as mailbox:
        outcome = send(channel_of(mailbox, host="0.0.0.0", username="quivive", password="hunter2"))
        assert outcome.verdict is Verdict.RETRY
        assert "certificate was not accepted" in outcome.reason


def test_a_server_that_echoes_the_password_does_not_get_it_into_the_log():
    with Mailbox(users=LOGIN) as mailbox:
        mailbox.answer("AUTH", "535 5.7.8 hunter2 is wrong")
        outcome = send(channel_of(mailbox, username="quivive", password="hunter2"))
        assert "hunter2" not in outcome.reason
        assert "535" in outcome.reason


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_permanent_answer_about_the_message_is_final(mailbox, stage):
    mailbox.answer(stage, "550 5.7.1 not here")
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.FINAL
    assert "550 5.7.1 not here" in outcome.reason


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_temporary_answer_is_retried(mailbox, stage):
    mailbox.answer(stage, "451 4.3.0 later", times=2 if stage == "RCPT" else 1)
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.RETRY
    assert "451 4.3.0 later" in outcome.reason
    assert send(channel_of(mailbox)).verdict is Verdict.ACCEPTED


def test_a_permanent_answer_before_the_message_is_no_answer_about_it(mailbox):
    mailbox.answer("EHLO", "554 5.3.0 no mail service here today")
    mailbox.answer("HELO", "554 5.3.0 nor to you")
    assert send(channel_of(mailbox)).verdict is Verdict.RETRY


def test_a_server_of_old_that_knows_no_ehlo_gets_helo(mailbox):
    mailbox.answer("EHLO", "502 5.5.1 what is that?")
    assert send(channel_of(mailbox)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_dropped_connection_is_retried(mailbox, stage):
    mailbox.answer(stage, DROP, times=1)
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.RETRY
    assert outcome.reason


def test_an_answer_that_got_lost_is_followed_by_a_repeat_with_the_same_message_id(mailbox):
    mailbox.answer("DATA", ACCEPT_THEN_DROP, times=1)
    assert send(channel_of(mailbox)).verdict is Verdict.RETRY
    assert send(channel_of(mailbox)).verdict is Verdict.ACCEPTED
    first, second = mailbox.mails
    assert first.message_id == second.message_id


def test_a_server_that_does_not_say_goodbye_cannot_turn_success_into_failure(mailbox):
    mailbox.answer("QUIT", HANG)
    assert send(channel_of(mailbox)).verdict is Verdict.ACCEPTED


def test_a_server_that_is_not_there_is_retried():
    channel = EmailChannel("redaction", "127.0.0.1", closed_port(), "opportunistic", "q@example.org", ("a@example.org",))
    outcome = send(channel)
    assert outcome.verdict is Verdict.RETRY
    assert "127.0.0.1" in outcome.reason


@pytest.mark.parametrize(
    "noise",
    [
        b"\r\n",
        b"hello\r\n",
        b"554 5.3.2 no mail service\r\n",
        b"421 too many\r\n",
        b"\x00\xff\r\n" * 99,
        b"220" * 99_999,
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"220 hi\r\n250 x\r\n250 x\r\n",
        b"",
    ],
)
def test_noise_instead_of_a_mail_server_is_retried(noise):
    with babbling_port(noise) as port:
        channel = EmailChannel("redaction", "127.0.0.1", port, "opportunistic", "q@example.org", ("a@example.org",))
        assert send(channel).verdict is Verdict.RETRY


def test_a_recipient_refused_for_good_is_named_and_the_others_are_told(mailbox):
    mailbox.answer("RCPT", "550 5.1.1 who?", recipient="b@example.org")
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.reason == "refused for b@example.org: 550 5.1.1 who?"
    assert mailbox.mails[0].recipients == ("a@example.org",)


def test_a_recipient_put_off_is_told_later_and_the_others_not_again(mailbox):
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="b@example.org", times=1)
    sender = EmailSender(channel_of(mailbox), PARIS)
    outcome = send(None, sender=sender)
    assert outcome.verdict is Verdict.RETRY
    assert "b@example.org: 451 4.7.1 greylisted" in outcome.reason
    assert send(None, sender=sender).verdict is Verdict.ACCEPTED
    assert [mail.recipients for mail in mailbox.mails] == [("a@example.org",), ("b@example.org",)]
    assert len({mail.message_id for mail in mailbox.mails}) == 1


def test_who_was_told_of_one_article_is_still_told_of_the_next(mailbox):
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="b@example.org", times=1)
    sender = EmailSender(channel_of(mailbox), PARIS)
    assert send(None, BUNDLE, make_bundle("redaction", number=1), sender=sender).verdict is Verdict.ACCEPTED
    assert mailbox.mails[-1].recipients == ("a@example.org", "b@example.org")


def test_a_recipient_put_off_and_then_refused_for_good_is_named(mailbox):
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="b@example.org", times=1)
    mailbox.answer("RCPT", "550 5.1.1 who?", recipient="b@example.org")
    sender = EmailSender(channel_of(mailbox), PARIS)
    send(None, sender=sender)
    outcome = send(None, sender=sender)
    assert outcome.verdict is Verdict.ACCEPTED
    assert "b@example.org: 550" in outcome.reason
    assert [mail.recipients for mail in mailbox.mails] == [("a@example.org",)]


def test_a_bundle_waits_as_long_as_one_recipient_may_still_be_taken(mailbox):
    mailbox.answer("RCPT", "550 5.1.1 who?", recipient="a@example.org")
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="b@example.org")
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.RETRY
    assert "a@example.org: 550" in outcome.reason
    assert "b@example.org: 451" in outcome.reason


def test_the_date_is_that_of_the_attempt(mailbox):
    sender = EmailSender(channel_of(mailbox), PARIS)
    asyncio.run(sender.send(BUNDLE, MORNING + timedelta(hours=2)))
    assert mailbox.mails[0].message["Date"].datetime == MORNING + timedelta(hours=2)
