"""`quivive stories`, `search --stories` and the story of `show`, on the real command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, topic

FIRE = "Un entrepôt de produits chimiques brûle à Rungis depuis mardi matin, dix pompiers ont été blessés dans l’incendie. "
DISPATCH = FIRE + " ".join(f"Le témoin {number} raconte sa nuit au bord du canal {number * 7} avec les voisins." for number in range(60))
ITEMS = {
    "Le Journal": [("Incendie dans un entrepôt chimique de Rungis", DISPATCH), ("Le Sénat adopte le budget", "Les sénateurs ont voté.")],
    "L’Écho": [("Un entrepôt part en fumée", "Nouveau chapeau. " + DISPATCH)],
    "La Gazette": [("Rungis : un entrepôt chimique en feu", FIRE.replace("dix", "douze"))],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home whose archive holds a fire, told by three sources, and a vote."""
    home = Home(tmp_path_factory.mktemp("stories"))
    with NewsSite() as site:
        for number, entries in enumerate(ITEMS.values()):
            items = [
                item(title, site.url(f"/{number}/{place}"), published="", description=text) for place, (title, text) in enumerate(entries)
            ]
            site.publish_feed(f"/feed/{number}", rss(*items))
        sources = [source(site.url(f"/feed/{number}"), name, articles="feed") for number, name in enumerate(ITEMS)]
        home.configure(sources=sources, topics=[topic("Feux", "incendie")])
        assert home.quivive("poll").status == 0
        yield home


def lines(home: Home, *command: str) -> list[Any]:
    """What a command prints with `--json`, an object a line."""
    return [json.loads(line) for line in home.quivive(*command).out.splitlines()]


def test_stories_tell_the_articles_on_one_event_and_which_are_copies(home: Home) -> None:
    told = lines(home, "stories", "--json")
    assert sorted(len(story["articles"]) for story in told) == [1, 3]
    (fire,) = lines(home, "stories", "--min", "2", "--json")
    assert list(fire) == ["id", "title", "started_at", "updated_at", "sources", "topics", "articles"]
    assert (sorted(fire["sources"]), fire["topics"]) == (sorted(ITEMS), ["Feux"])
    assert list(fire["articles"][0]) == ["id", "url", "title", "source", "published_at", "first_seen_at", "copy_of", "share"]
    copies = [article for article in fire["articles"] if article["copy_of"] is not None]
    assert copies
    assert all(article["share"] >= 0.3 for article in copies)


def test_stories_are_asked_for_by_topic_time_and_number(home: Home) -> None:
    assert len(lines(home, "stories", "--topic", "Feux", "--json")) == 1
    assert len(lines(home, "stories", "--since", "1h", "--json")) == 2
    assert lines(home, "stories", "--since", "2099-01-01", "--json") == []
    assert len(lines(home, "stories", "--limit", "1", "--json")) == 1
    assert home.quivive("stories", "--topic", "Feu", "--json").status == 2


def test_a_search_lists_the_stories_of_what_it_finds(home: Home) -> None:
    (fire,) = lines(home, "search", "rungis", "--stories", "--json")
    assert len(fire["articles"]) == 3
    assert home.quivive("search", "introuvable", "--stories").err.startswith("no stories")


def test_people_read_who_was_first_and_how_it_spread(home: Home) -> None:
    done = home.quivive("stories", "--min", "2")
    assert done.status == 0
    assert "3 articles" in done.out
    assert "3 sources" in done.out
    assert "    first " in done.out
    assert "(copy)" in done.out
    assert home.quivive("stories", "--min", "4").err == "no stories\n"
    assert home.quivive("stories", "--csv").out.splitlines()[0] == "id,title,started_at,updated_at,sources,topics,articles"


def test_an_article_names_its_story_why_it_is_there_and_its_copies(home: Home) -> None:
    (fire,) = lines(home, "stories", "--min", "2", "--json")
    copy = next(article for article in fire["articles"] if article["copy_of"] is not None)
    told = home.quivive("show", str(copy["id"]), "--json").json
    assert (told["story_id"], told["story"]["id"], told["copy_of"]) == (fire["id"], fire["id"], copy["copy_of"])
    assert told["because"]["copy_reason"] == "text"
    original = home.quivive("show", str(copy["copy_of"]), "--json").json
    assert copy["id"] in original["copies"]
    assert f"a copy of article {copy['copy_of']}" in home.quivive("show", str(copy["id"])).out


def test_an_article_says_what_it_says_otherwise_than_others_of_its_story(home: Home) -> None:
    (fire,) = lines(home, "stories", "--min", "2", "--json")
    (gazette,) = [article["id"] for article in fire["articles"] if article["source"] == "La Gazette"]
    (told,) = home.quivive("show", str(gazette), "--json").json["story_differences"]
    assert list(told) == ["passage", "other_passage", "other_source", "other_id", "kind"]
    assert (told["kind"], "douze pompiers" in told["passage"], "dix pompiers" in told["other_passage"]) == ("number", True, True)
    shown = home.quivive("show", str(gazette)).out
    assert "Says otherwise\n  another number: “Un entrepôt" in shown
    assert f"{told['other_source']}, article {told['other_id']}: “Un entrepôt" in shown
