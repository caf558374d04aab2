"""A mail's two bodies, made of templates (Jinja2): the users' own where they have some that work, else ours.

An alert is never lost for a template: whatever goes wrong in one that a user wrote, ours makes the message, and the reason is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import DictLoader, PrefixLoader
from jinja2.loaders import ChoiceLoader, FileSystemLoader

from monitors.letter import Letter, make_letter
from monitors.presentation import TEMPLATE_NAMES, Presentation, TemplateTroubleError
from monitors.samples import make_samples
from monitors.template_running import make_environment, run_bounded
from news.wording import Wording

OUR_TEMPLATES = Path(__file__).parent / "templates"
_OURS = "quivive"
"""Under this prefix a user's template finds ours, to extend them: `{% extends "quivive/mail.html" %}`."""
OUR_PARTS = (*(f"{_OURS}/{name}" for name in TEMPLATE_NAMES), "surge.html", "differences.html")
"""What a user's template may extend, and what that includes."""


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
        self._ours = make_environment(ours, presentation.language)
        own = ChoiceLoader([DictLoader(dict(presentation.templates.sources)), PrefixLoader({_OURS: ours}), ours])
        self._own = make_environment(own, presentation.language)
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
            return run_bounded(self._own, name, letter=letter)
        except TemplateTroubleError as error:
            troubles.append(Wording("{trouble}; ours is used", trouble=error.args[0]))
            return None


def check_templates(presentation: Presentation) -> list[str]:
    """What is wrong with the user's templates, each tried with a message of each form; nothing if there are none."""
    if not presentation.templates.sources:
        return list(presentation.templates.troubles)
    templates = Templates(presentation)
    samples = make_samples("test", datetime(2026, 1, 1, tzinfo=UTC)).values()
    troubles = [one for sample in samples for one in templates.render(make_letter(sample, presentation)).troubles]
    return [*presentation.templates.troubles, *dict.fromkeys(troubles)]
