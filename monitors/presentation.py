"""What a channel must know to speak to people: the language, what the configuration says of the topics, and the users' own templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from news.wording import Language

TEMPLATE_NAMES = ("mail.html", "mail.txt")
"""The two bodies of a mail."""
OUR_BODIES = ("discord", "json", "mattermost", "slack", "teams")
"""The templates of webhooks' bodies that come with the program, in `monitors/templates/bodies/`."""
CHAT_BODIES = frozenset(OUR_BODIES) - {"json"}
"""Those of services that know no `webhook-id`, and show a repeat as if it were news."""


class TemplateTroubleError(Exception):
    """A template of the user's cannot be used; the text says which, and why."""


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """Templates of the user's, as they were read: the name of each (`mail.html`, `mail.txt`, those that webhooks name) and its source."""

    sources: Mapping[str, str] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    """Why some of mails could not be read: ours are used, and `check`, `status` and the log say so."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Why some of webhooks could not be read, by their names: nothing can take their place, and what they were to tell waits."""


@dataclass(frozen=True, slots=True)
class Presentation:
    """How people are spoken to. Two that are equal make the same message of the same alerts."""

    language: Language
    queries: Mapping[str, str] = field(default_factory=dict)
    """What each topic of the configuration asks, by its name; one that was removed meanwhile is not there."""
    configuration: str = ""
    """Where the configuration is, for whoever wants to change what they are told."""
    templates: OwnTemplates = field(default_factory=OwnTemplates)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What programs that are told find in theirs: that of the daemon without what the configuration takes from it, which are secrets."""
