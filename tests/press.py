"""A site that publishes as much as it is asked to, and what of it people must be told."""

from __future__ import annotations

import threading
from typing import Self

from tests.news_site import NewsSite, article, item, rss

URGENT = "attentat"


class Press:
    """Articles that are numbered through, every second one on the topic, some of these urgent, in two feeds.

    The feed `/pages` links to article pages; `/texts` carries the full text. Each keeps all it ever listed, since what a feed drops
    while nobody watches can't be archived.
    """

    def __init__(self, site: NewsSite, seconds_between: float) -> None:
        self._site = site
        self._seconds_between = seconds_between
        self._items: dict[str, list[str]] = {"/pages": [], "/texts": []}
        self._closed = threading.Event()
        self._asked = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._publish_on)
        self.urls: dict[str, str] = {}
        """The title of every published article, by its URL."""
        self.on_topic: set[str] = set()
        """The titles of those that must alert."""

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

    def _publish(self, number: int) -> None:
        feed = ("/pages", "/texts")[number % 2]
        title, speaks = title_of(number), _speaks(number)
        text = [
            f"Alinéa {part} de la dépêche {number}, qui rend compte de ce que la rédaction a appris dans la journée." for part in range(9)
        ]
        url = self._site.page(f"/article/{number}", article(title, *text))
        body = "" if feed == "/pages" else "".join(f"&lt;p&gt;{paragraph}&lt;/p&gt;" for paragraph in text)
        self._items[feed].insert(0, item(title, url, f"guid-{number}", description=body))
        self._site.publish_feed(feed, rss(*self._items[feed]), etag=f'"{number}"')
        self.urls[url] = title
        if speaks:
            self.on_topic.add(title)


def title_of(number: int) -> str:
    """The title of an article."""
    if not _speaks(number):
        return f"Dépêche {number} : la fibre au village"
    return f"Dépêche {number} : {f'un {URGENT}, et ' if number // 2 % 6 == 4 else ''}un accord avec l’OTAN"


def _speaks(number: int) -> bool:
    return number // 2 % 2 == 0
