"""`quivive mute` and `unmute`, as somebody types them."""

from __future__ import annotations

import pytest

from tests.processes import Home

CONFIG = """
[display]
language = "en"
[[sources]]
url = "http://127.0.0.1:9/feed"
name = "Le Journal"
[[topics]]
name = "Espace"
query = "fusée"
[[topics]]
name = "hook"
query = "otan"
[channels.hook]
type = "command"
command = ["${NOT_SET}"]
"""


@pytest.fixture(scope="module")
def polled(tmp_path_factory):
    """A home whose only source was polled once, in vain."""
    home = Home(tmp_path_factory.mktemp("polled"))
    home.write_config(CONFIG)
    assert home.quivive("poll", env={"NOT_SET": "true"}).status == 1
    return home


@pytest.fixture
def home(polled, tmp_path):
    return polled.copy(tmp_path / "home")


def test_something_is_muted_listed_and_unmuted_without_the_secrets_of_channels(home):
    said = home.call("mute", "espace", "--for", "2h").out
    assert said.startswith("topic Espace is muted until ")
    home.call("mute", "le journal")
    listed = home.call("mute").out.splitlines()
    assert listed[1] == "source Le Journal is muted until `quivive unmute`"
    (topic, source) = home.call("mute", "--json").lines
    assert list(topic) == ["kind", "name", "key", "muted_at", "until"]
    assert (topic["kind"], topic["name"], source["key"], source["until"]) == ("topic", "Espace", "http://127.0.0.1:9/feed", None)
    assert home.call("unmute", "Espace").out == "topic Espace is told of from now on\n"
    assert len(home.call("mute", "--json").lines) == 1


def test_what_is_muted_to_the_last_day_of_the_calendar_is_listed(home):
    assert home.call("mute", "Espace", "--until", "9999-12-31").out == "topic Espace is muted until 9999-12-31 23:59\n"
    assert home.call("mute").out == "topic Espace is muted until 9999-12-31 23:59\n"


def test_a_name_of_several_things_is_asked_about(home):
    refused = home.call("mute", "hook")
    assert (refused.status, refused.out) == (2, "")
    assert "topic hook, channel hook" in refused.err
    assert home.call("mute", "hook", "--kind", "channel").out.startswith("channel hook is muted")


@pytest.mark.parametrize(
    "arguments",
    [
        ("mute", "nobody"),
        ("unmute", "Espace"),
        ("unmute",),
        ("mute", "Espace", "--for", "soon"),
        ("mute", "Espace", "--until", "2001-01-01"),
        ("mute", "Espace", "--for", "2h", "--until", "2099-01-01"),
    ],
)
def test_what_cannot_be_done_exits_2_with_an_explanation(home, arguments):
    refused = home.call(*arguments)
    assert (refused.status, refused.out) == (2, "")
    assert refused.err
