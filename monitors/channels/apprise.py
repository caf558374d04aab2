"""`type = "apprise"`: chat and push, by any of the services of Apprise. How it is told is in `apprise_sender.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable
from monitors.presentation import Presentation
from news.pace import Pace
from news.plans import Policy
from news.tables import from_string, key, one_of
from news.wording import Wording


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """A service that Apprise can tell, by the URL that names service, account and place (https://github.com/caronc/apprise/wiki)."""

    name: str
    url: str = field(repr=False)
    policy: Policy = field(default_factory=lambda: Policy(pace=Pace(at_once=1, knows_repeats=False)))

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects: what a service thinks of its URL is only known when it is told."""
        from monitors.channels.apprise_sender import count_places  # noqa: PLC0415  # it brings Apprise

        if (count := count_places(self.url)) < 2:
            return []
        return [("url", Wording("it names {count} places: when one of them fails, all are told again; give each a channel", count=count))]

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:
        from monitors.channels.apprise_sender import AppriseSender  # noqa: PLC0415  # it brings Apprise

        return AppriseSender(self.url, presentation, limits)


def _check_url(text: str) -> str:
    from monitors.channels.apprise_sender import make_service  # noqa: PLC0415  # it brings Apprise, for those who use it

    url = text.strip()
    if make_service(url) is None:
        raise ValueError(Wording("must be a URL of Apprise, such as slack://TOKEN_A/TOKEN_B/TOKEN_C, for a service that it knows"))
    return url


class Table(ChannelTable):
    """The keys of `[channels.NAME]` with `type = "apprise"`. The URL is a secret: it holds the account."""

    secrets = ("url",)
    knows_repeats: ClassVar[bool] = False
    type: Literal["apprise"] = key(one_of("apprise"))
    url: str = key(from_string(_check_url))

    def make_channel(self, name: str) -> AppriseChannel:
        return AppriseChannel(name, self.url, self.make_policy())
