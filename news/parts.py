"""Articles that their sites show in parts, one a page: which address is the next part's, and whether what is there goes on. Pure.

Nothing else is as often mistaken for a next part as the next article: WordPress calls it `rel=next`, and pages of comments are numbered
too. So an address is believed only if it is the article's own plus the number that is due; and what stands there is joined only under the
same title, published at the same time, and if it says something that was not said yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from news.fingerprints import normalise_text
from news.judging import titles_agree
from news.sources import ExtractedPage, LacksParts, PartsRead, Problem
from news.urls import comparing_url, is_site_root

MOST_PARTS = 10
MOST_CHARACTERS = 200_000
"""Of the text so far, beyond which nothing more is asked for. What is read so far waits in memory for the next part."""
_LEAST_NEW_CHARACTERS = 100

_NUMBER = r"(?P<number>\d{1,2})"
_WORD = r"(?:pages?|p)"
_OF_A_SERIES = re.compile(r"(?:^|[\W_])(?:partie|part|[ée]pisode|volet|chapitre|tome|saison|num[ée]ro|semaine|jour)$", re.IGNORECASE)
"""Behind these stand the numbers of the articles of a series, each of which is one of its own."""
_NUMBERED_PATHS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<base>.*)/{_NUMBER}",  # /titre/2
        rf"(?P<base>.*)/{_WORD}[-_/]?{_NUMBER}",  # /titre/page/2, /titre/page-2, /titre/p2
        rf"(?P<base>.*)[-_,./]{_NUMBER}(?P<ending>\.\w{{2,5}})",  # titre-2.html, titre,2.html, titre.2.html, titre/2.html
        rf"(?P<base>.*)[-_,./]{_WORD}[-_]?{_NUMBER}(?P<ending>\.\w{{2,5}})",  # titre-page-2.html, titre_p2.html, titre/page2.html
        rf"(?P<base>.*)[-_]{_WORD}[-_]?{_NUMBER}",  # titre-page-2
    )
)
"""How sites write the number of a part behind the address of the first. `titre-2` is none: so they write a second article's."""
_NUMBERED_PAIR = re.compile(r"(?:page|p|pg|paged|num_?page|npage|currentpage)=(?P<number>\d{1,2})", re.IGNORECASE)
"""Not `cpage`, which numbers pages of comments."""
_FIRST_WITHIN = re.compile(r"(?<=\d[-_,])1(?=[-_,./]|$)")
"""A number of the first part that stands within its address, behind that of the article: `article-1234-1-titre.html`."""

_PLACE_IN_TITLE = re.compile(
    r"\s*(?:[-–—|:,(\[]\s*)?(?:(?:page|partie|part)\s*)?\d{1,2}\s*(?:/|sur|of)\s*\d{1,2}\s*[)\]]?\s*$"
    r"|\s*[-–—|:,(\[]\s*(?:page|partie|part)\s*\d{1,2}\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_GONE_FOR_GOOD = frozenset(
    {"robots", "not_html", "no_text", "empty", "too_large", "forbidden_address", "unsupported_url", "redirect_loop"}
    | {f"http_{status}" for status in (401, 403, 404, 410, 451)}
)


def is_part(first: str, candidate: str, number: int) -> bool:
    """Whether `candidate` is the address of part `number` (2 or more) of the article whose first part is at `first`."""
    own, other = comparing_url(first), comparing_url(candidate)
    firsts = {one for one in (own, *(base for base, of_own in _bases_of(own) if of_own == 1)) if not is_site_root(one)}
    if any(base in firsts for base, found in _bases_of(other) if found == number):
        return True
    return any(own[: one.start()] + str(number) + own[one.end() :] == other for one in _FIRST_WITHIN.finditer(own))


def _bases_of(address: str) -> Iterator[tuple[str, int]]:
    """All addresses (comparing forms) of which `address` may be a numbered part, each with the number."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    site, asked = f"{parts.scheme}://{parts.netloc}", f"?{parts.query}" if parts.query else ""
    for pattern in _NUMBERED_PATHS:
        if (found := pattern.fullmatch(parts.path)) and not _OF_A_SERIES.search(found["base"]):
            number = int(found["number"])
            yield comparing_url(f"{site}{found['base']}{asked}"), number
            if ending := found.groupdict().get("ending"):
                yield comparing_url(f"{site}{found['base']}{ending}{asked}"), number
    pairs = parts.query.split("&")
    for pair in pairs:
        if found := _NUMBERED_PAIR.fullmatch(pair):
            kept = "&".join(one for one in pairs if one is not pair)
            yield f"{site}{parts.path}{'?' if kept else ''}{kept}", int(found["number"])


def join_part(parts: PartsRead, part: ExtractedPage) -> ExtractedPage | None:
    """What is read so far with what a further part says; None if it is none of this article, or says nothing more."""
    page = parts.outcome.page
    assert page is not None  # of which this is a further part
    if not _is_of_one_article(page, part):
        return None
    known = _lines_by_key(page.text)
    new = [line for key, line in _lines_by_key(part.text).items() if key not in known]
    if sum(map(len, new)) < _LEAST_NEW_CHARACTERS:
        return None
    joined = replace(
        page,
        text="\n".join((page.text, *new)),
        is_for_subscribers=page.is_for_subscribers or part.is_for_subscribers,
        next_url=part.next_url,
        prepared=None,
    )
    return within_bounds(joined, parts.number + 1)


def _lines_by_key(text: str) -> dict[str, str]:
    """The lines of a text that say something, each once, by their letters and digits."""
    lines: dict[str, str] = {}
    for line in text.splitlines():
        if key := normalise_text(line):
            lines.setdefault(key, line)
    return lines


def within_bounds(page: ExtractedPage, number: int) -> ExtractedPage:
    """The page, which is not gone on with if `number` parts of it, or their characters, are enough."""
    if page.next_url is None or (number < MOST_PARTS and len(page.text) < MOST_CHARACTERS):
        return page
    return replace(page, next_url=None, lacks_parts=LacksParts.FOR_GOOD)


def without_further_parts(page: ExtractedPage, problem: Problem | None) -> ExtractedPage:
    """What there is of an article of which a further part could not be had; without a `problem` there was no room for it just then."""
    is_for_good = problem is not None and problem.code in _GONE_FOR_GOOD
    return replace(page, next_url=None, lacks_parts=LacksParts.FOR_GOOD if is_for_good else LacksParts.FOR_NOW)


def _is_of_one_article(page: ExtractedPage, part: ExtractedPage) -> bool:
    if page.published_at is not None and part.published_at is not None and page.published_at != part.published_at:
        return False
    title, other = (_PLACE_IN_TITLE.sub("", one.title or "") for one in (page, part))
    key, other_key = normalise_text(title), normalise_text(other)
    return bool(key) and (other_key.startswith(f"{key} ") or titles_agree(title, other))
