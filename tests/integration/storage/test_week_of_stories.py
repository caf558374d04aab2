"""A week of ten outlets that write on forty events, with copies, edits and a live blog: what of it a channel is told, and when."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from news.alerts import AttemptResult, DeliveryStatus
from news.follow_ups import Per
from news.plans import Policy
from news.topics import Revisions, Topic
from tests.desk import NOW, Desk, entry

OUTLETS = [f"https://journal{number}.example/feed" for number in range(10)]
TOPICS = (Topic("OTAN", "OTAN", ("hook",)), Topic("Fibre", "fibre", ("hook",)))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
_SYLLABLES = ("bar", "con", "dra", "fel", "gor", "lin", "mar", "nos", "pel", "rou", "sil", "tan", "vem", "zur")
_ASPECTS = (
    "les premiers faits",
    "ce que l’on sait",
    "le récit",
    "la nuit vue de près",
    "des réactions",
    "le point",
    "une enquête",
    "un bilan",
)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: words that nothing else has, and whether it concerns a topic."""

    number: int
    names: tuple[str, ...]
    subject: str

    @property
    def dispatch(self) -> list[str]:
        """What the agency says of it."""
        place, person, thing, firm, street = self.names
        return [
            f"{person}, de la société {firm}, a présenté {thing} à {place}, rue de {street}, où {self.subject} intéresse les élus.",
            f"À {place}, {thing} doit servir dès l’été, assure {person}, qui cite {firm} et ses trois ateliers de la rue de {street}.",
            f"Les voisins de la rue de {street} craignent que {thing} ne trouble {place}, mais {firm} leur promet des horaires stricts.",
            f"Le maire de {place} veut visiter {firm} avec {person} avant que {thing} ne quitte les ateliers de la rue de {street}.",
            f"Pour {person}, {thing} vaut mieux que tout ce que {firm} a vendu jusqu’ici à {place}, même pendant les années fastes.",
            f"Une fête attend {thing} dans la rue de {street}, dimanche, avec la fanfare de {place} et les apprentis de {firm}.",
        ]

    def tell(self, outlet: int) -> tuple[str, str]:
        """Title and text of what an outlet makes of it: the agency's words, or half of them after words of its own."""
        place, person, thing, firm, _ = self.names
        title = f"{place} : {thing} de {firm}, {_ASPECTS[outlet % len(_ASPECTS)]}"
        if outlet % 3 == 0:
            return title, " ".join([*self.dispatch, f"Journal numéro {outlet}."])
        own = f"Notre correspondant {outlet} a vu {person} à {place}."
        return title, " ".join([own, *self.dispatch[outlet % 2 :: 2], self.dispatch[0]])


def make_events(chance: random.Random) -> list[Event]:
    names = list({"".join(chance.choices(_SYLLABLES, k=3)).capitalize() for _ in range(400)})
    names.sort()
    subjects = ("l’OTAN", "la fibre", "le cadastre", "l’OTAN et la fibre")
    return [Event(number, tuple(names[5 * number : 5 * number + 5]), subjects[number % 4]) for number in range(40)]


@dataclass(frozen=True, slots=True, order=True)
class Publication:
    """An article as it is published, or edited."""

    at: datetime
    event: int
    outlet: int
    edition: int = 1


def plan_week(chance: random.Random, events: list[Event]) -> list[Publication]:
    """Each event is told by three to five outlets, within hours; some articles are edited, and one is a live blog."""
    week: list[Publication] = []
    for event in events:
        start = NOW + timedelta(minutes=chance.randrange(6 * 24 * 60))
        for place, outlet in enumerate(chance.sample(range(10), chance.randrange(3, 6))):
            at = start + timedelta(minutes=place * chance.randrange(2, 90))
            week.append(Publication(at, event.number, outlet))
            editions = 20 if event.number == 0 and place == 0 else 2 if chance.random() < 0.2 else 1
            week += [Publication(at + edition * 11 * MINUTE, event.number, outlet, edition) for edition in range(2, editions + 1)]
    heapq.heapify(week)
    return [heapq.heappop(week) for _ in range(len(week))]


class Week:
    """The week, played on a real archive; every message arrives as soon as it is sealed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._events = make_events(random.Random(5))
        self.messages: list[tuple[datetime, list[str]]] = []
        """When each was sealed, and its alerts."""

    def play(self) -> None:
        now = NOW
        for one in plan_week(random.Random(7), self._events):
            while now + HOUR / 2 < one.at:
                now += HOUR / 2
                self._look(now)
            now = max(now, one.at)
            self._publish(one, now)
            self._look(now)
        for _ in range(4):
            now += HOUR / 2
            self._look(now)

    def _publish(self, one: Publication, now: datetime) -> None:
        title, text = self._events[one.event].tell(one.outlet)
        if one.edition > 1:
            text += f" Mise à jour : {self._events[one.event].subject} sera voté par {one.edition} élus."
        url = OUTLETS[one.outlet].replace("feed", str(one.event))
        self._desk.poll(OUTLETS[one.outlet], entry(title, url, url, summary=text, published_at=one.at), at=now)

    def _look(self, now: datetime) -> None:
        archive = self._desk.archive
        while archive.has_due_corrections(now):
            archive.record_due_corrections(now).result()
        if "hook" not in archive.due_channels(now):
            return
        archive.seal_messages("hook", Policy(), now, 100).result()
        for bundle in archive.due_messages("hook", now, 100, frozenset()):
            self.messages.append((now, [alert.alert_id for alert in bundle.alerts]))
            archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, DeliveryStatus.SENT)]).result()

    def alerts(self) -> Iterator[tuple[str, str, str, int, datetime]]:
        """Id, topic, kind, story and time of each."""
        for row in self._desk.log():
            yield row["id"], row["topic"], row["kind"], row["story_id"], datetime.fromisoformat(row["created_at"])

    def events_of_stories(self) -> dict[int, set[int]]:
        """Which events the articles of each story are on."""
        found = defaultdict(set)
        for story, url in self._desk.rows("SELECT story_id, url FROM story_articles JOIN articles ON articles.id = article_id"):
            found[story].add(int(url.rpartition("/")[2]))
        return dict(found)


def test_a_week_is_one_alert_a_story_and_topic_and_every_other_article_is_in_exactly_one_follow_up(tmp_path: Path) -> None:
    names = [topic.name for topic in TOPICS]
    with Desk(tmp_path / "archive.db", TOPICS) as desk:
        desk.follow(*TOPICS, per_of_topic=dict.fromkeys(names, Per.STORY), revisions_of_topic=dict.fromkeys(names, Revisions.MATCHES))
        desk.watch(*OUTLETS)
        week = Week(desk)
        week.play()
        alerts = list(week.alerts())
        matches = desk.rows("SELECT count(*) FROM (SELECT DISTINCT article_id, topic FROM matches)")
        events = week.events_of_stories()
    times = Counter(alert_id for _, ids in week.messages for alert_id in ids)
    assert times == dict.fromkeys([alert_id for alert_id, *_ in alerts], 1)
    kinds = Counter(kind for _, _, kind, _, _ in alerts)
    assert kinds["new"] + kinds["follow_up"] == matches[0][0]
    firsts = Counter((story, topic) for _, topic, kind, story, _ in alerts if kind == "new")
    assert set(firsts.values()) == {1}
    assert {(story, topic) for _, topic, kind, story, _ in alerts if kind == "follow_up"} <= set(firsts)
    assert {len(of) for of in events.values()} == {1}
    assert len(events) <= 42  # an event may be told as two, and each of them is told at once
    told_at = {alert_id: at for at, ids in week.messages for alert_id in ids}
    late = [told_at[alert_id] - made_at for alert_id, _, kind, _, made_at in alerts if kind != "corrected"]
    assert max(late) <= HOUR + HOUR / 2  # it is looked at each half hour
    assert kinds["corrected"]
