from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.durations import LONGEST_DURATION, format_duration, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("12h", 43_200), ("7d", 604_800), ("4w", 2_419_200), ("0s", 0), (" 5m ", 300), ("007s", 7)],
)
def test_a_duration_is_a_number_and_a_unit(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "m", "1.5h", "-5m", "15 m", "15M", "5min", "1h30m", "٣s", "1y", "99999999999999999999w"])
def test_anything_else_is_no_duration_and_the_message_shows_how_to_write_one(text):
    with pytest.raises(ValueError, match="is no duration; write a whole number and s, m, h, d or w"):
        parse_duration(text)


def test_a_duration_that_would_overflow_a_date_is_refused():
    with pytest.raises(ValueError, match="longer than a hundred years"):
        parse_duration("5201w")


@given(st.integers(min_value=0, max_value=int(LONGEST_DURATION.total_seconds())))
def test_a_written_duration_reads_back_as_itself(seconds):
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(minutes=15), "15m"),
        (timedelta(seconds=90), "90s"),
        (timedelta(days=7), "1w"),
        (timedelta(days=8), "8d"),
        (timedelta(), "0s"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_divides_it(duration, text):
    assert format_duration(duration) == text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1B", 1),
        ("500kB", 500_000),
        ("500KB", 500_000),
        ("10MB", 10_000_000),
        ("1GB", 10**9),
        ("1KiB", 1024),
        ("2 MiB", 2 * 1024**2),
        ("1GiB", 1024**3),
    ],
)
def test_a_size_is_a_number_and_a_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "10", "MB", "10mb", "1.5MB", "-1MB", "10TB", "10M", "kiB"])
def test_anything_else_is_no_size_and_the_message_shows_how_to_write_one(text):
    with pytest.raises(ValueError, match="is no size; write a whole number and a unit, such as 500kB"):
        parse_size(text)
