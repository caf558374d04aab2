"""`quivive mute`: silence for a while."""

from __future__ import annotations

import click

from news.durations import parse_duration
from news.errors import ArchiveMissing, UsageError
from news.muting import Mute, MuteKind
from news.wording import Wording
from quivive.cli.completing import complete_mutable
from quivive.cli.context import get_configuration, get_reader, get_view, print_json_lines
from quivive.cli.json_answers import mute_json
from quivive.cli.muting import KINDS, find_meant, tell_muted
from quivive.cli.sheet import View
from quivive.cli.typed_text import TypedText
from quivive.typed_times import parse_until
from storage import mute


@click.command("mute")
@click.argument("what", required=False, type=TypedText(), shell_complete=complete_mutable)
@click.option("--for", "span", metavar="SPAN", help="For so long: 30m, 2h, 7d.")
@click.option("--until", metavar="D", help="Until this moment: a date with time, or a date, which includes that day.")
@click.option("--kind", type=KINDS, help="What it is, if the name may mean several things.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, what: str | None, span: str | None, until: str | None, kind: str | None, as_json: bool) -> None:
    """Silence WHAT, a topic, a channel or a source, until `quivive unmute`, or for as long as you say; without WHAT, list what is muted.

    Alerts that are made meanwhile are archived and listed as `muted`, and told to nobody; `quivive alerts retry` tells one all the same.
    """
    configuration = get_configuration(context)
    view = get_view(configuration)
    if what is not None:
        wanted = _make_mute(find_meant(context, configuration, what, kind), span, until, view)
        mute(configuration.archive_path, wanted)
        muted = [wanted]
    else:
        try:
            muted = get_reader(configuration).list_mutes(view.now)
        except ArchiveMissing:
            muted = []
    if as_json:
        print_json_lines(map(mute_json, muted))
        return
    for one in muted:
        click.echo(tell_muted(one, view))
    if not muted:
        click.echo(view.language.text("nothing is muted"), err=True)


def _make_mute(meant: tuple[MuteKind, str, str], span: str | None, until: str | None, view: View) -> Mute:
    if span is not None and until is not None:
        raise click.UsageError(Wording("--for and --until exclude each other"))
    end = None
    try:
        if span is not None:
            end = view.now + parse_duration(span)
        elif until is not None:
            end = parse_until(until, view.now, view.language.timezone)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if end is not None and end <= view.now:
        raise UsageError(Wording("that moment is over"))
    kind, key, name = meant
    return Mute(kind, key, name, view.now, end)
