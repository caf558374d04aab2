"""Signals at the wrong moment: while it starts, with a backlog, while it is busy, in the middle of a poll."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing

import pytest

from tests.mailbox import HANG, HookSink, Mailbox, closed_port
from tests.news_site import NewsSite, item, rss
from tests.processes import QUICK, Home, are_gone, email, source, story, topic, wait_until, webhook

LONGEST_END_SECONDS = 10.0


def publish(site: NewsSite, *titles: str, path: str = "/feed") -> str:
    return site.publish_feed(path, rss(*(item(title, site.page(f"/{abs(hash(title))}", story(title))) for title in titles)))


def test_sighup_while_the_program_is_still_being_imported_reloads_instead_of_ending_it(home, site) -> None:
    home.configure(sources=[source(publish(site, "Rien"))])
    with home.start("run", afresh=True) as daemon:
        daemon.wait_until_signals_are_owned()
        daemon.send(signal.SIGHUP)
        assert "started" not in daemon.log
        daemon.wait_for_log("configuration taken over")
        site.wait_for("/feed", site.count("/feed") + 1)
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_asked_to_end_while_it_is_imported_ends_it_well_and_without_a_poll(home, site, number) -> None:
    home.configure(sources=[source(publish(site, "Rien"))])
    with home.start("run", afresh=True) as daemon:
        daemon.wait_until_signals_are_owned()
        daemon.send(number)
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        assert "Traceback" not in daemon.log
    assert site.count("/feed") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_command_that_only_asks_is_ended_by_a_signal_as_any_other(home, number) -> None:
    home.configure()
    with home.start("export", afresh=True) as command:
        command.wait_until_signals_are_owned()
        command.send(number)
        status = command.wait(LONGEST_END_SECONDS)
        assert status in {-number, 1}  # 1: it was quicker, and there is no archive
        assert "Traceback" not in command.log


def test_many_signals_end_it_as_one_does(home, site) -> None:
    home.configure(sources=[source(publish(site, "Rien")), source(site.stall("/stalled"))])
    with home.start("run") as daemon:
        site.wait_for("/stalled")
        for _ in range(5):
            daemon.send(signal.SIGTERM)
            daemon.send(signal.SIGINT)
            daemon.send(signal.SIGHUP)
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        assert "Traceback" not in daemon.log


@pytest.fixture(scope="module")
def backlog(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An archive with some thousand messages that wait for a channel which refuses them, all of them due."""
    home = Home(tmp_path_factory.mktemp("backlog"))
    titles = [f"L’OTAN et la fibre, épisode {number}" for number in range(1500)]
    topics = [topic(name, query, ["dead"]) for name, query in (("OTAN", "otan"), ("Fibre", "fibre"), ("Feuilleton", "épisode"))]
    with NewsSite() as site:
        feed = site.publish_feed("/feed", rss(*(item(title, f"https://journal.example/{abs(hash(title))}") for title in titles)))
        home.configure(
            sources=[source(feed, articles="feed")],
            topics=topics,
            channels=[webhook("dead", f"http://127.0.0.1:{closed_port()}/")],
            more='[log]\nlevel = "debug"\n',  # which tells of each attempt
        )
        with home.start("run") as daemon:
            daemon.wait_for_log("channel dead is left alone")
            daemon.kill()
    return home


def make_all_due(home: Home) -> None:
    with closing(sqlite3.connect(home.archive, timeout=20)) as connection:
        connection.execute("UPDATE messages SET next_attempt_at = sealed_at WHERE next_attempt_at IS NOT NULL")
        connection.execute("UPDATE deliveries SET due_at = created_at WHERE due_at IS NOT NULL")
        connection.execute("DELETE FROM circuits")
        [waiting] = connection.execute("SELECT count(*) FROM deliveries WHERE status = 'pending'").fetchone()
        connection.commit()
    assert waiting > 4000


@pytest.mark.parametrize("deliveries", [0, 2, 5])  # after five the channel is left alone
def test_with_a_backlog_it_ends_well_whenever_it_is_asked(backlog, deliveries) -> None:
    make_all_due(backlog)
    with backlog.start("run") as daemon:
        daemon.wait_for_log("started")
        daemon.wait_for_log("delivery", times=deliveries)
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        assert "Traceback" not in daemon.log


def test_once_asked_to_end_it_begins_nothing_more(home, site) -> None:
    with HookSink() as hook, Mailbox() as mailbox:
        mailbox.answer("DATA", HANG)
        home.configure(
            sources=[source(publish(site, "L’OTAN")), source(site.stall("/stalled"))],
            topics=[topic("OTAN", "otan", ["redaction", "hook"])],
            channels=[email("redaction", mailbox.url), webhook("hook", hook.url)],
        )
        with home.start("run") as daemon:
            mailbox.wait_for_attempts(1)
            hook.wait_for(1)
            site.wait_for("/stalled")
            daemon.terminate()
            daemon.wait_for_log("stopping")
            site.page("/new", story("L’OTAN encore"))
            publish(site, "L’OTAN", "L’OTAN encore")
            before = site.count("/feed")
            assert daemon.wait(LONGEST_END_SECONDS) == 0
        assert site.count("/feed") <= before + 1  # one may have been on its way
        assert len(hook.requests) == 1


def test_an_archive_that_somebody_else_holds_does_not_hold_up_the_end(home, site) -> None:
    home.configure(sources=[source(publish(site, "Rien"))])
    with home.start("run") as daemon:
        site.wait_for("/feed", 2)
        with closing(sqlite3.connect(home.archive, isolation_level=None, timeout=20)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            daemon.terminate()
            daemon.wait(LONGEST_END_SECONDS)
        assert "Traceback" not in daemon.log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_poll_that_is_interrupted_says_so_and_leaves_the_archive_to_the_next(home, site, number) -> None:
    stalled = site.stall("/stalled")
    home.configure(sources=[source(publish(site, "Rien")), source(stalled)])
    with home.start("poll", "--verbose") as poll:
        site.wait_for("/stalled")
        poll.wait_for_log("new_articles=1")
        processes = poll.workers()
        poll.send(number)
        assert poll.wait(LONGEST_END_SECONDS) == 1
        assert "interrupted" in poll.log
        assert "Traceback" not in poll.log
        wait_until(lambda: are_gone(processes), "its workers to end")
    site.publish_feed("/stalled", rss(item("La suite", site.page("/suite", story("La suite")))))
    assert home.quivive("poll", "--json").json["sources"] == {"polled": 2, "unchanged": 1, "failed": 0}


def test_reloads_that_change_the_crawler_stop_no_poll_and_drop_nothing_that_is_in_hand(home, site) -> None:
    feeds = [source(publish(site, "Rien")), source(publish(site, "Patience", path="/slow"))]
    let_go = site.hold("/slow")
    home.configure(sources=feeds)
    with home.start("run") as daemon:
        site.wait_for("/slow")
        for number in range(3):
            known = site.count("/feed")
            home.configure(sources=feeds, crawler=QUICK + f'user_agent = "agent/{number}"\n')
            daemon.send(signal.SIGHUP)
            daemon.wait_for_log("configuration taken over", times=number + 1)
            site.wait_for("/feed", known + 1)
        assert site.count("/slow") == 1
        let_go()
        site.wait_for("/slow", 2)
        wait_until(lambda: site.requests[-1].headers["User-Agent"] == "agent/2", "the newest settings to be in force")
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
    assert [one["title"] for one in home.quivive("search", "Patience", "--json").lines] == ["Patience"]


def test_reloads_that_change_the_crawler_start_no_more_workers(home, site) -> None:
    """Pages that take long to read would else have four processes, and twice the memory, until the crawl before has ended."""
    piece = "<div><b>a</b><i>b</i></div>" * 30_000
    items = [item(f"Page {number}", site.page(f"/page/{number}", f"<html><body>{piece}</body></html>")) for number in range(30)]
    feeds = [source(publish(site, "Rien")), source(site.publish_feed("/dear", rss(*items)), articles="page")]
    home.configure(sources=feeds, crawler=QUICK)
    with home.start("run") as daemon:
        wait_until(lambda: any(worker.cpu_times().user > 1 for worker in daemon.workers()), "a page to be read")
        for number in range(2):
            known = site.count("/feed")
            home.configure(sources=feeds, crawler=QUICK + f'user_agent = "agent/{number}"\n')
            daemon.send(signal.SIGHUP)
            daemon.wait_for_log("configuration taken over", times=number + 1)
            site.wait_for("/feed", known + 1)
            assert len(daemon.workers()) <= 2
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
