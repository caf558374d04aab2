"""What the program finds of the titles, authors and dates of real pages, beside trafilatura alone.

    python -m bench.page_metadata FOLDER       a folder with pages and `gold.json`: address -> {"file", "title", "author", "date"}

Prints each page where one of the two is wrong, then how many each has right of those whose gold is known. The status is 1 if the program
is behind trafilatura in anything, and 2 if the folder has no gold.
"""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import trafilatura
from lxml.html import HTMLParser, document_fromstring

from crawler.decoding import decode
from crawler.page_metadata import read_metadata

FIELDS = ("title", "author", "date")
READERS = ("ours", "trafilatura")
PARIS = ZoneInfo("Europe/Paris")


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
    found = [one for page in read_gold(Path(sys.argv[1])) for one in compare(*page)]
    for one in found:
        if not all(map(one.is_right, READERS)):
            print(f"{one.file} {one.field}: {one.gold!r}; ours {one.ours!r}; trafilatura {one.trafilatura!r}")
    behind = [field for field in FIELDS if not print_sums(field, [one for one in found if one.field == field])]
    return 1 if behind else 0


def read_gold(folder: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """Each page's address, gold and body. Ends the program if there is no gold."""
    gold = folder / "gold.json"
    if not gold.is_file():
        print(f"{gold} does not exist: name the folder that holds the pages and their gold", file=sys.stderr)
        raise SystemExit(2)
    return [(url, known, (folder / known["file"]).read_bytes()) for url, known in json.loads(gold.read_text()).items()]


def compare(url: str, known: dict[str, str], body: bytes) -> list[Found]:
    """What both find of the fields whose gold is known."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    ours = read_metadata(document_fromstring(decode(body, None).encode(), parser=parser), url)
    theirs = trafilatura.extract_metadata(body, default_url=url)
    day = ours.published_at.astimezone(PARIS).date().isoformat() if ours.published_at else None
    said = {"title": (ours.title, theirs.title), "author": (ours.author, theirs.author), "date": (day, theirs.date)}
    return [Found(known["file"], field, known[field], *said[field]) for field in FIELDS if known.get(field)]


def print_sums(field: str, found: list[Found]) -> bool:
    """Print how many each reader has right; returns whether ours is at or above the other."""
    ours, theirs = (sum(one.is_right(reader) for one in found) for reader in READERS)
    print(f"{field}: of {len(found)} known, ours {ours}, trafilatura {theirs}")
    return ours >= theirs


if __name__ == "__main__":
    sys.exit(main())
