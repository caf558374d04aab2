"""The configuration that comes with the program."""

from pathlib import Path

import pytest

from news.query import Matcher
from news.text import analyse_article
from quivive.config import load_config


@pytest.fixture(scope="module")
def shipped(project):
    return load_config(project / "config.toml", {})


def test_the_configuration_that_comes_with_the_program_is_valid_without_any_environment(shipped):
    assert len(shipped.sources) >= 25
    assert len(shipped.topics) == 5


def test_it_watches_every_source_by_https_under_a_name_and_with_tags(shipped):
    assert [source.url for source in shipped.sources if not (source.url.startswith("https://") and source.name and source.tags)] == []


def test_it_tells_nobody_until_the_user_says_whom(shipped):
    assert shipped.channels == {}
    assert [topic.name for topic in shipped.topics if topic.notify] == []


def test_its_commented_channels_are_valid_once_the_signs_are_taken_away(project, tmp_path):
    lines = (project / "config.toml").read_text().splitlines()
    start = lines.index("# [channels.redaction]")
    end = next(index for index, line in enumerate(lines) if index > start and "what is followed" in line)
    channels = "\n".join(line.removeprefix("# ") for line in lines[start:end])
    (tmp_path / "config.toml").write_text(channels)
    environ = {"SMTP_USER": "veilleur", "SMTP_PASSWORD": "secret", "HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    assert list(load_config(tmp_path / "config.toml", environ).channels) == ["redaction", "hook"]


def topics_of(shipped, title: str, text: str) -> list[str]:
    return [match.topic for match in Matcher(shipped.topics, shipped.entities).match(analyse_article(title, text))]


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Sam Altman étudie un contrat avec l’OTAN.", ["OpenAI–OTAN"]),
        ("OpenAI signe avec le Pentagone.", ["OpenAI–Pentagone"]),
        ("Le département américain de la Guerre retient ChatGPT.", ["OpenAI–Pentagone"]),
        ("Une responsable quitte OpenAI après l’accord avec le ministère américain de la Défense.", ["OpenAI–Pentagone"]),
        ("The Department of War signs with OpenAI.", ["OpenAI–Pentagone"]),
        ("Les votants de l’État ont retenu ChatGPT.", []),
        ("OpenAI lance un navigateur.", []),
    ],
)
def test_the_topics_on_openai_know_the_names_of_both_sides(shipped, text, topics):
    assert [topic for topic in topics_of(shipped, "", text) if topic.startswith("OpenAI")] == topics


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("L’Amiad choisit l’IA de Mistral AI", "IA et défense"),
        ("La DGA commande des drones dotés d’intelligence artificielle", "IA et défense"),
        ("L’Anssi qualifie SecNumCloud une nouvelle offre", "Souveraineté numérique"),
        ("Cloud : la CNIL s’inquiète d’une souveraineté de façade", "Souveraineté numérique"),
        ("Mistral AI annonce une nouvelle levée de fonds", "Levées de fonds IA"),
        ("Deux levées de fonds dans l’intelligence artificielle", "Levées de fonds IA"),
    ],
)
def test_each_other_topic_finds_what_it_is_for(shipped, title, topic):
    assert topic in topics_of(shipped, title, "")


@pytest.mark.parametrize("title", ["Le mistral souffle sur Marseille", "La dga d’un vieux routeur", "Vacances : où lever le camp ?"])
def test_words_that_only_look_like_a_name_alert_nobody(shipped, title):
    assert topics_of(shipped, title, "IA") == []


def test_the_articles_the_program_was_asked_for_are_found(shipped, corpus):
    """The gold is that of the articles' collector; ChatGPT counts as a name of OpenAI here."""
    articles = sorted(Path(corpus.parent, "seeds").glob("*.txt"))
    if not articles:
        pytest.skip("the articles are not beside the project (../shared/seeds)")
    found = {}
    for path in articles:
        found[path.name[:3]] = [topic for topic in topics_of(shipped, "", path.read_text(encoding="utf-8")) if topic.startswith("OpenAI")]
    assert found["000"] == found["001"] == ["OpenAI–OTAN", "OpenAI–Pentagone"]
    assert found["003"] == []
    assert found["004"] == ["OpenAI–Pentagone"]
    assert "OpenAI–OTAN" not in found["002"]
