"""What the tables of `config.toml` may hold: every key, its type, its default.

Defaults are written as the user would write them and read by the same functions as the user's values, so that
`docs/configuration.md` can be compared with them. What several tables must agree on is checked in `quivive/config.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from news.durations import parse_duration, parse_size
from news.follow_ups import FollowUp, Per, parse_follow_up
from news.names import require_text
from news.sources import ArticlesMode
from news.topics import Revisions
from news.wording import Wording
from quivive.config.requests import (
    check_cookie_value,
    check_css,
    check_css_of_elements,
    check_header_name,
    check_proxy,
    check_token,
    check_username,
)
from quivive.config.values import check_feed_url, check_header_text, check_listen, check_public_url, join_lines

IPNetwork: TypeAlias = IPv4Network | IPv6Network
_Read = TypeVar("_Read")


def _read_by(read: Callable[[str], _Read]) -> BeforeValidator:
    """Read strings with `read`; anything that is no string is an error."""

    def convert(value: object) -> _Read:
        if not isinstance(value, str):
            raise ValueError(Wording("must be a string in quotes"))  # noqa: TRY004  # pydantic collects ValueErrors only
        return read(value)

    return BeforeValidator(convert)


def _require_positive(duration: timedelta) -> timedelta:
    if not duration:
        raise ValueError(Wording("must be longer than 0s"))
    return duration


def _read_retention(text: str) -> timedelta | None:
    return None if text == "forever" else _require_positive(parse_duration(text))


def _read_size(text: str) -> int:
    size = parse_size(text)
    if not size:
        raise ValueError(Wording("must be larger than 0B"))
    return size


def _read_timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones, such as "Europe"
        raise ValueError(
            Wording("{text} is no time zone; write a name of the IANA database, such as Europe/Paris or UTC", text=repr(text))
        ) from None


def _read_network(text: str) -> IPNetwork:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(
            Wording("{text} is no network; write it as 127.0.0.0/8 or fd00::/8, with no bits after the prefix", text=repr(text))
        ) from None


def _written(text: str) -> Any:
    """A default in the user's own notation; Any, since it is read into the field's type only when a table is made."""
    return Field(default=text)


Text = Annotated[str, AfterValidator(require_text)]
Duration = Annotated[timedelta, _read_by(parse_duration)]
PositiveDuration = Annotated[timedelta, _read_by(parse_duration), AfterValidator(_require_positive)]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
HeaderText = Annotated[str, AfterValidator(check_header_text)]
Selector = Annotated[str, AfterValidator(check_css)]
ItemSelector = Annotated[str, AfterValidator(check_css_of_elements)]


class Table(BaseModel):
    """One table of the file. Unknown keys are errors, and 1 is not true. No message ever shows what was given: it may be a secret."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, validate_default=True, populate_by_name=False
    )


class ArchiveTable(Table):
    """`[archive]`: where the database is, and how long articles are kept."""

    path: Text = "archive.db"
    retention: Annotated[timedelta | None, _read_by(_read_retention)] = _written("forever")


class DisplayTable(Table):
    """`[display]`: how people are spoken to, on the terminal and in mails."""

    timezone: Annotated[ZoneInfo, _read_by(_read_timezone)] = _written("Europe/Paris")
    language: Literal["fr", "en"] | None = None
    """None: what the environment says, else French."""
    templates: Text | None = None
    """The folder of the user's own mail templates."""


class LogTable(Table):
    """`[log]`: what goes to standard error, and in which form."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class CrawlerTable(Table):
    """`[crawler]`: how often and how politely the network is asked, and what it may send."""

    user_agent: Annotated[str, AfterValidator(check_header_text)] = "quivive/0.1 (+https://example.org/quivive)"
    interval: PositiveDuration = _written("15m")
    min_interval: PositiveDuration = _written("5m")
    max_interval: PositiveDuration = _written("12h")
    concurrency: int = Field(default=32, ge=1, le=1000)
    concurrency_per_host: int = Field(default=1, ge=1, le=1000)
    delay_per_host: Duration = _written("1s")
    obey_robots: bool = True
    timeout: PositiveDuration = _written("30s")
    max_body: Annotated[int, _read_by(_read_size)] = _written("10MB")
    allow_addresses: Annotated[tuple[Annotated[IPNetwork, _read_by(_read_network)], ...], Field(strict=False)] = ()


class AlertsTable(Table):
    """`[alerts]`: what alerts at all."""

    first_poll: Literal["silent", "alert", "digest"] = "silent"
    per: Annotated[Per, Field(strict=False)] = _written("story")
    follow_up: Annotated[FollowUp, _read_by(parse_follow_up)] = _written("1h")
    revisions: Annotated[Revisions, Field(strict=False)] = _written("matches")


class HealthTable(Table):
    """`[health]`: who is told how the watch itself is doing."""

    notify: Texts = ()


class FeedTable(Table):
    """`[[sources]]` with `url`."""

    secrets: ClassVar[tuple[str, ...]] = ("password", "proxy")
    """Keys that may be given as a file: `password_file`."""

    url: Annotated[str, AfterValidator(check_feed_url)]
    name: Text | None = None
    articles: Annotated[ArticlesMode, Field(strict=False)] = _written("auto")
    interval: PositiveDuration | None = None
    tags: Texts = ()
    user_agent: HeaderText | None = None
    headers: dict[Annotated[str, AfterValidator(check_header_name)], HeaderText] | None = None
    cookies: dict[Annotated[str, AfterValidator(check_token)], Annotated[str, AfterValidator(check_cookie_value)]] | None = None
    username: Annotated[str, AfterValidator(check_username)] | None = None
    password: str | None = None
    proxy: Annotated[str, AfterValidator(check_proxy)] | None = None
    item: ItemSelector | None = None
    title: Selector | None = None
    link: Selector | None = None
    date: Selector | None = None
    summary: Selector | None = None


class OpmlTable(Table):
    """`[[sources]]` with `opml`; what else is said holds for every feed of the file."""

    opml: Text
    articles: Annotated[ArticlesMode, Field(strict=False)] = _written("auto")
    interval: PositiveDuration | None = None
    tags: Texts = ()


class EntityTable(Table):
    """`[entities.KEY]`: the names by which a query's `@key` is found; `add` adds to those that come with the program."""

    names: Annotated[tuple[Text, ...], Field(strict=False, min_length=1)] | None = None
    add: Annotated[tuple[Text, ...], Field(strict=False, min_length=1)] | None = None


class TopicTable(Table):
    """`[[topics]]`: a query, and the channels that are told of what matches it."""

    name: Text
    query: Annotated[str, AfterValidator(join_lines)]
    notify: Texts = ()
    urgent: Annotated[str, AfterValidator(join_lines)] | None = None
    per: Annotated[Per, Field(strict=False)] | None = None
    follow_up: Annotated[FollowUp, _read_by(parse_follow_up)] | None = None
    revisions: Annotated[Revisions, Field(strict=False)] | None = None
    """None, here and for the two above: as in `[alerts]`."""


class WebTable(Table):
    """`[web]`: where hubs reach the daemon. The page that will be there too is not available yet."""

    listen: Annotated[str, AfterValidator(check_listen)] | None = None
    public_url: Annotated[str, AfterValidator(check_public_url)] | None = None
    password: Text | None = None


SECTIONS: dict[str, type[Table]] = {
    "archive": ArchiveTable,
    "display": DisplayTable,
    "log": LogTable,
    "crawler": CrawlerTable,
    "alerts": AlertsTable,
    "web": WebTable,
    "health": HealthTable,
}
"""The tables that occur once and may be left out."""
