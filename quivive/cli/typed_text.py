"""What people type, where a text is meant and no path: a terminal set to another encoding than UTF-8 gives bytes that are no text."""

from __future__ import annotations

import click

from news.wording import Wording


class TypedText(click.types.StringParamType):
    """A text. Bytes that are none, which Python keeps as lone surrogates, could neither be looked up nor shown."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuses, as wrong usage, what is not UTF-8."""
        text: str = super().convert(value, param, ctx)
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            self.fail(Wording("this is not UTF-8; set the terminal, or whatever calls this command, to UTF-8"), param, ctx)
        return text


def take_only_text(command: click.Command) -> None:
    """Have every parameter that takes a text, of the command and of its own commands, take nothing else."""
    for parameter in command.params:
        if parameter.type is click.STRING:
            parameter.type = TypedText()
    if isinstance(command, click.Group):
        for child in command.commands.values():
            take_only_text(child)
