"""Stories on standard output, in the form that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from news.story_answers import StoryRecord
from quivive.cli.context import print_csv, print_json_lines, print_lines
from quivive.cli.csv_answers import STORIES
from quivive.cli.json_stories import story_json
from quivive.cli.listed_stories import show_listed_story
from quivive.cli.sheet import Sheet, View


def print_stories(view: View, stories: Iterable[StoryRecord], options: Mapping[str, Any]) -> None:
    """The stories in the given order; `options` say whether as JSON or CSV."""
    if options["as_json"]:
        print_json_lines(map(story_json, stories))
    elif options["as_csv"]:
        print_csv(STORIES, map(story_json, stories))
    else:
        _print_for_people(view, stories)


def _print_for_people(view: View, stories: Iterable[StoryRecord]) -> None:
    number = 0
    for number, story in enumerate(stories, start=1):
        sheet = Sheet(view)
        show_listed_story(sheet, number, story)
        print_lines(sheet.lines)
    if number == 0:
        click.echo(view.language.text("no stories"), err=True)
