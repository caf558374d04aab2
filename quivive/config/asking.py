"""How a source is asked and read, where that is its own: what `[[sources]]` says of it, taken together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from news.wording import Wording

if TYPE_CHECKING:
    from crawler import ListingRules, RequestSettings
    from quivive.config.file import ConfigFile
    from quivive.config.model import FeedTable

SECRET_KEYS = frozenset({"headers", "cookies", "username", "password", "password_file", "proxy", "proxy_file"})
"""What whoever only reads the archive need not have."""
_REQUEST_KEYS = ("headers", "cookies", "username", "password", "proxy", "user_agent")


@dataclass(frozen=True, slots=True)
class Asking:
    """How one source is asked and read, as far as that is its own."""

    request: RequestSettings | None = field(default=None, repr=False)
    listing: ListingRules | None = None


def read_asking(file: ConfigFile, key: str, table: FeedTable) -> Asking:
    """What a table says of asking and reading its source; what does not fit together is noted."""
    if table.username is None and table.password is not None:
        file.add_fault(f"{key}.username", Wording("is missing; a password goes with a user name"))
    for name in ("title", "link", "date", "summary"):
        if getattr(table, name) is not None and table.item is None:
            file.add_fault(f"{key}.item", Wording("is missing; {name} is looked for within each item of a page", name=name))
            break
    return Asking(_request(table), _listing(table))


def _request(table: FeedTable) -> RequestSettings | None:
    if all(getattr(table, name) is None for name in _REQUEST_KEYS):
        return None
    from crawler import RequestSettings  # noqa: PLC0415  # the crawl's types, for the few sources that are asked in a way of their own

    request = RequestSettings(
        origin=table.url,
        headers=tuple((table.headers or {}).items()),
        cookies=tuple((table.cookies or {}).items()),
        username=table.username,
        password=table.password,
        proxy=table.proxy,
        user_agent=table.user_agent,
    )
    return None if request == RequestSettings(table.url) else request


def _listing(table: FeedTable) -> ListingRules | None:
    if table.item is None:
        return None
    from crawler import ListingRules  # noqa: PLC0415  # as above

    return ListingRules(table.item, table.title, table.link, table.date, table.summary)
