"""Beginning: `quivive init`, what is said to whoever mistypes, and what the shell offers when Tab is pressed."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import PROJECT, Home, source, topic

ENGLISH = {"LC_ALL": "en_GB.UTF-8"}


@pytest.mark.parametrize(("language", "word"), [("en_GB.UTF-8", "# What quivive watches"), ("fr_FR.UTF-8", "# Ce que quivive surveille")])
def test_init_writes_a_commented_configuration_that_works_as_it_is(home, language, word) -> None:
    done = home.call("init", "veille", env={"LC_ALL": language})
    written = home.folder / "veille" / "config.toml"
    assert (done.status, done.err) == (0, "")
    assert str(Path("veille") / "config.toml") in done.out
    assert written.read_text(encoding="utf-8").startswith(word)
    assert stat.S_IMODE(written.stat().st_mode) & 0o137 == 0
    checked = Home(written.parent).call("check", env=ENGLISH)
    assert checked.status == 0
    assert "warning" not in checked.out


def test_both_first_configurations_say_the_same(home) -> None:
    said = []
    for language in ("en_GB.UTF-8", "fr_FR.UTF-8"):
        folder = home.folder / language
        home.call("init", str(folder), env={"LC_ALL": language})
        said.append([line.partition("=")[0] for line in (folder / "config.toml").read_text(encoding="utf-8").splitlines() if "=" in line])
    assert [len(lines) for lines in said] == [len(said[0])] * 2


def test_init_says_what_to_do_next_with_commands_that_exist(home) -> None:
    done = home.call("init", env=ENGLISH)
    commands = [line.split("#")[0].split() for line in done.out.splitlines() if line.startswith("  quivive ")]
    assert commands[0] == ["quivive", "check"]
    for _, command, *_ in commands:
        assert home.call(command, "--help").status == 0


def test_init_overwrites_nothing(home) -> None:
    home.write_config("# mine")
    done = home.call("init", env=ENGLISH)
    assert (done.status, done.out) == (2, "")
    assert "config.toml is there already, and is not overwritten" in done.err
    assert home.config.read_text() == "# mine"


def test_init_into_a_place_that_is_no_folder_says_so(home) -> None:
    (home.folder / "file").write_text("")
    done = home.call("init", "file", env=ENGLISH)
    assert done.status != 0
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serch OTAN", "'search'"),
        ("alerts retri", "'retry'"),
        ("search --jsonn OTAN", "--json"),
        ("search OTAN --limt 3", "--limit"),
        ("preview --sinc 3d OTAN", "--since"),
        ("status --jason", "--json"),
    ],
)
def test_what_does_not_exist_is_an_error_that_names_what_was_meant(home, typed, meant) -> None:
    home.configure(topics=[topic("OTAN", "otan")])
    done = home.call(*typed.split(), env=ENGLISH)
    assert (done.status, done.out) == (2, "")
    assert meant in done.err.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments", [["-Microsoft"], ["-hier"], ["--json", "-mot"], ["--limit", "3", "--", "-mot"], ["--limit=3", "-mot"]]
)
def test_a_query_may_begin_with_a_dash(home, arguments) -> None:
    home.configure()
    done = home.call("search", *arguments, env=ENGLISH)
    assert done.status == 2
    assert "only says what must be absent" in done.err or "absent" in done.err  # it was read as a query


def test_an_option_without_its_value_is_told_as_such(home) -> None:
    home.configure()
    assert "requires an argument" in home.call("search", "OTAN", "--limit", env=ENGLISH).err


def test_without_a_command_the_commands_are_listed(home) -> None:
    done = home.call(env=ENGLISH)
    assert "search" in done.out + done.err
    assert "Traceback" not in done.err


def complete(home: Home, words: str, shell: str = "bash") -> list[str]:
    """What the shell is offered for the last word."""
    program = "import sys; sys.argv[0] = 'quivive'; from quivive.__main__ import main; main()"
    environ = home.environ(_QUIVIVE_COMPLETE=f"{shell}_complete", COMP_WORDS=words, COMP_CWORD=str(words.count("|")), **ENGLISH)
    environ["COMP_WORDS"] = words.replace("|", " ")
    if shell == "fish":
        environ["COMP_CWORD"] = words.rsplit("|", maxsplit=1)[-1]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=home.folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


HOOK = '[channels.{name}]\ntype = "webhook"\nurl = "${{NOT_SET}}"\n'


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("quivive|sta", ["plain,status"]),
        ("quivive|poll|le", ["plain,Le\\ Journal"]),
        ("quivive|search|--source|G", ["plain,Gazette"]),
        ("quivive|search|--topic|", ["plain,OTAN", "plain,Fibre"]),
        ("quivive|preview|--topic|o", ["plain,OTAN"]),
        ("quivive|alerts|test|", ["plain,redaction", "plain,astreinte"]),
        ("quivive|search|--js", ["plain,--json"]),
    ],
)
def test_tab_offers_commands_options_and_names_without_any_secret(home, words, offered) -> None:
    home.configure(
        sources=[source("https://a.example/feed", "Le Journal"), source("https://b.example/feed", "Gazette")],
        topics=[topic("OTAN", "otan"), topic("Fibre", "fibre")],
        channels=[HOOK.format(name="redaction"), HOOK.format(name="astreinte")],
    )
    assert complete(home, words) == offered


def test_tab_offers_nothing_where_no_configuration_can_be_read(home) -> None:
    assert complete(home, "quivive|poll|") == []
    home.write_config("[[sources")
    assert complete(home, "quivive|poll|") == []


def test_the_documentation_tells_how_the_shell_learns_of_it() -> None:
    assert "_QUIVIVE_COMPLETE=bash_source" in (PROJECT / "docs" / "installing.md").read_text(encoding="utf-8")
