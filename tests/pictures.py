"""Takes the pictures of mails that the documentation shows, in headless Chromium: `make pictures`.

The mails are the real ones: what the templates make of alerts, in French.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitors import Presentation
from monitors.letter import make_letter
from monitors.templating import Templates
from news.alerts import (
    Alert,
    AlertedArticle,
    AlertKind,
    Bundle,
    Change,
    Difference,
    DifferenceKind,
    EscalatedFrom,
    EscalationCause,
    Followed,
    Roll,
    RollKind,
    article_subject,
    make_alert_id,
    source_subject,
    volume_subject,
)
from news.fingerprints import derived_id
from news.health_news import HealthEvent, HealthNews
from news.matches import Hit
from news.surges import Surge, SurgeArticle, SurgeBar
from quivive.languages import make_language

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

_SEEN = datetime(2026, 11, 26, 9, 28, 41, tzinfo=UTC)
_ARTICLE = AlertedArticle(
    article_id=1,
    url="https://www.la-gazette.example/2026/11/otan-openai-contrat",
    title="L’OTAN confie à OpenAI la traduction de ses dépêches",
    source="La Gazette du numérique",
    author="Camille Roussel",
    language="fr",
    published_at=_SEEN - timedelta(seconds=41),
    first_seen_at=_SEEN,
    excerpt="Le contrat, signé mercredi à Bruxelles, court sur trois ans. Ses conditions n’ont pas été publiées.",
)
_HITS = (
    Hit("@otan", "OTAN", "title", "L’[OTAN] confie à OpenAI la traduction de ses dépêches"),
    Hit("@openai", "OpenAI", "text", "… les serveurs d’[OpenAI] resteront hors du réseau de l’Alliance, assure le secrétariat général …"),
    Hit("contrat", "contrat", "text", "Le [contrat], signé mercredi à Bruxelles, court sur trois ans."),
)
_QUERIES = {"OpenAI–OTAN": "@openai AND @otan", "Marchés publics": "contrat NEAR/12 (ministère OU alliance OU Bruxelles)"}


@dataclass(frozen=True)
class Look:
    """How a mail is looked at: pixels, and what the browser is told of colours."""

    width: int
    height: int
    options: tuple[str, ...] = ()


_DARK = ("--blink-settings=preferredColorScheme=0",)
_FORCED_DARK = ("--enable-features=WebContentsForceDark",)
LOOKS = {
    "mail-light": Look(360, 940),
    "mail-dark": Look(360, 940, _DARK),
    "mail-forced-dark": Look(360, 940, _FORCED_DARK),
    "mail-wide": Look(760, 700),
    "digest-light": Look(360, 1060),
    "digest-dark": Look(360, 1060, _DARK),
    "digest-wide": Look(760, 680),
    "escalated-light": Look(360, 990),
    "escalated-dark": Look(360, 990, _DARK),
    "escalated-wide": Look(760, 720),
    "followup-light": Look(360, 1000),
    "followup-dark": Look(360, 1000, _DARK),
    "followup-wide": Look(760, 680),
    "corrected-light": Look(360, 900),
    "corrected-dark": Look(360, 900, _DARK),
    "corrected-wide": Look(760, 630),
    "health-light": Look(360, 560),
    "health-dark": Look(360, 560, _DARK),
    "surge-light": Look(360, 830),
    "surge-dark": Look(360, 830, _DARK),
    "surge-forced-dark": Look(360, 830, _FORCED_DARK),
    "surge-wide": Look(760, 560),
}
"""By their names, which begin with that of the mail."""


def make_mail() -> str:
    """The HTML of a mail on an article that two topics matched."""
    return _written(*_alerts_on_one())


def _alerts_on_one() -> tuple[Alert, ...]:
    return (
        _alert_on(_ARTICLE, "OpenAI–OTAN", AlertKind.NEW, _SEEN, *_HITS[:2]),
        _alert_on(_ARTICLE, "Marchés publics", AlertKind.NEW, _SEEN, *_HITS[2:]),
    )


def _alert_on(article: AlertedArticle, topic: str, kind: AlertKind, at: datetime, *hits: Hit) -> Alert:
    return Alert(make_alert_id(topic, article.url), topic, kind, at, 41, article, hits, article_subject(article.article_id))


def make_escalated_mail() -> str:
    """The HTML of the same to those on call, since nobody acknowledged what the first channel was told."""
    alerts = _alerts_on_one()
    return _written(
        *alerts,
        channel="astreinte",
        escalated=tuple(EscalatedFrom(one.alert_id, "redaction", EscalationCause.UNACKNOWLEDGED) for one in alerts),
    )


def make_follow_up_mail() -> str:
    """The HTML of a mail on what two more sources say of a story, of which one contradicts."""
    told = (
        ("OTAN : le traducteur d’OpenAI traitera aussi des documents classifiés", "Le Quotidien", _HITS[0]),
        ("OpenAI et l’Alliance : un contrat de trois ans, et des questions", "Le Fil public", _HITS[1]),
    )
    alerts = []
    for number, (title, source, hit) in enumerate(told):
        at = _SEEN + timedelta(minutes=20 + 15 * number)
        article = replace(_make_article(number, title), source=source, published_at=at, first_seen_at=at)
        alerts.append(replace(_alert_on(article, "OpenAI–OTAN", AlertKind.FOLLOW_UP, at, hit), story_id=1))
    contradicting = Difference(
        passage="Le système traitera aussi des documents classifiés, selon deux sources au siège de l’Alliance.",
        other_passage="Le système ne traitera pas de documents classifiés, assure le secrétariat général.",
        other_source=_ARTICLE.source,
        other_id=1,
        kind=DifferenceKind.NEGATION,
        why="classifi",
    )
    alerts[0] = replace(alerts[0], differences=(contradicting,))
    story = Followed(1, _ARTICLE.title, make_alert_id("OpenAI–OTAN", _ARTICLE.url), _ARTICLE.url)
    return _written(*alerts, roll=Roll(RollKind.FOLLOW_UP, _SEEN + timedelta(hours=1), _SEEN + timedelta(hours=1), story))


def _make_article(number: int, title: str) -> AlertedArticle:
    """Another article than that of the first mail, from the same source."""
    return replace(_ARTICLE, article_id=number + 2, title=title, url=f"{_ARTICLE.url}-{number}")


def make_corrected_mail() -> str:
    """The HTML of a digest that holds what was corrected, in the text of one article and in the title of another."""
    in_text = Change(
        "text",
        "Le système traitera tous les documents de l’Alliance, sur ses propres serveurs.",
        "Le système traitera les documents non classifiés de l’Alliance, sur ses propres serveurs.",
    )
    in_title = Change("title", "Un contrat de trois ans, sans appel d’offres", "Un contrat de deux ans, sans appel d’offres")
    told = (
        ("OpenAI–OTAN", _ARTICLE.title, AlertKind.CORRECTED, (in_text,)),
        ("OpenAI–OTAN", "À Bruxelles, l’intelligence artificielle entre au secrétariat", AlertKind.NEW, ()),
        ("Marchés publics", "Un contrat de deux ans, sans appel d’offres", AlertKind.CORRECTED, (in_title,)),
    )
    alerts = []
    for number, (topic, title, kind, changes) in enumerate(told):
        alert = _alert_on(_make_article(number, title), topic, kind, _SEEN + timedelta(minutes=70), _HITS[0])
        alerts.append(replace(alert, changes=changes))
    return _written(*alerts, roll=Roll(RollKind.DIGEST, _SEEN + timedelta(minutes=92), _SEEN + timedelta(minutes=92)))


def make_digest_mail() -> str:
    """The HTML of a digest on two topics, late."""
    told = (
        ("OpenAI–OTAN", _ARTICLE.title, _ARTICLE.source, _HITS[0]),
        ("OpenAI–OTAN", "À Bruxelles, l’intelligence artificielle entre au secrétariat", "Le Quotidien", _HITS[1]),
        ("Marchés publics", "Un contrat de trois ans, sans appel d’offres", "Le Fil public", _HITS[2]),
        ("Marchés publics", "Le ministère publie la liste de ses contrats", "La Gazette du numérique", _HITS[2]),
    )
    alerts = [
        _alert_on(replace(_make_article(number, title), source=source), topic, AlertKind.NEW, _SEEN, hit)
        for number, (topic, title, source, hit) in enumerate(told)
    ]
    return _written(*alerts, roll=Roll(RollKind.DIGEST, _SEEN, _SEEN + timedelta(hours=2)))


def make_health_mail() -> str:
    """The HTML of a mail on two operational alerts."""
    failing = HealthNews(
        HealthEvent.STATE, "La Gazette du numérique", "failing", "ok", "https://www.la-gazette.example/feed", _SEEN - timedelta(minutes=45),
        code="http_503", message="The site is overloaded or under maintenance (503 Service Unavailable): nothing if it passes.",
    )  # fmt: skip
    well = replace(
        failing,
        name="Le Fil public",
        after="ok",
        before="failing",
        url="https://fil-public.example/feed",
        until=_SEEN,
        code=None,
        message="",
    )
    return _written(
        *(
            Alert(derived_id(news.name), "", AlertKind.HEALTH, _SEEN, None, news, (), source_subject(news.url or ""))
            for news in (failing, well)
        )
    )


def make_surge_mail() -> str:
    """The HTML of a mail on a topic of which much more is written than usual."""
    counts = [0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 3, 7, 12]
    start = _SEEN.replace(minute=0, second=0)
    bars = tuple(SurgeBar(start - timedelta(hours=23 - hour), count, 0.6) for hour, count in enumerate(counts))
    titles = (
        _ARTICLE.title,
        "À Bruxelles, l’intelligence artificielle entre au secrétariat",
        "Ce que change le contrat entre OpenAI et l’Alliance",
    )
    latest = tuple(SurgeArticle(title, f"{_ARTICLE.url}-{number}", _ARTICLE.source, _SEEN) for number, title in enumerate(titles))
    surge = Surge("OpenAI–OTAN", start - timedelta(hours=2), _SEEN, 22, 1.8, bars, latest)
    return _written(Alert(derived_id(surge.topic), surge.topic, AlertKind.SURGE, _SEEN, None, surge, (), volume_subject(surge.topic)))


MAILS = {
    "mail": make_mail,
    "digest": make_digest_mail,
    "escalated": make_escalated_mail,
    "followup": make_follow_up_mail,
    "corrected": make_corrected_mail,
    "health": make_health_mail,
    "surge": make_surge_mail,
}


def _written(*alerts: Alert, roll: Roll | None = None, escalated: tuple[EscalatedFrom, ...] = (), channel: str = "redaction") -> str:
    bundle = Bundle("picture", channel, ("picture",), alerts, 0, _SEEN, roll=roll, escalated=escalated)
    presentation = Presentation(make_language("fr", ZoneInfo("Europe/Paris")), _QUERIES, "/etc/quivive/config.toml")
    return Templates(presentation).render(make_letter(bundle, presentation)).html


def find_browser() -> str | None:
    """The first Chromium on the PATH."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def photograph(browser: str, html: str, look: Look, picture: Path) -> None:
    """Write a PNG of the page as it looks. Headless Chromium makes no window narrower than 500 pixels: the page lies in a frame."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "mail.html"
        page.write_text(html, encoding="utf-8")
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",  # as root in a container; the page is our own
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-lcd-text",  # letters with coloured edges make a picture half as large again
            "--force-device-scale-factor=1",
            f"--user-data-dir={folder}/profile",
            f"--window-size={look.width},{look.height}",
            f"--screenshot={picture}",
            *look.options,
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


Colour = tuple[int, int, int]


def read_size(picture: Path) -> tuple[int, int]:
    """The width and the height of a PNG."""
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def read_png(picture: Path) -> tuple[int, list[list[Colour]]]:
    """The width and the rows of colours of a PNG as Chromium writes it: 8 bits, RGB or RGBA, not interlaced (PNG, third edition)."""
    content, position, data = picture.read_bytes(), 8, b""
    width = height = channels = 0
    while position < len(content):
        length, kind = struct.unpack(">I4s", content[position : position + 8])
        body = content[position + 8 : position + 8 + length]
        if kind == b"IHDR":
            width, height, _, colour_type = struct.unpack(">IIBB", body[:10])
            channels = {2: 3, 6: 4}[colour_type]
        data += body if kind == b"IDAT" else b""
        position += length + 12
    return width, _rows(zlib.decompress(data), width, height, channels)


def _rows(data: bytes, width: int, height: int, channels: int) -> list[list[Colour]]:
    size = width * channels
    above = bytearray(size)
    rows = []
    for row in range(height):
        start = row * (size + 1)
        line = bytearray(data[start + 1 : start + 1 + size])
        _unfilter(data[start], line, above, channels)
        rows.append([(line[x], line[x + 1], line[x + 2]) for x in range(0, size, channels)])
        above = line
    return rows


def _unfilter(kind: int, line: bytearray, above: bytearray, channels: int) -> None:
    for place in range(len(line)):
        left = line[place - channels] if place >= channels else 0
        corner = above[place - channels] if place >= channels else 0
        guess = (0, left, above[place], (left + above[place]) // 2, _paeth(left, above[place], corner))[kind]
        line[place] = (line[place] + guess) & 0xFF


def _paeth(left: int, above: int, corner: int) -> int:
    distance = left + above - corner
    return min((left, above, corner), key=lambda value: abs(distance - value))


def contrast_in(picture: Path) -> float:
    """The contrast between the commonest colour of a picture and the one farthest from it (WCAG 2.2)."""
    _, rows = read_png(picture)
    colours = Counter(colour for row in rows for colour in row)
    behind = _luminance(colours.most_common(1)[0][0])
    return max((max(behind, one) + 0.05) / (min(behind, one) + 0.05) for one in map(_luminance, colours))


def _luminance(colour: Colour) -> float:
    parts = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def main(names: Sequence[str]) -> None:
    """Take them all, or those that are named."""
    browser = find_browser()
    if browser is None:
        sys.exit(f"no Chromium on the PATH ({', '.join(BROWSERS)}); on Debian and Ubuntu: apt install chromium")
    PICTURES.mkdir(exist_ok=True)
    for name, look in LOOKS.items():
        if not names or name in names:
            photograph(browser, MAILS[name.partition("-")[0]](), look, PICTURES / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
