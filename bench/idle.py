"""What the daemon costs while there is nothing to do: CPU time as a share of one core.

50 sources were polled and none is due. The daemon runs for a while to settle; then the CPU time of its processes is read twice, 30 s apart.

Run: python -m bench.idle
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.common import (
    environment,
    make_parser,
    print_figure,
    print_load,
    print_machine,
    program,
    run_program,
    working_folder,
    write_config,
)
from bench.second_poll import hosts, make_answers
from bench.site import Answers, SitePlan, running_site

SOURCES = 50


def main() -> None:
    """Start the daemon on sources that are not due, let it settle, and print what share of a core it takes."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    settle, seconds, rounds = (1.0, 1.0, 1) if options.quick else (5.0, options.seconds, options.rounds)
    print_machine("apscheduler", "scrapy")
    with working_folder(options.folder) as folder, running_site(SitePlan(hosts(SOURCES), _answers)) as site:
        config = write_config(
            folder, [f"http://{host}:{site.port}/feed/{number}" for number, host in enumerate(hosts(SOURCES))], articles="feed"
        )
        run_program(config, "poll", "--json")
        with running_daemon(config) as daemon:
            time.sleep(settle)
            shares = [measure(daemon, seconds) for _ in range(rounds)]
    print_load()
    print_figure(f"idle daemon, {SOURCES} sources not due, over {seconds:g} s", shares, "% of one core", "< 1 %")


def _answers(port: int) -> Answers:
    return make_answers(port, SOURCES, with_etag=True)


@contextlib.contextmanager
def running_daemon(config: Path) -> Iterator[psutil.Process]:
    """`quivive run`, until the block ends."""
    with config.with_suffix(".log").open("ab") as log:
        daemon = subprocess.Popen(program(config, "run"), stdout=log, stderr=log, env=environment())
    try:
        yield psutil.Process(daemon.pid)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(20)


def measure(daemon: psutil.Process, seconds: float) -> float:
    """CPU time of the daemon and its children as percent of the time that passed."""
    before, started = cpu_seconds(daemon), time.perf_counter()
    time.sleep(seconds)
    return 100 * (cpu_seconds(daemon) - before) / (time.perf_counter() - started)


def cpu_seconds(daemon: psutil.Process) -> float:
    """CPU time so far. The kernel counts in ticks of 10 ms."""
    times = [process.cpu_times() for process in (daemon, *daemon.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


if __name__ == "__main__":
    main()
