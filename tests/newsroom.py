"""An archive as it is after weeks of watching: 182 sources with invented names, some of them in trouble; topics, alerts and deliveries in
every state; an article that was rewritten. Everything happens at fixed moments before `NOW`, so that what is shown of it never changes.

    home = make_newsroom(tmp_path)          # its configuration and archive
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.problems import make_http_problem, make_problem
from news.alerts import AttemptResult, DeliveryStatus, RecipientOutcome, RecipientStatus
from news.source_specs import ArticlesMode, SourceSpec
from news.sources import FeedEntry
from news.topics import Topic
from tests.desk import Desk, entry
from tests.processes import Home, email, quoted, topic, webhook

NOW = datetime(2026, 11, 26, 9, 42, tzinfo=UTC)
"""10:42 in Paris, a Thursday."""
STARTED = NOW - timedelta(days=20)

FIRST_POLLS = NOW - timedelta(days=15)
LIVELY, SILENT, GAPPY = 0, 90, 60
"""Sources with a rhythm, without any for a week, and with gaps, by their number."""
MOST_SHOWN = 10
"""Entries that the feed of the lively one holds."""
_PLACES = (
    *("Armor", "Bocage", "Causse", "Dune", "Estuaire", "Falaise", "Garrigue", "Haute-Rive", "Iroise", "Jonquière", "Landes", "Marais"),
    "Nivelle",
)
_KINDS = (
    "L’Écho numérique de {place}",
    "{place} Tech",
    "Le Courrier des réseaux — {place}",
    "{place} Cyber, la lettre quotidienne de la sécurité informatique",
    "Radio {place} : sciences et techniques",
    "{place}.example",
    "Gazette libre de {place}",
    "Le Monde des puces ({place})",
    "Données & Société {place}",
    "Bulletin du logiciel de {place}",
    "{place} Actu",
    "Observatoire européen des infrastructures numériques et des télécommunications, édition de {place}",
    "La {place}",
    "Silicium {place} 日本語版",
)
NAMES = tuple(kind.format(place=place) for place in _PLACES for kind in _KINDS)
"""182 names, of every length; one kind has signs that take two cells."""

TOPICS = (
    Topic("OpenAI–OTAN", '(openai OR "open ai") AND otan', ("redaction", "hook")),
    Topic("Réseaux de fibre optique en zone rurale", "fibre AND rural", ("redaction",)),
    Topic("Puces", "puce OR semi-conducteur", ("fil",)),
    Topic("Rien", "ornithorynque"),
)
_FIBRE = (
    "Le conseil départemental a voté mardi le plan de déploiement de la fibre optique en zone rurale. Il coûtera 41 millions d’euros.\n"
    "Les premières prises seront ouvertes au printemps, assure la vice-présidente chargée du numérique.\n"
    "L’opposition demande un calendrier plus précis et un bilan chaque trimestre."
)
_FIBRE_LATER = (
    _FIBRE.replace("41 millions", "47 millions").replace("au printemps", "à l’automne").replace(" et un bilan chaque trimestre", "")
)
_OTAN = (
    "OpenAI a signé mercredi un accord-cadre avec l’OTAN. Il porte sur l’analyse des images et la traduction. Ni la durée ni le prix n’en "
    "sont connus.\n"
    "Plusieurs députés demandent à en voir le texte avant la fin de l’année, et rappellent que les données des États membres ne peuvent "
    "quitter le continent."
)
LONG_URL = (
    "https://www.armor-tech.example/2026/11/26/openai-et-l-otan-signent-un-accord-cadre-sur-l-analyse-des-images-satellites"
    "-et-la-traduction-des-communications?edition=nationale"
)
TIMEOUT = make_problem("timeout", "30 s")
NOT_FOUND = make_http_problem(404)
FORBIDDEN = make_http_problem(403)


FAILING = ((3, FORBIDDEN, 4), (17, TIMEOUT, 2), (40, NOT_FOUND, 9))
NIGHT, OFFICE = (RecipientOutcome(f"{name}@example.org", RecipientStatus.HAS) for name in ("nuit", "redaction"))


def url_of(number: int) -> str:
    """The address of the feed of the source of that number."""
    return f"https://source-{number:03}.example/feed"


class _Newsroom(Desk):
    """A desk that remembers what has to be told."""

    def attempt(self, channel: str, at: datetime, status: DeliveryStatus, answer: str | None = None, **rest: object) -> None:
        """One attempt to send everything that is due for a channel."""
        self.seal(channel, at)
        for bundle in self.archive.due_messages(channel, at, 1000, frozenset()):
            again = at + timedelta(seconds=5) * 2**bundle.attempts if status is DeliveryStatus.PENDING else None
            recipients = rest.get("recipients", ())
            assert isinstance(recipients, tuple)
            result = AttemptResult(bundle.bundle_id, bundle.delivery_ids, at, status, again, answer, recipients)
            self.archive.record_attempts([result]).result()


def make_newsroom(folder: Path) -> Home:
    """A home with that archive and the configuration that made it."""
    home = Home(folder)
    home.configure(
        sources=[f"[[sources]]\nurl = {quoted(url_of(number))}\nname = {quoted(name)}\n" for number, name in enumerate(NAMES)],
        topics=[topic(one.name, one.query, one.notify) for one in TOPICS],
        channels=[
            email("redaction", "smtp://127.0.0.1:9", "redaction@example.org", "nuit@example.org"),
            webhook("hook", "http://127.0.0.1:9/hooks"),
            webhook("fil", "http://127.0.0.1:9/fil"),
        ],
        crawler='interval = "15m"\n',
    )
    with _Newsroom(home.archive, TOPICS, mail=["redaction"]) as desk:
        desk.specs = [_spec(number, name) for number, name in enumerate(NAMES)]
        desk.archive.sync(desk._watch, desk.specs, timedelta(minutes=15), STARTED).result()
        _watch_for_weeks(desk)
        _get_into_trouble(desk)
        _tell(desk)
    return home


def _spec(number: int, name: str) -> SourceSpec:
    return SourceSpec(url_of(number), name, ArticlesMode.FEED, tags=("tech", "presse") if number == LIVELY else ())


def _watch_for_weeks(desk: _Newsroom) -> None:
    """Every source but the last two is polled; one brings something every few hours, and one did so until a week ago."""
    polled = range(len(NAMES) - 2)
    for number in polled:
        desk.poll(url_of(number), _first(number), at=FIRST_POLLS + timedelta(seconds=number))
    shown = [_first(LIVELY)]
    for day in range(14, 0, -1):
        for hour, count in ((7, 1), (9, 3), (12, 2), (18, 1)):
            at = (NOW - timedelta(days=day)).replace(hour=hour, minute=10)
            shown = [*_several(day, hour, count, at), *shown][:MOST_SHOWN]
            desk.poll(url_of(LIVELY), *shown, at=at)
    for day in range(14, 6, -1):
        at = (NOW - timedelta(days=day)).replace(hour=8, minute=0)
        desk.poll(url_of(SILENT), _news(SILENT, day, at - timedelta(minutes=9)), _first(SILENT), at=at)
    for number in sorted({*polled} - {1, 2, GAPPY, *(place for place, _, _ in FAILING)}):
        said = shown if number == LIVELY else [_first(number)]
        desk.poll(url_of(number), *said, at=NOW - timedelta(minutes=14, seconds=number % 50))


def _first(number: int) -> FeedEntry:
    """What a source has shown since it was first polled."""
    return _news(number, 0, FIRST_POLLS - timedelta(minutes=20))


def _news(number: int, place: int, published: datetime) -> FeedEntry:
    text = f"La rédaction numéro {number} suit ce dossier depuis des mois et en rend compte ici, chiffres à l’appui."
    return entry(f"Dossier {number}-{place}", f"https://source-{number:03}.example/{place}", content=text, published_at=published)


def _several(day: int, hour: int, count: int, at: datetime) -> list[FeedEntry]:
    return [
        entry(
            f"Chronique du jour {day}, {hour} h, {place}",
            f"https://source-000.example/{day}/{hour}/{place}",
            content=f"Chronique {day} {hour} {place} : ce qui s’est dit, ce qui se dira.",
            published_at=at - timedelta(minutes=3 + place),
        )
        for place in range(count)
    ]


def _get_into_trouble(desk: _Newsroom) -> None:
    for number, problem, times in FAILING:
        for time in range(times):
            desk.fail_poll(url_of(number), problem, at=NOW - timedelta(hours=times - time, minutes=5))
    for time in range(3):
        strangers = [_news(GAPPY, 10 * (time + 1) + place, NOW - timedelta(hours=5 - time, minutes=30)) for place in range(4)]
        desk.poll(url_of(GAPPY), *strangers, at=NOW - timedelta(hours=5 - time))


def _tell(desk: _Newsroom) -> None:
    """Three alerts: one given up, one sent by the third attempt, and one that one channel has and the other not."""
    _tell_of_chips(desk, NOW - timedelta(hours=27))
    _tell_of_fibre(desk, NOW - timedelta(hours=20))
    _tell_of_otan(desk, NOW - timedelta(minutes=15, seconds=19))


def _tell_of_chips(desk: _Newsroom, at: datetime) -> None:
    text = "Le fabricant de semi-conducteurs ouvre une usine. Elle emploiera 300 personnes."
    chips = entry(
        "Une usine de puces de plus", "https://source-002.example/puces", content=text, published_at=at - timedelta(hours=3, minutes=20)
    )
    desk.poll(url_of(2), chips, _first(2), at=at)
    desk.attempt("fil", at + timedelta(seconds=1), DeliveryStatus.DEAD, "410 Gone: this hook was removed; take it out of the configuration")


def _tell_of_fibre(desk: _Newsroom, at: datetime) -> None:
    known: dict[str, Any] = {"link": "https://source-001.example/fibre", "guid": "fibre", "published_at": at - timedelta(minutes=12)}
    desk.poll(url_of(1), entry("La fibre arrive en zone rurale", content=_FIBRE, **known), _first(1), at=at)
    half = (NIGHT, RecipientOutcome("redaction@example.org", RecipientStatus.OWED, "451 greylisted"))
    desk.attempt("redaction", at, DeliveryStatus.PENDING, "451 4.7.1 greylisted, come back in a minute", recipients=half)
    desk.attempt("redaction", at + timedelta(seconds=5), DeliveryStatus.PENDING, "the server closed the connection")
    desk.attempt("redaction", at + timedelta(minutes=1), DeliveryStatus.SENT, recipients=(NIGHT, OFFICE))
    later = entry("La fibre arrivera à l’automne en zone rurale", content=_FIBRE_LATER, **known)
    desk.poll(url_of(1), later, _first(1), at=at + timedelta(hours=2))


def _tell_of_otan(desk: _Newsroom, at: datetime) -> None:
    told = entry(
        "OpenAI et l’OTAN signent un accord-cadre sur l’analyse des images satellites et la traduction des communications",
        LONG_URL,
        author="Anne Le Goff",
        content=_OTAN,
        published_at=at - timedelta(seconds=41),
    )
    desk.poll(url_of(1), told, _first(1), at=at)
    desk.poll(url_of(2), told, _first(2), at=at + timedelta(minutes=4))
    desk.attempt("redaction", at + timedelta(seconds=1), DeliveryStatus.SENT, recipients=(NIGHT, OFFICE))
    for time in range(3):
        busy = "503 Service Unavailable: Retry later, the database is being moved to another data centre"
        desk.attempt("hook", at + timedelta(seconds=1 + 40 * time), DeliveryStatus.PENDING, busy)
