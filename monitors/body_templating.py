"""A webhook's body made of a template (Jinja2): for a chat service, one of ours; for anything else, the user's own.

A body that its template cannot make is not sent, and the reason is told: another one would be refused, or taken and shown to nobody. Its
alert waits like one that the receiver has refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from jinja2 import DictLoader, FileSystemLoader, PrefixLoader
from jinja2.loaders import ChoiceLoader

from monitors.chat_markups import MARKUPS
from monitors.letter import make_letter, subject_of
from monitors.presentation import OUR_BODIES, Presentation, TemplateTroubleError
from monitors.rendering_chat import fit, tell_lines
from monitors.rendering_webhook import render_messages
from monitors.samples import make_samples
from monitors.template_running import make_environment, run_bounded
from monitors.templating import OUR_TEMPLATES
from news.alerts import Bundle
from news.wording import Wording

LONGEST_BODY_BYTES = 1_000_000
_OURS = "quivive"
"""Under this prefix a user's template finds ours, to extend them."""


class TemplateBodies:
    """Bodies made of the template of that name: one of `OUR_BODIES`, or one of the user's."""

    def __init__(self, name: str, presentation: Presentation) -> None:
        self._presentation = presentation
        self._name = name
        self._file = f"{name}.json" if name in OUR_BODIES else name
        ours = FileSystemLoader(OUR_TEMPLATES / "bodies")
        own = ChoiceLoader([DictLoader(dict(presentation.templates.sources)), PrefixLoader({_OURS: ours})])
        self._environment = make_environment(ours if name in OUR_BODIES else own, presentation.language)
        self._environment.filters["chat"] = _escape
        self.content_type = "application/json" if self._file.endswith(".json") else "text/plain; charset=utf-8"

    def make(self, bundle: Bundle) -> Iterator[tuple[str, bytes]]:
        """Id and body of each message of a bundle. Raises TemplateTroubleError where the template cannot make one."""
        if self._name not in OUR_BODIES and self._name not in self._presentation.templates.sources:
            reason = self._presentation.templates.missing.get(self._name) or Wording("the template {name} is missing", name=self._name)
            raise TemplateTroubleError(reason)
        for part, (message_id, payload) in zip(_parts_of(bundle), render_messages(bundle), strict=True):
            yield message_id, self._make_one(part, message_id, json.loads(payload))

    def _make_one(self, bundle: Bundle, message_id: str, payload: Mapping[str, object]) -> bytes:
        language = self._presentation.language
        letter = make_letter(bundle, self._presentation)

        def lines(markup: str, most: int) -> list[str]:
            return tell_lines(letter, len(bundle.alerts), MARKUPS[markup], most, language)

        subject = subject_of(bundle, language)
        given = {"letter": letter, "subject": subject, "id": message_id, "message": payload, "lines": lines}
        if self._name in OUR_BODIES:
            body = self._environment.get_template(self._file).render(given)
        else:
            body = run_bounded(self._environment, self._file, **given)
        return _sized(self._file, _as_json(self._file, body) if self._file.endswith(".json") else body)


def check_bodies(templates: Mapping[str, str], presentation: Presentation) -> list[tuple[str, str]]:
    """What is wrong with the templates of webhooks, by the names of their channels: each tried with all samples."""
    troubles: list[tuple[str, str]] = []
    for channel, name in templates.items():
        bodies = TemplateBodies(name, presentation)
        for bundle in make_samples(channel, datetime(2026, 1, 1, tzinfo=UTC)).values():
            try:
                list(bodies.make(bundle))
            except TemplateTroubleError as error:
                troubles.append((channel, error.args[0]))
                break
    return troubles


def _parts_of(bundle: Bundle) -> Iterator[Bundle]:
    """What is told in one message, in the order of `render_messages`."""
    if bundle.roll is not None:
        yield bundle
        return
    for delivery_id, alert in zip(bundle.delivery_ids, bundle.alerts, strict=True):
        yield replace(bundle, delivery_ids=(delivery_id,), alerts=(alert,))


def _escape(text: str, markup: str, most: int) -> str:
    """The filter `chat`: any text, in a service's markup, of at most so many characters."""
    return fit(str(text), MARKUPS[markup], most)


def _as_json(name: str, body: str) -> str:
    """The same JSON without the template's line ends. Raises TemplateTroubleError if it is none."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    except ValueError as error:
        raise TemplateTroubleError(Wording("{name}: it makes no JSON: {reason}", name=name, reason=str(error))) from None


def _sized(name: str, body: str) -> bytes:
    raw = body.encode(errors="replace")
    if len(raw) > LONGEST_BODY_BYTES:
        raise TemplateTroubleError(Wording("{name}: it makes a body of more than {count} bytes", name=name, count=LONGEST_BODY_BYTES))
    return raw
