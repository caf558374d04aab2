"""Copies and stories in the archive: placed in the operation that archives, also what was there before, and told to whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from news.alerts import DifferenceKind
from news.copies import MOST_HOLDERS, CopyReason
from news.one_thing import WholeArticle
from news.placing import KnownText
from news.sources import FeedEntry
from news.stories import Because
from news.story_answers import StoryRecord
from news.things import Thing, ThingKind
from news.topics import Entity, Topic
from storage import StoryRequest
from storage.file.database import Database
from storage.file.schema import bring_home_what_was_left_in_joined_stories
from storage.recording import placing_old
from storage.recording.stories import SKETCH_AGE, load_texts
from tests.desk import NOW, OTAN, A, B, C, Desk, entry
from tests.made_words import words_of

FIRE = "Un entrepôt de produits chimiques de l’OTAN brûle à Rungis depuis mardi matin, dix pompiers ont été blessés. "
DISPATCH = FIRE + " ".join(f"Le témoin {number} raconte sa nuit au bord du canal {number * 7} avec les voisins." for number in range(60))
SENATE = "Les sénateurs ont voté le budget de la recherche et des universités dans la nuit."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db", [OTAN]) as desk:
        for url, name in ((A, "Le Journal"), (B, "L’Écho"), (C, "La Gazette")):
            desk.watch(url, name=name)
        yield desk


def publish(desk: Desk) -> None:
    """A fire, told by three sources, one of which copies another; and something else."""
    ago = [NOW - timedelta(minutes=minutes) for minutes in (50, 40, 30, 20)]
    desk.poll(A, entry("Incendie dans un entrepôt chimique de Rungis", "https://a.example/1", summary=DISPATCH, published_at=ago[0]))
    desk.poll(B, entry("Le Sénat adopte le budget", "https://b.example/1", summary=SENATE, published_at=ago[1]))
    desk.poll(B, entry("Rungis : un entrepôt chimique en feu", "https://b.example/2", summary=FIRE, published_at=ago[2]))
    desk.poll(C, entry("Un entrepôt part en fumée", "https://c.example/1", summary="Nouveau. " + DISPATCH, published_at=ago[3]))


def stories(desk: Desk, **asked: object) -> list[StoryRecord]:
    return list(desk.archive.list_stories(StoryRequest(**asked)))  # type: ignore[arg-type]  # what is asked for is written out


def placed(desk: Desk) -> list[tuple[object, ...]]:
    """Which articles are together, whatever the numbers of their stories."""
    return desk.rows("SELECT group_concat(article_id) FROM (SELECT * FROM story_articles ORDER BY article_id) GROUP BY story_id ORDER BY 1")


def show(desk: Desk, article_id: int) -> WholeArticle:
    whole = desk.archive.tell_whole(Thing(ThingKind.ARTICLE, str(article_id), ""), [OTAN], {}, NOW)
    assert isinstance(whole, WholeArticle)
    return whole


def test_articles_on_one_event_are_one_story_in_the_order_in_which_they_appeared(desk: Desk) -> None:
    publish(desk)
    fire, senate = stories(desk)
    assert [article.article_id for article in fire.articles] == [1, 3, 4]
    assert (fire.sources, fire.topics) == (("Le Journal", "L’Écho", "La Gazette"), ("OTAN",))
    assert (fire.started_at, fire.updated_at) == (NOW - timedelta(minutes=50), NOW - timedelta(minutes=20))
    assert [article.article_id for article in senate.articles] == [2]
    assert fire.title in {article.title for article in fire.articles}
    copies = [article.copy for article in fire.articles]
    assert copies[0] is None
    assert copies[2] is not None
    assert (copies[2].article_id, copies[2].reason) == (1, CopyReason.TEXT)
    assert copies[2].share > 0.9


def test_a_story_that_was_joined_names_the_one_that_has_its_articles_also_when_that_is_joined_in_turn(desk: Desk) -> None:
    for url, name in ((A, "a"), (B, "b")):
        desk.poll(url, entry("Incendie dans un entrepôt chimique de Rungis", f"https://{name}.example/1", summary=FIRE))
    apart = (
        "INSERT INTO stories SELECT 2, 2, started_at, updated_at, 1, NULL FROM stories",
        "INSERT INTO stories SELECT 3, 2, started_at, updated_at, 0, 2 FROM stories WHERE id = 2",
        "UPDATE story_articles SET story_id = 2 WHERE article_id = 2",
        "UPDATE stories SET articles = 1 WHERE id = 1",
    )
    for statement in apart:
        desk.archive._writer.submit(lambda db, statement=statement: db.conn.execute(statement)).result()  # type: ignore[misc]
    desk.poll(C, entry("Incendie dans un entrepôt chimique de Rungis", "https://c.example/1", summary=FIRE))
    assert desk.rows("SELECT id, joined_into, articles FROM stories ORDER BY id") == [(1, None, 3), (2, 1, 0), (3, 1, 0)]
    assert placed(desk) == [("1,2,3",)]


@pytest.mark.parametrize("in_one_body", [True, False])
def test_no_article_stays_in_a_story_that_was_joined_by_one_that_is_joined_with_the_same_body(desk: Desk, in_one_body: bool) -> None:
    def told(hours: int, url: str) -> FeedEntry:
        at = NOW + timedelta(hours=hours - 100)
        return entry("Incendie dans un entrepôt chimique de Rungis", f"https://a.example/{url}", published_at=at)

    for number, hours in enumerate((0, 30, 60), start=1):
        desk.poll(A, told(hours, str(number)))
    desk.archive._writer.submit(split_stories).result()
    both = [told(70, "4"), told(10, "5")]
    for portion in [both[::-1]] if in_one_body else [[one] for one in both]:
        desk.poll(A, *portion)
    assert desk.rows("SELECT id, joined_into, articles FROM stories ORDER BY id") == [(1, None, 5), (2, 1, 0), (3, 1, 0)]
    assert placed(desk) == [("1,2,3,4,5",)]


def test_articles_that_an_earlier_version_left_in_joined_stories_are_brought_home(desk: Desk) -> None:
    for number in range(1, 7):
        desk.poll(A, entry(f"Titre {number}", f"https://a.example/{number}", summary=" ".join(words_of(30, number))))
    for number, into in ((2, 1), (3, 2), (4, 3), (6, 5)):
        joined = f"UPDATE stories SET joined_into = {into}, articles = 0 WHERE id = {number}"
        desk.archive._writer.submit(lambda db, joined=joined: db.conn.execute(joined)).result()  # type: ignore[misc]
    for _ in range(2):
        desk.archive._writer.submit(bring_home_what_was_left_in_joined_stories).result()
        assert desk.rows("SELECT id, joined_into FROM stories ORDER BY id") == [(1, None), (2, 1), (3, 1), (4, 1), (5, None), (6, 5)]
        assert placed(desk) == [("1,2,3,4",), ("5,6",)]


def split_stories(db: Database) -> None:
    """Give each article a story of its own, of the number that it has."""
    db.conn.execute("REPLACE INTO stories SELECT id, id, time, time, 1, NULL FROM articles ORDER BY id DESC")
    db.conn.execute("UPDATE story_articles SET story_id = article_id, centrality = 0")


def test_stories_are_asked_for_by_topic_time_and_size(desk: Desk) -> None:
    publish(desk)
    assert [len(story.articles) for story in stories(desk, topic="OTAN")] == [3]
    assert [len(story.articles) for story in stories(desk, since=NOW - timedelta(minutes=30))] == [3]
    assert [len(story.articles) for story in stories(desk, since=NOW - timedelta(minutes=20))] == [3]
    assert stories(desk, since=NOW - timedelta(minutes=19)) == []
    assert [len(story.articles) for story in stories(desk, least=2)] == [3]
    assert [len(story.articles) for story in stories(desk, limit=1)] == [3]
    assert stories(desk, topic="Autre") == []
    assert [story.story_id for story in desk.archive.list_stories_of([4, 2, 1])] == [stories(desk)[0].story_id, stories(desk)[1].story_id]


def test_an_article_tells_why_it_is_in_its_story(desk: Desk) -> None:
    publish(desk)
    first, word, copy = show(desk, 1).place, show(desk, 3).place, show(desk, 4).place
    assert first is not None
    assert word is not None
    assert copy is not None
    assert (first.because, first.copy, first.copies) == (Because.FIRST, None, (3, 4) if word.copy else (4,))
    assert copy.because is Because.COPY
    assert copy.nearest_id == 1
    assert {"rungi", "entrepot"} <= {*word.words, *copy.words}
    assert first.story == word.story == copy.story


def test_one_body_is_placed_like_one_after_the_other(tmp_path: Path) -> None:
    together = [
        entry("Le Sénat adopte le budget", "https://a.example/2", summary=SENATE),
        entry("Incendie dans un entrepôt chimique de Rungis", "https://a.example/1", summary=DISPATCH),
        entry("Rungis : un entrepôt chimique en feu", "https://a.example/3", summary=FIRE),
    ]
    answers = []
    for name, portions in (("one", [together]), ("each", [[one] for one in reversed(together)])):
        with Desk(tmp_path / name) as desk:
            desk.watch(A)
            for portion in portions:
                desk.poll(A, *portion)
            answers.append(sorted(sorted(one.url for one in story.articles) for story in stories(desk)))
    assert answers[0] == answers[1] == [["https://a.example/1", "https://a.example/3"], ["https://a.example/2"]]


def forget_stories(desk: Desk) -> None:
    """Make the archive as a version that knew no stories would have left it."""
    for table in ("story_articles", "sketches", "shingles", "waiting_shingles", "stories", "word_counts"):
        desk.archive._writer.submit(lambda db, table=table: db.conn.execute(f"DELETE FROM {table}")).result()  # type: ignore[misc]
    desk.archive._writer.submit(lambda db: db.conn.execute("DELETE FROM archive_state WHERE name = 'knows_stories'")).result()
    desk.reopen()


@pytest.mark.parametrize("bound", ["STEP_ARTICLES", "STEP_CHARACTERS"])
def test_what_was_there_before_is_placed_step_by_step_over_deaths_and_alerts_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    publish(desk)
    before, alerts = placed(desk), desk.alerts()
    monkeypatch.setattr(placing_old, bound, 1)
    forget_stories(desk)
    assert stories(desk) == []
    assert desk.status()["rebuilding"] == {"part": "stories", "percent": 0.0}
    desk.archive.rebuild_step().result()
    assert desk.status()["rebuilding"] == {"part": "stories", "percent": 25.0}
    held = desk.rows("SELECT count(*) FROM sketches")
    assert (desk.archive.prune_sketches(NOW + 2 * SKETCH_AGE).result(), desk.rows("SELECT count(*) FROM sketches")) == (0, held)
    desk.reopen()
    desk.poll(A, entry("Rungis : l’entrepôt chimique brûle toujours", "https://a.example/9", summary=FIRE))
    desk.rebuild()
    assert desk.status()["rebuilding"] is None
    assert placed(desk) == [("1,3,4,5",), ("2",)] != before
    assert desk.alerts()[: len(alerts)] == alerts
    assert len(desk.alerts()) == len(alerts) + 1
    desk.reopen()
    assert desk.rebuild() == 0


def test_what_placing_needs_is_forgotten_after_a_week_and_the_stories_stay(desk: Desk) -> None:
    publish(desk)
    assert desk.archive.prune_sketches(NOW - timedelta(minutes=50, days=-8)).result() == 0
    assert desk.archive.prune_sketches(NOW - timedelta(minutes=35, days=-8)).result() == 2
    assert desk.rows("SELECT article_id FROM sketches ORDER BY 1") == [(3,), (4,)]
    assert [len(story.articles) for story in stories(desk)] == [3, 1]


def test_a_deleted_article_leaves_nothing_that_its_text_could_be_known_by(desk: Desk) -> None:
    publish(desk)
    assert desk.rows("SELECT json_array_length(shingles) FROM waiting_shingles WHERE article_id = 1")[0][0] > 20
    desk.archive.forget_articles(NOW + timedelta(days=30), NOW + timedelta(days=30)).result()
    held = desk.rows("SELECT article_id FROM waiting_shingles WHERE shingles <> '[]'")
    deleted = desk.rows("SELECT id FROM articles WHERE deleted_at IS NOT NULL")
    assert not set(held) & set(deleted)
    assert len(stories(desk)) == 2


NETWORKS = "L’OTAN va déployer l’assistant de la société Calypse sur ses réseaux{how} avant l’été, dit son secrétaire général. "
TITLE = "Calypse : l’OTAN veut déployer l’assistant sur ses réseaux"
MORE = "Le prix du contrat de Calypse n’est pas connu, et la société Calypse parle d’un grand pas pour son assistant. "


def publish_contradiction(desk: Desk) -> None:
    """Two sources on one contract; the second denies a word of the first."""
    for place, (source, how) in enumerate(((A, " classifiés"), (B, " non classifiés"))):
        link, at = f"https://news.example/{place}", NOW - timedelta(minutes=50 - place)
        desk.poll(source, entry(TITLE, link, summary=NETWORKS.format(how=how) + MORE, published_at=at))


def test_an_article_tells_what_it_says_otherwise_than_an_earlier_or_later_one_of_its_story(desk: Desk) -> None:
    publish_contradiction(desk)
    (later,) = show(desk, 2).differences
    assert (later.kind, later.other_source, later.other_id) == (DifferenceKind.NEGATION, "Le Journal", 1)
    assert ("réseaux non classifiés" in later.passage, "réseaux classifiés" in later.other_passage) == (True, True)
    (first,) = show(desk, 1).differences
    assert (first.kind, first.other_source, first.other_id) == (DifferenceKind.NEGATION, "L’Écho", 2)
    assert (first.passage, first.other_passage) == (later.other_passage, later.passage)


def test_articles_are_compared_only_where_a_topic_that_is_followed_matches_both(desk: Desk) -> None:
    publish_contradiction(desk)
    desk.poll(C, entry(TITLE, "https://news.example/9", summary=NETWORKS.format(how=" civils").replace("OTAN", "Alliance")))
    assert [len(one.articles) for one in stories(desk)] == [3]
    assert {one.other_id for one in show(desk, 2).differences} == {1}
    assert show(desk, 3).differences == ()
    other = desk.archive.tell_whole(Thing(ThingKind.ARTICLE, "2", ""), [Topic("Autre", "réseaux")], {}, NOW)
    assert isinstance(other, WholeArticle)
    assert other.differences == ()


def test_a_topic_with_filters_compares_what_its_filters_let_through(desk: Desk) -> None:
    topic = Topic("OTAN", "@alliance lang:fr")
    with_entities = {"alliance": Entity("alliance", ("OTAN", "Alliance atlantique"))}
    publish_contradiction(desk)
    told = desk.archive.tell_whole(Thing(ThingKind.ARTICLE, "2", ""), [topic], with_entities, NOW)
    assert isinstance(told, WholeArticle)
    assert [one.kind for one in told.differences] == [DifferenceKind.NEGATION]


def test_a_text_that_is_deleted_is_compared_no_more(desk: Desk) -> None:
    desk.follow(Topic("OTAN", "OTAN"))
    publish_contradiction(desk)
    assert desk.archive.forget_articles(NOW + timedelta(days=30), NOW + timedelta(days=30)).result() == 2
    assert (show(desk, 1).differences, show(desk, 2).differences) == ((), ())


def test_a_story_is_known_by_the_article_that_is_nearest_to_its_others_whichever_came_first(desk: Desk) -> None:
    desk.poll(A, entry("Rungis : un entrepôt chimique en feu", "https://a.example/1", summary=FIRE))
    assert desk.rows("SELECT central_id FROM stories") == [(1,)]
    desk.poll(B, entry("Incendie dans un entrepôt chimique de Rungis", "https://b.example/1", summary=DISPATCH))
    desk.poll(C, entry("Un entrepôt part en fumée", "https://c.example/1", summary="Nouveau. " + DISPATCH))
    (nearest,) = desk.rows("SELECT article_id FROM story_articles ORDER BY centrality DESC LIMIT 1")
    assert desk.rows("SELECT articles, central_id FROM stories") == [(3, *nearest)]
    assert nearest != (1,)


NOTICE = "Cet article est réservé à nos abonnés. Pour lire la suite et soutenir une rédaction indépendante, abonnez-vous dès maintenant."
EVENTS = (
    "Otages libérés au Sahel", "Coupe de bois interdite", "Panne géante à Vesoul", "Tempête sur les Glénan", "Procès du notaire",
    "Séisme en Islande", "Budget du théâtre", "Grève des éboueurs", "Chasse au sanglier", "Vaccin contre la dengue",
    "Finale de pétanque", "Vignes sous le gel", "Barrage contesté", "Tunnel inondé", "Radar détruit",
)  # fmt: skip


def test_a_notice_that_is_all_that_a_source_says_of_its_articles_makes_no_copies_of_them_once_it_is_known_for_one(desk: Desk) -> None:
    others = 600
    desk.poll(B, *[entry(f"Titre {n}", f"https://b.example/{n}", summary=" ".join(words_of(30, n))) for n in range(others)])
    for number, title in enumerate(EVENTS):
        desk.poll(A, entry(title, f"https://a.example/{number}", summary=NOTICE))
    rows = desk.rows("SELECT copy_of, story_id FROM story_articles WHERE article_id > ? ORDER BY article_id", others)
    known = len(EVENTS) - MOST_HOLDERS
    assert [copy_of for copy_of, _ in rows] == [None] + [others + 1] * (MOST_HOLDERS - 1) + [None] * known
    assert len({story_id for _, story_id in rows[MOST_HOLDERS:]}) == known


@pytest.mark.parametrize("at_once", [True, False])
def test_a_notice_that_another_source_said_first_makes_no_copies_either_once_it_is_known_for_one(desk: Desk, at_once: bool) -> None:
    others = 600
    desk.poll(B, *[entry(f"Titre {n}", f"https://b.example/{n}", summary=" ".join(words_of(30, n))) for n in range(others)])
    desk.poll(A, entry("Un château à vendre", "https://a.example/1", summary=NOTICE))
    notices = [entry(title, f"https://c.example/{number}", summary=NOTICE) for number, title in enumerate(EVENTS)]
    for portion in [notices[::-1]] if at_once else [[one] for one in notices]:
        desk.poll(C, *portion)
    rows = desk.rows("SELECT copy_of FROM story_articles WHERE article_id > ? ORDER BY article_id", others + 1)
    assert [copy_of for (copy_of,) in rows] == [others + 1] * MOST_HOLDERS + [None] * (len(EVENTS) - MOST_HOLDERS)


def test_how_many_articles_of_each_source_say_the_same_is_told_by_the_latest_copies_by_their_text(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.recording.stories.MOST_COPIES_ASKED", 4)
    desk.poll(A, entry("Incendie à Rungis", "https://a.example/1", summary=DISPATCH))
    for source, number in ((B, 2), (C, 3), (C, 4), (C, 5), (B, 6)):
        desk.poll(source, entry(f"Titre {number}", f"https://n{number}.example/", summary=f"{DISPATCH} Note {number}."))

    def copies() -> dict[int, KnownText]:
        return desk.archive._writer.submit(lambda db: load_texts(db, [1, 2])).result()

    a, b, c = (desk.source(url).source_id for url in (A, B, C))
    assert {article_id: (text.source_id, text.said_by, text.copy_of) for article_id, text in copies().items()} == {
        1: (a, {a: 1, b: 1, c: 3}, None),
        2: (b, {b: 1}, 1),
    }
    desk.archive._writer.submit(
        lambda db: db.conn.execute("UPDATE story_articles SET copy_reason = 'number' WHERE article_id = 4")
    ).result()
    assert copies()[1].said_by == {a: 1, b: 2, c: 2}


def test_a_description_under_another_headline_is_a_copy_for_sure(desk: Desk) -> None:
    for number in range(1, 13):
        text = f"Le conseil municipal a voté mot{number} dans la nuit une aide que motif{number} demandait au nom de {number + 40} familles"
        desk.poll(A, entry(f"Titre un{number}", f"https://a.example/{number}", summary=text))
        desk.poll(B, entry(f"Autre deux{number}", f"https://b.example/{number}", summary=text))
    rows = desk.rows("SELECT article_id, copy_of, share, shingles, sampled_one_in FROM story_articles ORDER BY article_id")
    assert [row[1] for row in rows] == [None if article_id % 2 else article_id - 1 for article_id in range(1, 25)]
    assert {row[2:] for row in rows[1::2]} == {(1.0, len(text.split()) - 4, 1)}


def test_a_teaser_is_a_copy_of_the_whole_text_whichever_came_first(desk: Desk) -> None:
    teaser = " ".join(DISPATCH.split()[:60])
    desk.poll(A, entry("Incendie à Rungis", "https://a.example/1", summary=DISPATCH))
    desk.poll(B, entry("Fumée sur le marché", "https://b.example/1", summary=teaser))
    whole = DISPATCH.replace("témoin", "voisin").replace("Rungis", "Bobigny")
    desk.poll(B, entry("Le gymnase en cendres", "https://b.example/2", summary=" ".join(whole.split()[:60])))
    desk.poll(A, entry("Une nuit à Bobigny", "https://a.example/2", summary=whole))
    rows = desk.rows("SELECT copy_of, sampled_one_in FROM story_articles ORDER BY article_id")
    assert rows == [(None, 16), (1, 1), (None, 1), (3, 16)]
