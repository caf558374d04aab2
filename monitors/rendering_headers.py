"""Headers of a mail as they are sent: encoded words (RFC 2047) and folded lines. Pure.

The standard library's own folding loses spaces between encoded words, makes lines of more than 76 characters, and reads a text that looks
like an encoded word as one: it could decode to line ends, and with them to another header.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from email.policy import EmailPolicy
from typing import Self

from monitors.mail_address import MailAddress
from monitors.rendering import one_line

LONGEST_WORD = 75
LONGEST_LINE = 76
"""Characters of an encoded word, and of a line with one in it (RFC 2047 §2). Some servers refuse longer ones for good."""
LONGEST_PLAIN_SUBJECT = 60
"""Characters that fit on the first line as they are; longer subjects are encoded, which folds them where nothing can be lost."""

_FRAME = len("=?utf-8?q??=")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
"""What may stand for itself in an encoded word wherever it occurs (RFC 2047 §5 (3))."""
_ATOM_SPECIALS = frozenset('()<>[]:;@\\,."')


class TextHeader(str):  # noqa: SLOT000  # there are three of them
    """A header of free text, on one line when it is read."""

    name: str

    def __new__(cls, name: str, text: str) -> Self:
        """The email package wants a string that knows its header's `name`."""
        header = super().__new__(cls, one_line(text))
        header.name = name
        return header

    def fold(self, *, policy: EmailPolicy) -> str:
        """The whole header with its line ends, as the email package asks for it."""
        if self.isascii() and "=?" not in self and len(self) <= LONGEST_PLAIN_SUBJECT:
            return f"{self.name}: {self}{policy.linesep}"
        words = encode_words(str(self), len(self.name) + 2)
        return f"{self.name}: " + f"{policy.linesep} ".join(words) + policy.linesep


class AddressesHeader(str):  # noqa: SLOT000  # as above
    """A header of addresses, each with its name if it has one."""

    name: str
    addresses: tuple[MailAddress, ...]

    def __new__(cls, name: str, addresses: Sequence[MailAddress]) -> Self:
        """The email package wants a string that knows its header's `name`."""
        header = super().__new__(cls, ", ".join(f"{one.name} <{one.spec}>" if one.name else one.spec for one in addresses))
        header.name = name
        header.addresses = tuple(addresses)
        return header

    def fold(self, *, policy: EmailPolicy) -> str:
        """The whole header with its line ends, which part no address and no word."""
        column = len(self.name) + 2
        pieces: list[str] = []
        for address in self.addresses:
            if pieces:
                pieces[-1] += ","
            pieces += _pieces(address, column if not pieces else 1)
        return f"{self.name}: {_join(pieces, column, policy.linesep)}{policy.linesep}"


class TokensHeader(str):  # noqa: SLOT000  # as above
    """A header of ids or URLs, which must stay as they are: the standard library makes encoded words of what is longer than a line."""

    name: str

    def __new__(cls, name: str, tokens: str) -> Self:
        """The email package wants a string that knows its header's `name`."""
        header = super().__new__(cls, one_line(tokens))
        header.name = name
        return header

    def fold(self, *, policy: EmailPolicy) -> str:
        """The whole header on one line, which may have 998 characters (RFC 5322 §2.1.1)."""
        return f"{self.name}: {self}{policy.linesep}"


def _pieces(address: MailAddress, column: int) -> Iterator[str]:
    """What may be parted by a line end: the words of the name, and the address."""
    name = one_line(address.name)
    if not name:
        yield address.spec
        return
    if name.isascii() and "=?" not in name and column + len(name) < LONGEST_LINE:
        yield _quoted(name)
    else:
        yield from encode_words(name, column)
    yield f"<{address.spec}>"


def _join(pieces: Sequence[str], column: int, linesep: str) -> str:
    """The pieces, with a line end in place of a space where the line would be too long; `column` characters stand before them."""
    lines, line = [], pieces[0]
    for piece in pieces[1:]:
        if column + len(line) + 1 + len(piece) > LONGEST_LINE:
            lines.append(line)
            line, column = piece, 1
        else:
            line += f" {piece}"
    return f"{linesep} ".join([*lines, line])


def _quoted(name: str) -> str:
    """A name of ASCII letters as a phrase (RFC 5322 §3.2.5)."""
    if not _ATOM_SPECIALS.intersection(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def encode_words(text: str, column: int) -> list[str]:
    """`text` as encoded words, one for each line; the first line already holds `column` characters, each of the others a space.

    Which of the two encodings makes less of it is taken. No character is parted between two words (RFC 2047 §5).
    """
    encodings: tuple[tuple[str, Callable[[bytes], str]], ...] = (("q", _as_q), ("b", _as_b))
    return min((_words_of(text, column, letter, encode) for letter, encode in encodings), key=lambda words: sum(map(len, words)))


def _words_of(text: str, column: int, letter: str, encode: Callable[[bytes], str]) -> list[str]:
    words, taken = [], b""
    room = min(LONGEST_LINE - column, LONGEST_WORD) - _FRAME
    for character in text:
        more = taken + character.encode(errors="replace")
        if taken and len(encode(more)) > room:
            words.append(taken)
            more = more[len(taken) :]
            room = min(LONGEST_LINE - 1, LONGEST_WORD) - _FRAME
        taken = more
    return [f"=?utf-8?{letter}?{encode(word)}?=" for word in (*words, taken)]


def _as_q(raw: bytes) -> str:
    return "".join(chr(byte) if byte in _PLAIN else "_" if byte == 0x20 else f"={byte:02X}" for byte in raw)


def _as_b(raw: bytes) -> str:
    return b64encode(raw).decode()
