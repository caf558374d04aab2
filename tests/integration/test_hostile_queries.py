"""Queries and texts made to take all time or memory are refused with a reason, or answered alike by topics and search within bounds."""

from __future__ import annotations

import random
import string
import sys
from itertools import islice, product

import pytest

from tests.one_question import Answer, ask

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits a process as Linux does")

MANY = 42_000
"""Words in a text; far more than any article has."""
WORDS = ["".join(letters) for letters in product(string.ascii_lowercase, repeat=3)]
"""17,576 different words."""
FIRST, NONE, BOTH = Answer([0], [0]), Answer(), Answer([0, 1], [0, 1])


def repeat(pattern: str, times: int = MANY) -> str:
    """The same words over and over."""
    return f"{pattern} " * times


def nest(depth: int) -> str:
    """Groups within groups, of AND and OR in turn."""
    query = "kern"
    for level in range(depth):
        query = f"({query} OR absent{level}) there" if level % 2 else f"({query} there) OR absent{level}"
    return query


def spellings(number: int) -> list[str]:
    """The same three letters with other accents."""
    return ["".join(letters) for letters in islice(product("aàáâãäåAÀÁÂÃ", repeat=3), number)]


def overlapping_phrases(number: int) -> str:
    """Different phrases of 2 words and more, all of which stand at every fourth word of "a b c d a b c d …"."""
    words = "abcd" * 20
    phrases = (" ".join(words[start : start + length]) for length in range(2, 60) for start in range(4))
    return " OR ".join(f'"{phrase}"' for phrase in islice(phrases, number))


@pytest.mark.parametrize(
    ("query", "names", "reason"),
    [
        ("(" * 5000 + "a" + ")" * 4000, {}, "parentheses are nested too deeply; expected at most 50 within one another"),
        ("otan " * 20_000, {}, "this query has 100,000 characters; expected at most 10,000"),
        ("@big", {"big": WORDS[:5001]}, "this query asks for too much; expected at most 5,000 words, those of @entities included"),
        (
            "@big NEAR/8 @big",
            {"big": WORDS[:3000]},
            "this query asks for too much; expected at most 5,000 words, those of @entities included",
        ),
        (
            " ".join(f"a NEAR/8 b{n}" for n in range(101)),
            {},
            "this query has too many NEAR and ONEAR; expected at most 100 (put alternatives into one)",
        ),
        (" ".join(f"{word}*" for word in WORDS[:101]), {}, "this query has too many beginnings of words; expected at most 100"),
        (f'"{repeat("a", 51)}"', {}, "there are 51 words in a row; expected at most 50"),
        ("-".join(["a"] * 5000), {}, "there are 5,000 words in a row; expected at most 50"),
        ("@one", {"one": [repeat("a", 51)]}, "the entity one has a name of 51 words; expected at most 50"),
        ('"' * 9999, {}, 'this quote is not closed; expected " after the last word of the phrase'),
        ("@" + "o" * 999, {"big": ["x"], "o" * 998: ["x"]}, f"there is no entity {'o' * 999}; expected @{'o' * 998}"),
    ],
    ids=[
        "5,000 parentheses",
        "100 kB",
        "5,001 names",
        "6,000 names near",
        "101 NEAR",
        "101 beginnings",
        "a phrase of 51 words",
        "5,000 words joined by dashes",
        "a name of 51 words",
        "quotes",
        "a key of 999 letters",
    ],
)
def test_what_asks_for_too_much_is_refused_with_the_reason(query: str, names: dict[str, list[str]], reason: str) -> None:
    assert ask(query, "a", names=names) == Answer(refused=reason)


@pytest.mark.parametrize(
    ("query", "texts", "answer"),
    [
        (nest(49), ("kern there", repeat("there") + "kern"), BOTH),
        ("NOT " * 2400 + "a", ("a", "b"), FIRST),
        ("a " + "-" * 9001 + "b", ("a", "a b"), FIRST),
        ("a " * 5000, (repeat("a"), "b"), FIRST),
        (" OR ".join(WORDS[:1300]), (WORDS[1200], WORDS[1400]), FIRST),
        (" ".join(["a", *(f"-{word}" for word in WORDS[:1900])]), ("a", f"a {WORDS[1800]}"), FIRST),
        (" ".join(f"(a{n} OR b{n})" for n in range(600)), (" ".join(f"a{n}" for n in range(600)), "a1 b2"), FIRST),
        (" OR ".join(f"(a{n} b{n})" for n in range(600)), ("a599 b599", "a1 b2"), FIRST),
    ],
    ids=["deep groups", "2,400 NOT", "9,001 minuses", "a word 5,000 times", "1,300 OR", "1,900 excluded", "600 AND of OR", "600 OR of AND"],
)
def test_thousands_of_operands_are_answered(query: str, texts: tuple[str, ...], answer: Answer) -> None:
    assert ask(query, *texts) == answer


def test_an_entity_of_five_thousand_names_is_answered() -> None:
    assert ask("@big", WORDS[4999], WORDS[5000], names={"big": WORDS[:5000]}) == FIRST


def test_hundreds_of_alternatives_are_answered_in_texts_that_hold_them_all() -> None:
    chance = random.Random(1)
    texts = [" ".join(chance.choices(WORDS[:1300], k=800)) for _ in range(100)]
    everything = list(range(len(texts)))
    assert ask(" OR ".join(WORDS[:1300]), *texts) == Answer(everything, everything)


def test_beginnings_that_forty_thousand_words_have_are_answered() -> None:
    text = " ".join(f"aaa{one}{other}" for one in WORDS[:210] for other in WORDS[:200])
    assert ask(" ".join(f"{spelling}*" for spelling in spellings(100)), text, "aab") == FIRST


def test_the_same_word_in_a_thousand_spellings_is_answered() -> None:
    """They are different operands, that find the same words."""
    assert ask(" ".join(spellings(1300)), repeat("aaa"), "aab") == FIRST


@pytest.mark.parametrize(
    ("query", "texts", "answer"),
    [
        (" ".join(f"a NEAR/1000 b{n}" for n in range(100)), (repeat("a") + " ".join(f"b{n}" for n in range(100)), "a"), FIRST),
        (" ".join(f"a NEAR/{n} b" for n in range(1, 101)), (repeat("a") + "b", repeat("a", 2000)), FIRST),
        (" OR ".join(f"a ONEAR/{n} b" for n in range(1, 101)), (repeat("a b", MANY // 2), "b " + repeat("a")), FIRST),
        (" ".join(f"a NEAR/{n} a" for n in range(1, 101)), (repeat("a"), "a"), FIRST),
        (f"({overlapping_phrases(137)}) NEAR/8 e", (repeat("a b c d", MANY // 4) + "e", repeat("a b c d", 1000)), FIRST),
    ],
    ids=["with different words", "distances", "alternatives", "of a word to itself", "137 overlapping phrases"],
)
def test_nearness_in_a_long_text_of_one_or_two_words_is_answered(query: str, texts: tuple[str, ...], answer: Answer) -> None:
    assert ask(query, *texts) == answer


@pytest.mark.parametrize(
    ("query", "names", "texts"),
    [
        ("@one NEAR/8 b", {"one": [repeat("a", n) for n in range(2, 51)]}, (repeat("a") + "b", repeat("a"))),
        ("@one NEAR/1000 @one", {"one": ["a a", *(repeat("a", n % 40) + WORDS[n] for n in range(110))]}, (repeat("a"), "a b c")),
        ("@one NEAR/1 @other", {"one": WORDS[:600], "other": WORDS[600:1200]}, (" ".join(WORDS), WORDS[0] + " x " + WORDS[600])),
    ],
    ids=["49 overlapping names", "111 names near one another", "600 names near 600 others"],
)
def test_entities_of_hundreds_of_names_within_nearness_are_answered(
    query: str, names: dict[str, list[str]], texts: tuple[str, ...]
) -> None:
    assert ask(query, *texts, names=names) == FIRST


@pytest.mark.parametrize(
    ("query", "texts", "answer"),
    [
        (f'"{repeat("a", 49)}b"', (repeat("a") + "b", "b " + repeat("a")), FIRST),
        (f'="{repeat("A", 49)}a"', (repeat("A") + "a", repeat("A")), FIRST),
        ("-".join(["a"] * 50), (repeat("a", 50), repeat("a", 49)), FIRST),
        ("a NEAR/" + "0" * 9980 + "8 b", ("a b", "a"), FIRST),
        ("a" * 9999, ("a" * 9999, "a" * 9998), FIRST),
    ],
    ids=["a phrase of 50 words", "50 exact words", "50 words joined by dashes", "9,980 zeros", "a word of 9,999 letters"],
)
def test_long_operands_are_answered(query: str, texts: tuple[str, ...], answer: Answer) -> None:
    assert ask(query, *texts) == answer


def test_texts_of_nothing_but_signs_are_read() -> None:
    texts = [
        "l'" * 100_000 + "otan",
        "l’" * 100_000,
        "-" * 200_000 + "otan",
        "a." * 30_000 + " otan",
        "a&" * 50_000 + " otan",
        "b" * 1_000_000 + " otan",
        "b" + "\u0301" * 200_000 + " otan",
        "+" * 200_000,
    ]
    assert ask("otan", *texts) == Answer([0, 2, 3, 4, 5, 6], [0, 2, 3, 4, 5, 6])
