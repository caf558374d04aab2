from datetime import timedelta

import pytest

from news.header_times import parse_retry_after
from tests.outbox import MORNING


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        ("9" * 5000, timedelta(days=1)),
        ("Wed, 04 Mar 2026 10:16:02 GMT", timedelta(minutes=1)),
        ("Wed, 04 Mar 2026 09:00:00 GMT", None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Wed, 99 Mar 2026 10:16:02 GMT", None),
        ("Wed, 04 Mar 99999 10:16:02 GMT", None),
        ("Wed, 04 Mar 99999999999999999999 10:16:02 GMT", None),
        ("Wed, 04 Mar 2026 99999999999999:16:02 GMT", None),
        ("Wed, 04 Mar 2026 10:16:02 +99999999999999999999", None),
    ],
)
def test_a_wish_to_be_left_alone_is_read_as_seconds_or_as_a_date(value, wait):
    assert parse_retry_after(value, MORNING) == wait
