"""The golden good configuration, and where it is looked for."""

from dataclasses import fields
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from news.errors import ConfigurationError
from news.source_specs import ArticlesMode, SourceSpec
from news.topics import Entity, Topic
from quivive.config import Configuration, load_config
from quivive.finding import find_config, usual_places

GOOD = """
[archive]
path = "data/archive.db"
retention = "400d"

[display]
timezone = "America/Montreal"

[log]
level = "debug"
format = "json"

[crawler]
user_agent = "veille/2 (+https://veille.example)"
interval = "20m"
min_interval = "10m"
max_interval = "2d"
concurrency = 8
concurrency_per_host = 2
delay_per_host = "0s"
obey_robots = false
timeout = "5s"
max_body = "2MiB"
allow_addresses = ["127.0.0.0/8", "::1"]

[alerts]
first_poll = "alert"

[[sources]]
url = "https://un.example/feed"
name = "Un"
articles = "page"
interval = "30m"
tags = ["tech", "matin"]

[[sources]]
opml = "list.opml"
tags = ["liste"]

[entities.otan]
names = ["OTAN", "Alliance atlantique"]

[entities.orange]
names = ["=Orange"]

[[topics]]
name = "OpenAI–OTAN"
query = "OpenAI AND @otan"
notify = ["redaction", "hook"]

[[topics]]
name = "Orange"
query = "@orange"

[channels.redaction]
type = "email"
smtp = "smtp://127.0.0.1:1025"
username = "${SMTP_USER}"
password = "${SMTP_PASSWORD}"
from = "Quivive <quivive@example.org>"
to = ["redaction@example.org"]

[channels.hook]
type = "webhook"
url = "https://example.org/hooks/quivive"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""

OPML = """<opml><body><outline text="Dossier">
<outline text="Un bis" xmlUrl="https://un.example/feed"/>
<outline text="Deux" xmlUrl="https://deux.example/feed"/>
</outline></body></opml>"""

ENVIRONMENT = {"SMTP_USER": "veilleur", "SMTP_PASSWORD": "pa55-très-secret"}


@pytest.fixture
def good(tmp_path) -> Configuration:
    (tmp_path / "config.toml").write_text(GOOD)
    (tmp_path / "list.opml").write_text(OPML)
    return load_config(tmp_path / "config.toml", ENVIRONMENT)


def test_every_plain_setting_arrives_in_its_own_type(good, tmp_path):
    assert good.path == tmp_path / "config.toml"
    assert good.archive_path == tmp_path / "data" / "archive.db"
    assert good.retention == timedelta(days=400)
    assert good.timezone == ZoneInfo("America/Montreal")
    assert (good.log_level, good.log_format, good.first_poll) == ("debug", "json", "alert")


def test_every_crawler_setting_arrives_in_its_own_type(good):
    assert {field.name: getattr(good.crawler, field.name) for field in fields(good.crawler)} == {
        "user_agent": "veille/2 (+https://veille.example)",
        "interval": timedelta(minutes=20),
        "min_interval": timedelta(minutes=10),
        "max_interval": timedelta(days=2),
        "concurrency": 8,
        "concurrency_per_host": 2,
        "delay_per_host": timedelta(0),
        "obey_robots": False,
        "timeout": timedelta(seconds=5),
        "max_body_bytes": 2 * 1024**2,
        "allow_addresses": (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
    }


def test_sources_come_from_the_file_and_from_its_lists_and_the_file_wins(good):
    assert good.sources == (
        SourceSpec("https://un.example/feed", "Un", ArticlesMode.PAGE, timedelta(minutes=30), ("tech", "matin")),
        SourceSpec("https://deux.example/feed", "Deux", ArticlesMode.AUTO, None, ("liste", "Dossier")),
    )


def test_entities_and_topics_arrive_in_order(good):
    assert good.entities.own == {"otan": Entity("otan", ("OTAN", "Alliance atlantique")), "orange": Entity("orange", ("=Orange",))}
    assert good.topics == (Topic("OpenAI–OTAN", "OpenAI AND @otan", ("redaction", "hook")), Topic("Orange", "@orange", ()))


def test_an_email_channel_arrives_with_what_the_environment_gave(good):
    channel = good.channels["redaction"]
    assert (channel.name, channel.host, channel.port, channel.security) == ("redaction", "127.0.0.1", 1025, "opportunistic")
    assert (channel.sender, channel.recipients) == ("Quivive <quivive@example.org>", ("redaction@example.org",))
    assert (channel.username, channel.password) == ("veilleur", "pa55-très-secret")


def test_a_webhook_channel_arrives_with_its_secret(good):
    channel = good.channels["hook"]
    assert (channel.name, channel.url) == ("hook", "https://example.org/hooks/quivive")
    assert channel.secret == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_no_secret_is_in_what_the_configuration_prints_of_itself(good):
    assert "Orange" in repr(good)
    assert "pa55" not in repr(good)
    assert "MfKQ9r8" not in repr(good)


def test_an_empty_file_is_a_configuration_of_defaults(tmp_path):
    (tmp_path / "config.toml").write_text("")
    configuration = load_config(tmp_path / "config.toml", {})
    assert configuration.archive_path == tmp_path / "archive.db"
    assert configuration.retention is None
    assert configuration.timezone == ZoneInfo("Europe/Paris")
    assert configuration.crawler.interval == timedelta(minutes=15)
    assert configuration.crawler.max_body_bytes == 10_000_000
    assert (configuration.sources, configuration.topics, configuration.channels) == ((), (), {})


def test_a_byte_order_mark_does_not_spoil_the_first_table(tmp_path):
    (tmp_path / "config.toml").write_text('[log]\nlevel = "error"', encoding="utf-8-sig")
    assert load_config(tmp_path / "config.toml", {}).log_level == "error"


def test_a_doubled_dollar_sign_is_no_variable(tmp_path):
    (tmp_path / "config.toml").write_text('[crawler]\nuser_agent = "pay $${5} or $5"')
    assert load_config(tmp_path / "config.toml", {}).crawler.user_agent == "pay ${5} or $5"


def test_a_variable_may_be_part_of_any_string_and_is_not_read_again(tmp_path):
    (tmp_path / "config.toml").write_text('[[sources]]\nurl = "https://${HOST}/feed"\ntags = ["x-${TAG}"]')
    (source,) = load_config(tmp_path / "config.toml", {"HOST": "un.example", "TAG": "${HOST}"}).sources
    assert (source.url, source.tags) == ("https://un.example/feed", ("x-${HOST}",))


def test_a_fragment_is_no_part_of_a_source(tmp_path):
    (tmp_path / "config.toml").write_text('[[sources]]\nurl = " https://un.example/feed#top "')
    (source,) = load_config(tmp_path / "config.toml", {}).sources
    assert source.url == "https://un.example/feed"


def test_an_absolute_archive_path_is_taken_as_it_is(tmp_path):
    (tmp_path / "config.toml").write_text('[archive]\npath = "/var/lib/quivive/archive.db"')
    assert load_config(tmp_path / "config.toml", {}).archive_path == Path("/var/lib/quivive/archive.db")


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        (Path("a.toml"), {"QUIVIVE_CONFIG": "b.toml"}, "/here/a.toml"),
        (Path("/etc/a.toml"), {}, "/etc/a.toml"),
        (None, {"QUIVIVE_CONFIG": "/etc/b.toml"}, "/etc/b.toml"),
    ],
)
def test_the_option_comes_before_the_environment(option, environ, expected):
    assert find_config(option, environ, Path("/here")) == Path(expected)


@pytest.mark.parametrize(
    ("there", "environ", "expected"),
    [
        (["here", "xdg/quivive", "home/.config/quivive"], {"XDG_CONFIG_HOME": "xdg"}, "here"),
        (["xdg/quivive", "home/.config/quivive"], {"XDG_CONFIG_HOME": "xdg"}, "xdg/quivive"),
        (["home/.config/quivive"], {}, "home/.config/quivive"),
        (["here"], {"QUIVIVE_CONFIG": ""}, "here"),
    ],
)
def test_a_configuration_that_nobody_names_is_here_or_the_users(tmp_path, there, environ, expected):
    for folder in there:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "config.toml").touch()
    absolute = {name: value and str(tmp_path / value) for name, value in environ.items()}
    assert find_config(None, {"HOME": str(tmp_path / "home"), **absolute}, tmp_path / "here") == tmp_path / expected / "config.toml"


def test_the_last_place_of_a_configuration_is_the_systems():
    environ = {"HOME": "/home/me", "XDG_CONFIG_HOME": "relative"}
    places = usual_places(environ, Path("/here"))
    assert [str(place) for place in places] == ["/here/config.toml", "/home/me/.config/quivive/config.toml", "/etc/quivive/config.toml"]
    assert usual_places({}, Path("/here")) == [Path("/here/config.toml"), Path("/etc/quivive/config.toml")]


def test_a_configuration_that_is_nowhere_is_an_error_that_tells_all_its_places(tmp_path):
    with pytest.raises(ConfigurationError, match=r"config.toml: there is no such file, nor .*/etc/quivive/config.toml; `quivive init`"):
        find_config(None, {"HOME": str(tmp_path)}, tmp_path)


@pytest.mark.parametrize("written", ["r\u00e9daction", "re\u0301daction", "R\u00c9DACTION", "redaction"])
def test_a_channel_is_meant_however_its_name_is_written(tmp_path, written):
    (tmp_path / "config.toml").write_text(
        f"""[[topics]]
name = "IA"
query = "IA"
notify = ["{written}"]
[channels."re\u0301daction"]
type = "webhook"
url = "https://example.org/hook"
"""
    )
    configuration = load_config(tmp_path / "config.toml", {})
    assert configuration.topics[0].notify == tuple(configuration.channels) == ("r\u00e9daction",)


def test_hubs_are_listened_to_where_both_places_are_named(tmp_path):
    (tmp_path / "config.toml").write_text('[web]\nlisten = "[::1]:8787"\npublic_url = "https://veille.example/x"\n')
    web = load_config(tmp_path / "config.toml", {}).web
    assert web is not None
    assert (web.host, web.port, web.public_url) == ("::1", 8787, "https://veille.example/x")


@pytest.mark.parametrize(
    ("lines", "key", "message"),
    [
        ('listen = "127.0.0.1:8787"', "web.listen", "needs public_url"),
        ('public_url = "https://veille.example"', "web.public_url", "needs listen"),
        ('password = "x"', "web.password", "is not available in this version"),
        ('listen = "0.0.0.0:8787"', "web.listen", "must be a loopback address"),
        ('listen = "192.0.2.1:8787"', "web.listen", "must be a loopback address"),
        ('listen = "8787"', "web.listen", "must be an address and a port"),
        ('listen = "127.0.0.1:0"', "web.listen", "must be an address and a port"),
        ('listen = "127.0.0.1:65536"', "web.listen", "must be an address and a port"),
        ('listen = "127.0.0.1:x"', "web.listen", "must be an address and a port"),
        ('public_url = "ftp://veille.example"', "web.public_url", "must be a complete http or https URL"),
        ('public_url = "https://veille.example/?a=b"', "web.public_url", "must hold no user name"),
        ('public_url = "https://a:b@veille.example/"', "web.public_url", "must hold no user name"),
    ],
)
def test_a_place_for_hubs_that_cannot_be_is_refused_with_the_reason(tmp_path, lines, key, message):
    (tmp_path / "config.toml").write_text(f"[web]\n{lines}\n")
    with pytest.raises(ConfigurationError) as refused:
        load_config(tmp_path / "config.toml", {})
    [fault] = [fault for fault in refused.value.faults if fault.key == key]
    assert message in fault.message
