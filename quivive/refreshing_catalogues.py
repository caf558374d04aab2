"""Brings the catalogues up to date with the source: `make messages`.

What people read is found in four ways: as the first argument of `text`, `plural`, `Wording`, `counted` and `template`, in Python and in
the mails' templates; in the help of every command and option; in the table of problems, and among the system's words for its errors; in
click, which has texts of its own and no French.
"""

from __future__ import annotations

import errno
import inspect
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crawler import PROBLEMS
from quivive.languages.choosing import LANGUAGES
from quivive.languages.speaking import CATALOGUES, DOMAIN

PROJECT = Path(__file__).parents[1]
ROOMS = ("news", "crawler", "monitors", "storage", "quivive")
TRANSLATED = tuple(code for code in LANGUAGES if code != "en")

_KEYWORDS = {"text": None, "plural": (1, 2), "Wording": None, "counted": (1, 2), "template": None}
_CLICK_KEYWORDS = {"_": None, "ngettext": (1, 2)}
_CLICK_MODULES = ("core", "exceptions", "formatting", "parser", "types", "decorators")
"""Those whose texts this program can show: it asks nothing (termui) and completes without words."""
_SYSTEM_ERRORS = (
    errno.EACCES, errno.EADDRINUSE, errno.EBADF, errno.EBUSY, errno.ECONNREFUSED, errno.ECONNRESET, errno.EDQUOT, errno.EEXIST, errno.EFBIG,
    errno.EHOSTUNREACH, errno.EINVAL, errno.EIO, errno.EISDIR, errno.ELOOP, errno.EMFILE, errno.ENAMETOOLONG, errno.ENETUNREACH,
    errno.ENOENT, errno.ENOSPC, errno.ENOTDIR, errno.ENXIO, errno.EPERM, errno.EPIPE, errno.EROFS, errno.ETIMEDOUT, errno.ETXTBSY,
)  # fmt: skip

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)

Message = str | tuple[str, ...]
"""An English text, or that for one thing and that for several."""


def main() -> None:
    """Bring every catalogue up to date, and say what each lacks."""
    template = make_template()
    for code in TRANSLATED:
        catalogue = refreshed(read_catalogue(code), template)
        write_catalogue(code, catalogue)
        missing = [message.id for message in catalogue if message.id and not is_translated(message.string)]
        click.echo(f"{code}: {len(catalogue)} texts, {len(missing)} without translation")
        for text in missing:
            click.echo(f"  {text!r}")


def make_template() -> Catalog:
    """Every text that people may be shown, in English, with where it comes from."""
    template = Catalog(fuzzy=False)
    for place, text in sorted(find_texts(), key=lambda found: (found[0], str(found[1]))):
        template.add(text, locations=[(place, 0)])
    return template


def find_texts() -> Iterator[tuple[str, Message]]:
    """Each text with the file, from the root of the project, in which it is."""
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            yield from ((path.relative_to(PROJECT).as_posix(), text) for text in _texts_in(path, _KEYWORDS))
        for path in sorted((PROJECT / room).glob("**/templates/**/*.*")):
            method = "jinja2.ext:babel_extract"
            yield from ((path.relative_to(PROJECT).as_posix(), text) for text in _texts_in(path, _KEYWORDS, method))
    yield from (("quivive/cli", text) for text in _help_texts())
    yield from (("crawler/problems.py", text) for text in _problem_texts())
    yield from (("the system", os.strerror(number)) for number in _SYSTEM_ERRORS)
    folder = Path(click.__file__).parent
    for module in _CLICK_MODULES:
        yield from (("click", text) for text in _texts_in(folder / f"{module}.py", _CLICK_KEYWORDS))


def _texts_in(path: Path, keywords: Mapping[str, tuple[int, int] | None], method: str = "python") -> Iterator[Message]:
    for _line, text, _comments, _context in extract_from_file(method, path, keywords=keywords):
        yield text if isinstance(text, str) else tuple(text)


def _help_texts() -> Iterator[str]:
    from quivive.cli import quivive  # noqa: PLC0415  # which brings every command

    context = click.Context(quivive)
    commands: list[click.Command] = [quivive]
    while commands:
        command = commands.pop()
        if command.hidden:
            continue
        yield from (inspect.cleandoc(text) for text in (command.help, command.short_help, command.epilog) if text)
        yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help and not option.hidden)
        if isinstance(command, click.Group):
            children = (command.get_command(context, name) for name in command.list_commands(context))
            commands += [child for child in children if child is not None]


def _problem_texts() -> Iterator[str]:
    for kind in PROBLEMS.values():
        # NNN stands for a number in the text of an unknown status.
        yield from (text.replace("NNN", "{NNN}") for text in (kind.meaning, kind.advice, kind.page_advice) if text)


def refreshed(catalogue: Catalog, template: Catalog) -> Catalog:
    """The template with what the catalogue has of it; what nobody shows any more is left out."""
    fresh = Catalog(locale=catalogue.locale, fuzzy=False)
    for message in template:
        if message.id:
            known = catalogue.get(message.id)
            fresh.add(message.id, known.string if known else "", locations=[(place, 0) for place, _ in message.locations])
    return fresh


def is_translated(string: object) -> bool:
    """Whether a translation is there, in each form that the language has."""
    return bool(string) and (isinstance(string, str) or (isinstance(string, Iterable) and all(string)))


def catalogue_path(code: str, ending: str = "po") -> Path:
    """Where the catalogue of a language is: `po` for people, `mo` for gettext."""
    return CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def read_catalogue(code: str) -> Catalog:
    """The translations there are; none for a language that has just been added."""
    path = catalogue_path(code)
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def write_catalogue(code: str, catalogue: Catalog) -> None:
    """Write it for people, and compiled."""
    catalogue_path(code).parent.mkdir(parents=True, exist_ok=True)
    catalogue_path(code).write_bytes(written(catalogue))
    catalogue_path(code, "mo").write_bytes(compiled(read_catalogue(code)))


def written(catalogue: Catalog) -> bytes:
    """The catalogue as text. Neither dates nor line numbers are in it, so that only what changed differs."""
    out = io.BytesIO()
    write_po(out, catalogue, width=140, omit_header=True, include_lineno=False)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{header}"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'.encode() + out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it; the same for the same texts, whenever it is made."""
    plain = Catalog(locale=catalogue.locale, fuzzy=False, creation_date=_NO_DATE, revision_date=_NO_DATE)
    for message in catalogue:
        if message.id and is_translated(message.string):
            plain.add(message.id, message.string)
    out = io.BytesIO()
    write_mo(out, plain)
    return out.getvalue()


if __name__ == "__main__":
    main()
