"""How chat services write bold words and links, and what they take for more than text. Pure.

What comes from an article is foreign: it must neither call people (`@channel`) nor look like a link that it is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_NOTHING = "\u200b"
"""Parts what would be read together, and is not seen (ZERO WIDTH SPACE)."""
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:@&\"'/=])")
_MATTERMOST = re.compile(r"([\\`*_{}\[\]()#+\-.!>~|])")
_CALLS = re.compile(r"@(?=(?:everyone|here|channel|all|room)\b)|(?<![\w/.=&:~%-])@(?=\w)|<(?=[@!#])", re.IGNORECASE)
"""What one service or another takes for a call to people; not the at of a mail's or a page's address."""
_UNSAFE_IN_LINKS = str.maketrans({character: f"%{ord(character):02X}" for character in "()<>[]|\\ \"'"})


@dataclass(frozen=True, slots=True)
class Markup:
    """One service's way. `escape` makes any text one that is shown as it is; the others are given what is escaped."""

    escape: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str, str], str] | None
    """A text and the address behind it, which is a safe one; None: links are told as their addresses."""


def _escape_slack(text: str) -> str:
    """https://api.slack.com/reference/surfaces/formatting#escaping: these three and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _strong_slack(escaped: str) -> str:
    """Slack has no way to write a star or a line end between stars."""
    return escaped if "*" in escaped or not escaped.strip() else f"*{escaped}*"


def _link_slack(escaped: str, url: str) -> str:
    return f"<{_escape_slack(url.translate(_UNSAFE_IN_LINKS))}|{escaped}>"


def _escape_markdown(text: str) -> str:
    """A backslash before punctuation is CommonMark's way to say that it is nothing else; a mention that is parted is none."""
    return _PUNCTUATION.sub(r"\\\1", text.replace("@", f"@{_NOTHING}").replace("<", f"<{_NOTHING}"))


def _escape_mattermost(text: str) -> str:
    """Its Markdown knows fewer escapes, and `<!channel>` calls people as in Slack, before it is read as Markdown."""
    return _MATTERMOST.sub(r"\\\1", text.replace("@", f"@{_NOTHING}").replace("<", f"<{_NOTHING}"))


def _strong_markdown(escaped: str) -> str:
    return f"**{escaped}**" if escaped.strip() else escaped


def _link_markdown(escaped: str, url: str) -> str:
    return f"[{escaped}]({url.translate(_UNSAFE_IN_LINKS)})"


def _part_calls(text: str) -> str:
    return _CALLS.sub(rf"\g<0>{_NOTHING}", text)


PLAIN = Markup(lambda text: text, lambda text: f"[{text}]", None)
"""Found words between brackets, as the archive has them."""
ANYWHERE = Markup(_part_calls, lambda text: f"[{text}]", None)
"""The same for a service that is not known: whatever its markup is, it is told to take none of this for it, and calls nobody."""
MARKUPS = {
    "plain": PLAIN,
    "slack": Markup(_escape_slack, _strong_slack, _link_slack),
    "discord": Markup(_escape_markdown, _strong_markdown, _link_markdown),
    "mattermost": Markup(_escape_mattermost, _strong_markdown, _link_markdown),
    "teams": Markup(_escape_markdown, _strong_markdown, _link_markdown),
}
"""By the names that templates use."""


def length(text: str) -> int:
    """In UTF-16 code units: no service counts a text as longer than that."""
    return len(text.encode("utf-16-le", "replace")) // 2
