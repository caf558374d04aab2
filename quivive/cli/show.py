"""`quivive show`: one article, alert, delivery, source or topic, whole."""

from __future__ import annotations

import click

from news.errors import UsageError
from news.one_thing import Whole, WholeAlert, WholeArticle
from news.wording import Wording
from quivive.cli.changes import Change, make_change, show_change
from quivive.cli.context import get_configuration, get_reader, get_view, print_json, print_lines
from quivive.cli.json_answers import JsonObject
from quivive.cli.json_whole import pieces_json, whole_json
from quivive.cli.sheet import Sheet, View
from quivive.cli.things import find_thing, print_whole


@click.command("show")
@click.argument("what", required=False)
@click.option(
    "--diff",
    is_flag=False,
    flag_value="",
    metavar="[N[..M]]",
    help="What changed, word by word: from version N to M; what version N changed; else, what the current one did.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(context: click.Context, what: str | None, diff: str | None, as_json: bool) -> None:
    """Show one thing whole.

    WHAT is the number or the address of an article, the id of an alert or a delivery (its first letters are enough), or the name of a
    source or a topic.
    """
    if what is None:
        what, diff = diff, ""  # `show --diff 12`: an option that may stand alone takes what follows for its own
    if not what:
        raise click.UsageError(Wording("name what is to be shown: a number, an id, an address or a name"))
    configuration = get_configuration(context)
    reader = get_reader(configuration)
    view = get_view(configuration)
    whole = reader.tell_whole(find_thing(configuration, reader, what), configuration.topics, view.now)
    change = None if diff is None else _make_change(whole, diff)
    if as_json:
        print_json(whole_json(whole) | _change_json(change))
    elif diff is None:
        print_whole(view, whole)
    else:
        _print_change(view, _get_article(whole), change)


def _get_article(whole: Whole) -> WholeArticle:
    if isinstance(whole, WholeArticle | WholeAlert):
        return whole if isinstance(whole, WholeArticle) else whole.article
    raise UsageError(Wording("--diff is for articles and alerts: nothing else has versions"))


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
