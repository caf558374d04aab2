"""The HTTP header Link (RFC 8288): what an answer says of other addresses, such as the feed of a site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from scrapy.http import Response

from crawler.web_url import absolute_url

MOST_LINKS = 50
"""Of one answer. WordPress sends three or four, sites that preload their pictures dozens."""

_LINK = re.compile(r"""<([^<>]*+)>((?:\s*+;\s*+[\w!#$&+.^`|~*-]++(?:\s*+=\s*+(?:"(?:[^"\\]|\\.)*+"|[^\s",;]*+))?+)*+)""")
_PARAMETER = re.compile(r"""([\w!#$&+.^`|~*-]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s",;]*+))""")
_QUOTED_PAIR = re.compile(r"\\(.)")


class HeaderLink(NamedTuple):
    """One link: an absolute address, its relations in lower case, and what is said of its media type and title."""

    url: str
    relations: frozenset[str]
    media_type: str = ""
    title: str | None = None


def links_of(answer: Response) -> list[HeaderLink]:
    """The links in the head of an answer."""
    return parse_links((value.decode("utf-8", "replace") for value in answer.headers.getlist("Link")), answer.url)


def parse_links(values: Iterable[str], base: str) -> list[HeaderLink]:
    """The links of headers with these values; relative ones are relative to `base`. What is no link of the web is left out."""
    found = islice((match for value in values for match in _LINK.finditer(value)), MOST_LINKS)
    return [_link(url, match[2]) for match in found if (url := absolute_url(match[1], base))]


def _link(url: str, parameters: str) -> HeaderLink:
    said: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(parameters):
        said.setdefault(name.lower(), _QUOTED_PAIR.sub(r"\1", quoted) if quoted else bare)  # the first counts (§3.3)
    media_type = said.get("type", "").partition(";")[0].strip().lower()
    return HeaderLink(url, frozenset(said.get("rel", "").lower().split()), media_type, said.get("title") or None)
