"""`kill -9`, again and again, while a site publishes and two receivers receive: nothing is lost, and a repeat can be told from news.

The suite kills eight times. For a long run, say how often: `QUIVIVE_KILLS=300 pytest tests/acceptance/test_crash.py`, and to play a run
again, the seed it printed: `QUIVIVE_SEED=…`. A long run goes in rounds, each with an archive of its own, since a feed that lists all that
was ever published would at last be larger than what is read; `--numprocesses 2` runs two of them at a time.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import psutil
import pytest

from tests.mailbox import ACCEPT_THEN_DROP, DROP, HANG, HOLD, STALL, HookSink, Mailbox, Reply
from tests.news_site import NewsSite, article, item, rss
from tests.processes import PATIENCE, Home, are_gone, email, source, topic, wait_until, webhook

KILLS = int(os.environ.get("QUIVIVE_KILLS", "8"))
READERS = ("lise@example.org", "omar@example.org")
ARTICLES_A_KILL = 20
MOST_A_ROUND = 50
ROUNDS = [min(MOST_A_ROUND, KILLS - start) for start in range(0, KILLS, MOST_A_ROUND)]
SEED = int(os.environ.get("QUIVIVE_SEED", random.SystemRandom().randrange(10**6)))


class Press:
    """Publishes as much as it is asked to: articles that are numbered through, every second one on the topic, in two feeds.

    The feed `/pages` links to article pages; `/texts` carries the full text. Each keeps all it ever listed, since what a feed drops
    while nobody watches can't be archived.
    """

    def __init__(self, site: NewsSite, seconds_between: float) -> None:
        self._site = site
        self._seconds_between = seconds_between
        self._items: dict[str, list[str]] = {"/pages": [], "/texts": []}
        self._closed = threading.Event()
        self._asked = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._publish_on)
        self.urls: dict[str, str] = {}
        """The title of every published article, by its URL."""
        self.on_topic: set[str] = set()
        """The titles of those that must alert."""

    def __enter__(self) -> Self:
        self._publish(0)
        self._publish(1)
        self._thread.start()
        return self

    def ask(self, articles: int) -> None:
        """Let it publish so many more. It publishes no more by itself: on a slow machine nobody would ever have read it all."""
        self._asked.release(articles)

    def close(self) -> None:
        self._closed.set()
        self._asked.release()
        self._thread.join()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _publish_on(self) -> None:
        number = 2
        while self._asked.acquire() and not self._closed.wait(self._seconds_between):
            self._publish(number)
            number += 1

    def _publish(self, number: int) -> None:
        feed = ("/pages", "/texts")[number % 2]
        speaks = number // 2 % 2 == 0
        title = f"Dépêche {number} : {'un accord avec l’OTAN' if speaks else 'la fibre au village'}"
        text = [
            f"Alinéa {part} de la dépêche {number}, qui rend compte de ce que la rédaction a appris dans la journée." for part in range(9)
        ]
        url = self._site.page(f"/article/{number}", article(title, *text))
        body = "" if feed == "/pages" else "".join(f"&lt;p&gt;{paragraph}&lt;/p&gt;" for paragraph in text)
        self._items[feed].insert(0, item(title, url, f"guid-{number}", description=body))
        self._site.publish_feed(feed, rss(*self._items[feed]), etag=f'"{number}"')
        self.urls[url] = title
        if speaks:
            self.on_topic.add(title)


def _configure(home: Home, site: NewsSite, hook: HookSink, mailbox: Mailbox) -> None:
    home.configure(
        sources=[source(site.url("/pages"), "Pages", articles="page"), source(site.url("/texts"), "Textes", articles="feed")],
        topics=[topic("OTAN", "otan", ["hook", "redaction"])],
        channels=[webhook("hook", hook.url), email("redaction", mailbox.url, *READERS)],
    )


@pytest.fixture
def receivers(mailbox) -> Iterator[tuple[HookSink, Mailbox]]:
    with HookSink() as hook:
        yield hook, mailbox


@contextmanager
def _write_locked(home: Home) -> Iterator[None]:
    """Nobody can commit to the archive for as long."""
    with closing(sqlite3.connect(home.archive, isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def _rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{home.archive}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.timeout(300 + 30 * MOST_A_ROUND)
@pytest.mark.parametrize(("number", "kills"), list(enumerate(ROUNDS)))
def test_nothing_is_lost_and_a_repeat_carries_its_id_however_often_the_program_is_killed(tmp_path, receivers, number, kills) -> None:
    print(f"QUIVIVE_SEED={SEED}")  # noqa: T201  # shown when it fails
    chance = random.Random(SEED + number)
    hook, mailbox = receivers
    home = Home(tmp_path)
    with NewsSite() as site:
        _configure(home, site, hook, mailbox)
        with Press(site, seconds_between=0.1) as press:
            for _ in range(kills):
                _misbehave(chance, hook, mailbox)
                press.ask(ARTICLES_A_KILL)
                _run_and_kill(home, chance, lambda: len(site.requests) + len(hook.requests) + len(mailbox.attempts))
            press.close()
            hook.behave()
            mailbox.behave()
            _finish(home, press, hook, mailbox)
    _assert_all_archived(home, press)
    _assert_all_told_under_one_id(press, [(one.json["data"]["article"]["title"], one.headers["webhook-id"]) for one in hook.requests])
    for reader in READERS:
        mails = [mail for mail in mailbox.mails if reader in mail.recipients]
        _assert_all_told_under_one_id(press, [(one.subject.removeprefix("[OTAN] "), one.message_id) for one in mails])
    assert _rows(home, "PRAGMA integrity_check") == [("ok",)]
    assert _rows(home, "PRAGMA foreign_key_check") == []


def _misbehave(chance: random.Random, hook: HookSink, mailbox: Mailbox) -> None:
    """A few of the next messages are refused, stalled, taken without a word, or taken for one reader alone."""
    troubles = [Reply(503), Reply(429), Reply(action=DROP), Reply(action=STALL), Reply(action=HANG)]
    hook.reply(*(chance.choice([Reply(), *troubles]) for _ in range(3)))
    refusals = [("DATA", ACCEPT_THEN_DROP), ("RCPT", "451 4.7.1 later"), ("DATA", "452 4.3.1 full"), ("DATA", HANG)]
    mailbox.answer(*chance.choice(refusals), times=1)
    mailbox.answer("RCPT", "452 4.2.2 full", times=chance.choice([0, 1, 3]), recipient=chance.choice(READERS))


def _run_and_kill(home: Home, chance: random.Random, count_events: Callable[[], int]) -> None:
    """Kill after a number of requests and messages that chance chooses, and a moment more; now and then while it still starts."""
    with home.start("run") as daemon:
        before = count_events()
        events = chance.choice([0, 0, *range(1, 40)])
        if events:
            wait_until(lambda: count_events() >= before + events or not daemon.is_running, f"{events} requests and messages")
            assert daemon.is_running
        threading.Event().wait(chance.uniform(0, 0.05) if events else chance.uniform(0, 1.5))  # the moment of the kill is the chance
        processes = daemon.workers()
        daemon.kill()
        wait_until(lambda: are_gone(processes), f"the workers to end by themselves, of {processes}")


REFUSED = "SELECT deliveries.id FROM deliveries JOIN messages ON messages.id = message_id WHERE status <> 'sent' AND attempts > 0"


def _finish(home: Home, press: Press, hook: HookSink, mailbox: Mailbox) -> None:
    """Let a last start do all that is left, and end it as it should be."""
    with home.start("run") as daemon:
        patience = PATIENCE + 5 * MOST_A_ROUND  # each run left some pages to be fetched, and some messages to be sent
        wait_until(lambda: _is_all_archived(home, press) or not daemon.is_running, "every article in the archive", patience)
        waiting = [str(one) for (one,) in _rows(home, REFUSED)]
        if waiting:  # what was refused again and again would be tried in a minute or two; the test has no time
            home.quivive("alerts", "retry", *waiting)
        unsent = "SELECT 1 FROM deliveries WHERE status <> 'sent'"
        wait_until(lambda: not _rows(home, unsent) or not daemon.is_running, "every delivery sent", patience)
        daemon.terminate()
        assert daemon.wait() == 0


def _is_all_archived(home: Home, press: Press) -> bool:
    return home.archive.exists() and set(press.urls) <= {url for (url,) in _rows(home, "SELECT url FROM articles")}


def _assert_all_archived(home: Home, press: Press) -> None:
    done = home.quivive("export")
    assert done.status == 0, done.err
    exported = done.lines
    assert {one["url"]: one["title"] for one in exported} == press.urls
    assert len(exported) == len(press.urls)
    assert all(f"dépêche {number}" in text for number, text in ((one["url"].rpartition("/")[2], one["text"]) for one in exported))


def _assert_all_told_under_one_id(press: Press, received: list[tuple[str, str]]) -> None:
    ids = defaultdict(set)
    for title, identifier in received:
        ids[title].add(identifier)
    assert set(ids) == press.on_topic
    assert all(len(one) == 1 for one in ids.values())
    assert len(set.union(*ids.values())) == len(ids)


@contextmanager
def _one_story(tmp_path: Path, hook: HookSink, mailbox: Mailbox) -> Iterator[Home]:
    """A site with one article, which must be told."""
    home = Home(tmp_path)
    with NewsSite() as site:
        site.publish_feed("/pages", rss(item("Un accord avec l’OTAN", site.page("/article", article("Un accord avec l’OTAN")))))
        site.publish_feed("/texts", rss(title="Rien"))
        _configure(home, site, hook, mailbox)
        yield home


@pytest.fixture
def one_story(tmp_path, receivers) -> Iterator[tuple[Home, HookSink, Mailbox]]:
    with _one_story(tmp_path, *receivers) as home:
        yield home, *receivers


def test_a_kill_after_the_receivers_yes_and_before_our_commit_leads_to_a_repeat_under_the_same_id(one_story) -> None:
    home, hook, _ = one_story
    hook.always(Reply(action=HOLD))
    with home.start("run") as daemon:
        hook.wait_for(1)
        with _write_locked(home):  # whatever is accepted from here on can't be noted
            hook.always(Reply())
            hook.release()
            wait_until(lambda: hook.answered >= 1, "the receiver's yes to be on its way")
            daemon.kill()
    waiting = home.quivive("alerts", "--json").lines[0]["deliveries"]
    assert next(one for one in waiting if one["channel"] == "hook")["status"] == "pending"
    with home.start("run") as daemon:
        first, second = hook.wait_for(2)[:2]
        wait_until(lambda: not _rows(home, "SELECT 1 FROM deliveries WHERE status <> 'sent'"), "all to be noted as sent")
        daemon.terminate()
        assert daemon.wait() == 0
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.json == second.json
    assert len(hook.requests) == 2


class HesitantMailbox(Mailbox):
    """Reads a message, and keeps it and says so only once `decided` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.decided = threading.Event()

    async def handle_DATA(self, *of_the_message: Any) -> str:  # noqa: N802  # aiosmtpd's name
        await asyncio.to_thread(self.decided.wait)
        return await super().handle_DATA(*of_the_message)


def test_a_kill_after_a_mail_was_accepted_and_before_our_commit_leads_to_a_repeat_under_the_same_message_id(tmp_path) -> None:
    with HookSink() as hook, HesitantMailbox() as mailbox, _one_story(tmp_path, hook, mailbox) as home:
        with home.start("run") as daemon:
            mailbox.wait_for_attempts(1)
            with _write_locked(home):
                mailbox.decided.set()
                wait_until(lambda: mailbox.goodbyes, "the program to have read the yes, and to say goodbye")
                daemon.kill()
        with home.start("run") as daemon:
            first, second = mailbox.wait_for(2)
            wait_until(lambda: not _rows(home, "SELECT 1 FROM deliveries WHERE status <> 'sent'"), "all to be noted as sent")
            daemon.terminate()
            assert daemon.wait() == 0
    assert first.message_id == second.message_id
    assert len(mailbox.mails) == 2


def test_what_was_in_hand_at_the_kill_is_due_at_once(one_story) -> None:
    home, hook, _ = one_story
    hook.always(Reply(action=HOLD))
    with home.start("run") as daemon:
        hook.wait_for(1)
        daemon.kill()
    delivery = next(one for one in home.quivive("alerts", "--json").lines[0]["deliveries"] if one["channel"] == "hook")
    assert (delivery["status"], delivery["attempts"]) == ("pending", 0)
    assert datetime.fromisoformat(delivery["next_attempt_at"]) <= datetime.now(UTC)


def test_after_a_kill_the_workers_end_by_themselves_and_nothing_holds_the_archive(one_story) -> None:
    home, hook, _ = one_story
    with home.start("run") as daemon:
        hook.wait_for(1)  # so a page was read, by a worker
        workers = daemon.workers()
        assert workers
        daemon.kill()
    wait_until(lambda: are_gone(workers), "the workers to end")
    assert not [
        process for process in psutil.process_iter(["pid", "cmdline"]) if str(home.folder) in " ".join(process.info["cmdline"] or [])
    ]
    assert home.quivive("status", "--json").json["writer_pid"] is None
    assert home.quivive("poll", "--json").status == 0
