"""What channels are handed to speak to people, made of a configuration: the user's own templates are read, and none holds up an alert."""

from __future__ import annotations

import os

import pytest

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
