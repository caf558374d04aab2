"""Which language, and what it says; texts are told in French whether they come as wordings or from the archive."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.problems import PROBLEMS, make_http_problem, make_problem
from news.alerts import AlertKind
from news.errors import ConfigurationError, Fault, QueryError
from news.wording import Wording
from quivive.cli.deliveries import tell_kind
from quivive.cli.translating import find_early_language, tell_error
from quivive.languages import find_language_code, make_language, peek_language_code
from quivive.languages.recognising import Recogniser

PARIS = ZoneInfo("Europe/Paris")
FRENCH, ENGLISH = make_language("fr", PARIS), make_language("en", PARIS)
NOW = datetime(2026, 11, 26, 9, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("configured", "environ", "code"),
    [
        ("en", {"LC_ALL": "fr_FR.UTF-8"}, "en"),
        (None, {"LC_ALL": "en_GB.UTF-8", "LANG": "fr_FR"}, "en"),
        (None, {"LC_MESSAGES": "en", "LANG": "fr_FR"}, "en"),
        (None, {"LANG": "en_US.UTF-8"}, "en"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}, "en"),
        (None, {"LANG": "C.UTF-8"}, "fr"),
        (None, {"LANG": "POSIX"}, "fr"),
        (None, {"LANG": "de_DE.UTF-8"}, "fr"),
        (None, {}, "fr"),
    ],
)
def test_the_configuration_decides_then_the_environment_else_it_is_french(configured, environ, code):
    assert find_language_code(configured, environ) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('[display]\nlanguage = "en"\n', "en"),
        ('[display]\ntimezone = "UTC"\nlanguage = "fr"  # so\n[log]\n', "fr"),
        ('display.language = "en"', "en"),
        ('[archive\n[display]\nlanguage = "en"\n', "en"),
        ('[display]\nlanguage = "de"\n', None),
        ('[log]\nlanguage = "en"\n', None),
        ("language = [[", None),
        ("", None),
    ],
)
def test_the_language_of_a_configuration_is_seen_before_it_is_read_even_in_a_broken_one(tmp_path, content, code):
    (tmp_path / "config.toml").write_text(content)
    assert peek_language_code(tmp_path / "config.toml") == code


def test_a_configuration_that_is_absent_says_nothing_of_the_language(tmp_path):
    assert peek_language_code(tmp_path / "absent.toml") is None


@pytest.mark.parametrize("arguments", [["--config", "en.toml", "check"], ["--config=en.toml", "check"]])
def test_the_configuration_that_is_asked_is_the_one_that_the_command_line_names(tmp_path, arguments):
    (tmp_path / "en.toml").write_text('[display]\nlanguage = "en"\n')
    assert find_early_language(arguments, {}, tmp_path).code == "en"
    assert find_early_language(["check", *arguments[:-1]], {}, tmp_path).code == "fr"


def test_nothing_is_told_as_nothing():
    assert (FRENCH.text(""), FRENCH.tell(Wording("")), FRENCH.tell("")) == ("", "", "")


def test_moments_are_told_in_the_time_zone_as_the_language_writes_them():
    assert FRENCH.moment(NOW) == "26 nov. 2026 à 10:28"
    assert ENGLISH.moment(NOW) == "26 Nov 2026, 10:28"
    assert FRENCH.moment(None) == "–"


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        (NOW - timedelta(hours=1), "aujourd’hui 09:28", "today 09:28"),
        (NOW - timedelta(hours=11), "hier 23:28", "yesterday 23:28"),
        (NOW - timedelta(days=2), "24 nov. 10:28", "24 Nov 10:28"),
        (NOW - timedelta(days=365), "26 nov. 2025", "26 Nov 2025"),
        (None, "–", "–"),
    ],
)
def test_short_moments_leave_out_what_is_clear(moment, french, english):
    assert (FRENCH.short_moment(moment, NOW), ENGLISH.short_moment(moment, NOW)) == (french, english)


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (0, "0 s", "0 s"),
        (41, "41 s", "41 s"),
        (60, "1 min", "1 min"),
        (200.4, "3 min 20 s", "3 min 20 s"),
        (7_500, "2 h 5 min", "2 h 5 min"),
        (3_605, "1 h", "1 h"),
        (270_000, "3 j 3 h", "3 d 3 h"),
    ],
)
def test_durations_are_told_in_their_two_largest_units(seconds, french, english):
    assert FRENCH.duration(seconds).replace("\xa0", " ") == french
    assert ENGLISH.duration(timedelta(seconds=seconds)) == english


@pytest.mark.parametrize(
    ("passed", "french", "english"),
    [
        (timedelta(hours=3, minutes=50), "il y a 3\xa0h", "3 h ago"),
        (timedelta(seconds=-90), "dans 1\xa0min", "in 1 min"),
        (timedelta(milliseconds=5), "à l’instant", "just now"),
    ],
)
def test_ages_are_told_in_one_unit_and_say_which_way(passed, french, english):
    assert (FRENCH.age(NOW - passed, NOW), ENGLISH.age(NOW - passed, NOW)) == (french, english)


@pytest.mark.parametrize(("number", "french", "english"), [(12_345, "12\u202f345", "12,345"), (999, "999", "999"), (1.5, "1,5", "1.5")])
def test_numbers_are_as_the_language_writes_them(number, french, english):
    assert (FRENCH.number(number), ENGLISH.number(number)) == (french, english)


@pytest.mark.parametrize(
    ("size", "french", "english"), [(12_345_678, "12,3\xa0Mo", "12.3 MB"), (7, "7\xa0o", "7 B"), (1_234, "1\xa0ko", "1 kB")]
)
def test_sizes_are_as_the_language_writes_them(size, french, english):
    assert (FRENCH.size(size), ENGLISH.size(size)) == (french, english)


def test_shares_are_as_the_language_writes_them():
    assert (FRENCH.percent(0.25), ENGLISH.percent(0.125)) == ("25\u202f%", "12.5 %")


def test_a_plural_follows_the_rules_of_the_language():
    one, many = "{path}: {count} error in the configuration", "{path}: {count} errors in the configuration"
    assert FRENCH.plural(one, many, 0, path="x").endswith("0 erreur dans la configuration")
    assert ENGLISH.plural(one, many, 0, path="x") == "x: 0 errors in the configuration"
    assert FRENCH.plural(one, many, 1.5, path="x").endswith("1,5 erreur dans la configuration")


def test_a_wording_is_english_as_a_string_and_french_where_it_is_told():
    wording = Wording("{span} ago", span=Wording("{amount} d", amount=3))
    assert wording == "3 d ago"
    assert (FRENCH.tell(wording), ENGLISH.tell(wording)) == ("il y a 3\xa0j", "3 d ago")


def test_a_wording_of_a_number_has_the_form_that_the_number_wants():
    one, many = "{path}: {count} error in the configuration", "{path}: {count} errors in the configuration"
    wording = Wording.counted(one, many, 2, path="x")
    assert wording == "x: 2 errors in the configuration"
    assert FRENCH.tell(wording) == "x\xa0: 2 erreurs dans la configuration"
    assert FRENCH.tell(Wording.counted(one, many, 1, path="x")) == "x\xa0: 1 erreur dans la configuration"


def test_a_wording_stays_one_on_its_way_between_processes():
    wording = pickle.loads(pickle.dumps(Wording("{span} ago", span=Wording("{amount} d", amount=3))))
    assert FRENCH.tell(wording) == "il y a 3\xa0j"


def test_what_must_not_be_shown_is_taken_out_of_the_values_of_a_wording_and_it_stays_one():
    wording = Wording("written: {path}", path="s3cret").with_values(lambda value: value.replace("s3cret", "${S}"))
    assert wording == "written: ${S}"
    assert FRENCH.tell(wording) == "écrit\xa0: ${S}"


def test_an_english_text_of_the_archive_is_told_in_french_and_a_foreign_one_as_it_is():
    assert FRENCH.tell("standard output cannot be written: No space left on device") == (
        "impossible d’écrire sur la sortie standard\xa0: plus de place sur le disque"
    )
    assert FRENCH.tell("550 5.1.1 no such user here") == "550 5.1.1 no such user here"
    assert ENGLISH.tell("No space left on device") == "No space left on device"


def test_of_several_templates_the_one_with_most_words_of_its_own_is_recognised():
    catalogue = {"no answer: {reason}": "A {reason}", "no answer: {reason}, in {seconds} seconds": "B {reason} {seconds}", "{x}": "C"}
    known = Recogniser(catalogue)
    assert known.retell("no answer: cut, in 3 seconds") == "B cut 3"
    assert known.retell("no answer: cut") == "A cut"
    assert known.retell("anything") is None


def test_a_template_that_shows_a_value_twice_is_recognised_only_where_it_is_the_same():
    known = Recogniser({"{name} is called {name} too": "deux {name}"})
    assert known.retell("a is called a too") == "deux a"
    assert known.retell("a is called b too") is None


def test_a_single_word_that_was_put_into_a_text_stays_as_it_is_since_it_may_be_a_name():
    assert FRENCH.tell("alerts") == "alerts"
    assert FRENCH.tell("there is no entity alerts; expected article") == "l’entité alerts n’existe pas\u202f; il faut article"


def test_braces_that_are_no_place_for_a_value_stay_as_they_are():
    text = Wording("holds a ${ that no NAME} follows; write ${NAME}, or $${ for the signs themselves")
    assert FRENCH.tell(str(text)) == FRENCH.tell(text)
    assert "${NAME}" in FRENCH.tell(text)


@pytest.mark.parametrize(
    ("stored", "french"),
    [
        ("hooks.example: could not connect: Connection refused", "hooks.example\xa0: connexion impossible\xa0: connexion refusée"),
        ("hooks.example answered 503: busy (10 left)", "hooks.example a répondu 503\xa0: busy (10 left)"),
        (
            "given up after 3 days; last: not yet taken for a@b.example: no answer in time (the others have it)",
            (
                "abandonné après 3 jours\u202f; en dernier\xa0: "
                "pas encore accepté pour a@b.example\xa0: pas de réponse à temps (les autres l’ont reçu)"
            ),
        ),
        ("550 5.1.1 no such user: sorry.", "550 5.1.1 no such user: sorry."),
    ],
)
def test_what_was_recorded_of_a_delivery_is_told_in_french_and_the_servers_words_as_they_are(stored, french):
    assert FRENCH.tell(stored) == french


@pytest.mark.parametrize("code", [code for code in PROBLEMS if code != "http_NNN"])
@pytest.mark.parametrize("detail", [None, "a.example: b (c)"])
def test_what_was_recorded_of_a_source_is_told_in_french_with_its_detail(code, detail):
    stored, kind = make_problem(code, detail).message, PROBLEMS[code]
    shown = f" ({detail})" if detail else ""
    assert FRENCH.tell(stored) == f"{FRENCH.tell(kind.meaning)}{shown}\xa0: {FRENCH.tell(kind.advice)}."


def test_an_unknown_status_is_told_in_french_with_its_number():
    assert FRENCH.tell(make_http_problem(418).message) == (
        "Le site a répondu par le code HTTP 418, qui n’est pas un succès (418 I'm a Teapot)\xa0: "
        "ouvrez l’URL dans un navigateur pour voir ce que dit le site."
    )


@pytest.mark.parametrize("code", [code for code in PROBLEMS if code != "http_NNN"])
def test_what_every_problem_means_and_what_to_do_is_told_in_french(code):
    kind = PROBLEMS[code]
    assert FRENCH.tell(kind.meaning) != kind.meaning
    assert FRENCH.tell(kind.advice) != kind.advice


def test_errors_are_told_with_all_that_they_hold():
    query = QueryError("a (", 2, Wording("written: {path}", path="x"))
    assert tell_error(query, FRENCH) == "écrit\xa0: x\n  a (\n    ^"
    faults = ConfigurationError("c.toml", [Fault("log.level", Wording("interrupted")), Fault("", "xyz")])
    assert tell_error(faults, FRENCH) == "c.toml\xa0: 2 erreurs dans la configuration\n  log.level: interrompu\n  xyz"


def test_every_kind_of_alert_has_a_word_of_its_own():
    assert len({tell_kind(one, FRENCH) for one in AlertKind}) == len(AlertKind)
