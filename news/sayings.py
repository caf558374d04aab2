"""What sources say of articles beside their texts: which of it is a version of its own, and when it becomes one. Pure.

What the text of an article holds is found by that text. When the article is revised, and its new text no longer holds what a source
still says, that becomes a version: its words are found as long as a source says them. They were matched with the text before, and are
not matched again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from news.articles import Origin
from news.fingerprints import normalise_text
from news.judging import Version, make_version
from news.sources import FeedEntry


@dataclass(frozen=True, slots=True)
class Saying:
    """What an entry says of its article, where that added nothing to the article's text when it was settled."""

    article_id: int
    entry_id: int
    source_id: int
    says_hash: str
    words: Version | FeedEntry
    """As they were settled in this body; or the entry on record, of which a version is made where it is needed."""

    @property
    def version(self) -> Version:
        """What is said, as a version."""
        return self.words if isinstance(self.words, Version) else make_version(self.words, None)


@dataclass(frozen=True, slots=True)
class StillSaid:
    """A version to be stored, of an article that was revised: what its text held before, and the entries with this hash still say."""

    article_id: int
    source_id: int
    says_hash: str
    revision_id: int
    number: int
    version: Version


@dataclass(frozen=True, slots=True)
class SaidAlready:
    """A version that is stored anyway holds what the entries with this hash still say of an article that was revised."""

    article_id: int
    says_hash: str
    revision_id: int


class Sayings:
    """What entries say that only the texts of their articles hold, as one body changes it."""

    def __init__(self, on_record: Iterable[Saying]) -> None:
        self._of_entry = {one.entry_id: one for one in on_record}
        self._revised: dict[int, Version] = {}

    def hear(self, saying: Saying) -> None:
        """The entry says this now, and nothing else any more."""
        self._of_entry[saying.entry_id] = saying

    def forget(self, entry_id: int) -> None:
        """What the entry said is said no more, or is a version already."""
        self._of_entry.pop(entry_id, None)

    def revise(self, article_id: int, version: Version) -> None:
        """The text of an article that was known is this one now."""
        self._revised[article_id] = version

    def outlived(self) -> list[tuple[Saying, Version]]:
        """What is said of revised articles and stands in their texts no longer, each once, the earliest entry's first."""
        said: dict[tuple[int, str], Saying] = {}
        for one in sorted(self._of_entry.values(), key=lambda saying: saying.entry_id):
            if one.article_id in self._revised:
                said.setdefault((one.article_id, one.says_hash), one)
        versions = [(one, one.version, self._revised[one.article_id]) for one in said.values()]
        return [(one, version) for one, version, current in versions if not adds_nothing(version, current, current.title)]


def adds_nothing(saying: Version, current: Version | None, article_title: str) -> bool:
    """Whether a feed's words say no more than the article's text: the same title, and a summary that is none or stands on the page."""
    page = current if is_page(current) else None
    if saying.title_key != normalise_text(article_title if page is None else page.title):
        return False
    summary = normalise_text(saying.text)
    return not summary or (page is not None and summary in normalise_text(page.text))


def is_page(version: Version | None) -> bool:
    """Whether the version is the text of a page, and not a feed's words."""
    return version is not None and version.origin == Origin.PAGE
