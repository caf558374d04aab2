from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.rendering import marked_parts, one_line, rfc3339, safe_link
from news.matches import Hit


@given(st.text(), st.none() | st.integers(1, 50))
def test_a_clean_line_is_one_line_of_encodable_text_within_its_limit(text, limit):
    line = one_line(text, limit)
    assert len(line.splitlines()) <= 1
    assert line.isascii() or line.encode()
    assert limit is None or len(line) <= limit
    assert one_line(line, limit) == line


def test_no_break_spaces_stay_since_french_typography_needs_them():
    assert one_line("« OTAN »\u202f:\n oui") == "« OTAN »\u202f: oui"


def test_direction_overrides_cannot_make_a_headline_show_another_text():
    assert one_line("abc\u202eexe.fdp") == "abc exe.fdp"


def test_times_are_given_in_utc_to_programs():
    moment = datetime(2026, 7, 14, 22, 30, 1, 999_999, tzinfo=UTC)
    assert rfc3339(moment.astimezone(ZoneInfo("Asia/Tokyo"))) == "2026-07-14T22:30:01Z"


@pytest.mark.parametrize("url", ["https://example.fr/a?b=1&c=é", "http://example.fr"])
def test_a_web_address_may_become_a_link(url):
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//example.fr", "https://", "https://exa mple.fr", "https://[::1", "", "https://x/\n"],
)
def test_anything_else_may_not(url):
    assert safe_link(url) is None


def parts(passage, found):
    return list(marked_parts(Hit("t", found, "text", passage)))


def test_found_words_are_told_from_the_rest_of_the_passage():
    assert parts("… de l’[OTAN] et de l’[Otan].", "OTAN") == [
        ("… de l’", False),
        ("OTAN", True),
        (" et de l’", False),
        ("Otan", True),
        (".", False),
    ]


def test_brackets_of_the_article_itself_stay_text():
    assert parts("[Mise à jour] l’[OTAN] parle", "OTAN") == [("[Mise à jour] l’", False), ("OTAN", True), (" parle", False)]


def test_every_word_of_a_find_of_several_words_is_marked():
    assert parts("[contrat] très [militaire]", "contrat … militaire") == [("contrat", True), (" très ", False), ("militaire", True)]


def test_marks_that_fit_no_find_are_marked_all_the_same_rather_than_lost():
    assert parts("[réseaux] unis", "réseau") == [("réseaux", True), (" unis", False)]


@given(st.text(alphabet="[]ab é"), st.text(alphabet="ab"))
def test_no_letter_of_a_passage_is_lost(passage, found):
    shown = "".join(text for text, _ in parts(passage, found))
    assert shown.replace("[", "").replace("]", "") == one_line(passage).replace("[", "").replace("]", "")
