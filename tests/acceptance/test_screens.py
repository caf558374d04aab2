"""What people see: every screen as it is kept in tests/data/screens, at 60, 80 and 140 columns, with 182 sources.

After a change that was meant, `python -m tests.screens` makes them anew; look at what `git diff` shows of them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path

import pytest

from tests.newsroom import LONG_URL, NAMES, make_newsroom
from tests.processes import PROJECT, Done
from tests.screens import GOLDEN, SCREENS, Screens, golden_file, plain, too_wide, wanted_screens


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Screens:
    return Screens(make_newsroom(tmp_path_factory.mktemp("newsroom")))


@pytest.mark.parametrize(("name", "width", "language"), wanted_screens())
def test_a_screen_is_as_it_is_kept_and_fits(screens, name, width, language):
    shown = screens.show(*SCREENS[name], width=width, LC_MESSAGES=language)
    assert too_wide(shown, width) == []
    assert plain(shown) == golden_file(name, width, language).read_text(encoding="utf-8")


def test_no_screen_is_kept_that_nobody_compares():
    assert {file.name for file in GOLDEN.iterdir()} == {golden_file(*screen).name for screen in wanted_screens()}


@pytest.mark.parametrize("width", [60, 80, 140])
def test_every_name_of_182_sources_is_whole_on_the_screen(screens, width):
    shown = " ".join(plain(screens.show("sources", width=width)).split())
    for name in NAMES:
        for word in name.split():
            assert word in shown


@pytest.mark.parametrize("command", [("show", LONG_URL), ("search", "otan")])
def test_an_address_is_on_one_line_however_long_it_is(screens, command):
    assert LONG_URL in plain(screens.show(*command, width=60))


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
@pytest.mark.parametrize("name", ["status", "sources-failing", "show-changes", "search"])
def test_a_terminal_that_asks_for_plain_text_gets_no_escape_sequence(screens, name, environment):
    shown = screens.show(*SCREENS[name], **environment)
    assert "\x1b" not in shown
    assert plain(shown) == golden_file(name, 80, "en").read_text(encoding="utf-8")


def test_a_terminal_that_takes_colour_gets_it(screens):
    assert "\x1b[1m" in screens.show("status")


def test_the_width_may_be_said_by_the_environment(screens):
    assert plain(screens.show("topics", width=140, COLUMNS="60")) == golden_file("topics", 60, "en").read_text(encoding="utf-8")


def call(screens: Screens, *arguments: str, **environment: str) -> Done:
    return screens.home.call(*arguments, env=environment)


@pytest.mark.parametrize("name", ["sources", "topics", "alerts"])
def test_a_pipe_gets_a_line_a_row_with_every_column_whole(screens, name):
    heads, *rows = [line.split("\t") for line in call(screens, name).out.splitlines()]
    assert {len(row) for row in rows} == {len(heads)}
    assert len(rows) == len(call(screens, name, "--json").lines)


def test_a_pipe_gets_whole_ids_and_addresses(screens):
    ids = [one["id"] for one in call(screens, "alerts", "--json").lines]
    assert all(one in call(screens, "alerts").out for one in ids)
    assert "https://source-040.example/feed" in call(screens, "sources").out


@pytest.mark.parametrize(
    "command",
    [
        ["search", "otan"],
        ["search"],
        ["sources"],
        ["sources", "--coverage"],
        ["topics"],
        ["alerts"],
        ["export", "--query", "fibre"],
        ["preview", "otan"],
    ],
    ids=" ".join,
)
def test_csv_has_the_fields_of_the_json_and_a_row_for_each(screens, command):
    rows = list(csv.DictReader(io.StringIO(call(screens, *command, "--csv").out, newline="")))
    answer = call(screens, *command) if command[0] == "export" else call(screens, *command, "--json")
    told = answer.json["hits"] if command[0] == "preview" else answer.lines
    assert len(rows) == len(told)
    assert list(rows[0]) == list(told[0])
    name = "title" if "title" in rows[0] else "article_title" if "article_title" in rows[0] else "name"
    assert [row[name] for row in rows] == [one[name] or "" for one in told]


def test_csv_of_nothing_has_the_names_of_its_columns(screens):
    assert call(screens, "search", "introuvable", "--csv").out.startswith("id,url,title,")
    assert call(screens, "alerts", "--since", "2030-01-01", "--csv").out.startswith("id,topic,")


@pytest.mark.parametrize("command", [["search"], ["sources"], ["topics"], ["alerts"], ["preview", "otan"]], ids=" ".join)
def test_two_forms_of_one_answer_are_refused(screens, command):
    done = call(screens, *command, "--json", "--csv")
    assert (done.status, done.out) == (2, "")
    assert "choose one" in done.err


def test_alerts_are_narrowed_by_age_and_kind(screens):
    assert [one["topic"] for one in call(screens, "alerts", "--since", "2026-11-26", "--kind", "new", "--json").lines] == ["OpenAI–OTAN"]
    assert len(call(screens, "alerts", "--kind", "new", "--json").lines) == 3
    done = call(screens, "alerts", "--kind", "revised")
    assert (done.status, done.out, done.err) == (0, "", "no alerts\n")


def test_sources_are_narrowed_by_status_and_one_is_shown_by_name_or_address(screens):
    assert {one["status"] for one in call(screens, "sources", "--status", "failing", "--json").lines} == {"failing"}
    assert len(call(screens, "sources", "--json").lines) == len(NAMES)
    by_name, by_url = (call(screens, "sources", what, "--json").json for what in ("la causse", "https://source-040.example/feed"))
    assert by_name["url"] == by_url["url"] == "https://source-040.example/feed"
    assert call(screens, "sources", "--json", "La Causse").json["name"] == "La Causse"
    assert [poll["kind"] for poll in by_name["polls"]][:2] == ["failed", "failed"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["sources", "Inconnue"], "no source is called 'Inconnue'"),
        (["topics", "Inconnu"], "no topic is called 'Inconnu'"),
        (["show", "Inconnu"], "nothing is known under 'Inconnu'"),
        (["show"], "name what is to be shown"),
        (["show", "La Causse", "--diff"], "nothing else has versions"),
        (["show", LONG_URL, "--diff", "7"], "no version 7"),
        (["search", "--open", "3", "otan"], "no article 3 in this list"),
        (["search", "--sort", "relevance"], "without a query"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_shown_is_refused_with_the_reason(screens, command, said):
    done = call(screens, *command)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_show_json_is_the_whole_article(screens):
    told = call(screens, "show", "https://source-001.example/fibre", "--json").json
    assert [list(version) for version in told["versions"]] == [["number", "seen_at", "source", "origin", "title", "text"]] * 2
    assert told["text"] == told["versions"][1]["text"]
    assert [one["status"] for one in told["alerts"][0]["deliveries"][0]["attempt_log"]] == ["pending", "pending", "sent"]
    assert {one["recipient"] for one in told["alerts"][0]["deliveries"][0]["recipients"]} == {"nuit@example.org", "redaction@example.org"}


@pytest.mark.parametrize("arguments", [["--diff", "1..2"], ["--diff", "2"], ["--diff"]], ids=" ".join)
def test_the_changes_are_told_as_json(screens, arguments):
    differences = call(screens, "show", "https://source-001.example/fibre", "--json", *arguments).json["differences"]
    assert (differences["from"], differences["to"]) == (1, 2)
    assert {piece["text"].strip() for piece in differences["text"] if piece["kind"] == "added"} >= {"47", "à l’automne,"}


def test_what_is_to_be_shown_may_follow_the_option(screens):
    assert call(screens, "show", "--diff", "https://source-001.example/fibre").out.startswith("La fibre arrivera")


def test_without_a_query_the_newest_that_the_filters_leave_are_listed(screens):
    newest, _ = call(screens, "search", "--limit", "2", "--json").lines
    assert newest["title"].startswith("OpenAI et l’OTAN")
    assert [one["topics"] for one in call(screens, "search", "--topic", "Puces", "--json").lines] == [["Puces"]]
    assert call(screens, "search", "--source", "La Causse", "--json").lines[0]["score"] is None
    done = call(screens, "search", "--since", "2030-01-01")
    assert (done.status, done.err) == (0, "nothing found\n")


def test_an_article_of_a_list_is_opened_in_the_browser(screens, tmp_path: Path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    done = screens.home.quivive("search", "otan", "--open", "1", env={"BROWSER": f"{browser} %s"})
    assert (done.status, done.out) == (0, f"{LONG_URL}\n")
    assert (tmp_path / "opened").read_text() == LONG_URL


def test_where_there_is_no_browser_the_address_is_printed(screens):
    done = screens.home.quivive("search", "otan", "--open", "1", env={"PATH": ""})
    assert (done.status, done.out) == (0, f"{LONG_URL}\n")


def test_what_is_wrong_is_told_to_a_supervisor_in_lines_and_by_the_status(screens):
    done = call(screens, "status", "--check")
    assert (done.status, done.err) == (1, "")
    assert done.out.splitlines()[0] == "the daemon does not run: nothing is watched"


README = (PROJECT / "README.md").read_text(encoding="utf-8")
EVERY_DAY = re.findall(r"`quivive ([^`]+)`", README.partition("## Every day\n")[2].partition("```")[0])


@pytest.mark.parametrize("line", [line for line in EVERY_DAY if not line.startswith("poll")])
def test_the_answer_to_an_everyday_question_fits_80_columns(screens, line):
    there = {"https://…": LONG_URL, "Next": "La Causse", "293": "300"}
    words = [there.get(word, word) for word in shlex.split(line.partition(" > ")[0])]
    assert call(screens, *words).status == (1 if "--check" in words else 0)
    if "--csv" not in words:
        assert too_wide(screens.show(*words, width=80), 80) == []


@pytest.mark.parametrize("command", [("show", "Inconnu"), ("search", "otan AND ("), ("sources", "Inconnue")], ids=" ".join)
def test_an_error_fits_the_terminal(screens, command):
    shown = screens.show(*command, width=60)
    assert shown.startswith("quivive: ")
    assert too_wide(shown, 60) == []


def test_a_terminal_is_given_the_newest_alerts_and_told_that_there_are_more(screens, monkeypatch):
    monkeypatch.setattr("quivive.cli.alerts.MOST_LISTED", 2)
    shown = plain(screens.show("alerts"))
    assert "Une usine de puces" not in shown
    assert shown.endswith("these are the newest 2; `--limit N` shows more\n")
    count = len(call(screens, "alerts", "--json").lines)
    assert "Une usine de puces" in screens.show("alerts", "--limit", str(count))
    assert len(call(screens, "alerts").out.splitlines()) == 1 + count


@pytest.mark.parametrize("page", ["README.md", "README.fr.md"])
def test_a_screen_that_is_shown_to_readers_is_one_that_is_kept(page):
    blocks = re.findall(r"^```\n\$ quivive .+\n((?:.*\n)*?)```$", (PROJECT / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    kept = [file.read_text(encoding="utf-8") for file in GOLDEN.iterdir()]
    assert blocks
    assert [block for block in blocks if not any(block in screen for screen in kept)] == []


def test_ten_everyday_questions_have_an_answer():
    assert len(re.findall(r"^\| [A-Z][^|]+ \| .*`", README.partition("## Every day\n")[2].partition("```")[0], flags=re.MULTILINE)) == 10


def test_a_screen_holds_no_more_than_the_json_does(screens):
    status = json.dumps(call(screens, "status", "--json").json, ensure_ascii=False)
    assert all(name in status for name in ("La Causse", "http_404", "503 Service Unavailable", "delays"))
