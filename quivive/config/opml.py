"""Reading OPML, the format in which feed readers exchange lists of feeds (OPML 2.0, http://opml.org/spec2.opml).

Such files come from strangers. They are read by expat with nothing fetched and no entity declared by the file expanded,
since a few lines of declarations can grow to gigabytes ("billion laughs").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from news.urls import without_feed_scheme
from news.wording import Wording

LARGEST_OPML_BYTES = 20_000_000


class OpmlError(ValueError):
    """A file that is no OPML, or is refused; the text tells the user where and why."""


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed of the list. `tags` are the folders it lies in, outermost first, then its own categories."""

    url: str
    title: str | None
    tags: tuple[str, ...]
    line: int


@dataclass(slots=True)
class _Outline:
    """What has been read so far: the names of the open folders (None for what is no folder), and the feeds."""

    folders: list[str | None] = field(default_factory=list)
    feeds: list[OpmlFeed] = field(default_factory=list)


def read_opml(content: bytes) -> tuple[OpmlFeed, ...]:
    """Every outline that has an `xmlUrl`, at any depth, in the order of the file; whether the URLs are any good is not judged.

    A feed listed in several folders is given once, with the tags of all of them. Raises OpmlError.
    """
    if len(content) > LARGEST_OPML_BYTES:
        raise OpmlError(
            Wording(
                "the file is larger than {most} MB; this can hardly be a list of feeds",
                most=LARGEST_OPML_BYTES // 1_000_000,
            )
        )
    reading = _Outline()
    try:
        _make_parser(reading).Parse(content, True)  # noqa: FBT003  # expat knows no keywords; True: this is all of it
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise OpmlError(
            Wording(
                "line {line}: not well-formed XML ({reason}); export the list again, or correct that line", line=error.lineno, reason=reason
            )
        ) from error
    except OpmlError:
        raise
    except (LookupError, ValueError) as error:
        raise OpmlError(Wording("the file's encoding cannot be read: {reason}", reason=error)) from error
    return _merge_repeats(reading.feeds)


def _make_parser(reading: _Outline) -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def refuse_entity(name: str, *_: object) -> None:
        raise OpmlError(
            Wording(
                "line {line}: declares the entity {name}; such files are refused, since entities can hide bombs",
                line=parser.CurrentLineNumber,
                name=repr(name),
            )
        )

    def open_element(name: str, attributes: dict[str, str]) -> None:
        if not reading.folders and name.lower() != "opml":
            raise OpmlError(
                Wording(
                    "line {line}: this is no OPML: it begins with <{name}> where <opml> was expected",
                    line=parser.CurrentLineNumber,
                    name=name,
                )
            )
        lowered = {key.lower(): value.strip() for key, value in attributes.items()}
        reading.folders.append(_read_outline(reading, lowered, parser.CurrentLineNumber) if name.lower() == "outline" else None)

    def close_element(_: str) -> None:
        reading.folders.pop()

    parser.EntityDeclHandler = refuse_entity
    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    return parser


def _read_outline(reading: _Outline, attributes: dict[str, str], line: int) -> str | None:
    """Keep the outline if it is a feed; otherwise return its name as that of a folder."""
    title = attributes.get("title") or attributes.get("text") or None
    if "xmlurl" not in attributes:
        return title
    tags = [*(folder for folder in reading.folders if folder), *_read_categories(attributes.get("category", ""))]
    reading.feeds.append(OpmlFeed(without_feed_scheme(attributes["xmlurl"]), title, tuple(dict.fromkeys(tags)), line))
    return None


def _read_categories(text: str) -> list[str]:
    """Split OPML's comma-separated categories; of a path such as `/Tech/IA` every step is one."""
    return [step.strip() for category in text.split(",") for step in category.split("/") if step.strip()]


def _merge_repeats(feeds: list[OpmlFeed]) -> tuple[OpmlFeed, ...]:
    merged: dict[str, OpmlFeed] = {}
    for feed in feeds:
        first = merged.setdefault(feed.url, feed)
        tags = tuple(dict.fromkeys(first.tags + feed.tags))
        merged[feed.url] = OpmlFeed(first.url, first.title or feed.title, tags, first.line)
    return tuple(merged.values())
