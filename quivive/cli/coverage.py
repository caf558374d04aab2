"""`quivive sources --coverage`: how much of the last days each source was watched so that nothing can have been missed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import click

from news.answers import SourceCoverage
from news.covering import COVERAGE_SPAN, Coverage
from news.errors import ArchiveMissing
from news.wording import Language
from quivive.cli.context import get_reader, get_view, print_csv, print_json_lines, print_lines
from quivive.cli.csv_answers import COVERAGE
from quivive.cli.json_answers import coverage_json
from quivive.cli.sheet import View
from quivive.cli.tables import Cell, Column, Place, make_table
from quivive.clock import utc_now
from quivive.config import Configuration
from quivive.texts import visible


def show_coverage(configuration: Configuration, *, as_json: bool, as_csv: bool) -> None:
    """Print the coverage of every source that was polled, by name."""
    try:
        sources = get_reader(configuration).report_coverage(utc_now())
    except ArchiveMissing:
        sources = []
    if as_json:
        print_json_lines(map(coverage_json, sources))
    elif as_csv:
        print_csv(COVERAGE, map(coverage_json, sources))
    else:
        view = get_view(configuration)
        if sources:
            print_lines(list_coverage(view, sources))
        else:
            click.echo(view.language.text("no sources"), err=True)


def list_coverage(view: View, sources: Sequence[SourceCoverage]) -> Iterator[str]:
    """The sources as a table, with the share of the last days that is covered and what is missing of it."""
    text = view.language.text
    columns = [
        Column(text("source"), Place.FLEXIBLE),
        Column(text("coverage"), right=True),
        Column(text("gaps"), right=True),
        Column(text("missed"), right=True),
        Column(text("first read"), Place.WIDE),
        Column(text("covered until")),
        Column(text("address"), Place.BENEATH),
    ]
    return make_table(view.terminal, columns, [_row(source, view) for source in sources])


def _row(source: SourceCoverage, view: View) -> list[Cell | str]:
    coverage, number = source.coverage, view.language.number
    return [
        visible(source.name),
        tell_share(coverage, view.language),
        number(coverage.gaps),
        _tell_missed(coverage, view),
        view.time(coverage.first_read_at),
        view.time(coverage.last_good_at),
        Cell("", whole=visible(source.url)),
    ]


def _tell_missed(coverage: Coverage, view: View) -> str:
    return "?" if coverage.missed is None else view.language.number(coverage.missed)


def tell_share(coverage: Coverage, language: Language) -> str:
    """The share, rounded down: what is not wholly covered is never called so."""
    return language.percent(math.floor(coverage.share * 1000) / 1000)


def tell_coverage(coverage: Coverage, view: View) -> str:
    """The coverage of one source, for people."""
    told = view.language.text("{share} of the last {days} days", share=tell_share(coverage, view.language), days=COVERAGE_SPAN.days)
    if not coverage.gaps:
        return told
    gaps = view.language.plural("{count} gap is not filled", "{count} gaps are not filled", coverage.gaps)
    return view.language.text("{share}; {gaps}", share=told, gaps=gaps)
