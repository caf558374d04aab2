"""The daemon as a process: it polls and tells, ends when asked to, takes over configurations, and dies aloud."""

from __future__ import annotations

import resource
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.mailbox import HANG, HookSink, Mailbox
from tests.news_site import NewsSite, article, item, rss
from tests.processes import QUICK, Home, Running, are_gone, email, source, topic, wait_until, webhook

LONGEST_END_SECONDS = 10.0


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        yield site


@pytest.fixture
def hook() -> Iterator[HookSink]:
    with HookSink() as hook:
        yield hook


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def publish(site: NewsSite, *titles: str, path: str = "/feed") -> str:
    """A feed with an article page for each title; returns the feed's URL."""
    return site.publish_feed(path, rss(*(item(title, site.page(f"/{abs(hash(title))}", article(title))) for title in titles)))


def titles_at(hook: HookSink) -> list[str]:
    return [one.json["data"]["article"]["title"] for one in hook.requests]


def wait_for_title(hook: HookSink, title: str) -> None:
    hook.wait_for(lambda received: any(one.json["data"]["article"]["title"] == title for one in received))


def end(daemon: Running) -> None:
    daemon.terminate()
    assert daemon.wait() == 0


# ---------------------------------------------------------------------------------------------------------------- working


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
    assert {one["url"]: one["status"] for one in home.quivive("sources", "--json").lines}[site.url("/absent")] == "failing"


# ----------------------------------------------------------------------------------------------------------------- ending


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_ten_seconds_whatever_hangs_and_goes_on_at_the_next_start(home, site, hook, mailbox, number) -> None:
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
        asked_at = time.monotonic()
        daemon.send(number)
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        print(f"ended after {time.monotonic() - asked_at:.1f} s")
        wait_until(lambda: are_gone(processes), "its workers to end")
        assert "Traceback" not in daemon.log
    mailbox.behave()
    publish(site, "La suite", path="/stalled")
    site.page("/heavy", article("Un pavé"))
    with home.start("run") as daemon:
        assert [mail.subject for mail in mailbox.wait_for(1)] == ["[OTAN] L’OTAN"]
        wait_until(lambda: {"La suite", "Un pavé"} <= archived_titles(home), "the stalled and the laborious source")
        end(daemon)
    assert len(hook.requests) == 1


def archived_titles(home: Home) -> set[str]:
    with closing(sqlite3.connect(f"file:{home.archive}?mode=ro", uri=True)) as connection:
        return {title for (title,) in connection.execute("SELECT title FROM articles")}


def test_a_signal_that_comes_while_it_starts_ends_it_too(home, site) -> None:
    home.configure(sources=[source(publish(site, "Rien"))])
    with home.start("run") as daemon:
        wait_until(lambda: home.archive.exists(), "the archive to be opened")
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0


# -------------------------------------------------------------------------------------------------- a new configuration


def configure(home: Home, site: NewsSite, hook: HookSink, *topics: str, crawler: str = QUICK, more: str = "", notify: str = "") -> None:
    home.configure(
        sources=[source(site.url("/feed"))],
        topics=topics or [topic("OTAN", "otan", ["hook"])],
        channels=[webhook("hook", hook.url), notify],
        crawler=crawler,
        more=more,
    )


@pytest.fixture
def daemon(home, site, hook) -> Iterator[Running]:
    """Running, on one feed, with the topic OTAN; it has polled once."""
    publish(site, "Rien")
    configure(home, site, hook)
    with home.start("run") as daemon:
        daemon.wait_for_log("new_articles=1")
        yield daemon
        if daemon.is_running:
            end(daemon)


def reload(daemon: Running, says: str = "configuration taken over") -> None:
    times = daemon.log.count(says)
    daemon.send(signal.SIGHUP)
    daemon.wait_for_log(says, times + 1)


def test_a_topic_that_is_added_on_sighup_counts_from_the_next_article(daemon, home, site, hook) -> None:
    configure(home, site, hook, topic("OTAN", "otan", ["hook"]), topic("Fibre", "fibre", ["hook"]))
    reload(daemon)
    publish(site, "La fibre au village", "Rien")
    wait_for_title(hook, "La fibre au village")
    assert [one.json["data"]["topic"] for one in hook.requests] == ["Fibre"]


def test_an_invalid_configuration_is_reported_with_its_keys_and_the_old_one_stays(daemon, home, site, hook) -> None:
    configure(home, site, hook, topic("OTAN", "otan AND (", ["hook"]), topic("Fibre", "fibre", ["hok"]))
    reload(daemon, "configuration not taken over")
    daemon.wait_for_log("topics.1.notify.0")
    assert "topics.0.query" in daemon.log
    publish(site, "L’OTAN", "Rien")
    wait_for_title(hook, "L’OTAN")


@pytest.mark.parametrize("text", [None, "not [toml"])
def test_a_configuration_that_cannot_be_read_is_reported_and_the_old_one_stays(daemon, home, site, hook, text) -> None:
    if text is None:
        home.config.unlink()
    else:
        home.write_config(text)
    reload(daemon, "configuration not taken over")
    publish(site, "L’OTAN", "Rien")
    wait_for_title(hook, "L’OTAN")


def test_a_channel_that_is_added_on_sighup_is_told(daemon, home, site, hook, mailbox) -> None:
    configure(home, site, hook, topic("OTAN", "otan", ["hook", "redaction"]), notify=email("redaction", mailbox.url))
    reload(daemon)
    publish(site, "L’OTAN", "Rien")
    assert mailbox.wait_for(1)[0].subject == "[OTAN] L’OTAN"
    hook.wait_for(1)


def test_another_archive_is_refused_on_sighup_and_nothing_of_that_configuration_is_taken_over(daemon, home, site, hook) -> None:
    configure(home, site, hook, topic("Fibre", "fibre", ["hook"]), more='[archive]\npath = "other.db"\n')
    reload(daemon, "another archive needs a restart")
    publish(site, "L’OTAN", "La fibre", "Rien")
    wait_for_title(hook, "L’OTAN")
    assert titles_at(hook) == ["L’OTAN"]
    assert not (home.folder / "other.db").exists()


def test_changed_crawler_settings_count_from_sighup_on_even_while_a_request_stalls(daemon, home, site, hook) -> None:
    site.stall("/feed")
    site.wait_for("/feed", site.count("/feed") + 1)
    configure(home, site, hook, crawler=QUICK + 'user_agent = "nouveau/2"\n')
    publish(site, "L’OTAN", "Rien")
    reload(daemon)
    wait_for_title(hook, "L’OTAN")
    assert site.requests[-1].headers["User-Agent"] == "nouveau/2"


def test_it_ends_in_time_also_when_it_is_asked_in_the_middle_of_a_reload(daemon, home, site, hook) -> None:
    site.stall("/feed")
    site.wait_for("/feed", site.count("/feed") + 1)
    configure(home, site, hook, crawler=QUICK + 'user_agent = "nouveau/2"\n')
    daemon.send(signal.SIGHUP)
    wait_until(lambda: any(one.headers["User-Agent"] == "nouveau/2" for one in site.requests) or "taken over" in daemon.log, "the reload", 30)
    daemon.terminate()
    assert daemon.wait(LONGEST_END_SECONDS) == 0


def test_a_source_that_was_removed_is_not_polled_any_more_and_one_that_was_added_is_at_once(daemon, home, site, hook) -> None:
    added = publish(site, "Tout nouveau", path="/added")
    home.configure(sources=[source(added)], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)])
    reload(daemon)
    known = site.count("/feed")
    site.wait_for("/added", 3)
    assert site.count("/feed") <= known + 1  # one may have been on its way


# ------------------------------------------------------------------------------------------------------ beside a daemon


@pytest.mark.parametrize("command", ["run", "poll"])
def test_a_second_writer_is_refused_with_the_process_id_of_the_first(daemon, home, command) -> None:
    done = home.quivive(command)
    assert done.status == 1
    assert f"process {daemon.pid}" in done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert daemon.is_running


def test_reading_commands_work_beside_it(daemon, home, site, hook) -> None:
    publish(site, "L’OTAN", "Rien")
    wait_for_title(hook, "L’OTAN")
    assert [one["title"] for one in home.quivive("search", "otan", "--json").lines] == ["L’OTAN"]
    assert home.quivive("status", "--json").json["writer_pid"] == daemon.pid
    assert len(home.quivive("sources", "--json").lines) == 1
    assert len(home.quivive("topics", "--json").lines) == 1
    assert len(home.quivive("alerts", "--json").lines) == 1
    assert len(home.quivive("export").lines) == 2
    assert home.quivive("check").status == 0
    assert home.quivive("backup", "copy.db").status == 0
    with closing(sqlite3.connect(home.folder / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM articles").fetchone() == (2,)


# ----------------------------------------------------------------------------------------------------------------- dying


def drop(table: str) -> Callable[[Home, Running], None]:
    def damage(home: Home, _: Running) -> None:
        with closing(sqlite3.connect(home.archive, timeout=20)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(f"DROP TABLE {table}")
            connection.commit()

    return damage


def fill_the_disk(home: Home, daemon: Running) -> None:
    """From here on its files may not grow."""
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (4096, 4096))


def delete(home: Home, _: Running) -> None:
    home.archive.unlink()


def overwrite(home: Home, _: Running) -> None:
    for path in (home.archive, home.archive.with_name("archive.db-wal")):
        with path.open("r+b") as file:
            file.write(b"garbage " * (path.stat().st_size // 8))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(drop("sources"), "no such table: sources", id="sources dropped"),
        pytest.param(drop("deliveries"), "no such table: deliveries", id="deliveries dropped"),
        pytest.param(drop("polls"), "no such table: polls", id="poll log dropped"),
        pytest.param(fill_the_disk, "disk", id="disk full"),
        pytest.param(delete, "archive.db", id="deleted"),
        pytest.param(overwrite, "archive.db", id="overwritten"),
    ],
)
def test_it_ends_with_a_reason_and_status_1_when_it_cannot_do_its_work(daemon, home, site, damage, reason) -> None:
    processes = daemon.workers()
    damage(home, daemon)
    publish(site, "L’OTAN", "Rien")
    assert daemon.wait() == 1
    assert reason in daemon.log.splitlines()[-1]
    assert "Traceback" not in daemon.log
    wait_until(lambda: are_gone(processes), "its workers to end")


def test_a_foreign_program_that_locks_the_archive_for_a_moment_only_delays_it(daemon, home, site, hook) -> None:
    with closing(sqlite3.connect(home.archive, isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        publish(site, "L’OTAN", "Rien")
        site.wait_for("/feed", site.count("/feed") + 2)
        connection.execute("ROLLBACK")
    wait_for_title(hook, "L’OTAN")


def test_a_worker_that_is_killed_from_outside_is_replaced(daemon, site, hook) -> None:
    for worker in daemon.workers():
        if "spawn_main" in " ".join(worker.cmdline()):
            worker.kill()
    publish(site, "L’OTAN", "Rien")
    wait_for_title(hook, "L’OTAN")


def test_it_needs_no_descriptor_or_memory_more_for_each_poll(daemon, site) -> None:
    process = psutil.Process(daemon.pid)
    site.wait_for("/feed", 3)
    before = process.num_fds()
    site.wait_for("/feed", 8)
    assert process.num_fds() <= before + 3
