"""Articles whose text is largely another's, known by a sample of their words."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from news.copies import CopyOf, CopyReason, OtherText, SampledText, article_number_mark, column_key, find_copy, sample_shingles
from news.text import analyse, little_words

NOW = datetime(2025, 2, 10, 12, tzinfo=UTC)
TITLE = "Le sommet de Vilnius reporté"


def words_of(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choice("abcdefghijklmnop") for _ in range(chance.randint(2, 8))) for _ in range(count)]


def shingles_of(words: list[str]) -> frozenset[int]:
    return sample_shingles(analyse(" ".join(words)).tokens)


def new(shingles: frozenset[int], **rest: Any) -> SampledText:
    facts = {"source_id": 1, "at": NOW, "title": TITLE, "title_stems": frozenset(analyse(TITLE).stems), "number_mark": None, **rest}
    return SampledText(shingles=shingles, **facts)


def other(article_id: int, shared: frozenset[int], size: int, **rest: Any) -> OtherText:
    title = rest.pop("title", "Le chef de l’État en visite")
    facts = {"source_id": 2, "at": NOW, "title": title, "title_stems": frozenset(analyse(title).stems), "same_number": False, **rest}
    return OtherText(article_id=article_id, shared=shared, shingles=size, **facts)


def against(text: frozenset[int], original: frozenset[int], **rest: Any) -> OtherText:
    return other(7, text & original, len(original), **rest)


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


@pytest.mark.parametrize(("shared", "is_copy"), [(2, False), (3, True)])
def test_three_tenths_of_the_shorter_sample_are_enough(shared: int, is_copy: bool) -> None:
    text = frozenset(range(10))
    assert (find_copy(new(text), [other(7, frozenset(range(shared)), 40)]) is not None) is is_copy


def test_one_shingle_in_common_is_chance() -> None:
    assert find_copy(new(frozenset({1, 2})), [other(7, frozenset({1}), 2)]) is None


def test_what_everybody_says_is_no_part_of_the_shorter_sample() -> None:
    text = frozenset(range(10))
    candidate = other(7, frozenset({0, 1}), 40)
    assert find_copy(new(text), [candidate]) is None
    assert find_copy(new(text), [candidate], common=4) == CopyOf(7, round(2 / 6, 3), CopyReason.TEXT)


def test_of_several_the_one_with_most_in_common_is_the_original_and_of_equals_the_first() -> None:
    text = frozenset(range(10))
    others = [other(9, frozenset(range(8)), 10), other(5, frozenset(range(8)), 10), other(3, frozenset(range(4)), 10)]
    assert find_copy(new(text), others) == CopyOf(5, 0.8, CopyReason.TEXT)


@pytest.mark.parametrize(
    ("changes", "is_copy"),
    [
        ({}, False),
        ({"source_id": 2}, True),
        ({"at": NOW - timedelta(hours=11)}, True),
        ({"title": "Le maire de Vannes se retire"}, True),
        ({"shared": frozenset(range(7))}, True),
    ],
)
def test_a_column_of_the_same_source_and_title_must_share_more(changes: dict[str, Any], is_copy: bool) -> None:
    facts: dict[str, Any] = {"source_id": 1, "at": NOW - timedelta(days=7), "title": "La lettre du lundi 3 février", **changes}
    shared = facts.pop("shared", frozenset(range(6)))
    text = new(frozenset(range(10)), title="La lettre du lundi 10 février")
    assert (find_copy(text, [other(7, shared, 10, **facts)]) is not None) is is_copy


def test_a_newsletter_with_parts_of_three_articles_is_a_copy_of_none() -> None:
    parts = [other(number, frozenset(range(start, start + 4)), 5) for number, start in ((1, 0), (2, 10), (3, 20))]
    assert find_copy(new(frozenset(range(30))), parts) is None
    assert find_copy(new(frozenset(range(30))), parts[:2]) is not None


def test_three_that_print_the_same_dispatch_are_no_parts_of_a_newsletter() -> None:
    same = [other(number, frozenset(range(8)), 10) for number in (1, 2, 3)]
    assert find_copy(new(frozenset(range(10))), same) == CopyOf(1, 0.8, CopyReason.TEXT)


@pytest.mark.parametrize(
    ("title", "is_copy"), [("Le sommet de Vilnius est reporté en mars", True), ("Grand prix de Pau : victoire de Martin", False)]
)
def test_a_page_with_the_number_of_another_is_its_copy_unless_its_words_contradict(title: str, is_copy: bool) -> None:
    found = find_copy(new(frozenset()), [other(7, frozenset(), 40, title=title, same_number=True)])
    assert (found == CopyOf(7, 0.0, CopyReason.NUMBER)) is is_copy
    assert find_copy(new(frozenset()), [other(7, frozenset(), 40, title=title)]) is None


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


def test_the_sample_is_one_shingle_in_sixteen_and_always_the_same() -> None:
    tokens = analyse(" ".join(words_of(16_000, 3))).tokens
    sample = sample_shingles(tokens)
    assert 900 < len(sample) < 1100
    assert sample == sample_shingles(tokens)
    assert max(sample) < 2**48
    assert sample_shingles(("un", "deux", "trois", "quatre")) == frozenset()


LITTLE = sorted(little_words("fr"))[:30]


def worded(seed: int, count: int = 2_000) -> tuple[str, ...]:
    """A text as texts are: every other word is one of few, the others come now and then."""
    chance, rare = random.Random(seed), words_of(400, seed)
    return tuple(chance.choice(LITTLE if chance.random() < 0.5 else rare) for _ in range(count))


def test_of_every_text_about_as_much_is_sampled() -> None:
    """As much as if chance sampled each run for itself: one text in some hundred is four standard deviations off, if any."""
    texts = [worded(seed) for seed in range(60)]
    off = []
    for text in texts:
        runs = {text[start : start + 5] for start in range(len(text) - 4)}
        off.append((len(sample_shingles(text)) - len(runs) / 16) / (len(runs) * 15 / 256) ** 0.5)
    assert max(map(abs, off)) < 4
    assert 0.6 < sum(one**2 for one in off) / len(off) < 1.5
    assert abs(sum(off)) / len(off) < 0.5


def test_runs_of_one_pattern_are_sampled_as_often_as_others() -> None:
    """Where one or two of the five words stay the same, whatever they are and wherever they stand."""
    chance, rare = random.Random(7), words_of(3_000, 7)
    for place in range(5):
        for other in range(5):
            sampled = 0
            for _ in range(3_000):
                run = [chance.choice(rare) for _ in range(5)]
                run[place], run[other] = "de", "la"
                sampled += len(sample_shingles(run))
            assert 130 < sampled < 250, f"{sampled} of 3,000 where 188 are expected, with words at {place} and {other}"


def test_two_texts_that_have_a_run_in_common_agree_on_whether_it_is_sampled() -> None:
    common = worded(1, 300)
    sample = sample_shingles(common)
    for seed in range(2, 8):
        before, after = worded(seed, 40 + seed), worded(seed + 20, 30)
        whole = sample_shingles((*before, *common, *after))
        assert sample <= whole
        assert not sample & sample_shingles((*before, *after))
    assert frozenset().union(*(sample_shingles(common[start : start + 5]) for start in range(len(common) - 4))) == sample


def test_the_same_words_in_another_order_are_other_shingles() -> None:
    chance = random.Random(3)
    both = either = 0
    for _ in range(4_000):
        run = words_of(5, chance.randrange(10**6))
        turned = [run[1], run[0], *run[2:]]
        one, other = sample_shingles(run), sample_shingles(turned)
        assert run == turned or not one & other
        both += bool(one and other)
        either += bool(one or other)
    assert both < either / 5, "whether a run is sampled hangs on the order of its words too"


@pytest.mark.parametrize("count", range(5))
def test_a_text_of_less_than_five_words_has_no_shingle(count: int) -> None:
    assert sample_shingles(words_of(count, 1)) == frozenset()


def test_a_text_of_any_characters_and_any_length_is_sampled() -> None:
    tokens = [f"{chr(number)}\U0001f600" for number in range(33, 3_000)]
    sample = sample_shingles(tokens)
    assert 130 < len(sample) < 250
    assert sample_shingles(tokens[1:]) >= sample - sample_shingles(tokens[:5])
