"""`kill -9`, again and again, while a site publishes and seven channels are told in every way there is: nothing is lost, what was muted
is told nobody, and a repeat can be told from news. Corrections, surges and operational alerts, which the faults raise, are told too.

The suite kills six times. For a long run, say how often: `QUIVIVE_KILLS=300 pytest tests/acceptance/test_crash.py -k however_often -s`,
and to play a run again, the seed it printed: `QUIVIVE_SEED=…`. A long run goes in rounds, each with an archive of its own, since a feed
that lists all that was ever published would at last be larger than what is read.

Between two starts, the program's clock goes on by up to an hour and a half, over a night in which the clocks change, so that quiet hours,
digests, limits, retries and escalations come due. Half of the kills are at a named step (`tests/killing.py`), the others at any moment,
also while the archive is locked by another program or may not grow. What goes on in the background is killed in
`test_crash_in_background.py`.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.killing import POINTS
from tests.ledger import (
    CORRECTED,
    PARIS,
    Ledger,
    assert_each_told_in_one_message,
    assert_limit,
    assert_quiet,
    count_repeats,
    is_late,
    name_surge,
)
from tests.mailbox import ACCEPT_THEN_DROP, DROP, HANG, HOLD, LATE, STALL, HookSink, Mailbox, Reply
from tests.news_site import NewsSite, article, item, rss
from tests.press import URGENT, Press
from tests.processes import Home, Running, are_gone, email, source, topic, wait_until, webhook

KILLS = int(os.environ.get("QUIVIVE_KILLS", "6"))
READERS = ("lise@example.org", "omar@example.org")
MORNING_READER = "zoe@example.org"
ARTICLES_A_KILL = 6
MOST_A_ROUND = 50
ROUNDS = [min(MOST_A_ROUND, KILLS - start) for start in range(0, KILLS, MOST_A_ROUND)]
SEED = int(os.environ.get("QUIVIVE_SEED", random.SystemRandom().randrange(10**6)))
BEGINNING = datetime(2027, 3, 27, 20, 30, tzinfo=PARIS)
"""The evening before the clocks go on, soon before quiet hours; later than the clock of whoever runs this, which is not to go back."""
KNOWN_BEFORE = timedelta(days=22)
"""How long topics are followed before anything is published: of newer ones nobody knows what is usual, and of these it is nothing."""
LEAST_SURGE = 12
"""Articles that are a surge at whatever hours they come."""
MINUTES_BETWEEN = (15, 20, 30, 45, 90)
"""From one start to the next."""
MOST_PER_HOUR = 4
MUTED = "Muet"
"""A topic of which nobody is told, since it is muted from the beginning on."""
FEEDS = ("/pages", "/texts")
WRITE_TROUBLE = "the archive cannot be written: waiting until it can be"


class World:
    """A home with every policy switched on, what its receivers got, and the clock by which it goes."""

    def __init__(self, home: Home, site: NewsSite, press: Press, hook: HookSink, mailbox: Mailbox, chance: random.Random) -> None:
        self.home, self.site, self.press, self.hook, self.mailbox, self.chance = home, site, press, hook, mailbox, chance
        self.ledger = Ledger(home, hook, mailbox)
        self.kills: Counter[str] = Counter()
        self.acknowledged: dict[str, bool] = {}
        """The alerts that were acknowledged, and whether each had been escalated by then."""
        self._ahead = BEGINNING - datetime.now(UTC)
        self._points = self._shuffled()
        home.module = "tests.killing"
        home.environment["CLOCK_AHEAD"] = str(self._ahead.total_seconds())

    def let_pass(self, span: timedelta) -> None:
        """The clock goes on by as much; nobody runs."""
        self._ahead += span
        self.home.environment["CLOCK_AHEAD"] = str(self._ahead.total_seconds())

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def count_events(self) -> int:
        return len(self.site.requests) + len(self.hook.requests) + len(self.mailbox.attempts)

    def wait_for_events(self, daemon: Running, events: int) -> None:
        """Until so many requests and messages have come, or the daemon was ended."""
        self._wait_for(daemon, self.count_events, events)

    def wait_for_polls(self, daemon: Running, polls: int) -> None:
        """Until feeds were asked for so often: again only once what they said before is on record."""
        self._wait_for(daemon, lambda: sum(one.path in FEEDS for one in self.site.requests), polls)

    def _wait_for(self, daemon: Running, count: Callable[[], int], more: int) -> None:
        before = count()
        wait_until(lambda: count() >= before + more or not daemon.is_running, f"{more} more requests")

    def next_point(self) -> str:
        """A named step: each of them comes before any comes again."""
        self._points = self._points or self._shuffled()
        return self._points.pop()

    def _shuffled(self) -> list[str]:
        return self.chance.sample(POINTS, len(POINTS))


@contextmanager
def _open_world(folder: Path, chance: random.Random) -> Iterator[World]:
    home = Home(folder)
    with NewsSite() as site, HookSink() as hook, Mailbox() as mailbox, ExitStack() as stack:
        everyone = ["direct", "bulletin", "calm", "redaction", "morning"]
        urgent = f'urgent = "{URGENT}"\n'
        muted = topic(MUTED, "accord", ["direct", "redaction", "bulletin"]) + urgent
        home.configure(
            per="story",
            sources=[source(site.url("/pages"), "Pages", articles="page"), source(site.url("/texts"), "Textes", articles="feed")],
            topics=[topic("OTAN", "otan", everyone) + urgent, topic("Accord", "accord", ["redaction", "morning"]) + urgent, muted],
            channels=[
                webhook("direct", f"{hook.url}/direct") + 'escalate = { after = "30m", to = "oncall" }\n',
                webhook("oncall", f"{hook.url}/oncall"),
                webhook("watch", f"{hook.url}/watch"),
                webhook("bulletin", f"{hook.url}/bulletin") + 'when = "hourly"\nquiet = "23:00-06:00"\n',
                webhook("calm", f"{hook.url}/calm") + f'quiet = "22:00-07:00"\nmax_per_hour = {MOST_PER_HOUR}\n',
                email("redaction", mailbox.url, *READERS),
                email("morning", mailbox.url, MORNING_READER) + 'when = "hourly"\n',
            ],
            more='[health]\nnotify = ["watch"]\n',
        )
        world = World(home, site, Press(site, seconds_between=0.05), hook, mailbox, chance)
        for feed in FEEDS:
            site.publish_feed(feed, rss(title="Rien"))
        world.let_pass(-KNOWN_BEFORE)
        assert home.quivive("poll").status == 0
        world.let_pass(KNOWN_BEFORE)
        assert home.call("mute", MUTED).status == 0
        stack.enter_context(world.press)
        yield world


@pytest.mark.timeout(300 + 40 * MOST_A_ROUND)
@pytest.mark.parametrize(("number", "kills"), list(enumerate(ROUNDS)))
def test_nothing_is_lost_and_a_repeat_carries_its_id_however_often_the_program_is_killed(tmp_path, number, kills) -> None:
    print(f"QUIVIVE_SEED={SEED}")  # noqa: T201  # shown when it fails
    with _open_world(tmp_path, random.Random(SEED + number)) as world:
        for _ in range(kills):
            _misbehave(world)
            world.press.ask(ARTICLES_A_KILL)
            _run_and_kill(world)
            world.ledger.look()
            _acknowledge_something(world)
            _edit_something(world)
            world.let_pass(timedelta(minutes=world.chance.choice(MINUTES_BETWEEN)))
        world.press.close()
        world.hook.behave()
        world.mailbox.behave()
        _finish(world)
        world.ledger.look()
        print(f"{kills} kills: {dict(world.kills)}, {count_repeats(world.ledger.arrivals())} repeats")  # noqa: T201
        _assert_all_archived(world)
        _assert_all_told(world)
        _assert_none_told_that_was_muted(world)
        _assert_policies_kept(world)
        _assert_escalated_once(world)
        assert [tuple(row) for row in world.ledger.rows("PRAGMA integrity_check")] == [("ok",)]
        assert world.ledger.rows("PRAGMA foreign_key_check") == []


def _misbehave(world: World) -> None:
    """A few of the next messages are refused, stalled, taken without a word, answered late, or taken for one reader alone."""
    chance = world.chance
    troubles = [
        Reply(503),
        Reply(429, {"Retry-After": "1800"}),
        Reply(action=DROP),
        Reply(action=STALL),
        Reply(action=HANG),
        Reply(action=LATE),
    ]
    world.hook.reply(*(chance.choice([Reply(), *troubles]) for _ in range(4)), *([Reply(410)] if chance.random() < 0.2 else []))
    refusals = [("DATA", ACCEPT_THEN_DROP), ("RCPT", "451 4.7.1 later"), ("DATA", "452 4.3.1 full"), ("DATA", HANG), ("DATA", LATE)]
    world.mailbox.answer(*chance.choice(refusals), times=1)
    world.mailbox.answer("RCPT", "452 4.2.2 full", times=chance.choice([0, 1, 3]), recipient=chance.choice(READERS))
    if chance.random() < 0.1:  # of several recipients, one that is refused for good would be told no more: there is but one
        world.mailbox.answer("RCPT", "550 5.7.1 no", times=1, recipient=MORNING_READER)


def _run_and_kill(world: World) -> None:
    """Start it, and end it at a named step, at any moment, now and then while it still starts, or while it cannot write."""
    end = world.chance.choices([_kill_at_a_point, _kill_at_random, _kill_in_trouble], [5, 3, 2])[0]
    with ExitStack() as stack:
        processes = end(world, stack)
    wait_until(lambda: are_gone(processes), f"the workers to end by themselves, of {processes}")


def _kill_at_a_point(world: World, stack: ExitStack) -> list[psutil.Process]:
    point = world.next_point()
    if point.startswith("escal"):
        world.let_pass(timedelta(minutes=30))  # else nothing may be due for it
    times = 1 if point.startswith(("escal", "poll")) else world.chance.randrange(1, 4)
    daemon = stack.enter_context(world.home.start("run", env={"KILL_AT": point, "KILL_THE": str(times)}))
    world.wait_for_polls(daemon, 9)
    if daemon.is_running:  # there was not so much of it to do
        return _kill(world, daemon, f"not at {point}")
    assert daemon.wait() == -signal.SIGKILL
    world.kills[point] += 1
    return []


def _kill_at_random(world: World, stack: ExitStack) -> list[psutil.Process]:
    daemon = stack.enter_context(world.home.start("run"))
    wait, most = world.chance.choice([(world.wait_for_events, 30), (world.wait_for_polls, 6), (None, 0)])
    if wait:
        wait(daemon, world.chance.randrange(1, most))
    moment = world.chance.uniform(0, 0.05) if wait else world.chance.uniform(0, 1.5)
    threading.Event().wait(moment)  # of the kill, which is to be chance
    return _kill(world, daemon, "random" if wait else "starting")


def _kill_in_trouble(world: World, stack: ExitStack) -> list[psutil.Process]:
    """The archive is locked, or its files may not grow; the kill comes meanwhile, or after it went on."""
    daemon = stack.enter_context(world.home.start("run"))
    world.wait_for_events(daemon, world.chance.randrange(8, 20))
    trouble, name = world.chance.choice([(_write_locked, "locked"), (_full_disk, "full")])
    with trouble(world, daemon):
        daemon.wait_for_log(WRITE_TROUBLE)
        if world.chance.random() < 0.5:
            return _kill(world, daemon, name)
    world.wait_for_events(daemon, world.chance.randrange(1, 20))
    return _kill(world, daemon, f"after {name}")


def _kill(world: World, daemon: Running, how: str) -> list[psutil.Process]:
    assert daemon.is_running
    world.kills[how] += 1
    processes = daemon.workers()
    daemon.kill()
    return processes


@contextmanager
def _write_locked(world: World, daemon: Running) -> Iterator[None]:  # the other trouble asks for it
    with _locked(world.home):
        yield


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    """Nobody can commit to the archive for as long."""
    with closing(sqlite3.connect(home.archive, isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def _full_disk(world: World, daemon: Running) -> Iterator[None]:
    """No file of the daemon may grow beyond a size that one of its next writes comes to, perhaps in the middle."""
    before = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (world.chance.randrange(4096, 65536), before[1]))
    yield
    if daemon.is_running:
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, before)


def _acknowledge_something(world: World) -> None:
    if world.chance.random() > 0.2 or not world.home.archive.exists():
        return
    alerts = [row["id"] for row in world.ledger.rows("SELECT id FROM alerts WHERE topic = 'OTAN' ORDER BY id")]
    if alerts:
        one = world.chance.choice(alerts)
        was_escalated = bool(world.ledger.rows("SELECT 1 FROM deliveries WHERE channel = 'oncall' AND alert_id = ?", one))
        assert world.home.call("alerts", "ack", one).status == 0
        world.acknowledged.setdefault(one, was_escalated)


def _edit_something(world: World) -> None:
    """An article that people are told of says otherwise from now on, once."""
    if world.chance.random() > 0.5 or not world.home.archive.exists():
        return
    rows = world.ledger.rows(
        """SELECT json_extract(payload, '$.url') AS url FROM alerts WHERE article_id IS NOT NULL
           GROUP BY 1 HAVING count(*) = 3 ORDER BY 1"""
    )
    told = [row["url"] for row in rows if int(row["url"].rpartition("/")[2]) % 2]
    if told:
        world.press.edit(world.chance.choice(told))


_WAITING = """SELECT max(moment) AS last FROM (
    SELECT due_at AS moment FROM deliveries UNION SELECT escalate_at FROM deliveries UNION SELECT next_attempt_at FROM messages)"""
"""The last moment at which there is something to do, as far as is known."""


def _finish(world: World) -> None:
    """Let all be done that is left: when one thing is, others follow, as escalations, digests and what a paused channel is told."""
    for _ in range(10):
        assert world.home.quivive("poll", timeout=120).status in (0, 1)
        world.home.call("alerts", "retry", "--dead")
        if not (last := world.ledger.rows(_WAITING)[0]["last"]):
            return
        world.let_pass(max(timedelta(0), datetime.fromisoformat(last) - world.now()) + timedelta(minutes=15))
    pytest.fail(f"something is left to be done at {last}")


def _assert_all_archived(world: World) -> None:
    done = world.home.call("export")
    assert done.status == 0, done.err
    exported = done.lines
    assert {one["url"]: one["title"] for one in exported} == world.press.urls
    assert len(exported) == len(world.press.urls)
    assert all(f"dépêche {number}" in text for number, text in ((one["url"].rpartition("/")[2], one["text"]) for one in exported))


def _assert_all_told(world: World) -> None:
    """By every channel, in the archive and at whoever is told by it."""
    arrivals = world.ledger.name_what_is_left_out(world.ledger.arrivals())
    expected = world.press.on_topic | {f"{title} {CORRECTED}" for title in world.press.edited}
    for receiver, surges in _surges_of_receivers(world).items():
        assert_each_told_in_one_message([one for one in arrivals if one.receiver == receiver], expected | surges)
    world.ledger.assert_none_sent_again_that_was_on_record()
    operational = {row["id"] for row in world.ledger.rows("SELECT id FROM alerts WHERE kind = 'health'")}
    assert_each_told_in_one_message([one for one in arrivals if one.receiver == "watch"], operational)
    unsent = world.ledger.rows(
        """SELECT deliveries.* FROM deliveries JOIN alerts ON alerts.id = alert_id
           WHERE topic <> ? AND status <> 'sent' AND NOT (channel = 'oncall' AND status = 'muted')""",
        MUTED,
    )
    assert [tuple(row) for row in unsent] == []
    kinds = Counter(row["kind"] for row in world.ledger.rows("SELECT kind FROM alerts"))
    assert kinds["new"] + kinds["follow_up"] == 3 * len(world.press.on_topic)
    assert kinds["corrected"] == 3 * len(world.press.edited)
    assert kinds["follow_up"]


def _surges_of_receivers(world: World) -> dict[str, set[str]]:
    """The surges that each receiver is to be told of: one of each topic, if so much was published."""
    risen = Counter(row["topic"] for row in world.ledger.rows("SELECT topic FROM alerts WHERE kind = 'surge'"))
    assert set(risen.values()) <= {1}
    assert set(risen) == {"OTAN", "Accord", MUTED} or len(world.press.on_topic) < LEAST_SURGE
    of_otan, of_both = ({name_surge(topic) for topic in topics if topic in risen} for topics in (["OTAN"], ["OTAN", "Accord"]))
    return {**dict.fromkeys(("direct", "bulletin", "calm"), of_otan), **dict.fromkeys((*READERS, MORNING_READER), of_both)}


def _assert_none_told_that_was_muted(world: World) -> None:
    """All of it is on record for all channels of its topic, as muted, and in no message."""
    rows = world.ledger.rows(
        "SELECT channel, status, message_id FROM deliveries JOIN alerts ON alerts.id = alert_id WHERE topic = ?", MUTED
    )
    count = len(world.press.on_topic) + len(world.press.edited) + bool(world.ledger.rows("SELECT 1 FROM alerts WHERE kind = 'surge'"))
    assert Counter(map(tuple, rows)) == {(channel, "muted", None): count for channel in ("direct", "redaction", "bulletin")}
    assert not any(MUTED.encode() in request.body for request in world.hook.requests)
    assert not any(MUTED in mail.subject + mail.text for mail in world.mailbox.mails)


def _assert_policies_kept(world: World) -> None:
    sealed = world.ledger.sealed()
    assert_quiet([one for one in sealed if one.channel == "calm"], 22, 7)
    assert_quiet([one for one in sealed if one.channel == "bulletin"], 23, 6)
    assert_limit([one for one in sealed if one.channel == "calm"], MOST_PER_HOUR)
    rolled = {one.message_id: one for one in sealed if one.roll == "digest"}
    assert all(one.message_id in rolled or one.is_urgent or one.is_surge for one in sealed if one.channel in ("bulletin", "morning"))
    requests = {one.headers["webhook-id"]: one.json["data"] for one in world.hook.requests}
    mails = {one.message_id.strip("<>").partition("@")[0]: one.text for one in world.mailbox.mails}
    assert {one.channel for one in rolled.values()} == {"bulletin", "morning"}
    for message in rolled.values():
        if message.channel == "bulletin":
            assert datetime.fromisoformat(requests[message.message_id]["due_at"]) == message.roll_due_at
        else:
            assert (", late: made" in mails[message.message_id]) == is_late(message)


def _assert_escalated_once(world: World) -> None:
    """What nobody acknowledged is told to those on call, as one message; what somebody did, only if it had gone to them by then."""
    requests = [(one.json["data"], one.headers["webhook-id"]) for one in world.hook.requests if one.path.endswith("/oncall")]
    told = {(alert["alert_id"], message) for data, message in requests for alert in data.get("alerts") or [data]}
    alerts = {row["id"] for row in world.ledger.rows("SELECT id FROM alerts WHERE topic = 'OTAN'")}
    assert len(told) == len({alert for alert, _ in told})
    may_be_left_out = set(world.acknowledged)
    must_be_left_out = {alert for alert, was_escalated in world.acknowledged.items() if not was_escalated}
    assert alerts - may_be_left_out <= {alert for alert, _ in told} <= alerts - must_be_left_out


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


def _rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{home.archive}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


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
        with _locked(home):  # whatever is accepted from here on can't be noted
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
            with _locked(home):
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
