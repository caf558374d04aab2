"""A site that publishes as much as it is asked to, and what of it people must be told."""

from __future__ import annotations

import threading
from typing import Self

from tests.news_site import NewsSite, article, item, rss

URGENT = "attentat"
_EVENTS = (
    (
        "le port de Gand",
        "Le port flamand de Gand abrite des vedettes, des pilotes et deux grues rouges, dit le capitaine Peeters.",
    ),
    (
        "les radars de Tromsø",
        "Les radars de Tromsø guettent l’aurore, les morutiers et la banquise, note la météorologue Hansen.",
    ),
    (
        "les trains de Poznań",
        "Les trains de Poznań changent d’essieux, de traverses et de contrôleurs, assure Kowalski.",
    ),
)
"""What those on the topic tell of, in turn: the articles on one of them are one story."""
_SAID = ("annonce", "salue", "discute", "raconte", "résume")


class Press:
    """Articles that are numbered through, every second one on the topic, some of these urgent, in two feeds.

    The feed `/pages` links to article pages; `/texts` carries the full text. Each keeps all it ever listed, since what a feed drops
    while nobody watches can't be archived.
    """

    def __init__(self, site: NewsSite, seconds_between: float) -> None:
        self._site = site
        self._seconds_between = seconds_between
        self._items: dict[str, dict[int, str]] = {"/pages": {}, "/texts": {}}
        self._publishing = threading.Lock()
        self._closed = threading.Event()
        self._asked = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._publish_on)
        self.urls: dict[str, str] = {}
        """The title of every published article, by its URL."""
        self.on_topic: set[str] = set()
        """The titles of those that must alert."""
        self.edited: set[str] = set()
        """The titles before their edit of those that say otherwise now."""

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

    def edit(self, url: str) -> None:
        """Let the article at that address, which people were told of, say otherwise in its title."""
        number = int(url.rpartition("/")[2])
        self.edited.add(title_of(number))
        self._publish(number, title_of(number).replace("un accord", "aucun accord"))

    def _publish(self, number: int, edited: str | None = None) -> None:
        feed = ("/pages", "/texts")[number % 2]
        title = edited or title_of(number)
        text = [
            f"Alinéa {part} de la dépêche {number}, qui rend compte de ce que la rédaction a appris dans la journée." for part in range(9)
        ]
        if _speaks(number):
            text.insert(0, _event_of(number)[1])
            self.on_topic.add(title_of(number))
        url = self._site.page(f"/article/{number}", article(title, *text))
        body = "" if feed == "/pages" else "".join(f"&lt;p&gt;{paragraph}&lt;/p&gt;" for paragraph in text)
        with self._publishing:
            # Of no date: it counts as published when it is seen, by a clock that is the program's own.
            self._items[feed][number] = item(title, url, f"guid-{number}", published="", description=body)
            newest_first = [self._items[feed][one] for one in sorted(self._items[feed], reverse=True)]
            self._site.publish_feed(feed, rss(*newest_first), etag=f'"{len(newest_first)} {len(self.edited)}"')
        self.urls[url] = title


def title_of(number: int) -> str:
    """The title of an article as it is published."""
    if not _speaks(number):
        return f"Dépêche {number} : la fibre au village"
    urgent = f"un {URGENT}, et " if number // 2 % 6 == 4 else ""
    return f"Dépêche {number} : {urgent}un accord avec l’OTAN {_SAID[number % len(_SAID)]} {_event_of(number)[0]}"


def _event_of(number: int) -> tuple[str, str]:
    return _EVENTS[number // 4 % len(_EVENTS)]


def _speaks(number: int) -> bool:
    return number // 2 % 2 == 0
