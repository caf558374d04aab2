"""What a day of the daemon, and a `poll` in a crontab, say: changes, once, by their names; nothing twice; nothing that is lost unsaid."""

from __future__ import annotations

import json
import os

import pytest

from tests.mailbox import HookSink, Mailbox, Reply, closed_port
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, email, source, story, topic, wait_until, webhook


def publish(site: NewsSite, *titles: str) -> str:
    return site.publish_feed("/feed", rss(*(item(title, site.page(f"/{abs(hash(title))}", story(title))) for title in titles)))


def test_a_source_is_told_of_when_it_begins_to_fail_and_when_it_is_well_again(home, site) -> None:
    home.configure(sources=[source(publish(site, "Rien"), "Le Journal"), source(site.url("/absent"), "L’Absent")])
    with home.start("run") as daemon:
        daemon.wait_for_log("source is failing")
        site.wait_for("/absent", 3)
        site.wait_for("/feed", 4)
        site.publish_feed("/absent", rss())
        daemon.wait_for_log("source is well again")
        daemon.terminate()
        assert daemon.wait() == 0
    assert daemon.log.count("source is failing") == 1
    assert daemon.log.count("source is well again") == 1
    assert daemon.log.count(" poll ") == 1  # the one that brought an article
    assert "source='Le Journal'" in daemon.log
    assert "/feed" not in daemon.log.replace("journal.example", "")


def run_until_told(home: Home, site: NewsSite, *, together: bool, form: str = "text", arguments: tuple[str, ...] = ()) -> tuple[str, str]:
    """What a daemon prints and logs, with an alert in it; to one pipe if `together`, and then all is in the first."""
    with HookSink() as hook:
        home.configure(
            sources=[source(publish(site, "L’OTAN en vue"), "Le Journal")],
            topics=[topic("OTAN", "otan", ["hook"])],
            channels=[webhook("hook", hook.url)],
            more=f'[log]\nformat = "{form}"\n',
        )
        place = home.folder / "said"
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        places = {"stdout": descriptor, "stderr": descriptor} if together else {}
        with home.start("run", *arguments, **places) as daemon:
            hook.wait_for(1)
            wait_until(lambda: home.quivive("alerts", "--json").lines[0]["deliveries"][0]["status"] == "sent", "the delivery to be noted")
            daemon.terminate()
            assert daemon.wait() == 0
        os.close(descriptor)
    return (place.read_text(), "") if together else (daemon.out, daemon.log)


def test_an_alert_is_said_once_where_output_and_log_are_one(home, site) -> None:
    said, _ = run_until_told(home, site, together=True)
    assert said.count("ALERT OTAN  L’OTAN en vue") == 1
    assert "] alert " not in said


def test_an_alert_is_printed_and_logged_where_output_and_log_are_two(home, site) -> None:
    out, log = run_until_told(home, site, together=False)
    assert out.count("ALERT OTAN  L’OTAN en vue") == 1
    assert log.count("] alert ") == 1


@pytest.mark.parametrize("together", [True, False])
def test_with_a_log_in_json_all_that_a_daemon_says_is_json(home, site, together) -> None:
    out, log = run_until_told(home, site, together=together, form="json")
    events = [json.loads(line) for line in (out + log).splitlines()]
    alerts = [event for event in events if event.get("article_title") == "L’OTAN en vue"]
    assert len(alerts) == (1 if together else 2)
    assert all(alert["topic"] == "OTAN" and alert["matches"][0]["found"] == "OTAN" for alert in alerts)


def test_with_a_log_in_json_a_daemon_that_cannot_begin_says_why_in_json(home, site) -> None:
    home.configure(more='[log]\nformat = "json"\n[archive]\npath = "nowhere/archive.db"\n')
    done = home.quivive("run")
    assert (done.status, done.out) == (1, "")
    assert "nowhere" in json.loads(done.err.splitlines()[-1])["reason"]


def test_a_quiet_daemon_says_only_what_went_wrong_and_a_verbose_one_every_step(home, site, tmp_path_factory) -> None:
    assert run_until_told(home, site, together=False, arguments=("--quiet",)) == ("", "")
    _, log = run_until_told(Home(tmp_path_factory.mktemp("verbose")), site, together=False, arguments=("--verbose",))
    assert "kind='" in log
    both = home.quivive("run", "-q", "-v")
    assert both.status == 2


def test_a_poll_in_a_crontab_says_on_standard_error_only_what_failed_newly(home, site) -> None:
    home.configure(sources=[source(publish(site, "Rien"), "Le Journal"), source(site.url("/absent"), "L’Absent")])
    first, second = home.quivive("poll"), home.quivive("poll")
    assert first.status == second.status == 1
    assert first.err.startswith("FAILED L’Absent: http_404: ")
    assert len(first.err.splitlines()) == 1
    assert second.err == ""
    assert "FAILED L’Absent: http_404: " in second.out
    site.publish_feed("/absent", rss())
    assert home.quivive("poll").err == ""


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--json"]])
def test_a_poll_says_that_a_message_waits_because_its_channel_failed(home, site, options) -> None:
    home.configure(
        sources=[source(publish(site, "L’OTAN en vue"), "Le Journal")],
        topics=[topic("OTAN", "otan", ["hook"])],
        channels=[webhook("hook", f"http://127.0.0.1:{closed_port()}/")],
    )
    done = home.quivive("poll", *options)
    assert done.status == 1
    assert done.err.startswith("NOT DELIVERED: 1 message waits for the channel hook: ")
    assert "`quivive alerts --status pending` lists them" in done.err
    assert (done.out == "") == (options == ["--quiet"])
    assert home.quivive("poll", *options).err.startswith("NOT DELIVERED: 1 message waits")  # also while it waits for its next attempt


def test_a_poll_says_that_a_message_was_given_up_in_it_and_only_then(home, site) -> None:
    with HookSink() as hook:
        hook.always(Reply(410))
        home.configure(
            sources=[source(publish(site, "L’OTAN en vue"))], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)]
        )
        done, after = home.quivive("poll"), home.quivive("poll")
    assert done.status == 1
    assert done.err.startswith("GIVEN UP: 1 message; `quivive alerts --status dead` tells why")
    assert (after.status, after.err) == (0, "")


def test_a_quiet_poll_that_went_well_says_nothing(home, site) -> None:
    with Mailbox() as mailbox:
        home.configure(
            sources=[source(publish(site, "L’OTAN en vue"))],
            topics=[topic("OTAN", "otan", ["mail"])],
            channels=[email("mail", mailbox.url)],
        )
        done = home.quivive("poll", "-q")
        assert (done.status, done.out, done.err) == (0, "", "")
        assert len(mailbox.wait_for(1)) == 1
