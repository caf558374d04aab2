"""Bytes to text, by evidence rather than by label: French feeds and pages often declare one charset and are written in another.

What the bytes prove counts first (a byte order mark, valid UTF-8), then what the document says, then what the server says.
Nothing is refused: bytes that fit nowhere are read as windows-1252, which is what they nearly always are.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"\x00\x00\x00<", "utf-32-be"), (b"<\x00\x00\x00", "utf-32-le"), (b"\x00<\x00", "utf-16-be"), (b"<\x00", "utf-16-le"))
_FEW_BYTES = 1024
"""Enough to see by its NULs that a text is UTF-16: every other byte of markup and of most letters is one."""
_SEVEN_BIT = {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr", "hz"}
"""Written in ASCII bytes, so that being valid UTF-8 says nothing about them."""
_NO_CHARSETS = {"undefined", "charmap", "idna", "punycode", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape"}
"""What Python takes for charsets and the web does not; some take time that grows with the square of a body's length."""
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932"}
"""As browsers do: what is called by the one name is written in the other (WHATWG Encoding Standard §4.2)."""
_LATIN_9_SIGNS = re.compile(rb"\xbd(?=[cdistu])|\xbc(?=[Uu])|[0-9][ \xa0]?\xa4|\xa4[ \xa0]?[0-9]")
"""œ, Œ and € in ISO-8859-15; in Latin-1 they would be ½, ¼ and ¤ in places where nobody writes these."""
_WINDOWS_SIGNS = re.compile(rb"[\x80-\x9f]")
"""Quotes, dashes, œ and € in windows-1252; nothing in ISO-8859-15."""
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HEAD_BYTES = 16_384
"""How much of a body is searched for what it says of its charset. Browsers look at 1024 bytes; pages put their scripts before it."""


def decode(body: bytes, content_type: str | None) -> str:
    """The text of an XML or HTML body. `content_type` is the header of that name."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    for start, charset in _UNMARKED:
        if body.startswith(start):
            return body.decode(charset, "replace")
    if by_nuls := _utf16_by_nuls(body):
        return body.decode(by_nuls, "replace")
    declared = list(_declared_charsets(body, content_type))
    return _decode_declared(body, [name for name in declared if name in _SEVEN_BIT]) or _decode_by_evidence(body, declared)


def _utf16_by_nuls(body: bytes) -> str | None:
    """Which UTF-16 a body without a mark is that begins with blanks or words: every other byte of its beginning is NUL."""
    start = body[:_FEW_BYTES]
    first, second = start[::2], start[1::2]
    for charset, low, high in (("utf-16-le", first, second), ("utf-16-be", second, first)):
        if 2 * high.count(0) > len(high) and not low.count(0):
            return charset
    return None


def _declared_charsets(body: bytes, content_type: str | None) -> Iterable[str]:
    """The charsets that are claimed, the most trustworthy first, as Python calls them; unknown names are left out."""
    head = body[:_HEAD_BYTES]
    claims = [found[1].decode("ascii") for pattern in (_XML_DECLARATION, _META_CHARSET) if (found := pattern.search(head))]
    if content_type and (in_header := _CHARSET.search(content_type)):
        claims.append(in_header[1])
    for claim in claims:
        try:
            name = codecs.lookup(claim).name
        except LookupError:
            continue
        if name not in _NO_CHARSETS:
            yield _WIDER.get(name, name)


def _decode_by_evidence(body: bytes, declared: list[str]) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass  # a single wrong byte does not yet make it another encoding
    if _is_mostly_utf8(body):
        return body.decode("utf-8", "as-windows-1252")
    named = [name for name in declared if not name.startswith("utf")]
    if (not named or named[0] == "cp1252") and _is_latin_9(body):
        named.insert(0, "iso8859-15")
    return _decode_declared(body, named) or body.decode("cp1252", "as-windows-1252")


def _is_latin_9(body: bytes) -> bool:
    """Whether what is called Latin-1, or nothing, is ISO-8859-15, as French sites of before UTF-8 confused the two."""
    return _LATIN_9_SIGNS.search(body) is not None and _WINDOWS_SIGNS.search(body) is None


def _decode_declared(body: bytes, charsets: list[str]) -> str | None:
    for charset in charsets:
        try:
            return body.decode(charset, "as-windows-1252" if charset == "cp1252" else "strict")
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def _is_mostly_utf8(body: bytes) -> bool:
    """Whether the bytes beyond ASCII are more often UTF-8 sequences than not: UTF-8 with some foreign bytes in it (a pasted quote)."""
    high = len(body.translate(None, bytes(range(128))))
    in_sequences = sum(len(found) for found in _MULTIBYTE.findall(body))
    return in_sequences * 2 > high


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: bytes that do not fit are read as windows-1252, and the five that it does not define as U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    damaged = error.object[error.start : error.end]
    return damaged.decode("cp1252", "replace"), error.end


codecs.register_error("as-windows-1252", _as_windows_1252)
