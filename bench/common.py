"""What the benchmarks share: the machine they ran on, running the program on a configuration, and printing figures."""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent


def make_parser(description: str) -> argparse.ArgumentParser:
    """Options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke run of seconds: shows that it works, its figures mean nothing")
    parser.add_argument(
        "--folder", type=Path, help="where to work, and to keep what was made for the next run (default: a temporary folder)"
    )
    return parser


@contextlib.contextmanager
def working_folder(given: Path | None) -> Iterator[Path]:
    """The folder that was asked for, or one that disappears."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="quivive-bench-") as folder:
        yield Path(folder)


def print_machine(*libraries: str) -> None:
    """On what the figures were measured. Load from other programs at the start makes absolute figures worth little; ratios hold better."""
    memory = psutil.virtual_memory()
    print(f"machine   {_cpu_model()}, {os.cpu_count()} cores, {memory.total / 2**30:.0f} GiB, {platform.platform()}")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in libraries]
    print(f"python    {platform.python_version()}; {', '.join(versions)}")
    print_load()


def print_load() -> None:
    """How busy the machine is, as `uptime` says."""
    print("load      " + " ".join(f"{value:.2f}" for value in os.getloadavg()) + " (1, 5, 15 min)", flush=True)


def measure_pace() -> float:
    """Milliseconds that a fixed piece of plain Python takes: how fast the machine is at this moment.

    On a shared machine that can change by a factor of two from one second to the next, without showing in the load.
    """
    started = time.perf_counter()
    total = 0
    for number in range(20_000):
        total += number * number
    return 1000 * (time.perf_counter() - started)


def _cpu_model() -> str:
    with contextlib.suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def print_figure(name: str, values: Sequence[float], unit: str, goal: str = "") -> None:
    """The median, and all the rounds behind it."""
    rounds = f"  [{' '.join(f'{value:.4g}' for value in values)}]" if len(values) > 1 else ""
    print(f"{name:<58} {statistics.median(values):>10.4g} {unit}{f'  (goal: {goal})' if goal else ''}{rounds}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


@dataclass(slots=True)
class Footprint:
    """What a process and its children took, from outside. Bytes and seconds."""

    main_peak: int = 0
    worker_peak: int = 0
    main_cpu: float = 0.0
    workers_cpu: dict[int, float] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        """CPU time of all processes together."""
        return self.main_cpu + sum(self.workers_cpu.values())


class Watcher:
    """Samples the memory and CPU time of a process and its children, ten times a second."""

    def __init__(self, pid: int) -> None:
        self.footprint = Footprint()
        self._process = psutil.Process(pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> Footprint:
        """Stop watching; returns the peaks up to now."""
        self._stop.set()
        self._thread.join()
        return self.footprint

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                self._sample()

    def _sample(self) -> None:
        seen = self.footprint
        seen.main_peak = max(seen.main_peak, self._process.memory_info().rss)
        times = self._process.cpu_times()
        seen.main_cpu = times.user + times.system
        for child in self._process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if "multiprocessing.resource_tracker" in " ".join(child.cmdline()):
                    continue
                seen.worker_peak = max(seen.worker_peak, child.memory_info().rss)
                times = child.cpu_times()
                seen.workers_cpu[child.pid] = times.user + times.system


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the program: its exit status, standard output, wall time in seconds, and footprint."""

    status: int
    output: str
    seconds: float
    footprint: Footprint

    @property
    def summary(self) -> dict[str, Any]:
        """The JSON that the command printed."""
        value: dict[str, Any] = json.loads(self.output)
        return value


def program(config: Path, *arguments: str) -> list[str]:
    """The command line of the program under measurement: this very tree, by this very Python."""
    return [sys.executable, "-m", "quivive", "--config", str(config), *arguments]


def environment(**more: str) -> dict[str, str]:
    """Ours, with this tree to import from; what Python compiles of it is kept, as of a program that is installed."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**ours, "PYTHONPATH": str(ROOT), **more}


def run_program(config: Path, *arguments: str, **variables: str) -> Run:
    """Run the program to its end; its failure is ours. Its log goes to a file beside the configuration."""
    with config.with_suffix(".log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(program(config, *arguments), stdout=subprocess.PIPE, stderr=log, env=environment(**variables), text=True)
        watcher = Watcher(process.pid)
        output, _ = process.communicate()
        seconds = time.perf_counter() - started
    run = Run(process.returncode, output, seconds, watcher.end())
    if run.status != 0:
        raise SystemExit(f"quivive {' '.join(arguments)} ended with {run.status}; see {config.with_suffix('.log')}\n{output}")
    return run


def write_config(folder: Path, sources: Sequence[str], *, articles: str = "page", **crawler: str | int | bool) -> Path:
    """A configuration with these feeds, a few topics, and an archive of its own beside it. Any older archive there is deleted."""
    settings = {"delay_per_host": "0s", "concurrency_per_host": 16, "allow_addresses": ["127.0.0.0/8"], **crawler}
    lines = ['[archive]\npath = "archive.db"', '[log]\nlevel = "info"', "[crawler]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    lines += [f'[[sources]]\nurl = "{url}"\narticles = "{articles}"' for url in sources]
    lines += ['[entities.openai]\nnames = ["OpenAI", "ChatGPT"]', '[entities.otan]\nnames = ["OTAN", "Alliance atlantique"]']
    lines += [
        f"[[topics]]\nname = \"{name}\"\nquery = '{query}'"
        for name, query in (("a", "@openai AND @otan"), ("b", '"contrat militaire" satellite'))
    ]
    for name in folder.glob("archive.db*"):
        name.unlink()
    config = folder / "config.toml"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


def remove(folder: Path) -> None:
    """Delete a folder and all in it, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
