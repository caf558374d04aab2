"""Takes the pictures of a mail that the documentation shows, in headless Chromium: `make pictures`.

The mail is the real one: what a template makes of an alert, in French.
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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitors import Presentation
from monitors.letter import make_letter
from monitors.templating import Templates
from news.alerts import Alert, AlertedArticle, AlertKind, Bundle, Hit, article_subject, make_alert_id, volume_subject
from news.surges import Surge, SurgeArticle, SurgeBar, make_surge_alert_id
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


LOOKS = {
    "mail-light": Look(360, 940),
    "mail-dark": Look(360, 940, ("--blink-settings=preferredColorScheme=0",)),
    "mail-forced-dark": Look(360, 940, ("--enable-features=WebContentsForceDark",)),
    "mail-wide": Look(760, 700),
}


SURGE_LOOKS = {
    "surge-light": Look(360, 600),
    "surge-dark": Look(360, 600, LOOKS["mail-dark"].options),
    "surge-forced-dark": Look(360, 600, LOOKS["mail-forced-dark"].options),
}


def make_surge_mail() -> str:
    """The HTML of a mail on a topic that is written about much more than usual."""
    hour = timedelta(hours=1)
    start = _SEEN.replace(minute=0, second=0)
    counts = [0, 0, 1, 0, 1, 2, 1, 1, 2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 4, 9, 6]
    latest = (
        SurgeArticle(_ARTICLE.title, _ARTICLE.url, _ARTICLE.source, _ARTICLE.published_at),
        SurgeArticle(
            "OpenAI et l’OTAN : ce que dit le contrat", "https://www.depeche.example/contrat", "La Dépêche du code", _SEEN - hour / 3
        ),
        SurgeArticle("Bruxelles s’étonne d’un contrat signé sans elle", "https://eco.example/bruxelles", "Éco du jour", _SEEN - hour),
    )
    surge = Surge(
        topic="OpenAI–OTAN",
        since=start - 2 * hour,
        until=_SEEN,
        articles=19,
        usual=2.6,
        bars=tuple(SurgeBar(start - (23 - n) * hour, count, (0.2, 0.9)[7 <= (n + 10) % 24 < 20]) for n, count in enumerate(counts)),
        latest=latest,
    )
    alert = Alert(make_surge_alert_id(surge, 1), surge.topic, AlertKind.SURGE, _SEEN, None, surge, (), volume_subject(surge.topic))
    bundle = Bundle("picture", "redaction", ("picture",), (alert,), 0, _SEEN)
    presentation = Presentation(make_language("fr", ZoneInfo("Europe/Paris")), _QUERIES, "/etc/quivive/config.toml")
    return Templates(presentation).render(make_letter(bundle, presentation)).html


def make_mail() -> str:
    """The HTML of a mail on an article that two topics matched."""
    alerts = tuple(
        Alert(make_alert_id(topic, _ARTICLE.url), topic, AlertKind.NEW, _SEEN, 41, _ARTICLE, hits, article_subject(1))
        for topic, hits in (("OpenAI–OTAN", _HITS[:2]), ("Marchés publics", _HITS[2:]))
    )
    bundle = Bundle("picture", "redaction", ("picture",), alerts, 0, _SEEN)
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
            "--force-device-scale-factor=1",
            f"--user-data-dir={folder}/profile",
            f"--window-size={look.width},{look.height}",
            f"--screenshot={picture}",
            *look.options,
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


Colour = tuple[int, int, int]


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
            photograph(browser, make_mail(), look, PICTURES / f"{name}.png")
    for name, look in SURGE_LOOKS.items():
        if not names or name in names:
            photograph(browser, make_surge_mail(), look, PICTURES / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
