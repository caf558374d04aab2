"""What was probably meant by a command or an option that does not exist."""

from __future__ import annotations

import difflib

import click

from news.wording import Wording


class SuggestingGroup(click.Group):
    """Names the commands that are near to one that does not exist."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        near = difflib.get_close_matches(name, self.list_commands(ctx), n=1)
        if near and not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(Wording("there is no command '{name}'; did you mean '{near}'?", name=name, near=near[0]), ctx)
        return super().resolve_command(ctx, args)


class QueryCommand(click.Command):
    """A command whose first argument is a query, which may begin with `-` (NOT) as in `search -Microsoft`.

    What begins with two is an option, and one that does not exist is an error: as part of the query it would find nothing, and nobody
    would know why.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._set_queries_apart(ctx, args))

    def _set_queries_apart(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The options, and behind `--` what is the query, whatever it begins with."""
        options = {name: option for option in self.get_params(ctx) if isinstance(option, click.Option) for name in option.opts}
        kept: list[str] = []
        queries: list[str] = []
        takes_value = False
        for number, argument in enumerate(args):
            if takes_value:
                kept.append(argument)
                takes_value = False
            elif argument == "--":
                queries += args[number + 1 :]
                break
            elif argument.startswith("--") or argument in options:
                name = argument.partition("=")[0]
                if name not in options:
                    near = difflib.get_close_matches(name, options, n=1)
                    raise click.NoSuchOption(name, possibilities=near, ctx=ctx)
                kept.append(argument)
                takes_value = not options[name].is_flag and "=" not in argument
            else:
                queries.append(argument)
        if takes_value:  # the last option lacks its own, and would take what is put behind it
            return [*queries, *kept]
        return [*kept, "--", *queries] if queries else kept
