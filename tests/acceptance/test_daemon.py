"""The daemon as a process: it polls and tells, ends when asked to, takes over configurations, and dies aloud."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.mailbox import HANG, HookSink, Mailbox
from tests.news_site import NewsSite, article, item, rss
from tests.processes import QUICK, Home, Running, are_gone, email, source, story, topic, wait_until, webhook

LONGEST_END_SECONDS = 10.0


def publish(site: NewsSite, *titles: str, path: str = "/feed") -> str:
    """A feed with an article page for each title; returns the feed's URL."""
    return site.publish_feed(path, rss(*(item(title, site.page(f"/{abs(hash(title))}", story(title))) for title in titles)))


def wait_for_title(hook: HookSink, title: str) -> None:
    hook.wait_for(lambda received: any(one.json["data"]["article"]["title"] == title for one in received))


def end(daemon: Running) -> None:
    daemon.terminate()
    assert daemon.wait() == 0


def test_what_is_published_while_it_runs_is_told_by_mail_and_webhook_once(home, site, hook, mailbox) -> None:
    feed = publish(site, "L’OTAN d’hier")
    home.configure(
        sources=[source(feed, "Le Journal")],
        topics=[topic("OTAN", "otan", ["hook", "redaction"])],
        channels=[webhook("hook", hook.url), email("redaction", mailbox.url)],
        first_poll="silent",
    )
    with home.start("run") as daemon:
        daemon.wait_for_log("first poll: archived without alerting")
        publish(site, "L’OTAN d’aujourd’hui", "L’OTAN d’hier")
        [request], [mail] = hook.wait_for(1), mailbox.wait_for(1)
        site.wait_for("/feed", site.count("/feed") + 2)  # it polls on, and finds nothing to say
        end(daemon)
        assert "L’OTAN d’aujourd’hui" in daemon.out
    assert request.json["data"]["article"]["title"] == "L’OTAN d’aujourd’hui"
    assert mail.subject == "[OTAN] L’OTAN d’aujourd’hui"
    assert (len(hook.requests), len(mailbox.mails)) == (1, 1)
    assert [one["status"] for one in home.quivive("alerts", "--json").lines[0]["deliveries"]] == ["sent", "sent"]


def test_a_failing_source_does_not_keep_the_others_from_being_polled_on_time(home, site, hook) -> None:
    feed = publish(site, "Rien")
    home.configure(
        sources=[source(site.stall("/stalled")), source(site.url("/absent")), source(feed)],
        topics=[topic("OTAN", "otan", ["hook"])],
        channels=[webhook("hook", hook.url)],
    )
    with home.start("run") as daemon:
        site.wait_for("/feed", 3)
        publish(site, "L’OTAN")
        wait_for_title(hook, "L’OTAN")
        daemon.wait_for_log("source is failing")
    assert {one["url"]: one["status"] for one in home.quivive("sources", "--json").lines}[site.url("/absent")] in {"failing", "gone"}


def test_it_goes_on_telling_when_nobody_reads_what_it_prints_any_more(home, site, hook) -> None:
    home.configure(
        sources=[source(publish(site, "L’OTAN"))], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)]
    )
    reading, writing = os.pipe()
    os.close(reading)
    with home.start("run", stdout=writing) as daemon:
        os.close(writing)
        daemon.wait_for_log("standard output is gone")
        publish(site, "L’OTAN encore", "L’OTAN")
        wait_for_title(hook, "L’OTAN encore")
        end(daemon)
        assert "Traceback" not in daemon.log
        assert daemon.log.count("standard output is gone") == 1


def test_it_ends_within_ten_seconds_whatever_hangs_and_goes_on_at_the_next_start(home, site, hook, mailbox) -> None:
    mailbox.answer("DATA", HANG)
    feed = publish(site, "L’OTAN", path="/good")
    heavy = "<p>phrase <b>grasse</b> et <a href='/x'>lien</a></p>" * 60_000
    laborious = site.publish_feed("/laborious", rss(item("Un pavé", site.page("/heavy", article("Un pavé", heavy)))))
    home.configure(
        sources=[source(feed), source(laborious), source(site.stall("/stalled"))],
        topics=[topic("OTAN", "otan", ["hook", "redaction"])],
        channels=[webhook("hook", hook.url), email("redaction", mailbox.url)],
    )
    with home.start("run") as daemon:
        mailbox.wait_for_attempts(1)
        site.wait_for("/stalled")
        site.wait_for("/heavy")
        wait_until(lambda: any(worker.cpu_times().user > 1 for worker in daemon.workers()), "a worker to be busy")
        processes = daemon.workers()
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        wait_until(lambda: are_gone(processes), "its workers to end")
        assert "Traceback" not in daemon.log
    mailbox.behave()
    publish(site, "La suite", path="/stalled")
    site.page("/heavy", story("Un pavé"))
    with home.start("run") as daemon:
        assert [mail.subject for mail in mailbox.wait_for(1)] == ["[OTAN] L’OTAN"]
        wait_until(lambda: {"La suite", "Un pavé"} <= archived_titles(home), "the stalled and the laborious source")
        end(daemon)
    assert len(hook.requests) == 1


def archived_titles(home: Home) -> set[str]:
    with closing(sqlite3.connect(f"file:{home.archive}?mode=ro", uri=True)) as connection:
        return {title for (title,) in connection.execute("SELECT title FROM articles")}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_while_it_starts_ends_it_too(home, site, number) -> None:
    home.configure(sources=[source(publish(site, "Rien"))])
    with home.start("run") as daemon:
        wait_until(home.archive.exists, "the archive to be opened")
        daemon.send(number)
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        assert "Traceback" not in daemon.log


@dataclass
class Newsroom:
    """A daemon at work on one feed, with the topic OTAN and a webhook. Tests share it, so each publishes titles of its own."""

    home: Home
    site: NewsSite
    hook: HookSink
    mailbox: Mailbox
    daemon: Running
    published: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def publish(self, *subjects: str) -> list[str]:
        """One new article on each subject, on top of all there was; returns their titles."""
        titles = [f"Affaire {next(self.numbers)} : {subject}" for subject in subjects]
        self.published += titles
        publish(self.site, *reversed(self.published))
        return titles

    def alerts_on(self, *titles: str) -> list[tuple[str, str]]:
        """Topic and title of what the hook was told of these articles, once it was told of the last."""
        wait_for_title(self.hook, titles[-1])
        told = [(one.json["data"]["topic"], one.json["data"]["article"]["title"]) for one in self.hook.requests]
        return [(name, title) for name, title in told if title in titles]

    def configure(self, *topics: str, **changes: Any) -> None:
        usual = {"sources": [source(self.site.url("/feed"))], "channels": [webhook("hook", self.hook.url)]}
        self.home.configure(topics=topics or [topic("OTAN", "otan", ["hook"])], **{**usual, **changes})

    def reload(self, says: str = "configuration taken over") -> None:
        times = self.daemon.log.count(says)
        self.daemon.send(signal.SIGHUP)
        self.daemon.wait_for_log(says, times + 1)


@contextmanager
def open_newsroom(folder: Path, afresh: bool = False) -> Iterator[Newsroom]:
    home = Home(folder)
    with NewsSite() as site, HookSink() as hook, Mailbox() as mailbox:
        home.configure(
            sources=[source(publish(site, "Rien"))], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)]
        )
        with home.start("run", afresh=afresh) as daemon:
            daemon.wait_for_log("new_articles=1")
            yield Newsroom(home, site, hook, mailbox, daemon, ["Rien"])
            if daemon.is_running:
                end(daemon)


@pytest.fixture(scope="module")
def shared_newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with open_newsroom(tmp_path_factory.mktemp("newsroom"), afresh=True) as newsroom:
        yield newsroom


@pytest.fixture
def newsroom(shared_newsroom: Newsroom) -> Newsroom:
    """The shared one, with its usual configuration in force."""
    shared_newsroom.configure()
    shared_newsroom.reload()
    return shared_newsroom


def test_a_topic_that_is_added_on_sighup_counts_from_the_next_article(newsroom) -> None:
    [before] = newsroom.publish("l’OTAN et la fibre")
    assert newsroom.alerts_on(before) == [("OTAN", before)]
    newsroom.configure(topic("OTAN", "otan", ["hook"]), topic("Fibre", "fibre", ["hook"]))
    newsroom.reload()
    [after] = newsroom.publish("la fibre au village")
    assert newsroom.alerts_on(before, after) == [("OTAN", before), ("Fibre", after)]


def test_an_invalid_configuration_is_reported_with_its_keys_and_the_old_one_stays(newsroom) -> None:
    newsroom.configure(topic("OTAN", "otan AND (", ["hook"]), topic("Fibre", "fibre", ["hok"]))
    newsroom.reload("configuration not taken over")
    newsroom.daemon.wait_for_log("topics.1.notify.0")
    newsroom.daemon.wait_for_log("topics.0.query")
    titles = newsroom.publish("la fibre", "l’OTAN")
    assert newsroom.alerts_on(*titles) == [("OTAN", titles[1])]


@pytest.mark.parametrize("text", [None, "not [toml"])
def test_a_configuration_that_cannot_be_read_is_reported_and_the_old_one_stays(newsroom, text) -> None:
    if text is None:
        newsroom.home.config.unlink()
    else:
        newsroom.home.write_config(text)
    newsroom.reload("configuration not taken over")
    [title] = newsroom.publish("l’OTAN")
    assert newsroom.alerts_on(title) == [("OTAN", title)]


@pytest.mark.parametrize("text", ["", "[crawler]\n" + QUICK])
def test_a_configuration_that_was_emptied_or_cut_is_not_taken_over(newsroom, text) -> None:
    newsroom.home.write_config(text)
    newsroom.reload("configuration not taken over")
    newsroom.daemon.wait_for_log("write sources = [] above all tables")
    newsroom.daemon.wait_for_log("write topics = [] above all tables")
    [title] = newsroom.publish("l’OTAN")
    assert newsroom.alerts_on(title) == [("OTAN", title)]


def test_the_form_and_the_level_of_the_log_are_taken_over(newsroom) -> None:
    newsroom.configure(more='[log]\nformat = "json"\nlevel = "debug"\n')
    newsroom.reload('"event": "configuration taken over"')
    newsroom.configure(more='[log]\nlevel = "error"\n')
    newsroom.daemon.send(signal.SIGHUP)
    newsroom.site.wait_for("/feed", newsroom.site.count("/feed") + 2)
    polls = newsroom.daemon.log.count("poll ")
    newsroom.site.wait_for("/feed", newsroom.site.count("/feed") + 2)
    assert newsroom.daemon.log.count("poll ") == polls


def test_a_channel_that_is_added_on_sighup_is_told(newsroom) -> None:
    channels = [webhook("hook", newsroom.hook.url), email("redaction", newsroom.mailbox.url)]
    newsroom.configure(topic("OTAN", "otan", ["hook", "redaction"]), channels=channels)
    newsroom.reload()
    [title] = newsroom.publish("l’OTAN")
    assert newsroom.mailbox.wait_for(1)[0].subject == f"[OTAN] {title}"
    assert newsroom.alerts_on(title) == [("OTAN", title)]


def test_another_archive_is_refused_on_sighup_and_nothing_of_that_configuration_is_taken_over(newsroom) -> None:
    newsroom.configure(topic("Fibre", "fibre", ["hook"]), more='[archive]\npath = "other.db"\n')
    newsroom.reload("another archive needs a restart")
    titles = newsroom.publish("la fibre", "l’OTAN")
    assert newsroom.alerts_on(*titles) == [("OTAN", titles[1])]
    assert not (newsroom.home.folder / "other.db").exists()


def test_changed_crawler_settings_count_from_sighup_on_even_while_a_request_stalls(newsroom) -> None:
    newsroom.site.stall("/feed")
    newsroom.site.wait_for("/feed", newsroom.site.count("/feed") + 1)
    newsroom.configure(crawler=QUICK + 'user_agent = "nouveau/2"\n')
    [title] = newsroom.publish("l’OTAN")
    newsroom.reload()
    assert newsroom.alerts_on(title) == [("OTAN", title)]
    assert newsroom.site.requests[-1].headers["User-Agent"] == "nouveau/2"


def test_a_source_that_was_removed_is_not_polled_any_more_and_one_that_was_added_is_at_once(newsroom) -> None:
    newsroom.configure(sources=[source(publish(newsroom.site, "Ailleurs", path="/added"))])
    newsroom.reload()
    known = newsroom.site.count("/feed")
    newsroom.site.wait_for("/added", 3)
    assert newsroom.site.count("/feed") <= known + 1  # one may have been on its way


def test_it_ends_in_time_also_when_it_is_asked_in_the_middle_of_a_reload(tmp_path) -> None:
    with open_newsroom(tmp_path) as newsroom:
        newsroom.site.stall("/feed")
        newsroom.site.wait_for("/feed", newsroom.site.count("/feed") + 1)
        newsroom.configure(crawler=QUICK + 'user_agent = "nouveau/2"\n')
        newsroom.daemon.send(signal.SIGHUP)
        newsroom.daemon.terminate()
        assert newsroom.daemon.wait(LONGEST_END_SECONDS) == 0


def test_a_second_daemon_is_refused_with_the_process_id_of_the_first(newsroom) -> None:
    done = newsroom.home.quivive("run")
    assert done.status == 1
    assert f"process {newsroom.daemon.pid}" in done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert newsroom.daemon.is_running


def test_reading_commands_work_beside_it(newsroom) -> None:
    home = newsroom.home
    [title] = newsroom.publish("l’OTAN lue à côté")
    newsroom.alerts_on(title)
    assert [one["title"] for one in home.quivive("search", '"lue à côté"', "--json").lines] == [title]
    assert home.quivive("status", "--json").json["writer_pid"] == newsroom.daemon.pid
    assert len(home.quivive("sources", "--json").lines) == 1
    assert len(home.quivive("topics", "--json").lines) == 1
    assert title in [one["article_title"] for one in home.quivive("alerts", "--json").lines]
    assert title in [one["title"] for one in home.quivive("export").lines]
    assert home.quivive("check").status == 0
    assert home.quivive("backup", "copy.db").status == 0
    with closing(sqlite3.connect(home.folder / "copy.db")) as copy:
        assert copy.execute("SELECT 1 FROM articles WHERE title = ?", (title,)).fetchall() == [(1,)]


def test_a_foreign_program_that_locks_the_archive_for_a_moment_only_delays_it(newsroom) -> None:
    with closing(sqlite3.connect(newsroom.home.archive, isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        known = newsroom.site.count("/feed")
        [title] = newsroom.publish("l’OTAN")
        newsroom.site.wait_for("/feed", known + 1)
        connection.execute("ROLLBACK")
    assert newsroom.alerts_on(title) == [("OTAN", title)]


def test_a_worker_that_is_killed_from_outside_is_replaced(newsroom) -> None:
    for worker in newsroom.daemon.workers():
        if "worker_main" in " ".join(worker.cmdline()):
            worker.kill()
    [title] = newsroom.publish("l’OTAN")
    assert newsroom.alerts_on(title) == [("OTAN", title)]


def test_polls_leave_no_descriptor_open(newsroom) -> None:
    process = psutil.Process(newsroom.daemon.pid)
    newsroom.site.wait_for("/feed", newsroom.site.count("/feed") + 1)
    before = process.num_fds()
    newsroom.site.wait_for("/feed", newsroom.site.count("/feed") + 4)
    assert process.num_fds() <= before + 3


def drop(table: str) -> Callable[[Newsroom], None]:
    def damage(newsroom: Newsroom) -> None:
        with closing(sqlite3.connect(newsroom.home.archive, timeout=20)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(f"DROP TABLE {table}")
            connection.commit()

    return damage


def delete(newsroom: Newsroom) -> None:
    newsroom.home.archive.unlink()


def replace(newsroom: Newsroom) -> None:
    assert newsroom.home.quivive("backup", "copy.db").status == 0
    (newsroom.home.folder / "copy.db").replace(newsroom.home.archive)


def overwrite(newsroom: Newsroom) -> None:
    archive = newsroom.home.archive
    for path in (archive, archive.with_name("archive.db-wal")):
        with path.open("r+b") as file:
            file.write(b"garbage " * (path.stat().st_size // 8))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(drop("sources"), "no such table: sources", id="sources dropped"),
        pytest.param(drop("deliveries"), "no such table: deliveries", id="deliveries dropped"),
        pytest.param(drop("polls"), "no such table: polls", id="poll log dropped"),
        pytest.param(delete, "was deleted, moved or replaced", id="deleted"),
        pytest.param(replace, "was deleted, moved or replaced", id="replaced"),
        pytest.param(overwrite, "archive.db", id="overwritten"),
    ],
)
def test_it_ends_with_a_reason_and_status_1_when_it_cannot_do_its_work(tmp_path, damage, reason) -> None:
    with open_newsroom(tmp_path) as newsroom:
        processes = newsroom.daemon.workers()
        damage(newsroom)
        newsroom.publish("l’OTAN")
        assert newsroom.daemon.wait() == 1
        assert reason in newsroom.daemon.log.splitlines()[-1]
        assert "Traceback" not in newsroom.daemon.log
        wait_until(lambda: are_gone(processes), "its workers to end")
