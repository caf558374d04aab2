"""Every command as its users and their scripts see it: flags, exit status, JSON, and what stands on which stream."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.asking.candidates import MOST_SCORED_PHRASES
from tests.mailbox import HookSink, Mailbox, Reply, closed_port
from tests.news_site import NewsSite, item, rss
from tests.processes import Done, Home, email, source, story, topic, webhook

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
EVIL_ESCAPED = "Un titre &#x9b;31mrouge et &#x202e;retourné"
SEARCH_KEYS = [
    "id",
    "url",
    "title",
    "source",
    "author",
    "language",
    "published_at",
    "first_seen_at",
    "score",
    "snippet",
    "topics",
    "sightings",
]
SOURCE_KEYS = [
    "name",
    "url",
    "status",
    "last_polled_at",
    "last_success_at",
    "next_poll_at",
    "interval_seconds",
    "consecutive_failures",
    "last_error",
    "articles",
    "pages",
    "pages_unread",
    "pages_failing_since",
    "status_since",
    "moved_to",
]
ALERT_KEYS = [
    "id",
    "topic",
    "article_id",
    "article_url",
    "article_title",
    "kind",
    "created_at",
    "delay_seconds",
    "deliveries",
    "matches",
    "health",
    "acknowledged_at",
    "surge",
    "changes",
    "story_differences",
    "story_id",
]
DELIVERY_KEYS = ["channel", "status", "attempts", "next_attempt_at", "sent_at", "last_error", "held_until", "reason"]


@dataclass
class Office:
    """A home whose archive holds what a site published, told to a webhook; a second source does not exist."""

    home: Home
    site: NewsSite
    hook: HookSink
    first_poll: Done


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = Home(tmp_path_factory.mktemp("office"))
    with NewsSite() as site, HookSink() as hook:
        entries = [
            item("L’OTAN choisit OpenAI", site.page("/a", story("L’OTAN choisit OpenAI")), published="Mon, 10 Feb 2025 23:30:00 +0100"),
            item("La fibre au village", site.page("/b", story("La fibre au village")), published="Tue, 11 Feb 2025 00:30:00 +0100"),
            item(EVIL_ESCAPED, site.page("/c", story(EVIL_ESCAPED)), published="Wed, 12 Feb 2025 10:00:00 +0100"),
        ]
        site.publish_feed("/feed", rss(*entries))
        home.configure(
            sources=[source(site.url("/feed"), "Le Journal"), source(site.url("/absent"), "Absente")],
            topics=[topic("OTAN", "otan", ["hook"]), topic("Fibre", "fibre")],
            channels=[webhook("hook", hook.url)],
        )
        yield Office(home, site, hook, home.quivive("poll", "--json", afresh=True))


@pytest.fixture
def home(tmp_path) -> Home:
    """An empty one: a configuration, but no archive."""
    home = Home(tmp_path)
    home.configure()
    return home


def test_poll_json_prints_the_summary_and_nothing_else_and_exits_1_when_a_source_failed(office) -> None:
    assert office.first_poll.status == 1
    summary = office.first_poll.json
    seconds = summary.pop("seconds")
    assert summary == {
        "sources": {"polled": 2, "unchanged": 0, "failed": 1},
        "entries": {"seen": 3, "new": 3},
        "articles": {"new": 3, "revised": 0, "duplicates": 0, "failed": 0},
        "alerts": {"created": 2},
        "deliveries": {"sent": 1, "pending": 0, "dead": 0},
    }
    assert isinstance(seconds, float)
    assert "http_404" in office.first_poll.err


def test_the_order_of_the_summary_is_that_of_the_documentation(office) -> None:
    assert list(office.first_poll.json) == ["sources", "entries", "articles", "alerts", "deliveries", "seconds"]


def test_poll_of_one_source_by_name_exits_0_and_leaves_the_others_alone(office) -> None:
    known = office.site.count("/absent")
    done = office.home.quivive("poll", "le journal", "--json")
    assert (done.status, done.json["sources"]) == (0, {"polled": 1, "unchanged": 1, "failed": 0})
    assert office.site.count("/absent") == known


def test_poll_of_one_source_by_url_that_fails_exits_1_and_says_why(office) -> None:
    done = office.home.quivive("poll", office.site.url("/absent"))
    assert done.status == 1
    assert "FAILED Absente: http_404: " in done.out
    assert "1 failed" in done.out


def test_poll_of_an_unknown_source_exits_2_and_names_it(office) -> None:
    done = office.home.quivive("poll", "Le Journal", "Inconnue")
    assert (done.status, done.out) == (2, "")
    assert "Inconnue" in done.err
    assert "Le Journal" not in done.err


def test_poll_prints_an_alert_of_a_topic_without_channels(tmp_path, office) -> None:
    home = Home(tmp_path)
    home.configure(sources=[source(office.site.url("/feed"))], topics=[topic("Fibre", "fibre")])
    done = home.quivive("poll")
    assert done.status == 0
    assert "ALERT Fibre  La fibre au village" in done.out
    assert office.site.url("/b") in done.out
    assert home.quivive("alerts", "--json").lines[0]["deliveries"] == []


def test_a_poll_that_is_interrupted_says_so_in_one_line_and_can_be_repeated(home, office) -> None:
    home.configure(sources=[source(office.site.stall("/stalled")), source(office.site.url("/feed"))])
    with home.start("poll", "--verbose") as poll:
        poll.wait_for_log("new_articles=1", 3)
        poll.terminate()
        assert poll.wait() == 1
        assert poll.log.splitlines()[-1] == "quivive: interrupted"
        assert "Traceback" not in poll.log
    assert len(home.quivive("export").lines) == 3


def test_search_json_gives_one_line_an_article_with_the_documented_keys(office) -> None:
    [found] = office.home.quivive("search", "otan", "--json").lines
    assert list(found)[: len(SEARCH_KEYS)] == SEARCH_KEYS  # why it matched may follow
    assert (found["title"], found["source"], found["topics"]) == ("L’OTAN choisit OpenAI", "Le Journal", ["OTAN"])
    assert found["published_at"] == "2025-02-10T22:30:00Z"
    assert RFC_3339.fullmatch(found["first_seen_at"])
    assert "[OTAN]" in found["snippet"]
    assert isinstance(found["score"], float)
    assert [list(one) for one in found["sightings"]] == [["source", "url", "seen_at"]]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("otan openai", {"L’OTAN choisit OpenAI"}),
        ("otan OR fibre", {"L’OTAN choisit OpenAI", "La fibre au village"}),
        ("OTAN NEAR/3 OpenAI", {"L’OTAN choisit OpenAI"}),
        ("OTAN ONEAR/1 OpenAI", set()),
        ("fibr*", {"La fibre au village"}),
        ("title:village", {"La fibre au village"}),
        ("title:alinéa", set()),
        ("=OTAN", {"L’OTAN choisit OpenAI"}),
        ("=otan", set()),
        ("-otan fibre", {"La fibre au village"}),
        ('"au village"', {"La fibre au village"}),
    ],
)
def test_search_finds_by_the_query_language(office, query, titles) -> None:
    done = office.home.call("search", query, "--json")
    assert done.status == 0, done.err
    assert {one["title"] for one in done.lines} == titles


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--since", "2025-02-11"], {"La fibre au village"}),  # days begin at midnight in Paris
        (["--until", "2025-02-10"], {"L’OTAN choisit OpenAI"}),
        (["--since", "2025-02-10T23:30", "--until", "2025-02-10T23:31"], {"L’OTAN choisit OpenAI"}),
        (["--since", "7d"], set()),
        (["--topic", "Fibre"], {"La fibre au village"}),
        (["--source", "le journal"], {"L’OTAN choisit OpenAI", "La fibre au village"}),
        (["--source", "Absente"], set()),
        (["--sort", "date", "--limit", "1"], {"La fibre au village"}),
    ],
)
def test_search_options_narrow_the_answer(office, options, titles) -> None:
    done = office.home.call("search", "otan OR fibre", "--json", *options)
    assert done.status == 0, done.err
    assert {one["title"] for one in done.lines} == titles


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "otan AND ("],
        ["search", "a NEAR b"],
        ["search", "NOT otan"],
        ["search", ""],
        ["search", "@inconnue"],
        ["search", "otan", "--since", "hier"],
        ["search", "otan", "--source", "Inconnue"],
        ["search", "otan", "--topic", "Inconnu"],
        ["search", "otan", "--sort", "size"],
        ["search", "otan", "--limit", "0"],
        ["search", "otan", "--jsn"],
        ["serch", "otan"],
        ["alerts", "--status", "lost"],
        ["alerts", "--topic", "Inconnu"],
        ["alerts", "retry"],
        ["alerts", "test"],
        ["alerts", "test", "nowhere"],
        ["export", "--query", "otan AND ("],
        ["backup"],
        ["poll", "--limit"],
    ],
    ids=" ".join,
)
def test_what_is_asked_wrongly_exits_2_with_an_explanation_and_no_output(office, arguments) -> None:
    done = office.home.call(*arguments)
    assert (done.status, done.out) == (2, ""), done
    assert done.err.strip()
    assert "Traceback" not in done.err


def test_an_invalid_query_is_shown_with_the_place_of_the_mistake(office) -> None:
    done = office.home.call("search", "otan AND )")
    assert "  otan AND )\n           ^" in done.err


def test_a_search_that_finds_nothing_exits_0_and_says_so_on_standard_error(office) -> None:
    done = office.home.call("search", "introuvable")
    assert (done.status, done.out, done.err) == (0, "", "nothing found\n")


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["for people", "json"])
def test_a_search_with_too_many_words_to_be_ranked_gives_the_newest_and_says_so_on_standard_error(office, options) -> None:
    query = " OR ".join(["otan", "fibre", *(f"mot{number}" for number in range(MOST_SCORED_PHRASES))])
    unranked, by_date = office.home.call("search", query, *options), office.home.call("search", query, "--sort", "date", *options)
    assert (unranked.status, unranked.out) == (0, by_date.out)
    assert unranked.out.index("La fibre au village") < unranked.out.index("L’OTAN choisit OpenAI")
    assert unranked.err == (
        "note: this query has too many words, or alternatives in NEAR, to rank by relevance; these are the newest articles that hold it\n"
    )
    assert by_date.err == ""


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["for people", "json"])
def test_a_search_that_leaves_articles_out_says_so_on_standard_error(office, monkeypatch, options) -> None:
    assert office.home.call("search", "otan OR fibre", *options).err == ""
    monkeypatch.setattr("storage.asking.search.MOST_RANKED", 1)
    done = office.home.call("search", "otan OR fibre", *options)
    assert done.status == 0
    assert done.err == "note: more articles hold this query; only the newest of them were ranked (narrow it, or use --sort date)\n"
    assert office.home.call("search", "otan OR fibre", "--sort", "date", *options).err == ""


def test_sources_json_gives_the_documented_keys_and_the_reason_of_a_failure(office) -> None:
    failing, good = sorted(office.home.quivive("sources", "--json").lines, key=lambda one: one["status"])
    assert [list(failing), list(good)] == [SOURCE_KEYS, SOURCE_KEYS]
    assert (failing["name"], failing["status"], failing["last_success_at"], failing["articles"]) == ("Absente", "failing", None, 0)
    assert failing["consecutive_failures"] >= 1
    assert failing["last_error"]["code"] == "http_404"
    assert "correct the URL" in failing["last_error"]["message"]
    assert (good["name"], good["status"], good["last_error"], good["interval_seconds"], good["articles"]) == (
        "Le Journal",
        "ok",
        None,
        1,
        3,
    )
    assert all(RFC_3339.fullmatch(good[key]) for key in ("last_polled_at", "last_success_at", "next_poll_at"))


def test_alerts_json_gives_the_documented_keys(office) -> None:
    alerts = office.home.quivive("alerts", "--json").lines
    assert {one["topic"] for one in alerts} == {"OTAN", "Fibre"}
    assert all(list(one) == ALERT_KEYS for one in alerts)
    told = next(one for one in alerts if one["topic"] == "OTAN")
    assert (told["article_title"], told["article_url"], told["kind"]) == ("L’OTAN choisit OpenAI", office.site.url("/a"), "new")
    [delivery] = told["deliveries"]
    assert set(DELIVERY_KEYS) <= set(delivery)
    assert (delivery["channel"], delivery["status"], delivery["attempts"]) == ("hook", "sent", 1)
    assert (delivery["next_attempt_at"], delivery["last_error"]) == (None, None)
    assert RFC_3339.fullmatch(delivery["sent_at"])


@pytest.mark.parametrize(
    ("options", "topics"), [(["--topic", "Fibre"], ["Fibre"]), (["--status", "sent"], ["OTAN"]), (["--status", "dead"], [])]
)
def test_alerts_can_be_narrowed(office, options, topics) -> None:
    assert [one["topic"] for one in office.home.call("alerts", "--json", *options).lines] == topics


def test_topics_json_tells_the_recent_volume(office) -> None:
    otan = next(one for one in office.home.call("topics", "--json").lines if one["name"] == "OTAN")
    assert (otan["query"], otan["notify"], otan["articles"], otan["alerts"]) == ("otan", ["hook"], 1, 1)


def test_status_json_is_one_object(office) -> None:
    status = office.home.call("status", "--json").json
    assert status["sources"]["total"] == 2
    assert status["articles"]["total"] == 3
    assert status["writer_pid"] is None


def test_check_says_that_the_configuration_is_good_and_which_topics_notify_nobody(office) -> None:
    done = office.home.call("check")
    assert (done.status, done.err) == (0, "")
    assert "2 sources, 2 topics" in done.out
    assert "'Fibre' notifies no channel" in done.out


@pytest.mark.parametrize(
    ("agent", "is_told"), [("quivive/0.1 (+https://example.org/x)", True), ("quivive/0.1 (+https://notexample.organic.fr/x)", False)]
)
def test_check_tells_whose_user_agent_names_nobody(tmp_path: Path, agent: str, is_told: bool) -> None:
    home = Home(tmp_path)
    home.configure(sources=[source("http://127.0.0.1:9/feed")], topics=[topic("OTAN", "otan")], crawler=f'user_agent = "{agent}"\n')
    assert ("user_agent gives example.org as the way to reach you" in home.call("check").out) == is_told


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "titre OR otan"],
        ["search"],
        ["search", "titre", "--csv"],
        ["show", "3"],
        ["show", "2"],
        ["show", "1"],
        ["sources"],
        ["sources", "Le Journal"],
        ["topics"],
        ["topics", "OTAN"],
        ["alerts"],
        ["status", "--long"],
        ["check"],
    ],
    ids=" ".join,
)
def test_text_that_is_piped_is_plain_and_holds_no_character_that_steers_a_terminal(office, arguments) -> None:
    done = office.home.call(*arguments)
    assert done.status == 0
    assert done.out
    plain = done.out.replace("\r\n", "\n")  # by which CSV ends its lines
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)


@pytest.mark.parametrize("command", [["export"], ["search", "otan OR titre OR fibre", "--json"], ["sources"], ["--help"]], ids=" ".join)
def test_a_reader_that_goes_away_is_no_reason_to_complain(office, command) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "quivive", *command],
        cwd=office.home.folder,
        env=office.home.environ(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, complaint = process.communicate(timeout=30)
    assert complaint == b""


def test_export_writes_every_article_with_its_text(office) -> None:
    done = office.home.quivive("export")
    assert done.status == 0
    assert {one["title"] for one in done.lines} >= {"L’OTAN choisit OpenAI", "La fibre au village"}
    assert all(one["text"] for one in done.lines)


def test_export_of_a_query_to_a_file_replaces_the_file_at_once(office) -> None:
    target = office.home.folder / "out.jsonl"
    target.write_text("old")
    done = office.home.quivive("export", "--query", "otan", "--output", str(target))
    assert (done.status, done.out) == (0, "")
    assert [json.loads(line)["title"] for line in target.read_text().splitlines()] == ["L’OTAN choisit OpenAI"]
    assert not list(office.home.folder.glob("*.partial"))


def test_export_that_cannot_be_written_exits_1_with_a_reason(office) -> None:
    done = office.home.call("export", "--output", "no/such/folder/out.jsonl")
    assert done.status == 1
    assert "no/such/folder" in done.err
    assert "Traceback" not in done.err


def test_backup_makes_a_copy_that_works_and_refuses_to_overwrite(office) -> None:
    assert office.home.quivive("backup", "copy.db").status == 0
    with closing(sqlite3.connect(office.home.folder / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT count(*) FROM articles").fetchone() == (3,)
    again = office.home.quivive("backup", "copy.db")
    assert again.status == 1
    assert "exists already" in again.err


def test_backup_into_a_folder_that_is_not_there_exits_1_with_a_reason(office) -> None:
    done = office.home.call("backup", "no/such/copy.db")
    assert done.status == 1
    assert "no/such/copy.db" in done.err
    assert "Traceback" not in done.err


def test_a_test_message_is_sent_to_a_webhook_and_to_a_mailbox(home) -> None:
    with HookSink() as hook, Mailbox() as mailbox:
        home.configure(channels=[webhook("hook", hook.url), email("redaction", mailbox.url)])
        by_hook, by_mail = home.call("alerts", "test", "hook", "--kind", "corrected"), home.call("alerts", "test", "redaction")
        assert (by_hook.status, by_mail.status) == (0, 0)
        assert (hook.requests[0].json["type"], hook.requests[0].json["data"]["kind"]) == ("alert.test", "corrected")
        assert "test" in json.dumps(hook.requests[0].json).lower()
        assert "test" in mailbox.mails[0].subject.lower()
    assert "hook: the test message was accepted" in by_hook.out


def test_a_test_message_that_is_refused_exits_1_with_the_answer(home) -> None:
    with HookSink() as hook, Mailbox() as mailbox:
        hook.always(Reply(403))
        mailbox.refuse("550 5.7.1 we do not want this")
        home.configure(
            channels=[webhook("hook", hook.url), email("redaction", mailbox.url), webhook("off", f"http://127.0.0.1:{closed_port()}/")]
        )
        by_hook, by_mail, by_nobody = (home.call("alerts", "test", name) for name in ("hook", "redaction", "off"))
    assert (by_hook.status, by_mail.status, by_nobody.status) == (1, 1, 1)
    assert "403" in by_hook.err
    assert "we do not want this" in by_mail.err
    assert "off" in by_nobody.err


@pytest.fixture(scope="module")
def receiver_and_refused(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, HookSink]]:
    with HookSink() as hook:
        hook.always(Reply(410))
        home = Home(tmp_path_factory.mktemp("refused"))
        home.configure(
            sources=[source(office.site.url("/feed"))], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)]
        )
        assert home.quivive("poll", "--json").json["deliveries"] == {"sent": 0, "pending": 0, "dead": 1}
        yield home, hook


@pytest.fixture
def refused(receiver_and_refused: tuple[Home, HookSink], tmp_path: Path) -> tuple[Home, HookSink]:
    """One alert whose delivery the receiver has refused for good; from now on it accepts."""
    home, hook = receiver_and_refused
    hook.behave()
    return home.copy(tmp_path / "home"), hook


@pytest.mark.parametrize("how", ["--dead", "alert", "delivery"])
def test_what_was_given_up_is_sent_again_on_request_under_its_old_id(refused, how) -> None:
    home, hook = refused
    [alert] = home.call("alerts", "--json", "--status", "dead").lines
    chosen = {"--dead": "--dead", "alert": alert["id"], "delivery": alert["deliveries"][0]["id"]}[how]
    done = home.call("alerts", "retry", chosen)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("1 deliver")
    assert home.quivive("poll", "--json").json["deliveries"] == {"sent": 1, "pending": 0, "dead": 0}
    assert len({one.headers["webhook-id"] for one in hook.requests}) == 1


def test_retry_of_an_unknown_id_exits_2_and_names_it(refused) -> None:
    home, _ = refused
    done = home.quivive("alerts", "retry", "nonsense")
    assert done.status == 2
    assert "nonsense" in done.err


def test_a_retry_beside_a_running_daemon_is_sent_by_it(refused) -> None:
    home, hook = refused
    known = len(hook.requests)
    with home.start("run") as daemon:
        daemon.wait_for_log("started")
        assert home.call("alerts", "retry", "--dead").status == 0
        hook.wait_for(known + 1)
        daemon.terminate()
        assert daemon.wait() == 0


def test_the_configuration_is_found_by_option_then_environment_then_folder(tmp_path) -> None:
    (tmp_path / "work").mkdir()
    home = Home(tmp_path / "work")
    for name, folder in (("option", tmp_path), ("environment", tmp_path), ("config", home.folder)):
        (folder / f"{name}.toml").write_text("")
    assert home.call("check").out.startswith(str(home.folder / "config.toml"))
    environment = {"QUIVIVE_CONFIG": str(tmp_path / "environment.toml")}
    assert home.call("check", env=environment).out.startswith(str(tmp_path / "environment.toml"))
    assert "option.toml: good" in home.call("--config", "../option.toml", "check", env=environment).out


def test_a_configuration_in_a_pipe_is_read_whole(tmp_path) -> None:
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    content = '[display]\nlanguage = "en"\n[[sources]]\nurl = "https://a.example/"\n'
    writing = threading.Thread(target=pipe.write_text, args=(content,), daemon=True)
    writing.start()
    done = Home(tmp_path).call("--config", str(pipe), "check")
    writing.join(10)
    assert "good (1 source, 0 topics, " in done.out


def test_a_configuration_without_an_end_is_refused(tmp_path) -> None:
    done = Home(tmp_path).call("--config", "/dev/zero", "check")
    assert (done.status, done.err.splitlines()[-1].strip()) == (2, "it is larger than 50 MB, which no configuration is")


@pytest.mark.parametrize(
    "command",
    ["show", "sources", "topics", "poll", "search", "preview", "alerts retry", "alerts test", "search --topic", "alerts --topic"],
)
def test_bytes_that_are_no_text_are_wrong_usage_and_no_traceback(office, command) -> None:
    done = office.home.call(*command.split(), "Lib\udce9ration")
    assert done.status == 2
    assert "UTF-8" in done.err
    assert "Traceback" not in done.err


def test_opening_an_article_and_printing_a_list_exclude_each_other(office) -> None:
    assert office.home.call("search", "--open", "1", "--json").status == 2


def test_paths_in_the_configuration_are_relative_to_it(tmp_path, office) -> None:
    home = Home(tmp_path)
    home.configure(sources=[source(office.site.url("/feed"))], more='[archive]\npath = "data.db"\n')
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Home(tmp_path / "elsewhere")
    assert elsewhere.quivive("--config", "../config.toml", "poll").status == 0
    assert (tmp_path / "data.db").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["poll"],
        ["search", "x"],
        ["check"],
        ["sources"],
        ["topics"],
        ["alerts"],
        ["export"],
        ["backup", "x"],
        ["status"],
        ["alerts", "test", "x"],
    ],
    ids=" ".join,
)
def test_without_a_configuration_every_command_exits_2_and_says_where_one_was_looked_for(tmp_path, command) -> None:
    done = Home(tmp_path).call(*command)
    assert (done.status, done.out) == (2, "")
    assert str(tmp_path / "config.toml") in done.err
    assert "Traceback" not in done.err


def test_check_reports_every_mistake_at_once_with_its_dotted_key(home) -> None:
    home.write_config('[crawler]\ninterval = "soon"\n[[topics]]\nname = "T"\nquery = "a AND"\nnotify = ["x"]\n[unknown]\n')
    done = home.call("check")
    assert done.status == 2
    places = {"2: crawler.interval": "", "5: topics.0.query": " (T)", "6: topics.0.notify.0": " (T)", "7: unknown": ""}
    assert all(f"  {home.config}:{place}{called}: " in done.err for place, called in places.items())


def test_check_warns_of_addresses_that_few_mail_servers_take(home) -> None:
    mail = 'type = "email"\nsmtp = "smtp://127.0.0.1:1"\nfrom = "q@véille.fr"\nto = ["ok@example.org", "Rédac <rédac@example.org>"]\n'
    home.configure(channels=[f'[channels."rédaction"]\n{mail}'])
    done = home.call("check")
    assert done.status == 0
    (warning,) = [line for line in done.out.splitlines() if line.startswith("warning: ")]
    assert warning.startswith("warning: channels.rédaction.to.1: rédac@example.org has letters beyond ASCII before the @")


def test_a_secret_that_is_missing_in_the_environment_is_named_and_one_that_is_there_is_not_shown(home) -> None:
    home.configure(channels=['[channels.hook]\ntype = "webhook"\nurl = "https://example.org/${TOKEN}"\n'])
    missing = home.call("check")
    assert missing.status == 2
    assert "TOKEN" in missing.err
    present = home.call("check", env={"TOKEN": "s3cr3t"})
    assert present.status == 0
    assert "s3cr3t" not in present.out + present.err


SECRETIVE = '[channels.hook]\ntype = "webhook"\nurl = "https://example.org/${TOKEN}"\nsecret_file = "/nowhere/secret"\n'


@pytest.mark.parametrize(
    "command",
    ["search otan", "alerts", "export", "status", "topics", "sources", "preview --topic OTAN", "backup reader.db", "alerts retry --dead"],
)
def test_a_command_that_only_reads_needs_no_secret_of_a_channel(office, tmp_path, command) -> None:
    home = office.home.copy(tmp_path / "reader")
    home.configure(topics=[topic("OTAN", "otan", ["hook"])], channels=[SECRETIVE])
    done = home.call(*command.split())
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize("command", ["run", "poll", "check", "alerts test hook"])
def test_a_command_that_sends_or_checks_says_which_secret_is_missing(home, command) -> None:
    home.configure(channels=[SECRETIVE])
    done = home.call(*command.split())
    assert done.status == 2
    assert "the environment variable TOKEN is not set" in done.err
    assert "/nowhere/secret cannot be read: No such file or directory" in done.err


def test_an_alert_goes_to_a_webhook_whose_url_and_secret_lie_in_files_that_nothing_shows(tmp_path, office) -> None:
    with HookSink() as hook:
        home = Home(tmp_path)
        (tmp_path / "url").write_text(hook.url + "?token=s3cr3t-url\n")
        (tmp_path / "secret").write_text("whsec_czNjcjN0\n")
        home.configure(
            sources=[source(office.site.url("/feed"))],
            topics=[topic("OTAN", "otan", ["hook"])],
            channels=['[channels.hook]\ntype = "webhook"\nurl_file = "url"\nsecret_file = "${CREDENTIALS_DIRECTORY}/secret"\n'],
            more='[log]\nlevel = "debug"\n',
        )
        done = [home.quivive(command, env={"CREDENTIALS_DIRECTORY": str(tmp_path)}) for command in ("check", "poll")]
        assert [one.status for one in done] == [0, 0]
        assert hook.requests[0].headers["webhook-signature"].startswith("v1,")
    said = "".join(one.out + one.err for one in done)
    assert "s3cr3t" not in said
    assert "czNjcjN0" not in said


@pytest.mark.parametrize("command", [["search", "x"], ["alerts"], ["export"], ["backup", "x"], ["status"], ["topics"]], ids=" ".join)
def test_without_an_archive_reading_commands_exit_1_and_say_how_to_make_one(home, command) -> None:
    done = home.call(*command)
    assert (done.status, done.out) == (1, "")
    assert "there is no archive yet" in done.err
    assert not home.archive.exists()


def test_a_source_that_was_never_polled_is_listed_as_new(home) -> None:
    home.configure(sources=[source("http://127.0.0.1:9/feed", "Nouvelle")])
    done = home.call("sources", "--json")
    assert done.status == 0, done.err
    [row] = done.lines
    assert list(row) == SOURCE_KEYS
    assert (row["name"], row["status"], row["last_polled_at"], row["articles"]) == ("Nouvelle", "new", None, 0)


def test_the_version_is_told(home) -> None:
    done = home.quivive("--version", afresh=True)
    assert done.status == 0, done.err
    assert done.out.startswith("quivive ")


def test_help_lists_the_commands_and_needs_no_configuration(tmp_path) -> None:
    done = Home(tmp_path).call("--help")
    assert done.status == 0
    assert all(
        name in done.out for name in ("run", "poll", "search", "check", "sources", "topics", "alerts", "export", "backup", "status", "demo")
    )


def test_output_is_utf_8_whatever_the_locale_says(office) -> None:
    done = office.home.quivive("search", "otan", env={"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"})
    assert done.status == 0, done.err
    assert "L’OTAN" in done.out
