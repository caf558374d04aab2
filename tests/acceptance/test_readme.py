"""The README tells the truth: its commands, flags, fields, statuses, files and targets exist, and its first five minutes work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import pytest

from monitors import KINDS, table_of
from news.query import parse_query
from news.topics import Entity
from quivive.cli import quivive
from quivive.cli.named_group import NamedGroup
from quivive.config import load_config
from quivive.config.model import SECTIONS, EntityTable, FeedTable, OpmlTable, TopicTable
from quivive.typed_times import make_moments
from tests.mailbox import HookSink, Mailbox, closed_port
from tests.news_site import NewsSite, article, item, rss
from tests.processes import Home, email, source, topic

PROJECT = Path(__file__).parents[2]
README = "\n".join((PROJECT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/running.md"))
"""The front page, and the one that it goes on with."""
COMMANDS_PAGE = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])

Path_ = tuple[str, ...]
"""A command as it is typed: ("alerts", "retry")."""


def commands(group: click.Command = quivive, path: Path_ = ()) -> Iterator[tuple[Path_, click.Command]]:
    """Every command that click knows, hidden ones too."""
    if path:
        yield path, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, (*path, name))


COMMANDS = dict(commands())
SHOWN = {path: command for path, command in COMMANDS.items() if not command.hidden}
HIDDEN = {path for path, command in COMMANDS.items() if command.hidden}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, cell by cell, without its head."""
    section = re.split(rf"^#+ {re.escape(heading)}$", README + COMMANDS_PAGE, flags=re.MULTILINE)[1]
    rows = re.search(r"^\|.*\|\n\|[-|]+\|\n((?:\|.*\|\n)+)", section, flags=re.MULTILINE)
    assert rows, heading
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in rows[1].splitlines()]


def usages() -> dict[Path_, str]:
    """What the table of commands says of each: the rest of its usage line."""
    found: dict[Path_, str] = {}
    for cell, _ in table("Commands"):
        words = re.fullmatch(r"`quivive (.+)`", cell)
        assert words, cell
        path, rest = _split(words[1].replace("\\|", "|").split())
        found[path] = " ".join(rest)
    return found


def _split(words: list[str]) -> tuple[Path_, list[str]]:
    path: Path_ = ()
    while words and (*path, words[0]) in COMMANDS:
        path, words = (*path, words[0]), words[1:]
    return path, words


def test_the_table_of_commands_holds_every_command_and_no_other():
    assert set(usages()) == set(SHOWN)


@pytest.mark.parametrize("path", SHOWN, ids=" ".join)
def test_a_usage_line_holds_every_flag_and_argument_of_its_command(path):
    usage = usages()[path]
    options = {
        name for parameter in SHOWN[path].params if isinstance(parameter, click.Option) for name in parameter.opts if name[:2] == "--"
    }
    arguments = {str(parameter.name).rstrip("s") for parameter in SHOWN[path].params if isinstance(parameter, click.Argument)}
    assert set(re.findall(r"--[a-z-]+", usage)) == options
    if isinstance(SHOWN[path], NamedGroup):
        arguments.add("name")
    words = re.findall(r"[A-Z]+", re.sub(r"--\w+ \S+", "", usage))
    assert {word.lower() for word in words} == arguments


@pytest.mark.parametrize("path", SHOWN, ids=" ".join)
def test_the_choices_of_a_flag_are_those_that_its_usage_line_gives(path):
    usage = usages()[path]
    for parameter in SHOWN[path].params:
        if isinstance(parameter.type, click.Choice):
            given = re.search(rf"{parameter.opts[0]} ([a-z_|]+)", usage)
            assert given
            for choice in given[1].split("|"):
                assert parameter.type.convert(choice, parameter, None) is not None
            assert len(given[1].split("|")) == len(parameter.type.choices)


def test_commands_that_are_yet_to_come_are_named_as_such():
    sentence = next((line for line in COMMANDS_PAGE.splitlines() if line.startswith("Not available in this version")), "")
    assert {tuple(name.split()) for name in re.findall(r"`quivive ([a-z ]+)`", sentence)} == HIDDEN


def test_every_command_that_is_shown_anywhere_exists_with_its_flags():
    flags_of_all = {name for parameter in quivive.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help", "-h"}
    for line in _command_lines():
        path, rest = _split(line.split())
        assert path in COMMANDS or line.startswith(("--config", "-")), line
        options = {name for parameter in COMMANDS[path].params for name in parameter.opts} if path in COMMANDS else set()
        assert {word for word in rest if re.fullmatch(r"--[a-z-]+", word)} <= options | flags_of_all, line


def _command_lines() -> list[str]:
    inline = re.findall(r"`quivive ([^`]+)`", README + COMMANDS_PAGE)
    blocks = "".join(re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
    shell = re.findall(r"^quivive (\S[^#\n]*)", blocks, re.MULTILINE)
    assert len(inline) > 10
    assert len(shell) > 5
    return [re.sub(r"[\[\]]", " ", line.replace("\\|", "|")).partition(" > ")[0].strip() for line in inline + shell]


def test_every_form_of_a_query_that_is_shown_can_be_read():
    for forms, _ in table("Queries"):
        for form in re.findall(r"`([^`]+)`", forms):
            alone = {"( )": "(a)", "NOT a": "b NOT a", "-a": "b -a"}.get(form, f"{form}a" if form.endswith(":") else form)
            moments = make_moments(datetime(2026, 3, 1, tzinfo=UTC), ZoneInfo("Europe/Paris"))
            asked = alone if not alone.startswith("until:") else "until:2026-03-01"
            assert parse_query(asked, {"otan": Entity("otan", ("OTAN",))}, moments=moments).text == asked


def test_every_target_of_make_that_is_named_exists():
    makefile = (PROJECT / "Makefile").read_text()
    for page in (README, (PROJECT / "CONTRIBUTING.md").read_text()):
        named = set(re.findall(r"(?:^|`|=\S+ )make ([a-z-]+)", page, flags=re.MULTILINE))
        assert named
        assert named <= set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_file_that_a_page_links_exists(page):
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


def test_every_key_of_the_configuration_is_in_the_readme_or_in_its_reference():
    text = README + (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    models = [*SECTIONS.values(), *map(table_of, KINDS), FeedTable, OpmlTable, EntityTable, TopicTable]
    keys = {key for model in models for key in model.written_keys()}
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()


SINGLE = {"poll", "preview", "show", "sources test", "status"}
"""Commands that print one object."""


class Answers:
    """What every command with JSON printed, on an archive in which each kind of thing has happened once."""

    def __init__(self, folder: Path, site: NewsSite, hook: HookSink) -> None:
        self.home = Home(folder)
        self._article = site.page("/wanted", article("L’OTAN écoute"))
        entry = item("L’OTAN écoute", site.url("/wanted"))
        site.publish_feed("/feed", rss(entry, item("Introuvable", site.url("/missing"))))
        sources = [source(site.url("/feed"), "Le Journal"), source(f"http://127.0.0.1:{closed_port()}/feed")]
        channels = [f'[channels.hook]\ntype = "webhook"\nurl = "{hook.url}"\n', email("broken", f"smtp://127.0.0.1:{closed_port()}")]
        self.home.configure(sources=sources, topics=[topic("OTAN", "otan", ["hook", "broken"])], channels=channels)
        self.before = self.home.quivive("search", "otan")
        self.polled = self.home.quivive("poll", "--json")
        site.publish_feed("/feed", rss(item("Tout autre chose", site.url("/elsewhere"))))
        self.home.quivive("poll", "Le Journal", "--json")
        self.home.quivive("mute", "OTAN", "--for", "1h")
        self._known: dict[str, Any] = {"poll": self.polled.json, "export": self.home.quivive("export").lines}

    def of(self, command: str) -> Any:
        """The value that the command prints, or the list of its lines."""
        if command not in self._known:
            more = {
                "search": ["otan"],
                "preview": ["otan", "--since", "2025-01-01"],
                "show": [self._article],
                "sources test": ["Le Journal"],
            }
            done = self.home.quivive(*command.split(), *more.get(command, []), "--json")
            assert done.status == 0, done.err
            self._known[command] = done.json if command in SINGLE else done.lines
        return self._known[command]

    def at(self, place: str) -> dict[str, Any]:
        """The first object at a place such as `alerts.deliveries[]`."""
        command, *steps = place.split(".")
        found = [self.of(command)] if command in SINGLE else self.of(command)
        for step in steps:
            found = [one[step.removesuffix("[]")] for one in found]
            found = [inner for one in found for inner in one] if step.endswith("[]") else [one for one in found if one]
        assert found, f"nothing was printed at {place}"
        return found[0]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    with NewsSite() as site, HookSink() as hook:
        yield Answers(tmp_path_factory.mktemp("readme"), site, hook)


NOT_HERE = {
    "status.unread_pages[]",  # needs dozens of pages: tests/integration/storage/test_unread_pages.py compares its fields
    "show.corrections_due[]",  # needs two edits in an hour
    "alerts.story_differences[]",
    "show.story_differences[]",  # needs a story: tests/acceptance/test_stories.py compares its fields
    "alerts.surge",  # needs weeks
    "alerts.surge.bars[]",
    "alerts.surge.latest[]",
}
"""What does not happen in the answers below."""


@pytest.mark.parametrize(
    ("place", "fields"), [(cells[0].strip("`"), cells[1]) for cells in table("JSON") if cells[0].strip("`") not in NOT_HERE]
)
def test_an_object_in_json_has_the_fields_that_are_listed_in_their_order(answers, place, fields):
    assert list(answers.at(place)) == re.findall(r"`(\w+)`", fields)


def test_every_command_with_json_has_its_fields_listed():
    listed = {cells[0].strip("`").split(".")[0].partition(" --")[0] for cells in table("JSON")}
    assert listed == {" ".join(path) for path, usage in usages().items() if "--json" in usage} - {"poll"} | {"export"}


def test_poll_prints_the_object_that_is_shown(answers):
    shown = json.loads(re.findall(r"^```json\n(.*?)^```", COMMANDS_PAGE, re.MULTILINE | re.DOTALL)[0])
    assert shapes(answers.of("poll")) == shapes(shown)


def shapes(value: Any) -> Any:
    return {key: shapes(one) for key, one in value.items()} if isinstance(value, dict) else type(value)


def test_the_statuses_that_are_listed_are_those_of_the_program():
    assert [cells[0] for cells in table("Exit status")] == ["0", "1", "2"]


def test_a_missing_archive_and_a_source_that_fails_are_status_1(answers):
    assert (answers.before.status, answers.polled.status) == (1, 1)
    assert answers.polled.json["sources"] == {"polled": 2, "unchanged": 0, "failed": 1}


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (0, ["check"]),
        (1, ["poll", "Le Journal"]),  # a message waits for the broken channel
        (0, ["search", "introuvabilissime"]),
        (0, ["alerts", "--status", "dead"]),
        (0, ["alerts", "test", "hook"]),
        (1, ["alerts", "test", "broken"]),
        (1, ["backup", "config.toml"]),
        (2, ["alerts", "test", "nobody"]),
        (2, ["alerts", "retry", "nothing"]),
        (2, ["poll", "nobody"]),
        (2, ["search", "(otan"]),
        (2, ["--config", "nowhere.toml", "check"]),
        *((2, [*path, "x"]) for path in sorted(HIDDEN)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_command_ends_with_the_status_that_the_table_says(answers, status, arguments):
    done = answers.home.quivive(*arguments)
    assert (done.status, "Traceback" in done.err) == (status, False), done.err
    assert (tuple(arguments[:-1]) in HIDDEN) == ("not available in this version" in done.err)


def marked(kind: str) -> list[str]:
    """The code blocks under a mark `<!-- walkthrough: kind -->`."""
    return re.findall(rf"^<!-- walkthrough: {re.escape(kind)} -->\n```\w+\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
def test_a_configuration_that_is_shown_is_valid(tmp_path, block):
    (tmp_path / "config.toml").write_text(block, encoding="utf-8")
    configuration = load_config(tmp_path / "config.toml", {"SMTP_USER": "veilleur", "SMTP_PASSWORD": "secret"})
    assert configuration.topics or configuration.web


def test_the_installation_uses_this_makefile_and_its_environment():
    (block,) = marked("install")
    makefile = (PROJECT / "Makefile").read_text()
    assert "make install\n" in block
    assert re.search(r"^install:", makefile, re.MULTILINE)
    assert f"$PWD/{re.search(r'^VENV [?]= (.+)$', makefile, re.MULTILINE)[1]}/bin:$PATH" in block


def test_the_first_five_minutes_end_with_an_alert_by_mail_and_by_webhook(tmp_path):
    user, password = re.search(r"SMTP_USER='(.+)' SMTP_PASSWORD='(.+)'", marked("shell")[0]).groups()
    with NewsSite() as site, Mailbox("starttls", {user: password}, login_required=True) as mailbox, HookSink() as hook:
        site.page("/openai", article("OpenAI ouvre un bureau à Paris"))
        site.publish_feed("/feed", rss(item("OpenAI ouvre un bureau à Paris", site.url("/openai")), item("Rien", site.url("/openai?rien"))))
        done = follow_the_readme(tmp_path, {
            "https://www.numerama.com/feed/": site.url("/feed"),
            "mail.example.org:587": f"127.0.0.1:{mailbox.port}",
            "https://example.org/hooks/quivive": hook.url,
        }, mailbox.write_ca(tmp_path / "ca.pem"))  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert [mail.subject for mail in mailbox.mails[1:]] == ["[OpenAI] OpenAI ouvre un bureau à Paris"]
        assert mailbox.mails[0].subject.startswith("[TEST]")
        assert all(mail.encrypted and mail.username == user for mail in mailbox.mails)
        assert [request.json["type"] for request in hook.requests] == ["alert.test", "alert.created"]
    assert "ALERT OpenAI" in done.stdout
    assert re.search(r"^alerts +1, 1 in the last 24 h$", done.stdout.partition("veille-backup.db:")[2], re.MULTILINE)


def follow_the_readme(home: Path, addresses: dict[str, str], authorities: str) -> subprocess.CompletedProcess[str]:
    """Type what the README says, with these addresses for the ones it shows, in a shell that stops at the first mistake."""
    first, *others = marked("shell")
    (configuration,) = marked("config.toml")
    for shown, real in addresses.items():
        assert shown in configuration
        configuration = configuration.replace(shown, real)
    # This machine may only be fetched from where that is said; a real site needs no such line.
    configuration = configuration.replace("[crawler]\n", '[crawler]\nallow_addresses = ["127.0.0.0/8"]\n')
    writing = f"cat > config.toml <<'END OF CONFIGURATION'\n{configuration}END OF CONFIGURATION\n"
    command = home / "bin" / "quivive"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m quivive "$@"\n')
    command.chmod(0o755)
    environ = {
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "LC_MESSAGES": "en",
        "HOME": str(home),
        "PYTHONPATH": str(PROJECT),
        "SSL_CERT_FILE": authorities,
    }
    script = "\n".join([first, writing, *others])
    return subprocess.run(["bash", "-eu", "-c", script], cwd=home, env=environ, capture_output=True, text=True, timeout=50, check=False)
