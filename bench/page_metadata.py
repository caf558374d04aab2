"""What the program finds of the titles, authors, dates and texts of pages, beside trafilatura alone.

    python -m bench.page_metadata              the dates of invented pages (`bench/dated_pages.py`)
    python -m bench.page_metadata FOLDER       and a folder with pages and `gold.json`: address -> {"file", "title", "author", "date",
                                               "with": pieces of its text, "without": pieces of what is none}

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
from typing import Any

import trafilatura
from lxml.html import HTMLParser, document_fromstring

from bench.dated_pages import PAGES, PARIS
from crawler.decoding import decode
from crawler.page_extractor import extract_page
from crawler.page_metadata import read_metadata
from crawler.problems import FetchProblem

FIELDS = ("title", "author", "date")
READERS = ("ours", "trafilatura")
Gold = dict[str, Any]
Page = tuple[str, Gold, bytes]
"""Its address, what is known of it, and its body."""


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
        pages = read_gold(Path(sys.argv[1]))
        is_behind = report(sys.argv[1], [one for page in pages for one in compare(*page)]) or is_behind
        is_behind = report_texts(pages) or is_behind
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


def report_texts(pages: list[Page]) -> bool:
    """Print how many pieces of text each reader finds, and how many it should not; returns whether ours is behind.

    As trafilatura's own evaluation counts: https://trafilatura.readthedocs.io/en/latest/evaluation.html
    """
    ours = [extracted(body, url) for url, _, body in pages]
    theirs = [trafilatura.extract(body) or "" for _, _, body in pages]
    scores = [print_score(reader, pages, texts) for reader, texts in zip(READERS, (ours, theirs), strict=True)]
    return scores[0] < scores[1]


def extracted(body: bytes, url: str) -> str:
    """Title and text, as the program has them; nothing where it refuses the page."""
    try:
        page = extract_page(body, url)
    except FetchProblem:
        return ""
    return f"{page.title or ''}\n{page.text}"


def print_score(reader: str, pages: list[Page], texts: list[str]) -> float:
    """Print precision, recall and F1 of the pieces in these texts; returns F1."""
    read = [(known, squeezed(text)) for (_, known, _), text in zip(pages, texts, strict=True)]
    found = sum(squeezed(piece) in text for known, text in read for piece in known["with"])
    wrong = sum(squeezed(piece) in text for known, text in read for piece in known["without"])
    wanted = sum(len(known["with"]) for known, _ in read)
    precision, recall = found / (found + wrong), found / wanted
    f1 = 2 * precision * recall / (precision + recall)
    print(f"text, {reader}: {found} of {wanted} pieces, and {wrong} that are none of it;", end=" ")
    print(f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    return f1


def squeezed(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def read_gold(folder: Path) -> list[Page]:
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


def compare(url: str, known: Gold, body: bytes) -> list[Found]:
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
