"""Articles whose text is largely another's, known by a sample of their words."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from news.copies import CopyOf, CopyReason, OtherText, SampledText, article_number_mark, column_key, find_copy
from news.sampling import SAMPLED_ONE_IN, one_in_of, sample_shingles
from news.text import analyse
from tests.made_words import words_of

NOW = datetime(2025, 2, 10, 12, tzinfo=UTC)
TITLE = "Le sommet de Vilnius reporté"


def shingles_of(words: list[str]) -> frozenset[int]:
    return sample_shingles(analyse(" ".join(words)).tokens)


def new(shingles: frozenset[int], **rest: Any) -> SampledText:
    facts = {"source_id": 1, "at": NOW, "title": TITLE, "title_stems": frozenset(analyse(TITLE).stems), "number_mark": None, **rest}
    return SampledText(shingles=shingles, **facts)


def long_sample(*numbers: int) -> frozenset[int]:
    """A sample of a longer text, which has one run in sixteen."""
    return frozenset(2 * number + 1 for number in numbers)


def short_sample(*numbers: int) -> frozenset[int]:
    """A sample of a short text, which has all its runs: one in sixteen of them may be in one of a longer text."""
    return frozenset(2 * number + (number % 16 == 0) for number in numbers)


def other(article_id: int, shared: frozenset[int], size: int, **rest: Any) -> OtherText:
    title = rest.pop("title", "Le chef de l’État en visite")
    facts = {"source_id": 2, "at": NOW, "title": title, "title_stems": frozenset(analyse(title).stems), "same_number": False, **rest}
    facts.setdefault("one_in", SAMPLED_ONE_IN)
    return OtherText(article_id=article_id, shared=shared, shingles=size, **facts)


def against(text: frozenset[int], original: frozenset[int], **rest: Any) -> OtherText:
    return other(7, text & original, len(original), one_in=one_in_of(original), **rest)


FULL = words_of(800, 1)
ORIGINAL = shingles_of(FULL)


def rewritten(share: float, seed: int) -> frozenset[int]:
    chance = random.Random(seed)
    return shingles_of([word if chance.random() >= share else word + "x" for word in FULL])


def test_a_text_with_one_word_in_ten_changed_is_a_copy() -> None:
    for seed in range(50):
        text = rewritten(0.1, seed)
        found = find_copy(new(text), [against(text, ORIGINAL)])
        assert found is not None
        assert (found.article_id, found.reason) == (7, CopyReason.TEXT)


def test_a_text_with_half_its_words_changed_is_none() -> None:
    text = rewritten(0.5, 1)
    assert find_copy(new(text), [against(text, ORIGINAL)]) is None


def test_most_teasers_of_four_hundred_characters_are_copies() -> None:
    found = 0
    for seed in range(100):
        words = words_of(200, seed)
        text = shingles_of(" ".join(words)[:400].split()[:-1])
        found += find_copy(new(text), [against(text, shingles_of(words))]) is not None
    assert found >= 85


def test_a_share_is_of_the_shorter_text_whichever_came_first() -> None:
    part = shingles_of(FULL[:200])
    assert find_copy(new(part), [against(part, ORIGINAL)]) == CopyOf(7, 1.0, CopyReason.TEXT)
    assert find_copy(new(ORIGINAL), [other(7, part & ORIGINAL, len(part))]) == CopyOf(7, 1.0, CopyReason.TEXT)


@pytest.mark.parametrize(("shared", "is_copy"), [(29, False), (30, True)])
def test_three_tenths_of_the_shorter_sample_are_enough(shared: int, is_copy: bool) -> None:
    text = long_sample(*range(100))
    assert (find_copy(new(text), [other(7, long_sample(*range(shared)), 400)]) is not None) is is_copy


def test_one_shingle_in_common_is_chance() -> None:
    assert find_copy(new(long_sample(1, 2)), [other(7, long_sample(1), 2)]) is None


def test_a_page_under_the_number_of_another_is_no_copy_by_one_shingle_of_its_text() -> None:
    renamed = other(7, long_sample(1), 2, title=TITLE, same_number=True)
    assert find_copy(new(long_sample(1, 2)), [renamed]) == CopyOf(7, 0.0, CopyReason.NUMBER)


def test_what_everybody_says_is_no_part_of_the_shorter_sample() -> None:
    text = long_sample(*range(10))
    candidate = other(7, long_sample(0, 1), 40)
    assert find_copy(new(text), [candidate]) is None
    assert find_copy(new(text), [candidate], long_sample(6, 7, 8, 9)) == CopyOf(7, round(2 / 6, 3), CopyReason.TEXT)


@pytest.mark.parametrize(("shared", "is_copy"), [(27, False), (28, True)])
def test_short_texts_must_share_four_fifths_of_the_shorter(shared: int, is_copy: bool) -> None:
    """Three quarters of a description may be what its programme says of itself."""
    text, candidate = short_sample(*range(35)), other(7, short_sample(*range(shared)), 60, one_in=1)
    found = find_copy(new(text), [candidate])
    assert found == (CopyOf(7, shared / 35, CopyReason.TEXT) if is_copy else None)


@pytest.mark.parametrize(("shared", "is_copy"), [(31, False), (32, True)])
def test_or_as_many_runs_as_no_phrase_of_a_programme_has(shared: int, is_copy: bool) -> None:
    text, candidate = short_sample(*range(60)), other(7, short_sample(*range(shared)), 64, one_in=1)
    assert (find_copy(new(text), [candidate]) is not None) is is_copy


@pytest.mark.parametrize(("runs", "is_copy"), [(7, False), (8, True)])
def test_a_phrase_of_a_few_words_is_no_text(runs: int, is_copy: bool) -> None:
    """« Lire la suite sur notre site » is all that some feeds say of any article."""
    text = short_sample(*range(runs))
    assert (find_copy(new(text), [other(7, text, runs, one_in=1)]) is not None) is is_copy


@pytest.mark.parametrize(("runs", "is_copy"), [(7, False), (8, True)])
def test_nor_is_it_one_where_a_longer_text_has_it(runs: int, is_copy: bool) -> None:
    """Whichever came first: two of its runs may be in the sample of the longer one."""
    phrase = long_sample(0, 1) | short_sample(*range(100, 100 + runs - 2))
    assert len(phrase) == runs
    assert (find_copy(new(phrase), [other(7, long_sample(0, 1), 40)]) is not None) is is_copy
    longer = long_sample(*range(40))
    assert (find_copy(new(longer), [other(7, long_sample(0, 1), runs, one_in=1)]) is not None) is is_copy


def test_what_everybody_says_is_no_part_of_a_short_text_either() -> None:
    text, candidate = short_sample(*range(30)), other(7, short_sample(*range(16)), 40, one_in=1)
    assert find_copy(new(text), [candidate]) is None
    assert find_copy(new(text), [candidate], short_sample(*range(20, 30))) == CopyOf(7, 0.8, CopyReason.TEXT)


def test_a_short_text_and_a_longer_one_are_compared_by_what_the_longer_ones_sample_has_of_both() -> None:
    """Whichever came first: of the short one that is on record, about one run in sixteen is in such a sample."""
    text = short_sample(*range(33))
    assert len(text & long_sample(0, 16, 32)) == 3
    assert find_copy(new(text), [other(7, long_sample(0, 16), 40)]) == CopyOf(7, round(2 / 3, 3), CopyReason.TEXT)
    assert find_copy(new(text), [other(7, long_sample(0), 40)]) is None
    longer = long_sample(*range(0, 640, 16))
    assert find_copy(new(longer), [other(7, long_sample(0, 16), 64, one_in=1)]) == CopyOf(7, 0.5, CopyReason.TEXT)
    assert find_copy(new(longer), [other(7, long_sample(0), 8, one_in=1)]) is None


def test_a_share_is_never_more_than_all_of_a_text() -> None:
    """Of twenty runs on record one or two are taken to be in the sample of a longer text; here it is more."""
    longer = long_sample(*range(0, 640, 16))
    assert find_copy(new(longer), [other(7, long_sample(0, 16), 20, one_in=1)]) == CopyOf(7, 1.0, CopyReason.TEXT)


def test_descriptions_that_are_the_same_under_any_headline_are_copies_whatever_they_say() -> None:
    for seed in range(200):
        text = shingles_of(words_of(15 + seed % 40, seed))
        assert find_copy(new(text), [against(text, text)]) == CopyOf(7, 1.0, CopyReason.TEXT)


def test_descriptions_with_the_phrase_of_one_programme_are_none() -> None:
    phrase = ["est", "sur", "le", "plateau", "des", "débats", "du", "matin", "présenté", "par", "Zoé", "Lambel"]
    for seed in range(200):
        text, original = (shingles_of([*words_of(8, one), *phrase, *words_of(9, one + 1_000)]) for one in (seed, seed + 500))
        assert find_copy(new(text), [against(text, original)]) is None


def test_of_several_the_one_with_most_in_common_is_the_original_and_of_equals_the_first() -> None:
    text = long_sample(*range(10))
    others = [other(9, long_sample(*range(8)), 10), other(5, long_sample(*range(8)), 10), other(3, long_sample(*range(4)), 10)]
    assert find_copy(new(text), others) == CopyOf(5, 0.8, CopyReason.TEXT)


@pytest.mark.parametrize(
    ("changes", "is_copy"),
    [
        ({}, False),
        ({"source_id": 2}, True),
        ({"at": NOW - timedelta(hours=11, minutes=59)}, True),
        ({"at": NOW - timedelta(hours=12)}, False),
        ({"at": NOW + timedelta(days=7)}, False),
        ({"title": "Le maire de Vannes se retire"}, True),
        ({"shared": long_sample(*range(7))}, True),
    ],
)
def test_a_column_of_the_same_source_and_title_must_share_more(changes: dict[str, Any], is_copy: bool) -> None:
    facts: dict[str, Any] = {"source_id": 1, "at": NOW - timedelta(days=7), "title": "La lettre du lundi 3 février", **changes}
    shared = facts.pop("shared", long_sample(*range(6)))
    text = new(long_sample(*range(10)), title="La lettre du lundi 10 février")
    assert (find_copy(text, [other(7, shared, 10, **facts)]) is not None) is is_copy


@pytest.mark.parametrize(("title", "is_copy"), [("La lettre du lundi 3 février", False), ("Le maire de Vannes se retire", True)])
def test_a_short_column_must_share_more_too(title: str, is_copy: bool) -> None:
    text = new(short_sample(*range(60)), title="La lettre du lundi 10 février")
    last_week = other(7, short_sample(*range(41)), 60, one_in=1, source_id=1, at=NOW - timedelta(days=7), title=title)
    assert (find_copy(text, [last_week]) is not None) is is_copy


def test_a_newsletter_with_parts_of_three_articles_is_a_copy_of_none() -> None:
    parts = [other(number, long_sample(*range(start, start + 4)), 5) for number, start in ((1, 0), (2, 10), (3, 20))]
    text = new(long_sample(*range(30)))
    assert find_copy(text, parts) is None
    assert find_copy(text, parts[:2]) is not None


@pytest.mark.parametrize(("runs", "is_digest"), [(7, False), (8, True)])
def test_a_few_words_of_each_make_no_newsletter_of_a_short_text(runs: int, is_digest: bool) -> None:
    text, starts = short_sample(*range(64)), (32, 44, 56)
    parts = [other(number, short_sample(*range(start, start + runs)), 60, one_in=1) for number, start in enumerate(starts)]
    original = other(9, short_sample(*range(64)), 64, one_in=1)
    assert (find_copy(new(text), [*parts, original]) is None) is is_digest


def test_three_that_print_the_same_dispatch_are_no_parts_of_a_newsletter() -> None:
    same = [other(number, long_sample(*range(8)), 10) for number in (1, 2, 3)]
    assert find_copy(new(long_sample(*range(10))), same) == CopyOf(1, 0.8, CopyReason.TEXT)


@pytest.mark.parametrize(
    ("title", "is_copy"), [("Le sommet de Vilnius est reporté en mars", True), ("Grand prix de Pau : victoire de Martin", False)]
)
def test_a_page_with_the_number_of_another_is_its_copy_unless_its_words_contradict(title: str, is_copy: bool) -> None:
    found = find_copy(new(frozenset()), [other(7, frozenset(), 40, title=title, same_number=True)])
    assert (found == CopyOf(7, 0.0, CopyReason.NUMBER)) is is_copy
    assert find_copy(new(frozenset()), [other(7, frozenset(), 40, title=title)]) is None


@pytest.mark.parametrize(("words", "is_copy"), [("abcd", True), ("abcde", False)])
def test_titles_that_share_a_quarter_of_the_words_of_the_shorter_do_not_contradict(words: str, is_copy: bool) -> None:
    renamed = other(7, frozenset(), 40, title_stems=frozenset("avwxyz"), same_number=True)
    assert (find_copy(new(frozenset(), title_stems=frozenset(words)), [renamed]) is not None) is is_copy


def test_of_several_pages_with_its_number_the_first_is_the_original_whatever_little_their_texts_share() -> None:
    pages = [other(number, long_sample(0, 1), 40, title=TITLE, same_number=True) for number in (9, 5)]
    assert find_copy(new(long_sample(*range(10))), pages) == CopyOf(5, 0.2, CopyReason.NUMBER)


def mark(url: str) -> int | None:
    return article_number_mark(url)


def test_a_site_keeps_the_number_of_an_article_under_a_new_address() -> None:
    number = mark("https://www.journal.example/pixels/article/2022/01/05/le-sommet_6121227_4408996.html")
    assert number is not None
    assert mark("https://journal.example/monde/article/2022/01/06/le-sommet-reporte_6121227_3210.html") == number
    assert mark("https://journal.example/monde/article/2022/01/05/le-sommet_6121228_4408996.html") != number
    assert mark("https://autre.example/pixels/article/2022/01/05/le-sommet_6121227_4408996.html") != number


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/2025/02/10/le-sommet",
        "https://a.example/20250210/le-sommet",
        "https://a.example/le-sommet_AN-202502100027.html",
        "https://a.example/le-sommet-2025",
        "https://a.example/",
    ],
)
def test_a_date_is_no_number_of_an_article(url: str) -> None:
    assert mark(url) is None


def test_a_column_is_known_by_its_title_without_numbers_and_dates() -> None:
    assert column_key("JT du Sud du dimanche 9 février") == column_key("JT du Sud du samedi 15 mars") == "jt du sud du"
    assert column_key("JT du Nord du samedi 15 mars") != column_key("JT du Sud du samedi 15 mars")
