"""Opening an address in the browser of whoever sits before the terminal."""

from __future__ import annotations

import webbrowser
from urllib.parse import urlsplit

import click

from quivive.texts import visible


def open_in_browser(url: str) -> None:
    """Open a web address; it is printed too, so that it can be reached where no browser is found, or one that nobody sees."""
    click.echo(visible(url))
    if is_web_address(url):
        webbrowser.open(url)


def is_web_address(url: str) -> bool:
    """Whether it may be handed to another program: feeds may name files and scripts as their articles' addresses."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:  # brackets that hold no IPv6 address
        return False
    return scheme in {"http", "https"} and url.isprintable() and " " not in url
