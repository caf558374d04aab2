"""README.fr.md says what README.md says: the same parts, commands, files and links in the same order. README.md is held to the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.screens import golden_file

PROJECT = Path(__file__).parents[2]
ENGLISH, FRENCH = ((PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "README.fr.md"))


def parts(text: str) -> list[str]:
    """The text cut at its headings."""
    return re.split(r"^(?=#+ )", re.sub(r"^```.*?^```\n", "", text, flags=re.MULTILINE | re.DOTALL), flags=re.MULTILINE)[1:]


def blocks(text: str) -> list[str]:
    """What stands in blocks of code, without comments and without what people call things in their own language."""
    found = re.findall(r"^(```\w*\n.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        re.sub(r"\s+#.*", "", re.sub(r"the password of that mail account|le mot de passe de ce compte de courrier", "…", one))
        for one in found
    ]


PAIRS = list(zip(parts(ENGLISH), parts(FRENCH), strict=False))


def test_both_have_the_same_parts():
    assert [re.match("#+", part)[0] for part in parts(FRENCH)] == [re.match("#+", part)[0] for part in parts(ENGLISH)]


@pytest.mark.parametrize(("english", "french"), PAIRS, ids=[english.splitlines()[0] for english, _ in PAIRS])
def test_a_part_names_the_same_commands_files_and_links_in_both(english, french):
    for pattern in (r"`([^`]+)`", r"\]\(((?!README)[^)]+)\)"):
        assert sorted(re.findall(pattern, french)) == sorted(re.findall(pattern, english))
    assert len(re.findall(r"^\|", french, re.MULTILINE)) == len(re.findall(r"^\|", english, re.MULTILINE))
    assert len(re.findall(r"^- |^\d\. ", french, re.MULTILINE)) == len(re.findall(r"^- |^\d\. ", english, re.MULTILINE))


def test_what_is_typed_is_the_same_in_both():
    typed = [[block for block in blocks(text) if not block.startswith("```\n")] for text in (ENGLISH, FRENCH)]
    assert typed[1] == typed[0]
    assert len(typed[0]) > 5


def test_the_marks_of_the_walkthrough_are_the_same_in_both():
    marks = [re.findall(r"<!-- .* -->", text) for text in (ENGLISH, FRENCH)]
    assert marks[0] == marks[1] != []


def test_the_screens_that_are_shown_are_real():
    screens = [block for block in blocks(FRENCH) if block.startswith("```\n")]
    shown = {block.splitlines()[1]: block.split("\n", 2)[2].strip() for block in screens}
    commands = [block.splitlines()[1] for block in blocks(ENGLISH) if block.startswith("```\n")]
    assert list(shown) == commands
    for command, screen in shown.items():
        assert command == "$ quivive show 'https://source-001.example/fibre' --diff"
        assert golden_file("show-changes", 80, "fr").read_text(encoding="utf-8").startswith(screen)


def test_each_leads_to_the_other():
    assert "(README.fr.md)" in ENGLISH
    assert "(README.md)" in FRENCH
