"""Real and hostile documents, where the folder that holds them is beside the project. Floors are what was observed."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from lxml.html import HtmlElement
from protego import Protego

from crawler import feed_parser, page_extractor
from crawler.article_part import cut_out_article
from crawler.decoding import decode
from crawler.feed_parser import parse_feed
from crawler.feed_repair import repaired
from crawler.page_extractor import extract_page
from crawler.problems import FetchProblem
from crawler.simple_feed import read_simple_feed
from news.sources import ParsedFeed

URL = "https://flux.example/feed"


def parse(path: Path) -> ParsedFeed | str:
    try:
        return parse_feed(path.read_bytes(), URL)
    except FetchProblem as error:
        return error.problem.code


def test_real_french_feeds_are_read_in_whole(corpus: Path) -> None:
    feeds = [parse(path) for path in sorted((corpus / "feeds-french").glob("*/*.xml"))]
    assert len(feeds) == 20
    for feed in feeds:
        assert isinstance(feed, ParsedFeed)
        assert (feed.problem, bool(feed.title), len(feed.entries) > 3) == (None, True, True)
        assert all(entry.title and entry.link and entry.published_at for entry in feed.entries)
        assert not any("\ufffd" in (entry.title or "") or "Ã©" in (entry.title or "") for entry in feed.entries)


def test_a_month_of_a_newspaper_has_the_entries_that_were_counted(corpus: Path) -> None:
    guids: set[str | None] = set()
    with tarfile.open(corpus / "lemonde-2022-01" / "january.tar.xz") as archive:
        members = [member for member in archive if member.name.endswith(".xml") and "/05/" in member.name]
        assert members
        for member in members:
            body = archive.extractfile(member)
            assert body is not None
            feed = parse_feed(body.read(), URL)
            assert feed.problem is None
            guids |= {entry.guid for entry in feed.entries}
    counted = (corpus / "lemonde-2022-01" / "oracle-new-items-per-day.tsv").read_text()
    day = next(line.split("\t") for line in counted.splitlines() if line.split("\t")[0].endswith("05"))
    assert str(len(guids)) in day


def test_the_simple_feeds_of_the_corpus_are_read_as_feedparser_reads_them(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [
        path
        for pattern in ("feeds-french/*/*.xml", "feeds-conformance/gofeed/**/*.xml", "feeds-conformance/podcastparser/**/*.xml")
        for path in sorted(corpus.glob(pattern))
    ]
    simple = [path for path in paths if read_simple_feed(repaired(decode(path.read_bytes(), None))) is not None]
    assert len(simple) > 100
    assert sum("feeds-french" in str(path) for path in simple) >= 11
    ours = [parse(path) for path in simple]
    monkeypatch.setattr(feed_parser, "read_simple_feed", lambda _: None)
    assert [parse(path) for path in simple] == ours


@pytest.mark.parametrize("suite", ["feedparser", "gofeed", "podcastparser", "picofeed", "trafilatura", "opmlparser"])
def test_every_conformance_document_gives_a_feed_or_a_problem(corpus: Path, suite: str) -> None:
    results = Counter(
        type(result).__name__ if not isinstance(result, str) else result
        for result in (parse(path) for path in sorted((corpus / "feeds-conformance" / suite).rglob("*")) if path.is_file())
    )
    assert set(results) <= {"ParsedFeed", "empty", "not_a_feed", "malformed"}
    assert sum(results.values()) > 0


@pytest.mark.parametrize("folder", ["wellformed", "encoding"])
def test_documents_that_are_well_formed_are_not_called_malformed(corpus: Path, folder: str) -> None:
    feeds = [parse(path) for path in sorted((corpus / "feeds-conformance" / "feedparser" / folder).rglob("*.xml"))]
    read = [feed for feed in feeds if isinstance(feed, ParsedFeed)]
    assert sum(feed.problem is None for feed in read) / len(read) >= 0.99


def test_every_hostile_document_gives_a_feed_or_a_page_or_a_problem(corpus: Path) -> None:
    paths = [path for path in sorted((corpus / "robustness").rglob("*")) if path.is_file() and path.stat().st_size < 300_000]
    assert len(paths) > 20
    for path in paths:
        results = [
            reading(path.read_bytes(), read)
            for read in (lambda body: parse_feed(body, URL), lambda body: extract_page(body, URL, "text/html"))
        ]
        assert not any("root:x:0:0" in repr(result) for result in results)
        assert {result for result in results if isinstance(result, str)} <= {"empty", "not_a_feed", "malformed", "not_html", "no_text"}


def reading(body: bytes, read: Callable[[bytes], object]) -> object:
    try:
        return read(body)
    except FetchProblem as error:
        return error.problem.code


def test_real_robots_files_are_read(corpus: Path) -> None:
    paths = [path for path in (corpus / "robustness" / "robots").rglob("*") if path.is_file()]
    assert paths
    for path in paths:
        assert Protego.parse(path.read_bytes().decode("utf-8", "ignore")).can_fetch("https://a.example/", "quivive") in {True, False}


def test_articles_hold_the_text_they_must_and_little_of_what_they_must_not(corpus: Path) -> None:
    folder = corpus / "articles-fr" / "trafilatura"
    counts: Counter[str] = Counter()
    for url, gold in json.loads((folder / "gold.json").read_bytes()).items():
        page = extract_page((folder / gold["file"]).read_bytes(), url, "text/html")
        text = " ".join(f"{page.title} {page.text}".split())
        for kind in ("with", "without"):
            for chunk in gold.get(kind) or []:
                counts[kind] += 1
                counts[f"{kind} found"] += " ".join(chunk.split()) in text
        if gold.get("date") and page.published_at:
            counts["dated"] += 1
            counts["dated right"] += abs((page.published_at.date() - datetime.fromisoformat(gold["date"]).date()).days) <= 1
    assert counts["with"] == 76
    assert counts["with found"] >= 74
    assert counts["without found"] <= 9
    assert counts["dated right"] >= 13
    assert counts["dated right"] == counts["dated"]


def test_a_part_that_is_cut_out_gives_what_the_whole_page_gives(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = list((corpus / "articles-fr").rglob("*.html"))
    cut: list[object] = []

    def noted(tree: HtmlElement) -> HtmlElement | None:
        part = cut_out_article(tree)
        cut.append(part)
        return part

    monkeypatch.setattr(page_extractor, "cut_out_article", noted)
    in_part = {path: reading(path.read_bytes(), lambda body: extract_page(body, URL, "text/html")) for path in pages}
    monkeypatch.setattr(page_extractor, "cut_out_article", lambda _tree: None)
    in_page = {path: reading(path.read_bytes(), lambda body: extract_page(body, URL, "text/html")) for path in pages}
    assert in_part == in_page
    assert sum(part is not None for part in cut) >= 10
