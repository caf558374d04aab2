"""What one article says otherwise than another: what is denied, numbers, dates, names; and never what is only said in other words."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from bench.disagreements import PAIRS as PAIRS_FILE
from bench.disagreements import find_kinds
from bench.disagreements import read_marked as said
from news.alerts import DifferenceKind
from news.disagreeing import MOST_DIFFERENCES, MOST_PASSAGES, Said, find_differences
from news.query import Matcher
from news.text import analyse_article
from news.topics import Entity, Topic
from tests.conftest import CORPUS

PAIRS = [line.split("\t") for line in PAIRS_FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
SEEDS = CORPUS.parent / "seeds"
ENTITIES = {
    "openai": Entity("openai", ("OpenAI", "Open AI", "ChatGPT", "Sam Altman")),
    "otan": Entity("otan", ("OTAN", "NATO", "Organisation du traité de l'Atlantique Nord", "Alliance atlantique")),
}


def test_there_are_sixty_pairs_of_which_about_half_differ() -> None:
    counts = Counter("same" if kind.startswith("same") else "different" for kind, _, _ in PAIRS)
    assert (len(PAIRS), counts["different"]) == (246, 125)


@pytest.mark.parametrize(("kind", "earlier", "later"), PAIRS)
def test_a_pair_differs_in_what_it_was_written_to_differ_in(kind: str, earlier: str, later: str) -> None:
    """Of a pair marked with `!` it is known that it is judged wrongly."""
    as_written = find_kinds(earlier, later) == {kind.rstrip("!")} - {"same"}
    assert as_written is not kind.endswith("!")


def seed(number: str) -> Said:
    (path,) = SEEDS.glob(f"{number}_*.txt")
    text = path.read_text(encoding="utf-8")
    places = Matcher([Topic("OpenAI–OTAN", "@openai AND @otan")], ENTITIES).find_places("OpenAI–OTAN", analyse_article("", text))
    assert places is not None
    return Said(int(number), number, text, places.found)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not beside the project (../shared/seeds)")
def test_the_two_articles_differ_in_whether_the_networks_are_classified_and_in_nothing_else() -> None:
    (told,) = find_differences(seed("001"), [seed("000")])
    assert (told.kind, told.other_source) == (DifferenceKind.NEGATION, "000")
    assert "sur les réseaux non classifiés de l'OTAN" in told.passage
    assert "sur tous les réseaux classifiés de l'Organisation" in told.other_passage
    assert find_differences(seed("000"), [seed("001")]) == (), "the second says what the first says too"


def test_what_an_earlier_article_says_elsewhere_is_no_difference() -> None:
    later = said("L’[OTAN] va acheter 500 drones de surveillance pour le flanc est.")
    both = "L’[OTAN] va acheter 300 drones de surveillance pour le flanc est. L’[OTAN] va acheter 500 drones pour le flanc est en tout."
    assert find_differences(later, [said(both)]) == ()


def test_a_difference_is_told_once_with_the_passage_that_comes_nearest() -> None:
    later = said("L’[OTAN] va acheter 500 drones de surveillance pour le flanc est.")
    near = said("L’[OTAN] va acheter 300 drones de surveillance pour le flanc est.", "near")
    far = said("Selon des diplomates, l’[OTAN] va acheter 300 drones après le sommet de juin pour le flanc sud.", "far")
    (told,) = find_differences(later, [far, near])
    assert (told.other_source, told.kind) == ("near", DifferenceKind.NUMBER)


def test_sentences_away_from_what_the_topic_asks_for_are_not_compared() -> None:
    far = "Une longue phrase tient à distance ce qui suit, pour que rien de cela ne soit dans le passage qui est montré. "
    earlier, later = (said(f"[OTAN]. {far}La société va livrer {count} drones de surveillance au flanc est.") for count in (300, 500))
    assert find_differences(later, [earlier]) == ()


def test_only_the_first_passages_of_a_text_are_compared_and_of_each_its_beginning() -> None:
    filler = "L’[OTAN] répond à la question numéro {} de la presse. "
    last = "L’[OTAN] va acheter {} drones de surveillance pour le flanc est."
    texts = {count: "".join(map(filler.format, range(count))) for count in (MOST_PASSAGES - 1, MOST_PASSAGES)}
    told = [len(find_differences(said(text + last.format(500)), [said(last.format(300))])) for text in texts.values()]
    assert told == [1, 0]
    long = "L’[OTAN] va acheter pour le flanc est, " + "comme dit, " * 50 + "{} drones de surveillance."
    cut = "L’[OTAN] va acheter pour le flanc est, " + "comme dit, " * 60 + "{} drones de surveillance."
    assert [len(find_differences(said(one.format(500)), [said(one.format(300))])) for one in (long, cut)] == [1, 0]


HOSTILE = {
    "spaces": "L’[OTAN]. " + " " * 400_000,
    "spaces and quotes": "L’[OTAN]. " + " " * 100_000 + "«" * 100_000 + " " * 100_000,
    "one word": "[OTAN] " * 60_000,
    "numbers": "[OTAN] " + "1 000 " * 60_000,
    "no sentence": "[OTAN] " + "Ne Pas Aucun Non " * 20_000,
    "sentences": "".join(f"L’[OTAN] n’achète pas {number} drones de Mars le {number % 28} mai. " for number in range(5_000)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_is_compared_in_a_moment(kind: str) -> None:
    text = said(HOSTILE[kind])
    started = time.process_time()
    assert len(find_differences(text, [said(HOSTILE["sentences"].replace("pas ", "")), text] * 4)) <= MOST_DIFFERENCES
    assert time.process_time() - started < 2
