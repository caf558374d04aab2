"""A mail's two bodies, made of templates (Jinja2): the users' own where they have some that work, else ours.

An alert is never lost for a template: whatever goes wrong in one that a user wrote, ours makes the message, and the reason is told.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from jinja2 import DictLoader, PrefixLoader, StrictUndefined, TemplateSyntaxError
from jinja2.loaders import BaseLoader, ChoiceLoader, FileSystemLoader

from monitors.letter import Letter, make_letter
from monitors.presentation import TEMPLATE_NAMES, Presentation
from monitors.samples import make_test_bundle
from monitors.template_sandbox import LONGEST, Sandbox, check_length
from news.wording import Language, Wording

OUR_TEMPLATES = Path(__file__).parent / "templates"
_OURS = "quivive"
"""Under this prefix a user's template finds ours, to extend them: `{% extends "quivive/mail.html" %}`."""
OUR_PARTS = (*(f"{_OURS}/{name}" for name in TEMPLATE_NAMES), "surge.html")
"""What a user's template may extend, and what that includes."""
_LONGEST_RANGE = 1_000
_MOST_STEPS = 300_000
"""Lines of Python that a template may run through; ours take some thousands. A loop without an end is broken off in half a second."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """The mail as HTML and as plain text, and why a template of the user was not used for it."""

    html: str
    text: str
    troubles: tuple[str, ...] = ()


class Templates:
    """Makes the bodies of mails. A template of the user that fails is tried again with the next mail: another letter may suit it."""

    def __init__(self, presentation: Presentation) -> None:
        self._presentation = presentation
        ours = FileSystemLoader(OUR_TEMPLATES)
        self._ours = _make_environment(ours, presentation.language)
        own = ChoiceLoader([DictLoader(dict(presentation.templates.sources)), PrefixLoader({_OURS: ours}), ours])
        self._own = _make_environment(own, presentation.language)
        for name in OUR_PARTS if presentation.templates.sources else ():  # reading these is no step of a template that extends them
            self._own.get_template(name)

    def render(self, letter: Letter) -> Bodies:
        """HTML and plain text of a mail; ours where the user has no template or theirs fails, with what is wrong with it."""
        made: dict[str, str] = {}
        troubles: list[str] = []
        for name in TEMPLATE_NAMES:
            body = self._render_own(name, letter, troubles) if name in self._presentation.templates.sources else None
            made[name] = body or self._ours.get_template(name).render(letter=letter)
        return Bodies(made["mail.html"], made["mail.txt"], tuple(troubles))

    def _render_own(self, name: str, letter: Letter, troubles: list[str]) -> str | None:
        try:
            with _broken_off_after(_MOST_STEPS):
                body = "".join(_within(self._own.get_template(name).generate(letter=letter), LONGEST))
        except TemplateSyntaxError as error:
            troubles.append(Wording("{name}, line {line}: {reason}; ours is used", name=name, line=error.lineno, reason=str(error.message)))
        except Exception as error:  # noqa: BLE001  # it may do anything, and the alert must go out; the reason is told
            reason = f"{type(error).__name__}: {error}"
            troubles.append(Wording("{name}: {reason}; ours is used", name=name, reason=reason))
        else:
            if body.strip():
                return body
            troubles.append(Wording("{name}: it makes an empty message; ours is used", name=name))
        return None


def check_templates(presentation: Presentation) -> list[str]:
    """What is wrong with the user's templates, each tried with the test message; nothing if there are none."""
    if not presentation.templates.sources:
        return list(presentation.templates.troubles)
    letter = make_letter(make_test_bundle("test", datetime(2026, 1, 1, tzinfo=UTC)), presentation)
    return [*presentation.templates.troubles, *Templates(presentation).render(letter).troubles]


def _within(pieces: Iterable[str], most: int) -> list[str]:
    """The pieces of a body. Raises ValueError once they are too long, without waiting for the rest."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        kept.append(piece)
        length += len(piece)
        if length > most:
            raise ValueError("it makes a message that is too long")
    return kept


@contextmanager
def _broken_off_after(most_steps: int) -> Iterator[None]:
    """Raise ValueError in what runs through more lines than that: nothing else ends a loop in this thread, which has mails to send."""
    left = most_steps

    def count(_frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        nonlocal left
        if event == "return":
            check_length(argument)  # as of `~`, and of a block whose text is kept
        left -= 1
        if left < 0:
            raise ValueError("it goes round for too long")
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


def _make_environment(loader: BaseLoader, language: Language) -> Sandbox:
    environment = Sandbox(
        loader=loader,
        autoescape=lambda name: name is None or name.endswith(".html"),
        undefined=StrictUndefined,  # a misspelt name is told, and not an empty place in every mail
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    globals_: Mapping[str, Callable[..., object]] = {"text": language.text, "plural": language.plural, "range": _short_range}
    environment.globals.update(globals_)
    return environment


def _short_range(*limits: int) -> range:
    numbers = range(*limits)
    if len(numbers) > _LONGEST_RANGE:
        raise ValueError(f"range() goes to {_LONGEST_RANGE} at most")
    return numbers
