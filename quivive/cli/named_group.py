"""A list that also shows one of what it lists: `quivive sources` and `quivive sources NAME`, beside `quivive sources add URL`."""

from __future__ import annotations

import click

from news.things import ThingKind
from quivive.cli.context import get_configuration, get_reader, get_view
from quivive.cli.typed_text import TypedText
from quivive.texts import visible


class NamedGroup(click.Group):
    """A group of commands that takes any other word for the name of a thing of that kind, and shows it whole."""

    kind: ThingKind

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0].startswith("-") or self.get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        return visible(args[0]), _show_named, args  # its first is shown in what click says of wrong usage


class SourceGroup(NamedGroup):
    """`quivive sources`: any other word than a command is a source, by its name or URL."""

    kind = ThingKind.SOURCE


class TopicGroup(NamedGroup):
    """`quivive topics`: any other word than a command is a topic, by its name."""

    kind = ThingKind.TOPIC


@click.command("NAME")
@click.argument("name", type=TypedText())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def _show_named(context: click.Context, name: str, as_json: bool) -> None:
    """Show the one of this name whole."""
    from quivive.cli.showing import print_thing
    from quivive.cli.things import find_thing

    group = context.parent
    assert group is not None  # it is only ever called by one
    assert isinstance(group.command, NamedGroup)
    configuration = get_configuration(context)
    reader, view = get_reader(configuration), get_view(configuration)
    thing = find_thing(configuration, reader, name, group.command.kind)
    whole = reader.tell_whole(thing, configuration.topics, configuration.entities, view.now)
    print_thing(view, whole, None, as_json=as_json or group.params["as_json"])
