"""What is nobody’s fault: memory short for a while, workers killed, signals for the whole group. The real command, each time."""

from __future__ import annotations

import os
import resource
import signal

import psutil
import pytest

from tests.mailbox import HookSink
from tests.news_site import NewsSite, article, item, rss
from tests.processes import Home, source, story, topic, wait_until, webhook

SQUEEZED = 50_000_000
"""Bytes of address space: less than the program has already, so that it gets no more, and too few for a worker to start."""


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def publish(site: NewsSite, path: str, *titles: str) -> str:
    pages = [(title, site.page(f"{path}/{number}", story(title))) for number, title in enumerate(titles)]
    return site.publish_feed(path, rss(*(item(title, page) for title, page in pages)))


def test_a_daemon_whose_memory_was_withdrawn_with_its_workers_goes_on_when_it_is_back(home) -> None:
    with NewsSite() as site, HookSink() as hook:
        home.configure(
            sources=[source(publish(site, "/feed", "Rien"))], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)]
        )
        with home.start("run") as daemon:
            daemon.wait_for_log("new_articles=1")
            before = resource.prlimit(daemon.pid, resource.RLIMIT_AS)
            resource.prlimit(daemon.pid, resource.RLIMIT_AS, (SQUEEZED, before[1]))
            for worker in daemon.workers():
                worker.kill()
            publish(site, "/feed", "Rien", "L’OTAN")
            daemon.wait_for_log("documents wait, since no worker process can be started")
            resource.prlimit(daemon.pid, resource.RLIMIT_AS, before)
            assert [request.json["data"]["article"]["title"] for request in hook.wait_for(1)] == ["L’OTAN"]
            daemon.terminate()
            assert daemon.wait(10) == 0
            assert daemon.log.count("could be started again") == 1
            assert "Traceback" not in daemon.log


def test_workers_that_are_killed_while_they_read_cost_nothing(home) -> None:
    laborious = article("L’OTAN", "<b>x</b>" * 15_000)
    with NewsSite() as site, HookSink() as hook:
        home.configure(
            sources=[source(publish(site, "/feed", "Rien"))],
            topics=[topic("OTAN", "otan", ["hook"])],
            channels=[webhook("hook", hook.url)],
        )
        with home.start("run") as daemon:
            daemon.wait_for_log("new_articles=1")
            known = {worker.pid: worker.cpu_times().user for worker in daemon.workers()}
            site.publish_feed("/feed", rss(item("L’OTAN", site.page("/a", laborious))))
            site.wait_for("/a")
            wait_until(lambda: any(_seconds(worker) > known.get(worker.pid, 1) + 0.2 for worker in daemon.workers()), "a worker to be busy")
            for worker in daemon.workers():
                worker.kill()
            assert [request.json["data"]["article"]["title"] for request in hook.wait_for(1)] == ["L’OTAN"]
            daemon.terminate()
            assert daemon.wait(10) == 0
            assert "Traceback" not in daemon.log


def _seconds(worker: psutil.Process) -> float:
    """CPU time; none of one that is gone."""
    try:
        return worker.cpu_times().user
    except psutil.Error:
        return 0.0


@pytest.mark.parametrize("command", ["poll", "run"])
def test_a_signal_for_the_whole_group_ends_it_without_a_word_of_a_bug(home, command) -> None:
    laborious = article("Un pavé", "<b>x</b>" * 400_000)
    with NewsSite() as site:
        feed = site.publish_feed("/feed", rss(item("Un pavé", site.page("/a", laborious))))
        home.configure(sources=[source(feed)])
        with home.start(command) as daemon:
            site.wait_for("/a")
            for process in [*daemon.workers(), psutil.Process(daemon.pid)]:
                os.kill(process.pid, signal.SIGTERM)
            daemon.wait(10)
            assert "Traceback" not in daemon.log
            assert "not foreseen" not in daemon.log
            assert "worker_crashed" not in daemon.log


@pytest.mark.parametrize("reloads", [False, True], ids=["idle", "reload"])
def test_a_daemon_without_memory_ends_in_time_when_it_is_asked_to(home, reloads) -> None:
    with NewsSite() as site:
        home.configure(sources=[source(publish(site, "/feed", "Rien"))], topics=[topic("OTAN", "otan")])
        with home.start("run") as daemon:
            daemon.wait_for_log("new_articles=1")
            limit = resource.prlimit(daemon.pid, resource.RLIMIT_AS)[1]
            resource.prlimit(daemon.pid, resource.RLIMIT_AS, (SQUEEZED, limit))
            if reloads:
                home.configure(sources=[source(site.url("/feed"))], topics=[topic("OTAN", "otan"), topic("Fibre", "fibre")])
                daemon.send(signal.SIGHUP)
            daemon.terminate()
            assert daemon.wait(10) == 0
