"""What dates mean, as feeds and pages write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import PARIS, from_feed, from_text, zone_of

GOLDEN = {
    # Zones: names, offsets to names, offsets of one digit.
    "Fri, 13 Mar 2026 08:30:00 GMT+1": "2026-03-13T07:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 UTC+2": "2026-03-13T06:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 UTC-03:00": "2026-03-13T11:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 +1:00": "2026-03-13T07:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 +2": "2026-03-13T06:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 −0100": "2026-03-13T09:30:00Z",
    "Mon, 13 Jul 2026 08:30:00 cest": "2026-07-13T06:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 Cet": "2026-03-13T07:30:00Z",
    "13 mars 2026 08:30 (heure de Paris)": "2026-03-13T07:30:00Z",
    "2026-03-13T08:30:00[Europe/Paris]": "2026-03-13T07:30:00Z",
    "2026-03-13T08:30:00+01:00[Europe/Paris]": "2026-03-13T07:30:00Z",
    "Fri Mar 13 08:30:00 CET 2026": "2026-03-13T07:30:00Z",
    "Fri Mar 13 08:30:00 +0000 2026": "2026-03-13T08:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 EDT": "2026-03-13T12:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 America/New_York": "2026-03-13T12:30:00Z",
    "2026-07-13T08:30:00 asia/kolkata": "2026-07-13T03:00:00Z",
    "2026-07-13T08:30:00 Nulle/Part": "2026-07-13T06:30:00Z",
    "Mon, 13 Jul 2026 08:30:00 AEST": "2026-07-12T22:30:00Z",
    "Mon, 13 Jul 2026 08:30:00 IST": "2026-07-13T03:00:00Z",
    "Mon, 13 Jul 2026 08:30:00 HAEC": "2026-07-13T06:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 –0500": "2026-03-13T13:30:00Z",
    "ven 13 mars 08:30:00 CET 2026": "2026-03-13T07:30:00Z",
    "13 mars 08:30:00 2026": "2026-03-13T07:30:00Z",
    # The local mean time that pytz gives.
    "Fri, 13 Mar 2026 08:30:00 +0009": "2026-03-13T07:30:00Z",
    "2026-07-13T08:30:00+00:09": "2026-07-13T06:30:00Z",
    "Fri, 13 Mar 2026 08:30:00 +0018": "2026-03-13T07:30:00Z",
    "Mon, 13 Jul 2026 08:30:00 -0456": "2026-07-13T12:30:00Z",
    # Clocks.
    "Fri, 13 Mar 2026 08:30 PM GMT": "2026-03-13T20:30:00Z",
    "March 13, 2026, 8:30 p.m. UTC": "2026-03-13T20:30:00Z",
    "March 13, 2026 12:05 am UTC": "2026-03-13T00:05:00Z",
    "March 13, 2026 12:05 PM UTC": "2026-03-13T12:05:00Z",
    "Fri, 13 Mar 2026 08:59:60 GMT": "2026-03-13T09:00:00Z",
    "2026-03-13T24:00:00Z": "2026-03-14T00:00:00Z",
    "2026-03-13T08:30:00.123456Z": "2026-03-13T08:30:00Z",
    "2026-03-13T08:30:00,5+01:00": "2026-03-13T07:30:00Z",
    "13.03.2026 8.30": "2026-03-13T07:30:00Z",
    "Fri, 13 Mar 2026 08.30.15 +0100": "2026-03-13T07:30:15Z",
    "2026-03-13 18.55": "2026-03-13T17:55:00Z",
    # French, without a zone: of Paris.
    "13 mars 2026 à 8 h 05": "2026-03-13T07:05:00Z",
    "vendredi 13 mars 2026, 8h": "2026-03-13T07:00:00Z",
    "13 juillet 2026 à 08h30": "2026-07-13T06:30:00Z",
    "1er août 2026 - 10:00": "2026-08-01T08:00:00Z",
    "13 Aoû 2026 10:00": "2026-08-13T08:00:00Z",
    "13 aou\u0302t 2026 10:00": "2026-08-13T08:00:00Z",
    "13 aout 2026 10:00": "2026-08-13T08:00:00Z",
    "13 févr. 2026 10:00": "2026-02-13T09:00:00Z",
    "13 DÉC. 2026 10:00": "2026-12-13T09:00:00Z",
    "Publié le 13 juin 2026 à 10:00 par Ève": "2026-06-13T08:00:00Z",
    "10:00, le 13 juin 2026": "2026-06-13T08:00:00Z",
    # The months of neighbours.
    "ven, 13 ott 2026 10:00 GMT": "2026-10-13T10:00:00Z",
    "di, 13 okt 2026 10:00 GMT": "2026-10-13T10:00:00Z",
    "Do, 13 Dez 2026 10:00 GMT": "2026-12-13T10:00:00Z",
    "Fr, 13 Mär 2026 10:00 GMT": "2026-03-13T10:00:00Z",
    "mié, 13 ene 2026 10:00 GMT": "2026-01-13T10:00:00Z",
    "sex, 13 de fevereiro de 2026 10:00 GMT": "2026-02-13T10:00:00Z",
    # Orders and signs.
    "05-11-2026": "2026-11-04T23:00:00Z",
    "05/11/2026 18:55": "2026-11-05T17:55:00Z",
    "11/13/2026 6:55:00 PM": "2026-11-13T17:55:00Z",
    "Fri, 11/13/2026 - 18:55": "2026-11-13T17:55:00Z",
    "2026-W11-5": "2026-03-12T23:00:00Z",
    "05.11.2026 à 18h55": "2026-11-05T17:55:00Z",
    "2026/11/05 18:55": "2026-11-05T17:55:00Z",
    "20261119T185500Z": "2026-11-19T18:55:00Z",
    "20261119": "2026-11-18T23:00:00Z",
    "19-Nov-26 18:55 GMT": "2026-11-19T18:55:00Z",
    "Wed, 02 Oct 02 8:00:00 GMT": "2002-10-02T08:00:00Z",
    "5th of November 2026 10:00 GMT": "2026-11-05T10:00:00Z",
    "1763578500": "2025-11-19T18:55:00Z",
    "1763578500000": "2025-11-19T18:55:00Z",
    "1763578500.25": "2025-11-19T18:55:00Z",
}

NOBODYS = [
    "Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z", "1970-01-01", "1970-01-01T01:00:00+01:00", "1er janvier 1970", "0",
    "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 +0000", "0000-00-00 00:00:00", "Wed, 30 Nov -0001 00:00:00 +0000",
    "-0001-11-30T00:00:00+00:00", "31 juin 2026", "2026-02-30", "Fri, 13 Mar 2026 25:00:00 GMT", "13 mars 9999", "13 mars 2026 10:00 +9900",
    "Mon, 01 Jan 1 00:00:00 GMT", "-62135596800", "11/31/2026", "2026-W99-1", "01/01/0001 00:00:00",
]  # fmt: skip
NO_DATES = ["", "hier", "il y a 3 heures", "mars 2026", "10:00", "13/03", "Mon, 99 Foo 99999 99:99:99", "9" * 400, "version 1.2.3", None]


def written(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


@pytest.mark.parametrize(("date", "meant"), GOLDEN.items())
def test_a_date_means_a_moment(date: str, meant: str) -> None:
    assert written(from_text(date, PARIS)) == meant


@pytest.mark.parametrize("date", [*NOBODYS, *NO_DATES])
def test_zeros_and_what_is_no_date_mean_nothing(date: str | None) -> None:
    assert from_text(date, PARIS) is None


@pytest.mark.parametrize("date", NOBODYS)
def test_what_feedparser_makes_of_a_zero_is_not_believed(date: str) -> None:
    assert from_feed(date, datetime(2001, 1, 1, tzinfo=UTC).timetuple(), UTC) is None


def test_a_year_that_feedparser_guesses_is_not_believed() -> None:
    assert from_feed("-62135596800", datetime(2063, 1, 1, tzinfo=UTC).timetuple(), UTC) is None
    assert from_feed("03-12-31", datetime(2003, 12, 31, tzinfo=UTC).timetuple(), UTC) == datetime(2003, 12, 31, tzinfo=UTC)


def test_what_only_feedparser_can_read_is_taken_from_it() -> None:
    parsed = datetime(2004, 7, 11, 17, 0, tzinfo=UTC).timetuple()
    assert from_feed("Κυρ, 11 Ιούλ 2004 12:00:00 EST", parsed, PARIS) == datetime(2004, 7, 11, 17, 0, tzinfo=UTC)
    assert from_feed("il y a peu", None, PARIS) is None


@pytest.mark.parametrize(
    ("language", "meant"),
    [("fr", 17), ("fr-FR", 17), ("fr-ch", 17), ("fr-ca", 23), ("en-gb", 18), ("de", 18), ("frp", 18)],
)
def test_a_date_without_a_zone_is_in_the_zone_of_the_sources_language(language: str | None, meant: int) -> None:
    assert from_text("2025-11-19 18:55:00", zone_of(language)) == datetime(2025, 11, 19, meant, 55, tzinfo=UTC)
    assert from_text("2025-11-19T18:55:00Z", zone_of(language)) == datetime(2025, 11, 19, 18, 55, tzinfo=UTC)


def test_a_language_that_nobody_says_is_told_by_the_little_words() -> None:
    french = "Le lac gèle dans la nuit, et les pêcheurs attendent sur la rive que le jour se lève pour une mesure."
    english = "The lake froze in the night and the fishers on the shore wait for the day to break, plus ça change."
    assert (zone_of(None, french), zone_of("en", french), zone_of(None, english), zone_of(None)) == (PARIS, UTC, UTC, UTC)


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    moment = from_text(text, PARIS)
    assert moment is None or 1899 <= moment.year <= 2200


@given(st.integers(1, 7_000_000_000))
def test_what_is_written_in_iso_or_rfc_form_is_read_to_the_second(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert from_text(moment.isoformat(), PARIS) == moment
    assert from_text(moment.strftime("%a, %d %b %Y %H:%M:%S +0000"), PARIS) == moment
