"""Every command's screen, help and errors in French; what programs read stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from quivive.cli import quivive
from tests.mailbox import Mailbox
from tests.news_site import NewsSite, item, rss
from tests.processes import Done, Home, email, source, story, topic

FR = {"LC_MESSAGES": "fr"}
TITLE = "L’OTAN choisit OpenAI"


class Office:
    """A configuration that says `language = "fr"`, polled once: one story told, one source that fails."""

    def __init__(self, folder: Path, site: NewsSite, mailbox: Mailbox) -> None:
        self.home = Home(folder)
        feed = site.publish_feed("/feed", rss(item(TITLE, site.page("/1", story(TITLE)))))
        self.home.configure(
            more='[display]\nlanguage = "fr"\n',
            sources=[source(feed, "Le Journal"), source(site.url("/absent"), "Absent")],
            topics=[topic("OTAN", "otan", ["redaction"]), topic("Rien", "xyzzy")],
            channels=[email("redaction", mailbox.url)],
        )
        self.polled = self.home.quivive("poll")

    def call(self, *arguments: str) -> Done:
        return self.home.call(*arguments)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with NewsSite() as site, Mailbox() as mailbox:
        yield Office(tmp_path_factory.mktemp("office"), site, mailbox)


def commands(command: click.Command = quivive, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            if not child.hidden:
                yield from commands(child, (*path, name))


COMMANDS = dict(commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_help_of_every_command_is_french(tmp_path: Path, path: tuple[str, ...]) -> None:
    done = Home(tmp_path).call(*path, "--help", env=FR)
    assert done.status == 0
    told = " ".join(done.out.split())
    assert told.startswith("Usage : ")
    assert "Afficher cette aide et terminer." in told
    command = COMMANDS[path]
    english = [command.help, *(option.help for option in command.params if isinstance(option, click.Option))]
    assert [text for text in english if text and " ".join(text.split()) in told] == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("fichier",), 2, "Erreur\xa0: La commande 'fichier' n’existe pas."),
        (("check", "--jsonn"), 2, "Erreur\xa0: L’option '--jsonn' n’existe pas."),
        (("preview",), 2, "Erreur\xa0: donnez une requête, ou --topic et le nom d’un sujet"),
        (("search", "otan", "--limit", "0"), 2, "Valeur incorrecte pour '--limit'\xa0: 0 n’est pas dans l’intervalle 1<=x<=10000."),
        (("search", "(otan"), 2, "cette parenthèse n’est pas fermée\u202f; il faut )\n  (otan\n  ^"),
        (("search", "otan AND"), 2, "la requête s’arrête ici\u202f; il faut un mot, une expression entre guillemets, une @entité ou ("),
        (("search", "otan", "--since", "hier"), 2, "« hier » n’est pas un moment\xa0: donnez une date"),
        (("poll", "Inconnue"), 2, "aucune source de la configuration ne s’appelle Inconnue"),
        (("alerts", "retry"), 2, "Erreur"),
        (("backup", "config.toml"), 1, "existe déjà\u202f; nommez un nouveau fichier"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_usage_is_answered_in_french(office: Office, arguments: tuple[str, ...], status: int, said: str) -> None:
    done = office.call(*arguments)
    assert done.status == status
    assert said.replace("« ", "«\xa0").replace(" »", "\xa0»") in done.err


def test_a_poll_tells_what_it_did_and_alerts_in_french(office: Office) -> None:
    assert "ALERTE OTAN  L’OTAN choisit OpenAI" in office.polled.out
    assert "ÉCHEC Absent : http_404 : Il n’y a rien à cette adresse (404 Not Found)" in office.polled.out.replace("\xa0", " ")
    assert "2 relevées, 0 sans changement, 1 en échec" in office.polled.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check",), "en ordre (2 sources, 2 sujets, entités : 0 à vous et "),
        (("alerts", "test", "redaction"), "redaction : le message d’essai a été accepté"),
        (("status",), "démon       arrêté ; dernier relevé "),
        (("sources",), "en échec"),
        (("topics",), "dernière alerte"),
        (("alerts",), "envoyé"),
        (("search", "otan"), TITLE),
        (("search", "xyzzy"), "rien trouvé"),
        (("preview", "otan"), "0 sur 0 articles en 30 jours"),
        (("show", "1"), "Pourquoi"),
        (("export", "--output", "articles.jsonl"), "1 article écrit dans articles.jsonl"),
        (("backup", "copie.db"), "copie.db: "),
        (("init", "autre"), "Ensuite :"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_a_command_says_is_french(office: Office, arguments: tuple[str, ...], said: str) -> None:
    done = office.call(*arguments)
    assert done.status == 0
    assert said in re.sub(r"[\xa0\u202f]", " ", done.out + done.err)


def test_nothing_to_send_again_is_said_in_french(office: Office) -> None:
    done = office.call("alerts", "retry", "--dead")
    assert done.status == 0
    assert "0 envoi est à refaire" in done.out


def test_mistakes_in_the_configuration_are_told_in_french_whatever_the_environment_says(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write_config('[display]\nlanguage = "fr"\ntimezone = "Paris"\n[[topics]]\nname = "x"\nquery = "a OR"\nnotify = ["y"]\n')
    done = home.call("check", env={"LC_ALL": "en_GB.UTF-8"})
    assert done.status == 2
    assert "3 erreurs dans la configuration" in done.err
    assert "'Paris' n’est pas un fuseau horaire" in done.err
    assert "la requête s’arrête ici" in done.err
    assert 'aucun canal ne s’appelle "y"' in done.err


def test_a_configuration_that_is_no_toml_is_told_in_the_language_that_it_names(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write_config('[display]\nlanguage = "en"\n[archive\n')
    assert "the file is not valid TOML" in home.call("check", env=FR).err


def test_without_a_word_in_configuration_or_environment_it_is_french(tmp_path: Path) -> None:
    done = Home(tmp_path).call("status", env={"LC_MESSAGES": "C", "LANG": "C.UTF-8"})
    assert done.status == 2
    assert "ce fichier n’existe pas" in done.err


def test_the_mail_that_went_out_is_french(tmp_path: Path) -> None:
    with NewsSite() as site, Mailbox() as mailbox:
        Office(tmp_path, site, mailbox)
    (mail,) = mailbox.mails
    assert "Publié le " in mail.text
    assert "Requête\xa0: otan" in mail.text
    assert '<html lang="fr">' in mail.html


@pytest.mark.parametrize(
    "arguments",
    [("search", "otan"), ("sources",), ("topics",), ("alerts",), ("status",), ("preview", "otan"), ("show", "1")],
    ids=" ".join,
)
def test_what_programs_read_is_the_same_in_every_language(office: Office, arguments: tuple[str, ...]) -> None:
    french, english = (office.call(*arguments, "--json"), english_call(office, *arguments, "--json"))
    assert french.out
    assert shapes(french.out) == shapes(english.out)


def english_call(office: Office, *arguments: str) -> Done:
    """The same archive and configuration, asked in English."""
    text = office.home.config.read_text(encoding="utf-8")
    other = office.home.config.with_name("english.toml")
    other.write_text(text.replace('language = "fr"', 'language = "en"'), encoding="utf-8")
    return office.home.call("--config", str(other), *arguments)


def shapes(out: str) -> list[str]:
    """JSON as it stands, but for what changes from one moment to the next."""
    return [
        re.sub(r'"(since|score|overdue_seconds|[a-z_]*size[a-z_]*|days|alerts_per_day)": ?[^,}]+', "", json.dumps(json.loads(line)))
        for line in out.splitlines()
    ]


def test_one_process_tells_help_in_one_language_after_the_other(tmp_path: Path) -> None:
    """As the tests do, and whatever else makes help before it is asked for."""
    told = [Home(tmp_path).call("check", "--help", env={"LC_MESSAGES": code}).out for code in ("en", "fr", "en")]
    assert ["Show this message and exit." in one for one in told] == [True, False, True]
