"""Sources are added to a configuration, and every other byte of it stays as it was."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from news.errors import NotEdited
from quivive.config.editing import NewSource, add_sources
from quivive.config.replacing import rewrite
from quivive.starting import read_first_configuration

NEW = NewSource("https://new.example/feed", "Né le « 1er »", "10m", ("tech", "IA"))
TABLE = '[[sources]]\nurl = "https://new.example/feed"\nname = "Né le « 1er »"\ninterval = "10m"\ntags = ["tech", "IA"]\n'
INLINE = '{ url = "https://new.example/feed", name = "Né le « 1er »", interval = "10m", tags = ["tech", "IA"] }'


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("", TABLE),
        ("# only a comment\n", f"# only a comment\n\n{TABLE}"),
        ("[crawler]\ninterval = '5m' # no end", f"[crawler]\ninterval = '5m' # no end\n\n{TABLE}"),
        ("[crawler]\ninterval = '5m'\n\n\n", f"[crawler]\ninterval = '5m'\n\n{TABLE}\n"),
        (
            '[[sources]] # a\nurl = "x" # b\n# name = "c"\n\n# About topics.\n[[topics]]\n',
            f'[[sources]] # a\nurl = "x" # b\n# name = "c"\n\n{TABLE}\n# About topics.\n[[topics]]\n',
        ),
        ('[[sources]]\nurl = "x"\n# About topics.\n[[topics]]\n', f'[[sources]]\nurl = "x"\n\n{TABLE}\n# About topics.\n[[topics]]\n'),
        ('[[sources]]\nurl = "x"\n[[topics]]\n', f'[[sources]]\nurl = "x"\n\n{TABLE}\n[[topics]]\n'),
        ('[[sources]]\ntags = [\n "a", # é\n]\n', f'[[sources]]\ntags = [\n "a", # é\n]\n\n{TABLE}'),
        (
            '[[sources]]\nurl = "x"\n[sources.headers]\nA = "b"\n\n[log]\n',
            f'[[sources]]\nurl = "x"\n[sources.headers]\nA = "b"\n\n{TABLE}\n[log]\n',
        ),
        ('[["sources"]]\nurl = "x"\n', f'[["sources"]]\nurl = "x"\n\n{TABLE}'),
        ("sources = []  # none\n[log]\n", f"sources = [{INLINE}]  # none\n[log]\n"),
        ('sources = [{ url = "a" }]\n', f'sources = [{{ url = "a" }}, {INLINE}]\n'),
        ('sources = [{ url = "a" },]\n', None),
        ('sources = [\n  { url = "a" } # é\n]\n', f'sources = [\n  {{ url = "a" }}, # é\n  {INLINE},\n]\n'),
        ('sources = [\n  { url = "a" }, # b\n  # c\n]\n', f'sources = [\n  {{ url = "a" }}, # b\n  # c\n  {INLINE},\n]\n'),
        ('sources = [\n  { url = "a" }]\n', None),
    ],
)
def test_a_source_is_added_behind_the_others_and_nothing_else_changes(text: str, edited: str | None) -> None:
    made = add_sources(text, [NEW])
    assert tomllib.loads(made)["sources"][-1] == {"url": NEW.url, "name": NEW.name, "interval": "10m", "tags": ["tech", "IA"]}
    if edited is not None:
        assert made == edited


def test_line_ends_stay_those_of_the_file() -> None:
    made = add_sources('[[sources]]\r\nurl = "x"\r\n\r\n[log]\r\n', [NEW])
    assert made == '[[sources]]\r\nurl = "x"\r\n\r\n' + TABLE.replace("\n", "\r\n") + "\r\n[log]\r\n"


@pytest.mark.parametrize("code", ["fr", "en"])
def test_sources_can_be_added_to_what_init_writes(code: str) -> None:
    text = read_first_configuration(code)
    made = add_sources(text, [NEW, NewSource("https://other.example/")])
    assert made.replace(f"\n{TABLE}", "", 1).replace('\n[[sources]]\nurl = "https://other.example/"\n', "", 1) == text


def test_what_would_be_taken_from_the_environment_stays_what_it_is() -> None:
    made = add_sources("", [NewSource("https://a.example/?q=${A}", 'a "b" \\ \x7f \n')])
    assert tomllib.loads(made)["sources"] == [{"url": "https://a.example/?q=$${A}", "name": 'a "b" \\ \x7f \n'}]


@pytest.mark.parametrize("text", ["sources.a = 1\n", "sources = 1\n", '[sources]\nurl = "x"\n', "[[broken\n"])
def test_what_cannot_be_edited_for_certain_is_left_alone_and_says_what_to_add(text: str) -> None:
    with pytest.raises(NotEdited, match=r"new\.example"):
        add_sources(text, [NEW])


def test_a_file_is_replaced_at_once_and_keeps_its_rights_behind_a_symbolic_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real" / "config.toml", tmp_path / "config.toml"
    real.parent.mkdir()
    real.write_bytes(b"\xef\xbb\xbf# \xc3\xa9\r\n")
    real.chmod(0o604)
    link.symlink_to(real)
    rewrite(link, lambda text: text + "more")
    assert real.read_bytes() == b"\xef\xbb\xbf# \xc3\xa9\r\nmore"
    assert stat.S_IMODE(real.stat().st_mode) == 0o604
    assert link.is_symlink()
    assert list(real.parent.iterdir()) == [real]


def test_what_was_changed_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("old")

    def change(text: str) -> str:
        path.write_text("by somebody else")
        return text + "new"

    with pytest.raises(NotEdited, match="meanwhile"):
        rewrite(path, change)
    assert path.read_text() == "by somebody else"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotEdited, match="no file"):
        rewrite(tmp_path / "pipe", str)
    with pytest.raises(NotEdited, match="cannot be changed"):
        rewrite(tmp_path / "absent", str)
