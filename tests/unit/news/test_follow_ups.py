"""What follows in a story: how often it is told, and the law that a story costs an article at most its time, never the article."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.alerts import Difference, DifferenceKind, RollKind, article_subject, contradicts
from news.delivering import plan_messages
from news.follow_ups import DEFAULT_FOLLOW_UP, FollowUp, NotTold, StoriesTold, Told, Wait, parse_follow_up
from news.plans import HoldKind, Policy, Together, WaitingDelivery
from news.schedules import Schedule, parse_quiet, parse_schedule

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STORY = (1, "OTAN")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1h", DEFAULT_FOLLOW_UP),
        (" 90m ", FollowUp("90m", 90 * MINUTE)),
        ("7d", FollowUp("7d", 7 * DAY)),
        ("now", FollowUp("now", timedelta())),
        ("off", FollowUp("off", is_off=True)),
        ("daily 08:00", FollowUp("daily 08:00", when=Schedule("daily 08:00", "0 8 * * *"))),
    ],
)
def test_how_often_is_written_as_a_duration_as_moments_or_as_a_word(text: str, expected: FollowUp) -> None:
    assert parse_follow_up(text) == expected


@pytest.mark.parametrize("text", ["0s", "8d", "sometimes", "", "1", "now and then"])
def test_anything_else_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_follow_up(text)


def judge(alerted_at: datetime, now: datetime, *sealed: datetime, wanted: str = "1h", arrived: bool = True) -> Wait | NotTold | None:
    stories = StoriesTold({STORY: Told(sealed, arrived)}, {"OTAN": parse_follow_up(wanted)})
    return stories.judge(STORY, alerted_at, now, ZoneInfo("Europe/Paris"))


def test_the_hour_begins_with_the_last_message_before_the_alert_and_nothing_told_since_makes_it_longer() -> None:
    told = (NOW - 3 * HOUR, NOW - 10 * MINUTE, NOW + 5 * MINUTE)
    assert judge(NOW, NOW, *told) == Wait(NOW + 50 * MINUTE)
    assert judge(NOW, NOW + 50 * MINUTE, *told) is None
    assert judge(NOW - 10 * MINUTE, NOW, *told) == Wait(NOW + 50 * MINUTE)  # made when it was sealed


def test_without_a_message_before_the_alert_the_first_one_counts() -> None:
    assert judge(NOW, NOW + HOUR, NOW + 30 * MINUTE, NOW + 70 * MINUTE) == Wait(NOW + 90 * MINUTE)


def test_what_comes_after_the_hour_is_told_at_once() -> None:
    assert judge(NOW, NOW, NOW - HOUR) is None


def test_moments_are_meant_on_the_clock_of_the_reader() -> None:
    assert judge(NOW, NOW, NOW, wanted="daily 08:00") == Wait(datetime(2026, 3, 5, 7, 0, tzinfo=UTC))
    assert judge(NOW, datetime(2026, 3, 5, 7, 0, tzinfo=UTC), NOW, wanted="daily 08:00") is None


def test_off_is_told_nobody_once_something_has_arrived() -> None:
    assert judge(NOW, NOW, NOW, wanted="off") is NotTold.OFF
    assert judge(NOW, NOW, NOW, wanted="off", arrived=False) == Wait(NOW + HOUR, joins=False)


def test_now_is_at_once() -> None:
    assert judge(NOW, NOW, NOW, wanted="now") is None


def test_a_topic_that_is_gone_has_follow_ups_as_by_default() -> None:
    assert StoriesTold({STORY: Told((NOW,), has_arrived=True)}).judge(STORY, NOW, NOW) == Wait(NOW + HOUR)


# ---- The law

POLICIES = (
    Policy(),
    Policy(Together.SUBJECT),
    Policy(when=parse_schedule("daily 08:00")),
    Policy(quiet=parse_quiet("22:00-07:00")),
    Policy(most_per_hour=1),
    Policy(Together.SUBJECT, parse_schedule("hourly"), parse_quiet("12:00-13:00"), 2),
)
WANTED = ("1h", "now", "daily 08:00", "30m")


@dataclass(slots=True)
class Article:
    """An article that matches topics: when, in which story, and whether as what follows there."""

    number: int
    at: datetime
    story: int
    alerts: dict[str, tuple[str, bool, bool]] = field(default_factory=dict)
    """By topic: the delivery, whether it is a follow-up, whether it is urgent."""


class Office:
    """A channel, the stories, and all that was sealed; what the archive would do, in lists."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.now = NOW
        self.wanted = dict.fromkeys(("OTAN", "Espace"), DEFAULT_FOLLOW_UP)
        self.articles: list[Article] = []
        self.waiting: dict[str, WaitingDelivery] = {}
        self.sealed: list[tuple[datetime, tuple[str, ...], bool]] = []
        """When, which deliveries, and whether it was given up."""

    def publish(self, story: int, topics: tuple[str, ...], *, urgent: bool) -> None:
        article = Article(len(self.articles) + 1, self.now, story)
        for topic in topics:
            follows = any(other.story == story and topic in other.alerts for other in self.articles)
            article.alerts[topic] = (f"{topic} {article.number}", follows, urgent)
            name = article.alerts[topic][0]
            subject = article_subject(article.number)
            self.waiting[name] = WaitingDelivery(name, subject, self.now, self.now, self.now + 3 * DAY, topic=topic, urgent=urgent)
        self.articles.append(article)

    def join(self, one: int, other: int) -> None:
        for article in self.articles:
            if article.story == other:
                article.story = one

    def give_up(self, which: int) -> None:
        if self.sealed:
            at, ids, _ = self.sealed[which % len(self.sealed)]
            self.sealed[which % len(self.sealed)] = (at, ids, True)

    def look(self) -> None:
        due = [one for one in self._with_stories() if one.due_at <= self.now or one.held is HoldKind.FOLLOW_UP]
        if not any(one.due_at <= self.now for one in due):
            return
        stories = {one.story_id for one in due if one.due_at <= self.now and one.is_follow_up}
        due = [one for one in due if one.due_at <= self.now or one.story_id in stories]
        lately = [at for at, *_ in self.sealed if at > self.now - HOUR]
        plan = plan_messages("hook", due, self.policy, self.now, told_lately=lately)
        assert not plan.given_up
        assert not plan.muted
        for message in plan.messages:
            self.sealed.append((self.now, message.delivery_ids, False))
            for name in message.delivery_ids:
                del self.waiting[name]
            if message.roll is not None and message.roll.kind is RollKind.FOLLOW_UP:
                assert message.follows is not None
        for name, hold in plan.held:
            assert hold.until > self.now
            self.waiting[name] = replace(self.waiting[name], due_at=hold.until, held=hold.kind)

    def _with_stories(self) -> list[WaitingDelivery]:
        story_of = {name: article.story for article in self.articles for name, *_ in article.alerts.values()}
        follows = {name: is_follow_up for article in self.articles for name, is_follow_up, _ in article.alerts.values()}
        topic_of = {name: topic for article in self.articles for topic, (name, *_) in article.alerts.items()}
        told: dict[tuple[int, str], list[datetime]] = {}
        for at, ids, is_dead in self.sealed:
            for name in () if is_dead else ids:
                told.setdefault((story_of[name], topic_of[name]), []).append(at)
        return [
            replace(
                one,
                story_id=story_of[one.delivery_id],
                is_follow_up=follows[one.delivery_id],
                told=Told(tuple(sealed), has_arrived=True) if (sealed := told.get((story_of[one.delivery_id], one.topic))) else None,
                follow_up=self.wanted[one.topic],
            )
            for one in self.waiting.values()
        ]


STEPS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 4), st.sampled_from([("OTAN",), ("Espace",), ("OTAN", "Espace")]), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, DAY])),
    st.tuples(st.just("join"), st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.just("give up"), st.integers(0, 20)),
    st.tuples(st.just("want"), st.sampled_from(["OTAN", "Espace"]), st.sampled_from(WANTED)),
    st.tuples(st.just("policy"), st.sampled_from(POLICIES)),
    st.tuples(st.just("look")),
)


def carry_out(office: Office, step: tuple[object, ...]) -> None:
    match step:
        case ("publish", int(story), tuple(topics), bool(is_urgent)):
            office.publish(story, topics, urgent=is_urgent)
        case ("wait", timedelta() as span):
            office.now += span
        case ("join", int(one), int(other)):
            office.join(one, other)
        case ("give up", int(which)):
            office.give_up(which)
        case ("want", str(topic), str(text)):
            office.wanted[topic] = parse_follow_up(text)
        case ("policy", Policy() as policy):
            office.policy = policy
        case _:
            office.look()


@settings(max_examples=150)
@given(st.sampled_from(POLICIES), st.lists(STEPS, max_size=30))
def test_every_article_that_matches_is_in_exactly_one_message_whatever_happens(policy: Policy, steps: list[tuple[object, ...]]) -> None:
    office = Office(policy)
    for step in steps:
        carry_out(office, step)
        if step[0] != "look":
            office.look()
    office.policy = replace(office.policy, most_per_hour=None)
    for _ in range(40):  # nothing waits longer than two days for a digest, a night, or what was told last
        office.now += 67 * MINUTE
        office.look()
    sealed = [name for _, ids, _ in office.sealed for name in ids]
    assert sorted(sealed) == sorted(name for article in office.articles for name, *_ in article.alerts.values())


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from([MINUTE, 10 * MINUTE, 40 * MINUTE]), st.integers(1, 2)), max_size=40))
def test_a_story_is_told_at_most_once_an_hour_and_each_article_within_one(steps: list[tuple[timedelta, int]]) -> None:
    office = Office(Policy())
    for span, story in steps:
        for _ in range(span // MINUTE):
            office.now += MINUTE
            office.look()
        office.publish(story, ("OTAN",), urgent=False)
        office.look()
    for _ in range(60):
        office.now += MINUTE
        office.look()
    told = {name: at for at, ids, _ in office.sealed for name in ids}
    for article in office.articles:
        assert timedelta() <= told[f"OTAN {article.number}"] - article.at <= HOUR
    for story in (1, 2):
        own = {f"OTAN {article.number}" for article in office.articles if article.story == story}
        moments = [at for at, ids, _ in office.sealed if own.intersection(ids)]
        assert all(later - earlier >= HOUR for earlier, later in pairwise(moments))


def test_what_a_clock_that_was_ahead_has_made_or_told_keeps_no_follow_up_waiting() -> None:
    ahead = NOW + 365 * DAY
    assert judge(NOW, NOW, ahead) is None
    assert judge(ahead, NOW, NOW, wanted="daily 08:00") is None
    assert judge(ahead, NOW, NOW, wanted="off") is NotTold.OFF


def difference(kind: DifferenceKind) -> Difference:
    return Difference("de l’un", "de l’autre", "Le Journal", 1, kind, "pourquoi")


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), False),
        ((DifferenceKind.DATE, DifferenceKind.NAME), False),
        ((DifferenceKind.NEGATION,), True),
        ((DifferenceKind.DATE, DifferenceKind.NUMBER), True),
    ],
)
def test_what_denies_or_counts_otherwise_contradicts(kinds: tuple[DifferenceKind, ...], expected: bool) -> None:
    assert contradicts(map(difference, kinds)) is expected


def follow_up(name: str, told: Told, **rest: object) -> WaitingDelivery:
    return WaitingDelivery(  # type: ignore[arg-type]  # what a test adds is written out
        name, article_subject(int(name)), NOW, NOW, NOW + DAY, topic="OTAN", story_id=1, is_follow_up=True, told=told, **rest
    )


@pytest.mark.parametrize(
    ("wanted", "policy", "expected"),
    [
        ("1h", Policy(), "told"),
        ("daily 08:00", Policy(), "told"),
        ("off", Policy(), "muted"),
        ("1h", Policy(quiet=parse_quiet("00:00-23:59")), "held"),
    ],
)
def test_what_contradicts_is_told_at_once_with_what_waits_of_its_story_but_heeds_the_channel(
    wanted: str, policy: Policy, expected: str
) -> None:
    told = Told((NOW - MINUTE,), has_arrived=True)
    waiting = [follow_up(name, told, contradicts=name == "2", follow_up=parse_follow_up(wanted)) for name in ("1", "2")]
    plan = plan_messages("hook", waiting, policy, NOW)
    fates = {"told": [sorted(one.delivery_ids) for one in plan.messages], "muted": [one for one, _ in plan.muted]}
    held = [one for one, _ in plan.held]
    assert {"told": fates["told"] == [["1", "2"]], "muted": fates["muted"] == ["1", "2"], "held": held == ["1", "2"]}[expected]
    assert plan_messages("hook", [follow_up("1", told)], Policy(), NOW).messages == ()
