"""Telling people by mail, against a real mail server that misbehaves on request."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from monitors.attempts import Progress, TimeLimits, Verdict, accepted
from monitors.channels.email import EmailChannel, parse_smtp_url
from monitors.channels.email_sender import EmailSender
from tests.mailbox import ACCEPT, ACCEPT_THEN_DROP, DROP, HANG, HOLD, Mailbox, babbling_port, closed_port
from tests.outbox import ARTICLE, ENGLISH, MORNING, make_alert, make_bundle, until

LOGIN = {"quivive": "hunter2"}
FIVE = tuple(f"r{number}@example.org" for number in range(5))
BUNDLE = make_bundle("redaction", "OpenAI–OTAN", "défense")


def channel_of(mailbox, **changes):
    host, port, security = parse_smtp_url(mailbox.url)
    usual = EmailChannel("redaction", host, port, security, "Quivivé <quivive@example.org>", ("a@example.org", "Bé <b@example.org>"))
    return replace(usual, **changes)


def send(channel, bundle=BUNDLE, limits=None, now=MORNING):
    """Send the bundle once; the outcome."""
    return attempt(channel, bundle, limits, now)[0]


def attempt(channel, bundle=BUNDLE, limits=None, now=MORNING):
    """Send the bundle once; the outcome, and the bundle as the archive hands it to the next attempt."""
    progress = Progress()

    async def sending():
        async with asyncio.timeout(20):
            sender = EmailSender(channel, ENGLISH, limits or TimeLimits())
            try:
                return await sender.send(bundle, now, progress)
            finally:
                await sender.close()

    outcome = asyncio.run(sending())
    known = {one.recipient: one for one in bundle.recipients} | progress.recipients
    return outcome, replace(bundle, attempts=bundle.attempts + 1, recipients=tuple(known.values()))


def standing(bundle):
    """Who has it, who will never, and who is owed it."""
    return {one.recipient.partition("@")[0]: str(one.status) for one in bundle.recipients}


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
    assert ">OTAN</mark>" in mail.html


def test_what_is_offered_to_have_it_stopped_is_in_the_mail_and_nothing_where_nothing_is(mailbox):
    send(channel_of(mailbox, unsubscribe="mailto:desk@example.org?subject=stop"))
    send(channel_of(mailbox))
    assert [mail.message["List-Unsubscribe"] for mail in mailbox.mails] == ["<mailto:desk@example.org?subject=stop>", None]


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
def test_a_private_authority_can_be_trusted(security, tmp_path, monkeypatch):
    with Mailbox(security) as mailbox:
        monkeypatch.setenv("SSL_CERT_FILE", mailbox.write_ca(tmp_path / "ca.pem"))
        assert send(channel_of(mailbox, security=security)).verdict is Verdict.ACCEPTED
        assert mailbox.mails[0].encrypted


def test_required_starttls_that_is_not_offered_sends_nothing(mailbox):
    outcome = send(channel_of(mailbox, security="starttls"))
    assert outcome.verdict is Verdict.RETRY
    assert "does not offer STARTTLS" in outcome.reason
    assert mailbox.attempts == []


def test_a_server_that_speaks_no_tls_on_a_tls_port_is_a_failure_to_be_retried(mailbox):
    assert send(channel_of(mailbox, security="tls")).verdict is Verdict.RETRY


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_a_login_is_used(security, tmp_path, monkeypatch):
    with Mailbox(security, LOGIN, login_required=True) as mailbox:
        monkeypatch.setenv("SSL_CERT_FILE", mailbox.write_ca(tmp_path / "ca.pem"))
        assert send(channel_of(mailbox, username="quivive", password="hunter2")).verdict is Verdict.ACCEPTED
        assert mailbox.mails[0].username == "quivive"


def test_a_wrong_password_costs_one_attempt_and_is_retried_since_the_configuration_may_be_mended():
    with Mailbox(users=LOGIN, login_required=True) as mailbox:
        outcome = send(channel_of(mailbox, username="quivive", password="sesame"))
        assert outcome.verdict is Verdict.RETRY
        assert "check username and password: 535" in outcome.reason
        assert mailbox.logins == ["PLAIN"]


@pytest.mark.parametrize("answer", ["504 5.5.4 not that one", "534 5.7.9 too weak"])
def test_a_way_to_log_in_that_the_server_offers_and_does_not_have_is_followed_by_the_next(answer):
    with Mailbox(users=LOGIN, login_required=True) as mailbox:
        mailbox.answer("AUTH", answer, times=1)
        assert send(channel_of(mailbox, username="quivive", password="hunter2")).verdict is Verdict.ACCEPTED
        assert mailbox.logins == ["PLAIN", "LOGIN"]


def test_name_and_password_in_letters_of_any_language_are_sent_in_utf8():
    with Mailbox(users={"jérôme": "pâté"}, login_required=True) as mailbox:
        assert send(channel_of(mailbox, username="jérôme", password="pâté")).verdict is Verdict.ACCEPTED


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


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_shuts_down_is_retried(mailbox, stage):
    mailbox.answer(stage, "421 4.3.2 shutting down")
    mailbox.answer("HELO", "421 4.3.2 shutting down")
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.RETRY
    assert "421 4.3.2 shutting down" in outcome.reason


def test_an_answer_of_several_lines_is_one_and_its_first_digit_decides(mailbox):
    mailbox.answer("RCPT", "550-5.1.1 4.2.0 nobody of that name,\r\n550-5.1.1 ask somebody else\r\n550 5.1.1 (421)")
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.FINAL
    assert "550 5.1.1 4.2.0 nobody of that name, 5.1.1 ask somebody else 5.1.1 (421)" in outcome.reason


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
    outcome, later = attempt(channel_of(mailbox))
    assert outcome.verdict is Verdict.RETRY
    assert outcome.reason == "not yet taken for b@example.org: 451 4.7.1 greylisted (the others have it)"
    assert standing(later) == {"a": "has", "b": "owed"}
    outcome, last = attempt(channel_of(mailbox), later)
    assert outcome.verdict is Verdict.ACCEPTED
    assert standing(last) == {"a": "has", "b": "has"}
    assert [mail.recipients for mail in mailbox.mails] == [("a@example.org",), ("b@example.org",)]
    assert len({mail.message_id for mail in mailbox.mails}) == 1


def test_who_has_a_mail_already_costs_no_further_connection(mailbox):
    _, later = attempt(channel_of(mailbox))
    assert attempt(channel_of(mailbox), later)[0].verdict is Verdict.ACCEPTED
    assert mailbox.connections == 1


def test_a_recipient_put_off_and_then_refused_for_good_is_named(mailbox):
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="b@example.org", times=1)
    mailbox.answer("RCPT", "550 5.1.1 who?", recipient="b@example.org")
    _, later = attempt(channel_of(mailbox))
    outcome, last = attempt(channel_of(mailbox), later)
    assert outcome.verdict is Verdict.ACCEPTED
    assert "b@example.org: 550" in outcome.reason
    assert standing(last) == {"a": "has", "b": "refused"}
    assert [mail.recipients for mail in mailbox.mails] == [("a@example.org",)]


def test_a_recipient_refused_for_good_is_still_named_when_the_last_of_the_others_has_it(mailbox):
    mailbox.answer("RCPT", "550 5.1.1 who?", recipient="a@example.org", times=1)
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="b@example.org", times=1)
    _, later = attempt(channel_of(mailbox))
    outcome, _ = attempt(channel_of(mailbox), later)
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.reason == "refused for a@example.org: 550 5.1.1 who?"
    assert [mail.recipients for mail in mailbox.mails] == [("b@example.org",)]


@pytest.mark.parametrize("answer", ["452 4.5.3 too many recipients", "552 5.5.3 too many recipients"])
def test_a_server_that_takes_only_so_many_recipients_a_message_is_given_the_rest_in_further_ones(mailbox, answer):
    mailbox.take_at_most(2, answer)
    outcome, last = attempt(channel_of(mailbox, recipients=FIVE))
    assert outcome == accepted()
    assert [mail.recipients for mail in mailbox.mails] == [FIVE[:2], FIVE[2:4], FIVE[4:]]
    assert len({mail.message_id for mail in mailbox.mails}) == 1
    assert set(standing(last).values()) == {"has"}


def test_one_full_mailbox_holds_up_nobody_else(mailbox):
    mailbox.answer("RCPT", "452 4.2.2 mailbox full", recipient="r1@example.org")
    outcome, later = attempt(channel_of(mailbox, recipients=FIVE))
    assert outcome.verdict is Verdict.RETRY
    assert [mail.recipients for mail in mailbox.mails] == [(FIVE[0], *FIVE[2:])]
    mailbox.behave()
    assert attempt(channel_of(mailbox, recipients=FIVE), later)[0].verdict is Verdict.ACCEPTED
    assert mailbox.mails[-1].recipients == ("r1@example.org",)


def test_who_has_the_first_of_two_messages_is_known_if_the_second_is_lost(mailbox):
    mailbox.take_at_most(2)
    mailbox.answer("DATA", ACCEPT, times=1)
    mailbox.answer("DATA", DROP)
    outcome, later = attempt(channel_of(mailbox, recipients=FIVE))
    assert outcome.verdict is Verdict.RETRY
    assert "connection was closed" in outcome.reason
    assert [name for name, status in standing(later).items() if status == "has"] == ["r0", "r1"]


def test_an_address_that_the_server_cannot_be_told_holds_up_nobody_and_is_named():
    with Mailbox(smtputf8=False) as mailbox:
        outcome, last = attempt(channel_of(mailbox, recipients=("zoé@example.org", "a@example.org")))
        assert outcome.verdict is Verdict.ACCEPTED
        assert outcome.reason.startswith("refused for zoé@example.org: the address has letters beyond ASCII before the @")
        assert standing(last) == {"zoé": "refused", "a": "has"}
        (mail,) = mailbox.mails
        assert mail.recipients == ("a@example.org",)
        assert mail.raw.isascii()


def test_a_mail_to_nobody_but_such_an_address_is_refused_for_good():
    with Mailbox(smtputf8=False) as mailbox:
        outcome = send(channel_of(mailbox, recipients=("zoé@example.org",)))
        assert outcome.verdict is Verdict.FINAL
        assert "SMTPUTF8" in outcome.reason


def test_a_sender_that_the_server_cannot_be_told_is_retried_since_the_configuration_may_be_mended():
    with Mailbox(smtputf8=False) as mailbox:
        outcome = send(channel_of(mailbox, sender="élise@example.org"))
        assert outcome.verdict is Verdict.RETRY
        assert "the sender élise@example.org has letters beyond ASCII" in outcome.reason
        assert mailbox.mails == []


def test_where_the_server_can_be_told_such_an_address_the_others_still_get_a_mail_that_goes_everywhere(mailbox):
    assert send(channel_of(mailbox, recipients=("zoé@example.org", "a@example.org"))).verdict is Verdict.ACCEPTED
    first, second = mailbox.mails
    assert (first.recipients, first.raw.isascii()) == (("a@example.org",), True)
    assert second.recipients == ("zoé@example.org",)
    assert "\r\nTo: zoé@example.org, a@example.org\r\n" in second.raw.decode()
    assert first.message_id == second.message_id


def test_an_internationalised_domain_goes_as_a_labels_in_envelope_and_headers():
    with Mailbox(smtputf8=False) as mailbox:
        channel = channel_of(mailbox, sender="Élise <e@véille.fr>", recipients=("Zoé <z@exämple.org>", "f@faß.example", "g@EXÄMPLE.org"))
        assert send(channel).verdict is Verdict.ACCEPTED
        (mail,) = mailbox.mails
        assert mail.sender == "e@xn--ville-bsa.fr"
        assert mail.recipients == ("z@xn--exmple-cua.org", "f@xn--fa-hia.example", "g@xn--exmple-cua.org")
        assert mail.message["From"].addresses[0].addr_spec == "e@xn--ville-bsa.fr"
        assert mail.message["To"].addresses[0].addr_spec == "z@xn--exmple-cua.org"
        assert mail.message["To"].addresses[0].display_name == "Zoé"


def test_a_slow_answer_for_the_message_is_waited_for_and_the_mail_is_told_once(mailbox):
    mailbox.answer("DATA", HOLD)
    limits = TimeLimits(request=0.05, command=5, acceptance=20)

    async def scene():
        sender = EmailSender(channel_of(mailbox), ENGLISH, limits)
        sending = asyncio.create_task(sender.send(BUNDLE, MORNING, Progress()))
        await until(lambda: mailbox.held > 0)
        done, _ = await asyncio.wait([sending], timeout=10 * limits.request)
        assert not done
        mailbox.release()
        try:
            return await sending
        finally:
            await sender.close()

    assert asyncio.run(scene()) == accepted()
    assert len(mailbox.mails) == 1
    assert mailbox.connections == 1


def test_an_answer_for_the_message_that_never_comes_leaves_it_unknown_and_to_be_sent_again(mailbox):
    mailbox.answer("DATA", HANG)
    outcome = send(channel_of(mailbox), limits=TimeLimits(command=5, acceptance=0.2))
    assert outcome.verdict is Verdict.RETRY
    assert "no answer for the message within 0.2 s: whether it was taken is not known" in outcome.reason


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT"])
def test_every_command_has_its_own_limit(mailbox, stage):
    mailbox.answer(stage, HANG)
    outcome = send(channel_of(mailbox), limits=TimeLimits(command=0.2, acceptance=20))
    assert outcome.verdict is Verdict.RETRY
    assert outcome.reason


def test_by_default_a_server_has_the_time_that_the_standard_gives_it():
    assert (TimeLimits().command, TimeLimits().acceptance) == (5 * 60, 10 * 60)  # RFC 5321 §4.5.3.2


def test_a_bundle_waits_as_long_as_one_recipient_may_still_be_taken(mailbox):
    mailbox.answer("RCPT", "550 5.1.1 who?", recipient="a@example.org")
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="b@example.org")
    outcome = send(channel_of(mailbox))
    assert outcome.verdict is Verdict.RETRY
    assert "a@example.org: 550" in outcome.reason
    assert "b@example.org: 451" in outcome.reason


def test_the_date_is_that_of_the_attempt(mailbox):
    send(channel_of(mailbox), now=MORNING + timedelta(hours=2))
    assert mailbox.mails[0].message["Date"].datetime == MORNING + timedelta(hours=2)
