"""`quivive show`: one article, alert, delivery, source or topic, whole."""

from __future__ import annotations

import click

from news.wording import Wording
from quivive.cli.completing import complete_source_or_topic
from quivive.cli.context import get_configuration, get_reader, get_view


@click.command("show")
@click.argument("what", required=False, shell_complete=complete_source_or_topic)
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
    from quivive.cli.showing import print_thing
    from quivive.cli.things import find_thing

    if what is None:
        what, diff = diff, ""  # `show --diff 12`: an option that may stand alone takes what follows for its own
    if not what:
        raise click.UsageError(Wording("name what is to be shown: a number, an id, an address or a name"))
    configuration = get_configuration(context)
    reader = get_reader(configuration)
    view = get_view(configuration)
    thing = find_thing(configuration, reader, what)
    whole = reader.tell_whole(thing, configuration.topics, configuration.entities, view.now)
    print_thing(view, whole, diff, as_json=as_json)
