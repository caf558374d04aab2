"""The picture of the README: `quivive poll` and `quivive search` on a terminal of 92 columns, drawn as SVG.

python -m bench.picture docs/pictures/poll.svg
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.news_site import NewsSite, article, item, rss
from tests.processes import Home, source, topic

COLUMNS = 92
PADDING = "La rédaction a suivi cette affaire pendant plusieurs semaines, et en rend compte ici. " * 6
ARTICLES = {
    "OpenAI ouvre un bureau à Bruxelles et promet ses modèles à l’OTAN": "L’entreprise a signé avec l’OTAN un contrat de trois ans.",
    "La CNIL publie son guide sur les assistants de code": "Le guide tient en douze fiches, à l’usage des équipes.",
}


def main() -> None:
    """Write the picture to the file that is named."""
    place = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="quivive-picture-") as folder, NewsSite() as site:
        home = Home(Path(folder))
        pages = (
            item(title, site.page(f"/{number}", article(title, f"{title}. {lead}", PADDING)), description=lead)
            for number, (title, lead) in enumerate(ARTICLES.items())
        )
        feed = site.publish_feed("/feed", rss(*pages))
        home.configure(
            sources=[source(feed, "Le Journal")],
            topics=[topic("OpenAI–OTAN", "@openai AND @otan")],
            more='[display]\nlanguage = "fr"\n',
        )
        commands = (["poll"], ["search", "contrat OTAN"])
        said = "".join(f"\x1b[1;32m$\x1b[0m quivive {_typed(command)}\n{_show(home, command)}\n" for command in commands)
    shown = said.replace(site.url("/"), "https://journal.example/")
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    console.print(Text.from_ansi(shown.rstrip()))
    place.parent.mkdir(parents=True, exist_ok=True)
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="quivive"), flags=re.DOTALL)  # they name another's server
    place.write_text(drawn, encoding="utf-8")


def _typed(command: list[str]) -> str:
    return " ".join(f"'{word}'" if " " in word else word for word in command)


def _show(home: Home, command: list[str]) -> str:
    """What a command prints on a terminal."""
    ours, theirs = pty.openpty()
    environ = home.environ(COLUMNS=str(COLUMNS), TERM="xterm-256color")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # the progress bar
        running = subprocess.Popen(
            [sys.executable, "-m", "quivive", *command], cwd=home.folder, env=environ, stdin=nowhere, stdout=theirs, stderr=nowhere
        )
    os.close(theirs)
    said = b""
    while piece := _read(ours):
        said += piece
    running.wait()
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says so when the other side has closed it
        return b""


if __name__ == "__main__":
    main()
