"""`quivive status --check` beside a daemon: silent while all is well, and loud when it is not."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

import news.care
from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, Running, source, story, topic, wait_until, webhook


@pytest.fixture
def office(tmp_path) -> Iterator[tuple[Home, Running]]:
    """A daemon that has told its first alert and given a sign of life."""
    home = Home(tmp_path)
    with NewsSite() as site, HookSink() as hook:
        site.publish_feed("/feed", rss(item("L’OTAN écoute", site.page("/a", story("L’OTAN écoute")))))
        home.configure(
            sources=[source(site.url("/feed"), "Le Journal")],
            topics=[topic("OTAN", "otan", ["hook"])],
            channels=[webhook("hook", hook.url)],
        )
        with home.start("run") as daemon:
            wait_until(lambda: hook.requests, "the first alert")
            wait_until(lambda: home.call("status", "--json").json["alive_at"], "a sign of life")
            yield home, daemon


def test_nothing_is_said_while_all_is_well(office):
    home, _ = office
    done = home.call("status", "--check")
    assert (done.status, done.out, done.err) == (0, "", "")


def test_a_daemon_that_hangs_is_told_as_such(office, monkeypatch):
    home, daemon = office
    daemon.send(signal.SIGSTOP)
    try:
        monkeypatch.setattr(news.care, "HUNG_AFTER", -news.care.HUNG_AFTER)  # instead of waiting until it is that old
        done = home.call("status", "--check")
    finally:
        daemon.send(signal.SIGCONT)
    assert done.status == 1
    assert done.out.startswith("the daemon hangs: its last sign of life was ")


def test_a_daemon_that_was_killed_is_told_as_stopped(office):
    home, daemon = office
    daemon.kill()
    done = home.call("status", "--check")
    assert (done.status, done.out) == (1, "the daemon does not run: nothing is watched\n")


def test_an_archive_that_is_missing_is_an_alarm_too(tmp_path):
    home = Home(tmp_path)
    home.configure()
    done = home.call("status", "--check")
    assert (done.status, done.out) == (1, "")
    assert "there is no archive yet" in done.err
