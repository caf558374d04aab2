"""What channels are handed to speak to people, made of a configuration: the user's own templates are read, and none holds up an alert."""

from __future__ import annotations

import os

import pytest

from quivive.cli.own_templates import tell_template_troubles
from quivive.config import load_config
from quivive.wiring import make_presentation


@pytest.fixture
def presentation_of(tmp_path):
    """The presentation of a configuration with these templates beside it, and with a topic."""

    def make(**templates: bytes):
        folder = tmp_path / "own"
        folder.mkdir()
        for name, content in templates.items():
            (folder / name.replace("_", ".")).write_bytes(content)
        config = tmp_path / "config.toml"
        config.write_text('[display]\nlanguage = "fr"\ntemplates = "own"\n[[topics]]\nname = "OTAN"\nquery = "@otan"\n', encoding="utf-8")
        return make_presentation(load_config(config, {}))

    return make


def test_it_holds_language_queries_and_where_the_configuration_is(presentation_of, tmp_path):
    presentation = presentation_of(mail_txt=b"x")
    assert presentation.language.code == "fr"
    assert presentation.queries == {"OTAN": "@otan"}
    assert presentation.configuration == str(tmp_path / "config.toml")


def test_templates_are_those_of_the_folder_beside_the_configuration(presentation_of):
    templates = presentation_of(mail_txt="é".encode()).templates
    assert (templates.sources, templates.troubles) == ({"mail.txt": "é"}, ())


def test_a_template_that_is_not_utf_8_is_told_and_the_other_used(presentation_of, tmp_path):
    templates = presentation_of(mail_txt=b"\xe9", mail_html=b"x").templates
    assert (templates.sources, templates.troubles) == ({"mail.html": "x"}, (f"{tmp_path}/own/mail.txt is not UTF-8",))


def test_a_template_that_cannot_be_read_is_told(presentation_of, tmp_path):
    presentation_of()
    (tmp_path / "own" / "mail.txt").mkdir()
    templates = make_presentation(load_config(tmp_path / "config.toml", {})).templates
    assert templates.troubles == (f"{tmp_path}/own/mail.txt cannot be read: Is a directory",)


def test_a_folder_without_templates_is_told(presentation_of, tmp_path):
    assert presentation_of().templates.troubles == (f"{tmp_path}/own holds no template; expected mail.html, mail.txt in it",)


def test_a_changed_template_makes_another_presentation_so_that_a_reload_takes_it_over(presentation_of, tmp_path):
    before = presentation_of(mail_txt=b"x")
    (tmp_path / "own" / "mail.txt").write_text("y")
    after = make_presentation(load_config(tmp_path / "config.toml", {}))
    assert before != after
    assert after == make_presentation(load_config(tmp_path / "config.toml", {}))


def test_a_template_that_is_a_pipe_holds_up_nobody(presentation_of, tmp_path):
    presentation_of()
    os.mkfifo(tmp_path / "own" / "mail.txt")
    templates = make_presentation(load_config(tmp_path / "config.toml", {})).templates
    assert templates.troubles == (f"{tmp_path}/own/mail.txt is no file",)


@pytest.fixture
def with_hooks(tmp_path):
    """A configuration with webhooks whose bodies are made of these templates; `own` is the folder, where there is one."""

    def configure(*templates: str, folder: bool = True):
        (tmp_path / "own").mkdir(exist_ok=True)
        display = '[display]\nlanguage = "en"\n' + ('templates = "own"\n' if folder else "")
        hooks = (
            f'[channels.hook{number}]\ntype = "webhook"\nurl = "https://a.example"\ntemplate = "{name}"\n'
            for number, name in enumerate(templates)
        )
        (tmp_path / "config.toml").write_text(display + "".join(hooks), encoding="utf-8")
        return load_config(tmp_path / "config.toml", {})

    return configure


def test_templates_that_webhooks_name_are_read_from_the_same_folder_and_others_are_not(with_hooks, tmp_path):
    configuration = with_hooks("slack", "desk.json", "desk.json")
    (tmp_path / "own" / "desk.json").write_text('"é"', encoding="utf-8")
    (tmp_path / "own" / "other.json").write_text("x")
    templates = make_presentation(configuration).templates
    assert (templates.sources, templates.troubles, templates.missing) == ({"desk.json": '"é"'}, (), {})
    assert tell_template_troubles(configuration) == []


def test_a_template_that_a_webhook_names_and_that_is_not_there_is_told_of_its_channel(with_hooks, tmp_path):
    assert tell_template_troubles(with_hooks("slack", "desk.json", "a.txt")) == [
        f"warning: channels.hook1.template: {tmp_path}/own/desk.json is not there",
        f"warning: channels.hook2.template: {tmp_path}/own/a.txt is not there",
    ]
    (tmp_path / "own" / "desk.json").write_bytes(b"\xe9")
    assert tell_template_troubles(with_hooks("desk.json")) == [f"warning: channels.hook0.template: {tmp_path}/own/desk.json is not UTF-8"]


def test_without_a_folder_a_template_of_the_users_own_is_nowhere(with_hooks):
    reason = "[display] templates names no folder in which it would be"
    assert tell_template_troubles(with_hooks("desk.json", folder=False)) == [f"warning: channels.hook0.template: desk.json {reason}"]
    assert tell_template_troubles(with_hooks("teams", folder=False)) == []


def test_a_template_with_a_mistake_is_told_of_its_channel(with_hooks, tmp_path):
    configuration = with_hooks("desk.json")
    (tmp_path / "own" / "desk.json").write_text("{{ letter.nothing }}")
    (line,) = tell_template_troubles(configuration)
    assert line.startswith("warning: channels.hook0.template: desk.json: UndefinedError: ")
