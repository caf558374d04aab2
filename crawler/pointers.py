"""Pointers to other articles in the midst of a page's text: « Lire aussi : Le port rouvre », "Read more: …". They are no part of it.

A pointer is told by its words where it is a line of its own. Where a block is nothing but a label and links, other words are label enough,
which in a sentence would not be (« Lire l’enquête : … »).
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from crawler.page_parts import short_text, text_before

_KINDS = (
    r"(?:article|dossier|enquête|entretien|interview|décryptage|analyse|reportage|portrait|récit|chronique|éditorial|édito|tribune|critique"
    r"|vidéo|podcast|test|comparatif|guide)"
)
_VERBS = r"(?:(?:re\)?)?lire|(?:re)?voir|(?:ré)?écoute[rz]|(?:re)?lisez|voyez|consulte[rz]|(?:re)?découvr(?:ir|ez)|(?:re)?trouvez)"
_POINTER = re.compile(
    rf"[^\w«“\"]*(?:(?:à|a) {_VERBS}(?: (?:aussi|également|sur|ailleurs)\b|\s*[:>→–-])"
    rf"|{_VERBS}(?: (?:aussi|également|ailleurs|l.article|notre {_KINDS})\b|\s*[:>→])"
    r"|(?:sur|dans) le même (?:sujet|thème)\b|(?:notre|nos) (?:article|dossier|sélection)s?(?: (?:lié|complet|à lire)|\s*:)"
    r"|la suite (?:de (?:l|votre|cet) ?.?article )?après (?:la|cette|une) (?:pub(?:licité)?|annonce|vidéo)\W*$|publicité\W*$"
    r"|(?:pour|en) (?:aller plus loin|savoir plus)\s*[:>→]|articles? (?:liés?|connexes?|similaires?)\b"
    r"|(?:read (?:more|also|next)|see also|also read|related(?: articles?| stor(?:y|ies))?|more on this|watch)\s*[:>→|])",
    re.IGNORECASE,
)
_LONGEST_POINTER = 300
"""Characters. A longer line that begins so is a paragraph."""
_LABEL_OF_LINKS = re.compile(
    rf"[^\w«“\"]*(?:(?:(?:à|a) )?{_VERBS}\b|à ne pas (?:manquer|rater)\b|(?:dans|sur) la même\b"
    r"|vous aimerez\b|(?:cela )?(?:peut|pourrait) vous\b"
    r"|also\b|recommended\b|you (?:may|might)\b|don.t miss\b|read\b|see\b|more\b)[^.!?;]{0,60}[:>→|]\W*",
    re.IGNORECASE,
)
"""What stands before links in a block that holds nothing else."""
_BARE_LABEL = re.compile(
    rf"\W*(?:(?:(?:à|a) )?{_VERBS} (?:aussi|également)|sur le même (?:sujet|thème)|(?:read|see) also|related(?: articles?| stor(?:y|ies))?"
    r"|articles? (?:liés?|connexes?|similaires?))\W*",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(
    rf"(?:(?<=^)|(?<=[.!?…»\"”])\s+)[(\[→>]*\s*(?:(?:à|a) )?{_VERBS}"
    rf" (?:(?:aussi|également)(?: notre {_KINDS})?|(?:notre|l.) ?{_KINDS})\s*[:>→]?\s*$",
    re.IGNORECASE,
)
"""A label behind a sentence, directly before a link."""
_CLOSING = re.compile(r"\s*[)\]]")
_LONGEST_LABEL = 80
_NOTHING = re.compile(r"[\W_]*")
_LINKS = etree.XPath("//a[@href and not(ancestor::nav or ancestor::footer or ancestor::aside or ancestor::li or ancestor::h1)]")
_BLOCKS = frozenset({"p", "div", "blockquote", "section", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset({"strong", "b", "em", "i", "u", "span", "small", "mark"})


def without_pointers(text: str) -> str:
    """A page's text without the lines that only point to another article."""
    return "\n".join(line for line in text.split("\n") if len(line) > _LONGEST_POINTER or not _POINTER.match(line))


def drop_pointers(tree: HtmlElement) -> None:
    """Take out of a page what points to other articles and would not be told by its line alone."""
    dropped: set[HtmlElement] = set()
    seen: set[HtmlElement] = set()
    for link in _LINKS(tree):
        block = link.getparent()
        while block is not None and block.tag not in _BLOCKS:
            block = block.getparent()
        if block is not None and block not in seen:
            seen.add(block)
            if _is_of_pointers(block, dropped):
                dropped.add(block)
        if block not in dropped:
            _drop_within_sentences(link)
    for block in dropped:
        _empty(block)


def _is_of_pointers(block: HtmlElement, dropped: set[HtmlElement]) -> bool:
    """Whether a block is nothing but a label and links; or links alone, below a label or below others such."""
    lead, rest = _parts(block)
    if rest or len(lead) > _LONGEST_LABEL:
        return False
    if not _NOTHING.fullmatch(lead):
        return bool(_BARE_LABEL.fullmatch(lead) or _LABEL_OF_LINKS.fullmatch(lead))
    before = block.getprevious()
    if before is None or (before not in dropped and not _BARE_LABEL.fullmatch(short_text(before, _LONGEST_LABEL) or "")):
        return False
    dropped.add(before)
    return True


def _parts(block: HtmlElement) -> tuple[str, str]:
    """What a block says before its first link, and what beside its links behind it; of a long one only that there is something."""
    lead: list[str] = []
    length, is_behind, within = 0, False, 0
    for event, element in etree.iterwalk(block, events=("start", "end")):
        if event == "start":
            within += element.tag == "a"
            is_behind = is_behind or element.tag == "a"
        within -= event == "end" and element.tag == "a"
        text = element.text if event == "start" else element.tail if element is not block else None
        if within or not text or not text.strip():
            continue
        length += len(text)
        if length > _LONGEST_LABEL or (is_behind and not _NOTHING.fullmatch(text)):
            return "", "…"
        if not is_behind:
            lead.append(text)
    return " ".join("".join(lead).split()), ""


def _drop_within_sentences(link: HtmlElement) -> None:
    """Take out a pointer that stands behind other words in its paragraph."""
    pointer = link
    around = link.getparent()
    while around is not None and around.tag in _INLINE and _is_pointer(around):
        pointer, around = around, around.getparent()
    if pointer is not link or _is_pointer(link):
        _take_out(pointer)
        return
    text = text_before(link)
    label = _AT_THE_END.search(text[-_LONGEST_LABEL:])
    if label is not None:
        if label[0].strip()[0] in "([":
            link.tail = _CLOSING.sub("", link.tail or "", count=1)
        _take_out(link, text[: len(text) - len(label[0])])


def _is_pointer(element: HtmlElement) -> bool:
    return bool(_POINTER.match(short_text(element, _LONGEST_POINTER) or ""))


def _take_out(element: HtmlElement, text: str | None = None) -> None:
    """Remove an element, and the brackets around it; what follows it stays. `text`: what stays of the text before it."""
    before, parent = element.getprevious(), element.getparent()
    if parent is None:
        return
    kept, tail = text_before(element) if text is None else text, element.tail or ""
    if kept.rstrip().endswith(("(", "[")) and _CLOSING.match(tail):
        kept, tail = kept.rstrip()[:-1], _CLOSING.sub("", tail, count=1)
    if before is not None:
        before.tail = kept + tail
    else:
        parent.text = kept + tail
    element.tail = None
    parent.remove(element)


def _empty(element: HtmlElement) -> None:
    """Remove all that an element holds; what follows it stays."""
    tail = element.tail
    element.clear()
    element.tail = tail
