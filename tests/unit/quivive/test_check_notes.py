"""What `check` says of a configuration that is valid and yet seldom meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes import Home, source, topic


def notes(home: Home) -> list[str]:
    """The notes, without that on the user agent, which every configuration here leaves at its default."""
    done = home.call("check")
    assert (done.status, done.err) == (0, "")
    told = [line.removeprefix("note: ") for line in done.out.splitlines() if line.startswith("note: ")]
    return [note for note in told if not note.startswith("[crawler] user_agent")]


@pytest.mark.parametrize(
    "other",
    ["http://journal.example/Feed", "https://JOURNAL.example/Feed", "https://journal.example:443/Feed", "https://journal.example/feed"],
)
def test_two_sources_that_are_one_but_for_case_port_or_scheme_are_named(tmp_path: Path, other: str) -> None:
    home = Home(tmp_path)
    urls = ["https://journal.example/Feed", "https://gazette.example/feed", other]
    home.configure(sources=[source(url) for url in urls], topics=[topic("OTAN", "otan")])
    [note, _] = notes(home)
    assert "https://journal.example/Feed and " + other in note


def test_sources_that_differ_in_anything_else_are_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    urls = [f"https://journal.example/{path}" for path in ("feed", "feed/", "feed?a=1", "feed?a=2", "feed2")]
    home.configure(sources=[source(url) for url in urls], topics=[topic("OTAN", "otan")])
    assert len(notes(home)) == 1  # of the topic that notifies nobody


def test_a_file_that_names_no_sources_and_no_topics_says_so_unless_it_means_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write_config("")
    [note] = notes(home)
    assert "names no sources and no topics" in note
    assert "`quivive init` writes an example" in note
    home.write_config("sources = []\n")
    assert [note.partition(",")[0] for note in notes(home)] == ["the file names no topics"]
    home.write_config("sources = []\ntopics = []\n")
    assert notes(home) == []


def test_two_sources_of_one_name_are_a_note_and_topics_without_channels_are_one_together(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.configure(
        sources=[source(f"https://{host}.example/feed", name) for host, name in (("a", "Le Journal"), ("b", "Le Journal"), ("c", "Autre"))],
        topics=[topic("OTAN", "otan"), topic("Fibre", "fibre")],
    )
    assert notes(home) == [
        "2 sources are called 'Le Journal'; `--source Le Journal` and `quivive poll Le Journal` mean all of them",
        "topics 'OTAN', 'Fibre' notify no channel; their alerts are printed, logged and listed",
    ]
