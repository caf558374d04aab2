"""What an article is known by once its text is sampled anew."""

from __future__ import annotations

from news.copies import MOST_HOLDERS, article_number_mark
from news.resampling import Resampled, ShownText, leave_out_common, resample
from news.sampling import sample_shingles
from news.text import analyse

TEXT = " ".join(f"mot{number}" for number in range(400))
TAIL = " ".join(f"autre{number}" for number in range(200))
NUMBERED = "https://a.example/le-sommet-7654321"


def sampled(text: str) -> frozenset[int]:
    return sample_shingles(analyse(text).tokens)


def known_by(*marks: int, article_id: int = 1) -> Resampled:
    return Resampled(article_id, len(marks), 16, frozenset(marks))


def test_an_article_is_known_by_its_text_and_by_the_number_in_its_address() -> None:
    known = resample(3, ShownText(NUMBERED, TEXT), None)
    number = article_number_mark(NUMBERED)
    assert number is not None
    assert (known.article_id, known.shingles, known.one_in, known.marks) == (3, len(sampled(TEXT)), 16, sampled(TEXT) | {number})


def test_a_short_text_is_sampled_whole() -> None:
    known = resample(3, ShownText("https://a.example/", "un deux trois quatre cinq six sept huit neuf dix"), None)
    assert (known.shingles, known.one_in, len(known.marks)) == (6, 1, 6)


def test_a_copy_is_known_by_what_its_original_lacks() -> None:
    known = resample(3, ShownText("https://b.example/", f"{TEXT} {TAIL}"), ShownText("https://a.example/", TEXT))
    assert known.shingles == len(sampled(f"{TEXT} {TAIL}"))
    assert known.marks == sampled(f"{TEXT} {TAIL}") - sampled(TEXT)


def test_a_copy_under_the_same_number_leaves_that_to_its_original() -> None:
    known = resample(3, ShownText(NUMBERED + "?suite", TAIL), ShownText(NUMBERED, TEXT))
    assert known.marks == sampled(TAIL)


def test_of_a_text_that_is_gone_the_number_is_left() -> None:
    known = resample(3, ShownText(NUMBERED, ""), None)
    assert (known.shingles, known.marks) == (0, {article_number_mark(NUMBERED)})


def test_a_copy_of_a_text_that_is_gone_keeps_all() -> None:
    assert resample(3, ShownText("https://b.example/", TEXT), ShownText("https://a.example/", "")).marks == sampled(TEXT)


def test_what_as_many_hold_as_tell_that_it_is_everybodys_is_left_out() -> None:
    holders = {1: range(MOST_HOLDERS), 2: range(MOST_HOLDERS - 1)}
    assert leave_out_common([known_by(1, 2, 3)], holders) == {1: {2, 3}}


def test_those_sampled_together_count_too() -> None:
    articles = [known_by(1, article_id=number) for number in range(10, 10 + MOST_HOLDERS + 3)]
    kept = leave_out_common(articles, {1: [1, 2]})
    assert [bool(kept[one.article_id]) for one in articles] == [True] * (MOST_HOLDERS - 2) + [False] * 5
