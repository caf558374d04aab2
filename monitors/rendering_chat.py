"""A bundle as a short message, for chat and push: a line of title, and below it what a telephone has room for. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from monitors.chat_markups import ANYWHERE, Markup, length
from monitors.digest_letter import LetterItem
from monitors.letter import Letter, LetterTopic, make_letter, subject_of
from monitors.presentation import Presentation
from monitors.rendering import one_line
from monitors.surge_letter import LetterSurge, LetterSurgeArticle
from news.alerts import Bundle
from news.wording import Language

MOST_PASSAGES = 3
"""Of one topic; the article has them all."""
LONGEST_TITLE = 200
LONGEST_BODY = 1_500
"""Characters. The shortest message that a common service takes whole is 2,000 (Discord)."""
_ROOM_FOR_MORE = 100
"""Characters for how many articles are left out, in any language and markup, with its line end."""
Parts = Sequence[tuple[str, bool]]
"""A text in pieces, each with whether it is what was found."""


def render_chat(bundle: Bundle, presentation: Presentation) -> tuple[str, str]:
    """Title and text of the message. An article's address, and what to do about an operational alert, are never cut."""
    letter = make_letter(bundle, presentation)
    title = fit(subject_of(bundle, presentation.language), ANYWHERE, LONGEST_TITLE)
    return title, "\n".join(tell_lines(letter, len(bundle.alerts), ANYWHERE, LONGEST_BODY, presentation.language))


def tell_lines(letter: Letter, count: int, markup: Markup, most: int, language: Language) -> list[str]:
    """What the message says below its title, line by line, in a service's markup; with line ends between them at most `most` long.

    `count`: the alerts of the message. Without links in its markup an article's address is a line beyond that.
    """
    if letter.escalation:
        first = fit(letter.escalation, markup, LONGEST_TITLE)
        rest = replace(letter, escalation="")
        return [first, *tell_lines(rest, count, markup, most - length(first) - 1, language)]
    if letter.digest:
        return _tell_digest(letter, count, markup, most, language)
    if letter.surge:
        return _tell_surge(letter.surge, markup, most)
    if letter.health:
        lines = list(_health_lines(letter))
        return _fill(([(line, False)] for line in lines), markup, most) if markup.link else [markup.escape(line) for line in lines]
    return _tell_article(letter, markup, most)


def fit(text: str, markup: Markup, most: int) -> str:
    """A text in a service's markup, cut with an ellipsis where it would be longer than that."""
    return next(iter(_fill([[(text, False)]], markup, most)), "")


def _tell_article(letter: Letter, markup: Markup, most: int) -> list[str]:
    facts = [(f"{letter.source} — {letter.when}", False)]
    differences = _tell_differences(letter)
    passages = ([("· ", False), *parts] for topic in letter.topics for parts in _tell_topic(topic)[:MOST_PASSAGES])
    address = _link(letter.address, letter.link, markup)
    if markup.link is None:
        return [*_fill([facts, *differences, *passages], markup, most), address]
    room = most - length(address) - 1
    if room < 0:  # no service takes it: what is said is worth more than an address cut short
        return _fill([facts, *differences, *passages], markup, most)
    return [*_fill([facts, *differences, *passages], markup, room), address]


def _tell_topic(topic: LetterTopic) -> list[Parts]:
    """What was corrected, word by word; of other alerts the passages that were found."""
    return [[(change.passage, False)] for change in topic.changes] or [hit.parts for hit in topic.hits]


def _tell_differences(letter: Letter) -> list[Parts]:
    """What is said otherwise than what was told before: each passage, and beneath it the other one."""
    lines: list[Parts] = []
    for one in letter.differences[:MOST_PASSAGES]:
        lines += [[(f"≠ {one.passage} ({one.source})", False)], [(f"  {one.other_passage} ({one.other_source})", False)]]
    return lines


def _health_lines(letter: Letter) -> Iterator[str]:
    for one in letter.health:
        yield from (line for line in (f"{one.title} — {one.when}", one.problem, one.address) if line)


def _tell_surge(surge: LetterSurge, markup: Markup, most: int) -> list[str]:
    told = _fill([[(surge.when, False)], [(f"{surge.text_chart}  {surge.legend}", False)]], markup, most)
    items = [_tell_item(one, markup) for one in surge.latest]
    return [*told, *_whole(items, most - sum(length(line) + 1 for line in told))]


def _tell_digest(letter: Letter, count: int, markup: Markup, most: int, language: Language) -> list[str]:
    """As many of the articles as there is room for, each with its address, and how many others there are."""
    items = [_tell_item(item, markup, item.more_sources) for topic in letter.digest for item in topic.items]
    head = [markup.escape(letter.when), *_fill(_tell_differences(letter), markup, most // 2)]
    room = most - sum(length(line) + 1 for line in head) - _ROOM_FOR_MORE
    told = _whole(items, room) or (items[:1] if markup.link is None else [])
    left_out = count - len(told)
    more = [markup.escape(language.plural("and {count} more article", "and {count} more articles", left_out))] if left_out else []
    return [*head, *told, *more]


def _tell_item(item: LetterItem | LetterSurgeArticle, markup: Markup, more_sources: str = "") -> str:
    sources = f"{item.source}, {more_sources}" if more_sources else item.source
    title, source = one_line(item.title, LONGEST_TITLE), markup.escape(f" ({sources})")
    changes = item.changes[:1] if isinstance(item, LetterItem) else ()
    changed = "".join(f"\n  {markup.escape(one_line(change.passage, LONGEST_TITLE))}" for change in changes)
    if markup.link is None:
        return f"· {markup.escape(title)}{source}\n  {markup.escape(item.address)}{changed}"
    return f"· {_link(title, item.link, markup)}{source}{changed}"


def _link(text: str, url: str | None, markup: Markup) -> str:
    return markup.link(markup.escape(text), url) if markup.link and url else markup.escape(text)


def _fill(lines: Iterable[Parts], markup: Markup, most: int) -> list[str]:
    """As many of the lines as there is room for, the last of them cut short."""
    told: list[str] = []
    room = most
    for parts in lines:
        line = _mark(parts, markup)
        if length(line) > room:
            return [*told, _cut(parts, markup, room)] if room > 1 else told
        told.append(line)
        room -= length(line) + 1
    return told


def _mark(parts: Parts, markup: Markup) -> str:
    return "".join(markup.strong(markup.escape(text)) if is_found else markup.escape(text) for text, is_found in parts)


def _cut(parts: Parts, markup: Markup, room: int) -> str:
    """The beginning of a line that is too long, with an ellipsis: cut before it is marked up, since half a mark is none."""
    made = ""
    for text, is_found in parts:
        left = room - 1 - length(made)
        end = bisect_right(range(1, len(text) + 1), left, key=lambda end: length(_mark([(text[:end], is_found)], markup)))
        made += _mark([(text[:end], is_found)], markup) if end else ""
        if end < len(text):
            break
    return f"{made}…"


def _whole(lines: Iterable[str], room: int) -> list[str]:
    """Lines as long as there is room, none of them cut."""
    told: list[str] = []
    for line in lines:
        room -= length(line) + 1
        if room < 0:
            break
        told.append(line)
    return told
