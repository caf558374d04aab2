"""Mail from the whole program: slow servers, and servers that take a message for some of its recipients."""

from __future__ import annotations

import signal
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.mailbox import HANG, Mailbox
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, email, source, story, topic, wait_until

LONGEST_END_SECONDS = 10.0
RECIPIENTS = tuple(f"r{number}@example.org" for number in range(5))


@pytest.fixture
def home(tmp_path: Path, mailbox: Mailbox) -> Iterator[Home]:
    """A configuration with one story to be told to five recipients."""
    with NewsSite() as site:
        feed = site.publish_feed("/feed", rss(item("L’OTAN", site.page("/1", story("L’OTAN")))))
        home = Home(tmp_path)
        home.configure(
            sources=[source(feed)], topics=[topic("OTAN", "otan", ["redaction"])], channels=[email("redaction", mailbox.url, *RECIPIENTS)]
        )
        yield home


def delivery(home: Home) -> dict[str, object]:
    (alert,) = home.quivive("alerts", "--json").lines
    (one,) = alert["deliveries"]
    return one


def make_due(home: Home) -> None:
    """What waits for its next attempt is due now."""
    assert home.quivive("alerts", "retry", str(delivery(home)["id"])).status == 0


def test_it_ends_in_time_while_a_slow_server_has_a_message_and_sends_it_again_under_its_id(home, mailbox) -> None:
    mailbox.answer("DATA", HANG)
    with home.start("run") as daemon:
        wait_until(lambda: mailbox.hanging, "the server to have the message")
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
    left = delivery(home)
    assert (left["status"], left["attempts"]) == ("pending", 1)
    assert "the program was stopped before the other side had answered" in str(left["last_error"])
    mailbox.behave()
    with home.start("run"):
        (mail,) = mailbox.wait_for(1)
    assert mail.recipients == RECIPIENTS


def test_polls_one_after_the_other_tell_each_recipient_once(home, mailbox) -> None:
    mailbox.answer("RCPT", "451 4.7.1 greylisted", recipient="r1@example.org", times=2)
    mailbox.answer("RCPT", "452 4.2.2 mailbox full", recipient="r3@example.org", times=2)
    for _ in range(3):
        polled = home.quivive("poll")
        waits = delivery(home)["status"] == "pending"
        assert polled.status == int(waits)
        if waits:
            make_due(home)
    told = [recipient for mail in mailbox.mails for recipient in mail.recipients]
    assert sorted(told) == sorted(RECIPIENTS)
    assert len({mail.message_id for mail in mailbox.mails}) == 1
    assert delivery(home)["status"] == "sent"


def test_who_was_refused_for_good_is_named_where_people_look(home, mailbox) -> None:
    mailbox.answer("RCPT", "550 5.1.1 who?", recipient="r2@example.org")
    done = home.quivive("poll")
    assert delivery(home)["status"] == "sent"
    assert delivery(home)["last_error"] == "refused for r2@example.org: 550 5.1.1 who?"
    assert "refused for r2@example.org" in done.err
    assert "refused for r2@example.org" in " ".join(home.quivive("alerts").out.split())


class Rude(socketserver.StreamRequestHandler):
    """A mail server of old, which refuses recipients in Latin-1 and at length."""

    def handle(self) -> None:
        self.wfile.write(b"220 bonjour\r\n")
        with suppress(ConnectionError):  # nobody waits for its last words
            for line in self.rfile:
                if line.upper().startswith(b"RCPT"):
                    self.wfile.write(b"450-" + b"bo\xeete pleine " * 500 + b"\r\n450 r\xe9essayez\x1b[31m\r\n")
                else:
                    self.wfile.write(b"250 oui\r\n")


def test_an_answer_in_another_encoding_than_utf_8_is_recorded_like_any_other(tmp_path) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Rude) as server, NewsSite() as site:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = Home(tmp_path)
        feed = site.publish_feed("/feed", rss(item("L’OTAN", "https://journal.example/otan")))
        home.configure(
            sources=[source(feed, articles="feed")],
            topics=[topic("OTAN", "otan", ["redaction"])],
            channels=[email("redaction", f"smtp://127.0.0.1:{server.server_address[1]}")],
        )
        assert home.quivive("poll").status == 1
        server.shutdown()
    assert delivery(home)["status"] == "pending"
    assert "450 bo te pleine" in delivery(home)["last_error"]
    assert len(delivery(home)["last_error"]) < 300


def test_check_says_which_template_of_the_user_does_not_work_and_the_mail_goes_out_all_the_same(tmp_path, mailbox) -> None:
    home = Home(tmp_path)
    home.configure(channels=[email("redaction", mailbox.url)], more='[display]\ntemplates = "own"\n')
    own = home.folder / "own"
    own.mkdir()
    (own / "mail.txt").write_text("{{ letter.titel }}")
    (own / "mail.html").write_text('{% extends "quivive/mail.html" %}{% block footer %}AFP{% endblock %}')
    checked = home.quivive("check")
    assert checked.status == 0
    assert "warning: display.templates: mail.txt: UndefinedError: " in checked.out
    home.quivive("poll")
    assert "warning: display.templates: mail.txt: UndefinedError: " in home.quivive("status").out
    sent = home.quivive("alerts", "test", "redaction")
    assert sent.status == 0
    (mail,) = mailbox.mails
    assert "This is a test message." in mail.text
    assert "AFP" in mail.html


def test_a_mail_is_in_french_from_the_next_attempt_after_a_reload_under_the_id_it_had(home, mailbox) -> None:
    mailbox.answer("DATA", "451 later")
    with home.start("run") as daemon:
        wait_until(lambda: home.quivive("alerts", "--json").lines and delivery(home)["attempts"], "the first attempt")
        mailbox.behave()
        home.write_config('[display]\nlanguage = "fr"\n' + home.config.read_text(encoding="utf-8"))
        daemon.send(signal.SIGHUP)
        daemon.wait_for_log("configuration taken over")
        make_due(home)
        wait_until(lambda: mailbox.mails, "the mail")
    (mail,) = mailbox.mails
    assert "Pourquoi, et chaque tentative d’envoi" in mail.text
    assert mail.message_id == f"<{delivery(home)['id']}@example.org>"
