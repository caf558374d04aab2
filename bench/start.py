"""How long short commands take from nothing to their end: `--help`, `check`, `search`, `status`.

Each is run as a user's shell would, in turn, on an archive of a few articles; Python's own start with an empty program is printed beside.
CPU time is printed as well: on an idle machine both agree, on a busy one only it says what the command itself takes.

Run: python -m bench.start
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

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

COMMANDS = {"--help": ["--help"], "check": ["check"], "search": ["search", "société"], "status": ["status"]}
_GOALS = {"quivive --help": "< 0.15 s", "quivive search": "< 0.25 s"}
SOURCES = 5


def main() -> None:
    """Run every command in turn, as often as asked, and print how long each took."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    print_machine("click", "pydantic", "sqlite-utils")
    with working_folder(options.folder) as folder:
        config = make_archive(folder)
        commands = {"python -c pass": [sys.executable, "-c", "pass"]}
        commands |= {f"quivive {name}": program(config, *arguments) for name, arguments in COMMANDS.items()}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(run(command))
    for name, taken in times.items():
        print_figure(f"{name}: wall time", [wall for wall, _ in taken], "s", _GOALS.get(name, ""))
        print_figure(f"{name}: CPU time", [cpu for _, cpu in taken], "s")
    print_load()


def make_archive(folder: Path) -> Path:
    """A small archive and its configuration."""
    with running_site(SitePlan(hosts(SOURCES), _answers)) as site:
        config = write_config(
            folder, [f"http://{host}:{site.port}/feed/{number}" for number, host in enumerate(hosts(SOURCES))], articles="feed"
        )
        run_program(config, "poll", "--json")
    return config


def _answers(port: int) -> Answers:
    return make_answers(port, SOURCES, with_etag=True)


def run(command: list[str]) -> tuple[float, float]:
    """The wall time and the CPU time of a command, in seconds."""
    before, started = _children_cpu(), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(), check=False, text=True)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return seconds, _children_cpu() - before


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
