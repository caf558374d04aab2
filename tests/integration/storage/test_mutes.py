"""What people mute, in an archive that is in use."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from news.alerts import DeliveryStatus
from news.muting import Mute, MuteKind
from news.plans import Policy
from news.schedules import parse_schedule
from news.topics import Topic
from storage import mute, retry_deliveries, unmute
from tests.desk import A, B, Desk, entry

SPACE = Topic("Espace", "fusée", ("hook",))
HOUR = timedelta(hours=1)
DAILY = Policy(when=parse_schedule("daily 08:00"))


def bring(desk: Desk, name: str, source: str = A) -> None:
    desk.poll(source, entry(f"La fusée {name}", f"{source}/{name}"))
    desk.archive.seal_messages("hook", Policy(), desk.now, 100).result()


def states(desk: Desk) -> dict[str, tuple[str, str | None]]:
    return {one["article_title"][-1]: (one["deliveries"][0]["status"], one["deliveries"][0]["reason"]) for one in desk.log()}


def test_a_muted_topic_is_told_nobody_and_listed_with_the_reason_until_it_is_unmuted(desk: Desk) -> None:
    desk.follow(SPACE)
    desk.watch(A)
    bring(desk, "1")
    mute(desk.path, Mute(MuteKind.TOPIC, "Espace", "Espace", desk.now))
    bring(desk, "2")
    assert unmute(desk.path, MuteKind.TOPIC, "Espace", desk.now + timedelta(seconds=1))
    bring(desk, "3")
    assert states(desk) == {"1": ("pending", None), "2": ("muted", "the topic Espace was muted"), "3": ("pending", None)}
    assert len(desk.archive.due_messages("hook", desk.now, 100, ())) == 2
    (muted,) = desk.log(status=DeliveryStatus.MUTED)
    assert (muted["deliveries"][0]["last_error"], muted["deliveries"][0]["next_attempt_at"]) == (None, None)
    assert desk.archive.report_status(desk.now).contents.deliveries.muted == 1


def test_a_mute_ends_by_itself(desk: Desk) -> None:
    desk.follow(SPACE)
    desk.watch(A)
    mute(desk.path, Mute(MuteKind.CHANNEL, "hook", "hook", desk.now, desk.now + timedelta(minutes=2)))
    assert [one.key for one in desk.archive.list_mutes(desk.now)] == ["hook"]
    bring(desk, "1")
    bring(desk, "2")
    bring(desk, "3")
    assert [status for status, _ in states(desk).values()] == ["pending", "pending", "muted"]
    assert desk.archive.list_mutes(desk.now) == []


def test_a_new_mute_takes_the_place_of_the_one_before(desk: Desk) -> None:
    desk.follow(SPACE)
    desk.watch(A)
    mute(desk.path, Mute(MuteKind.TOPIC, "Espace", "Espace", desk.now, desk.now + timedelta(days=9)))
    bring(desk, "1")
    mute(desk.path, Mute(MuteKind.TOPIC, "Espace", "Espace", desk.now, desk.now + timedelta(minutes=2)))
    bring(desk, "2")
    assert len(desk.archive.list_mutes(desk.now)) == 1
    desk.tick(desk.now + timedelta(minutes=5))
    bring(desk, "3")
    assert desk.archive.list_mutes(desk.now) == []
    assert [status for status, _ in sorted(states(desk).values())] == ["muted", "muted", "pending"]


def test_a_muted_source_silences_what_it_brought_and_nothing_else(desk: Desk) -> None:
    desk.follow(SPACE)
    desk.watch(A, B)
    mute(desk.path, Mute(MuteKind.SOURCE, A, "A", desk.now))
    bring(desk, "1", A)
    bring(desk, "2", B)
    assert states(desk) == {"1": ("muted", "the source A was muted"), "2": ("pending", None)}


def told_by(desk: Desk, *sources: str, digest: bool = False) -> tuple[str, str | None]:
    """What becomes of one article that each of these sources shows, one after the other."""
    for source in sources:
        desk.poll(source, entry("La fusée 1", "https://www.example.fr/1"))
        desk.archive.seal_messages("hook", DAILY if digest else Policy(), desk.now, 100).result()
    (state,) = states(desk).values()
    return state


@pytest.mark.parametrize("order", [(A, B), (B, A)])
def test_what_another_source_shows_too_is_told_whichever_comes_first(desk: Desk, order: tuple[str, str]) -> None:
    desk.follow(SPACE)
    desk.watch(A, B)
    mute(desk.path, Mute(MuteKind.SOURCE, A, "A", desk.now))
    assert told_by(desk, *order) == ("pending", None)
    assert len(desk.archive.due_messages("hook", desk.now, 100, ())) == 1


def test_what_only_muted_sources_show_is_told_nobody(desk: Desk) -> None:
    desk.follow(SPACE)
    desk.watch(A, B)
    for url in (A, B):
        mute(desk.path, Mute(MuteKind.SOURCE, url, url[-1], desk.now))
    assert told_by(desk, A, B)[0] == "muted"


def test_what_is_muted_for_another_reason_too_stays_so_when_another_source_shows_it(desk: Desk) -> None:
    desk.follow(SPACE)
    desk.watch(A, B)
    mute(desk.path, Mute(MuteKind.SOURCE, A, "A", desk.now))
    mute(desk.path, Mute(MuteKind.TOPIC, "Espace", "Espace", desk.now))
    assert told_by(desk, A, B) == ("muted", "the topic Espace was muted")


def test_a_first_look_at_another_source_that_is_told_nobody_tells_nothing(tmp_path: Path) -> None:
    with Desk(tmp_path / "archive.db", [SPACE]) as desk:
        desk.watch(A)
        desk.poll(A)
        mute(desk.path, Mute(MuteKind.SOURCE, A, "A", desk.now))
        assert told_by(desk, A)[0] == "muted"
        desk.watch_of([SPACE], silent_first_poll=True)
        desk.watch(B)
        assert told_by(desk, B)[0] == "muted"


def test_a_second_mute_takes_the_place_of_the_first(desk: Desk) -> None:
    for hours in (5, 1):
        mute(desk.path, Mute(MuteKind.TOPIC, "Espace", "Espace", desk.now, desk.now + hours * HOUR))
    (only,) = desk.archive.list_mutes(desk.now)
    assert only.until == desk.now + HOUR
    assert not unmute(desk.path, MuteKind.TOPIC, "Autre", desk.now)


def ask_for_what_is_muted(desk: Desk) -> None:
    """Have the one alert of a muted topic sent all the same."""
    desk.follow(SPACE)
    desk.watch(A)
    mute(desk.path, Mute(MuteKind.TOPIC, "Espace", "Espace", desk.now))
    bring(desk, "1")
    (alert,) = desk.log()
    assert retry_deliveries(desk.path, [alert["id"]], desk.now) == (1, [])


def test_what_was_muted_can_be_sent_all_the_same(desk: Desk) -> None:
    ask_for_what_is_muted(desk)
    desk.archive.seal_messages("hook", Policy(), desk.now, 100).result()
    assert states(desk) == {"1": ("pending", None)}
    assert len(desk.archive.due_messages("hook", desk.now, 100, ())) == 1


def test_what_was_muted_and_is_asked_for_while_its_channel_is_away_is_sent_once_that_is_back(desk: Desk) -> None:
    ask_for_what_is_muted(desk)
    desk.archive.hold_for_channel("hook", desk.now, 100).result()
    ((status, _),) = states(desk).values()
    assert (status, [one.channel for one in desk.archive.report_undelivered()]) == ("pending", ["hook"])
    assert desk.archive.due_channels(desk.now) == []
    desk.archive.sync_channels(["hook"], desk.now).result()
    desk.archive.seal_messages("hook", Policy(), desk.now, 100).result()
    assert states(desk) == {"1": ("pending", None)}
    assert len(desk.archive.due_messages("hook", desk.now, 100, ())) == 1
