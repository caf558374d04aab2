"""What may be added to the sources of a configuration, and what is one of them already."""

from __future__ import annotations

from pathlib import Path

import pytest

from news.errors import UsageError
from news.source_specs import SourceSpec
from quivive.adding import Followed, check_new_source
from quivive.config import Configuration, load_config
from quivive.config.editing import NewSource

URL = "https://journal.example/feed"


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    (tmp_path / "config.toml").write_text('[crawler]\nmin_interval = "5m"\nmax_interval = "12h"\n')
    return load_config(tmp_path / "config.toml", {})


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (NewSource("ftp://journal.example/"), "url must be a complete http or https URL"),
        (NewSource("https://u:p@journal.example/"), "url must not hold a user name or password"),
        (NewSource(URL, " "), "name "),
        (NewSource(URL, interval="1 hour"), "interval '1 hour' is no duration"),
        (NewSource(URL, interval="1m"), "interval 1m does not lie between"),
        (NewSource(URL, interval="13h"), "interval 13h does not lie between"),
        (NewSource(URL, tags=("a", "")), "tags.1 "),
    ],
)
def test_what_check_would_refuse_is_refused_before_it_is_written(configuration: Configuration, source: NewSource, reason: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_new_source(configuration, source)
    assert str(raised.value).startswith(reason)


@pytest.mark.parametrize("interval", ["5m", "12h", None])
def test_what_is_good_is_not(configuration: Configuration, interval: str | None) -> None:
    check_new_source(configuration, NewSource(URL, "Le Journal", interval, ("tech",)))


@pytest.mark.parametrize(
    "other", [URL, "http://JOURNAL.example/FEED", "https://journal.example:443/feed", "https://journal.example/feed#x"]
)
def test_another_spelling_of_an_address_is_the_same_source(other: str) -> None:
    source = SourceSpec(URL, "Le Journal")
    assert Followed([source]).find(other) is source


@pytest.mark.parametrize(
    "other", ["https://journal.example/feed/", "https://journal.example/feed?x", "https://www.journal.example/feed", "http://["]
)
def test_another_address_is_another_source(other: str) -> None:
    followed = Followed([SourceSpec(URL)])
    assert followed.find(other) is None
    followed.add(other)
    assert followed.find(other) is not None
