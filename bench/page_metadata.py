"""What the program finds of the titles, authors and dates of pages, beside trafilatura alone.

    python -m bench.page_metadata              the dates of invented pages (`bench/dated_pages.py`)
    python -m bench.page_metadata FOLDER       and a folder with pages and `gold.json`: address -> {"file", "title", "author", "date"}

Prints each page where one of the two is wrong, then how many each has right of those whose gold is known. The status is 1 if the program
is behind trafilatura in anything, and 2 if the folder has no gold. The day of a date is that of Paris.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import trafilatura
from lxml.html import HTMLParser, document_fromstring

from bench.dated_pages import PAGES, PARIS
from crawler.decoding import decode
from crawler.page_metadata import read_metadata

FIELDS = ("title", "author", "date")
READERS = ("ours", "trafilatura")


@dataclass(frozen=True)
class Found:
    """What gold and both readers say of one field of one page."""

    file: str
    field: str
    gold: str
    ours: str | None
    trafilatura: str | None

    def is_right(self, reader: str) -> bool:
        """Whether a reader says what the gold does; the spaces at the ends aside."""
        said: str | None = getattr(self, reader)
        return said is not None and said.strip() == self.gold.strip()


def main() -> int:
    """Compare both on the pages of the folder that the command line names."""
    logging.disable(logging.CRITICAL)  # trafilatura logs what it cannot read
    found = list(compare_dates())
    is_behind = report("invented pages", found)
    if len(sys.argv) > 1:
        found = [one for page in read_gold(Path(sys.argv[1])) for one in compare(*page)]
        is_behind = report(sys.argv[1], found) or is_behind
    return 1 if is_behind else 0


def report(pages: str, found: list[Found]) -> bool:
    """Print where one of the two is wrong, and the sums; returns whether ours is behind in anything."""
    for one in found:
        if not all(map(one.is_right, READERS)):
            print(f"{one.file} {one.field}: {one.gold!r}; ours {one.ours!r}; trafilatura {one.trafilatura!r}")
    print(f"{pages}:")
    by_field = {field: [one for one in found if one.field == field] for field in FIELDS}
    are_ahead = [print_sums(field, known) for field, known in by_field.items() if known]
    return not all(are_ahead)


def read_gold(folder: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """Each page's address, gold and body. Ends the program if there is no gold."""
    found = sorted(folder.rglob("gold.json"))
    if not found:
        print(f"{folder} holds no gold.json: name the folder that holds the pages and their gold", file=sys.stderr)
        raise SystemExit(2)
    return [
        (url, known, (gold.parent / known["file"]).read_bytes()) for gold in found for url, known in json.loads(gold.read_text()).items()
    ]


def compare_dates() -> Iterator[Found]:
    """What both find of the dates of the invented pages."""
    for name, page in PAGES.items():
        ours = read_metadata(document_fromstring(page.html), page.url).published_at
        theirs = trafilatura.extract_metadata(page.html, default_url=page.url)
        yield Found(name, "date", page.day or "none", day_of(ours) or "none", theirs.date or "none")


def day_of(moment: datetime | None) -> str | None:
    """The day that people in Paris would call it, as the pages' own dates are compared by day."""
    return moment.astimezone(PARIS).date().isoformat() if moment else None


def compare(url: str, known: dict[str, str], body: bytes) -> list[Found]:
    """What both find of the fields whose gold is known."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    ours = read_metadata(document_fromstring(decode(body, None).encode(), parser=parser), url)
    theirs = trafilatura.extract_metadata(body, default_url=url)
    said = {"title": (ours.title, theirs.title), "author": (ours.author, theirs.author), "date": (day_of(ours.published_at), theirs.date)}
    return [Found(known["file"], field, known[field], *said[field]) for field in FIELDS if known.get(field)]


def print_sums(field: str, found: list[Found]) -> bool:
    """Print how many each reader has right; returns whether ours is at or above the other."""
    ours, theirs = (sum(one.is_right(reader) for one in found) for reader in READERS)
    print(f"{field}: of {len(found)} known, ours {ours}, trafilatura {theirs}")
    return ours >= theirs


if __name__ == "__main__":
    sys.exit(main())
