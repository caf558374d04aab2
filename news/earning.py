"""Whether the text of an entry's page earns the place of the feed's words: it must speak of the entry.

What a site shows in place of an article (a consent or subscription notice, a robot check, an error page, a loading page, its home page or
a section) is not told by what it says, which every site and language says otherwise, but by what it leaves out: the words of the entry.
A true article about cookies or an outage, however short, uses the words of its own title.

Three things look like such words and are none, and are put aside first: the title itself, which notices and lists of headlines repeat;
words without a meaning of their own; and words that notices of any site are made of, which prove nothing where the title has them too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from itertools import chain
from typing import NamedTuple

from news.fingerprints import normalise_text
from news.sources import ReadLine
from news.text.analysis import read_chunk
from news.text.remembering import Remembered
from news.text.tokens import cut_text
from news.urls import headline_in, host_of
from news.wording import Wording

LONGEST_NOTICE = 2_500
"""Characters. What stands in an article's place and is longer is a page of other news, or of headlines."""

_LONGER_THAN_MOST_NOTICES = 500
"""Characters."""
_LEAST_LETTERS = 3
_LETTERS_OF_A_FAMILY = 6
"""Words that begin with as many equal letters are taken for kin: `condamne` and `condamnation`, `inaugure` and `inauguration`."""
_REMEMBERED_CHUNKS, _LONGEST_REMEMBERED_CHUNK = 65_536, 40
"""Pieces of text without spaces and signs, and characters of one: a few thousand of them make up most of what is read."""
_LONGEST_HEADLINE = 160
_FEW_HEADLINES = 3
_FEW_PARAGRAPHS = 5
_FEW_WORDS = 2

_EMPTY_WORDS = """
    les des une que qui par sur aux est son ses pas mes tes mon ton ces sur non oui ont sans elle ils car peu tel ete lui eux cet
    the and for are was has had its his her you our not but all can may one two who how why out off new now get got she him
    dans pour avec sans sous vers chez entre depuis pendant contre apres avant comme mais donc aussi plus moins tres trop tout toute tous
    toutes cette leur leurs notre votre nous vous elle elles sont etre etait sera seront avoir avait ayant fait faire peut peuvent doit
    quel quelle quoi dont autre meme encore deja toujours jamais alors ainsi selon lors parce quand ceux celle celui ceci cela voici
    comment pourquoi plusieurs chaque certains rien bien peu beaucoup aujourd'hui ici jour annee nouveau nouvelle premier premiere deux
    trois quatre cinq
    this that these those with from into about your their have been were will would what when where which while they them than then more
    most over after before also only just could should there here such some other every very year first
"""
_WORDS_OF_NOTICES = """
    abonne abonner abonnement abonnez subscribe subscription subscriber membre member compte account connexion connecter connectez
    identifier inscrire sign login cookie cookies traceur traceurs consent consentement accord partenaire partner publicite publicitaire
    bloqueur blocker accepter accept refuser choix donnees data prive vie privacy confidentialite navigateur browser javascript script
    robot captcha securite security verifier verification verify check serveur server requete request erreur error maintenance service
    indisponible suite voir decouvrir resume
    site page pages article contenu content lire lecture lecteur read reader acces access ouvrir ouverture open opening
    adresse address continuer continue attendre wait patienter patience moment instant seconde second minute please merci gratuit free
    offre prix mois month euro journal actualite actu information info news accueil home internet
"""


class Unearned(StrEnum):
    """Why a page's text doesn't take the place of the feed's words; each is a problem's code."""

    WALL = "wall"
    """A short text that doesn't speak of the entry: a notice."""
    OTHER_PAGE = "other_page"
    """A long text that doesn't, or a list of headlines."""


@dataclass(frozen=True, slots=True)
class Earning:
    """Whether a page's text earns its place (`unearned` is None), and why, in words that may follow "the page's text"."""

    unearned: Unearned | None
    because: str


def read_lines(page_text: str) -> tuple[ReadLine, ...]:
    """The lines of a page's text that say something, addresses aside. The dear part of judging a page: made in the worker that read it."""
    lines = _ADDRESS.sub(" ", page_text).splitlines()
    return tuple(ReadLine(line, normalise_text(line), " ".join(sorted(_families(line)))) for line in lines if line.strip())


def earns_its_place(
    page_text: str, page_title: str | None, entry_title: str | None, entry_summary: str | None, lines: Sequence[ReadLine] | None = None
) -> Earning:
    """Whether the text of an entry's page, without its title line, may take the place of what the feed says.

    `page_title`: what the page calls itself; `entry_summary`: all that the feed says beside the title. Where the feed gives no title, the
    page's text is held against the page's own. The language of either doesn't matter, only that it is the same. `lines` are those of
    the text, where they were read before.
    """
    title = entry_title or page_title or ""
    read = read_lines(page_text) if lines is None else lines
    evidence = _gather(read, len(page_text), _Said(title, entry_summary or "", _compare(entry_title, page_title)))
    if not evidence.title and not evidence.summary:
        return Earning(None, "has no word of title or summary to be held against")
    because = _why_it_speaks(evidence)
    if because:
        return Earning(None, because)
    if evidence.is_list:
        return Earning(Unearned.OTHER_PAGE, Wording("is a list of headlines, as on a home page or in a section"))
    unearned = Unearned.OTHER_PAGE if evidence.is_long else Unearned.WALL
    return Earning(unearned, Wording("speaks neither of the title nor of what the feed says"))


def earns_by_itself(page_text: str, page_title: str | None, link: str, lines: Sequence[ReadLine] | None = None) -> Earning:
    """Whether the text of a page may be that of an entry which says nothing, so that only its address and the page speak for it.

    The headline in the address stands for the entry's title: walls know it as little. Without one, what the page calls itself must be
    spoken of with two words, the site's name aside, since a wall is called by one of its own.
    """
    read = read_lines(page_text) if lines is None else lines
    headline = headline_in(link)
    by_address = earns_its_place(page_text, page_title, headline, None, read) if headline else None
    if by_address is not None and (by_address.unearned is None or len(page_text) <= LONGEST_NOTICE):
        return by_address
    evidence = _gather(read, len(page_text), _Said(page_title or "", "", _Titles.ONE))
    because = _why_by_its_own_title(replace(evidence, title=_without_site(evidence.title, link)))
    if not because and evidence.title <= evidence.found and not evidence.is_list and len(page_text) >= _LONGER_THAN_MOST_NOTICES:
        because = "is long for a notice, and has what words its title may be held against"
    if because:
        return Earning(None, because)
    unearned = Unearned.OTHER_PAGE if evidence.is_manifold else Unearned.WALL
    return Earning(unearned, Wording("speaks neither of its own title nor of its address, and the feed says nothing"))


def _without_site(words: frozenset[str], link: str) -> frozenset[str]:
    site = normalise_text(host_of(link)).replace(" ", "")
    return frozenset(word for word in words if word not in site)


def _why_by_its_own_title(evidence: _Evidence) -> str | None:
    found = evidence.title & evidence.found
    if not evidence.is_list and len(found) >= _FEW_WORDS and _are_most(found, evidence.title, 2):
        return "has words of what the page calls itself"
    return _why_in_one_place(evidence) if evidence.is_manifold else None


class _Titles(Enum):
    """How the titles of entry and page stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    """Or the page says none."""
    ONE = "one"
    """The entry says none."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The telling words of the entry, what the page's prose has of them, and what kind of page it is."""

    title: frozenset[str]
    summary: frozenset[str]
    """Those that the title doesn't have."""
    paragraphs: tuple[frozenset[str], ...]
    """What each paragraph has of the entry's words."""
    titles: _Titles
    is_list: bool
    is_long: bool
    is_manifold: bool
    """Whether it has so many paragraphs or characters that it may speak of many things."""

    @property
    def found(self) -> frozenset[str]:
        """The entry's words that stand anywhere in the prose."""
        return frozenset().union(*self.paragraphs)


def _why_it_speaks(evidence: _Evidence) -> str | None:
    """Why the prose speaks of the entry; None if it doesn't."""
    if evidence.titles is _Titles.AGREE:
        return _why_under_its_title(evidence)
    if evidence.is_manifold:
        return _why_in_one_place(evidence)
    if _are_enough(evidence.title & evidence.found, evidence.title):
        return "has words of the title"
    return _why_by_summary(evidence)


def _why_under_its_title(evidence: _Evidence) -> str | None:
    """Of a page that calls itself as the entry does: a word of the title is enough, since its first sentence often has no more."""
    if evidence.title & evidence.found:
        return "has words of the title, which is the page's own"
    if evidence.is_long and not evidence.summary and len(evidence.title) <= _FEW_WORDS:
        return "is long, under the very title that the feed gives, and the feed says no more"
    return _why_by_summary(evidence)


def _why_by_summary(evidence: _Evidence) -> str | None:
    return "shares words with what the feed says" if _are_enough(evidence.summary & evidence.found, evidence.summary) else None


def _are_enough(found: frozenset[str], words: frozenset[str]) -> bool:
    """Whether half of the words were found, or two and a third of all, which a notice of a few lines doesn't reach by chance."""
    return _are_most(found, words, 2) or (len(found) >= _FEW_WORDS and _are_most(found, words, 3))


def _why_in_one_place(evidence: _Evidence) -> str | None:
    """Of a page under another title, long or a list: an article names its subjects together, a page of other news one here, one there.

    Measured on three days of a newspaper and a sample of blogs: of the words of title and summary no paragraph of a section's page has more
    than a third in 19 cases of 20, while one of the article's own has two fifths in nine of ten.
    """
    words = evidence.title | evidence.summary
    if (evidence.is_list or evidence.is_long) and not _are_most(evidence.found, words, 2):
        return None
    for paragraph in evidence.paragraphs:
        if len(paragraph & evidence.title) >= _FEW_WORDS and _are_most(paragraph & evidence.title, evidence.title, 2):
            return "has half of the title's words in one paragraph"
        if len(paragraph) > _FEW_WORDS and _are_most(paragraph, words, 2.5):
            return "has the words of title and summary in one paragraph"
    return None


def _are_most(found: frozenset[str], words: frozenset[str], one_of: float) -> bool:
    """Whether at least one of so many words was found."""
    return bool(found) and one_of * len(found) >= len(words)


class _Said(NamedTuple):
    """What the entry says of its article, and how its title stands to the page's."""

    title: str
    summary: str
    titles: _Titles


def _gather(lines: Sequence[ReadLine], length: int, said: _Said) -> _Evidence:
    headlines = sum(_is_headline(line.text) for line in lines)
    is_list = headlines > _FEW_HEADLINES and 3 * headlines >= len(lines)
    is_long = length > LONGEST_NOTICE
    of_title = _telling(said.title)
    of_summary = _telling(said.summary) - of_title
    is_manifold = is_list or is_long or len(lines) > _FEW_PARAGRAPHS
    prose = _prose_of(lines, normalise_text(said.title), with_teasers=said.titles is not _Titles.DIFFER or not is_manifold)
    return _Evidence(
        title=of_title,
        summary=of_summary,
        paragraphs=tuple(families & (of_title | of_summary) for families in prose),
        titles=said.titles,
        is_list=is_list,
        is_long=is_long,
        is_manifold=is_manifold,
    )


def _compare(entry_title: str | None, page_title: str | None) -> _Titles:
    if not entry_title:
        return _Titles.ONE
    return _Titles.AGREE if page_title and _agree(entry_title, page_title) else _Titles.DIFFER


def _agree(entry_title: str, page_title: str) -> bool:
    """Whether both titles are of one article: the same but for punctuation, or with half of their words in common, two at least."""
    if normalise_text(entry_title) == normalise_text(page_title):
        return True
    words = _telling(entry_title)
    shared = words & _telling(page_title)
    return len(shared) >= min(_FEW_WORDS, len(words)) and _are_most(shared, words, 2)


_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[/=][a-z0-9]+(?:-[a-z0-9]+){2,}\S*")
"""Whole, or the part of one that is made of a headline: pages of errors name the path that was asked for."""
_QUOTED = re.compile(r"[«“\"‘][^«»“”\"]{4,300}[»”\"’]")


def _prose_of(lines: Sequence[ReadLine], title_key: str, *, with_teasers: bool) -> list[frozenset[str]]:
    """The words of the paragraphs of a page that may speak of the entry: those that do more than repeat its title.

    On a page of many headlines what follows the entry's own is its teaser, and proves nothing either.
    """
    prose = []
    after_title = False
    for line in lines:
        words = _words_beside_echo(line, title_key)
        is_teaser = after_title or (_is_sentence(title_key) and line.key.startswith(title_key))
        if words is not None and (with_teasers or not is_teaser):
            prose.append(words)
        after_title = words is None
    return prose


def _words_beside_echo(line: ReadLine, title_key: str) -> frozenset[str] | None:
    """The words of a line beside the title; None if it says nothing else."""
    if title_key not in line.key or (line.key and not title_key):
        return frozenset(line.families.split(" "))  # by far the most lines
    left = _without_echo(line.text, title_key)
    return _families(left) if left else None


def _without_echo(line: str, title_key: str) -> str:
    """The line without the title where it stands alone, is quoted, or has only a site's name beside it."""
    unquoted = _QUOTED.sub(lambda quoted: " " if normalise_text(quoted[0]) == title_key else quoted[0], line)
    key = normalise_text(unquoted)
    is_echo = key == title_key or (_is_sentence(title_key) and f" {title_key} " in f" {key} " and _is_headline(unquoted))
    return "" if is_echo else unquoted.strip()


def _is_sentence(title_key: str) -> bool:
    """Whether a title has so many words that they don't come together by chance."""
    return len(title_key.split()) > _FEW_WORDS


def _is_headline(line: str) -> bool:
    return len(line) <= _LONGEST_HEADLINE and not line.rstrip(' »”"’)]').endswith((".", "!", "?", "…", ":", ";", ","))


def _telling(text: str) -> frozenset[str]:
    """The families of the words that tell what a text is about."""
    return _families(text) - _SAYING_NOTHING


def _families(text: str) -> frozenset[str]:
    """What the words of a text begin with, inflection aside; short words only where they are names (`IA`, `5G`)."""
    return frozenset(chain.from_iterable(map(_remembered_families.__getitem__, cut_text(text)[1::2])))


def _families_of_chunk(chunk: str) -> tuple[str, ...]:
    """The families of the words of a text in which no space and no sign stands."""
    read = read_chunk(chunk)
    words = zip(read.tokens, read.stems, read.places, strict=True)
    return tuple(
        [
            stem[:_LETTERS_OF_A_FAMILY]
            for token, stem, (start, end) in words
            if len(token) >= _LEAST_LETTERS or _is_short_name(chunk[start:end])
        ]
    )


def _is_short_name(written: str) -> bool:
    return len(written) > 1 and written.isupper()


_remembered_families = Remembered(_families_of_chunk, _REMEMBERED_CHUNKS, lambda chunk, _: len(chunk) <= _LONGEST_REMEMBERED_CHUNK)

_SAYING_NOTHING = _families(_EMPTY_WORDS + _WORDS_OF_NOTICES)
