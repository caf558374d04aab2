"""What receivers got and what the archive says, compared: at every kill, and when all is told.

At a kill: what was committed is still there, every message that anybody has was sealed before, and a message that is on record as sent
is not sent again later. In the end: every article in one message a channel, and whatever a policy says of when that was.
"""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from tests.mailbox import HookSink, Mail, Mailbox, Request
from tests.press import URGENT, title_of
from tests.processes import Home

MOST_UNRECORDED = 36
"""Messages of one channel that may be repeated after a crash, as docs/delivery.md promises."""
PARIS = ZoneInfo("Europe/Paris")
CORRECTED = "(corrected)"
"""Stands after the title where a correction of the article was told."""
_SURGE_OF = "surge of "
_LEFT_OUT = re.compile(r"and \d+ more article")
_TITLE = re.compile(r"Dépêche (\d+) :")
_SURGE = re.compile(r"^(?:Escalated: )?\[(\w+)\] \d+ articles in \d+ hours")


@dataclass(frozen=True)
class Arrival:
    """A message that reached somebody, whatever they answered.

    What is about no article is named by its alert's id, and a surge by its topic: a mail has no id of its alert.
    """

    receiver: str
    """A channel, or for mail a reader."""
    message_id: str
    titles: tuple[str, ...]
    content: object
    """What may not differ from one attempt to the next."""
    is_accepted: bool = True
    leaves_out: bool = False
    """Whether it is a mail that counts some of its articles instead of naming them."""


@dataclass(frozen=True)
class SealedMessage:
    """A message as the archive has it, with the titles of its articles."""

    message_id: str
    channel: str
    sealed_at: datetime
    roll: str | None
    roll_due_at: datetime | None
    titles: frozenset[str]

    @property
    def is_urgent(self) -> bool:
        return any(URGENT in title for title in self.titles)

    @property
    def is_surge(self) -> bool:
        return any(title.startswith(_SURGE_OF) for title in self.titles)


class Ledger:
    """`look` at every kill, `arrivals` in the end."""

    def __init__(self, home: Home, hook: HookSink, mailbox: Mailbox) -> None:
        self._home, self._hook, self._mailbox = home, hook, mailbox
        self._alerts: set[str] = set()
        self._messages: dict[str, str] = {}
        """In which message each delivery was sealed."""
        self._over_at: dict[str, tuple[int, int]] = {}
        """How many requests and mails had come when a message was first seen to be on record as sent."""
        self._requests_seen = 0

    def rows(self, sql: str, *values: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(f"file:{self._home.archive}?mode=ro", uri=True, timeout=20)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(sql, values).fetchall()

    def look(self) -> None:
        """Nobody writes to the archive now. What was there is there, and what anybody has is there."""
        if not self._home.archive.exists() or not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'messages'"):
            return
        received = {arrival.message_id for arrival in self.arrivals()}
        alerts = {row["id"] for row in self.rows("SELECT id FROM alerts")}
        messages = {row["id"]: row["message_id"] for row in self.rows("SELECT id, message_id FROM deliveries WHERE message_id IS NOT NULL")}
        assert alerts >= self._alerts, "an alert that was committed is gone"
        assert messages.items() >= self._messages.items(), "a delivery left the message in which it was sealed"
        assert set(messages.values()) >= received, "a message was sent that was not sealed"
        self._alerts, self._messages = alerts, messages
        counts = len(self._hook.requests), len(self._mailbox.mails)
        for row in self.rows("SELECT id FROM messages WHERE sent_at IS NOT NULL AND next_attempt_at IS NULL"):
            self._over_at.setdefault(row["id"], counts)
        self._count_unrecorded()

    def _count_unrecorded(self) -> None:
        """Of what a receiver has accepted since the last look, only so much may not be on record."""
        lately = {
            (one.receiver, one.message_id) for one in map(_read_request, self._hook.requests[self._requests_seen :]) if one.is_accepted
        }
        unrecorded = Counter(receiver for receiver, message_id in lately if message_id not in self._over_at)
        assert all(count <= MOST_UNRECORDED for count in unrecorded.values()), unrecorded
        self._requests_seen = len(self._hook.requests)

    def assert_none_sent_again_that_was_on_record(self) -> None:
        for number, arrivals in enumerate((list(map(_read_request, self._hook.requests)), list(map(_read_mail, self._mailbox.mails)))):
            places = defaultdict(list)
            for place, arrival in enumerate(arrivals):
                places[arrival.message_id].append(place)
            for message_id, counts in self._over_at.items():
                came = places[message_id]
                assert bisect_left(came, counts[number]) == len(came), f"{message_id} was sent again after it was on record as sent"

    def arrivals(self) -> list[Arrival]:
        """All that came, to whomever."""
        return [*map(_read_request, self._hook.requests), *(one for mail in self._mailbox.mails for one in _by_reader(mail))]

    def name_what_is_left_out(self, arrivals: list[Arrival]) -> list[Arrival]:
        """The same, with the titles that a mail has no room for, as the archive has them."""
        told = {message.message_id: message.titles for message in self.sealed()}
        # What one topic has no room for, another of the same mail may name.
        assert [one for one in arrivals if one.leaves_out and not set(one.titles) <= told[one.message_id]] == []
        return [replace(one, titles=tuple(told[one.message_id])) if one.leaves_out else one for one in arrivals]

    def sealed(self) -> list[SealedMessage]:
        titles = defaultdict(set)
        for row in self.rows(
            """SELECT message_id, kind, CASE WHEN kind = 'surge' THEN ? || topic WHEN article_id IS NULL THEN alerts.id
                   ELSE json_extract(payload, '$.title') END AS title
               FROM deliveries JOIN alerts ON alerts.id = alert_id""",
            _SURGE_OF,
        ):
            titles[row["message_id"]].add(_name(row["title"], row["kind"]))
        return [
            SealedMessage(
                *(row["id"], row["channel"], datetime.fromisoformat(row["sealed_at"]), row["roll"]),
                *(row["roll_due_at"] and datetime.fromisoformat(row["roll_due_at"]), frozenset(titles[row["id"]])),
            )
            for row in self.rows("SELECT * FROM messages ORDER BY sealed_at")
        ]


def _read_request(request: Request) -> Arrival:
    told = request.json["data"].get("alerts") or [request.json["data"]]
    titles = tuple(_name_of_json(one) for one in told)
    return Arrival(request.path.rpartition("/")[2], request.headers["webhook-id"], titles, request.json, request.is_accepted)


def _name_of_json(told: Mapping[str, Any]) -> str:
    if "article" in told:
        return _name(told["article"]["title"], told["kind"])
    return name_surge(told["topic"]) if "surge" in told else told["alert_id"]


def name_surge(topic: str) -> str:
    """How a surge of the topic is named here; it is told but once."""
    return f"{_SURGE_OF}{topic}"


def _read_mail(mail: Mail) -> Arrival:
    """One arrival, of whichever readers."""
    text = mail.text
    surge = _SURGE.match(mail.subject)  # it names the latest articles too
    named = [name_surge(surge[1])] if surge else _list_titles(text, is_correction="Corrected:" in mail.subject)
    titles = tuple(dict.fromkeys(named))
    message_id = mail.message_id.strip("<>").partition("@")[0]
    return Arrival("", message_id, titles, (mail.subject, text), leaves_out=bool(_LEFT_OUT.search(text)))


def _list_titles(text: str, *, is_correction: bool) -> Iterator[str]:
    """What a mail names; but not the story that it follows up, which its first line names, nor what a correction changed.

    Nor what a passage quotes: below it stands in brackets where it was found, or who said it.
    """
    lines = [line for line in text.splitlines() if not line.startswith("+") and "[-" not in line]
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        for number in [] if below.strip().startswith("(") else _TITLE.findall(line):
            yield _name(title_of(int(number)), "corrected" if is_correction or "Corrected: Dépêche" in line else "")


def _name(title: str, kind: str) -> str:
    """An article by the title under which it was published; a correction of it is told besides."""
    found = _TITLE.search(title)
    name = title_of(int(found[1])) if found else title
    return f"{name} {CORRECTED}" if kind == "corrected" else name


def _by_reader(mail: Mail) -> list[Arrival]:
    read = _read_mail(mail)
    return [replace(read, receiver=reader) for reader in mail.recipients]


def assert_each_told_in_one_message(arrivals: list[Arrival], expected: set[str]) -> None:
    """To one receiver: every article was accepted, all that came of it is one message, and a repeat of a message says the same."""
    ids, contents = defaultdict(set), defaultdict(list)
    for arrival in arrivals:
        contents[arrival.message_id].append(arrival.content)
        for title in arrival.titles:
            ids[title].add(arrival.message_id)
    assert {title for arrival in arrivals if arrival.is_accepted for title in arrival.titles} == expected
    assert {title: many for title, many in ids.items() if len(many) > 1} == {}
    assert all(one == many[0] for many in contents.values() for one in many), "a repeat says something else"


def assert_quiet(messages: list[SealedMessage], first_hour: int, last_hour: int) -> None:
    """None but what is urgent was put together from the first hour of an evening to before the last of the next morning."""
    hours = {message.message_id: message.sealed_at.astimezone(PARIS).hour for message in messages if not message.is_urgent}
    assert {one: hour for one, hour in hours.items() if hour >= first_hour or hour < last_hour} == {}


def assert_limit(messages: list[SealedMessage], most: int) -> None:
    """No more within an hour, but for digests, summaries, surges and what is urgent."""
    counted = [message for message in messages if message.roll in {None, "follow_up"} and not (message.is_urgent or message.is_surge)]
    moments = [message.sealed_at for message in counted]
    assert all(after - before >= timedelta(hours=1) for before, after in zip(moments, moments[most:], strict=False))


def count_repeats(arrivals: list[Arrival]) -> int:
    counted = Counter((arrival.receiver, arrival.message_id) for arrival in arrivals)
    return sum(times - 1 for times in counted.values())


def is_late(message: SealedMessage) -> bool:
    """Whether a digest was put together more than ten minutes after its time: then it must say so."""
    return message.roll == "digest" and message.roll_due_at is not None and message.sealed_at - message.roll_due_at > timedelta(minutes=10)
