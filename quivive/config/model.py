"""What the tables of `config.toml` may hold: every key, its type, its default.

Defaults are written as the user would write them and read by the same functions as the user's values, so that
`docs/configuration.md` can be compared with them. What several tables must agree on is checked in `quivive/config.py`.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from news.durations import parse_duration, parse_size
from news.follow_ups import FollowUp, Per, parse_follow_up
from news.names import require_text
from news.source_specs import ArticlesMode
from news.tables import Table, boolean, from_string, key, list_of, member_of, names_with, one_of, string, whole_number
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


_text = from_string(require_text)
_texts = list_of(_text)
_duration = from_string(parse_duration)
_positive_duration = from_string(lambda text: _require_positive(parse_duration(text)))
_header_text = from_string(check_header_text)
_query = from_string(join_lines)
_selector = from_string(check_css)


class ArchiveTable(Table):
    """`[archive]`: where the database is, and how long articles are kept."""

    path: str = key(_text, "archive.db")
    retention: timedelta | None = key(from_string(_read_retention), "forever")


class DisplayTable(Table):
    """`[display]`: how people are spoken to, on the terminal and in mails."""

    timezone: ZoneInfo = key(from_string(_read_timezone), "Europe/Paris")
    language: Literal["fr", "en"] | None = key(one_of("fr", "en"), None)
    """None: what the environment says, else French."""
    templates: str | None = key(_text, None)
    """The folder of the user's own mail templates."""


class LogTable(Table):
    """`[log]`: what goes to standard error, and in which form."""

    level: Literal["debug", "info", "warning", "error"] = key(one_of("debug", "info", "warning", "error"), "info")
    format: Literal["text", "json"] = key(one_of("text", "json"), "text")


class CrawlerTable(Table):
    """`[crawler]`: how often and how politely the network is asked, and what it may send."""

    user_agent: str = key(_header_text, "quivive/0.1 (+https://example.org/quivive)")
    interval: timedelta = key(_positive_duration, "15m")
    min_interval: timedelta = key(_positive_duration, "5m")
    max_interval: timedelta = key(_positive_duration, "12h")
    concurrency: int = key(whole_number(1, 1000), 32)
    concurrency_per_host: int = key(whole_number(1, 1000), 1)
    delay_per_host: timedelta = key(_duration, "1s")
    obey_robots: bool = key(boolean, default=True)
    timeout: timedelta = key(_positive_duration, "30s")
    max_body: int = key(from_string(_read_size), "10MB")
    allow_addresses: tuple[IPNetwork, ...] = key(list_of(from_string(_read_network)), ())


class AlertsTable(Table):
    """`[alerts]`: what alerts at all."""

    first_poll: Literal["silent", "alert", "digest"] = key(one_of("silent", "alert", "digest"), "silent")
    per: Per = key(member_of(Per), "story")
    follow_up: FollowUp = key(from_string(parse_follow_up), "1h")
    revisions: Revisions = key(member_of(Revisions), "matches")


class HealthTable(Table):
    """`[health]`: who is told how the watch itself is doing."""

    notify: tuple[str, ...] = key(_texts, ())


class FeedTable(Table):
    """`[[sources]]` with `url`."""

    secrets = ("password", "proxy")

    url: str = key(from_string(check_feed_url))
    name: str | None = key(_text, None)
    articles: ArticlesMode = key(member_of(ArticlesMode), "auto")
    interval: timedelta | None = key(_positive_duration, None)
    tags: tuple[str, ...] = key(_texts, ())
    user_agent: str | None = key(_header_text, None)
    headers: dict[str, str] | None = key(names_with(from_string(check_header_name), _header_text), None)
    cookies: dict[str, str] | None = key(names_with(from_string(check_token), from_string(check_cookie_value)), None)
    username: str | None = key(from_string(check_username), None)
    password: str | None = key(string, None)
    proxy: str | None = key(from_string(check_proxy), None)
    item: str | None = key(from_string(check_css_of_elements), None)
    title: str | None = key(_selector, None)
    link: str | None = key(_selector, None)
    date: str | None = key(_selector, None)
    summary: str | None = key(_selector, None)


class OpmlTable(Table):
    """`[[sources]]` with `opml`; what else is said holds for every feed of the file."""

    opml: str = key(_text)
    articles: ArticlesMode = key(member_of(ArticlesMode), "auto")
    interval: timedelta | None = key(_positive_duration, None)
    tags: tuple[str, ...] = key(_texts, ())


class EntityTable(Table):
    """`[entities.KEY]`: the names by which a query's `@key` is found; `add` adds to those that come with the program."""

    names: tuple[str, ...] | None = key(list_of(_text, at_least_one=True), None)
    add: tuple[str, ...] | None = key(list_of(_text, at_least_one=True), None)


class TopicTable(Table):
    """`[[topics]]`: a query, and the channels that are told of what matches it."""

    name: str = key(_text)
    query: str = key(_query)
    notify: tuple[str, ...] = key(_texts, ())
    urgent: str | None = key(_query, None)
    per: Per | None = key(member_of(Per), None)
    follow_up: FollowUp | None = key(from_string(parse_follow_up), None)
    revisions: Revisions | None = key(member_of(Revisions), None)
    """None, here and for the two above: as in `[alerts]`."""


class WebTable(Table):
    """`[web]`: where hubs reach the daemon. The page that will be there too is not available yet."""

    listen: str | None = key(from_string(check_listen), None)
    public_url: str | None = key(from_string(check_public_url), None)
    password: str | None = key(_text, None)


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
