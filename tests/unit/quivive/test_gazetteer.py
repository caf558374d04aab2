"""The entities that come with the program: the file, the page that lists it, and a configuration's own on top of it."""

import re
import tomllib
from collections import defaultdict

import pytest

from news.query import check_entities, parse_query
from news.text import analyse
from news.topics import Entity
from quivive.config import load_config
from quivive.config.gazetteer import Entities, Gazetteer, load_gazetteer, read_gazetteer_text
from quivive.config.gazetteer_page import render_list, renew

UNDER_TWO_KEYS = {
    ("openai", "sam_altman"),
    ("anthropic", "dario_amodei"),
    ("mistral", "arthur_mensch"),
    ("deepmind", "demis_hassabis"),
}
"""On purpose: heads of young laboratories, who are hardly ever in the news without them."""

IN_THE_CONTRACT = {
    "openai": {"OpenAI", "Open AI", "ChatGPT", "Sam Altman"},
    "otan": {"OTAN", "NATO", "Organisation du traité de l'Atlantique Nord", "Alliance atlantique"},
    "orange": {"=Orange", "Orange Business", "groupe Orange"},
}


def words(name: str) -> tuple[str, ...]:
    return tuple(analyse(name.removeprefix("=")).tokens)


def holds(name: str, part: str) -> bool:
    """Whether whatever says `name` says `part` too."""
    if part.startswith("="):
        whole, piece = (name.removeprefix("=").split(), part.removeprefix("=").split()) if name.startswith("=") else ([], ["-"])
    else:
        whole, piece = list(words(name)), list(words(part))
    return any(whole[start : start + len(piece)] == piece for start in range(len(whole)))


def test_it_is_read_table_by_table_as_a_reader_of_toml_reads_it_whole():
    whole = {
        key: Entity(key, tuple(table["names"]), frozenset(table["names"])) for key, table in tomllib.loads(read_gazetteer_text()).items()
    }
    assert dict(load_gazetteer()) == whole
    assert list(load_gazetteer()) == list(whole)
    assert len(load_gazetteer()) == len(whole) >= 180


def test_every_table_holds_names_and_nothing_else():
    assert {tuple(table) for table in tomllib.loads(read_gazetteer_text()).values()} == {("names",)}


def test_every_name_can_be_looked_for():
    assert check_entities(load_gazetteer()) == []


def test_every_key_is_lower_case_without_accents_so_that_it_can_be_guessed():
    assert [key for key in load_gazetteer() if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", key)] == []


def test_every_key_can_be_named_in_a_query():
    shipped = load_gazetteer()
    assert [key for key in shipped if parse_query(f"@{key}", shipped).root.name != f"@{key}"] == []


def test_no_name_stands_under_two_keys_but_on_purpose():
    keys = defaultdict(set)
    for entity in load_gazetteer().values():
        for name in entity.names:
            keys[words(name)].add(entity.key)
    assert {tuple(sorted(under)) for under in keys.values() if len(under) > 1} == {tuple(sorted(pair)) for pair in UNDER_TWO_KEYS}


def test_no_name_is_found_by_another_of_the_same_entity_already():
    idle = [
        f"{entity.key}: {name} by {other}"
        for entity in load_gazetteer().values()
        for name in entity.names
        for other in entity.names
        if name is not other and holds(name, other)
    ]
    assert idle == []


def test_no_exact_name_begins_a_word_with_an_elided_article_which_is_no_word():
    assert [name for entity in load_gazetteer().values() for name in entity.names if re.match(r"=[ldL][’']", name)] == []


@pytest.mark.parametrize("key", IN_THE_CONTRACT)
def test_what_a_configuration_usually_writes_itself_comes_with_the_program(key):
    assert set(load_gazetteer()[key].names) >= IN_THE_CONTRACT[key]


def test_it_is_cut_into_tables_once_and_reads_a_table_when_asked():
    assert load_gazetteer() is load_gazetteer()
    broken = Gazetteer('# ---- group\n\n[good]\nnames = ["Good"]\n\n[bad]  # not TOML\nnames = [\n')
    assert broken["good"] == Entity("good", ("Good",), frozenset({"Good"}))
    assert list(broken) == ["good", "bad"]
    assert "bad" in broken


def test_a_key_it_does_not_have_is_none():
    assert "nobody" not in load_gazetteer()
    assert load_gazetteer().get("nobody") is None


def test_the_page_lists_every_entity_with_its_names(project):
    page = (project / "docs" / "entities.md").read_text(encoding="utf-8")
    assert page == renew(page), "run: python -m quivive.config.gazetteer_page docs/entities.md"
    assert re.findall(r"^\| `@(\w+)` \|", render_list(), flags=re.MULTILINE) == list(load_gazetteer())


def test_the_examples_of_the_page_are_a_valid_configuration(project, entities_of):
    page = (project / "docs" / "entities.md").read_text(encoding="utf-8")
    entities = entities_of("\n".join(re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)))
    assert set(entities.own) == {"artemis", "pentagone", "orange"}


@pytest.fixture
def entities_of(tmp_path):
    def read(text: str) -> Entities:
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        return load_config(tmp_path / "config.toml", {}).entities

    return read


def test_without_a_word_in_the_configuration_the_shipped_entities_are_there(entities_of):
    entities = entities_of('[[topics]]\nname = "N"\nquery = "@otan AND @openai"')
    assert entities.own == {}
    assert entities["otan"] == load_gazetteer()["otan"]
    assert dict(entities) == dict(load_gazetteer())


def test_names_replace_those_that_are_shipped(entities_of):
    entities = entities_of('[entities.otan]\nnames = ["Alliance"]')
    assert entities["otan"].names == ("Alliance",)
    assert len(entities) == len(load_gazetteer())


def test_add_extends_those_that_are_shipped(entities_of):
    entities = entities_of('[entities.otan]\nadd = ["Mark Rutte", "NATO"]')
    assert entities["otan"].names == (*load_gazetteer()["otan"].names, "Mark Rutte")


def test_add_beside_names_extends_the_names(entities_of):
    assert entities_of('[entities.otan]\nnames = ["Alliance"]\nadd = ["Mark Rutte"]')["otan"].names == ("Alliance", "Mark Rutte")


def test_an_entity_of_its_own_comes_before_the_shipped_ones(entities_of):
    entities = entities_of('[entities.artemis]\nnames = ["Artemis.IA"]\nadd = ["Athea"]')
    assert entities["artemis"] == Entity("artemis", ("Artemis.IA", "Athea"))
    assert list(entities) == ["artemis", *load_gazetteer()]
    assert len(entities) == len(load_gazetteer()) + 1
    assert "artemis" in entities
    assert "otan" in entities
    assert entities.get("nobody") is None


def test_a_key_in_capitals_is_another_entity_than_the_shipped_one(entities_of):
    entities = entities_of('[entities.OTAN]\nnames = ["Alliance"]\n[[topics]]\nname = "N"\nquery = "@OTAN OR @otan"')
    assert entities["OTAN"].names == ("Alliance",)
    assert entities["otan"] == load_gazetteer()["otan"]


def test_what_is_added_to_a_shipped_entity_stays_exact_and_the_shipped_names_count_in_headlines(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[entities.orange]\nadd = ["=Sosh"]\n[entities.free]\nnames = ["=Free"]\n', encoding="utf-8")
    entities = load_config(path, {}).entities
    assert "=Orange" in entities["orange"].shipped
    assert "=Sosh" in set(entities["orange"].names) - entities["orange"].shipped
    assert entities["free"].shipped == frozenset()
