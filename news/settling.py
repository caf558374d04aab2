"""Settling: which article an entry shows, which versions of it that gives, and what must be matched because of them.

Pure. `storage` loads what the archive knows of the entries of one body (`Known`), each entry that can be settled is decided here once
(`Settler.settle`), and storage writes the decisions in bulk. Entries are decided in the order of publication, and each decision is
known to those that follow: two entries of one body may turn out to show one article.

An article has one line of revisions, and beside it what each source that shows it says of it (title and summary): that is a version
too, is matched when it comes, and is found, so that the order of polls decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from news.adopting import is_shared, tells_little, texts_differ
from news.alerts import Subject, article_subject
from news.articles import Identity, Origin
from news.fingerprints import LEAST_IDENTIFYING_CHARACTERS, normalise_text
from news.judging import Version, is_revision, still_same_article, titles_agree
from news.sayings import SaidAlready, Saying, Sayings, StillSaid, adds_nothing, is_page
from news.showings import Claim, Known, KnownArticle, Showing, TextTwin
from news.urls import host_of
from news.walls import TITLES_THAT_UNMASK, is_worth_remembering, speaks_of


class Asks(StrEnum):
    """Which topics have to look at an article again."""

    ALL = "all"
    BY_SIGHTING = "by_sighting"
    """Those that ask who has shown the article, and what that source and its publisher file it under."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be stored. `is_main`: it is the article's current text; else it is what a source says of the article."""

    revision_id: int
    number: int
    version: Version
    is_main: bool
    is_first: bool
    """Whether it came with the article itself; what matches it first makes an alert of kind `new`."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows from one entry's showing of an article."""

    showing: Showing
    article_id: int
    subject: Subject
    """The article, as what alerts are about."""
    identity: Identity
    is_new_article: bool
    is_new_sighting: bool
    opens: bool
    """Whether it is the first entry that is not silent to show an article known in silence only."""
    silent: bool
    versions: tuple[NewVersion, ...]
    spoken_revision_id: int | None
    """The version that holds what the entry's feed says now; None if that adds nothing to the article's text."""
    claims: tuple[tuple[str, bool], ...]
    """Addresses that stand for the article from now on, and whether they are adopted ones."""
    asks: Asks
    """Which topics have to look at the versions that were current before."""
    adds_title: bool
    """Whether the title under which it shows its text is worth remembering with that text."""

    @property
    def is_silent_sighting(self) -> bool:
        """Whether what matches only by this showing is old news; what is filed otherwise than before was edited, and is new."""
        return self.silent and self.is_new_sighting

    @property
    def main(self) -> NewVersion | None:
        """The version that became the article's current text."""
        return next((one for one in self.versions if one.is_main), None)


@dataclass(frozen=True, slots=True)
class Decided:
    """All that follows from one body, in the order in which it was decided."""

    settled: Sequence[Settled]
    still_said: Sequence[StillSaid]
    said_already: Sequence[SaidAlready]


@dataclass(frozen=True, slots=True)
class _Verdict:
    identity: Identity
    article_id: int | None


class Settler:
    """Decides the showings of one body, one after the other. Holds what is known, and what was decided so far."""

    def __init__(self, known: Known) -> None:
        self._articles = dict(known.articles)
        self._claims = dict(known.claims)
        self._titles = {text_hash: set(titles) for text_hash, titles in known.titles_of_text.items()}
        self._twins = {text_hash: list(twins) for text_hash, twins in known.twins.items()}
        self._own_hashes = dict(known.own_hashes)
        self._feed_words = known.feed_words
        self._said = dict(known.said)
        self._sayings = Sayings(known.sayings)
        self._sighted = set(known.sighted)
        self._shown = known.shown
        self._others = known.others
        self._page_texts = known.page_texts
        self._next_article_id = known.next_article_id
        self._next_revision_id = known.next_revision_id
        self._settled: list[Settled] = []

    def is_page_known(self, showing: Showing) -> bool:
        """Whether another source already brought the page of this new entry; a feed's few words are not the page.

        The same source showing the same address under a new guid is how sites announce an update: then the page is fetched again.
        """
        verdict = self._judge_address(showing)
        if verdict is None or verdict.article_id is None:
            return False
        claim = self._claims.get(showing.place.own)
        if (claim is None or claim.adopted) and tells_little(showing.words.title):
            return False  # only the texts can tell whether it is that page
        article = self._articles[verdict.article_id]
        return (article.article_id, showing.source_id) not in self._own_hashes and article.main_origin == Origin.PAGE

    def is_on_record(self, showing: Showing) -> bool:
        """Whether it shows an article that is known by its own link, or by its text. Neither is forgotten while a body is decided."""
        claim = self._claims.get(showing.place.own)
        return (claim is not None and not claim.adopted) or self._find_twin(showing) is not None

    def settle(self, showing: Showing) -> Settled:
        """Give what an entry shows its place: a new article, a revision, a further sighting of a known article."""
        verdict = self._judge(showing)
        showing = _opened_by_moving(showing, verdict)
        article = self._new_article(showing) if verdict.article_id is None else self._articles[verdict.article_id]
        settled = self._decide(showing, verdict, article)
        self._remember(settled, article)
        self._remember_saying(settled)
        self._settled.append(settled)
        return settled

    def forget_saying(self, entry_id: int) -> None:
        """Let nothing be said by an entry any more: it speaks of another article, which only its page will tell."""
        self._sayings.forget(entry_id)

    def conclude(self) -> Decided:
        """All that was decided, once the whole body is: only then is it known what is still said of the articles that were revised."""
        still_said, said_already = [], []
        for saying, version in self._sayings.outlived():
            held_by = self._said.get((saying.article_id, saying.says_hash))
            if held_by is not None:
                said_already.append(SaidAlready(saying.article_id, saying.says_hash, held_by))
                continue
            article = self._articles[saying.article_id]
            article = replace(article, versions=article.versions + 1)
            self._articles[article.article_id] = article
            revision_id = self._take_revision_id()
            still_said.append(StillSaid(article.article_id, saying.source_id, saying.says_hash, revision_id, article.versions, version))
        return Decided(tuple(self._settled), tuple(still_said), tuple(said_already))

    def _judge(self, showing: Showing) -> _Verdict:
        by_address = self._judge_address(showing)
        if by_address is not None:
            return by_address
        twin = self._find_twin(showing)
        if twin is not None:
            return _Verdict(Identity.SAME_TEXT, twin.article_id)
        if showing.article_id is not None and not showing.is_another and self._is_still(showing, showing.article_id):
            return _Verdict(Identity.MOVED, showing.article_id)
        return _Verdict(Identity.FIRST, None)

    def _is_still(self, showing: Showing, article_id: int) -> bool:
        return still_same_article(self._articles[article_id].title, showing.words)

    def _judge_address(self, showing: Showing) -> _Verdict | None:
        """The article at the entry's own link; or at an address that proves nothing by itself, where the words agree."""
        claim = self._claims.get(showing.place.own)
        if claim is not None and not claim.adopted:
            return _Verdict(Identity.SAME_URL, claim.article_id)
        for address in (showing.place.own, *showing.place.all_alternates, *self._believable(showing)):
            claim = self._claims.get(address)
            if claim is not None and self._agrees(showing, claim.article_id):
                return _Verdict(Identity.SAME_URL, claim.article_id)
        return None

    def _believable(self, showing: Showing) -> list[str]:
        """The adopted addresses that the site does not show for several articles."""
        return [one for one in showing.adopted if not is_shared(self._others.at.get(one, ()), showing.words.title)]

    def _agrees(self, showing: Showing, article_id: int) -> bool:
        """Whether titles or texts say that the entry shows the article that is known at an address of it."""
        if any(twin.article_id == article_id for twin in self._telling_twins(showing.words)):
            return True
        if not titles_agree(self._articles[article_id].title, showing.words.title):
            return False
        text = self._page_texts.get(article_id)
        if text is None or not is_page(showing.version):
            return True
        return not texts_differ(text, showing.words.text, showing.words.title, self._others.places_of_title)

    def _find_twin(self, showing: Showing) -> TextTwin | None:
        """The earliest article with the same text: on another host, or under the same title."""
        version, host = showing.words, host_of(showing.place.own)
        for twin in self._telling_twins(version):
            if host_of(twin.url) != host or normalise_text(twin.title) == version.title_key:
                return twin
        return None

    def _telling_twins(self, version: Version) -> list[TextTwin]:
        """The articles with the same text, where that is long enough, and speaks of one of the titles, to prove anything."""
        twins = self._twins.get(version.text_hash)
        if not twins or not is_identifying(version):
            return []
        if len({*self._titles.get(version.text_hash, ()), version.title_key}) >= TITLES_THAT_UNMASK:
            return []
        return list(twins) if speaks_of(version.text, version.title) else [one for one in twins if speaks_of(version.text, one.title)]

    def _decide(self, showing: Showing, verdict: _Verdict, article: KnownArticle) -> Settled:
        is_new = verdict.article_id is None
        is_new_sighting = (showing.entry_id, article.article_id) not in self._sighted
        opens = (
            is_new_sighting and not showing.silent and not article.sighted_openly and not is_new and not self._is_shift(showing, article)
        )
        versions, spoken = self._versions_of(showing, article, is_new=is_new)
        return Settled(
            showing=showing,
            article_id=article.article_id,
            subject=article_subject(article.article_id),
            identity=verdict.identity,
            is_new_article=is_new,
            is_new_sighting=is_new_sighting,
            opens=opens,
            silent=showing.silent,
            versions=versions,
            spoken_revision_id=spoken,
            claims=self._claims_of(showing),
            asks=_asks(article, is_new=is_new, by_sighting=is_new_sighting or showing.refiled, opens=opens),
            adds_title=is_worth_remembering(showing.words.title_key, self._titles.get(showing.words.text_hash, ())),
        )

    def _is_shift(self, showing: Showing, article: KnownArticle) -> bool:
        """Whether what its source has shown before has only come to another of its places: a feed that numbers them shifts all by one."""
        return showing.edited and (article.article_id, showing.source_id) in self._shown

    def _claims_of(self, showing: Showing) -> tuple[tuple[str, bool], ...]:
        plain = () if showing.place.plain is None else (showing.place.plain,)
        told = dict.fromkeys((*plain, *self._believable(showing)))
        adopted = tuple((address, True) for address in told if address not in self._claims)
        held = self._claims.get(showing.place.own)
        return adopted if held is not None and not held.adopted else ((showing.place.own, False), *adopted)

    def _versions_of(self, showing: Showing, article: KnownArticle, *, is_new: bool) -> tuple[tuple[NewVersion, ...], int | None]:
        """The versions that are stored now, and the one that holds what the entry's feed says."""
        if article.deleted:
            return (), None
        main = self._main_of(showing, article, is_new=is_new)
        saying = showing.saying
        main_hash, main_id = (main.version.own_hash, main.revision_id) if main else (article.main_hash, article.main_revision_id)
        mains = (main,) if main else ()
        if saying.own_hash == main_hash:
            return mains, main_id
        key = (article.article_id, saying.own_hash)
        if self._said.get(key) is not None or (key in self._said and not is_page(showing.version)):
            return mains, self._said[key]
        current = main.version if main else _if_current(showing.version, main_hash)
        if adds_nothing(saying, current, article.title):
            return mains, None
        said = NewVersion(self._take_revision_id(), article.versions + len(mains) + 1, saying, is_main=False, is_first=is_new)
        return (*mains, said), said.revision_id

    def _main_of(self, showing: Showing, article: KnownArticle, *, is_new: bool) -> NewVersion | None:
        version = showing.words if is_new else showing.version
        if version is None:
            return None
        previous = showing.own_hash if showing.article_id == article.article_id else None
        previous = previous or self._own_hashes.get((article.article_id, showing.source_id))
        words = {showing.saying.own_hash, *self._feed_words.get((article.article_id, showing.source_id), ())}
        if version.origin == Origin.PAGE and previous in words and previous != article.main_hash:
            previous = None  # its feed's words stood in for its page until now: it gives its page for the first time
        if not (is_new or showing.restores or is_revision(version, previous, article.main_hash, article.main_origin)):
            return None
        return NewVersion(self._take_revision_id(), article.versions + 1, version, is_main=True, is_first=is_new)

    def _take_revision_id(self) -> int:
        self._next_revision_id += 1
        return self._next_revision_id - 1

    def _new_article(self, showing: Showing) -> KnownArticle:
        article_id = self._next_article_id
        self._next_article_id += 1
        return KnownArticle(article_id, showing.words.title, None, "", Origin.FEED, 0, sighted_openly=not showing.silent, deleted=False)

    def _remember(self, settled: Settled, article: KnownArticle) -> None:
        """Let the decisions that follow know of this one."""
        showing, article_id, main = settled.showing, settled.article_id, settled.main
        opened = article.sighted_openly or settled.opens
        article = replace(article, versions=article.versions + len(settled.versions), sighted_openly=opened)
        if settled.adds_title:
            self._titles.setdefault(showing.words.text_hash, set()).add(showing.words.title_key)
        if main is not None:
            version = main.version
            article = replace(
                article, title=version.title, main_revision_id=main.revision_id, main_hash=version.own_hash, main_origin=version.origin
            )
            self._twins.setdefault(version.text_hash, []).append(TextTwin(article_id, showing.place.own, version.title))
        self._articles[article_id] = article
        self._claims |= {address: Claim(article_id, adopted) for address, adopted in settled.claims}
        if showing.version is not None:
            self._own_hashes[article_id, showing.source_id] = showing.version.own_hash
        self._said[article_id, showing.saying.own_hash] = settled.spoken_revision_id
        self._sighted.add((showing.entry_id, article_id))

    def _remember_saying(self, settled: Settled) -> None:
        showing, article_id, main = settled.showing, settled.article_id, settled.main
        self._sayings.forget(showing.entry_id)
        if settled.spoken_revision_id is None:
            saying = showing.saying
            self._sayings.hear(Saying(article_id, showing.entry_id, showing.source_id, saying.own_hash, saying))
        if main is not None and not settled.is_new_article:
            self._sayings.revise(article_id, main.version)


def not_on_record(known: Known, candidates: Sequence[Showing], showings: Iterable[Showing]) -> list[Showing]:
    """Those of the candidates that may prove to be new articles, whatever is decided of all showings of the body before.

    Each of these may bring one more title to a text, which then may prove nothing any more.
    """
    titles = {text_hash: set(some) for text_hash, some in known.titles_of_text.items()}
    for one in showings:
        titles.setdefault(one.words.text_hash, set()).add(one.words.title_key)
    settler = Settler(replace(known, titles_of_text=titles))
    return [one for one in candidates if not settler.is_on_record(one)]


def is_identifying(version: Version) -> bool:
    """Whether a version's text is long enough for another with the same to be the same article."""
    return version.text_length >= LEAST_IDENTIFYING_CHARACTERS


def _opened_by_moving(showing: Showing, verdict: _Verdict) -> Showing:
    """An entry of a silent first poll that now speaks of another article (feeds that number their places) is silent no more."""
    if not (showing.silent and showing.edited) or showing.article_id in {None, verdict.article_id}:
        return showing
    return replace(showing, silent=False)


def _asks(article: KnownArticle, *, is_new: bool, by_sighting: bool, opens: bool) -> Asks:
    if article.deleted or is_new:
        return Asks.NONE
    if opens:
        return Asks.ALL
    return Asks.BY_SIGHTING if by_sighting else Asks.NONE


def _if_current(offered: Version | None, main_hash: str) -> Version | None:
    """What is offered as the article's text, if it is that already. Another source's page under another title is not stored anywhere."""
    return offered if offered is not None and offered.own_hash == main_hash else None
