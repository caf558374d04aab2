"""An Atom file that is written, read by a feed reader's own parser."""

from __future__ import annotations

import asyncio
import stat
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context

import feedparser
import pytest

from monitors import send_test
from monitors.attempts import Progress, accepted
from monitors.channels.feed import FeedChannel, Table
from monitors.channels.feed_writer import FeedWriter
from news.alerts import DeliveryStatus, EscalatedFrom, EscalationCause, Roll, RollKind
from tests.outbox import ENGLISH, MORNING, ListOutbox, make_bundle, make_health_bundle
from tests.sending import deliver
from tests.small_disk import small_disk


class Feed:
    """A feed channel in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.channel = FeedChannel("fil", "out/otan.atom", 3)
        self.file = folder / "out" / "otan.atom"
        self.file.parent.mkdir()
        self.presentation = replace(ENGLISH, configuration=str(folder / "config.toml"))

    def send(self, *bundles):
        """Deliver each of them, one round after the other; returns what came of the last."""
        outbox = ListOutbox(*bundles)
        deliver(outbox, self.channel, presentation=self.presentation)
        return outbox.last

    def entries(self):
        return feedparser.parse(str(self.file)).entries


@pytest.fixture
def feed(tmp_path):
    return Feed(tmp_path)


def bundle(number=0, *topics):
    return make_bundle("fil", *topics, number=number, created_at=MORNING - timedelta(minutes=40 - number))


def test_an_alert_is_an_entry_that_a_reader_can_read(feed):
    assert feed.send(bundle()).status is DeliveryStatus.SENT
    parsed = feedparser.parse(str(feed.file))
    assert (parsed.bozo, parsed.version, parsed.feed.title) == (False, "atom10", "quivive: fil")
    (entry,) = parsed.entries
    assert (entry.title, entry.link) == ("[OpenAI–OTAN] OpenAI négocie avec l’OTAN", bundle().alerts[0].about.url)
    assert (entry.author, entry.updated, [tag.term for tag in entry.tags]) == ("Julie Martin", "2026-03-04T09:35:02Z", ["OpenAI–OTAN"])
    assert "<b>OTAN</b> &amp; ceux de ses &lt;alliés&gt;" in entry.content[0].value


def test_the_newest_alerts_are_first_and_the_oldest_leave(feed):
    for number in (2, 0, 3, 1, 4):
        feed.send(bundle(number))
    assert [entry.updated for entry in feed.entries()] == ["2026-03-04T09:39:02Z", "2026-03-04T09:38:02Z", "2026-03-04T09:37:02Z"]


def test_many_alerts_at_once_are_all_in_it(feed):
    feed.channel = replace(feed.channel, entries=100)
    outbox = ListOutbox(*(bundle(number) for number in range(30)))
    deliver(outbox, feed.channel, presentation=feed.presentation)
    assert {result.status for result in outbox.results} == {DeliveryStatus.SENT}
    assert len({entry.id for entry in feed.entries()}) == 30


def test_a_repeat_is_the_same_entry(feed):
    feed.send(bundle())
    feed.send(bundle(1))
    feed.send(bundle())
    ids = [entry.id for entry in feed.entries()]
    assert len(ids) == len(set(ids)) == 2
    assert all(one.startswith("urn:uuid:") for one in ids)


@pytest.mark.parametrize("content", [b"<html><body>Mes notes</body></html>", b"Mes notes", b"<feed xmlns='http://www.w3.org/2005/Atom'/>"])
def test_a_file_that_is_not_ours_is_left_alone_with_the_reason(feed, content):
    feed.file.write_bytes(content)
    result = feed.send(bundle())
    assert (result.status, result.error) == (
        DeliveryStatus.PENDING,
        f"{feed.file} holds something else: move it away, or give another path",
    )
    assert feed.file.read_bytes() == content


def test_an_empty_file_is_taken_and_keeps_its_rights(feed):
    feed.file.touch()
    feed.file.chmod(0o644)
    assert feed.send(bundle()).status is DeliveryStatus.SENT
    assert stat.S_IMODE(feed.file.stat().st_mode) == 0o644


def test_a_new_file_is_for_owner_and_group_and_nothing_else_is_left_beside_it(feed):
    feed.send(bundle())
    assert stat.S_IMODE(feed.file.stat().st_mode) == 0o640
    assert [file.name for file in feed.file.parent.iterdir()] == ["otan.atom"]


def test_a_symbolic_link_stays_one(feed):
    feed.file.symlink_to(feed.folder / "elsewhere.atom")
    feed.send(bundle())
    assert feed.file.is_symlink()
    assert len(feed.entries()) == 1


def test_a_folder_that_is_not_there_is_told_and_waited_for(feed):
    feed.file.parent.rmdir()
    result = feed.send(bundle())
    assert (result.status, result.error) == (DeliveryStatus.PENDING, f"{feed.file} cannot be written: No such file or directory")
    feed.file.parent.mkdir()
    assert feed.send(bundle()).status is DeliveryStatus.SENT


def test_a_device_is_no_file(feed):
    feed.channel = replace(feed.channel, path="/dev/null")
    assert feed.send(bundle()).error == "/dev/null holds something else: move it away, or give another path"


def test_what_a_headline_holds_is_text_and_breaks_nothing(feed):
    foreign = bundle()
    article = replace(
        foreign.alerts[0].about, title="<script>\x00\x0b\ud800 ]]> & « OTAN »", url="javascript:alert(1)", excerpt="<img src=x>"
    )
    feed.send(replace(foreign, alerts=(replace(foreign.alerts[0], about=article),)))
    parsed = feedparser.parse(str(feed.file))
    assert (parsed.bozo, parsed.entries[0].get("links", [])) == (False, [])
    assert "<script>" not in parsed.entries[0].content[0].value
    assert "<img" not in parsed.entries[0].content[0].value


def test_an_operational_alert_is_an_entry_too(feed):
    feed.send(make_health_bundle(channel="fil"))
    (entry,) = feed.entries()
    assert (entry.title, entry.author) == ("[quivive] Numerama is failing", "quivive")
    assert "The site is overloaded" in entry.content[0].value


def test_a_test_message_is_marked_as_one(feed):
    result = asyncio.run(send_test(feed.channel, MORNING, feed.presentation))
    assert result.status is DeliveryStatus.SENT
    assert feed.entries()[0].title.startswith("[TEST] ")


def test_the_table_takes_a_path_and_a_number_of_entries():
    assert Table(type="feed", path="a.atom").make_channel("fil") == FeedChannel("fil", "a.atom", 100)
    for keys in ({"path": " "}, {"path": "a", "entries": 0}, {}):
        with pytest.raises(ValueError, match=r"path|entries"):
            Table(type="feed", **keys)


def test_what_is_no_character_and_so_in_no_xml_holds_up_no_alert(feed):
    alert = bundle().alerts[0]
    article = replace(alert.about, title="L\ufffe\uffff’OTAN", source="\uffffNumerama", author="J\ufffe", excerpt="\uffff\x00")
    hits = (replace(alert.matches[0], passage="[OTAN]\ufffe", term="\uffff"),)
    assert feed.send(replace(bundle(), alerts=(replace(alert, about=article, matches=hits),))).status is DeliveryStatus.SENT
    assert feed.entries()[0].title == "[OpenAI–OTAN] L ’OTAN"


def test_each_alert_of_a_digest_is_an_entry_with_its_own_title_and_address(feed):
    told = bundle(0, "OTAN", "défense")
    assert feed.send(replace(told, roll=Roll(RollKind.DIGEST, MORNING, MORNING))).status is DeliveryStatus.SENT
    address = told.alerts[0].about.url
    expected = {("[OTAN] OpenAI négocie avec l’OTAN", address), ("[défense] OpenAI négocie avec l’OTAN", address)}
    assert {(entry.title, entry.link) for entry in feed.entries()} == expected


def test_what_is_sent_is_in_the_file_however_old_it_is_and_however_much_comes_at_once(feed):
    feed.send(*(bundle(number) for number in (5, 6, 7)))
    feed.send(bundle(1))
    assert [entry.link[-1] for entry in feed.entries()] == ["7", "6", "1"]
    topics = [f"t{number}" for number in range(5)]
    feed.send(replace(bundle(0, *topics), roll=Roll(RollKind.DIGEST, MORNING, MORNING)))
    assert sorted(entry.title.partition("]")[0] for entry in feed.entries()) == [f"[{topic}" for topic in topics]


def test_an_entry_says_from_which_channel_its_alert_escalated(feed):
    told = bundle(0, "OTAN", "défense")
    feed.send(replace(told, escalated=(EscalatedFrom(told.alerts[0].alert_id, "redaction", EscalationCause.DEAD),)))
    escalated, other = sorted(feed.entries(), key=lambda entry: "OTAN]" not in entry.title)
    assert escalated.title == "[OTAN] Escalated: OpenAI négocie avec l’OTAN"
    assert "<b>Escalated from redaction, where it was given up</b>" in escalated.content[0].value
    assert "scalated" not in other.title + other.content[0].value


def test_two_who_write_one_file_at_once_lose_nothing_of_each_other(feed):
    """Two channels of one file, the sender before a reload and the one after it, or the daemon and `alerts test`."""
    writers = [FeedWriter(name, feed.channel.path, 100, feed.presentation) for name in ("fil", "fil", "autre")]
    told = [[bundle(place * 10 + number) for number in range(10)] for place in range(len(writers))]

    async def write(writer, bundles):
        return [await writer.send(one, MORNING, Progress()) for one in bundles]

    async def all_at_once():
        return await asyncio.gather(*map(write, writers, told))

    outcomes = asyncio.run(all_at_once())
    assert {outcome for some in outcomes for outcome in some} == {accepted()}
    assert {entry.link for entry in feed.entries()} == {one.alerts[0].about.url for some in told for one in some}


def write_from_elsewhere(folder, numbers):
    """What a process of its own does."""
    writer = FeedWriter("fil", "out/otan.atom", 100, replace(ENGLISH, configuration=str(folder / "config.toml")))
    for number in numbers:
        assert asyncio.run(writer.send(bundle(number), MORNING, Progress())) == accepted()


def test_two_programs_that_write_one_file_at_once_lose_nothing_of_each_other(feed):
    """As the daemon and `alerts test` are."""
    with ProcessPoolExecutor(2, get_context("spawn")) as programs:
        for done in [programs.submit(write_from_elsewhere, feed.folder, range(first, first + 20)) for first in (0, 20)]:
            done.result()
    assert len({entry.link for entry in feed.entries()}) == 40


def test_on_a_full_disk_an_alert_waits_and_the_file_stays_whole(feed, tmp_path):
    with small_disk(tmp_path / "disk", megabytes=4) as disk:
        feed.file = disk.folder / "otan.atom"
        feed.channel = replace(feed.channel, path=str(feed.file))
        feed.send(bundle())
        before = feed.file.read_bytes()
        disk.fill()
        result = feed.send(bundle(1))
        assert (result.status, result.error) == (DeliveryStatus.PENDING, f"{feed.file} cannot be written: No space left on device")
        assert feed.file.read_bytes() == before
        assert sorted(file.name for file in disk.folder.iterdir()) == ["ballast", "otan.atom"]
        disk.free()
        assert feed.send(bundle(1)).status is DeliveryStatus.SENT
        assert len(feed.entries()) == 2


def test_a_folder_in_the_place_of_the_file_is_told_and_waited_for(feed):
    feed.file.mkdir()
    result = feed.send(bundle())
    assert (result.status, result.error) == (
        DeliveryStatus.PENDING,
        f"{feed.file} holds something else: move it away, or give another path",
    )
    feed.file.rmdir()
    assert feed.send(bundle()).status is DeliveryStatus.SENT
