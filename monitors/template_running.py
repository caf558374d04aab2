"""Running a template that may do anything: bounded in what it makes, in how long it goes on, and in what it may touch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.loaders import BaseLoader

from monitors.presentation import TemplateTroubleError
from monitors.template_sandbox import LONGEST, Meter, Sandbox, check_length
from news.wording import Language, Wording

_OF_THE_SANDBOX = Meter.charge.__code__.co_filename
"""The file of what looks at a template's steps, as frames name it."""
_LONGEST_RANGE = 1_000
_MOST_STEPS = 300_000
"""Lines of Python that a template may run through; ours take some thousands. A loop without an end is broken off in half a second."""


def run_bounded(environment: Sandbox, name: str, **given: object) -> str:
    """What the template of that name makes. Raises TemplateTroubleError for whatever goes wrong in it, and if it makes nothing."""
    environment.meter = Meter()
    try:
        with _broken_off_after(_MOST_STEPS):
            template: Template = environment.get_template(name)
            body = "".join(_within(template.generate(**given), LONGEST))
    except TemplateSyntaxError as error:
        raise TemplateTroubleError(
            Wording("{name}, line {line}: {reason}", name=name, line=error.lineno, reason=str(error.message))
        ) from None
    except Exception as error:  # noqa: BLE001  # it may do anything; the reason is told
        reason = f"{type(error).__name__}: {error}"
        raise TemplateTroubleError(Wording("{name}: {reason}", name=name, reason=reason)) from None
    finally:
        environment.meter = None
    if not body.strip():
        raise TemplateTroubleError(Wording("{name}: it makes an empty message", name=name))
    return body


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

    def count(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        nonlocal left
        if frame.f_code.co_filename == _OF_THE_SANDBOX:
            return None  # what looks at the template's steps is none of them
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


def make_environment(loader: BaseLoader, language: Language) -> Sandbox:
    """An environment for templates that speak the language; in those of HTML everything is escaped."""
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
