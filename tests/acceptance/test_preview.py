"""`quivive preview` on the real command, and the previews that a reload writes to the log."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, topic

TITLES = ["L’OTAN se réunit", "Une fusée décolle", "L’OTAN choisit un cloud souverain", "Le cloud grandit"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home whose archive holds four articles; its site stays up."""
    home = Home(tmp_path_factory.mktemp("preview"))
    with NewsSite() as site:
        items = [item(title, link=site.url(f"/{number}"), published="") for number, title in enumerate(TITLES)]
        site.publish_feed("/feed", rss(*items))
        configure(home, site.url("/feed"), "Sommets")
        assert home.quivive("poll").status == 0
        yield home


def configure(home: Home, feed: str, name: str, query: str = "otan") -> None:
    home.configure(sources=[source(feed, "Bulletin", articles="feed")], topics=[topic(name, query)])


def test_a_preview_tells_the_hits_why_and_the_alerts_a_day(home: Home) -> None:
    told = home.quivive("preview", "otan NEAR/3 cloud", "--json").json
    assert list(told) == ["query", "since", "days", "articles", "matches", "alerts_per_day", "sources", "warning", "hits"]
    assert (told["articles"], told["matches"], told["alerts_per_day"]) == (4, 1, 1.0)
    assert told["sources"] == [{"source": "Bulletin", "matches": 1, "share": 1.0}]
    (hit,) = told["hits"]
    assert hit["title"] == TITLES[2]
    assert hit["matches"][0]["passage"] == "L’[OTAN] choisit un [cloud] souverain"


def test_a_preview_of_a_topic_takes_its_query(home: Home) -> None:
    told = home.quivive("preview", "--topic", "Sommets", "--since", "2d", "--json").json
    assert (told["query"], told["matches"]) == ("otan", 2)


def test_a_preview_for_people_names_the_hits_their_reasons_and_what_to_mind(home: Home) -> None:
    done = home.quivive("preview", "otan")
    assert done.status == 0
    assert "matches     2 of 4 articles" in done.out
    assert "warning     the archive holds only 4 articles" in done.out
    assert "L’[OTAN] se réunit" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a query, or --topic"),
        (["otan", "--topic", "Sommets"], "give a query, or --topic"),
        (["--topic", "Sommet"], "there is no topic 'Sommet' in the configuration (there: Sommets)"),
        (["otan NEAR cloud"], "NEAR"),
        (["otan", "--since", "hier"], "is no moment"),
    ],
)
def test_what_cannot_be_previewed_is_said_with_status_2(home: Home, arguments: list[str], said: str) -> None:
    done = home.quivive("preview", *arguments)
    assert (done.status, said in done.err) == (2, True), done.err


@pytest.mark.parametrize("arguments", [["preview", "otan ou cloud"], ["search", "otan ou cloud"], ["search", "otan ou cloud", "--json"]])
def test_a_word_that_looks_like_an_operator_is_pointed_out_beside_the_answer(home: Home, arguments: list[str]) -> None:
    done = home.quivive(*arguments)
    assert done.status == 0
    assert "note: ‘ou’ is a word here; write OU for alternatives" in done.err


def test_check_and_a_reload_point_out_a_word_that_looks_like_an_operator(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with NewsSite() as site:
        site.publish_feed("/feed", rss(item("Une fusée", link=site.url("/1"), published="")))
        configure(home, site.url("/feed"), "Sommets")
        assert "is a word here" not in home.quivive("check").out
        with home.start("run") as daemon:
            daemon.wait_for_log("started")
            configure(home, site.url("/feed"), "Nuages", "cloud sauf otan")
            assert (
                "note: topic 'Nuages': ‘sauf’ is a word here; write SAUF to exclude what follows: cloud sauf otan"
                in home.quivive("check").out
            )
            daemon.send(signal.SIGHUP)
            daemon.wait_for_log("topic may be misread")
            assert "write SAUF to exclude what follows" in daemon.log
            daemon.terminate()
            assert daemon.wait() == 0


def test_a_reload_previews_a_new_topic_in_the_log(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with NewsSite() as site:
        site.publish_feed("/feed", rss(*(item(title, link=site.url(f"/{number}"), published="") for number, title in enumerate(TITLES))))
        configure(home, site.url("/feed"), "Sommets")
        assert home.quivive("poll").status == 0
        with home.start("run") as daemon:
            daemon.wait_for_log("started")
            configure(home, site.url("/feed"), "Nuages", "cloud")
            daemon.send(signal.SIGHUP)
            daemon.wait_for_log("topic previewed")
            line = next(line for line in daemon.log.splitlines() if "topic previewed" in line)
            assert "topic='Nuages'" in line or "topic=Nuages" in line
            assert "matches=2" in line
            daemon.terminate()
            assert daemon.wait() == 0
