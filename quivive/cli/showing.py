"""One thing whole on standard output, for people or as JSON, and what changed in it. Imported only where something is shown."""

from __future__ import annotations

from news.errors import UsageError
from news.one_thing import Whole, WholeAlert, WholeArticle
from news.wording import Wording
from quivive.cli.changes import Change, make_change, show_change
from quivive.cli.context import print_json, print_lines
from quivive.cli.json_answers import JsonObject
from quivive.cli.json_whole import pieces_json, whole_json
from quivive.cli.sheet import Sheet, View
from quivive.cli.things import print_whole


def print_thing(view: View, whole: Whole, diff: str | None, *, as_json: bool) -> None:
    """Everything about a thing, or, with a `diff`, what changed in it. Raises `UsageError` for what has no such versions."""
    change = None if diff is None else _make_change(whole, diff)
    if as_json:
        print_json(whole_json(whole) | _change_json(change))
    elif diff is None:
        print_whole(view, whole)
    else:
        _print_change(view, _get_article(whole), change)


def _get_article(whole: Whole) -> WholeArticle:
    if isinstance(whole, WholeArticle):
        return whole
    if isinstance(whole, WholeAlert) and whole.article is not None:
        return whole.article
    raise UsageError(Wording("--diff is for articles and alerts on them: nothing else has versions"))


def _make_change(whole: Whole, asked: str) -> Change | None:
    return make_change(_get_article(whole).versions, asked)


def _change_json(change: Change | None) -> JsonObject:
    if change is None:
        return {}
    numbers: JsonObject = {"from": change.before.number, "to": change.after.number}
    return {"differences": numbers | {"title": pieces_json(change.title), "text": pieces_json(change.text)}}


def _print_change(view: View, article: WholeArticle, change: Change | None) -> None:
    sheet = Sheet(view)
    sheet.title(article.article.title)
    sheet.address(article.article.url)
    sheet.blank()
    if change is None:
        sheet.note(view.language.text("It has one version: nothing of it was changed."), "")
    else:
        show_change(sheet, change)
    print_lines(sheet.lines)
