"""A first look and an unchanged look at 1,000 feeds, beside other programs that people use for the same, in turns on the same site.

Each feed has 30 entries of about 1 kB, 30 kB in all, on a loopback address of its own. A first look starts with nothing but the list of
feeds; at the next one nothing has changed: who asks whether it has is told 304, who does not gets the same bytes. Wall time and CPU time
are those of the whole process with all its children, from its start to its end; the site runs in a process of its own on the same machine.

What the programs do of it is not the same. quivive archives, indexes, compares with 100 topics, places each entry in its story, and records
each poll; with a channel that keeps a digest. lemon24/reader archives in SQLite, without its search. newsboat keeps entries in SQLite,
sfeed in a file of lines a feed (and never asks whether something changed). rss2email makes a mail of each new entry (`--no-send`: it does
not hand them on) and keeps the ids, not the texts. reader and newsboat ask 20 feeds at a time, sfeed 8, which is its way, and rss2email one
after the other. After every look the entries are counted where the program keeps them; a wrong number ends the measurement.

reader and rss2email are installed from the package index into an environment of their own, in --folder, unless --peers names one.
newsboat and sfeed are taken from the PATH. Whatever is not there is left out, and named.

Run: python -m bench.peers [--peers VENV]
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from email.utils import formatdate
from html import escape
from pathlib import Path

from bench.common import (
    environment,
    make_parser,
    measure_pace,
    print_figure,
    print_load,
    print_machine,
    program,
    remove,
    working_folder,
    write_config,
)
from bench.french import make_paragraphs, make_title
from bench.matching import Inventor
from bench.site import NOT_MODIFIED, Answers, SitePlan, make_answer, running_site
from bench.steady import ALL_ADDRESSES, host

FEEDS, ENTRIES, CHARACTERS = 1_000, 30, 700
TOPICS = 100
AT_A_TIME = 20
FROM_THE_INDEX = ("reader~=3.26", "sgmllib3k", "rss2email~=3.14")
"""reader's own feedparser imports sgmllib, which reader 3.26 does not ask for."""
MINUTES_BETWEEN_ENTRIES = 60
OTHERS = ("reader", "rss2email", "newsboat", "sfeed")
LOOKS = ("first look", "unchanged look")

_ADD_TO_READER = """
import sys
from reader import make_reader
reader = make_reader("reader.sqlite")
for url in sys.stdin.read().split():
    reader.add_feed(url)
"""
_UPDATE_READER = f"""
from reader import make_reader
make_reader("reader.sqlite").update_feeds(workers={AT_A_TIME}, scheduled=False)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that reads feeds: how it is told which, called, and asked how many entries it has. All of it in a folder of its own."""

    name: str
    version: str
    prepare: Callable[[Path, list[str]], None]
    command: list[str]
    count: Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one look: on the wall, and of CPU, children included."""

    wall: float
    cpu: float


def main() -> None:
    """Look for the programs, let them look at the site in turns, and print how long each took beside ours."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--feeds", type=int, default=FEEDS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=Path, metavar="VENV", help="an environment in which reader and rss2email are installed")
    parser.add_argument("--only", metavar="NAME", choices=OTHERS, action="append", help="of the other programs only these")
    options = parser.parse_args()
    feeds, rounds = (10, 1) if options.quick else (options.feeds, options.rounds)
    print_machine("scrapy", "feedparser", "sqlite-utils")
    with working_folder(options.folder) as folder:
        peers = [quivive(), *found_peers(folder, options.only or OTHERS, options.peers)]
        print("beside    " + ", ".join(f"{peer.name} {peer.version}" for peer in peers[1:]), flush=True)
        taken = measure(folder.resolve(), peers, feeds, rounds)
    print_load()
    report(taken)


def found_peers(folder: Path, wanted: Sequence[str], venv: Path | None) -> list[Peer]:
    """Those of the other programs that are wanted and there. Names the others."""
    found: list[Peer | None] = []
    if {"reader", "rss2email"} & set(wanted):
        venv = venv or install_peers(folder / "peers-venv")
        found = [reader(venv), rss2email(venv)]
    there = {peer.name: peer for peer in (*found, newsboat(), sfeed()) if peer is not None}
    for name in wanted:
        if name not in there:
            print(f"{name} is not installed, and left out")
    return [peer for name, peer in there.items() if name in wanted]


def install_peers(venv: Path) -> Path:
    """An environment with what the package index has of them; an empty one where it cannot be reached."""
    if not (venv / "bin" / "pip").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--retries", "1", *FROM_THE_INDEX]
    done = subprocess.run(pip, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"reader and rss2email could not be installed: {done.stderr.strip().splitlines()[-1]}")
    return venv


def quivive() -> Peer:
    """The program itself; that of this tree, asked to poll once."""
    return Peer("quivive", "", prepare_quivive, program(Path("config.toml"), "poll", "--json"), count_quivive)


def prepare_quivive(folder: Path, urls: list[str]) -> None:
    """Feed text alone, 100 topics as people write them, and a digest that every topic is told in."""
    config = write_config(folder, urls, articles="feed")
    inventor = Inventor(random.Random(1), 300)
    lines = ['[channels.digest]\ntype = "feed"\npath = "digest.atom"\nwhen = "daily 08:00"']
    lines += [f"[entities.{key}]\nnames = {json.dumps(entity.names)}" for key, entity in inventor.entities().items()]
    lines += [
        f'[[topics]]\nname = {json.dumps(topic.name)}\nquery = {json.dumps(topic.query)}\nnotify = ["digest"]'
        for topic in map(inventor.topic, range(TOPICS))
    ]
    with config.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def count_quivive(folder: Path) -> int:
    """Articles that are archived, of which each stands in the index too."""
    return count_rows(folder / "archive.db", "articles")


def reader(venv: Path) -> Peer | None:
    """lemon24/reader, by the call that its own command makes."""
    python = venv / "bin" / "python"
    version = version_in(python, "reader")
    if not version:
        return None

    def prepare(folder: Path, urls: list[str]) -> None:
        subprocess.run([str(python), "-c", _ADD_TO_READER], input="\n".join(urls), cwd=folder, check=True, text=True)

    def count(folder: Path) -> int:
        return count_rows(folder / "reader.sqlite", "entries")

    return Peer("reader", version, prepare, [str(python), "-c", _UPDATE_READER], count)


def rss2email(venv: Path) -> Peer | None:
    """rss2email, which makes the mails and hands them to nobody."""
    version = version_in(venv / "bin" / "python", "rss2email")
    if not version:
        return None

    def prepare(folder: Path, urls: list[str]) -> None:
        lines = ["[DEFAULT]", "from = reader@example.org", "to = reader@example.org"]
        lines += [f"[feed.journal{number}]\nurl = {url}" for number, url in enumerate(urls)]
        (folder / "rss2email.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def count(folder: Path) -> int:
        feeds = json.loads((folder / "rss2email.json").read_text(encoding="utf-8"))["feeds"]
        return sum(len(feed["seen"]) for feed in feeds)

    command = [str(venv / "bin" / "r2e"), "-c", "rss2email.cfg", "-d", "rss2email.json", "run", "--no-send"]
    return Peer("rss2email", version, prepare, command, count)


def newsboat() -> Peer | None:
    """Newsboat without its screen."""
    path = shutil.which("newsboat")
    if path is None:
        return None

    def prepare(folder: Path, urls: list[str]) -> None:
        (folder / "urls").write_text("\n".join(urls) + "\n", encoding="utf-8")
        (folder / "config").write_text(f"reload-threads {AT_A_TIME}\n", encoding="utf-8")

    def count(folder: Path) -> int:
        return count_rows(folder / "cache.db", "rss_item")

    version = subprocess.run([path, "--version"], capture_output=True, check=True, text=True).stdout.split()[1]
    return Peer("newsboat", version, prepare, [path, "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"], count)


def sfeed() -> Peer | None:
    """sfeed, with curl, as its documentation has it."""
    path = shutil.which("sfeed_update")
    if path is None or shutil.which("curl") is None:
        return None

    def prepare(folder: Path, urls: list[str]) -> None:
        lines = [f'\tfeed "journal {number}" "{url}"' for number, url in enumerate(urls)]
        text = "\n".join([f'sfeedpath="{folder}/feeds"', "feeds() {", *lines, "}", ""])
        (folder / "sfeedrc").write_text(text, encoding="utf-8")

    def count(folder: Path) -> int:
        return sum(file.read_bytes().count(b"\n") for file in (folder / "feeds").iterdir())

    return Peer("sfeed", "with curl", prepare, [path, "sfeedrc"], count)


def version_in(python: Path, distribution: str) -> str:
    """The version of what is installed for that interpreter; nothing where it is not."""
    asked = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    try:
        return subprocess.run([str(python), "-c", asked], check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def count_rows(database: Path, table: str) -> int:
    """How many rows a table has."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def measure(folder: Path, peers: list[Peer], feeds: int, rounds: int) -> dict[str, dict[str, list[Taken]]]:
    """Let every program look twice in every round, from nothing; seconds by program and look."""
    taken: dict[str, dict[str, list[Taken]]] = {peer.name: {look: [] for look in LOOKS} for peer in peers}
    plan = SitePlan((ALL_ADDRESSES,), make_answers, (feeds, int(time.time())))
    with running_site(plan) as site:
        urls = [f"http://{host(number)}:{site.port}/feed/{number}" for number in range(feeds)]
        for turn in range(rounds):
            for peer in peers[turn % len(peers) :] + peers[: turn % len(peers)]:
                own = folder / peer.name
                remove(own)
                own.mkdir()
                peer.prepare(own, urls)
                for look in LOOKS:
                    before = site.cpu_seconds()
                    taken[peer.name][look].append(one := look_once(peer, own, feeds * ENTRIES))
                    print(
                        f"{peer.name:10} {look:15} {one.wall:6.2f} s, CPU {one.cpu:6.2f}; site {site.cpu_seconds() - before:.2f}; "
                        f"pace {measure_pace():.2f} ms",
                        flush=True,
                    )
    return taken


def look_once(peer: Peer, folder: Path, entries: int) -> Taken:
    """Run a program to its end. It must have all entries then."""
    with (folder / "log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(peer.command, cwd=folder, env=environment(HOME=str(folder)), stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or (found := peer.count(folder)) != entries:
        raise SystemExit(f"{peer.name} ended with {process.returncode}, and has {found} of {entries} entries; see {folder / 'log'}")
    return Taken(wall, used.ru_utime + used.ru_stime)


def make_answers(port: int, feeds: int, now: int) -> Answers:
    """The feeds, not compressed, since not all of the programs ask for that."""
    answers: Answers = {}
    for number in range(feeds):
        path = f"/feed/{number}".encode()
        body = make_feed(number, f"http://{host(number)}:{port}", now)
        answers[path] = make_answer(body, "application/rss+xml", 'ETag: "one"', compress=False)
        answers[b"304 " + path] = NOT_MODIFIED
    return answers


def make_feed(number: int, base: str, now: int) -> bytes:
    """A feed with its newest entry of `now` (seconds since 1970), each of the others an hour before the one above it."""
    chance = random.Random(number)
    items = "".join(_item(chance, f"{base}/article/{place}", now - 60 * MINUTES_BETWEEN_ENTRIES * place) for place in range(ENTRIES))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Journal {number}</title><link>{base}/</link><language>fr-FR</language>{items}</channel></rss>""".encode()


def _item(chance: random.Random, link: str, moment: int) -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in make_paragraphs(chance, CHARACTERS))
    return f"""<item><title>{escape(make_title(chance))}</title><link>{link}</link><guid isPermaLink="true">{link}</guid>
<pubDate>{formatdate(moment)}</pubDate><description>{escape(text)}</description></item>
"""


def report(taken: dict[str, dict[str, list[Taken]]]) -> None:
    """Medians, and our part of each other program's in the same round."""
    for look in LOOKS:
        ours = taken["quivive"][look]
        for name, looks in taken.items():
            print_figure(f"{look}, {name}: wall time", [one.wall for one in looks[look]], "s")
            print_figure("    CPU time", [one.cpu for one in looks[look]], "s")
            if name != "quivive":
                print_ratio("    ratio to it, wall time", [(mine.wall, its.wall) for mine, its in zip(ours, looks[look], strict=True)])
                print_ratio("    ratio to it, CPU time", [(mine.cpu, its.cpu) for mine, its in zip(ours, looks[look], strict=True)])


def print_ratio(name: str, pairs: Iterable[tuple[float, float]]) -> None:
    """The median of what ours took by what the other took: under 1 is faster."""
    print_figure(name, [mine / its for mine, its in pairs], "")


if __name__ == "__main__":
    main()
