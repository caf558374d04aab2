"""Secrets that the configuration names a file for, and configurations that are read without any."""

import os

import pytest

from news.errors import ConfigurationError
from quivive.config import load_config

EMAIL = """
[channels.mail]
type = "email"
smtp = "smtp://127.0.0.1:1025"
from = "quivive@example.org"
to = ["redaction@example.org"]
username = "veilleur"
password_file = "mail password"
"""
HOOK = '[channels.hook]\ntype = "webhook"\n'
TOPIC = '[[topics]]\nname = "OTAN"\nquery = "otan"\nnotify = ["mail"]\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.toml").write_text(EMAIL + TOPIC)
    return tmp_path


def faults_of(folder, environ=None):
    with pytest.raises(ConfigurationError) as caught:
        load_config(folder / "config.toml", environ or {})
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_password_is_the_content_of_its_file_without_the_last_line_break(folder, ending):
    (folder / "mail password").write_bytes(f"pass word{ending}".encode())
    assert load_config(folder / "config.toml", {}).channels["mail"].password == "pass word"


def test_a_webhook_takes_its_url_and_its_secret_from_files_in_any_folder(tmp_path):
    (tmp_path / "url").write_text("https://example.org/hook/t0ken\n")
    (tmp_path / "secret").write_text("whsec_c2VjcmV0\n")
    (tmp_path / "config.toml").write_text(HOOK + 'url_file = "url"\nsecret_file = "${CREDENTIALS_DIRECTORY}/secret"')
    channel = load_config(tmp_path / "config.toml", {"CREDENTIALS_DIRECTORY": str(tmp_path)}).channels["hook"]
    assert (channel.url, channel.secret) == ("https://example.org/hook/t0ken", "whsec_c2VjcmV0")


def make_nothing(_path):
    pass


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (make_nothing, "mail password cannot be read: No such file or directory"),
        (os.mkfifo, "mail password is no file"),
        (os.mkdir, "mail password cannot be read: Is a directory"),
        (lambda path: path.write_text(" \n"), "mail password is empty"),
        (lambda path: path.write_bytes(b"\xff"), "mail password is not UTF-8"),
        (lambda path: path.write_bytes(b"a" * 70_000), "mail password is too large"),
    ],
)
def test_a_file_that_gives_no_secret_is_the_one_fault_of_its_key(folder, make, message):
    make(folder / "mail password")
    assert faults_of(folder) == [f"channels.mail.password_file: {message}"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('url = "https://example.org"\nurl_file = "url"', "channels.hook.url_file: is there beside url; give one of them"),
        ("url_file = 3", "channels.hook.url_file: must be the path of a file, in quotes"),
        ('url_fiel = "url"', 'channels.hook.url_fiel: unknown key; did you mean "url_file"?'),
        (
            'url_file = "url"\nsecret_file = "url"',
            "channels.hook.secret_file: must be whsec_ followed by base64 (Standard Webhooks); `openssl rand -base64 32` makes one",
        ),
    ],
)
def test_a_mistake_is_told_of_the_key_that_the_file_has(tmp_path, keys, message):
    (tmp_path / "url").write_text("https://example.org/hook")
    (tmp_path / "config.toml").write_text(HOOK + keys)
    assert message in faults_of(tmp_path)


def test_no_message_shows_a_secret_from_a_file(folder):
    (folder / "mail password").write_text("otan-secret")
    (folder / "config.toml").write_text(EMAIL + '[[topics]]\nname = "OTAN"\nquery = "title:(otan-secret"\n')
    assert "otan-secret" not in "".join(faults_of(folder))


def test_whoever_only_reads_needs_neither_variables_nor_secret_files(folder):
    (folder / "config.toml").write_text(EMAIL.replace("veilleur", "${SMTP_USER}") + TOPIC)
    configuration = load_config(folder / "config.toml", {}, with_channels=False)
    assert configuration.topics[0].notify == ("mail",)
    assert not configuration.channels


def test_a_variable_outside_of_the_channels_is_needed_by_everybody(folder):
    (folder / "config.toml").write_text('[archive]\npath = "${PLACE}/archive.db"')
    with pytest.raises(ConfigurationError, match="the environment variable PLACE is not set"):
        load_config(folder / "config.toml", {}, with_channels=False)
