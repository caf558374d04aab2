"""How a source is asked and read in a way of its own, as the configuration says it: what is taken, what is refused, and who needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler import ListingRules, RequestSettings
from news.errors import ConfigurationError
from quivive.config import Configuration, list_names, load_config

URL = "https://journal.example/feed"


def load(folder: Path, keys: str, environ: dict[str, str] | None = None, **options: bool) -> Configuration:
    (folder / "config.toml").write_text(f'[[sources]]\nurl = "{URL}"\n{keys}\n', encoding="utf-8")
    return load_config(folder / "config.toml", environ or {}, **options)


def faults(folder: Path, keys: str, environ: dict[str, str] | None = None, **options: bool) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        load(folder, keys, environ, **options)
    return [str(fault) for fault in raised.value.faults]


ALL = """
user_agent = "Mozilla/5.0"
headers = { "X-Key" = "${KEY}" }
cookies = { session = "${SESSION}" }
username = "${NAME}"
password_file = "password"
proxy = "http://u:${WORD}@127.0.0.1:3128"
"""
ENVIRON = {"KEY": "k3y", "SESSION": "s3ssion", "NAME": "rédac", "WORD": "w0rd"}


def test_all_of_it_is_taken_with_its_secrets_from_environment_and_files(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    configuration = load(tmp_path, ALL, ENVIRON)
    request = configuration.asking[URL].request
    assert request == RequestSettings(
        URL, (("X-Key", "k3y"),), (("session", "s3ssion"),), "rédac", "s3cret", "http://u:w0rd@127.0.0.1:3128", "Mozilla/5.0"
    )
    for secret in (*ENVIRON.values(), "s3cret"):
        assert secret not in repr(configuration)


def test_who_only_reads_the_archive_needs_none_of_the_secrets(tmp_path: Path) -> None:
    configuration = load(tmp_path, ALL, with_channels=False, with_asking=False)
    assert configuration.asking[URL].request == RequestSettings(URL, user_agent="Mozilla/5.0")
    assert list_names(tmp_path / "config.toml", {}).sources == (URL,)


def test_who_asks_sources_needs_theirs_and_not_those_of_channels(tmp_path: Path) -> None:
    keys = 'password = "${WORD}"\nusername = "a"\n[channels.hook]\ntype = "webhook"\nurl = "${HOOK}"'
    assert load(tmp_path, keys, ENVIRON, with_channels=False).asking[URL].request == RequestSettings(URL, username="a", password="w0rd")
    assert faults(tmp_path, keys, {}, with_channels=False) == [
        "sources.0.password: the environment variable WORD is not set; set it, or write $${ for the signs themselves"
    ]


def test_a_source_that_says_nothing_of_its_own_is_asked_like_all(tmp_path: Path) -> None:
    assert load(tmp_path, 'name = "Le Journal"').asking == {}


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ('headers = { "X Key" = "a" }', "sources.0.headers.X Key"),
        ('headers = { "X-Key" = "a\\r\\nHost: b" }', "sources.0.headers.X-Key"),
        ('headers = { "X-Key" = "é" }', "sources.0.headers.X-Key"),
        ('headers = { Host = "a" }', "sources.0.headers.Host"),
        ('headers = { "User-Agent" = "a" }', "sources.0.headers.User-Agent"),
        ('headers = { "X-Key" = 1 }', "sources.0.headers.X-Key"),
        ('headers = "X-Key: a"', "sources.0.headers"),
        ('cookies = { "a=b" = "c" }', "sources.0.cookies.a=b"),
        ('cookies = { a = "b; c" }', "sources.0.cookies.a"),
        ('username = "a:b"', "sources.0.username"),
        ('password = "a"', "sources.0.username"),
        ('proxy = "socks5://127.0.0.1"', "sources.0.proxy"),
        ('proxy = "127.0.0.1:3128"', "sources.0.proxy"),
        ('proxy = "http://127.0.0.1:99999"', "sources.0.proxy"),
        ('user_agent = "é"', "sources.0.user_agent"),
        ('item = "a["', "sources.0.item"),
        ('item = "a::attr(href)"', "sources.0.item"),
        ('item = "a"\ntitle = "b::nothing"', "sources.0.title"),
        ('title = "b"', "sources.0.item"),
        ('passwort = "b"', "sources.0.passwort"),
    ],
)
def test_what_is_wrong_is_told_with_its_key_and_without_its_value(tmp_path: Path, keys: str, place: str) -> None:
    (told,) = faults(tmp_path, keys)
    assert told.startswith(f"{place}")


def test_a_secret_that_is_wrong_is_not_shown(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, 'proxy = "ftp://u:${WORD}@proxy.example"', ENVIRON)
    assert "w0rd" not in told
    (told,) = faults(tmp_path, 'cookies = { a = "s3cret; b" }')
    assert "s3cret" not in told


def test_the_rules_of_a_page_are_taken_also_by_who_only_reads(tmp_path: Path) -> None:
    keys = 'item = "article"\ntitle = "h2"\nlink = "a"\ndate = "time::attr(datetime)"\nsummary = "p"'
    configuration = load(tmp_path, keys, with_channels=False, with_asking=False)
    assert configuration.asking[URL].listing == ListingRules("article", "h2", "a", "time::attr(datetime)", "p")
    assert configuration.asking[URL].request is None
