"""Samples of the runs of words of texts: enough of each, and always the same for the same words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from zlib import crc32

import pytest

from news.sampling import SAMPLED_ONE_IN, SAMPLING_VERSION, WHOLE_RUNS, one_in_of, sample_shingles, thin_out
from news.text import analyse, little_words
from tests.made_words import words_of


def test_the_sample_is_one_shingle_in_sixteen_and_always_the_same() -> None:
    tokens = analyse(" ".join(words_of(16_000, 3))).tokens
    sample = sample_shingles(tokens)
    assert 900 < len(sample) < 1100
    assert sample == sample_shingles(tokens)
    assert max(sample) < 2**48
    assert sample_shingles(("un", "deux", "trois", "quatre")) == frozenset()
    assert (one_in_of(sample), thin_out(sample, SAMPLED_ONE_IN), thin_out(sample, 1)) == (SAMPLED_ONE_IN, sample, sample)


@pytest.mark.parametrize("runs", [1, 20, WHOLE_RUNS, WHOLE_RUNS + 1])
def test_of_a_short_text_all_runs_are_taken_and_those_of_a_longer_one_are_among_them(runs: int) -> None:
    for seed in range(30):
        words = words_of(runs + 4, seed)
        sample, thin, of_longer = sample_shingles(words), thin_sample(words), sample_shingles([*words, *words_of(800, seed + 100)])
        assert thin <= of_longer
        assert not (sample - thin) & of_longer
        assert (len(sample) == runs) is (runs <= WHOLE_RUNS)
        assert one_in_of(sample) == (1 if sample - thin else SAMPLED_ONE_IN)


def thin_sample(words: Sequence[str]) -> frozenset[int]:
    """Of the words, what would be sampled of them in a longer text."""
    return thin_out(sample_shingles(words), SAMPLED_ONE_IN)


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
                sampled += len(thin_sample(run))
            assert 130 < sampled < 250, f"{sampled} of 3,000 where 188 are expected, with words at {place} and {other}"


def test_two_texts_that_have_a_run_in_common_agree_on_whether_it_is_sampled() -> None:
    common = worded(1, 300)
    sample = sample_shingles(common)
    for seed in range(2, 8):
        before, after = worded(seed, 40 + seed), worded(seed + 20, 30)
        whole = sample_shingles((*before, *common, *after))
        assert sample <= whole
        assert not sample & sample_shingles((*before, *after))
    assert frozenset().union(*(thin_sample(common[start : start + 5]) for start in range(len(common) - 4))) == sample


def test_the_same_words_in_another_order_are_other_shingles() -> None:
    chance = random.Random(3)
    both = either = 0
    for _ in range(4_000):
        run = words_of(5, chance.randrange(10**6))
        turned = [run[1], run[0], *run[2:]]
        assert run == turned or not sample_shingles(run) & sample_shingles(turned)
        one, other = thin_sample(run), thin_sample(turned)
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
    assert sample_shingles(tokens[1:]) >= sample - thin_sample(tokens[:5])


def test_of_a_text_of_sixty_eight_words_all_runs_are_taken() -> None:
    words = words_of(69, 5)
    assert (len(sample_shingles(words[:68])), one_in_of(sample_shingles(words))) == (64, SAMPLED_ONE_IN)


def test_what_is_sampled_stays_the_same_as_long_as_the_version_does() -> None:
    """Where it does not, raise the version and note its samples here: else an archive would keep others than new texts have."""
    words = [f"mot{number}" for number in range(2_000)]
    samples = [sorted(sample_shingles(words[:count])) for count in (60, 2_000)]
    assert (SAMPLING_VERSION, [len(some) for some in samples], crc32(repr(samples).encode())) == (3, [56, 131], 1445867017)
