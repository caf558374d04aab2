"""Reading one table with its model, and saying in plain words what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from news.wording import Wording, join_choice, template

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from quivive.config.file import ConfigFile

_Model = TypeVar("_Model", bound=BaseModel)

_MESSAGES = {
    "missing": template("is required"),
    "string_type": template("must be a string in quotes"),
    "bool_type": template("must be true or false"),
    "int_type": template("must be a whole number"),
    "tuple_type": template("must be a list in brackets"),
    "literal_error": template("must be {expected}"),
    "enum": template("must be {expected}"),
    "greater_than_equal": template("must be at least {ge}"),
    "less_than_equal": template("must be at most {le}"),
    "too_short": template("must name at least one"),
    "value_error": template("{error}"),
}
"""What pydantic's kinds of errors mean to someone who edits the file; its own words are for programmers."""


def read_table(file: ConfigFile, key: str, content: object, model: type[_Model]) -> _Model | None:
    """Read the table at `key`, and note every fault.

    Where some keys have faults, the table that the others make is returned, so that what depends on them is checked too; None if they
    make none.
    """
    if not isinstance(content, dict):
        file.add_fault(key, Wording("must be a table, [{key}]", key=key))
        return None
    try:
        table = model.model_validate(content)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            _note_fault(file, key, details, model)
    else:
        if not file.has_fault(key):  # a missing variable may be the value of a key
            return table
    good = {name: value for name, value in content.items() if not file.has_fault(f"{key}.{name}")}
    try:
        return model.model_validate(good)
    except ValidationError:
        return None


def _note_fault(file: ConfigFile, key: str, details: ErrorDetails, model: type[BaseModel]) -> None:
    is_of_what_is_absent = details["type"] == "missing" or not details["loc"]
    place = ".".join([key, *(str(part) for part in details["loc"])])
    if is_of_what_is_absent and not file.is_whole:
        return
    if not file.has_fault(place):  # a missing variable or a bad item is all there is to say: pydantic counts a list without it
        file.add_fault(place, explain(details, model))


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


def list_keys(model: type[BaseModel]) -> list[str]:
    """The keys of a table as the user writes them."""
    keys = [field.alias or name for name, field in model.model_fields.items()]
    return [*keys, *(f"{secret}_file" for secret in getattr(model, "secrets", ()))]


def explain(details: ErrorDetails, model: type[BaseModel]) -> str:
    """One fault that pydantic found, for whoever wrote it."""
    kind = details["type"]
    if kind == "extra_forbidden":
        known = list_keys(model)
        advice = suggest(str(details["loc"][-1]), known) or Wording("; known here: {known}", known=", ".join(known))
        return Wording("unknown key{advice}", advice=advice)
    message = _MESSAGES.get(kind)
    return Wording(message, **_told_values(details)) if message else details["msg"]


def _told_values(details: ErrorDetails) -> dict[str, Any]:
    """What pydantic says of an error, with its English `or` as one of ours."""
    values = dict(details.get("ctx", {}))
    if " or " in str(values.get("expected", "")):
        values["expected"] = join_choice(values["expected"].rsplit(" or ", 1))
    return values
