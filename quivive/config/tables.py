"""Reading one table by its keys, and noting in plain words what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from news.tables import Mistake, MistakesError, Table
from news.wording import Wording

if TYPE_CHECKING:
    from quivive.config.file import ConfigFile

_Table = TypeVar("_Table", bound=Table)


def read_table(file: ConfigFile, key: str, content: object, model: type[_Table]) -> _Table | None:
    """Read the table at `key`, and note every fault.

    Where some keys have faults, the table that the others make is returned, so that what depends on them is checked too; None if they
    make none.
    """
    if not isinstance(content, dict):
        file.add_fault(key, Wording("must be a table, [{key}]", key=key))
        return None
    try:
        table = model(**content)
    except MistakesError as error:
        for mistake in error.mistakes:
            _note_fault(file, key, mistake, model)
    else:
        if not file.has_fault(key):  # a missing variable may be the value of a key
            return table
    good = {name: value for name, value in content.items() if not file.has_fault(f"{key}.{name}")}
    try:
        return model(**good)
    except MistakesError:
        return None


def _note_fault(file: ConfigFile, key: str, mistake: Mistake, model: type[Table]) -> None:
    if (mistake.is_missing or not mistake.place) and not file.is_whole:
        return  # what it needs may be in what could not be read
    place = ".".join([key, *map(str, mistake.place)])
    if not file.has_fault(place):  # a missing variable or a bad item is all there is to say
        file.add_fault(place, explain(mistake, model))


def iterate_tables(file: ConfigFile, key: str) -> Iterator[tuple[str, Any]]:
    """The tables of a list `[[key]]`, each with its own key, `key.0` first."""
    content = file.content.get(key, [])
    if not isinstance(content, list):
        file.add_fault(key, Wording("must be a list of tables, each written [[{key}]]", key=key))
        return
    for index, item in enumerate(content):
        yield f"{key}.{index}", item


def named_tables(file: ConfigFile, key: str) -> dict[str, Any]:
    """The tables `[key.NAME]` by their names."""
    content = file.content.get(key, {})
    if not isinstance(content, dict):
        file.add_fault(key, Wording("must be tables, each written [{key}.NAME]", key=key))
        return {}
    return content


def suggest(word: str, known: Iterable[str]) -> Wording | None:
    """`; did you mean "…"?` where a known word is near, otherwise None."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return Wording('; did you mean "{word}"?', word=near[0]) if near else None


def list_keys(model: type[Table]) -> list[str]:
    """The keys of a table as the user writes them."""
    return [*model.written_keys(), *(f"{secret}_file" for secret in model.secrets)]


def explain(mistake: Mistake, model: type[Table]) -> str:
    """One mistake, for whoever wrote it."""
    if not mistake.is_unknown:
        return mistake.message
    known = list_keys(model)
    advice = suggest(str(mistake.place[-1]), known) or Wording("; known here: {known}", known=", ".join(known))
    return Wording("unknown key{advice}", advice=advice)
