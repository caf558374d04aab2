"""Writing an Atom file (RFC 4287): an alert is an entry of it, under an id that its repeat has too, so that no reader shows it twice.

The file is all that is remembered: what is in it is kept, as far as it is ours, and the file that takes its place is complete and on disk
before an alert counts as sent.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from monitors.attempts import Outcome, Progress, accepted, retry
from monitors.letter import Letter, make_letter, subject_of
from monitors.letter_differences import LetterDifference
from monitors.presentation import Presentation
from monitors.rendering import one_line, rfc3339
from news.alerts import Alert, Bundle
from news.wording import Wording, system_reason

ATOM = "http://www.w3.org/2005/Atom"
_GENERATOR = "quivive"
_MOST_BYTES = 50_000_000
"""Of a file that is read: a thousand entries are 3 MB."""
_MODE = 0o640
_LOCKS: dict[Path, threading.Lock] = {}
"""One for each file, for those who write it in this process: a lock on its folder would do, but not every file system knows those."""


class NotOurFileError(Exception):
    """There is a file that somebody else has written, and that must not be lost."""


class FeedWriter:
    """Writes the file of one channel, one alert after the other: the newest `most` entries stay."""

    def __init__(self, name: str, path: str, most: int, presentation: Presentation) -> None:
        self._name = name
        self._most = most
        self._presentation = presentation
        self._path = Path(presentation.configuration).parent / path
        self._writing = asyncio.Lock()

    async def close(self) -> None:
        """End nothing: the file is opened anew for each message."""

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:  # noqa: ARG002  # entries tell when alerts were made
        """Put the alerts of the bundle into the file."""
        async with self._writing:
            try:
                await asyncio.shield(asyncio.to_thread(self._add, bundle))
            except OSError as error:
                return retry(Wording("{path} cannot be written: {reason}", path=self._path, reason=system_reason(error)))
            except NotOurFileError:
                return retry(Wording("{path} holds something else: move it away, or give another path", path=self._path))
        return accepted()

    def _add(self, bundle: Bundle) -> None:
        path = Path(os.path.realpath(self._path))
        added = [
            self._entry(replace(bundle, delivery_ids=(delivery_id,), alerts=(alert,), roll=None), alert)
            for delivery_id, alert in zip(bundle.delivery_ids, bundle.alerts, strict=True)
        ]
        with _alone_with(path):
            self._put(path, added)

    def _put(self, path: Path, added: Sequence[etree._Element]) -> None:
        ids = {_text(entry, "id") for entry in added}
        kept = _newest_first(entry for entry in _read_entries(path) if _text(entry, "id") not in ids)
        # What counts as sent has been in the file, however old it is and however much came at once: it makes room for itself.
        entries = _newest_first([*added, *kept[: max(0, self._most - len(added))]])
        _replace(path, etree.tostring(self._feed(entries), xml_declaration=True, encoding="utf-8", pretty_print=True))

    def _feed(self, entries: Sequence[etree._Element]) -> etree._Element:
        feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
        _add(feed, "id", _urn("feed", self._name))
        _add(feed, "title", f"quivive: {one_line(self._name)}")
        _add(feed, "updated", _text(entries[0], "updated"))
        _add(feed, "generator", _GENERATOR)
        feed.extend(entries)
        return feed

    def _entry(self, bundle: Bundle, alert: Alert) -> etree._Element:
        letter = make_letter(bundle, self._presentation)
        entry = etree.Element(f"{{{ATOM}}}entry", nsmap={None: ATOM})
        _add(entry, "id", _urn("delivery", bundle.delivery_ids[0]))
        _add(entry, "title", subject_of(bundle, self._presentation.language))
        _add(entry, "updated", rfc3339(alert.created_at))
        if letter.link:
            _add(entry, "link", None, rel="alternate", href=letter.link)
        _add(_add(entry, "author", None), "name", letter.author or letter.source)
        for topic in letter.topics:
            _add(entry, "category", None, term=topic.name)
        _add(entry, "content", _html(letter), type="html")
        return entry


def _newest_first(entries: Iterable[etree._Element]) -> list[etree._Element]:
    return sorted(entries, key=lambda entry: _text(entry, "updated"), reverse=True)


def _html(letter: Letter) -> str:
    lines = [f"<p><b>{escape(letter.escalation)}</b></p>"] if letter.escalation else []
    lines.append(f"<p>{escape(letter.source)} · {escape(letter.when)}</p>")
    if letter.differences:
        lines.append(f"<ul>{''.join(map(_difference, letter.differences))}</ul>")
    lines.append(f"<p>{escape(letter.excerpt)}</p>")
    for topic in letter.topics:
        shown = [_change(change.parts) for change in topic.changes] or [_passage(hit.parts) for hit in topic.hits]
        items = "".join(f"<li>{one}</li>" for one in shown)
        lines.append(f"<p><b>{escape(topic.name)}</b></p><ul>{items}</ul>")
    return "\n".join(lines)


def _passage(parts: Sequence[tuple[str, bool]]) -> str:
    # Not `mark`: readers clean what they show, and few of them let it pass.
    return "".join(f"<b>{escape(text)}</b>" if is_found else escape(text) for text, is_found in parts)


def _difference(one: LetterDifference) -> str:
    passages = ((one.passage, f"{one.source}, {one.kind}"), (one.other_passage, one.other_source))
    return f"<li>{'<br>'.join(f'{escape(passage)} <i>({escape(source)})</i>' for passage, source in passages)}</li>"


def _change(parts: Sequence[tuple[str, str]]) -> str:
    tags = {"removed": ("<del>", "</del>"), "added": ("<ins>", "</ins>")}
    return "".join(escape(text).join(tags.get(kind, ("", ""))) for text, kind in parts)


def _add(parent: etree._Element, name: str, text: str | None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text
    return child


def _text(element: etree._Element, name: str) -> str:
    return element.findtext(f"{{{ATOM}}}{name}") or ""


def _urn(kind: str, name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'quivive {kind} {name}')}"


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    """Have the file for oneself: what somebody else put into it since it was read would be lost, though it counts as sent.

    Somebody else may be another channel of the same file, the sender from before a reload, or `quivive alerts test` beside the daemon.
    """
    with _LOCKS.setdefault(path, threading.Lock()):
        folder = os.open(path.parent, os.O_RDONLY)  # the file itself is another one each time
        try:
            with suppress(OSError):
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def _read_entries(path: Path) -> list[etree._Element]:
    """What is in the file. Raises NotOurFileError for what we have not written: a reader's own list, a page, a device."""
    try:
        if path.stat().st_size > _MOST_BYTES or not path.is_file():
            raise NotOurFileError
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    if not content.strip():
        return []
    try:
        feed = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True))
    except etree.XMLSyntaxError:
        raise NotOurFileError from None
    if feed.tag != f"{{{ATOM}}}feed" or _text(feed, "generator") != _GENERATOR:
        raise NotOurFileError
    return feed.findall(f"{{{ATOM}}}entry")


def _replace(path: Path, content: bytes) -> None:
    """Put the content in the file's place at once, on disk, with the rights that the file had."""
    mode = path.stat().st_mode & 0o777 if path.exists() else _MODE
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(partial).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
